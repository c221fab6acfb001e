// What the worker does in its own time: mail by a real SMTP server with TLS that is difficult on demand, and drafts that nobody came back to.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { given } from '../support/casework.mjs';
import { eventually, psql, rows, setClock, value } from '../support/database.mjs';
import { png } from '../support/files.mjs';
import { Client, file } from '../support/http.mjs';
import { certificate } from '../support/installation.mjs';
import { mailbox } from '../support/mail.mjs';
import { complain, coordinator, invited, ownStack, story } from '../support/people.mjs';

const { url, conf, dir, mail, metrics, run, stage } = await ownStack();
const lead = await coordinator(url);
const volunteer = await invited(lead, url, 'volunteer', 'vol.one');
await lead.get('/desk'); // hands over the pool key
const words = '只在查询页上说的话𠮷龘';
const contactBy = (email) => ({ contact_way: 'email', email, safe: ['mail'] });
let orders = 0;

/** A case whose complainant has just been written to on the tracking page. */
async function written(contact) {
  const order = `WORKER-${orders++}`;
  const made = await complain(url, { orderNo: order, platform: '示例邮件平台', contact });
  await given(lead, volunteer, made.number);
  const page = await volunteer.submit(await volunteer.get(`/desk/cases/${made.number}/messages`), 'form', { body: words });
  assert.ok(page.body.includes(words), page.text);
  return { ...made, order };
}

const inbox = async (address) => (await mailbox()).filter((m) => m.to.includes(address));
/** Mail that waits for a case, or was given up: minutes are those to the next try. */
const waiting = (number) => rows(`select o.state, o.attempts, extract(epoch from o.next_try_at - core.now()) / 60 as minutes
  from core.outbox o join core.case_file c on c.id = o.case_id where c.case_no = :'number'`, { number });
/** Until a try is over, whatever came of it: the turn that took the mail out has noted its end. */
const tried = (number, times) => eventually(`select coalesce(bool_and(o.attempts = :'times' and h.at >= o.next_try_at - :'wait'::interval), false)
  from core.outbox o join core.case_file c on c.id = o.case_id join core.heartbeat h on h.name = 'outbox' where c.case_no = :'number'`,
{ number, times, wait: `${5 * 2 ** (times - 1)} minutes` });
/** Two turns of the outbox: the first of them may have begun before now. */
async function looked() {
  for (let turn = 0; turn < 2; turn++) {
    const at = await value("select at::text from core.heartbeat where name = 'outbox'");
    await eventually("select at <> :'at'::timestamptz from core.heartbeat where name = 'outbox'", { at });
  }
}
/** As if the time of the next try had come. */
const due = () => psql('update core.outbox set next_try_at = core.now()');
/** One message came, not two, and nothing waits that could be sent again. */
async function delivered(number, address) {
  await eventually("select count(*) = 0 from core.outbox o join core.case_file c on c.id = o.case_id where c.case_no = :'number'", { number });
  assert.equal((await inbox(address)).length, 1, address);
}

test('a_reminder_is_sent_once_over_tls_and_says_nothing_of_the_case', async () => {
  const address = 'li.si@example.com';
  const told = await written(contactBy(address));
  const silent = await written({ contact_way: 'email', email: 'no.mail@example.com', safe: ['text'] });
  await delivered(told.number, address);
  await looked();
  assert.equal((await inbox(address)).length, 1, 'and not again');
  assert.deepEqual(await inbox('no.mail@example.com'), [], 'nobody is written to who did not ask for it');
  assert.deepEqual(await waiting(silent.number), []);
  const [message] = await inbox(address);
  assert.equal(message.tls, true);
  assert.deepEqual(message.to, [address]);
  assert.equal(message.from, 'desk@example.org');
  assert.equal(message.subject, '援助台：您有新消息');
  assert.equal(message.headers['Auto-Submitted'], 'auto-generated');
  assert.ok(message.text.includes(`${new URL(url).origin}/track `), message.text);
  const whole = JSON.stringify(message).replaceAll(/\s/g, '');
  for (const secret of [told.number, told.code.replaceAll(' ', ''), told.order, '示例邮件平台', story.slice(0, 8), words, '176', '志愿者vol.one']) {
    assert.ok(!whole.includes(secret), secret);
  }
  assert.doesNotMatch(await readFile(`${mail.mailbox}.heard`, 'latin1'), /^plain (AUTH|MAIL|RCPT|DATA)/m, 'nothing before TLS');
});

