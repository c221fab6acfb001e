-- desk: my work, the list of cases, the case page, talking, accepting and reviewing (UX.md §3).
set role aiddesk_owner;

create function desk.counts(p_session bytea) returns table (overdue bigint, today bigint, mine bigint, unassigned bigint, after bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['volunteer', 'coordinator']);
    v_now timestamptz := core.now();
    v_today tstzrange := engine.due_today();
    v_hidden uuid[] := engine.hidden(p_user => v_user.id);
begin
    return query
    select count(*) filter (where c.assignee = v_user.id and c.next_due_at <= v_now),
           count(*) filter (where c.assignee = v_user.id and c.next_due_at <@ v_today),
           count(*) filter (where c.assignee = v_user.id),
           count(*) filter (where c.assignee is null),
           (select count(*) from engine.cases_found(p_user => v_user, p_scope => 'after', p_status => null, p_platform => null, p_after => null,
                                                    p_after_id => null, p_max => 201, p_sorted => false))
    from (select x.* from core.case_file x where x.assignee = v_user.id and x.closed_at is null
          union all
          select x.* from core.case_file x where x.assignee is null and x.closed_at is null and x.submitted_at is not null) c
    where c.submitted_at is not null and c.status not in ('DRAFT', 'DECLINED', 'ERASED')
      and not array[c.platform, c.id] && v_hidden;
end
$$;
comment on function desk.counts(bytea) is 'The numbers of the home page; the lists behind them have the same length (after: counting stops at 201). Refuses: UD001, UD003.';

create function desk.cases(p_session bytea, p_scope text, p_status text, p_platform text, p_after timestamptz, p_after_id uuid, p_max bigint)
returns table (id uuid, case_no text, status text, platform text, problem_type text, next_due_at timestamptz, next_due_on date,
               next_due_provisional boolean, overdue boolean, soon boolean, waiting_on text, assignee text, accepted boolean, replied boolean,
               submitted_at timestamptz, lane text, mine boolean, waiting_key boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['volunteer', 'coordinator']);
    v_now timestamptz := core.now();
    v_soon timestamptz := (select d.due_at from engine.due(p_start => v_now, p_n => 2, p_unit => 'wd') d);
begin
    return query
    select c.id, c.case_no, c.status, p.name, c.problem_type, c.next_due_at,
           engine.local_day(p_at => c.next_due_at - interval '1 microsecond'), c.next_due_provisional,
           coalesce(c.next_due_at <= v_now, false), coalesce(c.next_due_at <= v_soon, false), c.waiting_on, u.display_name,
           c.accepted_at is not null,
           exists (select from core.message m where m.case_id = c.id and m.author_kind = 'complainant' and m.read_at is null),
           c.submitted_at, c.lane, coalesce(c.assignee = v_user.id, false),
           c.assignee is not null and not exists (
               select from core.case_seal s where s.case_id = c.id and s.recipient_kind = 'user' and s.recipient = c.assignee
                   and s.key_version = u.key_version)
    from engine.cases_found(p_user => v_user, p_scope => p_scope, p_status => p_status, p_platform => p_platform, p_after => p_after,
                            p_after_id => p_after_id, p_max => least(greatest(p_max, 1), 201)) c
    left join core.platform p on p.id = c.platform
    left join core.app_user u on u.id = c.assignee
    order by coalesce(c.next_due_at, 'infinity'), c.id;
end
$$;
comment on function desk.cases(bytea, text, text, text, timestamptz, uuid, bigint) is
    'Cases by next deadline, as engine.cases_found finds them, at most 201. Refuses: UD001, UD003.';

create function desk.cases_total(p_session bytea, p_scope text, p_status text, p_platform text) returns table (total bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['volunteer', 'coordinator']);
begin
    return query
    select count(*) from engine.cases_found(p_user => v_user, p_scope => p_scope, p_status => p_status, p_platform => p_platform, p_after => null,
                                            p_after_id => null, p_max => 201, p_sorted => false) c;
end
$$;
comment on function desk.cases_total(bytea, text, text, text) is 'How many a list has; counting stops at 201. Refuses: UD001, UD003.';

