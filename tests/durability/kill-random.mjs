// SECURITY.md D2: one process after another is killed at random moments while people complain.
import assert from 'node:assert/strict';
import { value } from '../support/database.mjs';
import { kept, once, whole } from './check.mjs';
import { Load } from './load.mjs';
import { children, parent, serving, settled, signal } from './processes.mjs';

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const pick = (list) => list[Math.floor(Math.random() * list.length)];
/** While PostgreSQL comes back nobody can say which backends there are. */
const backends = () => value("select coalesce(json_agg(pid), '[]') from pg_stat_activity where usename = 'aiddesk_intake'").catch(() => []);

/** What may be killed: a function that gives the process id, or undefined when there is none now. */
export const victims = {
  'PostgreSQL backend': async () => pick(await backends()),
  'PostgreSQL postmaster': () => parent('postgres'),
  'nginx master': () => parent('nginx'),
  'nginx worker': async () => pick(await children(await parent('nginx')))?.pid,
  'aiddesk-worker': () => parent('aiddesk-worker'),
  'aiddesk-intake parent': () => parent('aiddesk-intake'),
  'aiddesk-intake process': async () => pick(await serving('intake', pick(['page', 'upload']))),
};

/** The value below which 95 of 100 lie. */
export const p95 = (list) => [...list].sort((a, b) => a - b)[Math.ceil(list.length * 0.95) - 1];

/**
 * Kills one kind of process so often at random moments.  all: complaints, the new ones are added.  Returns {killed, received, refused,
 * recovery: p95 in ms of the time until the next receipt}.
 */
export async function killAtRandom(url, ledger, victim, all, times) {
  const load = new Load(url, ledger);
  const recovery = [];
  await load.next();
  for (let killed = 0; killed < times && load.going;) {
    await wait(Math.random() * 700);
    const pid = await victims[victim]();
    if (pid === undefined || !signal(pid, 'SIGKILL')) continue;
    killed += 1;
    recovery.push(await load.next());
  }
  all.push(...(await load.end()));
  await settled();
  assert.equal(recovery.length, times);
  await kept(url, ledger);
  await whole();
  await once(all);
  return { killed: times, received: load.received, refused: load.refused, recovery: p95(recovery) };
}
