-- What volunteers may ask of the database about a settlement: offers, terms, issue, signatures, performance, breach, failed talks, receipt.
\ir support.psql
select plan(89);
create temp table s as
select u.login, t.session(u.id) as sid, u.id from core.app_user u where u.login in ('wang', 'lina', 'chen');
create function t.s(p_login text) returns bytea language sql as $$ select s.sid from s where s.login = p_login $$;
create function t.version(p_case uuid) returns bigint language sql as $$ select c.version from core.case_file c where c.id = p_case $$;
create function t.status(p_case uuid) returns text language sql as $$ select c.status from core.case_file c where c.id = p_case $$;
create function t.settlement(p_case uuid) returns uuid language sql as $$
    select s.id from core.settlement s where s.case_id = p_case order by s.state in ('PERFORMED', 'RESCINDED'), s.created_at desc limit 1 $$;
create function t.state(p_case uuid) returns text language sql as $$ select s.state from core.settlement s where s.id = t.settlement(p_case) $$;
create function t.sversion(p_case uuid) returns bigint language sql as $$ select s.version from core.settlement s where s.id = t.settlement(p_case) $$;
create function t.paper(p_case uuid) returns uuid language plpgsql as $$
declare v_id uuid := t.file(p_case);
begin
    update core.file set source = 'service' where id = v_id;
    return v_id;
end
$$;
create function t.steps(p_case uuid) returns text language sql as $$
    select string_agg(n.step, ' ' order by n.step) from desk.settlement_steps(t.s('wang'), p_case) n $$;
\set case1 't.id(''case'', 1)'
select t.in_progress(1) \gset

-- Nobody else's ------------------------------------------------------------------------------------------------------------------
select is((select count(*) from desk.settlement(t.s('wang'), :case1)), 0::bigint, 'no settlement yet, no row');
select throws_ok(format('select * from desk.settlement(%L, %L)', t.s('lina'), :case1), 'UD002', null, 'another''s settlement');
select throws_ok(format('select * from desk.settlement_offers(%L, %L)', t.s('lina'), :case1), 'UD002', null, 'another''s offers');
select throws_ok(format('select * from desk.settlement_steps(%L, %L)', t.s('lina'), :case1), 'UD002', null, 'nor what comes next there');
select is(t.steps(:case1), 'offer perform', 'talks can begin, and the other side may have performed');
select throws_ok(format('select desk.offer_add(%L, %L, 1, %L, ''respondent'', 1, %L, null)', t.s('lina'), :case1, t.id('s'), t.id('note')), 'UD002', null, 'no offer in another''s case');
select throws_ok(format('select * from desk.settlement(%L, %L)', '\x00'::bytea, :case1), 'UD001', null, 'no session, nothing');

-- Offers --------------------------------------------------------------------------------------------------------------------------
select throws_ok(format('select desk.offer_add(%L, %L, 999, %L, ''respondent'', 8800, %L, null)', t.s('wang'), :case1, t.id('s'), t.id('note')), 'UD020', null, 'an old page');
select throws_ok(format('select desk.offer_add(%L, %L, %s, %L, ''nobody'', 8800, %L, null)', t.s('wang'), :case1, t.version(:case1), t.id('s'), t.id('note')), 'UD031', null, 'one of two sides');
select lives_ok(format('select desk.offer_add(%L, %L, %s, %L, ''respondent'', 8800, %L, ''\x05'')', t.s('wang'), :case1, t.version(:case1), t.id('s'), t.id('note')), 'the first offer');
select is(t.status(:case1) || ' ' || t.state(:case1), 'NEGOTIATING PROPOSED', 'opens the talks');
select is(t.settlement(:case1), t.id('s'), 'under the id that was made');
select is((select body_sealed from core.note where id = t.id('note')), '\x05'::bytea, 'its words are an internal note');
select is(t.steps(:case1), 'fail offer perform terms', 'an offer leads to more offers, a text, or an end of the talks');
select t.version(:case1) as before \gset
select lives_ok(format('select desk.offer_add(%L, %L, %s, %L, ''complainant'', 17600, %L, null)', t.s('wang'), :case1, :before, t.id('s2'), t.id('note2')), 'an answer');
select throws_ok(format('select desk.offer_add(%L, %L, %s, %L, ''complainant'', 17600, %L, null)', t.s('wang'), :case1, :before, t.id('s3'), t.id('note3')), 'UD020', null, 'the same form twice is one offer');
select is(t.state(:case1), 'NEGOTIATING', 'is negotiation');
select results_eq($$select offered_fen, side, actor_name from desk.settlement_offers(t.s('wang'), t.id('case', 1))$$,
    $$values (17600::bigint, 'complainant', 'wang'), (8800, 'respondent', 'wang')$$, 'both offers are listed, the newest first');
