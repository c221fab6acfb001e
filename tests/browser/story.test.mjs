// One complaint all the way in a browser on a phone: the public form, the desk, two channels, a passed deadline, an agreement, performance,
// withdrawals, the platform's report, and a signed release of statistics; without scripts and with them, in Chinese and in English.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { after } from 'node:test';
import { Person, phone } from '../support/browser.mjs';
import { eventually, psql, setClock, value } from '../support/database.mjs';
import { pdf, png } from '../support/files.mjs';
import { coordinator, invited, ownStack, password } from '../support/people.mjs';
import { aiddesk } from '../support/stack.mjs';
import { Walk } from '../support/walk.mjs';

const { url } = await ownStack();
const lead = await coordinator(url);
await invited(lead, url, 'volunteer', 'vol.one');
await invited(lead, url, 'regulator', 'reg.one');
await lead.get('/desk'); // hands the pool key to the volunteer

const dir = await mkdtemp('/tmp/aiddesk-story-');
after(() => rm(dir, { recursive: true, force: true }));
const keep = async (name, bytes) => {
  const file = path.join(dir, name);
  await writeFile(file, bytes);
  return { file };
};

let ahead = 0; // days that the clock of the service is ahead
const day = (n) => new Date(Date.now() + (ahead + n) * 86400000 + 8 * 3600000).toISOString().slice(0, 10);

async function signIn(walk, login, where) {
  await walk.open('/login', 'login');
  await walk.fill({ login, password });
  await walk.press();
  assert.equal(walk.path, where);
}

/** The tracking page of a code, signed in anew when the session has ended. */
async function track(walk, code, where) {
  await walk.page.goto(where);
  if (walk.path !== where || await walk.page.locator('input[name=code]').count()) {
    await walk.open('/track', 'track');
    await walk.send({ code });
    await walk.page.goto(where);
  }
  assert.equal(walk.path, where);
}

/** Answers the first question that waits for the complainant. */
async function decide(walk, code, answer, name) {
  await track(walk, code, '/track/decisions');
  await walk.see('track-decisions');
  await walk.page.locator('a[href^="/track/decisions/"]').first().click();
  await walk.see(name);
  await walk.send({ answer });
  assert.equal(walk.path, '/track/decisions');
}

const evidence = {
  ORDER: { v1: 'AB-12345', v2: '点卡', v3: '１７６．００元', v4: '2026年11月1日 10点02分', v5: '已付款' },
  PAYMENT: { v1: '2026-11-1 10:03', v2: '176', v3: '某公司', v4: '2026110122001', v5: 'ALIPAY' },
  DELAY_PROOF: { v1: '处理中', v2: '2026-11-1 12:00', v3: '2026-11-1 11:00' },
  CHAT: { v1: '平台客服', v2: '客服1', v3: '2026-11-1 12:00', v4: '2026-11-1 12:30', v5: 'yes' },
  ENTITY: { v1: '样例科技有限公司', v2: '91350100M000100Y43', v3: '国家企业信用信息公示系统', v4: '2026-11-3 10:00' },
};

/** Steps 1 to 4, check page, receipt; returns number and tracking code. */
async function complain(walk, run) {
  await walk.open('/', 'start');
  await walk.page.locator('a.button[href="/complaint/platform"], form[action$="/complaint/start"] button').first().click();
  await walk.page.waitForURL(/\/complaint\/platform/);
  await walk.refused({ platform: '', order_no: '订单𠮷' }, 'platform-errors');
  await walk.send({ platform: `样例卡盟${run}`, product: 'game_card', order_no: `ＳＴ－${run}`, pay_method: 'alipay', payment_no: `2026110122${run}` });
  await walk.see('complaint-story');
  await walk.send({ problem: 'not_received', paid_on: '2026年11月1日', amount: '１７６．００元', story: '2026年11月1日付款176元买点卡，至今没有到账，𠮷龘，客服不回。😀', wanted: ['refund'] });
  await walk.see('complaint-evidence');
  await walk.fill({ photo: await keep(`付款${run}.png`, png(90, 60)) });
  await walk.press(undefined, 'button[type=submit]:not([formaction])');
  await walk.see('complaint-evidence-files');
  assert.match(await walk.page.locator('main').innerText(), new RegExp(`付款${run}\\.png`));
  await walk.press(undefined, 'button.main');
  await walk.see('complaint-contact');
  await walk.send({ who: 'self', contact_way: 'mobile', mobile: '138 0013 8000', call_name: '林小满', safe: ['text'], purpose: 'own_use', consent_platform: true, consent_stats: true });
  assert.equal(walk.path, '/complaint/check');
  await walk.see('complaint-check');
  // Nobody types this fast: the case would wait for a coordinator's look.
  await psql("update core.case_file set created_at = created_at - interval '1 hour' where submitted_at is null");
  const check = 'form:has(input[name=agree])';
  await Promise.all([walk.page.waitForNavigation({ waitUntil: 'load' }), walk.page.locator(`${check} button[type=submit]:visible:not([name])`).last().click()]);
  assert.match(await walk.page.title(), /^(错误：|Error:)/);
  await walk.see('complaint-check-errors');
  for (const name of ['agree', 'agree_identity', 'agree_sensitive']) await walk.page.locator(`${check} input[name=${name}]`).check();
  await Promise.all([walk.page.waitForNavigation({ waitUntil: 'load' }), walk.page.locator(`${check} button[type=submit]:visible:not([name])`).last().click()]);
  assert.equal(walk.path, '/complaint/receipt');
  await walk.see('complaint-receipt');
  const text = await walk.page.locator('main').innerText();
  return { number: /AD\d\d-\d{6}/.exec(text)[0], code: (await walk.page.locator('[data-code]').textContent()).replaceAll(/\s/g, '') };
}

