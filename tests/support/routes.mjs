// The route tables of the programs, read from their sources, so that a test can go through every route that there is.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from './installation.mjs';

export const programs = ['intake', 'track', 'account', 'desk', 'report'];

/** The bits of enum who of route.h by name, and what a program adds by #define. */
function whos(header, source) {
  const bits = {};
  const worth = (text) => text.split('|').reduce((sum, one) => {
    const name = one.replace(/[()\s]/g, '');
    const n = /^\d+$/.test(name) ? Number(name) : bits[name];
    if (n === undefined) throw new Error(`unknown permission ${name}`);
    return sum | n;
  }, 0);
  for (const [, name, text] of header.matchAll(/^\s+(WHO_\w+) = ([\w |]+?),?(?:\s*\/\*.*)?$/gm)) bits[name] = worth(text);
  for (const [, name, text] of source.matchAll(/^#define (WHO_\w+) (\(.+\))$/gm)) bits[name] = worth(text);
  return { bits, worth };
}

function parse(program, header, source) {
  const at = source.indexOf('struct route routes[] = {');
  const table = source.slice(at, source.indexOf('\n};', at));
  const { bits, worth } = whos(header, source);
  const rows = table.split(/\n\s*\{(?=\.name = )/).slice(1).map((text) => {
    const field = (name) => new RegExp(`\\.${name} =\\s*(?:"([^"]*)"|([^,}]+))`).exec(text);
    const plain = (name) => (field(name)?.[1] ?? field(name)?.[2] ?? '').trim();
    const row = {
      program, name: plain('name'), method: plain('method').replace('METHOD_', ''), path: plain('path'),
      who: worth(plain('who')), flags: plain('flags').split('|').map((f) => f.trim().replace('ROUTE_', '')).filter(Boolean),
    };
    row.placeholders = row.path.split('/').filter((part) => part.startsWith('{'));
    row.title = `${program} ${row.method.padEnd(4)} ${row.path}`;
    row.open = (row.who & bits.WHO_ANYONE) !== 0;
    return row;
  });
  // A row written in a way that is not understood here must not go missing.
  const named = table.match(/\.name\b/g)?.length ?? 0;
  if (rows.length === 0 || rows.length !== named || rows.some((row) => !row.name || !row.path || !['GET', 'POST'].includes(row.method))) {
    throw new Error(`the route table of ${program} is not understood: ${rows.length} of ${named} rows`);
  }
  return rows;
}

/** Every route, sorted by program, path and method. */
export async function routes() {
  const header = await readFile(path.join(root, 'cgi/core/route.h'), 'utf8');
  const all = await Promise.all(programs.map(async (program) => parse(program, header, await readFile(path.join(root, `cgi/${program}/main.c`), 'utf8'))));
  const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  return all.flatMap((rows) => rows.sort((a, b) => byText(a.path, b.path) || byText(a.method, b.method)));
}
