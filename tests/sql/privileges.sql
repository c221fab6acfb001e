-- What program roles may do: call the functions of the checked-in matrix, and nothing else at all (SECURITY.md §6).
\ir support.psql
\ir privileges-matrix.psql
create table t.expected (line text);
\ir privileges.expected
create view t.program as select r.oid, r.rolname::text as role from pg_roles r where r.rolname like 'aiddesk\_%' and r.rolname <> 'aiddesk_owner';
create view t.ours as
    select c.oid, n.nspname, c.relname, c.relkind, c.relowner from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('core', 'ref', 'stat', 'engine', 'intake', 'track', 'account', 'desk', 'report', 'worker');
create view t.function as
    select p.oid, n.nspname, p.proname, p.prosecdef, p.proconfig, p.proowner from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('core', 'ref', 'stat', 'engine', 'intake', 'track', 'account', 'desk', 'report', 'worker');
-- The registry of C, in the source tree that AIDDESK_SRC names (ops/test does), else the present folder.
\set registry `grep -oh 'UD0[0-9][0-9]' "${AIDDESK_SRC:-.}/cgi/core/err.h" 2>/dev/null | sort -u | tr '\n' ' '`
create table t.registry as select c.code from string_to_table(trim(:'registry'), ' ') c (code) where c.code <> '';
create view t.raised as select distinct c[1] as code from t.function f join pg_proc p on p.oid = f.oid, regexp_matches(p.prosrc, 'errcode = ''(UD\d+)''', 'g') c;
select plan(31);

select is((select count(*) from t.program), 6::bigint, 'six programs');
select is_empty($$select pg_temp.matrix() except select line from t.expected$$, 'no program may call a function that the matrix does not list');
select is_empty($$select line from t.expected except select pg_temp.matrix()$$, 'every function of the matrix can be called');
select is_empty($$select p.role, o.nspname, o.relname from t.program p, t.ours o
    where o.relkind in ('r', 'v', 'm', 'p', 'f') and (has_table_privilege(p.oid, o.oid, 'select, insert, update, delete, truncate, references, trigger')
       or has_any_column_privilege(p.oid, o.oid, 'select, insert, update, references'))$$, 'no right on any table, view or column');
select is_empty($$select p.role, o.relname from t.program p, t.ours o where o.relkind = 'S' and has_sequence_privilege(p.oid, o.oid, 'usage, select, update')$$,
    'no right on any sequence');
select is_empty($$select p.role from t.program p where has_database_privilege(p.oid, current_database(), 'temporary, create')$$, 'no temporary tables, no schemas');
select is_empty($$select p.role from t.program p where not has_database_privilege(p.oid, current_database(), 'connect')$$, 'every program may connect');
select is_empty($$select p.role, n.nspname from t.program p, pg_namespace n where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
    and (has_schema_privilege(p.oid, n.oid, 'create') or has_schema_privilege(p.oid, n.oid, 'usage') <> (p.role = 'aiddesk_' || n.nspname))$$,
    'each program may use its own schema, and make nothing in any');
select is_empty($$select p.role, l.lanname from t.program p, pg_language l where l.lanname in ('sql', 'plpgsql') and has_language_privilege(p.oid, l.oid, 'usage')$$,
    'no DO blocks, no functions of their own');
select is_empty($$select p.role, f.proname from t.program p, pg_proc f where f.pronamespace = 'pg_catalog'::regnamespace
    and (f.proname like 'lo\_%' or f.proname in ('loread', 'lowrite', 'pg_notify') or f.proname like 'pg%\_advisory\_%')
    and has_function_privilege(p.oid, f.oid, 'execute')$$, 'no large objects, no advisory locks, no notifications');
select is_empty($$select p.role, c.relname from t.program p, pg_class c where c.relname in ('pg_authid', 'pg_largeobject', 'pg_statistic', 'pg_subscription')
    and has_table_privilege(p.oid, c.oid, 'select')$$, 'no system table with secrets');
select is_empty($$select p.role, format_type(y.oid, null) from t.program p, pg_type y join pg_namespace n on n.oid = y.typnamespace
    where n.nspname in ('core', 'ref', 'stat', 'engine') and y.typtype in ('d', 'e') and has_type_privilege(p.oid, y.oid, 'usage')$$, 'no type of ours');
select is_empty($$select r.rolname from pg_roles r join t.program p on p.oid = r.oid
    where r.rolsuper or r.rolcreatedb or r.rolcreaterole or r.rolreplication or r.rolbypassrls or r.rolinherit or not r.rolcanlogin or r.rolconnlimit < 1$$,
    'plain login roles with a limit on connections');
