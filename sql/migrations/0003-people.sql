-- 0003: people, their keys and sessions (SECURITY.md §3, §4.1).

set role aiddesk_owner;

create table core.app_user (
    id uuid not null,
    login text not null,
    display_name text not null,
    role text not null,
    state text not null default 'active',
    epoch bigint not null default 1,
    trainee boolean not null default false,
    weekly_hours bigint not null default 4,
    can_claim boolean not null default true,
    lang text not null default 'zh-CN',
    password_salt bytea,
    password_ops bigint,
    password_mem bigint,
    pepper_version bigint,
    verifier bytea,
    key_version bigint not null default 0,
    totp_sealed bytea,
    totp_pending bytea,
    totp_last_step bigint not null default 0,
    recovering boolean not null default false,
    created_at timestamptz not null default core.now(),
    last_login_at timestamptz,
    last_assigned_at timestamptz,
    version bigint not null default 1,
    constraint app_user_pkey primary key (id),
    constraint app_user_login_key unique (login),
    constraint app_user_login_form check (login ~ '^[a-z0-9._-]{3,40}$'),
    constraint app_user_role_known check (role in ('volunteer', 'coordinator', 'regulator')),
    constraint app_user_state_known check (state in ('active', 'disabled')),
    constraint app_user_hours check (weekly_hours between 1 and 60)
);
comment on table core.app_user is 'Volunteers, coordinators, regulators.';
comment on column core.app_user.id is 'made in C';
comment on column core.app_user.login is 'sign-in name, lower case, 3..40 of a-z 0-9 . _ -';
comment on column core.app_user.display_name is 'shown to colleagues and, as first name, to complainants; a working name';
comment on column core.app_user.role is 'volunteer, coordinator or regulator';
comment on column core.app_user.state is 'active or disabled';
comment on column core.app_user.epoch is 'raised by role change, password change, disabling: ends every session at its next request';
comment on column core.app_user.trainee is 'works under supervision';
comment on column core.app_user.weekly_hours is 'hours a week for assignment, 1..60';
comment on column core.app_user.can_claim is 'member of the pool';
comment on column core.app_user.lang is 'language of mail';
comment on column core.app_user.password_salt is '16 bytes; null until set';
comment on column core.app_user.password_ops is 'Argon2id operations';
comment on column core.app_user.password_mem is 'Argon2id memory, bytes';
comment on column core.app_user.pepper_version is 'version of the pepper used';
comment on column core.app_user.verifier is 'keyed hash of the password''s verifier (SECURITY.md §3.3)';
comment on column core.app_user.key_version is 'current version in core.user_key';
comment on column core.app_user.totp_sealed is 'TOTP secret, sealed to the user''s own key; null = none';
comment on column core.app_user.totp_pending is 'new TOTP secret until its first code was right';
comment on column core.app_user.totp_last_step is 'last accepted time step: it and older ones are refused';
comment on column core.app_user.recovering is 'a reset link was made: the old password no longer counts when it is used';
comment on column core.app_user.created_at is 'when';
comment on column core.app_user.last_login_at is 'last full sign-in';
comment on column core.app_user.last_assigned_at is 'last time a case was assigned';
comment on column core.app_user.version is 'row version';

create table core.user_key (
    app_user uuid not null,
    version bigint not null,
    public_key bytea not null,
    signature bytea not null,
    wrapped_secret bytea not null,
    created_at timestamptz not null default core.now(),
    constraint user_key_pkey primary key (app_user, version),
    constraint user_key_user_fkey foreign key (app_user) references core.app_user (id)
);
comment on table core.user_key is 'Versions of a user''s X25519 key.';
comment on column core.user_key.app_user is 'user';
comment on column core.user_key.version is 'version, from 1';
comment on column core.user_key.public_key is '32 bytes';
comment on column core.user_key.signature is 'roster signature, 64 bytes';
comment on column core.user_key.wrapped_secret is 'secret key as envelope under the password''s wrap key';
comment on column core.user_key.created_at is 'when';

