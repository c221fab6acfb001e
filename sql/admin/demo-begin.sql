-- What `aiddesk demo` works with while it runs, in a schema of its own that demo-end.sql drops: people with keys made in C, rows that the
-- pages of the desk make, time.  States are reached through the engine and through the functions of the programs only.
-- Many small statements on tables that begin empty: plans that scan whole tables stay cached while the tables grow, and compiling them takes
-- longer than running them.  What is lost by a crash is made again.
set enable_seqscan = off;
set jit = off;
set synchronous_commit = off;

-- Refuses where the clock may not be moved (engine), and where there is somebody or something already.
do $$
begin
    perform engine.set_clock_offset(p_amount => interval '0');
    if exists (select from core.group_key) or exists (select from core.app_user) or exists (select from core.case_file) then
        raise exception using errcode = 'UD025', message = 'the database is in use';
    end if;
end
$$;
drop schema if exists demo cascade;
create schema demo;

create function demo.at(p_at timestamptz) returns void language sql as $$
    select engine.set_clock_offset(p_amount => p_at - pg_catalog.now())
$$;

create function demo.person(p_id uuid, p_login text, p_name text, p_role text, p_salt bytea, p_ops bigint, p_mem bigint, p_pepper_version bigint,
                            p_verifier bytea, p_public_key bytea, p_signature bytea, p_wrapped_secret bytea) returns void language sql as $$
    select engine.user_insert(p_user => p_id, p_login => p_login, p_display_name => p_name, p_role => p_role, p_lang => 'zh-CN',
        p_salt => p_salt, p_ops => p_ops, p_mem => p_mem, p_pepper_version => p_pepper_version, p_verifier => p_verifier,
        p_public_key => p_public_key, p_signature => p_signature, p_wrapped_secret => p_wrapped_secret)
$$;

create function demo.person_set(p_id uuid, p_hours bigint, p_trainee boolean, p_skills text[], p_totp bytea, p_created timestamptz) returns void
language sql as $$
    update core.app_user set weekly_hours = p_hours, trainee = p_trainee, totp_sealed = p_totp, created_at = p_created where id = p_id;
    insert into core.user_skill (app_user, product_type) select p_id, s from unnest(p_skills) s;
$$;

create function demo.member(p_kind text, p_user uuid, p_seal bytea) returns void language sql as $$
    insert into core.group_member (kind, version, app_user, seal, sealed_at) values (p_kind, 1, p_user, p_seal, core.now())
$$;

-- A session as the programs have it; it begins now, so the limits of idle and total time do not end it in the past.
create function demo.session(p_user uuid, p_session bytea) returns void language sql as $$
    insert into core.session (id, app_user, epoch, full_rights, wrapped_key, key_version, factor_at)
    select sha256(p_session), u.id, u.epoch, true, '\x', u.key_version, core.now() from core.app_user u where u.id = p_user
$$;

create function demo.track(p_case uuid, p_track bytea) returns void language sql as $$
    insert into core.track_session (id, case_id, wrapped_seed, created_at, last_seen_at)
    values (sha256(p_track), p_case, '\x', pg_catalog.now(), pg_catalog.now())
$$;

create function demo.platform(p_name text, p_status text, p_registered_name text, p_credit_code text) returns void language sql as $$
    insert into core.platform (id, name, name_key, status, registered_name, credit_code, created_at)
    values (gen_random_uuid(), p_name, engine.platform_key(p_name => p_name), p_status, p_registered_name, p_credit_code, core.now())
$$;

