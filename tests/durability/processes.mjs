// The processes of the installation, by name, and what to do to them.
import { readFile, readdir, readlink } from 'node:fs/promises';
import { stack } from '../support/stack.mjs';

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** Process id of a part of the installation: "aiddesk-intake", "nginx", "postgres". */
export async function parent(name) {
  const { run } = await stack();
  return Number((await readFile(`${run}/pid/${name}`, 'utf8')).split(' ')[0]);
}

/** Its children: [{pid, name}], in the order in which they were started. */
export async function children(pid) {
  const found = [];
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  for (const child of list.split(' ').filter(Boolean)) {
    const name = (await readFile(`/proc/${child}/comm`, 'utf8').catch(() => '')).trim();
    if (name !== '') found.push({ pid: Number(child), name });
  }
  return found;
}

/** Sockets that a process holds open, by inode. */
async function sockets(pid) {
  const folder = `/proc/${pid}/fd`;
  const links = await Promise.all((await readdir(folder).catch(() => [])).map((fd) => readlink(`${folder}/${fd}`).catch(() => '')));
  return links.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]).filter(Boolean);
}

/** Processes of a program that answer requests of a pool, "page" or "upload": those that listen at its socket. */
export async function serving(program, pool = 'page') {
  const name = `/web/aiddesk-${program}${pool === 'upload' ? '-upload' : ''}.sock`;
  const { run } = await stack();
  const listening = (await readFile('/proc/net/unix', 'utf8')).split('\n').map((line) => line.trim().split(/\s+/))
    .filter((words) => words[7] === run + name && words[3] === '00010000').map((words) => words[6]);
  const all = await children(await parent(`aiddesk-${program}`));
  const held = await Promise.all(all.map(async (c) => (await sockets(c.pid)).some((inode) => listening.includes(inode))));
  // Both sockets are held by what is neither, the spawner of aiddesk-inspect.
  return all.filter((c, i) => held[i] && c.name === `aiddesk-${program}`.slice(0, 15)).map((c) => c.pid);
}

/** Waits until check() gives something and returns it. */
export async function until(what, seconds, check) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await wait(20);
  }
}

/** Sends a signal to a process that may be gone already; true when it was there. */
export function signal(pid, what) {
  try {
    process.kill(pid, what);
    return true;
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
    return false;
  }
}

/**
 * Waits until every part of the installation runs and answers: what was killed last may have been missed by nobody, and be started again any
 * moment; nginx's old workers answer for a moment longer.
 */
export async function settled() {
  const { run, url } = await stack();
  const names = (await readdir(`${run}/pid`)).filter((name) => name === 'nginx' || name === 'postgres' || name.startsWith('aiddesk-'));
  for (const name of names) {
    await until(`${name} runs`, 60, async () => {
      const [pid, began] = (await readFile(`${run}/pid/${name}`, 'utf8')).trim().split(' ');
      const stat = (await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')).replace(/^.*\) /s, '').split(' ');
      return stat[0] !== 'Z' && stat[19] === began;
    });
  }
  let times = 0;
  await until('it is ready', 60, async () => {
    await wait(100);
    const answer = await fetch(`${url}/health/ready`, { headers: { connection: 'close' } }).catch(() => null);
    times = answer?.status === 200 ? times + 1 : 0;
    return times === 5;
  });
}
