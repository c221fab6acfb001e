-- Validation rules V-* of DOMAIN.md §6: one list of findings per case or filing, text rules from C included, overrides.
set role aiddesk_owner;

create function engine.checks_store(p_case uuid, p_object uuid, p_checks jsonb, p_version bigint) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    insert into core.check_result as r (case_id, object_id, rule, passed, detail, at, object_version)
    select p_case, p_object, c.value ->> 'rule', (c.value ->> 'passed')::boolean, coalesce(c.value -> 'detail', '[]'), core.now(), p_version
    from jsonb_array_elements(coalesce(p_checks, '[]')) c
    on conflict (object_id, rule) do update
    set passed = excluded.passed, detail = excluded.detail, at = excluded.at, object_version = excluded.object_version
$$;
comment on function engine.checks_store(uuid, uuid, jsonb, bigint) is
    'Keeps results of text rules that C checked: [{"rule", "passed", "detail": codes only}] for that version of the object.';

create function engine.text_check(p_object uuid, p_version bigint, p_rule text, out passed boolean, out detail jsonb)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    select r.passed, r.detail into passed, detail
    from core.check_result r
    where r.object_id = p_object and r.rule = p_rule and r.object_version = p_version;
    if passed is null then
        passed := false;
        detail := '[{"code": "not_checked"}]';
    end if;
end
$$;
comment on function engine.text_check(uuid, bigint, text) is 'Result of a text rule for that version of the object; one that was not checked has not passed.';

create function engine.word_check(p_case core.case_file, p_filing core.filing, p_rule text, out passed boolean, out detail jsonb)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_filing.id is null then
        select t.passed, t.detail into passed, detail
        from engine.text_check(p_object => p_case.id, p_version => p_case.version, p_rule => p_rule) t;
        return;
    end if;
    select t.passed, t.detail into passed, detail
    from engine.text_check(p_object => p_filing.id, p_version => p_filing.version, p_rule => p_rule) t;
    if not passed and detail = '[{"code": "not_checked"}]' and p_case.demand_hash = engine.demand_hash(p_case => p_case.id) then
        -- A filing without words of its own says what passed the pre-review, as long as the demands are the frozen ones.
        select r.passed, r.detail into passed, detail
        from core.check_result r where r.object_id = p_case.id and r.rule = p_rule;
        passed := coalesce(passed, false);
        detail := coalesce(detail, '[{"code": "not_checked"}]');
    end if;
end
$$;
comment on function engine.word_check(core.case_file, core.filing, text) is
    'A wording rule for a case, or for a filing: its own check, else that of the pre-review while the demands are unchanged.';

create function engine.rule_overridden(p_case uuid, p_filing uuid, p_rule text) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select exists (
            select from core.guard_override o
            where o.object_id in (p_case, p_filing) and o.guard = p_rule and o.at >= engine.round_since(p_case => p_case))
           and exists (
            select from ref.validation_rule r
            where r.code = p_rule and r.parameters ->> 'override' = 'true' and engine.today() >= r.valid_from
              and (r.valid_to is null or engine.today() <= r.valid_to)));
end
$$;
comment on function engine.rule_overridden(uuid, uuid, text) is
    'A coordinator overrode this rule for the case or the filing in this round, and the rule may be overridden (DOMAIN.md §6, §10.3).';

create function engine.checks(p_case uuid, p_channel text default null, p_filing uuid default null)
returns table (rule text, gate text, level text, passed boolean, overridden boolean, detail jsonb)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := (select c from core.case_file c where c.id = p_case);
    v_filing core.filing := (select f from core.filing f where f.id = p_filing and f.case_id = p_case);
    v_channel text := coalesce(v_filing.channel, p_channel);
