-- Every guard of the case machine refuses once and passes once, on real inputs.
\ir support.psql
select plan(79);
create function t.case_try(p_event text, p_before text default null, p_to text default null, p_actor uuid default t.id('wang'),
                           p_facts jsonb default '{}', p_n int default 1) returns text language sql as $$
    select t.try('case', t.id('case', p_n), p_event, p_to, p_actor, p_facts, p_before)
$$;

-- Draft
savepoint draft;
select t.draft() \gset
select is(t.case_try('submit'), 'ok', 'a whole draft may be submitted');
select is(t.case_try('submit', $$update core.consent set withdrawn_at = core.now()$$), 'UD022 consent_recorded', 'consent taken back');
select is(t.case_try('submit', $$update core.consent set text_version = 'other'$$), 'UD022 consent_recorded', 'consent without a known text');
select is(t.case_try('submit', $$select t.file(t.id('case'))$$), 'UD022 consent_recorded', 'files need the consent for sensitive material');
select is(t.case_try('submit', $$update core.complaint set who = 'minor'$$), 'UD022 consent_recorded', 'a minor alone');
select is(t.case_try('submit', $$update core.case_file set filer_role = 'GUARDIAN', age_band = null$$), 'UD022 consent_recorded', 'a guardian who does not say how old the child is');
select is(t.case_try('submit', $$update core.case_file set filer_role = 'GUARDIAN', age_band = '8_13'$$), 'UD022 consent_recorded', 'under 14 without the guardian''s own consent');
select is(t.case_try('submit', $$update core.case_file set filer_role = 'GUARDIAN', age_band = '8_13'; select t.consent(t.id('case'), 'GUARDIAN_UNDER_14')$$), 'ok', 'under 14 with it');
select is(t.case_try('submit', $$update core.case_file set filer_role = 'GUARDIAN', age_band = '16_17'$$), 'ok', 'a guardian for a child of 16');
select is(t.case_try('submit', $$update core.complaint set agreed_identity = false$$), 'UD022 ir46_minimum', 'no promise to give the identity');
select is(t.case_try('submit', $$update core.case_file set platform = null$$), 'UD022 ir46_minimum', 'no respondent');
select is(t.case_try('submit', $$update core.complaint set wanted = '{}'$$), 'UD022 ir46_minimum', 'no demand');
select is(t.case_try('submit', $$update core.complaint set story_sealed = null$$), 'UD022 ir46_minimum', 'no facts');
select is(t.case_try('submit', $$delete from core.case_seal where recipient_kind = 'group'$$), 'P0004 effect is not stored: seal_case_key', 'a case that the coordinators could not open is our bug');
select is(t.case_try('submit', $$delete from core.tracking_code$$), 'P0004 effect is not stored: issue_tracking_code', 'and one without a tracking code');
select is(t.case_try('expire'), 'UD022 draft_age_30d', 'a fresh draft does not expire');
select is(t.case_try('expire', $$update core.case_file set saved_at = core.now() - interval '30 days'$$), 'ok', 'after 30 days it does');
select is(t.case_try('discard_draft'), 'ok', 'a draft may be thrown away');
rollback to draft;

