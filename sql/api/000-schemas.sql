-- The API schemas and the engine are dropped and made again whole at every migrate (DESIGN.md §16, STYLE.md §libpq: `create or replace`
-- cannot change columns or rename parameters).  Tables live in core, ref and stat and are not touched here.
drop schema if exists engine, intake, track, account, desk, report, worker cascade;

-- Functions call each other across files in any order; pgTAP calls every one of them.
set local check_function_bodies = off;

set role aiddesk_owner;
create schema engine;
comment on schema engine is 'Rules shared by the API schemas: states, guards, clocks, calendar, assignment, events. No program may call it.';
create schema intake;
comment on schema intake is 'Functions of aiddesk-intake: the one draft whose cookie or resume code the request carries.';
create schema track;
comment on schema track is 'Functions of aiddesk-track: the one case whose tracking session the request carries.';
create schema account;
comment on schema account is 'Functions of aiddesk-account: sign-in, invitations, passwords, second factor; no case.';
create schema desk;
comment on schema desk is 'Functions of aiddesk-desk: cases of the signed-in user.';
create schema report;
comment on schema report is 'Functions of aiddesk-report: aggregates and frozen exports only.';
create schema worker;
comment on schema worker is 'Functions of aiddesk-worker: timers on plain columns.';
reset role;
