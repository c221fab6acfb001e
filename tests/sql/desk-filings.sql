-- Channels, consent, filings and their steps, waiting, overrides: what the desk may do, who may, and what is refused.
\ir support.psql
select plan(93);
create temp table s as
select u.login, t.session(u.id) as sid, u.id from core.app_user u where u.login in ('wang', 'lina', 'chen');
create function t.s(p_login text) returns bytea language sql as $$ select s.sid from s where s.login = p_login $$;
create function t.status(p_case uuid) returns text language sql as $$ select c.status from core.case_file c where c.id = p_case $$;
create function t.state(p_filing uuid) returns text language sql as $$ select f.status from core.filing f where f.id = p_filing $$;
create function t.v(p_filing uuid) returns bigint language sql as $$ select f.version from core.filing f where f.id = p_filing $$;
create function t.plan(p_id uuid, p_channel text, p_case int default 1) returns void language sql as $$
    select desk.filing_plan(t.s('wang'), t.id('case', p_case), p_id, p_channel, null)
$$;
create function t.seen(p_filing uuid) returns text language sql as $$
    select p.seen from core.filing f, desk.filing_page(t.s('wang'), f.case_id, f.id) p where f.id = p_filing
$$;
create function t.confirm(p_filing uuid, p_codes text[] default '{}', p_seen text default null) returns bigint language sql as $$
    select desk.filing_confirm(t.s('wang'), f.case_id, f.id, f.version, p_codes, coalesce(p_seen, t.seen(f.id))) from core.filing f where f.id = p_filing
$$;
create function t.make_ready(p_filing uuid) returns bigint language sql as $$
    select desk.filing_ready(t.s('wang'), f.case_id, f.id, f.version,
        '[{"rule": "V-WORD-01", "passed": true}, {"rule": "V-WORD-02", "passed": true}, {"rule": "V-WORD-03", "passed": true}]')
    from core.filing f where f.id = p_filing
$$;
create function t.submit(p_filing uuid, p_no bytea default '\x01', p_proof uuid default null, p_at timestamptz default core.now(),
                         p_received date default null) returns bigint language sql as $$
    select desk.filing_submit(t.s('wang'), f.case_id, f.id, f.version, p_no, p_proof, p_at, p_received) from core.filing f where f.id = p_filing
$$;
create function t.step(p_filing uuid, p_event text, p_text bytea default null, p_accepted date default null, p_replied timestamptz default null,
                       p_outcome text default null, p_refused text default null, p_ended text default null) returns bigint language sql as $$
    select desk.filing_step(t.s('wang'), f.case_id, f.id, f.version, p_event, p_text, p_accepted, p_replied, p_outcome, p_refused, p_ended)
    from core.filing f where f.id = p_filing
$$;
select t.ready(1), t.prepared(2), t.ready(3) \gset

-- Channels and consent ----------------------------------------------------------------------------------------------------------
select is((select layer from desk.channels(t.s('wang'), t.id('case', 1)) limit 1), 'L1', 'the first layer comes first');
select is((select consent from desk.channels(t.s('wang'), t.id('case', 1)) where channel = 'PLATFORM_TICKET'), 'missing', 'nobody was asked');
select throws_ok(format('select * from desk.channels(%L, %L)', t.s('lina'), t.id('case', 1)), 'UD002', null, 'not another''s case');
select is((select row(layer, may_plan)::text from desk.channel_facts(t.s('wang'), t.id('case', 1), 'COMPLAINT_12315')), '(L3,t)', 'facts of a channel');
select is((select may_plan from desk.channel_facts(t.s('wang'), t.id('case', 2), 'COMPLAINT_12315')), false, 'no filing before the pre-review');
select throws_ok(format('select * from desk.channel_facts(%L, %L, %L)', t.s('wang'), t.id('case', 1), 'NOWHERE'), 'UD002', null, 'no such channel');
select throws_ok(format('select desk.consent_ask(%L, %L, %L, %L, %L, %L)', t.s('wang'), t.id('case', 1), t.id('ask'), 'NOWHERE', '{facts}', 'filing'),
                 'UD031', null, 'a question names a channel');
