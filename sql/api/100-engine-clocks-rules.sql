-- Which rule a clock follows: rows of ref.channel_clock by the day the body received the complaint, and the limitation periods.
set role aiddesk_owner;

create function engine.filing_start_of(p_filing core.filing, p_starts_on text) returns timestamptz
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select case p_starts_on
        when 'SUBMITTED_AT' then p_filing.submitted_at
        when 'RECEIVED_AT' then p_filing.received_on::timestamp at time zone 'Asia/Shanghai'
        when 'DELIVERED_AT' then p_filing.received_on::timestamp at time zone 'Asia/Shanghai'
        when 'ACCEPTED_AT' then p_filing.accepted_on::timestamp at time zone 'Asia/Shanghai'
        when 'FILED_AT' then p_filing.accepted_on::timestamp at time zone 'Asia/Shanghai'
        when 'WITHDRAW_REQUESTED_AT' then p_filing.wd_requested_at
    end
$$;
comment on function engine.filing_start_of(core.filing, text) is 'The start event of a clock as far as the filing knows it; null = not known yet.';

create function engine.channel_rule(p_clock ref.channel_clock, p_received date) returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_strip_nulls(jsonb_build_object(
        'channel', p_clock.channel, 'variant', nullif(p_clock.variant, ''), 'valid_from', nullif(p_clock.valid_from, '-infinity'),
        'valid_to', p_clock.valid_to, 'n', p_clock.n, 'unit', p_clock.unit, 'starts_on', p_clock.starts_on,
        'extension', p_clock.extension, 'source_kind', p_clock.source_kind, 'source', p_clock.source,
        'confidence', p_clock.confidence, 'note_zh', nullif(p_clock.note_zh, ''), 'note_en', nullif(p_clock.note_en, ''),
        'received_on', p_received,
        -- The market regulator's rules changed on 2026-04-15; the day of receipt decides which apply (DOMAIN.md §3.5).
        'instrument', (
            select i.id from ref.law_instrument i
            where i.id in ('CM-20', 'CM-121') and p_received >= i.valid_from and (i.valid_to is null or p_received <= i.valid_to)
              and exists (select from ref.collision_class k where k.class = 'REGULATOR' and k.channel = p_clock.channel))))
$$;
comment on function engine.channel_rule(ref.channel_clock, date) is
    'The rule of a channel clock as kept in core.clock.rule, with the regulator''s instrument in force on the day of receipt.';

create function engine.filing_clocks_start(p_filing uuid, p_starts_on text[]) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_filing core.filing := (select f from core.filing f where f.id = p_filing);
    v_received date := coalesce(v_filing.received_on, engine.local_day(p_at => v_filing.submitted_at));
    v_row ref.channel_clock;
    v_clock uuid;
    v_n bigint := 0;
begin
    for v_row in
        select r.channel, r.clock_key, r.variant, r.valid_from, r.valid_to, r.n, r.unit, r.starts_on, r.extension, r.source_kind,
               r.source, r.confidence, r.note_zh, r.note_en
        from ref.channel_clock r
        where r.channel = v_filing.channel and r.starts_on = any (p_starts_on)
          and v_received >= r.valid_from and (r.valid_to is null or v_received <= r.valid_to)
        order by r.clock_key, r.variant
    loop
        v_clock := (
            select k.id from core.clock k
            where k.filing_id = p_filing and k.kind = v_row.clock_key and k.stopped_at is null
              and coalesce(k.rule ->> 'variant', '') = v_row.variant);
        if v_clock is null then
            perform engine.clock_start(p_case => v_filing.case_id, p_kind => v_row.clock_key, p_filing => p_filing,
                p_rule => engine.channel_rule(p_clock => v_row, p_received => v_received),
                p_start => engine.filing_start_of(p_filing => v_filing, p_starts_on => v_row.starts_on));
            v_n := v_n + 1;
        else
            perform engine.clock_set_start(p_clock => v_clock,
                p_start => engine.filing_start_of(p_filing => v_filing, p_starts_on => v_row.starts_on));
        end if;
    end loop;
    return v_n;
end
$$;
comment on function engine.filing_clocks_start(uuid, text[]) is
    'Starts the clocks of a filing''s channel that begin with the given events, under the rows valid on the day of receipt; a clock that runs already gets its start corrected. Returns how many were new.';