create function desk.case_page(p_session bytea, p_case uuid)
returns table (case_no text, status text, version bigint, lane text, platform text, platform_id uuid, registered_name text, credit_code text,
               product_type text, problem_type text, codes_confirmed boolean, special_flags text[], responsibility text, seller_role text,
               purchase_purpose text, pay_method text, filer_role text, age_band text, amount_fen bigint, paid_on date, knew_on date,
               elements jsonb, submitted_at timestamptz, assignee uuid, assignee_name text, accepted boolean, waiting_on text,
               next_due_at timestamptz, closure_reason text, amount_received_fen bigint, round bigint, mine boolean, assign_reason jsonb,
               platform_link_sealed bytea, order_no_sealed bytea, payment_no_sealed bytea, story_sealed bytea, wanted text[],
               wanted_other_sealed bytea, call_name_sealed bytea, contact_way text, safe text[], duplicates bigint,
               screening text, promised_at timestamptz, next_due_on date, waiting_key boolean, closed boolean, unread bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['volunteer', 'coordinator']);
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select v_case.case_no, v_case.status, v_case.version, v_case.lane, p.name, p.id, p.registered_name, p.credit_code, v_case.product_type,
           v_case.problem_type, v_case.codes_confirmed, v_case.special_flags, v_case.responsibility, v_case.seller_role,
           v_case.purchase_purpose, v_case.pay_method, v_case.filer_role, v_case.age_band, v_case.amount_fen, v_case.paid_on, v_case.knew_on,
           v_case.elements, v_case.submitted_at, v_case.assignee, u.display_name, v_case.accepted_at is not null, v_case.waiting_on,
           v_case.next_due_at, v_case.closure_reason, v_case.amount_received_fen, v_case.round, coalesce(v_case.assignee = v_user.id, false),
           (select a.reason from core.assignment a where a.case_id = v_case.id order by a.assigned_at desc limit 1),
           m.platform_link_sealed, m.order_no_sealed, m.payment_no_sealed, m.story_sealed, m.wanted, m.wanted_other_sealed,
           m.call_name_sealed, m.contact_way, m.safe, (select count(*) from engine.duplicates(p_case => v_case.id)),
           v_case.screening ->> 'result', (v_case.delay ->> 'promised_at')::timestamptz,
           engine.local_day(p_at => v_case.next_due_at - interval '1 microsecond'),
           v_case.assignee is not null and not exists (
               select from core.case_seal s where s.case_id = v_case.id and s.recipient_kind = 'user' and s.recipient = v_case.assignee
                   and s.key_version = u.key_version),
           v_case.closed_at is not null,
           (select count(*) from core.message x where x.case_id = v_case.id and x.author_kind = 'complainant' and x.read_at is null)
    from core.complaint m
    left join core.platform p on p.id = v_case.platform
    left join core.app_user u on u.id = v_case.assignee
    where m.case_id = v_case.id;
end
$$;
comment on function desk.case_page(bytea, uuid) is 'What the case page shows, sealed columns as they are. Refuses: UD001, UD002, UD003.';

create function desk.clocks(p_session bytea, p_case uuid) returns table (id uuid, kind text, state text, channel text, due_at timestamptz, why jsonb)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select k.id, k.kind, k.state, f.channel, k.due_at, engine.clock_why(p_clock => k.id)
    from engine.clocks_of(p_case => v_case.id) k left join core.filing f on f.id = k.filing_id
    where k.stopped_at is null
    order by k.due_at nulls last, k.id;
end
$$;
comment on function desk.clocks(bytea, uuid) is 'Running deadlines of a case with "why this date". Refuses: UD001, UD002.';

