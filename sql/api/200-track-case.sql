-- track: what the complainant sees: status, clocks, timeline, messages, files, papers.  Never staff notes, never names of staff.
set role aiddesk_owner;

create function track.overview(p_track bytea)
returns table (case_no text, status text, version bigint, platform text, waiting_on text, submitted_at timestamptz, next_due_at timestamptz,
               next_due_on date, next_due_provisional boolean, late_days bigint, closure_reason text, closed_at timestamptz,
               amount_received_fen bigint, assigned boolean, accepted boolean, channel text, open_decisions bigint, open_items bigint,
               unread bigint, lane text, resolved boolean, open_filings jsonb)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.track_case(p_track => p_track);
begin
    return query
    select v_case.case_no, v_case.status, v_case.version, p.name, v_case.waiting_on, v_case.submitted_at, v_case.next_due_at,
           engine.local_day(p_at => v_case.next_due_at - interval '1 microsecond'), v_case.next_due_provisional,
           greatest(0, engine.today() - engine.local_day(p_at => v_case.next_due_at - interval '1 microsecond'))::bigint,
           v_case.closure_reason, v_case.closed_at, v_case.amount_received_fen, v_case.assignee is not null,
           v_case.accepted_at is not null,
           (select f.channel from core.filing f where f.case_id = v_case.id and f.submitted_at is not null
            order by engine.filing_open(p_status => f.status) desc, f.submitted_at desc limit 1),
           (select count(*) from core.decision d where d.case_id = v_case.id and d.answer is null and d.withdrawn_at is null),
           (select count(*) from core.missing_item m where m.case_id = v_case.id and m.answered_at is null),
           (select count(*) from core.message m where m.case_id = v_case.id and m.author_kind <> 'complainant' and m.read_at is null),
           v_case.lane, coalesce(v_case.closure_reason in ('RESOLVED_FULL', 'RESOLVED_PART', 'SETTLED'), false),
           (select coalesce(jsonb_agg(f.channel order by f.submitted_at), '[]') from core.filing f
            where f.case_id = v_case.id and engine.filing_open(p_status => f.status))
    from core.platform p where p.id = v_case.platform;
end
$$;
comment on function track.overview(bytea) is
    'Status, who acts next and by when, how late, what waits for the complainant, channels of open filings; resolved is apart from closed. Refuses: UD001.';

create function track.clocks(p_track bytea) returns table (id uuid, kind text, state text, channel text, due_at timestamptz, why jsonb)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.track_case(p_track => p_track);
begin
    return query
    select k.id, k.kind, k.state, f.channel, k.due_at, engine.clock_why(p_clock => k.id)
    from engine.clocks_of(p_case => v_case.id) k left join core.filing f on f.id = k.filing_id
    where k.stopped_at is null and k.state <> 'unknown'
    order by k.due_at nulls last, k.id;
end
$$;
comment on function track.clocks(bytea) is 'Running dates of the case, each with "why this date". Refuses: UD001.';

