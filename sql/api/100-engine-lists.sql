-- Which cases a list of the desk has, in one place: the page, its total and the numbers that lead to it agree.
set role aiddesk_owner;

create function engine.due_today() returns tstzrange
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select tstzrange(d.first at time zone 'Asia/Shanghai', (d.first + interval '1 day') at time zone 'Asia/Shanghai', '(]')
    from (select engine.today()::timestamp as first) d
$$;
comment on function engine.due_today() is
    'The instants that are due today: a period in days ends at 24:00 of its last day, so midnight belongs to the day before it.';

create function engine.was_given_back(p_case uuid) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select exists (select from core.assignment a where a.case_id = p_case and a.end_reason in ('returned', 'timeout', 'recused'));
$$;
comment on function engine.was_given_back(uuid) is 'Somebody has had this case and it came back: returned, not accepted in time, or recused. Internal.';

create function engine.unread_note(p_case uuid) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    update core.case_file c set unread_after = n.unread
    from (select (x.closed_at is not null or x.status = 'DECLINED') and exists (
                     select from core.message m where m.case_id = x.id and m.author_kind = 'complainant' and m.read_at is null) as unread
          from core.case_file x where x.id = p_case) n
    where c.id = p_case and c.unread_after <> n.unread;
$$;
comment on function engine.unread_note(uuid) is
    'Notes whether somebody has to look at words of the complainant in a case that no list of open work has any more. After every message, mark and end. Internal.';

create function engine.cases_found(p_user core.app_user, p_scope text, p_status text, p_platform text, p_after timestamptz, p_after_id uuid,
                                   p_max bigint, p_sorted boolean default true)
returns setof core.case_file
language plpgsql stable security definer rows 25
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
    v_user uuid := p_user.id;
    v_lead boolean := p_user.role = 'coordinator';
    v_now timestamptz := core.now();
    v_today tstzrange := engine.due_today();
    v_hidden uuid[] := engine.hidden(p_user => p_user.id);
    v_platforms uuid[];
begin
    if p_scope in ('lane', 'late', 'waiting', 'returned') and not v_lead
       or p_scope not in ('mine', 'today', 'overdue', 'unassigned', 'lane', 'late', 'waiting', 'returned', 'all', 'after') then
        return;
    end if;
    if p_platform is not null then
        v_platforms := array(select p.id from core.platform p where position(lower(p_platform) in lower(p.name)) > 0);
    end if;
    -- A custom plan knows scope and filters, so what does not apply falls away and each list has its index (0004-cases.sql).
    return query
    select c.*
    from core.case_file c
    where c.submitted_at is not null and c.status not in ('DRAFT', 'ERASED')
      and (p_scope in ('all', 'after') or c.closed_at is null and c.status <> 'DECLINED')
      and (p_scope not in ('mine', 'today', 'overdue') and (p_scope <> 'all' or v_lead) or c.assignee = v_user)
      and (p_scope not in ('unassigned', 'lane', 'returned') or c.assignee is null)
      and (p_scope <> 'today' or c.next_due_at <@ v_today)
      and (p_scope not in ('overdue', 'late') or coalesce(c.next_due_at, 'infinity') <= v_now)
      and (p_scope <> 'lane' or c.lane = 'queue')
      and (p_scope <> 'after' or c.unread_after and (c.assignee = v_user or v_lead and not exists (
              select from core.app_user u where u.id = c.assignee and u.state = 'active')))
      and (p_scope <> 'waiting' or c.assignee is not null and c.accepted_at is null)
      and (p_scope <> 'returned' or engine.was_given_back(p_case => c.id))
      and (p_status is null or c.status = p_status)
      and (p_platform is null or c.platform = any (v_platforms))
      and (p_after_id is null or (coalesce(c.next_due_at, 'infinity'), c.id) > (coalesce(p_after, 'infinity'), p_after_id))
      and not array[c.platform, c.id] && v_hidden
    -- Who counts takes the cases as the filters find them: in the order of dates, rare ones are far apart.
    order by case when p_sorted then coalesce(c.next_due_at, 'infinity') end, case when p_sorted then c.id end
    limit p_max;
end
$$;
comment on function engine.cases_found(core.app_user, text, text, text, timestamptz, uuid, bigint, boolean) is
    'Cases by next deadline: scope mine, today, overdue, unassigned, after (ended, with unread words of the complainant: for who had it last, or coordinators when that person is gone); for coordinators also lane, late, waiting (not accepted), returned, all (volunteers: their own). Filters by status and part of the platform''s name. Keyset after (p_after, p_after_id); p_after null with an id = after the last one that has a deadline. p_sorted false: in any order, to count. Nobody meets a case in conflict.';

reset role;
