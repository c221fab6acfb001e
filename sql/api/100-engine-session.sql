-- Who is calling and what may they touch.  Bearers are look-up values made in C; tables hold their sha256 (SECURITY.md §3.3, §4.1).
-- The *_of and *_case functions only read, so that reading API functions work inside a read only snapshot; the *_check functions
-- also note the time of the last request and are called once per request by the program's identify.
set role aiddesk_owner;

create function engine.user_of_session(p_session bytea, p_roles text[] default null, p_full boolean default true)
returns core.app_user
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_now timestamptz := core.now();
    v_session core.session := (select s from core.session s where s.id = sha256(p_session));
    v_user core.app_user;
    v_ends timestamptz;
begin
    v_user := (select u from core.app_user u where u.id = v_session.app_user);
    -- Between password and second factor a session lives a few minutes and is good for nothing else.
    v_ends := case when v_session.full_rights
        then least(v_session.last_seen_at + engine.limit_interval(p_code => 'session_idle'),
                   v_session.created_at + engine.limit_interval(p_code => 'session_absolute'))
        else v_session.created_at + engine.limit_interval(p_code => 'pre_session') end;
    if v_session.id is null or v_session.ended_at is not null or v_now >= v_ends
       or v_user.id is null or v_user.state <> 'active' or v_user.epoch <> v_session.epoch
       or (p_full and not v_session.full_rights) then
        raise exception using errcode = 'UD001', message = 'no session';
    end if;
    if p_roles is not null and not v_user.role = any (p_roles) then
        raise exception using errcode = 'UD003', message = 'the role may not';
    end if;
    -- A coordinator without a second factor has no rights of a role: only what asks for none, which is to enrol one.
    if p_roles is not null and v_user.role = 'coordinator' and v_user.totp_sealed is null then
        raise exception using errcode = 'UD003', message = 'no second factor yet';
    end if;
    return v_user;
end
$$;
comment on function engine.user_of_session(bytea, text[], boolean) is
    'The signed-in user behind a session, or a refusal: UD001 none, ended, idle too long, too old, epoch passed, disabled, or before the second factor unless p_full is false; UD003 role not in p_roles, or a coordinator who has no second factor yet.';

create function engine.session_check(p_session bytea, p_roles text[] default null, p_full boolean default true)
returns core.app_user
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_roles => p_roles, p_full => p_full);
begin
    -- Once a minute is enough for an idle limit of half an hour, and keeps most requests free of writes.
    update core.session s set last_seen_at = core.now()
    where s.id = sha256(p_session) and s.last_seen_at < core.now() - interval '60 s';
    return v_user;
end
$$;
comment on function engine.session_check(bytea, text[], boolean) is
    'engine.user_of_session for the start of a request: also notes the time. Refuses: UD001, UD003.';

create function engine.session_end_all(p_user uuid, p_except bytea default null) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_n bigint;
begin
    update core.session s set ended_at = core.now()
    where s.app_user = p_user and s.ended_at is null and s.id is distinct from sha256(p_except);
    get diagnostics v_n = row_count;
    return v_n;
end
$$;
comment on function engine.session_end_all(uuid, bytea) is 'Ends the sessions of a user but the one whose look-up value is given; returns how many.';

create function engine.factor_check(p_session bytea) returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (
        select from core.session s
        where s.id = sha256(p_session) and s.factor_at > core.now() - interval '5 minutes') then
        raise exception using errcode = 'UD004', message = 'second factor needed again';
    end if;
end
$$;
comment on function engine.factor_check(bytea) is 'Step-up: a second factor in the last five minutes. Refuses: UD004.';

