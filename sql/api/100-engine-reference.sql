-- Loading of reference data.  `aiddesk migrate` calls ref.load once per file of sql/reference; a file whose digest is known changes
-- nothing.  Dated rows are ended (valid_to), never changed in place; labels of stable codes may change (DOMAIN.md §10).
set role aiddesk_owner;

drop function if exists ref.load(text, text);
create function ref.load(p_name text, p_content text) returns boolean
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_sha256 bytea := sha256(convert_to(p_content, 'UTF8'));
begin
    if exists (select from ref.document d where d.name = p_name and d.sha256 = v_sha256) then
        return false;
    end if;
    case p_name
        when 'calendar.csv' then perform engine.load_calendar(p_content => p_content);
        when 'enumerations.json' then perform engine.load_enumerations(p_document => p_content::jsonb);
        when 'intake-choices.json' then perform engine.load_intake_choices(p_document => p_content::jsonb);
        when 'channels.json' then perform engine.load_channels(p_document => p_content::jsonb);
        when 'evidence-kinds.json' then perform engine.load_evidence_kinds(p_document => p_content::jsonb);
        when 'transitions.json' then perform engine.load_transitions(p_document => p_content::jsonb);
        when 'wording.json' then perform engine.load_wording(p_document => p_content::jsonb);
        when 'law.json' then perform engine.load_law(p_document => p_content::jsonb);
        when 'citations.json' then perform engine.load_citations(p_document => p_content::jsonb);
        when 'rules.json' then perform engine.load_rules(p_document => p_content::jsonb);
        else raise exception using errcode = 'UD031', message = 'unknown reference file', detail = p_name;
    end case;
    insert into ref.document as d (name, sha256, loaded_at) values (p_name, v_sha256, core.now())
    on conflict (name) do update set sha256 = excluded.sha256, loaded_at = excluded.loaded_at;
    return true;
end
$$;
comment on function ref.load(text, text) is
    'Loads one reference file by name (content as text); true when something was new. Refuses: UD031 unknown file name.';

create function engine.texts_of(p_array jsonb) returns text[]
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select coalesce(array_agg(e.value order by e.ordinality), '{}') from jsonb_array_elements_text(p_array) with ordinality e $$;
comment on function engine.texts_of(jsonb) is 'A JSON array of strings as text[], in order; null gives an empty array.';

