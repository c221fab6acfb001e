-- Rules on evidence and demands as far as plain columns tell: V-EV-01 to 03 and 07, V-DEM-01 and 03 (DOMAIN.md §2.4.3, §6).
set role aiddesk_owner;

create function engine.field_findings(p_case uuid) returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    -- Sealed fields cannot be read here: C lists the names of those that are filled in fields.sealed.
    select coalesce(jsonb_agg(jsonb_build_object('code', 'field_missing', 'evidence', e.id, 'kind', e.kind, 'field', r.field)
                              order by e.created_at, e.id, r.sort), '[]')
    from core.evidence e join ref.evidence_field r on r.kind = e.kind
    where e.case_id = p_case and e.removed_at is null and e.missing_reason is null
      and case when r.sealed then not coalesce(e.fields -> 'sealed', '[]') ? r.field or e.fields_sealed is null
               else coalesce(e.fields ->> r.field, '') = '' end
$$;
comment on function engine.field_findings(uuid) is 'V-EV-01: required fields that are empty on an item without a reason for it.';

create function engine.chain_findings(p_case uuid, p_channel text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        with demand as (
            select d.kind, d.basis from core.demand d where d.case_id = p_case and d.removed_at is null
        ), need (code, nodes) as (
            values ('ORDER', array['ORDER']), ('PAYMENT', array['PAYMENT']), ('GOODS_OR_PROBLEM', array['GOODS', 'PROBLEM']),
                   ('COMMUNICATION', array['COMMUNICATION'])
            union all
            select 'RULE', array['RULE']
            where exists (select from demand d where d.kind in ('LIQUIDATED', 'MARKETPLACE_3X'))
            union all
            select 'LOSS', array['LOSS'] where exists (select from demand d where d.kind = 'DAMAGES')
            union all
            select 'ENTITY', array['ENTITY']
            where exists (select from ref.channel r
                          where r.channel = p_channel and 'ENTITY_IDENTIFIED' = any (r.prerequisites) and engine.today() >= r.valid_from
                            and (r.valid_to is null or engine.today() <= r.valid_to))
        )
        select coalesce(jsonb_agg(jsonb_build_object('code', 'node_missing', 'node', n.code)), '[]')
        from need n
        where not exists (select from core.evidence e where e.case_id = p_case and e.removed_at is null and e.node = any (n.nodes)));
end
$$;
comment on function engine.chain_findings(uuid, text) is
    'V-EV-02: chain nodes without an item: order, payment, goods or problem, communication; rule, loss and entity where a demand or the channel needs them.';

create function engine.agree_findings(p_case core.case_file) returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with tolerance as (
        select coalesce((r.parameters ->> 'amount_tolerance_fen')::bigint, 0) as fen,
               make_interval(mins => coalesce((r.parameters ->> 'order_before_payment_minutes')::int, 0)) as before,
               make_interval(mins => coalesce((r.parameters ->> 'payment_after_order_minutes')::int, 1440)) as after
        from ref.validation_rule r
        where r.code = 'V-EV-03' and engine.today() >= r.valid_from and (r.valid_to is null or engine.today() <= r.valid_to)
    ), item as (
        select e.kind, engine.to_fen(p_value => e.fields -> 'amount') as fen,
               engine.to_time(p_text => e.fields ->> case e.kind when 'ORDER' then 'ordered_at' else 'paid_at' end) as at
        from core.evidence e
        where e.case_id = p_case.id and e.removed_at is null and e.kind in ('ORDER', 'PAYMENT')
    ), sums as (
        select sum(i.fen) filter (where i.kind = 'ORDER') as ordered, sum(i.fen) filter (where i.kind = 'PAYMENT') as paid,
               min(i.at) filter (where i.kind = 'ORDER') as ordered_at, min(i.at) filter (where i.kind = 'PAYMENT') as paid_at
        from item i
    )
    select coalesce(jsonb_agg(f.finding), '[]')
    from sums s, tolerance t, lateral (
        select jsonb_build_object('code', 'order_and_payment_differ', 'order_fen', s.ordered, 'payment_fen', s.paid) as finding
        where abs(s.ordered - s.paid) > t.fen
        union all
        select jsonb_build_object('code', 'payment_and_case_differ', 'payment_fen', s.paid, 'case_fen', p_case.amount_fen)
        where abs(s.paid - p_case.amount_fen) > t.fen
        union all
        select jsonb_build_object('code', 'paid_before_order', 'ordered_at', s.ordered_at, 'paid_at', s.paid_at)
        where s.paid_at < s.ordered_at - t.before
        union all
        select jsonb_build_object('code', 'paid_long_after_order', 'ordered_at', s.ordered_at, 'paid_at', s.paid_at)
        where s.paid_at > s.ordered_at + t.after
    ) f
