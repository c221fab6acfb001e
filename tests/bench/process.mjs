// What /proc says about the processes of an installation.
import { readFile, readdir } from 'node:fs/promises';

const text = (file) => readFile(file, 'utf8').catch(() => '');

/** Numbers of a table like /proc/PID/status or smaps_rollup, in KiB. */
export async function numbers(file) {
  return Object.fromEntries([...(await text(file)).matchAll(/^(\w+):\s+(\d+) kB$/gm)].map((m) => [m[1], Number(m[2])]));
}

/** Ids of the children of a process. */
export async function children(pid) {
  return (await text(`/proc/${pid}/task/${pid}/children`)).split(' ').filter(Boolean).map(Number);
}

/** Id of a process that ops/run has started ("aiddesk-desk", "nginx", "postgres"). */
export async function started(place, name) {
  return Number((await readFile(`${place.run}/pid/${name}`, 'utf8')).split(' ')[0]);
}

/** How many descriptors are open, and how many of them are sockets. */
export async function descriptors(pid) {
  return (await readdir(`/proc/${pid}/fd`).catch(() => [])).length;
}
