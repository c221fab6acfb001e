-- May a backup be restored here?  empty: nothing is there; fresh: installed, but nobody has an account and nobody has complained;
-- used: something would be lost.
select case
    when to_regclass('core.app_user') is null and not exists (select from pg_namespace where nspname in ('core', 'ref', 'stat')) then 'empty'
    when to_regclass('core.app_user') is null or to_regclass('core.case_file') is null then 'used'
    when (xpath('/table/row/used/text()',
                query_to_xml('select exists (select from core.app_user) or exists (select from core.case_file) as used', false, false, '')
         ))[1]::text = 'false' then 'fresh'
    else 'used'
end as state;