/** Says what a file is evidence of. */
async function item(walk, number, kind) {
  await walk.open(`/desk/cases/${number}/evidence`, 'desk-evidence');
  await walk.page.locator('a[href*="/evidence/new?file="]').first().click();
  await walk.page.waitForURL(/evidence\/new/);
  await walk.see('desk-evidence-kind');
  await walk.page.locator(`input[name=kind][value=${kind}]`).check();
  await Promise.all([walk.page.waitForNavigation({ waitUntil: 'load' }), walk.page.locator('form[method=get] button.button').last().click()]);
  await walk.see(`desk-evidence-form-${kind}`);
  await walk.send({ ...evidence[kind], proves: `证明 ${kind}` });
}

/** From the list to READY. */
async function prepare(walk, number) {
  const at = (where) => `/desk/cases/${number}${where}`;
  await signIn(walk, 'vol.one', '/desk');
  await walk.see('desk-home');
  await walk.open('/desk/cases', 'desk-cases');
  await walk.open(at(''), 'desk-case-new');
  await walk.send({}, at('/accept'));
  await walk.open(at('/review'), 'desk-review');
  await walk.refused({ knew_on: '昨天' }, 'desk-review-errors');
  await walk.send({ responsibility: 'PLATFORM', paid: true, not_performed: true, causation: true, user_error_excluded: true, knew_on: '2026-11-2', screening: 'clear' });
  await walk.send({}, at('/take-on'));
  for (const kind of ['ORDER', 'PAYMENT', 'DELAY_PROOF', 'CHAT']) await item(walk, number, kind);
  await walk.open(at('/demands/new'), 'desk-demand');
  await walk.refused({ text: '尽快处理' }, 'desk-demand-errors');
  await walk.send({ kind: 'REFUND', amount: '176', by_day: day(20), text: `请在${day(20)}前退款176元` });
  await walk.see('desk-demands');
  await walk.open(at('/notes'), 'desk-notes');
  await walk.send({ body: '内部：已核对订单' });
  await walk.open(at('/messages'), 'desk-messages');
  await walk.send({ body: '您好，请保留聊天记录。' });
  await walk.open(at('/contact'), 'desk-contact');
  await walk.send({}, at('/contact'));
  await walk.see('desk-contact-shown');
  assert.match(await walk.page.locator('main').innerText(), /13800138000/);
  await walk.open(at('/platform'), 'desk-platform');
  await walk.send({ registered_name: '样例科技有限公司', credit_code: '91350100M000100Y43' });
  await walk.open(at('/ready'), 'desk-ready');
  await walk.send({});
  assert.equal(await value(`select status from core.case_file where case_no = '${number}'`), 'READY');
}

/** Plans and prepares a filing with a channel; returns the path of its page. */
async function plan(walk, number, channel, reason) {
  const at = `/desk/cases/${number}/channels`;
  await walk.open(at, 'desk-channels');
  await walk.open(`${at}/${channel}`, `desk-channel-${channel}`);
  await walk.send(reason ? { skip_reason: reason } : {}, `/${channel}/plan`);
  const filing = walk.path;
  await walk.see('desk-filing-planned');
  const boxes = walk.form(filing).locator('input[name=confirmed]');
  for (let i = 0; i < (await boxes.count()); i++) await boxes.nth(i).check();
  await walk.send({}, filing);
  return filing;
}

/** A planned filing whose checks pass is ready to be submitted. */
async function makeReady(walk, filing) {
  await walk.open(filing, 'desk-filing-checked');
  await walk.send({}, '/step/make_ready');
  await walk.see('desk-filing-ready');
}

