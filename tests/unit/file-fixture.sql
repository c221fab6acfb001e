-- The SQL side of core/file for test_file.c: the functions of core/file.h in their smallest form. The draft is the bytes 'draft'.
create schema intake;
grant usage on schema intake to aiddesk_unit;
create table intake.file (
    id uuid primary key, file_no bigint, stored boolean not null default false, service boolean, network text, manifest bytea, bytes bigint,
    segments bigint, same bytea, kind_hint text, note bytea, type text, width bigint, height bigint, damaged boolean not null default false,
    preview bytea
);
create table intake.segment (file uuid, no bigint, header bytea, sealed bytea);
-- What the next call refuses: function name, SQLSTATE, detail.
create table intake.refusal (function text, state text, detail text);
create function intake.clock_offset() returns bigint language sql as $$ select 0::bigint $$;

create function intake.may(p_draft bytea, p_function text) returns void language plpgsql as $$
declare
    v intake.refusal;
begin
    if p_draft <> 'draft' then
        raise exception using errcode = 'UD005', message = 'no such draft';
    end if;
    select * into v from intake.refusal where function = p_function;
    if found then
        raise exception using errcode = v.state, message = 'refused', detail = v.detail;
    end if;
end
$$;
create function intake.file_begin(p_draft bytea, p_case uuid, p_file uuid, p_network text, p_service boolean)
returns table (file_no bigint) language plpgsql security definer as $$
begin
    perform intake.may(p_draft, 'begin');
    insert into intake.file (id, file_no, network, service) values (p_file, 7, p_network, p_service);
    return query select 7::bigint;
end
$$;
create function intake.file_segment(p_draft bytea, p_case uuid, p_file uuid, p_segment bigint, p_header bytea, p_sealed bytea)
returns void language plpgsql security definer as $$
begin
    perform intake.may(p_draft, 'segment');
    insert into intake.segment values (p_file, p_segment, p_header, p_sealed);
end
$$;
create function intake.file_end(p_draft bytea, p_case uuid, p_file uuid, p_manifest bytea, p_bytes bigint, p_segments bigint, p_same bytea,
                                p_kind_hint text, p_note bytea) returns void language plpgsql security definer as $$
begin
    perform intake.may(p_draft, 'end');
    update intake.file set stored = true, manifest = p_manifest, bytes = p_bytes, segments = p_segments, same = p_same,
        kind_hint = p_kind_hint, note = p_note where id = p_file;
end
$$;
create function intake.file_inspected(p_draft bytea, p_case uuid, p_file uuid, p_type text, p_width bigint, p_height bigint,
                                      p_damaged boolean, p_preview bytea) returns void language plpgsql security definer as $$
begin
    perform intake.may(p_draft, 'inspected');
    update intake.file set type = p_type, width = p_width, height = p_height, damaged = p_damaged, preview = p_preview where id = p_file;
end
$$;
create function intake.file_get(p_draft bytea, p_case uuid, p_file uuid)
returns table (file_id uuid, file_no bigint, manifest_sealed bytea, real_type text, width bigint, height bigint, damaged boolean,
               has_preview boolean) language plpgsql security definer as $$
begin
    perform intake.may(p_draft, 'get');
    return query select f.id, f.file_no, f.manifest, f.type, f.width, f.height, f.damaged, f.preview is not null
                 from intake.file f where f.id = p_file and f.stored;
end
$$;
create function intake.file_segment_get(p_draft bytea, p_case uuid, p_file uuid, p_segment bigint) returns setof bytea
language sql security definer as $$
    select header || sealed from intake.segment where file = p_file and no = p_segment
$$;
create function intake.file_preview(p_draft bytea, p_case uuid, p_file uuid) returns setof bytea language sql security definer as $$
    select preview from intake.file where id = p_file and preview is not null
$$;
-- What the test looks at.
create function intake.look(p_file uuid) returns intake.file language sql security definer as $$
    select f from intake.file f where f.id = p_file
$$;
create function intake.total() returns bigint language sql security definer as $$ select count(*) from intake.file $$;
