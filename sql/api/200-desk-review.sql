-- desk: what a review decides: ask, decline, duplicate, open checks, pre-review; contact, platform register, editing a note (UX.md §3).
set role aiddesk_owner;

create function desk.case_ask(p_session bytea, p_case uuid, p_version bigint, p_items text[], p_id uuid, p_text bytea) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_item text;
    v_first boolean := true;
begin
    perform engine.version_check(p_found => v_case.version, p_read => p_version);
    for v_item in select distinct i.item from unnest(p_items) i (item) order by 1 loop
        perform engine.code_check(p_enumeration => 'evidence_kind', p_code => v_item);
        -- One wording for the whole question; it stands with the first item.
        insert into core.missing_item (id, case_id, item, text_sealed, asked_at)
        values (case when v_first then p_id else gen_random_uuid() end, v_case.id, v_item, case when v_first then p_text end, core.now());
        v_first := false;
    end loop;
    return engine.case_move(p_id => v_case.id, p_event => 'ask', p_to => 'NEEDS_INFO', p_actor_kind => 'user', p_actor => v_user.id,
                            p_version => p_version);
end
$$;
comment on function desk.case_ask(bytea, uuid, bigint, text[], uuid, bytea) is
    'Asks the complainant to supply what is missing (补正): kinds of evidence and a sealed wording, whose row is p_id. Refuses: UD001, UD002, UD020, UD021, UD022, UD031.';

create function desk.case_decline(p_session bytea, p_case uuid, p_version bigint, p_reason text, p_routes text[], p_id uuid, p_body bytea)
returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_route text;
begin
    perform engine.version_check(p_found => v_case.version, p_read => p_version);
    perform engine.code_check(p_enumeration => 'closure_reason', p_code => p_reason);
    foreach v_route in array p_routes loop
        perform engine.code_check(p_enumeration => 'channel', p_code => v_route);
    end loop;
    insert into core.message (id, case_id, author_kind, author, detail, body_sealed, at)
    values (p_id, v_case.id, 'volunteer', v_user.id, jsonb_build_object('routes', to_jsonb(p_routes)), p_body, core.now());
    perform engine.first_reply(p_case => v_case.id);
    return engine.case_move(p_id => v_case.id, p_event => 'decline', p_to => 'DECLINED', p_actor_kind => 'user', p_actor => v_user.id,
                            p_facts => jsonb_build_object('closure_reason', p_reason), p_version => p_version);
end
$$;
comment on function desk.case_decline(bytea, uuid, bigint, text, text[], uuid, bytea) is
    'Does not take a case on: reason, other routes, and a sealed message that names them. Refuses: UD001, UD002, UD020, UD021, UD022, UD031.';

