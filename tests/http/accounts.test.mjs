// Accounts (issue: invitations, roles, passwords, second factor, sessions, lost passwords, throttling), without scripts, as people do it.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { psql, rows, value } from '../support/database.mjs';
import { Client } from '../support/http.mjs';
import { complain, coordinator, enrol, invited, ownStack, password } from '../support/people.mjs';
import { Authenticator } from '../support/totp.mjs';

const { url, logs } = await ownStack();
const lead = await coordinator(url);
const forget = () => psql('delete from core.attempt');

/** A code works once, and only those of about a minute work: what a test has used before its point is forgotten, so that it need not wait. */
async function rested(authenticator, name) {
  await psql("update core.app_user set totp_last_step = 0 where login = :'name'", { name });
  authenticator.last = -1;
}

/** Types name and password on a fresh sign-in page; returns the answer. */
async function login(client, name, typed = password) {
  return client.submit(await client.get('/login'), 'form', { login: name, password: typed });
}

/** A new browser of a person without second factor. */
async function signedIn(name, typed = password, options = {}) {
  const client = new Client(url, options);
  const page = await login(client, name, typed);
  assert.match(page.path, /^\/(desk|reports)/, page.text);
  return client;
}

const idOf = (name) => value("select id from core.app_user where login = :'name'", { name });
const personPage = async (name) => lead.get(`/account/people/${await idOf(name)}`);

/** The coordinator changes a person; asked for the second factor again when it was long ago. */
async function changed(name, fields) {
  let page = await lead.submit(await personPage(name), 'form', fields);
  if (page.path.startsWith('/account/confirm')) {
    page = await lead.submit(page, 'form', { code: await lead.phone.code() });
    page = await lead.submit(page, 'form', fields);
  }
  return page;
}

/** A case that this person has accepted; its number. */
async function caseFor(client, name, options) {
  const made = await complain(url, options);
  const where = `/desk/cases/${made.number}`;
  const page = await lead.get(`${where}/assign`);
  const given = await lead.submit(page, 'form', { person: await idOf(name), note: '请跟进' });
  assert.equal(given.status, 200, given.text);
  await client.submit(await client.get(where), `${where}/accept`);
  return made.number;
}

const signInAgain = (page) => assert.match(page.path, /^\/login/, page.text);

test('an_invitation_works_once_and_ends_after_its_time_or_when_taken_back', async () => {
  const link = async (role) => /\/invite\/[A-Za-z0-9_-]{43}/.exec((await lead.submit(await lead.get('/account/people'), '/account/people/invite', { role, note: '测试𠮷' })).body)[0];
  const fields = (name) => ({ display_name: '一次', login: name, password });
  const once = await link('volunteer');
  const first = new Client(url);
  let page = await first.get(once);
  assert.ok(!page.path.includes(once.slice(8)), 'the link does not stay in the address');
  for (const [wrong, field] of [[{ password: 'short' }, 'password'], [{ password: 'password123' }, 'password'], [{ password: 'once.person1' }, 'password'],
    [{ login: '大写' }, 'login'], [{ login: 'lead.one' }, 'login'], [{ display_name: '' }, 'display_name'], [{ password: 'x'.repeat(129) }, 'password']]) {
    page = await first.submit(await first.get('/invite'), 'form', { ...fields('once.person'), ...wrong });
    assert.equal(page.status, 422, JSON.stringify(wrong));
    assert.match(page.body, new RegExp(`id="f-${field}-error"`), JSON.stringify(wrong));
    assert.equal(page.value('login'), wrong.login ?? 'once.person');
    assert.equal(page.value('password'), '', 'a password is never sent back');
  }
  page = await first.submit(page, 'form', fields('once.person'));
  assert.equal(page.path, '/desk', page.text);
  assert.ok([404, 410].includes((await new Client(url).get(once)).status), 'used');
  const late = await link('volunteer');
  assert.match((await lead.get('/account/people')).body, /测试𠮷/);
  await psql("update core.invitation set expires_at = core.now() - interval '1 second' where used_at is null");
  assert.ok([404, 410].includes((await new Client(url).get(late)).status), 'over');
  const back = await link('volunteer');
  const slow = new Client(url);
  const open = await slow.get(back);
  await lead.submit(await lead.get('/account/people'), '/account/people/cancel');
  page = await slow.submit(open, 'form', fields('never.was'));
  assert.ok([404, 410, 422].includes(page.status), page.text);
  assert.equal(await idOf('never.was'), null);
  const ends = await value("select extract(epoch from expires_at - created_at) from core.invitation where used_at is not null and kind = 'invite' order by created_at desc limit 1");
  assert.equal(Number(ends), 72 * 3600);
});

