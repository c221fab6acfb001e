// The complainant's pages without scripts: what was told, files with their notes, supplying what was asked, ending the case by taking the
// consent back.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test from 'node:test';
import { psql, value } from '../support/database.mjs';
import { png } from '../support/files.mjs';
import { Client, file } from '../support/http.mjs';
import { complain, coordinator, invited, ownStack, story } from '../support/people.mjs';

const { url } = await ownStack([], { withMail: false });
const lead = await coordinator(url);
await invited(lead, url, 'volunteer', 'vol.one');
await lead.get('/desk');

async function followed(orderNo, lang = 'zh-CN') {
  const { number, code } = await complain(url, { orderNo });
  const client = new Client(url, { lang });
  const page = await client.submit(await client.get('/track'), 'form', { code });
  assert.equal(page.path, '/track/case', page.text);
  return { number, client };
}

const status = (number) => value("select c.status from core.case_file c where c.case_no = :'number'", { number });

test('everything_that_was_told_is_shown_again', async () => {
  for (const lang of ['zh-CN', 'en']) {
    const { client } = await followed(`TOLD-${lang}`, lang);
    const page = await client.get('/track/complaint');
    assert.equal(page.status, 200, page.text);
    for (const told of ['示例卡盟甲', `TOLD-${lang}`, story, '176', '13800138000']) assert.ok(page.text.includes(told), `${told}: ${page.text}`);
    assert.match(page.text, lang === 'en' ? /Refund/i : /退款/);
    assert.doesNotMatch(page.text, /not_received|own_use|game_card/, 'codes have names');
  }
  assert.equal((await new Client(url).get('/track/complaint')).path, '/track');
});

test('dates_of_our_own_say_who_acts', async () => {
  const { number, client } = await followed('WHO-1');
  assert.match((await client.get('/track/case')).text, /我们最晚回复您/);
  await lead.submit(await lead.get(`/desk/cases/${number}`), `/desk/cases/${number}/release`);
  assert.match((await client.get('/track/case')).text, /志愿者最晚接手/);
});

test('a_file_shows_its_note_and_whether_it_can_be_opened', async () => {
  const { client } = await followed('NOTE-1');
  let page = await client.submit(await client.get('/track/evidence'), 'form', { note: '付款记录𠮷', file: file('一.png', png(7, 7), 'image/png') });
  assert.match(page.text, /付款记录𠮷/, page.text);
  assert.doesNotMatch(page.text, /打不开/);
  const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic'), Buffer.from([0, 0, 0, 0]), Buffer.from('mif1heic')]);
  page = await client.submit(page, 'form', { file: file('二.heic', heic, 'image/heic') });
  assert.match(page.text, /打不开，但已原样保存/);
  assert.match(page.text, /可另存为 JPG 再传一次/);
});

test('supplying_needs_a_file_or_an_answer', async () => {
  for (const how of ['answer', 'file']) {
    const { number, client } = await followed(`SUP-${how}`);
    await psql(`
      update core.case_file set status = 'NEEDS_INFO' where case_no = '${number}';
      insert into core.missing_item (id, case_id, item, asked_at) select gen_random_uuid(), c.id, 'CHAT', core.now() from core.case_file c where c.case_no = '${number}'`);
    let page = await client.get('/track/case');
    assert.match(page.text, /志愿者需要以下材料/);
    assert.match(page.text, /聊天/);
    page = await client.submit(await client.get('/track/supply'), 'form', {});
    assert.equal(page.status, 422);
    assert.match(page.body, /id="f-answer-error"/);
    assert.match(page.text, /还没有新文件，也没有回答/);
    assert.equal(await status(number), 'NEEDS_INFO');
    if (how === 'file') await client.submit(await client.get('/track/evidence'), 'form', { file: file('聊天.txt', 'chat', 'text/plain') });
    page = await client.submit(await client.get('/track/supply'), 'form', how === 'answer' ? { answer: '聊天记录已经删了' } : {});
    assert.equal(page.path, '/track/case', page.text);
    assert.equal(await status(number), 'TRIAGE');
  }
});

test('the_consent_that_carries_the_case_is_taken_back_by_a_tick_of_its_own', async () => {
  const { number, client } = await followed('END-1');
  await psql(`insert into core.decision (id, case_id, kind, asked_at) select gen_random_uuid(), c.id, 'WAIT', core.now() from core.case_file c where c.case_no = '${number}'`);
  let page = await client.get('/track/consents');
  const consent = await value("select n.id from core.consent n join core.case_file c on c.id = n.case_id where c.case_no = :'number' and n.kind = 'HANDLE_CASE'", { number });
  assert.ok(!page.forms.some((f) => f.fields.some((x) => x.value === consent)), 'no button that ends the case at once');
  const other = page.forms.find((f) => f.action === '/track/consents');
  if (other) {
    page = await client.post('/track/consents', { csrf: other.fields.find((f) => f.name === 'csrf').value, consent });
    assert.equal(page.status, 422, 'not by a made-up form either');
    assert.notEqual(await status(number), 'CLOSED');
  }
  page = await client.get('/track/consents/end');
  assert.match(page.text, /会被删除/);
  page = await client.submit(page, 'form', {});
  assert.equal(page.status, 422);
  assert.match(page.body, /id="f-agree-error"/);
  assert.notEqual(await status(number), 'CLOSED');
  page = await client.submit(page, 'form', { agree: true });
  assert.equal(page.path, '/track/consents/end');
  assert.match(page.text, /授权已收回，案件已结束/);
  assert.equal(await status(number), 'CLOSED');
  page = await client.get('/track/case');
  assert.doesNotMatch(page.text, /下一步由谁做/, 'nobody acts next');
  assert.doesNotMatch(page.text, /有事项请您决定/, 'questions end with the case');
  assert.match((await client.get('/track/decisions')).text, /没有等您决定的事项/);
});

