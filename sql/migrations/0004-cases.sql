-- 0004: platforms and cases: who complains, keys, tracking, consents, who has it.  Sealed columns end in _sealed; they open with the case
-- key only.

set role aiddesk_owner;

create table core.platform (
    id uuid not null,
    name text not null,
    name_key text not null,
    status text not null default 'UNVERIFIED',
    registered_name text,
    credit_code text,
    created_at timestamptz not null default core.now(),
    merged_into uuid,
    version bigint not null default 1,
    constraint platform_pkey primary key (id),
    constraint platform_name_key unique (name_key)
);
comment on table core.platform is 'Register of platforms.';
comment on column core.platform.id is 'id';
comment on column core.platform.name is 'shown name';
comment on column core.platform.name_key is 'normal form (cgi/rules/number_key): width folded, lower case, no spaces or punctuation';
comment on column core.platform.status is 'platform_status';
comment on column core.platform.registered_name is 'registered operator (V-CH-03)';
comment on column core.platform.credit_code is '统一社会信用代码';
comment on column core.platform.created_at is 'when';
comment on column core.platform.merged_into is 'platform it was merged into';
comment on column core.platform.version is 'row version';

create table core.case_file (
    id uuid not null,
    case_no text,
    status text not null default 'DRAFT',
    version bigint not null default 1,
    lane text not null default 'auto',
    lang text not null default 'zh-CN',
    key_check bytea not null,
    platform uuid,
    product_type text,
    problem_type text,
    problem_addons text[] not null default '{}',
    special_flags text[] not null default '{}',
    codes_confirmed boolean not null default false,
    responsibility text,
    seller_role text,
    purchase_purpose text,
    pay_method text,
    filer_role text,
    age_band text,
    amount_fen bigint,
    paid_on date,
    knew_on date,
    elements jsonb not null default '{}',
    delay jsonb not null default '{}',
    screening jsonb not null default '{}',
    defendant_identified boolean not null default false,
    arbitration_clause boolean,
    created_at timestamptz not null default core.now(),
    saved_at timestamptz not null default core.now(),
    submitted_at timestamptz,
    confirmed_at timestamptz,
    assignee uuid,
    accepted_at timestamptz,
    waiting_on text not null default 'VOLUNTEER',
    next_due_at timestamptz,
    next_due_provisional boolean not null default false,
    review_on date,
    round bigint not null default 1,
    primary_case uuid,
    demand_hash bytea,
    closure_reason text,
    closed_at timestamptz,
    amount_received_fen bigint not null default 0,
    declined_at timestamptz,
    declined_by uuid,
    legal_hold boolean not null default false,
    unread_after boolean not null default false,
    constraint case_file_pkey primary key (id),
    constraint case_file_no_key unique (case_no),
    constraint case_file_lane_known check (lane in ('auto', 'queue')),
    constraint case_file_amount check (amount_fen is null or amount_fen between 0 and 9999999999),
    constraint case_file_platform_fkey foreign key (platform) references core.platform (id),
    constraint case_file_assignee_fkey foreign key (assignee) references core.app_user (id)
);
comment on table core.case_file is 'A case from draft to erasure. Its id is draft id, submission id and case id (DESIGN.md §7).';
comment on column core.case_file.id is 'made in C';
comment on column core.case_file.case_no is 'shown number, null until submitted';
comment on column core.case_file.status is 'case_status';
comment on column core.case_file.version is 'row version';
comment on column core.case_file.lane is 'auto, or queue: waits for a coordinator''s release';
comment on column core.case_file.lang is 'language of the complainant';
comment on column core.case_file.key_check is 'check value of the case key';
comment on column core.case_file.platform is 'platform';
comment on column core.case_file.product_type is 'confirmed or provisional product type';
comment on column core.case_file.problem_type is 'confirmed or provisional problem type';
comment on column core.case_file.problem_addons is 'ENTITY_HIDDEN, PREPAID';
comment on column core.case_file.special_flags is 'special_flag codes';
comment on column core.case_file.codes_confirmed is 'a volunteer confirmed the provisional codes';
comment on column core.case_file.responsibility is 'responsibility code, null = not recorded';
comment on column core.case_file.seller_role is 'seller_role';
comment on column core.case_file.purchase_purpose is 'purchase_purpose';
comment on column core.case_file.pay_method is 'pay_method';
comment on column core.case_file.filer_role is 'filer_role';
comment on column core.case_file.age_band is 'age band of the purchaser';
comment on column core.case_file.amount_fen is 'what was paid, fen';
comment on column core.case_file.paid_on is 'day of payment';
comment on column core.case_file.knew_on is 'day the complainant knew of the harm';
comment on column core.case_file.elements is 'V-RESP-01: paid, not_performed, causation, user_error_excluded';
comment on column core.case_file.delay is 'V-DEL-01: promised_at';
comment on column core.case_file.screening is 'V-INT-03: result clear, illicit or unclear; absent = not screened';
comment on column core.case_file.defendant_identified is 'registered respondent known';
comment on column core.case_file.arbitration_clause is 'platform agreement has an arbitration clause; null = unknown';
comment on column core.case_file.created_at is 'draft begun';
comment on column core.case_file.saved_at is 'last save of the draft';
comment on column core.case_file.submitted_at is 'submitted';
comment on column core.case_file.confirmed_at is 'written again by a repeated submission (SECURITY.md, finding 1)';
comment on column core.case_file.assignee is 'present volunteer; null = nobody';
comment on column core.case_file.accepted_at is 'present volunteer accepted';
comment on column core.case_file.waiting_on is 'waiting_on code';
comment on column core.case_file.next_due_at is 'earliest running clock';
comment on column core.case_file.next_due_provisional is 'that date is provisional';
comment on column core.case_file.review_on is 'new review date while the complainant waits';
comment on column core.case_file.round is '1 + reopenings';
comment on column core.case_file.primary_case is 'duplicate of';
comment on column core.case_file.demand_hash is 'hash of the frozen demand set';
comment on column core.case_file.closure_reason is 'closure_reason';
comment on column core.case_file.closed_at is 'when';
comment on column core.case_file.amount_received_fen is 'confirmed by the complainant';
comment on column core.case_file.declined_at is 'when declined';
comment on column core.case_file.declined_by is 'who declined';
comment on column core.case_file.legal_hold is 'stops every deletion path';
comment on column core.case_file.unread_after is 'it is not worked on any more (closed, declined), and the complainant''s last words are unread';

