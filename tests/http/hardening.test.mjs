// What the compiler and linker were asked for is in the installed programs (STYLE.md §4): a flag that is lost on the way changes nothing
// that other tests see.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { sanitized } from '../support/installation.mjs';
import { stack } from '../support/stack.mjs';

const { stage } = await stack();
const run = (...command) => execFileSync(command[0], command.slice(1), { encoding: 'utf8', maxBuffer: 1 << 28 });
const libexec = path.join(stage, 'libexec/aiddesk');
const programs = [path.join(stage, 'bin/aiddesk'), ...readdirSync(libexec).map((name) => path.join(libexec, name))];

test('every_program_is_installed', () => {
  const names = programs.map((p) => path.basename(p)).sort();
  assert.deepEqual(names, ['aiddesk', 'aiddesk-account', 'aiddesk-desk', 'aiddesk-inspect', 'aiddesk-intake', 'aiddesk-report', 'aiddesk-track', 'aiddesk-worker']);
});

// A sanitized build watches, and is not what anybody installs.
for (const program of sanitized ? programs : []) {
  test(`${path.basename(program)}_is_watched_by_the_sanitizers`, () => {
    const imported = run('readelf', '--dyn-syms', '-W', program);
    assert.match(imported, /UND __asan_init\b/);
    assert.match(imported, /UND __ubsan_handle_[a-z_]+_abort\b/);
  });
}

for (const program of sanitized ? [] : programs) {
  test(`${path.basename(program)}_is_hardened`, () => {
    const header = run('readelf', '-hW', program);
    const segments = run('readelf', '-lW', program);
    const dynamic = run('readelf', '-dW', program);
    const imported = run('readelf', '--dyn-syms', '-W', program);
    assert.match(header, /Type:\s+DYN/);
    assert.match(dynamic, /FLAGS_1\).*\bPIE\b/);
    assert.match(dynamic, /FLAGS_1\).*\bNOW\b/);
    assert.match(segments, /GNU_RELRO/);
    assert.match(segments, /GNU_STACK\s+\S+\s+\S+\s+\S+\s+\S+\s+\S+\s+RW\s/);
    assert.doesNotMatch(segments, /\bRWE\b/);
    assert.doesNotMatch(dynamic, /RPATH|RUNPATH/);
    assert.match(imported, /UND __stack_chk_fail\b/);
    assert.match(imported, /UND __[a-z_]+_chk\b/);
    // _start is the C library's and has none.
    if (/X86-64/.test(header)) assert.match(run('objdump', '-d', '--no-show-raw-insn', '--disassemble=main', program), /<main>:\n\s+[0-9a-f]+:\s+endbr64/);
  });
}

test('the_programs_link_what_they_need_and_no_more', { skip: sanitized }, () => {
  const needed = (program) => [...run('readelf', '-dW', program).matchAll(/NEEDED\).*\[(lib[a-z0-9_+-]+)/g)].map((m) => m[1]);
  for (const program of programs) {
    const name = path.basename(program);
    const libraries = needed(program);
    // Decoders of hostile files are in aiddesk-inspect alone, and it has no way to a database or a network.
    for (const decoder of ['libjpeg', 'libpng16', 'libwebp', 'libgif', 'libmagic']) {
      if (name !== 'aiddesk-inspect') assert.ok(!libraries.includes(decoder), `${name} links ${decoder}`);
    }
    if (name === 'aiddesk-inspect') for (const library of ['libpq', 'libcurl', 'libfcgi', 'libsodium', 'libcrypto']) assert.ok(!libraries.includes(library), library);
    if (name !== 'aiddesk-worker') assert.ok(!libraries.includes('libcurl'), `${name} links libcurl`);
  }
});
