-- report: figures of platforms, minimum numbers and suppression, releases (DESIGN.md §12, DOMAIN.md §7).
\ir support.psql
select plan(36);
create function t.answer(p_sql text) returns text language plpgsql as $$
declare
    v_detail text;
begin
    execute p_sql;
    return 'ok';
exception when others then
    get stacked diagnostics v_detail = pg_exception_detail;
    return concat_ws(' ', sqlstate, nullif(v_detail, ''));
end
$$;
select t.session(:chen) as lead, t.session(t.id('zhao')) as regulator, t.session(:wang) as volunteer \gset
select is(report.clock_offset(), engine.clock_offset_us(), 'the clock that C adds');
select ok((select count(*) > 100 from report.vocabulary()), 'codes with labels');
select is((select login || ' ' || role from report.session_check(p_session => :'regulator')), 'zhao regulator', 'who carries the session');
select is((select today from report.today()), '2026-11-20'::date, 'the day in Shanghai');

-- A platform with many cases and one with few.
create function t.figures(p_platform text, p_submitted int, p_closed int) returns void language sql as $$
    insert into stat.delta (day, platform, product_type, problem_type, measure, dimension, n) values
    ('2026-11-10', t.platform(p_platform), 'GAME_CARD', 'KEY_INVALID', 'submitted', '', p_submitted - 1),
    ('2026-11-11', t.platform(p_platform), 'PHONE_CREDIT', 'NOT_CREDITED', 'submitted', '', 1),
    ('2026-11-12', t.platform(p_platform), 'GAME_CARD', 'KEY_INVALID', 'closed', 'RESOLVED_FULL', p_closed),
    ('2026-11-12', t.platform(p_platform), 'GAME_CARD', 'KEY_INVALID', 'resolved', 'RESOLVED_FULL', p_closed),
    ('2026-11-10', t.platform(p_platform), 'GAME_CARD', 'KEY_INVALID', 'open', '', p_submitted - p_closed),
    ('2026-11-10', t.platform(p_platform), 'GAME_CARD', 'KEY_INVALID', 'claimed_fen', '', 1000 * p_submitted)
$$;
select t.figures('大平台', 30, 12), t.figures('小平台', 9, 9) \gset
insert into stat.duration_delta (day, platform, measure, minutes) select '2026-11-12', t.id('大平台'), 'closed', 1440 from generate_series(1, 12);
update core.platform set status = 'SUSPECTED_GONE' where name = '大平台';
select is((select array_agg(name || ' ' || submitted || ' ' || closed || ' ' || status) from report.platforms_public()), '{大平台 30 12 UNRESPONSIVE}',
    'ten closed cases make a platform public, with neutral words');
select is((select array_agg(name order by name) from report.platforms_staff(p_session => :'volunteer')), (select array_agg(x order by x) from unnest(array['大平台', '小平台']) x),
    'those who work on cases see every platform');
select is((select array_agg(name) from report.platforms_staff(p_session => :'regulator')), '{大平台}', 'regulators those whose name was confirmed');
select is(t.answer(format($$select report.platform(p_session => %L, p_platform => t.id('小平台'))$$, :'regulator')), 'UD002', 'and no other');
select is((select full_view::text from report.platform(p_session => :'regulator', p_platform => t.id('大平台'))), 'false', 'without amounts');
select is((select count(*) from report.platform(p_session => null, p_platform => t.id('大平台'))
           where claimed_fen is null and received_fen is null and settled is null and breached is null and overdue is null), 1::bigint,
    'nobody outside learns sums that grow with each complaint');
select is((select bool_and(suppressed) from report.split(p_session => :'regulator', p_platform => t.id('大平台'), p_measure => 'problem')), true,
    'regulators see no small cells');
