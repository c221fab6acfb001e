-- What several account functions share and no program may call by itself: making people, sessions, memberships.
set role aiddesk_owner;

create function engine.device_known(p_login text, p_device bytea) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from core.known_device d join core.app_user u on u.id = d.app_user
        where u.login = lower(p_login) and d.lookup = sha256(p_device))
$$;
comment on function engine.device_known(text, bytea) is 'True when this device (look-up value of its cookie; null = none) signed in as this person before.';

create function engine.session_lives(p_session core.session) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select p_session.ended_at is null
       and p_session.last_seen_at > core.now() - engine.limit_interval(p_code => 'session_idle')
       and p_session.created_at > core.now() - engine.limit_interval(p_code => 'session_absolute')
       and exists (select from core.app_user u where u.id = p_session.app_user and u.epoch = p_session.epoch and u.state = 'active')
$$;
comment on function engine.session_lives(core.session) is 'True while a full session is inside its limits and its person''s epoch has not moved on.';

create function engine.pre_session(p_pre bytea) returns core.session
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_session core.session;
begin
    select s.* into v_session from core.session s
    where s.id = sha256(p_pre) and not s.full_rights and s.ended_at is null
      and s.created_at > core.now() - engine.limit_interval(p_code => 'pre_session');
    if not found then
        raise exception using errcode = 'UD001', message = 'session ended';
    end if;
    return v_session;
end
$$;
comment on function engine.pre_session(bytea) is 'The live session between password and second factor. Refuses: UD001.';

create function engine.attempt_count(p_kind text, p_key text) returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select coalesce((select a.n from core.attempt a where a.kind = p_kind and a.key = sha256(convert_to(p_key, 'UTF8'))), 0) $$;
comment on function engine.attempt_count(text, text) is 'Count in the present window, 0 when nothing was counted.';

create function engine.assignments_end(p_user uuid, p_reason text, p_actor uuid) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case uuid;
    v_n bigint := 0;
begin
    for v_case in select a.case_id from core.assignment a where a.app_user = p_user and a.ended_at is null order by a.case_id loop
        perform engine.assignment_close(p_case => v_case, p_reason => p_reason, p_actor_kind => 'user', p_actor => p_actor);
        v_n := v_n + 1;
    end loop;
    return v_n;
end
$$;
comment on function engine.assignments_end(uuid, text, uuid) is
    'Ends every open assignment of a person (disabled, other role); the cases wait to be assigned again. Returns how many.';

create function engine.conflict_applied(p_user uuid, p_platform uuid) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case uuid;
    v_n bigint := 0;
begin
    for v_case in
        select a.case_id from core.assignment a join core.case_file c on c.id = a.case_id
        where a.app_user = p_user and a.ended_at is null and c.platform = p_platform order by a.case_id
    loop
        perform engine.assignment_close(p_case => v_case, p_reason => 'recused', p_actor_kind => 'user', p_actor => p_user);
        v_n := v_n + 1;
    end loop;
    delete from core.case_seal s using core.case_file c
    where c.id = s.case_id and c.platform = p_platform and s.recipient_kind = 'user' and s.recipient = p_user;
    return v_n;
end
$$;
comment on function engine.conflict_applied(uuid, uuid) is 'Takes every case of a platform, with its seals, away from a person in conflict. Returns how many assignments ended.';

