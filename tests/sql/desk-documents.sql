-- Papers: what a letter is made of, its text, issuing once and for ever; bytes whose issuing failed are nobody's.
\ir support.psql
select plan(45);
create temp table s as select u.login, t.session(u.id) as sid from core.app_user u where u.login in ('wang', 'lina', 'chen');
create function t.s(p_login text) returns bytea language sql as $$ select s.sid from s where s.login = p_login $$;
select t.prepared(1), t.prepared(2) \gset
\set case 't.id(''case'', 1)'
\set other 't.id(''case'', 2)'

-- Bytes that the service stored.
create function t.bytes(p_n int, p_case uuid default t.id('case', 1), p_source text default 'service') returns uuid language sql as $$
    insert into core.file (id, case_id, file_no, state, source, bytes, segments, manifest_sealed, real_type)
    select t.id('bytes', p_n), p_case, coalesce(max(f.file_no), 0) + 1, 'stored', p_source, 1, 1, '\x01', 'application/pdf'
    from core.file f where f.case_id = p_case;
    insert into core.file_segment (file_id, segment_no, header, sealed) values (t.id('bytes', p_n), 0, '\x01', '\x02');
    select t.id('bytes', p_n)
$$;
create function t.issue(p_n int, p_file uuid, p_kind text default 'COMPLAINT_LETTER', p_login text default 'wang', p_case uuid default t.id('case', 1),
                        p_filing uuid default null, p_settlement uuid default null) returns text language sql as $$
    select format('select version from desk.document_issue(%L, %L, %L, %L, ''complaint-2026.1'', %L, ''\x01'', ''\x02'', %L, %L)',
        t.s(p_login), p_case, t.id('paper', p_n), p_kind, p_file, p_filing, p_settlement)
$$;
create function t.answer(p_sql text) returns text language plpgsql as $$
declare
    v_answer text;
begin
    execute p_sql into v_answer;
    return coalesce(v_answer, 'nothing');
exception when others then
    return sqlstate;
end
$$;

-- Issuing -----------------------------------------------------------------------------------------------------------------------
select t.bytes(1), t.bytes(2), t.bytes(3, t.id('case', 2)), t.bytes(4) \gset
select is((select count(*) from desk.documents(t.s('wang'), :case)), 0::bigint, 'no paper yet');
select is(t.answer(t.issue(1, t.id('bytes', 1), p_login => 'lina')), 'UD002', 'another''s case');
select is(t.answer(t.issue(1, t.id('bytes', 3))), 'UD002', 'bytes of another case');
select is(t.answer(t.issue(1, t.id('nothing'))), 'UD002', 'bytes that are not there');
select is(t.answer(t.issue(1, t.file(:case))), 'UD002', 'a file that people sent is no paper');
select is(t.answer(t.issue(1, t.id('bytes', 1), p_kind => 'NOVEL')), 'UD031', 'an unknown kind');
select is(t.answer(t.issue(1, t.id('bytes', 1), p_filing => t.id('filing'))), 'UD002', 'a filing of nobody');
select is(t.answer(t.issue(1, t.id('bytes', 1), p_settlement => t.id('settlement'))), 'UD002', 'a settlement of nobody');
select is(t.answer(t.issue(1, t.id('bytes', 1))), '1', 'the first version');
select is(t.answer(t.issue(1, t.id('bytes', 2))), '1', 'the same post again is the same paper');
select is((select array_agg(file_id) from core.document where case_id = :case), array[t.id('bytes', 1)], 'with the bytes of the first');
select is(t.answer(t.issue(1, t.id('bytes', 2), p_kind => 'EVIDENCE_LIST')), 'UD002', 'the same id is no other kind');
select is(t.answer(t.issue(1, t.id('bytes', 3), p_case => :other)), 'UD002', 'nor another case');
select is(t.answer(t.issue(2, t.id('bytes', 1))), 'UD002', 'bytes belong to one paper');
select is(t.answer(t.issue(2, t.id('bytes', 2))), '2', 'a change is the next version');
select is(t.answer(t.issue(3, t.id('bytes', 4), p_kind => 'EVIDENCE_LIST', p_login => 'chen')), '1', 'each kind counts for itself; a coordinator may');
select is((select array_agg(kind || version || issued_by order by kind, version) from desk.documents(t.s('wang'), :case)),
          '{COMPLAINT_LETTER1wang,COMPLAINT_LETTER2wang,EVIDENCE_LIST1chen}', 'the list, with who issued it');
select throws_ok(format('select * from desk.documents(%L, %L)', t.s('lina'), :case), 'UD002', null, 'nobody else has the list');
select is((select array_agg(after ->> 'kind' order by id) from core.event where case_id = :case and object_kind = 'document' and type = 'issued'),
          '{COMPLAINT_LETTER,COMPLAINT_LETTER,EVIDENCE_LIST}', 'one event a paper');
insert into core.track_session (id, case_id, wrapped_seed) values (sha256('\x77'), :case, '\x01');
select is((select count(*) from track.papers('\x77')), 3::bigint, 'the complainant sees them');

