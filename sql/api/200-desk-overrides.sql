-- desk: a coordinator overrides a guard or a rule for one case, filing or settlement, with a recorded reason (DOMAIN.md §5, §10.3).
set role aiddesk_owner;

create function engine.override_choices(p_case uuid)
returns table (machine text, object_id uuid, channel text, guard text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with object as (
        select 'case' as machine, c.id, null::text as channel, 0 as place from core.case_file c where c.id = p_case
        union all
        select 'filing', f.id, f.channel, 1 from core.filing f
        where f.case_id = p_case and not engine.filing_final(p_status => f.status)
        union all
        select 'settlement', s.id, null, 2 from core.settlement s where s.case_id = p_case and s.state not in ('PERFORMED', 'RESCINDED')
    ), guard as (
        select distinct t.machine, g.code
        from ref.transition t, unnest(t.guards) g (code)
        where engine.guard_overridable(p_guard => g.code) and engine.today() >= t.valid_from
          and (t.valid_to is null or engine.today() <= t.valid_to)
        union
        -- Evidence counts for the case and for what is filed; performance for a withdrawal.
        select m.machine, r.code
        from ref.validation_rule r
        join (values ('case', 'V-EV-%'), ('filing', 'V-EV-%'), ('filing', 'V-WD-%')) m (machine, rules) on r.code like m.rules
        where engine.guard_overridable(p_guard => r.code) and engine.today() >= r.valid_from
          and (r.valid_to is null or engine.today() <= r.valid_to)
    )
    select o.machine, o.id, o.channel, g.code
    from object o join guard g on g.machine = o.machine
    order by o.place, o.id, g.code
$$;
comment on function engine.override_choices(uuid) is 'What a coordinator may override in a case: each object that is under way with its guards and rules.';

create function desk.override_choices(p_session bytea, p_case uuid)
returns table (machine text, object_id uuid, channel text, guard text, label_zh text, label_en text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['coordinator']);
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select o.machine, o.object_id, o.channel, o.guard, r.label_zh, r.label_en
    from engine.override_choices(p_case => v_case.id) o
    left join ref.validation_rule r on r.code = o.guard and engine.today() >= r.valid_from
                                   and (r.valid_to is null or engine.today() <= r.valid_to);
end
$$;
comment on function desk.override_choices(bytea, uuid) is
    'Objects of a case with the guards and rules that may be overridden; labels of rules only. For coordinators. Refuses: UD001, UD002, UD003.';

create function desk.overrides(p_session bytea, p_case uuid)
returns table (id uuid, machine text, channel text, guard text, label_zh text, label_en text, reason_sealed bytea, by_name text, at timestamptz,
               used_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select o.id, o.machine, f.channel, o.guard, r.label_zh, r.label_en, o.reason_sealed, u.display_name, o.at, o.used_at
    from core.guard_override o
    join core.app_user u on u.id = o.by_user
    left join core.filing f on o.machine = 'filing' and f.id = o.object_id
    left join ref.validation_rule r on r.code = o.guard and engine.today() >= r.valid_from
                                   and (r.valid_to is null or engine.today() <= r.valid_to)
    where o.case_id = v_case.id
    order by o.at desc, o.id;
end
$$;
comment on function desk.overrides(bytea, uuid) is 'Overrides of a case with sealed reason, who, when and whether a step used it, newest first. Refuses: UD001, UD002.';

create function desk.override_add(p_session bytea, p_case uuid, p_id uuid, p_object uuid, p_guard text, p_reason bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['coordinator']);
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_machine text := (
        select c.machine from engine.override_choices(p_case => v_case.id) c where c.object_id = p_object and c.guard = p_guard);
begin
    if v_machine is null then
        raise exception using errcode = 'UD030', message = 'not one of the choices', detail = 'guard:filing.override.error.guard';
    end if;
    perform engine.override_add(p_id => p_id, p_case => v_case.id, p_machine => v_machine, p_object => p_object, p_guard => p_guard,
        p_reason => p_reason, p_by => v_user.id);
end
$$;
comment on function desk.override_add(bytea, uuid, uuid, uuid, text, bytea) is
    'A coordinator overrides one guard or rule for one object of a case, with a sealed reason. Refuses: UD001, UD002, UD003, UD030 guard does not belong to the object.';

reset role;
