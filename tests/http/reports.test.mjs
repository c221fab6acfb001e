// Status reports and releases: minimum numbers, suppression, what staff see beyond, charts with tables, CSV, and a release that public tools
// check (the commands are taken from its page and run as they stand there).
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { eventually, psql, rows, value } from '../support/database.mjs';
import { decode } from '../support/html.mjs';
import { Client } from '../support/http.mjs';
import { coordinator, invited, ownStack } from '../support/people.mjs';

const { url } = await ownStack();
const lead = await coordinator(url);
const regulator = await invited(lead, url, 'regulator', 'reg.one');
const volunteer = await invited(lead, url, 'volunteer', 'vol.one');

const day = await value("select to_char(engine.today() - 20, 'YYYY-MM-DD')");
/** A platform with figures as the service itself would have written them, today's unfolded. */
async function platform(name, figures) {
  const id = await value('select gen_random_uuid()');
  await psql("insert into core.platform (id, name, name_key, status) values (:'id'::uuid, :'name', :'id', 'OPERATING')", { id, name });
  for (const [measure, dimension, n, problem = 'NOT_CREDITED'] of figures) {
    await psql("insert into stat.delta (day, platform, product_type, problem_type, measure, dimension, n) values (:'day'::date, :'id'::uuid, 'GAME_CARD', :'problem', :'measure', :'dimension', :'n'::bigint)", { day, id, measure, dimension, n, problem });
  }
  return id;
}
const cells = (a, b, resolved) => [['submitted', '', a], ['submitted', '', 3, 'KEY_INVALID'], ['open', '', a + 3 - b], ['closed', 'SETTLED_PERFORMED', b - 4], ['closed', 'ABANDONED', 4], ['resolved', '', resolved]];
const shown = await platform('公示甲<b>&"', cells(20, 14, 9));
const tooFewClosed = await platform('结案不足乙', cells(20, 9, 5));
const tooFew = await platform('数量不足丙', [['submitted', '', 4], ['open', '', 4]]);

test('only_platforms_with_enough_cases_are_public', async () => {
  const anyone = new Client(url);
  const page = await anyone.get('/platforms');
  assert.ok(page.text.includes('公示甲<b>&"'), page.text);
  assert.ok(page.body.includes('公示甲&lt;b&gt;&amp;&quot;'));
  for (const name of ['结案不足乙', '数量不足丙']) assert.ok(!page.body.includes(name), name);
  assert.equal((await anyone.get(`/platforms/${shown}`)).status, 200);
  // What is not shown and what does not exist are answered alike.
  const answers = [];
  for (const id of [tooFewClosed, tooFew, '00000000-0000-4000-8000-000000000000']) {
    const answer = await anyone.get(`/platforms/${id}`);
    answers.push([answer.status, answer.text.replace(/[0-9a-f]{16}/, '')]);
    assert.equal((await anyone.get(`/platforms/${id}/csv/closed`)).status, 404);
  }
  assert.deepEqual(answers[0], answers[1]);
  assert.deepEqual(answers[0], answers[2]);
  assert.equal(answers[0][0], 404);
  for (const where of ['/reports', '/reports/platforms', `/reports/platforms/${shown}`, '/reports/csv/closed', '/exports']) assert.match((await anyone.get(where)).path, /^\/login/, where);
  assert.equal((await volunteer.get('/exports')).status, 404);
  assert.equal((await volunteer.get('/reports/platforms')).status, 200);
});

