// Load generators and arithmetic: wrk, pgbench, medians of interleaved runs.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { cookieOf, pause } from './place.mjs';

const run = promisify(execFile);
const number = (text, pattern) => Number(pattern.exec(text)?.[1] ?? NaN);

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];

/** Runs the ways one after the other, rounds times, so that what else the machine does meets all of them; results by name. */
export async function interleave(rounds, ways) {
  const results = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, way] of Object.entries(ways)) {
      results[name].push(await way());
      await pause(100);
    }
  }
  return results;
}

/** Runs wrk; the number that pattern finds in what it prints. Anything unexpected is an error. */
export async function wrk(words, pattern) {
  const { stdout } = await run('wrk', words);
  if (/Non-2xx or 3xx|Socket errors|Wrong: [1-9]/.test(stdout)) throw new Error(`wrk ${words.join(' ')}: ${stdout}`);
  return number(stdout, pattern);
}

/** Requests a second that a page answers to so many clients; any answer but 200 is an error. */
export async function pages(place, where, { client = null, clients, seconds }) {
  const headers = ['Accept: text/html', 'Accept-Language: zh-CN', ...(client ? [`Cookie: ${cookieOf(client)}`] : [])];
  const words = ['-t1', `-c${clients}`, `-d${seconds}s`, '--timeout', '20s', ...headers.flatMap((h) => ['-H', h]), place.url + where];
  return wrk(words, /Requests\/sec:\s+([\d.]+)/);
}

/** Milliseconds that a page takes when it is alone: the median of so many requests. */
export async function latency(where, client, times) {
  const took = [];
  for (let i = 0; i < times; i++) {
    const from = performance.now();
    const answer = await client.get(where);
    took.push(performance.now() - from);
    if (answer.status !== 200) throw new Error(`${where}: ${answer.status} ${answer.text.slice(0, 200)}`);
  }
  return median(took);
}

/** Transactions a second of a pgbench script, as a program's own role. more: further words for pgbench. */
export async function pgbench(place, script, { of, clients, seconds, more = [] }) {
  const file = path.join(place.dir, 'script.pgbench');
  await writeFile(file, script);
  const length = seconds === undefined ? [] : ['-T', String(seconds)];
  const words = ['--reuid', `aiddesk-${of}`, '--regid', `aiddesk-${of}`, '--init-groups', '--', '/usr/lib/postgresql/15/bin/pgbench', '-n',
    '-M', 'prepared', '-c', String(clients), '-j', '1', ...length, ...more, '-f', file, '-h', place.pg, '-U', `aiddesk_${of}`, 'aiddesk'];
  const { stdout, stderr } = await run('setpriv', words, { cwd: '/', maxBuffer: 1 << 26 });
  if (/ERROR|aborted/.test(stderr)) throw new Error(stderr);
  return number(stdout, /tps = ([\d.]+)/);
}
