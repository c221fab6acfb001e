// The operator's command line, on databases, keys and a configuration of its own beside the installation of this run.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { psql } from '../support/database.mjs';
import { stack } from '../support/stack.mjs';

const databases = ['aiddesk_operator', 'aiddesk_restored', 'aiddesk_ascii'];
let dir;
let tool;
let environment;

const sql = (database, text) => psql(text, {}, database);
const file = (...names) => path.join(dir, ...names);

/** Runs aiddesk with the configuration of that name; {code, out}. out is standard output and error. */
function aiddesk(conf, ...command) {
  return new Promise((resolve) => {
    execFile(tool, [...command, '--config', file(`${conf}.conf`), '--lang', 'en'], { env: environment, maxBuffer: 1 << 24 },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : error.code, out: stdout + stderr }));
  });
}

async function works(conf, ...command) {
  const answer = await aiddesk(conf, ...command);
  assert.equal(answer.code, 0, answer.out);
  return answer.out;
}

async function refuses(words, conf, ...command) {
  const answer = await aiddesk(conf, ...command);
  assert.equal(answer.code, 1, answer.out);
  assert.match(answer.out, words);
  return answer.out;
}

async function configure(name, database) {
  const { pg, stage } = await stack();
  await writeFile(file(`${name}.conf`), [
    '# the operator wrote this', 'public_origin = http://127.0.0.1:8080', `database = ${pg}`, `database_name = ${database}`,
    `keys_dir = ${file(`${name}-keys`)}`, `data_dir = ${path.join(stage, 'share/aiddesk')}`, `run_dir = ${dir}`, `socket_dir = ${dir}`,
    'user_prefix = aiddesk-', ''].join('\n'));
}

before(async () => {
  const { stage } = await stack();
  dir = await mkdtemp('/tmp/aiddesk-operator-');
  await chmod(dir, 0o755);
  tool = path.join(stage, 'bin/aiddesk');
  environment = { PATH: process.env.PATH, PGUSER: 'postgres' };
  for (const name of databases) await sql('postgres', `drop database if exists ${name} with (force)`);
  await sql('postgres', "create database aiddesk_operator template template0 encoding 'UTF8' locale 'C.UTF-8'");
  await sql('postgres', "create database aiddesk_restored template template0 encoding 'UTF8' locale 'C.UTF-8'");
  await sql('postgres', "create database aiddesk_ascii template template0 encoding 'SQL_ASCII' locale 'C'");
  await configure('here', 'aiddesk_operator');
  await configure('there', 'aiddesk_restored');
  await configure('ascii', 'aiddesk_ascii');
});

after(async () => {
  for (const name of databases) await sql('postgres', `drop database if exists ${name} with (force)`);
  await rm(dir, { recursive: true, force: true });
});

test('unknown_words_and_options_are_refused', async () => {
  for (const command of [['nonsense'], ['migrate', '--nonsense'], ['backup'], ['key'], ['key', 'init', 'more'], []])
    assert.equal((await aiddesk('here', ...command)).code, 2, command.join(' '));
  assert.match(await works('here', 'restore', '--help'), /--keys/);
});

test('key_init_gives_each_program_its_own_copies', async () => {
  await works('here', 'key', 'init');
  const key = (name) => readFile(file('here-keys', name), 'utf8');
  assert.match(await key('account/roster.secret'), /^[0-9a-f]{128}\n$/);
  assert.equal(await key('account/roster.public'), await key('desk/roster.public'));
  assert.equal((await key('account/roster.secret')).slice(64), await key('track/roster.public'));
  assert.notEqual(await key('intake/lookup'), await key('account/pepper'));
  await assert.rejects(key('intake/roster.secret'));
  const { mode, uid } = await stat(file('here-keys', 'worker/mail.secret'));
  assert.equal(mode & 0o7777, 0o400);
  assert.notEqual(uid, 0);
});