test('a_server_that_says_later_is_asked_again_after_five_and_after_ten_minutes', async () => {
  const address = 'later.2@example.com';
  const { number } = await written(contactBy(address));
  await tried(number, 1);
  await looked();
  let [row] = await waiting(number);
  assert.equal(row.state, 'waiting');
  assert.equal(row.attempts, 1, 'not again before its time');
  assert.ok(row.minutes > 3 && row.minutes <= 5, row.minutes);
  assert.equal(await value(`select position(convert_to(:'address', 'UTF8') in address_sealed) from core.outbox`, { address }), 0, 'the address is sealed');
  await setClock('6 minutes');
  await tried(number, 2);
  [row] = await waiting(number);
  assert.equal(row.attempts, 2);
  assert.ok(row.minutes > 8 && row.minutes <= 10, row.minutes);
  assert.deepEqual(await inbox(address), []);
  await setClock('17 minutes');
  await delivered(number, address);
});

test('what_is_refused_for_good_is_given_up_and_shown_to_coordinators', async () => {
  const failed = async () => /没有发出的邮件\s*(\S+)/.exec((await lead.get('/desk/today')).text)?.[1];
  assert.equal(await failed(), '无');
  const numbers = [];
  for (const name of ['never', 'unread']) numbers.push((await written(contactBy(`${name}@example.com`))).number); // at the address, after the text
  for (const number of numbers) {
    await tried(number, 1);
    assert.equal((await waiting(number))[0].state, 'failed');
  }
  await due();
  await looked();
  for (const number of numbers) assert.equal((await waiting(number))[0].attempts, 1, 'no second try');
  assert.equal(await failed(), '2');
  const gauges = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
  assert.match(gauges, /^aiddesk_outbox_failed 2$/m);
  assert.match(gauges, /^aiddesk_outbox_waiting 0$/m);
});

// What may be wrong for a while, and none of it with the message.  Settings are read anew for each message; the service's certificate is
// replaced by another one of the same name, which the server cannot show.
const greeting = `${mail.mailbox}.greeting`;
const greeted = (line) => [() => writeFile(greeting, line), () => rm(greeting)];
let kept;
const replaced = (name, make) => [
  async () => { kept = await mkdtemp('/tmp/aiddesk-kept-'); await copyFile(name, path.join(kept, 'kept')); await make(name); },
  async () => { await copyFile(path.join(kept, 'kept'), name); await rm(kept, { recursive: true }); },
];
const troubles = {
  a_server_that_is_away: greeted(''),
  a_server_that_is_busy: greeted('421 4.3.2 too many connections\r\n'),
  a_server_that_serves_nobody: greeted('554 5.3.2 no service here\r\n'),
  a_password_that_is_wrong: replaced(mail.password, (name) => writeFile(name, 'another\n')),
  a_certificate_that_is_not_trusted: replaced(mail.ca, async (name) => copyFile((await certificate(kept)).certificate, name)),
};

for (const [what, [spoil, mend]] of Object.entries(troubles)) {
  test(`${what}_gets_nothing_and_nothing_is_lost`, async () => {
    const address = `${what.replaceAll('_', '.')}@example.com`;
    await writeFile(`${mail.mailbox}.heard`, '');
    await spoil();
    let number;
    try {
      ({ number } = await written(contactBy(address)));
      await tried(number, 1);
      assert.equal((await waiting(number))[0].state, 'waiting');
    } finally {
      await mend();
    }
    const heard = await readFile(`${mail.mailbox}.heard`, 'latin1');
    assert.doesNotMatch(heard, /(MAIL|RCPT|DATA)/);
    if (!what.includes('password')) assert.doesNotMatch(heard, /AUTH/, 'no password either');
    if (what.includes('certificate')) assert.match(heard, /^plain STARTTLS$/m);
    await due();
    await delivered(number, address);
  });
}

