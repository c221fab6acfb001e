-- Guards of the filing and the settlement machine, and the one entry for all three (transitions.json, DOMAIN.md §5.2, §5.3).
set role aiddesk_owner;

create function engine.collision_shown(p_filing core.filing) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    -- What was shown must still be what the matrix says, and may not refuse outright.
    select p_filing.collision_checked_at is not null
       and engine.collision_worst(p_collisions => n.now) not in ('DUPLICATE', 'REFUSED')
       and (select coalesce(jsonb_object_agg(c.value ->> 'filing_id', c.value ->> 'verdict'), '{}')
            from jsonb_array_elements(n.now) c)
         = (select coalesce(jsonb_object_agg(c.value ->> 'filing_id', c.value ->> 'verdict'), '{}')
            from jsonb_array_elements(p_filing.collision) c)
    from (select engine.filing_collisions(p_case => p_filing.case_id, p_channel => p_filing.channel) as now) n
$$;
comment on function engine.collision_shown(core.filing) is 'The present collision verdicts are those that were shown, and none of them is duplicate or refused.';

create function engine.answer_overdue(p_filing core.filing) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    -- The channel's FINAL clock; a channel without one lapses with the last of its other answers.
    select p_filing.replied_at is null and exists (
        select from core.clock k
        where k.filing_id = p_filing.id and k.stopped_at is null and k.due_at <= core.now()
          and k.kind in ('FINAL', 'FIRST_RESPONSE', 'DEMAND_DEADLINE', 'ACCEPTANCE')
          and not exists (
            select from core.clock o
            where o.filing_id = p_filing.id and o.stopped_at is null and o.due_at > core.now()
              and o.kind in ('FINAL', 'FIRST_RESPONSE', 'DEMAND_DEADLINE', 'ACCEPTANCE')))
$$;
comment on function engine.answer_overdue(core.filing) is 'No answer came and every clock that waits for one has passed.';

create function engine.withdrawal_reason_concrete(p_filing core.filing) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select p_filing.wd_reason is not null and p_filing.wd_text_sealed is not null
       and (p_filing.wd_reason in ('MISFILED', 'DUPLICATE', 'FILER_CHOICE')
            or engine.evidence_exists(p_case => p_filing.case_id, p_kinds => array['PERFORMANCE', 'SETTLEMENT'])
            or exists (select from core.settlement s
                       where s.case_id = p_filing.case_id and engine.file_stored(p_file => s.signed_file)))
       and (select t.passed from engine.text_check(p_object => p_filing.id, p_version => p_filing.version, p_rule => 'V-WD-01') t)
$$;
comment on function engine.withdrawal_reason_concrete(core.filing) is
    'A reason with its words, V-WD-01 passed for this version of the filing; who says that the other side performed or settled has proof of it (DOMAIN.md §4.9).';

create function engine.performed_or_acknowledged(p_filing core.filing) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select engine.performance_proved(p_case => p_filing.case_id)
        or ((engine.override_open(p_object => p_filing.id, p_guards => array['performance_evidence_or_acknowledged'])
             or engine.rule_overridden(p_case => p_filing.case_id, p_filing => p_filing.id, p_rule => 'V-WD-02'))
            and engine.decision_answered(p_case => p_filing.case_id, p_kind => 'WITHDRAWAL_WARNING', p_answer => 'acknowledged',
                    p_since => engine.round_since(p_case => p_filing.case_id), p_filing => p_filing.id))
$$;
comment on function engine.performed_or_acknowledged(core.filing) is
    'V-WD-02: performance is proved, or a coordinator overrides and the complainant has acknowledged the warning.';

