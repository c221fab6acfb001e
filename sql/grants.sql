-- Who may call what: each program its own schema and nothing else (SECURITY.md §6).  Run after sql/api in the same transaction.
do $$
declare
    v_program text;
    v_function record;
begin
    execute format('revoke all on database %I from public', current_database());
    revoke all on schema public from public;
    foreach v_program in array array['intake', 'track', 'account', 'desk', 'report', 'worker'] loop
        execute format('grant connect on database %I to %I', current_database(), 'aiddesk_' || v_program);
        execute format('revoke all on all functions in schema %I from public', v_program);
        execute format('grant usage on schema %I to %I', v_program, 'aiddesk_' || v_program);
        execute format('grant execute on all functions in schema %I to %I', v_program, 'aiddesk_' || v_program);
    end loop;
    revoke all on all functions in schema engine, core, ref from public;
    -- No DO blocks, no large objects, no advisory locks, no notifications for programs (measured in SECURITY.md §6).
    revoke usage on language plpgsql, sql from public;
    grant usage on language plpgsql, sql to aiddesk_owner;
    for v_function in
        select p.oid::regprocedure as signature
        from pg_catalog.pg_proc p
        where p.pronamespace = 'pg_catalog'::regnamespace
          and (p.proname like 'lo\_%' or p.proname in ('loread', 'lowrite', 'pg_notify') or p.proname like 'pg\_advisory\_%'
               or p.proname like 'pg\_try\_advisory\_%')
    loop
        execute format('revoke execute on function %s from public', v_function.signature);
    end loop;
end
$$;
