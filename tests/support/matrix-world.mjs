// The people and the two cases of the matrix of routes, roles and objects: A is worked on by "vol" and followed by "cmp", B belongs to others.
import assert from 'node:assert/strict';
import { decided, filed, given, ready } from './casework.mjs';
import { eventually, psql, value } from './database.mjs';
import { png } from './files.mjs';
import { Client, file } from './http.mjs';
import { complain, coordinator, enrol, invited, password } from './people.mjs';

const platforms = { A: '示例卡盟甲', B: '示例卡盟乙' };
const later = new Date(Date.now() + 9 * 86400000).toISOString().slice(0, 10);
const missing = '00000000-0000-4000-8000-000000000000';

/** A case with one object of every kind: filed with one channel, a question open about the second, a note, terms of a
 * settlement, an issued paper. */
async function filled(lead, client, name, { number, code }) {
  const at = (where) => `/desk/cases/${number}${where}`;
  const complainant = new Client(client.origin);
  await complainant.submit(await complainant.get('/track'), 'form', { code });
  await ready(lead, client, number, name);
  const ask = async (channel) => {
    const where = at(`/channels/${channel}`);
    await client.submit(await client.get(where), `${where}/consent`, { what: ['facts', 'order'], why: 'filing' });
  };
  await ask('PLATFORM_TICKET');
  await decided(complainant, 'granted');
  await filed(client, number, 'PLATFORM_TICKET', `TS-${number}`);
  await ask('HEIMAO');
  await client.submit(await client.get(at('/notes')), 'form', { body: '内部记录' });
  await client.submit(await client.get(at('/settlement/offer')), 'form', { side: 'respondent', offer: '176', words: '愿意全额退款' });
  const terms = await client.submit(await client.get(at('/settlement/terms')), 'form', {
    name_a: '林小满', identity_a: '身份证 110101199003070011', contact_a: '13800138000', name_b: '示例网络有限公司', credit_code: '91350100M000100Y43',
    contact_b: 'service@example.com', dispute: '付款后点卡没有到账', kind: 'REFUND', amount: '176', account: '支付宝 13800138000', perform_by: later,
    method: '原路退回', copies: '2', withdraw_days: '3',
  });
  assert.equal(terms.path, at('/settlement'), terms.text);
  const text = { name: '王小明', name_real: true, addressee: '示例市市场监督管理局', no_negotiation: true };
  const papers = await client.submit(await client.get(at('/papers/text')), 'form', text);
  const list = papers.forms.find((f) => f.fields.some((x) => x.value === 'EVIDENCE_LIST'));
  assert.ok(list, papers.text);
  const page = await client.post(at('/papers'), list.fields.map((f) => [f.name, f.value]));
  assert.equal(page.path, at('/papers'), page.text);
  return complainant;
}

/** Steps one and two and a photo: a draft that is not submitted. */
async function draft(client, orderNo) {
  let page = await client.get('/complaint/platform');
  page = await client.submit(page, 'form', { platform: '样例卡盟', product: 'game_card', order_no: orderNo });
  page = await client.submit(page, 'form', { problem: 'late', amount: '12.5', story: '付款之后一直没有到账，𠮷龘。', wanted: ['refund'] });
  page = await client.submit(page, 'photo', { photo: file('订单.png', png(), 'image/png') });
  assert.equal(page.status, 200, page.text);
  return /\/complaint\/evidence\/([0-9a-f-]{36})\/preview/.exec((await client.get('/complaint/evidence')).body)[1];
}

/** What the database calls the objects of a case. */
async function namesOf(number) {
  const one = (table, more = '') => value(`select x.id from core.${table} x join core.case_file c on c.id = x.case_id
    where c.case_no = '${number}' ${more} order by x.id limit 1`);
  const photo = await one('file', "and x.source = 'complainant' and x.state = 'stored'");
  const filing = await one('filing');
  const paper = await value(`select d.file_id from core.document d join core.case_file c on c.id = d.case_id where c.case_no = '${number}'`);
  return {
    'desk.cases.n': number, 'desk.file.id': photo, 'desk.preview.id': photo, 'desk.evidence.id': await one('evidence'), 'desk.demands.id': await one('demand'),
    'desk.notes.id': await one('note'), 'desk.filings.id': filing, 'track.file.id': photo, 'track.preview.id': photo, 'track.papers.id': paper,
    'track.decisions.id': await one('decision', 'and x.answer is null'), 'track.consent': await one('consent', "and x.kind = 'HANDLE_CASE'"),
  };
}

