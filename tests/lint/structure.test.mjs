// What every file of the tree keeps to: no SQL in C, headers that explain themselves, SQL that is commented, nothing of a build machine.
import assert from 'node:assert/strict';
import test from 'node:test';
import { files, lines, read } from './tree.mjs';

/** String literals of a C file, neighbours joined as the compiler joins them, each with its line. */
function literals(name) {
  const source = read(name).replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (found) => found.replace(/[^\n]/g, ' '));
  return [...source.matchAll(/"(?:\\.|[^"\\\n])*"(?:\s*"(?:\\.|[^"\\\n])*")*/g)].map((m) => ({
    text: m[0].replace(/"\s*"/g, ''), line: source.slice(0, m.index).split('\n').length }));
}

test('c_holds_no_sql_text', () => {
  const sql = /\b(select\b.+\bfrom\b|insert\s+into\b|update\s+\w+(\.\w+)?\s+set\b|delete\s+from\b|create\s+(or\s+replace\s+)?(function|table|schema|role|database)\b|alter\s+(table|role|database)\b|drop\s+(table|schema|function|role|database)\b|grant\s+\w+\s+on\b)/i;
  // db_args.c builds the one call that everything goes through, from names (STYLE.md §6).
  const wrong = files(/^cgi\/.*\.[ch]$/).filter((n) => n !== 'cgi/core/db_args.c')
    .flatMap((n) => literals(n).filter((l) => sql.test(l.text)).map((l) => `${n}:${l.line}: ${l.text}`));
  assert.deepEqual(wrong, []);
});

/** Declarations of functions in a header, each with the lines before it. */
function declarations(name) {
  const all = read(name).split('\n');
  return all.flatMap((line, i) =>
    /^[a-z][\w\s*]*\b\w+\(/.test(line) && !/^(typedef|return|static|#)/.test(line) ? [{ line: i + 1, text: line, before: all.slice(0, i) }] : []);
}

test('public_functions_are_documented', () => {
  const wrong = files(/^cgi\/.*\.h$/).flatMap((name) =>
    declarations(name)
      // A handler is described by its row of the route table and by the first lines of its file.
      .filter(({ text }) => !/\(struct request \*\w*, struct reply \*\w*\);/.test(text))
      .filter(({ before, text }) => {
        if (/\/\*.*\*\/\s*$/.test(text)) return false;
        // One comment may stand for a group that follows it without an empty line.
        let i = before.length - 1;
        while (i >= 0 && /[;,)]\s*(\/\*.*\*\/)?\s*$/.test(before[i]) && !/\*\/\s*$/.test(before[i])) i--;
        return !(i >= 0 && /\*\/\s*$/.test(before[i]));
      })
      .map(({ line, text }) => `${name}:${line}: ${text.trim()}`));
  assert.deepEqual(wrong, []);
});

test('headers_begin_with_why_they_exist', () => {
  assert.deepEqual(files(/^cgi\/.*\.h$/).filter((n) => !/^\/\*/.test(read(n))), []);
});

test('every_sql_function_is_commented', () => {
  const wrong = files(/^sql\/(api|migrations)\/.*\.sql$/).flatMap((name) => {
    const source = read(name);
    const made = [...source.matchAll(/^create (?:or replace )?function ([\w.]+)\s*\(/gim)].map((m) => m[1]);
    const told = new Set([...source.matchAll(/^comment on function ([\w.]+)\s*\(/gim)].map((m) => m[1]));
    return made.filter((f) => !told.has(f)).map((f) => `${name}: ${f}`);
  });
  assert.deepEqual(wrong, []);
});

test('sql_is_called_by_parameter_name', () => {
  // Positions would go wrong silently when a parameter is added (STYLE.md §4).
  const wrong = files(/^sql\/api\/.*\.sql$/).flatMap((name) => {
    const source = read(name).replace(/--[^\n]*/g, '').replace(/'(?:''|[^'])*'/g, "''");
    return [...source.matchAll(/\b(engine|desk|track|intake|account|report|worker)\.(\w+)\(\s*([^)\s][^),]*)/g)]
      .filter((m) => !/=>/.test(m[3]) && !/^(p_\w+|text|bytea|uuid|bigint|jsonb|core\.|ref\.|timestamptz|date|interval|boolean|out\b|text\[\])/.test(m[3].trim()))
      .map((m) => `${name}: ${m[0]}`);
  });
  assert.deepEqual(wrong, []);
});

test('nothing_names_a_build_machine', () => {
  const machine = new RegExp(`(^|[^\\w.])/(${['wor' + 'k/', 'far' + 'm/', 'home/', 'Users/', 'tmp/bash_jo' + 'bs', 'tmp/bri' + 'ef'].join('|')})`);
  assert.deepEqual(lines(files(/^(cgi|sql|static|ops|tests|\.ci|[\w.]+$)/).filter((n) => !/\.(png|jpg|gif|webp|pdf|zip|bin|xlsx|docx|m4a|mp3|mp4|heic)$/.test(n)), machine), []);
});