/** Another worker in place of the one that runs, with settings of its own; ./ops/run stops it with the rest. */
async function worker(settings) {
  const note = path.join(run, 'pid/aiddesk-worker');
  const [old] = (await readFile(note, 'utf8')).split(' ');
  await rm(note); // or ./ops/run would start the old one again
  process.kill(Number(old), 'SIGTERM');
  for (let tries = 0; await readFile(`/proc/${old}/stat`).catch(() => null); tries++) {
    assert.ok(tries < 600, 'the worker does not stop');
    await new Promise((done) => setTimeout(done, 50));
  }
  const child = spawn(path.join(stage, 'libexec/aiddesk/aiddesk-worker'), ['--config', settings],
    { cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' }, stdio: 'ignore', detached: true });
  child.unref();
  const stat = (await readFile(`/proc/${child.pid}/stat`, 'utf8')).replace(/^.*\) /s, '').split(' ');
  await writeFile(note, `${child.pid} ${stat[19]}\n`); // and when it began: the way ops/run knows its own
}

test('elsewhere_a_server_without_tls_gets_neither_mail_nor_password', async () => {
  // 127.1 is this machine too, but not a name by which the service knows that nobody is in between.
  const other = path.join(dir, 'etc/elsewhere.conf');
  await writeFile(other, (await readFile(conf, 'utf8')).replace('smtp://localhost:', 'smtp://127.1:'));
  const address = 'plain@example.com';
  await writeFile(`${mail.mailbox}.heard`, '');
  await writeFile(`${mail.mailbox}.plain`, '');
  await worker(other);
  const { number } = await written(contactBy(address));
  await tried(number, 1);
  const heard = await readFile(`${mail.mailbox}.heard`, 'latin1');
  assert.match(heard, /^plain EHLO/m);
  assert.doesNotMatch(heard, /AUTH|MAIL|RCPT|DATA/);
  assert.equal((await waiting(number))[0].state, 'waiting');
  // A relay on the machine itself need not speak TLS.
  await worker(conf);
  await due();
  await delivered(number, address);
  assert.equal((await inbox(address))[0].tls, false);
  await rm(`${mail.mailbox}.plain`);
});

/** A draft with a file and a resume code, and a person who leaves. */
async function left() {
  const client = new Client(url);
  let page = await client.submit(await client.get('/complaint/platform'), 'form', { platform: '样例草稿', product: 'game_card', order_no: `DRAFT-${orders++}` });
  page = await client.submit(page, 'form', { problem: 'late', amount: '12.5', story, wanted: ['refund'] });
  await client.submit(page, 'photo', { photo: file('订单.png', png(), 'image/png') });
  page = await client.submit(await client.get('/complaint/contact'), 'form', { who: 'self', ...contactBy('draft@example.com') }, { button: 'then=save' });
  page = await client.submit(page, '/complaint/save');
  const code = /data-code>(.*?)<\/p>/s.exec(page.body)[1].replaceAll(/<[^>]*>/g, '').trim();
  return { client, code, id: await value('select id from core.case_file order by created_at desc limit 1') };
}

/** Tables that hold anything of a case. */
const tables = async (id) => (await rows(`select c.table_name as name from information_schema.columns c
  where case when c.column_name = 'case_id' and c.table_schema in ('core', 'stat') then (xpath('/row/n/text()', query_to_xml(
    format('select count(*) as n from %I.%I where case_id = %L', c.table_schema, c.table_name, :'id'), false, true, '')))[1]::text::int > 0 end
  order by 1`, { id })).map((t) => t.name);

const resume = async (code) => {
  const client = new Client(url);
  return client.submit(await client.get('/complaint/resume'), 'form', { code });
};

test('a_draft_goes_thirty_days_after_its_last_save_with_everything_in_it', async () => {
  const old = await left();
  const discarded = await left();
  await discarded.client.submit(await discarded.client.get('/complaint/discard'), '/complaint/discard');
  const submitted = await complain(url, { orderNo: 'STAYS-1' });
  const before = await tables(old.id);
  for (const name of ['complaint', 'draft_box', 'file', 'number_lookup']) assert.ok(before.includes(name), `${name} of ${before}`);
  const [{ id: upload }] = await rows("select f.id from core.file f where f.case_id = :'id'", { id: old.id });
  const segments = () => value("select count(*)::int from core.file_segment s where s.file_id = :'upload'", { upload });
  assert.ok(await segments() > 0);

  await setClock('29 days');
  const young = await left();
  await setClock('31 days');
  await eventually("select status = 'ERASED' from core.case_file where id = :'id'", { id: old.id }, 90);
  assert.deepEqual(await tables(old.id), ['event']);
  assert.equal(await segments(), 0);
  const columns = await value("select to_jsonb(c) from core.case_file c where c.id = :'id'", { id: old.id });
  assert.equal(columns.key_check, '\\x');
  const events = JSON.stringify(await rows("select e.* from core.event e where e.case_id = :'id'", { id: old.id }));
  assert.doesNotMatch(events, /样例草稿|DRAFT-|example\.com|付款/);

  // Its code is one that nobody ever had; its browser begins anew.
  const gone = await resume(old.code);
  const unknown = await resume(discarded.code);
  assert.equal(gone.status, 422);
  assert.match(gone.text, /没有找到/);
  const plain = (page, code) => page.text.replaceAll(code, '').replaceAll(/[0-9a-f]{16}/g, '');
  assert.equal(plain(gone, old.code), plain(unknown, discarded.code));
  assert.equal((await old.client.get('/complaint/platform')).value('platform'), '');

  // What is younger or submitted stays.
  assert.equal(await value("select status from core.case_file where id = :'id'", { id: young.id }), 'DRAFT');
  assert.equal((await resume(young.code)).status, 200);
  const complainant = new Client(url);
  const page = await complainant.submit(await complainant.get('/track'), 'form', { code: submitted.code });
  assert.equal(page.path, '/track/case', page.text);
  assert.ok((await complainant.get('/track/complaint')).text.includes('STAYS-1'));
  // Mail that could not be sent is kept a week.
  assert.equal(await value('select count(*)::int from core.outbox'), 0);
});
