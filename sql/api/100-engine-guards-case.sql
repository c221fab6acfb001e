-- Guards of the case machine, one branch each, on stored inputs (transitions.json, DOMAIN.md §5.1).
-- p_facts carries what the caller names for this step, and under "event" the event itself.
set role aiddesk_owner;

create function engine.ir46_minimum(p_case core.case_file) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from core.complaint m
        where m.case_id = p_case.id and m.agreed_true
          and (m.agreed_identity or engine.evidence_exists(p_case => p_case.id, p_kinds => array['IDENTITY']))
          and p_case.platform is not null and m.wanted <> '{}' and m.story_sealed is not null)
$$;
comment on function engine.ir46_minimum(core.case_file) is
    'What the Implementing Regulation, Art. 46, asks of a complaint: identity or the promise of it, respondent, demand, facts; declared true.';

create function engine.consent_recorded(p_case core.case_file) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    -- Nobody under 18 is bound alone, so the guardian's part belongs to a valid consent (V-INT-02).
    select exists (select from core.consent n
                   join ref.consent_text t on t.kind = n.kind and t.version = n.text_version
                   where n.case_id = p_case.id and n.kind = 'HANDLE_CASE' and n.granted and n.withdrawn_at is null)
       and engine.minor_findings(p_case => p_case) = '[]'
       and (not exists (select from core.file f where f.case_id = p_case.id and f.state = 'stored' and f.source = 'complainant')
            or exists (select from core.consent n
                       where n.case_id = p_case.id and n.kind = 'SENSITIVE_DATA' and n.granted and n.withdrawn_at is null))
$$;
comment on function engine.consent_recorded(core.case_file) is
    'Consent to handle the case with its text version, the guardian''s where one is needed, and the one for sensitive material when the complainant gave files.';

create function engine.latest_submitted(p_case core.case_file) returns core.filing
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select f from core.filing f
    join core.event e on e.object_id = f.id and e.object_kind = 'filing' and e.type = 'submit'
    where f.case_id = p_case.id and f.round = p_case.round
    order by e.id desc limit 1
$$;
comment on function engine.latest_submitted(core.case_file) is 'The filing of this round that was submitted last; null when none was.';

create function engine.abandon_warned(p_case core.case_file) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select not exists (
        select from core.filing f
        where f.case_id = p_case.id and engine.filing_open(p_status => f.status)
          and not exists (
            select from core.decision d
            where d.case_id = p_case.id and d.kind = 'ABANDON' and d.answer = 'acknowledged' and d.withdrawn_at is null
              and coalesce(d.detail -> 'open_filings', '[]') ? f.id::text))
$$;
comment on function engine.abandon_warned(core.case_file) is 'Every open filing was in the list that the complainant was shown before giving up.';

create function engine.complainant_confirmed(p_case core.case_file, p_event text) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select case p_event
        when 'user_waits' then engine.decision_answered(p_case => p_case.id, p_kind => 'WAIT', p_answer => 'waits',
                                   p_since => engine.state_since(p_object => p_case.id))
        else engine.decision_answered(p_case => p_case.id, p_kind => 'ABANDON', p_answer => 'acknowledged',
                                      p_since => engine.round_since(p_case => p_case.id)) end
$$;
comment on function engine.complainant_confirmed(core.case_file, text) is
    'The complainant said so on the tracking page: to wait (since the escalation became due), or to give the case up (in this round).';

create function engine.routes_given(p_case core.case_file) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from core.message m
        where m.case_id = p_case.id and m.author_kind in ('volunteer', 'service') and m.at >= engine.state_since(p_object => p_case.id)
          and jsonb_typeof(m.detail -> 'routes') = 'array' and m.detail -> 'routes' <> '[]')
$$;
comment on function engine.routes_given(core.case_file) is 'A message to the complainant names other routes (detail.routes), written during this review.';

create function engine.something_new(p_case core.case_file, p_channel text) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select exists (select from core.evidence e where e.case_id = p_case.id and e.removed_at is null and e.created_at > p_case.closed_at)
        or exists (select from core.file f where f.case_id = p_case.id and f.state = 'stored' and f.source <> 'service'
                     and f.uploaded_at > p_case.closed_at)
        or ((engine.channel_row(p_channel => p_channel)).channel is not null
            and not exists (select from core.filing f
                            where f.case_id = p_case.id and f.channel = p_channel and f.submitted_at is not null))
$$;
comment on function engine.something_new(core.case_file, text) is
    'A complaint made again needs new evidence or a channel not tried yet (R-CH-11).';

create function engine.filings_all(p_case uuid, p_question text) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select not exists (
        select from core.filing f
        where f.case_id = p_case and not engine.filing_final(p_status => f.status)
          and case p_question
              when 'final_or_not_withdrawable' then (engine.channel_row(p_channel => f.channel)).withdrawable is distinct from 'NO'
              when 'final_or_task' then engine.filing_open(p_status => f.status) and not exists (
                  select from core.task t where t.filing_id = f.id and t.done_at is null)
              when 'not_open' then engine.filing_open(p_status => f.status)
          end)
$$;
comment on function engine.filings_all(uuid, text) is
    'All filings of a case are: final_or_not_withdrawable, final_or_task (open ones have a task), not_open.';

create function engine.case_guard(p_guard text, p_case core.case_file, p_actor uuid, p_facts jsonb) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_latest core.filing := engine.latest_submitted(p_case => p_case);
    v_since timestamptz := engine.state_since(p_object => p_case.id);
