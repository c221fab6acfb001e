-- What volunteers may ask of the database about withdrawals and closing: one filing at a time, the warning, results, outcomes, reopening.
\ir support.psql
select plan(73);
create temp table s as
select u.login, t.session(u.id) as sid, u.id from core.app_user u where u.login in ('wang', 'lina', 'chen');
create function t.s(p_login text) returns bytea language sql as $$ select s.sid from s where s.login = p_login $$;
create function t.version(p_case uuid) returns bigint language sql as $$ select c.version from core.case_file c where c.id = p_case $$;
create function t.status(p_case uuid) returns text language sql as $$ select c.status from core.case_file c where c.id = p_case $$;
create function t.fversion(p_filing uuid) returns bigint language sql as $$ select f.version from core.filing f where f.id = p_filing $$;
create function t.fstatus(p_filing uuid) returns text language sql as $$ select f.status from core.filing f where f.id = p_filing $$;
create function t.paper(p_case uuid) returns uuid language plpgsql as $$
declare v_id uuid := t.file(p_case);
begin
    update core.file set source = 'service' where id = v_id;
    return v_id;
end
$$;
\set case1 't.id(''case'', 1)'
select t.ready(1) \gset
select t.filed(:case1, 'PLATFORM_TICKET') as ticket \gset
select t.filed(:case1, 'HEIMAO') as media \gset

create function t.step(p_filing uuid, p_event text) returns void language sql as $$
    select desk.withdrawal_step(t.s('wang'), t.id('case', 1), p_filing, t.fversion(p_filing), p_event) $$;
create function t.save(p_filing uuid, p_ok boolean default true, p_reason text default 'REFUNDED') returns void language sql as $$
    select desk.withdrawal_save(p_session => t.s('wang'), p_case => t.id('case', 1), p_filing => p_filing, p_version => t.fversion(p_filing), p_reason => p_reason,
        p_text => '\x01', p_asked_by => 'both', p_pressed => true, p_checks => jsonb_build_array(jsonb_build_object('rule', 'V-WD-01', 'passed', p_ok))) $$;
create function t.request(p_filing uuid) returns void language sql as $$
    select desk.withdrawal_request(t.s('wang'), t.id('case', 1), p_filing, t.fversion(p_filing), engine.today()) $$;
create function t.failing(p_filing uuid) returns text language sql as $$
    select array_to_string(failing, ',') from desk.withdrawal(t.s('wang'), t.id('case', 1), p_filing) $$;

-- The list and one filing ---------------------------------------------------------------------------------------------------------
select results_eq($$select channel, open, task from desk.withdrawals(t.s('wang'), t.id('case', 1)) order by channel$$,
    $$values ('HEIMAO', true, false), ('PLATFORM_TICKET', true, false)$$, 'what was filed is listed');
select throws_ok(format('select * from desk.withdrawals(%L, %L)', t.s('lina'), :case1), 'UD002', null, 'another''s filings');
select throws_ok(format('select * from desk.withdrawal(%L, %L, %L)', t.s('lina'), :case1, :'ticket'), 'UD002', null, 'another''s filing');
select throws_ok(format('select * from desk.withdrawal(%L, %L, %L)', t.s('wang'), :case1, t.id('no')), 'UD002', null, 'a filing that does not exist');
select is((select row(has_performance, has_settlement, overridden, acknowledged, to_previous)::text from desk.withdrawal(t.s('wang'), :case1, :'ticket')),
    row(false, false, false, false, null::text)::text, 'nothing is there yet');

