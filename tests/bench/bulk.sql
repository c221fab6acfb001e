-- Cases :first to :last, for measuring: sealed columns hold random bytes of usual length, so nobody opens these; everything plain is as
-- the service would have written it.  One case in four is open; they spread over 200 platforms, two years and as many volunteers as a
-- service of that size would have (one for 60 open cases).
set session_replication_role = replica;
set synchronous_commit = off;
set maintenance_work_mem = '256MB';
set work_mem = '256MB';

insert into core.platform (id, name, name_key, status)
select md5('platform ' || n)::uuid, '批量卡盟' || n, '批量卡盟' || n, case when n % 10 = 0 then 'UNVERIFIED' else 'OPERATING' end
from generate_series(1, 200) n on conflict do nothing;

insert into core.app_user (id, login, display_name, role, key_version)
select md5('user ' || n)::uuid, 'bulk.' || n, '志愿者' || n, 'volunteer', 1
from generate_series(1, greatest(1, :last / 240)) n on conflict do nothing;
insert into core.user_key (app_user, version, public_key, signature, wrapped_secret)
select u.id, 1, sha256(uuid_send(u.id)), sha256('a') || sha256('b'), sha256('c')
from core.app_user u where u.login like 'bulk.%' on conflict do nothing;

create temporary table fresh as
select n, md5('case ' || n)::uuid as id, md5('platform ' || (1 + n * 7919 % 200))::uuid as platform,
       case when n % 200 <> 0 then md5('user ' || (1 + n * 104729 % greatest(1, :last / 240)))::uuid end as holder,
       n % 4 = 0 as open,
       core.now() - make_interval(mins => (n * 7907 % 1051200)::integer) as submitted_at,
       (array['GAME_CARD', 'GAME_KEY', 'PHONE_CREDIT', 'MEMBERSHIP'])[1 + n % 4] as product_type,
       (array['PAID_NOT_DELIVERED', 'KEY_USED', 'KEY_INVALID', 'NO_ANSWER', 'WRONG_ITEM'])[1 + n % 5] as problem_type
from generate_series(:first::bigint, :last::bigint) n;

insert into core.case_file (id, case_no, status, key_check, platform, product_type, problem_type, codes_confirmed, amount_fen, paid_on,
                            created_at, saved_at, submitted_at, confirmed_at, assignee, accepted_at, waiting_on, next_due_at, closure_reason,
                            closed_at)
select f.id, 'AD00-' || lpad(f.n::text, 7, '0'),
       case when not f.open then 'CLOSED' when f.holder is null then 'SUBMITTED' else (array['TRIAGE', 'IN_PROGRESS', 'NEGOTIATING'])[1 + f.n % 3] end,
       sha256(uuid_send(f.id)), f.platform, f.product_type, f.problem_type, true, 100 * (1 + f.n % 5000), f.submitted_at::date, f.submitted_at,
       f.submitted_at, f.submitted_at, f.submitted_at, f.holder, case when f.holder is not null and f.n % 40 <> 0 then f.submitted_at end,
       (array['VOLUNTEER', 'COMPLAINANT'])[1 + f.n % 2],
       case when f.open then core.now() + make_interval(mins => (f.n * 6007 % 43200 - 2000)::integer) end,
       case when not f.open then 'RESOLVED' end, case when not f.open then f.submitted_at + interval '20 days' end
from fresh f;

insert into core.complaint (case_id, step, platform_text, product, order_no_sealed, pay_method, payment_no_sealed, problem, amount_fen,
                            story_sealed, wanted, who, contact_way, contact_sealed, call_name_sealed)
select f.id, 4, '批量卡盟', 'game_card', sha256(uuid_send(f.id) || 'o') || sha256('o'), 'alipay', sha256(uuid_send(f.id) || 'p') || sha256('p'),
       'not_received', 100, (select string_agg(sha256(uuid_send(f.id) || int4send(i)), '') from generate_series(1, 12) i), '{refund}', 'self',
       'mobile', sha256(uuid_send(f.id) || 'c') || sha256('c'), sha256(uuid_send(f.id) || 'n') || sha256('n')
from fresh f;

insert into core.case_seal (case_id, recipient_kind, recipient, key_version, seal)
select f.id, s.kind, case when s.kind = 'user' then f.holder end, 1,
       sha256(uuid_send(f.id) || convert_to(s.kind, 'UTF8')) || sha256(uuid_send(f.id)) || sha256('s') || '\x00'
from fresh f, (values ('group'), ('user'), ('pool')) s (kind)
where s.kind = 'group' or s.kind = 'user' and f.holder is not null or s.kind = 'pool' and f.holder is null;

insert into core.tracking_code (case_id, lookup, public_key)
select f.id, sha256(uuid_send(f.id) || 'l'), sha256(uuid_send(f.id) || 'k') from fresh f;

insert into core.number_lookup (case_id, kind, hash)
select f.id, k.kind, sha256(uuid_send(f.id) || convert_to(k.kind, 'UTF8')) from fresh f, (values ('order'), ('payment'), ('contact')) k (kind);

insert into core.assignment (id, case_id, app_user, how, reason, assigned_at, accepted_at, ended_at, end_reason)
select md5('assignment ' || f.n)::uuid, f.id, f.holder, 'auto', '{}', f.submitted_at, f.submitted_at,
       case when not f.open then f.submitted_at + interval '20 days' end, case when not f.open then 'closed' end
from fresh f where f.holder is not null;

insert into core.event (case_id, object_kind, object_id, type, actor_kind, at)
select f.id, 'case', f.id, e.type, 'complainant', f.submitted_at
from fresh f, (values ('submit'), ('assigned'), ('accepted')) e (type);

-- Figures as engine.delta_add and duration_add write them, summed per day; the worker's own function folds them.
insert into stat.delta (day, platform, product_type, problem_type, measure, dimension, n)
select (f.submitted_at + d.later)::date, f.platform, f.product_type, f.problem_type, d.measure, d.dimension, sum(d.n)
from fresh f, (values (true, interval '0', 'submitted', '', 1), (true, interval '0', 'open', '', 1), (true, interval '0', 'claimed_fen', '', 10000),
                      (true, interval '5 days', 'filed', 'CUSTOMER_SERVICE', 1), (false, interval '20 days', 'closed', 'RESOLVED', 1),
                      (false, interval '20 days', 'open', '', -1), (false, interval '20 days', 'resolved', '', 1)) d (always, later, measure, dimension, n)
where d.always or not f.open
group by 1, 2, 3, 4, 5, 6;
insert into stat.duration_delta (day, platform, measure, minutes)
select (f.submitted_at + interval '20 days')::date, f.platform, d.measure, 1440 + f.n * d.spread % 40000
from fresh f, (values ('closed', 61), ('filing_reply', 37)) d (measure, spread) where not f.open;
select worker.fold(p_max => 10000000);
analyze;
