-- desk: opening a case with the one seal that the person may open, keys that wait, and what the opened case shows.
\ir support.psql
select plan(41);
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
insert into core.group_key (id, kind, version, public_key, signature) values (t.id('g'), 'group', 1, '\x01', '\x02'), (t.id('p'), 'pool', 1, '\x03', '\x04');
insert into core.group_member (kind, version, app_user, seal, sealed_at) values ('group', 1, :chen, '\x31', core.now()), ('pool', 1, :chen, '\x32', core.now());
insert into core.group_member (kind, version, app_user) values ('pool', 1, :lina);
select t.session(:wang) as wang_session, t.session(:lina) as lina_session, t.session(:chen) as chen_session, t.session(t.id('zhao')) as zhao_session \gset
select t.submitted() as case_id \gset
select case_no as no from core.case_file \gset

select is(desk.clock_offset(), engine.clock_offset_us(), 'the clock that C adds');
select ok((select count(*) > 100 from desk.vocabulary()), 'codes with labels');
select is((select login || ' ' || role from desk.session_check(p_session => :'wang_session')), 'wang volunteer', 'who carries the session');
select is(desk.case_id_of(p_session => :'wang_session', p_case_no => lower(:'no')), :'case_id', 'a case by its number');
select is(t.answer(format('select desk.case_id_of(p_session => %L, p_case_no => %L)', :'lina_session', :'no')), 'UD002', 'somebody else''s');
select is(t.answer(format('select desk.case_id_of(p_session => %L, p_case_no => ''AD26-000000'')', :'lina_session')), 'UD002', 'and none are answered alike');
select is((select recipient_kind || ' ' || seal || ' ' || waiting from desk.case_open(p_session => :'wang_session', p_case_no => :'no')), 'user \x01 false', 'the volunteer''s own seal');
select is((select recipient_kind || ' ' || group_seal || ' ' || waiting from desk.case_open(p_session => :'chen_session', p_case_no => :'no')), 'group \x31 false',
    'coordinators open with the group key');
select is((select count(*) from core.event where type = 'opened'), 2::bigint, 'each opening is noted');
update ref.service_limit set n = 1 where code = 'openings_hour';
select t.submitted(2) as second \gset
select is(t.answer(format('select desk.case_open(p_session => %L, p_case_no => %L)', :'wang_session', (select case_no from core.case_file where id = :'second'))), 'UD042',
    'a stolen session cannot empty the desk');
select t.session(:wang) as wang_again \gset
select is(t.answer(format('select desk.case_open(p_session => %L, p_case_no => %L)', :'wang_again', (select case_no from core.case_file where id = :'second'))), 'UD042',
    'nor can a new session of the same person');
select is(t.answer(format('select desk.claim_offer(p_session => %L)', :'wang_again')), 'UD042', 'nor by taking cases from the pool');
select is(t.answer(format('select desk.case_open(p_session => %L, p_case_no => %L)', :'wang_again', :'no')), 'ok', 'what was open already stays open there');
select is(t.answer(format('select desk.case_open(p_session => %L, p_case_no => %L)', :'wang_session', :'no')), 'ok', 'the same case again is no new one');

-- Keys that wait
select is(t.answer(format('select desk.waiting_seals(p_session => %L)', :'wang_session')), 'UD003', 'coordinators settle them');
select is((select array_agg(kind || ' ' || app_user) from desk.waiting_seals(p_session => :'chen_session')), array['pool ' || :lina], 'a member waits for the pool key');
select is((select count(*) from desk.group_secret(p_session => :'lina_session', p_kind => 'pool')), 0::bigint, 'who waits has none');
select desk.member_sealed(p_session => :'chen_session', p_kind => 'pool', p_user => :lina, p_user_version => 1, p_seal => '\x55') \gset
select is((select seal from desk.group_secret(p_session => :'lina_session', p_kind => 'pool')), '\x55'::bytea, 'sealed');
select is((select count(*) from desk.group_secret(p_session => :'lina_session', p_kind => 'group')), 0::bigint, 'the group key is not for volunteers');
select desk.member_sealed(p_session => :'chen_session', p_kind => 'pool', p_user => :lina, p_user_version => 1, p_seal => '\x56') \gset
select is((select seal from desk.group_secret(p_session => :'lina_session', p_kind => 'pool')), '\x55'::bytea, 'the first one stays');
delete from core.case_seal where recipient_kind = 'user' and case_id = :'case_id';
select is((select kind || ' ' || app_user from desk.waiting_seals(p_session => :'chen_session')), 'user ' || :wang, 'an assigned case without a seal');
select desk.case_sealed(p_session => :'chen_session', p_case => :'case_id', p_kind => 'user', p_user => :lina, p_key_version => 1, p_seal => '\x57') \gset
select is((select count(*) from core.case_seal where recipient = :lina), 0::bigint, 'only for its present assignee');
select desk.case_sealed(p_session => :'chen_session', p_case => :'case_id', p_kind => 'user', p_user => :wang, p_key_version => 1, p_seal => '\x58') \gset
select is((select count(*) from desk.waiting_seals(p_session => :'chen_session')), 0::bigint, 'nothing waits any more');