test('small_numbers_are_hidden_in_page_chart_csv_and_json_alike', async () => {
  const anyone = new Client(url);
  const page = await anyone.get(`/platforms/${shown}`);
  assert.match(page.text, /少于 5，不公布/);
  // 3 of 23 had another problem: with the total known, hiding one cell alone would give it away.
  const csv = (await anyone.get(`/platforms/${shown}/csv/problem`));
  assert.equal(csv.headers['content-type'], 'text/csv; charset=utf-8');
  assert.match(csv.headers['content-disposition'], /^attachment; filename="[\w.-]+\.csv"$/);
  assert.equal(csv.bytes.subarray(0, 3).toString('hex'), 'efbbbf', 'Excel needs it');
  const lines = csv.body.replace('\ufeff', '').split('\r\n');
  assert.equal(lines.at(-1), '', 'each line ends');
  assert.ok(!csv.body.replaceAll('\r\n', '').includes('\n'), 'with CRLF');
  const table = lines.slice(1, -1).map((line) => line.split(','));
  assert.equal(table.filter((r) => r[2] === '是').length >= 2, true, csv.body);
  assert.ok(table.filter((r) => r[2] === '是').every((r) => r[1] === ''));
  assert.doesNotMatch(csv.body, /,3,/, 'the small number');
  const drawn = [...page.body.matchAll(/<figure class="chart">([\s\S]*?)<\/figure>/g)].map((m) => m[1]).find((f) => f.includes(`/platforms/${shown}/csv/problem`));
  assert.doesNotMatch(drawn, /(<td[^>]*>|class="chart-value[^>]*>)3</, 'the small number');
  const model = (await anyone.get(`/platforms/${shown}`, { headers: { Accept: 'application/json' } })).json;
  const figure = model.figures.find((f) => f.csv?.endsWith('/problem'));
  assert.equal(figure.rows.length, table.length, 'the page has the rows of the file');
  assert.ok(figure.rows.every((row) => row.value_text !== '3'));
  // Charts are drawn by the server, with a title, and the table stands beside them.
  const figures = [...page.body.matchAll(/<figure class="chart">([\s\S]*?)<\/figure>/g)].map((m) => m[1]);
  assert.ok(figures.length >= 3);
  for (const one of figures.filter((f) => f.includes('<svg'))) {
    assert.match(one, /<svg[^>]*role="img"[^>]*>\s*<title>[^<]+<\/title>/);
    assert.match(one, /<details>[\s\S]*<table class="table">[\s\S]*<th scope="col">/);
    assert.doesNotMatch(one, /style=|<script|undefined|NaN/);
  }
});

test('staff_see_more_and_the_formula_in_a_name_does_not_run', async () => {
  const page = await lead.get('/reports/platforms');
  for (const name of ['公示甲', '结案不足乙', '数量不足丙']) assert.ok(page.text.includes(name), name);
  const one = await lead.get(`/reports/platforms/${tooFew}`);
  assert.equal(one.status, 200, one.text);
  assert.match(one.text, /涉及金额/);
  for (const measure of ['closed', 'problem', 'filed', 'filing_outcome', 'overdue']) assert.equal((await lead.get(`/reports/platforms/${tooFew}/csv/${measure}`)).status, 200, measure);
  assert.equal((await lead.get(`/reports/platforms/${tooFew}/csv/nothing`)).status, 404);
  // Neither page nor JSON tells the public or a regulator sums that grow with each complaint, or single cases.
  const open = (await new Client(url).get(`/platforms/${shown}`, { headers: { Accept: 'application/json' } })).json;
  for (const hidden of ['claimed_fen', 'received_fen', 'settled', 'breached', 'overdue']) assert.equal(open[hidden], null, hidden);
  assert.doesNotMatch((await new Client(url).get(`/platforms/${shown}`)).text, /涉及金额/);
  assert.equal((await regulator.get(`/reports/platforms/${tooFew}`)).status, 404);
  assert.ok(!(await regulator.get('/reports/platforms')).text.includes('数量不足丙'));
  // English, and folded by the worker: the same figures.
  await eventually('select count(*) = 0 from stat.delta', {}, 90);
  const english = await regulator.get('/reports/platforms?lang=en');
  assert.match(english.text, /公示甲<b>&" 23 9 14 9/);
  await regulator.get('/reports?lang=zh-CN');
});

test('a_release_is_frozen_complete_and_checked_with_public_tools', async () => {
  let page = await regulator.get('/exports');
  const to = await value("select to_char(engine.today(), 'YYYY-MM-DD')");
  for (const [wrong, field] of [[{ to_day: '2999-1-1' }, 'to_day'], [{ from_day: to, to_day: '2020-1-1' }, 'to_day'], [{ recipient: '' }, 'recipient'], [{ legal_basis: 'x'.repeat(121) }, 'legal_basis']]) {
    page = await regulator.submit(await regulator.get('/exports'), 'form', { from_day: '2026-1-1', to_day: to, recipient: '某局𠮷', legal_basis: '统计', ...wrong });
    assert.equal(page.status, 422);
    assert.match(page.body, new RegExp(`id="f-${field}-error"`));
    assert.equal(page.value('recipient'), wrong.recipient ?? '某局𠮷');
  }
  page = await regulator.submit(await regulator.get('/exports'), 'form', { from_day: '2026-1-1', to_day: to, recipient: '某局𠮷', legal_basis: '统计' });
  assert.match(page.path, /^\/exports\/[0-9a-f-]{36}$/, page.text);
  const where = page.path;
  await eventually("select count(*) = 1 from core.export where state = 'done'");
  page = await regulator.get(where);
  const dir = await mkdtemp('/tmp/aiddesk-release-');
  try {
    const names = [...page.body.matchAll(new RegExp(`href="${where}/([^"]+)"`, 'g'))].map((m) => m[1]);
    assert.deepEqual(names.toSorted?.() ?? [...names].sort(), ['manifest.json', 'manifest.json.sig', 'statistics.csv', 'statistics.csv.sig', 'statistics.json', 'statistics.json.sig']);
    const got = {};
    for (const name of names) {
      const answer = await regulator.get(`${where}/${name}`);
      assert.equal(answer.status, 200);
      assert.match(answer.headers['content-disposition'], new RegExp(`filename="${name.replaceAll('.', '\\.')}"`));
      got[name] = answer.bytes;
      assert.equal(Buffer.compare((await regulator.get(`${where}/${name}`)).bytes, answer.bytes), 0, 'frozen');
      assert.ok(page.body.includes(createHash('sha256').update(answer.bytes).digest('hex')), `${name}: the digest of the page`);
      await writeFile(path.join(dir, name), answer.bytes);
    }
    await writeFile(path.join(dir, 'export-key.pem'), (await new Client(url).get('/exports/key.pem')).bytes);
    // As the page says, in a shell with OpenSSL and Perl.
    const commands = decode(/<code id="verify">([\s\S]*?)<\/code>/.exec(page.body)[1]);
    const shell = () => promisify(execFile)('/bin/sh', ['-e', '-c', commands], { cwd: dir });
    const said = (await shell()).stdout;
    assert.match(said, /Signature Verified Successfully/);
    const manifest = JSON.parse(got['manifest.json']);
    for (const name of ['statistics.csv', 'statistics.json']) {
      const line = said.split('\n').find((l) => l.endsWith(name));
      assert.equal(line.slice(0, 64), manifest.files.find((f) => f.name === name).sha256, name);
    }
    // And without any of that: node's own cryptography.
    const key = createPublicKey(await readFile(path.join(dir, 'export-key.pem'), 'utf8'));
    for (const name of names.filter((f) => !f.endsWith('.sig'))) {
      const sig = JSON.parse(got[`${name}.sig`]);
      const part = (bytes) => Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
      const message = (bytes) => Buffer.concat([part(Buffer.from('aiddesk/1/export')), part(Buffer.from(sig.release)), part(createHash('sha256').update(bytes).digest())]);
      assert.ok(verify(null, message(got[name]), key, Buffer.from(sig.signature, 'hex')), name);
      assert.ok(!verify(null, message(Buffer.concat([got[name], Buffer.from(' ')])), key, Buffer.from(sig.signature, 'hex')), name);
    }
    await writeFile(path.join(dir, 'manifest.json'), String(got['manifest.json']).replace(/"bytes": ?\d/, '$&9'));
    await assert.rejects(shell(), 'a changed manifest is noticed');
    // CSV: BOM, CRLF, the rows that the page counts; JSON: the same cells and what each means.
    const csv = got['statistics.csv'].toString();
    assert.equal(csv.charCodeAt(0), 0xfeff);
    const lines = csv.slice(1).split('\r\n');
    assert.equal(lines.at(-1), '');
    assert.ok(!csv.replaceAll('\r\n', '').match(/[\r\n]/));
    const [{ row_count: count, suppressed }] = await rows('select row_count, suppressed from core.export');
    assert.equal(lines.length - 2, Number(count));
    assert.ok(Number(suppressed) > 0);
    assert.doesNotMatch(csv, /结案不足乙.*,3,|数量不足丙/, 'a platform with few cases is not named');
    const json = JSON.parse(got['statistics.json']);
    const text = JSON.stringify(json);
    for (const word of ['data_cut_off', 'suppressed', 'submitted', 'closed', 'resolved']) assert.ok(text.includes(word), word);
    const dictionary = Object.entries(json).find(([name]) => /dictionary|definitions|columns/.test(name));
    assert.ok(dictionary, Object.keys(json).join());
    assert.doesNotMatch(text, /13800138000|reg\.one|vol\.one/);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
  assert.ok(Number(await value('select count(*) from core.export_download')) >= 12, 'each download is noted');
});

test('a_release_that_hides_nearly_everything_says_so_before_it_is_downloaded', async () => {
  const quiet = await value("select to_char(engine.today() - 200, 'YYYY-MM-DD')");
  await psql("insert into stat.delta (day, platform, product_type, problem_type, measure, dimension, n) values (:'quiet'::date, :'id'::uuid, 'GAME_CARD', 'NOT_CREDITED', 'submitted', '', 2)", { quiet, id: shown });
  const made = {};
  for (const [name, from] of [['few', quiet], ['many', day]]) {
    const page = await regulator.submit(await regulator.get('/exports'), 'form', { from_day: from, to_day: from, recipient: '某局', legal_basis: '统计' });
    await eventually("select count(*) = 0 from core.export where state = 'queued'");
    made[name] = { page: await regulator.get(page.path), json: JSON.parse((await regulator.get(`${page.path}/statistics.json`)).bytes) };
  }
  assert.match(made.few.page.text, /这个时段的案件太少/);
  assert.equal(made.few.json.mostly_hidden, true);
  assert.match(made.few.json.note.en, /Too few cases/);
  assert.doesNotMatch(made.many.page.text, /这个时段的案件太少/);
  assert.equal(made.many.json.mostly_hidden, false);
  assert.match((await regulator.get(`${made.few.page.path}?lang=en`)).text, /Too few cases in this period/);
  await regulator.get('/exports?lang=zh-CN');
});
