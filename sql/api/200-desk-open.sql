-- desk: who is signed in, opening a case (handing out the one seal that the person may open), keys that wait (SECURITY.md §3.4).
set role aiddesk_owner;

create function desk.clock_offset() returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select engine.clock_offset_us() $$;
comment on function desk.clock_offset() is 'Microseconds that clock_now() in C adds to the real time.';

create function desk.vocabulary()
returns table (enumeration text, code text, grp text, sort bigint, label_zh text, label_en text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select v.enumeration, v.code, v.grp, v.sort, v.label_zh, v.label_en from engine.vocabulary() v $$;
comment on function desk.vocabulary() is 'Codes and labels for pages.';

create function desk.session_check(p_session bytea)
returns table (app_user uuid, login text, display_name text, role text, lang text, full_rights boolean, key_version bigint,
               wrapped_key bytea, public_key bytea, has_totp boolean, factor_codes_left bigint, must_enrol boolean)
language sql security definer
set search_path = pg_catalog, pg_temp
as $$
    select c.app_user, c.login, c.display_name, c.role, c.lang, c.full_rights, c.key_version, c.wrapped_key, c.public_key, c.has_totp,
           c.factor_codes_left, c.must_enrol
    from engine.staff_check(p_session => p_session, p_full => true) c
$$;
comment on function desk.session_check(bytea) is 'Who carries this session, with the wrapped secret key; notes the request. Refuses: UD001.';

create function desk.case_id_of(p_session bytea, p_case_no text) returns uuid
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case uuid;
begin
    select c.id into v_case from core.case_file c where c.case_no = upper(p_case_no);
    -- One answer for what does not exist and what is not yours.
    return (engine.case_for_user(p_session => p_session, p_case => v_case)).id;
end
$$;
comment on function desk.case_id_of(bytea, text) is 'Id of a case by its number, for a person who may see it. Refuses: UD001, UD002.';

create function desk.case_open(p_session bytea, p_case_no text)
returns table (case_id uuid, case_no text, key_check bytea, recipient_kind text, key_version bigint, seal bytea, group_seal bytea,
               group_public bytea, status text, version bigint, accepted boolean, waiting boolean)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['volunteer', 'coordinator']);
    v_case core.case_file;
    v_seal core.case_seal;
    v_group core.group_member;
    v_public bytea;
begin
    select c.* into v_case from core.case_file c where c.case_no = upper(p_case_no);
    v_case := engine.case_for_user(p_session => p_session, p_case => v_case.id);
    -- At most 60 different cases an hour a person, in however many sessions: a stolen password cannot empty the desk.
    if not exists (select from core.attempt a where a.kind = 'opened' and a.key = sha256(uuid_send(v_user.id) || uuid_send(v_case.id))
                   and a.last_at > core.now() - interval '1 hour') then
        begin
            perform engine.attempt_take(p_kind => 'openings', p_key => v_user.id::text,
                                        p_limit => engine.limit_n(p_code => 'openings_hour'), p_window => interval '1 hour');
        exception when sqlstate 'UD010' then
            raise exception using errcode = 'UD042', message = 'too many cases opened';
        end;
        insert into core.attempt as a (kind, key, window_start, n, last_at)
        values ('opened', sha256(uuid_send(v_user.id) || uuid_send(v_case.id)), core.now(), 1, core.now())
        on conflict (kind, key) do update set window_start = excluded.window_start, last_at = excluded.last_at;
        perform engine.event_add(p_case => v_case.id, p_object_kind => 'case', p_object => v_case.id, p_type => 'opened',
                                 p_actor_kind => 'user', p_actor => v_user.id);
    end if;
    select s.* into v_seal from core.case_seal s
    where s.case_id = v_case.id and s.recipient_kind = 'user' and s.recipient = v_user.id and s.key_version = v_user.key_version;
    if not found and v_user.role = 'coordinator' then
        select s.* into v_seal from core.case_seal s where s.case_id = v_case.id and s.recipient_kind = 'group';
        select m.* into v_group from core.group_member m
        where m.kind = 'group' and m.version = v_seal.key_version and m.app_user = v_user.id and m.seal is not null;
        select g.public_key into v_public from core.group_key g where g.kind = 'group' and g.version = v_seal.key_version;
    end if;
    return query
    select v_case.id, v_case.case_no, v_case.key_check, v_seal.recipient_kind, v_seal.key_version, v_seal.seal, v_group.seal, v_public,
           v_case.status, v_case.version, v_case.accepted_at is not null,
           v_seal.seal is null or (v_seal.recipient_kind = 'group' and v_group.seal is null);
end
$$;
comment on function desk.case_open(bytea, text) is
    'Opens a case for reading: the person''s own seal, or for coordinators the group seal with their seal of the group key. waiting: no key yet. Counts different cases an hour and notes the opening. Refuses: UD001, UD002, UD042.';

create function desk.waiting_seals(p_session bytea)
returns table (kind text, case_id uuid, key_check bytea, group_case_seal bytea, app_user uuid, roster_kind text, roster_id uuid,
               key_version bigint, public_key bytea, signature bytea)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['coordinator']);