test('a_link_that_is_no_token_does_not_exist', async () => {
  for (const kind of ['invite', 'setup']) {
    const unknown = await new Client(url).get(`/${kind}/${'A'.repeat(43)}`);
    assert.equal(unknown.status, 410, unknown.text);
    // No base64url at all; no possible end of 32 bytes; what a header must never carry.
    for (const token of [`${'A'.repeat(42)}!`, `${'A'.repeat(42)}=`, `${'A'.repeat(42)}B`, `${'A'.repeat(42)}%0A`, `;${'A'.repeat(42)}`, '%E6%8F%B4'.repeat(43)]) {
      const client = new Client(url);
      const page = await client.get(`/${kind}/${token}`);
      assert.equal(page.status, 404, `${kind} ${token} ${page.text}`);
      assert.doesNotMatch(String(page.headers['set-cookie'] ?? ''), /link=/, 'no cookie is made of it');
    }
  }
  for (const name of await readdir(logs)) assert.doesNotMatch(await readFile(path.join(logs, name), 'utf8'), /child-died|Assertion/, name);
});

test('a_lost_password_is_repaired_by_a_coordinator_and_no_case_is_lost', async () => {
  const person = await invited(lead, url, 'volunteer', 'vol.lost');
  await enrol(person);
  await lead.get('/desk');
  const number = await caseFor(person, 'vol.lost');
  let page = await lead.submit(await personPage('vol.lost'), `/account/people/${await idOf('vol.lost')}/reset`);
  if (page.path.startsWith('/account/confirm')) {
    page = await lead.submit(page, 'form', { code: await lead.phone.code() });
    page = await lead.submit(page, `/account/people/${await idOf('vol.lost')}/reset`);
  }
  const link = /\/invite\/[A-Za-z0-9_-]{43}/.exec(page.body)[0];
  assert.equal((await person.get('/desk')).status, 200, 'making the link changes nothing yet');
  const again = new Client(url);
  page = await again.get(link);
  assert.match(page.text, /vol\.lost/);
  page = await again.submit(page, 'form', { password: 'vol.lost1' });
  assert.equal(page.status, 422, 'the own name is no password');
  page = await again.submit(page, 'form', { password: 'quite another 8 words' });
  assert.equal(page.path, '/desk', page.text);
  signInAgain(await person.get('/desk'));
  assert.equal((await login(new Client(url), 'vol.lost')).status, 422, 'the lost password is over');
  assert.ok([404, 410].includes((await new Client(url).get(link)).status), 'the link is used up');
  // Until a coordinator comes by, the case is still theirs and waits for its key.
  page = await again.get('/desk');
  assert.match(page.body, new RegExp(number));
  page = await again.get(`/desk/cases/${number}`);
  assert.doesNotMatch(page.body, /至今没有到账/);
  assert.ok(page.status < 500, page.text);
  await lead.get('/desk');
  page = await again.get(`/desk/cases/${number}`);
  assert.equal(page.status, 200, page.text);
  assert.match(page.body, /至今没有到账，𠮷龘/);
  await forget();
  assert.equal((await login(new Client(url), 'vol.lost', 'quite another 8 words')).path, '/desk', 'the second factor is off');
});

