-- What volunteers and coordinators may ask of the database: lists, a case from acceptance to READY, evidence, assignment.
\ir support.psql
select plan(85);
insert into core.group_key (id, kind, version, current, public_key, signature)
values (t.id('group'), 'group', 1, true, '\x01', '\x01'), (t.id('pool'), 'pool', 1, true, '\x01', '\x01');
create temp table s as
select u.login, t.session(u.id) as sid, u.id from core.app_user u where u.login in ('wang', 'lina', 'chen');
create function t.s(p_login text) returns bytea language sql as $$ select s.sid from s where s.login = p_login $$;
create function t.version(p_case uuid) returns bigint language sql as $$ select c.version from core.case_file c where c.id = p_case $$;
create function t.no(p_case uuid) returns text language sql as $$ select c.case_no from core.case_file c where c.id = p_case $$;

-- Lists -------------------------------------------------------------------------------------------------------------------------
select t.submitted(1), t.submitted(2), t.submitted(3) \gset
select is((select array_agg(case_no order by case_no) from desk.cases(t.s('wang'), 'mine', null, null, null, null, 50)),
          array[t.no(t.id('case', 1)), t.no(t.id('case', 2)), t.no(t.id('case', 3))], 'the person''s cases are listed');
select is((select count(*) from desk.cases(t.s('lina'), 'mine', null, null, null, null, 50)), 0::bigint, 'nobody else''s');
select is((select count(*) from desk.cases(t.s('lina'), 'all', null, null, null, null, 50)), 0::bigint, 'a volunteer''s all are the own ones');
select is((select count(*) from desk.cases(t.s('chen'), 'all', null, null, null, null, 50)), 3::bigint, 'a coordinator sees all');
select is((select total from desk.cases_total(t.s('chen'), 'all', null, null)), 3::bigint, 'the total says as many');
select is((select count(*) from desk.cases(t.s('chen'), 'all', null, '云卡', null, null, 50)), 3::bigint, 'part of a platform''s name finds it');
select is((select count(*) from desk.cases(t.s('chen'), 'all', null, '%', null, null, 50)), 0::bigint, 'a wildcard is a character');
select is((select count(*) from desk.cases(t.s('chen'), 'all', 'CLOSED', null, null, null, 50)), 0::bigint, 'a status narrows the list');
select is((select mine from desk.counts(t.s('wang'))), (select total from desk.cases_total(t.s('wang'), 'mine', null, null)), 'count and list agree');
select is((select count(*) from desk.cases(t.s('wang'), 'mine', null, null,
               (select next_due_at from desk.cases(t.s('wang'), 'mine', null, null, null, null, 1)),
               (select id from desk.cases(t.s('wang'), 'mine', null, null, null, null, 1)), 50)), 2::bigint, 'the next page begins after the last line');
update core.case_file set next_due_at = null where id = t.id('case', 3);
select is((select count(*) from desk.cases(t.s('wang'), 'mine', null, null, null, '00000000-0000-0000-0000-000000000000', 50)), 1::bigint,
          'cases without a deadline come last and are reached');
select is((select count(*) from desk.cases(t.s('chen'), 'waiting', null, null, null, null, 50)), (select not_accepted from desk.today(t.s('chen'))),
          'those that nobody has accepted, as many as today says');
select is((select count(*) from desk.cases(t.s('wang'), 'waiting', null, null, null, null, 50)), 0::bigint, 'which is a list for coordinators');
update core.case_file set assignee = null where id = t.id('case', 3);
update core.assignment set ended_at = core.now(), end_reason = 'returned' where case_id = t.id('case', 3);
select is((select array_agg(case_no) from desk.cases(t.s('chen'), 'returned', null, null, null, null, 50)), array[t.no(t.id('case', 3))], 'what came back');
update core.assignment set ended_at = null, end_reason = null where case_id = t.id('case', 3);
update core.case_file c set assignee = a.app_user from core.assignment a where c.id = t.id('case', 3) and a.case_id = c.id;
select throws_ok(format('select * from desk.cases(%L, ''mine'', null, null, null, null, 50)', '\x00'::bytea), 'UD001', null, 'no session, no list');

