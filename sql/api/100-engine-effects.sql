-- Effects of the three machines, one branch each (transitions.json), and the figures that a step leaves.
set role aiddesk_owner;

create function engine.effect_assert(p_holds boolean, p_effect text) returns void
language plpgsql immutable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Effects that only C can do (sealing, signatures) are stored by the calling function before the step; without them it is our bug.
    if not coalesce(p_holds, false) then
        raise exception using errcode = 'P0004', message = 'effect is not stored: ' || p_effect;
    end if;
end
$$;
comment on function engine.effect_assert(boolean, text) is 'Ends the transaction when an effect that C had to store is missing.';

create function engine.closure_set(p_case uuid, p_reason text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_reason is null then
        raise exception using errcode = 'UD022', message = 'a guard refuses', detail = 'closure_reason_given';
    end if;
    update core.case_file c set closure_reason = p_reason where c.id = p_case;
end
$$;
comment on function engine.closure_set(uuid, text) is 'Sets why the case ended. Refuses: UD022 closure_reason_given.';

create function engine.closure_of_success(p_case uuid, p_facts jsonb) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select case
        when p_facts ->> 'closure_reason' in ('RESOLVED_FULL', 'RESOLVED_PART', 'SETTLED') then p_facts ->> 'closure_reason'
        when exists (select from core.settlement s where s.case_id = c.id and s.state in ('PERFORMED', 'PERFORMING', 'SIGNED', 'CONFIRMED'))
            then 'SETTLED'
        when c.amount_received_fen >= coalesce((
                select sum(d.amount_fen) from core.demand d
                where d.case_id = c.id and d.removed_at is null and d.alternative_to is null), c.amount_fen, 0) then 'RESOLVED_FULL'
        else 'RESOLVED_PART' end
    from core.case_file c where c.id = p_case
$$;
comment on function engine.closure_of_success(uuid, jsonb) is
    'RESOLVED_FULL, RESOLVED_PART or SETTLED: as named by the caller, else from the agreement and the money that the complainant confirmed.';

create function engine.open_settlement_of(p_case uuid) returns core.settlement
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select s from core.settlement s
    where s.case_id = p_case and s.state not in ('PERFORMED', 'RESCINDED')
    order by s.created_at desc, s.id limit 1
$$;
comment on function engine.open_settlement_of(uuid) is 'The settlement under way in a case; null when there is none.';

create function engine.settlement_follow(p_case uuid, p_event text, p_from text[], p_actor_kind text, p_actor uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_settlement core.settlement := engine.open_settlement_of(p_case => p_case);
begin
    if v_settlement.state = any (p_from) then
        perform engine.settlement_move(p_id => v_settlement.id, p_event => case when v_settlement.state = 'BREACHED' then 'cure' else p_event end,
            p_to => null, p_actor_kind => p_actor_kind, p_actor => p_actor);
    end if;
end
$$;
comment on function engine.settlement_follow(uuid, text, text[], text, uuid) is
    'The settlement follows a step of its case, when it is in one of these states; it may have moved first.';

create function engine.settlement_ensure(p_case uuid, p_facts jsonb) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    insert into core.settlement (id, case_id, created_at)
    select coalesce((p_facts ->> 'settlement')::uuid, gen_random_uuid()), p_case, core.now()
    where (engine.open_settlement_of(p_case => p_case)).id is null
$$;
comment on function engine.settlement_ensure(uuid, jsonb) is 'A settlement record is there; p_facts may name the id that C made.';

create function engine.withdrawal_tasks(p_case uuid) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    insert into core.task (case_id, filing_id, kind, created_at)
    select f.case_id, f.id, 'WITHDRAW', core.now()
    from core.filing f
    where f.case_id = p_case and engine.filing_open(p_status => f.status)
      and not exists (select from core.task t where t.filing_id = f.id and t.kind = 'WITHDRAW' and t.done_at is null)
$$;
comment on function engine.withdrawal_tasks(uuid) is 'One withdrawal task per open filing (V-WD-03).';

create function engine.performance_clock(p_settlement uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_settlement core.settlement := (select s from core.settlement s where s.id = p_settlement);
begin
    if v_settlement.perform_by is null
       or exists (select from core.clock k
                  where k.settlement_id = p_settlement and k.kind = 'PERFORMANCE_DATE' and k.stopped_at is null) then
        return;
    end if;
    perform engine.clock_start(p_case => v_settlement.case_id, p_kind => 'PERFORMANCE_DATE', p_settlement => p_settlement,
        p_start => coalesce(v_settlement.signed_at, core.now()),
        p_rule => jsonb_build_object('unit', 'date', 'until', v_settlement.perform_by, 'starts_on', 'EFFECTIVE_AT',
                                     'source_kind', 'DEFAULT', 'source', 'SETTLEMENT'));
end
$$;
comment on function engine.performance_clock(uuid) is 'Starts the clock of the day of performance that the parties agreed on; once.';

create function engine.case_effect(p_effect text, p_case uuid, p_event text, p_to text, p_actor_kind text, p_actor uuid, p_facts jsonb)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_signed text[] := array['SIGNED', 'CONFIRMED', 'PERFORMING'];
begin
    case p_effect
        when 'issue_tracking_code' then perform engine.effect_assert(p_effect => p_effect,
            p_holds => exists (select from core.tracking_code t where t.case_id = p_case));
        when 'seal_case_key' then perform engine.effect_assert(p_effect => p_effect, p_holds => (
            select array_agg(distinct s.recipient_kind) @> array['code', 'group', 'pool'] from core.case_seal s where s.case_id = p_case));
        when 'start_service_clock' then
            if p_event = 'user_waits' then
                perform engine.clock_start(p_case => p_case, p_kind => 'SERVICE', p_start => core.now(),
                    p_rule => jsonb_build_object('code', 'review_on', 'unit', 'date', 'until', c.review_on, 'source_kind', 'DEFAULT'))
                from core.case_file c where c.id = p_case;
            else
                perform engine.service_clock(p_case => p_case, p_code => 'review_within');
            end if;
        when 'start_clock_15d' then perform engine.service_clock(p_case => p_case, p_code => 'answer_within');
        when 'stop_clock' then
            perform engine.service_stop(p_case => p_case, p_code => 'answer_within', p_reason => 'REPLIED');
            if p_to = 'PERFORMED' then
                perform engine.clock_stop(p_case => p_case, p_kinds => array['PERFORMANCE_DATE'], p_reason => 'PERFORMED');
            end if;
        when 'start_limitation_clock' then perform engine.limitation_sync(p_case => p_case);
        when 'start_filing_clocks' then
            -- Done by the filing's own step; here the case's next deadline is made true.
            perform engine.next_due_refresh(p_case => p_case);
        when 'start_performance_clock' then
            perform engine.performance_clock(p_settlement => (engine.open_settlement_of(p_case => p_case)).id);
        when 'stop_demand_clocks' then perform engine.clock_stop(p_case => p_case, p_reason => 'PERFORMED',
            p_kinds => array['DEMAND_DEADLINE', 'PERFORMANCE_DATE', 'OBJECTION']);
        when 'notify_complainant' then perform engine.message_service(p_case => p_case, p_template => 'track.service.' || p_event,
            p_detail => jsonb_strip_nulls(jsonb_build_object('closure_reason', p_facts ->> 'closure_reason')));
        when 'notify_volunteer' then perform engine.event_add(p_case => p_case, p_object_kind => 'case', p_object => p_case,
            p_type => 'volunteer_notified', p_actor_kind => p_actor_kind, p_actor => p_actor,
            p_after => jsonb_build_object('event', p_event, 'user', (select c.assignee from core.case_file c where c.id = p_case)));
        when 'freeze_demand_snapshot' then
            update core.case_file c set demand_hash = engine.demand_hash(p_case => p_case) where c.id = p_case;
        when 'open_settlement' then perform engine.settlement_ensure(p_case => p_case, p_facts => p_facts);
        when 'settlement_falls_through' then perform engine.settlement_follow(p_case => p_case, p_event => 'fall_through',
            p_from => array['PROPOSED', 'NEGOTIATING', 'ORAL', 'DRAFTED', 'PART_SIGNED'], p_actor_kind => p_actor_kind, p_actor => p_actor);
        when 'settlement_performed' then perform engine.settlement_follow(p_case => p_case, p_event => 'perform',
            p_from => v_signed || array['BREACHED'], p_actor_kind => p_actor_kind, p_actor => p_actor);
        when 'settlement_breached' then perform engine.settlement_follow(p_case => p_case, p_event => 'breach',
            p_from => v_signed, p_actor_kind => p_actor_kind, p_actor => p_actor);
        when 'withdrawal_task_per_open_filing' then perform engine.withdrawal_tasks(p_case => p_case);
        when 'court_filing_recorded' then perform engine.effect_assert(p_effect => p_effect, p_holds => exists (
            select from core.filing f join ref.collision_class k on k.class = 'COURT' and k.channel = f.channel
            where f.case_id = p_case and f.status <> 'CANCELLED'));
        when 'set_closure_RESOLVED_or_SETTLED' then
            perform engine.closure_set(p_case => p_case, p_reason => engine.closure_of_success(p_case => p_case, p_facts => p_facts));
        when 'set_closure_by_reason' then
            perform engine.closure_set(p_case => p_case, p_reason => (select c.closure_reason from core.case_file c where c.id = p_case));
        when 'set_closure_JUDGED_if_closed' then
            if p_to = 'CLOSED' then
                perform engine.closure_set(p_case => p_case, p_reason => 'JUDGED');
            end if;
        when 'set_closure_JUDGED', 'set_closure_UNREACHABLE', 'set_closure_DUPLICATE', 'set_closure_CONSUMER_ABANDONED',
             'set_closure_CONSENT_WITHDRAWN' then
            perform engine.closure_set(p_case => p_case, p_reason => substr(p_effect, length('set_closure_') + 1));
        when 'mark_reopenable' then
            update core.case_file c set review_on = null where c.id = p_case;
        when 'count_reopening' then perform engine.case_reopened(p_case => p_case);
        when 'start_erasure' then perform engine.erasure_start(p_case => p_case);
        when 'drop_sensitive_fields' then perform engine.sensitive_drop(p_case => p_case);
        when 'erase_content' then perform engine.content_erase(p_case => p_case);
        when 'keep_anonymous_statistics' then delete from stat.case_delta d where d.case_id = p_case;
        else raise exception using errcode = 'P0004', message = 'unknown effect: ' || p_effect;
    end case;
end
$$;
comment on function engine.case_effect(text, uuid, text, text, text, uuid, jsonb) is 'Carries out one effect of a step of a case.';

create function engine.filing_effect(p_effect text, p_filing uuid, p_event text, p_from text, p_actor_kind text, p_actor uuid, p_facts jsonb)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_filing core.filing := (select f from core.filing f where f.id = p_filing);
    v_case uuid := v_filing.case_id;
begin
    case p_effect
        when 'freeze_demand_snapshot' then
            update core.filing f set demand_hash = engine.demand_hash(p_case => v_case) where f.id = p_filing;
            update core.case_file c set demand_hash = engine.demand_hash(p_case => v_case) where c.id = v_case;
        when 'start_filing_clocks' then
            -- What starts later is listed now as not started (DOMAIN.md §3.15, rule 5).
            perform engine.filing_clocks_start(p_filing => p_filing,
                p_starts_on => array['SUBMITTED_AT', 'RECEIVED_AT', 'DELIVERED_AT', 'ACCEPTED_AT', 'FILED_AT']);
        when 'start_mediation_clock' then
            perform engine.filing_clocks_start(p_filing => p_filing, p_starts_on => array['ACCEPTED_AT', 'FILED_AT']);
        when 'start_clock_per_channel' then
            if p_event = 'request_withdrawal' then
                perform engine.filing_clocks_start(p_filing => p_filing, p_starts_on => array['WITHDRAW_REQUESTED_AT']);
            end if;
        when 'restart_clock_per_channel' then
            -- The body decides on acceptance anew from the day it has the supplement.
            perform engine.clock_restart(p_clock => k.id, p_start => core.now())
            from core.clock k
            where k.filing_id = p_filing and k.kind = 'ACCEPTANCE' and k.stopped_at is null and k.started_at is not null;
        when 'stop_acceptance_clock' then
            perform engine.clock_stop(p_case => v_case, p_filing => p_filing, p_kinds => array['ACCEPTANCE'], p_reason => 'ACCEPTED');
        when 'stop_response_clock' then
            perform engine.clock_stop(p_case => v_case, p_filing => p_filing, p_kinds => array['FIRST_RESPONSE'], p_reason => 'REPLIED');
        when 'stop_clock' then
            perform engine.clock_stop(p_case => v_case, p_filing => p_filing, p_kinds => null, p_reason => case p_event
                when 'refuse' then 'NOT_ACCEPTED' when 'withdrawal_granted' then 'WITHDRAWN' else 'DECIDED' end);
        when 'flag_escalatable' then
            -- The flag is computed (engine.escalation_due); what is left of the filing's clocks has nothing to wait for.
            perform engine.clock_stop(p_case => v_case, p_filing => p_filing, p_kinds => null, p_reason => case p_event
                when 'lapse' then 'LAPSED' when 'refuse' then 'NOT_ACCEPTED' else 'DECIDED' end);
        when 'open_settlement' then perform engine.settlement_ensure(p_case => v_case, p_facts => p_facts);
        when 'settlement_breached' then perform engine.settlement_follow(p_case => v_case, p_event => 'breach',
            p_from => array['SIGNED', 'CONFIRMED', 'PERFORMING'], p_actor_kind => p_actor_kind, p_actor => p_actor);
        when 'remember_previous_state' then
            update core.filing f set previous_status = p_from where f.id = p_filing;
        else raise exception using errcode = 'P0004', message = 'unknown effect: ' || p_effect;
    end case;
end
$$;
comment on function engine.filing_effect(text, uuid, text, text, text, uuid, jsonb) is 'Carries out one effect of a step of a filing.';

create function engine.settlement_effect(p_effect text, p_settlement uuid, p_actor_kind text, p_actor uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_settlement core.settlement := (select s from core.settlement s where s.id = p_settlement);
    v_case uuid := v_settlement.case_id;
begin
    case p_effect
        when 'start_performance_clock' then perform engine.performance_clock(p_settlement => p_settlement);
        when 'stop_clock' then
            perform engine.clock_stop(p_case => v_case, p_settlement => p_settlement, p_kinds => null, p_reason => 'PERFORMED');
        when 'store_signature' then perform engine.effect_assert(p_effect => p_effect,
            p_holds => v_settlement.first_signed_at is not null and v_settlement.first_text_hash is not null);
        when 'store_ruling' then perform engine.message_service(p_case => v_case, p_template => 'track.service.confirm');
        when 'warn_oral_never_enables_withdrawal' then
            perform engine.message_service(p_case => v_case, p_template => 'track.service.agree_orally');
        when 'notify_volunteer' then perform engine.event_add(p_case => v_case, p_object_kind => 'case', p_object => v_case,
            p_type => 'volunteer_notified', p_actor_kind => p_actor_kind, p_actor => p_actor,
            p_after => jsonb_build_object('event', 'breach', 'user', (select c.assignee from core.case_file c where c.id = v_case)));
        when 'case_event_breach' then
            if (select c.status from core.case_file c where c.id = v_case) = 'SETTLED_PENDING' then
                perform engine.case_move(p_id => v_case, p_event => 'breach', p_to => 'IN_PROGRESS', p_actor_kind => p_actor_kind,
                                         p_actor => p_actor);
            end if;
        when 'void_signatures_keep_versions' then
            -- Issued versions stay as documents; a new text needs new signatures.
            update core.settlement s
            set text_hash = null, document_id = null, first_signed_at = null, first_signer = null, first_text_hash = null,
                signed_at = null, signed_file = null, signed_sha_hash = null, contents_ok = false
            where s.id = p_settlement;
        else raise exception using errcode = 'P0004', message = 'unknown effect: ' || p_effect;
    end case;
end
$$;
comment on function engine.settlement_effect(text, uuid, text, uuid) is 'Carries out one effect of a step of a settlement.';

reset role;
