-- desk: filings (投诉) from the plan to the result.  Which step may follow which, and what it does, is the engine's (DOMAIN.md §5.2).
set role aiddesk_owner;

create function engine.filings_open(p_case core.case_file) returns boolean
language plpgsql immutable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return p_case.closed_at is null and p_case.status in ('READY', 'IN_PROGRESS', 'ESCALATION_DUE', 'NEGOTIATING', 'LITIGATION');
end
$$;
comment on function engine.filings_open(core.case_file) is 'New filings may be planned and submitted: after the pre-review, before it is settled or closed.';

create function engine.filing_for_user(p_session bytea, p_case uuid, p_filing uuid, p_version bigint default null) returns core.filing
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => p_version is not null);
    v_filing core.filing := (select f from core.filing f where f.id = p_filing and f.case_id = v_case.id);
begin
    if v_filing.id is null then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
    if p_version is not null then
        perform engine.version_check(p_found => v_filing.version, p_read => p_version);
    end if;
    return v_filing;
end
$$;
comment on function engine.filing_for_user(bytea, uuid, uuid, bigint) is
    'A filing of a case that the signed-in user may work on. p_version, the one that was read: locks the case (and with it its filings) for a change. Refuses: UD001, UD002, UD003, UD020.';

create function engine.collision_seen(p_case uuid, p_channel text) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select encode(sha256(convert_to(engine.filing_collisions(p_case => p_case, p_channel => p_channel)::text, 'UTF8')), 'hex')
$$;
comment on function engine.collision_seen(uuid, text) is 'Stands in a form for the collisions that its page shows: what is stored is what was shown.';

