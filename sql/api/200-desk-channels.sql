-- desk: where the case may lawfully go next, consent for one recipient, waiting (DOMAIN.md §2.6, §2.7, §4.5).
set role aiddesk_owner;

create function engine.consent_asked(p_case uuid, p_channel text) returns core.decision
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select d from core.decision d
    where d.case_id = p_case and d.kind = 'CONSENT' and d.channel = p_channel and d.withdrawn_at is null
    order by d.asked_at desc, d.id limit 1
$$;
comment on function engine.consent_asked(uuid, text) is 'The newest question for consent to share with a channel; null when none was asked.';

create function engine.consent_state(p_case uuid, p_channel text) returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_asked core.decision := engine.consent_asked(p_case => p_case, p_channel => p_channel);
begin
    return case
        when engine.consent_given(p_case => p_case, p_channel => p_channel) then 'given'
        when v_asked.id is not null and v_asked.answer is null then 'asked'
        when v_asked.answer = 'refused' then 'refused'
        when v_asked.answer = 'granted' then 'taken_back'
        else 'missing' end;
end
$$;
comment on function engine.consent_state(uuid, text) is 'given, asked (waits for the complainant), refused, taken_back or missing.';

create function desk.channels(p_session bytea, p_case uuid)
returns table (channel text, layer text, recommended boolean, official boolean, public_content boolean, suits boolean, wanted_layer boolean,
               verdict text, collisions jsonb, missing text[], confirm text[], blocked boolean, consent text, last_day date,
               last_day_provisional boolean, planned uuid)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select n.channel, n.layer, n.recommended, n.official, n.public_content, n.suits, n.wanted_layer, n.verdict, n.collisions, n.missing,
           n.confirm, n.blocked, engine.consent_state(p_case => v_case.id, p_channel => n.channel), n.last_day, n.last_day_provisional,
           (select f.id from core.filing f
            where f.case_id = v_case.id and f.round = v_case.round and f.channel = n.channel and f.status in ('PLANNED', 'DRAFTED', 'READY')
            order by f.id limit 1)
    from engine.next_channels(p_case => v_case.id) n;
end
$$;
comment on function desk.channels(bytea, uuid) is
    'Every channel for a case, the next lawful ones first, with collision verdict, prerequisites, last day, state of the consent and a filing that is prepared there. Refuses: UD001, UD002.';

