// SECURITY.md D1: intake is killed at each system call of a submission.
import assert from 'node:assert/strict';
import { pdf, png } from '../support/files.mjs';
import { once, opens, whole } from './check.mjs';
import { Complaint } from './complainant.mjs';
import { serving, signal, until } from './processes.mjs';
import { killedAt, recorded } from './syscalls.mjs';

/** Three files as people send them. */
export const files = () => [
  { name: '付款.png', content: png(20, 15), type: 'image/png' },
  { name: '聊天.txt', content: Buffer.from('客服：请稍等𠮷\n'.repeat(20)), type: 'text/plain' },
  { name: '订单.pdf', content: pdf(), type: 'application/pdf' },
];

/** What is watched: {what, pool, files, before: steps of the complaint before it, act: what the process does while it may be killed}. */
export const parts = [
  { what: 'small submission', pool: 'page', files: () => [], before: (c) => c.fill(), act: (c) => c.press() },
  { what: 'submission with three files', pool: 'page', files, before: (c) => c.fill(), act: (c) => c.press() },
  ...[0, 1, 2].map((n) => ({
    what: `upload of file ${n + 1} of 3`,
    pool: 'upload',
    files,
    before: async (c) => {
      await c.begin();
      while (c.sent < n) await c.upload();
    },
    act: (c) => c.upload(),
  })),
];

/** A new process for the pool, whose parent has forgotten that others died early; returns its id. */
async function fresh(pool) {
  const [old] = await until('a process of intake', 15, async () => ((await serving('intake', pool)).length === 1 ? serving('intake', pool) : null));
  signal(old, 'SIGTERM');
  return until('its successor', 15, async () => (await serving('intake', pool)).find((pid) => pid !== old));
}

/** Calls by which something leaves the process: only there does what others can see change. */
export const sends = ({ name }) => /^(send|write)/.test(name);

/**
 * Kills the process at each system call of one part that chosen() takes, all of them by default.  all: complaints, the new ones are added.
 * rounds: how
 * often a call is tried that came at another place.  Returns {calls, chosen, killed: how often, hit: how many of those chosen, outcomes: {what the first answer was: how often}}.
 */
export async function killAtCalls(url, ledger, part, all, chosen = () => true, rounds = 3) {
  const file = `${ledger.path}.strace`;
  const start = async () => {
    const pid = await fresh(part.pool);
    const complaint = new Complaint(url, ledger, { files: part.files() });
    await part.before(complaint);
    return { pid, complaint };
  };
  const finish = async (complaint) => {
    while (complaint.sent < complaint.files.length) await complaint.upload();
    if (complaint.submission === undefined) await complaint.contact();
    await complaint.insist();
    all.push(complaint);
    await opens(url, complaint.receipts[0]);
  };
  const quiet = await start();
  const calls = await recorded(quiet.pid, file, () => part.act(quiet.complaint));
  assert.ok(calls.length > 30 && calls.some(sends), `only ${calls.length} system calls were seen`);
  await finish(quiet.complaint);
  const hit = new Set();
  const outcomes = {};
  let killed = 0;
  const wanted = calls.map((call, i) => ({ ...call, position: i + 1 })).filter(chosen);
  // How often it has to wait for an answer differs a little from time to time, so a few need another try.
  for (let round = 0; round < rounds; round++) {
    for (const call of wanted.filter((one) => !hit.has(one.position))) {
      const { pid, complaint } = await start();
      let outcome;
      const position = await killedAt(pid, call, file, async () => (outcome = await part.act(complaint)));
      if (position >= 0) {
        killed += 1;
        hit.add(position);
      }
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      await finish(complaint);
    }
  }
  await whole();
  await once(all);
  const found = wanted.filter((one) => hit.has(one.position)).length;
  return { calls: calls.length, chosen: wanted.length, killed, hit: found, outcomes };
}