select throws_ok(format('select desk.consent_ask(%L, %L, %L, %L, %L, %L)', t.s('wang'), t.id('case', 1), t.id('ask'), 'PLATFORM_TICKET', '{everything}', 'filing'),
                 'UD031', null, 'and known contents');
select throws_ok(format('select desk.consent_ask(%L, %L, %L, %L, %L, %L)', t.s('lina'), t.id('case', 1), t.id('ask'), 'PLATFORM_TICKET', '{facts}', 'filing'),
                 'UD002', null, 'only the case''s own people ask');
select lives_ok(format('select desk.consent_ask(%L, %L, %L, %L, %L, %L)', t.s('wang'), t.id('case', 1), t.id('ask'), 'PLATFORM_TICKET', '{facts,order}', 'filing'),
                'consent is asked for');
select is((select row(kind, channel, detail, asked_by)::text from core.decision where id = t.id('ask')),
          row('CONSENT', 'PLATFORM_TICKET', '{"why": "filing", "what": ["facts", "order"]}'::jsonb, :wang)::text, 'what and why stand in the question');
select is((select consent from desk.channels(t.s('wang'), t.id('case', 1)) where channel = 'PLATFORM_TICKET'), 'asked', 'the list says that it waits');
select throws_ok(format('select desk.consent_ask(%L, %L, %L, %L, %L, %L)', t.s('wang'), t.id('case', 1), t.id('ask', 2), 'PLATFORM_TICKET', '{facts}', 'filing'),
                 'UD025', null, 'one question at a time');

-- Plan, prerequisites, collisions -------------------------------------------------------------------------------------------------
select throws_ok($$select t.plan(t.id('x'), 'PLATFORM_TICKET', 2)$$, 'UD021', null, 'a case in preparation files nothing');
select throws_ok($$select t.plan(t.id('x'), 'NOWHERE')$$, 'UD031', null, 'a filing has a channel');
select lives_ok($$select t.plan(t.id('f'), 'PLATFORM_TICKET')$$, 'a filing is planned');
select is(t.state(t.id('f')), 'PLANNED', 'and only planned');
select is((select planned from desk.channels(t.s('wang'), t.id('case', 1)) where channel = 'PLATFORM_TICKET'), t.id('f'), 'the list leads to it');
select throws_ok($$select t.plan(t.id('x'), 'PLATFORM_TICKET')$$, 'UD025', null, 'not twice');
select throws_ok(format('select * from desk.filing_page(%L, %L, %L)', t.s('lina'), t.id('case', 1), t.id('f')), 'UD002', null, 'another''s filing');
select throws_ok(format('select * from desk.filing_page(%L, %L, %L)', t.s('wang'), t.id('case', 3), t.id('f')), 'UD002', null, 'a filing of another case');
select is((select array_agg(code || coalesce(met::text, '?') order by code) from desk.filing_prerequisites(t.s('wang'), t.id('case', 1), t.id('f'))),
          '{DEMAND_FIXEDtrue,HAS_ORDERtrue}', 'prerequisites with what is stored');
select is((select array_agg(event order by event) from desk.filing_steps(t.s('wang'), t.id('case', 1), t.id('f'))), '{cancel,draft}', 'steps of a plan');
select throws_ok($$select t.confirm(t.id('f'), '{}', 'other')$$, 'UD022', null, 'what is kept is what was shown');
select throws_ok($$select t.confirm(t.id('f'), '{HAS_ORDER}')$$, 'UD031', null, 'a person confirms only what nobody can look up');
select lives_ok($$select t.confirm(t.id('f'))$$, 'prerequisites and collisions were looked at');
select is(t.state(t.id('f')), 'DRAFTED', 'and the filing is a draft');
select is((select row(prerequisites_shown_at is not null, collision_checked_at is not null, collision)::text from core.filing where id = t.id('f')),
          row(true, true, '[]'::jsonb)::text, 'with what was shown');
