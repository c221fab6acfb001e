-- account: password, second factor, setup, invitations, people (SECURITY.md §3.3, §3.4).
set role aiddesk_owner;

create function account.password_change(p_session bytea, p_old_verifier bytea, p_salt bytea, p_ops bigint, p_mem bigint, p_pepper_version bigint,
                                        p_verifier bytea, p_wrapped_secret bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    select u.* into v_user from core.app_user u where u.id = v_user.id for update;
    perform engine.password_wait(p_user => v_user.id);
    if v_user.verifier is distinct from p_old_verifier then
        raise exception using errcode = 'UD008', message = 'present password wrong';
    end if;
    update core.app_user u
    set password_salt = p_salt, password_ops = p_ops, password_mem = p_mem, pepper_version = p_pepper_version, verifier = p_verifier,
        version = u.version + 1
    where u.id = v_user.id;
    update core.user_key k set wrapped_secret = p_wrapped_secret where k.app_user = v_user.id and k.version = v_user.key_version;
    -- The key pair stays; other sessions end.
    update core.session s set ended_at = core.now() where s.app_user = v_user.id and s.id <> sha256(p_session) and s.ended_at is null;
    perform engine.event_add(p_case => null, p_object_kind => 'user', p_object => v_user.id, p_type => 'password_changed',
        p_actor_kind => 'user', p_actor => v_user.id);
end
$$;
comment on function account.password_change(bytea, bytea, bytea, bigint, bigint, bigint, bytea, bytea) is
    'New salt, verifier and wrap of the same key; ends the other sessions. Refuses: UD001, UD008 present password wrong, UD010 while too many were.';

create function account.password_params(p_session bytea)
returns table (app_user uuid, login text, display_name text, salt bytea, ops bigint, mem bigint, pepper_version bigint, key_version bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    perform engine.password_wait(p_user => v_user.id);
    return query select v_user.id, v_user.login, v_user.display_name, v_user.password_salt, v_user.password_ops, v_user.password_mem,
                        v_user.pepper_version, v_user.key_version;
end
$$;
comment on function account.password_params(bytea) is
    'Own salt and parameters, to check the present password. Refuses: UD001, UD010 seconds to wait after too many wrong ones.';

create function account.password_failed(p_session bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    perform engine.attempt_add(p_kind => 'password', p_key => v_user.id::text, p_window => interval '1 hour');
end
$$;
comment on function account.password_failed(bytea) is
    'Counts a wrong present password for the person, whatever the session: a stolen session must not find the password. Refuses: UD001.';

create function account.totp_start(p_session bytea, p_sealed bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    -- Who has only the session must not put a factor of their own in the place of the owner's.
    if v_user.totp_sealed is not null then
        perform engine.factor_check(p_session => p_session);
    end if;
    update core.app_user u set totp_pending = p_sealed where u.id = v_user.id;
end
$$;
comment on function account.totp_start(bytea, bytea) is
    'Keeps a new TOTP secret (sealed to the user) until its first code was right; where a factor exists, after it. Refuses: UD001, UD004.';

create function account.totp_look(p_session bytea) returns table (pending bytea, sealed bytea, last_step bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    return query select v_user.totp_pending, v_user.totp_sealed, v_user.totp_last_step;
end
$$;
comment on function account.totp_look(bytea) is 'Own sealed TOTP secrets: the pending and the confirmed one. Refuses: UD001.';

create function account.totp_confirm(p_session bytea, p_step bigint, p_codes bytea[]) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    select u.* into v_user from core.app_user u where u.id = v_user.id for update;
    if v_user.totp_sealed is not null then
        perform engine.factor_check(p_session => p_session);
    end if;
    if v_user.totp_pending is null then
        raise exception using errcode = 'UD025', message = 'nothing to confirm';
    end if;
    update core.app_user u
    set totp_sealed = u.totp_pending, totp_pending = null, totp_last_step = p_step, version = u.version + 1
    where u.id = v_user.id;
    delete from core.factor_code f where f.app_user = v_user.id;
    insert into core.factor_code (app_user, lookup) select v_user.id, sha256(c) from unnest(p_codes) c;
    -- Only the first factor counts as asked for just now: a later one would prolong the freshness of the old.
    if v_user.totp_sealed is null then
        update core.session s set factor_at = core.now() where s.id = sha256(p_session);
    end if;
    update core.session s set ended_at = core.now() where s.app_user = v_user.id and s.id <> sha256(p_session) and s.ended_at is null;
    perform engine.event_add(p_case => null, p_object_kind => 'user', p_object => v_user.id, p_type => 'factor_enrolled',
        p_actor_kind => 'user', p_actor => v_user.id);
end
$$;
comment on function account.totp_confirm(bytea, bigint, bytea[]) is
    'The pending secret becomes the second factor; stores ten recovery-code look-ups; ends other sessions. Where a factor exists, after it. Refuses: UD001, UD004, UD025.';

create function account.factor_codes_replace(p_session bytea, p_step bigint, p_codes bytea[]) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    select u.* into v_user from core.app_user u where u.id = v_user.id for update;
    perform engine.factor_wait(p_user => v_user.id);
    if v_user.totp_sealed is null or p_step <= v_user.totp_last_step then
        raise exception using errcode = 'UD008', message = 'code was used already';
    end if;
    update core.app_user set totp_last_step = p_step where id = v_user.id;
    delete from core.factor_code f where f.app_user = v_user.id;
    insert into core.factor_code (app_user, lookup) select v_user.id, sha256(c) from unnest(p_codes) c;
    perform engine.event_add(p_case => null, p_object_kind => 'user', p_object => v_user.id, p_type => 'factor_codes_replaced',
        p_actor_kind => 'user', p_actor => v_user.id);
end
$$;
comment on function account.factor_codes_replace(bytea, bigint, bytea[]) is 'A new set of recovery codes replaces all. Refuses: UD001, UD008, UD010.';

create function account.totp_remove(p_session bytea, p_step bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    select u.* into v_user from core.app_user u where u.id = v_user.id for update;
    if v_user.role = 'coordinator' then
        raise exception using errcode = 'UD004', message = 'required for coordinators';
    end if;
    perform engine.factor_wait(p_user => v_user.id);
    if v_user.totp_sealed is null or p_step <= v_user.totp_last_step then
        raise exception using errcode = 'UD008', message = 'code was used already';
    end if;
    update core.app_user u set totp_sealed = null, totp_pending = null, totp_last_step = p_step, version = u.version + 1 where u.id = v_user.id;
    delete from core.factor_code f where f.app_user = v_user.id;
    perform engine.event_add(p_case => null, p_object_kind => 'user', p_object => v_user.id, p_type => 'factor_removed',
        p_actor_kind => 'user', p_actor => v_user.id);
end
$$;
comment on function account.totp_remove(bytea, bigint) is 'Takes the second factor off; coordinators cannot. Refuses: UD001, UD004, UD008, UD010.';

-- It lives beside the tables, which no migrate drops.
drop function if exists core.setup_begin(bytea, bytea, bytea);
create function core.setup_begin(p_lookup bytea, p_envelope bytea, p_recovery_public bytea) returns timestamptz
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_expires timestamptz := core.now() + make_interval(mins => (select l.n::integer from ref.service_limit l where l.code = 'setup_link'));
begin
    if exists (select from core.group_key) then
        raise exception using errcode = 'UD025', message = 'a first coordinator exists';
    end if;
    delete from core.setup_envelope;
    insert into core.setup_envelope (lookup, envelope, recovery_public, expires_at)
    values (sha256(p_lookup), p_envelope, p_recovery_public, v_expires);
    return v_expires;
end
$$;
comment on function core.setup_begin(bytea, bytea, bytea) is
    'Called by `aiddesk setup`: stores the envelope of the recovery secret under the one-time link; an older one goes. Refuses: UD025.';

create function account.setup_look(p_link bytea, p_group bigint)
returns table (envelope bytea, recovery_public bytea, asked_group bigint, expires_at timestamptz)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- The group to type back is chosen once, so reloading the page gives no second guess.
    update core.setup_envelope e set asked_group = coalesce(e.asked_group, p_group)
    where e.lookup = sha256(p_link) and e.expires_at > core.now();
    return query
    select e.envelope, e.recovery_public, e.asked_group, e.expires_at
    from core.setup_envelope e
    where e.lookup = sha256(p_link) and e.expires_at > core.now();
    if not found then
        raise exception using errcode = 'UD007', message = 'link unknown, used or expired';
    end if;
end
$$;
comment on function account.setup_look(bytea, bigint) is
    'The envelope under a live setup link and the group (0..13) that must be typed back; p_group is used the first time. Refuses: UD007.';

create function account.setup_finish(p_link bytea, p_user uuid, p_login text, p_display_name text, p_lang text, p_salt bytea, p_ops bigint,
                                     p_mem bigint, p_pepper_version bigint, p_verifier bytea, p_public_key bytea, p_signature bytea,
                                     p_wrapped_secret bytea, p_group_id uuid, p_group_public bytea, p_group_signature bytea,
                                     p_group_to_user bytea, p_group_to_recovery bytea, p_pool_id uuid, p_pool_public bytea,
                                     p_pool_signature bytea, p_pool_to_user bytea, p_pool_to_recovery bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    delete from core.setup_envelope e where e.lookup = sha256(p_link) and e.expires_at > core.now();
    if not found then
        raise exception using errcode = 'UD007', message = 'link unknown, used or expired';
    end if;
    perform engine.user_insert(p_user => p_user, p_login => p_login, p_display_name => p_display_name, p_role => 'coordinator',
        p_lang => p_lang, p_salt => p_salt, p_ops => p_ops, p_mem => p_mem, p_pepper_version => p_pepper_version, p_verifier => p_verifier,
                                p_public_key => p_public_key, p_signature => p_signature, p_wrapped_secret => p_wrapped_secret);
    insert into core.group_key (kind, version, id, public_key, signature)
    values ('group', 1, p_group_id, p_group_public, p_group_signature), ('pool', 1, p_pool_id, p_pool_public, p_pool_signature);
    insert into core.group_member (kind, version, app_user, seal, sealed_at)
    values ('group', 1, p_user, p_group_to_user, core.now()), ('group', 1, null, p_group_to_recovery, core.now()),
           ('pool', 1, p_user, p_pool_to_user, core.now()), ('pool', 1, null, p_pool_to_recovery, core.now());
    perform engine.event_add(p_case => null, p_object_kind => 'user', p_object => p_user, p_type => 'setup_finished',
        p_actor_kind => 'user', p_actor => p_user);
end
$$;
comment on function account.setup_finish(bytea, uuid, text, text, text, bytea, bigint, bigint, bigint, bytea, bytea, bytea, bytea, uuid, bytea,
                                         bytea, bytea, bytea, uuid, bytea, bytea, bytea, bytea) is
    'One transaction: first coordinator, group and pool keys (sealed to the coordinator and to recovery), the envelope goes. Refuses: UD007, UD026.';

create function account.invite_make(p_session bytea, p_lookup bytea, p_role text, p_note text) returns timestamptz
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['coordinator']);
    v_expires timestamptz := core.now() + make_interval(hours => (select l.n::integer from ref.service_limit l where l.code = 'invitation'));
begin
    perform engine.factor_check(p_session => p_session);
    insert into core.invitation (lookup, kind, role, note, created_by, created_at, expires_at)
    values (sha256(p_lookup), 'invite', p_role, p_note, v_user.id, core.now(), v_expires);
    perform engine.event_add(p_case => null, p_object_kind => 'user', p_object => null, p_type => 'invited',
        p_actor_kind => 'user', p_actor => v_user.id, p_after => jsonb_build_object('role', p_role));
    return v_expires;
end
$$;
comment on function account.invite_make(bytea, bytea, text, text) is
    'An invitation for 72 hours by a coordinator; role volunteer, coordinator or regulator. Refuses: UD001, UD003, UD004.';

create function account.invite_list(p_session bytea)
returns table (name text, kind text, role text, note text, created_at timestamptz, expires_at timestamptz, by_name text, for_name text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform engine.user_of_session(p_session => p_session, p_roles => array['coordinator']);
    return query
    select encode(sha256(i.lookup), 'hex'), i.kind, coalesce(i.role, t.role), i.note, i.created_at, i.expires_at, u.display_name, t.display_name
    from core.invitation i
    left join core.app_user u on u.id = i.created_by
    left join core.app_user t on t.id = i.app_user
    where i.used_at is null and i.expires_at > core.now()
    order by i.created_at desc;
end
$$;
comment on function account.invite_list(bytea) is 'Open invitations and reset links. Refuses: UD001, UD003.';

create function account.invite_cancel(p_session bytea, p_name text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['coordinator']);
begin
    delete from core.invitation i where encode(sha256(i.lookup), 'hex') = p_name and i.used_at is null;
    if not found then
        raise exception using errcode = 'UD002', message = 'no such invitation';
    end if;
    perform engine.event_add(p_case => null, p_object_kind => 'user', p_object => null, p_type => 'invitation_cancelled',
        p_actor_kind => 'user', p_actor => v_user.id);
end
$$;
comment on function account.invite_cancel(bytea, text) is 'Takes an unused invitation or reset link back. Refuses: UD001, UD002, UD003.';

create function account.invite_look(p_link bytea)
returns table (kind text, role text, app_user uuid, login text, display_name text, key_version bigint, expires_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select i.kind, coalesce(i.role, u.role), i.app_user, u.login, u.display_name, u.key_version, i.expires_at
    from core.invitation i
    left join core.app_user u on u.id = i.app_user
    where i.lookup = sha256(p_link) and i.used_at is null and i.expires_at > core.now();
    if not found then
        raise exception using errcode = 'UD007', message = 'link unknown, used or expired';
    end if;
end
$$;
comment on function account.invite_look(bytea) is 'What a live invitation or reset link is for. Looking changes nothing. Refuses: UD007.';

create function account.invite_accept(p_link bytea, p_user uuid, p_login text, p_display_name text, p_lang text, p_salt bytea, p_ops bigint,
                                      p_mem bigint, p_pepper_version bigint, p_verifier bytea, p_public_key bytea, p_signature bytea,
                                      p_wrapped_secret bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_invitation core.invitation;
begin
    update core.invitation i set used_at = core.now()
    where i.lookup = sha256(p_link) and i.kind = 'invite' and i.used_at is null and i.expires_at > core.now()
    returning i.* into v_invitation;
    if not found then
        raise exception using errcode = 'UD007', message = 'link unknown, used or expired';
    end if;
    perform engine.user_insert(p_user => p_user, p_login => p_login, p_display_name => p_display_name, p_role => v_invitation.role,
        p_lang => p_lang, p_salt => p_salt, p_ops => p_ops, p_mem => p_mem, p_pepper_version => p_pepper_version, p_verifier => p_verifier,
                                p_public_key => p_public_key, p_signature => p_signature, p_wrapped_secret => p_wrapped_secret);
    perform engine.membership_wait(p_user => p_user, p_role => v_invitation.role);
end
$$;
comment on function account.invite_accept(bytea, uuid, text, text, text, bytea, bigint, bigint, bigint, bytea, bytea, bytea, bytea) is
    'The invited person becomes a user; pool (and group) membership waits for a coordinator''s next request. Refuses: UD007, UD026.';

create function account.reset_make(p_session bytea, p_user uuid, p_lookup bytea) returns timestamptz
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['coordinator']);
    v_expires timestamptz := core.now() + make_interval(hours => (select l.n::integer from ref.service_limit l where l.code = 'invitation'));
begin
    perform engine.factor_check(p_session => p_session);
    if p_user = v_user.id then
        raise exception using errcode = 'UD003', message = 'another coordinator has to do this';
    end if;
    if not exists (select from core.app_user u where u.id = p_user and u.state = 'active') then
        raise exception using errcode = 'UD002', message = 'no such person';
    end if;
    delete from core.invitation i where i.app_user = p_user and i.kind = 'reset' and i.used_at is null;
    insert into core.invitation (lookup, kind, app_user, created_by, created_at, expires_at)
    values (sha256(p_lookup), 'reset', p_user, v_user.id, core.now(), v_expires);
    perform engine.event_add(p_case => null, p_object_kind => 'user', p_object => p_user, p_type => 'reset_link_made',
        p_actor_kind => 'user', p_actor => v_user.id);
    return v_expires;
end
$$;
comment on function account.reset_make(bytea, uuid, bytea) is
    'A reset link for 72 hours, by a coordinator (for a coordinator: another one). Refuses: UD001, UD002, UD003, UD004.';

create function account.reset_finish(p_link bytea, p_salt bytea, p_ops bigint, p_mem bigint, p_pepper_version bigint, p_verifier bytea,
                                     p_public_key bytea, p_signature bytea, p_wrapped_secret bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_invitation core.invitation;
    v_user core.app_user;
begin
    update core.invitation i set used_at = core.now()
    where i.lookup = sha256(p_link) and i.kind = 'reset' and i.used_at is null and i.expires_at > core.now()
    returning i.* into v_invitation;
    if not found then
        raise exception using errcode = 'UD007', message = 'link unknown, used or expired';
    end if;
    select u.* into v_user from core.app_user u where u.id = v_invitation.app_user for update;
    update core.app_user u
    set password_salt = p_salt, password_ops = p_ops, password_mem = p_mem, pepper_version = p_pepper_version, verifier = p_verifier,
        key_version = u.key_version + 1, epoch = u.epoch + 1, totp_sealed = null, totp_pending = null, totp_last_step = 0,
        version = u.version + 1
    where u.id = v_user.id;
    insert into core.user_key (app_user, version, public_key, signature, wrapped_secret)
    values (v_user.id, v_user.key_version + 1, p_public_key, p_signature, p_wrapped_secret);
    delete from core.factor_code f where f.app_user = v_user.id;
    update core.session s set ended_at = core.now() where s.app_user = v_user.id and s.ended_at is null;
    -- What was sealed to the lost key opens no more: cases wait for a coordinator's request, memberships too.
    delete from core.case_seal s where s.recipient_kind = 'user' and s.recipient = v_user.id;
    update core.group_member m set seal = null, sealed_at = null where m.app_user = v_user.id;
    perform engine.membership_wait(p_user => v_user.id, p_role => v_user.role);
    perform engine.event_add(p_case => null, p_object_kind => 'user', p_object => v_user.id, p_type => 'password_reset',
        p_actor_kind => 'user', p_actor => v_user.id);
end
$$;
comment on function account.reset_finish(bytea, bytea, bigint, bigint, bigint, bytea, bytea, bytea, bytea) is
    'New password and key pair after a lost password; second factor off (coordinators enrol again), sessions end, seals wait. Refuses: UD007.';

reset role;
