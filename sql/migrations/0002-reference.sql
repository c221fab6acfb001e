-- 0002: dated reference data (DOMAIN.md §10.1).

set role aiddesk_owner;

create table ref.document (
    name text not null,
    sha256 bytea not null,
    loaded_at timestamptz not null default now(),
    constraint ref_document_pkey primary key (name)
);
comment on table ref.document is 'Every reference file as it was loaded, with its digest, so that loading twice changes nothing.';
comment on column ref.document.name is 'file name';
comment on column ref.document.sha256 is 'digest of the bytes';
comment on column ref.document.loaded_at is 'when';

create table ref.enumeration (
    enumeration text not null,
    code text not null,
    grp text,
    sort bigint not null default 0,
    label_zh text not null,
    label_en text not null,
    constraint ref_enumeration_pkey primary key (enumeration, code)
);
comment on table ref.enumeration is 'All codes with labels; codes are stable, labels are data (DOMAIN.md §4).';
comment on column ref.enumeration.enumeration is 'name of the enumeration';
comment on column ref.enumeration.code is 'stable ASCII code';
comment on column ref.enumeration.grp is 'parent group, where the enumeration has one';
comment on column ref.enumeration.sort is 'display order';
comment on column ref.enumeration.label_zh is 'label in Chinese';
comment on column ref.enumeration.label_en is 'label in English';

create table ref.intake_choice (
    field text not null,
    choice text not null,
    valid_from date not null,
    valid_to date,
    sort bigint not null default 0,
    label_zh text not null,
    label_en text not null,
    enumeration text,
    provisional text,
    refine_to text[] not null default '{}',
    check_flags text[] not null default '{}',
    also_sets jsonb not null default '{}',
    constraint ref_intake_choice_pkey primary key (field, choice, valid_from)
);
comment on table ref.intake_choice is 'Coarse choices of the public form and the provisional codes they set (UX.md §2.11).';
comment on column ref.intake_choice.field is 'field of the form';
comment on column ref.intake_choice.choice is 'value sent by the form';
comment on column ref.intake_choice.valid_from is 'first day';
comment on column ref.intake_choice.valid_to is 'last day, null = open';
comment on column ref.intake_choice.sort is 'display order';
comment on column ref.intake_choice.label_zh is 'label in Chinese';
comment on column ref.intake_choice.label_en is 'label in English';
comment on column ref.intake_choice.enumeration is 'enumeration of the provisional code';
comment on column ref.intake_choice.provisional is 'provisional code';
comment on column ref.intake_choice.refine_to is 'codes it is often refined to; * = any';
comment on column ref.intake_choice.check_flags is 'special flags for the volunteer to check';
comment on column ref.intake_choice.also_sets is 'further enumeration: code set by the choice';

create table ref.calendar_day (
    day date not null,
    kind text not null,
    name text not null,
    notice text,
    constraint ref_calendar_day_pkey primary key (day),
    constraint ref_calendar_day_kind check (kind in ('OFF', 'WORKDAY', 'PROVISIONAL_OFF'))
);
comment on table ref.calendar_day is 'Official work-day calendar (DOMAIN.md §3.14).';
comment on column ref.calendar_day.day is 'the day';
comment on column ref.calendar_day.kind is 'OFF, WORKDAY or PROVISIONAL_OFF';
comment on column ref.calendar_day.name is 'name of the holiday';
comment on column ref.calendar_day.notice is 'number of the official notice; a year is official when it has OFF or WORKDAY rows with one';