test('disabling_and_a_change_of_role_act_on_the_next_request', async () => {
  const person = await invited(lead, url, 'volunteer', 'vol.off');
  await lead.get('/desk');
  const number = await caseFor(person, 'vol.off', { orderNo: 'OFF-1' });
  let page = await changed('vol.off', { state: 'disabled' });
  assert.equal(page.status, 422);
  assert.match(page.body, /id="f-state-error"/);
  assert.equal((await person.get(`/desk/cases/${number}`)).status, 200, 'nothing has changed');
  page = await changed('vol.off', { state: 'disabled', open_cases_ok: true });
  assert.equal(page.path, '/account/people', page.text);
  signInAgain(await person.get(`/desk/cases/${number}`));
  const kept = await person.post(`/desk/cases/${number}/notes`, { body: '还没保存的话' });
  assert.match(kept.text, /还没保存的话/, 'a late post keeps what was typed');
  await forget();
  page = await login(new Client(url), 'vol.off');
  assert.equal(page.status, 422, 'and cannot sign in');
  assert.equal(await value("select assignee from core.case_file where case_no = :'number'", { number }), null);
  assert.equal(Number(await value("select count(*) from core.case_seal s where s.recipient_kind = 'user' and s.recipient = :'id'::uuid", { id: await idOf('vol.off') })), 0);
  await changed('vol.off', { state: 'active', role: 'regulator' });
  await forget();
  const regulator = await signedIn('vol.off');
  assert.equal((await regulator.get(`/desk/cases/${number}`)).status, 404);
  assert.equal((await regulator.get('/exports')).status, 200);
  await changed('vol.off', { role: 'volunteer' });
  signInAgain(await regulator.get('/account'));
  // The last coordinator cannot shut everybody out.
  page = await changed('lead.one', { role: 'volunteer' });
  assert.ok([409, 422].includes(page.status), `${page.status} ${page.text}`);
  assert.equal((await lead.get('/desk')).status, 200);
});

test('own_sessions_are_listed_and_ended_and_the_fourth_ends_the_oldest', async () => {
  const first = await invited(lead, url, 'volunteer', 'vol.many');
  const second = await signedIn('vol.many');
  let page = await first.get('/account/sessions');
  assert.equal((page.body.match(/<li class="card">/g) ?? []).length, 2);
  assert.equal(page.forms.filter((f) => f.action === '/account/sessions/end').length, 1, 'not the one in use');
  page = await first.submit(page, '/account/sessions/end');
  assert.equal((page.body.match(/<li class="card">/g) ?? []).length, 1);
  signInAgain(await second.get('/desk'));
  const csrf = (await first.get('/account/sessions', { headers: { Accept: 'application/json' } })).json.csrf.session_end;
  const strange = await first.post('/account/sessions/end', { csrf, session: 'a'.repeat(64) });
  assert.equal(strange.status, 200, 'one that is gone: the list shows what is there');
  const more = [await signedIn('vol.many'), await signedIn('vol.many'), await signedIn('vol.many')];
  signInAgain(await first.get('/desk'));
  for (const client of more) assert.equal((await client.get('/desk')).status, 200);
  page = await more[0].submit(await more[0].get('/desk'), '/logout');
  signInAgain(page);
  signInAgain(await more[0].get('/desk'));
});