/** Complaint letter written, issued and frozen. */
async function letter(walk, number) {
  const at = (where) => `/desk/cases/${number}${where}`;
  await walk.open(at('/papers'), 'desk-papers-missing');
  await walk.open(at('/papers/text'), 'desk-papers-text');
  await walk.send({ addressee: '样例卡盟客服部', name: '林小满', name_real: true, facts: '2026年11月1日付款176元买点卡。\n2026年11月2日仍未到账。', negotiation: '2026年11月2日联系客服，没有答复。' });
  await walk.see('desk-papers');
  await walk.send({}, at('/papers'));
  await walk.see('desk-papers-issued');
  assert.match(await walk.page.locator('main').innerText(), /v1/);
}

/** Offer, agreement, both signatures, performance, receipt confirmed. */
async function settle(desk, complainant, { number, code }, run) {
  const at = (where) => `/desk/cases/${number}/settlement${where}`;
  await desk.open(at(''), 'desk-settlement-none');
  await desk.open(at('/offer'), 'desk-settlement-offer');
  await desk.refused({ words: '' }, 'desk-settlement-offer-errors');
  await desk.send({ side: 'respondent', offer: '176', words: '愿意全额退款' });
  await desk.open(at('/terms'), 'desk-settlement-terms');
  await desk.refused({ amount: '很多' }, 'desk-settlement-terms-errors');
  await desk.send({
    name_a: '林小满', identity_a: '身份证 110101199003070011', contact_a: '13800138000', name_b: '样例科技有限公司', credit_code: '91350100M000100Y43',
    contact_b: 'service@example.com', dispute: '付款后点卡没有到账', kind: 'REFUND', amount: '176', account: '支付宝 13800138000', perform_by: day(9), method: '原路退回',
    copies: '2', withdraw_days: '3',
  });
  assert.equal(desk.path, at(''));
  await desk.send({}, at('/agreement'));
  await desk.see('desk-settlement-drafted');
  await desk.open(at('/sign'), 'desk-settlement-sign');
  await desk.send({ signer: 'complainant', signed_on: day(0), same_text: true });
  await desk.open(at('/signed'), 'desk-settlement-signed');
  await desk.send({ signed_on: day(0), file: await keep(`签好的协议${run}.pdf`, pdf()) });
  await desk.see('desk-settlement-pending');
  assert.match(await desk.page.locator('main').innerText(), /[0-9a-f]{64}/);
  await track(complainant, code, '/track/case');
  await complainant.see('track-settled');
  await desk.open(at('/performed'), 'desk-settlement-performed');
  await desk.send({ done_on: day(0), ref_no: 'R-2026', file: await keep(`到账${run}.png`, png(41, 40)) });
  assert.equal(await value(`select status from core.case_file where case_no = '${number}'`), 'PERFORMED');
  await desk.send({ amount: '176' }, at('/receipt'));
  await desk.see('desk-settlement-receipt');
  await decide(complainant, code, 'received', 'track-decision-receipt');
}

/** One withdrawal a complaint, then the end. */
async function withdraw(desk, complainant, { number, code }, filings) {
  await desk.open(`/desk/cases/${number}/close`, 'desk-close-open');
  await desk.send({}, `/desk/cases/${number}/close`);
  assert.equal(await value(`select status from core.case_file where case_no = '${number}'`), 'WITHDRAWING');
  for (const filing of filings) {
    const at = `${filing}/withdrawal`;
    await desk.open(at, 'desk-withdrawal');
    await desk.send({}, `${at}/step`);
    await desk.refused({ asked_by: 'both', pressed: 'no', reason: 'REFUNDED', text: '问题已解决' }, 'desk-withdrawal-errors');
    await desk.send({ text: '2026年11月20日平台已退款176元，退款单号 R-2026，见附件。' });
    await desk.send({}, `${at}/warn`);
    await desk.see('desk-withdrawal-waits');
    await decide(complainant, code, 'acknowledged', 'track-decision-warning');
    await desk.open(at, 'desk-withdrawal-clear');
    await desk.send({}, `${at}/letter`);
    await desk.send({ requested_on: day(0) }, `${at}/request`);
    await desk.see('desk-withdrawal-requested');
    await desk.send({ result: 'granted', said: '已确认撤回' });
    await desk.see('desk-withdrawal-done');
  }
  await desk.open(`/desk/cases/${number}/close`, 'desk-close');
  await desk.send({});
  await desk.see('desk-close-confirm');
  await desk.send({});
  await desk.see('desk-closed');
  assert.equal(await value(`select status || ' ' || closure_reason from core.case_file where case_no = '${number}'`), 'CLOSED SETTLED');
}

