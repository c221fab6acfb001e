-- Rules on who complains, about what, and since when: V-INT-01 to 04, V-DEL-01, V-RESP-01, V-TIME-01.
set role aiddesk_owner;

create function engine.duplicates(p_case uuid)
returns table (case_id uuid, case_no text, status text, kinds text[], same_platform boolean)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select o.id, o.case_no, o.status, array_agg(distinct x.kind order by x.kind), o.platform is not distinct from c.platform
    from core.case_file c
    join core.number_lookup n on n.case_id = c.id and n.kind in ('order', 'payment', 'contact')
    join core.number_lookup x on x.kind = n.kind and x.hash = n.hash and x.case_id <> c.id
    join core.case_file o on o.id = x.case_id and o.status not in ('DRAFT', 'ERASED')
    where c.id = p_case
    group by o.id, o.case_no, o.status, o.platform, c.platform
    -- The same person complaining about another platform is not a duplicate.
    having bool_or(x.kind in ('order', 'payment')) or o.platform is not distinct from c.platform
    order by o.case_no
$$;
comment on function engine.duplicates(uuid) is
    'Other cases with the same order or payment number, or the same contact and platform, found by keyed hash (V-INT-04). For staff only.';

create function engine.minor_findings(p_case core.case_file) returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(jsonb_build_object('code', f.code)), '[]')
    from (
        select 'minor_alone' as code
        from core.complaint m
        where m.case_id = p_case.id
          and (m.who = 'minor' or (p_case.filer_role = 'SELF' and p_case.age_band in ('U8', '8_13', '14_15', '16_17')))
        union all
        select 'age_band_missing' where p_case.filer_role = 'GUARDIAN' and p_case.age_band is null
        union all
        select 'guardian_consent_missing'
        where p_case.age_band in ('U8', '8_13')
          and not exists (select from core.consent n
                          where n.case_id = p_case.id and n.kind = 'GUARDIAN_UNDER_14' and n.granted and n.withdrawn_at is null)
    ) f
$$;
comment on function engine.minor_findings(core.case_file) is
    'V-INT-02: under 18 the guardian sends the complaint; under 14 the guardian''s own consent is needed (DOMAIN.md §3.11).';

create function engine.delay_verdict(p_case core.case_file) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_promised timestamptz := coalesce(engine.to_time(p_text => p_case.delay ->> 'promised_at'), (
        select min(engine.to_time(p_text => e.fields ->> 'promised_time'))
        from core.evidence e where e.case_id = p_case.id and e.kind = 'DELAY_PROOF' and e.removed_at is null));
    v_paid timestamptz := coalesce((
        select min(engine.to_time(p_text => e.fields ->> 'paid_at'))
        from core.evidence e where e.case_id = p_case.id and e.kind = 'PAYMENT' and e.removed_at is null),
        -- Only the day is known: what was due within minutes is late once the day is over.
        (p_case.paid_on + 1)::timestamp at time zone 'Asia/Shanghai');
    v_rule ref.heuristic := (
        select h from ref.heuristic h
        where h.code like 'DELAY\_%' and h.product_type = p_case.product_type and engine.today() >= h.valid_from
          and (h.valid_to is null or engine.today() <= h.valid_to)
        order by h.valid_from desc limit 1);
    v_due timestamptz;
begin
    if v_promised is not null then
        return jsonb_build_object('code', 'promise', 'due_at', v_promised, 'late', core.now() > v_promised);
    end if;
    if v_rule.code is null or v_paid is null then
        return jsonb_build_object('code', 'unknown');
    end if;
    v_due := (select d.due_at from engine.due(p_start => v_paid, p_n => v_rule.n, p_unit => v_rule.unit) d);
    return jsonb_build_object('code', 'reference', 'due_at', v_due, 'late', core.now() > v_due, 'n', v_rule.n, 'unit', v_rule.unit,
                              'source', v_rule.source);
end
$$;
comment on function engine.delay_verdict(core.case_file) is
    'V-DEL-01: late against the promised time, else against a reference value for the product (shown as 参考), else unknown.';

create function engine.time_findings(p_case core.case_file) returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(f.finding order by f.finding ->> 'due_on'), '[]')
    from (
        select jsonb_build_object('code', case when k.due_at <= core.now() then 'passed' else 'near' end, 'kind', k.kind,
                                  'due_on', engine.due_day(p_due => k.due_at, p_unit => k.rule ->> 'unit'),
                                  'days_left', engine.due_day(p_due => k.due_at, p_unit => k.rule ->> 'unit') - engine.today()) as finding
        from core.clock k
        where k.case_id = p_case.id and k.kind in ('LIMITATION', 'RESCISSION') and k.stopped_at is null and k.due_at is not null
          and engine.due_day(p_due => k.due_at, p_unit => k.rule ->> 'unit') - engine.today()
              <= (select max(d.value::bigint) from jsonb_array_elements_text(coalesce(k.rule -> 'warn_days', '[180]')) d)
        union all
        select jsonb_build_object('code', 'start_unknown') where p_case.knew_on is null
    ) f
$$;
comment on function engine.time_findings(core.case_file) is
    'V-TIME-01: limitation or rescission is near (180 days and less) or over, or its start is not known. A defence of the other side, so a warning only.';

create function engine.checks_intake(p_case core.case_file)
returns table (rule text, gate text, level text, passed boolean, detail jsonb)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select f.rule, f.gate, null::text, f.detail = '[]', f.detail
    from (values
        ('V-INT-01', 'INFO', case when p_case.purchase_purpose in ('RESALE', 'AGENT', 'MIXED')
            then jsonb_build_array(jsonb_build_object('code', p_case.purchase_purpose)) else '[]' end),
        ('V-INT-02', 'SUBMIT_CASE', engine.minor_findings(p_case => p_case)),
        ('V-INT-03', 'INFO', case when 'ILLICIT_GOODS' = any (p_case.special_flags) or p_case.screening ->> 'result' = 'illicit'
            then '[{"code": "illicit"}]' when p_case.screening ->> 'result' is null then '[{"code": "not_screened"}]' else '[]' end::jsonb),
        ('V-INT-04', 'INFO', (
            select coalesce(jsonb_agg(jsonb_build_object('code', 'duplicate', 'case_no', d.case_no, 'kinds', d.kinds)), '[]')
            from engine.duplicates(p_case => p_case.id) d
            where p_case.primary_case is distinct from d.case_id)),
        ('V-RESP-01', 'READY', (
            select coalesce(jsonb_agg(jsonb_build_object('code', e.element)), '[]')
            from unnest(array['paid', 'not_performed', 'causation', 'user_error_excluded']) e (element)
            where p_case.elements ->> e.element is distinct from 'true')),
        ('V-TIME-01', 'INFO', engine.time_findings(p_case => p_case))
    ) f (rule, gate, detail)
    union all
    select 'V-DEL-01', 'INFO', null, true, jsonb_build_array(engine.delay_verdict(p_case => p_case))
$$;
comment on function engine.checks_intake(core.case_file) is 'Findings of V-INT-01 to 04, V-DEL-01, V-RESP-01 and V-TIME-01.';

reset role;