-- Review
select t.submitted() \gset
select is(t.case_try('start_review'), 'ok', 'the assigned volunteer begins');
select is(t.case_try('start_review', $$select engine.assignment_close(p_case => t.id('case'), p_reason => 'returned', p_actor_kind => 'user')$$), 'UD022 volunteer_assigned', 'nobody has the case');
select is(t.case_try('start_review', $$update core.app_user set state = 'disabled' where login = 'wang'$$), 'UD022 volunteer_assigned', 'the volunteer is disabled');
select is(t.case_try('start_review', $$insert into core.user_conflict values (t.id('wang'), t.id('星云卡盟'))$$), 'UD022 no_conflict_of_interest', 'a conflict with the platform');
select is(t.case_try('start_review', $$insert into core.case_recusal values (t.id('wang'), t.id('case'))$$), 'UD022 no_conflict_of_interest', 'a recusal from the case');
select t.move('case', t.id('case'), 'start_review', null, :wang) \gset
select is(t.case_try('ask'), 'UD022 missing_items_listed', 'a question asks for something');
select is(t.case_try('decline', p_facts => '{"closure_reason": "INELIGIBLE"}'), 'UD022 other_routes_given', 'who declines names other routes');
\set routes 'insert into core.message (id, case_id, author_kind, detail) values (gen_random_uuid(), t.id(''case''), ''volunteer'', ''{"routes": ["COURT_SMALL"]}'')'
select is(t.case_try('decline', :'routes'), 'UD022 reason_given', 'and says why');
select is(t.case_try('decline', :'routes', p_facts => '{"closure_reason": "NONSENSE"}'), 'UD031 closure_reason', 'with a known reason');
select is(t.case_try('decline', :'routes', p_facts => '{"closure_reason": "INELIGIBLE"}'), 'ok', 'declined with reason and routes');
select is(t.case_try('mark_duplicate'), 'UD022 primary_case_linked', 'a duplicate of nothing');
select is(t.case_try('mark_duplicate', p_facts => jsonb_build_object('primary_case', t.id('case'))), 'UD022 primary_case_linked', 'a duplicate of itself');
select t.submitted(2) \gset
select is(t.case_try('mark_duplicate', p_facts => jsonb_build_object('primary_case', t.id('case', 2))), 'ok', 'a duplicate of another case');
select is(t.case_try('mark_duplicate', format('update core.case_file set primary_case = %L where id = %L', t.id('case'), t.id('case', 2)),
    p_facts => jsonb_build_object('primary_case', t.id('case', 2))), 'UD022 primary_case_linked', 'but not of a duplicate');
select is(t.case_try('accept'), 'UD022 responsibility_recorded', 'responsibility may be undetermined, not unsaid');
select is(t.case_try('accept', $$update core.case_file set responsibility = 'UNDETERMINED'$$), 'ok', 'undetermined is enough');
insert into core.missing_item (id, case_id, item) values (t.id('item'), t.id('case'), 'CHAT');
select t.move('case', t.id('case'), 'ask', null, :wang) \gset
select is(t.case_try('no_answer'), 'UD022 no_answer_15d', 'there are 15 days to answer');
select is(t.case_try('no_answer', $$select t.at('2026-12-08 00:01+08')$$), 'ok', 'and then the case closes as unreachable');
select t.move('case', t.id('case'), 'supply') \gset

-- Declined
savepoint declined;
select t.move('case', t.id('case', 2), 'start_review', null, :wang) \gset
insert into core.message (id, case_id, author_kind, detail) values (gen_random_uuid(), t.id('case', 2), 'volunteer', '{"routes": ["COURT_SMALL"]}');
select t.move('case', t.id('case', 2), 'decline', null, :wang, '{"closure_reason": "INELIGIBLE"}') \gset
select is(t.case_try('appeal', p_n => 2), 'UD022 second_reviewer', 'who declined does not judge the appeal');
select is(t.case_try('appeal', p_actor => :chen, p_n => 2), 'ok', 'somebody else does');
select is(t.case_try('retention_end', p_n => 2), 'UD022 declined_age_180d', 'declined cases are kept 180 days');
select is(t.case_try('retention_end', $$select t.at('2027-06-01 10:00+08')$$, p_n => 2), 'ok', 'and then erased');
select is(t.case_try('erase_request', $$update core.case_file set legal_hold = true$$, p_n => 2), 'UD022 no_legal_hold', 'a legal hold stops erasure');
select is(t.case_try('erase_request', p_n => 2), 'ok', 'without one it is erased');
rollback to declined;

