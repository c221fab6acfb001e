-- track: the code in, the case out; messages, decisions, supplements, consents (UX.md §2.8).
\ir support.psql
select plan(72);
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
select is(track.clock_offset(), engine.clock_offset_us(), 'the clock that C adds');
select ok((select count(*) > 100 from track.vocabulary()), 'codes with labels');
select t.submitted() as case_id \gset
create function t.track() returns bytea language sql immutable as $$ select sha256('track') $$;

-- The code
select is((select case_id from track.code_look(p_code => convert_to('code1', 'UTF8'), p_network => 'n')), :'case_id', 'a code finds its case');
select is((select count(*) from track.code_look(p_code => 'wrong', p_network => 'n')), 0::bigint, 'another does not');
select is(engine.attempt_count(p_kind => 'code_network', p_key => 'n'), 1::bigint, 'and is counted');
select is(t.answer($$select track.code_wait(p_network => 'n')$$), 'ok', 'a few slips cost no time');
update ref.service_limit set n = 1 where code = 'code_failures_wait_after';
select is(t.answer($$select track.code_wait(p_network => 'n')$$), 'UD010 1', 'many do');
select is(t.answer($$select track.code_wait(p_network => 'm')$$), 'ok', 'in that network only');
select is(t.answer($$select track.session_begin(p_code => 'wrong', p_track => t.track(), p_wrapped => '\x01')$$), 'UD006', 'no session without a code');
select track.session_begin(p_code => convert_to('code1', 'UTF8'), p_track => t.track(), p_wrapped => '\x77') \gset
select is((select status || ' ' || wrapped from track.session_check(p_track => t.track())), 'SUBMITTED \x77', 'a case session');
select is(t.answer($$select track.session_check(p_track => '\x00')$$), 'UD001', 'a strange one');

-- What it shows
select is((select platform || ' ' || status || ' ' || assigned || ' ' || accepted from track.overview(p_track => t.track())), '星云卡盟 SUBMITTED true false', 'where the case stands');
select ok((select count(*) > 0 from track.clocks(p_track => t.track()) where why is not null), 'dates with their reasons');
select is((select open_filings from track.overview(p_track => t.track())), '[]'::jsonb, 'no filing is open yet');
select is((select product || ' ' || problem || ' ' || who from track.complaint(p_track => t.track())), (select product || ' ' || problem || ' ' || who from core.complaint where case_id = :'case_id'), 'what was told');
select ok((select count(*) > 20 from track.choices() where label_zh <> '' and label_en <> ''), 'choices keep their names');
select is((select array_agg(type) from track.timeline(p_track => t.track())), '{submit}', 'the timeline holds steps, not who looked');
select engine.assignment_accept(p_case => :'case_id', p_user => :wang) \gset
select t.move('case', :'case_id', 'start_review', null, :wang) \gset
insert into core.missing_item (id, case_id, item, text_sealed) values (t.id('item'), :'case_id', 'CHAT', '\x05');
insert into core.note (id, case_id, author, body_sealed) values (t.id('note'), :'case_id', :wang, '\x66');
select t.move('case', :'case_id', 'ask', null, :wang) \gset
select is((select item from track.missing(p_track => t.track())), 'CHAT', 'what is missing');
select is((select count(*) from track.messages(p_track => t.track()) where unread), 1::bigint, 'a message of the service; notes are not there');
select track.messages_seen(p_track => t.track()) \gset
select is((select count(*) from track.messages(p_track => t.track()) where unread), 0::bigint, 'read');
select track.message_add(p_track => t.track(), p_id => t.id('m'), p_body => '\x01') \gset
select is((select author_kind from track.messages(p_track => t.track()) where id = t.id('m')), 'complainant', 'an own message');
select is(t.answer($$select track.supply(p_track => t.track(), p_version => 0, p_id => t.id('m2'), p_body => '\x01')$$), 'UD020', 'an old page');
select is(t.answer($$select track.supply(p_track => t.track(), p_version => (select version from core.case_file), p_id => t.id('m2'), p_body => null)$$),
          'UD030 answer:track.supply.error.nothing', 'neither a file nor an answer');
savepoint nothing;
select t.file(:'case_id') as early \gset
update core.file set uploaded_at = core.now() - interval '1 day' where id = :'early';
update core.missing_item set asked_at = core.now() - interval '1 hour';
select is(t.answer($$select track.supply(p_track => t.track(), p_version => (select version from core.case_file), p_id => t.id('m2'), p_body => null)$$),
          'UD030 answer:track.supply.error.nothing', 'a file from before the question is no answer');