/** A platform with figures; few: too few of them to be public. */
async function platform(name, few) {
  const id = await value('select gen_random_uuid()');
  await psql("insert into core.platform (id, name, name_key, status) values (:'id'::uuid, :'name', :'id', 'OPERATING')", { id, name });
  const enough = [['submitted', '', 20], ['open', '', 6], ['closed', 'SETTLED_PERFORMED', 14], ['resolved', '', 9]];
  for (const [measure, dimension, n] of few ? [['submitted', '', 4], ['open', '', 4]] : enough) {
    await psql(`insert into stat.delta (day, platform, product_type, problem_type, measure, dimension, n)
      values (engine.today() - 20, :'id'::uuid, 'GAME_CARD', 'NOT_CREDITED', :'measure', :'dimension', :'n'::bigint)`, { id, measure, dimension, n });
  }
  return id;
}

async function release(client) {
  const day = await value("select to_char(engine.today(), 'YYYY-MM-DD')");
  const page = await client.submit(await client.get('/exports'), 'form', { from_day: '2026-1-1', to_day: day, recipient: '某局', legal_basis: '统计' });
  assert.match(page.path, /^\/exports\/[0-9a-f-]{36}$/, page.text);
  await eventually("select count(*) = 1 from core.export where state = 'done'");
  return page.path.split('/').at(-1);
}

async function login(url, name) {
  const client = new Client(url);
  const page = await client.submit(await client.get('/login'), 'form', { login: name, password });
  assert.ok(['/desk', '/login/code'].includes(page.path), `${name}: ${page.path} ${page.text}`);
  return client;
}

/** A link of an invitation that nobody has used: its token and its name in the list. */
async function invitation(lead) {
  const page = await lead.submit(await lead.get('/account/people'), '/account/people/invite', { role: 'volunteer' });
  const token = /\/invite\/([A-Za-z0-9_-]{43})/.exec(page.body)[1];
  return { token, name: await value("select encode(sha256(lookup), 'hex') from core.invitation order by created_at desc limit 1") };
}

