// A database over the network: TCP and TLS, connected and connected again from inside the sandboxes.  Nothing else of the tests uses it,
// and libpq asks for other things there than on a unix socket.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, test } from 'node:test';
import { Client } from '../support/http.mjs';
import { certificate, freePort } from '../support/installation.mjs';
import { ownStack } from '../support/stack.mjs';

const place = mkdtempSync('/tmp/aiddesk-network-');
const bin = '/usr/lib/postgresql/15/bin';
const port = await freePort();
const as = (user, ...command) => ['setpriv', '--reuid', user, '--regid', user, '--clear-groups', ...command];
const run = (...command) => execFileSync(command[0], command.slice(1), { cwd: '/', encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
const sql = (text, name = 'aiddesk') => run('psql', '-X', '-At', '-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-d', name, '-c', text);

const { key, certificate: shown } = await certificate(place);
await chmod(place, 0o755);
run('chown', '-R', 'aiddesk-postgres:', place);
run(...as('aiddesk-postgres', `${bin}/initdb`, '-D', path.join(place, 'pg'), '-U', 'postgres', '-A', 'trust', '--encoding', 'UTF8', '--locale', 'C.UTF-8', '--no-sync'));
const [command, ...words] = as('aiddesk-postgres', `${bin}/postgres`, '-D', path.join(place, 'pg'), '-p', String(port), '-c', 'listen_addresses=127.0.0.1',
  '-c', `unix_socket_directories=${place}`, '-c', 'ssl=on', '-c', `ssl_cert_file=${shown}`, '-c', `ssl_key_file=${key}`, '-c', 'fsync=off', '-c', 'timezone=UTC');
const server = spawn(command, words, { cwd: '/', stdio: 'ignore' });
const ended = once(server, 'exit');
after(async () => {
  server.kill('SIGINT');
  await ended;
  await rm(place, { recursive: true, force: true });
});
for (let tries = 0; ; tries++) {
  try {
    sql("create database aiddesk template template0 encoding 'UTF8' locale 'C.UTF-8'", 'postgres');
    break;
  } catch (error) {
    if (tries === 100) throw error;
    await new Promise((done) => setTimeout(done, 100));
  }
}
process.env.AIDDESK_DATABASE = `host=localhost port=${port} dbname=aiddesk user=postgres`;
const { url } = await ownStack();

const connected = () => sql("select usename, ssl from pg_stat_activity join pg_stat_ssl using (pid) where usename like 'aiddesk%' group by 1, 2 order by 1").split('\n');
const pages = async () => {
  const client = new Client(url);
  const found = {};
  for (const page of ['/complaint/platform', '/track', '/login', '/platforms', '/health/ready']) found[page] = (await client.get(page)).status;
  return found;
};
const good = { '/complaint/platform': 200, '/track': 200, '/login': 200, '/platforms': 200, '/health/ready': 200 };

test('every_program_works_over_tcp_with_tls', async () => {
  for (let tries = 0; connected().length < 6 && tries < 100; tries++) await new Promise((done) => setTimeout(done, 100));
  assert.deepEqual(connected(), ['account', 'desk', 'intake', 'report', 'track', 'worker'].map((name) => `aiddesk_${name}|t`));
  assert.deepEqual(await pages(), good);
});

// stopStack looks for processes that a refused call has ended.
test('a_connection_that_is_lost_is_made_again_inside_the_sandbox', async () => {
  const before = sql("select max(backend_start) from pg_stat_activity where usename = 'aiddesk_worker'");
  sql("select count(pg_terminate_backend(pid)) from pg_stat_activity where usename like 'aiddesk%'");
  // Each process notices with its next request, which is refused in the worst case.
  for (let tries = 0; tries < 20; tries++) await pages();
  assert.deepEqual(await pages(), good);
  for (let tries = 0; sql("select count(*) from pg_stat_activity where usename = 'aiddesk_worker'") === '0' && tries < 100; tries++) await new Promise((done) => setTimeout(done, 100));
  assert.notEqual(sql("select max(backend_start) from pg_stat_activity where usename = 'aiddesk_worker'"), before);
});
