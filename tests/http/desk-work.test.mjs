// The desk's work without scripts: accept, review, evidence, checks, ask, decline, duplicate, contact, notes, assignment, coordinators.
import assert from 'node:assert/strict';
import test from 'node:test';
import { value } from '../support/database.mjs';
import { Client } from '../support/http.mjs';
import { complain, coordinator, invited, ownStack } from '../support/people.mjs';

const daysFromNow = (n) => new Date(Date.now() + n * 86400000).toISOString().slice(0, 10);
const { url } = await ownStack();
const lead = await coordinator(url);
const one = await invited(lead, url, 'volunteer', 'vol.one');
const two = await invited(lead, url, 'volunteer', 'vol.two');
const regulator = await invited(lead, url, 'regulator', 'reg.one');
await lead.get('/desk'); // hands the pool key to both

/** A complaint that the first volunteer has, whoever the automatic choice was; accepted when wanted. */
async function given(number, client, name, accept = true) {
  let page = await lead.get(`/desk/cases/${number}/assign`);
  const option = page.form('form').fields.find((f) => f.name === 'person' && page.body.includes(`value="${f.value}"`) && new RegExp(`value="${f.value}"[^>]*>\\s*<label[^>]*>志愿者${name}`).test(page.body));
  if (option) page = await lead.submit(page, 'form', { person: option.value, note: '请先联系当事人' });
  assert.equal(page.status, 200, page.text);
  page = await client.get(`/desk/cases/${number}`);
  assert.equal(page.status, 200, page.text);
  if (accept && page.forms.some((f) => f.action.endsWith('/accept'))) page = await client.submit(page, `/desk/cases/${number}/accept`);
  return page;
}

async function reviewed(number, client, more = {}) {
  let page = await client.get(`/desk/cases/${number}/review`);
  page = await client.submit(page, 'form', { responsibility: 'PLATFORM', paid: true, not_performed: true, causation: true, user_error_excluded: true, knew_on: '2026-11-2', screening: 'clear', ...more });
  assert.equal(page.path, `/desk/cases/${number}`, page.text);
  return page;
}

const first = await complain(url);

test('a_case_goes_from_acceptance_to_ready', async () => {
  const { number } = first;
  let page = await given(number, one, 'vol.one');
  assert.match(page.body, /请先联系当事人/); // the handover note opens with the case key
  assert.match(page.body, /审核/);
  page = await reviewed(number, one, { promised_at: '2026-11-1 14:03', flags: ['PRESSED'] });
  assert.equal((await one.get(`/desk/cases/${number}/review`)).value('promised_at'), '2026-11-01 14:03');
  page = await one.submit(page, `/desk/cases/${number}/take-on`);
  assert.equal(page.status, 200, page.text);

  // Four links of the chain, each with its own fields.
  const items = {
    ORDER: { v1: 'ＡＢ－１２３４５', v2: '点卡', v3: '１７６．００元', v4: '2026年11月1日 10点02分', v5: '已付款' },
    PAYMENT: { v1: '2026-11-1 10:03', v2: '176', v3: '某公司', v4: '2026110122001', v5: 'ALIPAY' },
    DELAY_PROOF: { v1: '处理中', v2: '2026-11-1 12:00', v3: '2026-11-1 11:00' },
    CHAT: { v1: '平台客服', v2: '客服1', v3: '2026-11-1 12:00', v4: '2026-11-1 12:30', v5: 'yes' },
  };
  page = await one.get(`/desk/cases/${number}/evidence`);
  const fileId = /evidence\/new\?file=([0-9a-f-]{36})/.exec(page.body)[1];
  for (const [kind, values] of Object.entries(items)) {
    page = await one.get(`/desk/cases/${number}/evidence/new?kind=${kind}&file=${fileId}`);
    page = await one.submit(page, 'form', { ...values, proves: `证明 ${kind}`, genuine: 'OK' });
    assert.equal(page.path, `/desk/cases/${number}/evidence`, `${kind} ${page.text}`);
  }
  assert.match(page.body, /证明 CHAT/);
  assert.doesNotMatch(page.body, /有必填项未填/);

  // A demand is missing: the check says so, and the step is refused.
  page = await one.get(`/desk/cases/${number}/ready`);
  assert.match(page.body, /还没有写诉求/);
  assert.ok(!page.forms.some((f) => f.id === 'form'));
  assert.ok(page.body.includes(`href="/desk/cases/${number}/demands"`));
  page = await one.get(`/desk/cases/${number}/demands/new`);
  page = await one.submit(page, 'form', { kind: 'REFUND', amount: '176', by_day: daysFromNow(10) });
  assert.equal(page.path, `/desk/cases/${number}/demands`, page.text);
  assert.match(page.body, /退款 176\.00/);
  page = await one.get(`/desk/cases/${number}/ready`);
  page = await one.submit(page, 'form');
  assert.equal(page.path, `/desk/cases/${number}`, page.text);
  assert.equal(await value(`select status from core.case_file where case_no = '${number}'`), 'READY');
});