-- Preparation, filing, escalation
select t.prepared(3) \gset
select is(t.case_try('pre_review_pass', p_n => 3), 'ok', 'the pre-review passes');
select is(t.case_try('pre_review_pass', $$delete from core.demand$$, p_n => 3), 'UD022 blocking_validations_clear_or_overridden', 'no demand');
select is(t.case_try('pre_review_pass', $$update core.check_result set object_version = 0$$, p_n => 3), 'UD022 blocking_validations_clear_or_overridden', 'words checked on an older version');
select is(t.case_try('pre_review_pass', $$update core.evidence set removed_at = core.now() where kind = 'CHAT'$$, p_n => 3), 'UD022 blocking_validations_clear_or_overridden', 'a gap in the chain');
select is(t.case_try('pre_review_pass', $$update core.evidence set removed_at = core.now() where kind = 'CHAT'; select t.override(t.id('case', 3), 'case', t.id('case', 3), 'V-EV-02')$$, p_n => 3),
    'ok', 'a gap in the chain that a coordinator overrides with a reason');
select t.move('case', t.id('case', 3), 'pre_review_pass', null, :wang) \gset
select is(t.case_try('filing_submitted', p_n => 3), 'UD022 first_filing', 'nothing was filed');
select t.filed(t.id('case', 3), 'PLATFORM_TICKET') as ticket \gset
select is(t.case_try('trigger_met', p_n => 3), 'UD022 escalation_rule_matches', 'nothing is due');
select is(t.case_try('trigger_met', $$select t.at('2026-11-23 10:00+08')$$, p_n => 3), 'ok', 'the 48 hours have passed');
select t.at('2026-11-23 10:00+08') \gset
select t.move('case', t.id('case', 3), 'trigger_met') \gset
select is(t.case_try('filing_submitted', p_n => 3), 'UD022 collision_checked', 'no new filing answers the escalation');
select is(t.case_try('user_waits', p_facts => '{"review_on": "2026-11-30"}', p_n => 3), 'UD022 complainant_confirmed', 'nobody waits but the complainant');
select is(t.case_try('user_waits', $$select t.decision(t.id('case', 3), 'WAIT', 'waits')$$, p_n => 3), 'UD022 new_review_date', 'waiting has an end');
select is(t.case_try('user_waits', $$select t.decision(t.id('case', 3), 'WAIT', 'waits')$$, p_facts => '{"review_on": "2026-11-30"}', p_n => 3), 'ok', 'the complainant waits until a day');
select is(t.case_try('sue', $$update core.evidence set removed_at = core.now() where kind = 'ENTITY'$$, p_n => 3), 'UD022 defendant_identified', 'nobody to sue');
select is(t.case_try('sue', p_n => 3), 'UD022 collision_warning_shown', 'the effect on open complaints is shown first');
select is(t.case_try('sue', $$select t.filing(t.id('case', 3), 'COURT_SMALL')$$, p_n => 3), 'ok', 'with both, the case goes to court');

-- Ending without success
select is(t.case_try('close_with_reason', p_actor => :chen, p_n => 3), 'UD022 closure_reason_given', 'no reason');
select is(t.case_try('close_with_reason', p_actor => :chen, p_facts => '{"closure_reason": "CONSENT_WITHDRAWN"}', p_n => 3), 'UD022 closure_reason_given', 'a reason that only the complainant can give');
select is(t.case_try('close_with_reason', p_actor => :chen, p_facts => '{"closure_reason": "TIME_BARRED"}', p_n => 3), 'UD022 no_open_filing_or_task_listed', 'an open filing without a task');
select engine.withdrawal_tasks(p_case => t.id('case', 3)) \gset
select is(t.case_try('close_with_reason', p_facts => '{"closure_reason": "TIME_BARRED"}', p_n => 3), 'UD022 coordinator_agrees', 'a volunteer alone');
select is(t.case_try('close_with_reason', $$select t.override(t.id('case', 3), 'case', t.id('case', 3), 'coordinator_agrees')$$, p_facts => '{"closure_reason": "TIME_BARRED"}', p_n => 3), 'ok', 'a volunteer with a coordinator''s recorded agreement');
select is(t.case_try('abandon', p_n => 3), 'UD022 complainant_confirmed', 'only the complainant gives up');
select is(t.case_try('abandon', $$select t.decision(t.id('case', 3), 'ABANDON', 'acknowledged')$$, p_n => 3), 'UD022 warned_about_open_filings', 'warned about what stays open');
select is(t.case_try('abandon', format($$select t.decision(t.id('case', 3), 'ABANDON', 'acknowledged', null, '{"open_filings": ["%s"]}')$$, :'ticket'), p_n => 3), 'ok', 'given up, knowing');

