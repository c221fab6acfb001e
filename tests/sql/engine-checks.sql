-- Validation rules of DOMAIN.md §6 on plain columns, channels, collisions, next steps.
\ir support.psql
select plan(67);
-- "passed" or the codes found, for a case or a channel; p_before does not stay.
create function t.rule(p_rule text, p_before text default null, p_channel text default null, p_level text default null, p_filing uuid default null)
returns text language plpgsql as $$
declare
    v_answer text;
begin
    if p_before is not null then
        execute p_before;
    end if;
    v_answer := (
        select string_agg(concat_ws(' ', c.level, case when c.overridden then 'overridden' end,
                   coalesce((select string_agg(concat_ws(':', d ->> 'code', coalesce(d ->> 'field', d ->> 'node', d ->> 'prerequisite', d ->> 'verdict', d ->> 'kind')),
                                               ',' order by d ->> 'code', coalesce(d ->> 'field', d ->> 'node', d ->> 'prerequisite', d ->> 'verdict'))
                             from jsonb_array_elements(c.detail) d), 'passed')), '; ' order by c.level)
        from engine.checks(p_case => t.id('case'), p_channel => p_channel, p_filing => p_filing) c
        where c.rule = p_rule and (p_level is null or c.level = p_level));
    raise exception using errcode = 'ZZ001', message = coalesce(v_answer, 'not asked');
exception when sqlstate 'ZZ001' then
    return sqlerrm;
end
$$;

select t.prepared() \gset
select is((select string_agg(code, ' ' order by code) from ref.validation_rule v
           where code <> 'V-INT-05' and code <> 'V-SET-01' and code not in (select rule from engine.checks(p_case => t.id('case'), p_channel => 'COMPLAINT_12315'))),
    'V-WD-01 V-WD-02 V-WD-03 V-WD-04', 'every rule that is due has its check; those of withdrawals are asked there');

-- Who and since when
select is(t.rule('V-INT-01'), 'ROUTE passed', 'V-INT-01 personal use');
select is(t.rule('V-INT-01', $$update core.case_file set purchase_purpose = 'RESALE'$$), 'ROUTE RESALE', 'V-INT-01 resale goes the civil way');
select is(t.rule('V-INT-02'), 'BLOCK passed', 'V-INT-02 an adult');
select is(t.rule('V-INT-02', $$update core.case_file set age_band = '16_17'$$), 'BLOCK minor_alone', 'V-INT-02 a minor');
select is(t.rule('V-INT-02', $$update core.case_file set age_band = 'U8', filer_role = 'GUARDIAN'$$), 'BLOCK guardian_consent_missing', 'V-INT-02 under 14');
select is(t.rule('V-INT-03'), 'ROUTE not_screened', 'V-INT-03 not asked yet');
select is(t.rule('V-INT-03', $$update core.case_file set screening = '{"result": "clear"}'$$), 'ROUTE passed', 'V-INT-03 clear');
select is(t.rule('V-INT-03', $$update core.case_file set screening = '{"result": "illicit"}'$$), 'ROUTE illicit', 'V-INT-03 goes to a lawyer');
select t.submitted(2) \gset
insert into core.number_lookup (case_id, kind, hash) values (t.id('case'), 'order', '\x01'), (t.id('case'), 'contact', '\x02'), (t.id('case', 2), 'contact', '\x02');
select is(t.rule('V-INT-04'), 'WARN duplicate', 'V-INT-04 same contact, same platform');
select is(t.rule('V-INT-04', $$update core.case_file set platform = t.platform('另一家') where id = t.id('case', 2)$$), 'WARN passed', 'V-INT-04 same contact, another platform');
select is(t.rule('V-INT-04', $$update core.case_file set platform = t.platform('另一家') where id = t.id('case', 2); insert into core.number_lookup (case_id, kind, hash) values (t.id('case', 2), 'order', '\x01')$$), 'WARN duplicate', 'V-INT-04 same order number');
select is(t.rule('V-INT-04', $$update core.case_file set status = 'DRAFT' where id = t.id('case', 2)$$), 'WARN passed', 'V-INT-04 drafts are nobody''s business');
select is(t.rule('V-INT-04', $$update core.case_file set primary_case = t.id('case', 2) where id = t.id('case')$$), 'WARN passed', 'V-INT-04 linked already');
select is(t.rule('V-RESP-01'), 'WARN passed', 'V-RESP-01 all elements');
select is(t.rule('V-RESP-01', $$update core.case_file set elements = '{"paid": true}'$$), 'WARN causation,not_performed,user_error_excluded', 'V-RESP-01 what is open');
select is(t.rule('V-TIME-01'), 'WARN passed', 'V-TIME-01 far away');
select is(t.rule('V-TIME-01', $$select t.at('2029-05-24 10:00+08')$$), 'WARN near:LIMITATION', 'V-TIME-01 180 days before');
select is(t.rule('V-TIME-01', $$select t.at('2029-05-22 10:00+08')$$), 'WARN passed', 'V-TIME-01 181 days before');
select is(t.rule('V-TIME-01', $$select t.at('2029-11-20 10:00+08')$$), 'WARN passed:LIMITATION', 'V-TIME-01 over');
select is(t.rule('V-TIME-01', $$update core.case_file set knew_on = null$$), 'WARN start_unknown', 'V-TIME-01 unknown');

