// Ends a process at a system call of our choice, with strace: the call is not made, and nothing after it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** Runs strace on a process that lives; resolves when it is attached. */
async function attach(pid, words, file) {
  const child = spawn('strace', ['-p', String(pid), '-o', file, '-s', '0', ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
  const said = [];
  const ended = new Promise((resolve) => child.on('close', resolve));
  await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => reject(new Error(`strace cannot watch process ${pid}: ${Buffer.concat(said)}`)));
    child.stderr.on('data', (piece) => {
      said.push(piece);
      if (/attached/.test(Buffer.concat(said))) resolve();
    });
  });
  return { ended, detach: () => (child.kill('SIGINT'), ended) };
}

/**
 * The system calls in a log of strace, in order, as names.  The first line may be a call that the process was in when strace came: it was
 * not seen to begin, so it does not count, here and in strace's own counting.
 */
async function calls(file) {
  const lines = (await readFile(file, 'utf8')).split('\n');
  return lines.map((line) => /^(\w+)\(/.exec(line)?.[1]).filter(Boolean);
}

/** All system calls that the process makes while action() runs: [{name, nth}], nth counted for each name as strace counts. */
export async function recorded(pid, file, action) {
  const strace = await attach(pid, [], file);
  await action();
  await strace.detach();
  const seen = new Map();
  return (await calls(file)).map((name) => {
    seen.set(name, (seen.get(name) ?? 0) + 1);
    return { name, nth: seen.get(name) };
  });
}

/**
 * Runs action() while the process is to be killed instead of making that call.  Returns how many calls it had begun when it died; when the
 * action came without that call this time, the process is killed at the end and -1 returned.
 */
export async function killedAt(pid, { name, nth }, file, action) {
  const strace = await attach(pid, ['-e', `inject=${name}:signal=KILL:when=${nth}`], file);
  await action();
  const inTime = await Promise.race([strace.ended.then(() => true), new Promise((done) => setTimeout(() => done(false), 300))]);
  if (!inTime) {
    await strace.detach();
    process.kill(pid, 'SIGKILL');
  }
  const log = await readFile(file, 'utf8');
  if (inTime) assert.match(log, /killed by SIGKILL/, log.slice(-300));
  return inTime ? (await calls(file)).length : -1;
}