test('a_new_password_keeps_the_cases_and_ends_the_other_sessions', async () => {
  const person = await invited(lead, url, 'volunteer', 'vol.pass');
  await lead.get('/desk');
  const number = await caseFor(person, 'vol.pass', { orderNo: 'PASS-1' });
  const other = await signedIn('vol.pass');
  for (const [fields, field] of [[{ present: 'wrong one here', password: 'brand new words 9' }, 'present'], [{ present: password, password: 'short' }, 'password'],
    [{ present: password, password: '12345678' }, 'password'], [{ present: password, password: '志愿者vol.pass' }, 'password'], [{ present: '', password: '' }, 'present']]) {
    for (const lang of ['zh-CN', 'en']) {
      const page = await person.submit(await person.get(`/account/password?lang=${lang}`), 'form', fields);
      assert.equal(page.status, 422, JSON.stringify(fields));
      assert.match(page.body, new RegExp(`id="f-${field}-error"`), `${JSON.stringify(fields)} ${page.text}`);
      assert.match(page.title, lang === 'en' ? /^Error: / : /^错误：/);
      assert.equal(page.value('password'), '');
    }
  }
  await person.get('/account?lang=zh-CN');
  const page = await person.submit(await person.get('/account/password'), 'form', { present: password, password: '𠮷龘 brand new words' });
  assert.equal(page.path, '/account?done=password', page.text);
  signInAgain(await other.get('/desk'));
  assert.match((await person.get(`/desk/cases/${number}`)).body, /𠮷龘/);
  const again = await signedIn('vol.pass', '𠮷龘 brand new words');
  assert.match((await again.get(`/desk/cases/${number}`)).body, /𠮷龘/);
  assert.equal((await login(new Client(url), 'vol.pass')).status, 422);
});

test('a_second_factor_is_asked_for_and_no_code_works_twice', async () => {
  const person = await enrol(await invited(lead, url, 'volunteer', 'vol.totp'));
  assert.equal(person.codes.length, 10);
  const half = new Client(url);
  let page = await login(half, 'vol.totp');
  assert.equal(page.path, '/login/code', page.text);
  signInAgain(await half.get('/desk')); // the password alone opens nothing
  page = await half.submit(await half.get('/login/code'), 'form', { code: '０００ ０００' });
  assert.equal(page.status, 422);
  assert.match(page.body, /id="f-code-error"/);
  assert.equal(page.value('code'), '０００ ０００');
  const code = await person.phone.code();
  const wide = [...code].map((digit) => String.fromCodePoint(digit.codePointAt(0) + 0xfee0)).join('');
  page = await half.submit(page, 'form', { code: ` ${wide.slice(0, 3)}　${wide.slice(3)} ` });
  assert.equal(page.path, '/desk', page.text);
  // Replayed in another browser that knows the password.
  const thief = new Client(url);
  page = await login(thief, 'vol.totp');
  page = await thief.submit(page, 'form', { code });
  assert.equal(page.status, 422, 'seen once, it is worth nothing');
  // A recovery code stands in once, in any spelling.
  page = await thief.submit(page, 'form', { code: person.codes[3].toLowerCase().replaceAll(' ', '-') });
  assert.equal(page.path, '/desk', page.text);
  const third = new Client(url);
  page = await login(third, 'vol.totp');
  page = await third.submit(page, 'form', { code: person.codes[3] });
  assert.equal(page.status, 422, 'used');
  assert.match((await thief.get('/account/totp')).text, /还有 9 个恢复码/);
  // Guessing ends the half-open session; the password is asked for again.
  for (let i = 0; i < 5 && page.status === 422; i++) page = await third.submit(page, 'form', { code: '000001' });
  page = await third.get('/login/code');
  assert.match(page.path, /^\/login$|^\/login\?/, page.text);
  // A new set replaces all; a volunteer may do without the factor, by a code.
  await rested(person.phone, 'vol.totp');
  page = await half.submit(await half.get('/account/totp'), '/account/totp/codes', { code: await person.phone.code() });
  const fresh = [...page.body.matchAll(/<li><code>([^<]+)</g)].map((m) => m[1]);
  assert.equal(fresh.length, 10, page.text);
  const fourth = new Client(url);
  page = await login(fourth, 'vol.totp');
  page = await fourth.submit(page, 'form', { code: person.codes[5] });
  assert.equal(page.status, 422, 'of the old set');
  page = await half.submit(await half.get('/account/totp'), '/account/totp/codes', { code: '111111' }, { button: 'remove=1' });
  assert.equal(page.status, 422, page.text);
  page = await half.submit(page, '/account/totp/codes', { code: await person.phone.code() }, { button: 'remove=1' });
  assert.equal(page.path, '/account?done=totp_removed', page.text);
  await forget();
  assert.equal((await login(new Client(url), 'vol.totp')).path, '/desk');
  const own = await lead.get('/account/totp');
  await rested(lead.phone, 'lead.one');
  assert.ok(!own.body.includes('name="remove"'), 'a coordinator keeps it');
  page = await lead.post('/account/totp/codes', { csrf: own.form('/account/totp/codes').fields.find((f) => f.name === 'csrf').value, code: await lead.phone.code(), remove: '1' });
  assert.equal(page.status >= 400 && page.status < 500, true, page.text);
  assert.equal(await value("select totp_sealed is not null from core.app_user where login = 'lead.one'"), true);
});

