// Submission: exactly one case whatever is pressed, what it asks for, lanes, duplicates, receipt and code.
import assert from 'node:assert/strict';
import test from 'node:test';
import { psql, rows, value } from '../support/database.mjs';
import { Client, file } from '../support/http.mjs';
import { png, sha256 } from '../support/files.mjs';
import { led } from '../support/people.mjs';
import { stack } from '../support/stack.mjs';

const { url } = await stack();
await led(url);
const agreed = { agree: true, agree_identity: true };
let orders = Date.now();
// Other files of this run have counted for the same network.
await psql("delete from core.attempt where kind in ('draft_network', 'duplicate_network', 'file_network', 'submit_network', 'submit_global')");

/** A person at the check page. more: fields of any step. */
async function filled({ lang, order = `SUB${orders++}`, contact = {}, picture = null } = {}) {
  const client = new Client(url, { lang });
  let page = await client.submit(await client.get('/complaint/platform'), 'form', { platform: '样例卡盟', product: 'game_card', order_no: order });
  if (page.path === '/complaint/known') page = await client.get('/complaint/story');
  await client.submit(page, 'form', { problem: 'late', amount: '12.5', story: '付款之后一直没有到账，客服不理。', wanted: ['refund'] });
  page = await client.get('/complaint/evidence');
  if (picture) page = await client.submit(page, 'form', { photo: file('订单.png', picture, 'image/png') });
  page = await client.submit(page, 'form', {}, { button: '/complaint/evidence?then=on' });
  page = await client.submit(page, 'form', { who: 'self', contact_way: 'none', ...contact });
  assert.equal(page.path, '/complaint/check', page.text);
  return { client, page };
}

/** As if the draft had been begun an hour ago: people are not that fast. */
const older = (client, page) => psql("update core.case_file set created_at = created_at - interval '1 hour' where id = :'id'::uuid", { id: page.value('submission_id') });
const codeOf = (page) => /data-code>(.*?)<\/p>/s.exec(page.body)[1].replaceAll(/<[^>]*>/g, '').trim();
const caseOf = async (page) => (await rows("select c.case_no, c.status, c.lane, c.submitted_at is not null as submitted from core.case_file c where c.id = :'id'::uuid", { id: page.value('submission_id') }))[0];
const numberOf = (page) => /AD\d\d-\d{6}/.exec(page.text)[0];

test('pressed_twice_in_two_tabs_and_twenty_times_at_once_it_is_one_case', async () => {
  const { client, page } = await filled();
  await older(client, page);
  const before = Number(await value('select count(*) from core.case_file where submitted_at is not null'));
  const answers = await Promise.all(Array.from({ length: 20 }, () => client.submit(page, 'form', agreed)));
  for (const answer of answers) assert.equal(answer.path, '/complaint/receipt', `${answer.status} ${answer.text.slice(0, 200)}`);
  assert.equal(new Set(answers.map(numberOf)).size, 1);
  assert.equal(new Set(answers.map(codeOf)).size, 1, 'the same code for all');
  const again = await client.submit(page, 'form', agreed); // the other tab, later
  assert.equal(numberOf(again), numberOf(answers[0]));
  assert.equal(Number(await value('select count(*) from core.case_file where submitted_at is not null')), before + 1);
  const seals = await rows("select recipient_kind from core.case_seal where case_id = :'id'::uuid and recipient_kind <> 'user' order by 1", { id: page.value('submission_id') });
  assert.deepEqual(seals.map((s) => s.recipient_kind), ['code', 'group', 'pool']);
});