create table core.user_skill (
    app_user uuid not null,
    product_type text not null,
    constraint user_skill_pkey primary key (app_user, product_type),
    constraint user_skill_user_fkey foreign key (app_user) references core.app_user (id)
);
comment on table core.user_skill is 'Product types a volunteer takes; none = all.';
comment on column core.user_skill.app_user is 'user';
comment on column core.user_skill.product_type is 'product type';

create table core.user_leave (
    app_user uuid not null,
    from_day date not null,
    to_day date not null,
    constraint user_leave_pkey primary key (app_user, from_day),
    constraint user_leave_user_fkey foreign key (app_user) references core.app_user (id),
    constraint user_leave_order check (to_day >= from_day)
);
comment on table core.user_leave is 'Leave: no new case on these days.';
comment on column core.user_leave.app_user is 'user';
comment on column core.user_leave.from_day is 'first day';
comment on column core.user_leave.to_day is 'last day';

create table core.user_conflict (
    app_user uuid not null,
    platform uuid not null,
    declared_at timestamptz not null default core.now(),
    constraint user_conflict_pkey primary key (app_user, platform),
    constraint user_conflict_user_fkey foreign key (app_user) references core.app_user (id)
);
comment on table core.user_conflict is 'Declared conflicts of interest: the person meets no trace of the platform''s cases.';
comment on column core.user_conflict.app_user is 'user';
comment on column core.user_conflict.platform is 'platform';
comment on column core.user_conflict.declared_at is 'when';

create table core.case_recusal (
    app_user uuid not null,
    case_id uuid not null,
    declared_at timestamptz not null default core.now(),
    constraint case_recusal_pkey primary key (app_user, case_id),
    constraint case_recusal_user_fkey foreign key (app_user) references core.app_user (id)
);
comment on table core.case_recusal is 'A person''s recusal from one case.';
comment on column core.case_recusal.app_user is 'user';
comment on column core.case_recusal.case_id is 'case';
comment on column core.case_recusal.declared_at is 'when';

create table core.factor_code (
    app_user uuid not null,
    lookup bytea not null,
    constraint factor_code_pkey primary key (app_user, lookup),
    constraint factor_code_user_fkey foreign key (app_user) references core.app_user (id)
);
comment on table core.factor_code is 'Recovery codes of the second factor; a used one is deleted.';
comment on column core.factor_code.app_user is 'user';
comment on column core.factor_code.lookup is 'sha256 of the code''s look-up value';

create table core.invitation (
    lookup bytea not null,
    kind text not null,
    role text,
    app_user uuid,
    note text,
    created_by uuid,
    created_at timestamptz not null default core.now(),
    expires_at timestamptz not null,
    used_at timestamptz,
    constraint invitation_pkey primary key (lookup),
    constraint invitation_kind_known check (kind in ('invite', 'reset'))
);
comment on table core.invitation is 'Invitations and reset links; single use, 72 hours.';
comment on column core.invitation.lookup is 'sha256 of the link''s look-up value';
comment on column core.invitation.kind is 'invite or reset';
comment on column core.invitation.role is 'role of the invited';
comment on column core.invitation.app_user is 'user of a reset';
comment on column core.invitation.note is 'name or remark of the inviting coordinator';
comment on column core.invitation.created_by is 'coordinator';
comment on column core.invitation.created_at is 'when';
comment on column core.invitation.expires_at is 'end';
comment on column core.invitation.used_at is 'when it was used';

create table core.setup_envelope (
    one boolean not null default true,
    lookup bytea not null,
    envelope bytea not null,
    recovery_public bytea not null,
    asked_group bigint,
    expires_at timestamptz not null,
    constraint setup_envelope_pkey primary key (one),
    constraint setup_envelope_one check (one)
);
comment on table core.setup_envelope is 'One row: the recovery secret under the one-time setup link, until typed back.';
comment on column core.setup_envelope.one is 'always true';
comment on column core.setup_envelope.lookup is 'sha256 of the link''s look-up value';
comment on column core.setup_envelope.envelope is 'recovery secret';
comment on column core.setup_envelope.recovery_public is '32 bytes';
comment on column core.setup_envelope.asked_group is 'which of the 14 groups must be typed back';
comment on column core.setup_envelope.expires_at is '30 minutes after making';