begin
    return query
    -- Members that wait for a group's secret: the version of the group's key goes with it.
    (select m.kind, null::uuid, null::bytea, null::bytea, m.app_user, 'user'::text, m.app_user, k.version, k.public_key, k.signature
     from core.group_member m
     join core.app_user u on u.id = m.app_user and u.state = 'active'
     join core.user_key k on k.app_user = u.id and k.version = u.key_version
     where m.seal is null and m.app_user <> v_user.id
     limit 50)
    union all
    -- Assigned people without a seal that opens.
    (select 'user', c.id, c.key_check, s.seal, c.assignee, 'user', c.assignee, k.version, k.public_key, k.signature
     from core.seal_wait w
     join core.case_file c on c.id = w.case_id
     join core.case_seal s on s.case_id = c.id and s.recipient_kind = 'group'
     join core.app_user u on u.id = c.assignee and u.state = 'active'
     join core.user_key k on k.app_user = u.id and k.version = u.key_version
     where c.closed_at is null and engine.may_see(p_user => v_user, p_platform => c.platform, p_case => c.id)
       and not exists (select from core.case_seal o where o.case_id = c.id and o.recipient_kind = 'user' and o.recipient = c.assignee
                       and o.key_version = u.key_version)
     limit 50)
    union all
    -- Cases that nobody has, without a pool seal: not claimable until sealed.
    (select 'pool', c.id, c.key_check, s.seal, null, 'pool', g.id, g.version, g.public_key, g.signature
     from core.seal_wait w
     join core.case_file c on c.id = w.case_id
     join core.case_seal s on s.case_id = c.id and s.recipient_kind = 'group'
     join core.group_key g on g.kind = 'pool' and g.current
     where c.assignee is null and c.closed_at is null and c.submitted_at is not null
       and engine.may_see(p_user => v_user, p_platform => c.platform, p_case => c.id)
       and not exists (select from core.case_seal o where o.case_id = c.id and o.recipient_kind = 'pool')
     limit 50);
end
$$;
comment on function desk.waiting_seals(bytea) is
    'Seals that wait for a coordinator''s request: group and pool members (kind group or pool with app_user), cases of assigned people (user), cases without a pool seal (pool without app_user). Refuses: UD001, UD003.';

create function desk.group_secret(p_session bytea, p_kind text)
returns table (version bigint, id uuid, public_key bytea, seal bytea)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['volunteer', 'coordinator']);
begin
    return query
    select g.version, g.id, g.public_key, m.seal
    from core.group_key g join core.group_member m on m.kind = g.kind and m.version = g.version
    where g.kind = p_kind and g.current and m.app_user = v_user.id and m.seal is not null
      and (p_kind = 'pool' or v_user.role = 'coordinator');
end
$$;
comment on function desk.group_secret(bytea, text) is
    'The person''s own seal of the group or pool key in use; no row while it waits. Refuses: UD001, UD003.';

create function desk.member_sealed(p_session bytea, p_kind text, p_user uuid, p_user_version bigint, p_seal bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_actor core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['coordinator']);
begin
    update core.group_member m set seal = p_seal, sealed_at = core.now()
    from core.app_user u
    where m.kind = p_kind and m.app_user = p_user and m.seal is null and u.id = p_user and u.key_version = p_user_version
      and m.version = (select g.version from core.group_key g where g.kind = p_kind and g.current);
    if found then
        perform engine.event_add(p_case => null, p_object_kind => 'user', p_object => p_user, p_type => p_kind || '_joined',
                                 p_actor_kind => 'user', p_actor => v_actor.id);
    end if;
end
$$;
comment on function desk.member_sealed(bytea, text, uuid, bigint, bytea) is
    'Stores the group or pool secret sealed to a waiting member; nothing when somebody else was faster. Refuses: UD001, UD003.';

create function desk.case_sealed(p_session bytea, p_case uuid, p_kind text, p_user uuid, p_key_version bigint, p_seal bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_actor core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['coordinator']);
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
begin
    if p_kind = 'user' and v_case.assignee = p_user
       or p_kind = 'pool' and v_case.assignee is null then
        insert into core.case_seal as s (case_id, recipient_kind, recipient, key_version, seal)
        values (v_case.id, p_kind, case when p_kind = 'user' then p_user end, p_key_version, p_seal)
        on conflict (case_id, recipient_kind, recipient) do update
        set key_version = excluded.key_version, seal = excluded.seal, created_at = core.now();
        perform engine.event_add(p_case => v_case.id, p_object_kind => 'case', p_object => v_case.id, p_type => 'sealed_to_' || p_kind,
                                 p_actor_kind => 'user', p_actor => v_actor.id);
    end if;
end
$$;
comment on function desk.case_sealed(bytea, uuid, text, uuid, bigint, bytea) is
    'Stores a waiting seal of a case, to its present assignee or to the pool; nothing when that changed meanwhile. Refuses: UD001, UD002, UD003.';

reset role;
