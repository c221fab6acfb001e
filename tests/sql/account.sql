-- account: sign-in, second factor, setup, invitations, people, profile (SECURITY.md §3.3, §4.1, §4.6).
\ir support.psql
select plan(108);
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
create function t.k(p_name text) returns bytea language sql immutable as $$ select sha256(convert_to(p_name, 'UTF8')) $$;
create function t.password(p_user uuid) returns void language sql as $$
    update core.app_user set password_salt = '\x11', password_ops = 3, password_mem = 67108864, pepper_version = 1, verifier = '\x22' where id = p_user
$$;
-- A coordinator after and before the second factor, and a volunteer.
select t.session(:chen) as lead, t.session(:chen) as lead_before, t.session(:lina) as volunteer \gset
update core.session set factor_at = core.now() where id = sha256(:'lead');
create table t.bearer (name text, lookup bytea);
insert into t.bearer values ('lead', :'lead'), ('lead_before', :'lead_before'), ('volunteer', :'volunteer');
create function t.b(p_name text) returns bytea language sql stable as $$ select lookup from t.bearer where name = p_name $$;
select t.password(:wang), t.password(:chen) \gset

-- What every program asks first.
select is(account.clock_offset(), engine.clock_offset_us(), 'the clock that C adds');
select ok((select count(*) > 100 from account.vocabulary() v where v.label_zh <> '' and v.label_en <> ''), 'codes with labels in both languages');

-- Setup
select lives_ok($$select core.setup_begin(p_lookup => t.k('link'), p_envelope => '\x01', p_recovery_public => '\x02')$$, 'a setup link');
select is((select asked_group from account.setup_look(p_link => t.k('link'), p_group => 5)), 5::bigint, 'the group to type back is chosen');
select is((select asked_group from account.setup_look(p_link => t.k('link'), p_group => 9)), 5::bigint, 'once: reloading gives no second guess');
select is(t.answer($$select account.setup_look(p_link => t.k('other'), p_group => 1)$$), 'UD007', 'an unknown link');
create function t.finish(p_link text, p_login text) returns text language sql as $$
    select t.answer(format($f$select account.setup_finish(p_link => t.k(%L), p_user => t.id('first'), p_login => %L, p_display_name => 'F', p_lang => 'en',
        p_salt => '\x01', p_ops => 3, p_mem => 1, p_pepper_version => 1, p_verifier => '\x02', p_public_key => '\x03', p_signature => '\x04',
        p_wrapped_secret => '\x05', p_group_id => t.id('g'), p_group_public => '\x06', p_group_signature => '\x07', p_group_to_user => '\x08',
        p_group_to_recovery => '\x09', p_pool_id => t.id('p'), p_pool_public => '\x0a', p_pool_signature => '\x0b', p_pool_to_user => '\x0c',
        p_pool_to_recovery => '\x0d')$f$, p_link, p_login))
$$;
select is(t.finish('other', 'first.one'), 'UD007', 'no link, no coordinator');
select is(t.finish('link', 'WANG'), 'UD026', 'names are one whatever their case');
select is(t.finish('link', 'first.one'), 'ok', 'the first coordinator');
select is((select count(*) from core.group_member where seal is not null), 4::bigint, 'both secrets are sealed to the coordinator and to recovery');
select is(t.answer($$select account.setup_look(p_link => t.k('link'), p_group => 1)$$), 'UD007', 'the envelope has gone');

