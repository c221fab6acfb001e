// The demo as people find it: accounts that sign in, a case in every state that opens for its volunteer and for its code, reports that
// show, a release that can be checked.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { eventually, rows, value } from '../support/database.mjs';
import { Client } from '../support/http.mjs';
import { ownStack } from '../support/people.mjs';
import { aiddesk } from '../support/stack.mjs';
import { Authenticator } from '../support/totp.mjs';

let url;
let dir;
let demo;
const people = new Map(); // login -> signed-in client

before(async () => {
  ({ url, dir } = await ownStack(['--demo']));
  demo = JSON.parse(await readFile(path.join(dir, 'demo.json'), 'utf8'));
}, { timeout: 600000 });

async function signIn({ login, password, totp_secret: secret }) {
  const client = new Client(url);
  let page = await client.get('/login');
  page = await client.submit(page, 'form', { login, password });
  if (secret !== null) {
    assert.match(page.path, /^\/login\//, page.text);
    page = await client.submit(page, 'form', { code: await new Authenticator(secret).code() });
  }
  assert.equal(page.status, 200, page.text);
  assert.doesNotMatch(page.path, /^\/login/, page.text);
  return client;
}

async function track(code) {
  const client = new Client(url);
  const page = await client.submit(await client.get('/track'), 'form', { code });
  return { client, page };
}

test('the_file_is_for_its_owner_only_and_has_the_parts_that_scripts_read', async () => {
  assert.equal((await stat(path.join(dir, 'demo.json'))).mode & 0o777, 0o600);
  assert.deepEqual(Object.keys(demo).sort(), ['accounts', 'cases', 'url']);
  assert.equal(demo.url, url);
  for (const account of demo.accounts) assert.deepEqual(Object.keys(account).sort(), ['login', 'password', 'role', 'totp_secret']);
  for (const one of demo.cases) assert.deepEqual(Object.keys(one).sort(), ['number', 'state', 'tracking_code']);
  assert.ok(demo.cases.length > 200, String(demo.cases.length));
});

test('every_account_signs_in_with_its_second_factor_where_it_has_one', async () => {
  assert.deepEqual([...new Set(demo.accounts.map((a) => a.role))].sort(), ['coordinator', 'regulator', 'volunteer']);
  assert.ok(demo.accounts.find((a) => a.role === 'coordinator').totp_secret !== null);
  for (const account of demo.accounts) people.set(account.login, await signIn(account));
});

test('every_state_of_cases_is_there_and_many_of_filings_and_settlements', async () => {
  const states = await rows("select e.code from ref.enumeration e where e.enumeration = 'case_status' and not exists (select from core.case_file c where c.status = e.code)");
  assert.deepEqual(states.map((s) => s.code), []);
  assert.ok(await value('select count(distinct status) from core.filing') >= 15);
  assert.ok(await value('select count(distinct state) from core.settlement') >= 8);
  const wrong = await rows(`select c.case_no, c.status from core.case_file c where c.status <> 'DRAFT' and c.status is distinct from
    (select e.after ->> 'status' from core.event e where e.object_id = c.id and e.object_kind = 'case' and e.after ? 'status' order by e.id desc limit 1)`);
  assert.deepEqual(wrong, [], 'each state was reached by a step');
  assert.equal(await value("select amount from core.clock_offset"), '00:00:00', 'the clock shows the present');
  assert.equal(await value("select count(*) from pg_namespace where nspname = 'demo'"), 0);
  assert.equal(await value('select count(*) from core.event where at > now()'), 0);
});

test('one_case_of_each_state_opens_on_the_desk_for_its_volunteer_and_by_its_code', async () => {
  const seen = await rows(`select distinct on (c.status) c.case_no, c.status, u.login from core.case_file c
    left join core.app_user u on u.id = c.assignee
    where c.status not in ('DRAFT', 'ERASED') and c.closure_reason is distinct from 'CONSENT_WITHDRAWN' order by c.status, c.submitted_at desc`);
  const lead = demo.accounts.find((a) => a.role === 'coordinator').login;
  assert.equal(seen.length, 16);
  for (const { case_no: number, status, login } of seen) {
    const volunteer = people.get(login ?? lead);
    const page = await volunteer.get(`/desk/cases/${number}`);
    assert.equal(page.status, 200, `${status} ${number}: ${page.text}`);
    assert.match(page.text, /付款|充|卡密|下单|扣了|买/, `${status}: the story is opened`);
    const picture = /src="(\/desk\/cases\/[^"]+)"/.exec(page.body + (await volunteer.get(`/desk/cases/${number}/evidence`)).body)[1];
    const preview = await volunteer.get(picture);
    assert.equal(preview.headers['content-type'], 'image/jpeg', `${status}: a preview of the evidence`);
    // Whatever the pages of the case offer leads somewhere.
    const found = [`/desk/cases/${number}`];
    for (const where of found) {
      if (found.length > 80) break;
      const opened = await volunteer.get(where);
      assert.equal(opened.status, 200, `${status} ${where}: ${opened.text}`);
      for (const [, link] of opened.body.matchAll(/href="(\/desk\/cases\/[^"#?]+)"/g)) {
        if (link.startsWith(`/desk/cases/${number}/`) && !/\/(file|preview)\//.test(link) && !found.includes(link)) found.push(link);
      }
    }

    const told = demo.cases.find((c) => c.number === number);
    assert.equal(told.state, status);
    const complainant = await track(told.tracking_code);
    assert.equal(complainant.page.path, '/track/case', `${status}: ${complainant.page.text}`);
    assert.match(complainant.page.text, new RegExp(number));
    for (const where of ['/track/messages', '/track/evidence', '/track/decisions', '/track/papers']) {
      const opened = await complainant.client.get(where);
      assert.equal(opened.status, 200, `${status} ${where}: ${opened.text}`);
    }
  }
});

test('some_platforms_are_public_and_others_have_too_few_cases', async () => {
  const page = await new Client(url).get('/platforms');
  assert.equal(page.status, 200);
  assert.match(page.text, /示例星河卡盟/);
  // Which platform has few cases depends on whom the invented people happened to choose.
  const [small] = await rows(`select p.name, count(*) as n from core.case_file c join core.platform p on p.id = c.platform
    where c.submitted_at is not null and c.lane <> 'queue' group by 1 order by 2, 1 limit 1`);
  assert.ok(small.n < 10, `${small.name} ${small.n}`);
  assert.ok(!page.text.includes(small.name), small.name);
  const lead = people.get(demo.accounts.find((a) => a.role === 'coordinator').login);
  const reports = await lead.get('/reports');
  assert.equal(reports.status, 200, reports.text);
  // What waits in the review lane is not counted yet.
  const counted = await value("select count(*)::int from core.case_file where submitted_at is not null and lane <> 'queue'");
  assert.match(reports.text, new RegExp(`${counted} 收到`));
  assert.ok((await lead.get('/reports/platforms')).text.includes(small.name), 'staff see the small ones');
});

test('a_regulator_asks_for_a_release_that_can_be_checked', async () => {
  const regulator = people.get(demo.accounts.find((a) => a.role === 'regulator').login);
  const today = await value("select (now() at time zone 'Asia/Shanghai')::date::text");
  let page = await regulator.get('/exports');
  page = await regulator.submit(page, 'form', { from_day: '2026-01-01', to_day: today, recipient: '某市监管机构', legal_basis: '统计' });
  assert.equal(page.status, 200, page.text);
  await eventually("select count(*) = 1 from core.export where state = 'done'");
  page = await regulator.get(page.path);
  const folder = await mkdtemp('/tmp/aiddesk-demo-export-');
  try {
    for (const name of ['statistics.csv', 'statistics.json', 'manifest.json'].flatMap((n) => [n, `${n}.sig`])) {
      await writeFile(path.join(folder, name), (await regulator.get(`${page.path}/${name}`)).bytes);
    }
    await writeFile(path.join(folder, 'key.txt'), (await regulator.get('/exports/key')).bytes);
    await aiddesk('export', 'verify', '--key', path.join(folder, 'key.txt'), folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('it_is_not_loaded_twice', async () => {
  const before = await value('select count(*) from core.case_file');
  await assert.rejects(aiddesk('demo', '--output', path.join(dir, 'again.json'), '--lang', 'en'), /empty one/);
  await assert.rejects(aiddesk('demo', '--output', path.join(dir, 'demo.json'), '--lang', 'en'), /exists already/);
  await assert.rejects(stat(path.join(dir, 'again.json')));
  assert.equal(await value('select count(*) from core.case_file'), before);
});
