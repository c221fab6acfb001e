-- Limits: numbers of ref.service_limit, counters of attempts, and small checks that every API function uses (SECURITY.md §4.6).
set role aiddesk_owner;

create function engine.limit_n(p_code text) returns bigint
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_n bigint := (select l.n from ref.service_limit l where l.code = p_code);
begin
    if v_n is null then
        raise exception using errcode = 'P0004', message = 'service limit is not loaded: ' || p_code;
    end if;
    return v_n;
end
$$;
comment on function engine.limit_n(text) is 'The value of a service limit; a limit that is not loaded is a fault of the installation.';

create function engine.limit_interval(p_code text) returns interval
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_n bigint := engine.limit_n(p_code => p_code);
    v_unit text := (select l.unit from ref.service_limit l where l.code = p_code);
begin
    return case v_unit
        when 's' then make_interval(secs => v_n)
        when 'minute' then make_interval(mins => v_n::int)
        when 'h' then make_interval(hours => v_n::int)
        when 'cd' then make_interval(days => v_n::int)
    end;
end
$$;
comment on function engine.limit_interval(text) is 'The value of a service limit as a length of time; units s, minute, h, cd.';

create function engine.version_check(p_found bigint, p_read bigint) returns void
language plpgsql immutable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_read is not null and p_found is distinct from p_read then
        raise exception using errcode = 'UD020', message = 'the row was changed meanwhile';
    end if;
end
$$;
comment on function engine.version_check(bigint, bigint) is
    'Compares the version of a row with the one that the writer had read; null is not compared. Refuses: UD020.';

create function engine.code_check(p_enumeration text, p_code text) returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_code is not null
       and not exists (select from ref.enumeration e where e.enumeration = p_enumeration and e.code = p_code) then
        raise exception using errcode = 'UD031', message = 'unknown code', detail = p_enumeration;
    end if;
end
$$;
comment on function engine.code_check(text, text) is 'Null or a code of the enumeration. Refuses: UD031 with the enumeration.';

-- Attempts ----------------------------------------------------------------------------------------------------------------------

create function engine.attempt_check(p_kind text, p_key text, p_limit bigint, p_window interval) returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_now timestamptz := core.now();
    v_until timestamptz := (
        select a.window_start + p_window
        from core.attempt a
        where a.kind = p_kind and a.key = sha256(convert_to(p_key, 'UTF8')) and a.n >= p_limit);
begin
    if v_until > v_now then
        raise exception using errcode = 'UD010', message = 'too many tries',
            detail = ceil(extract(epoch from v_until - v_now))::bigint::text;
    end if;
end
$$;
comment on function engine.attempt_check(text, text, bigint, interval) is
    'Reads a counter. Refuses: UD010 with the seconds to wait when p_limit was reached inside the window.';

create function engine.attempt_add(p_kind text, p_key text, p_window interval) returns bigint
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    insert into core.attempt as a (kind, key, window_start, n, last_at)
    values (p_kind, sha256(convert_to(p_key, 'UTF8')), core.now(), 1, core.now())
    on conflict (kind, key) do update set
        n = case when a.window_start + p_window > core.now() then a.n + 1 else 1 end,
        window_start = case when a.window_start + p_window > core.now() then a.window_start else core.now() end,
        last_at = core.now()
    returning a.n
$$;
comment on function engine.attempt_add(text, text, interval) is
    'Counts one try and returns the count of the window. The caller must commit, so a failure is answered with a row, not raised.';

create function engine.attempt_take(p_kind text, p_key text, p_limit bigint, p_window interval) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- A limit of 0 closes the door: there is no counter yet that could say so.
    if p_limit < 1 then
        raise exception using errcode = 'UD010', message = 'too many tries', detail = ceil(extract(epoch from p_window))::bigint::text;
    end if;
    perform engine.attempt_check(p_kind => p_kind, p_key => p_key, p_limit => p_limit, p_window => p_window);
    perform engine.attempt_add(p_kind => p_kind, p_key => p_key, p_window => p_window);
end
$$;
comment on function engine.attempt_take(text, text, bigint, interval) is
    'For things that are allowed so many times in a window: checks and counts; a limit of 0 allows none. Refuses: UD010 with the seconds to wait.';

create function engine.budget_take(p_kind text, p_limit bigint, p_window interval) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_until timestamptz := (
        select a.window_start + p_window
        from core.attempt a
        where a.kind = p_kind and a.key = sha256(convert_to('all', 'UTF8')) and a.n >= p_limit);
begin
    if p_limit < 1 or v_until > core.now() then
        raise exception using errcode = 'UD012', message = 'the budget of this hour is used up',
            detail = ceil(extract(epoch from case when v_until > core.now() then v_until - core.now() else p_window end))::bigint::text;
    end if;
    perform engine.attempt_add(p_kind => p_kind, p_key => 'all', p_window => p_window);
end
$$;
comment on function engine.budget_take(text, bigint, interval) is
    'One limit for everybody together: checks and counts. Refuses: UD012 with the seconds to wait; the caller offers another lane.';

create function engine.attempt_delay(p_kind text, p_key text) returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_now timestamptz := core.now();
    v_n bigint;
    v_last timestamptz;
    v_until timestamptz;
begin
    select a.n, a.last_at into v_n, v_last
    from core.attempt a
    where a.kind = p_kind and a.key = sha256(convert_to(p_key, 'UTF8'));
    if v_n is null then
        return;
    end if;
    -- 1, 2, 4 … seconds, and never more than login_wait_max: strangers can slow an account, never lock it.
    v_until := v_last + make_interval(secs => least(engine.limit_n(p_code => 'login_wait_max'), 2 ^ least(v_n - 1, 30)));
    if v_until > v_now then
        raise exception using errcode = 'UD010', message = 'too many tries',
            detail = ceil(extract(epoch from v_until - v_now))::bigint::text;
    end if;
end
$$;
comment on function engine.attempt_delay(text, text) is
    'The growing wait between failed sign-ins: 1, 2, 4 … seconds up to login_wait_max. Refuses: UD010 with the seconds to wait.';

create function engine.attempt_clear(p_kind text, p_key text) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$ delete from core.attempt a where a.kind = p_kind and a.key = sha256(convert_to(p_key, 'UTF8')) $$;
comment on function engine.attempt_clear(text, text) is 'Forgets a counter, after a success.';

create function engine.factor_wait(p_user uuid) returns void
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select engine.attempt_check(p_kind => 'factor_user', p_key => p_user::text, p_limit => engine.limit_n(p_code => 'factor_user_hour'),
                                p_window => interval '1 hour')
$$;
comment on function engine.factor_wait(uuid) is
    'Wrong codes of a person, over all sessions and half sessions. Only who knows the password comes so far, so strangers hold nobody up; a right password forgets nothing, and recovery codes do not wait. Refuses: UD010.';

create function engine.password_wait(p_user uuid) returns void
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select engine.attempt_check(p_kind => 'password', p_key => p_user::text, p_limit => engine.limit_n(p_code => 'password_user_hour'),
                                p_window => interval '1 hour')
$$;
comment on function engine.password_wait(uuid) is
    'Wrong present passwords of a signed-in person; signing in has its own counters. Refuses: UD010.';

reset role;
