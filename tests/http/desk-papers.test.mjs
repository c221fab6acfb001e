// Files that volunteers add and papers that they issue, without scripts.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import test from 'node:test';
import { value } from '../support/database.mjs';
import { png, sha256 } from '../support/files.mjs';
import { Client, file } from '../support/http.mjs';
import { complain, coordinator, invited, ownStack } from '../support/people.mjs';

const { url } = await ownStack();
const lead = await coordinator(url);
const one = await invited(lead, url, 'volunteer', 'vol.one');
await lead.get('/desk'); // hands the pool key to the volunteer
const { number, code } = await complain(url);
await lead.submit(await lead.get(`/desk/cases/${number}`), `/desk/cases/${number}/release`);
await one.submit(await one.get(`/desk/cases/${number}`), `/desk/cases/${number}/accept`);
/** A day in Shanghai some days from now, as it is typed. */
const due = new Date(Date.now() + 20 * 86400000 + 8 * 3600000).toISOString().slice(0, 10);
const at = (page) => `/desk/cases/${number}${page}`;

test('a_volunteer_adds_a_file_and_sees_its_real_type_size_and_hash', async () => {
  const bytes = png(80, 60);
  let page = await one.get(at('/files'));
  page = await one.submit(page, 'form', { kind: 'CHAT', note: '平台客服邮件𠮷', file: file('截图.txt', bytes, 'text/plain') });
  assert.equal(page.path, at('/files'), page.text);
  assert.equal(page.status, 200);
  for (const shown of ['截图.txt', '平台客服邮件𠮷', 'image/png', '80 × 60', sha256(bytes), '援助台加入']) assert.ok(page.body.includes(shown), shown);
  // It stands on the evidence page too, and the kind is chosen already when one goes on to say what it proves.
  const link = /href="([^"]*evidence\/new\?file=[^"]*kind=CHAT)"/.exec(page.body)[1].replaceAll('&amp;', '&');
  assert.ok((await one.get(at('/evidence'))).body.includes(sha256(bytes)));
  page = await one.get(link);
  assert.ok(page.form('form').fields.some((f) => f.name === 'v1'), page.text);
  // The original stands behind words of care.
  const no = /\/view\/(\d+)/.exec((await one.get(at('/files'))).body.split('截图.txt')[1])[1];
  const care = await one.get(at(`/view/${no}`));
  assert.match(care.text, /请小心/);
  const id = /\/file\/([0-9a-f-]{36})/.exec(care.body)[1];
  const download = await one.get(at(`/file/${id}`));
  assert.ok(download.bytes.equals(bytes));
  // The complainant does not meet what volunteers add.
  const complainant = new Client(url);
  await complainant.submit(await complainant.get('/track'), 'form', { code });
  assert.ok(!(await complainant.get('/track/evidence')).body.includes('截图.txt'));
});

test('what_is_wrong_with_a_file_stands_beside_the_control_and_the_rest_stays', async () => {
  const bytes = png();
  let page = await one.get(at('/files'));
  page = await one.submit(page, 'form', { note: '保留我𠮷' });
  assert.equal(page.status, 422);
  assert.match(page.body, /id="f-file-error"/);
  assert.equal(page.value('note'), '保留我𠮷');
  page = await one.submit(page, 'form', { file: file('空.png', '') });
  assert.equal(page.status, 422);
  assert.match(page.body, /这个文件是空的/);
  page = await one.submit(page, 'form', { kind: 'ORDER', file: file('一.png', bytes) });
  assert.equal(page.status, 200, page.text);
  page = await one.submit(page, 'form', { kind: 'ORDER', note: '保留我', file: file('二.png', bytes) });
  assert.equal(page.status, 422);
  assert.match(page.body, /已经收到过/);
  assert.equal(page.value('kind'), 'ORDER');
  page = await one.submit(page, 'form', { kind: 'NOTHING', note: '保留我', file: file('三.png', png()) });
  assert.equal(page.status, 422);
  assert.match(page.body, /id="f-kind-error"/);
  page = await one.submit(await one.get(at('/files')), 'form', { note: '大', file: file('大.png', Buffer.alloc(26 * 1024 * 1024, 1)) });
  assert.ok([413, 422].includes(page.status), String(page.status));
  assert.doesNotMatch((await one.get(at('/files'))).body, /大\.png|二\.png|三\.png/);
});