-- Sign-in
select is((select salt from account.login_start(p_login => 'WANG')), '\x11'::bytea, 'salt of a name');
select is((select count(*) from account.login_start(p_login => 'nobody')), 0::bigint, 'none of an unknown one');
select is((select count(*) from account.login_check(p_login => 'wang', p_verifier => '\x33')), 0::bigint, 'a wrong password gets no key');
select is((select wrapped_secret from account.login_check(p_login => 'wang', p_verifier => '\x22')), '\x03'::bytea, 'the right one does');
select is(t.answer($$select account.login_wait(p_login => 'wang', p_network => 'n', p_device => null)$$), 'ok', 'nothing to wait for');
select account.login_failed(p_login => 'wang', p_network => 'n', p_device => null) \gset
select is(t.answer($$select account.login_wait(p_login => 'wang', p_network => 'n', p_device => null)$$), 'UD010 1', 'a failure is followed by a wait');
select account.login_failed(p_login => 'nobody', p_network => 'n', p_device => null) \gset
select is(t.answer($$select account.login_wait(p_login => 'nobody', p_network => 'n', p_device => null)$$), 'UD010 1', 'for unknown names too');
select is(t.answer($$select account.login_begin(p_login => 'wang', p_verifier => '\x33', p_session => t.k('s'), p_wrapped_key => '\x01', p_device_label => '',
    p_network => 'n', p_device => t.k('dev'))$$), 'UD008', 'a wrong password begins nothing');
select is((select full_rights from account.login_begin(p_login => 'wang', p_verifier => '\x22', p_session => t.k('s'), p_wrapped_key => '\x01',
    p_device_label => '', p_network => 'n', p_device => t.k('dev'))), true, 'without a second factor the session is whole');
select account.login_failed(p_login => 'wang', p_network => 'n', p_device => null) \gset
select is(t.answer($$select account.login_wait(p_login => 'wang', p_network => 'n', p_device => t.k('dev'))$$), 'ok', 'strangers do not slow a known device');
select is((select login || ' ' || full_rights || ' ' || must_enrol from account.session_check(p_session => t.k('s'))), 'wang true false', 'who carries the session');

-- Second factor
select is(t.answer($$select account.totp_confirm(p_session => t.k('s'), p_step => 10, p_codes => '{}')$$), 'UD025', 'nothing to confirm');
select account.totp_start(p_session => t.k('s'), p_sealed => '\x77') \gset
select is((select pending from account.totp_look(p_session => t.k('s'))), '\x77'::bytea, 'a new secret waits for its first code');
select is((select needs_factor from account.login_check(p_login => 'wang', p_verifier => '\x22')), false, 'and does not count yet');
select account.totp_confirm(p_session => t.k('s'), p_step => 10, p_codes => array[t.k('c1'), t.k('c2')]) \gset
select is((select factor_codes_left from account.session_check(p_session => t.k('s'))), 2::bigint, 'confirmed, with recovery codes');
-- Another factor in its place: only for who has just shown the first.
select is(t.answer($$select account.totp_start(p_session => t.k('s'), p_sealed => '\x78')$$), 'ok', 'the first enrolment counts as the factor shown just now');
update core.session set factor_at = core.now() - interval '6 minutes' where id = sha256(t.k('s'));
select is(t.answer($$select account.totp_start(p_session => t.k('s'), p_sealed => '\x79')$$), 'UD004', 'the session alone begins no other factor');
select is(t.answer($$select account.totp_confirm(p_session => t.k('s'), p_step => 10, p_codes => '{}')$$), 'UD004', 'and finishes none');
select is((select sealed from account.totp_look(p_session => t.k('s'))), '\x77'::bytea, 'the factor is the old one');
update core.session set factor_at = core.now() - interval '4 minutes' where id = sha256(t.k('s'));
select is(t.answer($$select account.totp_confirm(p_session => t.k('s'), p_step => 10, p_codes => array[t.k('c1'), t.k('c2')])$$), 'ok', 'after the second factor it may be replaced');
select is((select factor_at from core.session where id = sha256(t.k('s'))), core.now() - interval '4 minutes', 'which makes the session no fresher');
select is((select full_rights from account.login_begin(p_login => 'wang', p_verifier => '\x22', p_session => t.k('pre'), p_wrapped_key => '\x01',
    p_device_label => '', p_network => 'n', p_device => null)), false, 'now the password alone is half the way');
