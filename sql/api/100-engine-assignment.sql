-- Who gets a case: the automatic choice with its reasons, and the rows of an assignment from beginning to end (FEATURES.md 30).
set role aiddesk_owner;

create function engine.open_weight(p_user uuid) returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    -- A case that waits for the volunteer is work now; one that waits for somebody else has to be watched.
    select coalesce(sum(case when c.waiting_on = 'VOLUNTEER' then 3 else 1 end), 0)::bigint
    from core.case_file c
    where c.assignee = p_user and c.closed_at is null and c.status not in ('DRAFT', 'DECLINED', 'CLOSED', 'ARCHIVED', 'ERASED')
$$;
comment on function engine.open_weight(uuid) is 'Weight of a person''s open cases: 3 for each that waits for the volunteer, 1 for each other.';

create function engine.assign_excluded(p_user core.app_user, p_case core.case_file) returns text[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select array_remove(array[
        case when not engine.may_see(p_user => p_user, p_platform => p_case.platform, p_case => p_case.id) then 'conflict' end,
        case when exists (select from core.user_skill s where s.app_user = p_user.id)
              and not exists (select from core.user_skill s where s.app_user = p_user.id and s.product_type = p_case.product_type)
             then 'skill' end,
        case when exists (select from core.user_leave l
                          where l.app_user = p_user.id and engine.today() between l.from_day and l.to_day) then 'leave' end,
        case when p_user.recovering or not exists (
                 select from core.user_key k where k.app_user = p_user.id and k.version = p_user.key_version) then 'key' end,
        case when exists (select from core.assignment a
                          where a.case_id = p_case.id and a.app_user = p_user.id and a.ended_at is not null
                            and a.end_reason in ('returned', 'timeout', 'recused')) then 'earlier' end
    ], null)
$$;
comment on function engine.assign_excluded(core.app_user, core.case_file) is
    'Why a person cannot be chosen for a case: conflict, skill, leave, key (none, or password being repaired), earlier (had it and gave it back); empty = can.';

create function engine.assign_pick(p_case uuid) returns table (app_user uuid, reason jsonb)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with candidate as (
        select u.id, u.display_name, u.weekly_hours, u.last_assigned_at, w.weight,
               engine.assign_excluded(p_user => u, p_case => c) as excluded
        from core.case_file c, core.app_user u, lateral (select engine.open_weight(p_user => u.id) as weight) w
        where c.id = p_case and u.role = 'volunteer' and u.state = 'active'
    ), ranked as (
        select k.id, k.display_name, k.weekly_hours, k.last_assigned_at, k.weight, k.excluded,
               row_number() over (order by k.excluded <> '{}', k.weight::numeric / k.weekly_hours,
                                  k.last_assigned_at nulls first, k.id) as place
        from candidate k
    )
    select (select r.id from ranked r where r.place = 1 and r.excluded = '{}'),
           jsonb_build_object(
               'rule', 'weight_per_hour, longest_since_last, id',
               'product_type', (select c.product_type from core.case_file c where c.id = p_case),
               'candidates', coalesce((
                   select jsonb_agg(jsonb_build_object(
                       'user', r.id, 'name', r.display_name, 'weight', r.weight, 'weekly_hours', r.weekly_hours,
                       'ratio_milli', r.weight * 1000 / r.weekly_hours, 'last_assigned_at', r.last_assigned_at,
                       'excluded', to_jsonb(r.excluded), 'place', case when r.excluded = '{}' then r.place end) order by r.place)
                   from ranked r), '[]'))
$$;
comment on function engine.assign_pick(uuid) is
    'The automatic choice for a case, and why: filters conflict, skill, leave and key, then lowest open weight per weekly hour, then longest since the last case, then id. One row; app_user null = nobody is free. Writes nothing; the same state gives the same choice.';

create function engine.assignment_open(p_case uuid, p_user uuid, p_how text, p_reason jsonb, p_actor_kind text,
                                       p_actor uuid default null, p_id uuid default null, p_note bytea default null) returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := (select c from core.case_file c where c.id = p_case for update);
    v_user core.app_user := (select u from core.app_user u where u.id = p_user for update);
    v_id uuid := coalesce(p_id, gen_random_uuid());
    v_accepted timestamptz := case when p_how = 'claim' then core.now() end;
begin
    if v_case.id is null or v_user.id is null or v_user.state <> 'active' or v_user.role not in ('volunteer', 'coordinator') then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
    if not engine.may_see(p_user => v_user, p_platform => v_case.platform, p_case => p_case) then
        raise exception using errcode = 'UD040', message = 'conflict of interest';
    end if;
    if exists (select from core.assignment a where a.case_id = p_case and a.ended_at is null) then
        raise exception using errcode = 'UD024', message = 'the case is assigned already';
    end if;
    insert into core.assignment (id, case_id, app_user, how, reason, assigned_at, accepted_at, note_sealed)
    values (v_id, p_case, p_user, p_how, coalesce(p_reason, '{}'), core.now(), v_accepted, p_note);
    update core.case_file c set assignee = p_user, accepted_at = v_accepted where c.id = p_case;
    update core.app_user u set last_assigned_at = core.now() where u.id = p_user;
    if v_accepted is null then
        perform engine.service_clock(p_case => p_case, p_code => 'accept_within');
    else
        delete from core.case_seal s where s.case_id = p_case and s.recipient_kind = 'pool';
    end if;
    perform engine.event_add(p_case => p_case, p_object_kind => 'case', p_object => p_case, p_type => 'assigned',
        p_actor_kind => p_actor_kind, p_actor => p_actor, p_before => jsonb_build_object('assignee', v_case.assignee),
        p_after => jsonb_build_object('assignee', p_user, 'how', p_how));
    return v_id;
end
$$;
comment on function engine.assignment_open(uuid, uuid, text, jsonb, text, uuid, uuid, bytea) is
    'Gives a case to a person: auto, claim (accepted at once, the pool seal goes), coordinator, handover. Refuses: UD002, UD024 assigned already, UD040 conflict of interest.';

create function engine.assignment_accept(p_case uuid, p_user uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := (select c from core.case_file c where c.id = p_case for update);
    v_open core.assignment := (
        select a from core.assignment a where a.case_id = p_case and a.app_user = p_user and a.ended_at is null for update);
begin
    if v_open.id is null or v_case.assignee is distinct from p_user then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
    if v_open.accepted_at is not null then
        raise exception using errcode = 'UD025', message = 'accepted already';
    end if;
    if not exists (select from core.case_seal s
                   where s.case_id = p_case and s.recipient_kind = 'user' and s.recipient = p_user) then
        raise exception using errcode = 'UD041', message = 'the key of this case has not been sealed to this person yet';
    end if;
    update core.assignment a set accepted_at = core.now() where a.id = v_open.id;
    update core.case_file c set accepted_at = core.now() where c.id = p_case;
    -- From here on the volunteer's own seal and the coordinators' group open the case (SECURITY.md §3.4).
    delete from core.case_seal s where s.case_id = p_case and s.recipient_kind = 'pool';
    perform engine.service_stop(p_case => p_case, p_code => 'accept_within', p_reason => 'ACCEPTED');
    perform engine.event_add(p_case => p_case, p_object_kind => 'case', p_object => p_case, p_type => 'assignment_accepted',
        p_actor_kind => 'user', p_actor => p_user);
end
$$;
comment on function engine.assignment_accept(uuid, uuid) is
    'The chosen volunteer accepts; the pool seal is deleted. Does not move the case: start_review does. Refuses: UD002, UD025, UD041 no seal yet.';

create function engine.assignment_close(p_case uuid, p_reason text, p_actor_kind text, p_actor uuid default null,
                                        p_note bytea default null) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_open core.assignment;
begin
    perform from core.case_file c where c.id = p_case for update;
    v_open := (select a from core.assignment a where a.case_id = p_case and a.ended_at is null for update);
    if v_open.id is null then
        return;
    end if;
    update core.assignment a
    set ended_at = core.now(), end_reason = p_reason, end_note_sealed = p_note
    where a.id = v_open.id;
    -- Taking a case away takes its key away, at once.
    delete from core.case_seal s where s.case_id = p_case and s.recipient_kind = 'user' and s.recipient = v_open.app_user;
    update core.case_file c set assignee = null, accepted_at = null where c.id = p_case;
    perform engine.service_stop(p_case => p_case, p_code => 'accept_within', p_reason => 'REASSIGNED');
    perform engine.event_add(p_case => p_case, p_object_kind => 'case', p_object => p_case, p_type => 'unassigned',
        p_actor_kind => p_actor_kind, p_actor => p_actor, p_before => jsonb_build_object('assignee', v_open.app_user),
        p_after => jsonb_build_object('reason', p_reason));
end
$$;
comment on function engine.assignment_close(uuid, text, text, uuid, bytea) is
    'Ends the open assignment of a case (returned, timeout, reassigned, recused, closed, disabled) and deletes that person''s seal. Nothing when nobody has it.';

create function engine.load_of()
returns table (app_user uuid, display_name text, role text, trainee boolean, weekly_hours bigint, weight bigint, ratio_milli bigint,
               open_cases bigint, on_leave boolean, last_assigned_at timestamptz)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select u.id, u.display_name, u.role, u.trainee, u.weekly_hours, w.weight, w.weight * 1000 / u.weekly_hours,
           (select count(*) from core.case_file c
            where c.assignee = u.id and c.status not in ('DRAFT', 'DECLINED', 'CLOSED', 'ARCHIVED', 'ERASED')),
           exists (select from core.user_leave l where l.app_user = u.id and engine.today() between l.from_day and l.to_day),
           u.last_assigned_at
    from core.app_user u, lateral (select engine.open_weight(p_user => u.id) as weight) w
    where u.role in ('volunteer', 'coordinator') and u.state = 'active'
    order by 7, u.id
$$;
comment on function engine.load_of() is 'Load of every active volunteer and coordinator, least loaded first.';

reset role;
