// The systemd units that make install writes: what systemd itself says of them, and that a program takes the sockets which they pass.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, test } from 'node:test';
import { fastcgi } from '../support/fastcgi.mjs';
import { root, stack } from '../support/stack.mjs';

const { stage, conf } = await stack();
const folder = path.join(stage, 'lib/systemd/system');
const units = readdirSync(folder).filter((name) => /\.(service|socket)$/.test(name)).map((name) => path.join(folder, name));
const services = units.filter((name) => name.endsWith('.service'));
const run = (...command) => execFileSync(command[0], command.slice(1), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const place = mkdtempSync('/tmp/aiddesk-units-');
await chmod(place, 0o755);
after(() => rm(place, { recursive: true, force: true }));

/** Values of a setting in a unit's text. */
const all = (text, name) => [...text.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map((m) => m[1]);

test('every_program_has_a_service_and_every_pool_a_socket', () => {
  assert.deepEqual(units.map((name) => path.basename(name)).sort(), [
    'aiddesk-account.service', 'aiddesk-account.socket', 'aiddesk-desk-upload.socket', 'aiddesk-desk.service', 'aiddesk-desk.socket',
    'aiddesk-intake-upload.socket', 'aiddesk-intake.service', 'aiddesk-intake.socket', 'aiddesk-report.service', 'aiddesk-report.socket',
    'aiddesk-track-upload.socket', 'aiddesk-track.service', 'aiddesk-track.socket', 'aiddesk-worker.service']);
});

test('systemd_finds_nothing_wrong_with_the_units', () => {
  run('systemd-analyze', 'verify', '--man=no', ...units);
});

for (const unit of services) {
  const name = path.basename(unit, '.service');
  test(`${name}_is_exposed_by_at_most_one`, () => {
    // The threshold is in tenths.  It ends with an error when it is passed, and says what is open.
    try {
      run('systemd-analyze', 'security', '--offline=true', '--threshold=10', '--no-pager', unit);
    } catch (error) {
      assert.fail(`${error.stdout.split('\n').filter((line) => /^✗|level/.test(line)).join('\n')}${error.stderr}`);
    }
  });

  test(`${name}_runs_as_its_own_user_the_program_that_is_installed`, () => {
    const text = readFileSync(unit, 'utf8');
    assert.deepEqual(all(text, 'User'), [name]);
    const [program, option] = all(text, 'ExecStart')[0].split(' ');
    assert.equal(program, path.join(stage, 'libexec/aiddesk', name));
    assert.ok(existsSync(program));
    assert.equal(option, '--config');
  });
}

test('sockets_are_for_nginx_alone_and_where_it_looks', () => {
  for (const unit of units.filter((name) => name.endsWith('.socket'))) {
    const text = readFileSync(unit, 'utf8');
    const name = path.basename(unit, '.socket');
    assert.deepEqual(all(text, 'ListenStream'), [`/run/aiddesk/${name}.sock`]);
    assert.deepEqual([all(text, 'SocketUser'), all(text, 'SocketGroup'), all(text, 'SocketMode')].flat(), ['root', 'aiddesk-nginx', '0660']);
    assert.deepEqual(all(text, 'Service'), [`${name.replace(/-upload$/, '')}.service`]);
    assert.deepEqual(all(text, 'FileDescriptorName'), name.endsWith('-upload') ? ['upload'] : []);
  }
});

test('users_and_folders_are_made_as_the_units_need_them', async () => {
  const lib = path.join(stage, 'lib');
  await mkdir(path.join(place, 'root/etc'), { recursive: true });
  run('systemd-sysusers', `--root=${place}/root`, path.join(lib, 'sysusers.d/aiddesk.conf'));
  const users = readFileSync(`${place}/root/etc/passwd`, 'utf8');
  for (const unit of services) assert.match(users, new RegExp(`^${all(readFileSync(unit, 'utf8'), 'User')[0]}:.*:/usr/sbin/nologin$`, 'm'));
  run('systemd-tmpfiles', '--create', `--root=${place}/root`, path.join(lib, 'tmpfiles.d/aiddesk.conf'));
  assert.equal(run('stat', '-c', '%a', `${place}/root/run/aiddesk`).trim(), '1775');
  assert.equal(run('stat', '-c', '%a', `${place}/root/run/aiddesk/slots`).trim(), '660');
});

test('a_program_serves_the_sockets_that_it_is_passed', async (t) => {
  const dir = path.join(place, 'run');
  await mkdir(path.join(dir, 'metrics'), { recursive: true });
  for (const name of [dir, path.join(dir, 'metrics')]) await chmod(name, 0o1777);
  const settings = path.join(place, 'aiddesk.conf');
  writeFileSync(settings, readFileSync(conf, 'utf8').replace(/^(socket_dir|run_dir) = .*$/gm, `$1 = ${dir}`)
    .concat('processes_intake = 1\nprocesses_intake_upload = 1\n'));
  const sockets = [path.join(dir, 'a.sock'), `${path.join(dir, 'b.sock')}:upload`];
  const child = spawn('/usr/bin/python3', [path.join(root, 'tests/support/activate.py'), 'aiddesk-intake', 'aiddesk-nginx', sockets.join(','),
    path.join(stage, 'libexec/aiddesk/aiddesk-intake'), '--config', settings], { cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  let log = '';
  child.stderr.on('data', (chunk) => { log += chunk; });
  t.after(() => child.kill('SIGKILL'));
  for (let tries = 0; !/"event":"start"/.test(log); tries++) {
    assert.ok(tries < 200 && child.exitCode === null, log);
    await new Promise((done) => setTimeout(done, 50));
  }
  for (const name of ['a.sock', 'b.sock']) {
    const answer = await fastcgi(path.join(dir, name), '/health/live');
    assert.equal(answer?.status, 200, log);
  }
  assert.ok(!existsSync(path.join(dir, 'aiddesk-intake.sock')), 'it makes none of its own');
  assert.equal(run('stat', '-c', '%U', `/proc/${child.pid}/environ`).trim(), 'root', 'not dumpable: its files in /proc are not its user\'s');
  assert.match(readFileSync(`/proc/${child.pid}/status`, 'utf8'), new RegExp(`^Uid:\\t${run('id', '-u', 'aiddesk-intake').trim()}\\t`, 'm'));
  child.kill('SIGTERM');
  assert.equal((await ended)[0], 0, log);
  assert.ok(existsSync(path.join(dir, 'a.sock')), 'the sockets are systemd\'s');
});
