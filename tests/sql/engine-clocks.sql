-- Clocks: rule and version, start, stop, restart, pause, limitation, "why this date" (DOMAIN.md §3.5, §3.15).
\ir support.psql
select plan(37);
create function t.line(p_clock uuid) returns text language sql as $$
    select concat_ws(' ', w ->> 'kind', w ->> 'state', w ->> 'due_on', w -> 'rule' ->> 'instrument', w ->> 'stop_reason')
    from engine.clock_why(p_clock => p_clock) w
$$;
create function t.lines(p_kind text) returns text language sql as $$
    select string_agg(t.line(id), ', ' order by stopped_at nulls last, due_at) from core.clock where kind = p_kind
$$;

select is(engine.source_articles(p_source => 'PML-31, CM-121-16; A0 (R-NUM-12)') -> 0 ->> 'article', '31', 'articles are named in their order');
select is(jsonb_array_length(engine.source_articles(p_source => 'PML-31, CM-121-16; A0 (R-NUM-12)')), 2, 'and codes of notes left out');
select is(engine.source_articles(p_source => null), '[]', 'no source, no article');
select t.submitted() as case_id \gset
select engine.service_stop(p_case => :'case_id', p_code => null, p_reason => 'DECIDED') \gset
select is((select next_due_at from core.case_file where id = :'case_id'), null, 'nothing runs');

-- Which rule applies: the day the regulator received the complaint
insert into core.filing (id, case_id, round, channel, status, submitted_at, received_on)
values (t.id('old'), :'case_id', 1, 'COMPLAINT_12315', 'SUBMITTED', '2024-05-06 10:00+08', '2024-05-06'),
       (t.id('mid'), :'case_id', 1, 'COMPLAINT_12315', 'SUBMITTED', '2026-04-14 10:00+08', '2026-04-14'),
       (t.id('new'), :'case_id', 1, 'COMPLAINT_12315', 'SUBMITTED', '2026-04-14 22:00+08', '2026-04-15');
update core.filing set accepted_on = received_on;
select engine.filing_clocks_start(p_filing => t.id('old'), p_starts_on => '{ACCEPTED_AT}') \gset
select is(t.lines('MEDIATION'), 'MEDIATION overdue 2024-07-08 CM-20', 'received before July 2024: 45 working days of Order 20');
select engine.filing_clocks_start(p_filing => t.id('mid'), p_starts_on => '{ACCEPTED_AT}') \gset
select is((select t.line(id) from core.clock where filing_id = t.id('mid')), 'MEDIATION overdue 2026-06-15 CM-20', 'received on 2026-04-14: 60 days, and Order 20 still');
select engine.filing_clocks_start(p_filing => t.id('new'), p_starts_on => '{ACCEPTED_AT}') \gset
select is((select t.line(id) from core.clock where filing_id = t.id('new')), 'MEDIATION overdue 2026-06-15 CM-121', 'received the next day: Order 121');
select is((select rule ->> 'source' || ' ' || (rule ->> 'valid_from') || ' ' || legal from core.clock where filing_id = t.id('new')),
    'IR-46; CM-121-23 2024-07-01 true', 'the row keeps source and version, and is a legal clock');
update core.filing set received_on = '2024-05-06' where id = t.id('mid');
select engine.filing_dates_changed(p_filing => t.id('mid')) \gset
select is((select string_agg(concat_ws(' ', rule ->> 'n', rule ->> 'unit', stop_reason), ', ' order by stopped_at nulls last) from core.clock where filing_id = t.id('mid')),
    '60 cd ENTERED_IN_ERROR, 45 wd', 'a corrected day of receipt brings the rule of that day');
update core.filing set accepted_on = '2026-04-20' where id = t.id('new');
select engine.filing_dates_changed(p_filing => t.id('new')) \gset
select is((select t.line(id) from core.clock where filing_id = t.id('new')), 'MEDIATION overdue 2026-06-22 CM-121', 'a corrected day of acceptance moves the date');
delete from core.clock;

