-- desk: who has a case: giving it to a person, recusal, its history; what coordinators watch over (UX.md §4, SECURITY.md §3.4).
set role aiddesk_owner;

create function desk.assignments(p_session bytea, p_case uuid)
returns table (id uuid, name text, how text, reason jsonb, assigned_at timestamptz, accepted_at timestamptz, ended_at timestamptz,
               end_reason text, note_sealed bytea, end_note_sealed bytea)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select a.id, u.display_name, a.how, a.reason, a.assigned_at, a.accepted_at, a.ended_at, a.end_reason, a.note_sealed,
           a.end_note_sealed
    from core.assignment a join core.app_user u on u.id = a.app_user
    where a.case_id = v_case.id order by a.ended_at nulls first, a.assigned_at desc, a.id;
end
$$;
comment on function desk.assignments(bytea, uuid) is 'Who had the case, the present one first, with sealed handover notes and reasons of return. Refuses: UD001, UD002.';

create function desk.assignable(p_session bytea, p_case uuid)
returns table (app_user uuid, display_name text, role text, weight bigint, weekly_hours bigint, open_cases bigint, on_leave boolean,
               key_version bigint, public_key bytea, signature bytea, pool_id uuid, pool_version bigint, pool_public bytea, pool_signature bytea)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['coordinator']);
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select l.app_user, l.display_name, l.role, l.weight, l.weekly_hours, l.open_cases, l.on_leave, k.version, k.public_key, k.signature,
           g.id, g.version, g.public_key, g.signature
    from engine.load_of() l
    join core.app_user u on u.id = l.app_user
    join core.user_key k on k.app_user = u.id and k.version = u.key_version
    join core.group_key g on g.kind = 'pool' and g.current
    where l.app_user is distinct from v_case.assignee and not u.recovering
      and engine.may_see(p_user => u, p_platform => v_case.platform, p_case => v_case.id)
    order by l.on_leave, l.ratio_milli, l.display_name, l.app_user;
end
$$;
comment on function desk.assignable(bytea, uuid) is
    'To whom a coordinator may give a case, least loaded first, with public keys and their roster signatures; people in conflict are not there. Refuses: UD001, UD002, UD003.';

create function desk.assign(p_session bytea, p_case uuid, p_version bigint, p_user uuid, p_user_version bigint, p_user_seal bytea,
                            p_pool_version bigint, p_pool_seal bytea, p_id uuid, p_note bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_actor core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['coordinator']);
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
begin
    perform engine.version_check(p_found => v_case.version, p_read => p_version);
    if v_case.closed_at is not null then
        raise exception using errcode = 'UD021', message = 'closed', detail = 'case:' || v_case.status || ':assign';
    end if;
    if p_user_version is distinct from (select u.key_version from core.app_user u where u.id = p_user)
       or p_pool_version is distinct from (select g.version from core.group_key g where g.kind = 'pool' and g.current) then
        raise exception using errcode = 'UD023', message = 'recipients changed';
    end if;
    perform engine.assignment_close(p_case => v_case.id, p_reason => 'reassigned', p_actor_kind => 'user', p_actor => v_actor.id);
    insert into core.case_seal as s (case_id, recipient_kind, recipient, key_version, seal)
    values (v_case.id, 'user', p_user, p_user_version, p_user_seal), (v_case.id, 'pool', null, p_pool_version, p_pool_seal)
    on conflict (case_id, recipient_kind, recipient) do update
    set key_version = excluded.key_version, seal = excluded.seal, created_at = core.now();
    perform engine.assignment_open(p_case => v_case.id, p_user => p_user, p_how => 'coordinator', p_reason => '{"how": "coordinator"}',
        p_actor_kind => 'user', p_actor => v_actor.id, p_id => p_id, p_note => p_note);
    perform engine.lane_leave(p_case => v_case.id);
end
$$;
comment on function desk.assign(bytea, uuid, bigint, uuid, bigint, bytea, bigint, bytea, uuid, bytea) is
    'A coordinator gives a case to a person: sealed to that person and, until it is accepted, to the pool; the former seal goes. p_id: row of the sealed handover note. Refuses: UD001..UD003, UD020, UD021 closed, UD023, UD040.';

create function desk.recuse(p_session bytea, p_case uuid) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['volunteer', 'coordinator']);
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
begin
    if v_case.assignee = v_user.id then
        perform engine.assignment_close(p_case => v_case.id, p_reason => 'recused', p_actor_kind => 'user', p_actor => v_user.id);
    end if;
    insert into core.case_recusal (app_user, case_id, declared_at) values (v_user.id, v_case.id, core.now()) on conflict do nothing;
    perform engine.event_add(p_case => v_case.id, p_object_kind => 'case', p_object => v_case.id, p_type => 'recused',
                             p_actor_kind => 'user', p_actor => v_user.id);
