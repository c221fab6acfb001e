// The codes that SQL raises and the registry of C know each other (STYLE.md §4).
import assert from 'node:assert/strict';
import test from 'node:test';
import { files, read } from './tree.mjs';

const raised = new Set(files(/^sql\/.*\.sql$/).flatMap((n) => [...read(n).matchAll(/errcode\s*=\s*'(UD\d{3})'/g)].map((m) => m[1])));
const registered = new Set([...read('cgi/core/err.c').matchAll(/"(UD\d{3})"/g)].map((m) => m[1]));

test('every_refusal_of_sql_is_in_the_registry', () => {
  assert.ok(raised.size > 0);
  assert.deepEqual([...raised].filter((c) => !registered.has(c)).sort(), []);
});

test('every_function_that_c_calls_exists_in_sql', () => {
  const made = new Set(files(/^sql\/(api|admin)\/.*\.sql$/).flatMap((n) => [...read(n).matchAll(/create function ([a-z_]+\.[a-z0-9_]+)/g)].map((m) => m[1])));
  const called = files(/^cgi\/(?!core\/).*\.c$/).flatMap((n) =>
    [...read(n).matchAll(/\bdb_(?:read0?|write0?|step|each_bytes)\(\s*[^,()]+(?:\([^()]*\))?,\s*"([a-z_]+\.[a-z0-9_]+)"/g)].map((m) => [n, m[1]]));
  assert.deepEqual(called.filter(([, f]) => !made.has(f) && !f.startsWith('pg_temp.')).map(([n, f]) => `${n}: ${f}`), []);
});