select ok((select bool_and(passed) from desk.filing_checks(t.s('wang'), t.id('case', 1), t.id('f')) where level = 'BLOCK' and gate <> 'SEND'), 'nothing blocks the paper');
select is((select passed from desk.filing_checks(t.s('wang'), t.id('case', 1), t.id('f')) where rule = 'V-PRIV-01'), false, 'consent is still open');
select throws_ok(format('select desk.filing_ready(%L, %L, %L, %s, ''[]'')', t.s('wang'), t.id('case', 1), t.id('f'), t.v(t.id('f')) - 1), 'UD020', null, 'an old page');
select throws_ok(format('select desk.filing_ready(%L, %L, %L, %s, ''[{"rule": "V-WORD-03", "passed": false}]'')', t.s('wang'), t.id('case', 1), t.id('f'), t.v(t.id('f'))),
                 'UD022', null, 'a threat in the demands holds it');
select lives_ok($$select t.make_ready(t.id('f'))$$, 'the draft is made ready');
select lives_ok($$select t.step(t.id('f'), 'back_to_draft')$$, 'and goes back');
select lives_ok($$select t.make_ready(t.id('f'))$$, 'and is ready again');

-- Submit --------------------------------------------------------------------------------------------------------------------------
select throws_ok($$select t.submit(t.id('f'))$$, 'UD022', null, 'nothing is sent without consent');
insert into core.track_session (id, case_id, wrapped_seed) values (sha256(convert_to('track1', 'UTF8')), t.id('case', 1), '\x01');
select lives_ok(format('select track.decide(%L, %L, 1, ''granted'', null)', convert_to('track1', 'UTF8'), t.id('ask')), 'the complainant agrees');
select throws_ok($$select t.submit(t.id('f'), null)$$, 'UD022', null, 'a number or a proof');
select throws_ok($$select t.submit(t.id('f'), null, t.id('nothing'))$$, 'UD030', null, 'a proof is a file of the case');
select throws_ok($$select t.submit(t.id('f'), p_at => core.now() + interval '1 hour')$$, 'UD022', null, 'not in the future');
select throws_ok($$select t.submit(t.id('f'), p_received => engine.today() - 1)$$, 'UD030', null, 'received after it was sent');
select throws_ok(format('select desk.filing_submit(%L, %L, %L, 1, ''\x01'', null, core.now(), null)', t.s('wang'), t.id('case', 1), t.id('f')), 'UD020', null, 'an old page submits nothing');
select lives_ok($$select t.submit(t.id('f'), null, t.file(t.id('case', 1)))$$, 'a proof alone will do');
select is(t.state(t.id('f')), 'SUBMITTED', 'the filing is submitted');
select is(t.status(t.id('case', 1)), 'IN_PROGRESS', 'and the case follows');
select is((select array_agg((why ->> 'kind') order by why ->> 'kind') from desk.filing_clocks(t.s('wang'), t.id('case', 1), t.id('f')) where not stopped),
          '{FINAL,FIRST_RESPONSE}', 'its clocks run');
select is((select row(channel, status, next_kind, open)::text from desk.filings(t.s('wang'), t.id('case', 1))),
          '(PLATFORM_TICKET,SUBMITTED,FIRST_RESPONSE,t)', 'the case page names the next date');
select throws_ok(format('select * from desk.filings(%L, %L)', t.s('lina'), t.id('case', 1)), 'UD002', null, 'not to others');
select throws_ok(format('select * from desk.filing_clocks(%L, %L, %L)', t.s('lina'), t.id('case', 1), t.id('f')), 'UD002', null, 'nor the clocks');
select throws_ok(format('select * from desk.filing_steps(%L, %L, %L)', t.s('lina'), t.id('case', 1), t.id('f')), 'UD002', null, 'nor the steps');
select throws_ok(format('select * from desk.filing_checks(%L, %L, %L)', t.s('lina'), t.id('case', 1), t.id('f')), 'UD002', null, 'nor the checks');
select throws_ok(format('select * from desk.filing_prerequisites(%L, %L, %L)', t.s('lina'), t.id('case', 1), t.id('f')), 'UD002', null, 'nor the prerequisites');

