-- Sealed files of intake, track and desk: three doors to one engine, each with its own key (cgi/core/file.h).
\ir support.psql
select plan(18);
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
-- One file in and out by the functions of one program, in the order begin, segment, end, inspected, get, segment_get, preview.
create function t.trip(p_names text[], p_bearer_name text, p_bearer bytea, p_case uuid, p_kind text) returns text language plpgsql as $$
declare
    v_file uuid := gen_random_uuid();
    v_same bytea := sha256(uuid_send(v_file));
    v_who text := format('%s => %L, p_case => %L, p_file => %L', p_bearer_name, p_bearer, p_case, v_file);
    v_no bigint;
    v_got record;
    v_bytes bytea;
    v_preview bytea;
begin
    execute format('select file_no from %s(%s, p_network => null, p_service => false)', p_names[1], v_who) into v_no;
    execute format('select %s(%s, p_segment => 0, p_header => %L, p_sealed => %L)', p_names[2], v_who, decode(repeat('00', 24), 'hex'), decode(repeat('07', 20), 'hex'));
    execute format('select %s(%s, p_manifest => ''\x01'', p_bytes => 3, p_segments => 1, p_same => %L, p_kind_hint => %L, p_note => null)', p_names[3], v_who, v_same, p_kind);
    execute format('select %s(%s, p_type => ''image/png'', p_width => 4, p_height => 5, p_damaged => false, p_preview => ''\x99'')', p_names[4], v_who);
    execute format('select * from %s(%s)', p_names[5], v_who) into v_got;
    execute format('select s from %s(%s, p_segment => 0) s', p_names[6], v_who) into v_bytes;
    execute format('select s from %s(%s) s', p_names[7], v_who) into v_preview;
    return concat_ws(' ', v_no = v_got.file_no, v_got.real_type, v_got.width, v_got.has_preview, length(v_bytes), v_preview);
end
$$;
-- What every one of them answers to a stranger.
create function t.stranger(p_names text[], p_bearer_name text, p_case uuid) returns text[] language sql as $$
    select array_agg(distinct t.answer(format('select %s(%s => ''\x00'', p_case => %L, p_file => gen_random_uuid()%s)', n.name, p_bearer_name, p_case, (array[
        ', p_network => null, p_service => false', ', p_segment => 0, p_header => ''\x00'', p_sealed => ''\x00''',
        ', p_manifest => ''\x01'', p_bytes => 3, p_segments => 1, p_same => ''\x01'', p_kind_hint => null, p_note => null',
        ', p_type => ''t'', p_width => null, p_height => null, p_damaged => false, p_preview => null', '', ', p_segment => 0', ''])[n.place])))
    from unnest(p_names) with ordinality n (name, place)
$$;
create table t.door (program text, names text[]);
insert into t.door values
    ('intake', array['intake.file_begin', 'intake.file_segment', 'intake.file_end', 'intake.file_inspected', 'intake.file_get', 'intake.file_segment_get', 'intake.file_preview']),
    ('track', array['track.file_begin', 'track.file_segment', 'track.file_end', 'track.file_inspected', 'track.file_get', 'track.file_segment_get', 'track.file_preview']),
    ('desk', array['desk.file_begin', 'desk.file_segment', 'desk.file_end', 'desk.file_inspected', 'desk.file_get', 'desk.file_segment_get', 'desk.file_preview']);
create function t.door(p_program text) returns text[] language sql as $$ select names from t.door where program = p_program $$;
select t.draft(1) as draft, t.submitted(2) as case_id \gset
insert into core.track_session (id, case_id, wrapped_seed) values (sha256('track'), :'case_id', '\x01');
select t.session(:wang) as session, t.session(:lina) as other \gset

select is(t.trip(t.door('intake'), 'p_draft', convert_to('draft1', 'UTF8'), :'draft', 'order'), 't image/png 4 t 44 \x99', 'intake: in and out again');
select is(t.stranger(t.door('intake'), 'p_draft', :'draft'), '{UD005}', 'intake: a strange cookie touches nothing');
select is((select kind_hint || ' ' || source || ' ' || bytes from intake.files(p_draft => convert_to('draft1', 'UTF8'))), 'order complainant 3', 'the list of the draft');
select file_id as file from intake.files(p_draft => convert_to('draft1', 'UTF8')) \gset
select is(t.answer(format('select intake.file_remove(p_draft => %L, p_file => gen_random_uuid())', convert_to('draft1', 'UTF8'))), 'UD002', 'no such file to remove');
select intake.file_remove(p_draft => convert_to('draft1', 'UTF8'), p_file => :'file') \gset
select is((select count(*) from intake.files(p_draft => convert_to('draft1', 'UTF8'))), 0::bigint, 'removed');
select is(t.trip(t.door('track'), 'p_track', 'track', :'case_id', 'chat'), 't image/png 4 t 44 \x99', 'track: in and out again');
select is(t.stranger(t.door('track'), 'p_track', :'case_id'), '{UD001}', 'track: a strange session touches nothing');
select is(t.trip(t.door('desk'), 'p_session', :'session', :'case_id', 'KEY_ERROR'), 't image/png 4 t 44 \x99', 'desk: in and out again; volunteers name the kind itself');
select is(t.stranger(t.door('desk'), 'p_session', :'case_id'), '{UD001}', 'desk: a strange session touches nothing');
select is(t.answer(format('select desk.file_begin(p_session => %L, p_case => %L, p_file => gen_random_uuid(), p_network => null, p_service => false)', :'other', :'case_id')), 'UD002',
    'nor does somebody else''s');
select is((select array_agg(source order by source) from desk.files(p_session => :'session', p_case => :'case_id')), '{complainant,volunteer}', 'the case has both');

-- The rest that each public door has.
select is(intake.clock_offset(), engine.clock_offset_us(), 'the clock that C adds');
select ok((select count(*) > 100 from intake.vocabulary()), 'codes with labels');
select is(t.answer('select intake.ready()'), 'ok', 'a transaction that writes');
select ok((select count(*) > 30 and bool_and(label_zh <> '' and label_en <> '') from intake.choices()), 'choices of the form');
select is((select count(distinct kind) from intake.consent_texts()), (select count(*) from intake.consent_texts()), 'one text in force of each consent');
update core.platform set status = 'OPERATING';
select is((select array_agg(name) from intake.platform_names()), '{星云卡盟}', 'checked platforms are suggested');
update core.platform set status = 'UNVERIFIED';
select is((select count(*) from intake.platform_names()), 0::bigint, 'what a stranger typed is not');
select finish();
rollback;
