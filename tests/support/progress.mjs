// Brings a case that a volunteer has taken on to the point where it is filed, with everything that the engine asks for on the way.  For tests
// of what comes after; the pages that do it have tests of their own.
import { psql } from './database.mjs';

/** A case in PREPARING becomes IN_PROGRESS: evidence, one demand, and a filing (with a stored proof) at each channel. */
export async function filed(number, channels = ['PLATFORM_TICKET', 'HEIMAO']) {
  await psql(`do $$
    declare
      v_case uuid := (select id from core.case_file where case_no = '${number}');
      v_user uuid := (select assignee from core.case_file where case_no = '${number}');
      v_file uuid := (select f.id from core.file f join core.case_file c on c.id = f.case_id where c.case_no = '${number}' and f.state = 'stored' order by f.file_no limit 1);
      v_channel text;
      v_filing uuid;
    begin
      insert into core.evidence (id, case_id, file_id, kind, node, missing_reason, fields, created_by, created_at)
      select gen_random_uuid(), v_case, v_file, k.kind, k.node, 'not_shown',
             (select coalesce(jsonb_object_agg(f.field, case f.type when 'fen' then '17600' else 'x' end) filter (where not f.sealed), '{}')
                  || jsonb_build_object('sealed', coalesce(jsonb_agg(f.field) filter (where f.sealed), '[]'))
              from ref.evidence_field f where f.kind = k.kind), v_user, core.now()
      from ref.evidence_kind k where k.kind in ('ORDER', 'PAYMENT', 'DELAY_PROOF', 'CHAT', 'ENTITY');
      insert into core.demand (id, case_id, kind, amount_fen, by_day) values (gen_random_uuid(), v_case, 'REFUND', 17600, engine.today() + 5);
      perform engine.checks_store(p_case => v_case, p_object => v_case, p_version => (select version from core.case_file where id = v_case),
        p_checks => '[{"rule": "V-WORD-01", "passed": true}, {"rule": "V-WORD-02", "passed": true}, {"rule": "V-WORD-03", "passed": true}]');
      perform engine.case_move(p_id => v_case, p_event => 'pre_review_pass', p_to => 'READY', p_actor_kind => 'user', p_actor => v_user);
      foreach v_channel in array '{${channels.join(',')}}'::text[] loop
        v_filing := gen_random_uuid();
        insert into core.filing (id, case_id, round, channel, prerequisites_shown_at, prerequisites_confirmed, collision_checked_at, collision,
                                 submitted_at, received_on, proof_file)
        select v_filing, v_case, 1, v_channel, core.now(),
               array(select q.code from engine.prerequisites(p_case => v_case, p_channel => v_channel) q where q.met is null), core.now(),
               engine.filing_collisions(p_case => v_case, p_channel => v_channel), core.now(), engine.today(), v_file;
        insert into core.consent (id, case_id, kind, channel, granted, text_version)
        select gen_random_uuid(), v_case, x.kind, v_channel, true, x.version from ref.consent_text x
        where x.kind = (engine.channel_row(p_channel => v_channel)).share_consent;
        perform engine.filing_move(p_id => v_filing, p_event => e, p_to => null, p_actor_kind => 'user', p_actor => v_user)
        from unnest(array['draft', 'make_ready', 'submit']) with ordinality s (e, n) order by n;
        if (select status from core.case_file where id = v_case) = 'READY' then
          perform engine.case_move(p_id => v_case, p_event => 'filing_submitted', p_to => 'IN_PROGRESS', p_actor_kind => 'user', p_actor => v_user);
        end if;
      end loop;
    end $$`);
}

/** Accepted, reviewed and taken on by the volunteer who has it. */
export async function takenOn(client, number) {
  let page = await client.get(`/desk/cases/${number}`);
  if (page.forms.some((f) => f.action.endsWith('/accept'))) page = await client.submit(page, `/desk/cases/${number}/accept`);
  page = await client.get(`/desk/cases/${number}/review`);
  page = await client.submit(page, 'form', { responsibility: 'PLATFORM', paid: true, not_performed: true, causation: true, user_error_excluded: true, knew_on: '2026-11-2', screening: 'clear' });
  page = await client.submit(page, `/desk/cases/${number}/take-on`);
  if (page.status !== 200) throw new Error(page.text);
}