create table core.session (
    id bytea not null,
    app_user uuid not null,
    epoch bigint not null,
    full_rights boolean not null,
    wrapped_key bytea not null,
    key_version bigint not null,
    device text not null default '',
    network text not null default '',
    created_at timestamptz not null default core.now(),
    last_seen_at timestamptz not null default core.now(),
    factor_at timestamptz,
    ended_at timestamptz,
    constraint session_pkey primary key (id),
    constraint session_user_fkey foreign key (app_user) references core.app_user (id)
);
comment on table core.session is 'Sessions of signed-in people. The cookie''s derivation is looked up; the row opens nothing without the cookie.';
comment on column core.session.id is 'sha256 of the session''s look-up value';
comment on column core.session.app_user is 'user';
comment on column core.session.epoch is 'the user''s epoch when it began';
comment on column core.session.full_rights is 'false: between password and second factor';
comment on column core.session.wrapped_key is 'the user''s secret key under the session''s wrap key';
comment on column core.session.key_version is 'version of that key';
comment on column core.session.device is 'coarse device label made from the user agent''s family';
comment on column core.session.network is '/24 or /56';
comment on column core.session.created_at is 'when';
comment on column core.session.last_seen_at is 'last request';
comment on column core.session.factor_at is 'last second factor';
comment on column core.session.ended_at is 'ended by logout, another session, disabling';

create table core.known_device (
    app_user uuid not null,
    lookup bytea not null,
    last_at timestamptz not null default core.now(),
    constraint known_device_pkey primary key (app_user, lookup)
);
comment on table core.known_device is 'Devices that once signed in: a lane of their own when an account is throttled.';
comment on column core.known_device.app_user is 'user';
comment on column core.known_device.lookup is 'sha256 of the device cookie''s look-up value';
comment on column core.known_device.last_at is 'last use';

create table core.attempt (
    kind text not null,
    key bytea not null,
    window_start timestamptz not null,
    n bigint not null default 0,
    last_at timestamptz not null default core.now(),
    constraint attempt_pkey primary key (kind, key)
);
comment on table core.attempt is 'Failures and counts per key: slows, never locks (SECURITY.md §4.6).';
comment on column core.attempt.kind is 'login_account, login_network, code_network, submit_network, file_network …';
comment on column core.attempt.key is 'sha256 of name or network';
comment on column core.attempt.window_start is 'start of the window';
comment on column core.attempt.n is 'count';
comment on column core.attempt.last_at is 'last';

create table core.group_key (
    kind text not null,
    version bigint not null,
    id uuid not null,
    public_key bytea not null,
    signature bytea not null,
    created_at timestamptz not null default core.now(),
    current boolean not null default true,
    constraint group_key_pkey primary key (kind, version),
    constraint group_key_kind_known check (kind in ('group', 'pool'))
);
comment on table core.group_key is 'Versions of the coordinators'' group key and the pool key.';
comment on column core.group_key.kind is 'group or pool';
comment on column core.group_key.version is 'from 1';
comment on column core.group_key.id is 'id in the roster signature';
comment on column core.group_key.public_key is '32 bytes';
comment on column core.group_key.signature is 'roster signature';
comment on column core.group_key.created_at is 'when';
comment on column core.group_key.current is 'in use for new seals';

create table core.group_member (
    kind text not null,
    version bigint not null,
    app_user uuid,
    seal bytea,
    sealed_at timestamptz,
    constraint group_member_key unique nulls not distinct (kind, version, app_user),
    constraint group_member_fkey foreign key (kind, version) references core.group_key (kind, version)
);
comment on table core.group_member is 'Who holds the secret of a group or pool key; sealed_at null = waiting for a coordinator''s request.';
comment on column core.group_member.kind is 'group or pool';
comment on column core.group_member.version is 'key version';
comment on column core.group_member.app_user is 'member; null = the recovery key';
comment on column core.group_member.seal is 'secret sealed to the member; null = waiting';
comment on column core.group_member.sealed_at is 'when';

create index session_user_idx on core.session (app_user) where ended_at is null;
create index attempt_last_idx on core.attempt (last_at);

insert into core.schema_migration (id) values ('0003-people');
reset role;