select is((select tries_left || ' ' || last_step from account.factor_look(p_pre => t.k('pre'))), '5 10', 'what checking the code needs');
select account.factor_failed(p_session => t.k('pre')) \gset
select is((select tries_left from account.factor_look(p_pre => t.k('pre'))), 4::bigint, 'wrong codes are counted');
select is(t.answer($$select account.factor_pass(p_pre => t.k('pre'), p_step => 10, p_code_lookup => null, p_session => t.k('s2'), p_wrapped_key => '\x01')$$), 'UD008',
    'a code works once');
select is(t.answer($$select account.factor_pass(p_pre => t.k('pre'), p_step => 11, p_code_lookup => null, p_session => t.k('s2'), p_wrapped_key => '\x01')$$), 'ok',
    'the next one passes');
select is(t.answer($$select account.factor_look(p_pre => t.k('pre'))$$), 'UD001', 'the half session has ended');
select is(t.answer($$select account.step_up(p_session => t.k('s2'), p_step => 11, p_code_lookup => null, p_new => t.k('s3'), p_wrapped_key => '\x01')$$), 'UD008',
    'step-up wants a new code');
select is(t.answer($$select account.step_up(p_session => t.k('s2'), p_step => 12, p_code_lookup => null, p_new => t.k('s3'), p_wrapped_key => '\x01')$$), 'ok', 'step-up');
select is(t.answer($$select account.session_check(p_session => t.k('s2'))$$), 'UD001', 'a new session takes the place of the old one');
select is(t.answer($$select account.step_up(p_session => t.k('s3'), p_step => 0, p_code_lookup => t.k('c1'), p_new => t.k('s4'), p_wrapped_key => '\x01')$$), 'ok',
    'or a recovery code');
select is(t.answer($$select account.step_up(p_session => t.k('s4'), p_step => 0, p_code_lookup => t.k('c1'), p_new => t.k('s5'), p_wrapped_key => '\x01')$$), 'UD008',
    'each works once');
select is(t.answer($$select account.factor_codes_replace(p_session => t.k('s4'), p_step => 12, p_codes => '{}')$$), 'UD008', 'new codes want a new step');
select account.factor_codes_replace(p_session => t.k('s4'), p_step => 13, p_codes => array[t.k('d1')]) \gset
select is((select factor_codes_left from account.session_check(p_session => t.k('s4'))), 1::bigint, 'a new set replaces all');
-- Guessing: wrong codes count for the person, whatever the session, and a right password forgets none of them.
update ref.service_limit set n = 3 where code = 'factor_user_hour';
create function t.half(p_name text) returns boolean language sql as $$
    select full_rights from account.login_begin(p_login => 'wang', p_verifier => '\x22', p_session => t.k(p_name), p_wrapped_key => '\x01', p_device_label => '',
        p_network => 'n', p_device => null)
$$;
select t.half('pre2') \gset
select account.factor_failed(p_session => t.k('pre2')) \gset
select is(t.answer($$select account.factor_wait(p_session => t.k('pre2'))$$), 'ok', 'two wrong codes');
select account.factor_failed(p_session => t.k('s4')) \gset
select is(t.answer($$select account.factor_wait(p_session => t.k('s4'))$$), 'UD010 3600', 'the third is the last for an hour');
select is((select count(*) from core.event where type = 'factor_tries_used_up'), 1::bigint, 'which is noted');
select t.half('pre3') \gset
select is(t.answer($$select account.factor_wait(p_session => t.k('pre3'))$$), 'UD010 3600', 'a right password forgets nothing');
select is(t.answer($$select account.factor_pass(p_pre => t.k('pre3'), p_step => 20, p_code_lookup => null, p_session => t.k('s6'), p_wrapped_key => '\x01')$$), 'UD010 3600',
    'no code passes');
