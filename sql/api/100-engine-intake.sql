-- What the intake functions share: retention periods, choices of the public form, touching a draft.
set role aiddesk_owner;

create function engine.retention_interval(p_class text) returns interval
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select case r.unit when 'cd' then make_interval(days => r.n::integer) when 'h' then make_interval(hours => r.n::integer) end
    from ref.retention_rule r
    where r.data_class = p_class and engine.today() >= r.valid_from and (r.valid_to is null or engine.today() <= r.valid_to)
    order by r.valid_from desc limit 1
$$;
comment on function engine.retention_interval(text) is 'Retention period of a data class in force today (ref.retention_rule).';

create function engine.choice_check(p_field text, p_choice text) returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_choice is not null and not exists (
        select from ref.intake_choice i
        where i.field = p_field and i.choice = p_choice and engine.today() >= i.valid_from
          and (i.valid_to is null or engine.today() <= i.valid_to)) then
        raise exception using errcode = 'UD031', message = 'unknown choice', detail = p_field;
    end if;
end
$$;
comment on function engine.choice_check(text, text) is 'A choice of the public form must be in force today; null passes. Refuses: UD031 (field).';

create function engine.draft_touch(p_case uuid) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update core.case_file c set saved_at = core.now() where c.id = p_case;
    update core.draft_box b set expires_at = core.now() + engine.retention_interval(p_class => 'draft') where b.case_id = p_case;
end
$$;
comment on function engine.draft_touch(uuid) is 'The draft was saved: 30 days count from now.';

create function engine.complaint_apply(p_case uuid) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_complaint core.complaint;
    v_platform uuid;
    v_key text;
    v_also jsonb := '{}';
begin
    select c.* into v_complaint from core.complaint c where c.case_id = p_case;
    if v_complaint.platform_text is not null then
        v_key := engine.platform_key(p_name => v_complaint.platform_text);
        select coalesce(p.merged_into, p.id) into v_platform from core.platform p where p.name_key = v_key;
        if v_platform is null then
            insert into core.platform (id, name, name_key, created_at) values (gen_random_uuid(), v_complaint.platform_text, v_key, core.now())
            on conflict (name_key) do update set version = core.platform.version
            returning id into v_platform;
        end if;
    end if;
    select coalesce(jsonb_object_agg(k.key, k.value), '{}') into v_also
    from ref.intake_choice i, jsonb_each_text(i.also_sets) k
    where (i.field, i.choice) in (('product', v_complaint.product), ('problem', v_complaint.problem), ('who', v_complaint.who))
      and engine.today() >= i.valid_from and (i.valid_to is null or engine.today() <= i.valid_to);
    update core.case_file c
    set platform = v_platform,
        product_type = engine.choice_code(p_field => 'product', p_choice => v_complaint.product),
        problem_type = engine.choice_code(p_field => 'problem', p_choice => v_complaint.problem),
        pay_method = engine.choice_code(p_field => 'pay_method', p_choice => v_complaint.pay_method),
        filer_role = engine.choice_code(p_field => 'who', p_choice => v_complaint.who),
        purchase_purpose = coalesce(engine.choice_code(p_field => 'purpose', p_choice => v_complaint.purpose), 'UNKNOWN'),
        age_band = coalesce(c.age_band, v_also ->> 'age_band'),
        amount_fen = v_complaint.amount_fen, paid_on = v_complaint.paid_on
    where c.id = p_case;
end
$$;
comment on function engine.complaint_apply(uuid) is
    'Sets the case''s platform and provisional codes from the choices of the form (UX.md §2.11); a new platform enters the register as not verified.';

create function engine.choice_code(p_field text, p_choice text) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select i.provisional from ref.intake_choice i
    where i.field = p_field and i.choice = p_choice and engine.today() >= i.valid_from and (i.valid_to is null or engine.today() <= i.valid_to)
    order by i.valid_from desc limit 1
$$;
comment on function engine.choice_code(text, text) is 'Provisional code of a choice; null when nothing was chosen.';

create function engine.platform_key(p_name text) returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select lower(regexp_replace(normalize(p_name, nfkc), '[[:space:][:punct:]]', '', 'g')) $$;
comment on function engine.platform_key(text) is
    'Normal form of a platform name: NFKC, lower case, without spaces and punctuation. The one home of this rule; C passes names as typed.';

reset role;
