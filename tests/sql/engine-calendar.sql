-- Working days, periods and provisional dates (DOMAIN.md §3.14, §3.15).
\ir support.psql
create table t.vector (start text, count bigint, unit text, "end" text, why text, provisional text);
\ir working-day-vectors.psql
select plan(93 + 14);

-- All vectors: an event at ten in the morning, or at the minute that the vector names.
select is(
    case v.unit when 'h' then to_char(d.due_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI')
                else engine.due_day(p_due => d.due_at, p_unit => v.unit)::text end || ' ' || d.provisional,
    v."end" || ' ' || (v.provisional = 'yes'), v.start || ' + ' || v.count || ' ' || v.unit || ': ' || v.why)
from t.vector v, engine.due(p_n => v.count, p_unit => v.unit, p_start =>
    (case when length(v.start) > 10 then v.start else v.start || 'T10:00' end)::timestamp at time zone 'Asia/Shanghai') d;

select is((select count(*) from generate_series(date '2025-01-01', date '2025-12-31', '1 day') g (d) where not engine.is_off(p_day => d::date)),
    248::bigint, '2025 has 248 working days');
select is((select count(*) from generate_series(date '2026-01-01', date '2026-12-31', '1 day') g (d) where not engine.is_off(p_day => d::date)),
    248::bigint, '2026 has 248 working days');
select is((select due_at from engine.due(p_start => '2026-11-20 10:00+08', p_n => 7, p_unit => 'wd')), '2026-12-02 00:00+08'::timestamptz,
    'a period in days ends at 24:00 of its last day in Shanghai');
select is((select due_at from engine.due(p_start => '2026-11-20 23:59:59+08', p_n => 7, p_unit => 'wd')), '2026-12-02 00:00+08'::timestamptz,
    'filing after office hours still counts as that date');
select is((select due_at from engine.due(p_start => '2026-11-20 23:30+00', p_n => 1, p_unit => 'cd')), '2026-11-24 00:00+08'::timestamptz,
    'the day of the event is the day in Shanghai: 23:30 UTC is Saturday there');
select is((select engine.due_day(p_due => due_at, p_unit => 'cd') from engine.due(p_start => '2026-05-20 10:00+08', p_n => 60, p_unit => 'cd', p_excluded => 15)),
    '2026-08-03'::date, 'testing from 1 to 15 June is not counted inside the 60 days');
select is((select due_at from engine.due(p_start => null, p_n => 7, p_unit => 'wd')), null, 'an unknown start gives no date');
select is((select due_at from engine.due(p_start => core.now(), p_n => null, p_unit => 'wd')), null, 'an unknown length gives no date');
select throws_ok($$select * from engine.due(p_start => core.now(), p_n => 1, p_unit => 'week')$$, 'UD031', null, 'an unknown unit is refused');
select is((select jsonb_agg(s ->> 'name' order by s ->> 'day') from engine.due(p_start => '2026-04-30 10:00+08', p_n => 7, p_unit => 'wd') d,
           jsonb_array_elements(d.skipped) s where s ->> 'kind' = 'OFF'),
    '["劳动节", "劳动节", "劳动节", "劳动节", "劳动节"]'::jsonb, 'skipped days carry the names of the holidays');

-- The notice for 2027 arrives: provisional rows go, running provisional clocks are computed again.
select t.submitted() as case_id \gset
select engine.clock_start(p_case => :'case_id', p_kind => 'FINAL', p_start => '2026-12-28 10:00+08',
    p_rule => '{"n": 7, "unit": "wd", "source_kind": "LEGAL"}') as clock \gset
select is((select provisional::text || ' ' || engine.due_day(p_due => due_at, p_unit => 'wd') from core.clock where id = :'clock'),
    'true 2027-01-07', 'before the notice the date is provisional');
select engine.load_calendar(E'date,kind,name,notice\n2027-01-01,OFF,元旦,试验〔2026〕1号\n2027-01-02,WORKDAY,元旦调休上班,试验〔2026〕1号\n') \gset
select is((select provisional::text || ' ' || engine.due_day(p_due => due_at, p_unit => 'wd') from core.clock where id = :'clock'),
    'false 2027-01-06', 'an official make-up day makes it earlier, and certain');
select is((select count(*) from ref.calendar_day where kind = 'PROVISIONAL_OFF' and day between '2027-01-01' and '2027-12-31'), 0::bigint,
    'the provisional days of that year are gone');
select is((select after ->> 'year' from core.event where type = 'deadline_changed' and object_id = :'clock'), '2027', 'the change is an event of the case');

select finish();
rollback;
