-- desk: files.  Thin: authorise, then the engine (cgi/core/file.h has the contract of these names).
set role aiddesk_owner;

create function desk.file_begin(p_session bytea, p_case uuid, p_file uuid, p_network text, p_service boolean) returns table (file_no bigint)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
begin
    return query
    select engine.file_begin(p_case => v_case.id, p_file => p_file, p_network => p_network, p_service => p_service,
                             p_source => case when p_service then 'service' else 'volunteer' end);
end
$$;
comment on function desk.file_begin(bytea, uuid, uuid, text, boolean) is
    'Begins a sealed file of a case of the signed-in person and gives its number. Refuses: UD001, UD002, UD010, UD011.';

create function desk.file_segment(p_session bytea, p_case uuid, p_file uuid, p_segment bigint, p_header bytea, p_sealed bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
begin
    perform engine.file_segment(p_case => v_case.id, p_file => p_file, p_segment => p_segment, p_header => p_header, p_sealed => p_sealed);
end
$$;
comment on function desk.file_segment(bytea, uuid, uuid, bigint, bytea, bytea) is
    'Adds a sealed segment of at most 1 MiB. Refuses: UD001, UD002, UD011.';

create function desk.file_end(p_session bytea, p_case uuid, p_file uuid, p_manifest bytea, p_bytes bigint, p_segments bigint, p_same bytea,
                                p_kind_hint text, p_note bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
begin
    perform engine.file_end(p_case => v_case.id, p_file => p_file, p_manifest => p_manifest, p_bytes => p_bytes, p_segments => p_segments,
                            p_same => p_same, p_kind_hint => p_kind_hint, p_note => p_note, p_actor_kind => 'user', p_actor => (engine.user_of_session(p_session => p_session)).id);
end
$$;
comment on function desk.file_end(bytea, uuid, uuid, bytea, bigint, bigint, bytea, text, bytea) is
    'Stores the sealed manifest: the file exists from here on. Refuses: UD001, UD002, UD011, UD025 the same file again, UD031.';

create function desk.file_inspected(p_session bytea, p_case uuid, p_file uuid, p_type text, p_width bigint, p_height bigint, p_damaged boolean,
                                      p_preview bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
begin
    perform engine.file_inspected(p_case => v_case.id, p_file => p_file, p_type => p_type, p_width => p_width, p_height => p_height,
                                  p_damaged => p_damaged, p_preview => p_preview);
end
$$;
comment on function desk.file_inspected(bytea, uuid, uuid, text, bigint, bigint, boolean, bytea) is
    'Stores what inspection found: real type, pixels, damage, sealed preview. Refuses: UD001, UD002.';

create function desk.file_get(p_session bytea, p_case uuid, p_file uuid)
returns table (file_id uuid, file_no bigint, manifest_sealed bytea, real_type text, width bigint, height bigint, damaged boolean, has_preview boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select f.file_id, f.file_no, f.manifest_sealed, f.real_type, f.width, f.height, f.damaged, f.has_preview
    from engine.file_get(p_case => v_case.id, p_file => p_file) f;
end
$$;
comment on function desk.file_get(bytea, uuid, uuid) is 'One stored file of the case. Refuses: UD001, UD002.';

create function desk.file_segment_get(p_session bytea, p_case uuid, p_file uuid, p_segment bigint) returns setof bytea
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query select s from engine.file_segment_get(p_case => v_case.id, p_file => p_file, p_segment => p_segment) s;
end
$$;
comment on function desk.file_segment_get(bytea, uuid, uuid, bigint) is 'Header and cipher of one segment, from 0; no row past the end. Refuses: UD001, UD002.';

create function desk.file_preview(p_session bytea, p_case uuid, p_file uuid) returns setof bytea
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query select s from engine.file_preview(p_case => v_case.id, p_file => p_file) s;
end
$$;
comment on function desk.file_preview(bytea, uuid, uuid) is 'The sealed preview: one row, or none. Refuses: UD001, UD002.';

reset role;
