-- Rows of every table of the service, for the manifest of a backup and for the check after a restore.
select n.nspname || '.' || c.relname as name,
       (xpath('/table/row/n/text()', query_to_xml(format('select count(*) as n from %I.%I', n.nspname, c.relname), false, false, '')))[1]::text::bigint
           as n
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname in ('core', 'ref', 'stat') and c.relkind in ('r', 'p')
order by 1;
