-- What test_db.c calls.  Run by the superuser in a database of its own.
create role aiddesk_unit login connection limit 3;
alter role aiddesk_unit set synchronous_commit = on;
create schema unit;
grant usage on schema unit to aiddesk_unit;

create function unit.clock_offset() returns bigint language sql as $$ select 3600000000::bigint $$;

create table unit.row (id bigint primary key, word text);
grant select, insert on unit.row to aiddesk_unit;
create sequence unit.attempts;
grant usage on sequence unit.attempts to aiddesk_unit;

-- Every type, back as it came.
create function unit.echo(p_text text, p_int bigint, p_bool boolean, p_uuid uuid, p_bytes bytea, p_json jsonb, p_time timestamptz,
                          p_date date, p_texts text[], p_byteas bytea[])
returns table (a_text text, an_int bigint, a_bool boolean, a_uuid uuid, some_bytes bytea, a_json jsonb, a_time timestamptz,
               a_date date, some_texts text[], n_byteas bigint, joined bytea, some_ints bigint[], a_number numeric, forever timestamptz)
language sql as $$
    select p_text, p_int, p_bool, p_uuid, p_bytes, p_json, p_time, p_date, p_texts, cardinality(p_byteas)::bigint,
           p_byteas[1] || p_byteas[2], array[p_int, null], 2.5::numeric, 'infinity'::timestamptz
$$;

create function unit.add(p_id bigint, p_word text) returns void language sql as $$
    insert into unit.row (id, word) values (p_id, p_word)
$$;
create function unit.count(p_id bigint) returns bigint language sql as $$ select count(*) from unit.row where id = p_id $$;

-- Refusals.
create function unit.refuse(p_state text, p_detail text) returns bigint language plpgsql as $$
begin
    raise exception using errcode = p_state, message = 'refused', detail = p_detail;
end
$$;
create function unit.slow(p_seconds bigint) returns void language sql as $$ select pg_sleep(p_seconds) $$;
create function unit.locked() returns void language plpgsql as $$
begin
    set local lock_timeout = '50ms';
    lock table unit.row in access exclusive mode;
end
$$;

-- Fails with p_state until the sequence, which no rollback turns back, has been drawn from p_times times.
create function unit.clash(p_state text, p_times bigint, p_id bigint) returns bigint language plpgsql as $$
declare
    v_attempt bigint := nextval('unit.attempts');
begin
    insert into unit.row (id, word) values (p_id, 'clash');
    if v_attempt <= p_times then
        raise exception using errcode = p_state, message = 'again';
    end if;
    return v_attempt;
end
$$;

create function unit.warn(p_id bigint) returns void language plpgsql as $$
begin
    insert into unit.row (id, word) values (p_id, 'warned');
    raise notice 'a write path must not do this';
end
$$;

-- The connection dies: at once, or in the middle of COMMIT.
create function unit.die() returns void language plpgsql security definer as $$
begin
    perform pg_terminate_backend(pg_backend_pid());
    perform pg_sleep(5);
end
$$;
create function unit.on_commit() returns trigger language plpgsql security definer as $$
begin
    case new.word
        when 'die at commit' then perform unit.die();
        when 'sleep at commit' then perform pg_sleep(3);
        when 'refuse at commit' then raise exception using errcode = '23514', message = 'no', constraint = 'row_word';
        else null;
    end case;
    return null;
end
$$;
create constraint trigger row_on_commit after insert on unit.row deferrable initially deferred
    for each row execute function unit.on_commit();

-- Segments of a file: p_n rows of 100,000 bytes; row p_bad raises.
create function unit.segments(p_n bigint, p_bad bigint) returns table (segment bytea) language plpgsql as $$
begin
    for i in 1..p_n loop
        if i = p_bad then
            raise exception using errcode = 'UD002', message = 'gone';
        end if;
        segment := decode(repeat(lpad(to_hex(i), 2, '0'), 100000), 'hex');
        return next;
    end loop;
end
$$;

-- Replaced underneath.
create function unit.fickle() returns bigint language sql as $$ select 1::bigint $$;
create function unit.forget() returns void language plpgsql as $$ begin execute 'deallocate all'; end $$;
create function unit.backend() returns bigint language sql as $$ select pg_backend_pid()::bigint $$;