test('a_session_alone_does_not_replace_the_second_factor', async () => {
  await psql("update core.app_user set trainee = true where login = 'vol.chosen'");
  await psql("update core.session set factor_at = core.now() - interval '6 minutes'");
  await rested(lead.phone, 'lead.one');
  const kept = () => value("select encode(totp_sealed, 'hex') from core.app_user where login = 'lead.one'");
  const before = await kept();
  let page = await lead.submit(await lead.get('/account/totp'), '/account/totp/start');
  assert.equal(page.path, '/account/confirm?next=/account/totp', page.text);
  assert.equal(await value("select totp_pending is null from core.app_user where login = 'lead.one'"), true, 'nothing has begun');
  page = await lead.submit(page, 'form', { code: await lead.phone.code() });
  assert.equal(page.path, '/account/totp', page.text);
  page = await lead.submit(page, '/account/totp/start');
  const fresh = new Authenticator(/<code class="secret">([^<]+)</.exec(page.body)[1].replaceAll(' ', ''));
  // Begun in time, finished too late: asked again.
  await psql("update core.session set factor_at = core.now() - interval '6 minutes'");
  page = await lead.submit(page, '/account/totp', { code: await fresh.code() });
  assert.equal(page.path, '/account/confirm?next=/account/totp', page.text);
  assert.equal(await kept(), before, 'the factor is the old one');
  page = await lead.submit(page, 'form', { code: await lead.phone.code() });
  page = await lead.submit(page, '/account/totp', { code: await fresh.code() });
  assert.equal(page.status, 200, page.text);
  assert.equal((page.body.match(/<li><code>/g) ?? []).length, 10, page.text);
  assert.notEqual(await kept(), before);
  lead.phone = fresh;
});

test('codes_and_passwords_cannot_be_guessed_from_a_session', async () => {
  const person = await enrol(await invited(lead, url, 'volunteer', 'vol.guess'));
  await forget();
  await psql("update ref.service_limit set n = 2 where code = 'password_user_hour'");
  const ask = (typed) => person.get('/account/password').then((page) => person.submit(page, 'form', { present: typed, password: 'brand new words 9' }));
  assert.equal((await ask('guess number 1')).status, 422);
  assert.equal((await ask('guess number 2')).status, 422);
  let page = await ask(password);
  assert.equal(page.status, 429, page.text);
  assert.ok(Number(page.headers['retry-after']) > 0 && Number(page.headers['retry-after']) <= 3600, page.headers['retry-after']);
  const tries = Number(await value("select n from ref.service_limit where code = 'factor_user_hour'"));
  for (let i = 0; i < tries; i++) {
    page = await person.submit(await person.get('/account/confirm'), 'form', { code: '０００ ０００' });
    assert.equal(page.status, 422, `try ${i} ${page.text}`);
  }
  const code = await person.phone.code();
  page = await person.submit(page, 'form', { code });
  assert.equal(page.status, 429, 'a right one among too many tells nothing');
  assert.match(page.value('code'), /^\d{6}$/, 'typed text stays');
  page = await person.submit(await person.get('/account/totp'), '/account/totp/codes', { code }, { button: 'remove=1' });
  assert.equal(page.status, 429, page.text);
  // The password is right, and the count goes on.
  const other = new Client(url);
  page = await login(other, 'vol.guess');
  assert.equal(page.path, '/login/code', page.text);
  page = await other.submit(page, 'form', { code });
  assert.equal(page.status, 429, page.text);
  page = await other.submit(page, 'form', { code: person.codes[0] });
  assert.equal(page.path, '/desk', 'the owner of recovery codes is not shut out');
  await forget();
});