select is((select offered_fen from desk.settlement(t.s('wang'), :case1)), 17600::bigint, 'the latest stands');

-- Steps without contents ------------------------------------------------------------------------------------------------------------
select throws_ok(format('select desk.settlement_step(%L, %L, %L, %s, ''perform'')', t.s('wang'), :case1, t.id('s'), t.sversion(:case1)), 'UD031', null, 'performance is no plain step');
select throws_ok(format('select desk.settlement_step(%L, %L, %L, 99, ''agree_orally'')', t.s('wang'), :case1, t.id('s')), 'UD020', null, 'an old page takes no step');
select throws_ok(format('select desk.settlement_step(%L, %L, %L, 1, ''agree_orally'')', t.s('wang'), :case1, t.id('other')), 'UD002', null, 'a settlement that is not of this case');
select lives_ok(format('select desk.settlement_step(%L, %L, %L, %s, ''agree_orally'')', t.s('wang'), :case1, t.id('s'), t.sversion(:case1)), 'agreed by word of mouth');
select is((select count(*) from core.message where case_id = :case1 and template = 'track.service.agree_orally'), 1::bigint, 'the complainant is told that it does not count');

-- Terms ----------------------------------------------------------------------------------------------------------------------------
create function t.terms(p_case uuid, p_ok boolean default true) returns void language sql as $$
    select desk.settlement_terms_save(p_session => t.s('wang'), p_case => p_case, p_settlement => t.settlement(p_case), p_version => t.sversion(p_case),
        p_kind => case when p_ok then 'REFUND' end, p_fen => 17600, p_perform_by => engine.today() + 7, p_mediated => false, p_terms => '\x07', p_complete => p_ok,
        p_checks => jsonb_build_array(jsonb_build_object('rule', 'V-SET-01', 'passed', p_ok)))
$$;
create function t.drafted(p_case uuid, p_document uuid) returns bigint language sql as $$
    select desk.settlement_draft(p_session => t.s('wang'), p_case => p_case, p_settlement => t.settlement(p_case), p_version => t.sversion(p_case),
        p_checks => jsonb_build_array(jsonb_build_object('rule', 'V-SET-01', 'passed', (select contents_ok from core.settlement where id = t.settlement(p_case)))),
        p_document => p_document, p_template => '1', p_file => t.paper(p_case), p_sha_hash => '\x0a', p_snapshot => '\x0b')
$$;
select lives_ok('select t.terms(t.id(''case'', 1), false)', 'half a text is kept');
select throws_ok('select t.drafted(t.id(''case'', 1), t.id(''doc''))', 'UD022', null, 'but not issued');
select throws_ok(format('select desk.settlement_terms_save(%L, %L, %L, %s, ''BARTER'', 1, null, false, ''\x01'', false, ''[]'')', t.s('wang'), :case1, t.id('s'), t.sversion(:case1)), 'UD031', null, 'an unknown kind of performance');
select is(t.steps(:case1), 'fail offer perform terms', 'so it is not offered');
select lives_ok('select t.terms(t.id(''case'', 1))', 'the whole text');
select is(t.steps(:case1), 'fail issue offer perform terms', 'the whole one can be issued');
select is((select row(kind, agreed_fen, perform_by, contents_ok)::text from desk.settlement(t.s('wang'), :case1)), row('REFUND', 17600::bigint, '2026-11-27'::date, true)::text, 'with kind, amount and day in plain');
select throws_ok(format('select desk.settlement_draft(%L, %L, %L, %s, ''[{"rule": "V-SET-01", "passed": true}]'', %L, ''1'', %L, ''\x0a'', ''\x0b'')', t.s('wang'), :case1, t.id('s'), t.sversion(:case1), t.id('doc'), t.file(:case1)),
    'UD002', null, 'only a paper of the service is issued');
