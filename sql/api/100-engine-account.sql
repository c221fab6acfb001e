-- What several account functions share and no program may call by itself: making people, sessions, memberships.
set role aiddesk_owner;

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
        perform engine.event_add(null, 'user', p_user.id, 'signed_in', 'user', p_user.id, null, null);
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
    perform engine.event_add(null, 'user', p_user, 'user_created', 'user', p_user, null, jsonb_build_object('role', p_role));
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

reset role;