test('key_init_never_overwrites', async () => {
  const secret = await readFile(file('here-keys/account/roster.secret'), 'utf8');
  const lookup = await readFile(file('here-keys/track/lookup'), 'utf8');
  await rm(file('here-keys/intake/lookup'));
  await works('here', 'key', 'init');
  assert.equal(await readFile(file('here-keys/intake/lookup'), 'utf8'), lookup);
  assert.equal(await readFile(file('here-keys/account/roster.secret'), 'utf8'), secret);
  await rename(file('here-keys/account/roster.secret'), file('aside'));
  await refuses(/roster\.secret is gone/, 'here', 'key', 'init');
  await assert.rejects(stat(file('here-keys/account/roster.secret')));
  await writeFile(file('here-keys/account/roster.secret'), `${'ab'.repeat(64)}\n`, { mode: 0o400 });
  await refuses(/does not belong to its secret half/, 'here', 'key', 'init');
  await rename(file('aside'), file('here-keys/account/roster.secret'));
});

test('two_migrates_at_once_both_end_well_and_a_third_changes_nothing', async () => {
  await refuses(/migrations to run/, 'here', 'migrate', '--check');
  const both = await Promise.all([aiddesk('here', 'migrate'), aiddesk('here', 'migrate')]);
  for (const one of both) assert.equal(one.code, 0, one.out);
  assert.equal(both.filter((one) => one.out.includes('0001-foundation')).length, 1);
  const out = await works('here', 'migrate');
  assert.doesNotMatch(out, /has run|loaded/);
  await works('here', 'migrate', '--check');
});

test('migrate_finds_what_is_behind_and_refuses_a_newer_database', async () => {
  await sql('aiddesk_operator', "delete from ref.document where name = 'sql/api'");
  await refuses(/functions differ: 1/, 'here', 'migrate', '--check');
  await works('here', 'migrate');
  await sql('aiddesk_operator', "insert into core.schema_migration (id) values ('9999-later')");
  await refuses(/newer than this program/, 'here', 'migrate');
  await sql('aiddesk_operator', "delete from core.schema_migration where id = '9999-later'");
});