update core.file set uploaded_at = core.now() where id = :'early';
select is(t.answer($$select track.supply(p_track => t.track(), p_version => (select version from core.case_file), p_id => t.id('m2'), p_body => null)$$),
          'ok', 'a file since the question is');
rollback to savepoint nothing;
select track.supply(p_track => t.track(), p_version => (select version from core.case_file), p_id => t.id('m2'), p_body => '\x01') \gset
select is((select status || ' ' || (select count(*) from track.missing(p_track => t.track())) from track.overview(p_track => t.track())), 'TRIAGE 0', 'supplied: the review goes on');
select t.file(:'case_id') as own, t.file(:'case_id') as paper \gset
update core.file set source = 'service' where id = :'paper';
select is((select array_agg(file_id) from track.files(p_track => t.track())), array[:'own']::uuid[], 'own files only');
insert into core.document (id, case_id, kind, version, template_version, file_id, sha_hash, snapshot_sealed, issued_by)
values (t.id('doc'), :'case_id', 'COMPLAINT_LETTER', 1, '1', :'paper', '\x01', '\x01', :wang);
select is((select kind from track.papers(p_track => t.track())), 'COMPLAINT_LETTER', 'papers that were issued');

-- Decisions
create function t.question(p_name text, p_kind text, p_channel text default null, p_detail jsonb default '{}') returns void language sql as $$
    insert into core.decision (id, case_id, kind, channel, detail, asked_by) values (t.id(p_name), t.id('case'), p_kind, p_channel, p_detail, t.id('wang'))
$$;
create function t.decide(p_name text, p_answer text, p_fen bigint default null, p_version bigint default 1) returns text language sql as $$
    select t.answer(format('select track.decide(p_track => t.track(), p_decision => t.id(%L), p_version => %s, p_answer => %L, p_fen => %L)', p_name, p_version, p_answer, p_fen))
$$;
select t.question('q1', 'CONSENT', 'COMPLAINT_12315'), t.question('q2', 'RECEIPT', null, '{"amount_fen": 17600}'), t.question('q3', 'WITHDRAWAL_WARNING') \gset
select is((select count(*) from track.decisions(p_track => t.track()) where answer is null), 3::bigint, 'three questions');
select is((select platform from track.decision_get(p_track => t.track(), p_decision => t.id('q1'))), '星云卡盟', 'and names the platform, which may be who receives it');
select ok((select text_zh <> '' and text_version <> '' from track.decision_get(p_track => t.track(), p_decision => t.id('q1'))), 'a consent has its text');
select is(t.answer($$select track.decision_get(p_track => t.track(), p_decision => t.id('other'))$$), 'UD002', 'no such question');
select is(t.decide('q1', 'perhaps'), 'UD031 answer', 'known answers only');
select is(t.decide('q1', 'granted', null, 7), 'UD020', 'an old page');
select is(t.decide('q1', 'granted'), 'ok', 'granted');
select is(engine.consent_given(p_case => :'case_id', p_channel => 'COMPLAINT_12315'), true, 'the recipient may get the material');
select is(t.decide('q2', 'part'), 'UD030 amount:track.decision.error.amount', 'part of it is an amount');
select is(t.decide('q2', 'part', 0), 'UD030 amount:track.decision.error.amount', 'and not nothing');
select is(t.decide('q2', 'part', 5000), 'ok', 'part of the money came');
select is(t.decide('q2', 'received'), 'UD025', 'sent a second time from the same page');
select is((select count(*) from core.event where type like 'decision_%' and object_id = t.id('q2')), 1::bigint, 'it is recorded once');
select is((select amount_received_fen from track.overview(p_track => t.track())), 5000::bigint, 'as much as that');
select t.question('q5', 'RECEIPT') \gset
select is(t.decide('q5', 'received'), 'UD030 amount:track.decision.error.amount', 'a question without an amount asks for it');
select is(t.decide('q1', 'granted'), 'UD025', 'a consent that stands is not given twice');
select is(t.decide('q3', 'acknowledged'), 'ok', 'the warning was read');
select is(t.decide('q3', 'kept', null, 2), 'UD025', 'an answer stays');

