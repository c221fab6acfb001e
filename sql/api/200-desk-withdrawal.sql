-- desk: taking complaints back (撤回投诉), one filing at a time: a concrete reason, proof of performance, and the complainant's own
-- acknowledgement (DOMAIN.md §2.10, §5.2, V-WD-01 to 05).
set role aiddesk_owner;

create function desk.withdrawals(p_session bytea, p_case uuid)
returns table (id uuid, channel text, status text, open boolean, filing_no_sealed bytea, submitted_at timestamptz, withdrawable text, task boolean,
               warned boolean, round bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select f.id, f.channel, f.status, engine.filing_open(p_status => f.status), f.filing_no_sealed, f.submitted_at,
           (engine.channel_row(p_channel => f.channel)).withdrawable,
           exists (select from core.task t where t.filing_id = f.id and t.kind = 'WITHDRAW' and t.done_at is null),
           engine.decision_answered(p_case => v_case.id, p_kind => 'WITHDRAWAL_WARNING', p_answer => 'acknowledged',
                                    p_since => engine.round_since(p_case => v_case.id), p_filing => f.id), f.round
    from core.filing f
    where f.case_id = v_case.id and f.submitted_at is not null and f.status <> 'CANCELLED'
    order by engine.filing_open(p_status => f.status) desc, f.submitted_at, f.id;
end
$$;
comment on function desk.withdrawals(bytea, uuid) is
    'Filings of a case, open ones first: which have a withdrawal to be done, and whether the complainant knows what it means (V-WD-03). Refuses: UD001, UD002.';

create function desk.withdrawal(p_session bytea, p_case uuid, p_filing uuid)
returns table (id uuid, channel text, status text, version bigint, previous_status text, filing_no_sealed bytea, proof_file uuid,
               submitted_at timestamptz, wd_reason text, wd_text_sealed bytea, wd_asked_by text, wd_pressed boolean, wd_requested_at timestamptz,
               wd_result_sealed bytea, problem_type text, withdrawable text, refile text, has_performance boolean, has_settlement boolean,
               overridden boolean, acknowledged boolean, warning_at timestamptz, warning_answer text, document_file uuid, document_version bigint,
               document_at timestamptz, failing text[], to_previous text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_since timestamptz := engine.round_since(p_case => v_case.id);
begin
    return query
    select f.id, f.channel, f.status, f.version, f.previous_status, f.filing_no_sealed, f.proof_file, f.submitted_at, f.wd_reason, f.wd_text_sealed,
           f.wd_asked_by, f.wd_pressed, f.wd_requested_at, f.wd_result_sealed, v_case.problem_type, r.withdrawable, r.refile_after_withdrawal,
           engine.performance_proved(p_case => v_case.id),
           engine.evidence_exists(p_case => v_case.id, p_kinds => array['SETTLEMENT']) or exists (
               select from core.settlement s where s.case_id = v_case.id and engine.file_stored(p_file => s.signed_file)),
           engine.override_open(p_object => f.id, p_guards => array['performance_evidence_or_acknowledged'])
               or engine.rule_overridden(p_case => v_case.id, p_filing => f.id, p_rule => 'V-WD-02'),
           engine.decision_answered(p_case => v_case.id, p_kind => 'WITHDRAWAL_WARNING', p_answer => 'acknowledged', p_since => v_since, p_filing => f.id),
           w.asked_at, w.answer, d.file_id, d.version, d.issued_at,
           (select e.failing from engine.events_of(p_machine => 'filing', p_id => f.id, p_actor => v_user.id) e where e.event = 'request_withdrawal'),
           -- The only state that it may go back to.
           (select e.to_state from engine.events_of(p_machine => 'filing', p_id => f.id, p_actor => v_user.id) e
            where e.event = 'drop_withdrawal' and e.failing = '{}')
    from core.filing f
    cross join lateral engine.channel_row(p_channel => f.channel) r
    left join lateral (select q.asked_at, q.answer from core.decision q
                       where q.case_id = v_case.id and q.kind = 'WITHDRAWAL_WARNING' and q.withdrawn_at is null and q.asked_at >= v_since
                         and (q.filing_id is null or q.filing_id = f.id)
                       order by q.asked_at desc, q.id limit 1) w on true
    left join lateral (select p.file_id, p.version, p.issued_at from core.document p
                       where p.filing_id = f.id and p.kind = 'WITHDRAWAL_REQUEST' order by p.version desc limit 1) d on true
    where f.id = p_filing and f.case_id = v_case.id and f.submitted_at is not null;
    if not found then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
end
$$;
comment on function desk.withdrawal(bytea, uuid, uuid) is
    'One filing with everything about its withdrawal; failing: guards that still refuse the request. Refuses: UD001, UD002.';

create function desk.withdrawal_annexes(p_session bytea, p_case uuid) returns table (kind text, file_id uuid)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select 'SETTLEMENT', s.signed_file
    from core.settlement s
    where s.case_id = v_case.id and engine.settlement_signed(p_state => s.state) and engine.file_stored(p_file => s.signed_file)
    union all
    (select e.kind, e.file_id
     from core.evidence e
     where e.case_id = v_case.id and e.removed_at is null and engine.file_stored(p_file => e.file_id)
       and (e.kind = 'PERFORMANCE' and e.created_at >= engine.round_since(p_case => v_case.id)
            or e.kind = 'SETTLEMENT' and not exists (
                select from core.settlement s where s.case_id = v_case.id and s.signed_file = e.file_id))
     order by e.kind desc, e.created_at, e.id);
end
$$;
comment on function desk.withdrawal_annexes(bytea, uuid) is
    'What a withdrawal request has with it: the signed agreement (kind SETTLEMENT) first, then what proves performance in this round. Refuses: UD001, UD002.';

create function desk.withdrawal_step(p_session bytea, p_case uuid, p_filing uuid, p_version bigint, p_event text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_filing core.filing := engine.filing_for_user(p_session => p_session, p_case => p_case, p_filing => p_filing, p_version => p_version);
begin
    if p_event not in ('draft_withdrawal', 'drop_withdrawal') then
        raise exception using errcode = 'UD031', message = 'unknown step', detail = 'filing_event';
    end if;
    perform engine.filing_move(p_id => v_filing.id, p_event => p_event, p_actor_kind => 'user', p_actor => v_user.id,
                               p_to => case p_event when 'draft_withdrawal' then 'WD_DRAFTED' else v_filing.previous_status end);
end
$$;
comment on function desk.withdrawal_step(bytea, uuid, uuid, bigint, text) is
    'draft_withdrawal: the withdrawal of a filing is written; drop_withdrawal: back to the state before. Refuses: UD001, UD002, UD020, UD021, UD022, UD031.';

create function desk.withdrawal_save(p_session bytea, p_case uuid, p_filing uuid, p_version bigint, p_reason text, p_text bytea, p_asked_by text,
                                     p_pressed boolean, p_checks jsonb) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_filing core.filing := engine.filing_for_user(p_session => p_session, p_case => p_case, p_filing => p_filing, p_version => p_version);
begin
    perform engine.code_check(p_enumeration => 'withdrawal_reason', p_code => p_reason);
    if p_asked_by not in ('complainant', 'platform', 'both') then
        raise exception using errcode = 'UD031', message = 'unknown side', detail = 'asked_by';
    end if;
    if v_filing.status <> 'WD_DRAFTED' then
        raise exception using errcode = 'UD021', message = 'no withdrawal is being written', detail = concat_ws(':', 'filing', v_filing.status, 'draft_withdrawal');
    end if;
    update core.filing f
    set wd_reason = p_reason, wd_text_sealed = p_text, wd_asked_by = p_asked_by, wd_pressed = p_pressed, version = f.version + 1,
        wd_reason_ok = coalesce((select bool_and((k.value ->> 'passed')::boolean) from jsonb_array_elements(p_checks) k
                                 where k.value ->> 'rule' = 'V-WD-01'), false)
    where f.id = v_filing.id;
    perform engine.checks_store(p_case => v_filing.case_id, p_object => v_filing.id, p_checks => p_checks, p_version => p_version + 1);
    if p_pressed then
        update core.case_file c set special_flags = array_append(c.special_flags, 'PRESSED')
        where c.id = v_filing.case_id and not 'PRESSED' = any (c.special_flags);
    end if;
    perform engine.event_add(p_case => v_filing.case_id, p_object_kind => 'filing', p_object => v_filing.id, p_type => 'withdrawal_written',
        p_actor_kind => 'user', p_actor => v_user.id, p_before => jsonb_build_object('reason', v_filing.wd_reason),
        p_after => jsonb_build_object('reason', p_reason, 'asked_by', p_asked_by, 'pressed', p_pressed));
end
$$;
comment on function desk.withdrawal_save(bytea, uuid, uuid, bigint, text, bytea, text, boolean, jsonb) is
    'Keeps reason and sealed words of a withdrawal with what V-WD-01 said, who asked for it and whether there was pressure (V-WD-05). Refuses: UD001, UD002, UD020, UD021, UD031.';

create function desk.warning_ask(p_session bytea, p_case uuid, p_filing uuid, p_version bigint, p_id uuid) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_filing core.filing := engine.filing_for_user(p_session => p_session, p_case => p_case, p_filing => p_filing, p_version => p_version);
begin
    if not engine.filing_open(p_status => v_filing.status) then
        raise exception using errcode = 'UD021', message = 'the filing has ended', detail = concat_ws(':', 'filing', v_filing.status, 'warning_ask');
    end if;
    if exists (select from core.case_file c where c.id = v_filing.case_id and (c.closed_at is not null or c.status = 'DECLINED')) then
        raise exception using errcode = 'UD021', message = 'the case has ended',
            detail = concat_ws(':', 'case', (select c.status from core.case_file c where c.id = v_filing.case_id), 'warning_ask');
    end if;
    if exists (select from core.decision d
               where d.case_id = v_filing.case_id and d.kind = 'WITHDRAWAL_WARNING' and d.filing_id = v_filing.id and d.answer is null
                 and d.withdrawn_at is null and d.asked_at >= engine.round_since(p_case => v_filing.case_id)) then
        raise exception using errcode = 'UD025', message = 'asked already';
    end if;
    -- What an earlier round left unanswered is not asked any more.
    update core.decision d set withdrawn_at = core.now()
    where d.case_id = v_filing.case_id and d.kind = 'WITHDRAWAL_WARNING' and d.filing_id = v_filing.id and d.answer is null and d.withdrawn_at is null;
    insert into core.decision (id, case_id, kind, channel, filing_id, asked_by, asked_at)
    values (p_id, v_filing.case_id, 'WITHDRAWAL_WARNING', v_filing.channel, v_filing.id, v_user.id, core.now());
    perform engine.event_add(p_case => v_filing.case_id, p_object_kind => 'decision', p_object => p_id, p_type => 'warning_asked', p_actor_kind => 'user',
                             p_actor => v_user.id, p_after => jsonb_build_object('channel', v_filing.channel));
    perform engine.message_service(p_case => v_filing.case_id, p_template => 'track.service.warning_asked');
end
$$;
comment on function desk.warning_ask(bytea, uuid, uuid, bigint, uuid) is
    'Shows the complainant on the tracking page what a withdrawal of this filing means, to be acknowledged or not (V-WD-04); again only after an answer. Refuses: UD001, UD002, UD020, UD021 filing or case has ended, UD025 asked already.';

create function desk.withdrawal_issue(p_session bytea, p_case uuid, p_filing uuid, p_version bigint, p_document uuid, p_template text, p_file uuid,
                                      p_sha_hash bytea, p_snapshot bytea) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_filing core.filing := engine.filing_for_user(p_session => p_session, p_case => p_case, p_filing => p_filing, p_version => p_version);
begin
    if v_filing.status <> 'WD_DRAFTED' then
        raise exception using errcode = 'UD021', message = 'no withdrawal is being written', detail = concat_ws(':', 'filing', v_filing.status, 'draft_withdrawal');
    end if;
    return engine.document_add(p_case => v_filing.case_id, p_id => p_document, p_kind => 'WITHDRAWAL_REQUEST', p_template_version => p_template,
        p_file => p_file, p_sha_hash => p_sha_hash, p_snapshot => p_snapshot, p_filing => v_filing.id, p_settlement => null, p_user => v_user.id);
end
$$;
comment on function desk.withdrawal_issue(bytea, uuid, uuid, bigint, uuid, text, uuid, bytea, bytea) is
    'Issues the withdrawal request (撤回投诉申请书) of a filing, frozen as its next version. Refuses: UD001, UD002, UD020, UD021.';

create function desk.withdrawal_request(p_session bytea, p_case uuid, p_filing uuid, p_version bigint, p_on date) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_filing core.filing := engine.filing_for_user(p_session => p_session, p_case => p_case, p_filing => p_filing, p_version => p_version);
begin
    perform engine.day_check(p_on => p_on, p_from => v_filing.submitted_at, p_detail => 'requested_on:settlement.withdrawal.error.early');
    update core.filing f set wd_requested_at = p_on::timestamp at time zone 'Asia/Shanghai', wd_result_sealed = null where f.id = v_filing.id;
    perform engine.filing_move(p_id => v_filing.id, p_event => 'request_withdrawal', p_to => 'WD_REQUESTED', p_actor_kind => 'user', p_actor => v_user.id);
end
$$;
comment on function desk.withdrawal_request(bytea, uuid, uuid, bigint, date) is
    'The channel was asked on that day, not before the complaint was filed; reason, proof and acknowledgement must be there. Refuses: UD001, UD002, UD020, UD021, UD022, UD030 requested_on.';

create function desk.withdrawal_result(p_session bytea, p_case uuid, p_filing uuid, p_version bigint, p_granted boolean, p_result bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_filing core.filing := engine.filing_for_user(p_session => p_session, p_case => p_case, p_filing => p_filing, p_version => p_version);
begin
    update core.filing f set wd_result_sealed = p_result where f.id = v_filing.id;
    perform engine.filing_move(p_id => v_filing.id, p_event => case when p_granted then 'withdrawal_granted' else 'withdrawal_refused' end,
        p_to => case when p_granted then 'WITHDRAWN' else 'WD_REJECTED' end, p_actor_kind => 'user', p_actor => v_user.id);
end
$$;
comment on function desk.withdrawal_result(bytea, uuid, uuid, bigint, boolean, bytea) is
    'What the channel said, sealed: granted ends the filing, refused leaves it to be written again or dropped. Refuses: UD001, UD002, UD020, UD021, UD022.';

reset role;
