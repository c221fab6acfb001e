// One complaint through the pages, without scripts: setup, invitation, public form, desk, messages both ways, release of statistics.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { eventually } from '../support/database.mjs';
import { png } from '../support/files.mjs';
import { Client, file } from '../support/http.mjs';
import { aiddesk, stack } from '../support/stack.mjs';
import { Authenticator } from '../support/totp.mjs';

const password = 'correct horse battery 7';
const story = '2026年11月1日付款176元买点卡，至今没有到账，𠮷龘，客服不回。';

/** Makes the second factor of a signed-in client; returns its authenticator. */
async function enrol(client) {
  let page = await client.get('/account/totp');
  page = await client.submit(page, '/account/totp/start');
  const secret = /<code class="secret">([^<]+)</.exec(page.body)[1].replaceAll(' ', '');
  const phone = new Authenticator(secret);
  page = await client.submit(page, '/account/totp', { code: await phone.code() });
  assert.equal(page.status, 200, page.text);
  assert.equal((page.body.match(/<li><code>/g) ?? []).length, 10);
  return phone;
}

/** The first coordinator, by the one-time link of `aiddesk setup`. */
async function firstCoordinator(url) {
  const { stdout } = await aiddesk('setup');
  const link = /\/setup\/[A-Za-z0-9_-]{43}/.exec(stdout)[0];
  const client = new Client(url);
  let page = await client.get(link);
  assert.equal(page.status, 200, page.text);
  const groups = [...page.body.matchAll(/<code>([0-9A-HJKMNP-TV-Z]{4})<\/code>/g)].map((m) => m[1]);
  assert.equal(groups.length, 14);
  page = await client.get('/setup/account');
  const asked = Number(/第 (\d+) 组/.exec(page.body)[1]);
  const person = { display_name: '负责人甲', login: 'lead.one', password };
  page = await client.submit(page, 'form', { ...person, group: 'ZZZZ' === groups[asked - 1] ? 'YYYY' : 'ZZZZ' });
  assert.equal(page.status, 422);
  assert.match(page.body, /负责人甲/);
  page = await client.submit(page, 'form', { ...person, group: groups[asked - 1].toLowerCase() });
  assert.equal(page.path, '/account/totp', page.text);
  await enrol(client);
  return client;
}

/** Invites and signs up a person; returns the signed-in client. */
async function invited(lead, url, role, login) {
  let page = await lead.get('/account/people');
  page = await lead.submit(page, '/account/people/invite', { role });
  const link = /\/invite\/[A-Za-z0-9_-]{43}/.exec(page.body)[0];
  const client = new Client(url);
  page = await client.get(link);
  page = await client.submit(page, 'form', { display_name: `某${login}`, login, password });
  assert.equal(page.status, 200, page.text);
  return client;
}

/** Fills the public form; returns client, case number and tracking code. */
async function complain(url) {
  const client = new Client(url);
  let page = await client.get('/complaint/platform');
  page = await client.submit(page, 'form', { platform: '示例卡盟甲', product: 'game_card', order_no: 'ＡＢ－１２３４５', pay_method: 'alipay' });
  assert.equal(page.path, '/complaint/story', page.text);
  page = await client.submit(page, 'form', { problem: 'not_received', amount: '１７６．００元', story, wanted: ['refund'] });
  assert.equal(page.path, '/complaint/evidence', page.text);
  page = await client.submit(page, 'photo', { photo: file('付款.png', png(), 'image/png') });
  assert.equal(page.status, 200, page.text);
  assert.match(page.body, /付款\.png/);
  page = await client.get('/complaint/contact');
  page = await client.submit(page, 'form', { who: 'self', contact_way: 'none', purpose: 'own_use' });
  assert.equal(page.path, '/complaint/check', page.text);
  assert.match(page.body, /𠮷龘/);
  page = await client.submit(page, 'agree', { agree: true, agree_identity: true, agree_sensitive: true });
  assert.equal(page.path, '/complaint/receipt', page.text);
  const code = /data-code>(.*?)<\/p>/s.exec(page.body)[1].replaceAll(/<[^>]*>/g, '').trim();
  assert.match(code.replaceAll(' ', ''), /^[0-9A-HJKMNP-TV-Z]{24}$/);
  const number = /AD\d\d-\d{6}/.exec(page.text)[0];
  return { client, code, number };
}