-- Consents, stopping
select ok((select count(*) >= 2 from track.consents(p_track => t.track()) where text_zh <> ''), 'consents with their texts');
select track.consent_withdraw(p_track => t.track(), p_consent => (select id from core.consent where kind = 'SHARE_REGULATOR'), p_ends => false) \gset
select is(engine.consent_given(p_case => :'case_id', p_channel => 'COMPLAINT_12315'), false, 'taken back');
select is(t.answer($$select track.consent_withdraw(p_track => t.track(), p_consent => t.id('none'), p_ends => false)$$), 'UD002', 'no such consent');
select is((select string_agg(concat_ws(' ', kind, channel, decision = t.id('q1')), ', ') from track.consents_open(p_track => t.track())),
          'PUBLISH_STORY, SHARE_PAYMENT, SHARE_PLATFORM, STATISTICS, SHARE_REGULATOR COMPLAINT_12315 t', 'what was not given, and the recipient that was taken back');
update core.consent set at = at - interval '1 hour' where channel = 'COMPLAINT_12315';
select is(t.decide('q1', 'granted', null, 2), 'ok', 'the question is answered again');
select is(engine.consent_given(p_case => :'case_id', p_channel => 'COMPLAINT_12315'), true, 'and the recipient may get it');
create function t.give(p_kind text, p_version text default null) returns text language sql as $$
    select t.answer(format('select track.consent_give(p_track => t.track(), p_id => gen_random_uuid(), p_kind => %L, p_version => %L)', p_kind,
        coalesce(p_version, (select text_version from track.consents_open(p_track => t.track()) where kind = p_kind),
                 (select version from ref.consent_text where kind = p_kind limit 1))))
$$;
select is(t.give('SHARE_PLATFORM', 'old'), 'UD020', 'only the text in force is agreed to');
select is(t.give('SHARE_PLATFORM'), 'ok', 'a consent of the form is given later');
select is(engine.consent_given(p_case => :'case_id', p_channel => 'PLATFORM_TICKET'), true, 'and counts');
select is(t.give('SHARE_PLATFORM'), 'UD025', 'once');
select is(t.give('HANDLE_CASE'), 'UD025', 'the one that carries the case is no choice');
select is(t.give('GUARDIAN_UNDER_14'), 'UD002', 'nor what nobody asked for');
select track.consent_withdraw(p_track => t.track(), p_consent => (select id from core.consent where kind = 'SHARE_PLATFORM'), p_ends => false) \gset
select is(engine.consent_given(p_case => :'case_id', p_channel => 'PLATFORM_TICKET'), false, 'taken back again');
create function t.end_case(p_ends boolean) returns text language sql as $$
    select t.answer(format('select track.consent_withdraw(p_track => t.track(), p_consent => (select id from core.consent where kind = %L), p_ends => %L)',
                           'HANDLE_CASE', p_ends))
$$;
select is(t.end_case(false), 'UD030 agree:track.end.error.agree', 'the consent that carries the case is not taken back by one tap');
select is((select status from track.overview(p_track => t.track())), 'TRIAGE', 'nothing has ended');
savepoint ending;
select t.question('q4', 'WAIT') \gset
select is(t.end_case(true), 'ok', 'with the tick it is');
select is((select status || ' ' || closure_reason from track.overview(p_track => t.track())), 'CLOSED CONSENT_WITHDRAWN', 'the case is closed');
select is((select count(*) from track.consents_open(p_track => t.track())), 0::bigint, 'nothing is agreed to in a closed case');
select is((select count(*) from core.task where kind = 'ERASE' and case_id = :'case_id'), 1::bigint, 'its erasure begins');
select is((select open_decisions from track.overview(p_track => t.track())), 0::bigint, 'questions end with the case');
select is(t.answer($$select track.decision_get(p_track => t.track(), p_decision => t.id('q4'))$$), 'UD002', 'they are not shown any more');
rollback to savepoint ending;
select is(t.answer($$select track.stop_ask(p_track => t.track(), p_id => t.id('stop'), p_reason => 'bored')$$), 'UD031 reason', 'known reasons only');
select track.stop_ask(p_track => t.track(), p_id => t.id('stop'), p_reason => 'pressed') \gset
select is((select 'PRESSED' = any (special_flags) from core.case_file), true, 'pressure is recorded');
select is(t.decide('stop', 'acknowledged'), 'ok', 'the complainant stops');
select is((select status || ' ' || closure_reason from track.overview(p_track => t.track())), 'CLOSED CONSUMER_ABANDONED', 'the case is closed');
select track.leave(p_track => t.track()) \gset
select is(t.answer($$select track.overview(p_track => t.track())$$), 'UD001', 'left: nothing is shown any more');
select finish();
rollback;
