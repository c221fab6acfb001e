-- One complaint all the way: draft, two channels, escalation, settlement, performance, withdrawals, closed (DOMAIN.md §5).
\ir support.psql
select plan(56);
create function t.status() returns text language sql as $$ select status from core.case_file where id = t.id('case') $$;
create function t.sum(p_measure text, p_dimension text default '') returns numeric language sql as $$
    select coalesce(sum(n), 0) from stat.delta where measure = p_measure and dimension = p_dimension
$$;
create function t.clock(p_kind text, p_filing uuid default null) returns text language sql as $$
    select string_agg(c.state || ' ' || coalesce(c.due_on::text, '-'), ', ' order by c.due_at)
    from engine.clocks_of(p_case => t.id('case')) c
    where c.kind = p_kind and (p_filing is null or c.filing_id = p_filing) and c.state <> 'stopped'
$$;

-- Submission and assignment
select t.draft() as case_id \gset
select is(t.try('case', :'case_id', 'start_review'), 'UD021 case:DRAFT:start_review', 'a draft cannot be reviewed');
update core.case_file set case_no = engine.case_no_next(), submitted_at = core.now() where id = :'case_id';
select is(engine.case_move(p_id => :'case_id', p_event => 'submit', p_to => null, p_actor_kind => 'complainant', p_actor => null, p_version => 1),
    2::bigint, 'a step returns the new version');
select is(t.status(), 'SUBMITTED', 'submitted');
select is(t.clock('SERVICE'), 'running 2026-11-25', 'somebody reads it within three working days');
select throws_ok(format($$select engine.case_move(p_id => %L, p_event => 'start_review', p_to => null, p_actor_kind => 'user', p_actor => null, p_version => 1)$$, :'case_id'),
    'UD020', null, 'a step on an old version is refused');
insert into core.case_seal (case_id, recipient_kind, recipient, key_version, seal) values (:'case_id', 'user', :wang, 1, '\x01');
select engine.assignment_open(p_case => :'case_id', p_user => :wang, p_how => 'auto', p_reason => '{}', p_actor_kind => 'worker') \gset
select is((select next_due_at from core.case_file where id = :'case_id'), '2026-11-22 10:00+08'::timestamptz, 'the next deadline is the 48 hours to accept');
select engine.assignment_accept(p_case => :'case_id', p_user => :wang) \gset
select is((select array_agg(recipient_kind order by recipient_kind) from core.case_seal where case_id = :'case_id'), '{code,group,user}',
    'after acceptance the pool seal is gone');
select t.move('case', :'case_id', 'start_review', null, :wang) \gset
select is(t.status(), 'TRIAGE', 'under review');

-- A question, an answer
insert into core.missing_item (id, case_id, item) values (t.id('item'), :'case_id', 'CHAT');
select t.move('case', :'case_id', 'ask', null, :wang) \gset
select is(t.status(), 'NEEDS_INFO', 'waiting for the complainant');
select is((select waiting_on from core.case_file where id = :'case_id'), 'COMPLAINANT', 'the complainant acts');
select is((select string_agg(k.rule ->> 'code' || ' ' || engine.clock_state(p_clock => k), ', ' order by k.rule ->> 'code')
           from core.clock k where case_id = :'case_id' and kind = 'SERVICE' and stopped_at is null),
    'answer_within running, review_within paused', '15 days to answer run, our own target is paused');
select is((select template from core.message where case_id = :'case_id'), 'track.service.ask', 'the complainant finds a message');
select t.at('2026-11-24 10:00+08') \gset
update core.missing_item set answered_at = core.now();
select t.move('case', :'case_id', 'supply') \gset
select is(t.clock('SERVICE'), 'running 2026-11-27', 'the target runs on; the two working days in between do not count');
update core.case_file set responsibility = 'PLATFORM' where id = :'case_id';
select t.move('case', :'case_id', 'accept', null, :wang) \gset
select is(t.clock('LIMITATION'), 'running 2029-11-19', 'three years from the day of knowledge, to a working day');
select is(t.clock('SERVICE'), null, 'the review is done');

-- Preparation
select is(t.try('case', :'case_id', 'pre_review_pass'), 'UD022 blocking_validations_clear_or_overridden', 'open rules stop the pre-review');
select t.consent(:'case_id', 'SENSITIVE_DATA') \gset
select count(t.evidence(:'case_id', k)) from unnest(array['ORDER', 'PAYMENT', 'KEY_ERROR', 'CHAT', 'ENTITY']) k \gset
insert into core.demand (id, case_id, kind, amount_fen, by_day) values (t.id('demand'), :'case_id', 'REFUND', 17600, '2026-12-10');
select t.words_checked(:'case_id', :'case_id', (select version from core.case_file where id = :'case_id')) \gset
select t.move('case', :'case_id', 'pre_review_pass', null, :wang) \gset
select is((select status || ' ' || (demand_hash = engine.demand_hash(p_case => id)) from core.case_file where id = :'case_id'), 'READY true',
    'ready, and the demands are frozen');