select is(t.answer($$select account.step_up(p_session => t.k('s4'), p_step => 20, p_code_lookup => null, p_new => t.k('s6'), p_wrapped_key => '\x01')$$), 'UD010 3600', 'nor at step-up');
select is(t.answer($$select account.factor_codes_replace(p_session => t.k('s4'), p_step => 20, p_codes => '{}')$$), 'UD010 3600', 'nor for new codes');
select is(t.answer($$select account.totp_remove(p_session => t.k('s4'), p_step => 20)$$), 'UD010 3600', 'nor to take it off');
select is(t.answer($$select account.factor_pass(p_pre => t.k('pre3'), p_step => 0, p_code_lookup => t.k('d1'), p_session => t.k('s6'), p_wrapped_key => '\x01')$$), 'ok',
    'a recovery code cannot be guessed: its owner comes in');
select is(t.answer($$select account.factor_failed(p_session => t.k('nothing'))$$), 'UD001', 'nobody counts for nobody');
select account.logout(p_session => t.k('s6')) \gset
delete from core.attempt where kind = 'factor_user';
select is(t.answer($$select account.factor_wait(p_session => t.k('s4'))$$), 'ok', 'over');
select is(t.answer($$select account.totp_remove(p_session => t.k('s4'), p_step => 13)$$), 'UD008', 'taking it off wants a new step');
select is(t.answer($$select account.totp_remove(p_session => t.k('s4'), p_step => 14)$$), 'ok', 'and goes');
select is(t.answer($$select account.totp_remove(p_session => t.b('lead'), p_step => 99)$$), 'UD004', 'coordinators keep theirs');

-- Sessions, password
select ok((select count(*) >= 1 and bool_or(is_current) from account.session_list(p_session => t.k('s4'))), 'own sessions');
select is(t.answer($$select account.session_end(p_session => t.k('s4'), p_name => 'x')$$), 'UD002', 'no such session');
select t.session(:wang) as other \gset
select account.session_end(p_session => t.k('s4'), p_name => encode(sha256(sha256(:'other')), 'hex')) \gset
select is(t.answer(format('select account.session_check(p_session => %L)', :'other')), 'UD001', 'an own session is revoked');
update ref.service_limit set n = 2 where code = 'password_user_hour';
select account.password_failed(p_session => t.k('s4')) \gset
select is(t.answer($$select account.password_params(p_session => t.k('s4'))$$), 'ok', 'one wrong present password');
select account.password_failed(p_session => t.k('s4')) \gset
select is(t.answer($$select account.password_params(p_session => t.k('s4'))$$), 'UD010 3600', 'the second is the last for an hour');
select is(t.answer($$select account.password_change(p_session => t.k('s4'), p_old_verifier => '\x22', p_salt => '\x12', p_ops => 3, p_mem => 1, p_pepper_version => 1,
    p_verifier => '\x23', p_wrapped_secret => '\x13')$$), 'UD010 3600', 'for the right one too');
select is(t.answer($$select account.login_wait(p_login => 'wang', p_network => 'm', p_device => t.k('dev'))$$), 'ok', 'signing in is not held up by it');
delete from core.attempt where kind = 'password';
select is((select salt from account.password_params(p_session => t.k('s4'))), '\x11'::bytea, 'parameters of the present password');
select is(t.answer($$select account.password_change(p_session => t.k('s4'), p_old_verifier => '\x99', p_salt => '\x12', p_ops => 3, p_mem => 1, p_pepper_version => 1,
    p_verifier => '\x23', p_wrapped_secret => '\x13')$$), 'UD008', 'the present password first');
select t.session(:wang) as other \gset
select is(t.answer($$select account.password_change(p_session => t.k('s4'), p_old_verifier => '\x22', p_salt => '\x12', p_ops => 3, p_mem => 1, p_pepper_version => 1,
    p_verifier => '\x23', p_wrapped_secret => '\x13')$$), 'ok', 'changed');
