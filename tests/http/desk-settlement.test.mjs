// From the first offer to a closed case, without scripts: agreement as PDF, signed upload, performance, the complainant's answers on the
// tracking page, one withdrawal a complaint, and the way before performance that a coordinator has to override.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import { psql, rows, value } from '../support/database.mjs';
import { pdf, png } from '../support/files.mjs';
import { Client, file } from '../support/http.mjs';
import { complain, coordinator, invited, ownStack } from '../support/people.mjs';
import { filed, takenOn } from '../support/progress.mjs';

const { url } = await ownStack();
const lead = await coordinator(url);
const one = await invited(lead, url, 'volunteer', 'vol.one');
await lead.get('/desk');
const two = await invited(lead, url, 'volunteer', 'vol.two');
await lead.get('/desk');

/** A case of the first volunteer in IN_PROGRESS with two open complaints. */
async function open(orderNo) {
  const made = await complain(url, { orderNo });
  let page = await lead.get(`/desk/cases/${made.number}/assign`);
  const option = page.forms.flatMap((f) => f.fields).find((f) => f.name === 'person' && new RegExp(`value="${f.value}"[^>]*>\\s*<label[^>]*>志愿者vol\\.one`).test(page.body));
  if (option) page = await lead.submit(page, 'form', { person: option.value, note: '交接' });
  await takenOn(one, made.number);
  await filed(made.number);
  return made;
}

async function tracked(code) {
  const client = new Client(url);
  await client.submit(await client.get('/track'), 'form', { code });
  return client;
}

const status = (number) => value(`select status from core.case_file where case_no = '${number}'`);
const read = (bytes) => execFileSync('pdftotext', ['-layout', '-', '-'], { input: bytes, encoding: 'utf8' });
const today = await value("select to_char(engine.today(), 'YYYY-MM-DD')");
const before = await value("select to_char(engine.today() - 1, 'YYYY-MM-DD')");
const later = await value("select to_char(engine.today() + 9, 'YYYY-MM-DD')");
const first = await open('AB-12345');
const base = `/desk/cases/${first.number}`;

test('the_first_offer_opens_the_talks_and_words_become_a_note', async () => {
  let page = await one.get(`${base}/settlement`);
  assert.match(page.body, /还没有和解记录/);
  page = await one.get(`${base}/settlement/offer`);
  page = await one.submit(page, 'form', { side: 'respondent' });
  assert.equal(page.status, 422);
  assert.match(page.text, /请填写金额，或写明内容/);
  page = await one.submit(page, 'form', { offer: '８８元', words: '先退一半𠮷' });
  assert.equal(page.path, `${base}/settlement`, page.text);
  assert.match(page.text, /对方 · 88\.00 元/);
  assert.equal(await status(first.number), 'NEGOTIATING');
  assert.match((await one.get(`${base}/notes`)).body, /先退一半𠮷/);
  page = await one.get(`${base}/settlement/offer`);
  const form = page;
  page = await one.submit(form, 'form', { side: 'complainant', offer: '176' });
  assert.match(page.text, /协商中/);
  assert.equal((await one.submit(form, 'form', { side: 'complainant', offer: '176' })).status, 409, 'the same form twice is one offer');
  assert.equal(await value(`select count(*)::int from core.event e join core.case_file c on c.id = e.case_id where c.case_no = '${first.number}' and e.type = 'offer_recorded'`), 2);
  page = await one.submit(page, `${base}/settlement/step`); // by word of mouth
  assert.match(page.text, /口头同意不能作为撤回投诉的依据/);
});

const terms = {
  name_a: '林小满', identity_a: '身份证 110101199003070011', contact_a: '13800138000', name_b: '示例网络有限公司', credit_code: '91350100M000100Y43',
  contact_b: 'service@example.com', dispute: '付款后点卡没有到账', kind: 'REFUND', amount: '176', account: '支付宝 13800138000', perform_by: later, method: '原路退回',
  copies: '2', withdraw_days: '3',
};

