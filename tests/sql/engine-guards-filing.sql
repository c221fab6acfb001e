-- Every guard of the filing and the settlement machine refuses once and passes once, on real inputs.
\ir support.psql
select plan(67);
create function t.filing_try(p_event text, p_before text default null, p_to text default null, p_channel text default 'COMPLAINT_12315')
returns text language sql as $$
    select t.try('filing', (select f.id from core.filing f where f.channel = p_channel order by f.id limit 1), p_event, p_to, t.id('wang'), '{}', p_before)
$$;
create function t.set_filing(p_set text, p_channel text default 'COMPLAINT_12315') returns text language sql as $$
    select format('update core.filing set %s where channel = %L', p_set, p_channel)
$$;
create function t.filing_step(p_event text, p_set text default null, p_channel text default 'COMPLAINT_12315') returns void language plpgsql as $$
begin
    if p_set is not null then
        execute t.set_filing(p_set, p_channel);
    end if;
    perform t.move('filing', (select f.id from core.filing f where f.channel = p_channel), p_event, null, t.id('wang'));
end
$$;

-- Before it is filed
select t.ready() \gset
update core.platform set registered_name = '星云网络有限公司';
select t.filing(t.id('case'), 'COMPLAINT_12315') \gset
select is(t.filing_try('draft'), 'ok', 'a planned filing is drafted');
select is(t.filing_try('draft', t.set_filing('prerequisites_shown_at = null')), 'UD022 prerequisites_shown', 'prerequisites not shown');
select t.filing_step('draft') \gset
select is(t.filing_try('make_ready'), 'ok', 'all rules for 12315 hold');
select is(t.filing_try('make_ready', $$update core.platform set registered_name = null; update core.evidence set fields = '{}', missing_reason = 'x' where kind = 'ENTITY'$$), 'UD022 validations_pass', 'V-CH-03: no registered respondent');
select is(t.filing_try('make_ready', $$update core.case_file set knew_on = '2023-11-01'$$), 'UD022 validations_pass', 'V-CH-03: more than three years');
select is(t.filing_try('make_ready', $$update core.case_file set purchase_purpose = 'RESALE'$$), 'UD022 validations_pass', 'V-CH-03: not for personal use');
select is(t.filing_try('make_ready', $$update core.complaint set agreed_identity = false$$), 'UD022 validations_pass', 'V-CH-03: no identity');
select is(t.filing_try('make_ready', $$update core.case_file set filer_role = 'AGENT'$$), 'UD022 validations_pass', 'V-CH-03: an agent without authorisation');
select is(t.filing_try('make_ready', $$update core.case_file set filer_role = 'AGENT'; select t.evidence(t.id('case'), 'IDENTITY', '{"kind": "AUTHORISATION"}')$$), 'ok', 'an agent with it');
select is(t.filing_try('make_ready', $$update core.evidence set missing_reason = null, fields = '{}' where kind = 'ORDER'$$), 'UD022 validations_pass', 'V-EV-01: required fields are empty');
select is(t.filing_try('make_ready', $$update core.evidence set missing_reason = 'page is gone', fields = '{}' where kind = 'ORDER'$$), 'ok', 'V-EV-01: or there is a reason');
select is(t.filing_try('make_ready', $$update core.demand set amount_fen = 100$$), 'UD022 validations_pass', 'demands changed after the pre-review: their words are checked again');
select is(t.filing_try('make_ready', $$update core.demand set amount_fen = 100; select t.words_checked(f.case_id, f.id, f.version) from core.filing f$$), 'ok', 'and then it goes on');
select is(t.filing_try('make_ready', $$update core.demand set by_day = null$$), 'UD022 validations_pass', 'V-DEM-01: no date');
select t.filing_step('make_ready') \gset
select is(t.filing_try('submit'), 'ok', 'filed');
select is(t.filing_try('submit', t.set_filing('collision_checked_at = null')), 'UD022 collision_checked', 'collision not checked');
select is(t.filing_try('submit', $$select t.filed(t.id('case'), 'CONSUMER_ASSOC')$$), 'UD022 collision_checked', 'another body took it meanwhile: the verdict has to be shown again');
select is(t.filing_try('submit', $$select t.filed(t.id('case'), 'CONSUMER_ASSOC'); update core.filing set collision = engine.filing_collisions(p_case => case_id, p_channel => channel) where channel = 'COMPLAINT_12315'$$),
    'ok', 'likely refused is a warning; the volunteer has seen it');