select is((select t.drafted(:case1, t.id('doc'))), 1::bigint, 'issued as version 1');
select is((select state || ' ' || document_version from desk.settlement(t.s('wang'), :case1)), 'DRAFTED 1', 'and fixed');
select is(t.steps(:case1), 'fail perform sign terms', 'to be signed now');
select throws_ok(format('select desk.offer_add(%L, %L, %s, %L, ''respondent'', 1, %L, null)', t.s('wang'), :case1, t.version(:case1), t.id('s3'), t.id('note3')), 'UD021', null, 'no offers after drafting');

-- Signatures -----------------------------------------------------------------------------------------------------------------------
create function t.sign(p_case uuid, p_on date default '2026-11-20') returns void language sql as $$
    select desk.settlement_sign_first(t.s('wang'), p_case, t.settlement(p_case), t.sversion(p_case), 'complainant', p_on) $$;
create function t.sign_both(p_case uuid, p_file uuid, p_on date default '2026-11-20') returns void language sql as $$
    select desk.settlement_sign_second(t.s('wang'), p_case, t.settlement(p_case), t.sversion(p_case), p_on, p_file) $$;
select throws_ok(format('select desk.settlement_sign_first(%L, %L, %L, %s, ''witness'', ''2026-11-20'')', t.s('wang'), :case1, t.id('s'), t.sversion(:case1)), 'UD031', null, 'one of the two sides signs');
select throws_ok('select t.sign(t.id(''case'', 1), ''2026-11-19'')', 'UD030', null, 'not before it was issued');
select lives_ok('select t.sign(t.id(''case'', 1))', 'one side signs');
select is(t.steps(:case1), 'fail perform signed terms', 'and the other one next');
select is(t.state(:case1), 'PART_SIGNED', 'one signature');
select lives_ok('select t.terms(t.id(''case'', 1))', 'another text');
select is((select state || coalesce(first_signer, '') || coalesce(document_id::text, '') from core.settlement where id = t.id('s')), 'NEGOTIATING', 'voids the signature and needs to be issued again');
select is((select t.drafted(:case1, t.id('doc2'))), 2::bigint, 'the next version');
select is((select count(*) from core.document where case_id = :case1 and kind = 'SETTLEMENT_AGREEMENT'), 2::bigint, 'the first one stays');
select lives_ok('select t.sign(t.id(''case'', 1))', 'signed again');
select throws_ok('select t.sign_both(t.id(''case'', 1), t.file(t.id(''case'', 1)), ''2026-11-19'')', 'UD030', null, 'not before the first signature');
select throws_ok('select t.sign_both(t.id(''case'', 1), t.paper(t.id(''case'', 1)))', 'UD030', null, 'the service''s own paper is no signed agreement');
select throws_ok('select t.sign_both(t.id(''case'', 1), t.file(t.in_progress(2)))', 'UD030',
                 'no such file', 'nor is a file of another case');
