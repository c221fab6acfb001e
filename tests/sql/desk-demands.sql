-- Demands: what may be stored, who may, and what the rules say about them.
\ir support.psql
select plan(22);
create temp table s as
select u.login, t.session(u.id) as sid, u.id from core.app_user u where u.login in ('wang', 'lina', 'chen');
create function t.s(p_login text) returns bytea language sql as $$ select s.sid from s where s.login = p_login $$;
create function t.save(p_id uuid, p_version bigint, p_kind text, p_fen bigint, p_quantity bigint, p_day date, p_instead uuid default null,
                       p_case int default 1) returns bigint language sql as $$
    select desk.demand_save(p_session => t.s('wang'), p_case => t.id('case', p_case), p_id => p_id, p_version => p_version, p_kind => p_kind,
        p_amount_fen => p_fen, p_quantity => p_quantity, p_unit => null, p_basis => null, p_by_day => p_day, p_text => '\x01',
        p_alternative_to => p_instead)
$$;
select t.prepared(1), t.submitted(2) \gset
delete from core.demand where case_id = t.id('case', 1);
create temp table v as select version from core.case_file where id = t.id('case', 1);

select is(t.save(t.id('a'), 0, 'REFUND', 17600, null, engine.today() + 5), 1::bigint, 'a demand is added');
select is((select version from core.case_file where id = t.id('case', 1)), (select version + 1 from v), 'an open checklist is out of date now');
select is((select row(kind, amount_fen, specific)::text from desk.demands(t.s('wang'), t.id('case', 1))), row('REFUND', 17600, true)::text, 'and listed');
select is((select row(kind, amount_fen)::text from desk.demands(t.s('chen'), t.id('case', 1))), row('REFUND', 17600)::text, 'for a coordinator too');
select throws_ok(format('select * from desk.demands(%L, %L)', t.s('lina'), t.id('case', 1)), 'UD002', null, 'not for anybody else');
select throws_ok(format('select * from desk.demand_sums(%L, %L)', t.s('lina'), t.id('case', 1)), 'UD002', null, 'nor the sums');
select is((select row(paid_fen, refund_fen, frozen, changed)::text from desk.demand_sums(t.s('wang'), t.id('case', 1))),
          row(17600, 17600, false, false)::text, 'sums of what was paid and is asked back');
select throws_ok($$select t.save(t.id('x'), 0, 'MONEY', 1, null, engine.today())$$, 'UD031', null, 'an unknown kind');
select lives_ok($$select t.save(t.id('b'), 0, 'REPLACE', null, 2, engine.today() + 5, t.id('a'))$$, 'an alternative to it');
select throws_ok($$select t.save(t.id('c'), 0, 'REDELIVER', null, 2, engine.today() + 5, t.id('b'))$$, 'UD030', null, 'not to an alternative');
select throws_ok($$select t.save(t.id('c'), 0, 'REDELIVER', null, 2, engine.today() + 5, t.id('nothing'))$$, 'UD030', null, 'nor to what is not there');
select throws_ok($$select t.save(t.id('a'), 1, 'REFUND', 17600, null, engine.today() + 5, t.id('a'))$$, 'UD030', null, 'nor to itself');
select is(t.save(t.id('a'), 1, 'REFUND', 20000, null, engine.today() + 6), 2::bigint, 'a demand is changed');
select throws_ok($$select t.save(t.id('a'), 1, 'REFUND', 1, null, engine.today() + 6)$$, 'UD020', null, 'not from an old page');
select is((select passed from desk.checks(t.s('wang'), t.id('case', 1)) where rule = 'V-DEM-03'), false, 'more than was paid is remarked');
select is((select passed from desk.checks(t.s('wang'), t.id('case', 1)) where rule = 'V-DEM-01'), true, 'a specific demand is there');
select throws_ok($$select t.save(t.id('a'), 2, 'REFUND', 1, null, engine.today() + 6, p_case => 2)$$, 'UD021', null, 'no demands before the review');
select throws_ok(format('select desk.demand_remove(%L, %L, %L, 1)', t.s('wang'), t.id('case', 1), t.id('a')), 'UD020', null, 'an old page removes nothing');
select lives_ok(format('select desk.demand_remove(%L, %L, %L, 2)', t.s('wang'), t.id('case', 1), t.id('a')), 'a demand is removed');
select is((select array_agg(id || coalesce(alternative_to::text, '')) from desk.demands(t.s('wang'), t.id('case', 1))), array[t.id('b')::text],
          'what stood instead of it stands for itself');
select throws_ok(format('select desk.demand_remove(%L, %L, %L, 3)', t.s('wang'), t.id('case', 1), t.id('a')), 'UD002', null, 'once');
select is((select array_agg(type order by id) from core.event where case_id = t.id('case', 1) and object_kind = 'demand'),
          array['demand_added', 'demand_added', 'demand_edited', 'demand_removed'], 'each leaves an event');
select * from finish();
rollback;
