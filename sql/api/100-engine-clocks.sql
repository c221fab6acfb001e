-- Clocks: a row keeps rule and version, start event, due time, skipped days, and why it stopped (DOMAIN.md §3.15, rule 11).
-- Legal clocks never pause; service clocks pause while somebody else is waited for.
set role aiddesk_owner;

create function engine.clock_compute(p_rule jsonb, p_start timestamptz, p_excluded bigint)
returns table (due_at timestamptz, skipped jsonb, provisional boolean)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    -- Unit "date": a day that the parties agreed on; it ends at 24:00 and does not move.
    select case when p_rule ->> 'unit' = 'date'
                then ((p_rule ->> 'until')::date + 1)::timestamp at time zone 'Asia/Shanghai' else d.due_at end,
           coalesce(d.skipped, '[]'), coalesce(d.provisional, false)
    from (select 1) one
    left join engine.due(p_start => p_start, p_n => (p_rule ->> 'n')::bigint, p_unit => p_rule ->> 'unit',
                         p_excluded => p_excluded) d on p_rule ->> 'unit' is distinct from 'date'
$$;
comment on function engine.clock_compute(jsonb, timestamptz, bigint) is
    'Due time of a rule (n and unit, or unit date with until) from a start; null while the start or the length is unknown.';

create function engine.next_due_refresh(p_case uuid) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    update core.case_file c set next_due_at = n.due_at, next_due_provisional = coalesce(n.provisional, false)
    from (select o.status from core.case_file o where o.id = p_case) s
    left join lateral (
        select k.due_at, k.provisional
        from core.clock k
        where k.case_id = p_case and k.stopped_at is null and k.paused_at is null and k.due_at is not null
          -- Limitation is no promise to anybody; it comes up when it is near (V-TIME-01).
          and (k.kind <> 'LIMITATION' or k.due_at <= core.now() + interval '180 days')
          -- Once an agreement is signed or kept, nobody waits for an answer of a channel any more.
          and (k.filing_id is null or k.kind = 'WITHDRAWAL_REVIEW' or s.status not in ('SETTLED_PENDING', 'PERFORMED', 'WITHDRAWING', 'ENFORCEMENT'))
        order by k.due_at, k.id limit 1) n on true
    where c.id = p_case
      and (c.next_due_at, c.next_due_provisional) is distinct from (n.due_at, coalesce(n.provisional, false))
$$;
comment on function engine.next_due_refresh(uuid) is 'Keeps the case''s next deadline true: the earliest of the running clocks that somebody waits for in its state, passed ones included; limitation only in its last 180 days.';

create function engine.clock_start(p_case uuid, p_kind text, p_rule jsonb, p_start timestamptz, p_filing uuid default null,
                                   p_settlement uuid default null) returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid := gen_random_uuid();
begin
    perform engine.code_check(p_enumeration => 'clock_kind', p_code => p_kind);
    insert into core.clock (id, case_id, filing_id, settlement_id, kind, rule, started_at, due_at, skipped, provisional, legal)
    select v_id, p_case, p_filing, p_settlement, p_kind, p_rule, p_start, d.due_at, d.skipped, d.provisional,
           coalesce(p_rule ->> 'source_kind' = 'LEGAL', false)
    from engine.clock_compute(p_rule => p_rule, p_start => p_start, p_excluded => 0) d;
    perform engine.next_due_refresh(p_case => p_case);
    return v_id;
end
$$;
comment on function engine.clock_start(uuid, text, jsonb, timestamptz, uuid, uuid) is
    'Starts a clock under a rule (n, unit, starts_on, source_kind, source …). A null start is kept as not started, never guessed. Refuses: UD031.';

create function engine.clock_stop(p_case uuid, p_kinds text[], p_reason text, p_filing uuid default null,
                                  p_settlement uuid default null) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_n bigint;
begin
    perform engine.code_check(p_enumeration => 'clock_stop_reason', p_code => p_reason);
    update core.clock k set stopped_at = core.now(), stop_reason = p_reason
    where k.case_id = p_case and k.stopped_at is null
      and (p_kinds is null or k.kind = any (p_kinds))
      and (p_filing is null or k.filing_id = p_filing)
      and (p_settlement is null or k.settlement_id = p_settlement);
    get diagnostics v_n = row_count;
    perform engine.next_due_refresh(p_case => p_case);
    return v_n;
end
$$;
comment on function engine.clock_stop(uuid, text[], text, uuid, uuid) is
    'Stops running clocks of a case, of some kinds (null = all), of one filing or settlement; returns how many. Refuses: UD031.';

create function engine.clock_set_start(p_clock uuid, p_start timestamptz) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_clock core.clock := (select k from core.clock k where k.id = p_clock for update);
begin
    if v_clock.stopped_at is not null or v_clock.started_at is not distinct from p_start then
        return;
    end if;
    update core.clock k
    set started_at = p_start, due_at = d.due_at, skipped = d.skipped, provisional = d.provisional
    from engine.clock_compute(p_rule => v_clock.rule, p_start => p_start, p_excluded => v_clock.excluded_days) d
    where k.id = p_clock;
    perform engine.next_due_refresh(p_case => v_clock.case_id);
end
$$;
comment on function engine.clock_set_start(uuid, timestamptz) is
    'The start event became known, or was corrected: the due time is computed again. A stopped clock stays as it is.';

