// SECURITY.md D7: the disk of the data, or of the write-ahead log, is full.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { psql } from '../support/database.mjs';
import { stack } from '../support/stack.mjs';
import { kept, once, whole } from './check.mjs';
import { Complaint } from './complainant.mjs';
import { fill } from './disk.mjs';
import { Load } from './load.mjs';
import { parent, signal, until } from './processes.mjs';

const run = promisify(execFile);
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** Moves the write-ahead log of an installation made inMemory() to DIR/wal. */
export async function ownLog() {
  const { dir, run: folder } = await stack();
  const note = path.join(folder, 'pid/postgres');
  const known = await readFile(note, 'utf8');
  const server = await parent('postgres');
  await rm(note); // ops/run leaves it alone meanwhile
  signal(server, 'SIGINT');
  await until('PostgreSQL has stopped', 30, () => !signal(server, 0));
  await run('cp', ['-a', path.join(dir, 'disk/pg/pg_wal'), path.join(dir, 'wal/pg_wal')]);
  await rename(path.join(dir, 'disk/pg/pg_wal'), path.join(dir, 'disk/pg/pg_wal.old'));
  await rm(path.join(dir, 'disk/pg/pg_wal.old'), { recursive: true });
  await symlink(path.join(dir, 'wal/pg_wal'), path.join(dir, 'disk/pg/pg_wal'));
  await writeFile(note, known);
  await until('PostgreSQL is back', 30, () => psql('select 1').then(() => true, () => false));
}

/**
 * Fills "disk" or "wal" while people complain, sees what a person is told, gives the space back.  all: complaints, the new ones are added.
 * Returns {received, refused, recovery: ms until the next receipt after there is space again}.
 */
export async function full(url, ledger, dir, name, all) {
  const witness = new Complaint(url, ledger);
  await witness.fill();
  const load = new Load(url, ledger);
  await load.next();
  const empty = await fill(dir, name);
  // What has been set aside before is used up.
  let refused = false;
  for (let i = 0; i < 60 && !refused; i++) {
    await psql(name === 'wal' ? 'select pg_switch_wal()' : "create table core.test_fill as select repeat('x', 1000) from generate_series(1, 20000)").catch(() => (refused = true));
    if (name === 'disk') await psql('drop table if exists core.test_fill').catch(() => {});
    await wait(50);
  }
  assert.ok(refused, 'the disk is full and PostgreSQL did not notice');
  const outcome = await witness.press();
  if (outcome === 'not confirmed') {
    assert.equal(witness.unconfirmed.status, 503);
  }
  await wait(3000);
  await empty();
  const recovery = await load.next();
  await witness.insist();
  all.push(witness, ...(await load.end()));
  assert.ok(recovery < 60000, `${recovery} ms until the service was well again`);
  await kept(url, ledger);
  await whole();
  await once(all);
  return { received: load.received, refused: load.refused, 'pressed while full': outcome, recovery };
}
