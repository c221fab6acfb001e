-- desk: papers (文书): what a letter is made of, the text that is being written, issuing, the list of what was issued (DESIGN.md §11).
set role aiddesk_owner;

create function engine.document_add(p_case uuid, p_id uuid, p_kind text, p_template_version text, p_file uuid, p_sha_hash bytea,
                                    p_snapshot bytea, p_filing uuid, p_settlement uuid, p_user uuid) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_old core.document;
    v_version bigint;
begin
    -- One paper at a time within a case: versions have no gaps, and a repeated post finds the first one.
    perform from core.case_file c where c.id = p_case for update;
    select d.* into v_old from core.document d where d.id = p_id;
    if found then
        if v_old.case_id <> p_case or v_old.kind <> p_kind then
            raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
        end if;
        return v_old.version;
    end if;
    perform engine.code_check(p_enumeration => 'document_kind', p_code => p_kind);
    if not exists (select from core.file f where f.id = p_file and f.case_id = p_case and f.state = 'stored' and f.source = 'service')
       or exists (select from core.document d where d.file_id = p_file)
       or p_filing is not null and not exists (select from core.filing f where f.id = p_filing and f.case_id = p_case)
       or p_settlement is not null and not exists (select from core.settlement s where s.id = p_settlement and s.case_id = p_case) then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
    select coalesce(max(d.version), 0) + 1 into v_version from core.document d where d.case_id = p_case and d.kind = p_kind;
    insert into core.document (id, case_id, kind, version, template_version, file_id, sha_hash, snapshot_sealed, filing_id, settlement_id,
                               issued_by, issued_at)
    values (p_id, p_case, p_kind, v_version, p_template_version, p_file, p_sha_hash, p_snapshot, p_filing, p_settlement, p_user, core.now());
    perform engine.event_add(p_case => p_case, p_object_kind => 'document', p_object => p_id, p_type => 'issued', p_actor_kind => 'user',
        p_actor => p_user, p_after => jsonb_build_object('kind', p_kind, 'version', v_version, 'template_version', p_template_version));
    perform engine.outbox_news(p_case => p_case, p_key => p_id::text);
    return v_version;
end
$$;
comment on function engine.document_add(uuid, uuid, text, text, uuid, bytea, bytea, uuid, uuid, uuid) is
    'Issues a paper with bytes that are stored already: the next version of its kind in the case, never changed afterwards. The same id again gives the version it has and writes nothing. Refuses: UD002 file, filing or settlement of another case, a file that another paper has, UD031 unknown kind.';

create function desk.document_issue(p_session bytea, p_case uuid, p_id uuid, p_kind text, p_template_version text, p_file uuid,
                                    p_sha_hash bytea, p_snapshot bytea, p_filing uuid, p_settlement uuid) returns table (version bigint)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    return query
    select engine.document_add(p_case => v_case.id, p_id => p_id, p_kind => p_kind, p_template_version => p_template_version,
        p_file => p_file, p_sha_hash => p_sha_hash, p_snapshot => p_snapshot, p_filing => p_filing, p_settlement => p_settlement,
        p_user => v_user.id);
end
$$;
comment on function desk.document_issue(bytea, uuid, uuid, text, text, uuid, bytea, bytea, uuid, uuid) is
    'Issues a paper of the case, see engine.document_add; idempotent on its id. Refuses: UD001, UD002, UD031.';