-- Another's and missing are refused alike ----------------------------------------------------------------------------------------
select throws_ok(format('select * from desk.case_page(%L, %L)', t.s('lina'), t.id('case', 1)), 'UD002', null, 'another''s case');
select throws_ok(format('select * from desk.case_page(%L, %L)', t.s('lina'), t.id('nothing')), 'UD002', null, 'a case that does not exist');
select throws_ok(format('select * from desk.contact(%L, %L)', t.s('lina'), t.id('case', 1)), 'UD002', null, 'contact data of another''s case');
select throws_ok(format('select * from desk.today(%L)', t.s('wang')), 'UD003', null, 'volunteers have no coordinator''s page');
select throws_ok(format('select * from desk.load(%L)', t.s('wang')), 'UD003', null, 'nor the load of others');

-- Accept, review, ask -----------------------------------------------------------------------------------------------------------
select throws_ok(format('select desk.case_accept(%L, %L, 999)', t.s('wang'), t.id('case', 1)), 'UD020', null, 'an old page does not accept');
select lives_ok(format('select desk.case_accept(%L, %L, %s)', t.s('wang'), t.id('case', 1), t.version(t.id('case', 1))), 'the volunteer accepts');
select is((select status from core.case_file where id = t.id('case', 1)), 'TRIAGE', 'the review begins');
select is((select count(*) from core.case_seal where case_id = t.id('case', 1) and recipient_kind = 'pool'), 0::bigint, 'the pool seal is gone');
select throws_ok(format('select desk.case_take_on(%L, %L, %s)', t.s('wang'), t.id('case', 1), t.version(t.id('case', 1))), 'UD022', null,
                 'not taken on before responsibility is recorded');
select throws_ok(format($q$select desk.review_save(%L, %L, %s, 'GAME_CARD', 'KEY_INVALID', 'NOBODY', null, 'PERSONAL', null, '{}', '{}', null, null)$q$,
                 t.s('wang'), t.id('case', 1), t.version(t.id('case', 1))), 'UD031', null, 'an unknown code is refused');
select throws_ok(format($q$select desk.review_save(%L, %L, %s, 'GAME_CARD', 'KEY_INVALID', 'PLATFORM', null, 'PERSONAL', null, '{}', '{NO}', null, null)$q$,
                 t.s('wang'), t.id('case', 1), t.version(t.id('case', 1))), 'UD031', null, 'an unknown flag is refused');
select lives_ok(format($q$select desk.review_save(%L, %L, %s, 'GAME_CARD', 'KEY_INVALID', 'PLATFORM', 'UNKNOWN', 'PERSONAL', %L,
                 '{"paid": true, "not_performed": true, "causation": true, "user_error_excluded": true}', '{PRESSED}', 'clear', %L)$q$,
                 t.s('wang'), t.id('case', 1), t.version(t.id('case', 1)), engine.today() - 1, core.now()), 'the review is kept');
select is((select row(special_flags, screening ->> 'result', codes_confirmed)::text from core.case_file where id = t.id('case', 1)),
          row('{PRESSED}'::text[], 'clear', true)::text, 'with flags and screening');
select throws_ok(format('select desk.case_ask(%L, %L, %s, ''{}'', %L, null)', t.s('wang'), t.id('case', 1), t.version(t.id('case', 1)), t.id('ask')),
                 'UD022', null, 'a question names what is missing');
select lives_ok(format('select desk.case_ask(%L, %L, %s, ''{CHAT,ORDER}'', %L, ''\x01'')', t.s('wang'), t.id('case', 1), t.version(t.id('case', 1)), t.id('ask')),
                'the complainant is asked');
select is((select count(*) from core.missing_item where case_id = t.id('case', 1)), 2::bigint, 'one row an item');
select is((select status from core.case_file where id = t.id('case', 1)), 'NEEDS_INFO', 'and the case waits for them');

