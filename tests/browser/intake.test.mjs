// The public form on a phone, with and without scripts, in Chinese and in English: every error state, how much is asked, how big things are,
// who must send it, the resume code, and a receipt that fits one sheet.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { psql } from '../support/database.mjs';
import { Person } from '../support/browser.mjs';
import { png } from '../support/files.mjs';
import { led } from '../support/people.mjs';
import { stack } from '../support/stack.mjs';

const { url } = await stack();
await led(url);
await psql("delete from core.attempt where kind in ('draft_network', 'duplicate_network', 'file_network', 'submit_network', 'code_network')");

/** Presses what submits the main form, and waits for the next page. */
const go = (page, selector = 'main button.main') => Promise.all([page.waitForNavigation(), page.locator(selector).first().click()]);
const errors = (page) => page.locator('.errors li').count();

/** Main controls are at least 44 px high, everything else that is pressed at least 24 (UX.md §6). */
async function targets(person, name) {
  const small = await person.page.evaluate(() => [...document.querySelectorAll('main button, main a.button, main input:not([type=hidden]), main select, main textarea, main a, header a, header button')]
    .filter((e) => e.checkVisibility() && !e.closest('.hide') && !(e.tagName === 'A' && e.closest('p')))
    .map((e) => [e, (e.closest('.choice') ?? e).getBoundingClientRect()])
    .filter(([e, box]) => box.height < (e.matches('button, a.button, input, select, textarea') && !e.matches('.plain, .site-link') ? 44 : 24))
    .map(([e, box]) => `${e.tagName} ${e.name ?? ''} ${e.textContent.trim().slice(0, 20)} ${box.height}`));
  assert.deepEqual(small, [], `${name}: too small to press`);
}

async function look(person, name) {
  await person.look(`intake-${name}`);
  await targets(person, name);
}

/** Names of the questions that a page asks as it stands; ticks, consents and remarks on files are not counted. */
const questions = (page) => page.evaluate(() => [...new Set([...document.querySelectorAll('form#form :is(input, textarea, select):not([type=hidden])')]
  .filter((e) => e.checkVisibility()).map((e) => e.name).filter((n) => n && !/^(consent_|agree|website|kind|note|photo|file|lang_to|then)/.test(n)))]);

test('back_comes_to_the_form_and_never_asks_to_send_it_again', async () => {
  const person = await Person.open({ url });
  const { page } = person;
  const back = async (address) => {
    await page.goBack();
    assert.equal(new URL(page.url()).pathname, address);
    assert.equal(await errors(page), 0, 'a GET, without the errors of then');
  };
  try {
    await page.goto('/complaint/platform');
    await go(page);
    assert.equal(await errors(page), 2);
    await page.fill('#f-platform', '星河卡盟');
    await page.check('#f-product-game_card');
    await go(page);
    assert.match(page.url(), /\/complaint\/story$/);
    await back('/complaint/platform');
    assert.equal(await page.inputValue('#f-platform'), '星河卡盟', 'with what was saved');
    await go(page);
    await back('/complaint/platform');
    await page.goForward();
    await go(page);
    assert.ok((await errors(page)) > 0);
    await page.goto('/login');
    await back('/complaint/story');
    await page.goForward();
    await go(page, 'form#form button.button');
    assert.ok((await errors(page)) > 0);
    await page.goto('/info/real');
    await back('/login');
    person.check();
  } finally {
    await person.close();
  }
});

