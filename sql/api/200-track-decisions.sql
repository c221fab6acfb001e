-- track: what waits for the complainant, each answered by one POST with version, event and date; nothing is preselected and silence is
-- never yes (UX.md §2.8).
set role aiddesk_owner;

create function track.decisions(p_track bytea)
returns table (id uuid, kind text, channel text, filing_channel text, detail jsonb, asked_at timestamptz, answer text, answer_fen bigint,
               answered_at timestamptz, version bigint, platform text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.track_case(p_track => p_track);
begin
    return query
    select d.id, d.kind, d.channel, f.channel, d.detail, d.asked_at, d.answer, d.answer_fen, d.answered_at, d.version,
           (select p.name from core.platform p where p.id = v_case.platform)
    from core.decision d left join core.filing f on f.id = d.filing_id
    where d.case_id = v_case.id and d.withdrawn_at is null
    order by d.answered_at is not null, d.asked_at desc, d.id;
end
$$;
comment on function track.decisions(bytea) is 'Questions to the complainant, open ones first, with the answers given. Refuses: UD001.';

create function track.decision_get(p_track bytea, p_decision uuid)
returns table (id uuid, kind text, channel text, filing_channel text, detail jsonb, asked_at timestamptz, answer text, answer_fen bigint,
               answered_at timestamptz, version bigint, text_zh text, text_en text, text_version text, refile text, performance_proven boolean,
               open_filings jsonb, platform text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.track_case(p_track => p_track);
begin
    return query
    select d.id, d.kind, d.channel, f.channel, d.detail, d.asked_at, d.answer, d.answer_fen, d.answered_at, d.version, t.text_zh, t.text_en,
           t.version, coalesce(fc.refile_after_withdrawal, 'UNKNOWN'),
           exists (select from core.evidence v where v.case_id = v_case.id and v.kind = 'PERFORMANCE' and v.removed_at is null and v.file_id is not null),
           (select coalesce(jsonb_agg(o.channel order by o.submitted_at), '[]') from core.filing o
            where o.case_id = v_case.id and engine.filing_open(p_status => o.status)),
           (select p.name from core.platform p where p.id = v_case.platform)
    from core.decision d
    left join core.filing f on f.id = d.filing_id
    left join lateral (select c.share_consent from ref.channel c
                       where c.channel = d.channel and engine.today() >= c.valid_from and (c.valid_to is null or engine.today() <= c.valid_to) limit 1) c on true
    left join lateral (select x.text_zh, x.text_en, x.version from ref.consent_text x
                       where x.kind = c.share_consent and engine.today() >= x.valid_from and (x.valid_to is null or engine.today() <= x.valid_to)
                       order by x.valid_from desc limit 1) t on true
    left join lateral (select x.refile_after_withdrawal from ref.channel x
                       where x.channel = f.channel and engine.today() >= x.valid_from and (x.valid_to is null or engine.today() <= x.valid_to) limit 1) fc on true
    where d.id = p_decision and d.case_id = v_case.id and d.withdrawn_at is null;
    if not found then
        raise exception using errcode = 'UD002', message = 'no such question';
    end if;
end
$$;
comment on function track.decision_get(bytea, uuid) is
    'One question with what the complainant has to know: consent text, risk of filing again, whether performance is proven, open filings. Refuses: UD001, UD002.';

create function track.decide(p_track bytea, p_decision uuid, p_version bigint, p_answer text, p_fen bigint) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.track_case(p_track => p_track, p_write => true);
    v_decision core.decision;
    v_kind text;
    v_text text;
begin
    select d.* into v_decision from core.decision d
    where d.id = p_decision and d.case_id = v_case.id and d.withdrawn_at is null for update;
    if not found then
        raise exception using errcode = 'UD002', message = 'no such question';
    end if;
    -- An answer stands; a page that is sent a second time changes nothing and is told so.
    if v_decision.answer is not null and (v_decision.kind <> 'CONSENT' or (v_decision.answer = p_answer and p_version < v_decision.version)) then
        raise exception using errcode = 'UD025', message = 'answered already';
    end if;
    perform engine.version_check(p_found => v_decision.version, p_read => p_version);
    if not (p_answer = any (case v_decision.kind
        when 'CONSENT' then array['granted', 'refused']
        when 'WITHDRAWAL_WARNING' then array['acknowledged', 'kept']
        when 'RECEIPT' then array['received', 'part', 'not_received']
        when 'WAIT' then array['waits', 'goes_on']
        when 'ABANDON' then array['acknowledged', 'kept']
        else '{}' end)) then
        raise exception using errcode = 'UD031', message = 'unknown answer', detail = 'answer';
    end if;
    if v_decision.kind = 'RECEIPT' and coalesce(p_fen, 0) <= 0
       and (p_answer = 'part' or (p_answer = 'received' and v_decision.detail ->> 'amount_fen' is null)) then
        raise exception using errcode = 'UD030', message = 'no amount', detail = 'amount:track.decision.error.amount';
    end if;
    update core.decision d
    set answer = p_answer, answer_fen = p_fen, answered_at = core.now(), version = d.version + 1
    where d.id = p_decision;
    perform engine.event_add(p_case => v_case.id, p_object_kind => 'decision', p_object => p_decision, p_type => 'decision_' || p_answer,
                             p_actor_kind => 'complainant', p_before => jsonb_build_object('answer', v_decision.answer),
                             p_after => jsonb_build_object('kind', v_decision.kind, 'channel', v_decision.channel, 'answer', p_answer));
    if v_decision.kind = 'CONSENT' then
        select c.share_consent into v_kind from ref.channel c
        where c.channel = v_decision.channel and engine.today() >= c.valid_from and (c.valid_to is null or engine.today() <= c.valid_to);
        select x.version into v_text from ref.consent_text x
        where x.kind = v_kind and engine.today() >= x.valid_from and (x.valid_to is null or engine.today() <= x.valid_to)
        order by x.valid_from desc limit 1;
        insert into core.consent (id, case_id, kind, channel, granted, text_version, at)
        values (gen_random_uuid(), v_case.id, v_kind, v_decision.channel, p_answer = 'granted', v_text, core.now());
    elsif v_decision.kind = 'RECEIPT' and p_answer in ('received', 'part') then
        perform engine.received_set(p_case => v_case.id, p_actor_kind => 'complainant',
            p_fen => case when p_answer = 'part' then p_fen else coalesce((v_decision.detail ->> 'amount_fen')::bigint, p_fen) end);
    elsif v_decision.kind = 'WAIT' and p_answer = 'waits' and v_case.status = 'ESCALATION_DUE'
          and (v_decision.detail ->> 'review_on')::date > engine.today() then
        -- A filing may have been made meanwhile, or the day be over: then the answer is kept, and there is nothing to wait for.
        perform engine.case_move(p_id => v_case.id, p_event => 'user_waits', p_to => null, p_actor_kind => 'complainant', p_actor => null,
            p_facts => jsonb_build_object('review_on', v_decision.detail ->> 'review_on'));
    elsif v_decision.kind = 'ABANDON' and p_answer = 'acknowledged' then
        perform engine.case_move(p_id => v_case.id, p_event => 'abandon', p_to => 'CLOSED', p_actor_kind => 'complainant', p_actor => null);
    end if;
    return v_decision.kind;
end
$$;
comment on function track.decide(bytea, uuid, bigint, text, bigint) is
    'Stores one answer: consents become consent rows, a confirmed receipt money received, waiting moves an escalation that is due back, an acknowledged stop closes the case. Refuses: UD001, UD002, UD020, UD022, UD025 answered already, UD030 no amount, UD031.';

create function track.stop_ask(p_track bytea, p_id uuid, p_reason text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.track_case(p_track => p_track, p_write => true);
begin
    if p_reason not in ('solved', 'not_worth', 'pressed', 'other') then
        raise exception using errcode = 'UD031', message = 'unknown reason', detail = 'reason';
    end if;
    update core.decision d set withdrawn_at = core.now()
    where d.case_id = v_case.id and d.kind = 'ABANDON' and d.answer is null and d.withdrawn_at is null;
    insert into core.decision (id, case_id, kind, detail, asked_at)
    select p_id, v_case.id, 'ABANDON', jsonb_build_object('reason', p_reason, 'open_filings', coalesce(
        (select jsonb_agg(f.id) from core.filing f where f.case_id = v_case.id and engine.filing_open(p_status => f.status)), '[]')), core.now();
    if p_reason = 'pressed' then
        -- Pressure by the other side is recorded and shown to the desk (R-WD-12, V-WD-05).
        update core.case_file c set special_flags = array_append(c.special_flags, 'PRESSED')
        where c.id = v_case.id and not 'PRESSED' = any (c.special_flags);
    end if;
    perform engine.event_add(p_case => v_case.id, p_object_kind => 'decision', p_object => p_id, p_type => 'stop_asked', p_actor_kind => 'complainant',
                             p_after => jsonb_build_object('reason', p_reason));
end
$$;
comment on function track.stop_ask(bytea, uuid, text) is
    'The complainant wants to stop: makes the question that lists the open filings, to be acknowledged on its own page. Refuses: UD001, UD031.';

create function track.consents(p_track bytea)
returns table (id uuid, kind text, channel text, granted boolean, text_version text, text_zh text, text_en text, at timestamptz, withdrawn_at timestamptz,
               platform text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.track_case(p_track => p_track);
begin
    return query
    select n.id, n.kind, n.channel, n.granted, n.text_version, t.text_zh, t.text_en, n.at, n.withdrawn_at,
           (select p.name from core.platform p where p.id = v_case.platform)
    from core.consent n left join ref.consent_text t on t.kind = n.kind and t.version = n.text_version
    where n.case_id = v_case.id order by n.at, n.kind;
end
$$;
comment on function track.consents(bytea) is 'Every consent given or refused, with its text. Refuses: UD001.';

create function track.consent_withdraw(p_track bytea, p_consent uuid, p_ends boolean default true) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.track_case(p_track => p_track, p_write => true);
    v_kind text;
begin
    update core.consent n set withdrawn_at = core.now()
    where n.id = p_consent and n.case_id = v_case.id and n.granted and n.withdrawn_at is null
    returning n.kind into v_kind;
    if not found then
        raise exception using errcode = 'UD002', message = 'no such consent';
    end if;
    perform engine.event_add(p_case => v_case.id, p_object_kind => 'consent', p_object => p_consent, p_type => 'consent_taken_back',
                             p_actor_kind => 'complainant', p_after => jsonb_build_object('kind', v_kind));
    if v_kind = 'HANDLE_CASE' then
        -- Without it nobody may work on the case (PIPL 15).  That is more than a tap on a button: it is agreed to by a tick of its own.
        if not p_ends then
            raise exception using errcode = 'UD030', message = 'ends the case', detail = 'agree:track.end.error.agree';
        end if;
        perform engine.case_move(p_id => v_case.id, p_event => 'consent_withdrawn', p_to => 'CLOSED', p_actor_kind => 'complainant', p_actor => null);
    end if;
end
$$;
comment on function track.consent_withdraw(bytea, uuid, boolean) is
    'Takes a consent back; without HANDLE_CASE the case is closed and its erasure begins, which p_ends false refuses. Refuses: UD001, UD002, UD021, UD030.';

create function track.consents_open(p_track bytea)
returns table (kind text, channel text, text_version text, text_zh text, text_en text, decision uuid, platform text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.track_case(p_track => p_track);
    v_platform text := (select p.name from core.platform p where p.id = v_case.platform);
begin
    if v_case.status = 'CLOSED' then
        return;
    end if;
    return query
    with newest as (
        select distinct on (n.kind, n.channel) n.kind, n.channel, n.granted and n.withdrawn_at is null as live
        from core.consent n where n.case_id = v_case.id order by n.kind, n.channel, n.at desc)
    -- What the public form asks for as a choice, and whatever was taken back since; the consent that carries the case ends it instead.
    select t.kind, null::text, t.version, t.text_zh, t.text_en, null::uuid, v_platform
    from ref.consent_text t left join newest o on o.kind = t.kind and o.channel is null
    where engine.today() >= t.valid_from and (t.valid_to is null or engine.today() <= t.valid_to) and t.kind <> 'HANDLE_CASE'
      and coalesce(not o.live, t.kind in ('SHARE_PLATFORM', 'SHARE_PAYMENT', 'STATISTICS', 'PUBLISH_STORY'))
    union all
    -- For one recipient the desk asked: the question says what would be sent and why, so it is answered there again.
    select o.kind, o.channel, d.text_version, d.text_zh, d.text_en, d.id, v_platform
    from newest o
    cross join lateral (
        select q.id, t.version as text_version, t.text_zh, t.text_en
        from core.decision q
        left join ref.consent_text t on t.kind = o.kind and engine.today() >= t.valid_from
                                    and (t.valid_to is null or engine.today() <= t.valid_to)
        where q.case_id = v_case.id and q.kind = 'CONSENT' and q.channel = o.channel and q.withdrawn_at is null and q.answer is not null
        order by q.asked_at desc limit 1) d
    where not o.live
    order by 2 nulls first, 1;
end
$$;
comment on function track.consents_open(bytea) is
    'Consents of choice that do not stand and may still be given, with the text in force; with a decision: answered on the page of that question. Nothing of a closed case. Refuses: UD001.';

create function track.consent_give(p_track bytea, p_id uuid, p_kind text, p_version text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.track_case(p_track => p_track, p_write => true);
    v_version text;
begin
    select o.text_version into v_version from track.consents_open(p_track => p_track) o where o.kind = p_kind and o.decision is null;
    if not found then
        if exists (select from core.consent n
                   where n.case_id = v_case.id and n.kind = p_kind and n.channel is null and n.granted and n.withdrawn_at is null) then
            raise exception using errcode = 'UD025', message = 'given already';
        end if;
        raise exception using errcode = 'UD002', message = 'no such consent';
    end if;
    if v_version <> p_version then
        raise exception using errcode = 'UD020', message = 'another text is in force';
    end if;
    insert into core.consent (id, case_id, kind, granted, text_version, at) values (p_id, v_case.id, p_kind, true, v_version, core.now());
    perform engine.event_add(p_case => v_case.id, p_object_kind => 'consent', p_object => p_id, p_type => 'consent_given_later',
                             p_actor_kind => 'complainant', p_after => jsonb_build_object('kind', p_kind));
end
$$;
comment on function track.consent_give(bytea, uuid, text, text) is
    'Gives a consent of track.consents_open now, in the text that was shown (p_version). Refuses: UD001, UD002, UD020 another text is in force, UD025 given already.';

create function track.missing(p_track bytea) returns table (id uuid, item text, text_sealed bytea, asked_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.track_case(p_track => p_track);
begin
    return query
    select m.id, m.item, m.text_sealed, m.asked_at from core.missing_item m
    where m.case_id = v_case.id and m.answered_at is null order by m.asked_at, m.id;
end
$$;
comment on function track.missing(bytea) is 'What the volunteer asked for and did not get yet. Refuses: UD001.';

create function track.supply(p_track bytea, p_version bigint, p_id uuid, p_body bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.track_case(p_track => p_track, p_write => true);
begin
    if v_case.status = 'NEEDS_INFO' and p_body is null and not exists (
        select from core.file f
        where f.case_id = v_case.id and f.source = 'complainant' and f.state = 'stored' and f.removed_at is null
          and f.uploaded_at >= (select min(m.asked_at) from core.missing_item m where m.case_id = v_case.id and m.answered_at is null)) then
        raise exception using errcode = 'UD030', message = 'nothing supplied', detail = 'answer:track.supply.error.nothing';
    end if;
    if p_body is not null then
        insert into core.message (id, case_id, author_kind, body_sealed, at) values (p_id, v_case.id, 'complainant', p_body, core.now());
    end if;
    update core.missing_item m set answered_at = core.now() where m.case_id = v_case.id and m.answered_at is null;
    perform engine.case_move(p_id => v_case.id, p_event => 'supply', p_to => 'TRIAGE', p_actor_kind => 'complainant', p_actor => null,
                             p_version => p_version);
end
$$;
comment on function track.supply(bytea, bigint, uuid, bytea) is
    'The complainant has supplied what was asked (files were added before; p_body: an answer in words, or null): the case goes on. Refuses: UD001, UD020, UD021, UD030 neither a new file nor an answer.';

reset role;