test('setup_writes_the_recovery_key_and_gives_a_new_link_each_time', async () => {
  const link = async () => /^http:\/\/127\.0\.0\.1:8080\/setup\/[A-Za-z0-9_-]{43}$/m.exec(await works('here', 'setup'))[0];
  const conf = () => readFile(file('here.conf'), 'utf8');
  const first = await link();
  const before = await conf();
  assert.notEqual(first, await link());
  const text = await conf();
  assert.notEqual(before, text);
  assert.match(text, /^# the operator wrote this\n/);
  assert.equal(text.match(/recovery_public/g).length, 1);
  const [, hex] = /^recovery_public = ([0-9a-f]{64})$/m.exec(text);
  assert.equal((await sql('aiddesk_operator', "select encode(recovery_public, 'hex') from core.setup_envelope")).trim(), hex);
});

test('setup_refuses_when_there_is_a_coordinator', async () => {
  await sql('aiddesk_operator', `insert into core.app_user (id, login, display_name, role) values (gen_random_uuid(), 'li.ming', '李明', 'coordinator');
    insert into core.group_key (kind, version, id, public_key, signature) values ('group', 1, gen_random_uuid(), '\\x00', '\\x00')`);
  const conf = await readFile(file('here.conf'), 'utf8');
  await refuses(/There is a coordinator already/, 'here', 'setup');
  assert.equal(await works('here', 'setup', '--if-needed'), '');
  assert.equal(await readFile(file('here.conf'), 'utf8'), conf);
  assert.match(await works('here', 'user', 'list'), /li\.ming +coordinator +active +李明/);
});

test('doctor_names_the_fonts_that_documents_need', async () => {
  const { out: all } = await aiddesk('here', 'doctor');
  assert.match(all, /^ok {4}Chinese font: Noto Sans CJK SC$/m);
  assert.match(all, /^ok {4}symbol font: Symbola$/m);
  // A machine without fonts: fontconfig is told of an empty folder.
  await writeFile(file('fonts.conf'), `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${file('no-fonts')}</dir></fontconfig>`);
  const { FONTCONFIG_FILE: kept } = environment;
  try {
    environment.FONTCONFIG_FILE = file('fonts.conf');
    const { code, out } = await aiddesk('here', 'doctor');
    assert.equal(code, 1);
    assert.match(out, /^FAIL {2}no font Noto Sans CJK SC.* >> {2}apt-get install fonts-noto-cjk$/m);
    assert.match(out, /^FAIL {2}no font Symbola.* >> {2}apt-get install fonts-symbola$/m);
  } finally {
    if (kept === undefined) delete environment.FONTCONFIG_FILE;
    else environment.FONTCONFIG_FILE = kept;
  }
});

test('doctor_names_each_fault_and_the_command_that_mends_it', async () => {
  const key = file('here-keys/desk/lookup');
  const lines = async (conf) => (await aiddesk(conf, 'doctor')).out.split('\n');
  const failed = (all, words) => all.find((line) => line.startsWith('FAIL') && line.includes(words));
  await chmod(key, 0o440);
  assert.match(failed(await lines('here'), key), />> {2}chmod 0400 .*desk\/lookup/);
  await chmod(key, 0o400);
  let all = await lines('here');
  assert.equal(failed(all, '/here-keys/'), undefined);
  assert.ok(all.some((line) => line.startsWith('ok    18 key files')), all.join('\n'));
  assert.match(failed(all, 'aiddesk-intake'), />> {2}\.\/ops\/run/);
  assert.ok(all.some((line) => line.startsWith('ok    Chinese font')));
  await sql('aiddesk_operator', "update core.schema_migration set applied_at = now() - interval '3 days'");
  assert.match(failed(await lines('here'), 'never been a backup'), /aiddesk backup DIR/);
  all = await lines('ascii');
  assert.match(failed(all, 'encoding is SQL_ASCII'), /--encoding UTF8/);
  assert.match(failed(all, 'LC_CTYPE is C'), /C\.UTF-8/);
  assert.match(failed(all, 'key file'), /aiddesk key init/);
});

/** SHA-256 over every row of every table, and the rights on everything. */
async function contents(database) {
  const tables = (await sql(database, `select format('select %L, coalesce(md5(string_agg(t::text, chr(10) order by t::text)), ''-'') from %I.%I t;', n.nspname || '.' || c.relname, n.nspname, c.relname)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('core', 'ref', 'stat') and c.relkind = 'r' and c.relname <> 'heartbeat' order by 1`));
  const rights = await sql(database, `select p.oid::regprocedure::text, p.proacl::text, p.proconfig::text, p.proowner::regrole from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('core', 'ref', 'engine', 'intake', 'desk', 'account', 'pg_catalog') order by 1`);
  return { rows: await sql(database, tables), rights, database: await sql(database, "select datacl::text from pg_database where datname = current_database()") };
}

test('a_backup_brings_every_row_key_and_right_back', async () => {
  await sql('aiddesk_operator', `insert into core.setup_envelope (lookup, envelope, recovery_public, expires_at)
    values ('\\x00ff', decode(repeat('00ff27', 100000), 'hex'), '\\x01', now()) on conflict (one) do update set envelope = excluded.envelope`);
  await works('here', 'backup', file('backup'), '--keys', file('elsewhere'));
  assert.equal((await readdir(file('backup'))).some((name) => name.startsWith('keys')), false);
  for (const name of await readdir(file('backup'))) assert.equal((await stat(file('backup', name))).mode & 0o777, 0o600, name);
  await works('there', 'key', 'init'); // a new machine has made keys of its own
  await works('there', 'migrate');
  await works('there', 'restore', file('backup'), '--keys', file('elsewhere'));
  assert.deepEqual(await contents('aiddesk_restored'), await contents('aiddesk_operator'));
  const keys = async (name) => Promise.all(['account/pepper', 'worker/export.secret', 'intake/mail.public'].map(async (key) => {
    const { uid, mode } = await stat(file(`${name}-keys`, key));
    return [await readFile(file(`${name}-keys`, key), 'utf8'), uid, mode];
  }));
  assert.deepEqual(await keys('there'), await keys('here'));
  assert.ok((await readdir(dir)).some((name) => name.startsWith('there-keys.before-restore')));
  const recovery = async (name) => /^recovery_public = .*$/m.exec(await readFile(file(`${name}.conf`), 'utf8'))[0];
  assert.equal(await recovery('there'), await recovery('here'));
  await works('there', 'migrate', '--check');
});

test('restore_never_overwrites_people_or_cases', async () => {
  const before = await contents('aiddesk_restored');
  await refuses(/is not overwritten[^]*Nothing has been changed/, 'there', 'restore', file('backup'));
  assert.deepEqual(await contents('aiddesk_restored'), before);
});

test('restore_refuses_a_backup_that_was_changed', async () => {
  await cp(file('backup'), file('changed'), { recursive: true });
  const name = (await readdir(file('changed'))).find((n) => n.endsWith('.dump'));
  const bytes = await readFile(file('changed', name));
  bytes[bytes.length >> 1] ^= 1;
  await writeFile(file('changed', name), bytes);
  await refuses(/has been changed[^]*Nothing has been changed/, 'there', 'restore', file('changed'));
  await rm(file('changed', name));
  await refuses(/is missing/, 'there', 'restore', file('changed'));
  await rm(file('changed', (await readdir(file('changed'))).find((n) => n.startsWith('manifest'))));
  await refuses(/no manifest/, 'there', 'restore', file('changed'));
});

/** Writes a release as the worker signs it, with OpenSSL instead of our own code. */
async function release(folder, files) {
  const secret = Buffer.from((await readFile(file('here-keys/worker/export.secret'), 'utf8')).trim(), 'hex').subarray(0, 32);
  const key = createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), secret]), format: 'der', type: 'pkcs8' });
  const part = (bytes) => Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
  const digest = (bytes) => createHash('sha256').update(bytes).digest();
  await mkdir(folder);
  const manifest = JSON.stringify({ format: 'aiddesk-export/1', release: 'EX-2026-0001',
    files: Object.entries(files).map(([name, text]) => ({ name, bytes: Buffer.byteLength(text), sha256: digest(Buffer.from(text)).toString('hex') })) });
  for (const [name, text] of Object.entries({ ...files, 'manifest.json': manifest })) {
    const sha256 = digest(Buffer.from(text));
    const message = Buffer.concat([part(Buffer.from('aiddesk/1/export')), part(Buffer.from('EX-2026-0001')), part(sha256)]);
    await writeFile(path.join(folder, name), text);
    await writeFile(path.join(folder, `${name}.sig`), JSON.stringify({ format: 'aiddesk-signature/1', release: 'EX-2026-0001', name,
      sha256: sha256.toString('hex'), signature: sign(null, message, key).toString('hex') }));
  }
}

