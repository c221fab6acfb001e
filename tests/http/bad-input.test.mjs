// Every form of every page with bad input of every kind (tests/support/bad-input.mjs).  A new page with a form is one more line here.
import assert from 'node:assert/strict';
import { stands } from '../support/bad-input.mjs';
import { psql, value } from '../support/database.mjs';
import { Client } from '../support/http.mjs';
import { complain, coordinator, invited, ownStack, password } from '../support/people.mjs';

const { url } = await ownStack();
const lead = await coordinator(url);
const volunteer = await invited(lead, url, 'volunteer', 'vol.bad');
await lead.get('/desk');
// What is tested here is not the limits.
await psql("update ref.service_limit set n = 1000000 where code like '%network%' or code like '%global%' or code like '%hour%'");
const forget = () => psql('delete from core.attempt');

const { number, code } = await complain(url);
const where = `/desk/cases/${number}`;
await lead.submit(await lead.get(where), `${where}/release`);
await volunteer.submit(await volunteer.get(where), `${where}/accept`);

/** A browser at the form, with a draft whose steps are all saved. */
async function drafted(lang) {
  const client = new Client(url, { lang });
  let page = await client.submit(await client.get('/complaint/platform'), 'form', { platform: '样例', product: 'other' });
  page = await client.submit(page, 'form', { problem: 'late', amount: '5', story: '付款之后一直没有到账。', wanted: ['refund'] });
  page = await client.submit(page, 'form', {}, { button: '/complaint/evidence?then=on' });
  page = await client.submit(page, 'form', { who: 'self', contact_way: 'none' });
  assert.equal(page.path, '/complaint/check', page.text);
  return client;
}

async function followed(lang) {
  const client = new Client(url, { lang });
  const page = await client.submit(await client.get('/track'), 'form', { code });
  assert.equal(page.path, '/track/case', page.text);
  return client;
}

const inLanguage = async (client, lang) => {
  await client.get(`/login?lang=${lang}`);
  return client;
};

/** A fresh link of an invitation, opened. */
async function withLink(lang) {
  const page = await lead.submit(await lead.get('/account/people'), '/account/people/invite', { role: 'volunteer' });
  const client = new Client(url, { lang });
  await client.get(/\/invite\/[A-Za-z0-9_-]{43}/.exec(page.body)[0]);
  return client;
}

/** Password right, second factor still open. */
async function halfIn(lang) {
  await forget();
  const client = new Client(url, { lang });
  const page = await client.submit(await client.get('/login'), 'form', { login: 'lead.one', password });
  assert.equal(page.path, '/login/code', page.text);
  return client;
}

/** A case that was just sent: its receipt. */
async function received(lang) {
  const { client } = await complain(url, { orderNo: `BAD-${lang}` });
  return inLanguage(client, lang);
}

/** Somebody with another case, which good input ends. */
async function ending(lang) {
  const made = await complain(url, { orderNo: `END-${lang}` });
  const client = new Client(url, { lang });
  await client.submit(await client.get('/track'), 'form', { code: made.code });
  return client;
}

async function asked(lang) {
  const client = await followed(lang);
  await client.submit(await client.get('/track/stop'), 'form', { reason: 'other' });
  return client;
}

/** The volunteer with the case, whatever earlier attacks have done to it by being good input. */
async function mine(lang) {
  await inLanguage(lead, 'zh-CN');
  const id = await value("select id from core.app_user where login = 'vol.bad'");
  if ((await volunteer.get(where)).status !== 200) {
    await lead.submit(await lead.get(`${where}/assign`), 'form', { person: id, note: '再来' });
    await volunteer.submit(await volunteer.get(where), `${where}/accept`);
  }
  return inLanguage(volunteer, lang);
}

const openDecision = () => value("select d.id from core.decision d join core.case_file c on c.id = d.case_id where c.case_no = :'number' and d.answer is null order by d.asked_at desc, d.id limit 1", { number });

// Name, who opens it, address.  `again` makes a new person when an attack led out of the page.
const pages = [
  ['platform', drafted, '/complaint/platform'],
  ['story', drafted, '/complaint/story'],
  ['evidence', drafted, '/complaint/evidence'],
  ['contact', drafted, '/complaint/contact'],
  ['check', drafted, '/complaint/check'],
  ['resume', async (lang) => new Client(url, { lang }), '/complaint/resume'],
  ['receipt', received, '/complaint/receipt'],
  ['track', async (lang) => new Client(url, { lang }), '/track'],
  ['track messages', followed, '/track/messages'],
  ['track supply', followed, '/track/supply'],
  ['track evidence', followed, '/track/evidence'],
  ['track stop', followed, '/track/stop'],
  ['track end', ending, '/track/consents/end'],
  ['track decision', asked, async () => `/track/decisions/${await openDecision()}`],
  ['login', async (lang) => new Client(url, { lang }), '/login'],
  ['second factor', halfIn, '/login/code'],
  ['invitation', withLink, '/invite'],
  ['profile', (lang) => inLanguage(volunteer, lang), '/account'],
  ['password', (lang) => inLanguage(volunteer, lang), '/account/password'],
  ['second factor of an account', (lang) => inLanguage(lead, lang), '/account/totp'],
  ['confirm', (lang) => inLanguage(lead, lang), '/account/confirm'],
  ['leave', (lang) => inLanguage(volunteer, lang), '/account/leave'],
  ['conflicts', (lang) => inLanguage(volunteer, lang), '/account/conflicts'],
  ['people', (lang) => inLanguage(lead, lang), '/account/people'],
  ['person', (lang) => inLanguage(lead, lang), async () => `/account/people/${await value("select id from core.app_user where login = 'vol.bad'")}`],
  ['exports', (lang) => inLanguage(lead, lang), '/exports'],
  ['desk review', mine, `${where}/review`],
  ['desk evidence', mine, `${where}/evidence/new?kind=CHAT`],
  ['desk ask', mine, `${where}/ask`],
  ['desk decline', mine, `${where}/decline`],
  ['desk duplicate', mine, `${where}/duplicate`],
  ['desk platform', mine, `${where}/platform`],
  ['desk notes', mine, `${where}/notes`],
  ['desk messages', mine, `${where}/messages`],
  ['desk demand', mine, `${where}/demands/new`],
  ['desk files', mine, `${where}/files`],
  ['desk letter', mine, `${where}/papers/text`],
  ['desk return', mine, `${where}/return`],
  ['desk assign', (lang) => inLanguage(lead, lang), `${where}/assign`],
];

stands(pages, forget);