test('what_the_terms_miss_stands_beside_each_field_and_nothing_is_issued_before', async () => {
  let page = await one.get(`${base}/settlement/terms`);
  assert.equal(page.value('order_no'), 'AB-12345');
  assert.equal(page.value('name_a') || '', '', 'what somebody wants to be called is no legal name');
  page = await one.submit(page, 'form', { ...terms, amount: '很多', perform_by: '2020-1-1' });
  assert.equal(page.status, 422);
  assert.ok(page.body.includes('很多') && page.body.includes('林小满'));
  page = await one.get(`${base}/settlement/terms`);
  page = await one.submit(page, 'form', { ...terms, perform_by: '2026-01-05' });
  assert.equal(page.status, 422);
  assert.match(page.text, /最迟履行日期不能早于今天/);
  page = await one.submit(await one.get(`${base}/settlement/terms`), 'form', { ...terms, account: '', perform_by: '', extra_terms: '甲方承诺不得向任何部门举报。\n甲方撤回投诉后乙方退款。' });
  // Half a text is saved, and that is no error: what is still to do is a list.
  const missing = ['请填写收款账户', '请填写履行的最后日期', '限制了举报的权利', '要求先撤回再履行'];
  assert.equal(page.path, `${base}/settlement/terms?show=saved`);
  assert.doesNotMatch(page.title, /错误/);
  assert.ok(!page.body.includes('class="errors"') && !page.body.includes('class="error"'), 'no error');
  assert.match(page.text, /已保存。 ?定稿前还有 4 处要补上或改好/);
  for (const words of missing) assert.ok(page.body.includes(words), words);
  assert.match(page.body, /<a href="#f-account">/);
  assert.match(page.body, /<label for="f-perform_by">[^<]*<span class="optional">（定稿前要填）/);
  assert.match(page.body, /<label for="f-account">[^<]*<span class="optional">（退款、赔偿时，定稿前要填）/);
  assert.match(page.body, /<label for="f-signed_place">[^<]*<span class="optional">（选填）/);
  assert.equal(page.value('name_a'), '林小满');
  assert.doesNotMatch((await one.get(`${base}/settlement/terms`)).text, /已保存/);
  assert.ok(!(await one.get(`${base}/settlement`)).forms.some((f) => f.action.endsWith('/agreement')));
  // A preview of half a text leads to what is missing.
  const refused = await one.get(`${base}/settlement/agreement`);
  assert.equal(refused.path, `${base}/settlement/terms?show=check`);
  assert.match(refused.title, /^错误：/);
  assert.match(refused.body, /id="f-account-error"/);
  for (const words of missing) assert.ok(refused.body.includes(words), words);
  page = await one.submit(page, 'form', { ...terms, extra_terms: '' });
  assert.equal(page.path, `${base}/settlement`, page.text);
});

test('the_agreement_is_previewed_issued_and_holds_what_the_law_asks', async () => {
  let page = await one.get(`${base}/settlement/agreement`);
  assert.equal(page.headers['content-type'], 'application/pdf');
  const text = read(page.bytes).replaceAll(/\s+/g, '');
  for (const words of ['和解协议', '林小满', '91350100M000100Y43', 'AB-12345', '壹佰柒拾陆元', '先履行，后撤回', '不影响甲方依法举报', '一式2份']) assert.ok(text.includes(words), words);
  assert.ok(!text.includes('110101199003070011'), 'the number of the identity card is hidden');
  assert.ok(!/支付宝13800138000/.test(text), 'so is the account');
  page = await one.submit(await one.get(`${base}/settlement`), `${base}/settlement/agreement`);
  assert.match(page.text, /第 1 版/, page.text);
  assert.match(page.text, /已拟稿/);
  const href = /href="(\/desk\/cases\/[^"]+\/file\/[^"]+)">第 1 版/.exec(page.body)[1];
  assert.equal((await one.get(href)).bytes.subarray(0, 5).toString(), '%PDF-');
  const channels = await rows("select label_zh from ref.enumeration where enumeration = 'channel' and code in ('PLATFORM_TICKET', 'HEIMAO')");
  assert.equal(channels.length, 2);
  for (const { label_zh: words } of channels) assert.ok(text.includes(words.replaceAll(/\s+/g, '')), words);
});

