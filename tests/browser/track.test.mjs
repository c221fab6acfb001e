// Following a case in a browser: code, case, every kind of decision, messages, evidence, consents, stopping, leaving; on a phone and wide, light
// and dark, in both languages, with and without scripts.
import assert from 'node:assert/strict';
import test from 'node:test';
import { psql, value } from '../support/database.mjs';
import { desk, Person, phone } from '../support/browser.mjs';
import { complain, coordinator, invited, ownStack } from '../support/people.mjs';

const { url } = await ownStack();
const lead = await coordinator(url);
await invited(lead, url, 'volunteer', 'vol.one');
await lead.get('/desk');

/** Presses what submits the main form and waits for the answer. */
const go = (page, selector = 'form#form button.button, form#form button.main') => Promise.all([page.waitForNavigation(), page.locator(selector).last().click()]);
const errors = (page) => page.locator('.errors li').count();

/** Questions as the desk asks them, arranged here. */
async function questions(number) {
  await psql(`
    insert into core.decision (id, case_id, kind, channel, detail, asked_at)
    select gen_random_uuid(), c.id, k.kind, k.channel, k.detail::jsonb, core.now()
    from core.case_file c, (values ('CONSENT', 'COMPLAINT_12315', '{}'), ('WITHDRAWAL_WARNING', null, '{}'), ('RECEIPT', null, '{"amount_fen": 17600}'), ('WAIT', null, '{}'))
      k (kind, channel, detail)
    where c.case_no = '${number}'`);
}

const decisionOf = (number, kind) => value("select d.id from core.decision d join core.case_file c on c.id = d.case_id where c.case_no = :'number' and d.kind = :'kind' and d.answer is null", { number, kind });

for (const [lang, js, viewport, scheme] of [['zh-CN', false, phone, 'light'], ['zh-CN', true, phone, 'dark'], ['en', false, phone, 'dark'], ['en', true, desk, 'light']]) {
  test(`a_case_is_followed_in_${lang}_${js ? 'with' : 'without'}_scripts_at_${viewport.width}_${scheme}`, async () => {
    const { number, code } = await complain(url, { orderNo: `TR-${lang}-${js}` });
    await lead.submit(await lead.get(`/desk/cases/${number}`), `/desk/cases/${number}/release`);
    await questions(number);
    const person = await Person.open({ url, lang, js, viewport });
    const { page } = person;
    const look = (name) => person.look(`follow-${name}-${viewport.width}-${scheme}`);
    await page.emulateMedia({ colorScheme: scheme });
    try {
      await page.goto('/track');
      await go(page);
      assert.equal(await errors(page), 1);
      await look('code-empty');
      const last = code.at(-1);
      for (const [typed, name] of [['abc', 'short'], [code.slice(0, -1) + (last === '0' ? '1' : '0'), 'slip'], ['7K3M-Q9TX-4HVB-2NRD-8WYC-5FJ0', 'unknown']]) {
        await page.fill('#f-code', typed);
        await go(page);
        assert.equal(await errors(page), 1, name);
        assert.equal(await page.inputValue('#f-code'), typed);
      }
      await look('code-unknown');
      await page.fill('#f-code', code.toLowerCase().replaceAll(' ', ''));
      await go(page);
      assert.match(page.url(), /\/track\/case$/);
      assert.ok(!(await page.title()).includes(number), 'titles are neutral');
      await look('case');
      await page.goto('/track/decisions');
      assert.equal(await page.locator('main .card').count(), 4);
      await look('decisions');
      for (const [kind, answer] of [['CONSENT', 'granted'], ['WITHDRAWAL_WARNING', 'kept'], ['RECEIPT', 'part'], ['WAIT', 'waits']]) {
        await page.goto(`/track/decisions/${await decisionOf(number, kind)}`);
        assert.equal(await page.locator('input[type=radio]:checked').count(), 0, 'nothing is preselected');
        await go(page);
        assert.equal(await errors(page), 1, kind);
        await look(`decision-${kind}`);
        await page.check(`#f-answer-${answer}`);
        if (kind === 'RECEIPT') {
          await go(page);
          assert.equal(await errors(page), 1, 'part needs an amount');
          assert.equal(await page.isChecked('#f-answer-part'), true);
          await page.fill('#f-amount', '８８．５０元');
        }
        await go(page);
        assert.match(page.url(), /\/track\/decisions$/, kind);
      }
      await look('decisions-done');
      assert.equal(Number(await value("select amount_received_fen from core.case_file where case_no = :'number'", { number })), 8850);
      await page.goto('/track/consents');
      await look('consents');
      const given = page.locator('main form[action="/track/consents"]'), open = page.locator('main form[action="/track/consents/give"]');
      const before = await given.count();
      await go(page, 'main form[action="/track/consents/give"] button');
      assert.equal(await given.count(), before + 1, 'given');
      const left = await open.count();
      await go(page, 'main form[action="/track/consents"] button');
      assert.equal(await given.count(), before, 'taken back');
      assert.ok((await open.count()) + (await page.locator('main a[href^="/track/decisions/"]').count()) > left, 'and to be given again');
      await look('consents-open');
      await page.goto('/track/consents/end');
      await go(page);
      assert.equal(await errors(page), 1, 'nothing ends without the tick');
      await look('consents-end');
      await page.goto('/track/complaint');
      await page.getByText('示例卡盟甲').first().waitFor();
      await look('complaint');
      await page.goto('/track/messages');
      await go(page);
      assert.equal(await errors(page), 1);
      await page.fill('#f-body', '请问𠮷龘进展如何？');
      await go(page);
      await page.getByText('请问𠮷龘进展如何？').first().waitFor();
      await look('messages');
      await page.goto('/track/evidence');
      await go(page);
      assert.equal(await errors(page), 1);
      await page.setInputFiles('#f-file', { name: '补充.txt', mimeType: 'text/plain', buffer: Buffer.from('补充说明') });
      await go(page);
      await page.getByText('补充.txt').first().waitFor();
      await look('evidence');
      await page.goto('/track/papers');
      await look('papers');
      await page.goto('/track/stop');
      await go(page);
      assert.equal(await errors(page), 1);
      await look('stop');
      await page.check('#f-reason-pressed');
      await go(page);
      assert.match(page.url(), /\/track\/decisions\/[0-9a-f-]{36}$/);
      await look('decision-ABANDON');
      await page.check('#f-answer-acknowledged');
      await go(page);
      await page.goto('/track/case');
      await look('closed');
      await go(page, 'form[action="/track/leave"] button');
      assert.match(page.url(), /\/track$/);
      await page.goto('/track/case');
      assert.match(page.url(), /\/track$/, 'the session is over');
      person.check();
    } finally {
      await person.close();
    }
  });
}

test('too_many_wrong_codes_wait_and_keep_what_was_typed', async () => {
  const person = await Person.open({ url, js: false });
  const { page } = person;
  try {
    await psql("delete from core.attempt; insert into core.attempt (kind, key, window_start, n, last_at) values ('code_network', sha256(convert_to('127.0.0.0/24', 'UTF8')), core.now(), 40, core.now())");
    await page.goto('/track');
    await page.fill('#f-code', '7K3M-Q9TX-4HVB-2NRD-8WYC-5FJ0');
    await go(page);
    assert.equal(await page.inputValue('#f-code'), '7K3M-Q9TX-4HVB-2NRD-8WYC-5FJ0');
    await page.getByText(/\d+ ?(秒|分钟)后再试/).first().waitFor();
    await person.look('follow-code-wait');
  } finally {
    await psql('delete from core.attempt');
    await person.close();
  }
});
