-- desk: the steps of a filing (投诉): plan, look at prerequisites and collisions, submit, record what comes back.
set role aiddesk_owner;

create function desk.filing_plan(p_session bytea, p_case uuid, p_id uuid, p_channel text, p_skip_reason bytea) returns void
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
    if not engine.filings_open(p_case => v_case) then
        raise exception using errcode = 'UD021', message = 'this step is not possible in the present state',
            detail = concat_ws(':', 'case', v_case.status, 'filing_submitted');
    end if;
    if exists (select from core.filing f
               where f.case_id = v_case.id and f.round = v_case.round and f.channel = p_channel and f.status in ('PLANNED', 'DRAFTED', 'READY')) then
        raise exception using errcode = 'UD025', message = 'planned already';
    end if;
    insert into core.filing (id, case_id, round, channel, skip_reason_sealed) values (p_id, v_case.id, v_case.round, p_channel, p_skip_reason);
    perform engine.event_add(p_case => v_case.id, p_object_kind => 'filing', p_object => p_id, p_type => 'filing_planned', p_actor_kind => 'user',
        p_actor => v_user.id, p_after => jsonb_build_object('status', 'PLANNED', 'channel', p_channel));
end
$$;
comment on function desk.filing_plan(bytea, uuid, uuid, text, bytea) is
    'Plans a filing with a channel; p_skip_reason: sealed, why an earlier layer is left out, or null. Refuses: UD001, UD002, UD021 the case may not file now, UD025 one is prepared there, UD031.';

create function desk.filing_confirm(p_session bytea, p_case uuid, p_filing uuid, p_version bigint, p_confirmed text[], p_seen text) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_filing core.filing := engine.filing_for_user(p_session => p_session, p_case => p_case, p_filing => p_filing, p_version => p_version);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    if v_filing.status not in ('PLANNED', 'DRAFTED', 'READY') then
        raise exception using errcode = 'UD021', message = 'this step is not possible in the present state',
            detail = concat_ws(':', 'filing', v_filing.status, 'draft');
    end if;
    if p_seen is distinct from engine.collision_seen(p_case => p_case, p_channel => v_filing.channel) then
        raise exception using errcode = 'UD022', message = 'the collisions are others now', detail = 'collision_checked';
    end if;
    -- A person confirms only what the database cannot tell.
    if exists (select from unnest(p_confirmed) x (code)
               where not exists (select from engine.prerequisites(p_case => p_case, p_channel => v_filing.channel) q
                                 where q.code = x.code and q.met is null)) then
        raise exception using errcode = 'UD031', message = 'not for a person to confirm', detail = 'confirmed';
    end if;
    update core.filing f
    set prerequisites_shown_at = core.now(), prerequisites_confirmed = p_confirmed, collision_checked_at = core.now(),
        collision = engine.filing_collisions(p_case => p_case, p_channel => f.channel),
        version = f.version + case when f.status = 'PLANNED' then 0 else 1 end
    where f.id = p_filing;
    perform engine.event_add(p_case => p_case, p_object_kind => 'filing', p_object => p_filing, p_type => 'filing_confirmed',
        p_actor_kind => 'user', p_actor => v_user.id, p_after => jsonb_build_object('confirmed', to_jsonb(p_confirmed), 'channel', v_filing.channel));
    if v_filing.status = 'PLANNED' then
        return engine.filing_move(p_id => p_filing, p_event => 'draft', p_to => null, p_actor_kind => 'user', p_actor => v_user.id);
    end if;
    return p_version + 1;
end
$$;
comment on function desk.filing_confirm(bytea, uuid, uuid, bigint, text[], text) is
    'Prerequisites and collisions were shown: keeps which ones a person confirmed and the verdicts as shown (p_seen of desk.filing_page); a planned filing becomes a draft. Refuses: UD001, UD002, UD020, UD021, UD022 collision_checked, UD031.';

create function desk.filing_ready(p_session bytea, p_case uuid, p_filing uuid, p_version bigint, p_checks jsonb) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_filing core.filing := engine.filing_for_user(p_session => p_session, p_case => p_case, p_filing => p_filing, p_version => p_version);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    perform engine.checks_store(p_case => p_case, p_object => p_filing, p_checks => p_checks, p_version => p_version);
    return engine.filing_move(p_id => p_filing, p_event => 'make_ready', p_to => null, p_actor_kind => 'user', p_actor => v_user.id);
