// Shell scripts, the lock file, and what must not get into the repository.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { files, lines, read, root } from './tree.mjs';

const scripts = [...files(/^(ops|static|tests|\.ci)\/.*\.sh$/), 'ops/run', 'ops/test', '.ci/run', 'tests/fuzz/run', 'tests/mutants/run', 'tests/bench/run', 'tests/bench/steady']
  .filter((n) => !n.startsWith('ops/lib/'));

test('shell_scripts_pass_shellcheck', () => {
  // ops/lib is checked as part of the scripts that include it, and on its own.
  execFileSync('shellcheck', ['-x', ...scripts, ...files(/^ops\/lib\/.*\.sh$/)], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
});

test('scripts_stop_at_the_first_error', () => {
  assert.deepEqual(scripts.filter((n) => !/^set -eu(o pipefail)?$/m.test(read(n))), []);
  assert.deepEqual(['ops/run', 'ops/test', '.ci/run', 'tests/mutants/run'].filter((n) => !(statSync(path.join(root, n)).mode & 0o100)), []);
});

test('the_lock_file_names_no_registry', () => {
  assert.doesNotMatch(read('tests/package-lock.json'), /https?:\/\//);
  const { dependencies } = JSON.parse(read('tests/package.json'));
  assert.deepEqual(Object.values(dependencies).filter((v) => !/^\d+\.\d+\.\d+$/.test(v)), []);
});

test('pages_name_no_third_party', () => {
  const wanted = /\b(?:src|href|action)="https?:\/\/|url\(\s*['"]?https?:|@import|\bimport\(?\s*['"]https?:/;
  assert.deepEqual(lines(files(/^(cgi\/views\/.*\.mustache|static\/.*\.(css|js|svg)|ops\/nginx\/.*)$/), wanted), []);
});

test('processes_are_never_killed_by_name', () => {
  assert.deepEqual(lines(files(/^(ops|tests|static|\.ci)\/.*$/).filter((n) => !n.startsWith('tests/lint/')), /\b(pkill|killall)\b/), []);
});
