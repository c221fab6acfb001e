-- When a case has to go on (R-ESC-*, DOMAIN.md §2.7) and where it may lawfully go next.
set role aiddesk_owner;

create function engine.filing_failure(p_filing core.filing, out outcome text, out since timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    outcome := case
        when p_filing.status = 'NOT_ACCEPTED' then 'NOT_ACCEPTED'
        when p_filing.status = 'LAPSED' then 'NO_RESPONSE'
        when p_filing.status = 'ENDED' then coalesce(p_filing.outcome, 'MEDIATION_ENDED')
        when p_filing.outcome in ('REFUSED', 'NO_RESPONSE', 'NOT_FILED', 'MEDIATION_ENDED') then p_filing.outcome end;
    if outcome in ('SUPPORTED_FULL', 'SETTLED', 'MEDIATED', 'WITHDRAWN', 'JUDGMENT_FOR') then
        outcome := null;
    end if;
    since := case when outcome is not null then coalesce(p_filing.ended_at, p_filing.replied_at, p_filing.submitted_at) end;
end
$$;
comment on function engine.filing_failure(core.filing) is 'How a filing failed and when; null while it may still help.';

create function engine.escalation_raw(p_case uuid)
returns table (rule text, filing_id uuid, clock_id uuid, channel text, layer text, next_layer text, since timestamptz, label_zh text,
               label_en text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with filed as (
        select f.id, f.channel, f.status, r.layer, x.outcome, x.since
        from core.case_file c join core.filing f on f.case_id = c.id and f.round = c.round and f.submitted_at is not null,
             lateral engine.channel_row(p_channel => f.channel) r, lateral engine.filing_failure(p_filing => f) x
        where c.id = p_case
    ), passed as (
        select k.id as clock_id, k.kind, k.due_at, f.id, f.channel, f.layer
        from filed f join core.clock k on k.filing_id = f.id
        where k.stopped_at is null and k.due_at <= core.now()
          and k.kind in ('FIRST_RESPONSE', 'ACCEPTANCE', 'FINAL', 'MEDIATION', 'DEMAND_DEADLINE')
          and f.status in ('SUBMITTED', 'SUPPLEMENT', 'ACCEPTED', 'RESPONDED', 'MEDIATING', 'INTERVENED')
    ), failed as (
        select f.id, f.channel, f.layer, f.outcome, f.since from filed f where f.outcome is not null
    ), rules as (
        select e.code, e.layer, e.channel, e.clock_keys, e.outcomes, e.next_layer, e.label_zh, e.label_en
        from ref.escalation_rule e
        where engine.today() >= e.valid_from and (e.valid_to is null or engine.today() <= e.valid_to)
    ), hit as (
        select e.code, p.id, p.clock_id, p.channel, p.layer, e.next_layer, p.due_at as since, e.label_zh, e.label_en
        from passed p join rules e on p.kind = any (e.clock_keys) and coalesce(e.layer, p.layer) = p.layer
                                  and coalesce(e.channel, p.channel) = p.channel
        union all
        select e.code, f.id, null, f.channel, f.layer, e.next_layer, f.since, e.label_zh, e.label_en
        from failed f join rules e on f.outcome = any (e.outcomes) and coalesce(e.layer, f.layer) = f.layer
                                  and coalesce(e.channel, f.channel) = f.channel
    )
    select h.code, h.id, h.clock_id, h.channel, h.layer, h.next_layer, h.since, h.label_zh, h.label_en from hit h
    union all
    -- No rule names it, but a deadline has passed or the filing has failed: go on within the layer, or to the next one.
    select 'CLOCK_PASSED', p.id, p.clock_id, p.channel, p.layer, p.layer, p.due_at, v.label_zh, v.label_en
    from passed p left join ref.enumeration v on v.enumeration = 'clock_kind' and v.code = p.kind
    where not exists (select from hit h where h.id = p.id)
    union all
    select 'FILING_FAILED', f.id, null, f.channel, f.layer, f.layer, f.since, v.label_zh, v.label_en
    from failed f left join ref.enumeration v on v.enumeration = 'channel_outcome' and v.code = f.outcome
    where not exists (select from hit h where h.id = f.id)
$$;
comment on function engine.escalation_raw(uuid) is
    'Every trigger of this round: rules R-ESC-*, else CLOCK_PASSED or FILING_FAILED; answered ones included.';

create function engine.escalation_due(p_case uuid)
returns table (rule text, filing_id uuid, clock_id uuid, channel text, next_layer text, since timestamptz, label_zh text, label_en text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select r.rule, r.filing_id, r.clock_id, r.channel, r.next_layer, r.since, r.label_zh, r.label_en
    from engine.escalation_raw(p_case => p_case) r
    -- Answered: a filing was made because of it, the complainant waits until a day to come, or a higher layer is at work.
    where r.since > (
            select coalesce(max(e.at), '-infinity') from core.event e
            where e.object_id = p_case and e.type = 'filing_submitted' and e.before ->> 'status' = 'ESCALATION_DUE')
      and not exists (
            select from core.case_file c
            where c.id = p_case and c.review_on > engine.today() and r.since <= (
                select max(e.at) from core.event e where e.object_id = p_case and e.type = 'user_waits'))
      and not exists (
            select from core.filing o
            where o.case_id = p_case and engine.filing_open(p_status => o.status) and o.id <> r.filing_id
              and engine.channel_layer(p_channel => o.channel) > r.layer and engine.channel_layer(p_channel => o.channel) <> 'NONE')
    order by r.since, r.rule, r.filing_id
$$;
comment on function engine.escalation_due(uuid) is
    'Why a case has to go on now: triggers of this round that nobody has answered yet, oldest first; none = nothing is due.';

create function engine.next_channels(p_case uuid)
returns table (channel text, layer text, sort bigint, recommended boolean, official boolean, public_content boolean, suits boolean,
               wanted_layer boolean, verdict text, collisions jsonb, missing text[], confirm text[], blocked boolean, share_consent text,
               consent_given boolean, last_day date, last_day_provisional boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := (select c from core.case_file c where c.id = p_case);
    v_wanted text[] := array(select d.next_layer from engine.escalation_due(p_case => p_case) d);
begin
    if v_wanted = '{}' and not exists (
        select from core.filing f where f.case_id = p_case and f.round = v_case.round and f.submitted_at is not null) then
        v_wanted := '{L1}';
    end if;
    return query
    select r.channel, r.layer, r.sort, r.recommended, r.official, r.public_content, m.suits, r.layer = any (v_wanted), m.worst, k.collisions,
           q.missing, q.confirm, m.blocked, r.share_consent, engine.consent_given(p_case => p_case, p_channel => r.channel),
           w.last_day, w.provisional
    from ref.channel r,
         lateral engine.channel_window(p_case => v_case, p_channel => r.channel) w,
         lateral (select engine.filing_collisions(p_case => p_case, p_channel => r.channel) as collisions) k,
         lateral (
            select coalesce(array_agg(p.code) filter (where not p.met), '{}') as missing,
                   coalesce(array_agg(p.code) filter (where p.met is null), '{}') as confirm
            from (select c.code, engine.prerequisite_met(p_case => v_case, p_channel => r, p_code => c.code) as met
                  from unnest(r.prerequisites) c (code)
                  -- Asked for one recipient at a time; and the verdict says it already.
                  where c.code not in ('CONSENT_TO_SHARE', 'NOT_HANDLED_ELSEWHERE')) p) q,
         lateral (
            select engine.collision_worst(p_collisions => k.collisions) as worst,
                   (r.problem_types = '{*}' or v_case.problem_type = any (r.problem_types))
                       and (r.pay_methods = '{*}' or v_case.pay_method = any (r.pay_methods)) as suits,
                   coalesce(w.passed, false) or q.missing <> '{}'
                       or engine.collision_worst(p_collisions => k.collisions) in ('DUPLICATE', 'REFUSED') as blocked) m
    where engine.today() >= r.valid_from and (r.valid_to is null or engine.today() <= r.valid_to)
    order by r.recommended desc, r.layer = any (v_wanted) desc, m.suits desc, m.blocked, r.sort;
end
$$;
comment on function engine.next_channels(uuid) is
    'All channels for a case, the next lawful ones first: collision verdict, prerequisites missing or to be confirmed, consent, last day; blocked = filing there is not possible now. wanted_layer: the layer that the due escalation names, or the first one.';

reset role;
