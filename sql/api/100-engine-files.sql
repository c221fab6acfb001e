-- Sealed files, the SQL side of cgi/core/file.h for intake, track and desk: their functions authorise, then come here.
-- A file exists for others when its manifest is committed with its last segment.  SQL counts the limits itself, from the sealed lengths.
set role aiddesk_owner;

create function engine.file_plain_bytes(p_sealed bytea) returns bigint
language sql immutable security definer
set search_path = pg_catalog, pg_temp
as $$
    -- secretstream adds 17 bytes to every piece of at most 256 KiB
    select length(p_sealed) - 17 * ceil(length(p_sealed) / (262144 + 17)::numeric)::bigint
$$;
comment on function engine.file_plain_bytes(bytea) is 'Plain length of a sealed segment.';

create function engine.file_room(p_case uuid, p_file uuid) returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select engine.limit_n(p_code => 'case_max_bytes') - coalesce(sum(f.bytes), 0)
    from core.file f
    where f.case_id = p_case and f.state <> 'removed' and f.source <> 'service' and f.id <> p_file
$$;
comment on function engine.file_room(uuid, uuid) is 'Bytes that a case still takes, the given file not counted.';

create function engine.file_begin(p_case uuid, p_file uuid, p_network text, p_service boolean, p_source text) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_no bigint;
begin
    perform from core.case_file c where c.id = p_case for update;
    if not p_service then
        if (select count(*) from core.file f
            where f.case_id = p_case and f.state <> 'removed' and f.source <> 'service')
           >= engine.limit_n(p_code => 'case_max_files') then
            raise exception using errcode = 'UD011', message = 'the case holds as many files as it takes', detail = 'files';
        end if;
        if engine.file_room(p_case => p_case, p_file => p_file) <= 0 then
            raise exception using errcode = 'UD011', message = 'the case is full', detail = 'case';
        end if;
        if p_network is not null then
            perform engine.attempt_take(p_kind => 'file_network', p_key => p_network,
                p_limit => engine.limit_n(p_code => 'file_network_hour'), p_window => interval '1 hour');
        end if;
    end if;
    -- Numbers of removed files are not used again: the number is part of the key derivation.
    select coalesce(max(f.file_no), 0) + 1 into v_no from core.file f where f.case_id = p_case;
    insert into core.file (id, case_id, file_no, source, uploaded_at)
    values (p_file, p_case, v_no, case when p_service then 'service' else p_source end, core.now());
    return v_no;
end
$$;
comment on function engine.file_begin(uuid, uuid, text, boolean, text) is
    'Makes a file row with the case''s next number and locks the case. p_service: made by the service, outside all limits. Refuses: UD011 files or case, UD010 seconds.';

create function engine.file_segment(p_case uuid, p_file uuid, p_segment bigint, p_header bytea, p_sealed bytea) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_file core.file := (select f from core.file f where f.id = p_file and f.case_id = p_case for update);
    v_bytes bigint := engine.file_plain_bytes(p_sealed => p_sealed);
begin
    if v_file.id is null or v_file.state <> 'uploading' then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
    -- 1,048,644 = 1 MiB in four pieces; what C never sends is refused as a fault of ours.
    if p_segment <> v_file.segments or length(p_header) <> 24 or length(p_sealed) not between 18 and 1048644 then
        raise exception using errcode = 'P0004', message = 'malformed segment';
    end if;
    if v_file.source <> 'service' then
        if v_file.bytes + v_bytes > engine.limit_n(p_code => 'file_max_bytes') then
            raise exception using errcode = 'UD011', message = 'the file is too big', detail = 'file';
        end if;
        if v_file.bytes + v_bytes > engine.file_room(p_case => p_case, p_file => p_file) then
            raise exception using errcode = 'UD011', message = 'the case is full', detail = 'case';
        end if;
    end if;
    insert into core.file_segment (file_id, segment_no, header, sealed) values (p_file, p_segment, p_header, p_sealed);
    update core.file f set bytes = f.bytes + v_bytes, segments = f.segments + 1 where f.id = p_file;
end
$$;
comment on function engine.file_segment(uuid, uuid, bigint, bytea, bytea) is
    'Adds the next sealed segment. Refuses: UD002, UD011 file or case.';

create function engine.file_end(p_case uuid, p_file uuid, p_manifest bytea, p_bytes bigint, p_segments bigint, p_same bytea,
                                p_kind_hint text, p_note bytea, p_actor_kind text, p_actor uuid default null) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_file core.file := (select f from core.file f where f.id = p_file and f.case_id = p_case for update);
