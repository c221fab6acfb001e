-- What is true about a case, from its tables: small questions that checks, guards and escalation share.
set role aiddesk_owner;

create function engine.filing_final(p_status text) returns boolean
language plpgsql immutable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return p_status in ('NOT_ACCEPTED', 'DECIDED', 'ENDED', 'WITHDRAWN', 'LAPSED', 'CANCELLED');
end
$$;
comment on function engine.filing_final(text) is 'A filing in such a state never moves again.';

create function engine.filing_open(p_status text) returns boolean
language plpgsql immutable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return not engine.filing_final(p_status => p_status) and p_status not in ('PLANNED', 'DRAFTED', 'READY');
end
$$;
comment on function engine.filing_open(text) is 'Filed with the channel and not ended.';

create function engine.settlement_signed(p_state text) returns boolean
language sql immutable security definer
set search_path = pg_catalog, pg_temp
as $$ select p_state in ('SIGNED', 'CONFIRMED', 'PERFORMING', 'PERFORMED', 'BREACHED') $$;
comment on function engine.settlement_signed(text) is 'Both sides signed, whatever came after, but a rescinded one does not count.';

create function engine.file_stored(p_file uuid) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (select exists (select from core.file f where f.id = p_file and f.state = 'stored'));
end
$$;
comment on function engine.file_stored(uuid) is 'The file is there, whole.';

create function engine.to_time(p_text text) returns timestamptz
language plpgsql immutable security definer
set search_path = pg_catalog, pg_temp
set timezone = 'Asia/Shanghai'
set datestyle = 'ISO, YMD'
as $$
begin
    if p_text !~ '^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$' then
        return null;
    end if;
    return p_text::timestamptz;
exception
    when datetime_field_overflow or invalid_datetime_format then
        return null;
end
$$;
comment on function engine.to_time(text) is 'An instant from a plain field (ISO 8601; without a zone it is Asia/Shanghai); null when it is none.';

create function engine.to_fen(p_value jsonb) returns bigint
language sql immutable security definer
set search_path = pg_catalog, pg_temp
as $$ select case when p_value #>> '{}' ~ '^\d{1,12}$' then (p_value #>> '{}')::bigint end $$;
comment on function engine.to_fen(jsonb) is 'An amount in fen from a plain field; null when it is none.';

create function engine.state_since(p_object uuid) returns timestamptz
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select coalesce(max(e.at), '-infinity')
        from core.event e
        where e.object_id = p_object and e.before ->> 'status' is distinct from e.after ->> 'status');
end
$$;
comment on function engine.state_since(uuid) is 'When a case, filing or settlement came into its present state.';

create function engine.round_since(p_case uuid) returns timestamptz
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select coalesce(max(e.at), '-infinity') from core.event e where e.object_id = p_case and e.type = 'reopen');
end
$$;
comment on function engine.round_since(uuid) is 'When the present round of a case began: its last reopening.';

create function engine.is_coordinator(p_user uuid) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select exists (select from core.app_user u where u.id = p_user and u.role = 'coordinator' and u.state = 'active'));
end
$$;
comment on function engine.is_coordinator(uuid) is 'An active coordinator.';

create function engine.evidence_exists(p_case uuid, p_kinds text[], p_since timestamptz default '-infinity') returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select exists (
            select from core.evidence e
            where e.case_id = p_case and e.kind = any (p_kinds) and e.removed_at is null and e.created_at >= p_since
              and engine.file_stored(p_file => e.file_id)));
end
$$;
comment on function engine.evidence_exists(uuid, text[], timestamptz) is 'An evidence item of one of these kinds, with its file, made since an instant.';

create function engine.performance_proved(p_case uuid) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select engine.evidence_exists(p_case => p_case, p_kinds => array['PERFORMANCE'], p_since => engine.round_since(p_case => p_case))
           and (not exists (select from core.settlement s where s.case_id = p_case and engine.settlement_signed(p_state => s.state))
                or engine.evidence_exists(p_case => p_case, p_kinds => array['SETTLEMENT'])
                or exists (select from core.settlement s
                           where s.case_id = p_case and engine.settlement_signed(p_state => s.state)
                             and engine.file_stored(p_file => s.signed_file))));
end
$$;
comment on function engine.performance_proved(uuid) is
    'Proof of performance of this round is there; where an agreement was signed, the signed agreement too (V-WD-02).';

create function engine.entity_identified(p_case core.case_file) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select p_case.defendant_identified
            or exists (select from core.platform p where p.id = p_case.platform and p.registered_name is not null)
            or exists (select from core.evidence e
                       where e.case_id = p_case.id and e.kind = 'ENTITY' and e.removed_at is null and e.fields ->> 'entity_name' <> ''));
end
$$;
comment on function engine.entity_identified(core.case_file) is
    'The registered respondent is known: marked so, in the register of platforms, or named in an ENTITY evidence item.';

create function engine.consent_given(p_case uuid, p_channel text) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- One recipient at a time.  Only platform and payment company are asked for on the public form, before any filing is planned; the
    -- newest answer counts.
    return (
        select coalesce((
            select n.granted and n.withdrawn_at is null
            from core.consent n
            join ref.channel r on r.channel = p_channel and engine.today() >= r.valid_from
                              and (r.valid_to is null or engine.today() <= r.valid_to)
            where n.case_id = p_case and n.kind = r.share_consent
              and (n.channel = p_channel or (n.channel is null and n.kind in ('SHARE_PLATFORM', 'SHARE_PAYMENT')))
            order by n.at desc, n.channel nulls last
            limit 1), false));
end
$$;
comment on function engine.consent_given(uuid, text) is 'The complainant agreed that this channel gets the material, and did not take it back (V-PRIV-01).';

create function engine.demand_hash(p_case uuid) returns bytea
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select sha256(convert_to(coalesce(string_agg(concat_ws('|', d.id, d.kind, d.amount_fen, d.quantity, d.unit, d.basis, d.by_day,
                   d.alternative_to, encode(sha256(d.text_sealed), 'hex')), E'\n' order by d.id), ''), 'UTF8'))
        from core.demand d
        where d.case_id = p_case and d.removed_at is null);
end
$$;
comment on function engine.demand_hash(uuid) is 'Hash of the demands as they stand: the same in every filing of a round (R-CH-01).';

create function engine.decision_answered(p_case uuid, p_kind text, p_answer text, p_since timestamptz, p_filing uuid default null)
returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select exists (
            select from core.decision d
            where d.case_id = p_case and d.kind = p_kind and d.answer = p_answer and d.withdrawn_at is null and d.answered_at >= p_since
              and (d.filing_id is null or d.filing_id = p_filing)));
end
$$;
comment on function engine.decision_answered(uuid, text, text, timestamptz, uuid) is
    'The complainant gave this answer since an instant, about the whole case or this filing, and did not take it back.';

create function engine.override_open(p_object uuid, p_guards text[]) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select exists (
            select from core.guard_override o
            where o.object_id = p_object and o.guard = any (p_guards) and o.used_at is null
              and engine.is_coordinator(p_user => o.by_user)));
end
$$;
comment on function engine.override_open(uuid, text[]) is 'A coordinator recorded an override of one of these guards for this object, and it is not used up.';

reset role;