-- Delay
create function t.delay(p_before text) returns text language plpgsql as $$
begin
    execute p_before;
    raise exception using errcode = 'ZZ001', message = (select concat_ws(' ', d ->> 'code', d ->> 'late', d ->> 'due_at') from core.case_file c, engine.delay_verdict(p_case => c) d where c.id = t.id('case'));
exception when sqlstate 'ZZ001' then
    return sqlerrm;
end
$$;
set local timezone = 'UTC';
select is(t.delay($$update core.case_file set delay = '{"promised_at": "2026-11-20T09:00"}'$$), 'promise true 2026-11-20T01:00:00+00:00', 'V-DEL-01 the promised time, in Shanghai');
select is(t.delay($$update core.evidence set fields = fields || '{"paid_at": "2026-11-20T09:45+08:00"}' where kind = 'PAYMENT'$$), 'reference false 2026-11-20T02:15:00+00:00', 'V-DEL-01 else 30 minutes for a game card, as a reference');
select is(t.delay($$select 1$$), 'reference true 2026-11-17T16:30:00+00:00', 'V-DEL-01 only the day is known');
select is(t.delay($$update core.case_file set product_type = 'OTHER'$$), 'unknown', 'V-DEL-01 no reference for this product');

-- Evidence and demands
select is(t.rule('V-EV-01'), 'BLOCK passed', 'V-EV-01 all fields');
select is(t.rule('V-EV-01', $$update core.evidence set fields = fields - 'status_shown' where kind = 'ORDER'$$), 'BLOCK field_missing:status_shown', 'V-EV-01 a plain field');
select is(t.rule('V-EV-01', $$update core.evidence set fields = jsonb_set(fields, '{sealed}', '[]') where kind = 'ORDER'$$), 'BLOCK field_missing:order_no', 'V-EV-01 a sealed field');
select is(t.rule('V-EV-01', $$update core.evidence set fields_sealed = null where kind = 'ORDER'$$), 'BLOCK field_missing:order_no', 'V-EV-01 said to be there, but nothing is stored');
select is(t.rule('V-EV-02'), 'BLOCK passed', 'V-EV-02 complete');
select is(t.rule('V-EV-02', $$update core.evidence set removed_at = core.now() where kind in ('CHAT', 'KEY_ERROR')$$), 'BLOCK node_missing:COMMUNICATION,node_missing:GOODS_OR_PROBLEM', 'V-EV-02 gaps');
select is(t.rule('V-EV-02', $$update core.evidence set node = 'GOODS' where kind = 'KEY_ERROR'$$), 'BLOCK passed', 'V-EV-02 goods or problem');
select is(t.rule('V-EV-02', $$update core.demand set kind = 'LIQUIDATED'$$), 'BLOCK node_missing:RULE', 'V-EV-02 a demand that rests on a rule');
select is(t.rule('V-EV-02', $$update core.demand set kind = 'DAMAGES'$$), 'BLOCK node_missing:LOSS', 'V-EV-02 damages');
select is(t.rule('V-EV-02', $$update core.evidence set removed_at = core.now() where kind = 'ENTITY'$$, 'COMPLAINT_12315'), 'BLOCK node_missing:ENTITY', 'V-EV-02 a channel that needs the respondent');
select is(t.rule('V-EV-02', $$update core.evidence set removed_at = core.now() where kind = 'CHAT'; select t.override(t.id('case'), 'case', t.id('case'), 'V-EV-02')$$), 'BLOCK overridden node_missing:COMMUNICATION', 'V-EV-02 overridden with a reason, and still shown');
select is(t.rule('V-EV-03'), 'WARN passed', 'V-EV-03 amounts agree');
select is(t.rule('V-EV-03', $$update core.evidence set fields = fields || '{"amount": 16700}' where kind = 'PAYMENT'$$), 'WARN order_and_payment_differ,payment_and_case_differ', 'V-EV-03 amounts differ');
select is(t.rule('V-EV-03', $$update core.evidence set fields = fields || '{"ordered_at": "2026-11-18T10:00", "paid_at": "2026-11-18T09:59"}' where kind in ('ORDER', 'PAYMENT')$$), 'WARN paid_before_order', 'V-EV-03 paid before the order');
select is(t.rule('V-EV-03', $$update core.evidence set fields = fields || '{"amount": "?", "ordered_at": "2026-02-30", "paid_at": "noon"}' where kind in ('ORDER', 'PAYMENT')$$), 'WARN passed', 'V-EV-03 what cannot be read is not compared');
select is(t.rule('V-EV-07'), 'WARN passed', 'V-EV-07 all files differ');
select is(t.rule('V-EV-07', $$select t.file(t.id('case'), 'same'), t.file(t.id('case', 2), 'same')$$), 'WARN same_elsewhere', 'V-EV-07 the same file in another case');
select is(t.rule('V-EV-07', $$select t.file(t.id('case'), 'same'), t.file(t.id('case'), 'same')$$), 'WARN same_in_case,same_in_case', 'V-EV-07 twice in this case');
select is(t.rule('V-DEM-01', $$update core.demand set amount_fen = null, quantity = 2$$), 'BLOCK passed', 'V-DEM-01 a number of pieces and a date');
select is(t.rule('V-DEM-01', $$update core.demand set amount_fen = null$$), 'BLOCK amount_or_date_missing', 'V-DEM-01 neither amount nor number');
select is(t.rule('V-DEM-01', $$update core.demand set removed_at = core.now()$$), 'BLOCK no_demand', 'V-DEM-01 no demand');
select is(t.rule('V-DEM-03'), 'WARN passed', 'V-DEM-03 the refund is what was paid');
select is(t.rule('V-DEM-03', $$update core.demand set amount_fen = 17601$$), 'WARN refund_above_paid', 'V-DEM-03 a refund of more');
select is(t.rule('V-DEM-03', $$update core.demand set amount_fen = 17601, kind = 'DAMAGES'$$), 'WARN passed', 'V-DEM-03 other kinds are not refunds');
select is(t.rule('V-WORD-02') || ', ' || t.rule('V-WORD-02', $$update core.case_file set version = version + 1$$), 'BLOCK passed, BLOCK not_checked', 'V-WORD-* count for the version they were checked on');
select is(t.rule('V-WORD-01', null, 'PLATFORM_TICKET') || ', ' || t.rule('V-WORD-01', null, 'COMPLAINT_12315'), 'BLOCK passed, WARN passed', 'V-WORD-01 blocks in papers for the platform only');