create function engine.filing_guard(p_guard text, p_filing core.filing) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_guard like 'previous\_state\_is\_%' then
        return p_filing.previous_status = substr(p_guard, length('previous_state_is_') + 1);
    end if;
    return case p_guard
        when 'prerequisites_shown' then p_filing.prerequisites_shown_at is not null
        when 'validations_pass' then not engine.checks_block(p_case => p_filing.case_id, p_channel => p_filing.channel,
            p_filing => p_filing.id, p_gates => array['READY', 'FILE'])
        when 'collision_checked' then engine.collision_shown(p_filing => p_filing)
        when 'separate_consent_for_recipient' then engine.consent_given(p_case => p_filing.case_id, p_channel => p_filing.channel)
        when 'filing_no_or_receipt' then (p_filing.has_filing_no and p_filing.filing_no_sealed is not null)
            or engine.file_stored(p_file => p_filing.proof_file)
        when 'submitted_at_stored' then p_filing.submitted_at <= core.now()
        when 'accepted_at_stored' then p_filing.accepted_on <= engine.today()
        when 'items_listed' then p_filing.items_sealed is not null
        when 'not_accepted_reason_given' then p_filing.not_accepted_reason is not null
        when 'reply_stored' then p_filing.reply_sealed is not null and p_filing.replied_at is not null
        when 'final_clock_passed' then engine.answer_overdue(p_filing => p_filing)
        when 'outcome_given' then p_filing.outcome is not null
        when 'termination_reason_given' then p_filing.termination_reason is not null or p_filing.outcome is not null
        when 'agreement_recorded' then p_filing.agreed_sealed is not null
        when 'performance_evidence' then engine.performance_proved(p_case => p_filing.case_id)
        when 'channel_withdrawable_not_NO' then (engine.channel_row(p_channel => p_filing.channel)).withdrawable <> 'NO'
        when 'concrete_reason' then engine.withdrawal_reason_concrete(p_filing => p_filing)
        when 'performance_evidence_or_acknowledged' then engine.performed_or_acknowledged(p_filing => p_filing)
        when 'consumer_confirmed_warning' then engine.decision_answered(p_case => p_filing.case_id, p_kind => 'WITHDRAWAL_WARNING',
            p_answer => 'acknowledged', p_since => engine.round_since(p_case => p_filing.case_id), p_filing => p_filing.id)
        when 'result_stored' then p_filing.wd_result_sealed is not null
        when 'reason_stored' then p_filing.wd_result_sealed is not null
    end;
end
$$;
comment on function engine.filing_guard(text, core.filing) is 'One guard of the filing machine; null = not a guard of this machine.';

create function engine.settlement_contents(p_settlement core.settlement) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select p_settlement.contents_ok and p_settlement.terms_sealed is not null and p_settlement.kind is not null
       and p_settlement.perform_by is not null
       and (p_settlement.kind not in ('REFUND', 'COMPENSATION') or p_settlement.agreed_fen > 0)
       and (select t.passed from engine.text_check(p_object => p_settlement.id, p_version => p_settlement.version, p_rule => 'V-SET-01') t)
$$;
comment on function engine.settlement_contents(core.settlement) is
    'The required contents of DOMAIN.md §5.3: V-SET-01 passed for this version, with kind, amount and day of performance in plain columns.';

create function engine.settlement_guard(p_guard text, p_settlement core.settlement) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return case p_guard
        when 'mandatory_contents_present' then engine.settlement_contents(p_settlement => p_settlement)
        when 'signer_proved' then case p_settlement.state
            when 'DRAFTED' then p_settlement.first_signed_at is not null and p_settlement.first_signer is not null
            else p_settlement.signed_at is not null and engine.file_stored(p_file => p_settlement.signed_file) end
        when 'text_frozen' then p_settlement.text_hash is not null and exists (
            select from core.document d where d.id = p_settlement.document_id and d.settlement_id = p_settlement.id)
        when 'same_text_hash' then p_settlement.first_text_hash = p_settlement.text_hash
        when 'performance_evidence' then engine.performance_proved(p_case => p_settlement.case_id)
        when 'performance_date_passed' then p_settlement.perform_by < engine.today()
        when 'rescission_recorded' then p_settlement.rescission_sealed is not null
        when 'reason_given' then p_settlement.fall_reason_sealed is not null
        when 'made_through_mediation_organisation' then p_settlement.mediated
            or engine.override_open(p_object => p_settlement.id, p_guards => array['made_through_mediation_organisation'])
        -- Its page comes later: until then only a coordinator's recorded override lets it pass.
        when 'joint_application_within_30d' then engine.override_open(
            p_object => p_settlement.id, p_guards => array['joint_application_within_30d'])
    end;
end
$$;
comment on function engine.settlement_guard(text, core.settlement) is 'One guard of the settlement machine; null = not a guard of this machine.';

create function engine.guard_holds(p_machine text, p_guard text, p_id uuid, p_actor uuid, p_facts jsonb) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- A guard that a machine does not know refuses; it never passes silently.
    return coalesce(case p_machine
        when 'case' then (select engine.case_guard(p_guard => p_guard, p_case => c, p_actor => p_actor, p_facts => p_facts)
                          from core.case_file c where c.id = p_id)
        when 'filing' then (select engine.filing_guard(p_guard => p_guard, p_filing => f) from core.filing f where f.id = p_id)
        when 'settlement' then (select engine.settlement_guard(p_guard => p_guard, p_settlement => s)
                                from core.settlement s where s.id = p_id)
    end, false);
end
$$;
comment on function engine.guard_holds(text, text, uuid, uuid, jsonb) is 'Whether a guard of a state machine holds for an object now.';

reset role;