test('strangers_are_slowed_and_the_owner_is_not_locked_out', async () => {
  const owner = await invited(lead, url, 'volunteer', 'vol.own');
  await forget();
  const out = await owner.submit(await owner.get('/desk'), '/logout');
  assert.equal(out.path, '/login', out.text);
  const answers = {};
  for (const name of ['vol.own', 'nobody.at.all']) {
    const stranger = new Client(url, { lang: 'en' });
    let page;
    for (let i = 0; i < 6 && page?.status !== 429; i++) page = await login(stranger, name, 'guess number 1');
    assert.equal(page.status, 429, page.text);
    assert.ok(Number(page.headers['retry-after']) >= 1 && Number(page.headers['retry-after']) <= 42, page.headers['retry-after']);
    assert.equal(page.value('login'), name);
    assert.equal(page.value('password'), '');
    answers[name] = page.text.replaceAll(name, '').replace(/\d+/g, '');
  }
  assert.equal(answers['vol.own'], answers['nobody.at.all'], 'a name that nobody has is slowed alike');
  await psql("update core.attempt set n = 30, last_at = core.now() where kind = 'login_account'");
  // The same browser as before, now: the lane of a known device is its own.
  assert.equal((await login(owner, 'vol.own')).path, '/desk');
  // And strangers are not let through by it.
  assert.equal((await login(new Client(url), 'vol.own')).status, 429, 'elsewhere the delay goes on, at most 42 s');
  await forget();
  await owner.submit(await owner.get('/desk'), '/logout');
  // One network: its many people are slowed only after many failures, whatever names were tried.
  const free = Number(await value("select n from ref.service_limit where code = 'login_network_free'"));
  await psql("insert into core.attempt (kind, key, window_start, n, last_at) values ('login_network', sha256(convert_to('127.0.0.0/24', 'UTF8')), core.now(), :'n'::bigint, core.now())", { n: free + 5 });
  assert.equal((await login(new Client(url), 'somebody.new', 'guess number 2')).status, 429);
  assert.equal((await login(owner, 'vol.own')).path, '/desk', 'a known device is free of it');
  await forget();
});

test('unknown_and_known_names_take_the_same_time', async () => {
  await invited(lead, url, 'volunteer', 'vol.time');
  const client = new Client(url);
  const page = await client.get('/login');
  const took = { 'vol.time': [], 'who.is.it': [] };
  for (let i = 0; i < 11; i++) {
    for (const name of Object.keys(took)) {
      await forget();
      const start = process.hrtime.bigint();
      const answer = await client.submit(page, 'form', { login: name, password: 'a wrong password' });
      took[name].push(Number(process.hrtime.bigint() - start) / 1e6);
      assert.equal(answer.status, 422, answer.text);
    }
  }
  const [known, unknown] = Object.values(took).map((list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)]);
  // Without the same work an unknown name would be answered many times faster.
  assert.ok(known < unknown * 1.5 && unknown < known * 1.5, `known ${known.toFixed(1)} ms, unknown ${unknown.toFixed(1)} ms`);
});

