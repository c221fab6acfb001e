// Files that volunteers add and papers that they issue, without scripts.
import assert from 'node:assert/strict';
import test from 'node:test';
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
  const id = /\/file\/([0-9a-f-]{36})/.exec((await one.get(at('/files'))).body.split('截图.txt')[1])[1];
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