-- First channel
select t.filed(:'case_id', 'PLATFORM_TICKET') as ticket \gset
select is(t.status(), 'IN_PROGRESS', 'the first filing sets the case going');
select is(t.clock('FIRST_RESPONSE') || ' / ' || t.clock('FINAL'), 'running 2026-11-26 / running 2026-12-03', '48 hours, and seven working days');
select is((select waiting_on from core.case_file where id = :'case_id'), 'RESPONDENT', 'inside the platform the other side acts');
select is(t.try('case', :'case_id', 'trigger_met'), 'UD022 escalation_rule_matches', 'nothing has passed yet');
select is(t.try('filing', :'ticket', 'lapse'), 'UD022 final_clock_passed', 'no filing lapses before its time');
select t.at('2026-11-26 10:30+08') \gset
select is((select string_agg(rule || ' ' || next_layer, ', ') from engine.escalation_due(p_case => :'case_id')), 'R-ESC-01 L2',
    'after 48 hours without an answer a rule names the next layer');
select results_eq($$select channel from engine.next_channels(p_case => t.id('case')) where wanted_layer and suits and not blocked and recommended limit 3$$,
    array['MARKETPLACE', 'PAY_WECHAT', 'HEIMAO'], 'the next lawful channels are offered, of the payment companies the one that took the money');
select t.move('case', :'case_id', 'trigger_met') \gset
select is(t.status(), 'ESCALATION_DUE', 'the case waits for the next step');
select is((select count(*) from core.event where case_id = :'case_id' and type = 'volunteer_notified'), 1::bigint, 'the volunteer is told');

-- Second channel: the market regulator
update core.platform set registered_name = '星云网络有限公司', credit_code = '91310000MA1K4EXAMP' where id = t.id('星云卡盟');
select t.filed(:'case_id', 'COMPLAINT_12315') as regulator \gset
select is(t.status(), 'IN_PROGRESS', 'a new filing answers the escalation');
select is((select count(*) from engine.escalation_due(p_case => :'case_id')), 0::bigint, 'and its trigger is answered');
select is(t.clock('ACCEPTANCE') || ' / ' || t.clock('MEDIATION'), 'running 2026-12-07 / not_started -', 'seven working days to accept; mediation has not begun');
select is((select rule ->> 'instrument' from core.clock where filing_id = :'regulator' and kind = 'ACCEPTANCE'), 'CM-121', 'the rule in force on the day of receipt');
update core.filing set accepted_on = '2026-11-30' where id = :'regulator';
select t.at('2026-11-30 15:00+08') \gset
select t.move('filing', :'regulator', 'accept', null, :wang) \gset
select is(t.clock('ACCEPTANCE'), null, 'the acceptance clock has stopped');
select is(t.clock('MEDIATION'), 'running 2027-01-29', '60 days of mediation run from acceptance');
select is((select waiting_on from core.case_file where id = :'case_id'), 'CHANNEL', 'the authority acts');

-- Settlement
select t.negotiated(:'case_id') as settlement \gset
select is(t.status(), 'NEGOTIATING', 'an offer was made');
select is(t.try('case', :'case_id', 'agreement_signed'), 'UD022 settlement_signed', 'no agreement, no settled case');
select t.signed(:'settlement') \gset
select t.move('case', :'case_id', 'agreement_signed', null, :wang) \gset
select is(t.status(), 'SETTLED_PENDING', 'signed, not performed');
select is(t.clock('PERFORMANCE_DATE'), 'running 2026-12-07', 'the day of performance runs');
select is(t.try('case', :'case_id', 'performed'), 'UD022 performance_evidence', 'without proof nothing is performed');
select is(t.try('case', :'case_id', 'open_filings_exist'), 'UD022 supervisor_override', 'no withdrawal before performance');
select is(t.try('case', :'case_id', 'breach', 'IN_PROGRESS'), 'UD022 performance_date_passed', 'no breach before the day');
select t.evidence(:'case_id', 'PERFORMANCE') \gset
select engine.received_set(p_case => :'case_id', p_fen => 17600, p_actor_kind => 'complainant') \gset
select t.move('case', :'case_id', 'performed', null, :wang) \gset
select is((select t.status() || ' ' || state from core.settlement where id = :'settlement'), 'PERFORMED PERFORMED', 'case and settlement are performed together');