create function track.timeline(p_track bytea)
returns table (at timestamptz, object_kind text, type text, actor_kind text, channel text, to_state text, mine boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.track_case(p_track => p_track);
begin
    return query
    select e.at, e.object_kind, e.type, e.actor_kind, f.channel, coalesce(e.after ->> 'status', e.after ->> 'state'),
           e.actor_kind = 'complainant'
    from core.event e
    left join core.filing f on e.object_kind = 'filing' and f.id = e.object_id
    where e.case_id = v_case.id
      and (e.object_kind in ('case', 'filing', 'settlement') and e.type in (
               'submit', 'start_review', 'ask', 'supply', 'no_answer', 'decline', 'mark_duplicate', 'accept', 'pre_review_pass',
               'trigger_met', 'user_waits', 'offer', 'negotiation_failed', 'agreement_signed', 'full_performance', 'performed', 'breach',
               'open_filings_exist', 'no_open_filings', 'all_filings_ended', 'sue', 'close_with_reason', 'abandon', 'consent_withdrawn',
               'reopen', 'refuse', 'respond', 'mediate', 'intervene', 'agree', 'decide', 'end', 'lapse', 'request_withdrawal',
               'withdrawal_granted', 'withdrawal_refused', 'assignment_accepted')
           or (e.object_kind = 'filing' and e.type = 'submit')
           or (e.object_kind in ('decision', 'file') and e.actor_kind = 'complainant')
           or (e.object_kind = 'document' and e.type = 'issued'))
    order by e.id desc limit 200;
end
$$;
comment on function track.timeline(bytea) is
    'What happened, newest first, from plain columns only: steps of case, filings, settlement, own answers and files. Refuses: UD001.';

create function track.messages(p_track bytea)
returns table (id uuid, author_kind text, template text, detail jsonb, body_sealed bytea, at timestamptz, unread boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.track_case(p_track => p_track);
begin
    return query
    select m.id, m.author_kind, m.template, m.detail, m.body_sealed, m.at, m.author_kind <> 'complainant' and m.read_at is null
    from core.message m where m.case_id = v_case.id order by m.at desc, m.id limit 500;
end
$$;
comment on function track.messages(bytea) is 'Messages both ways, newest first. Refuses: UD001.';

create function track.messages_seen(p_track bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.track_case(p_track => p_track);
begin
    update core.message m set read_at = core.now()
    where m.case_id = v_case.id and m.author_kind <> 'complainant' and m.read_at is null;
end
$$;
comment on function track.messages_seen(bytea) is 'The complainant has seen the messages: only the own read mark changes, so showing the page may call it. Refuses: UD001.';

create function track.message_add(p_track bytea, p_id uuid, p_body bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.track_case(p_track => p_track, p_write => true);
begin
    insert into core.message (id, case_id, author_kind, body_sealed, at) values (p_id, v_case.id, 'complainant', p_body, core.now());
    perform engine.event_add(p_case => v_case.id, p_object_kind => 'message', p_object => p_id, p_type => 'message_added', p_actor_kind => 'complainant');
    perform engine.unread_note(p_case => v_case.id);
end
$$;
comment on function track.message_add(bytea, uuid, bytea) is 'A message to the volunteer, sealed. Refuses: UD001.';

create function track.complaint(p_track bytea)
returns table (platform text, platform_link_sealed bytea, product text, order_no_sealed bytea, pay_method text, payment_no_sealed bytea,
               problem text, paid_on date, amount_fen bigint, story_sealed bytea, wanted text[], wanted_other_sealed bytea, who text,
               guardian_sealed bytea, age_band text, contact_way text, contact_sealed bytea, call_name_sealed bytea, safe text[],
               hours_sealed bytea, purpose text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.track_case(p_track => p_track);
begin
    return query
    select m.platform_text, m.platform_link_sealed, m.product, m.order_no_sealed, m.pay_method, m.payment_no_sealed, m.problem, m.paid_on,
           m.amount_fen, m.story_sealed, m.wanted, m.wanted_other_sealed, m.who, m.guardian_sealed, v_case.age_band, m.contact_way,
           m.contact_sealed, m.call_name_sealed, m.safe, m.hours_sealed, m.purpose
    from core.complaint m where m.case_id = v_case.id;
end
$$;
comment on function track.complaint(bytea) is 'What the complainant told, sealed as it is. Refuses: UD001.';

create function track.choices() returns table (field text, choice text, label_zh text, label_en text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select distinct on (i.field, i.choice) i.field, i.choice, i.label_zh, i.label_en
    from ref.intake_choice i order by i.field, i.choice, i.valid_from desc
$$;
comment on function track.choices() is 'Labels of all choices of the public form, those that have ended too: what was chosen keeps its name.';

create function track.files(p_track bytea)
returns table (file_id uuid, file_no bigint, manifest_sealed bytea, real_type text, width bigint, height bigint, damaged boolean,
               has_preview boolean, source text, kind_hint text, note_sealed bytea, bytes bigint, uploaded_at timestamptz, checked_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.track_case(p_track => p_track);
begin
    return query
    select f.file_id, f.file_no, f.manifest_sealed, f.real_type, f.width, f.height, f.damaged, f.has_preview, f.source, f.kind_hint,
           f.note_sealed, f.bytes, f.uploaded_at, f.checked_at
    from engine.file_list(p_case => v_case.id) f
    where f.source = 'complainant';
end
$$;
comment on function track.files(bytea) is 'The complainant''s own files. Refuses: UD001.';

create function track.papers(p_track bytea)
returns table (id uuid, kind text, version bigint, issued_at timestamptz, file_id uuid, file_no bigint, manifest_sealed bytea, real_type text,
               width bigint, height bigint, damaged boolean, has_preview boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.track_case(p_track => p_track);
begin
    return query
    select d.id, d.kind, d.version, d.issued_at, f.file_id, f.file_no, f.manifest_sealed, f.real_type, f.width, f.height, f.damaged, f.has_preview
    from core.document d, engine.file_get(p_case => v_case.id, p_file => d.file_id) f
    where d.case_id = v_case.id
    order by d.issued_at desc, d.id;
end
$$;
comment on function track.papers(bytea) is 'Papers issued in the case, with their files. Refuses: UD001.';

reset role;
