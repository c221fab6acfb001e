-- Events, figures and messages that every change of a case leaves behind, in the transaction of the change (DESIGN.md §6, §12).
set role aiddesk_owner;

create function engine.local_day(p_at timestamptz) returns date
language plpgsql immutable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (p_at at time zone 'Asia/Shanghai')::date;
end
$$;
comment on function engine.local_day(timestamptz) is 'The day in Asia/Shanghai on which an instant lies.';

create function engine.today() returns date
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (core.now() at time zone 'Asia/Shanghai')::date;
end
$$;
comment on function engine.today() is 'Today in Asia/Shanghai.';

create function engine.day_check(p_on date, p_from timestamptz, p_detail text) returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_on < engine.local_day(p_at => p_from) then
        raise exception using errcode = 'UD030', message = 'earlier than what it follows', detail = p_detail;
    end if;
end
$$;
comment on function engine.day_check(date, timestamptz, text) is
    'A day that somebody typed is not before the day of p_from (null = unknown, not compared). Refuses: UD030 with p_detail = field:locale key.';

create function engine.event_add(p_case uuid, p_object_kind text, p_object uuid, p_type text, p_actor_kind text,
                                 p_actor uuid default null, p_before jsonb default null, p_after jsonb default null) returns bigint
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    insert into core.event (case_id, object_kind, object_id, type, actor_kind, actor, before, after, at)
    values (p_case, p_object_kind, p_object, p_type, p_actor_kind, p_actor, p_before, p_after, core.now())
    returning id
$$;
comment on function engine.event_add(uuid, text, uuid, text, text, uuid, jsonb, jsonb) is
    'Appends one event: who did what to which object, plain columns before and after. Never text of people, never a secret.';

-- Figures -----------------------------------------------------------------------------------------------------------------------

create function engine.delta_add(p_case uuid, p_measure text, p_dimension text default '', p_n bigint default 1) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- What waits in the review lane was looked at by nobody: it counts when a coordinator lets it out (SECURITY.md §4.4).
    if (select c.lane = 'queue' from core.case_file c where c.id = p_case) then
        return;
    end if;
    insert into stat.delta (day, platform, product_type, problem_type, measure, dimension, n)
    select engine.today(), c.platform, c.product_type, c.problem_type, p_measure, coalesce(p_dimension, ''), p_n
    from core.case_file c where c.id = p_case;
    insert into stat.case_delta (case_id, day, measure, dimension, n)
    values (p_case, engine.today(), p_measure, coalesce(p_dimension, ''), p_n);
end
$$;
comment on function engine.delta_add(uuid, text, text, bigint) is
    'Adds to a figure of today, under the platform, product and problem of the case; the case keeps note of it (stat.case_delta). Nothing for a case in the review lane.';

create function engine.duration_add(p_case uuid, p_measure text, p_from timestamptz, p_to timestamptz default null) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_minutes bigint := greatest(0, floor(extract(epoch from coalesce(p_to, core.now()) - p_from) / 60));
begin
    if p_from is null or (select c.lane = 'queue' from core.case_file c where c.id = p_case) then
        return;
    end if;
    insert into stat.duration_delta (day, platform, measure, minutes)
    select engine.today(), c.platform, p_measure, v_minutes from core.case_file c where c.id = p_case;
    insert into stat.case_delta (case_id, day, measure, n, minutes) values (p_case, engine.today(), p_measure, 1, v_minutes);
end
$$;
comment on function engine.duration_add(uuid, text, timestamptz, timestamptz) is
    'Adds one duration that ended today, from p_from to p_to (null = now); nothing when p_from is unknown or the case is in the review lane.';

