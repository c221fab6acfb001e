-- track: the code in, the case out (SECURITY.md §3.3, §4.5).  Unknown, revoked and ended codes are answered alike.
set role aiddesk_owner;

create function track.clock_offset() returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select engine.clock_offset_us() $$;
comment on function track.clock_offset() is 'Microseconds that clock_now() in C adds to the real time.';

create function track.vocabulary()
returns table (enumeration text, code text, grp text, sort bigint, label_zh text, label_en text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select v.enumeration, v.code, v.grp, v.sort, v.label_zh, v.label_en from engine.vocabulary() v $$;
comment on function track.vocabulary() is 'Codes and labels for pages.';

create function track.code_wait(p_network text) returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_failed bigint := engine.attempt_count(p_kind => 'code_network', p_key => p_network);
    v_free bigint := engine.limit_n(p_code => 'code_failures_wait_after');
    v_since timestamptz := (select a.last_at from core.attempt a
                            where a.kind = 'code_network' and a.key = sha256(convert_to(p_network, 'UTF8')));
    v_wait interval;
begin
    if v_failed < v_free or v_since <= core.now() - interval '1 hour' then
        return;
    end if;
    -- 1, 2, 4 … seconds, at most a minute; a network waits, a code is never locked.
    v_wait := make_interval(secs => least(engine.limit_n(p_code => 'code_wait_max'), 2 ^ least(v_failed - v_free, 10))::double precision);
    if core.now() < v_since + v_wait then
        raise exception using errcode = 'UD010', message = 'wait',
            detail = ceil(extract(epoch from v_since + v_wait - core.now()))::bigint::text;
    end if;
end
$$;
comment on function track.code_wait(text) is
    'After 20 wrong codes an hour from one network each further try waits 1, 2, 4 … 60 s. Refuses: UD010 (seconds).';

create function track.code_look(p_code bytea, p_network text)
returns table (case_id uuid, public_key bytea, seal bytea, key_check bytea)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select c.id, t.public_key, s.seal, c.key_check
    from core.tracking_code t
    join core.case_file c on c.id = t.case_id and c.status not in ('DRAFT', 'ERASED')
    join core.case_seal s on s.case_id = c.id and s.recipient_kind = 'code'
    where t.lookup = sha256(p_code);
    if not found then
        perform engine.attempt_add(p_kind => 'code_network', p_key => p_network, p_window => interval '1 hour');
    end if;
end
$$;
comment on function track.code_look(bytea, text) is 'The case of a tracking code with the seal that the code opens; no row and one counted failure otherwise.';

create function track.session_begin(p_code bytea, p_track bytea, p_wrapped bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case uuid := (select t.case_id from core.tracking_code t where t.lookup = sha256(p_code));
begin
    if v_case is null then
        raise exception using errcode = 'UD006', message = 'code unknown';
    end if;
    insert into core.track_session (id, case_id, wrapped_seed, created_at, last_seen_at)
    values (sha256(p_track), v_case, p_wrapped, core.now(), core.now());
    perform engine.event_add(p_case => v_case, p_object_kind => 'case', p_object => v_case, p_type => 'tracked', p_actor_kind => 'complainant');
end
$$;
comment on function track.session_begin(bytea, bytea, bytea) is
    'Begins a case session: p_wrapped is the code''s box secret under the cookie. Refuses: UD006.';

create function track.session_check(p_track bytea)
returns table (case_id uuid, case_no text, status text, version bigint, lang text, key_check bytea, wrapped bytea, public_key bytea, seal bytea)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.track_check(p_track => p_track);
begin
    return query
    select v_case.id, v_case.case_no, v_case.status, v_case.version, v_case.lang, v_case.key_check, n.wrapped_seed, t.public_key, s.seal
    from core.track_session n
    join core.tracking_code t on t.case_id = v_case.id
    join core.case_seal s on s.case_id = v_case.id and s.recipient_kind = 'code'
    where n.id = sha256(p_track);
end
$$;
comment on function track.session_check(bytea) is 'The case of this session, with what opens its key; notes the request. Refuses: UD001.';

create function track.leave(p_track bytea) returns void
language sql security definer
set search_path = pg_catalog, pg_temp
as $$ update core.track_session t set ended_at = core.now() where t.id = sha256(p_track) and t.ended_at is null $$;
comment on function track.leave(bytea) is 'Ends this case session; unknown ones are no error.';

reset role;
