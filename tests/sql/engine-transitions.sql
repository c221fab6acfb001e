-- The state machines are closed: what reference/transitions.json lists is known, everything else is refused with UD021.
\ir support.psql
select plan(9);

create function t.all_refused(p_machine text, p_states text, p_events text, p_id uuid) returns setof text language plpgsql as $$
declare
    v_from text;
    v_event text;
    v_to text;
    v_detail text;
begin
    for v_from in select code from ref.enumeration where enumeration = p_states loop
        case p_machine
            when 'case' then update core.case_file set status = v_from where id = p_id;
            when 'filing' then update core.filing set status = v_from where id = p_id;
            else update core.settlement set state = v_from where id = p_id;
        end case;
        for v_event, v_to in
            select e.code, s.code from ref.enumeration e, ref.enumeration s where e.enumeration = p_events and s.enumeration = p_states
            except
            select t.event, t.to_state from ref.transition t where t.machine = p_machine and t.from_state = v_from
        loop
            begin
                perform t.move(p_machine, p_id, v_event, v_to);
                return next concat_ws(' ', p_machine, v_from, v_event, v_to, 'was allowed');
            exception when others or assert_failure then
                get stacked diagnostics v_detail = pg_exception_detail;
                if sqlstate <> 'UD021' or v_detail <> concat_ws(':', p_machine, v_from, v_event) then
                    return next concat_ws(' ', p_machine, v_from, v_event, v_to, sqlstate, sqlerrm, v_detail);
                end if;
            end;
        end loop;
    end loop;
end
$$;

select t.in_progress() as case_id \gset
select id as filing from core.filing where case_id = :'case_id' \gset
select t.negotiated(:'case_id') as settlement \gset

select is_empty($$select t.all_refused('case', 'case_status', 'case_event', t.id('case'))$$, 'every case step that is not listed is refused');
select is_empty(format($$select t.all_refused('filing', 'filing_status', 'filing_event', %L)$$, :'filing'),
    'every filing step that is not listed is refused');
select is_empty(format($$select t.all_refused('settlement', 'settlement_state', 'settlement_event', %L)$$, :'settlement'),
    'every settlement step that is not listed is refused');

-- Every listed step is known: with nothing prepared it passes or a guard refuses it, and no guard or effect is unknown.
create function t.listed_answers() returns table (id text, answer text) language plpgsql as $$
declare
    v_row ref.transition;
    v_id uuid;
begin
    for v_row in select r.* from ref.transition r loop
        v_id := case v_row.machine when 'case' then t.id('case') when 'filing' then (select f.id from core.filing f limit 1)
                                   else (select s.id from core.settlement s limit 1) end;
        id := v_row.id;
        answer := t.try(v_row.machine, v_id, v_row.event, v_row.to_state, p_before => case v_row.machine
            when 'case' then format('update core.case_file set status = %L where id = %L', v_row.from_state, v_id)
            when 'filing' then format('update core.filing set status = %L where id = %L', v_row.from_state, v_id)
            else format('update core.settlement set state = %L where id = %L', v_row.from_state, v_id) end);
        return next;
    end loop;
end
$$;
select is_empty($$select id || ': ' || answer from t.listed_answers() where answer <> 'ok' and answer not like 'UD022 %' and answer <> 'P0004 effect is not stored: seal_case_key'$$,
    'every listed step passes or is refused by a guard');
select is((select count(*) from ref.transition), 81::bigint + 1 + 60 + 27, 'all rows of the reference are loaded, and the one override row');
select is_empty($$
    select distinct r.machine, g.code
    from ref.transition r, unnest(r.guards) g (code)
    where g.code not like 'previous\_state\_is\_%'
      and (select p.prosrc from pg_proc p where p.oid = format('engine.%s_guard', r.machine)::regproc) not like '%when ''' || g.code || '''%'$$,
    'every guard of a machine has its branch');
select is_empty($$
    select distinct r.machine, e.code
    from ref.transition r, unnest(r.effects) e (code)
    where (select p.prosrc from pg_proc p where p.oid = format('engine.%s_effect', r.machine)::regproc) not like '%''' || e.code || '''%'$$,
    'every effect of a machine has its branch');
select is(t.try('case', :'case_id', 'breach', null, p_before => $$update core.case_file set status = 'SETTLED_PENDING'$$), 'UD021 case:SETTLED_PENDING:breach',
    'where an event has two targets the caller names one');
update ref.transition set valid_to = engine.today() - 1 where id = 'C-016';
update core.case_file set status = 'IN_PROGRESS';
select is(t.try('case', :'case_id', 'offer'), 'UD021 case:IN_PROGRESS:offer', 'a row that has ended is not listed any more');

select finish();
rollback;
