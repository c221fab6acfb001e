-- intake's own functions: a draft and its limits, consents, resume code, recipients, submission, receipt (DESIGN.md §8, SECURITY.md §3.4).
\ir support.psql
select plan(49);
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
create function t.look(p_name text) returns bytea language sql immutable as $$ select sha256(convert_to(p_name, 'UTF8')) $$;
create function t.create_draft(p_name text, p_network text default 'net') returns text language sql as $$
    select t.answer(format('select intake.draft_create(p_draft => %L, p_case => %L, p_box => ''\x01'', p_key_check => ''\x02'', p_lang => ''zh-CN'', p_network => %L)',
        t.look(p_name), md5(p_name)::uuid, p_network))
$$;
create function t.platform_step(p_name text, p_product text default 'game_card', p_hash text default null, p_network text default 'net')
returns text language plpgsql as $$
declare
    v_known boolean;
    v_detail text;
begin
    select s.maybe_known into v_known
    from intake.save_platform(p_draft => t.look(p_name), p_platform => '星云卡盟', p_link => null, p_product => p_product, p_order_no => '\x01',
        p_pay_method => null, p_payment_no => null, p_hash_kinds => case when p_hash is null then '{}' else array['order'] end,
        p_hashes => case when p_hash is null then '{}'::bytea[] else array[t.look(p_hash)] end, p_network => p_network) s;
    return v_known;
exception when others then
    get stacked diagnostics v_detail = pg_exception_detail;
    return concat_ws(' ', sqlstate, nullif(v_detail, ''));
end
$$;
create function t.story_step(p_name text, p_problem text default 'key_bad', p_wanted text[] default '{refund}') returns text language sql as $$
    select t.answer(format('select intake.save_story(p_draft => %L, p_problem => %L, p_paid_on => null, p_amount_fen => 17600, p_story => ''\x01'', p_wanted => %L, p_wanted_other => null)',
        t.look(p_name), p_problem, p_wanted))
$$;
create function t.contact_step(p_name text, p_who text default 'self', p_band text default null, p_way text default 'none', p_consents text[] default '{}')
returns text language sql as $$
    select t.answer(format('select intake.save_contact(p_draft => %L, p_who => %L, p_guardian => null, p_age_band => %L, p_contact_way => %L, p_contact => null, p_contact_hash => null, p_call_name => null, p_safe => ''{}'', p_mail => null, p_hours => null, p_purpose => null, p_consents => %L)',
        t.look(p_name), p_who, p_band, p_way, p_consents))
$$;
-- p_user: the volunteer that the caller sealed to; group and pool versions as given.
create function t.submit(p_name text, p_user uuid default null, p_lane text default 'auto', p_group bigint default 1, p_identity boolean default true)
returns text language plpgsql as $$
declare
    v_no text;
    v_repeated boolean;
    v_detail text;
begin
    select s.case_no, s.repeated into v_no, v_repeated
    from intake.submit(p_draft => t.look(p_name), p_lang => 'zh-CN', p_network => 'net', p_lane => p_lane, p_agreed_identity => p_identity,
        p_agreed_sensitive => false, p_user => p_user, p_user_version => case when p_user is null then null else 1 end,
        p_user_seal => case when p_user is null then null else '\x01'::bytea end, p_group_version => p_group, p_group_seal => '\x01',
        p_pool_version => 1, p_pool_seal => '\x01', p_code_lookup => t.look('code ' || p_name), p_code_public => '\x01', p_code_seal => '\x01') s;
    return case when v_repeated then 'again' else 'new' end || case when v_no ~ '^AD\d{2}-\d{6}$' then '' else ' no number' end;
exception when others then
    get stacked diagnostics v_detail = pg_exception_detail;
    return concat_ws(' ', sqlstate, nullif(v_detail, ''));
end
$$;
insert into core.group_key (id, kind, version, public_key, signature)
values (t.id('group'), 'group', 1, '\x01', '\x02'), (t.id('pool'), 'pool', 1, '\x01', '\x02');

-- A draft.
select is(t.create_draft('a'), 'ok', 'a draft begins');
select is((select step || ' ' || read_only || ' ' || (case_no is null) || ' ' || quick from intake.draft_get(p_draft => t.look('a'))), '0 false true true',
          'it is empty, may be written, has no number, and is young');
select is(t.answer(format('select * from intake.draft_get(p_draft => %L)', t.look('nobody'))), 'UD005', 'an unknown cookie opens nothing');
select is((select count(*) from core.draft_box b where b.cookie_lookup = t.look('a')), 0::bigint, 'the look-up value itself is stored nowhere');
update ref.service_limit set n = 1 where code = 'draft_network_hour';
select is(left(t.create_draft('b'), 5), 'UD010', 'drafts of one network are counted');
select is(t.create_draft('b', 'other net'), 'ok', 'another network is not slowed by it');
update ref.service_limit set n = 1000 where code = 'draft_network_hour';

