-- worker: what happens because time passes.  Plain columns only; a timer has no keys (SECURITY.md, finding 13).  Each function does a
-- bounded batch and says how much it did; a case that refuses a step does not stop the others.
set role aiddesk_owner;

create function worker.clock_offset() returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select engine.clock_offset_us() $$;
comment on function worker.clock_offset() is 'Microseconds that clock_now() in C adds to the real time.';

create function worker.vocabulary()
returns table (enumeration text, code text, grp text, sort bigint, label_zh text, label_en text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select v.enumeration, v.code, v.grp, v.sort, v.label_zh, v.label_en from engine.vocabulary() v $$;
comment on function worker.vocabulary() is 'Codes and labels for exports.';

create function worker.overdue_mark(p_max bigint) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_clock record;
    v_n bigint := 0;
begin
    for v_clock in
        select k.id, k.case_id, k.kind from core.clock k
        where k.stopped_at is null and k.paused_at is null and k.due_at <= core.now() and not 'overdue' = any (k.reminded)
        order by k.due_at, k.id limit p_max
    loop
        if engine.clock_mark(p_clock => v_clock.id, p_mark => 'overdue') then
            perform engine.delta_add(p_case => v_clock.case_id, p_measure => 'overdue', p_dimension => v_clock.kind);
            perform engine.event_add(p_case => v_clock.case_id, p_object_kind => 'clock', p_object => v_clock.id, p_type => 'overdue',
                                     p_actor_kind => 'worker', p_after => jsonb_build_object('kind', v_clock.kind));
            v_n := v_n + 1;
        end if;
    end loop;
    return v_n;
end
$$;
comment on function worker.overdue_mark(bigint) is 'Marks clocks that have passed, once each, with event and statistics. Returns how many.';

create function worker.escalate(p_max bigint) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case uuid;
    v_n bigint := 0;
    v_now timestamptz := core.now();
begin
    for v_case in
        -- What can have met a rule at all: a deadline has passed, or a filing has an end.  Most cases in progress have neither, and the rules
        -- cost a millisecond a case.
        with near as materialized (
            select c.id, c.next_due_at from core.case_file c
            where c.status = 'IN_PROGRESS'
              and (exists (select from core.clock k where k.case_id = c.id and k.stopped_at is null and k.due_at <= v_now)
                   or exists (select from core.filing f where f.case_id = c.id and f.round = c.round and f.submitted_at is not null
                              and (f.status in ('NOT_ACCEPTED', 'LAPSED', 'ENDED') or f.outcome is not null)))
        )
        select n.id from near n
        where exists (select from engine.escalation_due(p_case => n.id))
        order by n.next_due_at nulls last, n.id limit p_max
    loop
        begin
            perform engine.case_move(p_id => v_case, p_event => 'trigger_met', p_to => 'ESCALATION_DUE', p_actor_kind => 'worker', p_actor => null);
            v_n := v_n + 1;
        exception when sqlstate 'UD021' or sqlstate 'UD022' then
            continue; -- somebody was faster
        end;
    end loop;
    return v_n;
end
$$;
comment on function worker.escalate(bigint) is 'Cases in progress whose filings meet an escalation rule become due for the next channel (R-ESC-*). Returns how many.';

create function worker.no_answer(p_max bigint) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case uuid;
    v_n bigint := 0;
begin
    for v_case in
        select c.id from core.case_file c
        where c.status = 'NEEDS_INFO'
          and exists (select from core.clock k where k.case_id = c.id and k.stopped_at is null and k.due_at <= core.now())
        order by c.id limit p_max
    loop
        begin
            perform engine.case_move(p_id => v_case, p_event => 'no_answer', p_to => 'CLOSED', p_actor_kind => 'worker', p_actor => null);
            v_n := v_n + 1;
        exception when sqlstate 'UD021' or sqlstate 'UD022' then
            continue;
        end;
    end loop;
    return v_n;
end
$$;
comment on function worker.no_answer(bigint) is 'Closes cases whose complainant did not answer within 15 days (may be reopened). Returns how many.';

create function worker.accept_timeout(p_max bigint) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case uuid;
    v_n bigint := 0;
begin
    -- The pool seal is still there, so whoever claims the case can open it.
    for v_case in
        select a.case_id from core.assignment a
        where a.ended_at is null and a.accepted_at is null
          and a.assigned_at <= core.now() - engine.limit_interval(p_code => 'accept_within')
        order by a.assigned_at, a.case_id limit p_max
    loop
        perform engine.assignment_close(p_case => v_case, p_reason => 'timeout', p_actor_kind => 'worker');
        v_n := v_n + 1;
    end loop;
    return v_n;
end
$$;
comment on function worker.accept_timeout(bigint) is 'Takes cases back that were not accepted in 48 hours; they can be claimed. Returns how many.';

create function worker.drafts_expire(p_max bigint) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case uuid;
    v_n bigint := 0;
begin
    for v_case in
        select c.id from core.case_file c
        where c.status = 'DRAFT' and c.saved_at + engine.retention_interval(p_class => 'draft') <= core.now()
        order by c.saved_at, c.id limit p_max
    loop
        begin
            perform engine.case_move(p_id => v_case, p_event => 'expire', p_to => 'ERASED', p_actor_kind => 'worker', p_actor => null);
            v_n := v_n + 1;
        exception when sqlstate 'UD021' or sqlstate 'UD022' then
            continue;
        end;
    end loop;
    delete from core.draft_box b where b.read_only and b.expires_at <= core.now();
    return v_n;
end
$$;
comment on function worker.drafts_expire(bigint) is
    'Erases drafts 30 days after their last save, and key boxes of submitted drafts after their 60 minutes. Returns how many drafts.';

create function worker.cleanup() returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_old timestamptz := core.now() - engine.retention_interval(p_class => 'session');
    v_file uuid;
begin
    delete from core.session s
    where coalesce(s.ended_at, least(s.last_seen_at + engine.limit_interval(p_code => 'session_idle'),
                                     s.created_at + engine.limit_interval(p_code => 'session_absolute'))) < v_old;
    delete from core.track_session t where coalesce(t.ended_at, t.last_seen_at) < v_old;
    delete from core.attempt a where a.last_at < core.now() - interval '2 days';
    delete from core.invitation i where i.expires_at < core.now() - interval '30 days';
    delete from core.setup_envelope e where e.expires_at < core.now();
    -- Uploads that broke off: their segments are of no use to anybody.
    delete from core.file f where f.state = 'uploading' and f.uploaded_at < core.now() - interval '24 hours';
    -- Papers whose issuing failed after their bytes were stored. The number stays used: it is part of the key derivation.
    for v_file in
        select f.id from core.file f
        where f.source = 'service' and f.state = 'stored' and f.uploaded_at < core.now() - interval '24 hours'
          and not exists (select from core.document d where d.file_id = f.id)
        for update skip locked
    loop
        delete from core.file_segment s where s.file_id = v_file;
        update core.file f set state = 'removed', removed_at = core.now(), manifest_sealed = null, same_hash = null where f.id = v_file;
    end loop;
    delete from core.outbox o where o.created_at < core.now() - engine.retention_interval(p_class => 'mail');
end
$$;
comment on function worker.cleanup() is 'Deletes ended sessions after 24 hours, old counters, expired links, broken uploads, papers that were not issued, mail after 7 days.';

create function worker.heartbeat(p_name text) returns void
language sql security definer
set search_path = pg_catalog, pg_temp
as $$
    insert into core.heartbeat as h (name, at) values (p_name, core.now())
    on conflict (name) do update set at = excluded.at
$$;
comment on function worker.heartbeat(text) is 'Notes that a timer has done its work.';

create function worker.gauges() returns table (name text, n bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select 'aiddesk_outbox_waiting', count(*) from core.outbox o where o.state = 'waiting'
    union all select 'aiddesk_outbox_failed', count(*) from core.outbox o where o.state = 'failed'
    union all select 'aiddesk_deltas_unfolded', count(*) from stat.delta
    union all select 'aiddesk_cases_unassigned', count(*) from core.case_file c where c.assignee is null and c.submitted_at is not null and c.closed_at is null
    union all select 'aiddesk_cases_queue_lane', count(*) from core.case_file c where c.lane = 'queue' and c.status = 'SUBMITTED'
    union all select 'aiddesk_clocks_overdue', count(*) from core.clock k where k.stopped_at is null and k.due_at <= core.now()
    union all select 'aiddesk_seals_waiting', count(*) from core.group_member m where m.seal is null
    union all select 'aiddesk_exports_queued', count(*) from core.export x where x.state = 'queued'
    union all select 'aiddesk_drafts', count(*) from core.case_file c where c.status = 'DRAFT'
$$;
comment on function worker.gauges() is 'Counts for the metrics page; names are fixed, no ids.';

create function worker.outbox_take(p_max bigint) returns table (id uuid, kind text, address_sealed bytea, lang text, attempts bigint)
language sql security definer
set search_path = pg_catalog, pg_temp
as $$
    -- The next try is set before sending: a worker that dies while sending does not send at once again.
    update core.outbox o set attempts = o.attempts + 1, next_try_at = core.now() + make_interval(mins => (5 * 2 ^ least(o.attempts, 7))::integer)
    from (select w.id from core.outbox w where w.state = 'waiting' and w.next_try_at <= core.now()
          order by w.next_try_at, w.id limit p_max for update skip locked) n
    where o.id = n.id
    returning o.id, o.kind, o.address_sealed, o.lang, o.attempts
$$;
comment on function worker.outbox_take(bigint) is 'Mail that is due now; the next try waits 5, 10, 20 … minutes.';

create function worker.outbox_done(p_id uuid, p_outcome text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_outcome = 'sent' then
        delete from core.outbox o where o.id = p_id;
    elsif p_outcome = 'refused' then
        update core.outbox o set state = 'failed' where o.id = p_id;
    end if;
end
$$;
comment on function worker.outbox_done(uuid, text) is 'sent: the row goes; refused: it is shown to coordinators as failed; later: it waits.';

reset role;