-- Withdrawals
select is(t.try('case', :'case_id', 'no_open_filings'), 'UD022 no_open_filings', 'an event cannot claim what is not so');
select t.move('case', :'case_id', 'open_filings_exist', null, :wang) \gset
select is((select count(*) from core.task where case_id = :'case_id' and kind = 'WITHDRAW' and done_at is null), 2::bigint, 'one task per open filing');
select is(t.try('case', :'case_id', 'all_filings_ended'), 'UD022 all_filings_ended', 'not before every filing has ended');
select t.decision(:'case_id', 'WITHDRAWAL_WARNING', 'acknowledged') \gset
create function t.withdrawn(p_filing uuid) returns void language plpgsql as $$
begin
    perform t.move('filing', p_filing, 'draft_withdrawal', null, t.id('wang'));
    update core.filing set wd_reason = 'REFUNDED', wd_text_sealed = '\x01', wd_asked_by = 'both', wd_requested_at = core.now() where id = p_filing;
    perform t.words_checked(t.id('case'), p_filing, (select version from core.filing where id = p_filing), '{V-WD-01}');
    perform t.move('filing', p_filing, 'request_withdrawal', null, t.id('wang'));
    update core.filing set wd_result_sealed = '\x01' where id = p_filing;
    perform t.move('filing', p_filing, 'withdrawal_granted', null, t.id('wang'));
end
$$;
select t.withdrawn(:'ticket') \gset
select t.withdrawn(:'regulator') \gset
select is((select string_agg(status, ',') from core.filing where case_id = :'case_id'), 'WITHDRAWN,WITHDRAWN', 'both complaints are withdrawn');
select is((select count(*) from core.task where case_id = :'case_id' and done_at is null), 0::bigint, 'their tasks are done');
select t.move('case', :'case_id', 'all_filings_ended', null, :wang) \gset
select is((select status || ' ' || closure_reason || ' ' || (closed_at = core.now()) || ' ' || waiting_on from core.case_file where id = :'case_id'),
    'CLOSED SETTLED true NOBODY', 'closed as settled');
select is((select count(*) from core.clock where case_id = :'case_id' and stopped_at is null), 0::bigint, 'no clock runs any more');
select is((select next_due_at from core.case_file where id = :'case_id'), null, 'and nothing is due');

-- What the reports see
select is(array[t.sum('submitted'), t.sum('open'), t.sum('claimed_fen'), t.sum('received_fen'), t.sum('closed', 'SETTLED'), t.sum('resolved', 'SETTLED')],
    '{1,0,17600,17600,1,1}', 'figures of the case');
select is(array[t.sum('filed', 'PLATFORM_TICKET'), t.sum('filed', 'COMPLAINT_12315'), t.sum('withdrawn', 'COMPLAINT_12315'),
    t.sum('settled'), t.sum('agreed_fen'), t.sum('performed')], '{1,1,1,1,17600,1}', 'figures of filings and settlement');
select is((select string_agg(measure || ' ' || minutes, ', ' order by measure) from stat.duration_delta), 'closed 14700, performed 0', 'durations in minutes');
select results_eq($$select type || ' ' || (after ->> 'status') from core.event where object_kind = 'case' and after ? 'status' order by id$$,
    array['submit SUBMITTED', 'start_review TRIAGE', 'ask NEEDS_INFO', 'supply TRIAGE', 'accept PREPARING', 'pre_review_pass READY',
          'filing_submitted IN_PROGRESS', 'trigger_met ESCALATION_DUE', 'filing_submitted IN_PROGRESS', 'offer NEGOTIATING',
          'agreement_signed SETTLED_PENDING', 'performed PERFORMED', 'open_filings_exist WITHDRAWING', 'all_filings_ended CLOSED'],
    'every step is an event, in order');

-- A complaint made again
select is(t.try('case', :'case_id', 'reopen', 'IN_PROGRESS', :wang), 'UD022 new_evidence_or_new_channel', 'the same again is not enough');
select t.move('case', :'case_id', 'reopen', 'IN_PROGRESS', :wang, '{"channel": "CONSUMER_ASSOC"}') \gset
select is((select concat_ws(' ', status, round, closure_reason) from core.case_file where id = :'case_id'), 'IN_PROGRESS 2', 'a channel not tried yet opens the next round');
select is(array[t.sum('open'), t.sum('closed', 'SETTLED'), t.sum('resolved', 'SETTLED'), t.sum('reopened')], '{1,0,0,1}', 'and the figures follow');

select finish();
rollback;