select is((select key_version || ' ' || wrapped_secret from account.login_check(p_login => 'wang', p_verifier => '\x23')), '1 \x13', 'the same key under the new password');
select is(t.answer(format('select account.session_check(p_session => %L)', :'other')), 'UD001', 'other sessions end');
select account.logout(p_session => t.k('s4')) \gset
select is(t.answer($$select account.session_check(p_session => t.k('s4'))$$), 'UD001', 'signed out');
select is(t.answer($$select account.logout(p_session => t.k('nothing'))$$), 'ok', 'twice is no error');

-- Invitations
select is(t.answer($$select account.invite_make(p_session => t.b('volunteer'), p_lookup => t.k('inv'), p_role => 'volunteer', p_note => 'n')$$), 'UD003', 'coordinators invite');
select is(t.answer($$select account.invite_make(p_session => t.b('lead_before'), p_lookup => t.k('inv'), p_role => 'volunteer', p_note => 'n')$$), 'UD004',
    'after their second factor');
select is(t.answer($$select account.invite_make(p_session => t.b('lead'), p_lookup => t.k('inv'), p_role => 'volunteer', p_note => 'n')$$), 'ok', 'invited');
select is((select kind || ' ' || role from account.invite_look(p_link => t.k('inv'))), 'invite volunteer', 'what the link is for');
select is((select note from account.invite_list(p_session => t.b('lead'))), 'n', 'open invitations');
create function t.join(p_link text, p_login text) returns text language sql as $$
    select t.answer(format($f$select account.invite_accept(p_link => t.k(%L), p_user => t.id(%L), p_login => %L, p_display_name => 'X', p_lang => 'en', p_salt => '\x01',
        p_ops => 3, p_mem => 1, p_pepper_version => 1, p_verifier => '\x02', p_public_key => '\x03', p_signature => '\x04', p_wrapped_secret => '\x05')$f$,
        p_link, p_login, p_login))
$$;
select is(t.join('inv', 'wang'), 'UD026', 'the name is taken');
select is(t.join('inv', 'new.one'), 'ok', 'joined');
select is(t.join('inv', 'new.two'), 'UD007', 'a link works once');
select is((select kind || ' ' || (seal is null) from core.group_member where app_user = t.id('new.one')), 'pool true', 'the pool key waits for a coordinator');
select account.invite_make(p_session => t.b('lead'), p_lookup => t.k('inv2'), p_role => 'regulator', p_note => '') \gset
select account.invite_cancel(p_session => t.b('lead'), p_name => (select name from account.invite_list(p_session => t.b('lead')))) \gset
select is(t.answer($$select account.invite_look(p_link => t.k('inv2'))$$), 'UD007', 'taken back');
select is(t.answer($$select account.invite_cancel(p_session => t.b('lead'), p_name => 'x')$$), 'UD002', 'no such invitation');

-- Lost password
select is(t.answer($$select account.reset_make(p_session => t.b('lead'), p_user => t.id('chen'), p_lookup => t.k('r'))$$), 'UD003', 'nobody resets the own password this way');
select is(t.answer($$select account.reset_make(p_session => t.b('lead'), p_user => t.id('nobody'), p_lookup => t.k('r'))$$), 'UD002', 'no such person');
select t.submitted() as case_id \gset
select account.reset_make(p_session => t.b('lead'), p_user => :wang, p_lookup => t.k('r')) \gset
select is((select kind || ' ' || login from account.invite_look(p_link => t.k('r'))), 'reset wang', 'a reset link');
select is(t.answer($$select account.reset_finish(p_link => t.k('r'), p_salt => '\x31', p_ops => 3, p_mem => 1, p_pepper_version => 1, p_verifier => '\x32',
    p_public_key => '\x33', p_signature => '\x34', p_wrapped_secret => '\x35')$$), 'ok', 'a new password and key');
