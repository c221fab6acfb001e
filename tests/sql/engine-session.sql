-- Sessions, who may touch which case, tries that slow down (SECURITY.md §4.1, §4.6).
\ir support.psql
select plan(53);
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
create table t.bearer (name text primary key, lookup bytea);
insert into t.bearer select 'wang', t.session(:wang);
insert into t.bearer select 'lina', t.session(:lina);
insert into t.bearer select 'chen', t.session(:chen);
insert into t.bearer select 'zhao', t.session(t.id('zhao'));
insert into t.bearer select 'pre', t.session(:wang, false);
create function t.who(p_name text, p_more text default '') returns text language sql as $$
    select t.answer(format('select engine.user_of_session(p_session => (select lookup from t.bearer where name = %L) %s)', p_name, p_more))
$$;
create function t.opens(p_name text, p_case uuid) returns text language sql as $$
    select t.answer(format('select engine.case_for_user(p_session => (select lookup from t.bearer where name = %L), p_case => %L, p_write => true)', p_name, p_case))
$$;

-- Sessions
select is((engine.user_of_session(p_session => lookup)).login, 'wang', 'a session finds its user') from t.bearer where name = 'wang';
select is(t.answer($$select engine.user_of_session(p_session => '\x00')$$), 'UD001', 'an unknown look-up value is no session');
select is(t.answer($$select engine.user_of_session(p_session => null)$$), 'UD001', 'no look-up value is no session');
select is(t.answer($$select engine.user_of_session(p_session => (select s.id from core.session s limit 1))$$), 'UD001', 'what a dump shows is not the look-up value');
select is(t.who('wang', $$, p_roles => '{coordinator}'$$), 'UD003', 'a role that may not');
select is(t.who('zhao', $$, p_roles => '{regulator}'$$), 'ok', 'a role that may');
update core.app_user set totp_sealed = null where login = 'chen';
select is(t.who('chen', $$, p_roles => '{volunteer,coordinator}'$$), 'UD003', 'a coordinator without a second factor has no rights of a role');
select is(t.opens('chen', t.id('case')), 'UD003', 'and opens no case');
select is(t.who('chen'), 'ok', 'but may enrol one');
update core.app_user set totp_sealed = '\x05' where login = 'chen';
select is(t.who('pre'), 'UD001', 'before the second factor nobody is signed in');
select is(t.who('pre', ', p_full => false'), 'ok', 'but is known as somebody who is signing in');
select t.at('2026-11-20 10:04:59+08') \gset
select is(t.who('pre', ', p_full => false'), 'ok', 'for five minutes');
select t.at('2026-11-20 10:05+08') \gset
select is(t.who('pre', ', p_full => false'), 'UD001', 'and not longer');
select t.at('2026-11-20 10:29:59+08') \gset
select is(t.who('wang'), 'ok', 'idle for less than 30 minutes');
select t.at('2026-11-20 10:30+08') \gset
select is(t.who('wang'), 'UD001', 'idle for 30 minutes');
select t.at('2026-11-20 10:29+08') \gset
select is((engine.session_check(p_session => lookup)).login, 'wang', 'a request is noted') from t.bearer where name = 'wang';
select t.at('2026-11-20 10:58+08') \gset
select is(t.who('wang'), 'ok', 'and the idle time begins anew');
update core.session set last_seen_at = '2026-11-20 17:59+08';
select t.at('2026-11-20 18:00+08') \gset
select is(t.who('wang'), 'UD001', 'after eight hours every session ends');
select t.at('2026-11-20 10:00+08') \gset
update core.session set last_seen_at = core.now();
select is(t.answer($$select engine.factor_check(p_session => (select lookup from t.bearer where name = 'wang'))$$), 'UD004', 'step-up asks for a fresh factor');
update core.session set factor_at = core.now() - interval '4 minutes';
select is(t.answer($$select engine.factor_check(p_session => (select lookup from t.bearer where name = 'wang'))$$), 'ok', 'four minutes are fresh');
update core.app_user set epoch = epoch + 1 where login = 'wang';
select is(t.who('wang'), 'UD001', 'a password or role change ends the session at the next request');
update core.app_user set epoch = 1, state = 'disabled' where login = 'wang';
select is(t.who('wang'), 'UD001', 'disabling too');
update core.app_user set state = 'active' where login = 'wang';
select is(engine.session_end_all(p_user => :wang, p_except => lookup), 1::bigint, 'ending all but this one') from t.bearer where name = 'wang';
select is(t.who('wang'), 'ok', 'this one stays');

