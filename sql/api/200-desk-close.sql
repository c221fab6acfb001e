-- desk: how a case ends, and how it begins again (DOMAIN.md §5.1).
set role aiddesk_owner;

create function engine.closure_reasons() returns text[]
language sql immutable security definer
set search_path = pg_catalog, pg_temp
as $$
    select array['RESOLVED_FULL', 'RESOLVED_PART', 'SETTLED', 'UNREACHABLE', 'USER_ERROR', 'INELIGIBLE', 'ILLICIT_GOODS', 'TIME_BARRED',
                 'INSUFFICIENT_EVIDENCE', 'PLATFORM_GONE', 'TRANSFERRED']
$$;
comment on function engine.closure_reasons() is
    'What people may close a case with; the other closure reasons are set by the step that they belong to (duplicate, judgment, what the complainant decides).';

create function desk.closing(p_session bytea, p_case uuid)
returns table (status text, version bigint, closure_reason text, closed_at timestamptz, amount_received_fen bigint, amount_fen bigint, open_filings bigint,
               agreed boolean, may_agree boolean, success text, reopen_to text, reasons text[])
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    return query
    select v_case.status, v_case.version, v_case.closure_reason, v_case.closed_at, v_case.amount_received_fen, v_case.amount_fen,
           (select count(*) from core.filing f where f.case_id = v_case.id and engine.filing_open(p_status => f.status)),
           engine.override_open(p_object => v_case.id, p_guards => array['coordinator_agrees']), v_user.role = 'coordinator',
           engine.closure_of_success(p_case => v_case.id, p_facts => '{}'),
           case when v_case.status <> 'CLOSED' or not engine.consent_recorded(p_case => v_case) then null
                when exists (select from core.filing f where f.case_id = v_case.id and f.submitted_at is not null) then 'IN_PROGRESS'
                else 'TRIAGE' end,
           engine.closure_reasons();
end
$$;
comment on function desk.closing(bytea, uuid) is
    'What closing a case needs to know: open filings, a coordinator''s agreement, what was received, what the record says it ended with; reopen_to: null while it cannot be opened again (not closed, or no consent any more); reasons: for close_with_reason. Refuses: UD001, UD002.';

create function desk.case_close(p_session bytea, p_case uuid, p_version bigint, p_event text, p_reason text) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    perform engine.version_check(p_found => v_case.version, p_read => p_version);
    if p_event not in ('open_filings_exist', 'no_open_filings', 'all_filings_ended', 'close_with_reason') then
        raise exception using errcode = 'UD031', message = 'unknown step', detail = 'case_event';
    end if;
    if p_event in ('no_open_filings', 'all_filings_ended') and p_reason not in ('RESOLVED_FULL', 'RESOLVED_PART', 'SETTLED') then
        raise exception using errcode = 'UD030', message = 'not how a performed case ends', detail = 'outcome:settlement.close.error.outcome';
    end if;
    if p_event = 'close_with_reason' then
        if not p_reason = any (engine.closure_reasons()) then
            raise exception using errcode = 'UD030', message = 'not a reason to close with', detail = 'outcome:settlement.close.error.other';
        end if;
        -- What is still open at channels stays a task: a case may end before they do.
        perform engine.withdrawal_tasks(p_case => v_case.id);
    end if;
    return engine.case_move(p_id => v_case.id, p_event => p_event, p_to => case p_event when 'open_filings_exist' then 'WITHDRAWING' else 'CLOSED' end,
        p_actor_kind => 'user', p_actor => v_user.id, p_version => p_version,
        p_facts => case when p_reason is null or p_event = 'open_filings_exist' then '{}' else jsonb_build_object('closure_reason', p_reason) end);
end
$$;
comment on function desk.case_close(bytea, uuid, bigint, text, text) is
    'open_filings_exist: one withdrawal task each; no_open_filings, all_filings_ended: closed with an outcome (null = as the record says); close_with_reason: a coordinator agrees, open filings become tasks. Refuses: UD001, UD002, UD020, UD021, UD022, UD030, UD031.';

create function desk.case_reopen(p_session bytea, p_case uuid, p_version bigint, p_channel text) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    return engine.case_move(p_id => v_case.id, p_event => 'reopen', p_actor_kind => 'user', p_actor => v_user.id, p_version => p_version,
        p_to => case when exists (select from core.filing f where f.case_id = v_case.id and f.submitted_at is not null) then 'IN_PROGRESS' else 'TRIAGE' end,
        p_facts => case when p_channel is null then '{}' else jsonb_build_object('channel', p_channel) end);
end
$$;
comment on function desk.case_reopen(bytea, uuid, bigint, text) is
    'Begins the next round of a closed case: new evidence, or a channel not tried yet (R-CH-11). Refuses: UD001, UD002, UD020, UD021, UD022 consent_recorded and others, UD031.';

reset role;