test('leave_skills_hours_and_conflicts_of_the_profile_decide_who_gets_a_case', async () => {
  // Only these two take part.
  await psql("update core.app_user set state = 'disabled', epoch = epoch + 1 where role = 'volunteer'");
  const one = await invited(lead, url, 'volunteer', 'vol.a');
  const two = await invited(lead, url, 'volunteer', 'vol.b');
  await lead.get('/desk');
  let n = 0;
  /** Who gets the next case, and what the choice says about both. */
  const next = async () => {
    const { number } = await complain(url, { orderNo: `PICK-${n++}`, platform: '某某卡盟' });
    await lead.submit(await lead.get(`/desk/cases/${number}`), `/desk/cases/${number}/release`);
    const [a] = await rows("select u.login, a.reason from core.assignment a join core.case_file c on c.id = a.case_id join core.app_user u on u.id = a.app_user where c.case_no = :'number' and a.ended_at is null", { number });
    return { who: a?.login, out: Object.fromEntries((a?.reason.candidates ?? []).map((c) => [c.name, c.excluded])), number };
  };
  let page = await one.submit(await one.get('/account/leave'), 'form', { from_day: '２０２６年１月１日', to_day: '2025-1-1' });
  assert.equal(page.status, 422);
  assert.match(page.text, /最后一天不能早于第一天/);
  assert.equal(page.value('from_day'), '２０２６年１月１日');
  page = await one.submit(page, 'form', { from_day: '2026-1-1', to_day: '2099-1-1' });
  assert.match(page.text, /2099年1月1日/);
  let given = await next();
  assert.equal(given.who, 'vol.b');
  assert.deepEqual(given.out['志愿者vol.a'], ['leave']);
  await one.submit(await one.get('/account/leave'), '/account/leave/remove');
  // Work per hour: with one open case each, who has more hours is less loaded.
  given = await next();
  assert.equal(given.who, 'vol.a', 'the one without a case');
  page = await two.submit(await two.get('/account'), 'form', { weekly_hours: '６０' });
  assert.equal(page.path, '/account?done=profile', page.text);
  assert.equal((await next()).who, 'vol.b', 'more hours, lower weight an hour');
  // Skills: none means all.
  await two.submit(await two.get('/account'), 'form', { skills: ['PHONE_CREDIT'] });
  given = await next();
  assert.equal(given.who, 'vol.a');
  assert.deepEqual(given.out['志愿者vol.b'], ['skill']);
  await two.submit(await two.get('/account'), 'form', { skills: [] });
  // A conflict of interest: no new case, and what one has goes at once, without a trace.
  page = await one.submit(await one.get('/account/conflicts'), 'form', { platform: '没有的平台' });
  assert.equal(page.status, 422);
  assert.equal(page.value('platform'), '没有的平台');
  const had = await value("select c.case_no from core.case_file c join core.app_user u on u.id = c.assignee where u.login = 'vol.a' limit 1");
  page = await one.submit(page, 'form', { platform: '某某卡盟' });
  assert.match(page.text, /某某卡盟/);
  assert.equal((await one.get(`/desk/cases/${had}`)).status, 404);
  assert.ok(!(await one.get('/desk')).body.includes(had));
  given = await next();
  assert.equal(given.who, 'vol.b');
  assert.deepEqual(given.out['志愿者vol.a'], ['conflict']);
});

test('what_was_chosen_for_a_person_comes_back_behind_the_second_factor', async () => {
  await invited(lead, url, 'volunteer', 'vol.chosen');
  const id = await idOf('vol.chosen');
  await psql("update core.session set factor_at = core.now() - interval '1 hour' where ended_at is null");
  let page = await lead.submit(await lead.get(`/account/people/${id}`), 'form', { role: 'regulator', state: 'disabled', weekly_hours: '7', trainee: null, open_cases_ok: true });
  assert.match(page.path, /^\/account\/confirm/, page.text);
  page = await lead.submit(page, 'form', { code: await lead.phone.code() });
  assert.match(page.path, new RegExp(`^/account/people/${id}\\?`), page.text);
  assert.equal(page.status, 200);
  for (const [name, chosen] of [['role', 'regulator'], ['state', 'disabled'], ['weekly_hours', '7']]) assert.equal(page.value(name), chosen, name);
  assert.match(page.body, /name="open_cases_ok" value="1" checked/);
  assert.doesNotMatch(page.body, /name="trainee" value="1" checked/);
  assert.equal(await value("select role || state from core.app_user where login = 'vol.chosen'"), 'volunteeractive', 'nothing is saved by that');
  page = await lead.submit(page, 'form', {});
  assert.equal(page.path, '/account/people', page.text);
  assert.equal(await value("select role || state from core.app_user where login = 'vol.chosen'"), 'regulatordisabled');
});