-- Writing -------------------------------------------------------------------------------------------------------------------------
select throws_ok(format('select t.save(%L)', :'ticket'), 'UD021', null, 'no reason before it is begun');
select throws_ok(format('select t.step(%L, ''withdrawal_granted'')', :'ticket'), 'UD031', null, 'a result is no plain step');
select throws_ok(format('select desk.withdrawal_step(%L, %L, %L, 99, ''draft_withdrawal'')', t.s('wang'), :case1, :'ticket'), 'UD020', null, 'an old page begins nothing');
select lives_ok(format('select t.step(%L, ''draft_withdrawal'')', :'ticket'), 'begun');
select is((select status || ' ' || to_previous from desk.withdrawal(t.s('wang'), :case1, :'ticket')), 'WD_DRAFTED SUBMITTED', 'and it knows the way back');
select lives_ok(format('select t.step(%L, ''drop_withdrawal'')', :'ticket'), 'dropped');
select is(t.fstatus(:'ticket'), 'SUBMITTED', 'as before');
select t.step(:'ticket', 'draft_withdrawal') \gset
select throws_ok(format('select t.save(%L, true, ''BORED'')', :'ticket'), 'UD031', null, 'an unknown reason');
select throws_ok(format('select desk.withdrawal_save(%L, %L, %L, %s, ''REFUNDED'', ''\x01'', ''nobody'', false, ''[]'')', t.s('wang'), :case1, :'ticket', t.fversion(:'ticket')), 'UD031', null, 'somebody asked for it');
select lives_ok(format('select t.save(%L)', :'ticket'), 'a reason');
select is((select row(wd_reason, wd_asked_by, wd_pressed, wd_reason_ok)::text from core.filing where id = :'ticket'), row('REFUNDED', 'both', true, true)::text, 'is kept with who asked');
select is((select 'PRESSED' = any (special_flags) from core.case_file where id = :case1), true, 'pressure marks the case');

-- Before performance ---------------------------------------------------------------------------------------------------------------
select is(t.failing(:'ticket'), 'concrete_reason,performance_evidence_or_acknowledged,consumer_confirmed_warning', 'everything is missing');
select throws_ok(format('select t.request(%L)', :'ticket'), 'UD022', null, 'nothing is withdrawn before performance');
select t.save(:'ticket', true, 'FILER_CHOICE') \gset
select lives_ok(format('select desk.warning_ask(%L, %L, %L, %s, %L)', t.s('wang'), :case1, :'ticket', t.fversion(:'ticket'), t.id('w')), 'the complainant is warned');
select throws_ok(format('select desk.warning_ask(%L, %L, %L, %s, %L)', t.s('wang'), :case1, :'ticket', t.fversion(:'ticket'), t.id('w', 2)), 'UD025', null, 'once');
update core.decision set answer = 'kept', answered_at = core.now() where id = t.id('w');
select t.at('2026-11-20 10:05+08') \gset
select lives_ok(format('select desk.warning_ask(%L, %L, %L, %s, %L)', t.s('wang'), :case1, :'ticket', t.fversion(:'ticket'), t.id('w', 2)), 'and again after another answer');
select is((select count(*) from core.decision where kind = 'WITHDRAWAL_WARNING' and answer is null and withdrawn_at is null), 1::bigint, 'one question waits');
select throws_ok(format('select desk.warning_ask(%L, %L, %L, 1, %L)', t.s('lina'), :case1, :'ticket', t.id('w', 3)), 'UD002', null, 'nobody else asks');
update core.decision set answer = 'acknowledged', answered_at = core.now() where id = t.id('w', 2);
select is(t.failing(:'ticket'), 'performance_evidence_or_acknowledged', 'acknowledged, but no override');
select throws_ok(format('select t.request(%L)', :'ticket'), 'UD022', null, 'a coordinator has to override as well');
select t.override(:case1, 'filing', :'ticket', 'performance_evidence_or_acknowledged') \gset
select is((select overridden from desk.withdrawal(t.s('wang'), :case1, :'ticket')), true, 'overridden');
select throws_ok(format('select desk.withdrawal_request(%L, %L, %L, %s, ''2026-11-19'')', t.s('wang'), :case1, :'ticket', t.fversion(:'ticket')), 'UD030', null, 'not before it was filed');
select lives_ok(format('select t.request(%L)', :'ticket'), 'now it is asked');
select lives_ok(format('select desk.withdrawal_result(%L, %L, %L, %s, false, ''\x02'')', t.s('wang'), :case1, :'ticket', t.fversion(:'ticket')), 'the channel refuses');
select is(t.fstatus(:'ticket'), 'WD_REJECTED', 'refused');
select lives_ok(format('select t.step(%L, ''draft_withdrawal'')', :'ticket'), 'written again');
select t.step(:'ticket', 'drop_withdrawal') \gset

