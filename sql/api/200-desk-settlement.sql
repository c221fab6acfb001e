-- desk: a settlement (和解) from the first offer to performance (DOMAIN.md §5.3).  The machine, its guards and effects are the engine's; here
-- stands what a page stores before a step, and which step of the case belongs to it.
set role aiddesk_owner;

create function engine.settlement_of_user(p_session bytea, p_case uuid, p_settlement uuid, p_version bigint) returns core.settlement
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_settlement core.settlement := (select s from core.settlement s where s.id = p_settlement and s.case_id = v_case.id for update);
begin
    if v_settlement.id is null then
        raise exception using errcode = 'UD002', message = 'not yours, or does not exist';
    end if;
    perform engine.version_check(p_found => v_settlement.version, p_read => p_version);
    return v_settlement;
end
$$;
comment on function engine.settlement_of_user(bytea, uuid, uuid, bigint) is
    'A settlement of a case that the signed-in person works on, locked, in the version that was read. Refuses: UD001, UD002, UD020.';

create function desk.settlement(p_session bytea, p_case uuid)
returns table (id uuid, state text, version bigint, offered_fen bigint, agreed_fen bigint, paid_fen bigint, kind text, perform_by date,
               terms_sealed bytea, contents_ok boolean, mediated boolean, document_id uuid, document_file uuid, document_version bigint,
               document_at timestamptz, first_signed_at timestamptz, first_signer text, signed_at timestamptz, signed_file uuid,
               performed_on date, performance_file uuid, breached_at timestamptz, rescission_sealed bytea, fall_reason_sealed bytea,
               overdue boolean, proved boolean, receipt_id uuid, receipt_answer text, receipt_fen bigint, receipt_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select s.id, s.state, s.version, s.offered_fen, s.agreed_fen, s.paid_fen, s.kind, s.perform_by, s.terms_sealed, s.contents_ok, s.mediated,
           s.document_id, d.file_id, d.version, d.issued_at, s.first_signed_at, s.first_signer, s.signed_at, s.signed_file, s.performed_on,
           s.performance_file, s.breached_at, s.rescission_sealed, s.fall_reason_sealed, coalesce(s.perform_by < engine.today(), false),
           engine.performance_proved(p_case => v_case.id), r.id, r.answer, r.answer_fen, coalesce(r.answered_at, r.asked_at)
    from core.settlement s
    left join core.document d on d.id = s.document_id
    left join lateral (select q.id, q.answer, q.answer_fen, q.answered_at, q.asked_at from core.decision q
                       where q.case_id = v_case.id and q.kind = 'RECEIPT' and q.withdrawn_at is null
                         and q.asked_at >= engine.round_since(p_case => v_case.id)
                       order by q.asked_at desc, q.id limit 1) r on true
    where s.case_id = v_case.id
    -- The one under way, else the last one.
    order by s.state in ('PERFORMED', 'RESCINDED'), s.created_at desc, s.id limit 1;
end
$$;
comment on function desk.settlement(bytea, uuid) is
    'The settlement of a case under way, else the last one, with what the complainant answered about the money; no row when there never was one. Refuses: UD001, UD002.';

create function desk.settlement_offers(p_session bytea, p_case uuid)
returns table (at timestamptz, offered_fen bigint, side text, actor_name text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case);
begin
    return query
    select e.at, (e.after ->> 'offered_fen')::bigint, e.after ->> 'side', u.display_name
    from core.event e left join core.app_user u on u.id = e.actor
    where e.case_id = v_case.id and e.type = 'offer_recorded' order by e.id desc limit 50;
end
$$;
comment on function desk.settlement_offers(bytea, uuid) is 'Offers of either side as they were recorded, newest first. Refuses: UD001, UD002.';

create function desk.offer_add(p_session bytea, p_case uuid, p_version bigint, p_settlement uuid, p_side text, p_fen bigint, p_note uuid,
                               p_text bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_open core.settlement;
begin
    perform engine.version_check(p_found => v_case.version, p_read => p_version);
    if p_side not in ('complainant', 'respondent') then
        raise exception using errcode = 'UD031', message = 'unknown side', detail = 'side';
    end if;
    v_open := engine.open_settlement_of(p_case => v_case.id);
    -- A case before court settles without leaving the court; an agreement at a channel may have opened the record already.
    if v_case.status <> 'NEGOTIATING' and not (v_case.status = 'LITIGATION' and v_open.id is not null) then
        perform engine.case_move(p_id => v_case.id, p_event => 'offer', p_to => 'NEGOTIATING', p_actor_kind => 'user', p_actor => v_user.id,
                                 p_facts => jsonb_build_object('settlement', p_settlement));
        v_open := engine.open_settlement_of(p_case => v_case.id);
    else
        -- The page was read with the case's version: the same form sent twice is one offer.
        update core.case_file c set version = c.version + 1 where c.id = v_case.id;
    end if;
    if not engine.offers_open(p_state => v_open.state) then
        raise exception using errcode = 'UD021', message = 'no offers after drafting', detail = concat_ws(':', 'settlement', v_open.state, 'propose');
    end if;
    if v_open.state = 'NONE' then
        perform engine.settlement_move(p_id => v_open.id, p_event => 'propose', p_to => 'PROPOSED', p_actor_kind => 'user', p_actor => v_user.id);
    elsif v_open.state = 'PROPOSED' then
        -- The second offer is talks.
        perform engine.settlement_move(p_id => v_open.id, p_event => 'negotiate', p_to => 'NEGOTIATING', p_actor_kind => 'user', p_actor => v_user.id);
    end if;
    update core.settlement s set offered_fen = p_fen, version = s.version + 1 where s.id = v_open.id;
    if p_text is not null then
        insert into core.note (id, case_id, author, body_sealed, at) values (p_note, v_case.id, v_user.id, p_text, core.now());
    end if;
    perform engine.event_add(p_case => v_case.id, p_object_kind => 'settlement', p_object => v_open.id, p_type => 'offer_recorded',
        p_actor_kind => 'user', p_actor => v_user.id, p_before => jsonb_build_object('offered_fen', v_open.offered_fen),
        p_after => jsonb_build_object('offered_fen', p_fen, 'side', p_side));
end
$$;
comment on function desk.offer_add(bytea, uuid, bigint, uuid, text, bigint, uuid, bytea) is
    'Records an offer of either side: the first opens the talks (case NEGOTIATING, settlement PROPOSED; p_settlement is the id to use), later ones are talks. fen: amount, or null; p_text: sealed words, kept as the internal note p_note, or null. Refuses: UD001, UD002, UD020, UD021, UD031.';

create function desk.settlement_step(p_session bytea, p_case uuid, p_settlement uuid, p_version bigint, p_event text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_settlement core.settlement := engine.settlement_of_user(p_session => p_session, p_case => p_case, p_settlement => p_settlement, p_version => p_version);
begin
    -- Steps that need nothing stored; the others have functions of their own.
    if p_event not in ('negotiate', 'agree_orally', 'revise', 'start_performance', 'breach', 'confirm') then
        raise exception using errcode = 'UD031', message = 'unknown step', detail = 'settlement_event';
    end if;
    perform engine.settlement_move(p_id => v_settlement.id, p_event => p_event, p_to => null, p_actor_kind => 'user', p_actor => v_user.id);
end
$$;
comment on function desk.settlement_step(bytea, uuid, uuid, bigint, text) is
    'A step without contents: negotiate, agree_orally, revise, start_performance, breach, confirm. Refuses: UD001, UD002, UD020, UD021, UD022, UD031.';

create function desk.settlement_terms_save(p_session bytea, p_case uuid, p_settlement uuid, p_version bigint, p_kind text, p_fen bigint,
                                           p_perform_by date, p_mediated boolean, p_terms bytea, p_complete boolean, p_checks jsonb) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_settlement core.settlement := engine.settlement_of_user(p_session => p_session, p_case => p_case, p_settlement => p_settlement, p_version => p_version);
    v_version bigint;
begin
    perform engine.code_check(p_enumeration => 'performance_kind', p_code => p_kind);
    if v_settlement.state in ('DRAFTED', 'PART_SIGNED') then
        -- Another text: signatures are void, issued versions stay.
        perform engine.settlement_move(p_id => v_settlement.id, p_event => 'revise', p_to => 'NEGOTIATING', p_actor_kind => 'user', p_actor => v_user.id);
    elsif v_settlement.state not in ('PROPOSED', 'NEGOTIATING', 'ORAL') then
        raise exception using errcode = 'UD021', message = 'the text is fixed', detail = concat_ws(':', 'settlement', v_settlement.state, 'revise');
    end if;
    update core.settlement s
    set kind = p_kind, agreed_fen = p_fen, perform_by = p_perform_by, mediated = p_mediated, terms_sealed = p_terms, contents_ok = p_complete,
        version = s.version + 1
    where s.id = v_settlement.id
    returning s.version into v_version;
    perform engine.checks_store(p_case => v_settlement.case_id, p_object => v_settlement.id, p_checks => p_checks, p_version => v_version);
    perform engine.event_add(p_case => v_settlement.case_id, p_object_kind => 'settlement', p_object => v_settlement.id, p_type => 'terms_saved',
        p_actor_kind => 'user', p_actor => v_user.id,
        p_before => jsonb_build_object('kind', v_settlement.kind, 'agreed_fen', v_settlement.agreed_fen, 'perform_by', v_settlement.perform_by),
        p_after => jsonb_build_object('kind', p_kind, 'agreed_fen', p_fen, 'perform_by', p_perform_by));
end
$$;
comment on function desk.settlement_terms_save(bytea, uuid, uuid, bigint, text, bigint, date, boolean, bytea, boolean, jsonb) is
    'Keeps the terms, complete or not, with what V-SET-01 said. After drafting the signatures are void. kind, amount (fen) and day may be null while unknown. Refuses: UD001, UD002, UD020, UD021, UD031.';

create function desk.settlement_draft(p_session bytea, p_case uuid, p_settlement uuid, p_version bigint, p_checks jsonb, p_document uuid,
                                      p_template text, p_file uuid, p_sha_hash bytea, p_snapshot bytea) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_settlement core.settlement := engine.settlement_of_user(p_session => p_session, p_case => p_case, p_settlement => p_settlement, p_version => p_version);
    v_issued bigint;
begin
    perform engine.checks_store(p_case => v_settlement.case_id, p_object => v_settlement.id, p_checks => p_checks, p_version => p_version);
    if v_settlement.state = 'PROPOSED' then
        perform engine.settlement_move(p_id => v_settlement.id, p_event => 'negotiate', p_to => 'NEGOTIATING', p_actor_kind => 'user', p_actor => v_user.id);
        perform engine.checks_store(p_case => v_settlement.case_id, p_object => v_settlement.id, p_checks => p_checks, p_version => p_version + 1);
    end if;
    perform engine.settlement_move(p_id => v_settlement.id, p_event => 'draft', p_to => 'DRAFTED', p_actor_kind => 'user', p_actor => v_user.id);
    v_issued := engine.document_add(p_case => v_settlement.case_id, p_id => p_document, p_kind => 'SETTLEMENT_AGREEMENT', p_template_version => p_template,
        p_file => p_file, p_sha_hash => p_sha_hash, p_snapshot => p_snapshot, p_filing => null, p_settlement => v_settlement.id, p_user => v_user.id);
    update core.settlement s set document_id = p_document, text_hash = p_sha_hash where s.id = v_settlement.id;
    return v_issued;
end
$$;
comment on function desk.settlement_draft(bytea, uuid, uuid, bigint, jsonb, uuid, text, uuid, bytea, bytea) is
    'Issues the agreement: the stored PDF is frozen as its next version and its hash is what will be signed. Returns that version. Refuses: UD001, UD002, UD020, UD021, UD022 mandatory_contents_present.';

create function desk.settlement_sign_first(p_session bytea, p_case uuid, p_settlement uuid, p_version bigint, p_signer text, p_on date) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_settlement core.settlement := engine.settlement_of_user(p_session => p_session, p_case => p_case, p_settlement => p_settlement, p_version => p_version);
begin
    if p_signer not in ('complainant', 'respondent') then
        raise exception using errcode = 'UD031', message = 'unknown side', detail = 'signer';
    end if;
    perform engine.day_check(p_on => p_on, p_from => (select d.issued_at from core.document d where d.id = v_settlement.document_id),
                             p_detail => 'signed_on:settlement.sign.error.issued');
    if v_settlement.state = 'DRAFTED' then
        update core.settlement s
        set first_signed_at = p_on::timestamp at time zone 'Asia/Shanghai', first_signer = p_signer, first_text_hash = s.text_hash
        where s.id = v_settlement.id;
    end if;
    perform engine.settlement_move(p_id => v_settlement.id, p_event => 'sign_first', p_to => 'PART_SIGNED', p_actor_kind => 'user', p_actor => v_user.id,
                                   p_facts => jsonb_build_object('signer', p_signer));
end
$$;
comment on function desk.settlement_sign_first(bytea, uuid, uuid, bigint, text, date) is
    'One side (complainant or respondent) has signed the issued text on that day, not before it was issued. Refuses: UD001, UD002, UD020, UD021, UD022, UD030 signed_on, UD031.';

create function desk.settlement_sign_second(p_session bytea, p_case uuid, p_settlement uuid, p_version bigint, p_on date, p_file uuid) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_settlement core.settlement := engine.settlement_of_user(p_session => p_session, p_case => p_case, p_settlement => p_settlement, p_version => p_version);
    v_at timestamptz := p_on::timestamp at time zone 'Asia/Shanghai';
    v_status text := (select c.status from core.case_file c where c.id = v_settlement.case_id);
begin
    if not exists (select from core.file f where f.id = p_file and f.case_id = v_settlement.case_id and f.state = 'stored' and f.source <> 'service') then
        raise exception using errcode = 'UD030', message = 'no such file', detail = 'stored:settlement.sign.error.file';
    end if;
    -- What inspection could not tell (it may have been away) is left to the person.
    if exists (select from core.file f where f.id = p_file and f.real_type <> 'application/pdf' and f.real_type not like 'image/%') then
        raise exception using errcode = 'UD030', message = 'no paper', detail = 'file:settlement.signed.error.type';
    end if;
    perform engine.day_check(p_on => p_on, p_from => v_settlement.first_signed_at, p_detail => 'signed_on:settlement.sign.error.early');
    if v_settlement.state = 'PART_SIGNED' then
        update core.settlement s
        set signed_at = v_at, signed_file = p_file, signed_sha_hash = (select f.same_hash from core.file f where f.id = p_file)
        where s.id = v_settlement.id;
    end if;
    perform engine.settlement_move(p_id => v_settlement.id, p_event => 'sign_second', p_to => 'SIGNED', p_actor_kind => 'user', p_actor => v_user.id);
    if v_status in ('NEGOTIATING', 'LITIGATION') then
        perform engine.case_move(p_id => v_settlement.case_id, p_event => 'agreement_signed', p_to => 'SETTLED_PENDING', p_actor_kind => 'user',
                                 p_actor => v_user.id);
    end if;
end
$$;
comment on function desk.settlement_sign_second(bytea, uuid, uuid, bigint, date, uuid) is
    'Both sides have signed: the uploaded agreement is named, the day of performance runs, the case waits for it. Refuses: UD001, UD002, UD020, UD021, UD022, UD030.';

create function desk.settlement_performed(p_session bytea, p_case uuid, p_version bigint, p_kind text, p_on date, p_fen bigint, p_file uuid,
                                          p_evidence uuid, p_fields jsonb, p_fields_sealed bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_settlement core.settlement;
begin
    perform engine.version_check(p_found => v_case.version, p_read => p_version);
    perform engine.code_check(p_enumeration => 'performance_kind', p_code => p_kind);
    if not exists (select from core.file f where f.id = p_file and f.case_id = v_case.id and f.state = 'stored' and f.source <> 'service') then
        raise exception using errcode = 'UD030', message = 'no such file', detail = 'stored:settlement.performed.error.file';
    end if;
    v_settlement := engine.open_settlement_of(p_case => v_case.id);
    perform engine.day_check(p_on => p_on, p_from => v_case.submitted_at, p_detail => 'done_on:settlement.performed.error.submitted');
    if engine.settlement_signed(p_state => v_settlement.state) then
        perform engine.day_check(p_on => p_on, p_from => v_settlement.signed_at, p_detail => 'done_on:settlement.performed.error.signed');
    end if;
    insert into core.evidence (id, case_id, file_id, kind, node, fields, fields_sealed, created_by, created_at)
    select p_evidence, v_case.id, p_file, k.kind, k.node, p_fields, p_fields_sealed, v_user.id, core.now()
    from ref.evidence_kind k
    where k.kind = 'PERFORMANCE' and engine.today() >= k.valid_from and (k.valid_to is null or engine.today() <= k.valid_to);
    perform engine.event_add(p_case => v_case.id, p_object_kind => 'evidence', p_object => p_evidence, p_type => 'evidence_added',
                             p_actor_kind => 'user', p_actor => v_user.id, p_after => jsonb_build_object('kind', 'PERFORMANCE'));
    if engine.settlement_signed(p_state => v_settlement.state) then
        update core.settlement s set performed_on = p_on, paid_fen = p_fen, performance_file = p_file where s.id = v_settlement.id;
        if v_case.status <> 'SETTLED_PENDING' then
            -- After a breach the case went on; what is done late still counts.
            perform engine.settlement_move(p_id => v_settlement.id, p_event => case when v_settlement.state = 'BREACHED' then 'cure' else 'perform' end,
                                           p_to => 'PERFORMED', p_actor_kind => 'user', p_actor => v_user.id);
        end if;
    end if;
    -- An agreement moves with its case; without one this is performance of the other side's own accord.
    perform engine.case_move(p_id => v_case.id, p_event => case when v_case.status = 'SETTLED_PENDING' then 'performed' else 'full_performance' end,
                             p_to => 'PERFORMED', p_actor_kind => 'user', p_actor => v_user.id);
end
$$;
comment on function desk.settlement_performed(bytea, uuid, bigint, text, date, bigint, uuid, uuid, jsonb, bytea) is
    'The other side has done it all: the file becomes PERFORMANCE evidence (row p_evidence; fields as in desk.evidence_save), agreement and case are performed. Refuses: UD001, UD002, UD020, UD021, UD022, UD030, UD031.';

create function desk.settlement_rescind(p_session bytea, p_case uuid, p_settlement uuid, p_version bigint, p_text bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_settlement core.settlement := engine.settlement_of_user(p_session => p_session, p_case => p_case, p_settlement => p_settlement, p_version => p_version);
begin
    if (select c.status from core.case_file c where c.id = v_settlement.case_id) = 'SETTLED_PENDING' then
        -- Nothing leads on from SETTLED_PENDING without an agreement: the breach comes first and sets the case going again.
        raise exception using errcode = 'UD021', message = 'the case still waits for this agreement',
            detail = concat_ws(':', 'settlement', v_settlement.state, 'rescind');
    end if;
    update core.settlement s set rescission_sealed = p_text where s.id = v_settlement.id;
    perform engine.settlement_move(p_id => v_settlement.id, p_event => 'rescind', p_to => 'RESCINDED', p_actor_kind => 'user', p_actor => v_user.id);
end
$$;
comment on function desk.settlement_rescind(bytea, uuid, uuid, bigint, bytea) is
    'The agreement ends without performance: sealed words on how (by both, by a decision). Refuses: UD001, UD002, UD020, UD021, UD022.';

create function desk.talks_fail(p_session bytea, p_case uuid, p_settlement uuid, p_version bigint, p_text bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user core.app_user := engine.user_of_session(p_session => p_session);
    v_settlement core.settlement := engine.settlement_of_user(p_session => p_session, p_case => p_case, p_settlement => p_settlement, p_version => p_version);
begin
    update core.settlement s set fall_reason_sealed = p_text where s.id = v_settlement.id;
    if (select c.status from core.case_file c where c.id = v_settlement.case_id) = 'NEGOTIATING' then
        perform engine.case_move(p_id => v_settlement.case_id, p_event => 'negotiation_failed', p_to => 'IN_PROGRESS', p_actor_kind => 'user',
                                 p_actor => v_user.id);
    else
        perform engine.settlement_move(p_id => v_settlement.id, p_event => 'fall_through', p_to => 'NONE', p_actor_kind => 'user', p_actor => v_user.id);
    end if;
end
$$;
comment on function desk.talks_fail(bytea, uuid, uuid, bigint, bytea) is
    'The talks have failed: a sealed reason; case and record go back, what was tried stays in the history. Refuses: UD001, UD002, UD020, UD021, UD022.';

create function desk.receipt_ask(p_session bytea, p_case uuid, p_version bigint, p_id uuid, p_fen bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case core.case_file := engine.case_for_user(p_session => p_session, p_case => p_case, p_write => true);
    v_user core.app_user := engine.user_of_session(p_session => p_session);
begin
    perform engine.version_check(p_found => v_case.version, p_read => p_version);
    if v_case.status not in ('SETTLED_PENDING', 'PERFORMED', 'WITHDRAWING') then
        raise exception using errcode = 'UD021', message = 'nothing is to be received', detail = concat_ws(':', 'case', v_case.status, 'receipt_ask');
    end if;
    if exists (select from core.decision d
               where d.case_id = v_case.id and d.kind = 'RECEIPT' and d.answer is null and d.withdrawn_at is null
                 and d.asked_at >= engine.round_since(p_case => v_case.id) and (d.detail ->> 'amount_fen')::bigint is not distinct from p_fen) then
        raise exception using errcode = 'UD025', message = 'asked already';
    end if;
    -- A question with another amount takes the place of one that waits; an answer stands.
    update core.decision d set withdrawn_at = core.now()
    where d.case_id = v_case.id and d.kind = 'RECEIPT' and d.answer is null and d.withdrawn_at is null;
    insert into core.decision (id, case_id, kind, settlement_id, detail, asked_by, asked_at)
    select p_id, v_case.id, 'RECEIPT', (select s.id from core.settlement s where s.case_id = v_case.id order by s.created_at desc limit 1),
           jsonb_strip_nulls(jsonb_build_object('amount_fen', p_fen)), v_user.id, core.now();
    perform engine.event_add(p_case => v_case.id, p_object_kind => 'decision', p_object => p_id, p_type => 'receipt_asked', p_actor_kind => 'user',
                             p_actor => v_user.id, p_after => jsonb_build_object('amount_fen', p_fen));
    perform engine.message_service(p_case => v_case.id, p_template => 'track.service.receipt_asked');
end
$$;
comment on function desk.receipt_ask(bytea, uuid, bigint, uuid, bigint) is
    'Asks the complainant on the tracking page whether the money or goods have come; another amount takes the place of a question that waits. fen: amount, or null. Refuses: UD001, UD002, UD020, UD021 nothing is to be received, UD025 asked already.';

reset role;
