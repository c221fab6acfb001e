-- 0007: deltas, rollups, exports, outbox (DESIGN.md §12).

set role aiddesk_owner;

create table stat.delta (
    id bigint generated always as identity,
    day date not null,
    platform uuid,
    product_type text,
    problem_type text,
    measure text not null,
    dimension text not null default '',
    n bigint not null,
    constraint delta_pkey primary key (id)
);
comment on table stat.delta is 'One small row per change, in the transaction of the change; the worker folds them.';
comment on column stat.delta.id is 'order of writing';
comment on column stat.delta.day is 'day in Asia/Shanghai';
comment on column stat.delta.platform is 'platform';
comment on column stat.delta.product_type is 'product type';
comment on column stat.delta.problem_type is 'problem type';
comment on column stat.delta.measure is 'submitted, closed, resolved, filed, overdue, claimed_fen, received_fen, settled, performed, breached, withdrawn …';
comment on column stat.delta.dimension is 'channel, closure reason or other code of the measure';
comment on column stat.delta.n is 'change';

create table stat.daily (
    day date not null,
    platform uuid,
    product_type text not null default '',
    problem_type text not null default '',
    measure text not null,
    dimension text not null default '',
    n bigint not null,
    constraint daily_key unique nulls not distinct (day, platform, product_type, problem_type, measure, dimension)
);
comment on table stat.daily is 'Folded figures per day.';
comment on column stat.daily.day is 'day';
comment on column stat.daily.platform is 'platform';
comment on column stat.daily.product_type is 'product type';
comment on column stat.daily.problem_type is 'problem type';
comment on column stat.daily.measure is 'measure';
comment on column stat.daily.dimension is 'dimension';
comment on column stat.daily.n is 'sum';

create table stat.duration_delta (
    id bigint generated always as identity,
    day date not null,
    platform uuid,
    measure text not null,
    minutes bigint not null,
    n bigint not null default 1,
    constraint duration_delta_pkey primary key (id)
);
comment on table stat.duration_delta is 'One duration, to be folded into histograms.';
comment on column stat.duration_delta.id is 'order of writing';
comment on column stat.duration_delta.day is 'day in Asia/Shanghai on which it ended';
comment on column stat.duration_delta.platform is 'platform';
comment on column stat.duration_delta.measure is 'first_reply, closed, filing_reply, performed';
comment on column stat.duration_delta.minutes is 'length';
comment on column stat.duration_delta.n is '1, or -1 when a case moved to another platform: histograms add n';

create table stat.case_delta (
    id bigint generated always as identity,
    case_id uuid not null,
    day date not null,
    measure text not null,
    dimension text not null default '',
    n bigint not null,
    minutes bigint,
    constraint case_delta_pkey primary key (id)
);
comment on table stat.case_delta is 'What each case put into the figures, so that correcting its platform or problem moves exactly that. Goes with the case.';
comment on column stat.case_delta.id is 'order of writing';
comment on column stat.case_delta.case_id is 'case';
comment on column stat.case_delta.day is 'day in Asia/Shanghai';
comment on column stat.case_delta.measure is 'measure of stat.delta or stat.duration_delta';
comment on column stat.case_delta.dimension is 'dimension of stat.delta';
comment on column stat.case_delta.n is 'change, 1 for a duration';
comment on column stat.case_delta.minutes is 'length of a duration; null = a plain delta';

create table stat.histogram (
    day date not null,
    platform uuid,
    measure text not null,
    bucket bigint not null,
    n bigint not null,
    constraint histogram_key unique nulls not distinct (day, platform, measure, bucket)
);
comment on table stat.histogram is 'Mergeable histograms of durations: bucket = floor(8 * log2(minutes + 1)).';
comment on column stat.histogram.day is 'day';
comment on column stat.histogram.platform is 'platform';
comment on column stat.histogram.measure is 'measure';
comment on column stat.histogram.bucket is 'bucket';
comment on column stat.histogram.n is 'count';

create table core.export (
    id uuid not null,
    release text not null,
    state text not null default 'queued',
    asked_by uuid not null,
    asked_at timestamptz not null default core.now(),
    from_day date not null,
    to_day date not null,
    recipient text not null,
    legal_basis text not null,
    cut_off timestamptz,
    rule_versions jsonb,
    row_count bigint,
    suppressed bigint,
    built_at timestamptz,
    failure text,
    constraint export_pkey primary key (id),
    constraint export_release_key unique (release),
    constraint export_days check (to_day >= from_day)
);
comment on table core.export is 'Releases of statistics: asked for in a page, built and signed by the worker, never changed.';
comment on column core.export.id is 'made in C';
comment on column core.export.release is 'number of the release, EX-2026-0001';
comment on column core.export.state is 'queued, done or failed';
comment on column core.export.asked_by is 'user';
comment on column core.export.asked_at is 'when';
comment on column core.export.from_day is 'first day';
comment on column core.export.to_day is 'last day';
comment on column core.export.recipient is 'who gets it';
comment on column core.export.legal_basis is 'on what ground';
comment on column core.export.cut_off is 'data as of';
comment on column core.export.rule_versions is 'definitions and rules used';
comment on column core.export.row_count is 'rows of all tables';
comment on column core.export.suppressed is 'cells suppressed';
comment on column core.export.built_at is 'when';
comment on column core.export.failure is 'error code of ours';