-- What the case shows
select desk.message_add(p_session => :'wang_session', p_case => :'case_id', p_id => t.id('m'), p_body => '\x01') \gset
select desk.note_add(p_session => :'wang_session', p_case => :'case_id', p_id => t.id('n'), p_body => '\x02') \gset
select is((select array_agg(distinct k || t.kind) from unnest(array['message', 'note']) k, desk.talk(p_session => :'wang_session', p_case => :'case_id', p_kind => k) t), '{messagemessage,notenote}', 'messages and notes, each by itself');
select is((select body_sealed::text || ' ' || mine from desk.note_get(p_session => :'wang_session', p_case => :'case_id', p_note => t.id('n'))), '\x02 true', 'one note');
select is(t.answer(format('select desk.note_get(p_session => %L, p_case => %L, p_note => gen_random_uuid())', :'wang_session', :'case_id')), 'UD002', 'no such note');
select ok((select bool_or(type = 'note_added') and bool_or(type = 'message_added') from desk.timeline(p_session => :'wang_session', p_case => :'case_id')), 'what happened');
select ok((select count(*) > 0 and bool_and(why is not null) from desk.clocks(p_session => :'wang_session', p_case => :'case_id')), 'deadlines with their reasons');
select is((select name from desk.platform_get(p_session => :'wang_session', p_case => :'case_id')), '星云卡盟', 'the platform''s row');
select ok((select 'volunteer_assigned' <> all (failing) from desk.steps(p_session => :'wang_session', p_case => :'case_id') where event = 'start_review'), 'steps with what still refuses');
insert into core.demand (id, case_id, kind, amount_fen, text_sealed) values (t.id('d'), :'case_id', 'REFUND', 1, '\x08');
select is((select text_sealed from desk.demand_texts(p_session => :'wang_session', p_case => :'case_id')), '\x08'::bytea, 'words of the demands');
select ok((select count(*) >= 4 from desk.wording_lists(p_session => :'wang_session')), 'wording lists in force');
select is(t.answer(format('select desk.wording_lists(p_session => %L)', :'zhao_session')), 'UD003', 'not for regulators');
select is((select count(*) from desk.overdue_people(p_session => :'chen_session')), 0::bigint, 'nobody is late');
select t.at('2026-11-26 10:00+08') \gset
select t.session(:chen) as chen_session, t.session(:wang) as wang_session \gset
select is((select name || ' ' || overdue from desk.overdue_people(p_session => :'chen_session')), 'wang 2', 'overdue cases by person');

-- Giving back, the review lane
select is(t.answer(format('select desk.case_return(p_session => %L, p_case => %L, p_version => 0, p_pool_version => 1, p_pool_seal => ''\x01'', p_note => null)', :'wang_session', :'case_id')), 'UD020', 'an old page');
select is(t.answer(format('select desk.case_return(p_session => %L, p_case => %L, p_version => %s, p_pool_version => 1, p_pool_seal => ''\x01'', p_note => null)', :'wang_session', :'case_id',
    (select version from core.case_file where id = :'case_id'))), 'ok', 'given back');
select is((select array_agg(recipient_kind order by recipient_kind) from core.case_seal where case_id = :'case_id'), '{code,group,pool}', 'the own seal goes, the pool''s is there');
select is(t.answer(format('select desk.release(p_session => %L, p_case => %L, p_version => %s)', :'chen_session', :'case_id', (select version from core.case_file where id = :'case_id'))), 'UD025',
    'only what waits in the lane is released');
update core.case_file set lane = 'queue' where id = :'case_id';
select is(desk.release(p_session => :'chen_session', p_case => :'case_id', p_version => (select version from core.case_file where id = :'case_id')), true, 'released: somebody gets it');
select is((select lane || ' ' || (assignee <> :wang) from core.case_file where id = :'case_id'), 'auto true', 'not who gave it back');
select finish();
rollback;
