// Pages that must look right whatever state the service is in: the start page, a page that does not exist, nginx's own errors.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Person, desk, phone } from '../support/browser.mjs';
import { stack } from '../support/stack.mjs';

const { url } = await stack();

for (const js of [true, false]) {
  for (const lang of ['zh-CN', 'en']) {
    test(`start_page_and_errors_are_whole_in_${lang}_${js ? 'with' : 'without'}_scripts`, async () => {
      const person = await Person.open({ url, lang, js });
      const { page } = person;
      await page.goto('/');
      assert.equal(await page.getAttribute('html', 'lang'), lang === 'en' ? 'en' : 'zh-Hans');
      await person.look('start');
      assert.equal((await page.goto('/no/such/page')).status(), 404);
      await person.look('not-found');
      assert.equal((await page.goto('/static/none.css')).status(), 404);
      await person.look('gate-not-found');
      person.check();
      await person.close();
    });
  }
}

test('the_language_link_changes_the_language_and_keeps_the_page', async () => {
  const person = await Person.open({ url, lang: 'zh-CN', js: false });
  await person.page.goto('/track');
  await person.page.click('[lang="en"].site-link');
  assert.equal(await person.page.getAttribute('html', 'lang'), 'en');
  assert.equal(new URL(person.page.url()).pathname, '/track');
  await person.close();
});

test('pages_fit_narrow_and_wide_windows', async () => {
  for (const viewport of [{ width: 320, height: 640 }, phone, desk]) {
    const person = await Person.open({ url, viewport });
    await person.page.goto('/');
    await person.fits(`start at ${viewport.width}`);
    await person.close();
  }
});