select is_empty($$select r.rolname from pg_roles r where r.rolname = 'aiddesk_owner' and (r.rolcanlogin or r.rolsuper or r.rolbypassrls or r.rolcreaterole)$$,
    'nobody signs in as the owner');
select is_empty($$select p.role from t.program p, pg_auth_members m where m.member = p.oid or m.roleid = p.oid$$, 'no program is a member of a role, or has members');
select is_empty($$select p.role from t.program p where exists (select from pg_class c where c.relowner = p.oid) or exists (select from pg_proc f where f.proowner = p.oid)
    or exists (select from pg_namespace n where n.nspowner = p.oid)$$, 'no program owns anything');
select is_empty($$select r.role from t.program r where not exists (select from pg_db_role_setting s, unnest(s.setconfig) c
    where s.setrole = r.oid and c like 'temp\_file\_limit=%') $$, 'temporary files are limited');

-- Functions
select is_empty($$select f.oid::regprocedure from t.function f where f.prosecdef and f.proconfig is distinct from null
    and not 'search_path=pg_catalog, pg_temp' = any (f.proconfig)$$, 'every SECURITY DEFINER function has the fixed search_path');
select is_empty($$select f.oid::regprocedure from t.function f where f.proconfig is null$$, 'no function without one');
select is_empty($$select f.oid::regprocedure from t.function f where not f.prosecdef and f.nspname in ('intake', 'track', 'account', 'desk', 'report', 'worker')$$,
    'every function that a program calls is SECURITY DEFINER');
select is_empty($$select f.oid::regprocedure from t.function f join pg_roles r on r.oid = f.proowner where r.rolname <> 'aiddesk_owner'$$, 'the owner owns every function');
select is_empty($$select o.relname from t.ours o join pg_roles r on r.oid = o.relowner where r.rolname <> 'aiddesk_owner' and o.relkind in ('r', 'S')$$, 'and every table');
select is_empty($$select nspname, proname from t.function group by 1, 2 having count(*) > 1$$, 'no overloads');
select is_empty($$select f.oid::regprocedure, a from t.function f join pg_proc p on p.oid = f.oid, unnest(p.proargnames[1:p.pronargs]) a where a !~ '^p_'$$,
    'parameters begin with p_');

-- The proof by trying
create function t.as_role(p_role text, p_sql text) returns text language plpgsql as $$
begin
    execute format('set local role %I', p_role);
    execute p_sql;
    reset role;
    return 'ok';
exception when others then
    return sqlstate;
end
$$;
select is_empty($$select p.role, q.sql, t.as_role(p.role, q.sql) from t.program p, (values ('select 1 from core.case_file'), ('select 1 from ref.channel'),
    ('insert into core.attempt (kind, key) values (''x'', ''x'')'), ('create temporary table x (y int)'), ('create table public.x (y int)'),
    ('select lo_create(0)'), ('select pg_notify(''a'', ''b'')'), ('select pg_advisory_lock(1)'), ('do $x$ begin end $x$'),
    ('select engine.today()'), ('select engine.set_clock_offset(''1 day'')'), ('select ref.load(''a'', ''b'')'),
    ('select pg_read_file(''/etc/passwd'')'), ('copy core.case_file to ''/tmp/x'''), ('alter role aiddesk_owner login')) q (sql)
    where t.as_role(p.role, q.sql) <> '42501'$$, 'everything else is refused');

-- Comments
select is_empty($$select o.nspname, o.relname from t.ours o where o.relkind in ('r', 'v') and coalesce(obj_description(o.oid, 'pg_class'), '') = ''$$, 'every table has a comment');
select is_empty($$select o.relname, a.attname from t.ours o join pg_attribute a on a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped
    where o.relkind in ('r', 'v') and coalesce(col_description(o.oid, a.attnum), '') = ''$$, 'every column has a comment');
select is_empty($$select f.oid::regprocedure from t.function f where coalesce(obj_description(f.oid, 'pg_proc'), '') = ''$$, 'every function has a comment');
select is_empty($$select n.nspname from pg_namespace n where n.nspname in (select nspname from t.ours) and coalesce(obj_description(n.oid, 'pg_namespace'), '') = ''$$, 'every schema has a comment');
select is_empty($$select code from t.raised where code !~ '^UD0\d\d$'$$, 'refusals are of the class UD0nn');
select set_eq('select code from t.raised', 'select code from t.registry', 'the refusals of SQL are those of cgi/core/err.h');

select finish();
rollback;
