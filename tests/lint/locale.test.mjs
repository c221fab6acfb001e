// Texts and templates: every language is whole, says the same, and keeps the tone of UX.md §1; templates hold no language, no raw output
// and nothing that the Content-Security-Policy would refuse.  Reads the source tree only.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'node:test';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const cgi = join(root, 'cgi');
const SOURCE = 'zh-CN';
const BANNED = {
  'zh-CN': [/非法/, /无效操作/, /出错了/, /你/],
  en: [/\bplease\b/i, /\bsorry\b/i, /\boops\b/i, /\binvalid\b/i, /\bforbidden\b/i],
};

function files(folder, suffix) {
  return readdirSync(folder).sort().flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) {
      return files(path, suffix);
    }
    return name.endsWith(suffix) ? [path] : [];
  });
}

const read = (path) => readFileSync(path, 'utf8');
const short = (path) => relative(root, path);
const none = (found, what) => assert.equal(found.length, 0, `${what}:\n  ${found.join('\n  ')}`);
const parameters = (text) => [...new Set([...text.matchAll(/\{\{[#^/&]?\s*([\w.]+)\s*\}\}/g)].map((m) => m[1]))].sort();

// ---- catalogs ----

const languages = readdirSync(join(cgi, 'locale')).sort();
const catalogs = Object.fromEntries(languages.map((language) => [language,
  Object.fromEntries(files(join(cgi, 'locale', language), '.json').map((path) => [basename(path, '.json'), JSON.parse(read(path))]))]));
const texts = Object.fromEntries(languages.map((language) => [language, Object.assign({}, ...Object.values(catalogs[language]))]));
const parts = Object.keys(catalogs[SOURCE]);

// ---- templates ----

/* A template as a list of tags with their place; comments are dropped. */
function parse(path) {
  const source = read(path);
  const tags = [...source.matchAll(/\{\{(!|#|\^|\/|>|&|=|\{)?\s*([\s\S]*?)\s*\}\}/g)].map((m) => ({
    kind: m[1] ?? '', name: m[2], at: m.index, text: m[0], line: source.slice(0, m.index).split('\n').length }));
  return { path, source, tags, html: source.replace(/\{\{![\s\S]*?\}\}/g, '') };
}

const folders = { views: join(cgi, 'views'), letters: join(cgi, 'letters') };
const views = files(folders.views, '.mustache').map(parse);
const letters = files(folders.letters, '.mustache').map(parse);
const names = new Set(views.map((view) => relative(folders.views, view.path).replace(/\.mustache$/, '')));
const where = (view, tag) => `${short(view.path)}:${tag.line} ${tag.text}`;

// ---- C ----

/* C without comments: strings keep their place. */
function code(path) {
  return read(path).replace(/("(?:[^"\\\n]|\\.)*")|('(?:[^'\\\n]|\\.)*')|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (all, string, char) => string ?? char ?? ' ');
}

const sources = files(cgi, '.c').concat(files(cgi, '.h')).map((path) => ({ path, code: code(path) }));
const literals = sources.flatMap(({ path, code: text }) => [...text.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].map((m) => ({ path, text: m[1] })));
/* "part.area.key" and "error.key" are texts; "schema.function" has two segments and is SQL. */
const isKey = (text) => /^[a-z]\w*(\.\w+)+$/.test(text) && parts.concat('error').includes(text.split('.')[0]) &&
  (text.split('.').length > 2 || text.startsWith('error.'));

test('every language has the same files and the same keys', () => {
  for (const language of languages) {
    assert.deepEqual(Object.keys(catalogs[language]).sort(), [...parts].sort(), `${language}: files`);
    for (const part of parts) {
      const here = new Set(Object.keys(catalogs[language][part]));
      const there = Object.keys(catalogs[SOURCE][part]);
      none(there.filter((key) => !here.has(key)), `${language}/${part}.json lacks`);
      none([...here].filter((key) => !there.includes(key)), `${language}/${part}.json has more than ${SOURCE}`);
    }
  }
});

test('a text asks for the same values in every language', () => {
  for (const language of languages) {
    /* How a date is written differs: English shows no weekday. */
    none(Object.keys(texts[SOURCE]).filter((key) => key !== 'format.date' && texts[language][key] !== undefined &&
      parameters(texts[language][key]).join() !== parameters(texts[SOURCE][key]).join()), `${language}: other values than ${SOURCE}`);
  }
});

test('keys are named after their file and stand there once', () => {
  const seen = new Map();
  const wrong = [];
  for (const [part, catalog] of Object.entries(catalogs[SOURCE])) {
    for (const key of Object.keys(catalog)) {
      const owner = key.split('.')[0];
      if (!/^[a-z]+(\.[A-Za-z0-9_]+)+$/.test(key) || !(owner === part || (owner === 'error' && part === 'shared'))) {
        wrong.push(`${part}.json: ${key}`);
      }
      if (seen.has(key)) {
        wrong.push(`${part}.json and ${seen.get(key)}.json: ${key}`);
      }
      seen.set(key, part);
    }
  }
  none(wrong, 'keys');
  for (const language of languages) {
    for (const path of files(join(cgi, 'locale', language), '.json')) {
      const written = [...read(path).matchAll(/^ {2}"([^"]+)":/gm)].map((m) => m[1]);
      none(written.filter((key, i) => written.indexOf(key) !== i), `${short(path)}: written twice`);
    }
  }
});

test('texts are plain: not empty, no markup, no raw output, no stray space', () => {
  for (const language of languages) {
    const wrong = Object.entries(texts[language]).filter(([, text]) => typeof text !== 'string' || text.trim() === '' ||
      /[<>]|\{\{[{&]|\t|\r/.test(text) || /^\s/.test(text) || /\s\s/.test(text.replace(/\n/g, '')));
    none(wrong.map(([key]) => key), language);
  }
});

test('texts keep the tone: no banned word, no Chinese in English, 您 in Chinese', () => {
  for (const language of languages) {
    const wrong = [];
    for (const [key, text] of Object.entries(texts[language])) {
      for (const word of BANNED[language] ?? []) {
        if (word.test(text)) {
          wrong.push(`${key}: ${text}`);
        }
      }
    }
    none(wrong, `${language}: words that UX.md §1 bans`);
  }
  none(Object.entries(texts.en).filter(([key, text]) => /[\u3400-\u9fff]/u.test(text) && !/^format\./.test(key) && !/[“(（《][^”)）》]*[\u3400-\u9fff]/u.test(text))
    .map(([key, text]) => `${key}: ${text}`), 'en: Chinese that no English word explains');
});

test('every row of the error registry has its sentence and what to do next', () => {
  const keys = [...read(join(cgi, 'core', 'err.c')).matchAll(/"(error\.\w+)"/g)].map((m) => m[1]);
  assert.ok(keys.length > 30);
  for (const language of languages) {
    none(keys.filter((key) => !texts[language][key] || !texts[language][`${key}.next`]), `${language}: missing`);
  }
});

test('every text and every partial that a template names is there', () => {
  const wrong = [];
  for (const view of [...views, ...letters]) {
    for (const tag of view.tags.filter((t) => t.kind === '>')) {
      const ok = tag.name.startsWith('t/') ? languages.every((language) => texts[language][tag.name.slice(2)] !== undefined)
        : names.has(tag.name) || view.path.startsWith(folders.letters);
      if (!ok) {
        wrong.push(where(view, tag));
      }
    }
  }
  none(wrong, 'named but missing');
});

test('every text that C names is there', () => {
  none(literals.filter(({ text }) => isKey(text) && texts[SOURCE][text] === undefined).map(({ path, text }) => `${short(path)}: ${text}`), 'missing');
});

test('templates are well formed: sections close in order, comments hold no tags, no other delimiters', () => {
  const wrong = [];
  for (const view of [...views, ...letters]) {
    const open = [];
    for (const tag of view.tags) {
      if (tag.kind === '#' || tag.kind === '^') {
        open.push(tag.name);
      } else if (tag.kind === '/' && open.pop() !== tag.name) {
        wrong.push(where(view, tag));
      } else if (tag.kind === '=' || (tag.kind === '!' && tag.name.includes('{{'))) {
        wrong.push(where(view, tag));
      }
    }
    if (open.length > 0) {
      wrong.push(`${short(view.path)}: ${open.join(', ')} never closed`);
    }
  }
  none(wrong, 'templates');
});

test('templates escape everything they show', () => {
  none(views.flatMap((view) => view.tags.filter((tag) => tag.kind === '{' || tag.kind === '&').map((tag) => where(view, tag))), 'raw output');
});

test('templates hold nothing that the Content-Security-Policy refuses, and quote every attribute', () => {
  const wrong = [];
  for (const view of views) {
    const html = view.html.replace(/\{\{[\s\S]*?\}\}/g, (tag) => 'x'.repeat(tag.length));
    for (const [, element, rest] of html.matchAll(/<([a-z][\w-]*)((?:[^<>"]|"[^"]*")*)>/gi)) {
      const bad = element === 'style' || / style\s*=/i.test(rest) || /\son\w+\s*=/i.test(rest) || /=\s*'/.test(rest) || /=[^"\s]/.test(rest.replace(/"[^"]*"/g, '""')) ||
        /(?:href|src|action)="javascript:/i.test(rest) || /(?:src|href|action)="(?:https?:)?\/\//i.test(rest) || (element === 'script' && !/ src="/.test(rest));
      if (bad) {
        wrong.push(`${short(view.path)}: <${element}${rest}>`);
      }
    }
  }
  none(wrong, 'markup');
});

test('templates hold no language and are indented by spaces', () => {
  const wrong = [];
  for (const view of views) {
    const bare = view.html.replace(/<!doctype html>/i, '').replace(/\{\{[\s\S]*?\}\}/g, '').replace(/<[^<>]*>/g, ' ').replace(/&\w+;/g, '');
    const words = bare.match(/[A-Za-z]{2,}|[\u3400-\u9fff]+/gu) ?? [];
    const inside = [...view.html.matchAll(/ (?:alt|title|placeholder|aria-label|label)="([^"]*)"/g)].map((m) => m[1].replace(/\{\{[\s\S]*?\}\}/g, ''))
      .filter((text) => /[A-Za-z\u3400-\u9fff]{2}/u.test(text));
    const found = [...words, ...inside];
    if (found.length > 0 || /\t/.test(view.source)) {
      wrong.push(`${short(view.path)}: ${found.join(' ') || 'tab'}`);
    }
  }
  none(wrong, 'words or tabs in templates');
});

test('a page with a form of its own names it, so that the language switch can send it', () => {
  none(views.filter((view) => view.tags.some((tag) => tag.name.startsWith('form.f.')) && view.html.includes('{{> shared/head') && !/<form id="form"/.test(view.html))
    .map((view) => short(view.path)), '{{#form.f.…}} without <form id="form">');
});

test('public pages after the start have the quick exit', () => {
  none(views.filter((view) => /\/views\/(intake|track)\//.test(view.path) && !view.path.endsWith('/start.mustache') && /\{\{> shared\/head\}\}/.test(view.html))
    .map((view) => short(view.path)), 'shared/head instead of shared/head_leave');
});

test('C holds no Chinese outside comments', () => {
  /* form_normal reads dates and amounts as people write them; it shows none of its words. */
  none(sources.filter(({ path, code: text }) => !path.endsWith('/core/form_normal.c') && /[\u3400-\u9fff]/u.test(text)).map(({ path }) => short(path)), 'Chinese in C');
});

test('texts that nothing seems to use (a remark, not a failure)', (t) => {
  const named = new Set([...views, ...letters].flatMap((view) => view.tags.filter((tag) => tag.kind === '>' && tag.name.startsWith('t/')).map((tag) => tag.name.slice(2))));
  const strings = new Set(literals.map(({ text }) => text));
  const sql = files(join(root, 'sql'), '.sql').map(read).join('\n');
  /* Keys that C puts together: "desk.state.%s", "error.guard." and the like. */
  const prefixes = literals.map(({ text }) => text.match(/^([a-z]+\.[\w.]*?\.?)%/)?.[1] ?? (/^[a-z]+(\.\w+)+\.$/.test(text) ? text : null)).filter(Boolean);
  const used = (key) => named.has(key) || strings.has(key) || sql.includes(key) || prefixes.some((prefix) => key.startsWith(prefix));
  const unused = Object.keys(texts[SOURCE]).filter((key) => !used(key) && !used(key.replace(/\.(hint|next)$/, '')) && !/^(format|gate|error)\./.test(key));
  if (unused.length > 0) {
    t.diagnostic(`unused texts: ${unused.join(' ')}`);
  }
});