-- Overdue, waiting -----------------------------------------------------------------------------------------------------------------
select throws_ok(format('select desk.wait_ask(%L, %L, %L, %L)', t.s('wang'), t.id('case', 1), t.id('wait'), engine.today() + 3), 'UD021', null, 'nothing is due yet');
select t.at('2026-11-23 10:00+08') \gset
update core.session set last_seen_at = core.now(), created_at = core.now();
select is(worker.escalate(10), 1::bigint, 'after 48 hours the worker marks the case');
select is((select row(rule, channel, next_layer)::text from desk.escalation(t.s('wang'), t.id('case', 1))), '(R-ESC-01,PLATFORM_TICKET,L2)', 'and says why');
select throws_ok(format('select * from desk.escalation(%L, %L)', t.s('lina'), t.id('case', 1)), 'UD002', null, 'not to others');
select throws_ok(format('select desk.wait_ask(%L, %L, %L, %L)', t.s('wang'), t.id('case', 1), t.id('wait'), engine.today()), 'UD030', null, 'a day to come');
select lives_ok(format('select desk.wait_ask(%L, %L, %L, %L)', t.s('wang'), t.id('case', 1), t.id('wait'), engine.today() + 3), 'waiting is asked');
select throws_ok(format('select desk.wait_ask(%L, %L, %L, %L)', t.s('wang'), t.id('case', 1), t.id('wait', 2), engine.today() + 3), 'UD025', null, 'once');
select is((select row(review_on, answer)::text from desk.waiting(t.s('wang'), t.id('case', 1))), row(engine.today() + 3, null::text)::text, 'the page says what was asked');
select throws_ok(format('select * from desk.waiting(%L, %L)', t.s('lina'), t.id('case', 1)), 'UD002', null, 'not to others');
update core.track_session set last_seen_at = core.now();
insert into core.decision (id, case_id, kind, detail, asked_at)
values (t.id('late'), t.id('case', 1), 'WAIT', jsonb_build_object('review_on', engine.today()), core.now() - interval '3 days');
select lives_ok(format('select track.decide(%L, %L, 1, ''waits'', null)', convert_to('track1', 'UTF8'), t.id('late')), 'an answer after that day is kept');
select is(t.status(t.id('case', 1)), 'ESCALATION_DUE', 'and moves nothing');
select lives_ok(format('select track.decide(%L, %L, 1, ''waits'', null)', convert_to('track1', 'UTF8'), t.id('wait')), 'the complainant waits');
select is((select row(status, review_on)::text from core.case_file where id = t.id('case', 1)), row('IN_PROGRESS', engine.today() + 3)::text, 'the case goes on waiting until that day');

-- What comes back ----------------------------------------------------------------------------------------------------------------
select throws_ok($$select t.step(t.id('f'), 'draft_withdrawal')$$, 'UD021', null, 'withdrawals are not steps of this page');
select throws_ok($$select t.step(t.id('f'), 'respond')$$, 'UD022', null, 'a reply has words and a time');
select throws_ok($$select t.step(t.id('f'), 'respond', '\x01', p_replied => core.now(), p_outcome => 'MAYBE')$$, 'UD031', null, 'a known result');
select lives_ok($$select t.step(t.id('f'), 'respond', '\x01', p_replied => core.now(), p_outcome => 'REFUSED')$$, 'they refuse');
select throws_ok($$select t.step(t.id('f'), 'decide')$$, 'UD022', null, 'a refusal on the way is not the result');
select throws_ok($$select t.step(t.id('f'), 'agree')$$, 'UD022', null, 'an agreement has words');
select lives_ok($$select t.step(t.id('f'), 'mediate')$$, 'mediation');
select lives_ok($$select t.step(t.id('f'), 'end', '\x01', p_ended => 'NO_AGREEMENT_DECLARED')$$, 'which ends');
select is((select row(status, termination_reason, result_sealed is not null, outcome)::text from core.filing where id = t.id('f')),
          '(ENDED,NO_AGREEMENT_DECLARED,t,)', 'with its reason');
