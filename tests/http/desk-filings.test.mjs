// A case from READY through two channels without scripts: demands, consent asked and answered, filing, a deadline that passes, escalation,
// 12315; refusals beside their fields, two people at once, a coordinator's override.
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { eventually, rows, setClock, value } from '../support/database.mjs';
import { Client } from '../support/http.mjs';
import { complain, coordinator, invited, ownStack, password } from '../support/people.mjs';
import { prepared } from '../support/casework.mjs';

const { url } = await ownStack();
const lead = await coordinator(url);
const one = await invited(lead, url, 'volunteer', 'vol.one');
const two = await invited(lead, url, 'volunteer', 'vol.two');
await lead.get('/desk'); // hands the pool key to both
const made = await complain(url);
const { number, code } = made;
await prepared(lead, one, number);
after(() => setClock('0').catch(() => {})); // the installation may be gone already

let offset = 0; // days that the clock of the service is ahead
const day = (n) => new Date(Date.now() + (offset + n) * 86400000 + 8 * 3600000).toISOString().slice(0, 10);
const at = (path) => `/desk/cases/${number}${path}`;
const status = (no = number) => value(`select status from core.case_file where case_no = '${no}'`);

const complainant = new Client(url);
async function track(where) {
  let page = await complainant.get(where);
  if (page.forms.some((f) => f.fields.some((x) => x.name === 'code'))) {
    page = await complainant.submit(await complainant.get('/track'), 'form', { code });
    page = await complainant.get(where);
  }
  return page;
}

/** Sessions end while the clock jumps. */
async function moved(days) {
  offset = days;
  await setClock(`${days} days`);
  for (const [client, login] of [[one, 'vol.one'], [two, 'vol.two']]) {
    const page = await client.submit(await client.get('/login'), 'form', { login, password });
    assert.equal(page.path, '/desk', page.text);
  }
  await eventually(`select status = 'ESCALATION_DUE' from core.case_file where case_no = '${number}'`);
}

/** Answers the first open question of the complainant. */
async function decide(answer) {
  let page = await track('/track/decisions');
  const where = /\/track\/decisions\/[0-9a-f-]{36}/.exec(page.body)[0];
  page = await complainant.get(where);
  const text = page.text;
  page = await complainant.submit(page, 'form', { answer });
  assert.equal(page.path, '/track/decisions', page.text);
  return text;
}

const press = (client, page, event) => client.submit(page, page.forms.find((f) => f.action.endsWith(`/step/${event}`)).action);

test('demands_are_checked_beside_their_fields', async () => {
  let page = await one.get(at('/demands/new'));
  page = await one.submit(page, 'form', { kind: 'REFUND', text: '尽快处理𠮷' });
  assert.equal(page.status, 422);
  assert.ok(page.body.includes('尽快处理𠮷'));
  assert.match(page.body, /id="f-amount-error"/); // V-DEM-01
  assert.match(page.body, /id="f-by_day-error"/);
  assert.match(page.body, /id="f-text-error"[\s\S]*不够具体/); // V-WORD-02
  page = await one.submit(page, 'form', { kind: 'REPLACE', by_day: '2020-1-1', text: '不给钱就曝光你们' });
  assert.match(page.body, /id="f-quantity-error"/);
  assert.match(page.body, /今天或以后/);
  assert.match(page.body, /id="f-text-error"[\s\S]*威胁/); // V-WORD-03
  page = await one.submit(page, 'form', { kind: 'REFUND', amount: '５００元', quantity: '', by_day: day(20), text: `请在${day(20)}前退款176元`, basis: '平台规则第3条' });
  assert.equal(page.path, at('/demands'), page.text);
  assert.match(page.body, /多于已付的/); // V-DEM-03
  const edit = /(\/demands\/[0-9a-f-]{36})">退款 500/.exec(page.body)[1];
  const mine = await one.get(at(edit));
  const theirs = await lead.get(at(edit));
  assert.equal(mine.value('amount'), '500.00');
  page = await lead.submit(theirs, 'form', { amount: '100' });
  assert.equal(page.path, at('/demands'), page.text);
  page = await one.submit(mine, 'form', { amount: '120', text: '我的文字𠮷，退款120元' });
  assert.equal(page.status, 409);
  assert.match(page.body, /我的文字𠮷/); // what was typed
  assert.match(page.body, /退款 100\.00/); // and what is stored
  page = await one.get(at(edit));
  page = await one.submit(page, at(edit + '/remove'));
  assert.equal(page.path, at('/demands'), page.text);
  assert.doesNotMatch(page.body, /100\.00/);
});

