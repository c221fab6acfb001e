// Files, pictures and papers of the desk in a browser: phone and desk, both languages, with and without scripts.
import assert from 'node:assert/strict';
import test from 'node:test';
import { desk, Person, phone } from '../support/browser.mjs';
import { psql } from '../support/database.mjs';
import { png } from '../support/files.mjs';
import { complain, coordinator, invited, ownStack, password } from '../support/people.mjs';

const { url } = await ownStack();
const lead = await coordinator(url);
const volunteer = await invited(lead, url, 'volunteer', 'vol.one');
await lead.get('/desk');
const { number } = await complain(url);
await lead.submit(await lead.get(`/desk/cases/${number}`), `/desk/cases/${number}/release`);
await volunteer.submit(await volunteer.get(`/desk/cases/${number}`), `/desk/cases/${number}/accept`);
const at = (page) => `/desk/cases/${number}${page}`;

async function signedIn(options) {
  const person = await Person.open({ url, ...options });
  await person.page.goto('/login');
  await person.page.locator('input[name=login]').fill('vol.one');
  await person.page.locator('input[name=password]').fill(password);
  await person.page.locator('form#form button.button, form#form button.main').first().click();
  await person.page.waitForURL(/\/desk$/);
  return person;
}

const press = (person, name) => person.page.getByRole('button', { name }).first().click();

test('a_volunteer_adds_a_file_writes_a_letter_and_issues_it_on_a_phone', async () => {
  const person = await signedIn({ viewport: phone });
  const { page } = person;
  await page.goto(at('/files'));
  await press(person, '加入文件');
  assert.equal(await page.locator('#f-file-error').isVisible(), true);
  await person.look('files-error');
  await page.locator('select[name=kind]').selectOption('CHAT');
  await page.locator('input[name=note]').fill('客服邮件');
  await page.locator('input[name=file]').setInputFiles({ name: '客服.png', mimeType: 'image/png', buffer: png(900, 600) });
  await press(person, '加入文件');
  await page.getByText('客服邮件').waitFor();
  await person.look('files');

  // Pictures one after another, by link and by key.
  await page.goto(at('/evidence'));
  await page.locator('img.preview').first().click();
  await page.waitForURL(/\/view\/1$/);
  await person.look('view-first');
  await page.keyboard.press('ArrowRight');
  await page.waitForURL(/\/view\/2$/);
  await page.getByRole('link', { name: '上一个' }).click();
  await page.waitForURL(/\/view\/1$/);

  await page.goto(at('/papers'));
  await person.look('papers-missing');
  await page.getByRole('link', { name: '文书内容' }).first().click();
  await page.locator('input[name=name_real]').check();
  await press(person, '保存');
  assert.match(await page.title(), /^错误：/);
  await person.look('letter-error');
  await page.locator('input[name=name]').fill('王小明');
  await page.locator('input[name=addressee]').fill('示例市市场监督管理局');
  await page.locator('textarea[name=facts]').fill('2026年11月1日付款176元买点卡。\n不退款就曝光你。');
  await page.locator('input[name=no_negotiation]').check();
  await press(person, '保存');
  await page.waitForURL(/\/papers$/);
  await page.goto(at('/papers/text'));
  assert.equal(await page.locator('.notice-warn').first().isVisible(), true);
  await person.look('letter-remarks');
  await page.locator('textarea[name=facts]').fill('2026年11月1日付款176元买点卡。\n2026年11月2日客服没有答复，至今没有到账。');
  await press(person, '保存');
  await page.waitForURL(/\/papers$/);

  await page.goto(at('/evidence/new?kind=PAYMENT'));
  await page.locator('textarea[name=proves]').fill('付了176元');
  await press(person, '保存');
  await page.waitForURL(/\/evidence$/);
  const form = await volunteer.get(at('/demands/new'));
  await volunteer.submit(form, 'form', { kind: 'REFUND', amount: '176', by_day: new Date(Date.now() + 20 * 86400000).toISOString().slice(0, 10) });
  await page.goto(at('/papers'));
  await person.look('papers-ready');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '下载预览 投诉书' }).click()]);
  assert.match(download.suggestedFilename(), /^草稿 投诉书 .*\.pdf$/);
  await press(person, '签发 投诉书');
  await page.getByText('投诉书 v1').first().waitFor();
  await press(person, '签发 证据目录');
  await page.getByText('证据目录 v1').first().waitFor();
  await person.look('papers-issued');
  person.check();
  await person.close();
});

for (const [lang, js, viewport, scheme] of [['en', false, phone, 'light'], ['zh-CN', false, desk, 'dark'], ['en', true, desk, 'light']]) {
  test(`papers_and_files_are_accessible_${lang}_${js ? 'scripts' : 'plain'}_${viewport.width}_${scheme}`, async () => {
    const person = await signedIn({ lang, js, viewport });
    await person.page.emulateMedia({ colorScheme: scheme });
    for (const where of ['/files', '/papers', '/papers/text', '/view/1']) {
      assert.equal((await person.page.goto(at(where))).status(), 200, where);
      await person.look(`paper${where.replaceAll('/', '-')}-${scheme}-${viewport.width}`);
    }
    await person.page.goto(at('/papers/text'));
    await person.page.locator('textarea[name=facts]').fill('typed late');
    await psql("update core.session set ended_at = core.now() where ended_at is null");
    await person.page.locator('form#form button.button').first().click();
    await person.page.locator('.notice-warn').first().waitFor();
    assert.equal(await person.page.locator('textarea[name=facts]').inputValue(), 'typed late');
    await person.look(`paper-late-${scheme}-${viewport.width}`);
    person.check();
    await person.close();
  });
}
