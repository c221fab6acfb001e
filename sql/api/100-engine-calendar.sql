-- The official work-day calendar and the counting rules of DOMAIN.md §3.14 and §3.15 (Civil Code 201 to 203).
set role aiddesk_owner;

create function engine.year_official(p_year bigint) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select exists (
            select from ref.calendar_day d
            where d.day between make_date(p_year::int, 1, 1) and make_date(p_year::int, 12, 31)
              and d.kind in ('OFF', 'WORKDAY') and d.notice is not null));
end
$$;
comment on function engine.year_official(bigint) is 'True when the official notice of that year is loaded; dates that need another year are provisional.';

create function engine.day_off(p_day date, out kind text, out name text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    select d.kind, d.name into kind, name from ref.calendar_day d where d.day = p_day;
    if kind = 'WORKDAY' then
        kind := null;
        name := null;
    elsif kind is null and extract(isodow from p_day) >= 6 then
        kind := 'WEEKEND';
    elsif kind is null and to_char(p_day, 'MM-DD') in ('01-01', '05-01', '05-02', '10-01', '10-02', '10-03')
          and not engine.year_official(p_year => extract(year from p_day)::bigint) then
        -- Fixed statutory days; without a notice no substitute day and no make-up day is guessed.
        kind := 'STATUTORY';
    end if;
end
$$;
comment on function engine.day_off(date) is
    'Why a day is off: OFF or PROVISIONAL_OFF with the holiday''s name, WEEKEND, STATUTORY; kind null = a working day, make-up days included.';

create function engine.is_off(p_day date) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (select d.kind is not null from engine.day_off(p_day => p_day) d);
end
$$;
comment on function engine.is_off(date) is 'True when nobody works on that day.';

create function engine.due_day(p_due timestamptz, p_unit text) returns date
language plpgsql immutable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select case when p_unit in ('h', 'minute') then engine.local_day(p_at => p_due)
                    else engine.local_day(p_at => p_due - interval '1 microsecond') end);
end
$$;
comment on function engine.due_day(timestamptz, text) is
    'The day to show for a due time. A period in days ends at 24:00 of its last day, which is 00:00 of the next.';

create function engine.count_days(p_start date, p_n bigint, p_working boolean, out last date, out skipped jsonb, out provisional boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_left bigint := p_n;
    v_kind text;
    v_name text;
    v_years bigint[] := '{}';
begin
    last := p_start;
    skipped := '[]';
    provisional := false;
    -- p_working: the day of the event is not counted, then p_n working days.  Otherwise p_start is the last day, which moves to the
    -- next working day when it is off; p_n is 0.
    loop
        if p_working then
            exit when v_left = 0;
            last := last + 1;
        end if;
        if not extract(year from last)::bigint = any (v_years) then
            v_years := v_years || extract(year from last)::bigint;
            provisional := provisional or not engine.year_official(p_year => extract(year from last)::bigint);
        end if;
        select d.kind, d.name into v_kind, v_name from engine.day_off(p_day => last) d;
        if v_kind is not null then
            skipped := skipped || jsonb_build_object('day', last, 'kind', v_kind, 'name', v_name);
        end if;
        if p_working then
            v_left := v_left - (v_kind is null)::int;
        else
            exit when v_kind is null;
            last := last + 1;
        end if;
    end loop;
end
$$;
comment on function engine.count_days(date, bigint, boolean) is
    'Walks the calendar: counts p_n working days after p_start, or (p_working false) moves p_start on to a working day. Gives the last day, the days passed over, and whether a year without official notice was touched.';

create function engine.due(p_start timestamptz, p_n bigint, p_unit text, p_excluded bigint default 0)
returns table (due_at timestamptz, skipped jsonb, provisional boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_start date := engine.local_day(p_at => p_start);
    v_last date;
begin
    if p_start is null or p_n is null then
        return query select null::timestamptz, '[]'::jsonb, false;
        return;
    end if;
    if p_unit in ('h', 'minute') then
        return query select p_start + make_interval(mins => (p_n * case p_unit when 'h' then 60 else 1 end)::int), '[]'::jsonb, false;
        return;
    end if;
    if p_unit = 'wd' then
        select c.last, c.skipped, c.provisional into v_last, due.skipped, due.provisional
        from engine.count_days(p_start => v_start, p_n => p_n + p_excluded, p_working => true) c;
    else
        -- Adding months to a date gives the corresponding day, or the last of the month when there is none.
        v_last := case p_unit
            when 'cd' then v_start + (p_n + p_excluded)::int
            when 'mo' then (v_start + make_interval(months => p_n::int))::date + p_excluded::int
            when 'y' then (v_start + make_interval(years => p_n::int))::date + p_excluded::int
        end;
        if v_last is null then
            raise exception using errcode = 'UD031', message = 'unknown unit of a period', detail = 'clock_unit';
        end if;
        select c.last, c.skipped, c.provisional into v_last, due.skipped, due.provisional
        from engine.count_days(p_start => v_last, p_n => 0, p_working => false) c;
    end if;
    due.due_at := (v_last + 1)::timestamp at time zone 'Asia/Shanghai';
    return next;
end
$$;
comment on function engine.due(timestamptz, bigint, text, bigint) is
    'End of a period of p_n units (wd, cd, h, minute, mo, y) from an event, p_excluded days not counted. Day units end at 24:00 Asia/Shanghai of the last day. Null start or length gives null. Refuses: UD031 unknown unit.';

create function engine.calendar_reload(p_year bigint)
returns table (case_id uuid, clock_id uuid, old_due timestamptz, new_due timestamptz)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_clock core.clock;
    v_new record;
begin
    if engine.year_official(p_year => p_year) then
        delete from ref.calendar_day d
        where d.kind = 'PROVISIONAL_OFF'
          and d.day between make_date(p_year::int, 1, 1) and make_date(p_year::int, 12, 31);
    end if;
    for v_clock in
        select k.id, k.case_id, k.filing_id, k.settlement_id, k.kind, k.rule, k.started_at, k.due_at, k.skipped, k.excluded_days,
               k.provisional, k.legal, k.paused_at, k.stopped_at, k.stop_reason, k.reminded
        from core.clock k
        where k.provisional and k.stopped_at is null and k.started_at is not null
        order by k.case_id, k.id
        for update
    loop
        select d.due_at, d.skipped, d.provisional into v_new
        from engine.due(p_start => v_clock.started_at, p_n => (v_clock.rule ->> 'n')::bigint, p_unit => v_clock.rule ->> 'unit',
                        p_excluded => v_clock.excluded_days) d;
        update core.clock k set due_at = v_new.due_at, skipped = v_new.skipped, provisional = v_new.provisional where k.id = v_clock.id;
        perform engine.next_due_refresh(p_case => v_clock.case_id);
        if v_new.due_at is distinct from v_clock.due_at then
            perform engine.event_add(p_case => v_clock.case_id, p_object_kind => 'clock', p_object => v_clock.id,
                p_type => 'deadline_changed', p_actor_kind => 'operator', p_before => jsonb_build_object('due_at', v_clock.due_at),
                p_after => jsonb_build_object('due_at', v_new.due_at, 'year', p_year));
            return query select v_clock.case_id, v_clock.id, v_clock.due_at, v_new.due_at;
        end if;
    end loop;
end
$$;
comment on function engine.calendar_reload(bigint) is
    'After the calendar of a year was loaded: its provisional days go, running provisional clocks are computed again; returns those whose date changed.';

reset role;