select lives_ok('select t.sign_both(t.id(''case'', 1), t.file(t.id(''case'', 1), ''signed''))', 'the other side signs, with the signed file');
select is(t.status(:case1) || ' ' || t.state(:case1), 'SETTLED_PENDING SIGNED', 'the case waits for performance');
select is((select signed_sha_hash from core.settlement where id = t.id('s')), sha256('signed'), 'the hash of the signed file is kept');
select is((select string_agg(k.due_on::text, ',') from engine.clocks_of(p_case => :case1) k where k.kind = 'PERFORMANCE_DATE' and k.state = 'running'), '2026-11-27', 'the day of performance runs');
select is(t.steps(:case1), 'perform receipt start', 'no breach before the day, no end while the case waits');
select throws_ok('select t.terms(t.id(''case'', 1))', 'UD021', null, 'a signed text is not changed');
select throws_ok(format('select desk.settlement_rescind(%L, %L, %L, %s, ''\x01'')', t.s('wang'), :case1, t.id('s'), t.sversion(:case1)), 'UD021', null, 'the case still waits for this agreement');
select throws_ok(format('select desk.settlement_step(%L, %L, %L, %s, ''breach'')', t.s('wang'), :case1, t.id('s'), t.sversion(:case1)), 'UD022', null, 'no breach before the day');

-- Breach and cure ------------------------------------------------------------------------------------------------------------------
select t.at('2026-11-28 10:00+08') \gset
update s set sid = t.session(id);
select is(t.steps(:case1), 'breach perform receipt start', 'now there is a breach');
select lives_ok(format('select desk.settlement_step(%L, %L, %L, %s, ''breach'')', t.s('wang'), :case1, t.id('s'), t.sversion(:case1)), 'the day has passed');
select throws_ok(format('select desk.receipt_ask(%L, %L, %s, %L, 17600)', t.s('wang'), :case1, t.version(:case1), t.id('q')), 'UD021', null, 'nothing has come that could be confirmed');
select is(t.steps(:case1), 'perform rescind', 'a breached agreement is performed late or ends');
select is(t.status(:case1) || ' ' || t.state(:case1), 'IN_PROGRESS BREACHED', 'the case goes on');
create function t.performed(p_case uuid, p_file uuid, p_on date default engine.today()) returns void language sql as $$
    select desk.settlement_performed(p_session => t.s('wang'), p_case => p_case, p_version => t.version(p_case), p_kind => 'REFUND', p_on => p_on, p_fen => 17600,
        p_file => p_file, p_evidence => gen_random_uuid(), p_fields => '{"kind": "REFUND", "amount": 17600, "sealed": []}', p_fields_sealed => null) $$;
select throws_ok('select t.performed(t.id(''case'', 1), t.paper(t.id(''case'', 1)))', 'UD030', null, 'a paper of the service proves nothing');
select throws_ok('select t.performed(t.id(''case'', 1), t.file(t.id(''case'', 1)), ''2026-11-19'')', 'UD030', null, 'not before both had signed');
select lives_ok('select t.performed(t.id(''case'', 1), t.file(t.id(''case'', 1)))', 'late performance');
select is(t.status(:case1) || ' ' || t.state(:case1), 'PERFORMED PERFORMED', 'still counts');
select is((select paid_fen from desk.settlement(t.s('wang'), :case1)), 17600::bigint, 'with what was paid');
select is((select count(*) from core.evidence where case_id = :case1 and kind = 'PERFORMANCE'), 1::bigint, 'and proof as evidence');

-- Receipt --------------------------------------------------------------------------------------------------------------------------
select throws_ok(format('select desk.receipt_ask(%L, %L, 999, %L, 17600)', t.s('wang'), :case1, t.id('q')), 'UD020', null, 'an old page asks nothing');
select lives_ok(format('select desk.receipt_ask(%L, %L, %s, %L, 17600)', t.s('wang'), :case1, t.version(:case1), t.id('q')), 'the complainant is asked');
select throws_ok(format('select desk.receipt_ask(%L, %L, %s, %L, 17600)', t.s('wang'), :case1, t.version(:case1), t.id('q2')), 'UD025', null, 'once');
select lives_ok(format('select desk.receipt_ask(%L, %L, %s, %L, 17500)', t.s('wang'), :case1, t.version(:case1), t.id('q2')), 'and again with the right amount');
select is((select count(*) from core.decision where case_id = :case1 and kind = 'RECEIPT' and withdrawn_at is null), 1::bigint, 'one question waits');
select is((select count(*) from core.message where case_id = :case1 and template = 'track.service.receipt_asked'), 2::bigint, 'with a message each time');
update core.decision set answer = 'part', answer_fen = 100, answered_at = core.now() where id = t.id('q2');
select is((select receipt_answer || receipt_fen from desk.settlement(t.s('wang'), :case1)), 'part100', 'the answer is shown');