create function engine.hidden(p_user uuid) returns uuid[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    -- With a platform that was merged into another one, the other one too.
    select array(select f.platform from core.user_conflict f where f.app_user = p_user
                 union
                 select p.merged_into from core.user_conflict f join core.platform p on p.id = f.platform
                 where f.app_user = p_user and p.merged_into is not null
                 union
                 select r.case_id from core.case_recusal r where r.app_user = p_user)
$$;
comment on function engine.hidden(uuid) is
    'Platforms with which the person declared a conflict of interest, and cases from which they recused: no list, search or count may show a trace of a case when array[its platform, its id] && these.';

create function engine.may_see(p_user core.app_user, p_platform uuid, p_case uuid) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select not array[p_platform, p_case] && engine.hidden(p_user => p_user.id) $$;
comment on function engine.may_see(core.app_user, uuid, uuid) is
    'False when the person declared a conflict of interest with the platform, or recused from the case: no list, search or count may show a trace of it.';

create function engine.case_for_user(p_session bytea, p_case uuid, p_write boolean default false) returns core.case_file
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['volunteer', 'coordinator']);
    v_case core.case_file;
begin
    if p_write then
        v_case := (select c from core.case_file c where c.id = p_case for update);
    else
        v_case := (select c from core.case_file c where c.id = p_case);
    end if;
    if v_case.id is null or v_case.status in ('DRAFT', 'ERASED')
       or not engine.may_see(p_user => v_user, p_platform => v_case.platform, p_case => v_case.id)
       or (v_user.role <> 'coordinator' and not exists (
            select from core.assignment a
            where a.case_id = v_case.id and a.app_user = v_user.id and a.ended_at is null
              and v_case.assignee = v_user.id)) then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
    return v_case;
end
$$;
comment on function engine.case_for_user(bytea, uuid, boolean) is
    'A case that the signed-in user may work on: assigned to them, or any for a coordinator. Somebody else''s case, one with a conflict of interest and one that does not exist are refused alike. p_write locks the row. Refuses: UD001, UD002, UD003.';

create function engine.track_case(p_track bytea, p_write boolean default false) returns core.case_file
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_session core.track_session := (select t from core.track_session t where t.id = sha256(p_track));
    v_case core.case_file;
begin
    if v_session.id is null or v_session.ended_at is not null
       or core.now() >= v_session.last_seen_at + engine.limit_interval(p_code => 'track_idle') then
        raise exception using errcode = 'UD001', message = 'no session';
    end if;
    if p_write then
        v_case := (select c from core.case_file c where c.id = v_session.case_id for update);
    else
        v_case := (select c from core.case_file c where c.id = v_session.case_id);
    end if;
    if v_case.id is null or v_case.status in ('DRAFT', 'ERASED') then
        raise exception using errcode = 'UD001', message = 'no session';
    end if;
    return v_case;
end
$$;
comment on function engine.track_case(bytea, boolean) is
    'The one case of a case session. p_write locks the row. Refuses: UD001 when the session is unknown, left or idle too long.';

create function engine.track_check(p_track bytea) returns core.case_file
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.track_case(p_track => p_track);
begin
    update core.track_session t set last_seen_at = core.now()
    where t.id = sha256(p_track) and t.last_seen_at < core.now() - interval '60 s';
    return v_case;
end
$$;
comment on function engine.track_check(bytea) is 'engine.track_case for the start of a request: also notes the time. Refuses: UD001.';

create function engine.draft_case(p_draft bytea, p_write boolean default false, p_submitted boolean default false)
returns core.case_file
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_box core.draft_box := (
        select b from core.draft_box b where b.cookie_lookup = sha256(p_draft) and b.expires_at > core.now());
    v_case core.case_file;
begin
    if p_write then
        v_case := (select c from core.case_file c where c.id = v_box.case_id for update);
    else
        v_case := (select c from core.case_file c where c.id = v_box.case_id);
    end if;
    if v_case.id is null or v_case.status = 'ERASED' then
        raise exception using errcode = 'UD005', message = 'draft unknown or ended';
    end if;
    if v_case.status <> 'DRAFT' and not p_submitted then
        raise exception using errcode = 'UD025', message = 'submitted already';
    end if;
    return v_case;
end
$$;
comment on function engine.draft_case(bytea, boolean, boolean) is
    'The one draft of a draft cookie. p_submitted also takes one that was submitted, while its box is kept for the receipt. p_write locks the row. Refuses: UD005 unknown or expired, UD025 submitted already.';

reset role;