test('evidence_with_wrong_values_comes_back_with_everything_typed', async () => {
  const { number } = first;
  let page = await one.get(`/desk/cases/${number}/evidence/new?kind=PAYMENT`);
  // What the checks will ask for (V-EV-01) is not called optional; what they never ask for is.
  const marks = (at, name) => new RegExp(`<label for="f-${name}">[^<]*<span class="optional">([^<]*)</span>`).exec(at.body)?.[1];
  for (const name of ['v1', 'v2', 'v3', 'v4', 'v5']) assert.equal(marks(page, name), '（通过检查前要填）', name);
  assert.equal(marks(page, 'proves'), '（选填）');
  assert.equal(marks(page, 'node'), undefined);
  page = await one.submit(page, 'form', { v1: '昨天𠮷', v2: '一百', v3: '某公司', v4: '12', v5: 'BARTER', proves: '保留我' });
  assert.equal(page.status, 422);
  for (const kept of ['昨天𠮷', '一百', '某公司', '保留我']) assert.ok(page.body.includes(kept), kept);
  assert.match(page.title, /^错误：/);
  assert.equal((page.body.match(/class="error"/g) ?? []).length, 3);
  // A credit code whose check character is wrong is refused here as it is in the register; a right one takes its normal form.
  page = await one.get(`/desk/cases/${number}/evidence/new?kind=ENTITY`);
  page = await one.submit(page, 'form', { v1: '某科技有限公司', v2: '92000000ABCDEFGHJJ', v3: '登记公示系统', v4: '2026-11-1 10:03' });
  assert.equal(page.status, 422);
  assert.ok(page.body.includes('92000000ABCDEFGHJJ'));
  assert.match(page.body, /id="f-v2-error"[\s\S]{0,60}统一社会信用代码/);
  page = await one.submit(page, 'form', { v2: '９２００００００ abcdefghjh' });
  assert.equal(page.path, `/desk/cases/${number}/evidence`, page.text);
  assert.match(JSON.stringify(await value(`select e.fields from core.evidence e join core.case_file c on c.id = e.case_id where c.case_no = '${number}' and e.kind = 'ENTITY'`)), /92000000ABCDEFGHJH/);
  // An unknown kind asks for the kind.
  const nothing = await one.get(`/desk/cases/${number}/evidence/new?chosen=1`);
  assert.equal(nothing.status, 422, 'going on without a kind is told');
  assert.match(nothing.body, /id="f-kind-error"/);
  assert.match((await one.get(`/desk/cases/${number}/evidence/new`)).body, /name="chosen" value="1"/);
  assert.match((await one.get(`/desk/cases/${number}/evidence/new?kind=NOTHING`)).title, /哪种证据/);
  // Change and remove.
  page = await one.get(`/desk/cases/${number}/evidence`);
  const id = /evidence\/([0-9a-f-]{36})"/.exec(page.body)[1];
  page = await one.get(`/desk/cases/${number}/evidence/${id}`);
  assert.equal(page.value('v1'), 'AB-12345');
  assert.equal(page.value('v3'), '176.00');
  const old = page;
  page = await one.submit(page, 'form', { proves: '改过' });
  assert.match(page.body, /改过/);
  page = await one.submit(old, 'form', { proves: '旧页面' });
  assert.equal(page.status, 409);
  assert.match(page.body, /旧页面/);
});

test('the_case_page_leads_to_each_of_its_parts', async () => {
  const page = await one.get(`/desk/cases/${first.number}`);
  const links = [...page.body.matchAll(/<a class="chip" href="#([a-z]+)"/g)].map((m) => m[1]);
  assert.deepEqual(links, ['next', 'told', 'evidence', 'clocks', 'people', 'timeline'], 'no filing yet');
  for (const id of links) assert.equal(page.body.split(`id="${id}"`).length, 2, id);
  // Steps whose English name is their code are named all the same.
  assert.doesNotMatch((await one.get(`/desk/cases/${first.number}?lang=en`)).text, /desk\.event/);
  await one.get('/desk?lang=zh-CN');
});