create function desk.timeline(p_session bytea, p_case uuid)
returns table (at timestamptz, object_kind text, type text, actor_kind text, actor_name text, channel text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select e.at, e.object_kind, e.type, e.actor_kind, u.display_name, f.channel
    from core.event e
    left join core.app_user u on u.id = e.actor
    left join core.filing f on e.object_kind = 'filing' and f.id = e.object_id
    where e.case_id = v_case.id order by e.id desc limit 200;
end
$$;
comment on function desk.timeline(bytea, uuid) is 'What happened in a case, newest first. Refuses: UD001, UD002.';

create function desk.files(p_session bytea, p_case uuid)
returns table (file_id uuid, file_no bigint, manifest_sealed bytea, real_type text, width bigint, height bigint, damaged boolean,
               has_preview boolean, source text, kind_hint text, note_sealed bytea, bytes bigint, uploaded_at timestamptz, checked_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select f.file_id, f.file_no, f.manifest_sealed, f.real_type, f.width, f.height, f.damaged, f.has_preview, f.source, f.kind_hint,
           f.note_sealed, f.bytes, f.uploaded_at, f.checked_at
    from engine.file_list(p_case => v_case.id) f;
end
$$;
comment on function desk.files(bytea, uuid) is 'Files of a case. Refuses: UD001, UD002.';

create function desk.talk(p_session bytea, p_case uuid, p_kind text)
returns table (kind text, id uuid, author_kind text, author_name text, template text, detail jsonb, body_sealed bytea, at timestamptz, version bigint,
               edited_at timestamptz, editor_name text, unread boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select t.kind, t.id, t.author_kind, u.display_name, t.template, t.detail, t.body_sealed, t.at, t.version, t.edited_at, e.display_name, t.unread
    from (select 'message' as kind, m.id, m.author_kind, m.author, m.template, m.detail, m.body_sealed, m.at, 1::bigint as version,
                 null::timestamptz as edited_at, null::uuid as editor, m.author_kind = 'complainant' and m.read_at is null as unread
          from core.message m where m.case_id = v_case.id and p_kind = 'message'
          union all
          select 'note', n.id, 'user', n.author, null, '{}'::jsonb, n.body_sealed, n.at, n.version, n.edited_at,
                 n.edited_by, false
          from core.note n where n.case_id = v_case.id and p_kind = 'note') t
    left join core.app_user u on u.id = t.author
    left join core.app_user e on e.id = t.editor
    order by t.at desc, t.id limit 300;
end
$$;
comment on function desk.talk(bytea, uuid, text) is
    'The newest 300 messages ("message") or internal notes ("note") of a case, newest first. Refuses: UD001, UD002.';

create function desk.note_add(p_session bytea, p_case uuid, p_id uuid, p_body bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    insert into core.note (id, case_id, author, body_sealed, at) values (p_id, v_case.id, v_user.id, p_body, core.now());
    perform engine.event_add(p_case => v_case.id, p_object_kind => 'note', p_object => p_id, p_type => 'note_added', p_actor_kind => 'user', p_actor => v_user.id);
end
$$;
comment on function desk.note_add(bytea, uuid, uuid, bytea) is 'An internal note, sealed; the complainant never sees it. Refuses: UD001, UD002.';

create function desk.message_add(p_session bytea, p_case uuid, p_id uuid, p_body bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    insert into core.message (id, case_id, author_kind, author, body_sealed, at) values (p_id, v_case.id, 'volunteer', v_user.id, p_body, core.now());
    update core.message m set read_at = core.now() where m.case_id = v_case.id and m.author_kind = 'complainant' and m.read_at is null;
    perform engine.unread_note(p_case => v_case.id);
    perform engine.first_reply(p_case => v_case.id);
    perform engine.outbox_news(p_case => v_case.id, p_key => p_id::text);
    perform engine.event_add(p_case => v_case.id, p_object_kind => 'message', p_object => p_id, p_type => 'message_added', p_actor_kind => 'user', p_actor => v_user.id);
end
$$;
comment on function desk.message_add(bytea, uuid, uuid, bytea) is
    'A message to the complainant, sealed; theirs count as read, and a reminder mail goes where it is wished for. Refuses: UD001, UD002.';

create function desk.messages_seen(p_session bytea, p_case uuid, p_last uuid) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_last core.message := (select m from core.message m where m.id = p_last and m.case_id = v_case.id);
begin
    if v_last.id is null then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
    update core.message m set read_at = core.now()
    where m.case_id = v_case.id and m.author_kind = 'complainant' and m.read_at is null and m.at <= v_last.at;
    if found then
        perform engine.unread_note(p_case => v_case.id);
        perform engine.event_add(p_case => v_case.id, p_object_kind => 'message', p_object => p_last, p_type => 'message_read',
                                 p_actor_kind => 'user', p_actor => v_user.id);
    end if;
end
$$;
comment on function desk.messages_seen(bytea, uuid, uuid) is
    'The complainant''s messages up to this one have been read and want no answer; what came later stays unread. Refuses: UD001, UD002.';

create function desk.case_accept(p_session bytea, p_case uuid, p_version bigint) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    perform engine.version_check(p_found => v_case.version, p_read => p_version);
    if v_case.assignee is distinct from v_user.id then
        raise exception using errcode = 'UD024', message = 'not assigned to you';
    end if;
    perform engine.assignment_accept(p_case => v_case.id, p_user => v_user.id);
    if v_case.status = 'SUBMITTED' then
        return engine.case_move(p_id => v_case.id, p_event => 'start_review', p_to => 'TRIAGE', p_actor_kind => 'user', p_actor => v_user.id);
    end if;
    return (select c.version from core.case_file c where c.id = v_case.id);
end
$$;
comment on function desk.case_accept(bytea, uuid, bigint) is
    'The assigned volunteer takes the case over: the pool seal goes, the review begins. Refuses: UD001, UD002, UD020, UD022, UD024.';

create function desk.case_return(p_session bytea, p_case uuid, p_version bigint, p_pool_version bigint, p_pool_seal bytea, p_note bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    perform engine.version_check(p_found => v_case.version, p_read => p_version);
    if v_case.assignee is distinct from v_user.id then
        raise exception using errcode = 'UD024', message = 'not assigned to you';
    end if;
    insert into core.case_seal as s (case_id, recipient_kind, recipient, key_version, seal)
    values (v_case.id, 'pool', null, p_pool_version, p_pool_seal)
    on conflict (case_id, recipient_kind, recipient) do update set key_version = excluded.key_version, seal = excluded.seal, created_at = core.now();
    perform engine.assignment_close(p_case => v_case.id, p_reason => 'returned', p_actor_kind => 'user', p_actor => v_user.id, p_note => p_note);
end
$$;
comment on function desk.case_return(bytea, uuid, bigint, bigint, bytea, bytea) is
    'The volunteer gives the case back, sealed to the pool again, with a sealed reason; the own seal goes. Refuses: UD001, UD002, UD020, UD024.';

create function desk.claim_offer(p_session bytea)
returns table (case_id uuid, case_no text, key_check bytea, key_version bigint, seal bytea)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['volunteer', 'coordinator']);
begin
    begin
        perform engine.attempt_take(p_kind => 'openings', p_key => v_user.id::text, p_limit => engine.limit_n(p_code => 'openings_hour'),
                                    p_window => interval '1 hour');
    exception when sqlstate 'UD010' then
        raise exception using errcode = 'UD042', message = 'too many cases opened';
    end;
    return query
    select c.id, c.case_no, c.key_check, s.key_version, s.seal
    from core.case_file c join core.case_seal s on s.case_id = c.id and s.recipient_kind = 'pool'
    where c.assignee is null and c.closed_at is null and c.submitted_at is not null and c.lane = 'auto'
      and engine.may_see(p_user => v_user, p_platform => c.platform, p_case => c.id)
    order by coalesce(c.next_due_at, 'infinity'), c.submitted_at, c.id limit 1;
end
$$;
comment on function desk.claim_offer(bytea) is 'The next case that may be claimed, with its pool seal; counts as an opening. No row when none waits. Refuses: UD001, UD003, UD042.';

create function desk.claim(p_session bytea, p_case uuid, p_key_version bigint, p_seal bytea) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['volunteer', 'coordinator']);
    v_case core.case_file;
begin
    select c.* into v_case from core.case_file c where c.id = p_case for update;
    if v_case.id is null or v_case.assignee is not null or v_case.closed_at is not null or v_case.submitted_at is null or v_case.lane <> 'auto'
       or not engine.may_see(p_user => v_user, p_platform => v_case.platform, p_case => v_case.id) then
        raise exception using errcode = 'UD024', message = 'somebody was faster';
    end if;
    if p_key_version <> v_user.key_version then
        raise exception using errcode = 'UD023', message = 'key changed';
    end if;
    insert into core.case_seal as s (case_id, recipient_kind, recipient, key_version, seal) values (p_case, 'user', v_user.id, p_key_version, p_seal)
    on conflict (case_id, recipient_kind, recipient) do update set key_version = excluded.key_version, seal = excluded.seal;
    perform engine.assignment_open(p_case => p_case, p_user => v_user.id, p_how => 'claim', p_reason => '{"how": "claim"}', p_actor_kind => 'user', p_actor => v_user.id);
    if v_case.status = 'SUBMITTED' then
        perform engine.case_move(p_id => p_case, p_event => 'start_review', p_to => 'TRIAGE', p_actor_kind => 'user', p_actor => v_user.id);
    end if;
    return v_case.case_no;
end
$$;
comment on function desk.claim(bytea, uuid, bigint, bytea) is
    'Takes a case that nobody has: stores the seal to the claimer and deletes the pool seal. Refuses: UD001, UD003, UD023, UD024 somebody was faster.';

create function desk.review_save(p_session bytea, p_case uuid, p_version bigint, p_product_type text, p_problem_type text, p_responsibility text,
                                 p_seller_role text, p_purpose text, p_knew_on date, p_elements jsonb, p_flags text[], p_screening text,
                                 p_promised_at timestamptz) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    perform engine.version_check(p_found => v_case.version, p_read => p_version);
    perform engine.code_check(p_enumeration => 'product_type', p_code => p_product_type);
    perform engine.code_check(p_enumeration => 'problem_type', p_code => p_problem_type);
    perform engine.code_check(p_enumeration => 'responsibility', p_code => p_responsibility);
    perform engine.code_check(p_enumeration => 'seller_role', p_code => p_seller_role);
    perform engine.code_check(p_enumeration => 'purchase_purpose', p_code => p_purpose);
    perform engine.code_check(p_enumeration => 'special_flag', p_code => f.flag) from unnest(p_flags) f (flag);
    perform engine.case_classify(p_case => v_case.id, p_platform => v_case.platform, p_product_type => p_product_type,
                                 p_problem_type => p_problem_type, p_actor => v_user.id);
    update core.case_file c
    set codes_confirmed = true, responsibility = p_responsibility, seller_role = p_seller_role, purchase_purpose = p_purpose,
        knew_on = p_knew_on, elements = p_elements, special_flags = p_flags,
        screening = case when p_screening is null then '{}' else jsonb_build_object('result', p_screening) end,
        delay = case when p_promised_at is null then '{}' else jsonb_build_object('promised_at', p_promised_at) end, version = p_version + 1
    where c.id = v_case.id;
    perform engine.limitation_sync(p_case => v_case.id);
    perform engine.event_add(p_case => v_case.id, p_object_kind => 'case', p_object => v_case.id, p_type => 'reviewed', p_actor_kind => 'user',
                             p_actor => v_user.id, p_before => jsonb_build_object('responsibility', v_case.responsibility, 'knew_on', v_case.knew_on),
                             p_after => jsonb_build_object('responsibility', p_responsibility, 'knew_on', p_knew_on));
    return p_version + 1;
end
$$;
comment on function desk.review_save(bytea, uuid, bigint, text, text, text, text, text, date, jsonb, text[], text, timestamptz) is
    'Confirms or refines the provisional codes, responsibility, the three elements (V-RESP-01), the day of knowledge, flags, the screening of the goods and the promised time. Refuses: UD001, UD002, UD020, UD031.';

create function desk.steps(p_session bytea, p_case uuid) returns table (event text, to_state text, failing text[])
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    return query select e.event, e.to_state, e.failing from engine.events_of(p_machine => 'case', p_id => v_case.id, p_actor => v_user.id) e;
end
$$;
comment on function desk.steps(bytea, uuid) is 'Steps that are listed for the present state, each with the guards that still refuse. Refuses: UD001, UD002.';

create function desk.case_take_on(p_session bytea, p_case uuid, p_version bigint) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    return engine.case_move(p_id => v_case.id, p_event => 'accept', p_to => 'PREPARING', p_actor_kind => 'user', p_actor => v_user.id,
                            p_version => p_version);
end
$$;
comment on function desk.case_take_on(bytea, uuid, bigint) is 'TRIAGE to PREPARING (立案): the case is taken on. Refuses: UD001, UD002, UD020, UD021, UD022.';

create function desk.release(p_session bytea, p_case uuid, p_version bigint) returns boolean
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['coordinator']);
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_pick record;
begin
    perform engine.version_check(p_found => v_case.version, p_read => p_version);
    if v_case.lane <> 'queue' then
        raise exception using errcode = 'UD025', message = 'released already';
    end if;
    perform engine.lane_leave(p_case => v_case.id);
    perform engine.event_add(p_case => v_case.id, p_object_kind => 'case', p_object => v_case.id, p_type => 'released', p_actor_kind => 'user', p_actor => v_user.id);
    select a.app_user, a.reason into v_pick from engine.assign_pick(p_case => v_case.id) a;
    if v_pick.app_user is not null then
        -- The seal to this person is made by the coordinator's own request, which goes on to settle what waits.
        perform engine.assignment_open(p_case => v_case.id, p_user => v_pick.app_user, p_how => 'auto', p_reason => v_pick.reason,
                                       p_actor_kind => 'user', p_actor => v_user.id);
    end if;
    return v_pick.app_user is not null;
end
$$;
comment on function desk.release(bytea, uuid, bigint) is
    'A coordinator lets a case out of the review lane: it is assigned, or waits to be claimed. True when somebody got it. Refuses: UD001..UD003, UD020, UD025.';

reset role;
