// A session that ended while somebody was writing: the form comes back whole, and after signing in elsewhere the same press works.
import assert from 'node:assert/strict';
import test from 'node:test';
import { psql, value } from '../support/database.mjs';
import { png } from '../support/files.mjs';
import { Client, file } from '../support/http.mjs';
import { complain, coordinator, invited, ownStack, password } from '../support/people.mjs';

const { url } = await ownStack();
const lead = await coordinator(url);
const one = await invited(lead, url, 'volunteer', 'vol.one');
const regulator = await invited(lead, url, 'regulator', 'reg.one');
await lead.get('/desk');
const { number } = await complain(url);
await lead.submit(await lead.get(`/desk/cases/${number}`), `/desk/cases/${number}/release`);
await one.submit(await one.get(`/desk/cases/${number}`), `/desk/cases/${number}/accept`);
const at = (page) => `/desk/cases/${number}${page}`;

const end = (login) => psql(`update core.session set ended_at = core.now() where ended_at is null
  and app_user = (select id from core.app_user where login = '${login}')`);

/** The other window of the same browser. */
async function signIn(client, login) {
  const page = await client.submit(await client.get('/login'), 'form', { login, password });
  assert.ok(page.status === 200 && page.path !== '/login', page.text);
}

/** Types, loses the session, presses; signs in elsewhere, presses again; returns the last page. */
async function late(client, login, where, fields, kept = Object.values(fields)) {
  const before = await client.get(where);
  assert.equal(before.status, 200, before.text);
  await end(login);
  const page = await client.submit(before, 'form', fields);
  assert.equal(page.status, 401, `${where} ${page.text}`);
  assert.match(page.body, /登录已过期。您填的内容都在：请在新窗口登录，再点一次/, where);
  for (const text of kept) assert.ok(page.body.includes(text), `${where}: ${text}`);
  await signIn(client, login);
  return client.submit(page, 'form');
}

test('a_note_a_question_and_a_return_survive_the_end_of_a_session', async () => {
  let page = await late(one, 'vol.one', at('/notes'), { body: '写了很久的备注𠮷\n第二行' }, ['写了很久的备注𠮷']);
  assert.equal(page.path, at('/notes'), page.text);
  assert.match(page.body, /写了很久的备注𠮷/);
  assert.equal(await value('select count(*) from core.note'), 1);
  const edit = /\/desk\/cases\/[^"]*\/notes\/[0-9a-f-]{36}/.exec(page.body)[0];
  page = await late(one, 'vol.one', edit, { body: '改过的备注' });
  assert.equal(page.path, at('/notes'), page.text);
  assert.match(page.body, /改过的备注/);
  page = await late(one, 'vol.one', at('/messages'), { body: '给当事人的话' });
  assert.equal(page.path, at('/messages'), page.text);
});

test('a_review_keeps_every_answer', async () => {
  let page = await late(one, 'vol.one', at('/review'),
    { responsibility: 'PLATFORM', knew_on: '2026-11-2', paid: true, not_performed: true, causation: true, user_error_excluded: true, promised_at: '2026-11-1 14:03' }, ['2026-11-2', '2026-11-1 14:03']);
  assert.equal(page.path, at(''), page.text);
  page = await one.get(at('/review'));
  assert.equal(page.value('responsibility'), 'PLATFORM');
  assert.ok(page.form('form').fields.some((f) => f.name === 'causation' && f.checked));
});

test('an_item_of_evidence_keeps_what_its_kind_asks_for', async () => {
  let page = await late(one, 'vol.one', at('/evidence/new?kind=PAYMENT'),
    { v1: '2026-11-1 10:03', v2: '176', v3: '某公司𠮷', v4: '2026110122001', v5: 'ALIPAY', proves: '付了钱', genuine: 'OK' },
    ['2026-11-1 10:03', '某公司𠮷', '2026110122001', '付了钱']);
  assert.equal(page.path, at('/evidence'), page.text);
  const id = /evidence\/([0-9a-f-]{36})"/.exec(page.body)[1];
  page = await one.get(at(`/evidence/${id}`));
  assert.equal(page.value('v3'), '某公司𠮷');
  assert.equal(page.value('v5'), 'ALIPAY');
  page = await late(one, 'vol.one', at(`/evidence/${id}`), { proves: '改成这样', v2: '１７７元' }, ['改成这样', '１７７元', '某公司𠮷']);
  assert.equal(page.path, at('/evidence'), page.text);
  assert.equal((await one.get(at(`/evidence/${id}`))).value('v2'), '177.00');
});

test('the_text_of_a_letter_and_the_note_of_a_file_stay', async () => {
  let page = await late(one, 'vol.one', at('/papers/text'), { name: '王小明', facts: '第一件事𠮷\n第二件事', negotiation: '打过电话' }, ['王小明', '第一件事𠮷', '打过电话']);
  assert.equal(page.path, at('/papers'), page.text);
  page = await one.get(at('/papers/text'));
  assert.equal(page.value('name'), '王小明');
  assert.ok(page.form('form').fields.some((f) => f.name === 'laws' && f.checked)); // ticks that were not shown meanwhile
  page = await one.get(at('/files'));
  await end('vol.one');
  page = await one.submit(page, 'form', { kind: 'CHAT', note: '保留的备注', file: file('一.png', png()) });
  assert.equal(page.status, 401);
  assert.equal(page.value('note'), '保留的备注');
  assert.equal(page.value('kind'), 'CHAT');
  await signIn(one, 'vol.one');
  page = await one.submit(page, 'form', { file: file('一.png', png()) }); // browsers do not keep a chosen file
  assert.equal(page.path, at('/files'), page.text);
  assert.match(page.body, /一\.png/);
});

test('a_choice_from_the_case_is_not_lost', async () => {
  const page = await late(one, 'vol.one', at('/ask'), { items: ['CHAT'], text: '请补聊天记录' }, ['请补聊天记录']);
  assert.equal(page.path, at(''), page.text);
  assert.equal(await value("select string_agg(item, ',') from core.missing_item"), 'CHAT');
});

test('an_order_of_statistics_survives_too_and_public_pages_set_no_cookie', async () => {
  const page = await late(regulator, 'reg.one', '/exports',
    { from_day: '2026-11-1', to_day: '2026-11-20', recipient: '某监管部门', legal_basis: '依法调取' });
  assert.match(page.path, /^\/exports\/[0-9a-f-]{36}$/, page.text);
  const stranger = new Client(url);
  await stranger.get('/platforms');
  assert.deepEqual([...stranger.cookies.keys()], []);
});

test('a_foreign_token_does_not_stand_in_for_a_session', async () => {
  const mine = await one.get(at('/notes'));
  await end('vol.one');
  const page = await one.submit(mine, 'form', { body: '没有登录' });
  assert.equal(page.status, 401);
  const again = await one.submit(page, 'form'); // not signed in: the token alone opens nothing
  assert.equal(again.status, 401);
  assert.ok(again.body.includes('没有登录'));
  assert.equal(await value("select count(*) from core.note"), 1);
});
