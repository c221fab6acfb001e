-- report: platform status pages and desk reports; aggregates only (DESIGN.md §12, DOMAIN.md §7, UX.md §5).
set role aiddesk_owner;

create function report.clock_offset() returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select engine.clock_offset_us() $$;
comment on function report.clock_offset() is 'Microseconds that clock_now() in C adds to the real time.';

create function report.vocabulary()
returns table (enumeration text, code text, grp text, sort bigint, label_zh text, label_en text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select v.enumeration, v.code, v.grp, v.sort, v.label_zh, v.label_en from engine.vocabulary() v $$;
comment on function report.vocabulary() is 'Codes and labels for pages.';

create function report.session_check(p_session bytea)
returns table (app_user uuid, login text, display_name text, role text, lang text, full_rights boolean, key_version bigint,
               wrapped_key bytea, public_key bytea, has_totp boolean, factor_codes_left bigint, must_enrol boolean)
language sql security definer
set search_path = pg_catalog, pg_temp
as $$
    select c.app_user, c.login, c.display_name, c.role, c.lang, c.full_rights, c.key_version, c.wrapped_key, c.public_key, c.has_totp,
           c.factor_codes_left, c.must_enrol
    from engine.staff_check(p_session => p_session, p_full => true) c
$$;
comment on function report.session_check(bytea) is 'Who carries this session; notes the request. Refuses: UD001.';

create function report.today() returns table (today date, now timestamptz)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select engine.today(), core.now() $$;
comment on function report.today() is 'Today in Asia/Shanghai and the instant that figures are as of.';

create function engine.sees_small(p_session bytea) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return p_session is not null and (engine.user_of_session(p_session => p_session)).role in ('volunteer', 'coordinator');
end
$$;
comment on function engine.sees_small(bytea) is
    'Who works on cases sees small numbers; the public (null) and regulators do not. Refuses: UD001.';

create function engine.public_platforms(p_platform uuid default null)
returns table (id uuid, name text, status text, submitted bigint, open bigint, closed bigint, resolved bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select p.id, p.name, case p.status when 'SUSPECTED_GONE' then 'UNRESPONSIVE' else p.status end, s.submitted, s.open, s.closed, s.resolved
    from engine.platform_totals(p_platform => p_platform) s join core.platform p on p.id = s.platform
    where p.merged_into is null and s.submitted >= engine.report_n(p_code => 'public_min_cases')
      and s.closed >= engine.report_n(p_code => 'public_min_closed')
$$;
comment on function engine.public_platforms(uuid) is
    'Platforms with enough cases and enough closed cases to be shown to everybody, or one of them; internal states read neutral (DOMAIN.md §7). Internal.';

create function engine.staff_platforms(p_small boolean, p_platform uuid default null)
returns table (id uuid, name text, status text, submitted bigint, open bigint, closed bigint, resolved bigint, claimed_fen bigint, received_fen bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select p.id, p.name, p.status, s.submitted, s.open, s.closed, s.resolved, s.claimed, s.received
    from engine.platform_totals(p_platform => p_platform) s join core.platform p on p.id = s.platform
    where p.merged_into is null and s.submitted > 0
      -- Regulators see statistics, not single cases, and no name that nobody has confirmed.
      and (p_small or s.submitted >= engine.report_n(p_code => 'suppress_below') and p.status <> 'UNVERIFIED')
$$;
comment on function engine.staff_platforms(boolean, uuid) is
    'Platforms with a case, or one of them; unless p_small only those with enough cases whose name was confirmed. Internal.';

create function engine.platform_shown(p_session bytea, p_platform uuid) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_session is null then
        return exists (select from engine.public_platforms(p_platform => p_platform)) and p_platform is not null;
    end if;
    return p_platform is null
        or exists (select from engine.staff_platforms(p_small => engine.sees_small(p_session => p_session), p_platform => p_platform));
end
$$;
comment on function engine.platform_shown(bytea, uuid) is
    'The list of the caller has this platform; all of them together (null) are for signed-in people. Refuses: UD001.';

create function report.platforms_public()
returns table (id uuid, name text, status text, submitted bigint, open bigint, closed bigint, resolved bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select p.id, p.name, p.status, p.submitted, p.open, p.closed, p.resolved
    from engine.public_platforms() p order by p.submitted desc, p.name, p.id
$$;
comment on function report.platforms_public() is
    'Platforms with enough cases and enough closed cases to be shown to everybody; internal states read neutral (DOMAIN.md §7).';

create function report.platforms_staff(p_session bytea)
returns table (id uuid, name text, status text, submitted bigint, open bigint, closed bigint, resolved bigint, claimed_fen bigint, received_fen bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select p.id, p.name, p.status, p.submitted, p.open, p.closed, p.resolved, p.claimed_fen, p.received_fen
    from engine.staff_platforms(p_small => engine.sees_small(p_session => p_session)) p order by p.submitted desc, p.name, p.id
$$;
comment on function report.platforms_staff(bytea) is 'Every platform with a case, for volunteers and coordinators; for regulators those with enough cases whose name was confirmed. Refuses: UD001.';

create function report.platform(p_session bytea, p_platform uuid)
returns table (id uuid, name text, status text, registered_name text, credit_code text, submitted bigint, open bigint, closed bigint,
               resolved bigint, claimed_fen bigint, received_fen bigint, settled bigint, breached bigint, overdue bigint,
               close_n bigint, close_median bigint, close_p90 bigint, reply_n bigint, reply_median bigint, reply_p90 bigint, full_view boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_full boolean := engine.sees_small(p_session => p_session);
begin
    -- Who works on cases may look at a platform before its first case counts.
    if not v_full and not engine.platform_shown(p_session => p_session, p_platform => p_platform) then
        raise exception using errcode = 'UD002', message = 'not shown';
    end if;
    return query
    select p.id, p.name, case when v_full then p.status when p.status = 'SUSPECTED_GONE' then 'UNRESPONSIVE' else p.status end,
           p.registered_name, p.credit_code, s.submitted, s.open, s.closed, s.resolved,
           -- Small and moving numbers are for those who work on the cases: a sum that grows tells the amount of the newest complaint.
           case when v_full then s.claimed end, case when v_full then s.received end, case when v_full then s.settled end,
           case when v_full then s.breached end, case when v_full then s.overdue end,
           c5.n, c5.minutes, c9.minutes, r5.n, r5.minutes, r9.minutes, v_full
    from core.platform p
    cross join lateral (
        select coalesce(sum(f.n) filter (where f.measure = 'submitted'), 0)::bigint as submitted,
               coalesce(sum(f.n) filter (where f.measure = 'open'), 0)::bigint as open,
               coalesce(sum(f.n) filter (where f.measure = 'closed'), 0)::bigint as closed,
               coalesce(sum(f.n) filter (where f.measure = 'resolved'), 0)::bigint as resolved,
               coalesce(sum(f.n) filter (where f.measure = 'claimed_fen'), 0)::bigint as claimed,
               coalesce(sum(f.n) filter (where f.measure = 'received_fen'), 0)::bigint as received,
               coalesce(sum(f.n) filter (where f.measure = 'settled'), 0)::bigint as settled,
               coalesce(sum(f.n) filter (where f.measure = 'breached'), 0)::bigint as breached,
               coalesce(sum(f.n) filter (where f.measure = 'overdue'), 0)::bigint as overdue
        from engine.tallies(p_platform => p_platform, p_part => 'total') f
    ) s
    cross join lateral engine.quantile(p_platform => p_platform, p_measure => 'closed', p_share => 0.5) c5
    cross join lateral engine.quantile(p_platform => p_platform, p_measure => 'closed', p_share => 0.9) c9
    cross join lateral engine.quantile(p_platform => p_platform, p_measure => 'filing_reply', p_share => 0.5) r5
    cross join lateral engine.quantile(p_platform => p_platform, p_measure => 'filing_reply', p_share => 0.9) r9
    where p.id = p_platform;
    if not found then
        raise exception using errcode = 'UD002', message = 'no such platform';
    end if;
end
$$;
comment on function report.platform(bytea, uuid) is
    'Status report of a platform: for everybody when it has the minimum numbers (p_session null), for signed-in people when their list has it. Amounts and rare events only for volunteers and coordinators, else null. Refuses: UD001, UD002.';

create function report.series(p_session bytea, p_platform uuid, p_weeks bigint)
returns table (week date, submitted bigint, closed bigint, suppressed boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_first date := date_trunc('week', engine.today()::timestamp)::date - (7 * (least(greatest(p_weeks, 1), 104) - 1))::integer;
    v_limit bigint := case when engine.sees_small(p_session => p_session) then 1 else engine.report_n(p_code => 'suppress_below') end;
begin
    if not engine.platform_shown(p_session => p_session, p_platform => p_platform) then
        raise exception using errcode = 'UD002', message = 'not shown';
    end if;
    return query
    select d.w::date,
           case when x.submitted between 1 and v_limit - 1 or x.closed between 1 and v_limit - 1 then null else x.submitted end,
           case when x.submitted between 1 and v_limit - 1 or x.closed between 1 and v_limit - 1 then null else x.closed end,
           x.submitted between 1 and v_limit - 1 or x.closed between 1 and v_limit - 1
    from generate_series(v_first::timestamp, engine.today()::timestamp, interval '7 days') d (w)
    left join (
        select f.week as w, coalesce(sum(f.n) filter (where f.measure = 'submitted'), 0)::bigint as submitted,
               coalesce(sum(f.n) filter (where f.measure = 'closed'), 0)::bigint as closed
        from engine.tallies(p_platform => p_platform, p_part => 'week', p_from => v_first) f group by f.week
    ) y on y.w = d.w::date
    cross join lateral (select coalesce(y.submitted, 0) as submitted, coalesce(y.closed, 0) as closed) x
    order by d.w;
end
$$;
comment on function report.series(bytea, uuid, bigint) is
    'Cases in and out per week (weeks begin on Monday), of one platform or all; small weeks are hidden for the public and for regulators. Refuses: UD001, UD002.';

create function report.split(p_session bytea, p_platform uuid, p_measure text)
returns table (code text, n bigint, suppressed boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_limit bigint := case when engine.sees_small(p_session => p_session) then 0 else engine.report_n(p_code => 'suppress_below') end;
begin
    if not engine.platform_shown(p_session => p_session, p_platform => p_platform) then
        raise exception using errcode = 'UD002', message = 'not shown';
    end if;
    if p_measure not in ('closed', 'filed', 'filing_outcome', 'problem', 'product', 'overdue') then
        raise exception using errcode = 'UD031', message = 'unknown measure', detail = 'measure';
    end if;
    return query
    with cells as (
        select f.code as c, sum(f.n)::bigint as v
        from engine.tallies(p_platform => p_platform,
                            p_part => case when p_measure in ('problem', 'product') then p_measure else 'dimension' end) f
        where f.measure = case when p_measure in ('problem', 'product') then 'submitted' else p_measure end
        group by 1 having sum(f.n) > 0
    ), listed as (
        select array_agg(k.c order by k.v desc, k.c) as codes, array_agg(k.v order by k.v desc, k.c) as vals from cells k
    )
    select u.c, case when u.m then null else u.v end, u.m
    from listed l, unnest(l.codes, l.vals, engine.suppress_marks(p_values => l.vals, p_limit => v_limit)) as u (c, v, m)
    order by u.v desc, u.c;
end
$$;
comment on function report.split(bytea, uuid, text) is
    'One measure by its codes: closed (reasons), filed (channels), filing_outcome, problem, product, overdue (clocks). Small cells are hidden for the public and for regulators, complementary ones too. Refuses: UD001, UD002, UD031.';

create function report.totals(p_session bytea)
returns table (submitted bigint, open bigint, closed bigint, resolved bigint, claimed_fen bigint, received_fen bigint, settled bigint,
               performed bigint, breached bigint, overdue bigint, reply_n bigint, reply_median bigint, close_n bigint, close_median bigint, close_p90 bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform engine.user_of_session(p_session => p_session);
    return query
    select s.submitted, s.open, s.closed, s.resolved, s.claimed, s.received, s.settled, s.performed, s.breached, s.overdue, r.n, r.minutes, c5.n,
           c5.minutes, c9.minutes
    from (
        select coalesce(sum(f.n) filter (where f.measure = 'submitted'), 0)::bigint as submitted,
               coalesce(sum(f.n) filter (where f.measure = 'open'), 0)::bigint as open,
               coalesce(sum(f.n) filter (where f.measure = 'closed'), 0)::bigint as closed,
               coalesce(sum(f.n) filter (where f.measure = 'resolved'), 0)::bigint as resolved,
               coalesce(sum(f.n) filter (where f.measure = 'claimed_fen'), 0)::bigint as claimed,
               coalesce(sum(f.n) filter (where f.measure = 'received_fen'), 0)::bigint as received,
               coalesce(sum(f.n) filter (where f.measure = 'settled'), 0)::bigint as settled,
               coalesce(sum(f.n) filter (where f.measure = 'performed'), 0)::bigint as performed,
               coalesce(sum(f.n) filter (where f.measure = 'breached'), 0)::bigint as breached,
               coalesce(sum(f.n) filter (where f.measure = 'overdue'), 0)::bigint as overdue
        from engine.tallies(p_platform => null, p_part => 'total') f
    ) s
    cross join lateral engine.quantile(p_platform => null, p_measure => 'first_reply', p_share => 0.5) r
    cross join lateral engine.quantile(p_platform => null, p_measure => 'closed', p_share => 0.5) c5
    cross join lateral engine.quantile(p_platform => null, p_measure => 'closed', p_share => 0.9) c9;
end
$$;
comment on function report.totals(bytea) is 'Figures over all platforms, for signed-in people. Refuses: UD001.';

reset role;