create table ref.channel (
    channel text not null,
    valid_from date not null,
    valid_to date,
    layer text not null,
    sort bigint not null,
    official boolean not null default false,
    public_content boolean not null default false,
    recommended boolean not null default true,
    prerequisites text[] not null default '{}',
    needs_real_name boolean not null default false,
    needs_authorisation_if_agent boolean not null default false,
    share_consent text,
    withdrawable text not null,
    withdrawal_type text,
    withdrawal_needs text[] not null default '{}',
    refile_after_withdrawal text not null,
    problem_types text[] not null default '{*}',
    pay_methods text[] not null default '{*}',
    required_evidence text[] not null default '{}',
    detail jsonb not null default '{}',
    confidence text,
    constraint ref_channel_pkey primary key (channel, valid_from)
);
comment on table ref.channel is 'Complaint channels as dated rows (DOMAIN.md §4.5).';
comment on column ref.channel.channel is 'code';
comment on column ref.channel.valid_from is 'first day';
comment on column ref.channel.valid_to is 'last day, null = open';
comment on column ref.channel.layer is 'channel_layer';
comment on column ref.channel.sort is 'order in the ladder';
comment on column ref.channel.official is 'a public authority';
comment on column ref.channel.public_content is 'what is filed there is published';
comment on column ref.channel.recommended is 'offered as a next step';
comment on column ref.channel.prerequisites is 'prerequisite codes';
comment on column ref.channel.needs_real_name is 'real name needed';
comment on column ref.channel.needs_authorisation_if_agent is 'authorisation needed when an agent files';
comment on column ref.channel.share_consent is 'consent kind needed before anything is sent';
comment on column ref.channel.withdrawable is 'withdrawable code';
comment on column ref.channel.withdrawal_type is 'withdrawal_type code';
comment on column ref.channel.withdrawal_needs is 'evidence kinds a withdrawal needs';
comment on column ref.channel.refile_after_withdrawal is 'refile_after_withdrawal code';
comment on column ref.channel.problem_types is 'problem types it suits';
comment on column ref.channel.pay_methods is 'pay methods it suits';
comment on column ref.channel.required_evidence is 'evidence kinds it needs';
comment on column ref.channel.detail is 'labels, steps, warnings, records after filing, as loaded';
comment on column ref.channel.confidence is 'confidence of the row';

create table ref.channel_clock (
    channel text not null,
    clock_key text not null,
    variant text not null default '',
    valid_from date not null default '-infinity',
    valid_to date,
    n bigint,
    unit text,
    starts_on text,
    extension jsonb,
    source_kind text not null,
    source text,
    confidence text,
    note_zh text,
    note_en text,
    constraint ref_channel_clock_pkey primary key (channel, clock_key, variant, valid_from)
);
comment on table ref.channel_clock is 'Clocks of the channels (DOMAIN.md §2.5, §3.5).';
comment on column ref.channel_clock.channel is 'channel code';
comment on column ref.channel_clock.clock_key is 'clock_kind';
comment on column ref.channel_clock.variant is 'variant of the clock';
comment on column ref.channel_clock.valid_from is 'first day';
comment on column ref.channel_clock.valid_to is 'last day, null = open';
comment on column ref.channel_clock.n is 'length; null = unknown, show 未核实 and compute nothing';
comment on column ref.channel_clock.unit is 'wd, cd, h, mo, y';
comment on column ref.channel_clock.starts_on is 'clock_start code';
comment on column ref.channel_clock.extension is 'extension allowed by the rule';
comment on column ref.channel_clock.source_kind is 'clock_source code';
comment on column ref.channel_clock.source is 'where the rule comes from';
comment on column ref.channel_clock.confidence is 'confidence of the row';
comment on column ref.channel_clock.note_zh is 'note in Chinese';
comment on column ref.channel_clock.note_en is 'note in English';

create table ref.channel_collision (
    already_at text not null,
    filing_at text not null,
    valid_from date not null,
    valid_to date,
    verdict text not null,
    basis text,
    confidence text,
    note_zh text,
    note_en text,
    constraint ref_channel_collision_pkey primary key (already_at, filing_at, valid_from)
);
comment on table ref.channel_collision is 'What filing at one body means while the dispute is at another (DOMAIN.md §5.4).';
comment on column ref.channel_collision.already_at is 'channel or collision class where it is';
comment on column ref.channel_collision.filing_at is 'channel or collision class where it would go';
comment on column ref.channel_collision.valid_from is 'first day';
comment on column ref.channel_collision.valid_to is 'last day, null = open';
comment on column ref.channel_collision.verdict is 'collision_verdict code';
comment on column ref.channel_collision.basis is 'source of the rule';
comment on column ref.channel_collision.confidence is 'confidence of the row';
comment on column ref.channel_collision.note_zh is 'note in Chinese';
comment on column ref.channel_collision.note_en is 'note in English';

