// The drill of the broken program (SECURITY.md, W6 and X4): a probe of each program, which is the program itself with one function
// replaced (tests/probe/probe.h), tries as its user and role and from its sandbox what it must not.  Every step has to be refused, or to
// end the process by SIGSYS.  `AIDDESK_PROBE_TABLE=FILE` writes down what became of each.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, rm } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { after, test } from 'node:test';
import { rows } from '../support/database.mjs';
import { fastcgi } from '../support/fastcgi.mjs';
import { freePort } from '../support/installation.mjs';
import { stack } from '../support/stack.mjs';

const made = await stack();
const { stage, conf, run, logs } = made;
// A build with sanitizers leaves the sandbox open (core/sandbox.h): then there is nothing to try.
const skip = /NEEDED.*libasan/.test(execFileSync('readelf', ['-d', path.join(stage, 'libexec/aiddesk/aiddesk-intake')], { encoding: 'utf8' }));
const build = path.join(process.env.AIDDESK_BUILD ?? made.dir, 'build');
execFileSync('flock', [build, 'make', '-s', '-C', build, 'probes', 'CFLAGS=-g -O2 -fno-analyzer'], { stdio: ['ignore', 'pipe', 'pipe'] });

const place = mkdtempSync('/tmp/aiddesk-probe-');
await chmod(place, 0o755);
after(() => rm(place, { recursive: true, force: true }));
await mkdir(path.join(place, 'bin'));
for (const name of readdirSync(path.join(build, 'tests/probe')).filter((n) => /^aiddesk-[a-z]+$/.test(n))) {
  copyFileSync(path.join(build, 'tests/probe', name), path.join(place, 'bin', name));
}
const setting = (name) => new RegExp(`^${name} = (.*)$`, 'm').exec(readFileSync(conf, 'utf8'))[1];
const data = setting('data_dir');
const serving = ['intake', 'track', 'account', 'desk', 'report'];
const programs = [...serving, 'worker'];
/** Programs that open files while they work: for the others no file at all is opened. */
const reading = ['intake', 'desk', 'worker'];
const realPid = (name) => Number(readFileSync(path.join(run, 'pid', name), 'utf8').split(' ')[0]);
const status = (pid, name) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1];
const childrenOf = (pid) => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
const table = [];
/** What a step would leave behind if it were not refused: of this run, and gone after it. */
const stray = `aiddesk-probe-${process.pid}`;
const strays = ['/tmp', '/dev/shm', '/var/tmp', run, path.join(run, 'web'), data, stage].map((folder) => path.join(folder, stray));
after(() => Promise.all(strays.map((name) => rm(name, { recursive: true, force: true }))));

/** A probe that runs: ask(step, argument, number) gives the outcome, "SIGSYS" when the process ended by it. */
class Probe {
  constructor(name, processes, port) {
    this.name = name;
    this.port = port;
    this.dir = mkdtempSync(path.join(place, `${name}-`));
    this.socket = path.join(this.dir, `aiddesk-${name}.sock`);
    this.conf = path.join(this.dir, 'aiddesk.conf');
    this.log = '';
    this.ends = 0;
    writeFileSync(this.conf, readFileSync(conf, 'utf8').replace(/^(socket_dir|run_dir) = .*$/gm, `$1 = ${this.dir}`)
      .replace(/^metrics_listen = .*$/m, `metrics_listen = 127.0.0.1:${port}`)
      .concat(serving.map((n) => `processes_${n} = ${processes}\n`).join(''), 'processes_intake_upload = 1\nprocesses_track_upload = 1\nprocesses_desk_upload = 1\n'));
  }

