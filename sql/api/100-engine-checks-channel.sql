-- Before a filing: prerequisites, window, collision, consent; before a withdrawal: V-WD-01 to 04 (DOMAIN.md §4.5, §5.4, §6).
set role aiddesk_owner;

create function engine.channel_row(p_channel text) returns ref.channel
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_today date := engine.today(); -- once, not for every row
begin
    return (
        select r from ref.channel r
        where r.channel = p_channel and v_today >= r.valid_from and (r.valid_to is null or v_today <= r.valid_to)
        order by r.valid_from desc limit 1);
end
$$;
comment on function engine.channel_row(text) is 'The configuration of a channel in force today; null when there is none.';

create function engine.channel_layer(p_channel text) returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (engine.channel_row(p_channel => p_channel)).layer;
end
$$;
comment on function engine.channel_layer(text) is 'Layer of a channel: L1 to L4, NONE.';

-- Collisions --------------------------------------------------------------------------------------------------------------------

create function engine.verdict_weight(p_verdict text) returns bigint
language plpgsql immutable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select coalesce(array_position(
            array['OK', 'NOT_APPLICABLE', 'OK_TELL', 'CAUTION', 'CASE_DEPENDENT', 'MAY_BE_STAYED', 'AVOID', 'LIKELY_REFUSED', 'DUPLICATE',
                  'REFUSED'], p_verdict), 0));
end
$$;
comment on function engine.verdict_weight(text) is 'How heavy a collision verdict is, for choosing the worst.';

create function engine.collision_of(p_already text, p_channel text) returns ref.channel_collision
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_today date := engine.today(); -- once, not for every row
begin
    -- A row for the channel itself is finer than one for its class and comes first.
    return (
        select r from ref.channel_collision r
        where (r.already_at = p_already or exists (select from ref.collision_class k where k.class = r.already_at and k.channel = p_already))
          and (r.filing_at = p_channel or exists (select from ref.collision_class k where k.class = r.filing_at and k.channel = p_channel))
          and v_today >= r.valid_from and (r.valid_to is null or v_today <= r.valid_to)
        order by (r.already_at = p_already)::int + (r.filing_at = p_channel)::int desc,
                 engine.verdict_weight(p_verdict => r.verdict) desc, r.valid_from desc
        limit 1);
end
$$;
comment on function engine.collision_of(text, text) is 'The row of the collision matrix for a dispute that is at one channel and would go to another.';

create function engine.collision_verdict(p_status text, p_there ref.channel, p_base text) returns text
language plpgsql immutable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select case
            -- Whether a withdrawn complaint counts as handled is open (DOMAIN.md §0.3, fact 3): filing again is a risk.
            when p_status = 'WITHDRAWN' then case
                when engine.verdict_weight(p_verdict => p_base) < engine.verdict_weight(p_verdict => 'LIKELY_REFUSED') then p_base
                when p_there.refile_after_withdrawal = 'ALLOWED' then 'OK'
                when p_there.refile_after_withdrawal = 'BLOCKED' then 'REFUSED'
                else 'LIKELY_REFUSED' end
            -- A private channel that has ended its procedure may be tried again in a new round; it is ineffective more often than not.
            when engine.filing_final(p_status => p_status) and not p_there.official and p_base = 'DUPLICATE' then 'CAUTION'
            else p_base end);
end
$$;
comment on function engine.collision_verdict(text, ref.channel, text) is
    'The verdict of the matrix, softened where the other filing was withdrawn or a private channel has ended.';

create function engine.filing_collisions(p_case uuid, p_channel text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
                   'filing_id', f.id, 'already_at', f.channel, 'status', f.status, 'basis', r.basis, 'confidence', r.confidence,
                   'note_zh', nullif(r.note_zh, ''), 'note_en', nullif(r.note_en, ''),
                   'verdict', engine.collision_verdict(p_status => f.status, p_there => engine.channel_row(p_channel => f.channel),
                       p_base => coalesce(r.verdict, case when f.channel = p_channel then 'DUPLICATE' else 'OK' end)))
                   order by f.submitted_at, f.id), '[]')
        from core.filing f
        left join lateral engine.collision_of(p_already => f.channel, p_channel => p_channel) r on true
        -- Refused or lapsed is neither accepted nor handled.
        where f.case_id = p_case and f.submitted_at is not null and f.status not in ('NOT_ACCEPTED', 'LAPSED', 'CANCELLED', 'READY', 'DRAFTED'));