/** Builds everything in a new installation; {clients: by role, objects: {A, B, gone}}. */
export async function world(url) {
  await psql("update ref.service_limit set n = 100000 where code ~ '_(hour|free|after)$'");
  const lead = await coordinator(url);
  const clients = { anon: new Client(url), lead };
  const volunteers = { vol: 'vol.one', idle: 'vol.two', rec: 'vol.rec', dis: 'vol.off', spare: 'vol.spare' };
  for (const [role, name] of Object.entries(volunteers)) clients[role] = await invited(lead, url, 'volunteer', name);
  clients.reg = await invited(lead, url, 'regulator', 'reg.one');
  clients.lrec = await enrol(await invited(lead, url, 'coordinator', 'lead.two'));
  clients.enrol = await invited(lead, url, 'coordinator', 'lead.new');
  await lead.get('/desk'); // hands the keys to all of them

  const made = {};
  for (const [name, platform] of Object.entries(platforms)) made[name] = await complain(url, { orderNo: `MATRIX-${name}`, platform });
  // rec had A before the conflict of interest came up; lrec has one with its platform.
  await given(lead, clients.rec, made.A.number, 'vol.rec');
  await clients.rec.submit(await clients.rec.get(`/desk/cases/${made.A.number}/conflict`), `/desk/cases/${made.A.number}/conflict`);
  await clients.lrec.submit(await clients.lrec.get('/account/conflicts'), 'form', { platform: platforms.A });
  await lead.get('/desk');
  clients.rcpt = (await complain(url, { orderNo: 'MATRIX-RECEIPT', platform: '样例卡盟丙' })).client;
  clients.cmp = await filled(lead, clients.vol, 'vol.one', made.A);
  await filled(lead, clients.rec, 'vol.rec', made.B);
  const photos = { A: await draft(clients.cmp, 'DRAFT-A'), B: await draft(new Client(url), 'DRAFT-B') };

  // A browser whose every session has run out: a volunteer's, a case's, a draft's.
  const old = await login(url, 'vol.one');
  const page = await old.submit(await old.get('/track'), 'form', { code: made.A.code });
  assert.equal(page.path, '/track/case', page.text);
  await draft(old, 'DRAFT-OLD');
  await psql(`update core.session s set last_seen_at = s.last_seen_at - interval '1 day', created_at = s.created_at - interval '1 day'
      from core.app_user u
      where u.id = s.app_user and u.login = 'vol.one' and s.created_at = (select max(x.created_at) from core.session x where x.app_user = u.id);
    update core.track_session t set last_seen_at = t.last_seen_at - interval '1 day'
      where t.created_at = (select max(x.created_at) from core.track_session x);
    update core.draft_box b set expires_at = core.now() - interval '1 hour'
      where b.case_id = (select c.id from core.case_file c where c.submitted_at is null order by c.created_at desc limit 1)`);
  clients.exp = old;
  await login(url, 'vol.one'); // a second session to be ended by somebody else
  clients.half = await login(url, 'lead.two');

  const open = await invitation(lead);
  clients.link = new Client(url);
  assert.equal((await clients.link.get(`/invite/${open.token}`)).path, '/invite');
  const cancelled = await invitation(lead);
  await lead.submit(await lead.get('/account/people'), '/account/people/cancel');
  await psql("update core.session set factor_at = core.now() where factor_at is not null");
  const person = (name) => value(`select id from core.app_user where login = '${name}'`);
  const edit = `/account/people/${await person('vol.off')}`;
  const off = await lead.submit(await lead.get(edit), 'form', { state: 'disabled' });
  assert.equal(off.path, '/account/people', off.text);
  const session = (name) => value(`select encode(sha256(s.id), 'hex') from core.session s join core.app_user u on u.id = s.app_user
    where u.login = '${name}' and s.ended_at is null order by s.created_at desc limit 1`);
  const figures = await release(clients.reg);
  const common = {
    'desk.step.event': 'respond', 'desk.preview.kind': 'EVIDENCE_LIST', 'desk.channels.channel': 'HEIMAO', 'desk.view.no': '1', 'report.csv.measure': 'closed',
    'report.exports.id': figures, 'report.id.name': 'manifest.json', 'account.people.id': await person('vol.spare'),
  };
  const objects = {
    A: { ...common, ...(await namesOf(made.A.number)), 'intake.evidence.file': photos.A, 'account.invite.token': open.token,
      'account.setup.token': `S${'A'.repeat(42)}`, 'account.session': await session('vol.one'), 'account.invitation': open.name,
      'report.platforms.id': await platform('公示甲', false) },
    B: { ...common, ...(await namesOf(made.B.number)), 'intake.evidence.file': photos.B, 'account.invite.token': cancelled.token,
      'account.session': await session('vol.rec'), 'account.invitation': cancelled.name, 'report.platforms.id': await platform('数量不足乙', true) },
  };
  objects.gone = Object.fromEntries(Object.keys(objects.A).map((key) => [key, missing]));
  Object.assign(objects.gone, {
    'desk.cases.n': 'AD26-999999', 'desk.step.event': 'nothing', 'desk.preview.kind': 'NOTHING', 'desk.channels.channel': 'NOWHERE', 'desk.view.no': '999',
    'report.csv.measure': 'nothing', 'report.id.name': 'none.json', 'account.invite.token': `N${'A'.repeat(42)}`, 'account.setup.token': `N${'A'.repeat(42)}`,
    'account.session': 'a'.repeat(64), 'account.invitation': 'a'.repeat(64),
  });
  for (const [whose, all] of Object.entries(objects)) for (const [key, name] of Object.entries(all)) assert.ok(name, `${whose} has no ${key}`);
  delete clients.spare;
  return { clients, objects };
}
