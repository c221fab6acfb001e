-- 0008: what keeps lists and reports as quick with a million cases as with a few: indexes in the order of the lists, and sums that do not
-- grow with the number of cases or days.

set role aiddesk_owner;

-- Lists are in the order of the next deadline, cases without one last.  An index for each way in, so that a page reads its own rows only.
drop index core.case_file_assignee_idx;
drop index core.case_file_status_idx;
create index case_file_list_idx on core.case_file (coalesce(next_due_at, 'infinity'), id) where submitted_at is not null;
create index case_file_status_idx on core.case_file (status, coalesce(next_due_at, 'infinity'), id);
create index case_file_platform_status_idx on core.case_file (platform, status, coalesce(next_due_at, 'infinity'), id)
    where submitted_at is not null;
create index case_file_own_idx on core.case_file (assignee, coalesce(next_due_at, 'infinity'), id) where submitted_at is not null;
create index case_file_assignee_idx on core.case_file (assignee, coalesce(next_due_at, 'infinity'), id) where closed_at is null;
create index case_file_unassigned_idx on core.case_file (coalesce(next_due_at, 'infinity'), id)
    where assignee is null and closed_at is null and submitted_at is not null;
create index case_file_accepting_idx on core.case_file (coalesce(next_due_at, 'infinity'), id)
    where accepted_at is null and assignee is not null and closed_at is null;
create index assignment_accepting_idx on core.assignment (assigned_at, case_id) where ended_at is null and accepted_at is null;

-- Whom the key was sealed to is whom the case goes to, also when others submit meanwhile: the choice is made once for a submission.
alter table core.draft_box add column picked uuid, add column picked_reason jsonb;
comment on column core.draft_box.picked is 'volunteer chosen for the submission that is being sealed';
comment on column core.draft_box.picked_reason is 'why this person, as in assignment.reason';

-- Cases whose key nobody has whom it should have: pages of coordinators seal them anew (cgi/desk/waiting.c).  Kept by triggers, because
-- looking for them means looking at every open case, and every page of a coordinator asks.
create table core.seal_wait (
    case_id uuid not null,
    constraint seal_wait_pkey primary key (case_id),
    constraint seal_wait_case_fkey foreign key (case_id) references core.case_file (id) on delete cascade
);
comment on table core.seal_wait is 'Open cases without a seal for the present key of their assignee, or, when nobody has them, without a pool seal.';
comment on column core.seal_wait.case_id is 'case';

create function core.seal_wait_note(p_case uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (
        select from core.case_file c left join core.app_user u on u.id = c.assignee
        where c.id = p_case and c.closed_at is null
          and (c.assignee is not null and not exists (
                   select from core.case_seal s
                   where s.case_id = c.id and s.recipient_kind = 'user' and s.recipient = c.assignee and s.key_version = u.key_version)
               or c.assignee is null and c.submitted_at is not null and not exists (
                   select from core.case_seal s where s.case_id = c.id and s.recipient_kind = 'pool'))) then
        insert into core.seal_wait (case_id) values (p_case) on conflict do nothing;
    else
        delete from core.seal_wait w where w.case_id = p_case;
    end if;
end
$$;
comment on function core.seal_wait_note(uuid) is 'Notes whether a case waits for a seal. For the triggers below.';

create function core.seal_wait_changed() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    case tg_table_name
        when 'case_file' then perform core.seal_wait_note(p_case => new.id);
        when 'case_seal' then perform core.seal_wait_note(p_case => case tg_op when 'DELETE' then old.case_id else new.case_id end);
        when 'app_user' then perform core.seal_wait_note(p_case => c.id) from core.case_file c where c.assignee = new.id and c.closed_at is null;
    end case;
    return null;
end
$$;
comment on function core.seal_wait_changed() is 'Something changed on which it depends whether a case waits for a seal.';

create trigger seal_wait_case after update of assignee, closed_at, submitted_at on core.case_file
    for each row execute function core.seal_wait_changed();
create trigger seal_wait_case_new after insert on core.case_file
    for each row when (new.submitted_at is not null) execute function core.seal_wait_changed();
create trigger seal_wait_seal after insert or update or delete on core.case_seal
    for each row execute function core.seal_wait_changed();
create trigger seal_wait_user after update of key_version on core.app_user
    for each row when (old.key_version is distinct from new.key_version) execute function core.seal_wait_changed();

select core.seal_wait_note(p_case => c.id) from core.case_file c where c.closed_at is null;

create table stat.tally (
    week date not null,
    everywhere boolean not null,
    platform uuid,
    part text not null,
    measure text not null,
    code text not null default '',
    n bigint not null,
    constraint tally_key unique nulls not distinct (everywhere, part, platform, measure, week, code),
    constraint tally_part_known check (part in ('total', 'week', 'dimension', 'product', 'problem', 'duration'))
);
comment on table stat.tally is
    'Sums that pages show, per platform and everywhere: their number depends on platforms, codes and weeks, never on cases. Folded with stat.daily.';
comment on column stat.tally.week is 'Monday of the week for part week; -infinity = of all time';
comment on column stat.tally.everywhere is 'all platforms together; platform is null then';
comment on column stat.tally.platform is 'platform; null = cases without one, or everywhere';
comment on column stat.tally.part is 'total or week of a measure, or the measure by dimension, product, problem or duration (bucket)';
comment on column stat.tally.measure is 'measure of stat.delta or stat.duration_delta';
comment on column stat.tally.code is 'dimension, product type, problem type or number of the bucket; empty for total and week';
comment on column stat.tally.n is 'sum';

-- What was folded before this table, by the rule of worker.fold.
insert into stat.tally (week, everywhere, platform, part, measure, code, n)
select case when p.part = 'week' then date_trunc('week', d.day::timestamp)::date else date '-infinity' end, e.everywhere,
       case when not e.everywhere then d.platform end, p.part, d.measure,
       case p.part when 'dimension' then d.dimension when 'product' then d.product_type when 'problem' then d.problem_type else '' end, sum(d.n)
from stat.daily d, (values (true), (false)) e (everywhere), (values ('total'), ('week'), ('dimension'), ('product'), ('problem')) p (part)
where p.part = 'total' or p.part = 'week' and d.measure in ('submitted', 'closed')
   or p.part = 'dimension' and d.measure in ('closed', 'filed', 'filing_outcome', 'overdue')
   or p.part in ('product', 'problem') and d.measure = 'submitted'
group by 1, 2, 3, 4, 5, 6;
insert into stat.tally (week, everywhere, platform, part, measure, code, n)
select date '-infinity', e.everywhere, case when not e.everywhere then h.platform end, 'duration', h.measure, h.bucket::text, sum(h.n)
from stat.histogram h, (values (true), (false)) e (everywhere)
group by 1, 2, 3, 4, 5, 6;

insert into core.schema_migration (id) values ('0008-large-desks');
reset role;