end
$$;
comment on function engine.filing_collisions(uuid, text) is
    'What filing with a channel means beside every filing of the case that is under way or was handled (DOMAIN.md §5.4).';

create function engine.collision_worst(p_collisions jsonb) returns text
language plpgsql immutable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select coalesce((
            select c.value ->> 'verdict' from jsonb_array_elements(p_collisions) c
            order by engine.verdict_weight(p_verdict => c.value ->> 'verdict') desc limit 1), 'OK'));
end
$$;
comment on function engine.collision_worst(jsonb) is 'The heaviest verdict of a list of collisions; OK when there is none.';

-- Windows and prerequisites -----------------------------------------------------------------------------------------------------

create function engine.channel_window(p_case core.case_file, p_channel text, out last_day date, out provisional boolean, out passed boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_row record;
begin
    -- passed: null = no window, or its length or start is not known.
    for v_row in
        select d.due_at, d.provisional, engine.due_day(p_due => d.due_at, p_unit => r.unit) as day
        from ref.channel_clock r,
             lateral engine.due(p_n => r.n, p_unit => r.unit, p_start => case r.starts_on
                 when 'KNEW_AT' then p_case.knew_on::timestamp at time zone 'Asia/Shanghai'
                 when 'PAID_AT' then p_case.paid_on::timestamp at time zone 'Asia/Shanghai' end) d
        where r.channel = p_channel and r.clock_key in ('LIMITATION', 'FILING_WINDOW') and r.n is not null
          and engine.today() >= r.valid_from and (r.valid_to is null or engine.today() <= r.valid_to) and d.due_at is not null
        order by d.due_at
        limit 1
    loop
        last_day := v_row.day;
        provisional := v_row.provisional;
        passed := v_row.due_at <= core.now();
    end loop;
end
$$;
comment on function engine.channel_window(core.case_file, text) is
    'Last day on which a channel takes the case, as far as lengths and starts are known.';

create function engine.prerequisite_met(p_case core.case_file, p_channel ref.channel, p_code text) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return case p_code
        when 'HAS_ORDER' then engine.evidence_exists(p_case => p_case.id, p_kinds => array['ORDER'])
            or exists (select from core.number_lookup n where n.case_id = p_case.id and n.kind = 'order')
        when 'PAID_THROUGH_CHANNEL' then p_case.pay_method = any (p_channel.pay_methods)
        when 'PLATFORM_FAILED' then exists (
            select from core.filing f
            where f.case_id = p_case.id and f.submitted_at is not null and engine.channel_layer(p_channel => f.channel) = 'L1')
        when 'EARLIER_TICKET' then engine.evidence_exists(p_case => p_case.id, p_kinds => array['COMPLAINT_HISTORY'])
            or exists (select from core.filing f where f.case_id = p_case.id and f.submitted_at is not null and f.has_filing_no)
        when 'ENTITY_IDENTIFIED' then engine.entity_identified(p_case => p_case)
        when 'PERSONAL_USE' then case p_case.purchase_purpose when 'PERSONAL' then true when 'RESALE' then false when 'AGENT' then false end
        when 'WITHIN_3_YEARS' then (
            select d.due_at > core.now()
            from ref.limitation_rule r, lateral engine.due(
                p_start => p_case.knew_on::timestamp at time zone 'Asia/Shanghai', p_n => r.n, p_unit => r.unit) d
            where r.code = 'CIVIL_3Y' and engine.today() >= r.valid_from and (r.valid_to is null or engine.today() <= r.valid_to))
        when 'WITHIN_WINDOW' then not (select w.passed from engine.channel_window(p_case => p_case, p_channel => p_channel.channel) w)
        when 'IDENTITY_READY' then (select m.agreed_identity from core.complaint m where m.case_id = p_case.id)
        when 'AGENT_AUTHORISED' then p_case.filer_role is distinct from 'AGENT' or exists (
            select from core.evidence e
            where e.case_id = p_case.id and e.kind = 'IDENTITY' and e.removed_at is null and e.fields ->> 'kind' = 'AUTHORISATION')
        when 'NOT_HANDLED_ELSEWHERE' then engine.verdict_weight(p_verdict => engine.collision_worst(
                p_collisions => engine.filing_collisions(p_case => p_case.id, p_channel => p_channel.channel)))
            < engine.verdict_weight(p_verdict => 'LIKELY_REFUSED')
        when 'CRIME_SUSPECTED' then 'SUSPECTED_CRIME' = any (p_case.special_flags) or p_case.problem_type = 'FRAUD_SUSPECTED'
        when 'DATA_ISSUE' then p_case.problem_type = 'DATA_LEAK'
        when 'ARBITRATION_CLAUSE' then p_case.arbitration_clause
        when 'NO_ARBITRATION_CLAUSE' then not p_case.arbitration_clause
        when 'DEMAND_FIXED' then p_case.demand_hash is not null and engine.demand_findings(p_case => p_case.id) = '[]'
        when 'EVIDENCE_COMPLETE' then engine.chain_findings(p_case => p_case.id, p_channel => p_channel.channel) = '[]'
            or engine.rule_overridden(p_case => p_case.id, p_filing => null, p_rule => 'V-EV-02')
        when 'CONSENT_TO_SHARE' then engine.consent_given(p_case => p_case.id, p_channel => p_channel.channel)
    end;
end
$$;
comment on function engine.prerequisite_met(core.case_file, ref.channel, text) is
    'Whether a prerequisite of a channel holds by what is stored; null = only a person can tell, or a needed fact is missing.';

create function engine.prerequisites(p_case uuid, p_channel text) returns table (code text, met boolean)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select q.code, engine.prerequisite_met(p_case => c, p_channel => r, p_code => q.code)
    from core.case_file c, engine.channel_row(p_channel => p_channel) r, unnest(r.prerequisites) with ordinality q (code, place)
    where c.id = p_case
    order by q.place
$$;
comment on function engine.prerequisites(uuid, text) is
    'The prerequisites of a channel for a case: true, false, or null = a person must confirm it (filing.prerequisites_confirmed).';

-- Rules -------------------------------------------------------------------------------------------------------------------------

create function engine.channel_findings(p_case core.case_file, p_channel text, p_filing core.filing, p_block boolean) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select coalesce(jsonb_agg(f.finding), '[]')
        from (
            -- Consent and evidence may still come while the paper is being written: asked again before it is sent.
            select jsonb_build_object('code', case when q.met is null then 'unconfirmed' else 'prerequisite' end, 'prerequisite', q.code) as finding,
                   q.code not in ('CONSENT_TO_SHARE', 'EVIDENCE_COMPLETE') as blocks
            from engine.prerequisites(p_case => p_case.id, p_channel => p_channel) q
            where q.code <> 'NOT_HANDLED_ELSEWHERE'
              and not coalesce(q.met, q.code = any (coalesce(p_filing.prerequisites_confirmed, '{}')))
            union all
            select jsonb_build_object('code', 'window_passed', 'last_day', w.last_day), true
            from engine.channel_window(p_case => p_case, p_channel => p_channel) w where w.passed
            union all
            select jsonb_build_object('code', 'window_near', 'last_day', w.last_day, 'days_left', w.last_day - engine.today()), false
            from engine.channel_window(p_case => p_case, p_channel => p_channel) w
            where not w.passed and w.last_day - engine.today() <= 30
            union all
            select jsonb_build_object('code', 'collision', 'verdict', c.value ->> 'verdict', 'already_at', c.value ->> 'already_at'),
                   c.value ->> 'verdict' in ('DUPLICATE', 'REFUSED')
            from jsonb_array_elements(engine.filing_collisions(p_case => p_case.id, p_channel => p_channel)) c
            where engine.verdict_weight(p_verdict => c.value ->> 'verdict') > engine.verdict_weight(p_verdict => 'OK_TELL')
              and c.value ->> 'filing_id' is distinct from p_filing.id::text
            union all
            select jsonb_build_object('code', 'evidence_missing', 'kind', k.kind), false
            from engine.channel_row(p_channel => p_channel) r, unnest(r.required_evidence) k (kind)
            where not exists (select from core.evidence e where e.case_id = p_case.id and e.kind = k.kind and e.removed_at is null)
            union all
            select jsonb_build_object('code', 'demands_differ', 'channel', g.channel), false
            from core.filing g
            where g.case_id = p_case.id and engine.filing_open(p_status => g.status) and g.id is distinct from p_filing.id
              and g.demand_hash is distinct from engine.demand_hash(p_case => p_case.id)
        ) f
        where f.blocks = p_block);