create table ref.collision_class (
    class text not null,
    channel text not null,
    constraint ref_collision_class_pkey primary key (class, channel)
);
comment on table ref.collision_class is 'Classes of channels used by the collision matrix.';
comment on column ref.collision_class.class is 'class code';
comment on column ref.collision_class.channel is 'channel in the class';

create table ref.evidence_kind (
    kind text not null,
    valid_from date not null,
    valid_to date,
    sort bigint not null,
    node text not null,
    decay text not null,
    restricted boolean not null default false,
    detail jsonb not null default '{}',
    constraint ref_evidence_kind_pkey primary key (kind, valid_from)
);
comment on table ref.evidence_kind is 'Kinds of evidence with their default chain node (DOMAIN.md §4.4).';
comment on column ref.evidence_kind.kind is 'code';
comment on column ref.evidence_kind.valid_from is 'first day';
comment on column ref.evidence_kind.valid_to is 'last day, null = open';
comment on column ref.evidence_kind.sort is 'display order';
comment on column ref.evidence_kind.node is 'default issue_node';
comment on column ref.evidence_kind.decay is 'HIGH, MEDIUM, LOW, NONE';
comment on column ref.evidence_kind.restricted is 'identity papers: shown only on demand';
comment on column ref.evidence_kind.detail is 'tips and problem types, as loaded';

create table ref.evidence_field (
    kind text not null,
    field text not null,
    sort bigint not null,
    type text not null,
    sealed boolean not null,
    label_zh text not null,
    label_en text not null,
    constraint ref_evidence_field_pkey primary key (kind, field)
);
comment on table ref.evidence_field is 'Required fields per kind of evidence (V-EV-01).';
comment on column ref.evidence_field.kind is 'evidence kind';
comment on column ref.evidence_field.field is 'field name';
comment on column ref.evidence_field.sort is 'order';
comment on column ref.evidence_field.type is 'text, int, fen, date, time, minute, yesno, yesnona, hash, credit_code, enum:NAME';
comment on column ref.evidence_field.sealed is 'identifies a person or opens value: sealed';
comment on column ref.evidence_field.label_zh is 'label in Chinese';
comment on column ref.evidence_field.label_en is 'label in English';

create table ref.wording (
    list text not null,
    valid_from date not null,
    valid_to date,
    rule text not null,
    detail jsonb not null,
    constraint ref_wording_pkey primary key (list, valid_from)
);
comment on table ref.wording is 'Wording lists of V-WORD-01..03 and V-WD-01, one row per list, as loaded (cgi/rules/wording reads the document).';
comment on column ref.wording.list is 'wording_list code';
comment on column ref.wording.valid_from is 'first day';
comment on column ref.wording.valid_to is 'last day, null = open';
comment on column ref.wording.rule is 'V-* code';
comment on column ref.wording.detail is 'levels, terms with match rules, exemptions';

create table ref.transition (
    id text not null,
    machine text not null,
    from_state text not null,
    event text not null,
    to_state text not null,
    valid_from date not null,
    valid_to date,
    guards text[] not null,
    effects text[] not null,
    overrides text,
    constraint ref_transition_pkey primary key (id, valid_from)
);
comment on table ref.transition is 'State machines: what is not listed is forbidden (DOMAIN.md §5).';
comment on column ref.transition.id is 'row id, C-001 …';
comment on column ref.transition.machine is 'case, filing or settlement';
comment on column ref.transition.from_state is 'state before';
comment on column ref.transition.event is 'event code';
comment on column ref.transition.to_state is 'state after';
comment on column ref.transition.valid_from is 'first day';
comment on column ref.transition.valid_to is 'last day, null = open';
comment on column ref.transition.guards is 'all must hold';
comment on column ref.transition.effects is 'what happens';
comment on column ref.transition.overrides is 'id-less override rows of the file: which rule they override';

create table ref.guard (
    code text not null,
    label_zh text not null,
    label_en text not null,
    constraint ref_guard_pkey primary key (code)
);
comment on table ref.guard is 'Guards and what they mean.';
comment on column ref.guard.code is 'guard code';
comment on column ref.guard.label_zh is 'meaning in Chinese';
comment on column ref.guard.label_en is 'meaning in English';