const pdftotext = async (bytes) => {
  const child = spawn('pdftotext', ['-layout', '-enc', 'UTF-8', '-', '-'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const out = [];
  child.stdout.on('data', (piece) => out.push(piece));
  child.stdin.end(bytes);
  const status = await new Promise((done) => child.on('close', done));
  assert.equal(status, 0);
  return Buffer.concat(out).toString('utf8').replace(/[ \u3000]+/g, ' ');
};

test('a_complaint_letter_says_what_is_missing_and_is_frozen_when_issued', async () => {
  let page = await one.get(at('/papers'));
  assert.equal(page.status, 200, page.text);
  assert.match(page.body, /请填写投诉人姓名/);
  assert.match(page.body, new RegExp(`href="${at('/papers/text#f-name')}"`));
  assert.match(page.body, new RegExp(`href="${at('/demands')}"`));
  assert.ok(!page.body.includes('name="document"')); // nothing can be issued yet
  const early = await one.get(at('/papers/preview/COMPLAINT_LETTER'));
  assert.equal(early.path, at('/papers'));

  // The text begins with what the case has.
  page = await one.get(at('/papers/text'));
  assert.match(page.value('facts'), /至今没有到账/);
  page = await one.submit(page, 'form', { name_real: true });
  assert.equal(page.status, 422);
  assert.match(page.body, /id="f-name-error"/);
  page = await one.submit(page, 'form', {
    addressee: '示例市市场监督管理局', name: '王小明𠮷', name_real: true,
    facts: '2026年11月1日付款176元买点卡。\n2026年11月2日仍未到账。卡密 ABCD-EFGH-1234-5678-9012。', negotiation: '2026年11月2日联系客服，没有答复。',
    rule_title: '售后规则', rule_clause: '第三条', rule_version: '2026-1-1', rule_text: '未到账的，全额退款。',
  });
  assert.equal(page.path, at('/papers'), page.text);
  assert.doesNotMatch(page.body, /请填写投诉人姓名|请填写事实经过/);
  page = await one.get(at('/papers/text'));
  assert.equal(page.value('name'), '王小明𠮷');
  assert.ok(page.form('form').fields.some((f) => f.name === 'name_real' && f.checked));

  // Evidence and a demand; then nothing is missing.
  page = await one.get(at('/evidence'));
  const fileId = /evidence\/new\?file=([0-9a-f-]{36})/.exec(page.body)[1];
  page = await one.get(at(`/evidence/new?kind=PAYMENT&file=${fileId}`));
  page = await one.submit(page, 'form', { v1: '2026-11-1 10:03', v2: '176', v3: '某公司', v4: '2026110122001', v5: 'ALIPAY', proves: '付了176元' });
  page = await one.submit(await one.get(at('/demands/new')), 'form', { kind: 'REFUND', amount: '176', by_day: due });
  assert.equal(page.path, at('/demands'), page.text);
  page = await one.get(at('/papers'));
  assert.match(page.body, /内容齐全/);
  assert.match(page.body, /还没有查到平台的登记名称/);

  // The preview is a marked draft, stores nothing, and showing the contact is written down.
  const before = await value('select count(*) from core.file');
  const looks = await value("select count(*) from core.event where type = 'contact_shown'");
  const preview = await one.get(at('/papers/preview/COMPLAINT_LETTER'));
  assert.equal(preview.headers['content-type'], 'application/pdf');
  assert.match(preview.headers['content-disposition'], /^attachment; .*filename\*=UTF-8''/);
  const draft = await pdftotext(preview.bytes);
  assert.match(draft, /草稿，未签发/);
  for (const said of ['投诉书', '示例市市场监督管理局', '王小明𠮷', '13800138000', '示例卡盟甲', '2026 ?年 ?11 ?月 ?1 ?日付款 ?176 ?元', '《售后规则》第三条', '待律师复核', '退款', due.split('-').map(Number).join(' ?[年月] ?') + ' ?日', '付了 ?176 ?元']) {
    assert.match(draft, new RegExp(said), said);
  }
  assert.doesNotMatch(draft, /ABCD-EFGH-1234|None|null|undefined/);
  assert.equal(await value('select count(*) from core.file'), before);
  assert.equal(await value("select count(*) from core.event where type = 'contact_shown'"), looks + 1);

  // Issued: bytes and hash stay; the same post again makes no second one.
  page = await one.get(at('/papers'));
  const again = page;
  page = await one.submit(page, at('/papers'));
  assert.equal(page.path, at('/papers'), page.text);
  assert.match(page.body, /投诉书 v1/);
  page = await one.submit(again, at('/papers'));
  assert.doesNotMatch(page.body, /投诉书 v2/);
  const shown = /class="hash">([0-9a-f]{64})/.exec(page.body)[1];
  const paper = new RegExp(`href="(${at('/file/')}[0-9a-f-]{36})"`).exec(page.body)[1];
  const first = await one.get(paper);
  assert.equal(sha256(first.bytes), shown);
  assert.doesNotMatch(await pdftotext(first.bytes), /草稿/);
  assert.ok(!(await one.get(at('/files'))).body.includes('投诉书')); // a paper is no evidence
  assert.match((await one.get(at(''))).body, /签发文书/);

  // The complainant has it.
  const complainant = new Client(url);
  await complainant.submit(await complainant.get('/track'), 'form', { code });
  page = await complainant.get('/track/papers');
  const theirs = await complainant.get(/\/track\/papers\/[0-9a-f-]{36}/.exec(page.body)[0]);
  assert.ok(theirs.bytes.equals(first.bytes));

  // A change is the next version; the first one is what it was.  A page from before the change issues nothing.
  const old = await one.get(at('/papers'));
  page = await one.submit(await one.get(at('/papers/text')), 'form', { addressee: '示例市消费者协会' });
  page = await one.submit(old, at('/papers'));
  assert.equal(page.status, 409);
  page = await one.submit(await one.get(at('/papers')), at('/papers'));
  assert.match(page.body, /投诉书 v2/);
  assert.ok((await one.get(paper)).bytes.equals(first.bytes));
});

test('the_evidence_list_has_sizes_and_hashes', async () => {
  let page = await one.get(at('/papers'));
  const list = page.forms.find((f) => f.fields.some((x) => x.value === 'EVIDENCE_LIST'));
  assert.ok(list, page.text);
  const text = await pdftotext((await one.get(at('/papers/preview/EVIDENCE_LIST'))).bytes);
  assert.match(text, /证据目录/);
  assert.match(text, /证据 ?1/);
  page = await one.post(at('/papers'), list.fields.map((f) => [f.name, f.value]));
  assert.match(page.body, /证据目录 v1/);
});

test('words_that_must_not_go_out_stop_a_letter', async () => {
  let page = await one.submit(await one.get(at('/papers/text')), 'form', { facts: '不退款就曝光你，让你身败名裂。' });
  assert.match(page.body, /不能对外使用的措辞/);
  assert.match((await one.get(at('/papers/text'))).body, /notice-warn/);
  const forged = (await one.get(at('/papers'))).forms.find((f) => f.fields.some((x) => x.value === 'EVIDENCE_LIST'));
  page = await one.post(at('/papers'), forged.fields.map((f) => [f.name, f.name === 'kind' ? 'COMPLAINT_LETTER' : f.value]));
  assert.equal(page.status, 422);
  assert.match(page.body, /请先补齐缺少的内容/);
});

test('two_people_writing_the_same_letter_lose_nothing', async () => {
  const mine = await one.get(at('/papers/text'));
  const theirs = await lead.get(at('/papers/text'));
  await lead.submit(theirs, 'form', { facts: '协调员的写法' });
  let page = await one.submit(mine, 'form', { facts: '我的写法𠮷' });
  assert.equal(page.status, 409);
  assert.equal(page.value('facts'), '我的写法𠮷');
  assert.match(page.body, /协调员的写法/);
  page = await one.submit(page, 'form', { facts: '合并的写法' });
  assert.equal(page.path, at('/papers'), page.text);
});

test('papers_of_others_are_not_found_and_bad_input_is_no_error_of_ours', async () => {
  const two = await invited(lead, url, 'volunteer', 'vol.two');
  for (const where of ['/files', '/papers', '/papers/text', '/papers/preview/EVIDENCE_LIST']) assert.equal((await two.get(at(where))).status, 404, where);
  assert.equal((await one.get(at('/papers/preview/NOVEL'))).status, 404);
  for (const where of ['/papers', '/papers/text']) {
    for (const body of [[], [['version', 'x']], [['version', '1'], ['version', '2']], [['nothing', '1']], [['facts', '\u0000']], [['laws', 'NO-1'], ['version', '0']], [['kind', 'NOVEL']], [['filing', 'x']]]) {
      const csrf = (await one.get(at(where))).value('csrf');
      const page = await one.post(at(where), [['csrf', csrf], ...body]);
      assert.ok(page.status >= 400 && page.status < 500, `${where} ${page.status} ${JSON.stringify(body)}`);
    }
  }
});

test('files_follow_one_another_on_pages_of_their_own', async () => {
  let page = await one.get(at('/evidence'));
  const first = page.body.match(/\/view\/\d+/)[0];
  page = await one.get(at(first));
  assert.equal(page.status, 200, page.text);
  assert.doesNotMatch(page.body, /rel="prev"/);
  let seen = 1;
  for (let next; (next = /rel="next"[^>]*href="([^"]+)"/.exec(page.body)?.[1]); seen++) page = await one.get(next);
  assert.ok(seen >= 3, String(seen));
  assert.match(page.body, new RegExp(`第 ${seen} 个文件，共 ${seen} 个`));
  for (const where of ['/view/999', '/view/0', '/view/x']) assert.equal((await one.get(at(where))).status, 404, where);
});