test('another_text_voids_the_signature_and_both_sign_the_next_version', async () => {
  let page = await one.get(`${base}/settlement/sign`);
  page = await one.submit(page, 'form', { signer: 'complainant', signed_on: '2099-1-1', same_text: true });
  assert.equal(page.status, 422);
  page = await one.submit(page, 'form', { signed_on: before });
  assert.equal(page.status, 422);
  assert.match(page.text, /不能早于协议定稿的日期/);
  page = await one.submit(page, 'form', { signed_on: today });
  assert.match(page.text, /一方签署/, page.text);
  page = await one.get(`${base}/settlement/terms`);
  assert.match(page.text, /已有的签名作废/);
  page = await one.submit(page, 'form', { method: '原路退回支付宝' });
  assert.doesNotMatch(page.text, /一方已签当事人/);
  page = await one.submit(page, `${base}/settlement/agreement`);
  assert.match(page.text, /第 2 版/);
  page = await one.submit(await one.get(`${base}/settlement/sign`), 'form', { signer: 'complainant', signed_on: today, same_text: true });
  page = await one.get(`${base}/settlement/signed`);
  page = await one.submit(page, 'form', { signed_on: today });
  assert.equal(page.status, 422);
  assert.match(page.text, /请上传签好的协议/);
  page = await one.submit(page, 'form', { file: file('笔记.txt', Buffer.from('没有签名'), 'text/plain') });
  assert.equal(page.status, 422, 'a note is no agreement');
  assert.match(page.body, /id="f-file-error"[^]*请上传 PDF/);
  page = await one.submit(page, 'form', { stored: '', file: file('签好的协议.pdf', pdf(), 'application/pdf') });
  assert.equal(page.path, `${base}/settlement`, page.text);
  assert.match(page.text, /双方签署/);
  assert.match(page.body, /签好的协议\.pdf/);
  assert.match(page.body, /<code class="hash">[0-9a-f]{64}</);
  assert.match(page.text, /为什么是这一天|为何是这个日期|为什么/);
  assert.equal(await status(first.number), 'SETTLED_PENDING');
});

test('performance_needs_proof_and_the_complainant_confirms_the_money', async () => {
  let page = await one.get(`${base}/settlement/performed`);
  assert.equal(page.value('paid'), '176.00');
  page = await one.submit(page, 'form', { done_on: today, ref_no: 'R-2026' });
  assert.equal(page.status, 422);
  assert.match(page.text, /请上传履行凭证/);
  const files = () => value(`select count(*)::int from core.file f join core.case_file c on c.id = f.case_id where c.case_no = '${first.number}'`);
  const kept = await files();
  const wrong = await one.submit(page, 'form', { kind: 'BARTER', file: file('到账.png', png(40, 41), 'image/png') });
  assert.equal(wrong.status, 422);
  assert.equal(await files(), kept, 'what cannot succeed takes no file');
  page = await one.submit(page, 'form', { file: file('到账.png', png(40, 41), 'image/png') });
  assert.equal(page.path, `${base}/settlement`, page.text);
  assert.equal(await status(first.number), 'PERFORMED');
  const late = await one.submit(await one.get(`${base}/settlement/performed`), 'form', { kind: 'REFUND', paid: '176', done_on: today, file: file('再来.png', png(42, 43), 'image/png') });
  assert.equal(late.status, 409, late.text);
  assert.equal(await files(), kept + 1, 'nor does a step that is over');
  const form = page;
  page = await one.submit(form, `${base}/settlement/receipt`, { amount: '176' });
  assert.match(page.text, /还没有答复/);
  assert.equal((await one.submit(form, `${base}/settlement/receipt`, { amount: '176' })).status, 409, 'asked once');
  const complainant = await tracked(first.code);
  page = await complainant.get('/track/decisions');
  page = await complainant.get(/\/track\/decisions\/[0-9a-f-]{36}/.exec(page.body)[0]);
  page = await complainant.submit(page, 'form', { answer: 'received' });
  assert.match((await one.get(`${base}/settlement`)).text, /当事人确认已收到/);
  assert.equal(await value(`select amount_received_fen from core.case_file where case_no = '${first.number}'`), 17600);
});

/** Opens the withdrawal of a complaint, has the warning acknowledged. */
async function acknowledged(address, code, answer = 'acknowledged') {
  let page = await one.get(address);
  const form = page;
  page = await one.submit(form, `${address}/warn`);
  assert.ok(!page.forms.some((f) => f.action === `${address}/warn`), 'not again while it waits');
  assert.equal((await one.submit(form, `${address}/warn`)).status, 409);
  const complainant = await tracked(code);
  page = await complainant.get('/track/decisions');
  page = await complainant.get(/\/track\/decisions\/[0-9a-f-]{36}/.exec(page.body)[0]);
  await complainant.submit(page, 'form', { answer });
  return one.get(address);
}

