-- Events, figures, case numbers, escalation triggers and erasure.
\ir support.psql
select plan(39);
create function t.sum(p_measure text, p_platform text default '星云卡盟') returns numeric language sql as $$
    select coalesce(sum(n), 0) from stat.delta where measure = p_measure and platform = t.id(p_platform)
$$;

-- Case numbers
select is(engine.check_digit(p_digits => '572'), '4', 'Damm''s own example');
select is((select count(distinct engine.case_no_of(p_n => n, p_year => 2026)) from generate_series(0, 99999) n), 100000::bigint, 'the first 100,000 numbers are all different');
select is((select count(distinct engine.case_no_of(p_n => n, p_year => 2026)) from generate_series(100000, 200000, 7) n), 14286::bigint, 'and go on with a digit more');
select is((select bool_and(engine.check_digit(p_digits => substr(engine.case_no_of(p_n => n, p_year => 2026), 6)) = '0') from generate_series(1, 200) n), true, 'every number ends in its check digit');
select is((select count(*) from generate_series(1, 1000) n
           where abs(substr(engine.case_no_of(p_n => n, p_year => 2026), 6, 5)::int - substr(engine.case_no_of(p_n => n - 1, p_year => 2026), 6, 5)::int) < 10), 0::bigint,
    'neighbours do not look like neighbours');
select matches(engine.case_no_next(), '^AD26-\d{6}$', 'the form of a number');
select isnt(engine.case_no_next(), engine.case_no_next(), 'each is given once');

-- Figures follow a correction of platform, product or problem
select t.submitted() as case_id \gset
select engine.first_reply(p_case => :'case_id') \gset
select engine.first_reply(p_case => :'case_id') \gset
select is((select count(*) from stat.duration_delta where measure = 'first_reply'), 1::bigint, 'the first reply is first once');
select t.platform('另一家') \gset
select engine.case_classify(p_case => :'case_id', p_platform => t.id('另一家'), p_product_type => 'GAME_CARD', p_problem_type => 'KEY_USED', p_actor => :wang) \gset
select is(array[t.sum('submitted'), t.sum('submitted', '另一家'), t.sum('claimed_fen'), t.sum('claimed_fen', '另一家')], '{0,1,0,17600}', 'a case moved to another platform takes its figures along');
select is((select array_agg(n order by id) from stat.duration_delta), '{1,-1,1}', 'and its durations');
select is((select sum(n) from stat.delta where measure = 'submitted' and problem_type = 'KEY_USED'), 1::numeric, 'under the corrected problem');
select t.platform('第三家') \gset
select engine.case_classify(p_case => :'case_id', p_platform => t.id('第三家'), p_product_type => 'GAME_CARD', p_problem_type => 'KEY_USED', p_actor => :wang) \gset
select is(array[t.sum('submitted'), t.sum('submitted', '另一家'), t.sum('submitted', '第三家')], '{0,0,1}', 'a second time too');
select is((select before ->> 'problem_type' || ' ' || (after ->> 'problem_type') from core.event where type = 'classified' order by id limit 1), 'KEY_INVALID KEY_USED', 'and it is an event');
select throws_ok(format($$select engine.case_classify(p_case => %L, p_platform => null, p_product_type => 'SOAP', p_problem_type => 'KEY_USED', p_actor => null)$$, :'case_id'), 'UD031', null, 'codes are checked');
select engine.amount_set(p_case => :'case_id', p_fen => 16700, p_actor_kind => 'user', p_actor => :wang) \gset
select is(t.sum('claimed_fen', '第三家'), 16700::numeric, 'a corrected amount');
select engine.received_set(p_case => :'case_id', p_fen => 10000, p_actor_kind => 'complainant') \gset
select engine.received_set(p_case => :'case_id', p_fen => 16700, p_actor_kind => 'complainant') \gset
select is(t.sum('received_fen', '第三家'), 16700::numeric, 'money received adds up to the last word of the complainant');
select is((select sum(n) from stat.delta where measure = 'submitted' and day = '2026-11-20'), 1::numeric, 'days are days in Shanghai');

-- Mail only where it was wished for
select engine.message_service(p_case => :'case_id', p_template => 'track.service.ask') \gset
select is((select count(*) from core.outbox), 0::bigint, 'no mail that nobody wished for');
update core.complaint set mail_sealed = '\x01' where case_id = :'case_id';
select engine.message_service(p_case => :'case_id', p_template => 'track.service.ask') \gset
select engine.outbox_news(p_case => :'case_id', p_key => 'deadline-1') \gset
select engine.outbox_news(p_case => :'case_id', p_key => 'deadline-1') \gset
select is((select count(*) from core.outbox where kind = 'news_complainant'), 2::bigint, 'one reminder for each piece of news');