-- Settlement and court
select t.negotiated(t.id('case', 3)) as settlement \gset
select t.signed(:'settlement') \gset
select t.move('case', t.id('case', 3), 'agreement_signed', null, :wang) \gset
select is(t.case_try('open_filings_exist', $$select t.override(t.id('case', 3), 'case', t.id('case', 3), 'supervisor_override')$$, p_n => 3), 'UD022 consumer_confirmed_warning', 'an override is not enough: the complainant has to know');
select is(t.case_try('open_filings_exist', $$select t.override(t.id('case', 3), 'case', t.id('case', 3), 'supervisor_override'); select t.decision(t.id('case', 3), 'WITHDRAWAL_WARNING', 'acknowledged')$$, p_n => 3), 'ok', 'withdrawal before performance: coordinator and complainant together');
select is(t.case_try('breach', $$select t.at('2026-12-08 10:00+08')$$, 'LITIGATION', p_n => 3), 'ok', 'after the day of performance it is a breach');
\set court 'update core.case_file set status = ''LITIGATION'' where id = t.id(''case'', 3)'
select is(t.case_try('judgment_against', :'court', p_n => 3), 'UD022 judgment_recorded', 'judgments have no page yet: refused');
select is(t.case_try('judgment_for', :'court' || $$; select t.override(t.id('case', 3), 'case', t.id('case', 3), 'judgment_recorded')$$, 'ENFORCEMENT', p_n => 3), 'ok', 'a coordinator records it with a reason');
select is(t.case_try('suit_withdrawn', :'court', p_n => 3), 'UD022 court_ruling_recorded', 'rulings have no page yet: refused');
select throws_ok($$select engine.override_add(p_id => gen_random_uuid(), p_case => t.id('case', 3), p_machine => 'case', p_object => t.id('case', 3), p_guard => 'judgment_recorded', p_reason => '\x01', p_by => t.id('wang'))$$,
    'UD003', null, 'a volunteer overrides nothing');
select throws_ok($$select t.override(t.id('case', 3), 'case', t.id('case', 3), 'performance_evidence')$$, 'UD031', null, 'not every guard can be overridden');
select t.override(t.id('case', 3), 'case', t.id('case', 3), 'judgment_recorded') \gset
update core.case_file set status = 'LITIGATION' where id = t.id('case', 3);
select t.move('case', t.id('case', 3), 'judgment_for', 'ENFORCEMENT', :wang) \gset
select isnt((select used_at from core.guard_override where guard = 'judgment_recorded'), null, 'an override is used up by its step');

-- Reopening
\set closed 'update core.case_file set status = ''CLOSED'', closed_at = core.now() - interval ''1 day'', closure_reason = ''TIME_BARRED'' where id = t.id(''case'', 3)'
select is(t.case_try('reopen', :'closed' || $$; update core.consent set withdrawn_at = core.now()$$, 'IN_PROGRESS', p_n => 3), 'UD022 consent_recorded', 'consent taken back keeps a case closed');
select is(t.case_try('reopen', :'closed', 'TRIAGE', p_n => 3), 'UD022 no_filing_yet', 'a case that was filed does not go back to review');
select is(t.case_try('reopen', :'closed' || $$; select t.file(t.id('case', 3))$$, 'IN_PROGRESS', p_n => 3), 'ok', 'new evidence reopens');
select is(t.case_try('reopen', :'closed' || $$; select t.file(t.id('case', 3)); update core.case_file set closed_at = core.now() - interval '4 years' where id = t.id('case', 3)$$, 'IN_PROGRESS', p_n => 3), 'UD022 within_3_years_or_authorised', 'after three years a coordinator decides');
select is(t.case_try('reopen', replace(:'closed', ', 3)', ')'), 'IN_PROGRESS'), 'UD022 a_filing_exists', 'a case never filed goes back to review instead');

select finish();
rollback;
