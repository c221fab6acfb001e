// Bad manners: slow clients while ordinary people notice nothing, bodies that stop, masses of parameters, headers that pretend.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { psql, rows } from '../support/database.mjs';
import { Client } from '../support/http.mjs';
import { stack } from '../support/stack.mjs';

const { url, port, logs } = await stack();
const host = `Host: 127.0.0.1:${port}\r\n`;
const opened = [];
after(() => { for (const socket of opened) socket.destroy(); });
// Ordinary people are all from one network here; how many drafts one may begin is not what is tested.
beforeEach(() => psql("delete from core.attempt where kind in ('draft_network', 'draft_global')"));

/** A connection from another network than that of ordinary people here, because connections are counted by network. */
async function connect(i, bytes) {
  const socket = net.connect({ port, host: '127.0.0.1', localAddress: `127.0.${1 + (i % 50)}.${1 + Math.floor(i / 50)}` });
  opened.push(socket);
  socket.on('error', () => {});
  socket.answered = '';
  await once(socket, 'connect');
  socket.write(bytes);
  return socket;
}

/** What a new person does at the start; every page must come. */
async function ordinary() {
  const client = new Client(url);
  for (const where of ['/', '/complaint/platform', '/track', '/login', '/platforms']) {
    const page = await client.get(where);
    assert.equal(page.status, 200, `${where}: ${page.status}`);
  }
  const page = await client.submit(await client.get('/complaint/platform'), 'form', { platform: '样例卡盟', product: 'game_card' });
  assert.equal(page.path, '/complaint/story', page.text);
}

/** The whole answer to bytes as they are. */
async function raw(bytes) {
  const socket = await connect(0, bytes);
  let text = '';
  socket.on('data', (piece) => (text += piece.toString('latin1')));
  socket.setTimeout(20000, () => socket.destroy());
  await once(socket, 'close');
  return text;
}
const status = (answer) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

test('two_hundred_slow_clients_do_not_keep_people_waiting', async () => {
  const slow = [];
  for (let i = 0; i < 200; i++) {
    const what = [
      `POST /complaint/platform HTTP/1.1\r\n${host}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 4000\r\n\r\nplatform=`,
      `GET /complaint/platform HTTP/1.1\r\n${host}X-Slow: `,
      `POST /login HTTP/1.1\r\n${host}Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\nlogin=`,
      'G',
    ][i % 4];
    const socket = await connect(i, what);
    socket.on('data', (piece) => (socket.answered += piece));
    slow.push(socket);
  }
  // A byte now and then keeps them alive.
  const drip = setInterval(() => { for (const socket of slow) socket.write('A'); }, 1000);
  try {
    for (let n = 0; n < 15; n++) await Promise.all([ordinary(), ordinary(), ordinary(), pause(200)]);
    const open = slow.filter((socket) => !socket.destroyed && socket.answered === '').length;
    assert.ok(open >= 150, `${open} of them were still hanging on while people were served`);
  } finally {
    clearInterval(drip);
    for (const socket of slow) socket.destroy();
  }
});

test('readers_that_do_not_read_hold_nobody_up', async () => {
  const request = `GET /platforms HTTP/1.1\r\n${host}\r\n`;
  const lazy = [];
  for (let i = 0; i < 100; i++) {
    const socket = await connect(i, request.repeat(20));
    socket.pause();
    lazy.push(socket);
  }
  for (let round = 0; round < 3; round++) await Promise.all([ordinary(), ordinary()]);
  for (const socket of lazy) socket.destroy();
});

test('bodies_that_stop_leave_nothing_behind', async () => {
  const head = (length) => `POST /complaint/platform HTTP/1.1\r\n${host}Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${length}\r\n\r\n`;
  for (let i = 0; i < 40; i++) {
    const socket = await connect(i, `${head(5000)}platform=abc&product=`);
    socket.destroy();
  }
  const socket = await connect(0, `${head(10)}0123456789`);
  socket.end();
  await ordinary();
});

test('masses_of_parameters_are_refused_at_once', async () => {
  const client = new Client(url);
  const body = 'a=1&'.repeat(200000); // 800 kB, below nginx's limit
  const page = await client.request('POST', '/complaint/platform', { body, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
  assert.ok([400, 413].includes(page.status), String(page.status));
  const query = await client.get(`/complaint/platform?${'b=2&'.repeat(1500)}`);
  assert.ok(query.status < 500, String(query.status));
  await ordinary();
});

test('headers_that_pretend_reach_no_logic', async () => {
  const client = new Client(url);
  const pretend = {
    'X-Forwarded-For': '203.0.113.7', 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https', Forwarded: 'for=203.0.113.7;host=evil.example',
    'X-Real-IP': '203.0.113.7', 'X-Original-URL': '/desk', 'X-Rewrite-URL': '/desk', 'X-HTTP-Method-Override': 'POST', Proxy: 'http://evil.example',
  };
  const page = await client.get('/complaint/platform', { headers: pretend });
  assert.equal(page.status, 200);
  assert.doesNotMatch(page.body, /evil\.example|203\.0\.113/);
  assert.doesNotMatch(JSON.stringify(page.headers), /evil\.example/);
  assert.equal((await client.get('/desk', { headers: pretend, follow: false })).status, 303, 'still signed out');
  // Who claims another address for each try is counted under the one that nginx saw.
  await psql("delete from core.attempt where kind = 'draft_network'");
  for (const address of ['203.0.113.7', '198.51.100.9']) {
    const headers = Object.fromEntries(['X-Forwarded-For', 'X-Real-IP', 'Client-IP', 'Forwarded'].map((name) => [name, name === 'Forwarded' ? `for=${address}` : address]));
    const other = new Client(url);
    const made = await other.submit(await other.get('/complaint/platform', { headers }), 'form', { platform: '样例卡盟', product: 'game_card' }, { headers });
    assert.equal(made.path, '/complaint/story', made.text);
  }
  assert.deepEqual(await rows("select count(*)::int as networks, sum(n)::int as drafts from core.attempt where kind = 'draft_network'"), [{ networks: 1, drafts: 2 }]);
  for (const name of ['nginx.log', 'aiddesk-intake.log', 'aiddesk-desk.log']) {
    try {
      assert.doesNotMatch(readFileSync(path.join(logs, name), 'utf8'), /203\.0\.113|evil\.example/, name);
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
  // Two names, two lengths, both ways to frame a body, a line end inside a value: none of it gets as far as a program.
  const get = (headers) => `GET / HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`;
  assert.equal(status(await raw(get(`${host}Host: evil.example\r\n`))), 400);
  assert.equal(status(await raw(get(`${host}Content-Length: 1\r\nContent-Length: 2\r\n`))), 400);
  assert.equal(status(await raw(get('Host: evil.example\r\n'))), 421);
  assert.equal(status(await raw(`GET http://evil.example/ HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)), 421);
  for (const where of ['/complaint/platform?lang=en%0d%0aSet-Cookie:%20a=b', '/%0d%0aSet-Cookie:%20a=b', '/login?next=%0d%0aSet-Cookie:%20a=b', '/track?lang=en%0aX-Bad:%201']) {
    const answer = await raw(`GET ${where} HTTP/1.1\r\n${host}Connection: close\r\n\r\n`);
    assert.ok(status(answer) >= 200 && status(answer) < 500, answer.slice(0, 80));
    assert.doesNotMatch(answer.split('\r\n\r\n')[0], /^(Set-Cookie: a=b|X-Bad)/m, where);
  }
});