create table core.export_file (
    export_id uuid not null,
    name text not null,
    media_type text not null,
    content bytea not null,
    sha256 bytea not null,
    signature bytea not null,
    constraint export_file_pkey primary key (export_id, name),
    constraint export_file_export_fkey foreign key (export_id) references core.export (id)
);
comment on table core.export_file is 'Files of a release with digest and signature.';
comment on column core.export_file.export_id is 'release';
comment on column core.export_file.name is 'file name';
comment on column core.export_file.media_type is 'media type';
comment on column core.export_file.content is 'bytes';
comment on column core.export_file.sha256 is 'digest';
comment on column core.export_file.signature is 'Ed25519 over the release and the digest';

create table core.export_download (
    export_id uuid not null,
    app_user uuid not null,
    name text not null,
    at timestamptz not null default core.now()
);
comment on table core.export_download is 'Who took which release.';
comment on column core.export_download.export_id is 'release';
comment on column core.export_download.app_user is 'user';
comment on column core.export_download.name is 'file';
comment on column core.export_download.at is 'when';

create table core.outbox (
    id uuid not null default gen_random_uuid(),
    case_id uuid,
    kind text not null,
    address_sealed bytea not null,
    lang text not null default 'zh-CN',
    state text not null default 'waiting',
    attempts bigint not null default 0,
    next_try_at timestamptz not null default core.now(),
    created_at timestamptz not null default core.now(),
    dedup_key text,
    constraint outbox_pkey primary key (id),
    constraint outbox_dedup_key unique (dedup_key)
);
comment on table core.outbox is 'Mail to be sent: address and text sealed to the worker''s mail key; deleted when sent or after 7 days.';
comment on column core.outbox.id is 'id';
comment on column core.outbox.case_id is 'case, null = staff';
comment on column core.outbox.kind is 'locale key of the text: news_complainant, assigned, deadline …';
comment on column core.outbox.address_sealed is 'case id and address, sealed to the mail key';
comment on column core.outbox.lang is 'language';
comment on column core.outbox.state is 'waiting, sent or failed';
comment on column core.outbox.attempts is 'tries so far';
comment on column core.outbox.next_try_at is 'next try';
comment on column core.outbox.created_at is 'when';
comment on column core.outbox.dedup_key is 'nobody gets the same one twice';

create table core.heartbeat (
    name text not null,
    at timestamptz not null,
    constraint heartbeat_pkey primary key (name)
);
comment on table core.heartbeat is 'When each timer of the worker last did its work.';
comment on column core.heartbeat.name is 'timer';
comment on column core.heartbeat.at is 'when';

create index case_delta_case_idx on stat.case_delta (case_id);
create index daily_platform_idx on stat.daily (platform, day);
create index histogram_platform_idx on stat.histogram (platform, measure, day);
create index outbox_waiting_idx on core.outbox (next_try_at) where state = 'waiting';

create table stat.tally (
    week date not null,
    everywhere boolean not null,
    platform uuid,
    part text not null,
    measure text not null,
    code text not null default '',
    n bigint not null,
    constraint tally_key unique nulls not distinct (everywhere, part, platform, measure, week, code),
    constraint tally_part_known check (part in ('total', 'week', 'dimension', 'product', 'problem', 'duration'))
);
comment on table stat.tally is
    'Sums that pages show, per platform and everywhere: their number depends on platforms, codes and weeks, never on cases. Folded with stat.daily.';
comment on column stat.tally.week is 'Monday of the week for part week; -infinity = of all time';
comment on column stat.tally.everywhere is 'all platforms together; platform is null then';
comment on column stat.tally.platform is 'platform; null = cases without one, or everywhere';
comment on column stat.tally.part is 'total or week of a measure, or the measure by dimension, product, problem or duration (bucket)';
comment on column stat.tally.measure is 'measure of stat.delta or stat.duration_delta';
comment on column stat.tally.code is 'dimension, product type, problem type or number of the bucket; empty for total and week';
comment on column stat.tally.n is 'sum';

insert into core.schema_migration (id) values ('0007-statistics');
reset role;
