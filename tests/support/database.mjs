// Looks into the database of the installation as its superuser, and moves its clock.  Tests arrange and check with it what no page shows;
// they never do through it what a page does.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { stack } from './stack.mjs';

/** Runs SQL; values are psql variables, written :'name' in the text. Returns standard output. */
export async function psql(sql, values = {}, database = 'aiddesk') {
  const { pg } = await stack();
  const args = ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--set', 'ON_ERROR_STOP=1', '--host', pg, '--username', 'postgres',
    '--dbname', database];
  for (const [name, value] of Object.entries(values)) args.push('--set', `${name}=${value}`);
  const child = spawn('psql', args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const out = [];
  const err = [];
  child.stdout.on('data', (piece) => out.push(piece));
  child.stderr.on('data', (piece) => err.push(piece));
  child.stdin.on('error', () => {}); // psql that ends early says why by itself
  child.stdin.end(sql);
  const status = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (status !== 0) throw new Error(`${Buffer.concat(err)}in: ${sql}`);
  return Buffer.concat(out).toString('utf8');
}

/** Rows of a query as objects. */
export async function rows(sql, values) {
  return JSON.parse(await psql(`select coalesce(json_agg(q), '[]') from (${sql}) q`, values));
}

/** The only value of a query with one row and one column; null when there is no row. */
export async function value(sql, values) {
  const [row] = await rows(sql, values);
  return row === undefined ? null : Object.values(row)[0];
}

/** The processes of the programs that serve pages, by their parents' ids in the installation's run folder. */
async function servers(signal) {
  const { run } = await stack();
  const children = [];
  for (const program of ['intake', 'track', 'account', 'desk', 'report']) {
    const [parent] = (await readFile(`${run}/pid/aiddesk-${program}`, 'utf8')).split(' ');
    for (const child of (await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8')).split(' ').filter(Boolean)) {
      // aiddesk-inspect has no clock and stays.
      const name = await readFile(`/proc/${child}/comm`, 'utf8').catch(() => '');
      if (name.startsWith(`aiddesk-${program}`.slice(0, 15))) children.push(child);
    }
    if (signal) process.kill(Number(parent), signal);
  }
  return children;
}

/**
 * Moves the clock of the service: '3 days', '-1 hour', '0'.  Programs read the offset when they connect, so those that serve pages are
 * given new processes, as by a reload, and the worker a new connection; this waits until none is left of the old ones.
 */
export async function setClock(offset) {
  await psql("select engine.set_clock_offset(:'amount'::interval)", { amount: offset });
  const old = new Set(await servers('SIGHUP'));
  await psql(`do $$
    declare v_left int := 1;
    begin
      for v_try in 1 .. 100 loop
        perform pg_stat_clear_snapshot();
        select count(pg_terminate_backend(a.pid)) into v_left from pg_stat_activity a
        where a.datname = current_database() and a.usename = 'aiddesk_worker' and a.backend_start < now();
        exit when v_left = 0;
        perform pg_sleep(0.05);
      end loop;
    end $$`);
  for (let tries = 0; (await servers()).some((id) => old.has(id)); tries++) {
    if (tries > 200) throw new Error('old processes go on after SIGHUP');
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** Waits until a query gives true, for what the worker does in its own time. */
export async function eventually(sql, values = {}, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    if ((await value(sql, values)) === true) return;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${sql}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}
