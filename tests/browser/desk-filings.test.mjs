// Demands, channels, a filing and its steps, waiting and overrides in a browser: on a phone and on a desk, with and without scripts, in
// both languages.
import assert from 'node:assert/strict';
import test from 'node:test';
import { desk, Person, phone } from '../support/browser.mjs';
import { prepared } from '../support/casework.mjs';
import { complain, coordinator, invited, ownStack } from '../support/people.mjs';

const { url } = await ownStack();
const lead = await coordinator(url);
const volunteer = await invited(lead, url, 'volunteer', 'vol.one');
await lead.get('/desk');
const { number, code } = await complain(url);
await prepared(lead, volunteer, number);
const at = (where) => `/desk/cases/${number}${where}`;

async function person(client, options) {
  const made = await Person.open({ url, ...options });
  await made.context.addCookies([...client.cookies].filter(([name]) => !name.includes('lang')).map(([name, value]) => ({ name, value, url })));
  return made;
}

const press = (who, name) => who.page.getByRole('button', { name, exact: true }).first().click();
const day = (n) => new Date(Date.now() + n * 86400000 + 8 * 3600000).toISOString().slice(0, 10);
let filing;

test('a_volunteer_files_with_the_platform_on_a_phone', async () => {
  const who = await person(volunteer, { viewport: phone });
  const { page } = who;
  await page.goto(at('/demands/new'));
  await page.locator('select[name=kind]').selectOption('REPLACE');
  await page.locator('textarea[name=text]').fill('你们看着办');
  await press(who, '保存');
  assert.match(await page.title(), /^错误：/);
  await who.look('filing-demand-errors');
  await page.locator('input[name=quantity]').fill('２');
  await page.locator('input[name=by_day]').fill(day(10));
  await page.locator('textarea[name=text]').fill(`请在${day(10)}前更换2张可用的卡密`);
  await page.locator('select[name=alternative_to]').selectOption({ index: 1 });
  await press(who, '保存');
  await page.waitForURL(/\/demands$/);
  await who.look('filing-demands');
  await page.goto(at('/ready'));
  await press(who, '通过检查');
  await who.look('filing-case-ready');
  await page.getByRole('link', { name: '投诉渠道' }).first().click();
  await who.look('filing-channels');
  await page.getByRole('link', { name: '平台投诉工单' }).first().click();
  await who.look('filing-channel');
  await press(who, '发给当事人决定');
  await who.look('filing-channel-errors');
  await page.getByLabel('事情经过和诉求', { exact: true }).check();
  await page.getByLabel('订单号、付款记录', { exact: true }).check();
  await page.getByLabel('在这个渠道提交投诉', { exact: true }).check();
  await press(who, '发给当事人决定');
  await press(who, '准备在这里投诉');
  await page.waitForURL(/\/filings\//);
  filing = new URL(page.url()).pathname;
  await who.look('filing-planned');
  await press(who, '已核对，保存');
  await press(who, '准备提交');
  await who.look('filing-held');

  // The complainant answers on the tracking page.
  const theirs = await Person.open({ url, viewport: phone });
  await theirs.page.goto('/track');
  await theirs.page.locator('input[name=code]').fill(code);
  await theirs.page.locator('form#form button.main, form#form button.button').first().click();
  await theirs.page.goto('/track/decisions');
  await theirs.page.locator('main .card a').first().click();
  await theirs.look('track-consent');
  await theirs.page.getByLabel('同意', { exact: true }).check();
  await theirs.page.getByRole('button', { name: '确认', exact: true }).click();
  await theirs.page.waitForURL(/\/decisions$/);
  theirs.check();
  await theirs.close();

  await page.goto(`${filing}/step/submit`);
  await press(who, '提交');
  await who.look('filing-submit-errors');
  await page.locator('input[name=filing_no]').fill('TS-2026-1');
  await press(who, '提交');
  await page.waitForURL(/\/filings\/[0-9a-f-]{36}$/);
  await who.look('filing-submitted');
  await page.locator('details.why summary').first().click();
  await who.look('filing-why');
  who.check();
  await who.close();
});

const pages = ['', '/demands', '/demands/new', '/channels', '/channels/COMPLAINT_12315', '/channels/PLATFORM_TICKET', '/wait'];
const steps = ['', '/step/accept', '/step/respond', '/step/refuse', '/step/decide', '/step/end', '/step/ask_supplement', '/step/agree', '/step/dates', '/step/submit'];
const name = (where) => where.replaceAll(/[/?=]/g, '-').replaceAll(/[0-9a-f-]{36}/g, 'id');

for (const [lang, js, viewport, scheme] of [['zh-CN', true, desk, 'light'], ['en', false, phone, 'light'], ['en', true, desk, 'dark']]) {
  test(`filing_pages_are_accessible_${lang}_${js ? 'scripts' : 'plain'}_${viewport.width}_${scheme}`, async () => {
    const who = await person(volunteer, { lang, js, viewport });
    await who.page.emulateMedia({ colorScheme: scheme });
    for (const where of [...pages.map(at), ...steps.map((step) => filing + step)]) {
      assert.equal((await who.page.goto(where)).status(), 200, where);
      await who.look(`filings-${scheme}-${viewport.width}${name(where.replace(at(''), ''))}`);
    }
    who.check();
    await who.close();
  });
}

test('a_coordinator_overrides_in_the_browser', async () => {
  const who = await person(lead, { viewport: phone });
  await who.page.goto(at('/override'));
  await press(who, '放行');
  assert.match(await who.page.title(), /^错误：/);
  await who.look('override-errors');
  await who.page.locator('select[name=object]').selectOption({ label: '案件' });
  await who.page.locator('select[name=guard]').selectOption('V-EV-02');
  await who.page.locator('textarea[name=reason]').fill('当事人已说明为什么没有聊天记录');
  await press(who, '放行');
  await who.look('override');
  assert.match(await who.page.locator('main').innerText(), /为什么没有聊天记录/);
  who.check();
  await who.close();
});