-- After performance ------------------------------------------------------------------------------------------------------------------
select is((select count(*) from desk.withdrawal_annexes(t.s('wang'), :case1)), 0::bigint, 'nothing proves performance yet');
select t.evidence(:case1, 'PERFORMANCE') as proof \gset
select t.file(:case1, 'both signed') as agreement \gset
insert into core.settlement (id, case_id, state, signed_file, created_at) values (t.id('s'), :case1, 'PERFORMED', :'agreement', core.now());
select results_eq($$select kind, file_id from desk.withdrawal_annexes(t.s('wang'), t.id('case', 1))$$,
    format($$values ('SETTLEMENT', %L::uuid), ('PERFORMANCE', (select file_id from core.evidence where id = %L))$$, :'agreement', :'proof'), 'the signed agreement and the proof');
select throws_ok(format('select * from desk.withdrawal_annexes(%L, %L)', t.s('lina'), :case1), 'UD002', null, 'nobody else reads them');
update core.settlement set state = 'RESCINDED' where id = t.id('s');
select is((select string_agg(kind, ',') from desk.withdrawal_annexes(t.s('wang'), :case1)), 'PERFORMANCE', 'an agreement that ended proves nothing');
select t.move('case', :case1, 'full_performance', null, :wang) \gset
select is((select row(open_filings, success, may_agree, reopen_to)::text from desk.closing(t.s('wang'), :case1)), row(2::bigint, 'RESOLVED_PART', false, null::text)::text, 'two filings are open');
select throws_ok(format('select desk.case_close(%L, %L, %s, ''no_open_filings'', ''SETTLED'')', t.s('wang'), :case1, t.version(:case1)), 'UD022', null, 'not closed over open filings');
select throws_ok(format('select desk.case_close(%L, %L, %s, ''submit'', null)', t.s('wang'), :case1, t.version(:case1)), 'UD031', null, 'not every event closes');
select lives_ok(format('select desk.case_close(%L, %L, %s, ''open_filings_exist'', null)', t.s('wang'), :case1, t.version(:case1)), 'listed for withdrawal');
select is(t.status(:case1) || (select count(*) from desk.withdrawals(t.s('wang'), :case1) where task), 'WITHDRAWING2', 'a task each');
select t.step(:'ticket', 'draft_withdrawal'), t.save(:'ticket') \gset
select is(t.failing(:'ticket'), '', 'with proof, words and acknowledgement nothing is missing');
select throws_ok(format('select desk.withdrawal_issue(%L, %L, %L, %s, %L, ''1'', %L, ''\x01'', ''\x01'')', t.s('wang'), :case1, :'media', t.fversion(:'media'), t.id('d'), t.paper(:case1)), 'UD021', null, 'no letter before it is written');
select is((select desk.withdrawal_issue(t.s('wang'), :case1, :'ticket', t.fversion(:'ticket'), t.id('d'), '1', t.paper(:case1), '\x01', '\x01')), 1::bigint, 'the letter is issued');
select is((select filing_id::text || kind from core.document where id = t.id('d')), :'ticket' || 'WITHDRAWAL_REQUEST', 'for this filing');
select t.request(:'ticket') \gset
select throws_ok(format('select desk.withdrawal_request(%L, %L, %L, %s, null)', t.s('wang'), :case1, :'ticket', t.fversion(:'ticket')), 'UD021', null, 'not asked twice');
select lives_ok(format('select desk.withdrawal_result(%L, %L, %L, %s, true, ''\x03'')', t.s('wang'), :case1, :'ticket', t.fversion(:'ticket')), 'granted');
select is(t.fstatus(:'ticket') || (select count(*) from core.task where filing_id = :'ticket' and done_at is null), 'WITHDRAWN0', 'its task is done');
select throws_ok(format('select desk.warning_ask(%L, %L, %L, %s, %L)', t.s('wang'), :case1, :'ticket', t.fversion(:'ticket'), t.id('w', 3)), 'UD021', null, 'no warning about what has ended');
select throws_ok(format('select desk.case_close(%L, %L, %s, ''all_filings_ended'', ''SETTLED'')', t.s('wang'), :case1, t.version(:case1)), 'UD022', null, 'the other one is still open');
select t.step(:'media', 'draft_withdrawal'), t.save(:'media') \gset
select is((select t.failing(:'media')), 'consumer_confirmed_warning', 'each filing has its own warning');
select t.decision(:case1, 'WITHDRAWAL_WARNING', 'acknowledged', :'media') \gset
select t.request(:'media') \gset
select desk.withdrawal_result(t.s('wang'), :case1, :'media', t.fversion(:'media'), true, '\x03') \gset
select throws_ok(format('select desk.case_close(%L, %L, %s, ''all_filings_ended'', ''DUPLICATE'')', t.s('wang'), :case1, t.version(:case1)), 'UD030', null, 'a performed case ends with an outcome');
select lives_ok(format('select desk.case_close(%L, %L, %s, ''all_filings_ended'', ''RESOLVED_FULL'')', t.s('wang'), :case1, t.version(:case1)), 'closed');
select is((select status || closure_reason || reopen_to from desk.closing(t.s('wang'), :case1)), 'CLOSEDRESOLVED_FULLIN_PROGRESS', 'with its outcome');
select throws_ok(format('select desk.case_reopen(%L, %L, %s, null)', t.s('wang'), :case1, t.version(:case1)), 'UD022', null, 'the same again is not enough');
select lives_ok(format('select desk.case_reopen(%L, %L, %s, ''CONSUMER_ASSOC'')', t.s('wang'), :case1, t.version(:case1)), 'a new channel opens it again');
select is(t.status(:case1), 'IN_PROGRESS', 'in the next round');
update core.evidence set created_at = core.now() - interval '1 hour' where case_id = :case1;
select is((select count(*) from desk.withdrawal_annexes(t.s('wang'), :case1)), 0::bigint, 'where the proof of the last one counts no more');

