-- account: sign-in, second factor, sessions (SECURITY.md §3.3, §4.1).
-- Unknown and known names answer alike: login_start gives no hint, login_check refuses both with UD008, and both count as failures.
set role aiddesk_owner;

create function account.clock_offset() returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select engine.clock_offset_us() $$;
comment on function account.clock_offset() is 'Microseconds that clock_now() in C adds to the real time.';

create function account.vocabulary()
returns table (enumeration text, code text, grp text, sort bigint, label_zh text, label_en text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select v.enumeration, v.code, v.grp, v.sort, v.label_zh, v.label_en from engine.vocabulary() v $$;
comment on function account.vocabulary() is 'Codes and labels for pages.';

create function account.session_check(p_session bytea)
returns table (app_user uuid, login text, display_name text, role text, lang text, full_rights boolean, key_version bigint,
               wrapped_key bytea, public_key bytea, has_totp boolean, factor_codes_left bigint, must_enrol boolean)
language sql security definer
set search_path = pg_catalog, pg_temp
as $$
    select c.app_user, c.login, c.display_name, c.role, c.lang, c.full_rights, c.key_version, c.wrapped_key, c.public_key, c.has_totp,
           c.factor_codes_left, c.must_enrol
    from engine.staff_check(p_session => p_session, p_full => false) c
$$;
comment on function account.session_check(bytea) is
    'Who carries this session (also a pre-session: full_rights false), with the wrapped secret key; notes the request. Refuses: UD001.';

create function account.login_start(p_login text)
returns table (app_user uuid, salt bytea, ops bigint, mem bigint, pepper_version bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select u.id, u.password_salt, u.password_ops, u.password_mem, u.pepper_version
    from core.app_user u
    where u.login = lower(p_login) and u.state = 'active' and u.verifier is not null
$$;
comment on function account.login_start(text) is
    'Salt and parameters of a name; no row for unknown and disabled names (C then uses a stable false salt and does the same work).';

create function account.login_wait(p_login text, p_network text, p_device bytea) returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- A device that signed in before has a lane of its own, so strangers cannot slow its owner.
    if engine.device_known(p_login => p_login, p_device => p_device) then
        perform engine.attempt_delay(p_kind => 'login_device', p_key => encode(p_device, 'hex'));
    else
        perform engine.attempt_delay(p_kind => 'login_account', p_key => lower(p_login));
        -- Many people share a network, so it is slowed only after many failures.
        if engine.attempt_count(p_kind => 'login_network', p_key => p_network)
           >= engine.limit_n(p_code => 'login_network_free') then
            perform engine.attempt_delay(p_kind => 'login_network', p_key => p_network);
        end if;
    end if;
end
$$;
comment on function account.login_wait(text, text, bytea) is
    'Refuses with UD010 (seconds) while the delay of 1, 2, 4 … 42 s after failures has not passed. The same for unknown names.';

create function account.login_check(p_login text, p_verifier bytea)
returns table (app_user uuid, wrapped_secret bytea, key_version bigint, public_key bytea, needs_factor boolean, role text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select u.id, k.wrapped_secret, k.version, k.public_key, u.totp_sealed is not null, u.role
    from core.app_user u
    join core.user_key k on k.app_user = u.id and k.version = u.key_version
    where u.login = lower(p_login) and u.state = 'active' and u.verifier = p_verifier
$$;
comment on function account.login_check(text, bytea) is
    'On a matching verifier the wrapped secret key, else no row: only a match hands out the key. Counting is login_failed and login_begin.';

create function account.login_failed(p_login text, p_network text, p_device bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if engine.device_known(p_login => p_login, p_device => p_device) then
        perform engine.attempt_add(p_kind => 'login_device', p_key => encode(p_device, 'hex'), p_window => interval '24 hours');
    else
        perform engine.attempt_add(p_kind => 'login_account', p_key => lower(p_login), p_window => interval '24 hours');
        perform engine.attempt_add(p_kind => 'login_network', p_key => p_network, p_window => interval '1 hour');
    end if;
end
$$;
comment on function account.login_failed(text, text, bytea) is 'Counts a failed sign-in for the name and the network, or for the known device.';

create function account.login_begin(p_login text, p_verifier bytea, p_session bytea, p_wrapped_key bytea, p_device_label text,
                                    p_network text, p_device bytea)
returns table (full_rights boolean)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user;
begin
    select u.* into v_user from core.app_user u
    where u.login = lower(p_login) and u.state = 'active' and u.verifier = p_verifier
    for update;
    if not found then
        raise exception using errcode = 'UD008', message = 'name or password wrong';
    end if;
    -- Each lane is cleared by who used it: what strangers have failed with stays counted when the owner signs in on a known device.
    if not engine.device_known(p_login => p_login, p_device => p_device) then
        perform engine.attempt_clear(p_kind => 'login_account', p_key => lower(p_login));
    end if;
    if p_device is not null then
        perform engine.attempt_clear(p_kind => 'login_device', p_key => encode(p_device, 'hex'));
        insert into core.known_device as d (app_user, lookup, last_at) values (v_user.id, sha256(p_device), core.now())
        on conflict (app_user, lookup) do update set last_at = excluded.last_at;
    end if;
    perform engine.session_insert(p_user => v_user, p_session => p_session, p_wrapped_key => p_wrapped_key,
        p_full => v_user.totp_sealed is null, p_device_label => p_device_label, p_network => p_network);
    return query select v_user.totp_sealed is null;
end
$$;
comment on function account.login_begin(text, bytea, bytea, bytea, text, text, bytea) is
    'Begins a session (without second factor: full; else a pre-session of 5 minutes). The verifier is checked again. Refuses: UD008.';

create function account.factor_look(p_pre bytea)
returns table (app_user uuid, login text, totp_sealed bytea, last_step bigint, wrapped_key bytea, key_version bigint, public_key bytea,
               tries_left bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_session core.session := engine.pre_session(p_pre => p_pre);
begin
    return query
    select u.id, u.login, u.totp_sealed, u.totp_last_step, v_session.wrapped_key, v_session.key_version, k.public_key,
           greatest(0, l.n - engine.attempt_count(p_kind => 'factor', p_key => encode(p_pre, 'hex')))
    from core.app_user u
    join core.user_key k on k.app_user = u.id and k.version = v_session.key_version
    cross join ref.service_limit l
    where u.id = v_session.app_user and l.code = 'factor_tries';
end
$$;
comment on function account.factor_look(bytea) is 'What checking the second factor needs, for a live pre-session. Refuses: UD001.';

create function account.factor_wait(p_session bytea) returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_full => false);
begin
    perform engine.factor_wait(p_user => v_user.id);
end
$$;
comment on function account.factor_wait(bytea) is
    'Before a code of the second factor is compared, for a session or pre-session. Refuses: UD001, UD010 seconds to wait after too many wrong ones.';

create function account.factor_failed(p_session bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_full => false);
    v_n bigint := engine.attempt_add(p_kind => 'factor_user', p_key => v_user.id::text, p_window => interval '1 hour');
    v_ends boolean := v_n = engine.limit_n(p_code => 'factor_user_hour');
begin
    if exists (select from core.session s where s.id = sha256(p_session) and not s.full_rights)
       and engine.attempt_add(p_kind => 'factor', p_key => encode(p_session, 'hex'), p_window => interval '10 minutes')
           >= engine.limit_n(p_code => 'factor_tries') then
        update core.session s set ended_at = core.now() where s.id = sha256(p_session);
        v_ends := true;
    end if;
    if v_ends then
        perform engine.event_add(p_case => null, p_object_kind => 'user', p_object => v_user.id, p_type => 'factor_tries_used_up',
            p_actor_kind => 'user', p_actor => v_user.id);
    end if;
end
$$;
comment on function account.factor_failed(bytea) is
    'Counts a wrong second factor for the person and, in a pre-session, for it: after factor_tries it ends and the password is asked again. Refuses: UD001.';

create function account.factor_pass(p_pre bytea, p_step bigint, p_code_lookup bytea, p_session bytea, p_wrapped_key bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_session core.session := engine.pre_session(p_pre => p_pre);
    v_user core.app_user;
begin
    select u.* into v_user from core.app_user u where u.id = v_session.app_user and u.state = 'active' for update;
    if not found or v_user.epoch <> v_session.epoch then
        raise exception using errcode = 'UD001', message = 'session ended';
    end if;
    if p_code_lookup is not null then
        delete from core.factor_code f where f.app_user = v_user.id and f.lookup = sha256(p_code_lookup);
        if not found then
            raise exception using errcode = 'UD008', message = 'recovery code wrong or used';
        end if;
        perform engine.event_add(p_case => null, p_object_kind => 'user', p_object => v_user.id, p_type => 'factor_code_used',
            p_actor_kind => 'user', p_actor => v_user.id);
    else
        -- The last accepted step and older ones are refused: a code works once (RFC 6238 §5.2).
        perform engine.factor_wait(p_user => v_user.id);
        if p_step <= v_user.totp_last_step then
            raise exception using errcode = 'UD008', message = 'code was used already';
        end if;
        update core.app_user set totp_last_step = p_step where id = v_user.id;
    end if;
    update core.session set ended_at = core.now() where id = v_session.id;
    perform engine.session_insert(p_user => v_user, p_session => p_session, p_wrapped_key => p_wrapped_key,
        p_full => true, p_device_label => v_session.device, p_network => v_session.network);
end
$$;
comment on function account.factor_pass(bytea, bigint, bytea, bytea, bytea) is
    'Ends the pre-session and begins the full one, by a TOTP step (higher than the last) or by a recovery code''s look-up (deleted). Refuses: UD001, UD008, UD010.';

create function account.logout(p_session bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update core.session s set ended_at = core.now() where s.id = sha256(p_session) and s.ended_at is null;
end
$$;
comment on function account.logout(bytea) is 'Ends this session; unknown ones are no error.';

create function account.session_list(p_session bytea)
returns table (name text, device text, network text, created_at timestamptz, last_seen_at timestamptz, is_current boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    return query
    select encode(sha256(s.id), 'hex'), s.device, s.network, s.created_at, s.last_seen_at, s.id = sha256(p_session)
    from core.session s
    where s.app_user = v_user.id and s.full_rights and engine.session_lives(p_session => s)
    order by s.last_seen_at desc, s.id;
end
$$;
comment on function account.session_list(bytea) is 'Own live sessions; name is a digest that names a session and opens nothing. Refuses: UD001.';

create function account.session_end(p_session bytea, p_name text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    update core.session s set ended_at = core.now()
    where s.app_user = v_user.id and encode(sha256(s.id), 'hex') = p_name and s.ended_at is null;
    if not found then
        raise exception using errcode = 'UD002', message = 'no such session';
    end if;
    perform engine.event_add(p_case => null, p_object_kind => 'user', p_object => v_user.id, p_type => 'session_ended',
        p_actor_kind => 'user', p_actor => v_user.id);
end
$$;
comment on function account.session_end(bytea, text) is 'Ends one of the own sessions by its name. Refuses: UD001, UD002.';

create function account.step_up(p_session bytea, p_step bigint, p_code_lookup bytea, p_new bytea, p_wrapped_key bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_session core.session;
begin
    select u.* into v_user from core.app_user u where u.id = v_user.id for update;
    if p_code_lookup is not null then
        delete from core.factor_code f where f.app_user = v_user.id and f.lookup = sha256(p_code_lookup);
        if not found then
            raise exception using errcode = 'UD008', message = 'recovery code wrong or used';
        end if;
    else
        perform engine.factor_wait(p_user => v_user.id);
        if p_step <= v_user.totp_last_step then
            raise exception using errcode = 'UD008', message = 'code was used already';
        end if;
        update core.app_user set totp_last_step = p_step where id = v_user.id;
    end if;
    update core.session s set ended_at = core.now() where s.id = sha256(p_session) returning s.* into v_session;
    perform engine.session_insert(p_user => v_user, p_session => p_new, p_wrapped_key => p_wrapped_key, p_full => true,
                                  p_device_label => v_session.device, p_network => v_session.network);
end
$$;
comment on function account.step_up(bytea, bigint, bytea, bytea, bytea) is
    'The second factor again, for role changes and the like: a new session takes the place of the old one. Refuses: UD001, UD008, UD010.';

reset role;