select is(t.filing_try('submit', $$update core.consent set withdrawn_at = core.now() where channel = 'COMPLAINT_12315'$$), 'UD022 separate_consent_for_recipient', 'V-PRIV-01: consent taken back');
select is(t.filing_try('submit', $$update core.consent set channel = 'REPORT_12315' where channel = 'COMPLAINT_12315'$$), 'UD022 separate_consent_for_recipient', 'V-PRIV-01: consent for somebody else');
select is(t.filing_try('submit', t.set_filing('has_filing_no = false')), 'UD022 filing_no_or_receipt', 'neither number nor proof');
select is(t.filing_try('submit', t.set_filing($$has_filing_no = false, proof_file = t.file(case_id)$$)), 'ok', 'proof is enough');
select is(t.filing_try('submit', t.set_filing('submitted_at = null')), 'UD022 submitted_at_stored', 'when is not stored');
select is(t.filing_try('submit', t.set_filing($$submitted_at = core.now() + interval '1 hour'$$)), 'UD022 submitted_at_stored', 'nobody files in the future');
select is(t.filing_try('back_to_draft'), 'ok', 'back to the draft');
select is(t.filing_try('cancel'), 'UD021 filing:READY:cancel', 'cancelling needs the draft');

-- With the channel
select t.filing_step('submit') \gset
select t.move('case', t.id('case'), 'filing_submitted', null, :wang) \gset
select is(t.filing_try('accept'), 'UD022 accepted_at_stored', 'accepted when');
select is(t.filing_try('accept', t.set_filing('accepted_on = engine.today()')), 'ok', 'accepted');
select is(t.filing_try('ask_supplement'), 'UD022 items_listed', 'a supplement of what');
select is(t.filing_try('ask_supplement', t.set_filing($$items_sealed = '\x01'$$)), 'ok', 'a supplement');
select is(t.filing_try('refuse'), 'UD022 not_accepted_reason_given', 'refused why');
select is(t.filing_try('refuse', t.set_filing($$not_accepted_reason = 'MATERIALS'$$)), 'ok', 'refused');
select is(t.filing_try('respond'), 'UD022 reply_stored', 'which reply');
select is(t.filing_try('respond', t.set_filing($$reply_sealed = '\x01', replied_at = core.now()$$)), 'ok', 'replied');
select is(t.filing_try('lapse', $$select t.at('2026-12-01 23:00+08')$$), 'UD022 final_clock_passed', 'on the last day it has not lapsed');
select is(t.filing_try('lapse', $$select t.at('2026-12-02 00:00+08')$$), 'ok', 'at 24:00 it has');
select t.filing_step('accept', 'accepted_on = engine.today()') \gset
select is(t.filing_try('decide'), 'UD022 outcome_given', 'decided how');
select is(t.filing_try('end'), 'UD022 termination_reason_given', 'ended why');
select is(t.filing_try('end', t.set_filing($$termination_reason = 'SIXTY_DAYS'$$)), 'ok', 'ended');
select t.filing_step('mediate') \gset
select is(t.filing_try('agree'), 'UD022 agreement_recorded', 'agreed on what');
select t.filing_step('agree', $$agreed_sealed = '\x01'$$) \gset
select is((select state from core.settlement where case_id = t.id('case')), 'NONE', 'an agreement at the channel opens a settlement record');
select is(t.filing_try('decide', t.set_filing($$outcome = 'MEDIATED'$$)), 'UD022 performance_evidence', 'agreed is not performed');

-- Withdrawal
select is(t.filing_try('draft_withdrawal'), 'ok', 'a withdrawal is drafted');
select is(t.filing_try('draft_withdrawal', $$update ref.channel set withdrawable = 'NO' where channel = 'COMPLAINT_12315'$$), 'UD022 channel_withdrawable_not_NO', 'some channels know no withdrawal');
select t.filing_step('draft_withdrawal') \gset
select is(t.filing_try('drop_withdrawal', null, 'AGREED'), 'ok', 'back to where it was');
select is(t.filing_try('drop_withdrawal', null, 'MEDIATING'), 'UD022 previous_state_is_MEDIATING', 'and nowhere else');
\set reason 'update core.filing set wd_reason = ''FILER_CHOICE'', wd_text_sealed = ''\\x01'', wd_requested_at = core.now() where channel = ''COMPLAINT_12315''; select t.words_checked(f.case_id, f.id, f.version, ''{V-WD-01}'') from core.filing f where channel = ''COMPLAINT_12315'';'
\set warned 'select t.decision(t.id(''case''), ''WITHDRAWAL_WARNING'', ''acknowledged'');'
\set override 'select t.override(t.id(''case''), ''filing'', f.id, ''V-WD-02'') from core.filing f where f.channel = ''COMPLAINT_12315'';'
\set proof 'select t.evidence(t.id(''case''), ''PERFORMANCE'');'
select is(t.filing_try('request_withdrawal', :'warned' || :'proof'), 'UD022 concrete_reason', 'V-WD-01: no reason');
select is(t.filing_try('request_withdrawal', :'reason' || :'warned' || :'proof' || t.set_filing('version = version + 1')), 'UD022 concrete_reason', 'V-WD-01: checked on an older version');
select is(t.filing_try('request_withdrawal', :'reason' || t.set_filing($$wd_reason = 'REFUNDED'$$) || ';' || :'warned' || :'override'), 'UD022 concrete_reason', 'who says refunded has proof of it');
select is(t.filing_try('request_withdrawal', :'reason' || :'warned'), 'UD022 performance_evidence_or_acknowledged', 'V-WD-02: performance first');
select is(t.filing_try('request_withdrawal', :'reason' || :'override'), 'UD022 performance_evidence_or_acknowledged', 'V-WD-02: an override without the complainant''s acknowledgement');
select is(t.filing_try('request_withdrawal', :'reason' || :'override' || :'warned'), 'ok', 'V-WD-02: override and acknowledgement together');
select is(t.filing_try('request_withdrawal', :'reason' || :'warned' || $$select t.override(t.id('case'), 'case', t.id('case'), 'V-WD-02')$$), 'ok', 'V-WD-02: an override for the case is one for each of its filings');
select is(t.filing_try('request_withdrawal', :'reason' || :'proof'), 'UD022 consumer_confirmed_warning', 'V-WD-04: the complainant knows that filing again may be refused');
select is(t.filing_try('request_withdrawal', :'reason' || :'proof' || :'warned'), 'ok', 'performed and acknowledged');
select t.decision(t.id('case'), 'WITHDRAWAL_WARNING', 'acknowledged') \gset
select t.evidence(t.id('case'), 'PERFORMANCE') \gset
select count(t.words_checked(f.case_id, f.id, f.version, '{V-WD-01}')) from core.filing f \gset
select t.filing_step('request_withdrawal', $$wd_reason = 'FILER_CHOICE', wd_text_sealed = '\x01', wd_requested_at = core.now()$$) \gset
select is(t.filing_try('withdrawal_granted'), 'UD022 result_stored', 'granted how');
select is(t.filing_try('withdrawal_refused'), 'UD022 reason_stored', 'refused why');
select is(t.filing_try('decide', t.set_filing($$outcome = 'MEDIATED'$$)), 'ok', 'a result of the channel overtakes the withdrawal');
update core.evidence set removed_at = core.now() where kind = 'PERFORMANCE';

