// The installation that is measured: invented accounts and cases (--demo), limits per hour lifted, people signed in; and beside its
// programs the bare ones that they are held against.
import { execFile, spawn } from 'node:child_process';
import { appendFile, chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from '../support/http.mjs';
import { root, startStack, stopStack } from '../support/installation.mjs';
import { Authenticator } from '../support/totp.mjs';

const run = promisify(execFile);
const bares = [];
export const clients = 4;
export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Runs SQL in an installation as its superuser; values are psql variables, written :'name' in the text. Returns standard output. */
export async function sql(place, text, values = {}) {
  const words = ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--set', 'ON_ERROR_STOP=1', '--host', place.pg, '--username', 'postgres',
    '--dbname', 'aiddesk', ...Object.entries(values).flatMap(([name, value]) => ['--set', `${name}=${value}`])];
  const child = spawn('psql', words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const out = [];
  child.stdout.on('data', (piece) => out.push(piece));
  child.stdin.on('error', () => {}); // psql that ends early says why by itself
  child.stdin.end(text);
  const status = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (status !== 0) throw new Error(`psql refuses: ${text.slice(0, 300)}`);
  return Buffer.concat(out).toString('utf8').trim();
}

/** An installation with the demo in it, made ready to be used by many at once from one address. made: as startStack() gives it. */
export async function ready(made) {
  await sql(made, "update ref.service_limit set n = 1000000000 where code ~ '_hour$' or code = 'sessions_per_user'");
  return { ...made, demo: JSON.parse(await readFile(path.join(made.dir, 'demo.json'), 'utf8')) };
}

/** Starts an installation in dir with the demo in it. */
export async function begin(dir) {
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  await chmod(dir, 0o755);
  process.env.AIDDESK_PAGES_PER_MINUTE = '6000000';
  return ready(await startStack(dir, ['--demo']));
}

/** Stops it and what was started beside it, and removes everything. */
export async function end(place) {
  for (const child of bares.splice(0)) child.kill('SIGKILL');
  await stopStack(place.dir);
  await rm(place.dir, { recursive: true, force: true });
}

const signedIn = new Map(); // by place and role

/** The signed-in person of the demo that is the first with that role; signs in once, because a code of the second factor works once. */
export async function signIn(place, role) {
  const key = `${place.url} ${role}`;
  if (!signedIn.has(key)) signedIn.set(key, await enter(place, role));
  return signedIn.get(key);
}

async function enter(place, role) {
  const { login, password, totp_secret: secret } = place.demo.accounts.find((a) => a.role === role);
  const client = new Client(place.url);
  let page = await client.submit(await client.get('/login'), 'form', { login, password });
  if (secret !== null) page = await client.submit(page, 'form', { code: await new Authenticator(secret).code() });
  if (page.status !== 200 || /^\/login/.test(page.path)) throw new Error(`${role} does not come in: ${page.text.slice(0, 300)}`);
  return client;
}

/** A client's cookies as a header. */
export const cookieOf = (client) => [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');

/** The value of one SQL constant of the log, '…' with doubled quotes, or null. */
function constants(text) {
  return [...text.matchAll(/\$\d+ = (NULL|'((?:[^']|'')*)')/g)].map((m) => (m[1] === 'NULL' ? null : m[2].replaceAll("''", "'")));
}

/**
 * What a program asks of the database while work() runs: [{sql, values}], transactions included.  PostgreSQL's log tells it; here and
 * nowhere else it is told to write statements down, and they are taken out of it again.
 */
export async function callsDuring(place, role, work) {
  const log = path.join(place.logs, 'postgres.log');
  const { size } = await stat(log);
  const settings = { log_statement: 'all', log_error_verbosity: 'default', log_parameter_max_length: '-1' };
  for (const [name, value] of Object.entries(settings)) await sql(place, `alter system set ${name} = '${value}'`);
  await sql(place, 'select pg_reload_conf()');
  await pause(500);
  await work();
  for (const name of Object.keys(settings)) await sql(place, `alter system reset ${name}`);
  await sql(place, 'select pg_reload_conf()');
  await pause(200);
  const text = (await readFile(log)).subarray(size).toString('utf8');
  await writeFile(log, '');
  const calls = [];
  // An entry begins with a time and goes on until the next one; parameters are an entry of their own, right behind.
  for (const entry of text.split(/^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \w+ \[\d+\] )/m)) {
    const parts = /^\S+ \S+ \w+ \[\d+\] (\S+) (LOG|DETAIL):  (?:statement|execute [^:]*|parameters): ([^]*)$/.exec(entry.replace(/^(\S+ \S+ \w+ \[\d+\] \S+ DETAIL:  )(parameters: )?/, '$1parameters: '));
    if (parts === null || parts[1] !== role) continue;
    if (parts[2] === 'LOG') calls.push({ sql: parts[3].trim(), values: [] });
    else if (calls.length > 0) calls[calls.length - 1].values = constants(parts[3]);
  }
  // A process asks for the vocabulary once in its life, and not for a page.
  return calls.filter(({ sql: text }) => !text.includes('.vocabulary('));
}

/** Builds tests/bench/bare where the installation was built; returns its path. */
export async function buildBare(place) {
  const build = path.join(process.env.AIDDESK_BUILD ?? place.dir, 'build');
  await run('make', ['-C', build, '--no-print-directory', 'tests/bench/bare'], { maxBuffer: 1 << 24 });
  return path.join(build, 'tests/bench/bare');
}

/**
 * Starts a bare program with a program's own rights and number of processes, at /bare/NAME behind the same nginx.
 * of: program whose user and role it takes.  bytes: length of its page.
 */
export async function bare(place, name, { of, processes, bytes, calls }) {
  const program = await buildBare(place);
  const folder = path.join(place.run, 'bench');
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
  const file = path.join(place.dir, `${name}.calls`);
  await writeFile(file, calls.map(({ sql, values }) => [`Q${sql.replaceAll('\n', ' ')}`, ...values.map((v) => (v === null ? 'N' : `T${v}`)), ''].join('\n')).join(''));
  // Beyond the connections that the program itself may have.
  await sql(place, `alter role aiddesk_${of} connection limit 40`);
  const socket = path.join(folder, `${name}.sock`);
  const connection = `host=${place.pg} dbname=aiddesk user=aiddesk_${of}`;
  const child = spawn(program, [socket, `aiddesk-${of}`, String(processes), String(bytes), file, connection], { stdio: ['ignore', 'inherit', 'inherit'] });
  bares.push(child);
  const at = path.join(place.dir, 'etc/nginx');
  await appendFile(path.join(at, 'server.conf'), `
location = /bare/${name} {
    include ${at}/page.conf;
    fastcgi_param HTTP_COOKIE $aiddesk_cookies_${of} if_not_empty;
    fastcgi_pass unix:${socket};
}
`);
  process.kill(Number((await readFile(path.join(place.run, 'pid/nginx'), 'utf8')).split(' ')[0]), 'SIGHUP');
  await pause(1000);
  const answer = await new Client(place.url).get(`/bare/${name}`);
  if (answer.status !== 200 || answer.bytes.length !== bytes) throw new Error(`the bare ${name} answers ${answer.status}, ${answer.bytes.length} bytes`);
  return { path: `/bare/${name}`, stop: () => child.kill('SIGKILL') };
}

export { root };