test('a_complaint_goes_from_the_form_to_a_volunteer_and_into_a_signed_release', async () => {
  const { url } = await stack();
  const lead = await firstCoordinator(url);
  const volunteer = await invited(lead, url, 'volunteer', 'vol.one');
  const regulator = await invited(lead, url, 'regulator', 'reg.one');
  assert.equal((await lead.get('/desk')).status, 200); // seals the pool key to the volunteer

  const { code, number } = await complain(url);

  // Typed faster than people can: a coordinator looks first, then it goes to a volunteer.
  let page = await lead.get('/desk/cases?scope=unassigned');
  assert.match(page.body, new RegExp(number), page.text);
  page = await lead.get(`/desk/cases/${number}`);
  page = await lead.submit(page, `/desk/cases/${number}/release`);
  assert.equal(page.status, 200, page.text);

  // The case reached the volunteer, who opens it.
  page = await volunteer.get('/desk');
  assert.match(page.body, new RegExp(number), page.text);
  page = await volunteer.get(`/desk/cases/${number}`);
  assert.equal(page.status, 200, page.text);
  assert.match(page.body, /𠮷龘/);
  page = await volunteer.submit(page, `/desk/cases/${number}/accept`);
  page = await volunteer.get(`/desk/cases/${number}/review`);
  page = await volunteer.submit(page, 'form', { responsibility: 'PLATFORM', paid: true, not_performed: true, causation: true, user_error_excluded: true, knew_on: '2026-11-2' });
  assert.equal(page.path, `/desk/cases/${number}`, page.text);
  page = await volunteer.submit(page, `/desk/cases/${number}/take-on`);
  assert.equal(page.status, 200, page.text);

  // Notes stay inside, messages go out.
  page = await volunteer.get(`/desk/cases/${number}/notes`);
  await volunteer.submit(page, 'form', { body: '内部：先核对订单' });
  page = await volunteer.get(`/desk/cases/${number}/messages`);
  await volunteer.submit(page, 'form', { body: '您好，请保留聊天记录。' });

  const complainant = new Client(url);
  page = await complainant.get('/track');
  page = await complainant.submit(page, 'form', { code: code.toLowerCase() });
  assert.equal(page.path, '/track/case', page.text);
  assert.match(page.body, new RegExp(number));
  page = await complainant.get('/track/messages');
  assert.match(page.body, /请保留聊天记录/);
  assert.doesNotMatch(page.body, /先核对订单/);
  await complainant.submit(page, 'form', { body: '好的，谢谢。' });
  assert.match((await volunteer.get(`/desk/cases/${number}/messages`)).body, /好的，谢谢。/);

  // Nobody else sees it: another's and missing are alike.
  const theirs = await regulator.get(`/desk/cases/${number}`);
  const missing = await regulator.get('/desk/cases/AD26-000000');
  assert.equal(theirs.status, 404);
  assert.equal(missing.status, 404);

  // The regulator asks for a release, and it can be checked offline.
  page = await regulator.get('/exports');
  page = await regulator.submit(page, 'form', { from_day: '2026-01-01', to_day: '2026-11-01', recipient: '某市监管机构', legal_basis: '统计' });
  assert.equal(page.status, 200, page.text);
  await eventually("select count(*) = 1 from core.export where state = 'done'");
  page = await regulator.get(page.path);
  const dir = await mkdtemp('/tmp/aiddesk-export-');
  try {
    for (const name of ['statistics.csv', 'statistics.json', 'manifest.json']) {
      for (const full of [name, `${name}.sig`]) {
        const got = await regulator.get(`${page.path}/${full}`);
        assert.equal(got.status, 200, full);
        await writeFile(path.join(dir, full), got.bytes);
      }
    }
    assert.equal((await readFile(path.join(dir, 'statistics.csv'))).subarray(0, 3).toString('hex'), 'efbbbf');
    const key = path.join(dir, 'key.txt');
    await writeFile(key, (await regulator.get('/exports/key')).bytes);
    await aiddesk('export', 'verify', '--key', key, dir);
    await writeFile(path.join(dir, 'statistics.csv'), 'changed');
    await assert.rejects(aiddesk('export', 'verify', '--key', key, dir));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

test('unknown_names_and_wrong_passwords_get_the_same_answer', async () => {
  const client = new Client((await stack()).url);
  const answers = [];
  for (const login of ['nobody.here', 'vol.one']) {
    const page = await client.get('/login');
    const answer = await client.submit(page, 'form', { login, password: 'wrong password 1' });
    answers.push([answer.status, answer.body.replaceAll(login, '').replace(/name="csrf" value="[^"]*"/g, '')]);
  }
  assert.equal(answers[0][0], 422);
  assert.deepEqual(answers[0], answers[1]);
});

test('a_slip_in_a_tracking_code_is_told_and_unknown_codes_are_not_found', async () => {
  const client = new Client((await stack()).url);
  let page = await client.get('/track');
  page = await client.submit(page, 'form', { code: '7K3M-Q9TX-4HVB-2NRD-8WYC-5FJ1' });
  assert.match(page.body, /抄错了一位/);
  page = await client.submit(page, 'form', { code: '7K3M-Q9TX-4HVB-2NRD-8WYC-5FJ0' });
  assert.match(page.body, /没有找到/);
  assert.match(page.body, /7K3M-Q9TX-4HVB-2NRD-8WYC-5FJ0/);
});
