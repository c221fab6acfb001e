// The public pages on a phone, with and without scripts, in Chinese and in English: axe, no sideways scrolling, no third party, a picture of
// each page and error state; and a whole complaint from the form to the tracking page.
import assert from 'node:assert/strict';
import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { Person } from '../support/browser.mjs';
import { png } from '../support/files.mjs';
import { led } from '../support/people.mjs';
import { stack } from '../support/stack.mjs';

const pages = [
  ['start', '/'], ['platform', '/complaint/platform'], ['track', '/track'], ['login', '/login'], ['platforms', '/platforms'],
  ['privacy', '/info/privacy'], ['real', '/info/real'], ['lost-code', '/info/lost-code'], ['paper', '/info/paper'], ['resume', '/complaint/resume'],
];

for (const js of [false, true]) {
  for (const lang of ['zh-CN', 'en']) {
    const how = `${lang}_${js ? 'with' : 'without'}_scripts`;

    test(`public_pages_are_accessible_${how}`, async () => {
      const person = await Person.open({ url: (await stack()).url, lang, js });
      for (const [name, where] of pages) {
        const answer = await person.page.goto(where);
        assert.equal(answer.status(), 200, where);
        await person.look(name);
      }
      await person.page.goto('/complaint/platform');
      await person.page.locator('form#form button.button, form#form button.main').first().click();
      assert.match(await person.page.title(), lang === 'en' ? /^Error:/ : /^错误：/);
      await person.look('platform-errors');
      await person.page.goto('/track');
      await person.page.locator('input[name=code]').fill('7K3M-Q9TX-4HVB-2NRD-8WYC-5FJ1');
      await person.page.locator('form#form button.button').first().click();
      await person.look('track-errors');
      person.check();
      await person.close();
    });
  }
}

/** Submits the page's main form. */
async function go(person) {
  await Promise.all([person.page.waitForLoadState('load'), person.page.locator('form#form button[type=submit]:visible:not([name])').last().click()]);
}

await led((await stack()).url);

for (const js of [false, true]) {
  test(`a_person_on_a_phone_complains_and_follows_the_case_${js ? 'with' : 'without'}_scripts`, async () => {
    const dir = await mkdtemp('/tmp/aiddesk-shot-');
    const picture = path.join(dir, '付款.png');
    await writeFile(picture, png());
    const person = await Person.open({ url: (await stack()).url, js });
    const { page } = person;
    try {
      await page.goto('/complaint/platform');
      await page.fill('input[name=platform]', '样例充值乙');
      await page.check('input[name=product][value=phone]');
      await go(person);
      assert.match(page.url(), /\/complaint\/story$/);
      await person.look('story');
      await page.check('input[name=problem][value=not_received]');
      await page.fill('input[name=amount]', '50');
      await page.fill('textarea[name=story]', '昨天充值五十元话费，订单显示成功，手机没有到账。');
      await page.check('input[name=wanted][value=refund]');
      await go(person);
      assert.match(page.url(), /\/complaint\/evidence$/);
      await page.setInputFiles('input[name=photo]', picture);
      await person.look('evidence');
      await page.locator('form:has(input[name=photo]) button[type=submit]:not([formaction])').click();
      await page.getByText('付款.png').first().waitFor();
      await person.look('evidence-files');
      await page.goto('/complaint/contact');
      await page.check('input[name=who][value=self]');
      await page.check('input[name=contact_way][value=none]');
      await person.look('contact');
      await go(person);
      assert.match(page.url(), /\/complaint\/check$/);
      await person.look('check');
      await page.check('input[name=agree]');
      await page.check('input[name=agree_identity]');
      await page.check('input[name=agree_sensitive]');
      await page.locator('form:has(input[name=agree]) button[type=submit]:visible:not([name])').last().click();
      await page.waitForURL(/\/complaint\/receipt$/);
      await person.look('receipt');
      const code = (await page.locator('[data-code]').textContent()).trim();
      await page.goto('/track');
      await page.fill('input[name=code]', code);
      await page.locator('form#form button.button').first().click();
      await page.waitForURL(/\/track\/case$/);
      await person.look('case');
      for (const name of ['complaint', 'decisions', 'messages', 'evidence', 'consents', 'papers', 'stop']) {
        await page.goto(`/track/${name}`);
        await person.look(`track-${name}`);
      }
      person.check();
    } finally {
      await person.close();
      await rm(dir, { recursive: true, force: true });
    }
  });
}