-- With a reason ----------------------------------------------------------------------------------------------------------------------
select t.in_progress(2) \gset
select throws_ok(format('select desk.case_close(%L, %L, 99, ''close_with_reason'', ''PLATFORM_GONE'')', t.s('wang'), t.id('case', 2)), 'UD020', null, 'an old page closes nothing');
select throws_ok(format('select desk.case_close(%L, %L, %s, ''close_with_reason'', ''PLATFORM_GONE'')', t.s('wang'), t.id('case', 2), t.version(t.id('case', 2))), 'UD022', null, 'a volunteer alone does not close');
select throws_ok(format('select desk.case_close(%L, %L, %s, ''close_with_reason'', null)', t.s('chen'), t.id('case', 2), t.version(t.id('case', 2))), 'UD022', null, 'nor without a reason');
select throws_ok(format('select desk.case_close(%L, %L, %s, ''close_with_reason'', %L)', t.s('chen'), t.id('case', 2), t.version(t.id('case', 2)), c.code), 'UD030', null, c.code || ' is set by a step of its own')
from unnest(array['CONSENT_WITHDRAWN', 'DUPLICATE', 'JUDGED']) c (code);
select is((select reasons @> array['PLATFORM_GONE', 'USER_ERROR'] and not reasons && array['DUPLICATE', 'JUDGED', 'CONSUMER_ABANDONED', 'CONSENT_WITHDRAWN'] from desk.closing(t.s('chen'), t.id('case', 2))), true, 'and is not offered');
select lives_ok(format('select desk.case_close(%L, %L, %s, ''close_with_reason'', ''PLATFORM_GONE'')', t.s('chen'), t.id('case', 2), t.version(t.id('case', 2))), 'a coordinator closes with a reason');
select is((select count(*) from core.task where case_id = t.id('case', 2) and kind = 'WITHDRAW' and done_at is null), 1::bigint, 'what is open at a channel stays a task');
select throws_ok(format('select desk.warning_ask(%L, %L, %L, %s, %L)', t.s('chen'), t.id('case', 2), f.id, f.version, t.id('w', 4)), 'UD021', null, 'no question in a closed case')
from core.filing f where f.case_id = t.id('case', 2);
select is((select reopen_to from desk.closing(t.s('chen'), t.id('case', 2))), 'IN_PROGRESS', 'it may be opened again');
update core.consent set withdrawn_at = core.now() where case_id = t.id('case', 2) and kind = 'HANDLE_CASE';
select is((select reopen_to from desk.closing(t.s('chen'), t.id('case', 2))), null, 'but not without consent');
select throws_ok(format('select desk.case_reopen(%L, %L, %s, ''CONSUMER_ASSOC'')', t.s('chen'), t.id('case', 2), t.version(t.id('case', 2))), 'UD022', null, 'and no new channel changes that');
select throws_ok(format('select desk.case_reopen(%L, %L, 1, null)', t.s('lina'), t.id('case', 2)), 'UD002', null, 'nobody else opens it again');
select throws_ok(format('select * from desk.closing(%L, %L)', t.s('lina'), t.id('case', 2)), 'UD002', null, 'nor sees how it ended');

select finish();
rollback;
