// The desk in a browser: every page of a case on a phone and on a desk, in both languages, with and without scripts; the way to a decision.
import assert from 'node:assert/strict';
import test from 'node:test';
import { desk, Person, phone } from '../support/browser.mjs';
import { psql } from '../support/database.mjs';
import { Client } from '../support/http.mjs';
import { complain, coordinator, invited, ownStack, password } from '../support/people.mjs';

const { url } = await ownStack();
const lead = await coordinator(url);
await invited(lead, url, 'volunteer', 'vol.one');
await lead.get('/desk');
const { number } = await complain(url);
await lead.submit(await lead.get(`/desk/cases/${number}`), `/desk/cases/${number}/release`);

async function signedIn(options) {
  const person = await Person.open({ url, ...options });
  await person.page.goto('/login');
  await person.page.locator('input[name=login]').fill('vol.one');
  await person.page.locator('input[name=password]').fill(password);
  await person.page.locator('form#form button.button, form#form button.main').first().click();
  await person.page.waitForURL(/\/desk$/);
  return person;
}

const press = (person, name) => person.page.getByRole('button', { name, exact: true }).first().click();

test('a_volunteer_reviews_a_case_in_the_browser', async () => {
  const person = await signedIn({ viewport: phone });
  const { page } = person;
  await person.look('desk-home');
  await page.getByRole('link', { name: new RegExp(number) }).first().click();
  await person.look('desk-case-new');
  await press(person, '接手');
  await page.goto(`/desk/cases/${number}/review`);
  await person.look('desk-review');
  await page.locator('select[name=responsibility]').selectOption('PLATFORM');
  await page.locator('input[name=knew_on]').fill('昨天');
  await press(person, '保存');
  assert.match(await page.title(), /^错误：/);
  assert.equal(await page.locator('input[name=knew_on]').inputValue(), '昨天');
  await person.look('desk-review-errors');
  await page.locator('input[name=knew_on]').fill('2026-11-2');
  await press(person, '保存');
  await press(person, '立案');
  await page.waitForURL(new RegExp(`/desk/cases/${number}$`));
  await page.goto(`/desk/cases/${number}/evidence`);
  await page.getByRole('link', { name: '写明它证明什么' }).first().click();
  await person.look('desk-evidence-kind');
  await page.getByLabel('支付凭证', { exact: true }).check();
  await press(person, '继续');
  await page.locator('input[name=v2]').fill('很多');
  await press(person, '保存');
  await person.look('desk-evidence-errors');
  await page.locator('input[name=v2]').fill('１７６元');
  await press(person, '保存');
  await page.waitForURL(/\/evidence$/);
  await person.look('desk-evidence');
  person.check();
  await person.close();
});

const pages = ['', '/evidence', '/evidence/new', '/evidence/new?kind=CHAT', '/ready', '/review', '/ask', '/decline', '/duplicate', '/contact', '/platform', '/notes', '/messages', '/return', '/conflict'];
const name = (where) => `desk${where.replaceAll(/[/?=]/g, '-') || '-case'}`;

for (const [lang, js, viewport, scheme] of [['zh-CN', true, desk, 'light'], ['en', false, phone, 'light'], ['en', true, desk, 'dark']]) {
  test(`desk_pages_are_accessible_${lang}_${js ? 'scripts' : 'plain'}_${viewport.width}_${scheme}`, async () => {
    const person = await signedIn({ lang, js, viewport });
    await person.page.emulateMedia({ colorScheme: scheme });
    for (const where of ['/desk', '/desk/cases', '/desk/cases?scope=unassigned&platform=x']) {
      assert.equal((await person.page.goto(where)).status(), 200, where);
      await person.look(`list-${scheme}-${viewport.width}${where.replaceAll(/[/?=&]/g, '-')}`);
    }
    for (const where of pages) {
      assert.equal((await person.page.goto(`/desk/cases/${number}${where}`)).status(), 200, where);
      await person.look(`${name(where)}-${scheme}-${viewport.width}`);
    }
    person.check();
    await person.close();
  });
}

test('words_after_the_end_of_a_case_lead_to_its_messages', async () => {
  const ended = await complain(url, { orderNo: 'END-1' });
  await lead.submit(await lead.get(`/desk/cases/${ended.number}`), `/desk/cases/${ended.number}/release`);
  await psql(`update core.case_file set status = 'CLOSED', closed_at = core.now(), closure_reason = 'SETTLED' where case_no = '${ended.number}'`);
  const complainant = new Client(url);
  await complainant.submit(await complainant.get('/track'), 'form', { code: ended.code });
  await complainant.submit(await complainant.get('/track/messages'), 'form', { body: '钱又被扣了，请看看𠮷' });
  for (const [lang, js, viewport] of [['zh-CN', true, desk], ['en', false, phone]]) {
    const person = await signedIn({ lang, js, viewport });
    const { page } = person;
    await person.look(`ended-home-${viewport.width}`);
    await page.locator('.notice a[href="/desk/cases?scope=after"]').click();
    await person.look(`ended-list-${viewport.width}`);
    await page.getByRole('link', { name: new RegExp(ended.number) }).first().click();
    await person.look(`ended-case-${viewport.width}`);
    assert.equal(await page.locator('form[action$="/accept"]').count(), 0, 'what has ended is not accepted any more');
    await page.locator('.notice a[href$="/messages"]').click();
    await person.look(`ended-messages-${viewport.width}`);
    if (viewport === phone) {
      await page.locator('form[action$="/messages/seen"] button').click();
      await page.waitForURL(/messages$/);
      assert.equal(await page.locator('.message .tag').count(), 0, 'nothing is unread');
    }
    person.check();
    await person.close();
  }
});

test('pages_of_coordinators_are_accessible', async () => {
  const person = await Person.open({ url, viewport: phone });
  await person.context.addCookies([...lead.cookies].map(([cookie, value]) => ({ name: cookie, value, url })));
  for (const where of ['/desk', '/desk/today', '/desk/load', '/desk/cases?scope=all', `/desk/cases/${number}`, `/desk/cases/${number}/assign`]) {
    assert.equal((await person.page.goto(where)).status(), 200, where);
    await person.look(`lead${where.replaceAll(/[/?=]/g, '-')}`);
  }
  person.check();
  await person.close();
});