create function engine.load_calendar(p_content text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_line text;
    v_cell text[];
    v_years bigint[] := '{}';
    v_year bigint;
begin
    foreach v_line in array string_to_array(replace(p_content, E'\r', ''), E'\n') loop
        continue when v_line = '' or v_line like 'date,%';
        v_cell := string_to_array(v_line, ',');
        insert into ref.calendar_day as c (day, kind, name, notice)
        values (v_cell[1]::date, v_cell[2], v_cell[3], nullif(v_cell[4], ''))
        on conflict (day) do update set kind = excluded.kind, name = excluded.name, notice = excluded.notice
        where c.kind = 'PROVISIONAL_OFF' or excluded.kind <> 'PROVISIONAL_OFF';
        v_year := extract(year from v_cell[1]::date);
        if v_cell[2] <> 'PROVISIONAL_OFF' and not v_year = any (v_years) then
            v_years := v_years || v_year;
        end if;
    end loop;
    -- The provisional rows of a year go when its notice is loaded (DOMAIN.md §3.14).
    delete from ref.calendar_day c
    where c.kind = 'PROVISIONAL_OFF' and extract(year from c.day)::bigint = any (v_years);
    foreach v_year in array v_years loop
        perform engine.calendar_reload(p_year => v_year);
    end loop;
end
$$;
comment on function engine.load_calendar(text) is
    'Loads the work-day calendar (CSV: date,kind,name,notice). An official year replaces its provisional days and running provisional clocks are computed again.';

create function engine.load_enumerations(p_document jsonb) returns void
language sql security definer
set search_path = pg_catalog, pg_temp
as $$
    insert into ref.enumeration as r (enumeration, code, grp, sort, label_zh, label_en)
    select e.key, c.value ->> 'code', c.value ->> 'group', coalesce((c.value ->> 'order')::bigint, 0), c.value ->> 'zh', c.value ->> 'en'
    from jsonb_each(p_document -> 'enumerations') e, jsonb_array_elements(e.value) c
    on conflict (enumeration, code) do update
    set grp = excluded.grp, sort = excluded.sort, label_zh = excluded.label_zh, label_en = excluded.label_en
$$;
comment on function engine.load_enumerations(jsonb) is 'Loads codes and labels; labels may change, codes stay.';

create function engine.load_intake_choices(p_document jsonb) returns void
language sql security definer
set search_path = pg_catalog, pg_temp
as $$
    insert into ref.intake_choice as r
        (field, choice, valid_from, valid_to, sort, label_zh, label_en, enumeration, provisional, refine_to, check_flags, also_sets)
    select q.value ->> 'field', c.value ->> 'choice', (c.value ->> 'valid_from')::date, (c.value ->> 'valid_to')::date,
           (c.value ->> 'order')::bigint, c.value ->> 'zh', c.value ->> 'en', q.value ->> 'enumeration', c.value ->> 'provisional',
           engine.texts_of(p_array => c.value -> 'refine_to'), engine.texts_of(p_array => c.value -> 'check_flags'), coalesce(c.value -> 'also_sets', '{}')
    from jsonb_array_elements(p_document -> 'questions') q, jsonb_array_elements(q.value -> 'choices') c
    on conflict (field, choice, valid_from) do update set valid_to = excluded.valid_to
$$;
comment on function engine.load_intake_choices(jsonb) is 'Loads the coarse choices of the public form.';

create function engine.load_channels(p_document jsonb) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into ref.channel as r
        (channel, valid_from, valid_to, layer, sort, official, public_content, recommended, prerequisites, needs_real_name,
         needs_authorisation_if_agent, share_consent, withdrawable, withdrawal_type, withdrawal_needs, refile_after_withdrawal,
         problem_types, pay_methods, required_evidence, detail, confidence)
    select c.value ->> 'code', coalesce((c.value ->> 'valid_from')::date, '-infinity'), (c.value ->> 'valid_to')::date,
           c.value ->> 'layer', (c.value ->> 'order')::bigint, (c.value ->> 'official')::boolean,
           (c.value ->> 'public_content')::boolean, (c.value ->> 'recommended')::boolean, engine.texts_of(p_array => c.value -> 'prerequisites'),
           (c.value ->> 'needs_real_name')::boolean, (c.value ->> 'needs_authorisation_if_agent')::boolean,
           c.value ->> 'share_consent', c.value ->> 'withdrawable', c.value ->> 'withdrawal_type',
           engine.texts_of(p_array => c.value -> 'withdrawal_needs'), c.value ->> 'refile_after_withdrawal',
           engine.texts_of(p_array => c.value -> 'problem_types'), engine.texts_of(p_array => c.value -> 'pay_methods'),
           engine.texts_of(p_array => c.value -> 'required_evidence'),
           jsonb_build_object('zh', c.value -> 'zh', 'en', c.value -> 'en', 'how_to_file', c.value -> 'how_to_file',
                              'warnings', c.value -> 'warnings', 'withdrawal_steps', c.value -> 'withdrawal_steps',
                              'record_after_filing', c.value -> 'record_after_filing', 'source', c.value -> 'source'),
           c.value ->> 'confidence'
    from jsonb_array_elements(p_document -> 'channels') c
    on conflict (channel, valid_from) do update set valid_to = excluded.valid_to;

    insert into ref.channel_clock as r
        (channel, clock_key, variant, valid_from, valid_to, n, unit, starts_on, extension, source_kind, source, confidence, note_zh, note_en)
    select c.value ->> 'code', k.value ->> 'key', coalesce(k.value ->> 'variant', ''),
           coalesce((k.value ->> 'valid_from')::date, '-infinity'), (k.value ->> 'valid_to')::date, (k.value ->> 'n')::bigint,
           k.value ->> 'unit', k.value ->> 'starts_on', nullif(k.value -> 'extension', 'null'), k.value ->> 'source_kind',
           k.value ->> 'source', k.value ->> 'confidence', k.value ->> 'note_zh', k.value ->> 'note_en'
    from jsonb_array_elements(p_document -> 'channels') c, jsonb_array_elements(c.value -> 'clocks') k
    on conflict (channel, clock_key, variant, valid_from) do update set valid_to = excluded.valid_to;

    insert into ref.collision_class as r (class, channel)
    select k.value ->> 'code', m.value
    from jsonb_array_elements(p_document -> 'collision_classes') k, jsonb_array_elements_text(k.value -> 'channels') m
    on conflict do nothing;

    -- Rows per channel are finer than the matrix of classes and come first in the look-up (engine collision check).
    insert into ref.channel_collision as r (already_at, filing_at, valid_from, verdict, basis, confidence, note_zh, note_en)
    select m.value ->> 'already_at', m.value ->> 'filing_at', date '-infinity', m.value ->> 'verdict', 'DOMAIN 5.4',
           m.value ->> 'confidence', m.value ->> 'note_zh', m.value ->> 'note_en'
    from jsonb_array_elements(p_document -> 'collision_matrix') m
    union
    select k.value ->> 'already_at', c.value ->> 'code', date '-infinity', k.value ->> 'verdict', k.value ->> 'basis',
           k.value ->> 'confidence', null, null
    from jsonb_array_elements(p_document -> 'channels') c, jsonb_array_elements(c.value -> 'collides_with') k
    on conflict (already_at, filing_at, valid_from) do nothing;
end
$$;
comment on function engine.load_channels(jsonb) is 'Loads channels with their clocks and the collision matrix (DOMAIN.md §4.5, §5.4).';

create function engine.load_evidence_kinds(p_document jsonb) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into ref.evidence_kind as r (kind, valid_from, sort, node, decay, restricted, detail)
    select k.value ->> 'code', date '-infinity', (k.value ->> 'order')::bigint, k.value ->> 'chain_node', k.value ->> 'decay',
           coalesce((k.value ->> 'restricted')::boolean, false),
           jsonb_build_object('typical_for', k.value -> 'typical_for', 'tip_zh', k.value -> 'capture_tip_zh', 'tip_en', k.value -> 'capture_tip_en')
    from jsonb_array_elements(p_document -> 'kinds') k
    on conflict (kind, valid_from) do update set valid_to = excluded.valid_to;

    insert into ref.evidence_field as r (kind, field, sort, type, sealed, label_zh, label_en)
    select k.value ->> 'code', f.value ->> 'name', f.ordinality, f.value ->> 'type', (f.value ->> 'sealed')::boolean,
           f.value ->> 'zh', f.value ->> 'en'
    from jsonb_array_elements(p_document -> 'kinds') k, jsonb_array_elements(k.value -> 'required_fields') with ordinality f
    on conflict (kind, field) do update set label_zh = excluded.label_zh, label_en = excluded.label_en;
end
$$;
comment on function engine.load_evidence_kinds(jsonb) is 'Loads evidence kinds and their required fields (DOMAIN.md §4.4).';

create function engine.load_transitions(p_document jsonb) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_valid_from date := (p_document -> 'about' ->> 'valid_from')::date;
    v_machine text;
begin
    foreach v_machine in array array['case', 'filing', 'settlement'] loop
        insert into ref.transition as r (id, machine, from_state, event, to_state, valid_from, guards, effects)
        select t.value ->> 'id', v_machine, t.value ->> 'from', t.value ->> 'event', t.value ->> 'to', v_valid_from,
               engine.texts_of(p_array => t.value -> 'guards'), engine.texts_of(p_array => t.value -> 'effects')
        from jsonb_array_elements(p_document -> v_machine -> 'transitions') t
        on conflict (id, valid_from) do nothing;

        -- A forbidden step that a coordinator may override has its own row: same states, the override's guards.
        insert into ref.transition as r (id, machine, from_state, event, to_state, valid_from, guards, effects, overrides)
        select upper(left(v_machine, 1)) || '-OVR-' || f.ordinality, v_machine, f.value -> 'override' ->> 'from',
               f.value -> 'override' ->> 'event', f.value -> 'override' ->> 'to', v_valid_from,
               engine.texts_of(p_array => f.value -> 'override' -> 'guards'), array['withdrawal_task_per_open_filing'], f.value ->> 'rule'
        from jsonb_array_elements(p_document -> v_machine -> 'forbidden') with ordinality f
        where f.value ? 'override'
        on conflict (id, valid_from) do nothing;
    end loop;
    insert into ref.guard as r (code, label_zh, label_en)
    select g.value ->> 'code', coalesce(g.value ->> 'zh', g.value ->> 'en'), g.value ->> 'en'
    from jsonb_array_elements(p_document -> 'guards') g
    on conflict (code) do update set label_zh = excluded.label_zh, label_en = excluded.label_en;
end
$$;
comment on function engine.load_transitions(jsonb) is 'Loads the three state machines; what is not listed is forbidden (DOMAIN.md §5).';

create function engine.load_wording(p_document jsonb) returns void
language sql security definer
set search_path = pg_catalog, pg_temp
as $$
    insert into ref.wording as r (list, valid_from, rule, detail)
    select l.value ->> 'list', date '2026-04-15', l.value ->> 'rule', l.value
    from jsonb_array_elements(p_document -> 'lists') l
    on conflict (list, valid_from) do update set detail = excluded.detail
$$;
comment on function engine.load_wording(jsonb) is 'Loads the wording lists that cgi/rules/wording reads. Coordinators maintain the terms, so a list may be corrected.';

create function engine.load_law(p_document jsonb) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into ref.law_instrument as r (id, name_zh, name_en, version, valid_from, valid_to, confidence)
    select i.value ->> 'id', i.value ->> 'name_zh', i.value ->> 'name_en', i.value ->> 'version', (i.value ->> 'valid_from')::date,
           (i.value ->> 'valid_to')::date, i.value ->> 'confidence'
    from jsonb_array_elements(p_document -> 'instruments') i
    on conflict (id) do update set valid_to = excluded.valid_to;

    insert into ref.law_article as r (id, instrument, article, valid_from, valid_to, gist_zh, gist_en, needs_lawyer, confidence, verified_on)
    select a.value ->> 'id', a.value ->> 'instrument', a.value ->> 'article', (a.value ->> 'valid_from')::date,
           (a.value ->> 'valid_to')::date, a.value ->> 'gist', a.value ->> 'gist_en', (a.value ->> 'needs_lawyer')::boolean,
           a.value ->> 'confidence', (a.value ->> 'verified_on')::date
    from jsonb_array_elements(p_document -> 'articles') a
    on conflict (id) do update set valid_to = excluded.valid_to, verified_on = excluded.verified_on;
end
$$;
comment on function engine.load_law(jsonb) is 'Loads the law register that letters cite from (V-LAW-01).';

create function engine.load_citations(p_document jsonb) returns void
language sql security definer
set search_path = pg_catalog, pg_temp
as $$
    insert into ref.citation_default as r (problem_type, citations, demands, caution_zh, caution_en)
    select c.value ->> 'problem_type', engine.texts_of(p_array => c.value -> 'primary'), engine.texts_of(p_array => c.value -> 'demands'),
           c.value ->> 'caution_zh', c.value ->> 'caution_en'
    from jsonb_array_elements(p_document -> 'by_problem_type') c
    union all
    select 'addon:' || (a.value ->> 'addon'), engine.texts_of(p_array => a.value -> 'citations'), engine.texts_of(p_array => a.value -> 'demands'), null, null
    from jsonb_array_elements(p_document -> 'addons') a
    on conflict (problem_type) do update set citations = excluded.citations, demands = excluded.demands
$$;
comment on function engine.load_citations(jsonb) is 'Loads the default citations per problem type (DOMAIN.md §3.18).';

create function engine.load_rules(p_document jsonb) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into ref.limitation_rule as r (code, valid_from, n, unit, warn_days, source)
    select x.value ->> 'code', (x.value ->> 'valid_from')::date, (x.value ->> 'n')::bigint, x.value ->> 'unit',
           array(select d::bigint from jsonb_array_elements_text(x.value -> 'warn_days') d), x.value ->> 'source'
    from jsonb_array_elements(p_document -> 'limitation') x on conflict do nothing;

    insert into ref.heuristic as r (code, valid_from, n, unit, product_type, source)
    select x.value ->> 'code', (x.value ->> 'valid_from')::date, (x.value ->> 'n')::bigint, x.value ->> 'unit',
           x.value ->> 'product_type', x.value ->> 'source'
    from jsonb_array_elements(p_document -> 'heuristics') x on conflict do nothing;

    insert into ref.escalation_rule as r (code, valid_from, layer, channel, clock_keys, outcomes, next_layer, label_zh, label_en)
    select x.value ->> 'code', (x.value ->> 'valid_from')::date, x.value ->> 'layer', x.value ->> 'channel',
           engine.texts_of(p_array => x.value -> 'clock_keys'), engine.texts_of(p_array => x.value -> 'outcomes'), x.value ->> 'next_layer',
           x.value ->> 'zh', x.value ->> 'en'
    from jsonb_array_elements(p_document -> 'escalation') x on conflict do nothing;

    insert into ref.validation_rule as r (code, valid_from, level, parameters, label_zh, label_en)
    select x.value ->> 'code', date '2026-04-15', x.value ->> 'level', x.value -> 'parameters', x.value ->> 'zh', x.value ->> 'en'
    from jsonb_array_elements(p_document -> 'validation') x on conflict do nothing;

    insert into ref.report_rule as r (code, valid_from, n, source)
    select x.value ->> 'code', (x.value ->> 'valid_from')::date, (x.value ->> 'n')::bigint, x.value ->> 'source'
    from jsonb_array_elements(p_document -> 'report') x on conflict do nothing;

    insert into ref.retention_rule as r (data_class, valid_from, n, unit)
    select x.value ->> 'data_class', (x.value ->> 'valid_from')::date, (x.value ->> 'n')::bigint, x.value ->> 'unit'
    from jsonb_array_elements(p_document -> 'retention') x on conflict do nothing;

    insert into ref.service_limit as r (code, n, unit)
    select x.value ->> 'code', (x.value ->> 'n')::bigint, x.value ->> 'unit'
    from jsonb_array_elements(p_document -> 'limits') x
    on conflict (code) do update set n = excluded.n, unit = excluded.unit;

    insert into ref.consent_text as r (kind, version, valid_from, text_zh, text_en)
    select x.value ->> 'kind', x.value ->> 'version', (x.value ->> 'valid_from')::date, x.value ->> 'zh', x.value ->> 'en'
    from jsonb_array_elements(p_document -> 'consent') x on conflict do nothing;
end
$$;
comment on function engine.load_rules(jsonb) is 'Loads validation rules, periods, triggers, limits and consent texts.';

reset role;
