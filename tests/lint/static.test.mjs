// Style sheet, modules and icons: what STYLE.md §4 and UX.md §6 and §10 ask of them, and that templates use only what is there.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'node:test';
import { gzipSync } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const folder = join(root, 'static');
const read = (path) => readFileSync(path, 'utf8');
const none = (found, what) => assert.equal(found.length, 0, `${what}:\n  ${found.join('\n  ')}`);
const modules = readdirSync(folder).filter((name) => name.endsWith('.js'));
const css = read(join(folder, 'app.css')).replace(/\/\*[\s\S]*?\*\//g, '');

function templates(path) {
  return readdirSync(path).sort().flatMap((name) => {
    const below = join(path, name);
    return statSync(below).isDirectory() ? templates(below) : name.endsWith('.mustache') ? [below] : [];
  });
}

const views = templates(join(root, 'cgi', 'views')).map((path) => ({ path: relative(root, path), html: read(path).replace(/\{\{![\s\S]*?\}\}/g, '') }));

test('the style sheet and the modules stay within their weight', () => {
  const weigh = (names) => names.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name)), { level: 9 }).length, 0);
  assert.ok(weigh(['app.css']) <= 10240, `app.css: ${weigh(['app.css'])} bytes`);
  assert.ok(weigh(modules) <= 15360, `modules: ${weigh(modules)} bytes`);
});

test('the build gives each file the name of its content and modules the names of what they load', () => {
  const out = mkdtempSync(join(tmpdir(), 'ad-static-'));
  try {
    execFileSync('sh', [join(folder, 'build.sh'), folder, join(out, 'made')]);
    const made = (name) => readFileSync(join(out, 'made', name));
    const manifest = JSON.parse(made('manifest.json'));
    assert.deepEqual(Object.keys(manifest).sort(), [...modules, 'app.css', 'icons.svg'].sort());
    for (const [name, hashed] of Object.entries(manifest)) {
      const [stem, extension] = name.split('.');
      const hash = createHash('sha256').update(made(hashed)).digest('hex').slice(0, 8);
      assert.equal(hashed, `${stem}.${hash}.${extension}`);
    }
    const loaded = [...made(manifest['app.js']).toString().matchAll(/import\('\.\/([^']+)'\)/g)].map((m) => m[1]).sort();
    assert.deepEqual(loaded, modules.filter((name) => name !== 'app.js').map((name) => manifest[name]).sort());
    assert.ok(made('favicon.svg').length > 0 && made('robots.txt').length > 0);
  } finally {
    rmSync(out, { recursive: true });
  }
});

test('the build fails above the weight', () => {
  const out = mkdtempSync(join(tmpdir(), 'ad-static-'));
  try {
    execFileSync('cp', ['-r', folder, join(out, 'src')]);
    const noise = Array.from({ length: 4000 }, (_, i) => createHash('sha256').update(String(i)).digest('hex').slice(0, 16)).join(' ');
    execFileSync('sh', ['-c', 'cat >> "$1"', 'sh', join(out, 'src', 'app.css')], { input: `/* ${noise} */` });
    assert.throws(() => execFileSync('sh', [join(folder, 'build.sh'), join(out, 'src'), join(out, 'made')], { stdio: 'pipe' }), /app\.css weighs/);
  } finally {
    rmSync(out, { recursive: true });
  }
});

test('the style sheet names no ids, forces nothing, loads nothing, and follows the direction of the text', () => {
  const wrong = css.split('\n').filter((line) => /!important|@import|url\(|^\s*#[a-z]/i.test(line) ||
    /(^|[\s{;])(margin|padding|border)-(left|right|top|bottom)\b|(^|[\s{;])(left|right|top|bottom|width|height|(min|max)-(width|height))\s*:/.test(line.replace(/@media[^{]*/, '')));
  none(wrong, 'app.css');
});

test('the style sheet answers dark, forced colours, less motion and print', () => {
  for (const wish of ['prefers-color-scheme: dark', 'forced-colors: active', 'prefers-reduced-motion', 'print', 'size: A4']) {
    assert.ok(css.includes(wish), wish);
  }
});

test('modules write text, never markup, and call nobody outside', () => {
  none(modules.filter((name) => /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|https?:\/\/(?!www\.w3\.org)|\.style\b|localStorage|document\.cookie/.test(read(join(folder, name)))), 'modules');
});

test('every class of a template has its rule', () => {
  const known = new Set([...css.matchAll(/\.(-?[a-z][\w-]*)/gi)].map((m) => m[1]));
  const wrong = [];
  for (const view of views) {
    for (const [, list] of view.html.matchAll(/ class="([^"]*)"/g)) {
      /* A class that a value completes (tag-{{tone}}) needs at least one rule that begins so. */
      for (const name of list.replace(/\{\{[#^/][^}]*\}\}/g, ' ').split(/\s+/).filter(Boolean)) {
        const stem = name.replace(/\{\{[^}]*\}\}.*/, '');
        const ok = stem === name ? known.has(name) : stem === '' || [...known].some((one) => one.startsWith(stem));
        if (!ok) {
          wrong.push(`${view.path}: ${name}`);
        }
      }
    }
  }
  none([...new Set(wrong)], 'classes without a rule in app.css');
});

test('every icon of a template is in the sprite', () => {
  const icons = new Set([...read(join(folder, 'icons.svg')).matchAll(/<symbol id="(\w+)"/g)].map((m) => m[1]));
  none(views.flatMap((view) => [...view.html.matchAll(/\{\{icons\}\}#([\w-]+)/g)].filter((m) => !icons.has(m[1])).map((m) => `${view.path}: ${m[1]}`)), 'icons');
});
