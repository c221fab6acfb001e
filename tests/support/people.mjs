// A team and complaints on an installation of the test's own: tests of the desk need a first coordinator, and there is only one first.
import assert from 'node:assert/strict';
import { value } from './database.mjs';
import { png } from './files.mjs';
import { Client, file } from './http.mjs';
import { aiddesk, ownStack } from './stack.mjs';
import { Authenticator } from './totp.mjs';

export { ownStack };
export const password = 'correct horse battery 7';
export const story = '2026年11月1日付款176元买点卡，至今没有到账，𠮷龘，客服不回。';

/** Makes the second factor of a signed-in client: client.phone is its authenticator, client.codes its recovery codes. */
export async function enrol(client) {
  let page = await client.get('/account/totp');
  page = await client.submit(page, '/account/totp/start');
  client.phone = new Authenticator(/<code class="secret">([^<]+)</.exec(page.body)[1].replaceAll(' ', ''));
  page = await client.submit(page, '/account/totp', { code: await client.phone.code() });
  assert.equal(page.status, 200, page.text);
  client.codes = [...page.body.matchAll(/<li><code>([^<]+)</g)].map((m) => m[1]);
  return client;
}

/** The first coordinator, by the one-time link of `aiddesk setup`, with a second factor (client.phone, client.codes). */
export async function coordinator(url) {
  const { stdout } = await aiddesk('setup');
  const client = new Client(url);
  let page = await client.get(/\/setup\/[A-Za-z0-9_-]{43}/.exec(stdout)[0]);
  assert.equal(page.status, 200, page.text);
  const groups = [...page.body.matchAll(/<code>([0-9A-HJKMNP-TV-Z]{4})<\/code>/g)].map((m) => m[1]);
  page = await client.get('/setup/account');
  assert.match(page.body, /第 \d+ 组/, `${page.path} ${page.status} ${page.text}`);
  const asked = Number(/第 (\d+) 组/.exec(page.body)[1]);
  page = await client.submit(page, 'form', { display_name: '协调员甲', login: 'lead.one', password, group: groups[asked - 1] });
  assert.equal(page.path, '/account/totp', page.text);
  await enrol(client);
  return client;
}

/** Makes the first coordinator of an installation that has none, which takes no complaints: for files that need complaints only. */
export async function led(url) {
  if (Number(await value('select count(*) from core.group_key')) === 0) await coordinator(url);
}

/** Invites and signs up a person; returns the signed-in client. */
export async function invited(lead, url, role, login) {
  let page = await lead.get('/account/people');
  page = await lead.submit(page, '/account/people/invite', { role });
  const client = new Client(url);
  page = await client.get(/\/invite\/[A-Za-z0-9_-]{43}/.exec(page.body)[0]);
  page = await client.submit(page, 'form', { display_name: `志愿者${login}`, login, password });
  assert.equal(page.status, 200, page.text);
  return client;
}

/** Fills the public form; returns case number and tracking code. contact: what differs on the page about contact. */
export async function complain(url, { orderNo = 'ＡＢ－１２３４５', platform = '示例卡盟甲', contact = { contact_way: 'mobile', mobile: '13800138000', safe: ['text'] } } = {}) {
  const client = new Client(url);
  let page = await client.get('/complaint/platform');
  page = await client.submit(page, 'form', { platform, product: 'game_card', order_no: orderNo, pay_method: 'alipay' });
  page = await client.submit(page, 'form', { problem: 'not_received', amount: '１７６．００元', story, wanted: ['refund'] });
  page = await client.submit(page, 'photo', { photo: file('付款.png', png(), 'image/png') });
  page = await client.get('/complaint/contact');
  page = await client.submit(page, 'form', { who: 'self', purpose: 'own_use', ...contact });
  assert.equal(page.path, '/complaint/check', page.text);
  page = await client.submit(page, 'agree', { agree: true, agree_identity: true, agree_sensitive: true });
  assert.equal(page.path, '/complaint/receipt', page.text);
  const code = /data-code>(.*?)<\/p>/s.exec(page.body)[1].replaceAll(/<[^>]*>/g, '').trim();
  return { client, code, number: /AD\d\d-\d{6}/.exec(page.text)[0] };
}
