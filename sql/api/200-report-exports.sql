-- report: releases that regulators and coordinators ask for and download; built by the worker, frozen, each download noted.
set role aiddesk_owner;

create function report.export_ask(p_session bytea, p_id uuid, p_from date, p_to date, p_recipient text, p_legal_basis text)
returns table (release text)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['regulator', 'coordinator']);
    v_year text := extract(year from engine.today())::text;
    v_no text;
begin
    if p_to < p_from then
        raise exception using errcode = 'UD030', message = 'order of days', detail = 'to_day:report.export.error.order';
    end if;
    if p_to > engine.today() then
        raise exception using errcode = 'UD030', message = 'future', detail = 'to_day:report.export.error.future';
    end if;
    perform engine.attempt_take(p_kind => 'export_user', p_key => v_user.id::text, p_limit => 30, p_window => interval '1 hour');
    lock table core.export in share row exclusive mode;
    v_no := 'EX-' || v_year || '-' || lpad(((select count(*) from core.export x where x.release like 'EX-' || v_year || '-%') + 1)::text, 4, '0');
    insert into core.export (id, release, asked_by, asked_at, from_day, to_day, recipient, legal_basis)
    values (p_id, v_no, v_user.id, core.now(), p_from, p_to, p_recipient, p_legal_basis);
    perform engine.event_add(p_case => null, p_object_kind => 'export', p_object => p_id, p_type => 'export_asked', p_actor_kind => 'user',
                             p_actor => v_user.id, p_after => jsonb_build_object('from', p_from, 'to', p_to));
    return query select v_no;
end
$$;
comment on function report.export_ask(bytea, uuid, date, date, text, text) is
    'Queues a release of a period for a recipient on a legal basis. Refuses: UD001, UD003, UD010, UD030.';

create function report.exports(p_session bytea)
returns table (id uuid, release text, state text, asked_at timestamptz, by_name text, from_day date, to_day date, recipient text, legal_basis text,
               cut_off timestamptz, row_count bigint, suppressed bigint, failure text, downloads bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform engine.user_of_session(p_session => p_session, p_roles => array['regulator', 'coordinator']);
    return query
    select x.id, x.release, x.state, x.asked_at, u.display_name, x.from_day, x.to_day, x.recipient, x.legal_basis, x.cut_off, x.row_count,
           x.suppressed, x.failure, (select count(*) from core.export_download d where d.export_id = x.id)
    from core.export x join core.app_user u on u.id = x.asked_by
    order by x.asked_at desc, x.id limit 200;
end
$$;
comment on function report.exports(bytea) is 'Releases, newest first. Refuses: UD001, UD003.';

create function report.export_get(p_session bytea, p_export uuid)
returns table (id uuid, release text, state text, asked_at timestamptz, by_name text, from_day date, to_day date, recipient text, legal_basis text,
               cut_off timestamptz, row_count bigint, suppressed bigint, failure text, rule_versions jsonb, files jsonb,
               mostly_hidden boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform engine.user_of_session(p_session => p_session, p_roles => array['regulator', 'coordinator']);
    return query
    select x.id, x.release, x.state, x.asked_at, u.display_name, x.from_day, x.to_day, x.recipient, x.legal_basis, x.cut_off, x.row_count,
           x.suppressed, x.failure, x.rule_versions,
           (select coalesce(jsonb_agg(jsonb_build_object('name', f.name, 'bytes', length(f.content), 'sha256', encode(f.sha256, 'hex'),
                                                         'signature', encode(f.signature, 'base64')) order by f.name), '[]')
            from core.export_file f where f.export_id = x.id),
           coalesce((select (convert_from(f.content, 'UTF8')::jsonb ->> 'mostly_hidden')::boolean
                     from core.export_file f where f.export_id = x.id and f.name = 'statistics.json'), false)
    from core.export x join core.app_user u on u.id = x.asked_by
    where x.id = p_export;
    if not found then
        raise exception using errcode = 'UD002', message = 'no such release';
    end if;
end
$$;
comment on function report.export_get(bytea, uuid) is 'One release with its files; mostly_hidden as its statistics.json says. Refuses: UD001, UD002, UD003.';

create function report.export_download(p_session bytea, p_export uuid, p_name text)
returns table (media_type text, content bytea, release text)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['regulator', 'coordinator']);
begin
    if not exists (select from core.export_file f where f.export_id = p_export and f.name = p_name) then
        raise exception using errcode = 'UD002', message = 'no such file';
    end if;
    insert into core.export_download (export_id, app_user, name, at) values (p_export, v_user.id, p_name, core.now());
    perform engine.event_add(p_case => null, p_object_kind => 'export', p_object => p_export, p_type => 'export_downloaded', p_actor_kind => 'user',
                             p_actor => v_user.id, p_after => jsonb_build_object('name', p_name));
    return query
    select f.media_type, f.content, x.release from core.export_file f join core.export x on x.id = f.export_id
    where f.export_id = p_export and f.name = p_name;
end
$$;
comment on function report.export_download(bytea, uuid, text) is 'One file of a release; the download is noted first. Refuses: UD001, UD002, UD003.';

reset role;
