-- What `aiddesk doctor` asks an installed database.
select y.year,
       (select count(*) from ref.calendar_day c where extract(year from c.day) = y.year and c.kind <> 'PROVISIONAL_OFF' and c.notice is not null)
           as official_days,
       exists (select from core.group_key) as has_coordinator,
       (select encode(e.recovery_public, 'hex') from core.setup_envelope e) as pending_recovery,
       (select h.at from core.heartbeat h where h.name = 'backup') as backup_at,
       (select min(m.applied_at) from core.schema_migration m) as installed_at,
       (select max(h.at) from core.heartbeat h where h.name <> 'backup') as worker_at,
       core.now() as service_now,
       now() as now
from (select extract(year from core.now() at time zone 'Asia/Shanghai')::bigint as year) as y;
