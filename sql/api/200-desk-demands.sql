-- desk: what is demanded (诉求): kind, amount or quantity, day, wording (V-DEM-01, V-DEM-03, R-WORD-03).
set role aiddesk_owner;

create function desk.demands(p_session bytea, p_case uuid)
returns table (id uuid, kind text, amount_fen bigint, quantity bigint, unit text, basis text, by_day date, text_sealed bytea,
               alternative_to uuid, version bigint, specific boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select d.id, d.kind, d.amount_fen, d.quantity, d.unit, d.basis, d.by_day, d.text_sealed, d.alternative_to, d.version,
           d.by_day is not null and (d.amount_fen is not null or d.quantity is not null)
    from core.demand d
    where d.case_id = v_case.id and d.removed_at is null
    order by d.alternative_to is not null, d.by_day nulls last, d.kind, d.id;
end
$$;
comment on function desk.demands(bytea, uuid) is
    'Demands of a case, main ones first; specific: it has a day and an amount or quantity (V-DEM-01). Refuses: UD001, UD002.';

create function desk.demand_sums(p_session bytea, p_case uuid) returns table (paid_fen bigint, refund_fen bigint, frozen boolean, changed boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select v_case.amount_fen,
           (select coalesce(sum(d.amount_fen), 0)::bigint from core.demand d
            where d.case_id = v_case.id and d.removed_at is null and d.kind = 'REFUND' and d.alternative_to is null),
           v_case.demand_hash is not null,
           coalesce(v_case.demand_hash <> engine.demand_hash(p_case => v_case.id), false);
end
$$;
comment on function desk.demand_sums(bytea, uuid) is
    'What was paid, what is asked back (V-DEM-03), whether the demands were frozen and changed since (R-CH-01). Refuses: UD001, UD002.';

create function engine.demands_open(p_case core.case_file) returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_case.closed_at is not null or p_case.status not in ('TRIAGE', 'NEEDS_INFO', 'PREPARING', 'READY', 'IN_PROGRESS', 'ESCALATION_DUE',
                                                             'NEGOTIATING') then
        raise exception using errcode = 'UD021', message = 'this step is not possible in the present state',
            detail = concat_ws(':', 'case', p_case.status, 'demand');
    end if;
end
$$;
comment on function engine.demands_open(core.case_file) is 'Demands may change until the case is settled, sued or closed. Refuses: UD021 case:state:demand.';

create function desk.demand_save(p_session bytea, p_case uuid, p_id uuid, p_version bigint, p_kind text, p_amount_fen bigint, p_quantity bigint,
                                 p_unit text, p_basis text, p_by_day date, p_text bytea, p_alternative_to uuid) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_old core.demand;
begin
    perform engine.demands_open(p_case => v_case);
    perform engine.code_check(p_enumeration => 'demand_kind', p_code => p_kind);
    if p_alternative_to is not null and not exists (
        -- Of a main demand only: a chain of alternatives would leave no main one.
        select from core.demand d
        where d.id = p_alternative_to and d.case_id = v_case.id and d.removed_at is null and d.alternative_to is null and d.id <> p_id) then
        raise exception using errcode = 'UD030', message = 'not a main demand of this case', detail = 'alternative_to:filing.demand.error.alternative';
    end if;
    if p_version = 0 then
        perform engine.version_check(p_found => coalesce((select d.version from core.demand d where d.id = p_id), 0), p_read => 0);
        insert into core.demand (id, case_id, kind, amount_fen, quantity, unit, basis, by_day, text_sealed, alternative_to)
        values (p_id, v_case.id, p_kind, p_amount_fen, p_quantity, p_unit, p_basis, p_by_day, p_text, p_alternative_to);
    else
        select d.* into v_old from core.demand d where d.id = p_id and d.case_id = v_case.id and d.removed_at is null for update;
        if not found then
            raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
        end if;
        perform engine.version_check(p_found => v_old.version, p_read => p_version);
        if p_alternative_to is not null and exists (
            select from core.demand d where d.alternative_to = p_id and d.removed_at is null) then
            raise exception using errcode = 'UD030', message = 'others stand instead of this one', detail = 'alternative_to:filing.demand.error.main';
        end if;
        update core.demand d
        set kind = p_kind, amount_fen = p_amount_fen, quantity = p_quantity, unit = p_unit, basis = p_basis, by_day = p_by_day,
            text_sealed = p_text, alternative_to = p_alternative_to, version = d.version + 1
        where d.id = p_id;
    end if;
    -- A checklist that somebody has open was about other words.
    update core.case_file c set version = c.version + 1 where c.id = v_case.id;
    perform engine.event_add(p_case => v_case.id, p_object_kind => 'demand', p_object => p_id,
        p_type => case when p_version = 0 then 'demand_added' else 'demand_edited' end, p_actor_kind => 'user', p_actor => v_user.id,
        p_before => case when v_old.id is not null then jsonb_build_object('kind', v_old.kind, 'amount_fen', v_old.amount_fen,
            'quantity', v_old.quantity, 'by_day', v_old.by_day) end,
        p_after => jsonb_build_object('kind', p_kind, 'amount_fen', p_amount_fen, 'quantity', p_quantity, 'by_day', p_by_day));
    return p_version + 1;
end
$$;
comment on function desk.demand_save(bytea, uuid, uuid, bigint, text, bigint, bigint, text, text, date, bytea, uuid) is
    'Adds (version 0) or changes a demand; the version of the case rises. Refuses: UD001, UD002, UD020, UD021 settled or closed, UD030 alternative_to, UD031.';

create function desk.demand_remove(p_session bytea, p_case uuid, p_id uuid, p_version bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_old core.demand;
begin
    perform engine.demands_open(p_case => v_case);
    select d.* into v_old from core.demand d where d.id = p_id and d.case_id = v_case.id and d.removed_at is null for update;
    if not found then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
    perform engine.version_check(p_found => v_old.version, p_read => p_version);
    update core.demand d set removed_at = core.now(), version = d.version + 1 where d.id = p_id;
    -- What stood instead of it stands for itself now.
    update core.demand d set alternative_to = null, version = d.version + 1 where d.alternative_to = p_id and d.removed_at is null;
    update core.case_file c set version = c.version + 1 where c.id = v_case.id;
    perform engine.event_add(p_case => v_case.id, p_object_kind => 'demand', p_object => p_id, p_type => 'demand_removed',
        p_actor_kind => 'user', p_actor => v_user.id,
        p_before => jsonb_build_object('kind', v_old.kind, 'amount_fen', v_old.amount_fen, 'quantity', v_old.quantity, 'by_day', v_old.by_day));
end
$$;
comment on function desk.demand_remove(bytea, uuid, uuid, bigint) is
    'Takes a demand out; alternatives to it become main demands. Refuses: UD001, UD002, UD020, UD021 settled or closed.';

reset role;