-- Decline, duplicate ------------------------------------------------------------------------------------------------------------
select desk.case_accept(t.s('wang'), t.id('case', 2), t.version(t.id('case', 2))) \gset
select throws_ok(format('select desk.case_duplicate(%L, %L, %s, %L)', t.s('wang'), t.id('case', 2), t.version(t.id('case', 2)), t.no(t.id('case', 3))),
                 'UD030', null, 'a case that shares nothing is no duplicate');
insert into core.number_lookup (case_id, kind, hash) values (t.id('case', 2), 'order', '\x09'), (t.id('case', 3), 'order', '\x09');
select is((select array_agg(case_no) from desk.duplicates(t.s('wang'), t.id('case', 2))), array[t.no(t.id('case', 3))], 'the same order number is a candidate');
select throws_ok(format('select desk.case_decline(%L, %L, %s, ''INELIGIBLE'', ''{}'', %L, ''\x01'')', t.s('wang'), t.id('case', 2), t.version(t.id('case', 2)), t.id('m')),
                 'UD022', null, 'nobody is sent away without other routes');
select throws_ok(format('select desk.case_decline(%L, %L, %s, ''INELIGIBLE'', ''{NOWHERE}'', %L, ''\x01'')', t.s('wang'), t.id('case', 2), t.version(t.id('case', 2)), t.id('m')),
                 'UD031', null, 'an unknown route is refused');
select lives_ok(format('select desk.case_duplicate(%L, %L, %s, %L)', t.s('wang'), t.id('case', 2), t.version(t.id('case', 2)), t.no(t.id('case', 3))), 'a duplicate is linked');
select is((select row(status, primary_case)::text from core.case_file where id = t.id('case', 2)), row('CLOSED', t.id('case', 3))::text, 'and closed');
select desk.case_accept(t.s('wang'), t.id('case', 3), t.version(t.id('case', 3))) \gset
select lives_ok(format('select desk.case_decline(%L, %L, %s, ''INELIGIBLE'', array[(select code from ref.enumeration where enumeration = ''channel'' order by sort limit 1)], %L, ''\x01'')',
                t.s('wang'), t.id('case', 3), t.version(t.id('case', 3)), t.id('m')), 'a case is declined with a route');
select is((select count(*) from desk.cases(t.s('wang'), 'mine', null, null, null, null, 50)), 1::bigint, 'what is declined or closed is no longer my work');

-- Words after the end --------------------------------------------------------------------------------------------------------------
create function t.after(p_login text) returns text language sql as $$
    select coalesce(string_agg(c.case_no, ' ' order by c.case_no), '') from desk.cases(t.s(p_login), 'after', null, null, null, null, 50) c
$$;
create function t.writes(p_case uuid, p_message uuid, p_at timestamptz) returns void language plpgsql as $$
begin
    insert into core.track_session (id, case_id, wrapped_seed) values (sha256(p_message::text::bytea), p_case, '\x01');
    perform track.message_add(p_track => p_message::text::bytea, p_id => p_message, p_body => '\x01');
    update core.message set at = p_at where id = p_message;
