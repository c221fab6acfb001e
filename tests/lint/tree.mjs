// Files of the repository, as git knows them or, in an unpacked tarball, as they lie there.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from '../support/installation.mjs';

export { root };

const skipped = /^(\.git|var|build-aux|autom4te\.cache|node_modules)$|\/node_modules\/|^tests\/browser\/shots\//;

function walk(folder) {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (skipped.test(name) || entry.name === 'node_modules') return [];
    return entry.isDirectory() ? walk(name) : [name];
  });
}

let all = null;

/** Paths below the root that match, e.g. files(/^cgi\/.*\.c$/). */
export function files(pattern) {
  all ??= existsSync(path.join(root, '.git'))
    ? execFileSync('git', ['-c', `safe.directory=${root}`, '-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], { maxBuffer: 1 << 26 })
        .toString()
        .split('\0')
        .filter((name) => name && existsSync(path.join(root, name)))
    : walk('.');
  return all.filter((name) => pattern.test(name)).sort();
}

/** Content of a file. */
export const read = (name) => readFileSync(path.join(root, name), 'utf8');

/** Lines that match, as "file:line: text". */
export function lines(names, pattern, text = read) {
  return names.flatMap((name) =>
    text(name)
      .split('\n')
      .flatMap((line, i) => (pattern.test(line) ? [`${name}:${i + 1}: ${line.trim()}`] : [])),
  );
}

/** C without comments and without the contents of literals; line numbers stay. */
export function code(name) {
  return read(name).replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, (found) => {
    if (found[0] === '"') return '""';
    if (found[0] === "'") return "' '";
    return found.replace(/[^\n]/g, ' ');
  });
}
