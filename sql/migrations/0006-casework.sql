-- 0006: words, settlements, papers, tasks, checks, and what happened (core.event).

set role aiddesk_owner;

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
create index message_case_idx on core.message (case_id, at);
create index note_case_idx on core.note (case_id, at);
create index missing_item_case_idx on core.missing_item (case_id);
create index settlement_case_idx on core.settlement (case_id);
create index document_case_idx on core.document (case_id);
create index task_case_idx on core.task (case_id);
create index guard_override_object_idx on core.guard_override (object_id, guard);
create index event_case_idx on core.event (case_id, id);
create index event_object_idx on core.event (object_id, id);

insert into core.schema_migration (id) values ('0006-casework');
reset role;