end
$$;
select is(t.after('wang') || t.after('chen'), '', 'nothing was written after the end');
select t.writes(t.id('case', 1), t.id('w', 1), core.now()) \gset
select is(t.after('wang'), '', 'a case that is worked on is in the other lists');
select t.writes(t.id('case', 2), t.id('w', 2), core.now()) \gset
select t.writes(t.id('case', 3), t.id('w', 3), core.now()) \gset
select is(t.after('wang'), concat_ws(' ', t.no(t.id('case', 2)), t.no(t.id('case', 3))), 'words in a closed and in a declined case are shown to who had it');
select is((select after from desk.counts(t.s('wang'))), (select total from desk.cases_total(t.s('wang'), 'after', null, null)), 'count and list agree');
select is((select unread from desk.case_page(t.s('wang'), t.id('case', 2))), 1::bigint, 'the case page says so too');
select is(t.after('chen') || t.after('lina'), '', 'and to nobody else');
update core.app_user set state = 'disabled' where id = t.id('wang');
select is(t.after('chen'), concat_ws(' ', t.no(t.id('case', 2)), t.no(t.id('case', 3))), 'when that person is gone, to coordinators');
select is((select after from desk.today(t.s('chen'))), 2::bigint, 'whose first page counts them');
select is(t.after('lina'), '', 'never to other volunteers');
update core.app_user set state = 'active' where id = t.id('wang');
select throws_ok(format('select desk.messages_seen(%L, %L, %L)', t.s('lina'), t.id('case', 2), t.id('w', 2)), 'UD002', null, 'another''s case');
select throws_ok(format('select desk.messages_seen(%L, %L, %L)', t.s('wang'), t.id('case', 2), t.id('w', 3)), 'UD002', null, 'a message of another case');
select t.writes(t.id('case', 2), t.id('w', 4), core.now() + interval '1 s') \gset
select desk.messages_seen(t.s('wang'), t.id('case', 2), t.id('w', 2)) \gset
select is((select array_agg(id) from desk.talk(t.s('wang'), t.id('case', 2), 'message') where unread), array[t.id('w', 4)], 'what came after the page was made stays unread');
select desk.messages_seen(t.s('wang'), t.id('case', 2), t.id('w', 4)) \gset
select is(t.after('wang'), t.no(t.id('case', 3)), 'what was read is no longer there');
select is((select count(*) from core.event where case_id = t.id('case', 2) and type = 'message_read'), 2::bigint, 'and who read it is written down');
select desk.message_add(t.s('wang'), t.id('case', 3), t.id('answer'), '\x01') \gset
select is(t.after('wang'), '', 'nor what was answered');
savepoint unread;
select t.writes(t.id('case', 2), t.id('w', 5), core.now()) \gset
select t.move('case', t.id('case', 2), 'reopen', 'TRIAGE', t.id('wang'), '{"channel": "HEIMAO"}') \gset
select is(t.after('wang'), '', 'a case that is open again is in the other lists');
rollback to savepoint unread;

-- Evidence, open checks, pre-review ------------------------------------------------------------------------------------------------
select t.prepared(4) \gset
select ok((select count(*) from desk.evidence_fields(t.s('wang'))) > 40, 'kinds and their fields are read');
select is((select sum(open_fields) from desk.evidence_list(t.s('wang'), t.id('case', 4))), 0::numeric, 'nothing is open on complete evidence');
select lives_ok(format($q$select desk.evidence_save(%L, %L, %L, 0, null, 'EMAIL', 'COMMUNICATION', '{"sealed": []}', null, null, '{"GENUINE": "OK"}', true, null, null, null)$q$,
                t.s('wang'), t.id('case', 4), t.id('ev')), 'evidence is added');
select is((select open_fields from desk.evidence_list(t.s('wang'), t.id('case', 4)) where id = t.id('ev')), 3::bigint, 'its open fields are counted');
select throws_ok(format($q$select desk.evidence_save(%L, %L, %L, 0, %L, 'EMAIL', 'COMMUNICATION', '{}', null, null, '{}', true, null, null, null)$q$,
                t.s('wang'), t.id('case', 4), t.id('ev2'), t.file(t.id('case', 1))), 'UD002', null, 'a file of another case is none of this one');
select is((select bool_or(not passed) from desk.checks(t.s('wang'), t.id('case', 4)) where rule = 'V-EV-01'), true, 'the open fields stand in the checks');
select throws_ok(format($q$select desk.case_ready(%L, %L, %s, '[{"rule":"V-WORD-01","passed":true},{"rule":"V-WORD-02","passed":true},{"rule":"V-WORD-03","passed":true}]')$q$,
                t.s('wang'), t.id('case', 4), t.version(t.id('case', 4))), 'UD022', null, 'and keep the case from being ready');
select throws_ok(format($q$select desk.evidence_save(%L, %L, %L, 7, null, 'EMAIL', 'COMMUNICATION', '{}', null, null, '{}', true, null, null, 'not_there')$q$,
                t.s('wang'), t.id('case', 4), t.id('ev')), 'UD020', null, 'an old page does not overwrite');