begin
    return case p_guard
        when 'consent_recorded' then engine.consent_recorded(p_case => p_case)
        when 'ir46_minimum' then engine.ir46_minimum(p_case => p_case)
        when 'draft_age_30d' then p_case.saved_at + engine.retention_interval(p_class => 'draft') <= core.now()
        when 'volunteer_assigned' then exists (
            select from core.assignment a join core.app_user u on u.id = a.app_user and u.state = 'active'
            where a.case_id = p_case.id and a.app_user = p_case.assignee and a.ended_at is null)
        when 'no_conflict_of_interest' then (
            select engine.may_see(p_user => u, p_platform => p_case.platform, p_case => p_case.id)
            from core.app_user u where u.id = p_case.assignee)
        when 'missing_items_listed' then exists (
            select from core.missing_item m where m.case_id = p_case.id and m.answered_at is null)
        when 'no_answer_15d' then exists (
            select from core.clock k
            where k.case_id = p_case.id and k.rule ->> 'code' = 'answer_within' and k.stopped_at is null and k.due_at <= core.now())
        when 'reason_given' then p_case.closure_reason is not null
        when 'other_routes_given' then engine.routes_given(p_case => p_case)
        when 'primary_case_linked' then exists (
            select from core.case_file o
            where o.id = p_case.primary_case and o.id <> p_case.id and o.status not in ('DRAFT', 'ERASED') and o.primary_case is null)
        when 'responsibility_recorded' then p_case.responsibility is not null
        when 'blocking_validations_clear_or_overridden' then not engine.checks_block(
            p_case => p_case.id, p_channel => null, p_filing => null, p_gates => array['SUBMIT_CASE', 'READY'])
        when 'first_filing' then (
            select count(*) = 1 from core.filing f
            where f.case_id = p_case.id and f.round = p_case.round and engine.filing_open(p_status => f.status))
        when 'escalation_rule_matches' then exists (select from engine.escalation_due(p_case => p_case.id))
        when 'collision_checked' then v_latest.collision_checked_at is not null
            and engine.filing_open(p_status => v_latest.status) and engine.state_since(p_object => v_latest.id) >= v_since
        when 'complainant_confirmed' then engine.complainant_confirmed(p_case => p_case, p_event => p_facts ->> 'event')
        when 'warned_about_open_filings' then engine.abandon_warned(p_case => p_case)
        when 'new_review_date' then p_case.review_on > engine.today()
        when 'settlement_signed' then exists (
            select from core.settlement s where s.case_id = p_case.id and s.state in ('SIGNED', 'CONFIRMED'))
        when 'performance_evidence' then engine.performance_proved(p_case => p_case.id)
        when 'performance_date_passed' then exists (
            select from core.settlement s
            where s.case_id = p_case.id and s.state in ('SIGNED', 'CONFIRMED', 'PERFORMING', 'BREACHED') and s.perform_by < engine.today())
        when 'each_filing_ended_or_not_withdrawable' then engine.filings_all(p_case => p_case.id, p_question => 'final_or_not_withdrawable')
        when 'no_open_filing_or_task_listed' then engine.filings_all(p_case => p_case.id, p_question => 'final_or_task')
        when 'defendant_identified' then engine.entity_identified(p_case => p_case)
        when 'collision_warning_shown' then exists (
            select from core.filing f join ref.collision_class k on k.class = 'COURT' and k.channel = f.channel
            where f.case_id = p_case.id and f.round = p_case.round and f.collision_checked_at is not null and f.status <> 'CANCELLED')
        when 'closure_reason_given' then p_case.closure_reason is not null
            and p_case.closure_reason not in ('CONSUMER_ABANDONED', 'CONSENT_WITHDRAWN')
        when 'coordinator_agrees' then engine.is_coordinator(p_user => p_actor)
            or engine.override_open(p_object => p_case.id, p_guards => array['coordinator_agrees'])
        when 'a_filing_exists' then exists (select from core.filing f where f.case_id = p_case.id and f.submitted_at is not null)
        when 'no_filing_yet' then not exists (select from core.filing f where f.case_id = p_case.id and f.submitted_at is not null)
        when 'within_3_years_or_authorised' then p_case.closed_at + interval '3 years' > core.now()
            or engine.is_coordinator(p_user => p_actor)
            or engine.override_open(p_object => p_case.id, p_guards => array['within_3_years_or_authorised'])
        when 'new_evidence_or_new_channel' then engine.something_new(p_case => p_case, p_channel => p_facts ->> 'channel')
        when 'no_legal_hold' then not p_case.legal_hold
        when 'second_reviewer' then p_actor is not null and p_actor is distinct from p_case.declined_by
        when 'declined_age_180d' then p_case.declined_at + engine.retention_interval(p_class => 'declined') <= core.now()
        when 'supervisor_override' then engine.override_open(p_object => p_case.id, p_guards => array['supervisor_override'])
        when 'consumer_confirmed_warning' then engine.decision_answered(p_case => p_case.id, p_kind => 'WITHDRAWAL_WARNING',
            p_answer => 'acknowledged', p_since => engine.round_since(p_case => p_case.id))
        -- Their pages come later: until then only a coordinator's recorded override lets them pass.
        when 'judgment_recorded' then engine.override_open(p_object => p_case.id, p_guards => array['judgment_recorded'])
        when 'court_ruling_recorded' then engine.override_open(p_object => p_case.id, p_guards => array['court_ruling_recorded'])
    end;
end
$$;
comment on function engine.case_guard(text, core.case_file, uuid, jsonb) is
    'One guard of the case machine; null = not a guard of this machine.';

reset role;
