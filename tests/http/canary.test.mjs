// Secrecy at rest: a case whose every personal field, file, code and password holds a string that stands nowhere else is filed, worked and
// settled; then none of them is found in a dump, the data directory with its WAL, any log, the runtime folder, the metrics, or a backup.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { mkdtemp, open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { decided } from '../support/casework.mjs';
import { psql, value } from '../support/database.mjs';
import { pdf, png } from '../support/files.mjs';
import { Client, file } from '../support/http.mjs';
import { coordinator, enrol, invited, ownStack } from '../support/people.mjs';
import { filed, takenOn } from '../support/progress.mjs';
import { aiddesk, stack } from '../support/stack.mjs';

const { url, metrics } = await ownStack();
const mark = `k9${randomBytes(5).toString('hex')}`;
let n = 0;
/** A text that stands nowhere else; every one begins with the same mark, so one search finds them all. */
const canary = (words = '') => `${mark}n${n++}${words}`;
const digits = (count) => Array.from({ length: count }, () => randomInt(10)).join('');
/** What cannot hold the mark: name and bytes. */
const others = new Map();

const lead = await coordinator(url);
const one = await invited(lead, url, 'volunteer', 'vol.one');
await lead.get('/desk');

/** Everything that a program may write a secret as: as typed, in the other case, and as bytea is dumped. */
function forms(text) {
  const all = new Set([text, text.toUpperCase(), text.toLowerCase()]);
  for (const one of [...all]) all.add(Buffer.from(one).toString('hex'));
  return [...all].map((form) => Buffer.from(form));
}

/** Names of the secrets that a file holds, read in pieces that overlap. */
async function found(name, secrets) {
  const piece = Buffer.alloc(8 << 20);
  const overlap = 512;
  const hits = new Set();
  const handle = await open(name);
  try {
    for (let kept = 0; ;) {
      const { bytesRead } = await handle.read(piece, kept, piece.length - kept);
      if (bytesRead === 0) return hits;
      const seen = piece.subarray(0, kept + bytesRead);
      for (const [what, wanted] of secrets) if (wanted.some((form) => seen.includes(form))) hits.add(what);
      kept = Math.min(overlap, seen.length);
      piece.copyWithin(0, seen.length - kept, seen.length);
    }
  } finally {
    await handle.close();
  }
}

/** Below a folder, every regular file. */
async function* files(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* files(name);
    else if (entry.isFile()) yield name;
  }
}

/** What stands where: ["place: secret", …]. */
async function leaks(folder, secrets) {
  const list = [];
  for await (const name of files(folder)) {
    // PostgreSQL and nginx remove files of theirs while this reads.
    const hits = await found(name, secrets).catch((error) => (error.code === 'ENOENT' ? new Set() : Promise.reject(error)));
    for (const what of hits) list.push(`${name}: ${what}`);
  }
  return list;
}

const secrets = () => [['a canary', forms(mark)], ...[...others].map(([what, text]) => [what, forms(text)])];

/** A complaint with a canary in every field; returns number and tracking code. */
async function complaint() {
  const client = new Client(url);
  const mobile = `139${digits(8)}`;
  let page = await client.submit(await client.get('/complaint/platform'), 'form', {
    platform: '样例卡盟', platform_link: `https://shop.example/${canary()}`, product: 'game_card', order_no: canary(), pay_method: 'alipay', payment_no: canary(),
  });
  page = await client.submit(page, 'form', { problem: 'not_received', amount: '176', story: canary('付款以后一直没有到账，𠮷龘。'), wanted: ['refund', 'other'], wanted_other: canary('道歉') });
  page = await client.submit(page, 'form', { note: canary('说明'), photo: file(`${canary('付款')}.png`, png(), 'image/png') });
  page = await client.submit(page, 'form', { file: file(`${canary()}.txt`, Buffer.from(canary('聊天记录').repeat(3)), 'text/plain') });
  page = await client.get('/complaint/contact');
  page = await client.submit(page, 'form', { who: 'self', contact_way: 'mobile', mobile, call_name: canary('林'), hours: canary('晚上'), safe: ['text'], purpose: 'own_use' });
  assert.equal(page.path, '/complaint/check', page.text);
  await psql("update core.case_file set created_at = created_at - interval '1 hour' where submitted_at is null");
  page = await client.submit(page, 'agree', { agree: true, agree_identity: true, agree_sensitive: true });
  assert.equal(page.path, '/complaint/receipt', page.text);
  const code = /data-code>(.*?)<\/p>/s.exec(page.body)[1].replaceAll(/<[^>]*>/g, '').trim().replaceAll(/\s+/g, '');
  others.set('the mobile number', mobile).set('the tracking code', code.replaceAll('-', ''));
  return { number: /AD\d\d-\d{6}/.exec(page.text)[0], code };
}