-- Settlement
select id as settlement from core.settlement \gset
create function t.settlement_try(p_event text, p_before text default null) returns text language sql as $$
    select t.try('settlement', (select s.id from core.settlement s), p_event, null, t.id('wang'), '{}', p_before)
$$;
select t.negotiated(t.id('case')) \gset
select is(t.settlement_try('draft', $$update core.settlement set perform_by = null$$), 'UD022 mandatory_contents_present', 'V-SET-01: no day of performance');
select is(t.settlement_try('draft', $$update core.settlement set version = version + 1$$), 'UD022 mandatory_contents_present', 'V-SET-01: checked on an older version');
select t.move('settlement', :'settlement', 'draft', null, :wang) \gset
select is(t.settlement_try('sign_first', $$select t.issued(id) from core.settlement; update core.settlement set first_signer = null$$), 'UD022 signer_proved', 'signed by whom');
select is(t.settlement_try('sign_first', $$select t.issued(id) from core.settlement; delete from core.document$$), 'UD022 text_frozen', 'the text is not issued');
select t.issued(:'settlement') \gset
select t.move('settlement', :'settlement', 'sign_first', null, :wang) \gset
update core.settlement set signed_at = core.now(), signed_file = t.file(case_id);
select is(t.settlement_try('sign_second', $$update core.settlement set first_text_hash = '\x02'$$), 'UD022 same_text_hash', 'both sign the same text');
select is(t.settlement_try('revise', null), 'ok', 'a change of text goes back to the talks');
select t.move('settlement', :'settlement', 'sign_second', null, :wang) \gset
select is(t.settlement_try('perform', null) || ', ' || t.settlement_try('breach') || ', ' || t.settlement_try('rescind') || ', ' || t.settlement_try('confirm'),
    'UD022 performance_evidence, UD022 performance_date_passed, UD022 rescission_recorded, UD022 made_through_mediation_organisation',
    'performed, broken, rescinded, confirmed: each on its own proof');
select is(t.settlement_try('confirm', $$update core.settlement set mediated = true$$), 'UD022 joint_application_within_30d', 'confirmation needs both sides, within 30 days');
select is((select string_agg(s || ' ' || engine.filing_waiting_on(p_status => s, p_channel => 'PLATFORM_TICKET') || ' '
                             || engine.filing_waiting_on(p_status => s, p_channel => 'COMPLAINT_12315'), ', ' order by i)
           from unnest(array['PLANNED', 'SUBMITTED', 'RESPONDED', 'AGREED', 'WD_REQUESTED', 'WITHDRAWN']) with ordinality u (s, i)),
    'PLANNED VOLUNTEER VOLUNTEER, SUBMITTED RESPONDENT CHANNEL, RESPONDED VOLUNTEER VOLUNTEER, AGREED RESPONDENT RESPONDENT, '
    'WD_REQUESTED RESPONDENT CHANNEL, WITHDRAWN NOBODY NOBODY', 'who acts next in a filing: at the platform''s own desk the platform itself');

select finish();
rollback;