create table core.draft_box (
    case_id uuid not null,
    cookie_lookup bytea not null,
    cookie_box bytea not null,
    resume_lookup bytea,
    resume_box bytea,
    read_only boolean not null default false,
    expires_at timestamptz not null,
    picked uuid,
    picked_reason jsonb,
    constraint draft_box_pkey primary key (case_id),
    constraint draft_box_cookie_key unique (cookie_lookup),
    constraint draft_box_resume_key unique (resume_lookup),
    constraint draft_box_case_fkey foreign key (case_id) references core.case_file (id)
);
comment on table core.draft_box is 'The draft''s key box; exists until 60 minutes after submission or until the code was saved (SECURITY.md §3.3).';
comment on column core.draft_box.case_id is 'draft = case';
comment on column core.draft_box.cookie_lookup is 'sha256 of the draft cookie''s look-up';
comment on column core.draft_box.cookie_box is 'Kc and code seed under the draft cookie';
comment on column core.draft_box.resume_lookup is 'sha256 of the resume code''s look-up; null = no resume code yet';
comment on column core.draft_box.resume_box is 'Kc and code seed under the resume code';
comment on column core.draft_box.read_only is 'submitted: shows the receipt again, nothing else';
comment on column core.draft_box.expires_at is 'when it goes';
comment on column core.draft_box.picked is
    'volunteer chosen for the submission that is being sealed: whom the key was sealed to is whom the case goes to, also when others submit meanwhile';
comment on column core.draft_box.picked_reason is 'why this person, as in assignment.reason';