-- Plain values may be relative: "$now", "$today", "$today+7".
create function demo.plain(p_values jsonb) returns jsonb language sql as $$
    select coalesce(jsonb_object_agg(v.key, case
        when v.value = '"$now"' then to_jsonb(core.now())
        when v.value #>> '{}' ~ '^\$today([+-]\d+)?$' then
            to_jsonb(engine.today() + coalesce(nullif(substr(v.value #>> '{}', 7), ''), '0')::integer)
        else v.value end), '{}')
    from jsonb_each(p_values) v
$$;

-- Changes columns of a row of the case: plain ones, and sealed ones by name.
create function demo.set(p_table text, p_id uuid, p_values jsonb, p_names text[], p_sealed bytea[]) returns void language plpgsql as $$
declare
    v_values jsonb := demo.plain(p_values);
    v_name text;
begin
    for v_name in select k from jsonb_object_keys(v_values) k loop
        execute format('update core.%I t set %I = (jsonb_populate_record(null::core.%I, $1)).%I where t.id = $2', p_table, v_name, p_table, v_name)
        using v_values, p_id;
    end loop;
    for v_i in 1 .. cardinality(p_names) loop
        execute format('update core.%I t set %I = $1 where t.id = $2', p_table, p_names[v_i] || '_sealed')
        using p_sealed[v_i], p_id;
    end loop;
end
$$;

create function demo.move(p_machine text, p_id uuid, p_event text, p_to text, p_actor uuid, p_facts jsonb) returns void language plpgsql as $$
declare
    v_kind text := case when p_actor is null then 'worker' else 'user' end;
    v_facts jsonb := demo.plain(p_facts);
begin
    case p_machine
        when 'case' then perform engine.case_move(p_id => p_id, p_event => p_event, p_to => p_to, p_actor_kind => v_kind, p_actor => p_actor,
                                                  p_facts => v_facts);
        when 'filing' then perform engine.filing_move(p_id => p_id, p_event => p_event, p_to => p_to, p_actor_kind => v_kind,
                                                      p_actor => p_actor, p_facts => v_facts);
        when 'settlement' then perform engine.settlement_move(p_id => p_id, p_event => p_event, p_to => p_to, p_actor_kind => v_kind,
                                                              p_actor => p_actor, p_facts => v_facts);
    end case;
end
$$;

-- Where a case stands.
create function demo.look(p_case uuid) returns table (case_no text, status text, version bigint, assignee uuid, filing uuid, settlement uuid,
                                                      document bigint) language sql as $$
    select c.case_no, c.status, c.version, c.assignee,
           (select f.id from core.filing f where f.case_id = c.id order by f.submitted_at desc nulls first, f.id limit 1),
           (engine.open_settlement_of(p_case => c.id)).id, (select count(*) from core.document d where d.case_id = c.id)
    from core.case_file c where c.id = p_case
$$;

create function demo.passed(p_case uuid, p_object uuid, p_table text, p_rules text[]) returns void language plpgsql as $$
declare
    v_version bigint;
begin
    execute format('select version from core.%I where id = $1', p_table) into v_version using p_object;
    perform engine.checks_store(p_case => p_case, p_object => p_object, p_version => v_version,
        p_checks => (select jsonb_agg(jsonb_build_object('rule', r, 'passed', true)) from unnest(p_rules) r));
end
$$;

create function demo.demand(p_id uuid, p_case uuid, p_kind text, p_amount_fen bigint, p_by_day text, p_text bytea) returns void language sql as $$
    insert into core.demand (id, case_id, kind, amount_fen, by_day, text_sealed)
    values (p_id, p_case, p_kind, p_amount_fen, engine.today() + p_by_day::integer, p_text)
$$;

-- A filing with what its steps ask for, PLANNED.
create function demo.filing(p_id uuid, p_case uuid, p_channel text) returns void language sql as $$
    insert into core.filing (id, case_id, round, channel, prerequisites_shown_at, prerequisites_confirmed, collision_checked_at, collision)
    select p_id, p_case, c.round, p_channel, core.now(),
           array(select q.code from engine.prerequisites(p_case => p_case, p_channel => p_channel) q where q.met is null), core.now(),
           engine.filing_collisions(p_case => p_case, p_channel => p_channel)
    from core.case_file c where c.id = p_case
$$;

create function demo.consented(p_case uuid, p_channel text) returns boolean language sql as $$
    select engine.consent_given(p_case => p_case, p_channel => p_channel)
$$;

create function demo.decision(p_id uuid, p_case uuid, p_kind text, p_channel text, p_filing uuid, p_detail jsonb, p_user uuid) returns void
language sql as $$
    insert into core.decision (id, case_id, kind, channel, filing_id, detail, asked_by, asked_at)
    values (p_id, p_case, p_kind, p_channel, p_filing, p_detail, p_user, core.now())
$$;

create function demo.open_filings(p_case uuid) returns table (id uuid, channel text, status text) language sql as $$
    select f.id, f.channel, f.status from core.filing f
    where f.case_id = p_case and (engine.filing_open(p_status => f.status))
      and (engine.channel_row(p_channel => f.channel)).withdrawable <> 'NO'
    order by f.submitted_at, f.id
$$;

create function demo.document(p_id uuid, p_case uuid, p_kind text, p_template text, p_file uuid, p_hash bytea, p_snapshot bytea,
                              p_filing uuid, p_settlement uuid, p_user uuid) returns bigint language sql as $$
    select engine.document_add(p_case => p_case, p_id => p_id, p_kind => p_kind, p_template_version => p_template, p_file => p_file,
        p_sha_hash => p_hash, p_snapshot => p_snapshot, p_filing => p_filing, p_settlement => p_settlement, p_user => p_user)
$$;

create function demo.consent(p_case uuid, p_kind text) returns table (id uuid) language sql as $$
    select n.id from core.consent n where n.case_id = p_case and n.kind = p_kind and n.granted and n.withdrawn_at is null limit 1
$$;

-- The text that both sides sign is the one that was issued.
create function demo.signature(p_settlement uuid, p_document uuid, p_hash bytea) returns void language sql as $$
    update core.settlement
    set text_hash = p_hash, document_id = p_document, first_signed_at = core.now(), first_signer = 'complainant', first_text_hash = p_hash
    where id = p_settlement
$$;

-- What the worker would have done by now, so that states are those of today.
create function demo.worker() returns void language plpgsql as $$
begin
    for v_i in 1 .. 20 loop
        perform worker.overdue_mark(p_max => 500);
        perform worker.escalate(p_max => 500);
        perform worker.no_answer(p_max => 500);
        perform worker.accept_timeout(p_max => 500);
        exit when worker.fold(p_max => 10000) = 0;
    end loop;
end
$$;

create function demo.states() returns table (id uuid, case_no text, status text) language sql as $$
    select c.id, c.case_no, c.status from core.case_file c order by c.submitted_at nulls last, c.id
$$;