-- Unknown and not started
insert into core.filing (id, case_id, round, channel, status, submitted_at) values (t.id('pay'), :'case_id', 1, 'CONSUMER_ASSOC', 'SUBMITTED', core.now());
select engine.filing_clocks_start(p_filing => t.id('pay'), p_starts_on => '{RECEIVED_AT}') \gset
select is(t.lines('ACCEPTANCE'), 'ACCEPTANCE unknown', 'a length nobody has verified gives no date');
select engine.clock_start(p_case => :'case_id', p_kind => 'FINAL', p_start => null, p_rule => '{"n": 3, "unit": "wd", "source_kind": "OFFICIAL"}') as final \gset
select is(t.line(:'final'), 'FINAL not_started', 'an unknown start is not guessed');
select engine.clock_set_start(p_clock => :'final', p_start => core.now()) \gset
select is(t.line(:'final'), 'FINAL running 2026-11-25', 'when it is known the clock runs');
select is((select next_due_at || '' from core.case_file where id = :'case_id'), '2026-11-25 16:00:00+00', 'and the case''s next deadline follows');
select engine.clock_exclude(p_clock => :'final', p_days => 2, p_reason => 'TESTING') \gset
select is((select w ->> 'due_on' || ' ' || (w ->> 'excluded_days') || ' ' || (w -> 'rule' ->> 'excluded_reason') from engine.clock_why(p_clock => :'final') w),
    '2026-11-27 2 TESTING', 'excluded days and their reason are kept');
select engine.clock_restart(p_clock => :'final', p_start => '2026-11-23 09:00+08') as again \gset
select is(t.lines('FINAL'), 'FINAL stopped 2026-11-27 RESTARTED, FINAL running 2026-11-26', 'a restart ends the row and opens another');
select is(engine.clock_mark(p_clock => :'again', p_mark => 'overdue')::text || engine.clock_mark(p_clock => :'again', p_mark => 'overdue'), 'truefalse', 'a reminder is sent once');
select is(engine.clock_stop(p_case => :'case_id', p_kinds => '{FINAL}', p_reason => 'REPLIED'), 1::bigint, 'stopped with a reason');
select is(engine.clock_stop(p_case => :'case_id', p_kinds => '{FINAL}', p_reason => 'REPLIED'), 0::bigint, 'once');
select throws_ok(format($$select engine.clock_stop(p_case => %L, p_kinds => null, p_reason => 'BORED')$$, :'case_id'), 'UD031', null, 'reasons are a list');
select throws_ok(format($$select engine.clock_start(p_case => %L, p_kind => 'TEA', p_rule => '{}', p_start => null)$$, :'case_id'), 'UD031', null, 'kinds too');
select engine.clock_start(p_case => :'case_id', p_kind => 'ACCEPTANCE', p_start => '2026-04-30 10:00+08', p_rule => '{"n": 7, "unit": "wd"}') as may \gset
select is((select w -> 'worked' -> 0 from engine.clock_why(p_clock => :'may') w), '{"day": "2026-05-09", "name": "劳动节调休上班"}', 'why this date names make-up days too');

-- Service clocks pause, legal ones do not
select engine.service_clock(p_case => :'case_id', p_code => 'accept_within') as accept \gset
select engine.clock_start(p_case => :'case_id', p_kind => 'MEDIATION', p_start => core.now(), p_rule => '{"n": 60, "unit": "cd", "source_kind": "LEGAL"}') as legal \gset
select engine.waiting_set(p_case => :'case_id', p_on => 'COMPLAINANT') \gset
select is(t.line(:'accept') || ', ' || t.line(:'legal'), 'SERVICE paused 2026-11-22, MEDIATION running 2027-01-19', 'while the complainant is waited for our own target pauses');
select t.at('2026-11-20 15:00+08') \gset
select engine.waiting_set(p_case => :'case_id', p_on => 'VOLUNTEER') \gset
select is((select due_at from core.clock where id = :'accept'), '2026-11-22 15:00+08'::timestamptz, 'and goes on where it stopped');
select is((select waiting_on from core.case_file where id = :'case_id'), 'VOLUNTEER', 'the case says who is waited for');

