-- First step of `aiddesk migrate`: one migrate at a time, and a note of what was loaded last.  lock_timeout turns a second one away.
select pg_advisory_xact_lock(20261103);

set check_function_bodies = off; -- the tables may not be there yet

-- Called by name at the end of migrate.  Lives as long as the session.
create or replace function pg_temp.functions_loaded(p_sha256 bytea) returns void
language sql
set search_path = pg_catalog, pg_temp
as $$
    insert into ref.document as d (name, sha256, loaded_at) values ('sql/api', p_sha256, core.now())
    on conflict (name) do update set sha256 = excluded.sha256, loaded_at = excluded.loaded_at where d.sha256 <> excluded.sha256
$$;