create function desk.documents(p_session bytea, p_case uuid)
returns table (id uuid, kind text, version bigint, template_version text, filing_id uuid, channel text, settlement_id uuid, issued_by text,
               issued_at timestamptz, file_id uuid, file_no bigint, manifest_sealed bytea, real_type text, width bigint, height bigint,
               damaged boolean, has_preview boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select d.id, d.kind, d.version, d.template_version, d.filing_id, g.channel, d.settlement_id, u.display_name, d.issued_at, f.file_id,
           f.file_no, f.manifest_sealed, f.real_type, f.width, f.height, f.damaged, f.has_preview
    from core.document d
    cross join engine.file_get(p_case => v_case.id, p_file => d.file_id) f
    left join core.filing g on g.id = d.filing_id
    left join core.app_user u on u.id = d.issued_by
    where d.case_id = v_case.id
    order by d.issued_at desc, d.id;
end
$$;
comment on function desk.documents(bytea, uuid) is 'Issued papers of a case, newest first, with their files. Refuses: UD001, UD002.';

-- What a complaint letter is made of --------------------------------------------------------------------------------------------

create function desk.letter_get(p_session bytea, p_case uuid)
returns table (text_sealed bytea, version bigint, filing_id uuid, contact_way text, contact_sealed bytea, law_register_on date)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select l.text_sealed, coalesce(l.version, 0), l.filing_id, m.contact_way, m.contact_sealed,
           (select engine.local_day(p_at => d.loaded_at) from ref.document d where d.name = 'law.json')
    from core.complaint m left join core.letter_text l on l.case_id = m.case_id
    where m.case_id = v_case.id;
end
$$;
comment on function desk.letter_get(bytea, uuid) is
    'The text that is being written for the letters of a case (version 0 = none yet), and the contact that a letter prints; who shows that contact calls desk.contact instead, which writes it down. Refuses: UD001, UD002.';

create function desk.letter_save(p_session bytea, p_case uuid, p_version bigint, p_filing uuid, p_text bytea) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    perform engine.version_check(p_found => coalesce((select l.version from core.letter_text l where l.case_id = v_case.id), 0),
                                 p_read => p_version);
    if p_filing is not null and not exists (select from core.filing f where f.id = p_filing and f.case_id = v_case.id) then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
    insert into core.letter_text as l (case_id, filing_id, text_sealed, version, saved_by, saved_at)
    values (v_case.id, p_filing, p_text, 1, v_user.id, core.now())
    on conflict (case_id) do update
    set filing_id = excluded.filing_id, text_sealed = excluded.text_sealed, version = l.version + 1, saved_by = excluded.saved_by,
        saved_at = excluded.saved_at;
    perform engine.event_add(p_case => v_case.id, p_object_kind => 'case', p_object => v_case.id, p_type => 'letter_written',
                             p_actor_kind => 'user', p_actor => v_user.id);
    return p_version + 1;
end
$$;
comment on function desk.letter_save(bytea, uuid, bigint, uuid, bytea) is
    'Keeps the text that is being written for the letters of a case, for one filing or none. Refuses: UD001, UD002, UD020.';

create function desk.letter_laws(p_session bytea, p_case uuid)
returns table (id text, name_zh text, name_en text, article text, gist_zh text, gist_en text, verified boolean, valid boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
    v_day date := coalesce(v_case.paid_on, engine.local_day(p_at => v_case.submitted_at));
begin
    return query
    select a.id, i.name_zh, i.name_en, a.article, a.gist_zh, a.gist_en, a.verified_on is not null,
           v_day >= coalesce(greatest(a.valid_from, i.valid_from), v_day) and v_day <= coalesce(least(a.valid_to, i.valid_to), v_day)
    from (select c.citation, min(c.place) as place
          from (select q.citation, (case when d.problem_type = v_case.problem_type then 0 else 100 end) + q.place as place
                from ref.citation_default d cross join unnest(d.citations) with ordinality q (citation, place)
                where d.problem_type = v_case.problem_type
                   or d.problem_type in (select 'addon:' || o.addon from unnest(v_case.problem_addons) o (addon))) c
          group by c.citation) x
    join ref.law_article a on a.id = x.citation
    join ref.law_instrument i on i.id = a.instrument
    order by x.place, a.id;
end
$$;
comment on function desk.letter_laws(bytea, uuid) is
    'Articles that a letter of this case may cite, by problem type and add-ons (DOMAIN.md §3.18). valid: in force on the day of payment (V-LAW-01); verified: a lawyer has checked it, otherwise papers print that this is still due. Refuses: UD001, UD002.';

create function desk.letter_demands(p_session bytea, p_case uuid)
returns table (id uuid, kind text, amount_fen bigint, quantity bigint, unit text, basis text, by_day date, text_sealed bytea, alternative boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select d.id, d.kind, d.amount_fen, d.quantity, d.unit, d.basis, d.by_day, d.text_sealed, d.alternative_to is not null
    from core.demand d left join core.demand m on m.id = d.alternative_to
    where d.case_id = v_case.id and d.removed_at is null
    order by coalesce(m.by_day, d.by_day), coalesce(m.id, d.id), d.alternative_to is not null, d.id;
end
$$;
comment on function desk.letter_demands(bytea, uuid) is
    'Demands as a letter prints them: by date, each alternative after what it stands for. Refuses: UD001, UD002.';

create function desk.letter_filings(p_session bytea, p_case uuid) returns table (id uuid, channel text, status text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select f.id, f.channel, f.status from core.filing f
    where f.case_id = v_case.id and f.ended_at is null
    order by f.round desc, f.submitted_at desc nulls first, f.id;
end
$$;
comment on function desk.letter_filings(bytea, uuid) is 'Filings that a letter may be written for. Refuses: UD001, UD002.';

reset role;