select is((select key_version || ' ' || needs_factor from account.login_check(p_login => 'wang', p_verifier => '\x32')), '2 false', 'version 2, second factor off');
select is((select count(*) from core.case_seal where recipient = :wang), 0::bigint, 'seals to the lost key have gone, the case waits for a coordinator');
select is((select assignee from core.case_file where id = :'case_id'), :wang, 'and stays with its volunteer');

-- People
select is(t.answer($$select account.people(p_session => t.b('volunteer'))$$), 'UD003', 'coordinators see people');
select is((select open_cases from account.people(p_session => t.b('lead')) where login = 'wang'), 1::bigint, 'with their open cases');
select is((select role from account.person(p_session => t.b('lead'), p_user => :wang)), 'volunteer', 'one person');
select is(t.answer($$select account.person(p_session => t.b('lead'), p_user => t.id('nobody'))$$), 'UD002', 'no such person');
create function t.update(p_user uuid, p_role text, p_state text, p_ok boolean default false, p_version bigint default null) returns text language sql as $$
    select t.answer(format('select account.person_update(p_session => t.b(''lead''), p_user => %L, p_version => %L, p_role => %L, p_state => %L, p_trainee => false, p_weekly_hours => 4, p_open_cases_ok => %L)',
        p_user, coalesce(p_version, (select version from core.app_user where id = p_user)), p_role, p_state, p_ok))
$$;
select is(t.update(:wang, 'volunteer', 'active', p_version => 0), 'UD020', 'changed meanwhile');
select is(t.update(:wang, 'volunteer', 'disabled'), 'UD030 state:account.people.error.open_cases', 'open cases are named first');
select is(t.update(:wang, 'volunteer', 'disabled', true), 'ok', 'disabled');
select is((select assignee from core.case_file where id = :'case_id'), null, 'the case goes back');
select is((select count(*) from account.login_check(p_login => 'wang', p_verifier => '\x32')), 0::bigint, 'the password opens nothing any more');
select t.update(t.id('first'), 'volunteer', 'active') \gset
select is(t.update(:chen, 'volunteer', 'active'), 'UD043', 'the last coordinator stays');

-- Own profile, leave, conflicts
select t.session(:lina) as lina_session \gset
select account.profile_update(p_session => :'lina_session', p_version => 1, p_display_name => '李娜', p_lang => 'en', p_weekly_hours => 9, p_skills => '{GAME_CARD,NONSENSE}') \gset
select is((select display_name || ' ' || weekly_hours || ' ' || skills::text from account.profile(p_session => :'lina_session')), '李娜 9 {GAME_CARD}', 'own profile, known skills only');
select is(t.answer(format($$select account.profile_update(p_session => %L, p_version => 1, p_display_name => 'x', p_lang => 'en', p_weekly_hours => 9, p_skills => '{}')$$, :'lina_session')),
    'UD020', 'changed meanwhile');
select is(t.answer(format($$select account.leave_add(p_session => %L, p_from => '2026-12-02', p_to => '2026-12-01')$$, :'lina_session')), 'UD030 to_day:account.leave.error.order', 'order of days');
select account.leave_add(p_session => :'lina_session', p_from => '2026-12-01', p_to => '2026-12-05') \gset
select is((select to_day from account.leave_list(p_session => :'lina_session')), '2026-12-05'::date, 'own leave');
select account.leave_remove(p_session => :'lina_session', p_from => '2026-12-01') \gset
select is((select count(*) from account.leave_list(p_session => :'lina_session')), 0::bigint, 'taken back');
select is(t.answer(format($$select account.conflict_add(p_session => %L, p_platform => 'nowhere')$$, :'lina_session')), 'UD030 platform:account.conflict.error.unknown', 'unknown platform');
select account.conflict_add(p_session => :'lina_session', p_platform => ' 星云 卡盟') \gset
select is((select name from account.conflict_list(p_session => :'lina_session')), '星云卡盟', 'a declared conflict');
select finish();
rollback;