test('contact_data_shows_only_when_asked_and_is_written_down', async () => {
  const { number } = first;
  let page = await one.get(`/desk/cases/${number}`);
  assert.doesNotMatch(page.body, /13800138000/);
  page = await one.get(`/desk/cases/${number}/contact`);
  assert.doesNotMatch(page.body, /13800138000/);
  page = await one.submit(page, `/desk/cases/${number}/contact`);
  assert.match(page.body, /13800138000/);
  assert.match(page.body, /不要打电话/);
  assert.match(page.body, /可以发短信/);
  assert.match((await one.get(`/desk/cases/${number}`)).body, /查看联系方式/);
});

test('two_edits_of_a_note_show_both_texts', async () => {
  const { number } = first;
  let page = await one.get(`/desk/cases/${number}/notes`);
  page = await one.submit(page, 'form', { body: '第一版' });
  const edit = /\/desk\/cases\/[^"]*\/notes\/[0-9a-f-]{36}/.exec(page.body)[0];
  const mine = await one.get(edit);
  const theirs = await lead.get(edit);
  await lead.submit(theirs, 'form', { body: '协调员的版本' });
  page = await one.submit(mine, 'form', { body: '我的版本𠮷' });
  assert.equal(page.status, 409);
  assert.match(page.body, /协调员的版本/);
  assert.match(page.body, /我的版本𠮷/);
  page = await one.submit(page, 'form', { body: '合并后的版本' });
  assert.match(page.body, /合并后的版本/);
});

test('the_platform_register_checks_the_credit_code', async () => {
  const { number } = first;
  let page = await one.get(`/desk/cases/${number}/platform`);
  page = await one.submit(page, 'form', { registered_name: '某科技有限公司', credit_code: '91350100M000100Y44' });
  assert.equal(page.status, 422);
  assert.match(page.body, /某科技有限公司/);
  page = await one.submit(page, 'form', { credit_code: '９１３５０１００ｍ０００１００ｙ４３' });
  assert.equal(page.path, `/desk/cases/${number}`, page.text);
  assert.match(page.body, /某科技有限公司/);
});

test('others_and_missing_cases_are_answered_alike', async () => {
  const { number } = first;
  for (const page of ['', '/review', '/evidence', '/evidence/new', '/ready', '/demands', '/demands/new', '/ask', '/decline', '/duplicate', '/contact', '/platform', '/notes', '/messages', '/return', '/conflict']) {
    const theirs = await two.get(`/desk/cases/${number}${page}`);
    const missing = await two.get(`/desk/cases/AD26-999999${page}`);
    assert.equal(theirs.status, 404, page);
    assert.equal(missing.status, 404, page);
    assert.equal(theirs.text.replaceAll(number, '').replace(/[0-9a-f]{16}/, ''), missing.text.replaceAll('AD26-999999', '').replace(/[0-9a-f]{16}/, ''), page);
  }
  for (const page of ['/desk', '/desk/cases', '/desk/today', `/desk/cases/${number}`]) {
    assert.equal((await regulator.get(page)).status, 404, page);
    assert.match((await new Client(url).get(page)).path, /^\/login/, page);
  }
  assert.equal((await one.get('/desk/today')).status, 404);
  assert.equal((await one.get('/desk/load')).status, 404);
  assert.equal((await one.get(`/desk/cases/${number}/assign`)).status, 404);
});

test('ask_reaches_the_complainant_and_the_answer_comes_back', async () => {
  const { number, code } = await complain(url, { orderNo: 'CD-1' });
  await given(number, one, 'vol.one');
  let page = await one.get(`/desk/cases/${number}/ask`);
  page = await one.submit(page, 'form', { text: '请补' });
  assert.equal(page.status, 422);
  assert.match(page.body, /请补/);
  page = await one.submit(page, 'form', { items: ['CHAT', 'ORDER'], text: '请补聊天记录' });
  assert.equal(page.path, `/desk/cases/${number}`, page.text);
  const complainant = new Client(url);
  page = await complainant.get('/track');
  page = await complainant.submit(page, 'form', { code });
  page = await complainant.get('/track/supply');
  assert.match(page.body, /请补聊天记录/);
  await complainant.submit(page, 'form', { answer: '已补充' });
  assert.equal(await value(`select status from core.case_file where case_no = '${number}'`), 'TRIAGE');
  assert.match((await one.get('/desk')).body, /有新回复/);
});

test('declining_needs_other_routes_and_a_duplicate_needs_something_shared', async () => {
  const a = await complain(url, { orderNo: 'EF-1' });
  await given(a.number, one, 'vol.one');
  let page = await one.get(`/desk/cases/${a.number}/decline`);
  page = await one.submit(page, 'form', { reason: 'INELIGIBLE', text: '说明' });
  assert.equal(page.status, 422);
  const b = await complain(url, { orderNo: 'ef1' });
  await given(b.number, one, 'vol.one');
  page = await one.get(`/desk/cases/${b.number}/duplicate`);
  assert.match(page.body, new RegExp(a.number));
  page = await one.submit(page, 'form', { primary: a.number });
  assert.equal(page.path, `/desk/cases/${b.number}`, page.text);
  assert.equal(await value(`select status || ' ' || closure_reason from core.case_file where case_no = '${b.number}'`), 'CLOSED DUPLICATE');
  page = await one.get(`/desk/cases/${a.number}/decline`);
  page = await one.submit(page, 'form', { reason: 'INELIGIBLE', routes: ['POLICE'], text: '不属于我们能办的范围，可以报警。' });
  assert.equal(await value(`select status from core.case_file where case_no = '${a.number}'`), 'DECLINED', page.text);
});

test('return_claim_and_recusal_move_the_key_with_the_case', async () => {
  const { number } = await complain(url, { orderNo: 'GH-1' });
  await given(number, one, 'vol.one');
  let page = await one.get(`/desk/cases/${number}/return`);
  page = await one.submit(page, 'form', { reason: '时间不够' });
  assert.equal(page.path, '/desk', page.text);
  assert.equal((await one.get(`/desk/cases/${number}`)).status, 404);
  page = await two.get('/desk');
  page = await two.submit(page, '/desk/claim');
  assert.equal(page.path, `/desk/cases/${number}`, page.text);
  assert.match(page.body, /时间不够/);
  page = await two.get(`/desk/cases/${number}/conflict`);
  page = await two.submit(page, `/desk/cases/${number}/conflict`);
  assert.equal(page.path, '/desk', page.text);
  for (const where of ['/desk', '/desk/cases?scope=unassigned', '/desk/cases?scope=all', `/desk/cases/${number}`]) {
    assert.ok(!(await two.get(where)).text.replace(where, '').includes(number), where);
  }
  await lead.get('/desk'); // seals it to the pool again
  page = await one.submit(await one.get('/desk'), '/desk/claim');
  assert.equal(page.path, `/desk/cases/${number}`, page.text);
});

test('lists_filter_and_bad_input_is_no_error_of_ours', async () => {
  assert.match((await lead.get('/desk/cases?scope=all&platform=%E5%8D%A1%E7%9B%9F')).body, new RegExp(first.number));
  assert.doesNotMatch((await lead.get('/desk/cases?scope=all&platform=nothing')).body, new RegExp(first.number));
  assert.match((await lead.get('/desk/cases?scope=all&status=READY')).body, new RegExp(first.number));
  for (const query of ['scope=x', 'scope=mine&scope=all', 'after=x&after_id=y', 'after_id=00000000-0000-0000-0000-000000000000', 'status=%00', 'platform=%FF', 'unknown=1', 'status=' + 'A'.repeat(500)]) {
    const page = await one.get(`/desk/cases?${query}`);
    assert.ok(page.status < 500, `${query} ${page.status}`);
  }
  for (const where of ['evidence/x', 'file/x', 'preview/00000000-0000-0000-0000-000000000000', 'notes/x', 'evidence/00000000-0000-0000-0000-000000000000']) {
    const page = await one.get(`/desk/cases/${first.number}/${where}`);
    assert.ok([400, 404, 422].includes(page.status), `${where} ${page.status}`);
  }
  // Somebody without the case and without its tokens gets nowhere; what the handlers do with bad input is in bad-input.test.mjs.
  for (const post of ['accept', 'take-on', 'return', 'review', 'evidence/new', 'ready', 'ask', 'decline', 'duplicate', 'contact', 'platform', 'notes', 'messages', 'conflict']) {
    const page = await two.post(`/desk/cases/${first.number}/${post}`, [['version', '1']]);
    assert.ok(page.status >= 400 && page.status < 500, `${post} ${page.status}`);
  }
});

test('coordinators_see_today_and_the_load_with_reasons', async () => {
  let page = await lead.get('/desk/today');
  assert.equal(page.status, 200, page.text);
  page = await lead.get('/desk/load');
  assert.match(page.body, /志愿者vol\.one/);
  const english = await lead.get('/desk/load?lang=en');
  assert.match(english.body, /hours a week/);
  await lead.get('/desk?lang=zh-CN');
});
