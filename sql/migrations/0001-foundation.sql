-- 0001: schemas, the register of migrations, the clock, the counter of case numbers.

set role aiddesk_owner;

create schema core;
comment on schema core is 'Tables; no program has a right here.';
create schema ref;
comment on schema ref is 'Dated reference data.';
create schema stat;
comment on schema stat is 'Deltas and rollups.';

-- Without IN SCHEMA, else it has no effect (SECURITY.md, finding 4).
alter default privileges for role aiddesk_owner revoke execute on functions from public;
alter default privileges for role aiddesk_owner revoke usage on types from public;

create table core.schema_migration (
    id text not null,
    applied_at timestamptz not null default now(),
    constraint schema_migration_pkey primary key (id)
);
comment on table core.schema_migration is 'Migrations that have run; each registers itself.';
comment on column core.schema_migration.id is 'file name without .sql';
comment on column core.schema_migration.applied_at is 'when it ran';

create table core.clock_offset (
    one boolean not null default true,
    amount interval not null default interval '0',
    allowed boolean not null default false,
    constraint clock_offset_pkey primary key (one),
    constraint clock_offset_one check (one)
);
comment on table core.clock_offset is 'One row: what core.now() adds to the real time. Only the owner writes it, and only where demo or test is allowed.';
comment on column core.clock_offset.one is 'always true: there is one row';
comment on column core.clock_offset.amount is 'offset added to the real time';
comment on column core.clock_offset.allowed is 'demo or test installation: engine.set_clock_offset works';

insert into core.clock_offset default values;

create function core.now() returns timestamptz
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select pg_catalog.now() + c.amount from core.clock_offset c $$;
comment on function core.now() is 'The only source of time in SQL: the transaction''s time plus the one offset row. clock_now() in C reads the same row.';

create table core.case_number (
    one boolean not null default true,
    last_value bigint not null default 0,
    constraint case_number_pkey primary key (one),
    constraint case_number_one check (one)
);
comment on table core.case_number is 'One row: the counter behind case numbers.';
comment on column core.case_number.one is 'always true: there is one row';
comment on column core.case_number.last_value is 'last number given';

insert into core.case_number default values;

insert into core.schema_migration (id) values ('0001-foundation');
reset role;