/** A question as the desk asks it; its page. */
async function asked(number, kind, channel, detail) {
  const id = randomUUID();
  await psql(`insert into core.decision (id, case_id, kind, channel, detail, asked_at)
    select '${id}', c.id, '${kind}', nullif('${channel}', ''), '${JSON.stringify(detail)}', core.now() from core.case_file c where c.case_no = '${number}'`);
  return `/track/decisions/${id}`;
}

test('a_receipt_has_an_amount_and_is_recorded_once', async () => {
  const { number, client } = await followed('RECEIPT-1');
  const received = () => value("select c.amount_received_fen from core.case_file c where c.case_no = :'number'", { number });
  const address = await asked(number, 'RECEIPT', '', {});
  const first = await client.get(address);
  for (const answer of ['received', 'part']) {
    for (const amount of ['', '0']) {
      const page = await client.submit(first, 'form', { answer, amount });
      assert.equal(page.status, 422);
      assert.match(page.body, /id="f-amount-error"/);
      assert.match(page.text, /请填写收到的金额/);
    }
  }
  let page = await client.submit(first, 'form', { answer: 'part', amount: '８８．５元' });
  assert.equal(page.path, '/track/decisions');
  assert.equal(await received(), 8850);
  page = await client.submit(first, 'form', { answer: 'received', amount: '100' });
  assert.equal(page.path, address, 'a second time: what was answered');
  assert.match(page.text, /部分收到 · .*88\.50/);
  assert.equal(await received(), 8850);
  assert.equal(page.forms.filter((f) => f.action === address).length, 0);
});

test('a_consent_is_given_later_and_taken_back_again', async () => {
  for (const lang of ['zh-CN', 'en']) {
    const { number, client } = await followed(`GIVE-${lang}`, lang);
    const rows = (kind) => value("select count(*) from core.consent n join core.case_file c on c.id = n.case_id where c.case_no = :'number' and n.kind = :'kind'", { number, kind });
    const give = (page, kind) => page.forms.find((f) => f.action === '/track/consents/give' && f.fields.some((x) => x.value === kind));
    const values = (form) => Object.fromEntries(form.fields.map((x) => [x.name, x.value]));
    let page = await client.get('/track/consents');
    for (const kind of ['SHARE_PLATFORM', 'SHARE_PAYMENT', 'STATISTICS', 'PUBLISH_STORY']) assert.ok(give(page, kind), kind);
    assert.ok(!give(page, 'HANDLE_CASE'));
    const form = values(give(page, 'STATISTICS'));
    for (let i = 0; i < 2; i++) {
      page = await client.post('/track/consents/give', form);
      assert.equal(page.path, '/track/consents', 'given, and once only');
    }
    assert.ok(!give(page, 'STATISTICS'));
    assert.equal(await rows('STATISTICS'), 1);
    page = await client.post('/track/consents/give', { ...form, kind: 'SHARE_PLATFORM', text_version: 'old' });
    assert.equal(page.status, 409, 'another text than the one in force');
    assert.equal(await rows('SHARE_PLATFORM'), 0);
    const id = await value("select n.id from core.consent n join core.case_file c on c.id = n.case_id where c.case_no = :'number' and n.kind = 'STATISTICS'", { number });
    page = await client.get('/track/consents');
    page = await client.post('/track/consents', values(page.forms.find((f) => f.fields.some((x) => x.value === id))));
    assert.ok(give(page, 'STATISTICS'), 'taken back: it can be given again');

    const address = await asked(number, 'CONSENT', 'COMPLAINT_12315', { what: ['facts'], why: 'filing' });
    await client.submit(await client.get(address), 'form', { answer: 'refused' });
    page = await client.get('/track/consents');
    assert.ok(page.body.includes(`href="${address}"`), 'what was refused for one recipient is decided again on its own page');
    await client.submit(await client.get(address), 'form', { answer: 'granted' });
    assert.ok(!(await client.get('/track/consents')).body.includes(`href="${address}"`));
  }
});

test('a_lost_code_has_a_way_without_an_address_too', async () => {
  for (const [lang, way, contact] of [['zh-CN', /重新提交一次：填同样的订单号/, /联系我们/], ['en', /submit once more: give the same order number/, /Contact us from that/]]) {
    const page = await new Client(url, { lang }).get('/info/lost-code');
    assert.match(page.text, way);
    assert.doesNotMatch(page.text, contact, 'nobody is sent to an address that is not there');
  }
});
