-- 0005: what a complaint rests on and where it goes: files, evidence, demands, filings, clocks, decisions asked of the complainant.

set role aiddesk_owner;

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

-- Keys that lists page by, and look-ups of every foreign key that functions follow.
create index file_case_idx on core.file (case_id, file_no);
create index file_same_idx on core.file (same_hash) where same_hash is not null;
create index evidence_case_idx on core.evidence (case_id);
create index demand_case_idx on core.demand (case_id);
create index filing_case_idx on core.filing (case_id, round);
create index clock_case_idx on core.clock (case_id);
create index clock_running_idx on core.clock (due_at) where stopped_at is null and due_at is not null;
create index clock_provisional_idx on core.clock (id) where provisional and stopped_at is null;
create index decision_case_idx on core.decision (case_id);

insert into core.schema_migration (id) values ('0005-filings');
reset role;