end
$$;
comment on function desk.filing_ready(bytea, uuid, uuid, bigint, jsonb) is
    'DRAFTED to READY: the wording results of this version are kept, the demands are frozen. Refuses: UD001, UD002, UD020, UD021, UD022.';

create function engine.case_after_filing(p_case uuid, p_channel text, p_actor uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_court boolean := exists (select from ref.collision_class k where k.class = 'COURT' and k.channel = p_channel);
    v_status text := (select c.status from core.case_file c where c.id = p_case);
begin
    if v_status = 'READY' or (v_status = 'ESCALATION_DUE' and not v_court) then
        perform engine.case_move(p_id => p_case, p_event => 'filing_submitted', p_to => null, p_actor_kind => 'user', p_actor => p_actor,
            p_facts => jsonb_build_object('channel', p_channel));
        v_status := 'IN_PROGRESS';
    end if;
    if v_court and v_status in ('IN_PROGRESS', 'ESCALATION_DUE') then
        perform engine.case_move(p_id => p_case, p_event => 'sue', p_to => null, p_actor_kind => 'user', p_actor => p_actor,
            p_facts => jsonb_build_object('channel', p_channel));
    end if;
end
$$;
comment on function engine.case_after_filing(uuid, text, uuid) is
    'The case follows a filing that was submitted: in progress, or with a court or tribunal in litigation. Refuses: UD022.';

create function desk.filing_submit(p_session bytea, p_case uuid, p_filing uuid, p_version bigint, p_filing_no bytea, p_proof uuid,
                                   p_submitted_at timestamptz, p_received_on date) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_filing core.filing := engine.filing_for_user(p_session => p_session, p_case => p_case, p_filing => p_filing, p_version => p_version);
    v_case core.case_file := (select c from core.case_file c where c.id = p_case);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_version bigint;
begin
    if not engine.filings_open(p_case => v_case) then
        raise exception using errcode = 'UD021', message = 'this step is not possible in the present state',
            detail = concat_ws(':', 'case', v_case.status, 'filing_submitted');
    end if;
    if p_proof is not null and not exists (
        select from core.file f where f.id = p_proof and f.case_id = p_case and f.state = 'stored') then
        raise exception using errcode = 'UD030', message = 'not a file of the case', detail = 'proof:filing.submit.error.proof';
    end if;
    if p_received_on < engine.local_day(p_at => p_submitted_at) then
        raise exception using errcode = 'UD030', message = 'received before it was submitted', detail = 'received_on:filing.submit.error.received';
    end if;
    update core.filing f
    set filing_no_sealed = p_filing_no, has_filing_no = p_filing_no is not null, proof_file = p_proof, submitted_at = p_submitted_at,
        received_on = p_received_on
    where f.id = p_filing;
    v_version := engine.filing_move(p_id => p_filing, p_event => 'submit', p_to => null, p_actor_kind => 'user', p_actor => v_user.id);
    perform engine.case_after_filing(p_case => p_case, p_channel => v_filing.channel, p_actor => v_user.id);
    return v_version;
end
$$;
comment on function desk.filing_submit(bytea, uuid, uuid, bigint, bytea, uuid, timestamptz, date) is
    'Records that the complaint was filed: sealed number or proof, time, day of receipt or null; clocks start and the case follows. Refuses: UD001, UD002, UD020, UD021, UD022, UD030 proof, received_on.';

create function desk.filing_step(p_session bytea, p_case uuid, p_filing uuid, p_version bigint, p_event text, p_text bytea, p_accepted_on date,
                                 p_replied_at timestamptz, p_outcome text, p_not_accepted_reason text, p_termination_reason text) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_filing core.filing := engine.filing_for_user(p_session => p_session, p_case => p_case, p_filing => p_filing, p_version => p_version);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    if p_event not in ('cancel', 'back_to_draft', 'accept', 'ask_supplement', 'supplement', 'refuse', 'respond', 'lapse', 'mediate', 'intervene',
                       'agree', 'decide', 'end', 'agreement_fails') then
        raise exception using errcode = 'UD021', message = 'not a step of this page', detail = concat_ws(':', 'filing', v_filing.status, p_event);
    end if;
    perform engine.code_check(p_enumeration => 'channel_outcome', p_code => p_outcome);
    perform engine.code_check(p_enumeration => 'not_accepted_reason', p_code => p_not_accepted_reason);
    perform engine.code_check(p_enumeration => 'termination_reason', p_code => p_termination_reason);
    if p_accepted_on < coalesce(v_filing.received_on, engine.local_day(p_at => v_filing.submitted_at)) then
        raise exception using errcode = 'UD030', message = 'accepted before it was received', detail = 'accepted_on:filing.step.error.accepted';
    end if;
    update core.filing f
    set accepted_on = case when p_event = 'accept' then p_accepted_on else f.accepted_on end,
        items_sealed = case when p_event = 'ask_supplement' then p_text else f.items_sealed end,
        reply_sealed = case when p_event = 'respond' then p_text else f.reply_sealed end,
        replied_at = case when p_event = 'respond' then p_replied_at else f.replied_at end,
        agreed_sealed = case when p_event = 'agree' then p_text else f.agreed_sealed end,
        result_sealed = case when p_event in ('refuse', 'decide', 'end') then p_text else f.result_sealed end,
        -- An answer that was called refused on the way is no result; the result is named again.
        outcome = case when p_event in ('respond', 'decide', 'end') then p_outcome else f.outcome end,
        not_accepted_reason = case when p_event = 'refuse' then p_not_accepted_reason else f.not_accepted_reason end,
        termination_reason = case when p_event = 'end' then p_termination_reason else f.termination_reason end
    where f.id = p_filing;
    return engine.filing_move(p_id => p_filing, p_event => p_event, p_to => null, p_actor_kind => 'user', p_actor => v_user.id);
end
$$;
comment on function desk.filing_step(bytea, uuid, uuid, bigint, text, bytea, date, timestamptz, text, text, text) is
    'One step of a filing after the plan, with what it has to store: text sealed as items, reply, agreed or result by event. Submitting and withdrawing have functions of their own. Refuses: UD001, UD002, UD020, UD021, UD022, UD030 accepted_on, UD031.';

create function desk.filing_dates(p_session bytea, p_case uuid, p_filing uuid, p_version bigint, p_received_on date, p_accepted_on date)
returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_filing core.filing := engine.filing_for_user(p_session => p_session, p_case => p_case, p_filing => p_filing, p_version => p_version);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    if not engine.filing_open(p_status => v_filing.status) then
        raise exception using errcode = 'UD021', message = 'this step is not possible in the present state',
            detail = concat_ws(':', 'filing', v_filing.status, 'dates');
    end if;
    if p_received_on < engine.local_day(p_at => v_filing.submitted_at) or p_received_on > engine.today() then
        raise exception using errcode = 'UD030', message = 'not between submission and today', detail = 'received_on:filing.submit.error.received';
    end if;
    if (p_accepted_on is null) <> (v_filing.accepted_on is null)
       or p_accepted_on not between coalesce(p_received_on, engine.local_day(p_at => v_filing.submitted_at)) and engine.today() then
        raise exception using errcode = 'UD030', message = 'not between receipt and today', detail = 'accepted_on:filing.step.error.accepted';
    end if;
    update core.filing f set received_on = p_received_on, accepted_on = p_accepted_on, version = f.version + 1 where f.id = p_filing;
    perform engine.filing_dates_changed(p_filing => p_filing);
    perform engine.event_add(p_case => p_case, p_object_kind => 'filing', p_object => p_filing, p_type => 'filing_dates', p_actor_kind => 'user',
        p_actor => v_user.id, p_before => jsonb_build_object('received_on', v_filing.received_on, 'accepted_on', v_filing.accepted_on),
        p_after => jsonb_build_object('received_on', p_received_on, 'accepted_on', p_accepted_on));
    return p_version + 1;
end
$$;
comment on function desk.filing_dates(bytea, uuid, uuid, bigint, date, date) is
    'Corrects the day of receipt or acceptance of an open filing; its deadlines are computed again. An acceptance is recorded by its own step. Refuses: UD001, UD002, UD020, UD021, UD030 received_on, accepted_on.';

reset role;