for (const js of [false, true]) {
  for (const lang of ['zh-CN', 'en']) {
    test(`the_form_helps_on_every_page_${lang}_${js ? 'with' : 'without'}_scripts`, async () => {
      const dir = await mkdtemp('/tmp/aiddesk-shot-');
      const picture = path.join(dir, 'order.png');
      await writeFile(picture, png(200, 320));
      const person = await Person.open({ url, lang, js });
      const { page } = person;
      const asked = [];
      try {
        await page.goto('/complaint/platform');
        asked.push(...(await questions(page)));
        await go(page);
        assert.equal(await errors(page), 2);
        assert.equal(await page.evaluate(() => document.activeElement.className), 'errors', 'the summary has the focus');
        await look(person, 'platform-errors');
        await page.fill('#f-platform', '星河卡盟𠮷');
        await page.check('#f-product-game_card');
        await go(page);
        assert.match(page.url(), /story$/);
        asked.push(...(await questions(page)));
        await page.fill('#f-story', '短');
        await go(page);
        assert.equal(await errors(page), 4);
        assert.equal(await page.inputValue('#f-story'), '短');
        await look(person, 'story-errors');
        await page.check('#f-problem-late');
        await page.fill('#f-amount', '１，７６０．５元');
        await page.fill('#f-story', '卖家发来卡密：ABCD1234EFGH5678，一直不能用，客服不理。');
        await page.check('#f-wanted-refund');
        await go(page);
        await look(person, 'story-remarks');
        await go(page, '#f-story-remarks button');
        assert.match(page.url(), /evidence$/);
        await go(page, 'p.actions button[type=submit]');
        assert.equal(await errors(page), 1);
        await look(person, 'evidence-errors');
        await page.setInputFiles('#f-photo', picture);
        await go(page, 'p.actions button[type=submit]');
        await page.getByText('order.png').first().waitFor();
        await look(person, 'evidence-files');
        await page.setInputFiles('#f-file', { name: 'chosen.txt', mimeType: 'text/plain', buffer: Buffer.from(`${lang} ${js}`) });
        await go(page);
        assert.match(page.url(), /contact$/);
        await page.goto('/complaint/evidence');
        await page.getByText('chosen.txt').first().waitFor();
        await go(page);
        await page.check('#f-who-guardian');
        await page.check('#f-contact_way-email');
        asked.push(...(await questions(page)));
        await go(page);
        assert.equal(await errors(page), 2);
        await look(person, 'contact-errors');
        await page.check('#f-age_band-U8');
        await page.fill('#f-email', 'guardian@example.org');
        await page.check('#f-consent_guardian');
        await go(page);
        assert.match(page.url(), /check$/);
        await go(page);
        assert.equal(await errors(page), 3);
        await look(person, 'check-errors');
        for (const name of ['agree', 'agree_identity', 'agree_sensitive']) await page.check(`#f-${name}`);
        await go(page);
        assert.match(page.url(), /receipt$/);
        if (js) {
          const file = path.join(dir, 'receipt.pdf');
          await page.pdf({ path: file, format: 'A4' });
          const { stdout } = await promisify(execFile)('pdfinfo', [file]);
          assert.match(stdout, /Pages:\s+1\b/, 'the receipt prints on one sheet');
        }
        await page.fill('#f-last_group', 'ZZZZ');
        await go(page);
        await look(person, 'receipt-errors');
        const groups = (await page.locator('[data-code]').textContent()).trim().split(/\s+/);
        await page.fill('#f-last_group', groups[5]);
        await go(page);
        await look(person, 'saved');
        assert.ok(asked.length <= 22, `${asked.length} questions: ${asked}`);
        person.check();
      } finally {
        await person.close();
        await rm(dir, { recursive: true, force: true });
      }
    });
  }

  test(`a_minor_leaves_it_to_a_guardian_who_goes_on_with_the_code_${js ? 'with' : 'without'}_scripts`, async () => {
    const child = await Person.open({ url, js });
    const parent = await Person.open({ url, js });
    try {
      const { page } = child;
      await page.goto('/complaint/platform');
      await page.fill('#f-platform', '星河卡盟');
      await page.check('#f-product-game_top_up');
      await go(page);
      await page.check('#f-problem-not_received');
      await page.fill('#f-amount', '648');
      await page.fill('#f-story', '我用妈妈的手机充值，一直没有到账。');
      await page.check('#f-wanted-refund');
      await go(page);
      await go(page);
      await page.check('#f-who-minor');
      await page.check('#f-contact_way-none');
      await go(page);
      await look(child, 'check-minor');
      await go(page);
      await look(child, 'save-code');
      const code = (await page.locator('[data-code]').textContent()).trim();

      const other = parent.page;
      await other.goto('/complaint/resume');
      await other.fill('#f-code', code.slice(0, 20));
      await go(other);
      await look(parent, 'resume-errors');
      await other.fill('#f-code', code);
      await go(other);
      assert.match(other.url(), /check$/);
      await other.goto('/complaint/contact');
      await other.check('#f-who-guardian');
      await other.check('#f-age_band-14_15');
      await go(other);
      for (const name of ['agree', 'agree_identity', 'agree_sensitive']) await other.check(`#f-${name}`);
      await go(other);
      assert.match(other.url(), /receipt$/);
      child.check();
      parent.check();
    } finally {
      await child.close();
      await parent.close();
    }
  });
}

test('eight_answers_are_enough', async () => {
  const person = await Person.open({ url, js: false });
  const { page } = person;
  let answers = 0;
  const answer = async (what) => { await what; answers += 1; };
  try {
    await page.goto('/complaint/platform');
    await answer(page.fill('#f-platform', '星河'));
    await answer(page.check('#f-product-other'));
    await go(page);
    await answer(page.check('#f-problem-other'));
    await answer(page.fill('#f-amount', '0'));
    await answer(page.fill('#f-story', '付款以后没有收到东西。'));
    await answer(page.check('#f-wanted-refund'));
    await go(page);
    await go(page);
    await answer(page.check('#f-who-self'));
    await answer(page.check('#f-contact_way-none'));
    await go(page);
    await page.check('#f-agree');
    await page.check('#f-agree_identity');
    await go(page);
    assert.match(page.url(), /receipt$/);
    assert.equal(answers, 8);
    person.check();
  } finally {
    await person.close();
  }
});
