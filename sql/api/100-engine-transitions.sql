-- State changes of cases, filings and settlements.  What ref.transition does not list is refused; every guard of a row must hold;
-- every effect is carried out; event and figures are written in the same transaction (DOMAIN.md §5, DESIGN.md §6).
-- The case row is always locked first, so that two changes of one case follow one another.
set role aiddesk_owner;

create function engine.transition_find(p_machine text, p_from text, p_event text, p_to text) returns ref.transition
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_row ref.transition;
    v_n bigint;
    v_today date := engine.today();
begin
    select count(*) into v_n
    from ref.transition t
    where t.machine = p_machine and t.from_state = p_from and t.event = p_event and (p_to is null or t.to_state = p_to)
      and v_today >= t.valid_from and (t.valid_to is null or v_today <= t.valid_to);
    if v_n <> 1 then
        raise exception using errcode = 'UD021', message = 'this step is not possible in the present state',
            detail = concat_ws(':', p_machine, p_from, p_event);
    end if;
    v_row := (
        select t from ref.transition t
        where t.machine = p_machine and t.from_state = p_from and t.event = p_event and (p_to is null or t.to_state = p_to)
          and v_today >= t.valid_from and (t.valid_to is null or v_today <= t.valid_to));
    return v_row;
end
$$;
comment on function engine.transition_find(text, text, text, text) is
    'The listed row for a step; p_to may be left out where the event has one target. Refuses: UD021 with machine:state:event.';

create function engine.guards_pass(p_machine text, p_guards text[], p_id uuid, p_actor uuid, p_facts jsonb) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_guard text;
begin
    foreach v_guard in array p_guards loop
        if not engine.guard_holds(p_machine => p_machine, p_guard => v_guard, p_id => p_id, p_actor => p_actor, p_facts => p_facts) then
            raise exception using errcode = 'UD022', message = 'a guard refuses', detail = v_guard;
        end if;
    end loop;
    -- An override serves one step.  Overridden rules stay visible as such, their rows only note the first step that relied on them.
    update core.guard_override o set used_at = core.now()
    where o.object_id = p_id and o.machine = p_machine and o.used_at is null
      and (o.guard = any (p_guards)
           or (o.guard like 'V-%' and p_guards && array['blocking_validations_clear_or_overridden', 'validations_pass',
                                                        'performance_evidence_or_acknowledged']));
end
$$;
comment on function engine.guards_pass(text, text[], uuid, uuid, jsonb) is
    'Asks every guard of a step and uses up the overrides it relied on. Refuses: UD022 with the first guard that does not hold.';

create function engine.facts_apply(p_case uuid, p_facts jsonb) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform engine.code_check(p_enumeration => 'closure_reason', p_code => p_facts ->> 'closure_reason');
    perform engine.code_check(p_enumeration => 'channel', p_code => p_facts ->> 'channel');
    update core.case_file c
    set closure_reason = coalesce(p_facts ->> 'closure_reason', c.closure_reason),
        review_on = coalesce((p_facts ->> 'review_on')::date, c.review_on),
        primary_case = coalesce((p_facts ->> 'primary_case')::uuid, c.primary_case)
    where c.id = p_case and p_facts ?| array['closure_reason', 'review_on', 'primary_case'];
end
$$;
comment on function engine.facts_apply(uuid, jsonb) is
    'Stores what the caller named for a step of a case: closure_reason, review_on, primary_case. Refuses: UD031.';

create function engine.filing_waiting_on(p_status text, p_channel text) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select case
        when engine.filing_final(p_status => p_status) then 'NOBODY'
        when p_status in ('PLANNED', 'DRAFTED', 'READY', 'SUPPLEMENT', 'RESPONDED', 'WD_DRAFTED', 'WD_REJECTED') then 'VOLUNTEER'
        when p_status = 'AGREED' or engine.channel_layer(p_channel => p_channel) = 'L1' then 'RESPONDENT'
        else 'CHANNEL' end
$$;
comment on function engine.filing_waiting_on(text, text) is
    'Who acts next in a state of a filing: at a platform''s own desk (layer L1) the platform, elsewhere the channel; what was agreed waits for the respondent to perform. Internal.';

create function engine.case_waiting_on(p_status text, p_case uuid) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select case
        when p_status in ('DRAFT', 'NEEDS_INFO', 'DECLINED') then 'COMPLAINANT'
        when p_status in ('SUBMITTED', 'TRIAGE', 'PREPARING', 'READY', 'ESCALATION_DUE', 'PERFORMED', 'WITHDRAWING') then 'VOLUNTEER'
        when p_status in ('NEGOTIATING', 'SETTLED_PENDING') then 'RESPONDENT'
        when p_status in ('LITIGATION', 'ENFORCEMENT') then 'CHANNEL'
        when p_status = 'IN_PROGRESS' then coalesce((
            -- The newest open filing says it.
            select engine.filing_waiting_on(p_status => f.status, p_channel => f.channel)
            from core.filing f
            where f.case_id = p_case and engine.filing_open(p_status => f.status)
            order by f.submitted_at desc, f.id limit 1), 'VOLUNTEER')
        else 'NOBODY' end