-- What the service stored and nobody issued ------------------------------------------------------------------------------------
select t.bytes(5) \gset
select is((select count(*) from desk.files(t.s('wang'), :case) where source = 'service'), 0::bigint, 'no list of files has what the service made');
select is((select count(*) from desk.documents(t.s('wang'), :case) where file_id = t.id('bytes', 5)), 0::bigint, 'nor the list of papers');
select is((select count(*) from track.papers('\x77') where file_id = t.id('bytes', 5)), 0::bigint, 'nor the complainant''s');
select throws_ok(format('select * from desk.file_get(%L, %L, %L)', t.s('wang'), :case, t.id('bytes', 5)), 'UD002', null, 'and no address gives it');
select lives_ok(format('select * from desk.file_get(%L, %L, %L)', t.s('wang'), :case, t.id('bytes', 1)), 'an issued one is given');
select worker.cleanup() \gset
select is((select state from core.file where id = t.id('bytes', 5)), 'stored', 'it may be about to be issued');
update core.file set uploaded_at = core.now() - interval '25 hours' where source = 'service';
select worker.cleanup() \gset
select is((select state || (select count(*) from core.file_segment where file_id = f.id) from core.file f where f.id = t.id('bytes', 5)), 'removed0', 'after a day its bytes go');
select is((select count(*) from core.file where source = 'service' and state = 'stored' and case_id = :case), 3::bigint, 'issued ones stay');
select is(t.answer(t.issue(9, t.id('bytes', 5))), 'UD002', 'and it cannot be issued any more');

-- The text that is being written ------------------------------------------------------------------------------------------------
select is((select version || coalesce(text_sealed::text, '-') from desk.letter_get(t.s('wang'), :case)), '0-', 'nothing is written yet');
select isnt((select law_register_on from desk.letter_get(t.s('wang'), :case)), null, 'the day of the law register is known');
select throws_ok(format('select * from desk.letter_get(%L, %L)', t.s('lina'), :case), 'UD002', null, 'another''s text');
select throws_ok(format('select desk.letter_save(%L, %L, 0, null, ''\x01'')', t.s('lina'), :case), 'UD002', null, 'nor may others write it');
select is(desk.letter_save(t.s('wang'), :case, 0, null, '\x01'), 1::bigint, 'the first save');
select throws_ok(format('select desk.letter_save(%L, %L, 0, null, ''\x02'')', t.s('wang'), :case), 'UD020', null, 'an old page does not overwrite it');
select throws_ok(format('select desk.letter_save(%L, %L, 1, %L, ''\x02'')', t.s('wang'), :case, t.id('filing')), 'UD002', null, 'a filing of nobody');
select t.words_checked(:other, :other, (select version from core.case_file where id = :other)) \gset
select is((select count(*) from desk.letter_filings(t.s('wang'), :case)), 0::bigint, 'no filing yet');
insert into core.filing (id, case_id, round, channel) values (t.id('filing', 1), :case, 1, 'PLATFORM_TICKET');
select is((select array_agg(channel) from desk.letter_filings(t.s('wang'), :case)), '{PLATFORM_TICKET}', 'a planned filing may have a letter');
select is(desk.letter_save(t.s('wang'), :case, 1, t.id('filing', 1), '\x02'), 2::bigint, 'written for it');
select is((select array_agg(l.filing_id::text || l.text_sealed::text) from core.letter_text l), array[t.id('filing', 1)::text || '\x02'], 'one text a case');

-- Demands and articles ----------------------------------------------------------------------------------------------------------
insert into core.demand (id, case_id, kind, quantity, unit, by_day, alternative_to) values (t.id('demand', 11), :case, 'REDELIVER', 1, '张', engine.today() + 3, t.id('demand', 1));
insert into core.demand (id, case_id, kind, by_day, removed_at) values (t.id('demand', 12), :case, 'APOLOGY', engine.today(), core.now());
select is((select array_agg(kind || alternative) from desk.letter_demands(t.s('wang'), :case)), '{REFUNDfalse,REDELIVERtrue}', 'an alternative stands after what it replaces; removed ones are gone');
select is((select array_agg(distinct valid) from desk.letter_laws(t.s('wang'), :case)), '{t}', 'articles in force');
select ok((select count(*) >= 3 and bool_and(not verified) from desk.letter_laws(t.s('wang'), :case)), 'that no lawyer has checked yet');
update ref.law_article set valid_to = engine.today() - 10, verified_on = engine.today() where id = (select id from desk.letter_laws(t.s('wang'), :case) limit 1);
select is((select row(valid, verified)::text from desk.letter_laws(t.s('wang'), :case) limit 1), row(false, true)::text, 'one that had ended on the day of payment is not valid');

-- Erasure -----------------------------------------------------------------------------------------------------------------------
select engine.content_erase(p_case => :case) \gset
select is((select count(*) from core.document where case_id = :case) + (select count(*) from core.letter_text) + (select count(*) from core.file where case_id = :case),
          0::bigint, 'erasure leaves neither paper nor text');

select finish();
rollback;