select lives_ok(format('select desk.evidence_remove(%L, %L, %L, 1)', t.s('wang'), t.id('case', 4), t.id('ev')), 'evidence is taken out');
select lives_ok(format($q$select desk.case_ready(%L, %L, %s, '[{"rule":"V-WORD-01","passed":true},{"rule":"V-WORD-02","passed":true},{"rule":"V-WORD-03","passed":true}]')$q$,
                t.s('wang'), t.id('case', 4), t.version(t.id('case', 4))), 'the pre-review passes');
select is((select status from core.case_file where id = t.id('case', 4)), 'READY', 'the case is ready');

-- Notes, contact, platform -------------------------------------------------------------------------------------------------------
select desk.note_add(t.s('wang'), t.id('case', 4), t.id('note'), '\x01') \gset
select lives_ok(format('select desk.note_edit(%L, %L, %L, 1, ''\x02'')', t.s('chen'), t.id('case', 4), t.id('note')), 'a colleague mends a note');
select throws_ok(format('select desk.note_edit(%L, %L, %L, 1, ''\x03'')', t.s('wang'), t.id('case', 4), t.id('note')), 'UD020', null, 'two edits clash');
select desk.contact(t.s('wang'), t.id('case', 4)) \gset
select is((select count(*) from core.event where case_id = t.id('case', 4) and type = 'contact_shown'), 1::bigint, 'showing contact data is an event');
select lives_ok(format($q$select desk.platform_save(%L, %L, 1, 'UNVERIFIED', '某科技有限公司', null)$q$, t.s('wang'), t.id('case', 4)), 'the register is corrected');
select throws_ok(format($q$select desk.platform_save(%L, %L, 1, 'UNVERIFIED', '别的', null)$q$, t.s('wang'), t.id('case', 4)), 'UD020', null, 'only from a fresh page');
select throws_ok(format($q$select desk.platform_save(%L, %L, 2, 'OPERATING', '别的', null)$q$, t.s('wang'), t.id('case', 4)), 'UD003', null, 'what is public is confirmed by a coordinator');

-- Who has a case -------------------------------------------------------------------------------------------------------------------
select throws_ok(format('select desk.assign(%L, %L, 1, %L, 1, ''\x01'', 1, ''\x01'', %L, null)', t.s('wang'), t.id('case', 4), t.id('lina'), t.id('a')), 'UD003', null,
                 'volunteers do not assign');
select ok(exists (select from desk.assignable(t.s('chen'), t.id('case', 4)) where app_user = t.id('lina')), 'others are offered');
select desk.assign(t.s('chen'), t.id('case', 4), t.version(t.id('case', 4)), t.id('lina'), 1, '\x01', 1, '\x01', t.id('a'), '\x05') \gset
select is((select array_agg(recipient_kind || coalesce(recipient::text, '') order by recipient_kind) from core.case_seal where case_id = t.id('case', 4)
           and recipient_kind in ('user', 'pool')), array['pool', 'user' || t.id('lina')], 'the seal goes over, and to the pool until accepted');
select throws_ok(format('select * from desk.case_page(%L, %L)', t.s('wang'), t.id('case', 4)), 'UD002', null, 'the former volunteer is out');
select is((select note_sealed from desk.assignments(t.s('lina'), t.id('case', 4)) where ended_at is null), '\x05', 'the handover note is there');
select desk.recuse(t.s('lina'), t.id('case', 4)) \gset
select is((select count(*) from desk.cases(t.s('lina'), 'unassigned', null, null, null, null, 50) c where c.id = t.id('case', 4)), 0::bigint,
          'after a recusal no list has a trace');
select is((select case_no from desk.claim_offer(t.s('wang'))), t.no(t.id('case', 4)), 'the next is offered to others');
select is(desk.claim(t.s('wang'), t.id('case', 4), 1, '\x01'), t.no(t.id('case', 4)), 'and claimed');
select throws_ok(format('select desk.claim(%L, %L, 1, ''\x01'')', t.s('chen'), t.id('case', 4)), 'UD024', null, 'by one person only');
select is((select count(*) from desk.last_picks(t.s('chen'))), 4::bigint, 'automatic choices are shown with their reasons');
select is((select unassigned from desk.today(t.s('chen'))), 0::bigint, 'nothing is left unassigned');
select * from finish();
rollback;