create function desk.channel_facts(p_session bytea, p_case uuid, p_channel text)
returns table (channel text, layer text, needs_real_name boolean, public_content boolean, withdrawable text, refile text, detail jsonb,
               clocks jsonb, may_plan boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
    v_row ref.channel := engine.channel_row(p_channel => p_channel);
begin
    if v_row.channel is null then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
    return query
    select v_row.channel, v_row.layer, v_row.needs_real_name, v_row.public_content, v_row.withdrawable, v_row.refile_after_withdrawal,
           v_row.detail,
           (select coalesce(jsonb_agg(jsonb_build_object('kind', k.clock_key, 'n', k.n, 'unit', k.unit, 'starts_on', k.starts_on,
                       'source_kind', k.source_kind, 'source', k.source,
                       'articles', engine.source_articles(p_source => k.source)) order by k.clock_key, k.variant), '[]')
            from ref.channel_clock k
            where k.channel = p_channel and engine.today() >= k.valid_from and (k.valid_to is null or engine.today() <= k.valid_to)),
           engine.filings_open(p_case => v_case);
end
$$;
comment on function desk.channel_facts(bytea, uuid, text) is
    'What is known about a channel: how to file, warnings, periods, withdrawal; whether the case may file now. Refuses: UD001, UD002.';

create function desk.escalation(p_session bytea, p_case uuid)
returns table (rule text, channel text, next_layer text, since timestamptz, label_zh text, label_en text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select e.rule, e.channel, e.next_layer, e.since, e.label_zh, e.label_en from engine.escalation_due(p_case => v_case.id) e;
end
$$;
comment on function desk.escalation(bytea, uuid) is 'Why the case has to go on now, oldest reason first; no row = nothing is due. Refuses: UD001, UD002.';

create function engine.decision_ask(p_case uuid, p_id uuid, p_kind text, p_channel text, p_detail jsonb, p_actor uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into core.decision (id, case_id, kind, channel, detail, asked_by, asked_at)
    values (p_id, p_case, p_kind, p_channel, p_detail, p_actor, core.now());
    perform engine.outbox_news(p_case => p_case, p_key => p_id::text);
    perform engine.event_add(p_case => p_case, p_object_kind => 'decision', p_object => p_id, p_type => 'decision_asked', p_actor_kind => 'user',
        p_actor => p_actor, p_after => jsonb_strip_nulls(jsonb_build_object('kind', p_kind, 'channel', p_channel)));
end
$$;
comment on function engine.decision_ask(uuid, uuid, text, text, jsonb, uuid) is
    'A question to the complainant on the tracking page, with a reminder mail where it is wished for. p_detail: plain codes, amounts and days.';

create function desk.consent_ask(p_session bytea, p_case uuid, p_id uuid, p_channel text, p_what text[], p_why text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    if (engine.channel_row(p_channel => p_channel)).channel is null then
        raise exception using errcode = 'UD031', message = 'no such channel', detail = 'channel';
    end if;
    if p_what = '{}' or not p_what <@ array['facts', 'order', 'evidence', 'contact', 'identity', 'history']
       or p_why not in ('filing', 'supplement', 'mediation', 'escalation') then
        raise exception using errcode = 'UD031', message = 'unknown code', detail = 'what';
    end if;
    if v_case.closed_at is not null or v_case.status = 'DECLINED' then
        raise exception using errcode = 'UD021', message = 'this step is not possible in the present state',
            detail = concat_ws(':', 'case', v_case.status, 'consent_ask');
    end if;
    if engine.consent_state(p_case => v_case.id, p_channel => p_channel) in ('given', 'asked') then
        raise exception using errcode = 'UD025', message = 'asked already';
    end if;
    perform engine.decision_ask(p_case => v_case.id, p_id => p_id, p_kind => 'CONSENT', p_channel => p_channel, p_actor => v_user.id,
        p_detail => jsonb_build_object('what', to_jsonb(p_what), 'why', p_why));
end
$$;
comment on function desk.consent_ask(bytea, uuid, uuid, text, text[], text) is
    'Asks the complainant whether one recipient may get the material: what (facts, order, evidence, contact, identity, history) and why (filing, supplement, mediation, escalation). Refuses: UD001, UD002, UD021 closed, UD025 given or asked already, UD031.';

create function desk.wait_ask(p_session bytea, p_case uuid, p_id uuid, p_review_on date) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    if v_case.status <> 'ESCALATION_DUE' then
        raise exception using errcode = 'UD021', message = 'this step is not possible in the present state',
            detail = concat_ws(':', 'case', v_case.status, 'user_waits');
    end if;
    if p_review_on <= engine.today() or p_review_on > engine.today() + 90 then
        raise exception using errcode = 'UD030', message = 'not a day to come', detail = 'review_on:filing.wait.error.day';
    end if;
    if exists (select from core.decision d
               where d.case_id = v_case.id and d.kind = 'WAIT' and d.answer is null and d.withdrawn_at is null) then
        raise exception using errcode = 'UD025', message = 'asked already';
    end if;
    perform engine.decision_ask(p_case => v_case.id, p_id => p_id, p_kind => 'WAIT', p_channel => null, p_actor => v_user.id,
        p_detail => jsonb_build_object('review_on', p_review_on));
end
$$;
comment on function desk.wait_ask(bytea, uuid, uuid, date) is
    'Asks whether the complainant would rather wait until a day within 90 days; the answer moves the case (track.decide). Refuses: UD001, UD002, UD021 nothing is due, UD025 asked already, UD030 review_on.';

create function desk.waiting(p_session bytea, p_case uuid) returns table (asked_at timestamptz, review_on date, answer text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select d.asked_at, (d.detail ->> 'review_on')::date, d.answer
    from core.decision d
    where d.case_id = v_case.id and d.kind = 'WAIT' and d.withdrawn_at is null and d.asked_at >= engine.state_since(p_object => v_case.id)
    order by d.asked_at desc, d.id limit 1;
end
$$;
comment on function desk.waiting(bytea, uuid) is 'The question whether to wait that was asked in the present state, with its answer. Refuses: UD001, UD002.';

reset role;