create function engine.lane_leave(p_case uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := (select c from core.case_file c where c.id = p_case for update);
begin
    update core.case_file c set lane = 'auto', version = c.version + 1 where c.id = p_case;
    if v_case.lane = 'queue' then
        perform engine.delta_add(p_case => p_case, p_measure => 'submitted');
        perform engine.delta_add(p_case => p_case, p_measure => 'open');
        perform engine.delta_add(p_case => p_case, p_measure => 'claimed_fen', p_n => coalesce(v_case.amount_fen, 0));
    end if;
end
$$;
comment on function engine.lane_leave(uuid) is
    'A coordinator has looked at a case: it leaves the review lane, from now on it is counted. Raises the version.';

create function engine.first_reply(p_case uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from stat.case_delta d where d.case_id = p_case and d.measure = 'first_reply') then
        perform engine.duration_add(p_case => p_case, p_measure => 'first_reply', p_from => c.submitted_at)
        from core.case_file c where c.id = p_case;
    end if;
end
$$;
comment on function engine.first_reply(uuid) is 'Notes the time from submission to the first message of a volunteer; later calls change nothing.';

create function engine.case_classify(p_case uuid, p_platform uuid, p_product_type text, p_problem_type text, p_actor uuid)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_old core.case_file := (select c from core.case_file c where c.id = p_case for update);
begin
    perform engine.code_check(p_enumeration => 'product_type', p_code => p_product_type);
    perform engine.code_check(p_enumeration => 'problem_type', p_code => p_problem_type);
    if (v_old.platform, v_old.product_type, v_old.problem_type)
       is not distinct from (p_platform, p_product_type, p_problem_type) then
        return;
    end if;
    update core.case_file c set platform = p_platform, product_type = p_product_type, problem_type = p_problem_type
    where c.id = p_case;
    insert into stat.delta (day, platform, product_type, problem_type, measure, dimension, n)
    select d.day, m.platform, m.product_type, m.problem_type, d.measure, d.dimension, m.sign * d.n
    from (select e.day, e.measure, e.dimension, sum(e.n)::bigint as n
          from stat.case_delta e where e.case_id = p_case and e.minutes is null
          group by e.day, e.measure, e.dimension having sum(e.n) <> 0) d,
         (values (-1, v_old.platform, v_old.product_type, v_old.problem_type),
                 (1, p_platform, p_product_type, p_problem_type)) m (sign, platform, product_type, problem_type);
    if v_old.platform is distinct from p_platform then
        insert into stat.duration_delta (day, platform, measure, minutes, n)
        select d.day, m.platform, d.measure, d.minutes, m.sign
        from stat.case_delta d, (values (-1, v_old.platform), (1, p_platform)) m (sign, platform)
        where d.case_id = p_case and d.minutes is not null;
    end if;
    perform engine.event_add(p_case => p_case, p_object_kind => 'case', p_object => p_case, p_type => 'classified',
        p_actor_kind => 'user', p_actor => p_actor,
        p_before => jsonb_build_object('platform', v_old.platform, 'product_type', v_old.product_type,
                                       'problem_type', v_old.problem_type),
        p_after => jsonb_build_object('platform', p_platform, 'product_type', p_product_type, 'problem_type', p_problem_type));
end
$$;
comment on function engine.case_classify(uuid, uuid, text, text, uuid) is
    'Corrects platform, product and problem of a case and moves what it put into the figures. Does not raise the version. Refuses: UD031.';

create function engine.amount_set(p_case uuid, p_fen bigint, p_actor_kind text, p_actor uuid default null) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_old core.case_file := (select c from core.case_file c where c.id = p_case for update);
begin
    if v_old.amount_fen is not distinct from p_fen then
        return;
    end if;
    update core.case_file c set amount_fen = p_fen where c.id = p_case;
    if v_old.submitted_at is not null then
        perform engine.delta_add(p_case => p_case, p_measure => 'claimed_fen',
                                 p_n => coalesce(p_fen, 0) - coalesce(v_old.amount_fen, 0));
        perform engine.event_add(p_case => p_case, p_object_kind => 'case', p_object => p_case, p_type => 'amount_corrected',
            p_actor_kind => p_actor_kind, p_actor => p_actor, p_before => jsonb_build_object('amount_fen', v_old.amount_fen),
            p_after => jsonb_build_object('amount_fen', p_fen));
    end if;
end
$$;
comment on function engine.amount_set(uuid, bigint, text, uuid) is
    'Corrects what was paid, with the figures, once the case is submitted. Does not raise the version.';

create function engine.received_set(p_case uuid, p_fen bigint, p_actor_kind text, p_actor uuid default null) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_old bigint := (select c.amount_received_fen from core.case_file c where c.id = p_case for update);
begin
    if v_old is not distinct from p_fen then
        return;
    end if;
    update core.case_file c set amount_received_fen = p_fen where c.id = p_case;
    perform engine.delta_add(p_case => p_case, p_measure => 'received_fen', p_n => p_fen - v_old);
    perform engine.event_add(p_case => p_case, p_object_kind => 'case', p_object => p_case, p_type => 'received',
        p_actor_kind => p_actor_kind, p_actor => p_actor, p_before => jsonb_build_object('amount_received_fen', v_old),
        p_after => jsonb_build_object('amount_received_fen', p_fen));
end
$$;
comment on function engine.received_set(uuid, bigint, text, uuid) is
    'Sets how much the complainant confirmed to have received in all, with the figures. Does not raise the version.';

-- Messages ----------------------------------------------------------------------------------------------------------------------

create function engine.outbox_news(p_case uuid, p_key text) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    insert into core.outbox (case_id, kind, address_sealed, lang, dedup_key)
    select c.id, 'news_complainant', m.mail_sealed, c.lang, 'news:' || c.id || ':' || p_key
    from core.case_file c join core.complaint m on m.case_id = c.id
    where c.id = p_case and m.mail_sealed is not null
    on conflict (dedup_key) do nothing
$$;
comment on function engine.outbox_news(uuid, text) is
    'Puts a reminder mail (there is news, never what) into the outbox when the complainant wished for plain mail; once per p_key.';

create function engine.message_service(p_case uuid, p_template text, p_detail jsonb default '{}') returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid := gen_random_uuid();
begin
    insert into core.message (id, case_id, author_kind, template, detail, at)
    values (v_id, p_case, 'service', p_template, coalesce(p_detail, '{}'), core.now());
    perform engine.outbox_news(p_case => p_case, p_key => v_id::text);
    return v_id;
end
$$;
comment on function engine.message_service(uuid, text, jsonb) is
    'A message of the service itself on the tracking page: a locale key and plain values; with a reminder mail where it is wished for.';

reset role;