-- Failed talks, performance without an agreement, rescission -------------------------------------------------------------------------
select t.in_progress(2) \gset
select desk.offer_add(t.s('wang'), t.id('case', 2), t.version(t.id('case', 2)), t.id('s', 2), 'respondent', null, t.id('note', 2), '\x01') \gset
select lives_ok(format('select desk.talks_fail(%L, %L, %L, %s, ''\x09'')', t.s('wang'), t.id('case', 2), t.id('s', 2), t.sversion(t.id('case', 2))), 'the talks fail');
select is(t.status(t.id('case', 2)) || ' ' || t.state(t.id('case', 2)), 'IN_PROGRESS NONE', 'case and record go back');
select is((select fall_reason_sealed from desk.settlement(t.s('wang'), t.id('case', 2))), '\x09'::bytea, 'the reason stays');
select is((select count(*) from desk.settlement_offers(t.s('wang'), t.id('case', 2))), 1::bigint, 'and the offers');
select throws_ok('select t.performed(t.id(''case'', 2), t.file(t.id(''case'', 2)), ''2026-11-19'')', 'UD030', null, 'not before the complaint');
select lives_ok('select t.performed(t.id(''case'', 2), t.file(t.id(''case'', 2)))', 'the other side performs of its own accord');
select is(t.status(t.id('case', 2)), 'PERFORMED', 'without an agreement');

select t.in_progress(3) \gset
select t.negotiated(t.id('case', 3)) as third \gset
select t.signed(:'third') \gset
select t.move('case', t.id('case', 3), 'agreement_signed', null, :wang) \gset
select t.at('2026-12-20 10:00+08') \gset
update s set sid = t.session(id);
select desk.settlement_step(t.s('wang'), t.id('case', 3), :'third', t.sversion(t.id('case', 3)), 'breach') \gset
select lives_ok(format('select desk.settlement_rescind(%L, %L, %L, %s, ''\x08'')', t.s('wang'), t.id('case', 3), :'third', t.sversion(t.id('case', 3))), 'after a breach the agreement may end');
select is((select state || encode(rescission_sealed, 'hex') from core.settlement where id = :'third'), 'RESCINDED08', 'with words on how');
select lives_ok(format('select desk.offer_add(%L, %L, %s, %L, ''respondent'', 500, %L, null)', t.s('wang'), t.id('case', 3), t.version(t.id('case', 3)), t.id('s', 3), t.id('note', 3)), 'new talks');
select is(t.settlement(t.id('case', 3)), t.id('s', 3), 'make a new record');
select throws_ok(format('select desk.talks_fail(%L, %L, %L, 1, ''\x01'')', t.s('lina'), t.id('case', 3), t.id('s', 3)), 'UD002', null, 'nobody else ends them');
select throws_ok(format('select desk.settlement_rescind(%L, %L, %L, %s, ''\x01'')', t.s('wang'), t.id('case', 3), t.id('s', 3), t.sversion(t.id('case', 3))), 'UD021', null, 'what was not signed cannot be rescinded');
select throws_ok(format('select desk.settlement_performed(%L, %L, 999, ''REFUND'', ''2026-11-20'', 1, %L, %L, ''{}'', null)', t.s('wang'), t.id('case', 3), t.file(t.id('case', 3)), t.id('e')), 'UD020', null, 'an old page records no performance');

select finish();
rollback;
