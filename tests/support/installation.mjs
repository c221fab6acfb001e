// A whole private installation: PostgreSQL, nginx, every program, and a mail server, on free ports, in a folder of its own.
//
// ./ops/test starts one for a run; tests ask for it through stack.mjs.
//
//   node installation.mjs start DIR   prints the path of DIR/stack.json
//   node installation.mjs stop DIR
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
/** Whether the programs are built with AddressSanitizer and UndefinedBehaviorSanitizer. */
export const sanitized = /--enable-sanitizers/.test(process.env.AIDDESK_CONFIGURE ?? '');

/** How the folder of a test file's own installation begins: where ./ops/test looks for one that a file has left behind. */
export function ownPlace() {
  const { AIDDESK_STACKS: folder, AIDDESK_LANE: lane = 0 } = process.env;
  return folder ? path.join(folder, `${lane}-`) : '/tmp/aiddesk-test-';
}

/** A port that nobody listens on now. */
export async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** A certificate that the mail server shows and that the service is told to believe; files in DIR. */
export async function certificate(dir) {
  const files = { key: path.join(dir, 'smtp-key.pem'), certificate: path.join(dir, 'smtp-ca.pem') };
  await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '3650', '-subj',
    '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', files.key, '-out', files.certificate]);
  return files;
}

async function startMail(dir) {
  const { key, certificate: ca } = await certificate(dir);
  const port = await freePort();
  const mailbox = path.join(dir, 'mailbox.jsonl');
  const password = path.join(dir, 'smtp-password');
  await writeFile(mailbox, '');
  await writeFile(password, `${randomBytes(12).toString('hex')}\n`);
  const script = path.join(root, 'tests/support/smtp-server.py');
  const server = spawn('/usr/bin/python3', [script, port, ca, key, mailbox, password], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const [first] = await Promise.race([once(server.stdout, 'data'), once(server, 'exit').then(() => [''])]);
  if (!String(first).startsWith('ready')) throw new Error('the mail server did not start');
  server.stdout.destroy();
  server.unref();
  return { pid: server.pid, port, ca, mailbox, password };
}

function endMail(mail) {
  try {
    process.kill(mail.pid);
  } catch {
    // It had ended already.
  }
}

/**
 * Starts an installation in DIR and returns what describes it (also in DIR/stack.json).  options: further words for ops/run, "--demo".
 * settings: further lines of aiddesk.conf. withMail: false leaves the settings for mail out.
 */
export async function startStack(dir, options = [], settings = [], withMail = true) {
  await mkdir(path.join(dir, 'etc'), { recursive: true });
  const mail = await startMail(dir);
  const port = await freePort();
  const metrics = await freePort();
  // ops/run keeps lines that it does not decide about.
  await writeFile(path.join(dir, 'etc/aiddesk.conf'), [
    'demo = yes',
    ...(withMail ? [
      `smtp_url = smtp://localhost:${mail.port}`,
      `smtp_ca_file = ${mail.ca}`,
      'smtp_user = desk',
      `smtp_password_file = ${mail.password}`,
      'mail_from = desk@example.org',
    ] : []),
    'organisation_zh = 援助台',
    'organisation_en = Aid Desk',
    `metrics_listen = 127.0.0.1:${metrics}`,
    ...settings,
    '',
  ].join('\n'));
  const env = { ...process.env, AIDDESK_PAGES_PER_MINUTE: process.env.AIDDESK_PAGES_PER_MINUTE ?? '60000' };
  try {
    const { stdout } = await run(path.join(root, 'ops/run'), ['--dir', dir, '--port', String(port), '--detach', ...options], { env, maxBuffer: 1 << 24 });
    const setup = /https?:\/\/\S+\/setup\/\S+/.exec(stdout)?.[0] ?? null;
    const instance = (await readFile(path.join(dir, 'etc/instance'), 'utf8')).trim();
    const stage = process.env.AIDDESK_BUILD ? path.join(process.env.AIDDESK_BUILD, 'stage') : path.join(dir, 'stage');
    const made = {
      url: `http://127.0.0.1:${port}`, port, metrics, dir, stage, setup, mail,
      conf: path.join(dir, 'etc/aiddesk.conf'), logs: path.join(dir, 'log'),
      run: `/run/aiddesk-${instance}`, pg: `/run/aiddesk-${instance}/pg`,
    };
    await writeFile(path.join(dir, 'stack.json'), JSON.stringify(made, null, 2));
    return made;
  } catch (error) {
    endMail(mail);
    throw new Error(`ops/run did not start the service: ${error.stderr || error.message}`);
  }
}

/** Takes away what tests have mounted below DIR (tests/durability/disk.mjs). */
async function unmountBelow(dir) {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1]);
  for (const mount of mounts.filter((m) => m?.startsWith(`${dir}/`)).reverse()) await run('umount', [mount]);
}

/** Stops it.  Data and logs stay in DIR. */
export async function stopStack(dir) {
  const made = JSON.parse(await readFile(path.join(dir, 'stack.json'), 'utf8'));
  await run(path.join(root, 'ops/run'), ['--dir', dir, '--stop']);
  endMail(made.mail);
  await unmountBelow(dir);
  // Built with --enable-sanitizers, programs say in their logs what they have found, leaks only when they end.
  for (const name of await readdir(made.logs)) {
    const log = await readFile(path.join(made.logs, name), 'utf8');
    const found = /.*(?:Sanitizer|runtime error:)[^]{0,2000}/.exec(log);
    if (found) throw new Error(`${name}: ${found[0]}`);
    // A system call that the sandbox does not know ends a process: the visitor may have got an answer from another one, and no test noticed.
    const died = /.*"child-died".*"signal","number":31\b.*/.exec(log);
    if (died) throw new Error(`${name}: a call that the sandbox refuses: ${died[0]}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , what, dir] = process.argv;
  if (what === 'start') {
    await startStack(path.resolve(dir));
    console.log(path.join(path.resolve(dir), 'stack.json'));
  } else if (what === 'stop') {
    await stopStack(path.resolve(dir));
  } else {
    console.error('installation.mjs start|stop DIR');
    process.exit(2);
  }
}
