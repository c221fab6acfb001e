-- What every step of a machine does besides the listed effects: figures, clocks of what has ended, reopening and erasure.
set role aiddesk_owner;

create function engine.case_figures(p_old core.case_file, p_new core.case_file, p_event text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid := p_new.id;
    v_solved text[] := array['RESOLVED_FULL', 'RESOLVED_PART', 'SETTLED'];
begin
    if p_event = 'submit' then
        perform engine.delta_add(p_case => v_id, p_measure => 'submitted');
        perform engine.delta_add(p_case => v_id, p_measure => 'open');
        perform engine.delta_add(p_case => v_id, p_measure => 'claimed_fen', p_n => coalesce(p_new.amount_fen, 0));
    elsif p_event = 'decline' then
        perform engine.delta_add(p_case => v_id, p_measure => 'declined', p_dimension => p_new.closure_reason);
        perform engine.delta_add(p_case => v_id, p_measure => 'open', p_n => -1);
    elsif p_event = 'appeal' then
        perform engine.delta_add(p_case => v_id, p_measure => 'declined', p_dimension => p_old.closure_reason, p_n => -1);
        perform engine.delta_add(p_case => v_id, p_measure => 'open');
    elsif p_event = 'reopen' then
        -- Sums tell how many cases are closed and solved now; how many came back is a figure of its own.
        perform engine.delta_add(p_case => v_id, p_measure => 'reopened');
        perform engine.delta_add(p_case => v_id, p_measure => 'open');
        perform engine.delta_add(p_case => v_id, p_measure => 'closed', p_dimension => p_old.closure_reason, p_n => -1);
        if p_old.closure_reason = any (v_solved) then
            perform engine.delta_add(p_case => v_id, p_measure => 'resolved', p_dimension => p_old.closure_reason, p_n => -1);
        end if;
    elsif p_new.status = 'CLOSED' and p_old.status <> 'CLOSED' then
        perform engine.delta_add(p_case => v_id, p_measure => 'closed', p_dimension => p_new.closure_reason);
        perform engine.delta_add(p_case => v_id, p_measure => 'open', p_n => -1);
        if p_new.closure_reason = any (v_solved) then
            perform engine.delta_add(p_case => v_id, p_measure => 'resolved', p_dimension => p_new.closure_reason);
        end if;
        perform engine.duration_add(p_case => v_id, p_measure => 'closed', p_from => p_new.submitted_at);
    end if;
end
$$;
comment on function engine.case_figures(core.case_file, core.case_file, text) is 'The figures that a step of a case leaves (DESIGN.md §12).';

create function engine.questions_withdraw(p_case uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update core.decision d set withdrawn_at = core.now() where d.case_id = p_case and d.answer is null and d.withdrawn_at is null;
end
$$;
comment on function engine.questions_withdraw(uuid) is 'Takes back every question that the complainant has not answered: nobody waits for the answer any more.';

create function engine.case_moved(p_old core.case_file, p_to text, p_event text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_new core.case_file;
begin
    if p_to = 'CLOSED' then
        update core.case_file c set closed_at = core.now() where c.id = p_old.id;
        perform engine.clock_stop(p_case => p_old.id, p_kinds => null, p_reason => 'CASE_CLOSED');
        perform engine.questions_withdraw(p_case => p_old.id);
    elsif p_to = 'DECLINED' then
        perform engine.clock_stop(p_case => p_old.id, p_kinds => null, p_reason => 'CASE_CLOSED');
        perform engine.questions_withdraw(p_case => p_old.id);
    elsif p_event = 'appeal' then
        -- The review begins again, by somebody else.
        perform engine.service_clock(p_case => p_old.id, p_code => 'review_within');
        update core.case_file c set closure_reason = null where c.id = p_old.id;
    elsif p_to in ('ARCHIVED', 'ERASED') then
        perform engine.assignment_close(p_case => p_old.id, p_reason => 'closed', p_actor_kind => 'worker');
    end if;
    if p_to in ('CLOSED', 'DECLINED') or p_old.status in ('CLOSED', 'DECLINED') then
        perform engine.unread_note(p_case => p_old.id);
    end if;
    v_new := (select c from core.case_file c where c.id = p_old.id);
    if p_to <> 'ERASED' then
        perform engine.case_figures(p_old => p_old, p_new => v_new, p_event => p_event);
    end if;
end
$$;
comment on function engine.case_moved(core.case_file, text, text) is 'After a step of a case: closing time, clocks and questions that have nothing to wait for, figures.';

create function engine.case_reopened(p_case uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update core.case_file c
    set round = c.round + 1, closed_at = null, closure_reason = null, review_on = null, primary_case = null
    where c.id = p_case;
    perform engine.limitation_sync(p_case => p_case);
end
$$;
comment on function engine.case_reopened(uuid) is 'The next round begins; limitation is watched again.';

create function engine.filing_moved(p_filing uuid, p_to text, p_event text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_filing core.filing := (select f from core.filing f where f.id = p_filing);
    v_case core.case_file := (select c from core.case_file c where c.id = v_filing.case_id);
begin
    if p_event = 'submit' then
        perform engine.delta_add(p_case => v_case.id, p_measure => 'filed', p_dimension => v_filing.channel);
        if v_filing.channel = 'DEMAND_LETTER' or (engine.channel_row(p_channel => v_filing.channel)).layer = 'L4' then
            -- A demand for performance, or a suit, interrupts limitation (Civil Code 195).
            perform engine.limitation_restart(p_case => v_case.id, p_event => v_filing.channel,
                p_on => coalesce(v_filing.received_on, engine.local_day(p_at => v_filing.submitted_at)));
        end if;
    elsif p_event = 'respond' then
        perform engine.duration_add(p_case => v_case.id, p_measure => 'filing_reply', p_from => v_filing.submitted_at,
                                    p_to => greatest(v_filing.replied_at, v_filing.submitted_at));
    elsif p_event = 'refuse' then
        perform engine.delta_add(p_case => v_case.id, p_measure => 'not_accepted', p_dimension => v_filing.not_accepted_reason);
    elsif p_event = 'withdrawal_granted' then
        perform engine.delta_add(p_case => v_case.id, p_measure => 'withdrawn', p_dimension => v_filing.channel);
    elsif p_event = 'withdrawal_refused' then
        perform engine.delta_add(p_case => v_case.id, p_measure => 'withdrawal_rejected', p_dimension => v_filing.channel);
    end if;
    if engine.filing_final(p_status => p_to) and p_to <> 'CANCELLED' then
        perform engine.delta_add(p_case => v_case.id, p_measure => 'filing_outcome', p_dimension => coalesce(v_filing.outcome, case p_to
            when 'NOT_ACCEPTED' then 'NOT_ACCEPTED' when 'WITHDRAWN' then 'WITHDRAWN' when 'LAPSED' then 'NO_RESPONSE'
            when 'ENDED' then 'MEDIATION_ENDED' else 'UNKNOWN' end));
        update core.task t set done_at = core.now() where t.filing_id = p_filing and t.done_at is null;
    end if;
    if v_case.status = 'IN_PROGRESS' then
        perform engine.waiting_set(p_case => v_case.id, p_on => engine.case_waiting_on(p_status => v_case.status, p_case => v_case.id));
    end if;
end
$$;
comment on function engine.filing_moved(uuid, text, text) is
    'After a step of a filing: figures, tasks that are done, limitation interrupted by a demand letter or a suit, who is waited for.';

create function engine.settlement_moved(p_settlement uuid, p_to text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_settlement core.settlement := (select s from core.settlement s where s.id = p_settlement);
    v_case uuid := v_settlement.case_id;
begin
    if p_to = 'SIGNED' then
        perform engine.delta_add(p_case => v_case, p_measure => 'settled');
        perform engine.delta_add(p_case => v_case, p_measure => 'agreed_fen', p_n => coalesce(v_settlement.agreed_fen, 0));
        -- The other side's agreement to perform interrupts limitation (Civil Code 195).
        perform engine.limitation_restart(p_case => v_case, p_on => engine.local_day(p_at => v_settlement.signed_at), p_event => 'SETTLEMENT');
    elsif p_to = 'PERFORMED' then
        perform engine.delta_add(p_case => v_case, p_measure => 'performed');
        perform engine.duration_add(p_case => v_case, p_measure => 'performed', p_from => v_settlement.signed_at);
    elsif p_to = 'BREACHED' then
        perform engine.delta_add(p_case => v_case, p_measure => 'breached');
    end if;
end
$$;
comment on function engine.settlement_moved(uuid, text) is 'After a step of a settlement: figures, and limitation interrupted by an agreement.';

-- Erasure -----------------------------------------------------------------------------------------------------------------------

create function engine.erasure_start(p_case uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update core.consent n set withdrawn_at = core.now() where n.case_id = p_case and n.granted and n.withdrawn_at is null;
    delete from core.case_seal s where s.case_id = p_case and s.recipient_kind in ('user', 'pool');
    update core.complaint m set mail_sealed = null where m.case_id = p_case;
    delete from core.outbox o where o.case_id = p_case;
    insert into core.task (case_id, kind, created_at) values (p_case, 'ERASE', core.now());
end
$$;
comment on function engine.erasure_start(uuid) is
    'Consent was taken back: nobody works on the case any more, mail ends, and a task asks a coordinator to erase it.';

create function engine.sensitive_drop(p_case uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update core.complaint m
    set payment_no_sealed = null, guardian_sealed = null, contact_sealed = null, hours_sealed = null, call_name_sealed = null,
        mail_sealed = null
    where m.case_id = p_case;
    delete from core.number_lookup n where n.case_id = p_case and n.kind in ('payment', 'contact');
    delete from core.note n where n.case_id = p_case;
    delete from core.letter_text l where l.case_id = p_case;
end
$$;
comment on function engine.sensitive_drop(uuid) is 'Archiving: contact, guardian, payment number, internal notes and unfinished letters are destroyed (DOMAIN.md §3.10).';

create function engine.content_erase(p_case uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Keys first: without the seals nothing of the rest opens, wherever a copy may be.
    delete from core.case_seal s where s.case_id = p_case;
    delete from core.draft_box b where b.case_id = p_case;
    delete from core.track_session t where t.case_id = p_case;
    delete from core.tracking_code t where t.case_id = p_case;
    delete from core.number_lookup n where n.case_id = p_case;
    delete from core.outbox o where o.case_id = p_case;
    delete from core.message m where m.case_id = p_case;
    delete from core.note n where n.case_id = p_case;
    delete from core.missing_item m where m.case_id = p_case;
    delete from core.check_result r where r.case_id = p_case;
    delete from core.document d where d.case_id = p_case;
    delete from core.letter_text l where l.case_id = p_case;
    delete from core.evidence e where e.case_id = p_case;
    delete from core.demand d where d.case_id = p_case;
    delete from core.complaint m where m.case_id = p_case;
    delete from core.decision d where d.case_id = p_case;
    delete from core.task t where t.case_id = p_case;
    delete from core.guard_override o where o.case_id = p_case;
    update core.assignment a set note_sealed = null, end_note_sealed = null where a.case_id = p_case;
    update core.filing f
    set skip_reason_sealed = null, filing_no_sealed = null, has_filing_no = false, proof_file = null, items_sealed = null,
        reply_sealed = null, agreed_sealed = null, result_sealed = null, wd_text_sealed = null, wd_result_sealed = null
    where f.case_id = p_case;
    update core.settlement s
    set terms_sealed = null, text_hash = null, document_id = null, first_text_hash = null, signed_file = null, signed_sha_hash = null,
        performance_file = null, rescission_sealed = null, fall_reason_sealed = null
    where s.case_id = p_case;
    delete from core.file f where f.case_id = p_case;
    delete from core.clock k where k.case_id = p_case;
    update core.case_file c
    set key_check = '', elements = '{}', delay = '{}', screening = '{}', knew_on = null, paid_on = null, primary_case = null,
        demand_hash = null, next_due_at = null, next_due_provisional = false, review_on = null
    where c.id = p_case;
end
$$;
comment on function engine.content_erase(uuid) is
    'Destroys keys and content of a case; what stays is the row with its coded facts, and events without text. Backups keep the seals until they expire.';

reset role;