test('template_reasons_are_refused_and_concrete_ones_withdraw_each_complaint', async () => {
  let page = await one.get(`${base}/close`);
  page = await one.submit(page, `${base}/close`);
  assert.equal(page.path, `${base}/settlement`, page.text);
  assert.equal(await status(first.number), 'WITHDRAWING');
  const addresses = [...new Set([...page.body.matchAll(/\/desk\/cases\/[^"]+\/withdrawal/g)].map((m) => m[0]))];
  assert.equal(addresses.length, 2);
  assert.equal((page.body.match(/要撤回</g) ?? []).length, 2);
  for (const address of addresses) {
    page = await one.get(address);
    page = await one.submit(page, `${address}/step`);
    assert.match(page.text, /还缺/, page.text);
    for (const text of ['不想投诉了', '问题已解决']) {
      page = await one.submit(await one.get(address), 'form', { asked_by: 'both', pressed: 'no', reason: 'REFUNDED', text });
      assert.equal(page.status, 422);
      assert.ok(page.body.includes(`“${text}”作为撤回理由太笼统`), page.text);
      assert.ok(page.form('form').fields.some((f) => f.name === 'text' && f.value === text));
    }
    page = await one.submit(page, 'form', { text: `2026年11月20日平台已退款176元，退款单号 R-2026，见附件。` });
    assert.equal(page.path, address, page.text);
    page = await acknowledged(address, first.code);
    assert.doesNotMatch(page.text, /还缺/);
    const letter = await one.get(`${address}/letter`);
    assert.equal(letter.headers['content-type'], 'application/pdf', letter.text);
    const text = read(letter.bytes).replaceAll(/\s+/g, '');
    for (const words of ['撤回投诉申请书', '林小满', 'R-2026', '本人已知悉', '签好的协议.pdf', '到账.png']) assert.ok(text.includes(words), words);
    page = await one.submit(page, `${address}/letter`);
    assert.match(page.text, /\(PDF\)|（PDF）/, page.text);
    page = await one.submit(page, `${address}/request`, { requested_on: today });
    page = await one.submit(page, 'form', { said: '同意' });
    assert.equal(page.status, 422);
    page = await one.submit(page, 'form', { result: 'granted', said: '平台已确认撤回' });
    assert.match(page.text, /已撤回：\s*平台已确认撤回/, page.text);
  }
});

test('the_case_is_closed_as_settled_and_opens_again_only_for_something_new', async () => {
  let page = await one.get(`${base}/close`);
  assert.equal(page.value('outcome'), 'SETTLED');
  // Nothing is closed by one press: a summary says with what, and who is told.
  page = await one.submit(page, 'form', { outcome: 'RESOLVED_PART' });
  assert.equal(page.path, `${base}/close?event=all_filings_ended&outcome=RESOLVED_PART`);
  assert.match(page.title, /^结案前请核对/);
  assert.match(page.text, /结果 部分实现 修改 .*当事人确认收到 176\.00 元 未结的投诉 无/);
  assert.match(page.text, /当事人在查询页看到已结案和结果/);
  assert.equal(await status(first.number), 'WITHDRAWING');
  page = await one.get(`${base}/close?event=all_filings_ended&outcome=RESOLVED_PART&change=1`);
  assert.equal(page.value('outcome'), 'RESOLVED_PART', 'what was chosen is kept');
  page = await one.submit(page, 'form', { outcome: 'SETTLED' });
  const old = page;
  page = await one.submit(page, 'form');
  assert.equal(page.path, `${base}/close`);
  assert.match(page.text, /和解/);
  assert.equal((await one.submit(old, 'form')).status, 409, 'the same summary twice');
  assert.deepEqual(await rows(`select status, closure_reason from core.case_file where case_no = '${first.number}'`), [{ status: 'CLOSED', closure_reason: 'SETTLED' }]);
  page = await lead.get(`${base}/close`);
  const same = await lead.submit(page, `/desk/cases/${first.number}/reopen`);
  assert.equal(same.status, 422, same.text);
  page = await lead.submit(page, `/desk/cases/${first.number}/reopen`, { channel: 'CONSUMER_ASSOC' });
  assert.equal(await status(first.number), 'IN_PROGRESS', page.text);
});

test('words_after_the_end_reach_who_had_the_case', async () => {
  await psql(`update core.case_file set closed_at = core.now(), status = 'CLOSED' where case_no = '${first.number}'`);
  const complainant = await tracked(first.code);
  await complainant.submit(await complainant.get('/track/messages'), 'form', { body: '钱又被扣了𠮷' });
  let page = await one.get('/desk');
  assert.match(page.text, /1 个已经结束的案件有没看过的留言/);
  assert.doesNotMatch((await two.get('/desk')).text, /没看过的留言/);
  assert.match((await lead.get('/desk/today')).text, /结束后的留言 0/, 'somebody is there to read it');
  page = await one.get('/desk/cases?scope=after');
  assert.ok(page.body.includes(`href="${base}"`), 'the list leads to it');
  page = await one.get(base);
  assert.match(page.text, /当事人有 1 条没看过的留言/);
  page = await one.get(`${base}/messages`);
  assert.match(page.text, /没看过.*钱又被扣了𠮷/);
  page = await one.submit(page, `${base}/messages/seen`);
  assert.equal(page.path, `${base}/messages`);
  assert.ok(!page.forms.some((f) => f.action.endsWith('/seen')), 'nothing is unread');
  assert.doesNotMatch((await one.get('/desk')).text, /没看过的留言/);
  assert.match((await one.get(base)).text, /看过留言，不用答复/);
});

test('withdrawal_before_performance_needs_a_coordinator_and_the_complainant', async () => {
  const { number, code } = await open('EF-2');
  const id = await value(`select f.id from core.filing f join core.case_file c on c.id = f.case_id where c.case_no = '${number}' and f.channel = 'PLATFORM_TICKET'`);
  const address = `/desk/cases/${number}/filings/${id}/withdrawal`;
  let page = await one.submit(await one.get(address), `${address}/step`);
  page = await one.submit(page, 'form', { asked_by: 'platform', pressed: 'yes', reason: 'FILER_CHOICE', text: '当事人已另找律师，决定改走诉讼途径解决本争议。', name: '林小满', contact: '13800138000' });
  assert.equal(page.path, address, page.text);
  assert.match(page.text, /先履行，后撤回/);
  assert.ok(!page.forms.some((f) => f.action === `${address}/request`), 'not offered');
  const ask = async () => {
    const shown = await one.get(address);
    const version = shown.form(`${address}/step`).fields.find((f) => f.name === 'version').value;
    const csrf = await token(shown, 'withdrawal_request');
    return one.post(`${address}/request`, [['csrf', csrf], ['version', version], ['requested_on', today]]);
  };
  page = await ask();
  assert.equal(page.status, 422);
  page = await acknowledged(address, code);
  page = await ask();
  assert.equal(page.status, 422);
  assert.match(page.text, /由协调员写明理由/);
  await psql(`select engine.override_add(p_id => gen_random_uuid(), p_case => f.case_id, p_machine => 'filing', p_object => f.id,
    p_guard => 'performance_evidence_or_acknowledged', p_reason => '\\x01', p_by => (select id from core.app_user where role = 'coordinator'))
    from core.filing f where f.id = '${id}'`);
  page = await one.get(address);
  assert.match(page.text, /协调员已放行/);
  page = await one.submit(page, `${address}/request`, { requested_on: today });
  page = await one.submit(page, 'form', { result: 'refused', said: '材料不全' });
  assert.match(page.text, /没有同意撤回：\s*材料不全/);
  page = await one.submit(page, `${address}/step`);
  assert.match(page.text, /还缺/, 'an override serves one request');
  assert.ok(!page.forms.some((f) => f.action === `${address}/request`));
});

/** The token of a route, from the model of the page. */
async function token(page, route) {
  const model = await one.get(page.path, { headers: { accept: 'application/json' } });
  return model.json.csrf[route];
}

test('talks_fail_with_a_reason_and_a_volunteer_alone_does_not_close', async () => {
  const { number } = await open('GH-3');
  const at = `/desk/cases/${number}`;
  let page = await one.submit(await one.get(`${at}/settlement/offer`), 'form', { side: 'respondent', words: '只给优惠券' });
  page = await one.get(`${at}/settlement/fail`);
  page = await one.submit(page, 'form', { reason: '' });
  assert.equal(page.status, 422);
  page = await one.submit(page, 'form', { reason: '对方只愿意给优惠券𠮷' });
  assert.match(page.text, /对方只愿意给优惠券𠮷/);
  assert.equal(await status(number), 'IN_PROGRESS');
  page = await one.get(`${at}/close`);
  assert.match(page.text, /需要协调员同意/);
  page = await one.submit(page, 'form', { outcome: 'PLATFORM_GONE' });
  assert.equal(page.path, `${at}/close?event=close_with_reason&outcome=PLATFORM_GONE`);
  assert.match(page.text, /需要协调员同意/);
  assert.ok(!page.forms.some((f) => f.id === 'form'), 'nothing to confirm yet');
  const version = await value(`select version from core.case_file where case_no = '${number}'`);
  page = await one.post(`${at}/close`, [['csrf', await token(page, 'close')], ['version', String(version)], ['event', 'close_with_reason'], ['outcome', 'PLATFORM_GONE'], ['confirmed', '1']]);
  assert.equal(page.status, 422);
  page = await lead.submit(await lead.get(`${at}/close`), 'form', { outcome: '' });
  assert.equal(page.status, 422);
  assert.match(page.text, /请选择结案原因/);
  assert.ok(!page.body.includes('value="DUPLICATE"'), 'that has a step of its own');
  page = await lead.submit(page, 'form', { outcome: 'DUPLICATE' });
  assert.equal(page.status, 422);
  assert.match(page.text, /不能用这个原因结案/);
  page = await lead.submit(page, 'form', { outcome: 'PLATFORM_GONE' });
  assert.match(page.text, /结案原因 平台失联 .*未结的投诉 2 .*当事人会收到一条留言/);
  assert.equal(await status(number), 'IN_PROGRESS');
  page = await lead.submit(page, 'form');
  assert.match(page.text, /平台失联/);
  assert.equal(await status(number), 'CLOSED');
  assert.equal(await value(`select count(*)::int from core.task t join core.case_file c on c.id = t.case_id where c.case_no = '${number}' and t.kind = 'WITHDRAW'`), 2);
});

test('strangers_and_bad_input_get_no_further', async () => {
  const id = await value('select id from core.filing order by id limit 1');
  for (const where of ['settlement', 'settlement/offer', 'settlement/terms', 'settlement/agreement', 'settlement/sign', 'settlement/signed', 'settlement/performed', 'settlement/fail', 'settlement/rescind', 'close', `filings/${id}/withdrawal`, `filings/${id}/withdrawal/letter`]) {
    assert.equal((await two.get(`${base}/${where}`)).status, 404, where);
    assert.match((await new Client(url).get(`${base}/${where}`)).path, /^\/login/, where);
  }
  // With the token of the route, by the volunteer who has the case: it is the input that is refused.
  const { csrf } = (await one.get(`${base}/settlement`, { headers: { accept: 'application/json' } })).json;
  const posts = {
    settlement_step: 'settlement/step', receipt_ask: 'settlement/receipt', offer: 'settlement/offer', terms: 'settlement/terms', agreement_issue: 'settlement/agreement',
    sign: 'settlement/sign', talks_fail: 'settlement/fail', rescind: 'settlement/rescind', close: 'close', reopen: 'reopen', withdrawal: `filings/${id}/withdrawal`,
    withdrawal_step: `filings/${id}/withdrawal/step`, withdrawal_request: `filings/${id}/withdrawal/request`, withdrawal_result: `filings/${id}/withdrawal/result`,
    withdrawal_warn: 'filings/x/withdrawal/warn',
  };
  for (const [route, where] of Object.entries(posts)) {
    assert.ok(csrf[route], route);
    for (const body of [[], [['version', 'x']], [['version', '1'], ['version', '2']], [['nothing', '1']], [['version', '999999']]]) {
      const page = await one.post(`${base}/${where}`, [['csrf', csrf[route]], ...body]);
      assert.ok([400, 404, 409, 422].includes(page.status), `${where} ${JSON.stringify(body)} ${page.status}`);
    }
  }
});