-- Limitation
select engine.limitation_sync(p_case => :'case_id') \gset
select is(t.lines('LIMITATION') || coalesce(t.lines('RESCISSION'), ''), 'LIMITATION running 2029-11-19', 'three years from knowledge; no fraud, no rescission');
update core.case_file set problem_type = 'FRAUD_SUSPECTED', knew_on = '2026-11-10' where id = :'case_id';
select engine.limitation_sync(p_case => :'case_id') \gset
select is(t.lines('LIMITATION') || ', ' || t.lines('RESCISSION'), 'LIMITATION running 2029-11-12, RESCISSION running 2027-11-10', 'suspected fraud: one year to rescind; knowledge corrected');
select engine.limitation_restart(p_case => :'case_id', p_on => '2026-11-18', p_event => 'DEMAND_LETTER') \gset
select is(t.lines('LIMITATION'), 'LIMITATION stopped 2029-11-12 RESTARTED, LIMITATION running 2029-11-19', 'a demand restarts limitation');
select is((select rule ->> 'restarted_by' from core.clock where kind = 'LIMITATION' and stopped_at is null), 'DEMAND_LETTER', 'and the row says by what');
select is(t.lines('RESCISSION'), 'RESCISSION running 2027-11-10', 'rescission is a fixed period');
update core.case_file set problem_type = 'KEY_INVALID', knew_on = '2026-11-01' where id = :'case_id';
select engine.limitation_sync(p_case => :'case_id') \gset
select is(t.lines('RESCISSION') || ', ' || (select t.line(id) from core.clock where kind = 'LIMITATION' and stopped_at is null),
    'RESCISSION stopped 2027-11-10 ENTERED_IN_ERROR, LIMITATION running 2029-11-19', 'no fraud after all; a restarted limitation keeps its start');
delete from core.clock;
update core.case_file set knew_on = null where id = :'case_id';
select engine.limitation_sync(p_case => :'case_id') \gset
select is(t.lines('LIMITATION'), 'LIMITATION not_started', 'knowledge unknown: 尚未起算');

-- Steps that interrupt limitation
update core.case_file set knew_on = '2026-11-01' where id = :'case_id';
select engine.limitation_sync(p_case => :'case_id') \gset
delete from core.filing;
select t.prepared(2) \gset
select t.move('case', t.id('case', 2), 'pre_review_pass', null, :wang) \gset
delete from core.clock where case_id = :'case_id';
select t.filed(t.id('case', 2), 'DEMAND_LETTER') \gset
select is((select rule ->> 'restarted_by' || ' ' || engine.local_day(p_at => started_at) from core.clock where kind = 'LIMITATION' and stopped_at is null),
    'DEMAND_LETTER 2026-11-20', 'filing a demand letter interrupts limitation');
select is((select t.line(id) from core.clock where kind = 'DEMAND_DEADLINE'), 'DEMAND_DEADLINE running 2026-11-25', 'and gives three working days');
select t.negotiated(t.id('case', 2)) as settlement \gset
select t.at('2026-11-24 10:00+08') \gset
select t.signed(:'settlement') \gset
select is((select rule ->> 'restarted_by' || ' ' || engine.local_day(p_at => started_at) from core.clock where kind = 'LIMITATION' and stopped_at is null),
    'SETTLEMENT 2026-11-24', 'so does an agreement');
select is((select t.line(id) from core.clock where kind = 'PERFORMANCE_DATE'), 'PERFORMANCE_DATE running 2026-11-27', 'the day that the parties agreed on does not move');
select is((select w -> 'rule' ->> 'unit' || ' ' || (w ->> 'days_left') from core.clock k, engine.clock_why(p_clock => k.id) w where k.kind = 'PERFORMANCE_DATE'), 'date 3', 'days left are counted');

select finish();
rollback;
