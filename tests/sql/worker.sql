-- worker: what happens because time passes, mail, rollups and releases (DESIGN.md §12).
\ir support.psql
select plan(43);
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
select is(worker.clock_offset(), engine.clock_offset_us(), 'the clock that C adds');
select ok((select count(*) > 100 from worker.vocabulary()), 'codes with labels for exports');

-- Clocks
select t.submitted(1) as unaccepted, t.submitted(2) as asked \gset
select engine.assignment_accept(p_case => :'asked', p_user => :wang) \gset
select t.move('case', :'asked', 'start_review', null, :wang) \gset
insert into core.missing_item (id, case_id, item) values (t.id('item'), :'asked', 'CHAT');
select t.move('case', :'asked', 'ask', null, :wang) \gset
select t.in_progress(3) as silent \gset
select is(worker.overdue_mark(p_max => 100) + worker.escalate(p_max => 100) + worker.no_answer(p_max => 100) + worker.accept_timeout(p_max => 100), 0::bigint,
    'nothing is due yet');
select t.at('2026-11-23 10:00+08') \gset
select is(worker.overdue_mark(p_max => 1), 1::bigint, 'a batch is bounded');
select ok(worker.overdue_mark(p_max => 100) > 0, 'the rest is marked');
select is(worker.overdue_mark(p_max => 100), 0::bigint, 'each clock once');
select ok((select sum(n) > 1 from stat.delta where measure = 'overdue'), 'and counted');
select is(worker.accept_timeout(p_max => 100), 1::bigint, 'a case that nobody accepted in 48 hours is taken back');
select is((select assignee from core.case_file where id = :'unaccepted'), null, 'it can be claimed');
select is(worker.escalate(p_max => 100), 1::bigint, 'a platform that is silent for 48 hours');
select is((select status from core.case_file where id = :'silent'), 'ESCALATION_DUE', 'makes the case due for the next channel');
select is(worker.no_answer(p_max => 100), 0::bigint, 'the complainant has 15 days');
select t.at('2026-12-08 10:00+08') \gset
select is(worker.no_answer(p_max => 100), 1::bigint, 'after them the case is closed');
select is((select status || ' ' || closure_reason from core.case_file where id = :'asked'), 'CLOSED UNREACHABLE', 'as unreachable');

-- Drafts, cleaning up
select t.draft(4) as draft \gset
select is(worker.drafts_expire(p_max => 100), 0::bigint, 'a draft is kept');
update core.case_file set saved_at = core.now() - interval '31 days' where id = :'draft';
select is(worker.drafts_expire(p_max => 100), 1::bigint, 'thirty days after its last save it is erased');
select is((select status || ' ' || (select count(*) from core.case_seal s where s.case_id = c.id) from core.case_file c where id = :'draft'), 'ERASED 0', 'with its keys');
insert into core.session (id, app_user, epoch, full_rights, wrapped_key, key_version, ended_at) values
    ('\x01', :wang, 1, true, '\x', 1, core.now() - interval '25 hours'), ('\x02', :wang, 1, true, '\x', 1, core.now() - interval '1 hour');
insert into core.invitation (lookup, kind, expires_at) values ('\x01', 'invite', core.now() - interval '31 days'), ('\x02', 'invite', core.now() - interval '1 day');
insert into core.outbox (kind, address_sealed, created_at) values ('news', '\x01', core.now() - interval '8 days');
insert into core.file (id, case_id, file_no, source, uploaded_at) values (t.id('broken'), :'silent', 99, 'complainant', core.now() - interval '25 hours');
select worker.cleanup() \gset
select is((select array_agg(id order by id) from core.session where id in ('\x01', '\x02')), array['\x02']::bytea[], 'ended sessions go after a day');
select is((select array_agg(lookup) from core.invitation), array['\x02']::bytea[], 'links a month after they expired');
select is((select count(*) from core.outbox), 0::bigint, 'mail after a week');
select is((select count(*) from core.file where id = t.id('broken')), 0::bigint, 'uploads that broke off after a day');

-- Outbox
insert into core.outbox (id, kind, address_sealed, next_try_at) values (t.id('mail', 1), 'news', '\x01', core.now()), (t.id('mail', 2), 'news', '\x02', core.now()),
    (t.id('mail', 3), 'news', '\x03', core.now() + interval '1 hour');