create function engine.session_insert(p_user core.app_user, p_session bytea, p_wrapped_key bytea, p_full boolean, p_device_label text,
                                       p_network text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into core.session (id, app_user, epoch, full_rights, wrapped_key, key_version, device, network, created_at, last_seen_at, factor_at)
    values (sha256(p_session), p_user.id, p_user.epoch, p_full, p_wrapped_key, p_user.key_version, p_device_label, p_network,
            core.now(), core.now(), case when p_full and p_user.totp_sealed is not null then core.now() end);
    if p_full then
        update core.app_user set last_login_at = core.now() where id = p_user.id;
        perform engine.event_add(p_case => null, p_object_kind => 'user', p_object => p_user.id, p_type => 'signed_in',
            p_actor_kind => 'user', p_actor => p_user.id);
        -- At most 3 sessions: the oldest end.
        update core.session s set ended_at = core.now()
        where s.id in (
            select o.id from core.session o
            where o.app_user = p_user.id and o.full_rights and o.ended_at is null
            order by o.created_at desc, o.id
            offset (select l.n from ref.service_limit l where l.code = 'sessions_per_user'));
    end if;
end
$$;
comment on function engine.session_insert(core.app_user, bytea, bytea, boolean, text, text) is
    'Stores a session and ends the oldest above the limit.';

create function engine.user_insert(p_user uuid, p_login text, p_display_name text, p_role text, p_lang text, p_salt bytea, p_ops bigint,
                                    p_mem bigint, p_pepper_version bigint, p_verifier bytea, p_public_key bytea, p_signature bytea,
                                    p_wrapped_secret bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (select from core.app_user u where u.login = lower(p_login)) then
        raise exception using errcode = 'UD026', message = 'name in use';
    end if;
    insert into core.app_user (id, login, display_name, role, lang, password_salt, password_ops, password_mem, pepper_version, verifier, key_version)
    values (p_user, lower(p_login), p_display_name, p_role, p_lang, p_salt, p_ops, p_mem, p_pepper_version, p_verifier, 1);
    insert into core.user_key (app_user, version, public_key, signature, wrapped_secret)
    values (p_user, 1, p_public_key, p_signature, p_wrapped_secret);
    perform engine.event_add(p_case => null, p_object_kind => 'user', p_object => p_user, p_type => 'user_created',
        p_actor_kind => 'user', p_actor => p_user, p_after => jsonb_build_object('role', p_role));
end
$$;
comment on function engine.user_insert(uuid, text, text, text, text, bytea, bigint, bigint, bigint, bytea, bytea, bytea, bytea) is
    'Inserts a person with key version 1. Called by account.setup_finish and account.invite_accept only. Refuses: UD026.';

create function engine.membership_wait(p_user uuid, p_role text) returns void
language sql security definer
set search_path = pg_catalog, pg_temp
as $$
    -- A timer or a stranger has no keys: the secret is sealed by the next coordinator's request (SECURITY.md, finding 13).
    insert into core.group_member (kind, version, app_user)
    select g.kind, g.version, p_user
    from core.group_key g
    where g.current and ((g.kind = 'pool' and p_role in ('volunteer', 'coordinator')) or (g.kind = 'group' and p_role = 'coordinator'))
    on conflict do nothing
$$;
comment on function engine.membership_wait(uuid, text) is
    'Waiting memberships that a role needs: volunteers the pool, coordinators pool and group.';

create function engine.staff_check(p_session bytea, p_full boolean)
returns table (app_user uuid, login text, display_name text, role text, lang text, full_rights boolean, key_version bigint,
               wrapped_key bytea, public_key bytea, has_totp boolean, factor_codes_left bigint, must_enrol boolean)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user;
begin
    v_user := engine.session_check(p_session => p_session, p_full => p_full);
    return query
    select u.id, u.login, u.display_name, u.role, u.lang, s.full_rights, s.key_version, s.wrapped_key, k.public_key,
           u.totp_sealed is not null,
           (select count(*) from core.factor_code f where f.app_user = u.id),
           s.full_rights and u.role = 'coordinator' and u.totp_sealed is null
    from core.session s
    join core.app_user u on u.id = s.app_user
    join core.user_key k on k.app_user = u.id and k.version = s.key_version
    where s.id = sha256(p_session) and u.id = v_user.id;
end
$$;
comment on function engine.staff_check(bytea, boolean) is
    'Who carries this session (p_full false: also a pre-session), with the wrapped secret key; notes the request. Refuses: UD001.';

reset role;
