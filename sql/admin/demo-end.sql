-- The tools of demo-begin.sql go, and what only they needed: sessions, counters of tries, letters in the outbox to nobody.
select engine.set_clock_offset(p_amount => interval '0');
delete from core.session;
delete from core.track_session;
delete from core.attempt;
delete from core.outbox;
update core.app_user set last_login_at = null;
drop schema demo cascade;