create table core.complaint (
    case_id uuid not null,
    step bigint not null default 0,
    platform_text text,
    platform_link_sealed bytea,
    product text,
    order_no_sealed bytea,
    pay_method text,
    payment_no_sealed bytea,
    problem text,
    paid_on date,
    amount_fen bigint,
    story_sealed bytea,
    wanted text[] not null default '{}',
    wanted_other_sealed bytea,
    who text,
    guardian_sealed bytea,
    contact_way text,
    contact_sealed bytea,
    call_name_sealed bytea,
    safe text[] not null default '{}',
    hours_sealed bytea,
    purpose text,
    mail_sealed bytea,
    agreed_true boolean not null default false,
    agreed_identity boolean not null default false,
    agreed_sensitive boolean not null default false,
    version bigint not null default 1,
    constraint complaint_pkey primary key (case_id),
    constraint complaint_case_fkey foreign key (case_id) references core.case_file (id)
);
comment on table core.complaint is 'What the complainant told. Choices are kept as made; sealed columns open with the case key.';
comment on column core.complaint.case_id is 'case';
comment on column core.complaint.step is 'steps saved, 0..4';
comment on column core.complaint.platform_text is 'platform as typed, plain';
comment on column core.complaint.platform_link_sealed is 'address, app, group';
comment on column core.complaint.product is 'choice';
comment on column core.complaint.order_no_sealed is 'order number';
comment on column core.complaint.pay_method is 'choice';
comment on column core.complaint.payment_no_sealed is 'payment number';
comment on column core.complaint.problem is 'choice';
comment on column core.complaint.paid_on is 'day of payment';
comment on column core.complaint.amount_fen is 'amount';
comment on column core.complaint.story_sealed is 'story';
comment on column core.complaint.wanted is 'choices';
comment on column core.complaint.wanted_other_sealed is 'other wish';
comment on column core.complaint.who is 'choice';
comment on column core.complaint.guardian_sealed is 'guardian or agent block as JSON';
comment on column core.complaint.contact_way is 'mobile, email or none';
comment on column core.complaint.contact_sealed is 'mobile number or e-mail address';
comment on column core.complaint.call_name_sealed is 'what to call the person';
comment on column core.complaint.safe is 'safe ways';
comment on column core.complaint.hours_sealed is 'good times';
comment on column core.complaint.purpose is 'choice';
comment on column core.complaint.mail_sealed is 'address sealed to the worker, only when plain mail was wished for';
comment on column core.complaint.agreed_true is 'declaration of truth and use';
comment on column core.complaint.agreed_identity is 'promise to give the real identity where a channel needs it';
comment on column core.complaint.agreed_sensitive is 'sensitive material may be read';
comment on column core.complaint.version is 'row version';

create table core.number_lookup (
    case_id uuid not null,
    kind text not null,
    hash bytea not null,
    key_version bigint not null default 1,
    constraint number_lookup_pkey primary key (case_id, kind, hash),
    constraint number_lookup_case_fkey foreign key (case_id) references core.case_file (id)
);
comment on table core.number_lookup is 'Keyed hashes for exact search: order, payment, contact, file (V-INT-04, V-EV-07).';
comment on column core.number_lookup.case_id is 'case';
comment on column core.number_lookup.kind is 'order, payment, contact or file';
comment on column core.number_lookup.hash is 'keyed hash';
comment on column core.number_lookup.key_version is 'version of the look-up key';

create table core.case_seal (
    case_id uuid not null,
    recipient_kind text not null,
    recipient uuid,
    key_version bigint not null,
    seal bytea not null,
    created_at timestamptz not null default core.now(),
    constraint case_seal_key unique nulls not distinct (case_id, recipient_kind, recipient),
    constraint case_seal_kind_known check (recipient_kind in ('user', 'pool', 'group', 'code')),
    constraint case_seal_case_fkey foreign key (case_id) references core.case_file (id)
);
comment on table core.case_seal is 'The case key, sealed to whom it may go. SQL hands a seal only to that person.';
comment on column core.case_seal.case_id is 'case';
comment on column core.case_seal.recipient_kind is 'user, pool, group or code';
comment on column core.case_seal.recipient is 'user; null for pool, group, code';
comment on column core.case_seal.key_version is 'version of the recipient''s key';
comment on column core.case_seal.seal is '97 bytes';
comment on column core.case_seal.created_at is 'when';