create function desk.duplicates(p_session bytea, p_case uuid)
returns table (case_no text, status text, kinds text[], same_platform boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select d.case_no, d.status, d.kinds, d.same_platform
    from engine.duplicates(p_case => v_case.id) d join core.case_file o on o.id = d.case_id
    where engine.may_see(p_user => v_user, p_platform => o.platform, p_case => o.id);
end
$$;
comment on function desk.duplicates(bytea, uuid) is
    'Cases with the same order or payment number or contact (V-INT-04): number, state and why; their content stays closed. Refuses: UD001, UD002.';

create function desk.case_duplicate(p_session bytea, p_case uuid, p_version bigint, p_primary text) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_primary uuid;
begin
    -- Only one of the candidates, so that nobody finds out which numbers exist.
    select d.case_id into v_primary
    from engine.duplicates(p_case => v_case.id) d join core.case_file o on o.id = d.case_id
    where d.case_no = p_primary and engine.may_see(p_user => v_user, p_platform => o.platform, p_case => o.id);
    if v_primary is null then
        raise exception using errcode = 'UD030', message = 'not a candidate', detail = 'primary:desk.duplicate.error.unknown';
    end if;
    return engine.case_move(p_id => v_case.id, p_event => 'mark_duplicate', p_to => 'CLOSED', p_actor_kind => 'user', p_actor => v_user.id,
                            p_facts => jsonb_build_object('primary_case', v_primary, 'closure_reason', 'DUPLICATE'), p_version => p_version);
end
$$;
comment on function desk.case_duplicate(bytea, uuid, bigint, text) is
    'Closes a case as duplicate of one of its candidates, by number. Refuses: UD001, UD002, UD020, UD021, UD022, UD030.';

create function desk.checks(p_session bytea, p_case uuid)
returns table (rule text, gate text, level text, passed boolean, overridden boolean, detail jsonb, label_zh text, label_en text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select k.rule, k.gate, k.level, k.passed, k.overridden, k.detail, r.label_zh, r.label_en
    from engine.checks(p_case => v_case.id) k
    join ref.validation_rule r on r.code = k.rule and engine.today() >= r.valid_from and (r.valid_to is null or engine.today() <= r.valid_to)
    order by k.passed, k.overridden, k.level <> 'BLOCK', k.rule;
end
$$;
comment on function desk.checks(bytea, uuid) is 'Findings of the rules for a case, what blocks first. Refuses: UD001, UD002.';

create function desk.demand_texts(p_session bytea, p_case uuid) returns table (id uuid, text_sealed bytea)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select d.id, d.text_sealed from core.demand d
    where d.case_id = v_case.id and d.removed_at is null and d.text_sealed is not null order by d.id;
end
$$;
comment on function desk.demand_texts(bytea, uuid) is 'Wordings of the demands, for the wording rules. Refuses: UD001, UD002.';

create function desk.wording_lists(p_session bytea) returns table (list text, rule text, detail jsonb)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform engine.user_of_session(p_session => p_session, p_roles => array['volunteer', 'coordinator']);
    return query
    select w.list, w.rule, w.detail from ref.wording w
    where engine.today() >= w.valid_from and (w.valid_to is null or engine.today() <= w.valid_to) order by w.list;
end
$$;
comment on function desk.wording_lists(bytea) is 'Wording lists in force, for cgi/rules/wording. Refuses: UD001, UD003.';

create function desk.case_ready(p_session bytea, p_case uuid, p_version bigint, p_checks jsonb) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    perform engine.version_check(p_found => v_case.version, p_read => p_version);
    perform engine.checks_store(p_case => v_case.id, p_object => v_case.id, p_checks => p_checks, p_version => p_version);
    return engine.case_move(p_id => v_case.id, p_event => 'pre_review_pass', p_to => 'READY', p_actor_kind => 'user', p_actor => v_user.id,
                            p_version => p_version);
end
$$;
comment on function desk.case_ready(bytea, uuid, bigint, jsonb) is
    'PREPARING to READY: the wording results of this version are kept, and nothing that blocks is open. Refuses: UD001, UD002, UD020, UD021, UD022.';

create function desk.contact(p_session bytea, p_case uuid)
returns table (contact_way text, contact_sealed bytea, call_name_sealed bytea, hours_sealed bytea, guardian_sealed bytea, safe text[], who text)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    perform engine.event_add(p_case => v_case.id, p_object_kind => 'case', p_object => v_case.id, p_type => 'contact_shown',
                             p_actor_kind => 'user', p_actor => v_user.id);
    return query
    select m.contact_way, m.contact_sealed, m.call_name_sealed, m.hours_sealed, m.guardian_sealed, m.safe, m.who
    from core.complaint m where m.case_id = v_case.id;
end
$$;
comment on function desk.contact(bytea, uuid) is 'Contact data, sealed; showing it is an event. Refuses: UD001, UD002.';

create function desk.platform_get(p_session bytea, p_case uuid)
returns table (id uuid, name text, status text, registered_name text, credit_code text, version bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select p.id, p.name, p.status, p.registered_name, p.credit_code, p.version from core.platform p where p.id = v_case.platform;
end
$$;
comment on function desk.platform_get(bytea, uuid) is 'Register row of the platform of a case. Refuses: UD001, UD002.';

create function desk.platform_save(p_session bytea, p_case uuid, p_version bigint, p_status text, p_registered_name text, p_credit_code text)
returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_platform core.platform;
begin
    select p.* into v_platform from core.platform p where p.id = v_case.platform for update;
    if not found then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
    perform engine.version_check(p_found => v_platform.version, p_read => p_version);
    perform engine.code_check(p_enumeration => 'platform_status', p_code => p_status);
    -- What everybody can read is confirmed by a coordinator; before that a volunteer may write down who the respondent is.
    if v_user.role <> 'coordinator' and (v_platform.status <> 'UNVERIFIED' or coalesce(p_status, 'UNVERIFIED') <> 'UNVERIFIED') then
        raise exception using errcode = 'UD003', message = 'only a coordinator changes what is public';
    end if;
    update core.platform p
    set status = coalesce(p_status, p.status), registered_name = p_registered_name, credit_code = p_credit_code, version = p.version + 1
    where p.id = v_platform.id;
    perform engine.event_add(p_case => v_case.id, p_object_kind => 'platform', p_object => v_platform.id, p_type => 'platform_edited',
        p_actor_kind => 'user', p_actor => v_user.id,
        p_before => jsonb_build_object('status', v_platform.status, 'registered_name', v_platform.registered_name, 'credit_code', v_platform.credit_code),
        p_after => jsonb_build_object('status', coalesce(p_status, v_platform.status), 'registered_name', p_registered_name, 'credit_code', p_credit_code));
    return v_platform.version + 1;
end
$$;
comment on function desk.platform_save(bytea, uuid, bigint, text, text, text) is
    'Corrects the register: status (null = as it is), registered name, credit code; by a coordinator, or by the volunteer of a case while the name is unconfirmed and stays so. Refuses: UD001, UD002, UD003, UD020, UD031.';

create function desk.note_get(p_session bytea, p_case uuid, p_note uuid)
returns table (id uuid, body_sealed bytea, version bigint, author_name text, mine boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    return query
    select n.id, n.body_sealed, n.version, u.display_name, n.author = v_user.id
    from core.note n join core.app_user u on u.id = n.author where n.case_id = v_case.id and n.id = p_note;
    if not found then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
end
$$;
comment on function desk.note_get(bytea, uuid, uuid) is 'One internal note. Refuses: UD001, UD002.';

create function desk.note_edit(p_session bytea, p_case uuid, p_note uuid, p_version bigint, p_body bytea) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_note core.note;
begin
    select n.* into v_note from core.note n where n.id = p_note and n.case_id = v_case.id for update;
    if not found then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
    perform engine.version_check(p_found => v_note.version, p_read => p_version);
    update core.note n set body_sealed = p_body, edited_at = core.now(), edited_by = v_user.id, version = n.version + 1 where n.id = p_note;
    perform engine.event_add(p_case => v_case.id, p_object_kind => 'note', p_object => p_note, p_type => 'note_edited',
                             p_actor_kind => 'user', p_actor => v_user.id);
    return v_note.version + 1;
end
$$;
comment on function desk.note_edit(bytea, uuid, uuid, bigint, bytea) is
    'Writes an internal note anew; colleagues of a case may mend each other''s. Refuses: UD001, UD002, UD020 changed meanwhile.';

reset role;
