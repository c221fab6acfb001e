-- What pg_dump and the counts of the manifest both look at.
select pg_export_snapshot() as snapshot;
