-- Figures for reports and releases: rollups plus the unfolded tail, buckets of durations, and disclosure control in one place, before any
-- format (DESIGN.md §12, DOMAIN.md §7).
set role aiddesk_owner;

create function engine.report_n(p_code text) returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select r.n from ref.report_rule r
    where r.code = p_code and engine.today() >= r.valid_from and (r.valid_to is null or engine.today() <= r.valid_to)
    order by r.valid_from desc limit 1
$$;
comment on function engine.report_n(text) is 'A number of reports in force today: suppress_below, public_min_closed, public_min_cases.';

create function engine.duration_bucket(p_minutes bigint) returns bigint
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select floor(8 * ln(greatest(p_minutes, 0) + 1) / ln(2))::bigint $$;
comment on function engine.duration_bucket(bigint) is 'Bucket of a duration: eight per doubling, so a median read back is at most 9 % off.';

create function engine.bucket_minutes(p_bucket bigint) returns bigint
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select round(2 ^ ((p_bucket + 0.5) / 8.0) - 1)::bigint $$;
comment on function engine.bucket_minutes(bigint) is 'Middle of a bucket in minutes.';

create function engine.figures(p_from date, p_to date)
returns table (day date, platform uuid, product_type text, problem_type text, measure text, dimension text, n bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select s.day, s.platform, s.product_type, s.problem_type, s.measure, s.dimension, s.n
    from stat.daily s
    where s.day between p_from and p_to
    union all
    select d.day, d.platform, coalesce(d.product_type, ''), coalesce(d.problem_type, ''), d.measure, d.dimension, d.n
    from stat.delta d
    where d.day between p_from and p_to
$$;
comment on function engine.figures(date, date) is 'Rollups plus the unfolded tail of a period: always current.';

create function engine.tally_cells(p_day date, p_product text, p_problem text, p_measure text, p_dimension text)
returns table (part text, week date, code text)
language sql immutable rows 2
set search_path = pg_catalog, pg_temp
as $$
    select x.part, x.week, x.code
    from (values ('total', date '-infinity', ''),
                 ('week', date_trunc('week', p_day::timestamp)::date, ''),
                 ('dimension', date '-infinity', p_dimension),
                 ('product', date '-infinity', coalesce(p_product, '')),
                 ('problem', date '-infinity', coalesce(p_problem, ''))) x (part, week, code)
    where x.part = 'total'
       or x.part = 'week' and p_measure in ('submitted', 'closed')
       or x.part = 'dimension' and p_measure in ('closed', 'filed', 'filing_outcome', 'overdue')
       or x.part in ('product', 'problem') and p_measure = 'submitted'
$$;
comment on function engine.tally_cells(date, text, text, text, text) is
    'The sums of stat.tally that a change of stat.delta goes into: what the pages show and nothing more.';

create function engine.tallies(p_platform uuid, p_part text, p_from date default '-infinity')
returns table (week date, measure text, code text, n bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
begin
    return query
    select t.week, t.measure, t.code, t.n from stat.tally t
    where t.everywhere = (p_platform is null) and t.part = p_part and (p_platform is null or t.platform = p_platform) and t.week >= p_from
    union all
    select c.week, d.measure, c.code, d.n
    from (select x.day, x.product_type, x.problem_type, x.measure, x.dimension, sum(x.n)::bigint as n
          from stat.delta x where p_platform is null or x.platform = p_platform group by 1, 2, 3, 4, 5) d
    cross join lateral engine.tally_cells(p_day => d.day, p_product => d.product_type, p_problem => d.problem_type, p_measure => d.measure,
                                          p_dimension => d.dimension) c
    where c.part = p_part and c.week >= p_from;
end
$$;
comment on function engine.tallies(uuid, text, date) is
    'Sums of one platform, or everywhere (null), with the unfolded tail: always current. Their number does not grow with cases, so neither does the time of a page. Part week: from the week that begins on p_from.';

create function engine.platform_totals(p_platform uuid default null)
returns table (platform uuid, submitted bigint, open bigint, closed bigint, resolved bigint, claimed bigint, received bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
begin
    return query
    select x.platform, coalesce(sum(x.n) filter (where x.measure = 'submitted'), 0)::bigint,
           coalesce(sum(x.n) filter (where x.measure = 'open'), 0)::bigint, coalesce(sum(x.n) filter (where x.measure = 'closed'), 0)::bigint,
           coalesce(sum(x.n) filter (where x.measure = 'resolved'), 0)::bigint,
           coalesce(sum(x.n) filter (where x.measure = 'claimed_fen'), 0)::bigint,
           coalesce(sum(x.n) filter (where x.measure = 'received_fen'), 0)::bigint
    from (select t.platform, t.measure, t.n from stat.tally t
          where not t.everywhere and t.part = 'total' and (p_platform is null or t.platform = p_platform)
          union all
          select d.platform, d.measure, d.n from stat.delta d where p_platform is null or d.platform = p_platform) x
    where x.platform is not null
    group by x.platform;
end
$$;
comment on function engine.platform_totals(uuid) is 'The sums by which platforms are listed, of each platform or of one; always current.';

create function engine.quantile(p_platform uuid, p_measure text, p_share numeric)
returns table (n bigint, minutes bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
begin
    return query
    with buckets as (
        select b.bucket, sum(b.n) as n
        from (
            select t.code::bigint as bucket, t.n from stat.tally t
            where t.everywhere = (p_platform is null) and t.part = 'duration' and (p_platform is null or t.platform = p_platform)
              and t.measure = p_measure
            union all
            select engine.duration_bucket(p_minutes => d.minutes), d.n from stat.duration_delta d
            where d.measure = p_measure and (p_platform is null or d.platform = p_platform)
        ) b
        group by b.bucket having sum(b.n) > 0
    ), running as (
        select x.bucket, sum(x.n) over (order by x.bucket) as up_to, sum(x.n) over () as total from buckets x
    )
    select max(r.total)::bigint, engine.bucket_minutes(p_bucket => min(r.bucket) filter (where r.up_to >= r.total * p_share)) from running r;
end
$$;
comment on function engine.quantile(uuid, text, numeric) is
    'Quantile (0.5 median, 0.9) of a duration from the mergeable histogram of a platform, or of all (null), with the number of durations; nulls when there are none.';

create function engine.suppress_marks(p_values bigint[], p_limit bigint) returns boolean[]
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_marks boolean[];
    v_hidden bigint;
    v_sum numeric;
    v_next bigint;
begin
    -- Primary: small counts that are not zero.
    v_marks := array(select v > 0 and v < p_limit from unnest(p_values) with ordinality u (v, i) order by i);
    -- Complementary: what the published total gives away about the hidden cells must not name a small one.  The hidden cells together must
    -- be at least two and at least the limit; zeros are hidden last, because a hidden zero hides nothing.
    loop
        select count(*) filter (where m), coalesce(sum(v) filter (where m), 0) into v_hidden, v_sum
        from unnest(p_values, v_marks) as u (v, m);
        exit when v_hidden = 0 or (v_hidden >= 2 and v_sum >= p_limit);
        select u.i into v_next
        from unnest(p_values, v_marks) with ordinality as u (v, m, i)
        where not u.m order by (u.v = 0), u.v, u.i limit 1;
        exit when v_next is null;
        v_marks[v_next] := true;
    end loop;
    return v_marks;
end
$$;
comment on function engine.suppress_marks(bigint[], bigint) is
    'Which cells of a one-dimensional table with a published total are hidden: counts 1 .. limit-1, then the next smallest until the hidden ones are at least two and sum to at least the limit (complementary suppression).';

create function engine.release_rows(p_from date, p_to date)
returns table (table_code text, sort bigint, code text, label_zh text, label_en text, measure text, n bigint, suppressed boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_limit bigint := engine.report_n(p_code => 'suppress_below');
    v_minimum bigint := engine.report_n(p_code => 'public_min_cases');
begin
    return query
    with f as (
        select x.* from engine.figures(p_from => p_from, p_to => p_to) x
    ), cells as (
        select 'problem'::text as t, e.sort as s, e.code as c, e.label_zh as zh, e.label_en as en, m.measure as m,
               coalesce(sum(f.n), 0)::bigint as v
        from ref.enumeration e cross join (values ('submitted'), ('closed'), ('resolved')) m (measure)
        left join f on f.problem_type = e.code and f.measure = m.measure
        where e.enumeration = 'problem_type' group by 1, 2, 3, 4, 5, 6
        union all
        select 'product', e.sort, e.code, e.label_zh, e.label_en, m.measure, coalesce(sum(f.n), 0)::bigint
        from ref.enumeration e cross join (values ('submitted'), ('closed'), ('resolved')) m (measure)
        left join f on f.product_type = e.code and f.measure = m.measure
        where e.enumeration = 'product_type' group by 1, 2, 3, 4, 5, 6
        union all
        select 'channel', e.sort, e.code, e.label_zh, e.label_en, 'filed', coalesce(sum(f.n), 0)::bigint
        from ref.enumeration e left join f on f.measure = 'filed' and f.dimension = e.code
        where e.enumeration = 'channel' group by 1, 2, 3, 4, 5, 6
        union all
        select 'outcome', e.sort, e.code, e.label_zh, e.label_en, 'closed', coalesce(sum(f.n), 0)::bigint
        from ref.enumeration e left join f on f.measure = 'closed' and f.dimension = e.code
        where e.enumeration = 'closure_reason' group by 1, 2, 3, 4, 5, 6
        union all
        select 'month', extract(year from d.month)::bigint * 100 + extract(month from d.month)::bigint, to_char(d.month, 'YYYY-MM'),
               to_char(d.month, 'YYYY-MM'), to_char(d.month, 'YYYY-MM'), m.measure, coalesce(sum(f.n), 0)::bigint
        from generate_series(date_trunc('month', p_from::timestamp), p_to::timestamp, interval '1 month') d (month)
        cross join (values ('submitted'), ('closed'), ('resolved')) m (measure)
        left join f on date_trunc('month', f.day::timestamp) = d.month and f.measure = m.measure
        group by 1, 2, 3, 4, 5, 6
        union all
        -- Platforms with few cases are one row together, so that a release never names them.
        select 'platform', 0, coalesce(p.id::text, 'OTHER'), coalesce(p.name, '其他平台'), coalesce(p.name, 'other platforms'), m.measure,
               coalesce(sum(f.n) filter (where f.measure = m.measure), 0)::bigint
        from f
        left join lateral (
            select q.id, q.name from core.platform q
            where q.id = f.platform and (select coalesce(sum(g.n), 0) from f g where g.platform = q.id and g.measure = 'submitted') >= v_minimum
        ) p on true
        cross join (values ('submitted'), ('closed'), ('resolved')) m (measure)
        group by 1, 2, 3, 4, 5, 6
    ), grouped as (
        select k.t, k.m, array_agg(k.c order by k.s, k.c) as codes, array_agg(k.v order by k.s, k.c) as vals, sum(k.v)::bigint as total
        from cells k group by k.t, k.m
    ), marked as (
        select g.t, g.m, u.c, u.mark
        from grouped g, unnest(g.codes, engine.suppress_marks(p_values => g.vals, p_limit => v_limit)) as u (c, mark)
    )
    select k.t, k.s, k.c, k.zh, k.en, k.m, case when m.mark then null else k.v end, m.mark
    from cells k join marked m on m.t = k.t and m.m = k.m and m.c = k.c
    union all
    -- A total below the limit is hidden with its whole table.
    select g.t, 1000000, 'TOTAL', '合计', 'total', g.m, case when g.total > 0 and g.total < v_limit then null else g.total end,
           g.total > 0 and g.total < v_limit
    from grouped g
    order by 1, 2, 3, 6;
end
$$;
comment on function engine.release_rows(date, date) is
    'The one-dimensional tables of a release (problem, product, channel, outcome, month, platform), suppressed once, before any output format.';

reset role;
