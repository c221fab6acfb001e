-- Roles of the installation: one owner that nobody logs in as, one login role per program (SECURITY.md §6).  Safe to run again.
-- Authentication is peer with an identity map; there are no passwords.
do $$
declare
    v_role record;
begin
    if not exists (select from pg_catalog.pg_roles where rolname = 'aiddesk_owner') then
        create role aiddesk_owner nologin nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
    end if;
    -- connections: processes + 4 (SECURITY.md §6); the walls are the limit, temp_file_limit and the missing privileges.
    for v_role in
        select * from (values
            ('aiddesk_intake', 10, '8MB', '5s'),
            ('aiddesk_track', 7, '8MB', '5s'),
            ('aiddesk_account', 6, '8MB', '5s'),
            ('aiddesk_desk', 10, '64MB', '10s'),
            ('aiddesk_report', 6, '256MB', '20s'),
            ('aiddesk_worker', 4, '256MB', '60s')
        ) as r (name, connections, temp_limit, statement_limit)
    loop
        if not exists (select from pg_catalog.pg_roles where rolname = v_role.name) then
            execute format('create role %I login nosuperuser nocreatedb nocreaterole noreplication nobypassrls noinherit', v_role.name);
        end if;
        execute format('alter role %I connection limit %s', v_role.name, v_role.connections);
        execute format('alter role %I set temp_file_limit = %L', v_role.name, v_role.temp_limit);
        execute format('alter role %I set statement_timeout = %L', v_role.name, v_role.statement_limit);
        execute format('alter role %I set lock_timeout = %L', v_role.name, '2s');
        execute format('alter role %I set idle_in_transaction_session_timeout = %L', v_role.name, '10s');
        execute format('alter role %I set search_path = pg_catalog, pg_temp', v_role.name);
        execute format('alter role %I set timezone = %L', v_role.name, 'UTC');
    end loop;
    execute format('grant create on database %I to aiddesk_owner', current_database());
end
$$;
