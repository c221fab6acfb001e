-- account: the coordinators' list of people, roles and disabling; own profile (UX.md §3, §4).
set role aiddesk_owner;

create function engine.open_cases_of(p_user uuid) returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select count(*) from core.assignment a join core.case_file c on c.id = a.case_id
    where a.app_user = p_user and a.ended_at is null and c.closed_at is null and c.status not in ('DECLINED', 'ERASED')
$$;
comment on function engine.open_cases_of(uuid) is 'Cases that a person still has to work on. Internal.';

create function account.people(p_session bytea)
returns table (app_user uuid, login text, display_name text, role text, state text, trainee boolean, weekly_hours bigint, has_totp boolean,
               waiting_key boolean, open_cases bigint, last_login_at timestamptz, version bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform engine.user_of_session(p_session => p_session, p_roles => array['coordinator']);
    return query
    select u.id, u.login, u.display_name, u.role, u.state, u.trainee, u.weekly_hours, u.totp_sealed is not null,
           exists (select from core.group_member m where m.app_user = u.id and m.seal is null),
           engine.open_cases_of(p_user => u.id),
           u.last_login_at, u.version
    from core.app_user u
    order by u.state, u.role, u.display_name, u.id;
end
$$;
comment on function account.people(bytea) is 'Everybody with an account. Refuses: UD001, UD003.';

create function account.person(p_session bytea, p_user uuid)
returns table (login text, display_name text, role text, state text, trainee boolean, weekly_hours bigint, has_totp boolean,
               waiting_key boolean, open_cases bigint, version bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select p.login, p.display_name, p.role, p.state, p.trainee, p.weekly_hours, p.has_totp, p.waiting_key, p.open_cases, p.version
    from account.people(p_session => p_session) p
    where p.app_user = p_user;
    if not found then
        raise exception using errcode = 'UD002', message = 'no such person';
    end if;
end
$$;
comment on function account.person(bytea, uuid) is 'One person, for coordinators. Refuses: UD001, UD002, UD003.';

create function account.person_update(p_session bytea, p_user uuid, p_version bigint, p_role text, p_state text, p_trainee boolean,
                                      p_weekly_hours bigint, p_open_cases_ok boolean) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_actor core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['coordinator']);
    v_user core.app_user;
    v_ends boolean;
begin
    perform engine.factor_check(p_session => p_session);
    select u.* into v_user from core.app_user u where u.id = p_user for update;
    if not found then
        raise exception using errcode = 'UD002', message = 'no such person';
    end if;
    if v_user.version <> p_version then
        raise exception using errcode = 'UD020', message = 'changed meanwhile';
    end if;
    v_ends := p_role <> v_user.role or p_state <> v_user.state;
    if v_user.role = 'coordinator' and v_user.state = 'active' and (p_role <> 'coordinator' or p_state <> 'active')
       and not exists (select from core.app_user o where o.id <> v_user.id and o.role = 'coordinator' and o.state = 'active') then
        raise exception using errcode = 'UD043', message = 'the last coordinator';
    end if;
    if p_state = 'disabled' and v_user.state = 'active' and not p_open_cases_ok
       and engine.open_cases_of(p_user => v_user.id) > 0 then
        raise exception using errcode = 'UD030', message = 'open cases', detail = 'state:account.people.error.open_cases';
    end if;
    update core.app_user u
    set role = p_role, state = p_state, trainee = p_trainee, weekly_hours = p_weekly_hours, version = u.version + 1,
        epoch = u.epoch + case when v_ends then 1 else 0 end
    where u.id = v_user.id;
    if v_ends then
        update core.session s set ended_at = core.now() where s.app_user = v_user.id and s.ended_at is null;
    end if;
    if p_state = 'disabled' and v_user.state = 'active' then
        -- Disabling deletes every seal of the person at once; the cases go back to be assigned again (pool seals are made by the next
        -- coordinator request that opens them).
        delete from core.case_seal s where s.recipient_kind = 'user' and s.recipient = v_user.id;
        delete from core.group_member m where m.app_user = v_user.id;
        perform engine.assignments_end(p_user => v_user.id, p_reason => 'disabled', p_actor => v_actor.id);
    elsif p_role <> v_user.role then
        delete from core.group_member m
        where m.app_user = v_user.id and ((m.kind = 'group' and p_role <> 'coordinator') or p_role = 'regulator');
        if p_role = 'regulator' then
            delete from core.case_seal s where s.recipient_kind = 'user' and s.recipient = v_user.id;
            perform engine.assignments_end(p_user => v_user.id, p_reason => 'reassigned', p_actor => v_actor.id);
        end if;
    end if;
    if p_state = 'active' then
        perform engine.membership_wait(p_user => v_user.id, p_role => p_role);
    end if;
    perform engine.event_add(p_case => null, p_object_kind => 'user', p_object => v_user.id, p_type => 'person_changed',
        p_actor_kind => 'user', p_actor => v_actor.id,
        p_before => jsonb_build_object('role', v_user.role, 'state', v_user.state, 'trainee', v_user.trainee, 'weekly_hours', v_user.weekly_hours),
        p_after => jsonb_build_object('role', p_role, 'state', p_state, 'trainee', p_trainee, 'weekly_hours', p_weekly_hours));
end
$$;
comment on function account.person_update(bytea, uuid, bigint, text, text, boolean, bigint, boolean) is
    'Role, state, trainee flag and hours of a person; ends sessions and deletes seals where rights go. p_open_cases_ok: disable although cases are open. Refuses: UD001..UD004, UD020, UD030, UD043.';

create function account.profile(p_session bytea)
returns table (login text, display_name text, role text, lang text, weekly_hours bigint, trainee boolean, skills text[], has_totp boolean,
               factor_codes_left bigint, version bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    return query
    select v_user.login, v_user.display_name, v_user.role, v_user.lang, v_user.weekly_hours, v_user.trainee,
           array(select s.product_type from core.user_skill s where s.app_user = v_user.id order by s.product_type),
           v_user.totp_sealed is not null, (select count(*) from core.factor_code f where f.app_user = v_user.id), v_user.version;
end
$$;
comment on function account.profile(bytea) is 'Own profile. Refuses: UD001.';

create function account.profile_update(p_session bytea, p_version bigint, p_display_name text, p_lang text, p_weekly_hours bigint,
                                       p_skills text[]) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    select u.* into v_user from core.app_user u where u.id = v_user.id for update;
    if v_user.version <> p_version then
        raise exception using errcode = 'UD020', message = 'changed meanwhile';
    end if;
    update core.app_user u
    set display_name = p_display_name, lang = p_lang, weekly_hours = p_weekly_hours, version = u.version + 1
    where u.id = v_user.id;
    delete from core.user_skill s where s.app_user = v_user.id;
    insert into core.user_skill (app_user, product_type)
    select v_user.id, e.code from ref.enumeration e where e.enumeration = 'product_type' and e.code = any (p_skills);
    perform engine.event_add(p_case => null, p_object_kind => 'user', p_object => v_user.id, p_type => 'profile_changed',
        p_actor_kind => 'user', p_actor => v_user.id);
end
$$;
comment on function account.profile_update(bytea, bigint, text, text, bigint, text[]) is 'Own name, language, hours and skills (none = all). Refuses: UD001, UD020.';

create function account.leave_list(p_session bytea) returns table (from_day date, to_day date)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    return query select l.from_day, l.to_day from core.user_leave l where l.app_user = v_user.id order by l.from_day;
end
$$;
comment on function account.leave_list(bytea) is 'Own leave. Refuses: UD001.';

create function account.leave_add(p_session bytea, p_from date, p_to date) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    if p_to < p_from then
        raise exception using errcode = 'UD030', message = 'order of days', detail = 'to_day:account.leave.error.order';
    end if;
    insert into core.user_leave as l (app_user, from_day, to_day) values (v_user.id, p_from, p_to)
    on conflict (app_user, from_day) do update set to_day = excluded.to_day;
    perform engine.event_add(p_case => null, p_object_kind => 'user', p_object => v_user.id, p_type => 'leave_added',
        p_actor_kind => 'user', p_actor => v_user.id, p_after => jsonb_build_object('from', p_from, 'to', p_to));
end
$$;
comment on function account.leave_add(bytea, date, date) is 'Own leave: no new cases on these days. Refuses: UD001, UD030.';

create function account.leave_remove(p_session bytea, p_from date) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    delete from core.user_leave l where l.app_user = v_user.id and l.from_day = p_from;
    perform engine.event_add(p_case => null, p_object_kind => 'user', p_object => v_user.id, p_type => 'leave_removed',
        p_actor_kind => 'user', p_actor => v_user.id, p_before => jsonb_build_object('from', p_from));
end
$$;
comment on function account.leave_remove(bytea, date) is 'Takes own leave back. Refuses: UD001.';

create function account.conflict_list(p_session bytea) returns table (platform uuid, name text, declared_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    return query
    select c.platform, p.name, c.declared_at
    from core.user_conflict c join core.platform p on p.id = c.platform
    where c.app_user = v_user.id order by p.name;
end
$$;
comment on function account.conflict_list(bytea) is 'Own declared conflicts of interest. Refuses: UD001.';

create function account.conflict_add(p_session bytea, p_platform text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_platform uuid;
begin
    select p.id into v_platform from core.platform p where p.name_key = engine.platform_key(p_name => p_platform) and p.merged_into is null;
    if v_platform is null then
        raise exception using errcode = 'UD030', message = 'no such platform', detail = 'platform:account.conflict.error.unknown';
    end if;
    insert into core.user_conflict (app_user, platform, declared_at) values (v_user.id, v_platform, core.now()) on conflict do nothing;
    -- Open cases of the platform leave this person at once, seals too; they return to the pool.
    perform engine.conflict_applied(p_user => v_user.id, p_platform => v_platform);
    perform engine.event_add(p_case => null, p_object_kind => 'user', p_object => v_user.id, p_type => 'conflict_declared',
        p_actor_kind => 'user', p_actor => v_user.id, p_after => jsonb_build_object('platform', v_platform));
end
$$;
comment on function account.conflict_add(bytea, text) is
    'Declares a conflict of interest by the platform''s name: the person meets no trace of its cases any more. Refuses: UD001, UD030.';

reset role;