test('a_release_signed_with_openssl_is_verified_offline', async () => {
  await release(file('release'), { 'platforms.csv': '\ufeff平台,件数\r\n卡盟甲,12\r\n', 'platforms.json': '{"rows":[]}' });
  const key = file('here-keys/admin/export.public');
  // Whoever gets a release has the tool and the public key, and no configuration.
  assert.match(await works('nowhere', 'export', 'verify', file('release'), '--key', key), /genuine/);
  assert.match(await works('here', 'export', 'verify', file('release')), /EX-2026-0001 is genuine/);
  assert.match(await works('here', 'export', 'verify', file('release/platforms.json'), '--key', key), /genuine/);
  const broken = async (change, words) => {
    await rm(file('broken'), { recursive: true, force: true });
    await cp(file('release'), file('broken'), { recursive: true });
    await change();
    await refuses(words, 'here', 'export', 'verify', file('broken'));
  };
  await broken(() => writeFile(file('broken/platforms.csv'), '\ufeff平台,件数\r\n卡盟甲,13\r\n'), /platforms\.csv has been changed/);
  await broken(() => rm(file('broken/platforms.json')), /platforms\.json is missing/);
  await broken(async () => {
    const text = await readFile(file('broken/manifest.json'), 'utf8');
    await writeFile(file('broken/manifest.json'), text.replace('EX-2026-0001', 'EX-2026-0002'));
  }, /manifest\.json has been changed/);
  await broken(async () => {
    const signature = JSON.parse(await readFile(file('broken/manifest.json.sig'), 'utf8'));
    await writeFile(file('broken/manifest.json.sig'), JSON.stringify({ ...signature, release: 'EX-2026-0002' }));
  }, /The signature of .* is wrong/);
  await writeFile(file('other.public'), `${'5a'.repeat(32)}\n`);
  await refuses(/The signature of .* is wrong/, 'here', 'export', 'verify', file('release'), '--key', file('other.public'));
});