create function engine.clock_exclude(p_clock uuid, p_days bigint, p_reason text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_clock core.clock := (select k from core.clock k where k.id = p_clock for update);
begin
    update core.clock k
    set excluded_days = p_days, rule = k.rule || jsonb_build_object('excluded_reason', p_reason),
        due_at = d.due_at, skipped = d.skipped, provisional = d.provisional
    from engine.clock_compute(p_rule => v_clock.rule, p_start => v_clock.started_at, p_excluded => p_days) d
    where k.id = p_clock and k.stopped_at is null;
    perform engine.event_add(p_case => v_clock.case_id, p_object_kind => 'clock', p_object => p_clock, p_type => 'clock_excluded',
        p_actor_kind => 'user', p_before => jsonb_build_object('excluded_days', v_clock.excluded_days),
        p_after => jsonb_build_object('excluded_days', p_days, 'reason', p_reason));
    perform engine.next_due_refresh(p_case => v_clock.case_id);
end
$$;
comment on function engine.clock_exclude(uuid, bigint, text) is
    'Time that the law itself excludes, for example testing inside the 60 days: total days and reason code; the due time is computed again.';

create function engine.clock_restart(p_clock uuid, p_start timestamptz, p_reason text default 'RESTARTED') returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_clock core.clock := (select k from core.clock k where k.id = p_clock for update);
begin
    perform engine.code_check(p_enumeration => 'clock_stop_reason', p_code => p_reason);
    update core.clock k set stopped_at = core.now(), stop_reason = p_reason where k.id = p_clock and k.stopped_at is null;
    return engine.clock_start(p_case => v_clock.case_id, p_kind => v_clock.kind, p_rule => v_clock.rule, p_start => p_start,
                              p_filing => v_clock.filing_id, p_settlement => v_clock.settlement_id);
end
$$;
comment on function engine.clock_restart(uuid, timestamptz, text) is
    'Stops a clock with a reason and opens a new row under the same rule from another start (DOMAIN.md §3.15, rule 8).';

create function engine.clock_mark(p_clock uuid, p_mark text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update core.clock k set reminded = k.reminded || p_mark
    where k.id = p_clock and not p_mark = any (k.reminded);
    return found;
end
$$;
comment on function engine.clock_mark(uuid, text) is 'Notes on a clock that something was done (a reminder, counting it as overdue); true the first time only.';

-- Service targets ---------------------------------------------------------------------------------------------------------------

create function engine.service_clock(p_case uuid, p_code text, p_start timestamptz default null) returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_limit ref.service_limit := (select l from ref.service_limit l where l.code = p_code);
begin
    perform engine.limit_n(p_code => p_code);
    update core.clock k set stopped_at = core.now(), stop_reason = 'REASSIGNED'
    where k.case_id = p_case and k.kind = 'SERVICE' and k.stopped_at is null and k.rule ->> 'code' = p_code;
    return engine.clock_start(p_case => p_case, p_kind => 'SERVICE', p_start => coalesce(p_start, core.now()),
        p_rule => jsonb_build_object('code', p_code, 'n', v_limit.n, 'unit', v_limit.unit, 'source_kind', 'DEFAULT',
            'waits_for', case p_code when 'answer_within' then 'COMPLAINANT' else 'VOLUNTEER' end));
end
$$;
comment on function engine.service_clock(uuid, text, timestamptz) is
    'Starts a service target of this desk: accept_within, review_within (wait for the volunteer), answer_within (15 days, waits for the complainant); one of each at a time.';

create function engine.service_stop(p_case uuid, p_code text, p_reason text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform engine.code_check(p_enumeration => 'clock_stop_reason', p_code => p_reason);
    update core.clock k set stopped_at = core.now(), stop_reason = p_reason
    where k.case_id = p_case and k.kind = 'SERVICE' and k.stopped_at is null and (p_code is null or k.rule ->> 'code' = p_code);
    perform engine.next_due_refresh(p_case => p_case);
end
$$;
comment on function engine.service_stop(uuid, text, text) is 'Stops one service target of a case, or all (null). Refuses: UD031.';

create function engine.service_resume(p_clock uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_clock core.clock := (select k from core.clock k where k.id = p_clock for update);
    v_unit text := v_clock.rule ->> 'unit';
    v_days bigint;
begin
    if v_unit in ('h', 'minute') then
        update core.clock k set due_at = k.due_at + (core.now() - k.paused_at), paused_at = null where k.id = p_clock;
        return;
    end if;
    -- In days: those that passed meanwhile are not counted, working days for a period in working days.
    select count(*) into v_days
    from generate_series(engine.local_day(p_at => v_clock.paused_at) + 1, engine.today(), interval '1 day') g (day)
    where v_unit <> 'wd' or not engine.is_off(p_day => g.day::date);
    update core.clock k
    set paused_at = null, excluded_days = v_clock.excluded_days + v_days, due_at = d.due_at, skipped = d.skipped, provisional = d.provisional
    from engine.clock_compute(p_rule => v_clock.rule, p_start => v_clock.started_at, p_excluded => v_clock.excluded_days + v_days) d
    where k.id = p_clock;
end
$$;
comment on function engine.service_resume(uuid) is 'A paused service clock runs again; the time in between does not count.';

create function engine.waiting_set(p_case uuid, p_on text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform engine.code_check(p_enumeration => 'waiting_on', p_code => p_on);
    update core.case_file c set waiting_on = p_on where c.id = p_case and c.waiting_on <> p_on;
    update core.clock k set paused_at = core.now()
    where k.case_id = p_case and k.kind = 'SERVICE' and k.stopped_at is null and k.paused_at is null
      and k.rule ->> 'waits_for' <> p_on;
    perform engine.service_resume(p_clock => k.id)
    from core.clock k
    where k.case_id = p_case and k.kind = 'SERVICE' and k.stopped_at is null and k.paused_at is not null
      and k.rule ->> 'waits_for' = p_on;
    perform engine.next_due_refresh(p_case => p_case);
end
$$;
comment on function engine.waiting_set(uuid, text) is
    'Who is waited for: pauses the service clocks of the others and lets those of this one run on. Refuses: UD031.';

reset role;