/** A draft that stays one. */
async function draft() {
  const client = new Client(url);
  let page = await client.submit(await client.get('/complaint/platform'), 'form', { platform: '样例', product: 'other', order_no: canary() });
  page = await client.submit(page, 'form', { problem: 'late', amount: '5', story: canary('还没有写完的经过，下次再来。'), wanted: ['refund'] });
  page = await client.submit(await client.get('/complaint/evidence'), 'form', {}, { button: '/complaint/evidence?then=save' });
  page = await client.submit(page, '/complaint/save');
  const code = /data-code>(.*?)<\/p>/s.exec(page.body)?.[1].replaceAll(/<[^>]*>/g, '').replaceAll(/[\s-]+/g, '');
  assert.ok(code, page.text);
  others.set('the resume code', code);
  for (const [name, text] of client.cookies) others.set(`the cookie ${name} of a draft`, text);
}

test('a_case_full_of_canaries_is_filed_worked_and_settled', async () => {
  // Somebody of the staff, whose password, second factor and codes are secrets too.
  const secret = canary('Passwort!');
  let page = await lead.submit(await lead.get('/account/people'), '/account/people/invite', { role: 'volunteer' });
  const link = /\/invite\/([A-Za-z0-9_-]{43})/.exec(page.body);
  others.set('the invitation', link[1]);
  const third = new Client(url);
  await third.submit(await third.get(link[0]), 'form', { display_name: '志愿者三', login: 'vol.three', password: secret });
  await enrol(third);
  others.set('the second factor', third.phone.secret.replaceAll(' ', '')).set('a recovery code', third.codes[0].replaceAll(/[\s-]/g, ''));
  await third.submit(await third.get('/account/password'), 'form', { present: secret, password: canary('anders') });

  await draft();
  const { number, code } = await complaint();
  const at = (where) => `/desk/cases/${number}${where}`;
  const complainant = new Client(url);
  page = await complainant.submit(await complainant.get('/track'), 'form', { code });
  assert.equal(page.path, '/track/case', page.text);
  await complainant.submit(await complainant.get('/track/messages'), 'form', { body: canary('我的留言') });
  page = await lead.get(at(''));
  if (page.forms.some((f) => f.action.endsWith('/release'))) await lead.submit(page, at('/release'));
  if ((await one.get(at(''))).status !== 200) {
    const id = await value("select id from core.app_user where login = 'vol.one'");
    await lead.submit(await lead.get(at('/assign')), 'form', { person: id, note: canary('交接') });
  }
  await takenOn(one, number);
  await one.submit(await one.get(at('/notes')), 'form', { body: canary('内部备注') });
  await one.submit(await one.get(at('/messages')), 'form', { body: canary('给您的留言') });
  page = await one.get(at('/evidence/new?kind=CHAT'));
  page = await one.submit(page, 'form', { v1: '平台客服', v2: canary('客服'), v3: '2026-11-1 12:00', v4: '2026-11-1 12:30', v5: 'yes', proves: canary('证明') });
  page = await one.submit(await one.get(at('/demands/new')), 'form', { kind: 'REFUND', amount: '176', by_day: '2099-1-1', text: `请在2099年1月1日前退款176元 ${canary()}` });
  assert.equal(page.path, at('/demands'), page.text);
  await one.submit(await one.get(at('/files')), 'form', { kind: 'CHAT', note: canary('附注'), file: file(`${canary()}.txt`, Buffer.from(canary('邮件'))) });
  page = await one.submit(await one.get(at('/papers/text')), 'form', {
    addressee: canary('收件人'), name: canary('王'), name_real: true, identity: canary('证件'), facts: canary('事实经过'), negotiation: canary('协商'),
  });
  assert.equal(page.path, at('/papers'), page.text);
  await filed(number, ['PLATFORM_TICKET']);
  await one.submit(await one.get(at('/papers')), at('/papers'));

  const day = (days) => new Date(Date.now() + days * 86400000 + 8 * 3600000).toISOString().slice(0, 10);
  await one.submit(await one.get(at('/settlement/offer')), 'form', { side: 'respondent', offer: '176', words: canary('愿意退款') });
  page = await one.submit(await one.get(at('/settlement/terms')), 'form', {
    name_a: canary('甲'), identity_a: canary('身份证'), contact_a: canary('联系'), name_b: '样例网络有限公司', credit_code: '91350100M000100Y43', contact_b: 'service@example.com',
    dispute: canary('争议'), kind: 'REFUND', amount: '176', account: canary('账户'), perform_by: day(9), method: '原路退回', copies: '2', withdraw_days: '3',
  });
  assert.equal(page.path, at('/settlement'), page.text);
  await one.submit(page, at('/settlement/agreement'));
  await one.submit(await one.get(at('/settlement/sign')), 'form', { signer: 'complainant', signed_on: day(0), same_text: true });
  const signed = Buffer.concat([pdf(), Buffer.from(`\n% ${canary()}\n`)]);
  page = await one.submit(await one.get(at('/settlement/signed')), 'form', { signed_on: day(0), file: file(`${canary('协议')}.pdf`, signed, 'application/pdf') });
  assert.equal(page.path, at('/settlement'), page.text);
  page = await one.submit(await one.get(at('/settlement/performed')), 'form', { done_on: day(0), ref_no: canary(), file: file(`${canary('到账')}.png`, png(), 'image/png') });
  assert.equal(page.path, at('/settlement'), page.text);
  await one.submit(page, at('/settlement/receipt'), { amount: '176' });
  await decided(complainant, 'received');
  assert.equal(await value(`select status from core.case_file where case_no = '${number}'`), 'PERFORMED');
  for (const [who, client] of [['a complainant', complainant], ['a volunteer', one], ['a coordinator', lead]]) {
    for (const [name, text] of client.cookies) if (text.length > 20) others.set(`the cookie ${name} of ${who}`, text);
  }
  assert.ok(n >= 35, `${n} canaries`);
});

