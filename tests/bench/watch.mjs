// Watches the processes of an installation while it is used, and judges whether anything grows: memory, descriptors, connections, processes.
import { children, descriptors, numbers, started } from './process.mjs';
import { sql } from './place.mjs';
import { median } from './tools.mjs';
import { readFile } from 'node:fs/promises';

const programs = ['intake', 'track', 'account', 'desk', 'report', 'worker'].map((p) => `aiddesk-${p}`);

/** One look: every process of ours and of nginx, and how many connections PostgreSQL has by role. */
export async function look(place) {
  const processes = new Map();
  for (const name of [...programs, 'nginx']) {
    const family = [await started(place, name)];
    for (let i = 0; i < family.length; i++) family.push(...await children(family[i]));
    for (const pid of family) {
      const comm = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
      // A look at one file is a process that lives for one file.
      if (comm === '' || comm === 'aiddesk-inspect') continue;
      const { RssAnon } = await numbers(`/proc/${pid}/status`);
      processes.set(pid, { name: `${name} ${pid}`, anonymous: RssAnon, descriptors: await descriptors(pid) });
    }
  }
  const connections = Number(await sql(place, "select count(*) from pg_stat_activity where usename like 'aiddesk_%'"));
  return { at: Date.now(), processes, connections };
}

/** Least squares: what y gains for each x. */
function slope(points) {
  const mean = (k) => points.reduce((sum, p) => sum + p[k], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const spread = points.reduce((sum, p) => sum + (p[0] - x) ** 2, 0);
  return spread === 0 ? 0 : points.reduce((sum, p) => sum + (p[0] - x) * (p[1] - y), 0) / spread;
}

/**
 * What is not flat, as sentences. looks: without those of the first minutes, in which caches fill. A process may come and go nowhere; its
 * memory may rise by so many KiB from beginning to end along the line through all looks; descriptors and connections by less than one.
 */
export function judge(looks, kib) {
  const wrong = [];
  const first = looks[0];
  const last = looks[looks.length - 1];
  for (const [pid, { name }] of first.processes) if (!last.processes.has(pid)) wrong.push(`${name} is gone`);
  for (const [pid, { name }] of last.processes) if (!first.processes.has(pid)) wrong.push(`${name} is new`);
  const risen = (of) => slope(looks.filter((l) => of(l) !== undefined).map((l) => [l.at, of(l)])) * (last.at - first.at);
  const rises = [];
  for (const [pid, { name }] of first.processes) {
    const memory = risen((l) => l.processes.get(pid)?.anonymous);
    // nginx has a descriptor for each visitor, ours have none that outlives a request.
    const open = name.startsWith('nginx') ? 0 : risen((l) => l.processes.get(pid)?.descriptors);
    rises.push(memory);
    if (memory > kib) wrong.push(`${name}: memory rises by ${Math.round(memory)} KiB`);
    if (open >= 2) wrong.push(`${name}: ${open.toFixed(1)} descriptors more`);
  }
  const connections = risen((l) => l.connections);
  if (connections >= 2) wrong.push(`${connections.toFixed(1)} connections more`);
  return { wrong, memory: { most: Math.max(...rises), middle: median(rises) }, connections: last.connections, processes: last.processes.size };
}