-- Cases
select t.submitted() as case_id \gset
select is(t.opens('wang', :'case_id'), 'ok', 'the assigned volunteer');
select is(t.opens('chen', :'case_id'), 'ok', 'a coordinator');
select is(t.opens('lina', :'case_id'), 'UD002', 'somebody else''s case');
select is(t.opens('lina', t.id('nothing')), 'UD002', 'and one that does not exist are answered alike');
select is(t.opens('zhao', :'case_id'), 'UD003', 'a regulator sees no case');
select is(t.opens('chen', t.draft(2)), 'UD002', 'nobody sees drafts');
insert into core.user_conflict values (:wang, t.id('星云卡盟')), (:chen, t.id('星云卡盟'));
select is(t.opens('wang', :'case_id') || ' ' || t.opens('chen', :'case_id'), 'UD002 UD002', 'a conflict of interest hides the case, from coordinators too');
delete from core.user_conflict;
select t.platform('旧名卡盟') \gset
update core.platform set merged_into = t.id('星云卡盟') where name = '旧名卡盟';
insert into core.user_conflict values (:wang, t.id('旧名卡盟'));
select is(t.opens('wang', :'case_id'), 'UD002', 'also under a name that was merged');
delete from core.user_conflict;
insert into core.case_recusal values (:wang, :'case_id');
select is(t.opens('wang', :'case_id'), 'UD002', 'a recusal hides the case');
delete from core.case_recusal;
select engine.assignment_close(p_case => :'case_id', p_reason => 'returned', p_actor_kind => 'user', p_actor => :wang) \gset
select is(t.opens('wang', :'case_id'), 'UD002', 'who gave a case back does not see it any more');
select is((select count(*) from core.case_seal where recipient = :wang), 0::bigint, 'and has no key to it');

-- Complainants
insert into core.track_session (id, case_id, wrapped_seed) values (sha256('\x77'), :'case_id', '\x01');
select is((engine.track_case(p_track => '\x77')).id, :'case_id', 'a case session opens its case');
select is(t.answer($$select engine.track_case(p_track => '\x78')$$), 'UD001', 'another look-up value does not');
select t.at('2026-11-20 10:30+08') \gset
select is(t.answer($$select engine.track_check(p_track => '\x77')$$), 'UD001', 'idle for 30 minutes');
select t.at('2026-11-20 10:00+08') \gset
select is((engine.draft_case(p_draft => convert_to('draft2', 'UTF8'))).id, t.id('case', 2), 'a draft cookie opens its draft');
select is(t.answer($$select engine.draft_case(p_draft => 'draft3')$$), 'UD005', 'another one does not');
select is(t.answer($$select engine.draft_case(p_draft => 'draft1')$$), 'UD025', 'a submitted draft is not changed');
select is((engine.draft_case(p_draft => 'draft1', p_submitted => true)).status, 'SUBMITTED', 'but its receipt can be seen');
update core.draft_box set expires_at = core.now();
select is(t.answer($$select engine.draft_case(p_draft => 'draft1', p_submitted => true)$$), 'UD005', 'until the box expires');

-- Tries
select is(engine.attempt_add(p_kind => 'x', p_key => '203.0.113.0/24', p_window => '1 hour'), 1::bigint, 'a try is counted');
select is(engine.attempt_add(p_kind => 'x', p_key => '203.0.113.0/24', p_window => '1 hour'), 2::bigint, 'and the next');
select is(t.answer($$select engine.attempt_check(p_kind => 'x', p_key => '203.0.113.0/24', p_limit => 2, p_window => '1 hour')$$), 'UD010 3600', 'at the limit the answer says how long to wait');
select is(t.answer($$select engine.attempt_check(p_kind => 'x', p_key => '198.51.100.0/24', p_limit => 2, p_window => '1 hour')$$), 'ok', 'another network is not slowed');
select t.at('2026-11-20 11:00+08') \gset
select is(t.answer($$select engine.attempt_take(p_kind => 'x', p_key => '203.0.113.0/24', p_limit => 2, p_window => '1 hour')$$), 'ok', 'the next window begins at zero');
create function t.delays() returns text language plpgsql as $$
declare
    v_all text := '';
    v_wait text;
begin
    for v_i in 1 .. 8 loop
        perform engine.attempt_add(p_kind => 'login_account', p_key => 'wang', p_window => '24 hours');
        v_wait := t.answer($q$select engine.attempt_delay(p_kind => 'login_account', p_key => 'wang')$q$);
        v_all := concat_ws(' ', v_all, replace(v_wait, 'UD010 ', ''));
    end loop;
    return trim(v_all);
end
$$;
select is(t.delays(), '1 2 4 8 16 32 42 42', 'wrong passwords wait 1, 2, 4 … 42 seconds');
select engine.attempt_clear(p_kind => 'login_account', p_key => 'wang') \gset
select is(t.answer($$select engine.attempt_delay(p_kind => 'login_account', p_key => 'wang')$$), 'ok', 'a success forgets them');

-- A limit of 0 lets nobody through, from the first try on.
select is(t.answer($$select engine.attempt_take(p_kind => 'closed', p_key => 'k', p_limit => 0, p_window => interval '1 hour')$$), 'UD010 3600',
    'a limit of 0 refuses the first try');
select is(t.answer($$select engine.budget_take(p_kind => 'closed', p_limit => 0, p_window => interval '1 hour')$$), 'UD012 3600',
    'so does a budget of 0');
select is(t.answer($$select engine.attempt_take(p_kind => 'open', p_key => 'k', p_limit => 1, p_window => interval '1 hour')$$), 'ok', 'a limit of 1 allows one');

select finish();
rollback;