select throws_ok($$select t.step(t.id('f'), 'mediate')$$, 'UD021', null, 'what has ended moves no more');
select is((select count(*) from desk.filing_clocks(t.s('wang'), t.id('case', 1), t.id('f')) where not stopped), 0::bigint, 'and waits for nothing');

-- 12315: receipt, acceptance, dates corrected ---------------------------------------------------------------------------------------
select t.filing(t.id('case', 1), 'COMPLAINT_12315') as g \gset
select t.move('filing', :'g', 'draft', null, :wang) \gset
update core.filing set submitted_at = null, received_on = null where id = :'g';
select lives_ok(format('select t.confirm(%L)', :'g'), 'collisions are looked at again');
select t.make_ready(:'g') \gset
select t.submit(:'g') \gset
select is((select why ->> 'state' from desk.filing_clocks(t.s('wang'), t.id('case', 1), :'g') where why ->> 'kind' = 'ACCEPTANCE'), 'not_started', 'no receipt, no start');
select throws_ok(format('select desk.filing_dates(%L, %L, %L, %s, %L, null)', t.s('wang'), t.id('case', 1), :'g', t.v(:'g'), engine.today() + 1), 'UD030', null, 'received in the future');
select throws_ok(format('select desk.filing_dates(%L, %L, %L, %s, null, %L)', t.s('wang'), t.id('case', 1), :'g', t.v(:'g'), engine.today()), 'UD030', null, 'acceptance has its own step');
select throws_ok(format('select desk.filing_dates(%L, %L, %L, 1, null, null)', t.s('wang'), t.id('case', 1), :'g'), 'UD020', null, 'an old page');
select throws_ok(format('select desk.filing_dates(%L, %L, %L, %s, null, null)', t.s('wang'), t.id('case', 1), t.id('f'), t.v(t.id('f'))), 'UD021', null, 'nor for a filing that has ended');
select lives_ok(format('select desk.filing_dates(%L, %L, %L, %s, %L, null)', t.s('wang'), t.id('case', 1), :'g', t.v(:'g'), engine.today()), 'the day of receipt');
select is((select why ->> 'state' from desk.filing_clocks(t.s('wang'), t.id('case', 1), :'g') where why ->> 'kind' = 'ACCEPTANCE'), 'running', 'starts the seven days');
select throws_ok(format('select t.step(%L, ''accept'', p_accepted => engine.today() - 1)', :'g'), 'UD030', null, 'accepted before it came');
select lives_ok(format('select t.step(%L, ''accept'', p_accepted => engine.today())', :'g'), 'accepted');
select is(t.state(:'g'), 'ACCEPTED', 'by the regulator');

-- Overrides ------------------------------------------------------------------------------------------------------------------------
select throws_ok(format('select * from desk.override_choices(%L, %L)', t.s('wang'), t.id('case', 1)), 'UD003', null, 'volunteers override nothing');
select ok((select bool_or(machine = 'filing' and object_id = :'g' and guard = 'performance_evidence_or_acknowledged')
           from desk.override_choices(t.s('chen'), t.id('case', 1))), 'choices name the object and the guard');
select throws_ok(format('select desk.override_add(%L, %L, %L, %L, %L, ''\x01'')', t.s('wang'), t.id('case', 1), t.id('o'), t.id('case', 1), 'supervisor_override'), 'UD003', null, 'nor can they try');
select throws_ok(format('select desk.override_add(%L, %L, %L, %L, %L, ''\x01'')', t.s('chen'), t.id('case', 1), t.id('o'), t.id('case', 1), 'separate_consent_for_recipient'), 'UD030', null, 'consent cannot be overridden');
select lives_ok(format('select desk.override_add(%L, %L, %L, %L, %L, ''\x01'')', t.s('chen'), t.id('case', 1), t.id('o'), t.id('case', 1), 'supervisor_override'), 'a coordinator overrides');
select is((select row(machine, guard, by_name, used_at)::text from desk.overrides(t.s('wang'), t.id('case', 1))), row('case', 'supervisor_override', 'chen', null::timestamptz)::text, 'and everybody on the case sees who did');
select * from finish();
rollback;
