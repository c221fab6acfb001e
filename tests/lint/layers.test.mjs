// Who may know whom (DESIGN.md §4), and who alone may use a library (STYLE.md §4).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { code, files, lines, read, root } from './tree.mjs';

const sources = files(/^cgi\/.*\.[ch]$/);
const programs = ['intake', 'track', 'account', 'desk', 'report', 'inspect', 'worker', 'admin'];
const includes = (name) => [...read(name).matchAll(/^\s*#\s*include\s+["<]([^">]+)[">]/gm)].map((m) => m[1]);
const ours = /^(core|rules|intake|track|account|desk|report|inspect|worker|admin)\//;
const folder = (name) => name.split('/')[1];

test('core_knows_nobody', () => {
  const wrong = sources.filter((n) => folder(n) === 'core').flatMap((n) =>
    includes(n).filter((i) => ours.test(i) && !i.startsWith('core/')).map((i) => `${n}: ${i}`));
  assert.deepEqual(wrong, []);
});

test('rules_know_only_the_base_of_core', () => {
  const base = ['core/arena.h', 'core/buf.h', 'core/str.h', 'core/err.h'];
  const wrong = sources.filter((n) => folder(n) === 'rules').flatMap((n) =>
    includes(n).filter((i) => ours.test(i) && !i.startsWith('rules/') && !base.includes(i)).map((i) => `${n}: ${i}`));
  assert.deepEqual(wrong, []);
});

test('programs_do_not_know_each_other', () => {
  const wrong = sources.filter((n) => programs.includes(folder(n))).flatMap((n) =>
    includes(n).filter((i) => programs.some((p) => p !== folder(n) && i.startsWith(`${p}/`))).map((i) => `${n}: ${i}`));
  assert.deepEqual(wrong, []);
});

test('each_library_has_one_module_that_uses_it', () => {
  const owners = {
    'fcgiapp.h': /^cgi\/core\/fcgi\.c$/,
    'fcgi_stdio.h': /^$/,
    'libpq-fe.h': /^cgi\/core\/db(_\w+)?\.[ch]$/,
    'sodium.h': /^cgi\/core\/(seal(_\w+)?|session|token|totp|code)\.[ch]$/,
    'openssl/evp.h': /^cgi\/core\/digest\.c$/,
    'liboath/oath.h': /^cgi\/core\/totp\.c$/,
    'qrencode.h': /^cgi\/core\/(qr|pdf)(_\w+)?\.c$/,
    'curl/curl.h': /^cgi\/core\/mail\.c$/,
    'pango/pangocairo.h': /^cgi\/core\/pdf(_\w+)?\.[ch]$/,
    'magic.h': /^cgi\/inspect\//,
    'jpeglib.h': /^cgi\/inspect\//,
    'png.h': /^cgi\/inspect\//,
  };
  const wrong = sources.flatMap((n) => includes(n).filter((i) => owners[i] && !owners[i].test(n)).map((i) => `${n}: ${i}`));
  assert.deepEqual(wrong, []);
});

test('banned_functions_are_not_called', () => {
  const banned = /\b(strcpy|strcat|sprintf|vsprintf|strncpy|strtok|gets|atoi|atol|atof|alloca|system|popen|rand|srand)\s*\(/;
  assert.deepEqual(lines(sources, banned, code), []);
});

test('comparison_of_secrets_is_left_to_token_equal', () => {
  // memcmp ends at the first difference, and its time tells where that is.
  assert.deepEqual(lines(files(/^cgi\/core\/(seal_password|session|token|totp)\.c$/), /\bmemcmp\s*\(/, code), []);
});

test('files_stay_short_enough_to_be_one_capability', () => {
  const long = files(/^(cgi|sql\/api|ops|tests)\/.*\.(c|h|sql|sh|mjs|mustache)$/)
    .map((n) => [n, read(n).split('\n').length - 1])
    .filter(([, n]) => n > 500);
  assert.deepEqual(long, []);
});

test('nothing_is_left_to_do_without_a_condition', () => {
  const marks = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|')})\\b`);
  assert.deepEqual(lines(files(/\.(c|h|sql|sh|mjs|js|css|mustache|json|mk|ac|am|in)$/).filter((n) => !n.startsWith('tests/lint/')), marks), []);
});

test('c_is_formatted', () => {
  // Headers hold comments up to 140 columns beside fields, which clang-format would break.
  const wrong = files(/^(cgi|tests\/(unit|bench))\/.*\.c$/).filter((name) => {
    const { stderr } = spawnSync('clang-format-14', ['--dry-run', name], { cwd: root, encoding: 'utf8' });
    return /warning:/.test(stderr);
  });
  assert.deepEqual(wrong, [], 'clang-format-14 -i these');
});
