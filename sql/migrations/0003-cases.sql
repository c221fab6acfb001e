-- 0003: platforms, cases and everything that belongs to one. Sealed columns end in _sealed; they open with the case key only.

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

create table core.draft_box (
    case_id uuid not null,
    cookie_lookup bytea not null,
    cookie_box bytea not null,
    resume_lookup bytea,
    resume_box bytea,
    read_only boolean not null default false,
    expires_at timestamptz not null,
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

create table core.file (
    id uuid not null,
    case_id uuid not null,
    file_no bigint not null,
    state text not null default 'uploading',
    source text not null,
    bytes bigint not null default 0,
    segments bigint not null default 0,
    manifest_sealed bytea,
    same_hash bytea,
    kind_hint text,
    note_sealed bytea,
    real_type text,
    width bigint,
    height bigint,
    damaged boolean not null default false,
    checked_at timestamptz,
    preview_sealed bytea,
    uploaded_at timestamptz not null default core.now(),
    removed_at timestamptz,
    constraint file_pkey primary key (id),
    constraint file_case_no_key unique (case_id, file_no),
    constraint file_case_fkey foreign key (case_id) references core.case_file (id)
);
comment on table core.file is 'A sealed file; it exists for others when its manifest is committed.';
comment on column core.file.id is 'made in C';
comment on column core.file.case_id is 'case';
comment on column core.file.file_no is 'number within the case, part of the key derivation';
comment on column core.file.state is 'uploading, stored or removed';
comment on column core.file.source is 'complainant, volunteer or service';
comment on column core.file.bytes is 'plain length';
comment on column core.file.segments is 'number of segments';
comment on column core.file.manifest_sealed is 'SHA-256, length, segments, name, type';
comment on column core.file.same_hash is 'keyed hash of the content (V-EV-07)';
comment on column core.file.kind_hint is 'what the complainant said it shows';
comment on column core.file.note_sealed is 'note of the uploader';
comment on column core.file.real_type is 'by content, from inspect; null = not checked';
comment on column core.file.width is 'pixels';
comment on column core.file.height is 'pixels';
comment on column core.file.damaged is 'could not be decoded';
comment on column core.file.checked_at is 'inspected';
comment on column core.file.preview_sealed is 're-encoded JPEG';
comment on column core.file.uploaded_at is 'when';
comment on column core.file.removed_at is 'taken out of the draft';

create table core.file_segment (
    file_id uuid not null,
    segment_no bigint not null,
    header bytea not null,
    sealed bytea not null,
    constraint file_segment_pkey primary key (file_id, segment_no),
    constraint file_segment_file_fkey foreign key (file_id) references core.file (id) on delete cascade
);
comment on table core.file_segment is 'Sealed pieces of files, at most 1 MiB of plaintext each.';
comment on column core.file_segment.file_id is 'file';
comment on column core.file_segment.segment_no is 'from 0';
comment on column core.file_segment.header is '24 bytes';
comment on column core.file_segment.sealed is 'cipher';

create table core.evidence (
    id uuid not null,
    case_id uuid not null,
    file_id uuid,
    kind text not null,
    node text not null,
    fields jsonb not null default '{}',
    fields_sealed bytea,
    proves_sealed bytea,
    quality jsonb not null default '{}',
    shown_time boolean,
    shown_url boolean,
    edited boolean,
    missing_reason text,
    created_by uuid,
    created_at timestamptz not null default core.now(),
    removed_at timestamptz,
    version bigint not null default 1,
    constraint evidence_pkey primary key (id),
    constraint evidence_case_fkey foreign key (case_id) references core.case_file (id),
    constraint evidence_file_fkey foreign key (file_id) references core.file (id)
);
comment on table core.evidence is 'What a file proves, as the volunteer judged it (DOMAIN.md §4.4).';
comment on column core.evidence.id is 'made in C';
comment on column core.evidence.case_id is 'case';
comment on column core.evidence.file_id is 'file; null = evidence without a file';
comment on column core.evidence.kind is 'evidence_kind';
comment on column core.evidence.node is 'issue_node';
comment on column core.evidence.fields is 'plain required fields by name; sealed: names of those that fields_sealed holds';
comment on column core.evidence.fields_sealed is 'sealed required fields as JSON';
comment on column core.evidence.proves_sealed is 'what it proves';
comment on column core.evidence.quality is 'GENUINE, LAWFUL, RELEVANT, COMPLETE -> quality_value';
comment on column core.evidence.shown_time is 'the image shows a time (V-EV-04)';
comment on column core.evidence.shown_url is 'the image shows an address';
comment on column core.evidence.edited is 'edited afterwards';
comment on column core.evidence.missing_reason is 'why a required field is missing';
comment on column core.evidence.created_by is 'volunteer';
comment on column core.evidence.created_at is 'when';
comment on column core.evidence.removed_at is 'taken out';
comment on column core.evidence.version is 'row version';

create table core.demand (
    id uuid not null,
    case_id uuid not null,
    kind text not null,
    amount_fen bigint,
    quantity bigint,
    unit text,
    basis text,
    by_day date,
    text_sealed bytea,
    alternative_to uuid,
    removed_at timestamptz,
    version bigint not null default 1,
    constraint demand_pkey primary key (id),
    constraint demand_case_fkey foreign key (case_id) references core.case_file (id)
);
comment on table core.demand is 'What is demanded: kind, amount or quantity, date (V-DEM-01).';
comment on column core.demand.id is 'made in C';
comment on column core.demand.case_id is 'case';
comment on column core.demand.kind is 'demand_kind';
comment on column core.demand.amount_fen is 'amount';
comment on column core.demand.quantity is 'number of pieces';
comment on column core.demand.unit is 'unit of the quantity';
comment on column core.demand.basis is 'law article id or rule clause, plain';
comment on column core.demand.by_day is 'to be met by';
comment on column core.demand.text_sealed is 'wording';
comment on column core.demand.alternative_to is 'instead of this demand';
comment on column core.demand.removed_at is 'taken out';
comment on column core.demand.version is 'row version';

create table core.filing (
    id uuid not null,
    case_id uuid not null,
    round bigint not null,
    channel text not null,
    status text not null default 'PLANNED',
    previous_status text,
    version bigint not null default 1,
    prerequisites_shown_at timestamptz,
    prerequisites_confirmed text[] not null default '{}',
    collision_checked_at timestamptz,
    collision jsonb not null default '[]',
    skip_reason_sealed bytea,
    demand_hash bytea,
    filing_no_sealed bytea,
    has_filing_no boolean not null default false,
    proof_file uuid,
    submitted_at timestamptz,
    submitted_by uuid,
    received_on date,
    accepted_on date,
    items_sealed bytea,
    reply_sealed bytea,
    replied_at timestamptz,
    agreed_sealed bytea,
    outcome text,
    not_accepted_reason text,
    termination_reason text,
    result_sealed bytea,
    ended_at timestamptz,
    wd_reason text,
    wd_text_sealed bytea,
    wd_asked_by text,
    wd_pressed boolean,
    wd_reason_ok boolean not null default false,
    wd_requested_at timestamptz,
    wd_result_sealed bytea,
    constraint filing_pkey primary key (id),
    constraint filing_case_fkey foreign key (case_id) references core.case_file (id),
    constraint filing_proof_fkey foreign key (proof_file) references core.file (id)
);
comment on table core.filing is 'One complaint at one channel (投诉).';
comment on column core.filing.id is 'made in C';
comment on column core.filing.case_id is 'case';
comment on column core.filing.round is 'round of the case';
comment on column core.filing.channel is 'channel';
comment on column core.filing.status is 'filing_status';
comment on column core.filing.previous_status is 'remembered when a withdrawal draft starts';
comment on column core.filing.version is 'row version';
comment on column core.filing.prerequisites_shown_at is 'prerequisites were shown';
comment on column core.filing.prerequisites_confirmed is 'prerequisite codes the volunteer confirmed';
comment on column core.filing.collision_checked_at is 'collision verdict was shown';
comment on column core.filing.collision is 'verdicts shown';
comment on column core.filing.skip_reason_sealed is 'why an earlier layer was skipped';
comment on column core.filing.demand_hash is 'hash of the demand set when made ready';
comment on column core.filing.filing_no_sealed is 'reference number of the channel';
comment on column core.filing.has_filing_no is 'a number is stored';
comment on column core.filing.proof_file is 'receipt or screenshot';
comment on column core.filing.submitted_at is 'when filed';
comment on column core.filing.submitted_by is 'who recorded it';
comment on column core.filing.received_on is 'day the body received it';
comment on column core.filing.accepted_on is 'day of acceptance';
comment on column core.filing.items_sealed is 'what a supplement asks for';
comment on column core.filing.reply_sealed is 'reply of the other side';
comment on column core.filing.replied_at is 'when replied';
comment on column core.filing.agreed_sealed is 'what was agreed';
comment on column core.filing.outcome is 'channel_outcome';
comment on column core.filing.not_accepted_reason is 'not_accepted_reason';
comment on column core.filing.termination_reason is 'termination_reason';
comment on column core.filing.result_sealed is 'result in words';
comment on column core.filing.ended_at is 'final state reached';
comment on column core.filing.wd_reason is 'withdrawal_reason code';
comment on column core.filing.wd_text_sealed is 'concrete reason';
comment on column core.filing.wd_asked_by is 'who asked for the withdrawal: complainant, platform, both (V-WD-05)';
comment on column core.filing.wd_pressed is 'pressure reported';
comment on column core.filing.wd_reason_ok is 'V-WD-01 passed in cgi/rules';
comment on column core.filing.wd_requested_at is 'asked at the channel';
comment on column core.filing.wd_result_sealed is 'result of the withdrawal';

create table core.clock (
    id uuid not null default gen_random_uuid(),
    case_id uuid not null,
    filing_id uuid,
    settlement_id uuid,
    kind text not null,
    rule jsonb not null,
    started_at timestamptz,
    due_at timestamptz,
    skipped jsonb not null default '[]',
    excluded_days bigint not null default 0,
    provisional boolean not null default false,
    legal boolean not null default false,
    paused_at timestamptz,
    stopped_at timestamptz,
    stop_reason text,
    reminded text[] not null default '{}',
    constraint clock_pkey primary key (id),
    constraint clock_case_fkey foreign key (case_id) references core.case_file (id),
    constraint clock_filing_fkey foreign key (filing_id) references core.filing (id)
);
comment on table core.clock is 'A deadline: rule and version, start, due, skipped days, provisional or not, stopped when and why (DOMAIN.md §3.15).';
comment on column core.clock.id is 'id';
comment on column core.clock.case_id is 'case';
comment on column core.clock.filing_id is 'filing';
comment on column core.clock.settlement_id is 'settlement';
comment on column core.clock.kind is 'clock_kind';
comment on column core.clock.rule is 'rule with version: n, unit, starts_on, source_kind, source, channel, variant, valid_from';
comment on column core.clock.started_at is 'start event; null = 尚未起算';
comment on column core.clock.due_at is 'end; null while not started or unknown';
comment on column core.clock.skipped is 'skipped days with names';
comment on column core.clock.excluded_days is 'days that the law excludes';
comment on column core.clock.provisional is 'a counted day lies in a year without a notice';
comment on column core.clock.legal is 'never pauses';
comment on column core.clock.paused_at is 'service clock paused';
comment on column core.clock.stopped_at is 'when';
comment on column core.clock.stop_reason is 'clock_stop_reason';
comment on column core.clock.reminded is 'reminders already sent';

create table core.decision (
    id uuid not null,
    case_id uuid not null,
    kind text not null,
    channel text,
    filing_id uuid,
    settlement_id uuid,
    detail jsonb not null default '{}',
    asked_by uuid,
    asked_at timestamptz not null default core.now(),
    answer text,
    answer_fen bigint,
    answered_at timestamptz,
    withdrawn_at timestamptz,
    version bigint not null default 1,
    constraint decision_pkey primary key (id),
    constraint decision_case_fkey foreign key (case_id) references core.case_file (id)
);
comment on table core.decision is 'What waits for the complainant on /track: consent for a recipient, warning, receipt, waiting.';
comment on column core.decision.id is 'id';
comment on column core.decision.case_id is 'case';
comment on column core.decision.kind is 'CONSENT, WITHDRAWAL_WARNING, RECEIPT, WAIT, ABANDON';
comment on column core.decision.channel is 'recipient of a consent';
comment on column core.decision.filing_id is 'filing';
comment on column core.decision.settlement_id is 'settlement';
comment on column core.decision.detail is 'plain facts shown: amounts, dates, text version';
comment on column core.decision.asked_by is 'volunteer';
comment on column core.decision.asked_at is 'when';
comment on column core.decision.answer is 'granted, refused, acknowledged, kept, received, part, not_received, waits';
comment on column core.decision.answer_fen is 'amount confirmed';
comment on column core.decision.answered_at is 'when';
comment on column core.decision.withdrawn_at is 'question or answer taken back';
comment on column core.decision.version is 'row version';

create table core.message (
    id uuid not null,
    case_id uuid not null,
    author_kind text not null,
    author uuid,
    template text,
    detail jsonb not null default '{}',
    body_sealed bytea,
    at timestamptz not null default core.now(),
    read_at timestamptz,
    constraint message_pkey primary key (id),
    constraint message_case_fkey foreign key (case_id) references core.case_file (id)
);
comment on table core.message is 'Messages both ways with the complainant.';
comment on column core.message.id is 'made in C';
comment on column core.message.case_id is 'case';
comment on column core.message.author_kind is 'complainant, volunteer or service';
comment on column core.message.author is 'user';
comment on column core.message.template is 'service message: locale key; its values in detail';
comment on column core.message.detail is 'plain values of a service message';
comment on column core.message.body_sealed is 'text';
comment on column core.message.at is 'when';
comment on column core.message.read_at is 'read by the other side';

create table core.note (
    id uuid not null,
    case_id uuid not null,
    author uuid not null,
    body_sealed bytea not null,
    at timestamptz not null default core.now(),
    edited_at timestamptz,
    edited_by uuid,
    version bigint not null default 1,
    constraint note_pkey primary key (id),
    constraint note_case_fkey foreign key (case_id) references core.case_file (id)
);
comment on table core.note is 'Internal notes; the complainant never sees them.';
comment on column core.note.id is 'made in C';
comment on column core.note.case_id is 'case';
comment on column core.note.author is 'user';
comment on column core.note.body_sealed is 'text';
comment on column core.note.at is 'when';
comment on column core.note.edited_at is 'last edit';
comment on column core.note.edited_by is 'who made it; the author when null';
comment on column core.note.version is 'row version';

create table core.missing_item (
    id uuid not null,
    case_id uuid not null,
    item text not null,
    text_sealed bytea,
    asked_at timestamptz not null default core.now(),
    answered_at timestamptz,
    constraint missing_item_pkey primary key (id),
    constraint missing_item_case_fkey foreign key (case_id) references core.case_file (id)
);
comment on table core.missing_item is 'What the complainant was asked to supply (补正).';
comment on column core.missing_item.id is 'id';
comment on column core.missing_item.case_id is 'case';
comment on column core.missing_item.item is 'evidence kind or field code';
comment on column core.missing_item.text_sealed is 'wording';
comment on column core.missing_item.asked_at is 'when';
comment on column core.missing_item.answered_at is 'when';

create table core.settlement (
    id uuid not null,
    case_id uuid not null,
    state text not null default 'NONE',
    version bigint not null default 1,
    offered_fen bigint,
    agreed_fen bigint,
    paid_fen bigint,
    kind text,
    perform_by date,
    terms_sealed bytea,
    contents_ok boolean not null default false,
    mediated boolean not null default false,
    text_hash bytea,
    document_id uuid,
    first_signed_at timestamptz,
    first_signer text,
    first_text_hash bytea,
    signed_at timestamptz,
    signed_file uuid,
    signed_sha_hash bytea,
    performed_on date,
    performance_file uuid,
    breached_at timestamptz,
    rescission_sealed bytea,
    fall_reason_sealed bytea,
    created_at timestamptz not null default core.now(),
    constraint settlement_pkey primary key (id),
    constraint settlement_case_fkey foreign key (case_id) references core.case_file (id)
);
comment on table core.settlement is 'A settlement (和解) from offer to performance.';
comment on column core.settlement.id is 'made in C';
comment on column core.settlement.case_id is 'case';
comment on column core.settlement.state is 'settlement_state';
comment on column core.settlement.version is 'row version';
comment on column core.settlement.offered_fen is 'offered amount';
comment on column core.settlement.agreed_fen is 'agreed amount';
comment on column core.settlement.paid_fen is 'paid amount';
comment on column core.settlement.kind is 'performance_kind';
comment on column core.settlement.perform_by is 'day of performance';
comment on column core.settlement.terms_sealed is 'contents of the agreement as JSON (DOMAIN.md §5.3)';
comment on column core.settlement.contents_ok is 'V-SET-01 passed in cgi/rules';
comment on column core.settlement.mediated is 'made through a mediation organisation';
comment on column core.settlement.text_hash is 'keyed hash of the PDF that was issued, which is what both sides sign';
comment on column core.settlement.document_id is 'agreement issued as PDF';
comment on column core.settlement.first_signed_at is 'first signature';
comment on column core.settlement.first_signer is 'complainant or respondent';
comment on column core.settlement.first_text_hash is 'hash that the first signature covers';
comment on column core.settlement.signed_at is 'both signed';
comment on column core.settlement.signed_file is 'signed agreement as uploaded';
comment on column core.settlement.signed_sha_hash is 'keyed hash of the signed file';
comment on column core.settlement.performed_on is 'day of performance';
comment on column core.settlement.performance_file is 'proof of performance';
comment on column core.settlement.breached_at is 'breach';
comment on column core.settlement.rescission_sealed is 'rescission in words';
comment on column core.settlement.fall_reason_sealed is 'why talks failed';
comment on column core.settlement.created_at is 'when';

create table core.document (
    id uuid not null,
    case_id uuid not null,
    kind text not null,
    version bigint not null,
    template_version text not null,
    file_id uuid not null,
    sha_hash bytea not null,
    snapshot_sealed bytea not null,
    filing_id uuid,
    settlement_id uuid,
    issued_by uuid not null,
    issued_at timestamptz not null default core.now(),
    constraint document_pkey primary key (id),
    constraint document_version_key unique (case_id, kind, version),
    constraint document_case_fkey foreign key (case_id) references core.case_file (id),
    constraint document_file_fkey foreign key (file_id) references core.file (id)
);
comment on table core.document is 'Issued papers; frozen bytes, the next change is the next version.';
comment on column core.document.id is 'made in C';
comment on column core.document.case_id is 'case';
comment on column core.document.kind is 'document_kind';
comment on column core.document.version is 'from 1 within case and kind';
comment on column core.document.template_version is 'version of the template';
comment on column core.document.file_id is 'sealed bytes';
comment on column core.document.sha_hash is 'keyed hash of the bytes';
comment on column core.document.snapshot_sealed is 'data it was made from';
comment on column core.document.filing_id is 'filing';
comment on column core.document.settlement_id is 'settlement';
comment on column core.document.issued_by is 'user';
comment on column core.document.issued_at is 'when';

create table core.letter_text (
    case_id uuid not null,
    filing_id uuid,
    text_sealed bytea not null,
    version bigint not null default 1,
    saved_by uuid not null,
    saved_at timestamptz not null default core.now(),
    constraint letter_text_pkey primary key (case_id),
    constraint letter_text_case_fkey foreign key (case_id) references core.case_file (id)
);
comment on table core.letter_text is 'Text that is being written for the letters of a case; what was issued is in core.document.';
comment on column core.letter_text.case_id is 'case';
comment on column core.letter_text.filing_id is 'filing the letter is for';
comment on column core.letter_text.text_sealed is 'names, facts, negotiation, grounds as JSON';
comment on column core.letter_text.version is 'row version';
comment on column core.letter_text.saved_by is 'user';
comment on column core.letter_text.saved_at is 'when';

create table core.task (
    id uuid not null default gen_random_uuid(),
    case_id uuid not null,
    filing_id uuid,
    kind text not null,
    created_at timestamptz not null default core.now(),
    done_at timestamptz,
    constraint task_pkey primary key (id),
    constraint task_case_fkey foreign key (case_id) references core.case_file (id)
);
comment on table core.task is 'A step somebody has to do: withdrawals per open filing, checks.';
comment on column core.task.id is 'id';
comment on column core.task.case_id is 'case';
comment on column core.task.filing_id is 'filing';
comment on column core.task.kind is 'WITHDRAW, CHECK, FOLLOW_UP, ERASE';
comment on column core.task.created_at is 'when';
comment on column core.task.done_at is 'when done';

create table core.guard_override (
    id uuid not null,
    case_id uuid not null,
    machine text not null,
    object_id uuid not null,
    guard text not null,
    reason_sealed bytea not null,
    by_user uuid not null,
    at timestamptz not null default core.now(),
    used_at timestamptz,
    constraint guard_override_pkey primary key (id),
    constraint guard_override_case_fkey foreign key (case_id) references core.case_file (id)
);
comment on table core.guard_override is 'A coordinator''s override of a guard, with its reason.';
comment on column core.guard_override.id is 'made in C';
comment on column core.guard_override.case_id is 'case';
comment on column core.guard_override.machine is 'case, filing or settlement';
comment on column core.guard_override.object_id is 'case, filing or settlement id';
comment on column core.guard_override.guard is 'guard or V-* code';
comment on column core.guard_override.reason_sealed is 'reason';
comment on column core.guard_override.by_user is 'coordinator';
comment on column core.guard_override.at is 'when';
comment on column core.guard_override.used_at is 'when a transition used it';

create table core.check_result (
    case_id uuid not null,
    object_id uuid not null,
    rule text not null,
    passed boolean not null,
    detail jsonb not null default '[]',
    at timestamptz not null default core.now(),
    object_version bigint not null,
    constraint check_result_pkey primary key (object_id, rule),
    constraint check_result_case_fkey foreign key (case_id) references core.case_file (id)
);
comment on table core.check_result is 'Last result of text checks made in C (cgi/rules) that guards ask for.';
comment on column core.check_result.case_id is 'case';
comment on column core.check_result.object_id is 'case, filing, settlement or demand set';
comment on column core.check_result.rule is 'V-* code';
comment on column core.check_result.passed is 'result';
comment on column core.check_result.detail is 'codes only, never text';
comment on column core.check_result.at is 'when';
comment on column core.check_result.object_version is 'version of the object that was checked';

create table core.event (
    id bigint generated always as identity,
    case_id uuid,
    object_kind text not null,
    object_id uuid,
    type text not null,
    actor_kind text not null,
    actor uuid,
    before jsonb,
    after jsonb,
    at timestamptz not null default core.now(),
    constraint event_pkey primary key (id)
);
comment on table core.event is 'What happened: who, what, before and after of plain columns, when. Appended in the same transaction.';
comment on column core.event.id is 'order of writing';
comment on column core.event.case_id is 'case, null = none';
comment on column core.event.object_kind is 'case, filing, settlement, user, session, export …';
comment on column core.event.object_id is 'which';
comment on column core.event.type is 'event code';
comment on column core.event.actor_kind is 'complainant, user, worker, operator';
comment on column core.event.actor is 'user';
comment on column core.event.before is 'plain columns before';
comment on column core.event.after is 'plain columns after';
comment on column core.event.at is 'when';

-- Keys that lists page by, and look-ups of every foreign key that functions follow.
create index case_file_assignee_idx on core.case_file (assignee, next_due_at, id) where closed_at is null;
create index case_file_status_idx on core.case_file (status, next_due_at, id);
create index case_file_platform_idx on core.case_file (platform, submitted_at);
create index case_file_submitted_idx on core.case_file (submitted_at, id);
create index number_lookup_hash_idx on core.number_lookup (kind, hash);
create index consent_case_idx on core.consent (case_id, kind, channel);
create index assignment_case_idx on core.assignment (case_id, assigned_at);
create index assignment_open_idx on core.assignment (app_user) where ended_at is null;
create index file_case_idx on core.file (case_id, file_no);
create index file_same_idx on core.file (same_hash) where same_hash is not null;
create index evidence_case_idx on core.evidence (case_id);
create index demand_case_idx on core.demand (case_id);
create index filing_case_idx on core.filing (case_id, round);
create index clock_case_idx on core.clock (case_id);
create index clock_running_idx on core.clock (due_at) where stopped_at is null and due_at is not null;
create index clock_provisional_idx on core.clock (id) where provisional and stopped_at is null;
create index decision_case_idx on core.decision (case_id);
create index message_case_idx on core.message (case_id, at);
create index note_case_idx on core.note (case_id, at);
create index missing_item_case_idx on core.missing_item (case_id);
create index settlement_case_idx on core.settlement (case_id);
create index document_case_idx on core.document (case_id);
create index task_case_idx on core.task (case_id);
create index guard_override_object_idx on core.guard_override (object_id, guard);
create index event_case_idx on core.event (case_id, id);
create index event_object_idx on core.event (object_id, id);
create index draft_box_expires_idx on core.draft_box (expires_at);

insert into core.schema_migration (id) values ('0003-cases');
reset role;
