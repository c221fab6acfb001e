// Fills the installation with cases up to a number.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { psql } from '../support/database.mjs';
import { root } from './place.mjs';

let filled = 0;

/** Afterwards there are at least n cases besides those of the demo. */
export async function fill(n) {
  if (n <= filled) return;
  await psql(await readFile(path.join(root, 'tests/bench/bulk.sql'), 'utf8'), { first: filled + 1, last: n });
  filled = n;
  await psql('vacuum analyze');
  await psql('checkpoint');
}