test('every_declaration_is_asked_for_and_ticks_are_kept', async () => {
  for (const [lang, said] of [['zh-CN', /请核对后勾选/], ['en', /tick that this is true/]]) {
    const { client, page } = await filled({ lang, picture: png() });
    let again = await client.submit(page, 'form', { agree_identity: true });
    assert.equal(again.status, 422);
    assert.match(again.text, said);
    assert.match(again.body, /id="f-agree_sensitive-error"/);
    const ticks = Object.fromEntries(again.form('form').fields.filter((f) => f.type === 'checkbox').map((f) => [f.name, f.checked]));
    assert.deepEqual(ticks, { agree: false, agree_identity: true, agree_sensitive: false });
    assert.equal((await caseOf(page)).submitted, false);
    again = await client.submit(again, 'form', { agree: true, agree_sensitive: true });
    assert.equal(again.path, '/complaint/receipt', again.text);
  }
});

test('the_receipt_shows_code_dates_and_hashes_until_the_last_group_is_typed_back', async () => {
  const picture = png();
  const { client, page } = await filled({ picture });
  await older(client, page);
  let receipt = await client.submit(page, 'form', { ...agreed, agree_sensitive: true });
  const code = codeOf(receipt);
  assert.ok(receipt.text.includes(sha256(picture)));
  assert.match(receipt.text, /20\d\d年\d+月\d+日/);
  assert.equal(codeOf(await client.get('/complaint/receipt')), code);
  assert.equal((await client.get('/complaint/story')).path, '/complaint/receipt', 'a sent form is not changed any more');
  const paper = await client.get('/complaint/receipt.pdf');
  assert.equal(paper.headers['content-type'], 'application/pdf');
  assert.match(paper.headers['content-disposition'], /^attachment; filename="AD\d\d-\d{6}\.pdf"$/);
  assert.equal(paper.bytes.subarray(0, 5).toString(), '%PDF-');
  receipt = await client.submit(receipt, 'form', { last_group: 'ZZZZ' });
  assert.equal(receipt.status, 422);
  assert.equal(receipt.value('last_group'), 'ZZZZ');
  const groups = code.split(' ');
  const saved = await client.submit(receipt, 'form', { last_group: ` ${groups[5].toLowerCase()} ` });
  assert.equal(saved.path, '/complaint/saved', saved.text);
  assert.ok(!saved.text.includes(groups[0]));
  assert.equal(client.cookie('draft'), undefined);
  assert.equal((await client.get('/complaint/receipt')).status, 410);
  assert.equal((await client.get('/complaint/receipt.pdf')).status, 410);
});

test('an_order_that_is_known_is_said_without_telling_anything', async () => {
  const order = `DUP${orders++}`;
  const { client, page } = await filled({ order });
  const number = numberOf(await client.submit(page, 'form', agreed));
  const stranger = new Client(url);
  const known = await stranger.submit(await stranger.get('/complaint/platform'), 'form', { platform: '样例', product: 'other', order_no: ` ${order.toLowerCase().split('').join(' ')} ` });
  assert.equal(known.path, '/complaint/known', known.text);
  assert.match(known.text, /这个订单可能已经提交过/);
  assert.ok(!known.body.includes(number));
  assert.equal((await stranger.get('/complaint/story')).status, 200, 'and one can go on');
});

test('too_fast_the_trap_field_and_the_queue_button_lead_to_the_review_lane', async () => {
  let { client, page } = await filled();
  await client.submit(page, 'form', agreed);
  assert.equal((await caseOf(page)).lane, 'queue', 'faster than people can be');
  ({ client, page } = await filled());
  await older(client, page);
  await client.submit(page, 'form', { ...agreed, website: 'http://spam.example' });
  assert.equal((await caseOf(page)).lane, 'queue', 'the trap field was filled in');
  ({ client, page } = await filled());
  await older(client, page);
  const n = await value("select n from ref.service_limit where code = 'submit_network_hour'");
  try {
    await psql("update ref.service_limit set n = 0 where code = 'submit_network_hour'");
    const refused = await client.submit(page, 'form', agreed);
    assert.equal(refused.status, 429);
    assert.match(refused.text, /分钟后再试/);
    assert.equal((await caseOf(page)).submitted, false);
    const queued = await client.submit(refused, 'form', {}, { button: 'lane=queue' });
    assert.equal(queued.path, '/complaint/receipt', queued.text);
    assert.equal((await caseOf(page)).lane, 'queue');
  } finally {
    await psql("update ref.service_limit set n = :'n'::bigint where code = 'submit_network_hour'", { n });
  }
});

