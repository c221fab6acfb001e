// SECURITY.md D3, by a file system that forgets what was not forced to disk: the power of PostgreSQL's machine is cut under load.
import assert from 'node:assert/strict';
import { kept, once, whole } from './check.mjs';
import { cutPower, settle } from './disk.mjs';
import { Load } from './load.mjs';

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** Cuts the power so often, at random moments; all: complaints, the new ones are added. Returns {cuts, received, refused, recovery: ms of each}. */
export async function cuts(url, ledger, dir, all, times) {
  const recovery = [];
  let received = 0;
  let refused = 0;
  for (let i = 0; i < times; i++) {
    await settle(dir); // what an earlier round wrote is not asked about again
    const load = new Load(url, ledger);
    await wait(1500 + Math.random() * 1500);
    assert.ok(load.received > 0 || !load.going, 'nobody has got a receipt before the power was cut');
    await cutPower(dir);
    recovery.push(await load.next());
    all.push(...(await load.end()));
    received += load.received;
    refused += load.refused;
  }
  await kept(url, ledger);
  await whole();
  await once(all);
  return { cuts: times, received, refused, recovery };
}