-- Step 1.
select is(t.platform_step('a', 'nonsense'), 'UD031 product', 'a choice that is not in force');
select is(t.platform_step('a', p_hash => 'order 1'), 'false', 'a number nobody has sent yet');
select is(t.platform_step('b', p_hash => 'order 1'), 'false', 'a draft of a stranger is no submitted case');
select is((select step from intake.draft_get(p_draft => t.look('a'))), 1::bigint, 'step 1 is saved');
-- Step 2.
select is(t.story_step('a', 'nonsense'), 'UD031 problem', 'unknown problem');
select is(t.story_step('a', p_wanted => '{refund,nonsense}'), 'UD031 wanted', 'unknown wish');
select is(t.story_step('a'), 'ok', 'step 2 is saved');
select is(t.answer(format('select intake.evidence_done(p_draft => %L)', t.look('a'))), 'ok', 'step 3 is passed');
-- Step 4.
select is(t.contact_step('a', 'nonsense'), 'UD031 who', 'unknown role');
select is(t.contact_step('a', p_way => 'pigeon'), 'UD031 contact_way', 'unknown way of contact');
select is(t.contact_step('a', p_band => '99'), 'UD031 age_band', 'unknown age');
select is(t.contact_step('a', p_consents => '{STATISTICS,SHARE_PLATFORM,HANDLE_CASE,SHARE_REGULATOR}'), 'ok', 'step 4 is saved');
select is((select consents from intake.draft_get(p_draft => t.look('a'))), '{SHARE_PLATFORM,STATISTICS}', 'only consents that this page asks for count');
select is(t.contact_step('a', p_consents => '{STATISTICS}'), 'ok', 'and again');
select is((select consents from intake.draft_get(p_draft => t.look('a'))), '{STATISTICS}', 'a tick taken away is gone');
select is((select count(*) from core.consent k where k.case_id = md5('a')::uuid and k.text_version is null), 0::bigint, 'each with its text version');

-- Resume code.
select is(t.answer(format('select intake.resume_set(p_draft => %L, p_resume => %L, p_box => ''\x05'')', t.look('b'), t.look('resume b'))), 'ok', 'a resume code is set');
select is((select box from intake.resume_look(p_resume => t.look('resume b'), p_network => 'net')), '\x05'::bytea, 'it finds the box');
select is((select count(*) from intake.resume_look(p_resume => t.look('resume c'), p_network => 'net')), 0::bigint, 'another does not');
select is(t.answer(format('select intake.resume_take(p_resume => %L, p_draft => %L, p_box => ''\x06'')', t.look('resume b'), t.look('b2'))), 'ok', 'it goes on in another browser');
select is(t.answer(format('select * from intake.draft_get(p_draft => %L)', t.look('b'))), 'UD005', 'the cookie before has ended');
update ref.service_limit set n = 2 where code = 'code_network_hour';
select is(left(t.answer('select intake.resume_wait(p_network => ''net'')'), 5), 'UD010', 'tries with codes are counted by network');
select is(t.answer(format('select intake.draft_discard(p_draft => %L)', t.look('b2'))), 'ok', 'a draft is given up');
select is((select count(*) from intake.resume_look(p_resume => t.look('resume b'), p_network => 'x')), 0::bigint, 'its resume code opens nothing any more');

-- Submission.
select t.person('zhou') \gset
select is((select string_agg(r.kind, ' ' order by r.kind) from intake.recipients(p_draft => t.look('a')) r), 'group pool user', 'whom to seal to');
select is(t.submit('a', null), 'UD023', 'another choice than the caller sealed to: seal again');
select is(t.submit('a', t.id('zhou'), p_group => 2), 'UD023', 'an old group key: seal again');
select is(t.submit('a', t.id('zhou'), p_identity => false), 'UD022 ir46_minimum', 'without the promise of real identity it is refused');
select is((select count(*) from core.case_seal s where s.case_id = md5('a')::uuid), 0::bigint, 'a refused submission leaves no seal');
select t.person('sun') \gset
update core.app_user set last_assigned_at = core.now() where id = t.id('zhou');
select isnt((select app_user from engine.assign_pick(p_case => md5('a')::uuid)), t.id('zhou'), 'meanwhile another choice would be made');
select is(t.submit('a', t.id('zhou')), 'new', 'submitted, to the one who was chosen when it was sealed');
update core.app_user set state = 'disabled' where id = t.id('sun');
select is(t.submit('a', t.id('zhou')), 'again', 'a repeat gives the same number');
select is((select string_agg(s.recipient_kind, ' ' order by s.recipient_kind) from core.case_seal s where s.case_id = md5('a')::uuid), 'code group pool user', 'seals');
select is((select string_agg(k.kind, ' ' order by k.kind) from core.consent k where k.case_id = md5('a')::uuid), 'HANDLE_CASE STATISTICS', 'consents');
select is((select c.lane || ' ' || (c.assignee = t.id('zhou')) || ' ' || c.product_type || ' ' || c.problem_type from core.case_file c where c.id = md5('a')::uuid),
          'auto true GAME_CARD KEY_INVALID', 'assigned at once, with provisional codes');
select is(t.story_step('a'), 'UD025', 'a sent form is not changed');
select t.create_draft('d', 'net d') \gset
select is(t.platform_step('d', p_hash => 'order 1', p_network => 'net d'), 'true', 'now its number is known to others, and nothing more');
update ref.service_limit set n = 1 where code = 'duplicate_network_hour';
select is(left(t.platform_step('d', p_hash => 'order 2', p_network => 'net d'), 5), 'UD010', 'asking whether numbers are known is limited');
select t.story_step('d') as s, t.contact_step('d') as c \gset
update ref.service_limit set n = 1 where code = 'submit_network_hour';
select is(left(t.submit('d', t.id('zhou')), 5), 'UD010', 'submissions of one network are counted');
select is(t.submit('d', null, 'queue'), 'new', 'the review lane takes it all the same');
select is((select coalesce(c.assignee::text, 'nobody') || ' ' || c.lane from core.case_file c where c.id = md5('d')::uuid), 'nobody queue', 'and gives it to nobody');

-- Receipt.
select is((select (r.case_no is not null) || ' ' || r.assigned || ' ' || (jsonb_array_length(r.clocks) > 0) from intake.receipt(p_draft => t.look('a')) r),
          'true true true', 'the receipt has number, assignment and dates');
select intake.code_saved(p_draft => t.look('a')) \gset
select is(t.answer(format('select * from intake.receipt(p_draft => %L)', t.look('a'))), 'UD005', 'after the code was saved it is shown no more');
select finish();
rollback;