create table core.tracking_code (
    case_id uuid not null,
    lookup bytea not null,
    public_key bytea not null,
    saved_at timestamptz,
    constraint tracking_code_pkey primary key (case_id),
    constraint tracking_code_lookup_key unique (lookup),
    constraint tracking_code_case_fkey foreign key (case_id) references core.case_file (id)
);
comment on table core.tracking_code is 'Look-up of the tracking code.';
comment on column core.tracking_code.case_id is 'case';
comment on column core.tracking_code.lookup is 'sha256 of the code''s look-up value';
comment on column core.tracking_code.public_key is 'key pair derived from the code: public half';
comment on column core.tracking_code.saved_at is 'the complainant typed the last group back';

create table core.track_session (
    id bytea not null,
    case_id uuid not null,
    wrapped_seed bytea not null,
    created_at timestamptz not null default core.now(),
    last_seen_at timestamptz not null default core.now(),
    ended_at timestamptz,
    constraint track_session_pkey primary key (id),
    constraint track_session_case_fkey foreign key (case_id) references core.case_file (id)
);
comment on table core.track_session is 'Sessions of complainants.';
comment on column core.track_session.id is 'sha256 of the look-up value';
comment on column core.track_session.case_id is 'case';
comment on column core.track_session.wrapped_seed is 'the code''s box secret under the cookie';
comment on column core.track_session.created_at is 'when';
comment on column core.track_session.last_seen_at is 'last request';
comment on column core.track_session.ended_at is 'left';

create table core.consent (
    id uuid not null,
    case_id uuid not null,
    kind text not null,
    channel text,
    granted boolean not null,
    text_version text not null,
    at timestamptz not null default core.now(),
    withdrawn_at timestamptz,
    constraint consent_pkey primary key (id),
    constraint consent_case_fkey foreign key (case_id) references core.case_file (id)
);
comment on table core.consent is 'Separate consents with text version; a row is never changed but by taking back.';
comment on column core.consent.id is 'id';
comment on column core.consent.case_id is 'case';
comment on column core.consent.kind is 'consent_kind';
comment on column core.consent.channel is 'recipient, for consents asked later one recipient at a time';
comment on column core.consent.granted is 'given or refused';
comment on column core.consent.text_version is 'version of ref.consent_text';
comment on column core.consent.at is 'when';
comment on column core.consent.withdrawn_at is 'taken back';

create table core.assignment (
    id uuid not null,
    case_id uuid not null,
    app_user uuid not null,
    how text not null,
    reason jsonb not null,
    assigned_at timestamptz not null default core.now(),
    accepted_at timestamptz,
    ended_at timestamptz,
    end_reason text,
    note_sealed bytea,
    end_note_sealed bytea,
    constraint assignment_pkey primary key (id),
    constraint assignment_case_fkey foreign key (case_id) references core.case_file (id),
    constraint assignment_user_fkey foreign key (app_user) references core.app_user (id)
);
comment on table core.assignment is 'Who had the case, why, how it ended.';
comment on column core.assignment.id is 'id';
comment on column core.assignment.case_id is 'case';
comment on column core.assignment.app_user is 'volunteer';
comment on column core.assignment.how is 'auto, claim, coordinator, handover';
comment on column core.assignment.reason is 'candidates, filters, weights: why this person';
comment on column core.assignment.assigned_at is 'when';
comment on column core.assignment.accepted_at is 'when accepted';
comment on column core.assignment.ended_at is 'when it ended';
comment on column core.assignment.end_reason is 'returned, timeout, reassigned, recused, closed, disabled';
comment on column core.assignment.note_sealed is 'handover note';
comment on column core.assignment.end_note_sealed is 'reason of return';

-- Cases whose key nobody has whom it should have: pages of coordinators seal them anew (cgi/desk/waiting.c).  Kept by triggers, because
-- looking for them means looking at every open case, and every page of a coordinator asks.
create table core.seal_wait (
    case_id uuid not null,
    constraint seal_wait_pkey primary key (case_id),
    constraint seal_wait_case_fkey foreign key (case_id) references core.case_file (id) on delete cascade
);
comment on table core.seal_wait is 'Open cases without a seal for the present key of their assignee, or, when nobody has them, without a pool seal.';
comment on column core.seal_wait.case_id is 'case';