test('none_of_them_stands_in_a_dump_a_file_a_log_or_a_backup', async () => {
  const made = await stack();
  const folder = await mkdtemp('/tmp/aiddesk-canary-');
  try {
    await psql('checkpoint');
    await promisify(execFile)('pg_dump', ['--host', made.pg, '--username', 'postgres', '--file', path.join(folder, 'dump.sql'), 'aiddesk'], { maxBuffer: 1 << 28 });
    await aiddesk('backup', path.join(folder, 'backup'));
    const page = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
    assert.ok(!page.includes(mark), 'metrics');
    assert.deepEqual(await leaks(folder, secrets()), []);
    assert.deepEqual(await leaks(path.join(made.dir, 'pg'), secrets()), []);
    assert.deepEqual(await leaks(made.logs, secrets()), []);
    assert.deepEqual(await leaks(made.run, secrets()), []);
    // The search itself finds what is there: a note in the clear, in the data directory and in a dump.
    await psql("create table public.planted (note bytea); insert into public.planted values (convert_to(:'mark', 'UTF8')); checkpoint", { mark });
    assert.notDeepEqual(await leaks(path.join(made.dir, 'pg'), secrets()), []);
    await promisify(execFile)('pg_dump', ['--host', made.pg, '--username', 'postgres', '--file', path.join(folder, 'dump.sql'), 'aiddesk']);
    assert.deepEqual(await leaks(folder, secrets()), [`${folder}/dump.sql: a canary`]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