begin
    return query
    select f.rule, f.gate, coalesce(f.level, r.level), f.passed,
           not f.passed and engine.rule_overridden(p_case => p_case, p_filing => v_filing.id, p_rule => f.rule), f.detail
    from (
        select i.rule, i.gate, i.level, i.passed, i.detail from engine.checks_intake(p_case => v_case) i
        union all
        select e.rule, e.gate, e.level, e.passed, e.detail from engine.checks_evidence(p_case => v_case, p_channel => v_channel) e
        union all
        select w.rule, case when v_channel is null then 'READY' else 'FILE' end,
               -- In what others can read it is a remark, in papers for the platform it blocks.
               case when w.rule = 'V-WORD-01' and engine.channel_layer(p_channel => v_channel) <> 'L1' then 'WARN' end,
               t.passed, t.detail
        from unnest(array['V-WORD-01', 'V-WORD-02', 'V-WORD-03']) w (rule),
             lateral engine.word_check(p_case => v_case, p_filing => v_filing, p_rule => w.rule) t
        union all
        select c.rule, c.gate, c.level, c.passed, c.detail
        from engine.checks_channel(p_case => v_case, p_channel => v_channel, p_filing => v_filing) c
        where v_channel is not null
        union all
        select d.rule, d.gate, d.level, d.passed, d.detail
        from engine.checks_withdrawal(p_case => v_case, p_filing => v_filing) d
        where v_filing.id is not null and v_filing.status like 'WD\_%'
    ) f
    join ref.validation_rule r on r.code = f.rule and engine.today() >= r.valid_from
                              and (r.valid_to is null or engine.today() <= r.valid_to)
    order by f.passed, f.rule, f.gate;
end
$$;
comment on function engine.checks(uuid, text, uuid) is
    'Findings of the rules of DOMAIN.md §6 for a case, for a channel, or for one filing. gate: the step it belongs to (SUBMIT_CASE, READY, FILE, SEND, WITHDRAW, INFO); blocking is what is not passed, not overridden, of level BLOCK; detail holds codes.';

create function engine.checks_block(p_case uuid, p_channel text, p_filing uuid, p_gates text[]) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from engine.checks(p_case => p_case, p_channel => p_channel, p_filing => p_filing) c
        where c.gate = any (p_gates) and c.level = 'BLOCK' and not c.passed and not c.overridden)
$$;
comment on function engine.checks_block(uuid, text, uuid, text[]) is 'True when a rule of level BLOCK at one of these gates is neither passed nor overridden.';

-- Overrides ---------------------------------------------------------------------------------------------------------------------

create function engine.guard_overridable(p_guard text) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    -- Guards whose input has no page yet, and those that name a coordinator; rules only where the rule itself says so.
    select p_guard in ('supervisor_override', 'coordinator_agrees', 'within_3_years_or_authorised',
                       'performance_evidence_or_acknowledged', 'court_ruling_recorded', 'judgment_recorded',
                       'made_through_mediation_organisation', 'joint_application_within_30d')
        or exists (
            select from ref.validation_rule r
            where r.code = p_guard and r.parameters ->> 'override' = 'true' and engine.today() >= r.valid_from
              and (r.valid_to is null or engine.today() <= r.valid_to))
$$;
comment on function engine.guard_overridable(text) is 'Guards and rules that a coordinator may override with a recorded reason.';

create function engine.override_add(p_id uuid, p_case uuid, p_machine text, p_object uuid, p_guard text, p_reason bytea, p_by uuid)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not engine.is_coordinator(p_user => p_by) then
        raise exception using errcode = 'UD003', message = 'only a coordinator overrides';
    end if;
    if not engine.guard_overridable(p_guard => p_guard) then
        raise exception using errcode = 'UD031', message = 'this guard cannot be overridden', detail = 'guard';
    end if;
    if not coalesce(case p_machine
        when 'case' then p_object = p_case
        when 'filing' then exists (select from core.filing f where f.id = p_object and f.case_id = p_case)
        when 'settlement' then exists (select from core.settlement s where s.id = p_object and s.case_id = p_case)
    end, false) then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
    insert into core.guard_override (id, case_id, machine, object_id, guard, reason_sealed, by_user, at)
    values (p_id, p_case, p_machine, p_object, p_guard, p_reason, p_by, core.now());
    perform engine.event_add(p_case => p_case, p_object_kind => p_machine, p_object => p_object, p_type => 'guard_overridden',
        p_actor_kind => 'user', p_actor => p_by, p_after => jsonb_build_object('guard', p_guard));
end
$$;
comment on function engine.override_add(uuid, uuid, text, uuid, text, bytea, uuid) is
    'A coordinator overrides a guard or rule for one object, with a sealed reason. Refuses: UD002, UD003, UD031 not one that can be overridden.';

reset role;