-- Channels
select t.move('case', t.id('case'), 'pre_review_pass', null, :wang) \gset
select t.consent(t.id('case'), 'SHARE_REGULATOR', 'COMPLAINT_12315') \gset
select is(t.rule('V-CH-01', null, 'COMPLAINT_12315', 'BLOCK'), 'BLOCK passed', 'V-CH-01 12315 may be filed with');
select is(t.rule('V-CH-01', null, 'HEIMAO', 'BLOCK'), 'BLOCK prerequisite:PLATFORM_FAILED,unconfirmed:PUBLICITY_UNDERSTOOD', 'V-CH-01 what is missing and what a person has to confirm');
select is(t.rule('V-CH-01', $$update core.case_file set pay_method = 'ALIPAY'$$, 'PAY_WECHAT', 'BLOCK'), 'BLOCK prerequisite:PAID_THROUGH_CHANNEL,unconfirmed:WITHIN_WINDOW', 'V-CH-01 the wrong payment company');
select is(t.rule('V-CH-01', $$update core.case_file set knew_on = '2023-11-20'$$, 'COURT_SMALL', 'WARN') like '%window_near%', true, 'V-CH-01 the last day is near');
select is(t.rule('V-PRIV-01', null, 'COMPLAINT_12315') || ', ' || t.rule('V-PRIV-01', null, 'CONSUMER_ASSOC'), 'BLOCK passed, BLOCK consent_missing', 'V-PRIV-01 consent for one recipient is not consent for another');
select is(t.rule('V-PRIV-01', $$select t.consent(t.id('case'), 'SHARE_PAYMENT')$$, 'PAY_WECHAT') || ', ' || t.rule('V-PRIV-01', $$select t.consent(t.id('case'), 'SHARE_REGULATOR')$$, 'REPORT_12315'),
    'BLOCK passed, BLOCK consent_missing', 'V-PRIV-01 the form asks for platform and payment company only');