  async start() {
    await chmod(this.dir, 0o755);
    this.child = spawn(path.join(place, 'bin', `aiddesk-${this.name}`), ['--config', this.conf],
      { cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', HOME: '/nonexistent' }, stdio: ['ignore', 'ignore', 'pipe'] });
    this.ended = once(this.child, 'exit');
    let begun = false;
    this.child.stderr.on('data', (chunk) => { this.log += chunk; begun ||= String(chunk).includes('"event":"start"'); });
    for (let tries = 0; !begun; tries++) {
      assert.ok(tries < 400 && this.child.exitCode === null, this.log);
      await new Promise((done) => setTimeout(done, 20));
    }
    return this;
  }

  /** The version of the kernel's Landlock, 0 = none: what only Landlock refuses is tried where there is one. */
  get landlock() { return Number(/"event":"sandbox","detail":"landlock","number":(\d+)/.exec(this.log)?.[1] ?? 0); }

  async ask(step, argument = '', number = 0) {
    const words = `${step}+${argument === '' ? '-' : Buffer.from(String(argument)).toString('hex')}+${number}`;
    const outcome = this.name === 'worker' ? await this.askWorker(words) : (await fastcgi(this.socket, `/probe?${words}`, 20))?.body ?? 'SIGSYS';
    this.ends += outcome === 'SIGSYS';
    table.push([this.name, step, argument, outcome.split('\n')[0]]);
    return outcome;
  }

  /** The worker is one process: after its end another one begins. */
  async askWorker(words) {
    const chunks = [];
    const connection = net.connect(this.port, '127.0.0.1');
    connection.on('error', () => {});
    connection.on('data', (chunk) => chunks.push(chunk));
    connection.end(`GET /?${words}\r\n\r\n`);
    await new Promise((done) => connection.on('close', done));
    if (chunks.length > 0) return Buffer.concat(chunks).toString();
    const [, signal] = await this.ended;
    await this.start();
    return signal;
  }

  async stop() {
    this.child.kill('SIGTERM');
    await this.ended;
  }
}

async function withProbe(name, processes, use) {
  const probe = await new Probe(name, processes, await freePort()).start();
  try {
    return await use(probe);
  } finally {
    if (probe.child.exitCode === null && probe.child.signalCode === null) await probe.stop();
  }
}

/** What a refusal looks like; "SIGSYS" always is one. */
const files = ['EACCES', 'EPERM'];
const families = ['EAFNOSUPPORT'];

/** [step, argument, number, the errors that are a refusal besides SIGSYS] for a program. */
function stepsOf(name, probe) {
  const parent = probe.child.pid;
  const sibling = childrenOf(parent)[0] ?? parent;
  const steps = [];
  const keys = path.join(setting('keys_dir'));
  for (const other of [...programs, 'admin'].filter((n) => n !== name)) {
    for (const file of readdirSync(path.join(keys, other))) steps.push(['open_read', path.join(keys, other, file), 0, files]);
  }
  const unreadable = ['/etc/shadow', '/proc/1/environ', `/proc/${parent}/mem`, `/proc/${parent}/environ`, `/proc/${sibling}/mem`,
    `/proc/${realPid('nginx')}/environ`, path.join(made.dir, 'pg/PG_VERSION'), '/dev/kmsg', '/dev/mem', '/root/.bashrc'].filter((file) => existsSync(file));
  // What any user may read is closed by Landlock alone, where a program opens files at all.
  const readable = [conf, path.join(logs, 'postgres.log'), path.join(data, 'views/desk/case.mustache'), '/usr/bin/env', '/proc/version', '/proc/self/mem'];
  if (name !== 'worker') readable.push('/etc/passwd', '/etc/hosts');
  for (const file of [...unreadable, ...(probe.landlock > 0 || !reading.includes(name) ? readable : [])]) steps.push(['open_read', file, 0, files]);
  steps.push(['open_write', conf, 0, files], ['open_write', path.join(data, 'views/desk/case.mustache'), 0, files],
    ['open_write', path.join(logs, `aiddesk-${name}.log`), 0, files], ['open_write', path.join(run, 'state/slots'), 0, files]);
  for (const folder of ['/tmp', '/dev/shm', '/var/tmp']) if (probe.landlock > 0 || !reading.includes(name)) steps.push(['create', path.join(folder, stray), 0, files]);
  for (const folder of [run, path.join(run, 'web'), data, stage]) steps.push(['create', path.join(folder, stray), 0, files]);
  steps.push(['make_folder', path.join('/tmp', stray), 0, files], ['remove_file', path.join(run, 'web/aiddesk-desk.sock'), 0, files],
    ['change_mode', conf, 0, files], ['open_by_number', '/etc/passwd', 0, []], ['open_newer', '/etc/passwd', 0, []]);

  for (const file of readdirSync(path.join(run, 'web')).filter((n) => n.endsWith('.sock'))) steps.push(['connect_unix', path.join(run, 'web', file), 0, files]);
  // The worker has internet sockets; where they may go is the business of Landlock's fourth version.
  if (name !== 'worker' || probe.landlock >= 4) {
    for (const [host, port] of [['127.0.0.1', made.port], ['127.0.0.1', made.metrics], ['192.0.2.1', 443]]) steps.push(['connect_tcp', host, port, files]);
  }
  for (const family of [16, 17, 38, 40]) steps.push(['socket_of', '', family, families]); // netlink, packet, crypto, virtual machines
  if (name !== 'worker') for (const family of [2, 10]) steps.push(['socket_of', '', family, families]);
  steps.push(['socket_raw', '', 0, files], ['listen_tcp', '', 0, []], ['listen_unix', path.join('/tmp', stray), 0, []]);

  for (const what of ['exec_memory', 'fork_process', 'be_dumpable', 'become_root', 'own_namespace', 'change_root', 'mount_something', 'keys_of_kernel',
    'load_bpf', 'watch_events', 'ring', 'faults', 'shared_memory', 'watch_files', 'old_personality', 'set_host']) steps.push([what, '', 0, []]);
  steps.push(['exec_program', '/nowhere/program', 0, []], ['exec_program', path.join(stage, 'libexec/aiddesk/aiddesk-inspect'), 0, []],
    ['join_group', '', 0, []], ['code_in_memory', '', 0, files], ['code_from_data', '', 0, files]);
  for (const pid of new Set([parent, sibling, realPid('postgres'), 1])) {
    for (const what of ['trace', 'read_memory', 'write_memory', 'signal_process', 'signal_thread', 'handle_of', 'limits_of']) steps.push([what, '', pid, []]);
  }
  return steps;
}

/** The processes of a program that serve, once all of them have begun to: one may just have taken the place of another. */
async function servingOf(name) {
  const parent = realPid(`aiddesk-${name}`);
  for (let tries = 0; ; tries++) {
    try {
      const found = (name === 'worker' ? [parent] : childrenOf(parent)).filter((pid) => status(pid, 'Name') !== 'inspect-spawner');
      if (tries === 100 || found.every((pid) => status(pid, 'Seccomp') === '2')) return found;
    } catch (error) {
      if (error.code !== 'ENOENT' && error.code !== 'ESRCH') throw error;
    }
    await new Promise((done) => setTimeout(done, 20));
  }
}

test('every_process_that_serves_is_closed_down', { skip }, async () => {
  for (const name of programs) {
    const parent = realPid(`aiddesk-${name}`);
    const inForce = await servingOf(name);
    assert.ok(inForce.length > 0);
    for (const pid of inForce) {
      assert.equal(status(pid, 'Seccomp'), '2', `${name}: a filter is in force`);
      assert.equal(status(pid, 'NoNewPrivs'), '1', name);
      assert.equal(status(pid, 'CapPrm'), '0000000000000000', name);
      assert.equal(execFileSync('stat', ['-c', '%u', `/proc/${pid}/environ`], { encoding: 'utf8' }).trim(), '0', `${name} is not dumpable`);
      assert.match(readFileSync(`/proc/${pid}/limits`, 'utf8'), /^Max core file size +0 +0 /m);
    }
    assert.equal(status(parent, 'NoNewPrivs'), '1');
  }
});

for (const name of programs) {
  test(`a_broken_${name}_gets_nowhere_on_this_machine`, { skip }, async () => {
    await withProbe(name, 24, async (probe) => {
      const wrong = [];
      for (const [step, argument, number, errors] of stepsOf(name, probe)) {
        const outcome = await probe.ask(step, argument, number);
        if (outcome !== 'SIGSYS' && !errors.includes(outcome)) wrong.push(`${step} ${argument} ${number}: ${outcome}`);
      }
      assert.deepEqual(wrong, []);
      assert.ok(probe.ends > 20, 'many of them end the process');
      if (name !== 'worker') {
        const told = () => probe.log.split('\n').filter((line) => /"child-died".*"signal","number":31\b/.test(line)).length;
        for (let tries = 0; told() < probe.ends && tries < 100; tries++) await new Promise((done) => setTimeout(done, 20));
        assert.equal(told(), probe.ends, 'the parent logs each');
      }
      assert.deepEqual(strays.filter((name) => existsSync(name)), []);
    });
  });
}

const databasePid = async (role) => (await rows('select pid from pg_stat_activity where usename = :\'role\' limit 1', { role }))[0]?.pid ?? 1;

for (const name of programs) {
  test(`a_broken_${name}_gets_nowhere_in_the_database`, async () => {
    const role = `aiddesk_${name}`;
    const others = programs.filter((n) => n !== name).map((n) => `aiddesk_${n}`);
    const statements = [
      ...[...others, 'aiddesk_owner', 'postgres'].flatMap((r) => [`set role ${r}`, `set session authorization ${r}`]),
      'create temp table t (a int)', 'create table public.t (a int)', 'create schema s', 'select lo_create(0)', "select lo_from_bytea(0, 'x')",
      "create function pg_temp.f() returns int language sql as 'select 1'", 'do $$ begin end $$', 'create extension dblink',
      `copy core.case_file to '/tmp/${stray}'`, `copy (select 1) to '/tmp/${stray}'`, "copy (select 1) to program 'true'", 'copy core.case_file to stdout',
      'copy core.case_file from stdin', "select pg_read_file('/etc/passwd')", "select pg_ls_dir('.')", "select pg_notify('a', 'b')",
      'select pg_advisory_lock(1)', 'select pg_reload_conf()', `alter role ${role} superuser`, `alter role ${role} connection limit -1`,
      'select rolpassword from pg_authid', 'select passwd from pg_shadow', 'select * from pg_statistic limit 1',
      "load '/tmp/aiddesk-probe.so'", "set log_statement = 'all'", `select pg_terminate_backend(${await databasePid(others[0])})`,
      'select * from core.event limit 1', 'delete from core.event', 'update core.case_file set version = version', 'create role x', 'drop table core.case_file',
      `grant select on core.case_file to ${role}`,
    ];
    await withProbe(name, 1, async (probe) => {
      const wrong = [];
      for (const statement of statements) {
        const outcome = await probe.ask('sql', statement);
        if (outcome !== '42501') wrong.push(`${statement}: ${outcome}`);
      }
      for (const other of [...others, 'aiddesk_owner', 'postgres']) {
        const outcome = await probe.ask('log_in', other);
        if (outcome !== 'refused') wrong.push(`log in as ${other}: ${outcome}`);
      }
      // Everything that the database has, from its own catalog: no relation, and no function of another schema.
      const relations = (await probe.ask('sql_each', `select format(s.text, n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace,
        (values ('select 1 from %I.%I limit 1'), ('delete from %I.%I where false'), ('select 1 from %I.%I limit 1 for update')) as s (text)
        where c.relkind in ('r', 'v', 'm', 'p') and n.nspname !~ '^pg_|^information_schema$'`)).split('\n');
      const functions = (await probe.ask('sql_each', `select format('select %I.%I(%s)', n.nspname, p.proname, coalesce((select string_agg('null::' || format_type(t, null), ', ' order by o)
        from unnest(p.proargtypes) with ordinality as u (t, o)), '')) from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname !~ '^pg_|^information_schema$' and n.nspname <> '${name}' and p.prokind = 'f'`)).split('\n');
      assert.ok(Number(relations[0]) > 100 && Number(functions[0]) > 150, `${relations[0]} relations, ${functions[0]} functions`);
      assert.deepEqual([...wrong, ...relations.slice(1), ...functions.slice(1)], []);
    });
  });
}

/** A step inside aiddesk-inspect, started as the spawner does: two pipes and nothing else. */
async function inspect(step, argument = '', number = 0) {
  const child = spawn('setpriv', ['--reuid', 'aiddesk-intake', '--regid', 'aiddesk-intake', '--clear-groups', path.join(place, 'bin/aiddesk-inspect')],
    { cwd: '/', env: { OMP_THREAD_LIMIT: '1' }, stdio: ['pipe', 'pipe', 'ignore'] });
  let out = '';
  child.stdout.on('data', (chunk) => { out += chunk; });
  child.stdin.end(`${step} ${argument === '' ? '-' : Buffer.from(argument).toString('hex')} ${number}`);
  const [code, signal] = await once(child, 'close');
  table.push(['inspect', step, argument, signal ?? out]);
  return signal ?? (code === 0 ? out : `exit ${code}`);
}

test('inspect_is_closed_down_before_the_first_byte_comes', { skip }, async () => {
  const child = spawn(path.join(stage, 'libexec/aiddesk/aiddesk-inspect'), [], { cwd: '/', env: {}, stdio: ['pipe', 'ignore', 'ignore'] });
  try {
    for (let tries = 0; status(child.pid, 'Seccomp') !== '2'; tries++) {
      assert.ok(tries < 100, 'it waits for a file and is open still');
      await new Promise((done) => setTimeout(done, 20));
    }
  } finally {
    child.kill('SIGKILL');
  }
});

test('a_broken_inspect_gets_nowhere_at_all', { skip }, async () => {
  const parent = realPid('aiddesk-intake');
  assert.match(await inspect('open_read', '/etc/passwd'), /^SIGSYS$/);
  const steps = [
    ...['open_write', 'create', 'make_folder', 'remove_file', 'change_mode', 'open_by_number', 'open_newer', 'connect_unix', 'listen_unix', 'exec_program']
      .map((step) => [step, path.join('/tmp', stray)]),
    ...['connect_tcp', 'listen_tcp', 'socket_raw', 'exec_memory', 'fork_process', 'be_dumpable', 'become_root', 'own_namespace', 'change_root', 'mount_something',
      'keys_of_kernel', 'load_bpf', 'watch_events', 'ring', 'faults', 'shared_memory', 'watch_files', 'old_personality', 'join_group'].map((step) => [step, '']),
    ...[1, 2, 16].map((family) => ['socket_of', '', family]),
    ...['trace', 'read_memory', 'write_memory', 'signal_process', 'signal_thread', 'handle_of', 'limits_of'].map((step) => [step, '', parent]),
  ];
  const outcomes = await Promise.all(steps.map(async (words) => [words.join(' '), await inspect(...words)]));
  assert.deepEqual(outcomes.filter(([, outcome]) => outcome !== 'SIGSYS'), []);
  for (const step of ['code_in_memory', 'code_from_data']) assert.equal(await inspect(step), 'EACCES');
  // The steps themselves arrive: what it may do, it does.
  assert.match(await inspect('unheard_of'), /^unknown step$/);
});

after(() => {
  const file = process.env.AIDDESK_PROBE_TABLE;
  if (file) writeFileSync(file, table.map((row) => row.join('\t')).join('\n').concat('\n'));
});