$$;
comment on function engine.case_waiting_on(text, uuid) is 'Who acts next in a state of a case.';

create function engine.event_true(p_event text, p_case uuid) returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Some events claim a fact; the fact is looked at, whoever claims it.
    if (p_event in ('no_open_filings', 'all_filings_ended')
        and not engine.filings_all(p_case => p_case, p_question => 'final_or_not_withdrawable'))
       or (p_event = 'open_filings_exist' and engine.filings_all(p_case => p_case, p_question => 'not_open')) then
        raise exception using errcode = 'UD022', message = 'the event does not fit the filings', detail = p_event;
    end if;
end
$$;
comment on function engine.event_true(text, uuid) is
    'Looks at what no_open_filings, all_filings_ended and open_filings_exist claim. Refuses: UD022 with the event.';

create function engine.case_move(p_id uuid, p_event text, p_to text, p_actor_kind text, p_actor uuid, p_facts jsonb default '{}',
                                 p_version bigint default null) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := (select c from core.case_file c where c.id = p_id for update);
    v_row ref.transition;
    v_effect text;
    v_facts jsonb := coalesce(p_facts, '{}') || jsonb_build_object('event', p_event);
begin
    if v_case.id is null then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
    perform engine.version_check(p_found => v_case.version, p_read => p_version);
    v_row := engine.transition_find(p_machine => 'case', p_from => v_case.status, p_event => p_event, p_to => p_to);
    perform engine.facts_apply(p_case => p_id, p_facts => v_facts);
    perform engine.event_true(p_event => p_event, p_case => p_id);
    perform engine.guards_pass(p_machine => 'case', p_guards => v_row.guards, p_id => p_id, p_actor => p_actor, p_facts => v_facts);
    update core.case_file c
    set status = v_row.to_state, version = c.version + 1,
        declined_at = case when v_row.to_state = 'DECLINED' then core.now() else c.declined_at end,
        declined_by = case when v_row.to_state = 'DECLINED' then p_actor else c.declined_by end
    where c.id = p_id;
    -- The event first: effects may move filings, settlements and the case itself, and the order of events is what people read.
    perform engine.event_add(p_case => p_id, p_object_kind => 'case', p_object => p_id, p_type => p_event, p_actor_kind => p_actor_kind,
        p_actor => p_actor, p_before => jsonb_build_object('status', v_case.status),
        p_after => jsonb_build_object('status', v_row.to_state) || (v_facts - 'event'));
    if v_case.status = 'IN_PROGRESS' then
        perform engine.service_stop(p_case => p_id, p_code => 'review_on', p_reason => 'REPLIED');
    elsif v_case.status = 'TRIAGE' and v_row.to_state <> 'NEEDS_INFO' then
        perform engine.service_stop(p_case => p_id, p_code => 'review_within', p_reason => 'DECIDED');
    end if;
    perform engine.waiting_set(p_case => p_id, p_on => engine.case_waiting_on(p_status => v_row.to_state, p_case => p_id));
    foreach v_effect in array v_row.effects loop
        perform engine.case_effect(p_effect => v_effect, p_case => p_id, p_event => p_event, p_to => v_row.to_state,
            p_actor_kind => p_actor_kind, p_actor => p_actor, p_facts => v_facts);
    end loop;
    perform engine.case_moved(p_old => v_case, p_to => v_row.to_state, p_event => p_event);
    perform engine.next_due_refresh(p_case => p_id);
    return (select c.version from core.case_file c where c.id = p_id);
end
$$;
comment on function engine.case_move(uuid, text, text, text, uuid, jsonb, bigint) is
    'One step of a case; returns the new version. p_facts: closure_reason, review_on, primary_case, channel. Refuses: UD002, UD020, UD021 machine:state:event, UD022 guard, UD031.';

create function engine.filing_move(p_id uuid, p_event text, p_to text, p_actor_kind text, p_actor uuid, p_facts jsonb default '{}',
                                   p_version bigint default null) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_filing core.filing;
    v_row ref.transition;
    v_effect text;
    v_facts jsonb := coalesce(p_facts, '{}') || jsonb_build_object('event', p_event);
