-- Sealed files: numbers, limits, order of segments, the same file twice (SECURITY.md §5).
\ir support.psql
select plan(27);
create function t.answer(p_sql text) returns text language plpgsql as $$
declare
    v_detail text;
begin
    execute p_sql;
    return 'ok';
exception when others or assert_failure then
    get stacked diagnostics v_detail = pg_exception_detail;
    return concat_ws(' ', sqlstate, nullif(v_detail, ''));
end
$$;
create function t.begins(p_n int, p_case int default 1, p_service boolean default false, p_network text default null) returns text language sql as $$
    select t.answer(format('select engine.file_begin(p_case => %L, p_file => %L, p_network => %L, p_service => %L, p_source => ''complainant'')',
        t.id('case', p_case), t.id('file', p_n), p_network, p_service))
$$;
create function t.segment(p_n int, p_no bigint, p_sealed bytea, p_case int default 1) returns text language sql as $$
    select t.answer(format('select engine.file_segment(p_case => %L, p_file => %L, p_segment => %s, p_header => %L, p_sealed => %L)',
        t.id('case', p_case), t.id('file', p_n), p_no, decode(repeat('00', 24), 'hex'), p_sealed))
$$;
create function t.ends(p_n int, p_bytes bigint, p_segments bigint, p_same text default 'a', p_hint text default null, p_case int default 1) returns text
language sql as $$
    select t.answer(format('select engine.file_end(p_case => %L, p_file => %L, p_manifest => ''\x01'', p_bytes => %s, p_segments => %s, p_same => sha256(%L), p_kind_hint => %L, p_note => null, p_actor_kind => ''complainant'')',
        t.id('case', p_case), t.id('file', p_n), p_bytes, p_segments, p_same, p_hint))
$$;
select t.draft() \gset
select t.draft(2) \gset

-- One file in two segments: 1 MiB is four pieces of 256 KiB, each 17 bytes longer when sealed.
select is(engine.file_plain_bytes(p_sealed => decode(repeat('00', 1048644), 'hex')), 1048576::bigint, 'a full segment holds 1 MiB');
select is(engine.file_plain_bytes(p_sealed => decode(repeat('00', 262144 + 17), 'hex')), 262144::bigint, 'one piece');
select is(engine.file_plain_bytes(p_sealed => decode(repeat('00', 262144 + 17 + 18), 'hex')), 262145::bigint, 'one piece and a byte');
select is(t.begins(1), 'ok', 'begun');
select is(t.segment(1, 1, decode(repeat('00', 100), 'hex')), 'P0004', 'segments come without a gap');
select is(t.segment(1, 0, decode(repeat('00', 1048645), 'hex')), 'P0004', 'and are not longer than 1 MiB');
select is(t.segment(1, 0, decode(repeat('00', 1048644), 'hex')), 'ok', 'first segment');
select is(t.segment(1, 1, decode(repeat('01', 117), 'hex')), 'ok', 'second segment');
select is((select count(*) from engine.file_list(p_case => t.id('case'))), 0::bigint, 'a file without its manifest does not exist for others');
select is(t.ends(1, 1048575, 2), 'P0004', 'the manifest fits the segments');
select is(t.ends(1, 1048676, 2, p_hint => 'nonsense'), 'UD031 kind', 'an unknown kind');
select is(t.ends(1, 1048676, 2, p_hint => 'chat'), 'ok', 'stored');
select is(t.segment(1, 2, decode(repeat('01', 117), 'hex')), 'UD002', 'a stored file does not grow');
select is((select array_agg(length(s) order by n) from generate_series(0, 3) n, engine.file_segment_get(p_case => t.id('case'), p_file => t.id('file'), p_segment => n) s),
          '{1048668,141}', 'segments come back one by one with their headers, and nothing past the end');
select is((select count(*) from engine.file_segment_get(p_case => t.id('case', 2), p_file => t.id('file'), p_segment => 0)), 0::bigint, 'not through another case');
select is(t.answer(format('select * from engine.file_get(p_case => %L, p_file => %L)', t.id('case', 2), t.id('file'))), 'UD002', 'nor its manifest');
select is(t.segment(1, 2, decode(repeat('01', 117), 'hex'), 2), 'UD002', 'nor can another case write to it');
select engine.file_inspected(p_case => t.id('case'), p_file => t.id('file'), p_type => 'image/png', p_width => 3, p_height => 4, p_damaged => false, p_preview => '\x05') \gset
select is((select real_type || width || height || has_preview from engine.file_get(p_case => t.id('case'), p_file => t.id('file'))), 'image/png34true', 'what inspection found');

-- Again, removed, numbers
select t.begins(2) as a, t.segment(2, 0, decode(repeat('00', 117), 'hex')) as b \gset
select is(t.ends(2, 100, 1), 'UD025', 'the very same file again');
delete from core.file where id = t.id('file', 2);
select engine.file_remove(p_case => t.id('case'), p_file => t.id('file'), p_actor_kind => 'complainant') \gset
select is((select count(*) from core.file_segment), 0::bigint, 'a removed file leaves no bytes');
select is(t.begins(3), 'ok', 'the next file');
select is((select file_no from core.file where id = t.id('file', 3)), 2::bigint, 'gets a number that was never used: it is part of the key');

-- Limits
update core.file set bytes = (select n from ref.service_limit where code = 'file_max_bytes') - 99 where id = t.id('file', 3);
select is(t.segment(3, 0, decode(repeat('00', 117), 'hex')), 'UD011 file', 'a file is at most 25 MB');
insert into core.file (id, case_id, file_no, state, source, bytes)
select gen_random_uuid(), t.id('case', 2), n, 'stored', 'complainant', 5242880 from generate_series(1, 19) n;
select t.begins(4, 2) \gset
select is(t.segment(4, 0, decode(repeat('00', 1048644), 'hex'), 2) || ', ' || t.begins(5, 2), 'ok, UD011 files', '20 files a case');
select is(t.begins(6, 2, true), 'ok', 'letters that the service makes do not count');
update core.file set bytes = bytes + 1 + (select n from ref.service_limit where code = 'case_max_bytes') - (select sum(bytes) from core.file where case_id = t.id('case', 2)) - 101
where id = (select id from core.file where case_id = t.id('case', 2) order by file_no limit 1);
select is(t.segment(4, 1, decode(repeat('00', 118), 'hex'), 2) || ', ' || t.segment(4, 1, decode(repeat('00', 117), 'hex'), 2), 'UD011 case, ok', '100 MB a case, to the byte');
delete from core.file;
select is((select string_agg(distinct t.begins(100 + n, 1 + n % 2, false, '203.0.113.0/24'), ', ') from generate_series(1, 20) n) || ', ' || t.begins(200, 1, false, '203.0.113.0/24'),
    'ok, UD010 3600', '20 files an hour from one network');

select finish();
rollback;
