-- People and what the operator needs to know about them; no secrets, no cases.
select u.login, u.display_name, u.role, u.state, u.totp_sealed is not null as second_factor,
       to_char(u.last_login_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') as last_login,
       (select count(*) from core.session s where s.app_user = u.id and s.ended_at is null
            and s.last_seen_at > core.now() - interval '30 minutes') as sessions
from core.app_user u
order by u.role, u.login;