create table ref.law_instrument (
    id text not null,
    name_zh text not null,
    name_en text not null,
    version text,
    valid_from date,
    valid_to date,
    confidence text,
    constraint ref_law_instrument_pkey primary key (id)
);
comment on table ref.law_instrument is 'Laws and rules (DOMAIN.md §3).';
comment on column ref.law_instrument.id is 'short name, CRPL …';
comment on column ref.law_instrument.name_zh is 'name';
comment on column ref.law_instrument.name_en is 'name in English';
comment on column ref.law_instrument.version is 'version named';
comment on column ref.law_instrument.valid_from is 'in force from';
comment on column ref.law_instrument.valid_to is 'in force to, null = open';
comment on column ref.law_instrument.confidence is 'confidence';

create table ref.law_article (
    id text not null,
    instrument text not null,
    article text,
    valid_from date,
    valid_to date,
    gist_zh text not null,
    gist_en text not null,
    needs_lawyer boolean not null default false,
    confidence text,
    verified_on date,
    constraint ref_law_article_pkey primary key (id)
);
comment on table ref.law_article is 'Articles that papers may cite, with validity (V-LAW-01).';
comment on column ref.law_article.id is 'instrument-article';
comment on column ref.law_article.instrument is 'instrument id';
comment on column ref.law_article.article is 'article number; null = the instrument as a whole';
comment on column ref.law_article.valid_from is 'in force from';
comment on column ref.law_article.valid_to is 'in force to, null = open';
comment on column ref.law_article.gist_zh is 'neutral summary, never the wording of the article';
comment on column ref.law_article.gist_en is 'summary in English';
comment on column ref.law_article.needs_lawyer is 'a lawyer''s approval is needed before a final document';
comment on column ref.law_article.confidence is 'confidence';
comment on column ref.law_article.verified_on is 'a lawyer checked it against the official text; null = not yet (V-LAW-01)';

create table ref.citation_default (
    problem_type text not null,
    citations text[] not null,
    demands text[] not null default '{}',
    caution_zh text,
    caution_en text,
    constraint ref_citation_default_pkey primary key (problem_type)
);
comment on table ref.citation_default is 'Default citations per problem type (DOMAIN.md §3.18).';
comment on column ref.citation_default.problem_type is 'problem type, or addon:<code>';
comment on column ref.citation_default.citations is 'article ids, in order';
comment on column ref.citation_default.demands is 'usual demand kinds';
comment on column ref.citation_default.caution_zh is 'caution in Chinese';
comment on column ref.citation_default.caution_en is 'caution in English';

create table ref.limitation_rule (
    code text not null,
    valid_from date not null,
    valid_to date,
    n bigint not null,
    unit text not null,
    warn_days bigint[] not null,
    source text not null,
    constraint ref_limitation_rule_pkey primary key (code, valid_from)
);
comment on table ref.limitation_rule is 'Limitation periods (V-TIME-01).';
comment on column ref.limitation_rule.code is 'rule code';
comment on column ref.limitation_rule.valid_from is 'first day';
comment on column ref.limitation_rule.valid_to is 'last day, null = open';
comment on column ref.limitation_rule.n is 'length';
comment on column ref.limitation_rule.unit is 'unit';
comment on column ref.limitation_rule.warn_days is 'days before the end at which to warn';
comment on column ref.limitation_rule.source is 'source';

create table ref.heuristic (
    code text not null,
    valid_from date not null,
    valid_to date,
    n bigint not null,
    unit text not null,
    product_type text,
    source text not null,
    constraint ref_heuristic_pkey primary key (code, valid_from)
);
comment on table ref.heuristic is 'Heuristic numbers, shown as 参考 or 建议, never as legal deadlines (DOMAIN.md §2.5).';
comment on column ref.heuristic.code is 'R-NUM-* or a name of ours';
comment on column ref.heuristic.valid_from is 'first day';
comment on column ref.heuristic.valid_to is 'last day, null = open';
comment on column ref.heuristic.n is 'value';
comment on column ref.heuristic.unit is 'unit';
comment on column ref.heuristic.product_type is 'product it applies to, null = any';
comment on column ref.heuristic.source is 'source';

