-- Only after restore-state.sql said fresh.
drop schema if exists engine, intake, track, account, desk, report, worker, core, ref, stat cascade;
