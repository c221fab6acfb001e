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

reset role;
