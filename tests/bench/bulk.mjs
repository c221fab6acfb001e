// Fills an installation with cases up to a number.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { root, sql } from './place.mjs';

const filled = new Map(); // by address

/** Afterwards there are at least n cases besides those of the demo. */
export async function fill(place, n) {
  const have = filled.get(place.url) ?? 0;
  if (n <= have) return;
  await sql(place, await readFile(path.join(root, 'tests/bench/bulk.sql'), 'utf8'), { first: have + 1, last: n });
  filled.set(place.url, n);
  // What the worker was folding at the same moment has been left to it.
  while (Number(await sql(place, 'select (select count(*) from stat.delta) + (select count(*) from stat.duration_delta)')) > 0) {
    await sql(place, 'select worker.fold(p_max => 10000000)');
  }
  // Until what was folded is really gone: with readers about, vacuum does not always shorten a table.
  for (let tries = 0; tries < 10; tries++) {
    await sql(place, 'vacuum analyze');
    if (Number(await sql(place, "select pg_relation_size('stat.delta') + pg_relation_size('stat.duration_delta')")) < 1 << 20) break;
  }
  await sql(place, 'checkpoint');
}