create function desk.filings(p_session bytea, p_case uuid)
returns table (id uuid, channel text, layer text, status text, round bigint, submitted_at timestamptz, ended_at timestamptz, outcome text,
               next_kind text, next_on date, overdue boolean, open boolean, final boolean, may_withdraw boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select f.id, f.channel, engine.channel_layer(p_channel => f.channel), f.status, f.round, f.submitted_at, f.ended_at, f.outcome, k.kind,
           k.due_on, coalesce(k.state = 'overdue', false), engine.filing_open(p_status => f.status),
           engine.filing_final(p_status => f.status),
           f.status like 'WD\_%' or exists (select from engine.events_of(p_machine => 'filing', p_id => f.id) e
                                            where e.event = 'draft_withdrawal' and e.failing = '{}')
    from core.filing f
    left join lateral (
        select c.kind, c.due_on, c.state from engine.clocks_of(p_case => v_case.id) c
        where c.filing_id = f.id and c.stopped_at is null and c.due_at is not null
        order by c.due_at, c.id limit 1) k on true
    where f.case_id = v_case.id
    order by engine.filing_final(p_status => f.status), f.submitted_at desc nulls first, f.id;
end
$$;
comment on function desk.filings(bytea, uuid) is 'Filings of a case, open ones first, with the next date of each. Refuses: UD001, UD002.';

create function desk.filing_page(p_session bytea, p_case uuid, p_filing uuid)
returns table (id uuid, channel text, layer text, status text, version bigint, round bigint, prerequisites_shown_at timestamptz,
               collision_checked_at timestamptz, collisions jsonb, seen text, collision_current boolean, consent text, filing_no_sealed bytea,
               proof_file uuid, submitted_at timestamptz, submitted_by text, received_on date, accepted_on date, items_sealed bytea,
               reply_sealed bytea, replied_at timestamptz, agreed_sealed bytea, outcome text, not_accepted_reason text,
               termination_reason text, result_sealed bytea, ended_at timestamptz, skip_reason_sealed bytea, detail jsonb,
               demands_changed boolean, prepared boolean, case_status text, waiting_on text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_filing core.filing := engine.filing_for_user(p_session => p_session, p_case => p_case, p_filing => p_filing);
    v_row ref.channel := engine.channel_row(p_channel => v_filing.channel);
begin
    return query
    select v_filing.id, v_filing.channel, v_row.layer, v_filing.status, v_filing.version, v_filing.round, v_filing.prerequisites_shown_at,
           v_filing.collision_checked_at,
           case when v_filing.submitted_at is null then engine.filing_collisions(p_case => p_case, p_channel => v_filing.channel)
                else v_filing.collision end,
           engine.collision_seen(p_case => p_case, p_channel => v_filing.channel), engine.collision_shown(p_filing => v_filing),
           engine.consent_state(p_case => p_case, p_channel => v_filing.channel), v_filing.filing_no_sealed, v_filing.proof_file,
           v_filing.submitted_at, (select u.display_name from core.app_user u where u.id = v_filing.submitted_by), v_filing.received_on,
           v_filing.accepted_on, v_filing.items_sealed, v_filing.reply_sealed, v_filing.replied_at, v_filing.agreed_sealed, v_filing.outcome,
           v_filing.not_accepted_reason, v_filing.termination_reason, v_filing.result_sealed, v_filing.ended_at,
           v_filing.skip_reason_sealed, v_row.detail,
           coalesce(v_filing.demand_hash <> engine.demand_hash(p_case => p_case), false),
           v_filing.status in ('PLANNED', 'DRAFTED', 'READY'), (select c.status from core.case_file c where c.id = p_case),
           engine.filing_waiting_on(p_status => v_filing.status, p_channel => v_filing.channel);
end
$$;
comment on function desk.filing_page(bytea, uuid, uuid) is
    'One filing, sealed columns as they are; collisions as they stand before it is submitted, and as they were shown afterwards. Refuses: UD001, UD002.';

create function desk.filing_prerequisites(p_session bytea, p_case uuid, p_filing uuid)
returns table (code text, met boolean, confirmed boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_filing core.filing := engine.filing_for_user(p_session => p_session, p_case => p_case, p_filing => p_filing);
begin
    return query
    select q.code, q.met, q.code = any (v_filing.prerequisites_confirmed)
    from engine.prerequisites(p_case => p_case, p_channel => v_filing.channel) q;
end
$$;
comment on function desk.filing_prerequisites(bytea, uuid, uuid) is
    'Prerequisites of the filing''s channel: met by what is stored, not met, or null = a person confirms it. Refuses: UD001, UD002.';

create function desk.filing_checks(p_session bytea, p_case uuid, p_filing uuid)
returns table (rule text, gate text, level text, passed boolean, overridden boolean, detail jsonb, label_zh text, label_en text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_filing core.filing := engine.filing_for_user(p_session => p_session, p_case => p_case, p_filing => p_filing);
begin
    return query
    select k.rule, k.gate, k.level, k.passed, k.overridden, k.detail, r.label_zh, r.label_en
    from engine.checks(p_case => p_case, p_filing => v_filing.id) k
    join ref.validation_rule r on r.code = k.rule and engine.today() >= r.valid_from and (r.valid_to is null or engine.today() <= r.valid_to)
    where k.gate in ('READY', 'FILE', 'SEND')
    order by k.passed, k.overridden, k.level <> 'BLOCK', k.rule;
end
$$;
comment on function desk.filing_checks(bytea, uuid, uuid) is 'Findings of the rules for a filing before it is sent, what blocks first. Refuses: UD001, UD002.';

create function desk.filing_steps(p_session bytea, p_case uuid, p_filing uuid) returns table (event text, to_state text, failing text[])
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_filing core.filing := engine.filing_for_user(p_session => p_session, p_case => p_case, p_filing => p_filing);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    return query
    select e.event, e.to_state, e.failing from engine.events_of(p_machine => 'filing', p_id => v_filing.id, p_actor => v_user.id) e;
end
$$;
comment on function desk.filing_steps(bytea, uuid, uuid) is 'Steps listed for the present state of a filing, each with the guards that still refuse. Refuses: UD001, UD002.';

create function desk.filing_clocks(p_session bytea, p_case uuid, p_filing uuid) returns table (why jsonb, stopped boolean, stop_reason text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_filing core.filing := engine.filing_for_user(p_session => p_session, p_case => p_case, p_filing => p_filing);
begin
    return query
    select engine.clock_why(p_clock => k.id), k.stopped_at is not null, k.stop_reason
    from engine.clocks_of(p_case => p_case) k
    where k.filing_id = v_filing.id and k.stop_reason is distinct from 'ENTERED_IN_ERROR';
end
$$;
comment on function desk.filing_clocks(bytea, uuid, uuid) is 'Deadlines of a filing with "why this date", running ones first. Refuses: UD001, UD002.';

reset role;