/** Asks for a release, waits for the worker, downloads and checks it offline. */
async function release(walk) {
  await signIn(walk, 'reg.one', '/reports');
  await walk.see('reports');
  await walk.open('/exports', 'exports');
  await walk.refused({ from_day: '昨天' }, 'exports-errors');
  await walk.send({ from_day: '2026-01-01', to_day: day(-1), recipient: '样例市监管机构', legal_basis: '统计' });
  const where = walk.path;
  await eventually("select not exists (select from core.export where state not in ('done', 'failed'))");
  await walk.open(where, 'export-done');
  const at = await mkdtemp(path.join(dir, 'release-'));
  for (const name of ['statistics.csv', 'statistics.json', 'manifest.json']) {
    for (const full of [name, `${name}.sig`]) {
      const got = await walk.page.request.get(`${where}/${full}`);
      assert.equal(got.status(), 200, full);
      await writeFile(path.join(at, full), await got.body());
    }
  }
  assert.equal((await readFile(path.join(at, 'statistics.csv'))).subarray(0, 3).toString('hex'), 'efbbbf');
  const key = path.join(at, 'key.txt');
  await writeFile(key, await (await walk.page.request.get('/exports/key')).body());
  await aiddesk('export', 'verify', '--key', key, at);
}

const runs = [[false, 'zh-CN'], [true, 'en'], [false, 'en'], [true, 'zh-CN']];
for (const [i, [js, lang]] of runs.entries()) {
  test(`a_complaint_goes_all_the_way_${lang}_${js ? 'with' : 'without'}_scripts`, { timeout: 540000 }, async () => {
    const seen = new Set();
    const someone = async () => new Walk(await Person.open({ url, lang, js, viewport: phone }), seen, 'story');
    const [complainant, desk, regulator] = [await someone(), await someone(), await someone()];
    const made = await complain(complainant, i + 1);
    const { number, code } = made;
    await prepare(desk, number);
    await track(complainant, code, '/track/messages');
    assert.match(await complainant.page.locator('main').innerText(), /请保留聊天记录/);
    assert.doesNotMatch(await complainant.page.locator('main').innerText(), /已核对订单/);
    await complainant.send({ body: '好的，谢谢。' });
    await complainant.see('track-messages');

    // The first channel, until its deadline has passed.
    const ticket = await plan(desk, number, 'PLATFORM_TICKET');
    await makeReady(desk, ticket);
    await letter(desk, number);
    await desk.open(`${ticket}/step/submit`, 'desk-filing-submit');
    await desk.refused({ filing_no: '', submitted_at: '昨天' }, 'desk-filing-submit-errors');
    await desk.send({ filing_no: 'TS-2026', submitted_at: `${day(0)} 00:01` });
    await desk.see('desk-filing-submitted');
    await track(complainant, code, '/track/case');
    await complainant.see('track-in-progress');
    ahead += 3;
    await setClock(`${ahead} days`);
    await eventually(`select status = 'ESCALATION_DUE' from core.case_file where case_no = '${number}'`);

    // The second one: 12315, with the complainant's consent.
    await signIn(desk, 'vol.one', '/desk');
    await desk.open(`/desk/cases/${number}`, 'desk-case-escalation');
    await item(desk, number, 'ENTITY');
    const regulatorFiling = await plan(desk, number, 'COMPLAINT_12315', '平台48小时没有答复');
    await desk.open(`/desk/cases/${number}/channels/COMPLAINT_12315`);
    await desk.send({ what: ['facts', 'evidence', 'identity'], why: 'escalation' }, '/COMPLAINT_12315/consent');
    await decide(complainant, code, 'granted', 'track-decision-consent');
    await makeReady(desk, regulatorFiling);
    await desk.open(`${regulatorFiling}/step/submit`);
    await desk.send({ filing_no: '12315-778', submitted_at: `${day(0)} 00:01`, received_on: day(0) });
    await desk.open(`${regulatorFiling}/step/accept`, 'desk-filing-accept');
    await desk.send({ accepted_on: day(0) });
    await desk.see('desk-filing-accepted');
    await desk.open(`/desk/cases/${number}`, 'desk-case-in-progress');

    const before = await platformRow(desk, i + 1);
    await settle(desk, complainant, made, i + 1);
    await withdraw(desk, complainant, made, [ticket, regulatorFiling]);
    await track(complainant, code, '/track/case');
    await complainant.see('track-closed');
    await desk.open(`/desk/cases/${number}`, 'desk-case-closed');

    // What the report says of the platform has changed.
    const now = await platformRow(desk, i + 1);
    assert.notEqual(now, before);
    await release(regulator);
    for (const walk of [complainant, desk, regulator]) {
      walk.person.check();
      await walk.person.close();
    }
  });
}

/** The text of the staff's status report of the run's platform. */
async function platformRow(walk, run) {
  await walk.open('/reports/platforms', 'reports-platforms');
  await walk.page.getByRole('link', { name: `样例卡盟${run}` }).first().click();
  await walk.page.waitForURL(/\/(reports|platforms)\//);
  await walk.see('report-platform');
  return walk.page.locator('main').innerText();
}
