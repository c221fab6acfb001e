// (f) Memory of the idle service: private memory of each handler, and everything of ours together without PostgreSQL and nginx.
import { readFile } from 'node:fs/promises';
import { children, numbers, started } from './process.mjs';
import { pause } from './place.mjs';
import { Client } from '../support/http.mjs';

const programs = ['intake', 'track', 'account', 'desk', 'report', 'worker'];

/** Every process of ours: parents, handlers, inspection's spawners, the worker. */
async function ours(place) {
  const found = [];
  for (const program of programs) {
    const parent = await started(place, `aiddesk-${program}`);
    const family = [parent];
    for (let i = 0; i < family.length; i++) family.push(...await children(family[i]));
    for (const pid of family) {
      found.push({ program, pid, handler: pid !== parent, name: (await readFile(`/proc/${pid}/comm`, 'utf8')).trim(), ...await numbers(`/proc/${pid}/smaps_rollup`) });
    }
  }
  return found;
}

/** Every program has answered something, and then nothing is asked. */
async function rest(place) {
  for (const page of ['/', '/complaint/platform', '/track', '/login', '/platforms']) {
    for (let i = 0; i < 12; i++) await new Client(place.url).get(page);
  }
  await pause(2000);
}

/** The whole at rest. Shared pages count once: proportional shares add up to what would be free without us. */
export async function idleMemory(place) {
  await rest(place);
  const all = await ours(place);
  return { name: 'idle service without PostgreSQL and nginx', ours: all.reduce((sum, p) => sum + p.Pss, 0) / 1024, limit: 150, unit: 'MiB', most: 1,
    note: `${all.length} processes` };
}

/** The largest handler; asked last, after everything that was measured before. */
export async function handlerMemory(place) {
  const own = (p) => p.Private_Clean + p.Private_Dirty;
  const [largest] = (await ours(place)).filter((p) => p.handler).sort((a, b) => own(b) - own(a));
  return { name: 'private memory of the largest handler', ours: own(largest) / 1024, limit: 16, unit: 'MiB', most: 1, note: largest.name };
}
