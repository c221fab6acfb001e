// Every function that a program may call is named by a pgTAP test (DESIGN.md §6: the database decides, so its decisions are tested there).
import assert from 'node:assert/strict';
import test from 'node:test';
import { files, read } from './tree.mjs';

const programs = 'intake|track|account|desk|report|worker';
const made = files(/^sql\/api\/.*\.sql$/).flatMap((n) => [...read(n).matchAll(new RegExp(`create function ((?:${programs})\\.[a-z0-9_]+)`, 'g'))].map((m) => m[1]));
// Comments do not call anything.
const tests = files(/^tests\/sql\/.*\.sql$/).map((n) => read(n).replace(/^\s*--.*$/gm, '')).join('\n');

test('every_function_of_a_program_has_a_pgtap_test_that_names_it', () => {
  assert.ok(made.length > 150);
  assert.deepEqual(made.filter((name) => !new RegExp(`\\b${name.replace('.', '\\.')}\\b`).test(tests)), []);
});