end
$$;
comment on function engine.channel_findings(core.case_file, text, core.filing, boolean) is
    'V-CH-01: prerequisites, filing window, collision, consistency of demands; p_block chooses what stops and what is only a remark.';

create function engine.regulator_findings(p_case core.case_file, p_channel text) returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(jsonb_build_object('code', q.code)), '[]')
    from unnest(array['ENTITY_IDENTIFIED', 'WITHIN_3_YEARS', 'PERSONAL_USE', 'IDENTITY_READY', 'AGENT_AUTHORISED']) q (code)
    where not coalesce(engine.prerequisite_met(p_case => p_case, p_channel => engine.channel_row(p_channel => p_channel), p_code => q.code),
                       false)
$$;
comment on function engine.regulator_findings(core.case_file, text) is
    'V-CH-03: what 12315 asks for: registered respondent, within three years, personal use, identity, authorisation of an agent.';

create function engine.checks_channel(p_case core.case_file, p_channel text, p_filing core.filing)
returns table (rule text, gate text, level text, passed boolean, detail jsonb)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select f.rule, f.gate, f.level, f.detail = '[]', f.detail
    from (values
        ('V-CH-01', 'FILE', 'BLOCK', engine.channel_findings(p_case => p_case, p_channel => p_channel, p_filing => p_filing, p_block => true)),
        ('V-CH-01', 'FILE', 'WARN', engine.channel_findings(p_case => p_case, p_channel => p_channel, p_filing => p_filing, p_block => false)),
        ('V-PRIV-01', 'SEND', null, case when engine.consent_given(p_case => p_case.id, p_channel => p_channel) then '[]'
            else '[{"code": "consent_missing"}]' end::jsonb)
    ) f (rule, gate, level, detail)
    union all
    select 'V-CH-03', 'FILE', null, r.detail = '[]', r.detail
    from (select engine.regulator_findings(p_case => p_case, p_channel => p_channel) as detail) r
    where p_channel = 'COMPLAINT_12315'