-- Vocabulary, offset
select is((select label_zh from engine.vocabulary() where enumeration = 'case_status' and code = 'TRIAGE'), '审核中', 'labels come from the reference data');
select is(pg_catalog.now() + engine.clock_offset_us() * interval '1 microsecond', core.now(), 'C reads the same offset');
update core.clock_offset set allowed = false;
select throws_ok($$select engine.set_clock_offset(p_amount => '1 day')$$, '42501', null, 'the clock of a real installation cannot be moved');
update core.clock_offset set allowed = true;
select engine.set_clock_offset(p_amount => '2 days') \gset
select is(engine.clock_offset_us(), 172800000000::bigint, 'that of a demo can');
select t.at('2026-11-20 10:00+08') \gset

-- Escalation
create function t.due(p_case uuid) returns text language sql as $$
    select coalesce(string_agg(concat_ws(' ', rule, channel, next_layer), ', '), 'nothing') from engine.escalation_due(p_case => p_case)
$$;
select t.in_progress(2) \gset
select id as ticket from core.filing where case_id = t.id('case', 2) \gset
select is(t.due(t.id('case', 2)), 'nothing', 'nothing has passed');
select t.at('2026-12-02 00:00+08') \gset
select is(t.due(t.id('case', 2)), 'R-ESC-01 PLATFORM_TICKET L2, R-ESC-02 PLATFORM_TICKET L2', '48 hours and seven working days have passed');
select t.move('filing', :'ticket', 'lapse') \gset
select is(t.due(t.id('case', 2)), 'FILING_FAILED PLATFORM_TICKET L1', 'a lapsed filing has failed, whatever its clocks said');
select is((select stop_reason from core.clock where filing_id = :'ticket' limit 1), 'LAPSED', 'and its clocks have stopped');
select t.move('case', t.id('case', 2), 'trigger_met') \gset
select t.at('2026-12-02 12:00+08') \gset
select t.decision(t.id('case', 2), 'WAIT', 'waits') \gset
select t.move('case', t.id('case', 2), 'user_waits', null, :wang, '{"review_on": "2026-12-09"}') \gset
select is(t.due(t.id('case', 2)), 'nothing', 'the complainant waits');
select is((select next_due_at from core.case_file where id = t.id('case', 2)), '2026-12-10 00:00+08'::timestamptz, 'the review date is the next deadline');
select t.at('2026-12-09 09:00+08') \gset
select is(t.due(t.id('case', 2)), 'FILING_FAILED PLATFORM_TICKET L1', 'until the day of review');
select t.move('case', t.id('case', 2), 'trigger_met') \gset
select t.at('2026-12-09 10:00+08') \gset
select t.filed(t.id('case', 2), 'COMPLAINT_12315') as regulator \gset
select is(t.due(t.id('case', 2)), 'nothing', 'a new filing answers it');
update core.filing set not_accepted_reason = 'MATERIALS' where id = :'regulator';
select t.at('2026-12-10 10:00+08') \gset
select t.move('filing', :'regulator', 'refuse', null, :wang) \gset
select is(t.due(t.id('case', 2)), 'R-ESC-06 COMPLAINT_12315 L4', 'until that fails too');
select is((select waiting_on from core.case_file where id = t.id('case', 2)), 'VOLUNTEER', 'and the volunteer acts');

-- Erasure
select t.evidence(:'case_id', 'CHAT') \gset
select t.move('case', :'case_id', 'consent_withdrawn') \gset
select is((select string_agg(kind, ' ') from core.task where case_id = :'case_id'), 'ERASE', 'consent withdrawn: somebody is asked to erase the case');
select is((select array_agg(recipient_kind order by recipient_kind) from core.case_seal where case_id = :'case_id'), '{code,group}', 'and nobody works on it any more');
select t.move('case', :'case_id', 'erase_request', null, :chen) \gset
select is((select status from core.case_file where id = :'case_id'), 'ERASED', 'erased');
create function t.rows_of(p_case uuid) returns text language plpgsql as $$
declare
    v_table text;
    v_n bigint;
    v_all text := '';
begin
    for v_table in
        select format('%I.%I', n.nspname, c.relname)
        from pg_attribute a join pg_class c on c.oid = a.attrelid and c.relkind = 'r' join pg_namespace n on n.oid = c.relnamespace
        where a.attname = 'case_id' and n.nspname in ('core', 'stat') order by 1
    loop
        execute format('select count(*) from %s where case_id = %L', v_table, p_case) into v_n;
        v_all := concat_ws(' ', nullif(v_all, ''), case when v_n > 0 then v_table end);
    end loop;
    return v_all;
end
$$;
select is(t.rows_of(:'case_id'), 'core.assignment core.consent core.event', 'what is left: who had it, consents with dates, events without text');
select is((select count(*) from core.file_segment), 0::bigint, 'no bytes');
select is(t.sum('submitted', '第三家') || ' ' || t.sum('open', '第三家'), '1 0', 'the figures stay');

select finish();
rollback;
