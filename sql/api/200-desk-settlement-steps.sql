-- desk: which forms and buttons of a settlement can be used now (DOMAIN.md §5.3): what the machines list for settlement and case, and what
-- the functions of 200-desk-settlement.sql ask besides.
set role aiddesk_owner;

create function engine.offers_open(p_state text) returns boolean
language sql immutable security definer
set search_path = pg_catalog, pg_temp
as $$ select p_state in ('NONE', 'PROPOSED', 'NEGOTIATING', 'ORAL') $$;
comment on function engine.offers_open(text) is 'A settlement in such a state takes offers: nothing was drafted yet.';

create function desk.settlement_steps(p_session bytea, p_case uuid) returns table (step text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_open core.settlement := engine.open_settlement_of(p_case => v_case.id);
    -- Guards that the form of the step itself answers are not asked; an override is no form, it has to be there.
    v_case_events text[] := array(select e.event from engine.events_of(p_machine => 'case', p_id => v_case.id, p_actor => v_user.id) e
                                  where not 'supervisor_override' = any (e.failing));
    v_listed text[] := array(select e.event from engine.events_of(p_machine => 'settlement', p_id => v_open.id, p_actor => v_user.id) e);
    v_free text[] := array(select e.event from engine.events_of(p_machine => 'settlement', p_id => v_open.id, p_actor => v_user.id) e
                           where e.failing = '{}');
    v_ended boolean := v_case.status in ('CLOSED', 'ARCHIVED', 'ERASED');
    v_talks boolean := v_case.status in ('IN_PROGRESS', 'ESCALATION_DUE', 'NEGOTIATING', 'LITIGATION');
begin
    return query
    select s.step
    from (values
        ('offer', coalesce(engine.offers_open(p_state => v_open.state), 'offer' = any (v_case_events))
                  and ('offer' = any (v_case_events) or v_case.status in ('NEGOTIATING', 'LITIGATION'))),
        ('terms', v_talks and (v_open.state in ('PROPOSED', 'NEGOTIATING', 'ORAL') or 'revise' = any (v_listed))),
        ('issue', v_talks and v_open.contents_ok and (v_open.state = 'PROPOSED' or 'draft' = any (v_listed))),
        ('oral', v_talks and 'agree_orally' = any (v_free)),
        ('fail', v_talks and 'fall_through' = any (v_listed)),
        ('sign', v_talks and 'sign_first' = any (v_listed)),
        ('signed', v_talks and 'sign_second' = any (v_listed)),
        ('start', not v_ended and 'start_performance' = any (v_free)),
        ('breach', not v_ended and 'breach' = any (v_free)),
        -- A case that waits for this agreement needs the breach to go on.
        ('rescind', not v_ended and v_case.status <> 'SETTLED_PENDING' and 'rescind' = any (v_listed)),
        ('confirm', not v_ended and 'confirm' = any (v_free)),
        ('perform', v_case_events && array['performed', 'full_performance']),
        ('receipt', v_case.status in ('SETTLED_PENDING', 'PERFORMED', 'WITHDRAWING')),
        ('close', v_case_events && array['open_filings_exist', 'no_open_filings', 'all_filings_ended'])) s (step, possible)
    where s.possible;
end
$$;
comment on function desk.settlement_steps(bytea, uuid) is
    'Which forms and buttons of a settlement can be used now: offer, terms, issue, oral, fail, sign, signed, start, breach, rescind, confirm, perform, receipt, close. Refuses: UD001, UD002.';

reset role;