select is(t.rule('V-PRIV-01', $$update core.consent set at = at - interval '1 hour'; select t.consent(t.id('case'), 'SHARE_REGULATOR', 'COMPLAINT_12315', false)$$, 'COMPLAINT_12315'), 'BLOCK consent_missing', 'V-PRIV-01 the newest answer counts');

-- Collisions
create function t.verdict(p_there text, p_status text, p_channel text) returns text language plpgsql as $$
begin
    insert into core.filing (id, case_id, round, channel, status, submitted_at) values (gen_random_uuid(), t.id('case'), 1, p_there, p_status, core.now());
    raise exception using errcode = 'ZZ001', message = engine.collision_worst(p_collisions => engine.filing_collisions(p_case => t.id('case'), p_channel => p_channel));
exception when sqlstate 'ZZ001' then
    return sqlerrm;
end
$$;
select is(t.verdict('COMPLAINT_12315', 'SUBMITTED', 'COMPLAINT_12315'), 'DUPLICATE', 'twice at the regulator');
select is(t.verdict('HOTLINE_12345', 'SUBMITTED', 'COMPLAINT_12315'), 'DUPLICATE', 'the hotline leads to the regulator');
select is(t.verdict('CONSUMER_ASSOC', 'ACCEPTED', 'COMPLAINT_12315') || ' ' || t.verdict('COMPLAINT_12315', 'ACCEPTED', 'CONSUMER_ASSOC'), 'LIKELY_REFUSED AVOID', 'association and regulator');
select is(t.verdict('COURT_SMALL', 'ACCEPTED', 'COMPLAINT_12315') || ' ' || t.verdict('COMPLAINT_12315', 'ACCEPTED', 'COURT_SMALL'), 'REFUSED OK_TELL', 'court and regulator');
select is(t.verdict('PAY_WECHAT', 'ACCEPTED', 'COMPLAINT_12315') || ' ' || t.verdict('PAY_WECHAT', 'ACCEPTED', 'PAY_BANK'), 'OK DUPLICATE', 'payment companies among themselves');
select is(t.verdict('COMPLAINT_12315', 'WITHDRAWN', 'COMPLAINT_12315') || ' ' || t.verdict('COMPLAINT_12315', 'NOT_ACCEPTED', 'COMPLAINT_12315') || ' ' || t.verdict('COMPLAINT_12315', 'ENDED', 'COMPLAINT_12315'),
    'LIKELY_REFUSED OK DUPLICATE', 'withdrawn is a risk, not accepted is open, ended was handled');
select is(t.verdict('PLATFORM_TICKET', 'ENDED', 'PLATFORM_TICKET') || ' ' || t.verdict('POLICE', 'ACCEPTED', 'COURT_GENERAL'), 'CAUTION MAY_BE_STAYED', 'private channels may be tried again; police and court');

-- Next steps
select is((select string_agg(channel, ' ') from engine.next_channels(p_case => t.id('case')) where wanted_layer and not blocked),
    'PLATFORM_SUPPORT PLATFORM_TICKET PLATFORM_EMAIL DEMAND_LETTER', 'a first step is inside the platform');
select is((select concat_ws(' ', blocked, missing, last_day, consent_given) from engine.next_channels(p_case => t.id('case')) where channel = 'COMPLAINT_12315'), 'f {} 2029-11-19 t',
    'the regulator is open too, with its last day');

select finish();
rollback;
