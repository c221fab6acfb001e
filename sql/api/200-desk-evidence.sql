-- desk: what a file proves, as the volunteer judged it: kind, link of the chain, required fields, quality (DOMAIN.md §2.4, §4.4).
set role aiddesk_owner;

create function desk.evidence_fields(p_session bytea)
returns table (kind text, node text, field text, type text, sealed boolean, label_zh text, label_en text, restricted boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform engine.user_of_session(p_session => p_session, p_roles => array['volunteer', 'coordinator']);
    return query
    select k.kind, k.node, f.field, f.type, f.sealed, f.label_zh, f.label_en, k.restricted
    from ref.evidence_kind k left join ref.evidence_field f on f.kind = k.kind
    where engine.today() >= k.valid_from and (k.valid_to is null or engine.today() <= k.valid_to)
    order by k.sort, f.sort;
end
$$;
comment on function desk.evidence_fields(bytea) is 'Kinds of evidence with their link of the chain and required fields, in order. Refuses: UD001, UD003.';

create function desk.evidence_list(p_session bytea, p_case uuid)
returns table (id uuid, file_id uuid, file_no bigint, kind text, node text, fields jsonb, fields_sealed bytea, proves_sealed bytea,
               quality jsonb, shown_time boolean, shown_url boolean, edited boolean, missing_reason text, version bigint, open_fields bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
    v_findings jsonb := engine.field_findings(p_case => v_case.id); -- once, not for every item
begin
    return query
    select e.id, e.file_id, f.file_no, e.kind, e.node, e.fields, e.fields_sealed, e.proves_sealed, e.quality, e.shown_time, e.shown_url,
           e.edited, e.missing_reason, e.version,
           (select count(*) from jsonb_array_elements(v_findings) x where x.value ->> 'evidence' = e.id::text)
    from core.evidence e left join core.file f on f.id = e.file_id
    where e.case_id = v_case.id and e.removed_at is null order by f.file_no nulls last, e.created_at, e.id;
end
$$;
comment on function desk.evidence_list(bytea, uuid) is 'Evidence of a case with the number of required fields still open. Refuses: UD001, UD002.';

create function desk.evidence_save(p_session bytea, p_case uuid, p_id uuid, p_version bigint, p_file uuid, p_kind text, p_node text,
                                   p_fields jsonb, p_fields_sealed bytea, p_proves bytea, p_quality jsonb, p_shown_time boolean,
                                   p_shown_url boolean, p_edited boolean, p_missing_reason text) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_old core.evidence;
    v_value text;
begin
    perform engine.code_check(p_enumeration => 'evidence_kind', p_code => p_kind);
    perform engine.code_check(p_enumeration => 'issue_node', p_code => p_node);
    for v_value in select q.value from jsonb_each_text(p_quality) q loop
        perform engine.code_check(p_enumeration => 'quality_value', p_code => v_value);
    end loop;
    if p_file is not null and not exists (select from core.file f where f.id = p_file and f.case_id = v_case.id and f.state = 'stored') then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
    if p_version = 0 then
        perform engine.version_check(p_found => coalesce((select e.version from core.evidence e where e.id = p_id), 0), p_read => 0);
        insert into core.evidence (id, case_id, file_id, kind, node, fields, fields_sealed, proves_sealed, quality, shown_time, shown_url,
                                   edited, missing_reason, created_by, created_at)
        values (p_id, v_case.id, p_file, p_kind, p_node, p_fields, p_fields_sealed, p_proves, p_quality, p_shown_time, p_shown_url,
                p_edited, p_missing_reason, v_user.id, core.now());
    else
        select e.* into v_old from core.evidence e where e.id = p_id and e.case_id = v_case.id and e.removed_at is null for update;
        if not found then
            raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
        end if;
        perform engine.version_check(p_found => v_old.version, p_read => p_version);
        update core.evidence e
        set kind = p_kind, node = p_node, fields = p_fields, fields_sealed = p_fields_sealed, proves_sealed = p_proves, quality = p_quality,
            shown_time = p_shown_time, shown_url = p_shown_url, edited = p_edited, missing_reason = p_missing_reason, version = e.version + 1
        where e.id = p_id;
    end if;
    perform engine.event_add(p_case => v_case.id, p_object_kind => 'evidence', p_object => p_id,
        p_type => case when p_version = 0 then 'evidence_added' else 'evidence_edited' end, p_actor_kind => 'user', p_actor => v_user.id,
        p_before => case when v_old.id is not null then jsonb_build_object('kind', v_old.kind, 'node', v_old.node) end,
        p_after => jsonb_build_object('kind', p_kind, 'node', p_node));
    return p_version + 1;
end
$$;
comment on function desk.evidence_save(bytea, uuid, uuid, bigint, uuid, text, text, jsonb, bytea, bytea, jsonb, boolean, boolean, boolean, text) is
    'Adds (version 0) or changes an item of evidence: its file stays. fields: plain ones by name, "sealed" the names that p_fields_sealed holds. Refuses: UD001, UD002, UD020, UD031.';

create function desk.evidence_remove(p_session bytea, p_case uuid, p_id uuid, p_version bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_old core.evidence;
begin
    select e.* into v_old from core.evidence e where e.id = p_id and e.case_id = v_case.id and e.removed_at is null for update;
    if not found then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
    perform engine.version_check(p_found => v_old.version, p_read => p_version);
    update core.evidence e set removed_at = core.now(), version = e.version + 1 where e.id = p_id;
    perform engine.event_add(p_case => v_case.id, p_object_kind => 'evidence', p_object => p_id, p_type => 'evidence_removed',
                             p_actor_kind => 'user', p_actor => v_user.id, p_before => jsonb_build_object('kind', v_old.kind));
end
$$;
comment on function desk.evidence_remove(bytea, uuid, uuid, bigint) is
    'Takes an item of evidence out; its file stays. Refuses: UD001, UD002, UD020.';

reset role;
