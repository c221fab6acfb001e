// What nginx does by itself: headers of every answer, its own errors, limits on bodies, cookies of one program only.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import test from 'node:test';
import { Client } from '../support/http.mjs';
import { stack } from '../support/stack.mjs';

const { url, port, run, logs, stage } = await stack();
const client = () => new Client(url);

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; connect-src 'self'; " +
  "worker-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'";
const expected = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=()',
};

/** The security headers, each exactly once. */
function hasHeaders(answer, cache = 'no-store') {
  const names = answer.rawHeaders.filter((_, i) => i % 2 === 0).map((n) => n.toLowerCase());
  for (const [name, content] of Object.entries({ ...expected, 'cache-control': cache })) {
    assert.equal(answer.headers[name], content, `${answer.path}: ${name}`);
    assert.equal(names.filter((n) => n === name).length, 1, `${answer.path}: ${name} comes more than once`);
  }
  assert.equal(answer.headers.server, 'nginx');
}

/** Sends bytes as they are and returns the status of the answer. */
function raw(bytes) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.setTimeout(20000, () => socket.destroy(new Error('no answer')));
    socket.on('data', (piece) => (text += piece));
    socket.on('error', reject);
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1])));
  });
}

test('every_part_of_the_service_sends_the_security_headers', async () => {
  for (const where of ['/', '/complaint/platform', '/track', '/login', '/desk', '/platforms', '/exports', '/health/live', '/no/such/page', '/desk/none']) {
    hasHeaders(await client().get(where, { follow: false }));
  }
});

test('errors_of_nginx_send_them_too_and_are_in_both_languages', async () => {
  const big = Buffer.alloc(1024 * 1024 + 1, 'a');
  const answers = [
    [413, await client().request('POST', '/complaint/story', { body: big, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })],
    [404, await client().get('/static/none.css')],
    [404, await client().get('/errors/404.html')],
    [421, await client().get('/', { headers: { Host: 'evil.example' } })],
    [431, await client().get('/', { headers: { Cookie: `a=${'x'.repeat(9000)}` } })],
    [414, await client().get(`/${'x'.repeat(9000)}`)],
  ];
  for (const [status, answer] of answers) {
    assert.equal(answer.status, status);
    hasHeaders(answer);
    assert.match(answer.headers['content-type'], /^text\/html; charset=utf-8$/);
    assert.match(answer.body, /<html lang="zh-Hans">[\s\S]*<section lang="en">/);
    assert.doesNotMatch(answer.body, /nginx|<style|<script/);
  }
});

test('a_json_client_gets_problem_json_from_nginx', async () => {
  const answer = await client().get('/static/none.css', { headers: { Accept: 'application/json' } });
  assert.equal(answer.status, 404);
  assert.equal(answer.headers['content-type'], 'application/problem+json');
  assert.equal(answer.json.status, 404);
  assert.equal(answer.headers.vary, 'Accept');
});

test('another_name_for_this_machine_leads_to_the_one_address', async () => {
  const answer = await client().get('/track?a=b', { headers: { Host: `localhost:${port}` }, follow: false });
  assert.equal(answer.status, 308);
  assert.equal(answer.location, `${url}/track?a=b`);
});

test('static_files_have_hashed_names_and_are_kept_for_ever', async () => {
  const manifest = JSON.parse(readFileSync(path.join(stage, 'share/aiddesk/static/manifest.json'), 'utf8'));
  for (const name of Object.values(manifest)) {
    const answer = await client().get(name.startsWith('/') ? name : `/static/${name}`, { headers: { 'Accept-Encoding': 'gzip' } });
    assert.equal(answer.status, 200, name);
    hasHeaders(answer, 'public, max-age=31536000, immutable');
  }
  assert.equal((await client().get('/static/manifest.json')).status, 404);
  for (const name of ['/robots.txt', '/favicon.svg', '/favicon.ico', '/errors/error.css']) assert.ok((await client().get(name)).status < 300, name);
});

test('pages_are_not_compressed_because_they_hold_tokens', async () => {
  const answer = await client().get('/login', { headers: { 'Accept-Encoding': 'gzip' } });
  assert.equal(answer.headers['content-encoding'], undefined);
});

test('strange_requests_are_refused_before_a_program_sees_them', async () => {
  const host = `Host: 127.0.0.1:${port}\r\n`;
  const end = 'Connection: close\r\n\r\n';
  assert.equal(await raw(`GET / HTTP/1.1\r\n${host}Host: other\r\n${end}`), 400);
  assert.equal(await raw(`GET / HTTP/1.1\r\n${end}`), 400);
  assert.equal(await raw(`POST /track HTTP/1.1\r\n${host}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n${end}0\r\n\r\n`), 400);
  assert.equal(await raw(`POST /track HTTP/1.1\r\n${host}Content-Length: 3\r\nContent-Length: 4\r\n${end}abc`), 400);
  assert.equal(await raw(`GET /a\0b HTTP/1.1\r\n${host}${end}`), 400);
  assert.equal(await raw(`TRACE / HTTP/1.1\r\n${host}${end}`), 405);
  assert.equal(await raw(`GET /%00 HTTP/1.1\r\n${host}${end}`), 400);
});

test('an_address_that_nginx_had_to_normalise_is_not_found', async () => {
  for (const where of ['/complaint/../desk', '//desk', '/%64esk', '/./track']) {
    const answer = await client().get(where, { follow: false });
    assert.ok([400, 404].includes(answer.status), `${where}: ${answer.status}`);
  }
});

test('sockets_admit_only_nginx', () => {
  for (const name of ['intake', 'intake-upload', 'track', 'track-upload', 'account', 'desk', 'desk-upload', 'report']) {
    const { mode, uid } = statSync(`${run}/web/aiddesk-${name}.sock`);
    assert.equal(mode & 0o777, 0o660, name);
    assert.equal(uid, 0, name);
  }
  for (const user of ['aiddesk-intake', 'aiddesk-desk', 'nobody']) {
    assert.throws(() => execFileSync('setpriv', ['--reuid', user, '--clear-groups', 'ls', `${run}/web`], { stdio: 'ignore' }), user);
  }
});

test('logs_hold_neither_address_nor_secret', async () => {
  const mark = 'canary7c1e5a';
  await client().get(`/${mark}?q=${mark}`, { headers: { Cookie: `sid-${port}=${mark}`, 'User-Agent': mark, Referer: `${url}/${mark}` } });
  await client().get(`/invite/${mark}`, { follow: false });
  await client().post('/track', { code: mark });
  for (const name of ['nginx-access', 'aiddesk-intake', 'aiddesk-track', 'aiddesk-account', 'postgres']) {
    const text = readFileSync(path.join(logs, `${name}.log`), 'utf8');
    assert.doesNotMatch(text, new RegExp(mark), name);
  }
  assert.doesNotMatch(readFileSync(`${run}/temp/nginx-error.log`, 'utf8'), new RegExp(mark));
});
