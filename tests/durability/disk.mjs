// Disks that can fail: PostgreSQL's files on a file system of their own, which a test fills up or cuts the power of.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, open, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { parent, children, signal, until } from './processes.mjs';

const run = promisify(execFile);
const MB = 1048576;

/** The database goes to DIR/disk, the way ops/run does it when the database lies elsewhere; the programs do not. */
async function databaseThere(dir) {
  process.env.AIDDESK_BUILD ??= dir;
  await symlink(path.join(dir, 'disk/pg'), path.join(dir, 'pg'));
}

/** False where a file cannot be mounted as a disk, as in most containers: nothing has power to be cut there. */
export const hasDisks = await (async () => {
  const dir = await mkdtemp('/tmp/aiddesk-disk.');
  const image = path.join(dir, 'disk.img');
  try {
    await run('truncate', ['--size', '8M', image]);
    await run('mkfs.ext4', ['-q', image]);
    await run('mount', ['-o', 'loop', image, dir]);
    await run('umount', [dir]);
    return true;
  } catch {
    return false;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
})();

/** Puts the database of an installation that does not exist yet, in DIR, on an ext4 of so many MB in a file: for cutPower(). */
export async function onDisk(dir, megabytes = 1024) {
  if (!hasDisks) return;
  const image = path.join(dir, 'disk.img');
  await run('truncate', ['--size', `${megabytes}M`, image]);
  await run('mkfs.ext4', ['-q', '-m', '0', image]);
  await mkdir(path.join(dir, 'disk'));
  await run('mount', ['-o', 'loop', image, path.join(dir, 'disk')]);
  await databaseThere(dir);
}

/** Puts the database of such an installation into memory of so many MB: for fill(). The write-ahead log gets a place of its own. */
export async function inMemory(dir, megabytes = 256) {
  for (const name of ['disk', 'wal']) {
    await mkdir(path.join(dir, name));
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'aiddesk-test', path.join(dir, name)]);
  }
  await databaseThere(dir);
}

/** What is in the page cache only is gone after this, as after a power cut, and nothing can be written any more (EXT4_IOC_SHUTDOWN). */
async function shutDown(place) {
  await run('python3', ['-c', `
import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack('I', 2))`, place]);
}

/** Everything written so far is on the disk. */
export async function settle(dir) {
  await run('sync', ['--file-system', path.join(dir, 'disk')]);
}

/**
 * Cuts the power of the machine that PostgreSQL runs on: what was not forced to disk is lost, every process of it ends, the file system
 * comes back as its journal says.  ops/run starts PostgreSQL again.
 */
export async function cutPower(dir) {
  const disk = path.join(dir, 'disk');
  const server = await parent('postgres');
  await shutDown(disk);
  for (const { pid } of await children(server)) signal(pid, 'SIGKILL');
  signal(server, 'SIGKILL');
  // ops/run may be trying already; what it starts finds a dead disk and ends.
  await until('the disk is let go', 30, () => run('umount', [disk]).then(() => true, () => false));
  await run('mount', ['-o', 'loop', path.join(dir, 'disk.img'), disk]);
}

/** Fills "disk" or "wal" up to the last byte; returns what gives the space back. */
export async function fill(dir, name) {
  const ballast = path.join(dir, name, 'ballast');
  const file = await open(ballast, 'w');
  const block = Buffer.alloc(MB);
  try {
    for (;;) await file.write(block);
  } catch (error) {
    if (error.code !== 'ENOSPC') throw error;
  } finally {
    await file.close();
  }
  return () => rm(ballast);
}
