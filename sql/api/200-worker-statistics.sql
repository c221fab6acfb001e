-- worker: folding deltas into rollups, building releases (DESIGN.md §12).
set role aiddesk_owner;

create function worker.fold(p_max bigint) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_n bigint;
begin
    -- One statement takes rows out and adds them in, so a row is counted once whatever dies in between.
    -- Materialized: a join that runs the limited query again for each row would take more than the limit.
    with picked as materialized (
        select x.id from stat.delta x order by x.id limit p_max for update skip locked
    ), taken as (
        delete from stat.delta d using picked p where d.id = p.id
        returning d.day, d.platform, d.product_type, d.problem_type, d.measure, d.dimension, d.n
    ), summed as (
        select t.day, t.platform, coalesce(t.product_type, '') as product_type, coalesce(t.problem_type, '') as problem_type, t.measure, t.dimension,
               sum(t.n) as n
        from taken t group by 1, 2, 3, 4, 5, 6
    ), folded as (
        insert into stat.daily as s (day, platform, product_type, problem_type, measure, dimension, n)
        select t.day, t.platform, t.product_type, t.problem_type, t.measure, t.dimension, t.n from summed t
        on conflict (day, platform, product_type, problem_type, measure, dimension) do update set n = s.n + excluded.n
    ), tallied as (
        insert into stat.tally as s (week, everywhere, platform, part, measure, code, n)
        select c.week, e.everywhere, case when not e.everywhere then t.platform end, c.part, t.measure, c.code, sum(t.n)
        from summed t
        cross join lateral engine.tally_cells(p_day => t.day, p_product => t.product_type, p_problem => t.problem_type, p_measure => t.measure,
                                              p_dimension => t.dimension) c
        cross join (values (true), (false)) e (everywhere)
        group by 1, 2, 3, 4, 5, 6
        on conflict (everywhere, part, platform, measure, week, code) do update set n = s.n + excluded.n
    )
    select count(*) into v_n from taken;

    with picked as materialized (
        select x.id from stat.duration_delta x order by x.id limit p_max for update skip locked
    ), taken as (
        delete from stat.duration_delta d using picked p where d.id = p.id
        returning d.day, d.platform, d.measure, d.minutes, d.n
    ), tallied as (
        insert into stat.tally as s (week, everywhere, platform, part, measure, code, n)
        select date '-infinity', e.everywhere, case when not e.everywhere then t.platform end, 'duration', t.measure,
               engine.duration_bucket(p_minutes => t.minutes)::text, sum(t.n)
        from taken t, (values (true), (false)) e (everywhere)
        group by 2, 3, 5, 6
        on conflict (everywhere, part, platform, measure, week, code) do update set n = s.n + excluded.n
    )
    insert into stat.histogram as h (day, platform, measure, bucket, n)
    select t.day, t.platform, t.measure, engine.duration_bucket(p_minutes => t.minutes), sum(t.n)
    from taken t group by 1, 2, 3, 4
    on conflict (day, platform, measure, bucket) do update set n = h.n + excluded.n;
    return v_n;
end
$$;
comment on function worker.fold(bigint) is 'Folds at most p_max deltas (and durations) into the daily rollups, the histograms and the sums of pages. Returns how many deltas.';

create function worker.export_take() returns table (id uuid, release text, from_day date, to_day date, recipient text, legal_basis text, asked_at timestamptz)
language sql security definer
set search_path = pg_catalog, pg_temp
as $$
    select x.id, x.release, x.from_day, x.to_day, x.recipient, x.legal_basis, x.asked_at
    from core.export x where x.state = 'queued' order by x.asked_at, x.id limit 1 for update skip locked
$$;
comment on function worker.export_take() is 'The oldest release that waits to be built, or no row.';

create function worker.export_rows(p_from date, p_to date)
returns table (table_code text, sort bigint, code text, label_zh text, label_en text, measure text, n bigint, suppressed boolean)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select r.table_code, r.sort, r.code, r.label_zh, r.label_en, r.measure, r.n, r.suppressed
    from engine.release_rows(p_from => p_from, p_to => p_to) r
$$;
comment on function worker.export_rows(date, date) is
    'Every cell of the release tables in order, already suppressed: n is null where suppressed. One call = one snapshot = one data cut-off.';

create function worker.export_store(p_export uuid, p_cut_off timestamptz, p_rule_versions jsonb, p_row_count bigint, p_suppressed bigint,
                                    p_names text[], p_types text[], p_contents bytea[], p_sha256s bytea[], p_signatures bytea[]) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update core.export x
    set state = 'done', cut_off = p_cut_off, rule_versions = p_rule_versions, row_count = p_row_count, suppressed = p_suppressed,
        built_at = core.now()
    where x.id = p_export and x.state = 'queued';
    if not found then
        raise exception using errcode = 'UD025', message = 'built already';
    end if;
    insert into core.export_file (export_id, name, media_type, content, sha256, signature)
    select p_export, f.name, f.media_type, f.content, f.sha256, f.signature
    from unnest(p_names, p_types, p_contents, p_sha256s, p_signatures) as f (name, media_type, content, sha256, signature);
    -- What was signed must be what is stored.
    if exists (select from core.export_file f where f.export_id = p_export and sha256(f.content) <> f.sha256) then
        raise exception using errcode = 'UD030', message = 'digest does not match', detail = 'content:error.damaged';
    end if;
    perform engine.event_add(p_case => null, p_object_kind => 'export', p_object => p_export, p_type => 'export_built', p_actor_kind => 'worker',
                             p_after => jsonb_build_object('rows', p_row_count, 'suppressed', p_suppressed));
end
$$;
comment on function worker.export_store(uuid, timestamptz, jsonb, bigint, bigint, text[], text[], bytea[], bytea[], bytea[]) is
    'Stores a built release with its signed files; from here on it never changes. Refuses: UD025, UD030.';

create function worker.export_failed(p_export uuid, p_failure text) returns void
language sql security definer
set search_path = pg_catalog, pg_temp
as $$ update core.export x set state = 'failed', failure = p_failure where x.id = p_export and x.state = 'queued' $$;
comment on function worker.export_failed(uuid, text) is 'A release that could not be built, with an error name of ours.';

reset role;