create function engine.filing_dates_changed(p_filing uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_filing core.filing := (select f from core.filing f where f.id = p_filing);
    v_received date := coalesce(v_filing.received_on, engine.local_day(p_at => v_filing.submitted_at));
    v_clock record;
begin
    -- A corrected day of receipt may fall under another rule: the old row ends, the right one begins.
    for v_clock in
        select k.id, k.kind, k.rule
        from core.clock k
        where k.filing_id = p_filing and k.stopped_at is null and k.rule ? 'channel'
          and (k.rule ->> 'received_on')::date is distinct from v_received
        order by k.kind, k.id
    loop
        update core.clock k set stopped_at = core.now(), stop_reason = 'ENTERED_IN_ERROR' where k.id = v_clock.id;
        perform engine.filing_clocks_start(p_filing => p_filing, p_starts_on => array[v_clock.rule ->> 'starts_on']);
    end loop;
    perform engine.clock_set_start(p_clock => k.id,
        p_start => engine.filing_start_of(p_filing => v_filing, p_starts_on => k.rule ->> 'starts_on'))
    from core.clock k
    where k.filing_id = p_filing and k.stopped_at is null and k.rule ? 'channel';
    perform engine.next_due_refresh(p_case => v_filing.case_id);
end
$$;
comment on function engine.filing_dates_changed(uuid) is
    'The days of receipt, acceptance or filing were corrected: running clocks of the filing are computed again, under the rule of the new day of receipt.';

-- Limitation --------------------------------------------------------------------------------------------------------------------

create function engine.limitation_sync(p_case uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := (select c from core.case_file c where c.id = p_case);
    v_start timestamptz := v_case.knew_on::timestamp at time zone 'Asia/Shanghai';
    v_rule record;
    v_clock core.clock;
begin
    for v_rule in
        select r.code, r.valid_from, r.n, r.unit, r.source, r.warn_days,
               case r.code when 'RESCISSION_1Y' then 'RESCISSION' else 'LIMITATION' end as kind
        from ref.limitation_rule r
        where r.code in ('CIVIL_3Y', 'RESCISSION_1Y')
          and engine.today() >= r.valid_from and (r.valid_to is null or engine.today() <= r.valid_to)
        order by r.code
    loop
        v_clock := (select k from core.clock k
                    where k.case_id = p_case and k.stopped_at is null and k.rule ->> 'code' = v_rule.code);
        if v_rule.kind = 'RESCISSION' and v_case.problem_type is distinct from 'FRAUD_SUSPECTED' then
            update core.clock k set stopped_at = core.now(), stop_reason = 'ENTERED_IN_ERROR' where k.id = v_clock.id;
        elsif v_clock.id is null then
            perform engine.clock_start(p_case => p_case, p_kind => v_rule.kind, p_start => v_start,
                p_rule => jsonb_build_object('code', v_rule.code, 'valid_from', v_rule.valid_from, 'n', v_rule.n, 'unit', v_rule.unit,
                    'starts_on', 'KNEW_AT', 'source_kind', 'LEGAL', 'source', v_rule.source, 'warn_days', to_jsonb(v_rule.warn_days)));
        elsif not v_clock.rule ? 'restarted_by' then
            perform engine.clock_set_start(p_clock => v_clock.id, p_start => v_start);
        end if;
    end loop;
    perform engine.next_due_refresh(p_case => p_case);
end
$$;
comment on function engine.limitation_sync(uuid) is
    'Limitation (3 years from knowledge, Civil Code 188) and, where fraud is suspected, rescission (1 year, Civil Code 152): starts the rows, or corrects them after knew_on or the problem changed.';

create function engine.limitation_restart(p_case uuid, p_on date, p_event text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_old uuid := (
        select k.id from core.clock k
        where k.case_id = p_case and k.kind = 'LIMITATION' and k.filing_id is null and k.stopped_at is null);
    v_new uuid;
begin
    if v_old is null then
        return;
    end if;
    v_new := engine.clock_restart(p_clock => v_old, p_start => p_on::timestamp at time zone 'Asia/Shanghai');
    update core.clock k set rule = k.rule || jsonb_build_object('restarted_by', p_event) where k.id = v_new;
    perform engine.event_add(p_case => p_case, p_object_kind => 'clock', p_object => v_new, p_type => 'limitation_restarted',
        p_actor_kind => 'user', p_after => jsonb_build_object('on', p_on, 'by', p_event));
end
$$;
comment on function engine.limitation_restart(uuid, date, text) is
    'A demand, the other side''s agreement or a suit restarts limitation (Civil Code 195). Rescission is a fixed period and never restarts.';

-- Reading -----------------------------------------------------------------------------------------------------------------------

create function engine.clock_state(p_clock core.clock) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select case
        when p_clock.stopped_at is not null then 'stopped'
        when p_clock.rule ->> 'unit' is distinct from 'date' and p_clock.rule ->> 'n' is null then 'unknown'
        when p_clock.due_at is null then 'not_started'
        when p_clock.paused_at is not null then 'paused'
        when p_clock.due_at <= core.now() then 'overdue'
        else 'running' end
$$;
comment on function engine.clock_state(core.clock) is 'stopped, unknown (未核实), not_started (尚未起算), paused, overdue or running.';

create function engine.source_articles(p_source text) returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(jsonb_build_object('name_zh', i.name_zh, 'name_en', i.name_en, 'article', a.article) order by m.n), '[]')
    from regexp_matches(p_source, '[A-Z]+(?:-[0-9]+)+', 'g') with ordinality m (code, n)
    join ref.law_article a on a.id = m.code[1]
    join ref.law_instrument i on i.id = a.instrument
$$;
comment on function engine.source_articles(text) is
    'The articles that the source of a period names by their codes, for people: name_zh, name_en, article. Codes of notes and of grades of reliability are left out.';

create function engine.clock_why(p_clock uuid) returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
        'id', k.id, 'kind', k.kind,
        'rule', k.rule || jsonb_build_object('articles', engine.source_articles(p_source => k.rule ->> 'source')), 'started_at', k.started_at, 'started_on', engine.local_day(p_at => k.started_at),
        'due_at', k.due_at, 'due_on', engine.due_day(p_due => k.due_at, p_unit => k.rule ->> 'unit'), 'skipped', k.skipped,
        'worked', (
            select coalesce(jsonb_agg(jsonb_build_object('day', d.day, 'name', d.name) order by d.day), '[]')
            from ref.calendar_day d
            where d.kind = 'WORKDAY' and d.day > engine.local_day(p_at => k.started_at)
              and d.day <= engine.due_day(p_due => k.due_at, p_unit => k.rule ->> 'unit') and k.rule ->> 'unit' = 'wd'),
        'excluded_days', k.excluded_days, 'provisional', k.provisional, 'legal', k.legal, 'state', engine.clock_state(p_clock => k),
        'paused_at', k.paused_at, 'stopped_at', k.stopped_at, 'stop_reason', k.stop_reason,
        'days_left', engine.due_day(p_due => k.due_at, p_unit => k.rule ->> 'unit') - engine.today())
    from core.clock k where k.id = p_clock
$$;
comment on function engine.clock_why(uuid) is
    '"Why this date": rule with version and source, start, skipped days and make-up days with names, excluded days, provisional or not, state, days left.';

create function engine.clocks_of(p_case uuid)
returns table (id uuid, kind text, filing_id uuid, settlement_id uuid, due_at timestamptz, due_on date, state text, provisional boolean,
               legal boolean, n bigint, unit text, source_kind text, started_at timestamptz, stopped_at timestamptz, stop_reason text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select k.id, k.kind, k.filing_id, k.settlement_id, k.due_at, engine.due_day(p_due => k.due_at, p_unit => k.rule ->> 'unit'),
           engine.clock_state(p_clock => k), k.provisional, k.legal, (k.rule ->> 'n')::bigint, k.rule ->> 'unit',
           k.rule ->> 'source_kind', k.started_at, k.stopped_at, k.stop_reason
    from core.clock k
    where k.case_id = p_case
    order by k.stopped_at is not null, k.due_at nulls last, k.kind, k.id
$$;
comment on function engine.clocks_of(uuid) is 'All clocks of a case, running ones first by due time.';

reset role;
