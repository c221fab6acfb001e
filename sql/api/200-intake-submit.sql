-- intake: submission and receipt (DESIGN.md §8, SECURITY.md §3.4).
set role aiddesk_owner;

create function intake.recipients(p_draft bytea)
returns table (kind text, id uuid, key_version bigint, public_key bytea, signature bytea)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.draft_case(p_draft => p_draft, p_write => true);
    v_user uuid;
    v_reason jsonb;
begin
    -- The filters of the choice look at the case, so platform and codes are set before asking.
    perform engine.complaint_apply(p_case => v_case.id);
    select a.app_user, a.reason into v_user, v_reason from engine.assign_pick(p_case => v_case.id) a;
    update core.draft_box b set picked = v_user, picked_reason = v_reason where b.case_id = v_case.id;
    return query
    select 'user', u.id, k.version, k.public_key, k.signature
    from core.app_user u join core.user_key k on k.app_user = u.id and k.version = u.key_version
    where u.id = v_user
    union all
    select g.kind, g.id, g.version, g.public_key, g.signature from core.group_key g where g.current;
end
$$;
comment on function intake.recipients(bytea) is
    'Whom the case key is to be sealed to: the chosen volunteer (no row when nobody is free), pool and coordinators'' group, with roster signatures. Refuses: UD005, UD025.';

create function intake.submit(p_draft bytea, p_lang text, p_network text, p_lane text, p_agreed_identity boolean, p_agreed_sensitive boolean,
                              p_user uuid, p_user_version bigint, p_user_seal bytea, p_group_version bigint, p_group_seal bytea,
                              p_pool_version bigint, p_pool_seal bytea, p_code_lookup bytea, p_code_public bytea, p_code_seal bytea)
returns table (case_no text, repeated boolean)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.draft_case(p_draft => p_draft, p_write => true, p_submitted => true);
    v_no text;
    v_user uuid;
    v_reason jsonb;
begin
    if v_case.submitted_at is not null then
        -- The repeated path writes the row it finds, so that its COMMIT waits for the standby too (SECURITY.md, finding 1).
        update core.case_file c set confirmed_at = core.now() where c.id = v_case.id;
        return query select v_case.case_no, true;
        return;
    end if;
    if p_lane = 'auto' then
        perform engine.attempt_take(p_kind => 'submit_network', p_key => p_network,
                                    p_limit => engine.limit_n(p_code => 'submit_network_hour'), p_window => interval '1 hour');
        perform engine.budget_take(p_kind => 'submit_global', p_limit => engine.limit_n(p_code => 'submit_global_hour'),
                                   p_window => interval '1 hour');
    end if;
    v_no := engine.case_no_next();
    perform engine.complaint_apply(p_case => v_case.id);
    update core.complaint c
    set agreed_true = true, agreed_identity = p_agreed_identity, agreed_sensitive = p_agreed_sensitive, version = c.version + 1
    where c.case_id = v_case.id;
    insert into core.consent (id, case_id, kind, granted, text_version, at)
    select gen_random_uuid(), v_case.id, t.kind, true, t.version, core.now()
    from intake.consent_texts() t
    where t.kind = 'HANDLE_CASE' or (t.kind = 'SENSITIVE_DATA' and p_agreed_sensitive);
    if p_lane = 'auto' then
        -- Whom the key was sealed to a moment ago, unless that person may not have the case any more: when many submit at once, the choice
        -- of now is nearly always another one.
        select b.picked, b.picked_reason into v_user, v_reason
        from core.draft_box b join core.app_user u on u.id = b.picked join core.case_file c on c.id = b.case_id
        where b.case_id = v_case.id and u.role = 'volunteer' and u.state = 'active'
          and engine.assign_excluded(p_user => u, p_case => c) = '{}';
        if not found then
            select a.app_user, a.reason into v_user, v_reason from engine.assign_pick(p_case => v_case.id) a;
        end if;
    end if;
    if v_user is distinct from p_user
       or (v_user is not null and p_user_version is distinct from (select u.key_version from core.app_user u where u.id = v_user))
       or p_group_version is distinct from (select g.version from core.group_key g where g.kind = 'group' and g.current)
       or p_pool_version is distinct from (select g.version from core.group_key g where g.kind = 'pool' and g.current) then
        raise exception using errcode = 'UD023', message = 'recipients changed';
    end if;
    insert into core.case_seal (case_id, recipient_kind, recipient, key_version, seal)
    values (v_case.id, 'group', null, p_group_version, p_group_seal), (v_case.id, 'pool', null, p_pool_version, p_pool_seal),
           (v_case.id, 'code', null, 1, p_code_seal);
    if v_user is not null then
        insert into core.case_seal (case_id, recipient_kind, recipient, key_version, seal)
        values (v_case.id, 'user', v_user, p_user_version, p_user_seal);
    end if;
    insert into core.tracking_code (case_id, lookup, public_key) values (v_case.id, sha256(p_code_lookup), p_code_public);
    update core.case_file c
    set case_no = v_no, submitted_at = core.now(), confirmed_at = core.now(), lane = p_lane, lang = p_lang
    where c.id = v_case.id;
    perform engine.case_move(p_id => v_case.id, p_event => 'submit', p_to => 'SUBMITTED', p_actor_kind => 'complainant', p_actor => null);
    if v_user is not null then
        perform engine.assignment_open(p_case => v_case.id, p_user => v_user, p_how => 'auto', p_reason => v_reason, p_actor_kind => 'worker');
    end if;
    update core.draft_box b
    set read_only = true, resume_lookup = null, resume_box = null,
        expires_at = core.now() + engine.limit_interval(p_code => 'draft_box_after_submission'), picked = null, picked_reason = null
    where b.case_id = v_case.id;
    return query select v_no, false;