begin
    perform from core.case_file c where c.id = (select f.case_id from core.filing f where f.id = p_id) for update;
    v_filing := (select f from core.filing f where f.id = p_id for update);
    if v_filing.id is null then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
    perform engine.version_check(p_found => v_filing.version, p_read => p_version);
    v_row := engine.transition_find(p_machine => 'filing', p_from => v_filing.status, p_event => p_event, p_to => p_to);
    perform engine.guards_pass(p_machine => 'filing', p_guards => v_row.guards, p_id => p_id, p_actor => p_actor, p_facts => v_facts);
    update core.filing f
    set status = v_row.to_state, version = f.version + 1,
        submitted_by = case when p_event = 'submit' then p_actor else f.submitted_by end,
        ended_at = case when engine.filing_final(p_status => v_row.to_state) then core.now() else f.ended_at end
    where f.id = p_id;
    perform engine.event_add(p_case => v_filing.case_id, p_object_kind => 'filing', p_object => p_id, p_type => p_event,
        p_actor_kind => p_actor_kind, p_actor => p_actor,
        p_before => jsonb_build_object('status', v_filing.status),
        p_after => jsonb_build_object('status', v_row.to_state, 'channel', v_filing.channel) || (v_facts - 'event'));
    foreach v_effect in array v_row.effects loop
        perform engine.filing_effect(p_effect => v_effect, p_filing => p_id, p_event => p_event, p_from => v_filing.status,
            p_actor_kind => p_actor_kind, p_actor => p_actor, p_facts => v_facts);
    end loop;
    perform engine.filing_moved(p_filing => p_id, p_to => v_row.to_state, p_event => p_event);
    return (select f.version from core.filing f where f.id = p_id);
end
$$;
comment on function engine.filing_move(uuid, text, text, text, uuid, jsonb, bigint) is
    'One step of a filing; returns the new version. Refuses: UD002, UD020, UD021 machine:state:event, UD022 guard.';

create function engine.settlement_move(p_id uuid, p_event text, p_to text, p_actor_kind text, p_actor uuid, p_facts jsonb default '{}',
                                       p_version bigint default null) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_settlement core.settlement;
    v_row ref.transition;
    v_effect text;
    v_facts jsonb := coalesce(p_facts, '{}') || jsonb_build_object('event', p_event);
begin
    perform from core.case_file c where c.id = (select s.case_id from core.settlement s where s.id = p_id) for update;
    v_settlement := (select s from core.settlement s where s.id = p_id for update);
    if v_settlement.id is null then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
    perform engine.version_check(p_found => v_settlement.version, p_read => p_version);
    v_row := engine.transition_find(p_machine => 'settlement', p_from => v_settlement.state, p_event => p_event, p_to => p_to);
    perform engine.guards_pass(p_machine => 'settlement', p_guards => v_row.guards, p_id => p_id, p_actor => p_actor, p_facts => v_facts);
    update core.settlement s
    set state = v_row.to_state, version = s.version + 1,
        breached_at = case when v_row.to_state = 'BREACHED' then core.now() else s.breached_at end
    where s.id = p_id;
    perform engine.event_add(p_case => v_settlement.case_id, p_object_kind => 'settlement', p_object => p_id, p_type => p_event,
        p_actor_kind => p_actor_kind, p_actor => p_actor,
        p_before => jsonb_build_object('status', v_settlement.state),
        p_after => jsonb_build_object('status', v_row.to_state) || (v_facts - 'event'));
    foreach v_effect in array v_row.effects loop
        perform engine.settlement_effect(p_effect => v_effect, p_settlement => p_id, p_actor_kind => p_actor_kind, p_actor => p_actor);
    end loop;
    perform engine.settlement_moved(p_settlement => p_id, p_to => v_row.to_state);
    return (select s.version from core.settlement s where s.id = p_id);
end
$$;
comment on function engine.settlement_move(uuid, text, text, text, uuid, jsonb, bigint) is
    'One step of a settlement; returns the new version. Refuses: UD002, UD020, UD021 machine:state:event, UD022 guard.';

create function engine.events_of(p_machine text, p_id uuid, p_actor uuid default null)
returns table (event text, to_state text, failing text[])
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select t.event, t.to_state,
           array(select g.code from unnest(t.guards) with ordinality g (code, place)
                 where not engine.guard_holds(p_machine => p_machine, p_guard => g.code, p_id => p_id, p_actor => p_actor,
                                              p_facts => jsonb_build_object('event', t.event))
                 order by g.place)
    from ref.transition t
    where t.machine = p_machine
      and t.from_state = case p_machine
          when 'case' then (select c.status from core.case_file c where c.id = p_id)
          when 'filing' then (select f.status from core.filing f where f.id = p_id)
          when 'settlement' then (select s.state from core.settlement s where s.id = p_id) end
      and engine.today() >= t.valid_from and (t.valid_to is null or engine.today() <= t.valid_to)
    order by t.id
$$;
comment on function engine.events_of(text, uuid, uuid) is
    'The steps listed for the present state of an object, each with the guards that do not hold yet. Reads only.';

reset role;