$$;
comment on function engine.agree_findings(core.case_file) is
    'V-EV-03: amounts and times of order, payment and case that disagree beyond the tolerance of the rule.';

create function engine.same_file_findings(p_case uuid) returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(jsonb_build_object('code', case when o.here then 'same_in_case' else 'same_elsewhere' end,
                                                 'file_no', o.file_no) order by o.file_no), '[]')
    from (
        select distinct f.file_no, g.case_id = f.case_id as here
        from core.file f join core.file g on g.same_hash = f.same_hash and g.id <> f.id and g.state = 'stored' and g.source <> 'service'
        join core.case_file c on c.id = g.case_id and c.status not in ('DRAFT', 'ERASED')
        where f.case_id = p_case and f.state = 'stored' and f.source <> 'service'
    ) o
$$;
comment on function engine.same_file_findings(uuid) is
    'V-EV-07: files whose keyed hash is there twice, in this case or in another; of the other case nothing is said.';

create function engine.demand_findings(p_case uuid) returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select case
        when exists (select from core.demand d
                     where d.case_id = p_case and d.removed_at is null and d.by_day is not null
                       and (d.amount_fen is not null or d.quantity is not null)) then '[]'::jsonb
        when exists (select from core.demand d where d.case_id = p_case and d.removed_at is null)
            then '[{"code": "amount_or_date_missing"}]'
        else '[{"code": "no_demand"}]' end
$$;
comment on function engine.demand_findings(uuid) is 'V-DEM-01: at least one demand with an amount or quantity and a date.';

create function engine.refund_findings(p_case core.case_file) returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select case when sum(d.amount_fen) > p_case.amount_fen
        then jsonb_build_array(jsonb_build_object('code', 'refund_above_paid', 'refund_fen', sum(d.amount_fen), 'paid_fen', p_case.amount_fen))
        else '[]' end
    from core.demand d
    where d.case_id = p_case.id and d.removed_at is null and d.kind = 'REFUND' and d.alternative_to is null
$$;
comment on function engine.refund_findings(core.case_file) is 'V-DEM-03: the refunds demanded together are more than was paid.';

create function engine.checks_evidence(p_case core.case_file, p_channel text)
returns table (rule text, gate text, level text, passed boolean, detail jsonb)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select f.rule, 'READY', null::text, f.detail = '[]', f.detail
    from (values
        ('V-EV-01', engine.field_findings(p_case => p_case.id)),
        ('V-EV-02', engine.chain_findings(p_case => p_case.id, p_channel => p_channel)),
        ('V-EV-03', engine.agree_findings(p_case => p_case)),
        ('V-EV-07', engine.same_file_findings(p_case => p_case.id)),
        ('V-DEM-01', engine.demand_findings(p_case => p_case.id)),
        ('V-DEM-03', engine.refund_findings(p_case => p_case))
    ) f (rule, detail)
$$;
comment on function engine.checks_evidence(core.case_file, text) is 'Findings of V-EV-01 to 03 and 07, V-DEM-01 and 03.';

reset role;