$$;
comment on function engine.checks_channel(core.case_file, text, core.filing) is 'Findings of V-CH-01, V-CH-03 and V-PRIV-01 for a channel.';

create function engine.checks_withdrawal(p_case core.case_file, p_filing core.filing)
returns table (rule text, gate text, level text, passed boolean, detail jsonb)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select 'V-WD-01', 'WITHDRAW', null::text, t.passed, t.detail
    from engine.text_check(p_object => p_filing.id, p_version => p_filing.version, p_rule => 'V-WD-01') t
    union all
    select 'V-WD-02', 'WITHDRAW', null, p.proved, case when p.proved then '[]' else '[{"code": "no_performance"}]' end::jsonb
    from (select engine.performance_proved(p_case => p_case.id) as proved) p
    union all
    select 'V-WD-03', 'WITHDRAW', null, d.detail = '[]', d.detail
    from (select coalesce(jsonb_agg(jsonb_build_object('code', 'no_step', 'filing', f.id, 'channel', f.channel)), '[]') as detail
          from core.filing f
          where f.case_id = p_case.id and engine.filing_open(p_status => f.status) and f.status not like 'WD\_%'
            and not exists (select from core.task t where t.filing_id = f.id and t.kind = 'WITHDRAW' and t.done_at is null)) d
    union all
    select 'V-WD-04', 'WITHDRAW', null, w.acknowledged,
           case when w.acknowledged then '[]' else jsonb_build_array(jsonb_build_object('code', 'not_acknowledged', 'refile', w.refile)) end
    from (select engine.decision_answered(p_case => p_case.id, p_kind => 'WITHDRAWAL_WARNING', p_answer => 'acknowledged',
                     p_since => engine.round_since(p_case => p_case.id), p_filing => p_filing.id) as acknowledged,
                 (engine.channel_row(p_channel => p_filing.channel)).refile_after_withdrawal as refile) w
$$;
comment on function engine.checks_withdrawal(core.case_file, core.filing) is 'Findings of V-WD-01 to 04 for a filing that is to be withdrawn.';

reset role;