end
$$;
comment on function intake.submit(bytea, text, text, text, boolean, boolean, uuid, bigint, bytea, bigint, bytea, bigint, bytea, bytea, bytea, bytea) is
    'One transaction: case number, seals, tracking code, consents, assignment, clocks. Idempotent on the draft: a repeat returns the same number and writes. Refuses: UD005, UD010, UD012 budget of the hour, UD022, UD023 recipients changed (seal again).';

create function intake.receipt(p_draft bytea)
returns table (case_id uuid, box bytea, case_no text, submitted_at timestamptz, expires_at timestamptz, assigned boolean, lane text,
               next_due_at timestamptz, next_due_provisional boolean, saved_at timestamptz, clocks jsonb)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.draft_case(p_draft => p_draft, p_write => true, p_submitted => true);
begin
    if v_case.submitted_at is null then
        raise exception using errcode = 'UD005', message = 'not submitted';
    end if;
    -- The receipt is what says "received", so it writes the row it shows: its COMMIT waits for the standby too (SECURITY.md, finding 1).
    update core.case_file c set confirmed_at = core.now() where c.id = v_case.id;
    return query
    select v_case.id, b.cookie_box, v_case.case_no, v_case.submitted_at, b.expires_at, v_case.assignee is not null, v_case.lane,
           v_case.next_due_at, v_case.next_due_provisional, t.saved_at,
           (select coalesce(jsonb_agg(engine.clock_why(p_clock => k.id) order by k.due_at), '[]') from core.clock k
            where k.case_id = v_case.id and k.stopped_at is null and k.due_at is not null)
    from core.draft_box b left join core.tracking_code t on t.case_id = b.case_id
    where b.case_id = v_case.id;
end
$$;
comment on function intake.receipt(bytea) is
    'What the receipt shows, for 60 minutes after submission or until the code was saved; clocks as "why this date". Writes, so that its COMMIT confirms the submission. Refuses: UD005.';

create function intake.code_saved(p_draft bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.draft_case(p_draft => p_draft, p_write => true, p_submitted => true);
begin
    if v_case.submitted_at is null then
        raise exception using errcode = 'UD005', message = 'not submitted';
    end if;
    update core.tracking_code t set saved_at = core.now() where t.case_id = v_case.id;
    delete from core.draft_box b where b.case_id = v_case.id;
end
$$;
comment on function intake.code_saved(bytea) is 'The last group was typed back: the draft box is deleted, the code is shown nowhere any more. Refuses: UD005.';

reset role;