test('under_18_a_guardian_must_send_it_and_under_14_must_agree', async () => {
  const { client, page } = await filled({ contact: { who: 'minor' } });
  assert.match(page.text, /请让监护人来提交/);
  assert.throws(() => page.form('/complaint/submit'));
  const { csrf } = (await client.get('/complaint/check', { headers: { Accept: 'application/json' } })).json;
  const forced = await client.post('/complaint/submit', { csrf: csrf.submit, agree: '1', agree_identity: '1' });
  assert.equal(forced.status, 422, forced.text);
  const guardian = await client.submit(await client.get('/complaint/contact'), 'form', { who: 'guardian', age_band: '8_13', consent_guardian: true });
  assert.equal(guardian.path, '/complaint/check', guardian.text);
  await older(client, guardian);
  const done = await client.submit(guardian, 'form', { ...agreed, agree_sensitive: true });
  assert.equal(done.path, '/complaint/receipt', done.text);
  const kinds = await rows("select kind from core.consent where case_id = :'id'::uuid order by 1", { id: guardian.value('submission_id') });
  assert.deepEqual(kinds.map((k) => k.kind), ['GUARDIAN_UNDER_14', 'HANDLE_CASE', 'SENSITIVE_DATA']);
});

test('a_form_of_another_draft_is_not_sent_by_mistake', async () => {
  const one = await filled();
  const two = await filled();
  const csrf = two.page.value('csrf');
  const mixed = await two.client.post('/complaint/submit', { csrf, agree: '1', agree_identity: '1', submission_id: one.page.value('submission_id') });
  assert.equal(mixed.status, 409, mixed.text);
  assert.match(mixed.text, /另一份/);
  assert.equal((await caseOf(one.page)).submitted, false);
  assert.equal((await caseOf(two.page)).submitted, false);
});

test('a_key_that_the_roster_did_not_sign_gets_no_seal', async () => {
  const { client, page } = await filled();
  await older(client, page);
  const id = await value("select id from core.group_key where kind = 'pool' and current");
  const right = await value("select encode(signature, 'hex') from core.group_key where id = :'id'::uuid", { id });
  try {
    await psql("update core.group_key set signature = set_byte(signature, 0, get_byte(signature, 0) # 1) where id = :'id'::uuid", { id });
    const refused = await client.submit(page, 'form', agreed);
    assert.equal(refused.status, 503);
    assert.equal((await caseOf(page)).submitted, false);
    assert.equal(refused.form('form').fields.find((f) => f.name === 'agree').checked, true, 'what was ticked stays');
  } finally {
    await psql("update core.group_key set signature = decode(:'right', 'hex') where id = :'id'::uuid", { id, right });
  }
  assert.equal((await client.submit(page, 'form', agreed)).path, '/complaint/receipt');
});

test('nothing_readable_and_no_code_stands_in_database_or_logs', async () => {
  const secret = `秘密${orders++}`;
  const { client, page } = await filled({ contact: { call_name: secret, contact_way: 'email', email: `x${orders}@example.org`, safe: ['mail'] } });
  await older(client, page);
  const code = codeOf(await client.submit(page, 'form', agreed)).replaceAll(' ', '');
  const dump = await psql('select row_to_json(c)::text from core.complaint c; select row_to_json(c)::text from core.case_file c; select row_to_json(t)::text from core.tracking_code t; select row_to_json(b)::text from core.draft_box b');
  const { readFile, readdir } = await import('node:fs/promises');
  const { logs } = await stack();
  const texts = [dump];
  for (const name of await readdir(logs)) texts.push(await readFile(`${logs}/${name}`, 'utf8').catch(() => ''));
  for (const text of texts) {
    for (const word of [secret, `x${orders}@example.org`, code, code.match(/.{4}/g).join('-')]) assert.ok(!text.includes(word));
  }
});