select is((select array_agg(id order by id) from worker.outbox_take(p_max => 10)), (select array_agg(x order by x) from unnest(array[t.id('mail', 1), t.id('mail', 2)]) x), 'what is due');
select is((select count(*) from worker.outbox_take(p_max => 10)), 0::bigint, 'is not taken twice');
select is((select next_try_at - core.now() from core.outbox where id = t.id('mail', 1)), interval '5 minutes', 'the next try waits');
select worker.outbox_done(p_id => t.id('mail', 1), p_outcome => 'sent') \gset
select worker.outbox_done(p_id => t.id('mail', 2), p_outcome => 'later') \gset
select is((select array_agg(state) from core.outbox where id in (t.id('mail', 1), t.id('mail', 2))), '{waiting}', 'sent mail goes, the other waits');
select t.at('2026-12-08 10:06+08') \gset
select is((select attempts from worker.outbox_take(p_max => 10)), 2::bigint, 'and is tried again');
select is((select next_try_at - core.now() from core.outbox where id = t.id('mail', 2)), interval '10 minutes', 'after twice the time');
select worker.outbox_done(p_id => t.id('mail', 2), p_outcome => 'refused') \gset
select is((select state from core.outbox where id = t.id('mail', 2)), 'failed', 'a refused one is shown as failed');

-- Figures
select worker.heartbeat(p_name => 'clocks') \gset
select is((select at from core.heartbeat where name = 'clocks'), core.now(), 'a timer has worked');
select is((select n from worker.gauges() where name = 'aiddesk_outbox_failed'), 1::bigint, 'failed mail is a gauge');
select count(*) as deltas from stat.delta \gset
select sum(n) as submitted from stat.delta where measure = 'submitted' \gset
create temporary view shown as
select p.part, x.week, x.measure, x.code, sum(x.n) as n
from (values ('total'), ('week'), ('dimension'), ('product'), ('problem')) p (part), lateral engine.tallies(p_platform => null, p_part => p.part) x
group by 1, 2, 3, 4;
create temporary table before_folding as select * from shown;
select is(worker.fold(p_max => 2), 2::bigint, 'a batch is folded');
select is(worker.fold(p_max => 100000), :deltas::bigint - 2, 'then the rest');
select is((select sum(n) from stat.daily where measure = 'submitted'), :submitted::numeric, 'nothing is lost or counted twice');
select is((select count(*) from stat.delta) + (select count(*) from stat.duration_delta), 0::bigint, 'nothing is left');
select ok((select count(*) > 0 from before_folding) and not exists (table before_folding except table shown) and not exists (table shown except table before_folding),
          'pages show the same sums as before');
select is((select sum(n) from stat.tally where part = 'total' and not everywhere and measure = 'submitted'), :submitted::numeric, 'the sums of platforms are those of all');

-- Releases
select is((select count(*) from worker.export_take()), 0::bigint, 'nothing to build');
insert into core.export (id, release, asked_by, from_day, to_day, recipient, legal_basis)
values (t.id('x', 1), 'EX-2026-0001', t.id('zhao'), '2026-11-01', '2026-12-08', 'r', 'l'), (t.id('x', 2), 'EX-2026-0002', t.id('zhao'), '2026-11-01', '2026-12-08', 'r', 'l');
update core.export set asked_at = core.now() + interval '1 minute' where id = t.id('x', 2);
select is((select release from worker.export_take()), 'EX-2026-0001', 'the oldest first');
select ok((select bool_and(n is null or n >= 5 or n = 0) and count(*) > 0 from worker.export_rows(p_from => '2026-11-01', p_to => '2026-12-08')), 'no small cell leaves');
create function t.store(p_sha bytea) returns text language sql as $$
    select t.answer(format('select worker.export_store(p_export => t.id(''x'', 1), p_cut_off => core.now(), p_rule_versions => ''{}'', p_row_count => 1, p_suppressed => 0,
        p_names => ''{a}'', p_types => ''{text/csv}'', p_contents => array[''\x61''::bytea], p_sha256s => array[%L::bytea], p_signatures => array[''\x01''::bytea])', p_sha))
$$;
select is(t.store('\x00'), 'UD030 content:error.damaged', 'what was signed must be what is stored');
select is(t.store(sha256('\x61')), 'ok', 'stored');
select is(t.store(sha256('\x61')), 'UD025', 'a release never changes');
select worker.export_failed(p_export => t.id('x', 2), p_failure => 'internal') \gset
select is((select state || ' ' || failure from core.export where id = t.id('x', 2)), 'failed internal', 'one that could not be built says so');
select finish();
rollback;