create function core.seal_wait_note(p_case uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (
        select from core.case_file c left join core.app_user u on u.id = c.assignee
        where c.id = p_case and c.closed_at is null
          and (c.assignee is not null and not exists (
                   select from core.case_seal s
                   where s.case_id = c.id and s.recipient_kind = 'user' and s.recipient = c.assignee and s.key_version = u.key_version)
               or c.assignee is null and c.submitted_at is not null and not exists (
                   select from core.case_seal s where s.case_id = c.id and s.recipient_kind = 'pool'))) then
        insert into core.seal_wait (case_id) values (p_case) on conflict do nothing;
    else
        delete from core.seal_wait w where w.case_id = p_case;
    end if;
end
$$;
comment on function core.seal_wait_note(uuid) is 'Notes whether a case waits for a seal. For the triggers below.';

create function core.seal_wait_changed() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    case tg_table_name
        when 'case_file' then perform core.seal_wait_note(p_case => new.id);
        when 'case_seal' then perform core.seal_wait_note(p_case => case tg_op when 'DELETE' then old.case_id else new.case_id end);
        when 'app_user' then perform core.seal_wait_note(p_case => c.id) from core.case_file c where c.assignee = new.id and c.closed_at is null;
    end case;
    return null;
end
$$;
comment on function core.seal_wait_changed() is 'Something changed on which it depends whether a case waits for a seal.';

create trigger seal_wait_case after update of assignee, closed_at, submitted_at on core.case_file
    for each row execute function core.seal_wait_changed();
create trigger seal_wait_case_new after insert on core.case_file
    for each row when (new.submitted_at is not null) execute function core.seal_wait_changed();
create trigger seal_wait_seal after insert or update or delete on core.case_seal
    for each row execute function core.seal_wait_changed();
create trigger seal_wait_user after update of key_version on core.app_user
    for each row when (old.key_version is distinct from new.key_version) execute function core.seal_wait_changed();

-- Lists are in the order of the next deadline, cases without one last.  An index for each way in, so that a page reads its own rows only.
create index case_file_list_idx on core.case_file (coalesce(next_due_at, 'infinity'), id) where submitted_at is not null;
create index case_file_status_idx on core.case_file (status, coalesce(next_due_at, 'infinity'), id);
create index case_file_platform_status_idx on core.case_file (platform, status, coalesce(next_due_at, 'infinity'), id)
    where submitted_at is not null;
create index case_file_own_idx on core.case_file (assignee, coalesce(next_due_at, 'infinity'), id) where submitted_at is not null;
create index case_file_assignee_idx on core.case_file (assignee, coalesce(next_due_at, 'infinity'), id) where closed_at is null;
create index case_file_unassigned_idx on core.case_file (coalesce(next_due_at, 'infinity'), id)
    where assignee is null and closed_at is null and submitted_at is not null;
create index case_file_accepting_idx on core.case_file (coalesce(next_due_at, 'infinity'), id)
    where accepted_at is null and assignee is not null and closed_at is null;
create index case_file_unread_idx on core.case_file (assignee, coalesce(next_due_at, 'infinity'), id) where unread_after;
create index assignment_accepting_idx on core.assignment (assigned_at, case_id) where ended_at is null and accepted_at is null;
-- Look-ups of every foreign key that functions follow.
create index case_file_platform_idx on core.case_file (platform, submitted_at);
create index case_file_submitted_idx on core.case_file (submitted_at, id);
create index number_lookup_hash_idx on core.number_lookup (kind, hash);
create index consent_case_idx on core.consent (case_id, kind, channel);
create index assignment_case_idx on core.assignment (case_id, assigned_at);
create index assignment_open_idx on core.assignment (app_user) where ended_at is null;
create index draft_box_expires_idx on core.draft_box (expires_at);

insert into core.schema_migration (id) values ('0004-cases');
reset role;
