// Settlement, withdrawal and closing in a browser on a desk, with and without scripts (story.test.mjs does it on a phone).
import assert from 'node:assert/strict';
import test from 'node:test';
import { value } from '../support/database.mjs';
import { desk, Person } from '../support/browser.mjs';
import { complain, coordinator, invited, ownStack } from '../support/people.mjs';
import { filed, takenOn } from '../support/progress.mjs';

const { url } = await ownStack();
const lead = await coordinator(url);
const one = await invited(lead, url, 'volunteer', 'vol.one');
await lead.get('/desk');
const today = await value("select to_char(engine.today(), 'YYYY-MM-DD')");
const later = await value("select to_char(engine.today() + 9, 'YYYY-MM-DD')");

async function open(orderNo) {
  const { number } = await complain(url, { orderNo });
  const page = await lead.get(`/desk/cases/${number}`);
  if (page.forms.some((f) => f.action.endsWith('/release'))) await lead.submit(page, `/desk/cases/${number}/release`);
  await takenOn(one, number);
  await filed(number);
  return number;
}

async function signedIn(options) {
  const person = await Person.open({ url, ...options });
  await person.context.addCookies([...one.cookies].map(([cookie, text]) => ({ name: cookie, value: text, url })));
  return person;
}

for (const [lang, js, viewport, orderNo] of [['en', true, desk, 'SET-1'], ['zh-CN', false, desk, 'SET-2']]) {
  test(`a_settlement_from_offer_to_withdrawal_${lang}_${js ? 'scripts' : 'plain'}_${viewport.width}`, async () => {
    const number = await open(orderNo);
    const person = await signedIn({ lang, js, viewport });
    const { page } = person;
    const at = `/desk/cases/${number}`;
    const look = (name) => person.look(`settlement-${name}-${viewport.width}`);
    const send = () => page.locator('form#form button').first().click();
    await page.goto(`${at}/settlement?lang=${lang}`);
    await look('empty');
    await page.goto(`${at}/settlement/offer`);
    await send();
    await look('offer-errors');
    await page.locator('input[name=side][value=respondent]').check();
    await page.locator('input[name=offer]').fill('176');
    await send();
    await page.waitForURL(/settlement$/);
    await look('proposed');
    await page.goto(`${at}/settlement/terms`);
    await look('terms');
    await page.locator('textarea[name=extra_terms]').fill('甲方承诺不得向任何部门举报。');
    await send();
    await page.waitForURL(/terms\?show=saved$/);
    await look('terms-missing');
    await page.goto(`${at}/settlement/agreement`); // nothing to look at yet: what is missing is an error now
    await look('terms-errors');
    for (const [name, text] of Object.entries({ name_a: '林小满', identity_a: '身份证 110101199003070011', contact_a: '13800138000', name_b: '示例网络有限公司', credit_code: '91350100M000100Y43', account: '支付宝 13800138000', perform_by: later, method: '原路退回' })) await page.locator(`input[name=${name}]`).fill(text);
    await page.locator('textarea[name=extra_terms]').fill('');
    await send();
    await page.waitForURL(/settlement$/);
    await look('complete');
    await page.locator('form[action$="/settlement/agreement"] button').click();
    await page.waitForURL(/settlement$/);
    await page.goto(`${at}/settlement/sign`);
    await send();
    await look('sign-errors');
    await page.locator('input[name=signer][value=complainant]').check();
    await page.locator('input[name=signed_on]').fill(today);
    await page.locator('input[name=same_text]').check();
    await send();
    await page.waitForURL(/settlement$/);
    await page.goto(`${at}/settlement/signed`);
    await look('signed');
    await page.locator('input[name=signed_on]').fill(today);
    await page.locator('input[name=file]').setInputFiles({ name: '协议.pdf', mimeType: 'application/pdf', buffer: Buffer.from(`%PDF-1.4 ${number}`) });
    await send();
    await page.waitForURL(/settlement$/);
    await look('pending');
    await page.goto(`${at}/settlement/performed`);
    await page.locator('input[name=done_on]').fill(today);
    await send();
    await look('performed-errors');
    await page.locator('input[name=file]').setInputFiles({ name: '到账.pdf', mimeType: 'application/pdf', buffer: Buffer.from(`%PDF-1.4 paid ${number}`) });
    await send();
    await page.waitForURL(/settlement$/);
    await look('performed');
    await page.goto(`${at}/close`);
    await look('close');
    await page.locator('form[action$="/close"] button').click();
    await page.waitForURL(/settlement$/);
    await look('withdrawals');
    await page.locator('a[href$="/withdrawal"]').first().click();
    await look('withdrawal');
    await page.locator('form[action$="/withdrawal/step"] button').click();
    await page.locator('input[name=asked_by][value=both]').check();
    await page.locator('input[name=pressed][value=no]').check();
    await page.locator('select[name=reason]').selectOption('REFUNDED');
    await page.locator('textarea[name=text]').fill('问题已解决');
    await send();
    await look('withdrawal-errors');
    assert.equal(await page.locator('textarea[name=text]').inputValue(), '问题已解决');
    await page.locator('textarea[name=text]').fill('2026年11月20日平台已退款176元，退款单号 R-2026，见附件。');
    await send();
    await look('withdrawal-written');
    for (const where of ['fail', 'rescind']) {
      await page.goto(`${at}/settlement/${where}`);
      await look(where);
    }
    person.check();
    await person.close();
  });
}
