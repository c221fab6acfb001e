-- What has been done to this database: migrations and loaded documents.  Asks the catalog first, because a new database has neither table;
-- query_to_xml runs its text only then.
select m.kind, m.name, m.sha256
from (values ('migration', 'core.schema_migration', 'select id as name, null as sha256 from core.schema_migration'),
             ('document', 'ref.document', 'select name, encode(sha256, ''hex'') as sha256 from ref.document')) as t (kind, relation, query)
cross join lateral (
    select t.kind, r.name, r.sha256
    from xmltable('/table/row'
             passing case when to_regclass(t.relation) is not null then query_to_xml(t.query, false, false, '') else '<table/>'::xml end
             columns name text path 'name', sha256 text path 'sha256') as r
) as m
order by m.kind, m.name;