create table ref.escalation_rule (
    code text not null,
    valid_from date not null,
    valid_to date,
    layer text,
    channel text,
    clock_keys text[] not null default '{}',
    outcomes text[] not null default '{}',
    next_layer text,
    label_zh text not null,
    label_en text not null,
    constraint ref_escalation_rule_pkey primary key (code, valid_from)
);
comment on table ref.escalation_rule is 'Escalation triggers R-ESC-* (DOMAIN.md §2.7).';
comment on column ref.escalation_rule.code is 'R-ESC-01 …';
comment on column ref.escalation_rule.valid_from is 'first day';
comment on column ref.escalation_rule.valid_to is 'last day, null = open';
comment on column ref.escalation_rule.layer is 'layer of the filing that failed, null = any';
comment on column ref.escalation_rule.channel is 'channel, null = any in the layer';
comment on column ref.escalation_rule.clock_keys is 'passed clocks that trigger it';
comment on column ref.escalation_rule.outcomes is 'filing outcomes or end states that trigger it';
comment on column ref.escalation_rule.next_layer is 'layer of the next step';
comment on column ref.escalation_rule.label_zh is 'reason in Chinese';
comment on column ref.escalation_rule.label_en is 'reason in English';

create table ref.consent_text (
    kind text not null,
    version text not null,
    valid_from date not null,
    valid_to date,
    text_zh text not null,
    text_en text not null,
    constraint ref_consent_text_pkey primary key (kind, version)
);
comment on table ref.consent_text is 'Texts of the separate consents, versioned.';
comment on column ref.consent_text.kind is 'consent_kind';
comment on column ref.consent_text.version is 'version';
comment on column ref.consent_text.valid_from is 'first day';
comment on column ref.consent_text.valid_to is 'last day, null = open';
comment on column ref.consent_text.text_zh is 'text in Chinese';
comment on column ref.consent_text.text_en is 'text in English';

create table ref.validation_rule (
    code text not null,
    valid_from date not null,
    valid_to date,
    level text not null,
    parameters jsonb not null default '{}',
    label_zh text not null,
    label_en text not null,
    constraint ref_validation_rule_pkey primary key (code, valid_from)
);
comment on table ref.validation_rule is 'Validation rules V-* with level and parameters (DOMAIN.md §6).';
comment on column ref.validation_rule.code is 'V-* code';
comment on column ref.validation_rule.valid_from is 'first day';
comment on column ref.validation_rule.valid_to is 'last day, null = open';
comment on column ref.validation_rule.level is 'rule_level';
comment on column ref.validation_rule.parameters is 'tolerances and limits';
comment on column ref.validation_rule.label_zh is 'what it asks, in Chinese';
comment on column ref.validation_rule.label_en is 'what it asks, in English';

create table ref.report_rule (
    code text not null,
    valid_from date not null,
    valid_to date,
    n bigint not null,
    source text not null,
    constraint ref_report_rule_pkey primary key (code, valid_from)
);
comment on table ref.report_rule is 'Numbers of reports: minimum sample, suppression limit (DOMAIN.md §7).';
comment on column ref.report_rule.code is 'name of the number';
comment on column ref.report_rule.valid_from is 'first day';
comment on column ref.report_rule.valid_to is 'last day, null = open';
comment on column ref.report_rule.n is 'value';
comment on column ref.report_rule.source is 'source';

create table ref.retention_rule (
    data_class text not null,
    valid_from date not null,
    valid_to date,
    n bigint not null,
    unit text not null,
    constraint ref_retention_rule_pkey primary key (data_class, valid_from)
);
comment on table ref.retention_rule is 'Retention periods used now (DOMAIN.md §3.10).';
comment on column ref.retention_rule.data_class is 'what';
comment on column ref.retention_rule.valid_from is 'first day';
comment on column ref.retention_rule.valid_to is 'last day, null = open';
comment on column ref.retention_rule.n is 'length';
comment on column ref.retention_rule.unit is 'unit';

create table ref.service_limit (
    code text not null,
    n bigint not null,
    unit text not null,
    constraint ref_service_limit_pkey primary key (code)
);
comment on table ref.service_limit is 'Limits and lifetimes that SQL counts (SECURITY.md §4.6).';
comment on column ref.service_limit.code is 'name of the limit';
comment on column ref.service_limit.n is 'value';
comment on column ref.service_limit.unit is 'unit';

insert into core.schema_migration (id) values ('0002-reference');
reset role;
