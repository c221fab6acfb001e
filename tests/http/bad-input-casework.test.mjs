// Bad input of every kind on the forms of filings, settlement, withdrawal and the end of a case: each in a case that has come so far, and in
// another one when an attack was good input and took a step.
import assert from 'node:assert/strict';
import { stands } from '../support/bad-input.mjs';
import { performed as perform } from '../support/casework.mjs';
import { psql, value } from '../support/database.mjs';
import { pdf, png } from '../support/files.mjs';
import { file } from '../support/http.mjs';
import { complain, coordinator, invited, ownStack } from '../support/people.mjs';
import { filed, takenOn } from '../support/progress.mjs';

const { url } = await ownStack();
const lead = await coordinator(url);
const one = await invited(lead, url, 'volunteer', 'vol.one');
await lead.get('/desk');
await psql("update ref.service_limit set n = 1000000 where code like '%network%' or code like '%global%' or code like '%hour%'");

let number = null; // of the case that the running test works on
let orders = 0;
const today = await value("select to_char(engine.today(), 'YYYY-MM-DD')");
const later = await value("select to_char(engine.today() + 9, 'YYYY-MM-DD')");
const at = (where) => `/desk/cases/${number}${where}`;
const filing = () => value(`select f.id from core.filing f join core.case_file c on c.id = f.case_id where c.case_no = '${number}' and f.channel = 'HEIMAO'`);

const inLanguage = async (client, lang) => {
  await client.get(`/login?lang=${lang}`);
  return client;
};

/** A case of the volunteer in IN_PROGRESS with two filings. */
async function open() {
  await inLanguage(one, 'zh-CN');
  await inLanguage(lead, 'zh-CN');
  ({ number } = await complain(url, { orderNo: `BAD${orders++}` }));
  const page = await lead.get(at(''));
  if (page.forms.some((f) => f.action.endsWith('/release'))) await lead.submit(page, at('/release'));
  await takenOn(one, number);
  await filed(number);
}

/** The steps of a settlement, one after the other; each is a state whose forms are tried. */
const settlement = [
  async () => one.submit(await one.get(at('/settlement/offer')), 'form', { side: 'respondent', offer: '176' }),
  async () => one.submit(await one.get(at('/settlement/terms')), 'form', {
    name_a: '林小满', identity_a: '身份证 110101199003070011', contact_a: '13800138000', name_b: '样例网络有限公司', credit_code: '91350100M000100Y43',
    contact_b: 'service@example.com', dispute: '付款后点卡没有到账', kind: 'REFUND', amount: '176', account: '支付宝 13800138000', perform_by: later,
    method: '原路退回', copies: '2', withdraw_days: '3',
  }),
  async () => one.submit(await one.get(at('/settlement')), at('/settlement/agreement')),
  async () => one.submit(await one.get(at('/settlement/sign')), 'form', { signer: 'complainant', signed_on: today, same_text: true }),
  async () => one.submit(await one.get(at('/settlement/signed')), 'form', { signed_on: today, file: file('协议.pdf', pdf(), 'application/pdf') }),
];

/** A case of the volunteer after so many of these steps. */
const after = (steps) => async (lang) => {
  await open();
  for (const step of settlement.slice(0, steps)) {
    const page = await step();
    assert.equal(page.path, at('/settlement'), page.text);
  }
  return inLanguage(one, lang);
};

/** A performed case whose open filings are to be withdrawn. */
const withdrawing = async (lang) => {
  await open();
  await perform(one, number, { agreement: file('协议.pdf', pdf(), 'application/pdf'), proof: file('到账.png', png(), 'image/png') });
  await one.submit(await one.get(at('/close')), at('/close'));
  const page = await one.get(at(`/filings/${await filing()}/withdrawal`));
  await one.submit(page, at(`/filings/${await filing()}/withdrawal/step`));
  return inLanguage(one, lang);
};

const byLead = async (lang) => {
  await open();
  return inLanguage(lead, lang);
};

stands([
  ['channel', after(0), () => at('/channels/PAY_ALIPAY')],
  ['filing accepted', after(0), async () => at(`/filings/${await filing()}/step/accept`)],
  ['override', byLead, () => at('/override')],
  ['offer', after(0), () => at('/settlement/offer')],
  ['terms', after(1), () => at('/settlement/terms')],
  ['end of talks', after(1), () => at('/settlement/fail')],
  ['question about receipt', after(5), () => at('/settlement')],
  ['first signature', after(3), () => at('/settlement/sign')],
  ['signed agreement', after(4), () => at('/settlement/signed')],
  ['performance', after(5), () => at('/settlement/performed')],
  ['rescission', after(5), () => at('/settlement/rescind')],
  ['withdrawal', withdrawing, async () => at(`/filings/${await filing()}/withdrawal`)],
  ['close', byLead, () => at('/close')],
], () => psql('delete from core.attempt'));
