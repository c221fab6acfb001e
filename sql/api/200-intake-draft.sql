-- intake: drafts on the server from step 1 (UX.md §2.2-2.5, §2.9).  Every function acts for the one draft whose look-up value it gets.
set role aiddesk_owner;

create function intake.clock_offset() returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select engine.clock_offset_us() $$;
comment on function intake.clock_offset() is 'Microseconds that clock_now() in C adds to the real time.';

create function intake.ready() returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Takes a transaction number: its COMMIT is written and, with a standby, confirmed, as that of a submission.
    perform pg_current_xact_id();
end
$$;
comment on function intake.ready() is 'A transaction that writes: the primary takes complaints now. For /health/ready.';

create function intake.vocabulary()
returns table (enumeration text, code text, grp text, sort bigint, label_zh text, label_en text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select v.enumeration, v.code, v.grp, v.sort, v.label_zh, v.label_en from engine.vocabulary() v $$;
comment on function intake.vocabulary() is 'Codes and labels for pages.';

create function intake.choices()
returns table (field text, choice text, sort bigint, label_zh text, label_en text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select i.field, i.choice, i.sort, i.label_zh, i.label_en
    from ref.intake_choice i
    where engine.today() >= i.valid_from and (i.valid_to is null or engine.today() <= i.valid_to)
    order by i.field, i.sort
$$;
comment on function intake.choices() is 'Choices of the public form in force today, with labels (UX.md §2.11).';

create function intake.consent_texts() returns table (kind text, version text, text_zh text, text_en text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select distinct on (t.kind) t.kind, t.version, t.text_zh, t.text_en
    from ref.consent_text t
    where engine.today() >= t.valid_from and (t.valid_to is null or engine.today() <= t.valid_to)
    order by t.kind, t.valid_from desc
$$;
comment on function intake.consent_texts() is 'Texts of the separate consents in force today, with versions.';

create function intake.platform_names() returns table (name text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    -- Only names that staff confirmed: what one stranger typed is never shown to another.
    select p.name from core.platform p
    where p.merged_into is null and p.status <> 'UNVERIFIED'
    order by p.name limit 200
$$;
comment on function intake.platform_names() is 'Suggestions for the platform field: platforms that staff have checked.';

create function intake.draft_create(p_draft bytea, p_case uuid, p_box bytea, p_key_check bytea, p_lang text, p_network text)
returns table (expires_at timestamptz)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_expires timestamptz := core.now() + engine.retention_interval(p_class => 'draft');
begin
    perform engine.attempt_take(p_kind => 'draft_network', p_key => p_network, p_limit => engine.limit_n(p_code => 'draft_network_hour'),
                                p_window => interval '1 hour');
    insert into core.case_file (id, key_check, lang, created_at, saved_at) values (p_case, p_key_check, p_lang, core.now(), core.now());
    insert into core.complaint (case_id) values (p_case);
    insert into core.draft_box (case_id, cookie_lookup, cookie_box, expires_at) values (p_case, sha256(p_draft), p_box, v_expires);
    return query select v_expires;
end
$$;
comment on function intake.draft_create(bytea, uuid, bytea, bytea, text, text) is
    'A new draft: its id is submission id and case id; p_box holds case key and code seed under the cookie. Refuses: UD010.';

create function intake.draft_get(p_draft bytea)
returns table (case_id uuid, box bytea, key_check bytea, read_only boolean, has_resume boolean, expires_at timestamptz, case_no text,
               submitted_at timestamptz, status text, lang text, step bigint, version bigint, platform text, platform_link_sealed bytea,
               product text, order_no_sealed bytea, pay_method text, payment_no_sealed bytea, problem text, paid_on date, amount_fen bigint,
               story_sealed bytea, wanted text[], wanted_other_sealed bytea, who text, guardian_sealed bytea, contact_way text,
               contact_sealed bytea, call_name_sealed bytea, safe text[], hours_sealed bytea, purpose text, consents text[],
               agreed_true boolean, agreed_identity boolean, agreed_sensitive boolean, age_band text, quick boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.draft_case(p_draft => p_draft, p_submitted => true);
begin
    return query
    select v_case.id, b.cookie_box, v_case.key_check, b.read_only, b.resume_lookup is not null, b.expires_at, v_case.case_no,
           v_case.submitted_at, v_case.status, v_case.lang, c.step, c.version, c.platform_text, c.platform_link_sealed, c.product,
           c.order_no_sealed, c.pay_method, c.payment_no_sealed, c.problem, c.paid_on, c.amount_fen, c.story_sealed, c.wanted,
           c.wanted_other_sealed, c.who, c.guardian_sealed, c.contact_way, c.contact_sealed, c.call_name_sealed, c.safe, c.hours_sealed,
           c.purpose, array(select k.kind from core.consent k where k.case_id = v_case.id and k.granted and k.withdrawn_at is null order by k.kind),
           c.agreed_true, c.agreed_identity, c.agreed_sensitive, v_case.age_band,
           core.now() < v_case.created_at + engine.limit_interval(p_code => 'submit_least')
    from core.complaint c join core.draft_box b on b.case_id = c.case_id
    where c.case_id = v_case.id;
end
$$;
comment on function intake.draft_get(bytea) is 'Everything saved in the draft, sealed as it is; after submission read_only. quick: younger than people need to fill it in (lane queue). Refuses: UD005.';

create function intake.save_platform(p_draft bytea, p_platform text, p_link bytea, p_product text, p_order_no bytea, p_pay_method text,
                                     p_payment_no bytea, p_hash_kinds text[], p_hashes bytea[], p_network text)
returns table (maybe_known boolean)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.draft_case(p_draft => p_draft, p_write => true);
    v_known boolean := false;
begin
    perform engine.choice_check(p_field => 'product', p_choice => p_product);
    perform engine.choice_check(p_field => 'pay_method', p_choice => p_pay_method);
    update core.complaint c
    set platform_text = p_platform, platform_link_sealed = p_link, product = p_product, order_no_sealed = p_order_no,
        pay_method = p_pay_method, payment_no_sealed = p_payment_no, step = greatest(c.step, 1), version = c.version + 1
    where c.case_id = v_case.id;
    delete from core.number_lookup n where n.case_id = v_case.id and n.kind in ('order', 'payment');
    insert into core.number_lookup (case_id, kind, hash)
    select v_case.id, x.kind, x.hash from unnest(p_hash_kinds, p_hashes) as x (kind, hash);
    if cardinality(p_hashes) > 0 then
        -- Each question whether a number is known counts, so that nobody can try them all; nothing of another case is shown.
        perform engine.attempt_take(p_kind => 'duplicate_network', p_key => p_network,
                                    p_limit => engine.limit_n(p_code => 'duplicate_network_hour'), p_window => interval '1 hour');
        v_known := exists (
            select from core.number_lookup n join core.case_file o on o.id = n.case_id
            join unnest(p_hash_kinds, p_hashes) as x (kind, hash) on x.kind = n.kind and x.hash = n.hash
            where n.case_id <> v_case.id and o.submitted_at is not null);
    end if;
    perform engine.draft_touch(p_case => v_case.id);
    return query select v_known;
end
$$;
comment on function intake.save_platform(bytea, text, bytea, text, bytea, text, bytea, text[], bytea[], text) is
    'Step 1. p_hash_kinds and p_hashes: keyed look-ups of order and payment number (V-INT-04). maybe_known: one of them is in a submitted case. Refuses: UD005, UD010, UD025, UD031.';

create function intake.save_story(p_draft bytea, p_problem text, p_paid_on date, p_amount_fen bigint, p_story bytea, p_wanted text[],
                                  p_wanted_other bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.draft_case(p_draft => p_draft, p_write => true);
    v_choice text;
begin
    perform engine.choice_check(p_field => 'problem', p_choice => p_problem);
    foreach v_choice in array p_wanted loop
        perform engine.choice_check(p_field => 'wanted', p_choice => v_choice);
    end loop;
    update core.complaint c
    set problem = p_problem, paid_on = p_paid_on, amount_fen = p_amount_fen, story_sealed = p_story, wanted = p_wanted,
        wanted_other_sealed = p_wanted_other, step = greatest(c.step, 2), version = c.version + 1
    where c.case_id = v_case.id;
    perform engine.draft_touch(p_case => v_case.id);
end
$$;
comment on function intake.save_story(bytea, text, date, bigint, bytea, text[], bytea) is 'Step 2: what happened. Refuses: UD005, UD025, UD031.';

create function intake.evidence_done(p_draft bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.draft_case(p_draft => p_draft, p_write => true);
begin
    update core.complaint c set step = greatest(c.step, 3), version = c.version + 1 where c.case_id = v_case.id;
    perform engine.draft_touch(p_case => v_case.id);
end
$$;
comment on function intake.evidence_done(bytea) is 'Step 3 was passed, with or without files. Refuses: UD005, UD025.';

create function intake.save_contact(p_draft bytea, p_who text, p_guardian bytea, p_age_band text, p_contact_way text, p_contact bytea,
                                    p_contact_hash bytea, p_call_name bytea, p_safe text[], p_mail bytea, p_hours bytea, p_purpose text,
                                    p_consents text[]) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.draft_case(p_draft => p_draft, p_write => true);
begin
    perform engine.choice_check(p_field => 'who', p_choice => p_who);
    perform engine.choice_check(p_field => 'purpose', p_choice => p_purpose);
    perform engine.code_check(p_enumeration => 'age_band', p_code => p_age_band);
    if p_contact_way not in ('mobile', 'email', 'none') then
        raise exception using errcode = 'UD031', message = 'unknown contact way', detail = 'contact_way';
    end if;
    update core.complaint c
    set who = p_who, guardian_sealed = p_guardian, contact_way = p_contact_way, contact_sealed = p_contact, call_name_sealed = p_call_name,
        safe = p_safe, mail_sealed = p_mail, hours_sealed = p_hours, purpose = p_purpose, step = greatest(c.step, 4), version = c.version + 1
    where c.case_id = v_case.id;
    update core.case_file c set age_band = p_age_band where c.id = v_case.id;
    delete from core.number_lookup n where n.case_id = v_case.id and n.kind = 'contact';
    if p_contact_hash is not null then
        insert into core.number_lookup (case_id, kind, hash) values (v_case.id, 'contact', p_contact_hash);
    end if;
    -- Consents of the draft are those ticked now; only submission makes them count, and from then on rows are never changed.
    delete from core.consent k where k.case_id = v_case.id;
    insert into core.consent (id, case_id, kind, granted, text_version, at)
    select gen_random_uuid(), v_case.id, t.kind, true, t.version, core.now()
    from intake.consent_texts() t
    where t.kind = any (p_consents) and t.kind in ('SHARE_PLATFORM', 'SHARE_PAYMENT', 'STATISTICS', 'PUBLISH_STORY', 'GUARDIAN_UNDER_14');
    perform engine.draft_touch(p_case => v_case.id);
end
$$;
comment on function intake.save_contact(bytea, text, bytea, text, text, bytea, bytea, bytea, text[], bytea, bytea, text, text[]) is
    'Step 4: who, contact, safe ways, purpose, separate consents (kinds). p_mail: address sealed to the worker, only when plain mail was wished for. Refuses: UD005, UD025, UD031.';

create function intake.files(p_draft bytea)
returns table (file_id uuid, file_no bigint, manifest_sealed bytea, real_type text, width bigint, height bigint, damaged boolean,
               has_preview boolean, source text, kind_hint text, note_sealed bytea, bytes bigint, uploaded_at timestamptz,
               checked_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.draft_case(p_draft => p_draft, p_submitted => true);
begin
    return query
    select f.file_id, f.file_no, f.manifest_sealed, f.real_type, f.width, f.height, f.damaged, f.has_preview, f.source, f.kind_hint,
           f.note_sealed, f.bytes, f.uploaded_at, f.checked_at
    from engine.file_list(p_case => v_case.id) f;
end
$$;
comment on function intake.files(bytea) is 'Stored files of the draft. Refuses: UD005.';

create function intake.file_remove(p_draft bytea, p_file uuid) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.draft_case(p_draft => p_draft, p_write => true);
begin
    perform engine.file_remove(p_case => v_case.id, p_file => p_file, p_actor_kind => 'complainant');
end
$$;
comment on function intake.file_remove(bytea, uuid) is 'Takes a file out of the draft, with its bytes. Refuses: UD005, UD002, UD025.';

create function intake.resume_set(p_draft bytea, p_resume bytea, p_box bytea) returns table (expires_at timestamptz)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.draft_case(p_draft => p_draft, p_write => true);
begin
    update core.draft_box b set resume_lookup = sha256(p_resume), resume_box = p_box where b.case_id = v_case.id;
    perform engine.draft_touch(p_case => v_case.id);
    return query select b.expires_at from core.draft_box b where b.case_id = v_case.id;
end
$$;
comment on function intake.resume_set(bytea, bytea, bytea) is
    'A resume code for the draft (look-up and box); an earlier one ends. Returns the day the draft goes. Refuses: UD005, UD025.';

create function intake.resume_wait(p_network text) returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform engine.attempt_check(p_kind => 'code_network', p_key => p_network, p_limit => engine.limit_n(p_code => 'code_network_hour'),
                                 p_window => interval '1 hour');
end
$$;
comment on function intake.resume_wait(text) is 'Refuses with UD010 (seconds) when this network tried too many codes.';

create function intake.resume_look(p_resume bytea, p_network text) returns table (case_id uuid, box bytea)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform engine.attempt_add(p_kind => 'code_network', p_key => p_network, p_window => interval '1 hour');
    return query
    select b.case_id, b.resume_box
    from core.draft_box b
    where b.resume_lookup = sha256(p_resume) and not b.read_only and b.expires_at > core.now();
end
$$;
comment on function intake.resume_look(bytea, text) is 'The box of a resume code, or no row; every look counts for the network.';

create function intake.resume_take(p_resume bytea, p_draft bytea, p_box bytea) returns table (step bigint)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case uuid;
begin
    update core.draft_box b set cookie_lookup = sha256(p_draft), cookie_box = p_box
    where b.resume_lookup = sha256(p_resume) and not b.read_only and b.expires_at > core.now()
    returning b.case_id into v_case;
    if v_case is null then
        raise exception using errcode = 'UD005', message = 'draft unknown or ended';
    end if;
    perform engine.draft_touch(p_case => v_case);
    return query select c.step from core.complaint c where c.case_id = v_case;
end
$$;
comment on function intake.resume_take(bytea, bytea, bytea) is 'Goes on in this browser: a new cookie look-up and box replace the old. Refuses: UD005.';

create function intake.draft_discard(p_draft bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.draft_case(p_draft => p_draft, p_write => true);
begin
    perform engine.case_move(p_id => v_case.id, p_event => 'discard_draft', p_to => 'ERASED', p_actor_kind => 'complainant', p_actor => null);
end
$$;
comment on function intake.draft_discard(bytea) is 'The complainant gives the draft up: content and keys are destroyed. Refuses: UD005, UD025.';

reset role;
