-- Vocabulary, the clock offset of demo and test, and case numbers.
set role aiddesk_owner;

create function engine.vocabulary()
returns table (enumeration text, code text, grp text, sort bigint, label_zh text, label_en text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select e.enumeration, e.code, e.grp, e.sort, e.label_zh, e.label_en
    from ref.enumeration e order by e.enumeration, e.sort, e.code
$$;
comment on function engine.vocabulary() is 'All codes with their labels, in display order; each program keeps them in memory.';

create function engine.clock_offset_us() returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select (extract(epoch from c.amount) * 1000000)::bigint from core.clock_offset c $$;
comment on function engine.clock_offset_us() is 'What core.now() adds to the real time, in microseconds, for clock_now() in C.';

create function engine.set_clock_offset(p_amount interval) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Months and years have no fixed length, so the offset that C reads in microseconds would drift from ours.
    update core.clock_offset c set amount = make_interval(secs => extract(epoch from p_amount)::double precision)
    where c.allowed;
    if not found then
        raise exception using errcode = '42501', message = 'the clock may be moved in demo and test installations only';
    end if;
end
$$;
comment on function engine.set_clock_offset(interval) is
    'Moves the clock of a demo or test installation; granted to nobody, so only owner and operator call it. Refused elsewhere (42501).';

create function engine.check_digit(p_digits text) returns text
language plpgsql immutable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    -- Damm's quasigroup: finds every wrong digit and every swap of neighbours (H. M. Damm, 2004).
    v_table constant text := '0317598642' || '7092154863' || '4206871359' || '1750983426' || '6123045978'
                          || '3674209581' || '5869720134' || '8945362017' || '9438617205' || '2581436790';
    v_state int := 0;
begin
    for v_i in 1 .. length(p_digits) loop
        v_state := substr(v_table, v_state * 10 + substr(p_digits, v_i, 1)::int + 1, 1)::int;
    end loop;
    return v_state::text;
end
$$;
comment on function engine.check_digit(text) is 'Damm check digit of a string of digits; of a string with its check digit it is 0.';

create function engine.case_no_of(p_n bigint, p_year bigint) returns text
language plpgsql immutable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_width int := greatest(5, length(p_n::text));
    v_size bigint := (10 ^ v_width)::bigint;
    v_digits text;
begin
    -- Two affine steps with the digits reversed between them: a bijection of 0 .. size - 1 that leaves no visible order, so that a
    -- number does not tell how many cases there are.  It hides, it does not protect: a case number opens nothing.
    v_digits := lpad(mod(p_n * 61987 + 40093, v_size)::text, v_width, '0');
    v_digits := lpad(mod(reverse(v_digits)::bigint * 27481 + 13579, v_size)::text, v_width, '0');
    return 'AD' || lpad(mod(p_year, 100)::text, 2, '0') || '-' || v_digits || engine.check_digit(p_digits => v_digits);
end
$$;
comment on function engine.case_no_of(bigint, bigint) is
    'The case number for a counter value: AD, year, five or more digits without visible order, check digit.';

create function engine.case_no_next() returns text
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    update core.case_number set last_value = last_value + 1
    returning engine.case_no_of(p_n => last_value, p_year => extract(year from engine.today())::bigint)
$$;
comment on function engine.case_no_next() is
    'The next case number. Holds the counter row until the transaction ends, so submissions, and with them automatic assignment, follow one another.';

reset role;