begin
    if v_file.id is null or v_file.state <> 'uploading' then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
    if v_file.bytes <> p_bytes or v_file.segments <> p_segments or p_segments = 0 then
        raise exception using errcode = 'P0004', message = 'the manifest does not fit the segments';
    end if;
    if v_file.source <> 'service' then
        -- Complainants choose from the public form; volunteers may also name the kind of evidence itself.
        if v_file.source = 'complainant'
           or not exists (select from ref.enumeration e where e.enumeration = 'evidence_kind' and e.code = p_kind_hint) then
            perform engine.choice_check(p_field => 'kind', p_choice => p_kind_hint);
        end if;
        if exists (select from core.file f
                   where f.case_id = p_case and f.id <> p_file and f.state = 'stored' and f.source <> 'service'
                     and f.same_hash = p_same) then
            raise exception using errcode = 'UD025', message = 'the case holds this very file already';
        end if;
    end if;
    update core.file f
    set state = 'stored', manifest_sealed = p_manifest, same_hash = p_same, kind_hint = p_kind_hint, note_sealed = p_note,
        uploaded_at = core.now()
    where f.id = p_file;
    -- What the service made is told by the document that it belongs to (engine.document_add).
    if v_file.source <> 'service' then
        perform engine.event_add(p_case => p_case, p_object_kind => 'file', p_object => p_file, p_type => 'file_stored',
            p_actor_kind => p_actor_kind, p_actor => p_actor,
            p_after => jsonb_build_object('file_no', v_file.file_no, 'bytes', p_bytes, 'source', v_file.source));
    end if;
end
$$;
comment on function engine.file_end(uuid, uuid, bytea, bigint, bigint, bytea, text, bytea, text, uuid) is
    'Stores the sealed manifest: from here on the file exists. Refuses: UD002, UD025 this very file is in the case already, UD031 unknown kind.';

create function engine.file_inspected(p_case uuid, p_file uuid, p_type text, p_width bigint, p_height bigint, p_damaged boolean,
                                      p_preview bytea) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update core.file f
    set real_type = p_type, width = p_width, height = p_height, damaged = p_damaged, preview_sealed = p_preview, checked_at = core.now()
    where f.id = p_file and f.case_id = p_case and f.state = 'stored';
    if not found then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
end
$$;
comment on function engine.file_inspected(uuid, uuid, text, bigint, bigint, boolean, bytea) is
    'Stores what aiddesk-inspect found: real type, pixels, damage, sealed preview. Refuses: UD002.';

create function engine.file_list(p_case uuid)
returns table (file_id uuid, file_no bigint, manifest_sealed bytea, real_type text, width bigint, height bigint, damaged boolean,
               has_preview boolean, source text, kind_hint text, note_sealed bytea, bytes bigint, uploaded_at timestamptz,
               checked_at timestamptz)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select f.id, f.file_no, f.manifest_sealed, f.real_type, f.width, f.height, f.damaged, f.preview_sealed is not null, f.source,
           f.kind_hint, f.note_sealed, f.bytes, f.uploaded_at, f.checked_at
    from core.file f
    where f.case_id = p_case and f.state = 'stored' and f.source <> 'service'
    order by f.file_no
$$;
comment on function engine.file_list(uuid) is 'The stored files of a case that people sent, in order of their numbers; papers have a list of their own.';

create function engine.file_get(p_case uuid, p_file uuid)
returns table (file_id uuid, file_no bigint, manifest_sealed bytea, real_type text, width bigint, height bigint, damaged boolean,
               has_preview boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select f.id, f.file_no, f.manifest_sealed, f.real_type, f.width, f.height, f.damaged, f.preview_sealed is not null
    from core.file f
    where f.id = p_file and f.case_id = p_case and f.state = 'stored'
      -- Bytes of a paper whose issuing failed after they were stored are nobody's.
      and (f.source <> 'service' or exists (select from core.document d where d.file_id = f.id));
    if not found then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
end
$$;
comment on function engine.file_get(uuid, uuid) is 'One stored file of a case; one that the service made only when a paper has been issued with it. Refuses: UD002.';

create function engine.file_segment_get(p_case uuid, p_file uuid, p_segment bigint) returns setof bytea
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select s.header || s.sealed
    from core.file f join core.file_segment s on s.file_id = f.id
    where f.id = p_file and f.case_id = p_case and f.state = 'stored' and s.segment_no = p_segment
$$;
comment on function engine.file_segment_get(uuid, uuid, bigint) is
    'Header and cipher of one segment of a stored file, from 0; nothing past its end. One at a time: PostgreSQL keeps the whole result of a function before it sends the first row, so all segments of a large file would go over temp_file_limit.';

create function engine.file_preview(p_case uuid, p_file uuid) returns setof bytea
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select f.preview_sealed
    from core.file f
    where f.id = p_file and f.case_id = p_case and f.state = 'stored' and f.preview_sealed is not null
$$;
comment on function engine.file_preview(uuid, uuid) is 'The sealed preview of a stored file: one row, or none.';

create function engine.file_remove(p_case uuid, p_file uuid, p_actor_kind text, p_actor uuid default null) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_file core.file := (select f from core.file f where f.id = p_file and f.case_id = p_case and f.state = 'stored' for update);
begin
    if v_file.id is null then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
    delete from core.file_segment s where s.file_id = p_file;
    update core.file f
    set state = 'removed', removed_at = core.now(), manifest_sealed = null, same_hash = null, note_sealed = null, preview_sealed = null
    where f.id = p_file;
    perform engine.event_add(p_case => p_case, p_object_kind => 'file', p_object => p_file, p_type => 'file_removed',
        p_actor_kind => p_actor_kind, p_actor => p_actor, p_before => jsonb_build_object('file_no', v_file.file_no));
end
$$;
comment on function engine.file_remove(uuid, uuid, text, uuid) is
    'Destroys a file''s bytes and sealed texts; its number stays used. Refuses: UD002.';

reset role;