test('a_case_passes_the_checks_with_demands_from_the_page', async () => {
  let page = await one.get(at('/ready'));
  page = await one.submit(page, 'form');
  assert.equal(page.path, at(''), page.text);
  assert.equal(await status(), 'READY');
  assert.ok(page.body.includes(`href="${at('/channels')}"`));
});

/** What the page of a filing says comes next: its sentence with who and when, the main button, the steps in their order. */
function next(page) {
  const aside = page.body.slice(page.body.indexOf('<div class="aside">'));
  const plain = (html) => html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ').trim();
  return {
    said: plain(/<section class="next">(.*?)<\/section>/s.exec(aside)[1]),
    main: [...aside.matchAll(/<(?:a|button) class="button"(?: href="([^"]*)"| type="submit")>([^<]*)</g)].map((m) => m[1] ?? m[2]),
    steps: [...aside.matchAll(/(?:href|action)="[^"]*\/step\/([a-z_]+)"/g)].map((m) => m[1]).filter((step) => step !== 'dates'),
  };
}

let ticket;
test('channels_are_listed_with_what_is_missing_and_a_filing_is_planned', async () => {
  let page = await one.get(at('/channels'));
  assert.equal(page.status, 200, page.text);
  assert.ok(page.text.indexOf('平台投诉工单') < page.text.indexOf('12315投诉'), 'the first layer first');
  assert.match(page.text, /还没有征求/);
  page = await one.get(at('/channels/COMPLAINT_12315'));
  assert.match(page.title, /^12315投诉 /);
  assert.match(page.text, /已查明经营主体登记名称/); // missing
  assert.match(page.text, /7 工作日/);
  page = await one.get(at('/channels/PLATFORM_TICKET'));
  page = await one.submit(page, at('/channels/PLATFORM_TICKET/plan'));
  assert.match(page.path, /\/filings\/[0-9a-f-]{36}$/, page.text);
  ticket = page.path;
  assert.match(page.text, /有订单记录：\s*已满足/);
  assert.deepEqual(next(page), { said: '先核对受理条件和渠道冲突 下一步由谁做： 援助台', main: ['#confirm'], steps: ['cancel'] });
  page = await one.submit(page, ticket); // prerequisites and collisions as shown
  assert.match(page.text, /起草/);
  assert.deepEqual(next(page), { said: '检查已通过，可以准备提交 下一步由谁做： 援助台', main: ['准备提交'], steps: ['make_ready', 'cancel'] });
  page = await press(one, page, 'make_ready');
  assert.match(page.text, /待提交/);
  assert.match(page.text, /当事人还没有同意向这个接收方提供信息/);
  assert.ok(!page.body.includes('/step/submit"'), 'nothing is submitted without consent');
  assert.deepEqual(next(page), { said: '先请当事人同意把材料提供给这个渠道 下一步由谁做： 援助台', main: [at('/channels/PLATFORM_TICKET')], steps: ['back_to_draft'] });
});

test('consent_is_asked_and_answered_on_the_tracking_page', async () => {
  // The guard refuses a submission that goes around the page.
  let page = await one.get(`${ticket}/step/submit`);
  page = await one.submit(page, 'form', { filing_no: 'TS-1' });
  assert.equal(page.status, 422);
  assert.match(page.text, /当事人还没有同意向这个接收方提供信息/);
  assert.match(page.body, /TS-1/);

  page = await one.get(at('/channels/PLATFORM_TICKET'));
  page = await one.submit(page, at('/channels/PLATFORM_TICKET/consent'), {});
  assert.equal(page.status, 422);
  assert.match(page.text, /请选择要提供的内容/);
  page = await one.submit(page, at('/channels/PLATFORM_TICKET/consent'), { what: ['facts', 'order'], why: 'filing' });
  assert.equal(page.path, at('/channels/PLATFORM_TICKET'), page.text);
  assert.match(page.text, /等当事人答复/);
  assert.match(next(await one.get(ticket)).said, /^等当事人答复：是否同意提供给这个渠道 下一步由谁做： 当事人$/);
  const asked = await decide('granted');
  for (const said of ['谁会收到 示例卡盟甲（投诉处理部门）', '平台投诉工单', '事情经过和诉求', '订单号、付款记录', '在这个渠道提交投诉']) assert.ok(asked.includes(said), said);
  page = await one.get(ticket);
  assert.match(page.text, /已同意/);
  assert.deepEqual(next(page).main, [`${ticket}/step/submit`]);
});

test('a_submission_needs_number_or_proof_and_a_lawful_time', async () => {
  let page = await one.get(`${ticket}/step/submit`);
  assert.match(page.title, /^提交 /);
  assert.match(page.value('submitted_at'), /^\d{4}-\d\d-\d\d \d\d:\d\d$/);
  page = await one.submit(page, 'form', { filing_no: '', submitted_at: '昨天' });
  assert.equal(page.status, 422);
  assert.match(page.body, /id="f-filing_no-error"/);
  assert.match(page.body, /id="f-submitted_at-error"/);
  assert.ok(page.body.includes('昨天'));
  page = await one.submit(page, 'form', { submitted_at: `${day(3)} 10:00`, filing_no: 'TS-20𠮷' });
  assert.equal(page.status, 422);
  assert.match(page.body, /TS-20𠮷/);
  const proof = page.form('form').fields.find((f) => f.name === 'proof').options.find((o) => o.label.includes('付款'));
  assert.ok(proof, 'files of the case are offered as proof');
  page = await one.submit(page, 'form', { submitted_at: `${day(0)} 00:01`, received_on: day(-2), proof: proof.value });
  assert.match(page.body, /id="f-received_on-error"/);
  const theirs = await lead.get(`${ticket}/step/submit`);
  page = await one.submit(page, 'form', { received_on: '', filing_no: 'ＴＳ-2026𠮷' });
  assert.equal(page.path, ticket, page.text);
  assert.match(page.text, /已提交/);
  assert.match(page.text, /TS-2026𠮷/, 'a number is folded');
  assert.match(page.text, /付款\.png/);
  assert.match(page.text, /首次答复/);
  assert.match(page.text, /为什么是这一天/);
  // Now others act: who, until when, and what may come, the likeliest first.
  assert.match(next(page).said, /^等这个渠道受理或答复，收到后记在这里 最晚：\d+年\d+月\d+日.* 下一步由谁做： 对方$/);
  assert.deepEqual(next(page).main, [`${ticket}/step/respond`]);
  assert.deepEqual(next(page).steps, ['respond', 'accept', 'ask_supplement', 'refuse']);
  assert.equal(await status(), 'IN_PROGRESS');
  assert.match((await one.get(at(''))).text, /平台投诉工单 已提交/);
  // The number is sealed.
  assert.equal(await value(`select count(*)::int from core.filing where position(convert_to('2026𠮷', 'UTF8') in filing_no_sealed) > 0`), 0);
  // A colleague with an old page: nothing happens twice, and what was typed stays.
  page = await lead.submit(theirs, 'form', { filing_no: '另一个号' });
  assert.equal(page.status, 409);
  assert.match(page.body, /另一个号/);
});

test('a_coordinator_overrides_with_a_reason_that_only_the_key_opens', async () => {
  assert.equal((await one.get(at('/override'))).status, 404);
  let page = await lead.get(at('/override'));
  page = await lead.submit(page, 'form', { reason: '短' });
  assert.equal(page.status, 422);
  for (const id of ['f-object-error', 'f-guard-error', 'f-reason-error']) assert.ok(page.body.includes(id), id);
  const object = page.form('form').fields.find((f) => f.name === 'object').options.find((o) => o.label.trim() === '案件').value;
  page = await lead.submit(page, 'form', { object, guard: 'performance_evidence_or_acknowledged', reason: '这是足够长的理由𠮷' });
  assert.equal(page.status, 422); // a guard of filings
  assert.match(page.text, /请选择属于这一项的条件/);
  page = await lead.submit(page, 'form', { object, guard: 'V-EV-02' });
  assert.equal(page.path, at('/override'), page.text);
  assert.match(page.text, /这是足够长的理由𠮷/);
  assert.match(page.text, /还没有使用/);
  assert.equal(await value(`select count(*)::int from core.guard_override where position(convert_to('足够长', 'UTF8') in reason_sealed) > 0`), 0);
});

test('a_passed_deadline_makes_escalation_due_and_says_why', async () => {
  await moved(3);
  let page = await one.get(at(''));
  assert.match(page.text, /平台内部投诉48小时没有结果/);
  assert.match(page.text, /已超期/);
  page = await one.get(at('/channels'));
  assert.match(page.text, /建议转到 第二层/);
  // The complainant may rather wait.
  page = await one.get(at('/wait'));
  page = await one.submit(page, 'form', { review_on: day(-1) });
  assert.equal(page.status, 422);
  assert.match(page.body, /id="f-review_on-error"/);
  page = await one.submit(page, 'form', { review_on: day(2) });
  assert.equal(page.path, at('/wait'), page.text);
  const asked = await decide('waits');
  assert.match(asked, new RegExp(`${Number(day(2).slice(5, 7))}月${Number(day(2).slice(8))}日`));
  assert.equal(await status(), 'IN_PROGRESS');
  assert.equal(await value(`select review_on::text from core.case_file where case_no = '${number}'`), day(2));
  await moved(6);
});

let regulator;
test('the_next_channel_is_filed_and_accepted_by_12315', async () => {
  let page = await one.get(at('/platform'));
  page = await one.submit(page, 'form', { registered_name: '某科技有限公司', credit_code: '91350100M000100Y43' });
  page = await one.get(at('/channels/COMPLAINT_12315'));
  page = await one.submit(page, at('/channels/COMPLAINT_12315/plan'), { skip_reason: '平台48小时没有答复' });
  regulator = page.path;
  assert.match(page.text, /平台48小时没有答复/);
  assert.match(page.text, /平台投诉工单 · 已提交：\s*可以并行/);
  page = await one.submit(page, regulator);
  page = await press(one, page, 'make_ready');
  page = await one.get(at('/channels/COMPLAINT_12315'));
  await one.submit(page, at('/channels/COMPLAINT_12315/consent'), { what: ['facts', 'evidence', 'identity'], why: 'escalation' });
  await decide('granted');
  page = await one.get(`${regulator}/step/submit`);
  page = await one.submit(page, 'form', { filing_no: '12315-778' });
  assert.equal(page.path, regulator, page.text);
  assert.equal(await status(), 'IN_PROGRESS');
  assert.match(page.text, /受理决定 尚未起算/); // the day of receipt is not known
  page = await one.get(`${regulator}/step/dates`);
  page = await one.submit(page, 'form', { received_on: day(0) });
  assert.equal(page.path, regulator, page.text);
  assert.doesNotMatch(page.text, /受理决定 尚未起算/);
  page = await one.get(`${regulator}/step/accept`);
  page = await one.submit(page, 'form', { accepted_on: '' });
  assert.equal(page.status, 422);
  assert.match(page.text, /请填写受理日期/);
  page = await one.submit(page, 'form', { accepted_on: day(-1) });
  assert.match(page.text, /受理日期应在收到之后/);
  page = await one.submit(page, 'form', { accepted_on: day(0) });
  assert.equal(page.path, regulator, page.text);
  assert.match(page.text, /已受理/);
  assert.match(page.text, /调解期限/);
  assert.ok(page.body.includes(`${regulator}/withdrawal`), 'leads to the withdrawal');
});

test('replies_and_results_are_recorded_sealed', async () => {
  let page = await one.get(`${regulator}/step/respond`);
  page = await one.submit(page, 'form', { text: '', replied_at: '' });
  assert.equal(page.status, 422);
  assert.match(page.body, /id="f-text-error"/);
  assert.match(page.body, /id="f-replied_at-error"/);
  page = await one.submit(page, 'form', { text: '平台称正在核实𠮷', replied_at: `${day(0)} 00:05`, outcome: '' });
  assert.match(page.text, /平台称正在核实𠮷/);
  page = await press(one, page, 'mediate');
  assert.match(page.text, /调解\/协商中/);
  assert.deepEqual(next(page).steps, ['agree', 'decide', 'end']);
  page = await one.get(`${regulator}/step/decide`);
  page = await one.submit(page, 'form', {});
  assert.equal(page.status, 422);
  page = await one.submit(page, 'form', { outcome: 'MEDIATED', text: '双方同意退款176元' });
  assert.equal(page.path, regulator, page.text);
  assert.match(page.text, /调解成功/);
  assert.deepEqual(next(page), { said: '这次投诉已经结束', main: [], steps: [] });
  const types = (await rows(`select e.type from core.event e join core.filing f on f.id = e.object_id where f.channel = 'COMPLAINT_12315' and e.before ->> 'status' <> e.after ->> 'status' order by e.id`)).map((r) => r.type);
  assert.deepEqual(types, ['draft', 'make_ready', 'submit', 'accept', 'respond', 'mediate', 'decide']);
  // An event that the present state does not list.
  page = await one.get(`${regulator}/step/accept`);
  page = await one.submit(page, 'form', { accepted_on: day(0) });
  assert.equal(page.status, 409);
  assert.match(page.text, /案件现在的状态不能做这一步/);
});

test('others_bad_input_and_missing_filings_are_refused_alike', async () => {
  const paths = ['/demands', '/demands/new', '/channels', '/channels/PLATFORM_TICKET', '/wait', ticket.slice(at('').length), `${ticket.slice(at('').length)}/step/accept`];
  for (const where of paths) assert.equal((await two.get(at(where))).status, 404, where);
  const nothing = '00000000-0000-0000-0000-000000000000';
  for (const where of [`/filings/${nothing}`, `/filings/${nothing}/step/accept`, `${ticket.slice(at('').length)}/step/nothing`, `/demands/${nothing}`, '/channels/NOWHERE']) {
    assert.equal((await one.get(at(where))).status, 404, where);
  }
  for (const where of ['/filings/x', '/demands/x', '/channels/%FF', '/channels/' + 'A'.repeat(200)]) {
    assert.ok([400, 404, 422].includes((await one.get(at(where))).status), where);
  }
  const posts = ['/demands/new', '/channels/PLATFORM_TICKET/plan', '/channels/PLATFORM_TICKET/consent', '/wait', ticket.slice(at('').length), `${ticket.slice(at('').length)}/step/accept`, `${ticket.slice(at('').length)}/step/submit`, '/override'];
  // Without the tokens of the pages nobody gets anywhere; what the handlers do with bad input is in bad-input.test.mjs.
  for (const where of posts) {
    for (const client of [one, two, new Client(url)]) {
      const page = await client.post(at(where), [['version', '1']], { follow: false });
      assert.ok(page.status >= 300 && page.status < 500, `${where} ${page.status}`);
    }
  }
});