select is(t.answer($$select report.platforms_staff(p_session => '\x00')$$), 'UD001', 'with a session');
select is((select submitted || ' ' || closed || ' ' || full_view from report.platform(p_session => null, p_platform => t.id('大平台'))), '30 12 false', 'the public view');
select is(t.answer($$select report.platform(p_session => null, p_platform => t.id('小平台'))$$), 'UD002', 'too small for the public');
select is((select submitted || ' ' || full_view from report.platform(p_session => :'lead', p_platform => t.id('小平台'))), '9 true', 'not for staff');
select ok((select close_n = 12 and close_median between 1300 and 1600 from report.platform(p_session => :'lead', p_platform => t.id('大平台'))), 'the median comes from the histogram');
select is((select submitted || ' ' || closed from report.series(p_session => :'lead', p_platform => t.id('小平台'), p_weeks => 2) where week = '2026-11-09'), '9 9', 'cases by week');
select is((select count(*) from report.series(p_session => :'lead', p_platform => null, p_weeks => 4)), 4::bigint, 'as many weeks as asked for');
select is(t.answer($$select report.series(p_session => null, p_platform => null, p_weeks => 4)$$), 'UD002', 'all platforms together are for staff');
select is((select n || ' ' || suppressed from report.split(p_session => :'lead', p_platform => t.id('大平台'), p_measure => 'problem') where code = 'NOT_CREDITED'), '1 false',
    'staff see small cells');
select is((select bool_and(suppressed and n is null) from report.split(p_session => null, p_platform => t.id('大平台'), p_measure => 'problem')), true,
    'the public sees neither the small cell nor the one that would betray it');
select is(t.answer(format($$select report.split(p_session => %L, p_platform => null, p_measure => 'login')$$, :'lead')), 'UD031 measure', 'known measures only');
select is((select submitted || ' ' || closed || ' ' || claimed_fen from report.totals(p_session => :'regulator')), '39 21 39000', 'figures over all');
select is(t.answer($$select report.totals(p_session => '\x00')$$), 'UD001', 'with a session');

-- Releases
create function t.ask(p_session bytea, p_from date, p_to date) returns text language sql as $$
    select t.answer(format('select report.export_ask(p_session => %L, p_id => gen_random_uuid(), p_from => %L, p_to => %L, p_recipient => ''r'', p_legal_basis => ''l'')', p_session, p_from, p_to))
$$;
select is(t.ask(:'volunteer', '2026-11-01', '2026-11-02'), 'UD003', 'volunteers ask for none');
select is(t.ask(:'regulator', '2026-11-02', '2026-11-01'), 'UD030 to_day:report.export.error.order', 'order of days');
select is(t.ask(:'regulator', '2026-11-02', '2026-11-21'), 'UD030 to_day:report.export.error.future', 'no day to come');
select is(t.ask(:'regulator', '2026-11-01', '2026-11-20'), 'ok', 'asked for');
select is(t.ask(:'lead', '2026-11-01', '2026-11-20'), 'ok', 'by a coordinator too');
select is((select array_agg(release order by release) from report.exports(p_session => :'regulator')), '{EX-2026-0001,EX-2026-0002}', 'numbered');
select is(t.answer(format('select report.exports(p_session => %L)', :'volunteer')), 'UD003', 'not for volunteers');
select id as export from core.export where release = 'EX-2026-0001' \gset
insert into core.export_file (export_id, name, media_type, content, sha256, signature) values (:'export', 'a.csv', 'text/csv', '\x61', sha256('\x61'), '\x01');
select is((select release || ' ' || state || ' ' || (files -> 0 ->> 'name') from report.export_get(p_session => :'regulator', p_export => :'export')), 'EX-2026-0001 queued a.csv', 'one with its files');
select is(t.answer(format('select report.export_get(p_session => %L, p_export => gen_random_uuid())', :'regulator')), 'UD002', 'no such release');
select is((select content from report.export_download(p_session => :'regulator', p_export => :'export', p_name => 'a.csv')), '\x61'::bytea, 'a file of it');
select is((select downloads from report.exports(p_session => :'regulator') where release = 'EX-2026-0001'), 1::bigint, 'who took it is noted');
select is(t.answer(format('select report.export_download(p_session => %L, p_export => %L, p_name => ''b'')', :'regulator', :'export')), 'UD002', 'no such file');
select finish();
rollback;