end
$$;
comment on function desk.recuse(bytea, uuid) is
    'The person declares a conflict of interest in one case: the seal goes, and no list, count or page shows the case to them again. Refuses: UD001, UD002.';

create function desk.today(p_session bytea)
returns table (unassigned bigint, lane bigint, overdue bigint, not_accepted bigint, returned bigint, waiting_members bigint,
               waiting_cases bigint, failed_mail bigint, escalation bigint, after bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['coordinator']);
    v_now timestamptz := core.now();
    v_hidden uuid[] := engine.hidden(p_user => v_user.id);
begin
    return query
    select count(*) filter (where c.assignee is null and c.lane = 'auto'), count(*) filter (where c.assignee is null and c.lane = 'queue'),
           count(*) filter (where c.next_due_at <= v_now),
           count(*) filter (where c.assignee is not null and c.accepted_at is null),
           count(*) filter (where c.assignee is null and engine.was_given_back(p_case => c.id)),
           (select count(*) from core.group_member m join core.app_user u on u.id = m.app_user and u.state = 'active' where m.seal is null),
           count(*) filter (where c.assignee is not null and exists (select from core.seal_wait w where w.case_id = c.id)),
           (select count(*) from core.outbox o where o.state = 'failed'),
           count(*) filter (where c.status = 'ESCALATION_DUE'),
           (select count(*) from engine.cases_found(p_user => v_user, p_scope => 'after', p_status => null, p_platform => null, p_after => null,
                                                    p_after_id => null, p_max => 201, p_sorted => false))
    from core.case_file c
    where c.closed_at is null and c.submitted_at is not null and c.status not in ('DRAFT', 'DECLINED', 'ERASED')
      and not array[c.platform, c.id] && v_hidden;
end
$$;
comment on function desk.today(bytea) is
    'What coordinators look at first, as numbers: unassigned, review lane, overdue, not accepted, given back, keys that wait, failed mail, escalations, words after the end of a case that nobody else is there to read. Refuses: UD001, UD003.';

create function desk.overdue_people(p_session bytea) returns table (app_user uuid, name text, overdue bigint, open_cases bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['coordinator']);
    v_now timestamptz := core.now();
    v_hidden uuid[] := engine.hidden(p_user => v_user.id);
begin
    return query
    select u.id, u.display_name, count(*) filter (where c.next_due_at <= v_now), count(*)
    from core.case_file c join core.app_user u on u.id = c.assignee
    where c.closed_at is null and c.status not in ('DRAFT', 'DECLINED', 'ERASED')
      and not array[c.platform, c.id] && v_hidden
    group by u.id, u.display_name
    having count(*) filter (where c.next_due_at <= v_now) > 0
    order by 3 desc, 2, 1;
end
$$;
comment on function desk.overdue_people(bytea) is 'Overdue cases by person, most first. Refuses: UD001, UD003.';

create function desk.load(p_session bytea)
returns table (app_user uuid, display_name text, role text, trainee boolean, weekly_hours bigint, weight bigint, ratio_milli bigint,
               open_cases bigint, on_leave boolean, last_assigned_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform engine.user_of_session(p_session => p_session, p_roles => array['coordinator']);
    return query
    select l.app_user, l.display_name, l.role, l.trainee, l.weekly_hours, l.weight, l.ratio_milli, l.open_cases, l.on_leave, l.last_assigned_at
    from engine.load_of() l;
end
$$;
comment on function desk.load(bytea) is 'Load of everybody who takes cases, least loaded first. Refuses: UD001, UD003.';

create function desk.last_picks(p_session bytea)
returns table (case_no text, name text, assigned_at timestamptz, reason jsonb)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session, p_roles => array['coordinator']);
begin
    return query
    select c.case_no, u.display_name, a.assigned_at, a.reason
    from core.assignment a
    join core.case_file c on c.id = a.case_id and c.status not in ('DRAFT', 'ERASED')
    join core.app_user u on u.id = a.app_user
    where a.how = 'auto' and engine.may_see(p_user => v_user, p_platform => c.platform, p_case => c.id)
    order by a.assigned_at desc, a.id limit 5;
end
$$;
comment on function desk.last_picks(bytea) is 'The last five automatic choices with everybody who was considered, and why not. Refuses: UD001, UD003.';

reset role;
