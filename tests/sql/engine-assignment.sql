-- Who gets a case and why (FEATURES.md 30, SECURITY.md §3.4).
\ir support.psql
select plan(27);
create function t.pick() returns text language sql as $$
    select coalesce((select u.login from core.app_user u where u.id = p.app_user), 'nobody') from engine.assign_pick(p_case => t.id('case')) p
$$;
create function t.why(p_login text) returns text language sql as $$
    select concat_ws(' ', c ->> 'place', c ->> 'weight', c ->> 'ratio_milli', c -> 'excluded')
    from engine.assign_pick(p_case => t.id('case')) p, jsonb_array_elements(p.reason -> 'candidates') c where c ->> 'name' = p_login
$$;
select t.draft() \gset
select is(t.pick(), (select login from core.app_user where role = 'volunteer' order by id limit 1), 'with nothing else to tell them apart the id decides');
update core.app_user set last_assigned_at = '2026-11-01' where login = 'wang';
select is(t.pick(), 'lina', 'who never had a case comes first');
update core.app_user set last_assigned_at = '2026-11-02' where login = 'lina';
select is(t.pick(), 'wang', 'then who waited longest');
select t.submitted(2) \gset
select is(t.pick(), 'lina', 'the lowest open weight comes before that');
select is(t.why('wang') || ', ' || t.why('lina'), '2 3 750 [], 1 0 0 []', 'the reason shows the numbers of everybody');
update core.app_user set weekly_hours = 40 where login = 'wang';
update core.case_file set assignee = t.id('lina') where id = t.id('case', 2);
select is(t.pick(), 'wang', 'weight is divided by weekly hours');
select engine.assignment_close(p_case => t.id('case', 2), p_reason => 'reassigned', p_actor_kind => 'user') \gset
update core.case_file set assignee = null where id = t.id('case', 2);
insert into core.user_skill values (:wang, 'PHONE_CREDIT');
select is(t.pick() || ' ' || t.why('wang'), 'lina 0 0 ["skill"]', 'skill: other product types only');
update core.user_skill set product_type = 'GAME_CARD';
update core.app_user set last_assigned_at = null where login = 'wang';
select is(t.pick(), 'wang', 'skill: this product type');
insert into core.user_leave values (:wang, '2026-11-16', '2026-11-20');
select is(t.pick() || ' ' || t.why('wang'), 'lina 0 0 ["leave"]', 'leave: the last day counts');
update core.user_leave set to_day = '2026-11-19';
select is(t.pick(), 'wang', 'back from leave');
insert into core.user_conflict values (:wang, t.id('星云卡盟'));
select is(t.pick() || ' ' || t.why('wang'), 'lina 0 0 ["conflict"]', 'conflict of interest');
update core.app_user set recovering = true where login = 'lina';
select is(t.pick() || ' ' || t.why('lina'), 'nobody 0 0 ["key"]', 'nobody is free: the case waits in the pool');
update core.app_user set recovering = false, state = 'disabled' where login = 'lina';
select is(t.pick() || coalesce(t.why('lina'), ''), 'nobody', 'disabled people are not candidates');
update core.app_user set state = 'active' where login = 'lina';
delete from core.user_conflict;
select is(t.why('chen'), null, 'coordinators get no cases by themselves');
select ok((select p.reason from engine.assign_pick(p_case => t.id('case')) p) = (select p.reason from engine.assign_pick(p_case => t.id('case')) p), 'the same state gives the same choice');

-- From beginning to end
select t.submitted(3) as case_id \gset
select is((select count(*) from core.case_seal where case_id = :'case_id' and recipient_kind = 'pool'), 1::bigint, 'until somebody accepts the pool can open the case');
select throws_ok(format($$select engine.assignment_open(p_case => %L, p_user => t.id('lina'), p_how => 'coordinator', p_reason => '{}', p_actor_kind => 'user')$$, :'case_id'), 'UD024', null, 'one person at a time');
select throws_ok(format($$select engine.assignment_accept(p_case => %L, p_user => t.id('lina'))$$, :'case_id'), 'UD002', null, 'nobody accepts for somebody else');
update core.case_seal set recipient = t.id('lina') where case_id = :'case_id' and recipient_kind = 'user';
select throws_ok(format($$select engine.assignment_accept(p_case => %L, p_user => t.id('wang'))$$, :'case_id'), 'UD041', null, 'without the key nobody accepts');
update core.case_seal set recipient = t.id('wang') where case_id = :'case_id' and recipient_kind = 'user';
select engine.assignment_accept(p_case => :'case_id', p_user => :wang) \gset
select throws_ok(format($$select engine.assignment_accept(p_case => %L, p_user => t.id('wang'))$$, :'case_id'), 'UD025', null, 'once');
select is((select array_agg(recipient_kind order by recipient_kind) from core.case_seal where case_id = :'case_id'), '{code,group,user}', 'accepted: the pool seal is gone');
select engine.assignment_close(p_case => :'case_id', p_reason => 'returned', p_actor_kind => 'user', p_actor => :wang, p_note => '\x01') \gset
select is((select array_agg(recipient_kind order by recipient_kind) from core.case_seal where case_id = :'case_id'), '{code,group}', 'given back: so is the volunteer''s');
select is((select end_reason || ' ' || (end_note_sealed is not null) from core.assignment where case_id = :'case_id'), 'returned true', 'with the reason');
select is((select p.reason -> 'candidates' @> '[{"name": "wang", "excluded": ["earlier"]}]' from engine.assign_pick(p_case => :'case_id') p), true, 'who gave it back is not chosen again');
insert into core.user_conflict values (t.id('lina'), t.id('星云卡盟'));
select throws_ok(format($$select engine.assignment_open(p_case => %L, p_user => t.id('lina'), p_how => 'coordinator', p_reason => '{}', p_actor_kind => 'user')$$, :'case_id'), 'UD040', null, 'nobody is assigned against a conflict');
delete from core.user_conflict;
select engine.assignment_open(p_case => :'case_id', p_user => t.id('lina'), p_how => 'claim', p_reason => '{}', p_actor_kind => 'user') \gset
select is((select accepted_at is not null from core.case_file where id = :'case_id'), true, 'who claims a case has accepted it');
select results_eq(format($$select type || ' ' || coalesce(after ->> 'how', after ->> 'reason', '') from core.event where case_id = %L and type like '%%assign%%' order by id$$, :'case_id'),
    array['assigned auto', 'assignment_accepted ', 'unassigned returned', 'assigned claim'], 'every hand the case went through is an event');

select finish();
rollback;
