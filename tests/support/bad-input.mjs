// Bad input of every kind for any form of any page.  It reads the form from the page, so a new form needs one line in a list of pages and
// nothing here.  What must hold: the answer is never a 5xx; a form that is refused comes back with everything typed, the title says
// that there is an error, and every line of the summary leads to something on the page with the same sentence beside it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { decode } from './html.mjs';
import { multipart, urlencode } from './http.mjs';

const typedTypes = ['text', 'textarea', 'tel', 'email', 'url', 'search', 'number'];
const isTyped = (field) => typedTypes.includes(field.type);
const isChoice = (field) => ['radio', 'checkbox', 'select'].includes(field.type);
const filler = '保留𠮷龘7';

/** Forms of a page that people fill in. */
export const filledForms = (page) => page.forms.filter((form) => form.method === 'post' && form.fields.some((f) => isTyped(f) || isChoice(f) || f.type === 'password' || f.type === 'file'));

/** What an untouched browser would send, with a filler in every empty line of text, and never a good password or a file. */
function start(form) {
  const pairs = [];
  for (const f of form.fields) {
    if (isTyped(f)) pairs.push([f.name, f.value === '' ? filler : f.value]);
    else if (f.type === 'password') pairs.push([f.name, 'short']);
    else if (f.type === 'select') pairs.push([f.name, f.value]);
    else if (f.type === 'file') continue;
    else if (!['radio', 'checkbox'].includes(f.type) || f.checked) pairs.push([f.name, f.value]);
  }
  return pairs;
}

const replaced = (pairs, name, value) => [...pairs.filter(([n]) => n !== name), ...(value === null ? [] : [[name, value]])];

/** Every attack on one form: {what, pairs | raw, field, status, kept}. */
function* attacks(form, full) {
  const base = start(form);
  const names = [...new Map(form.fields.map((f) => [f.name, f])).values()].filter((f) => f.name !== 'csrf');
  const csrf = base.filter(([n]) => n === 'csrf');
  yield { what: 'nothing but the token', pairs: csrf };
  for (const field of names) {
    if (isTyped(field)) {
      yield { what: `${field.name} too long`, pairs: replaced(base, field.name, 'x'.repeat(20000)), field: field.name, wrong: true };
      yield { what: `${field.name} with a control character`, pairs: replaced(base, field.name, 'a\u0001b'), field: field.name, wrong: true };
      yield { what: `${field.name} with markup`, pairs: replaced(base, field.name, '"><b>\'&amp;{{x}}</b>'), field: field.name };
      if (!full) continue;
      for (const odd of ['𠮷龘㐂', '😀👨‍👩‍👧', '１２３４', '-1', '99999999999999999999999', '2026-02-30', '\u202eabc', ' \u3000 ', "'; drop table x --"]) {
        yield { what: `${field.name} = ${odd}`, pairs: replaced(base, field.name, odd), field: field.name };
      }
    } else if (isChoice(field)) {
      yield { what: `${field.name} of no choice`, pairs: replaced(base, field.name, 'no_such'), field: field.name, choice: true };
      if (!full) continue;
      for (const odd of ['<b>', 'x'.repeat(300), '龘', '']) yield { what: `${field.name} = ${odd.slice(0, 9)}`, pairs: replaced(base, field.name, odd), field: field.name, choice: true };
    } else if (field.type === 'password') {
      yield { what: `${field.name} too long`, pairs: replaced(base, field.name, 'p'.repeat(3000)), field: field.name, wrong: true };
      yield { what: `${field.name} empty`, pairs: replaced(base, field.name, ''), field: field.name, wrong: true };
    } else if (field.type === 'hidden') {
      for (const odd of full ? ['', 'x', '-1', '99999999999999999999999', '龘', '\u0001'] : ['x']) {
        yield { what: `hidden ${field.name} = ${odd}`, pairs: replaced(base, field.name, odd) };
      }
      yield { what: `hidden ${field.name} missing`, pairs: replaced(base, field.name, null) };
    }
  }
  const first = names.find((f) => isTyped(f));
  const single = first ?? names.find((f) => f.type !== 'checkbox' && f.type !== 'file');
  if (single) yield { what: `${single.name} repeated`, pairs: [...replaced(base, single.name, filler), [single.name, 'again']], status: [400], oneOf: single.name };
  yield { what: 'a parameter nobody knows', pairs: [...base, ['nobody_knows', '1']], status: [400] };
  yield { what: 'a forged token', pairs: replaced(base, 'csrf', 'forged'), status: [400, 403] };
  yield { what: 'no token', pairs: replaced(base, 'csrf', null), status: [400, 403] };
  if (form.enctype === 'multipart/form-data') {
    yield { what: 'no multipart at all', raw: urlencode(base), type: 'application/x-www-form-urlencoded', status: [400, 415] };
    yield { what: 'a body cut short', raw: multipart(base).body.subarray(0, -20), type: multipart(base, 'cut').type, status: [400] };
    yield { what: 'a boundary that is none', raw: 'x', type: 'multipart/form-data; boundary=', status: [400, 415] };
    const made = multipart(base);
    yield { what: 'NUL in a part', raw: Buffer.concat([made.body.subarray(0, made.body.indexOf('\r\n\r\n') + 4), Buffer.from([0]), made.body.subarray(made.body.indexOf('\r\n\r\n') + 4)]), type: made.type, status: [400, 403] };
    return;
  }
  const text = urlencode(base);
  if (first) {
    const rest = urlencode(replaced(base, first.name, null));
    yield { what: 'bad UTF-8', raw: `${rest}&${first.name}=AAA%FFBBB`, status: [400], kept: ['AAA'] };
    yield { what: 'bytes that are no UTF-8', raw: Buffer.concat([Buffer.from(`${rest}&${first.name}=AAA`), Buffer.from([0xff, 0xfe])]), status: [400], kept: ['AAA'] };
    yield { what: 'NUL', raw: `${rest}&${first.name}=AAA%00`, status: [400], kept: ['AAA'] };
    yield { what: 'a lone surrogate', raw: `${rest}&${first.name}=AAA%ED%A0%80`, status: [400], kept: ['AAA'] };
    yield { what: 'a broken escape', raw: `${rest}&${first.name}=AAA%zz`, status: [400], kept: ['AAA'] };
    yield { what: 'a big body', raw: `${rest}&${first.name}=AAA&nobody=${'x'.repeat(70000)}`, status: [400, 413], kept: ['AAA'] };
  }
  yield { what: 'a huge body', raw: `${text}&x=${'x'.repeat(1 << 20)}`, status: [413] };
  yield { what: 'a thousand parameters', raw: `${text}${'&a=1'.repeat(1000)}`, status: [400, 413] };
  yield { what: 'JSON', raw: '{"a":1}', type: 'application/json', status: [400, 403, 415] };
  yield { what: 'plain text', raw: text, type: 'text/plain', status: [400, 403, 415] };
  yield { what: 'no type', raw: text, type: null, status: [400, 403, 415] };
  yield { what: 'multipart instead', raw: multipart(base).body, type: multipart(base, 'no').type, status: [400, 403, 415] };
}

/** Whether something that was typed stands on the page again: in its field, or among what an error page repeats. */
function keeps(page, form, name, typed) {
  const back = page.forms.flatMap((f) => f.fields).filter((f) => f.name === name);
  const whole = decode(page.body);
  return back.some((f) => f.value === typed || f.value === typed.trim()) || (typed.trim() === '' ? true : whole.includes(typed));
}

function check(page, form, attack, where, lang, conditional) {
  const name = `${where}: ${attack.what}`;
  const said = `${page.status} ${page.path} ${page.text.slice(0, 300)}`;
  assert.ok(page.status < 500, `${name}: ${said}`);
  const over = [401, 410].includes(page.status); // what the page hung on has ended meanwhile
  if (attack.status) assert.ok(over || attack.status.includes(page.status), `${name}: ${said}`);
  if (page.status < 400) {
    assert.ok(!attack.wrong || conditional.test(attack.field), `${name} was taken: ${said}`);
    return;
  }
  if (!/^text\/html/.test(page.headers['content-type'] ?? '')) return;
  if (page.status === 413 && page.body.includes('/errors/error.css')) return; // nginx itself; what was typed never reached a program
  for (const typed of attack.kept ?? []) assert.ok(decode(page.body).includes(typed), `${name}: "${typed}" is lost: ${said}`);
  const secret = new Set(form.fields.filter((f) => f.type === 'password').map((f) => f.name));
  for (const [field, typed] of attack.pairs ?? []) {
    const mine = form.fields.find((f) => f.name === field);
    if (conditional.test(field)) continue;
    if (field === attack.oneOf && typed === 'again') continue; // one line shows one of two
    if (mine && isTyped(mine)) assert.ok(keeps(page, form, field, typed), `${name}: what was typed in ${field} is lost: ${said}`);
  }
  for (const field of page.forms.flatMap((f) => f.fields)) if (secret.has(field.name)) assert.equal(field.value, '', `${name}: a password came back`);
  // A page of its own, with what was typed, where the form is no longer there: the case is somebody else's, or its state has moved on.
  if (page.status !== 422 || !page.forms.some((f) => f.method === 'post' && f.action === form.action)) return;
  // A choice that only the database knows to be none (no page offers it) may be said above the form.
  if (attack.choice && !page.body.includes('class="errors"') && page.body.includes('notice-warn')) return;
  assert.match(page.title, lang === 'en' ? /^Error: / : /^错误：/, name);
  const links = [...page.body.matchAll(/<li><a href="#([^"]+)">([^<]+)<\/a><\/li>/g)];
  assert.ok(links.length > 0, `${name}: no summary: ${said}`);
  for (const [, id, sentence] of links) {
    assert.match(page.body, new RegExp(`id="${id.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}"`), `${name}: the summary leads to #${id}, which is not there`);
    assert.ok(page.body.split(sentence).length > 2, `${name}: "${sentence}" stands only in the summary`);
    if (lang === 'en') assert.doesNotMatch(decode(sentence).replaceAll(/[“"«][^”"»]*[”"»]/g, ''), /[\u4e00-\u9fff]/, `${name}: Chinese in an English message`);
  }
  if (attack.field && attack.wrong && !conditional.test(attack.field)) assert.match(page.body, new RegExp(`id="f-${attack.field}-error"`), `${name}: no message of its own: ${said}`);
}

/**
 * Attacks every form of a page.  open: async () => page, called again whenever the last answer led away.  full: all attacks, else the
 * short list.  conditional: names of fields that count only after another answer.  Returns how many requests it made.
 */
export async function attack(client, where, open, { lang = 'zh-CN', full = true, conditional = /^$/ } = {}) {
  let n = 0;
  const first = await open();
  assert.equal(first.status, 200, `${where}: ${first.status} ${first.path} ${first.text.slice(0, 200)}`);
  const forms = filledForms(first);
  assert.ok(forms.length > 0, `${where}: no form: ${first.path} ${first.text.slice(0, 200)}`);
  for (const { action } of forms) {
    let page = await open();
    const find = (one) => filledForms(one).find((f) => f.action === action);
    const count = [...attacks(find(page), full)].length;
    for (let i = 0; i < count; i++) {
      let form = find(page);
      if (!form) {
        page = await open();
        form = find(page);
        if (!form) break; // an attack was a good input, and the form has done its work
      }
      const one = [...attacks(form, full)][i];
      if (!one) break;
      const target = new URL(form.action || page.path, client.origin + page.path).pathname;
      const answer = one.raw === undefined
        ? await client.post(target, one.pairs, { enctype: form.enctype })
        : await client.request('POST', target, { headers: { 'Content-Type': one.type === undefined ? 'application/x-www-form-urlencoded' : one.type }, body: one.raw });
      n += 1;
      check(answer, form, one, `${where} ${action}`, lang, conditional);
    }
  }
  for (const query of ['a=1&a=2', 'x=%FF', 'x=%00', '%zz', 'lang=klingon', `x=${'y'.repeat(3000)}`]) {
    const page = await client.get(`${first.path.split('?')[0]}?${query}`);
    n += 1;
    assert.ok(page.status < 500, `${where}?${query.slice(0, 20)}: ${page.status}`);
  }
  return n;
}

/**
 * One test a page and language.  pages: [name, person, address]: person(lang) gives a client that may open it, address is a path or gives
 * one; both are asked again when an attack that was good input has led away.  before: what each test begins with.
 */
export function stands(pages, before = async () => {}) {
  for (const lang of ['zh-CN', 'en']) {
    for (const [name, person, address] of pages) {
      test(`${name}_stands_bad_input_in_${lang}`.replaceAll(' ', '_'), async () => {
        await before();
        let client = await person(lang);
        const proxy = { origin: client.origin, get: (...a) => client.get(...a), post: (...a) => client.post(...a), request: (...a) => client.request(...a) };
        const where = async () => (typeof address === 'string' ? address : address());
        const open = async () => {
          const path = await where();
          let page = await client.get(path);
          if (page.status !== 200 || page.path.split('?')[0] !== path.split('?')[0]) {
            client = await person(lang);
            page = await client.get(await where());
          }
          return page;
        };
        const n = await attack(proxy, name, open, { lang, full: lang === 'zh-CN', conditional: name === 'contact' ? /^(guardian_|agent_|age_|mobile|email)/ : name === 'check' ? /^website$/ : /^$/ });
        assert.ok(n > 15, `only ${n} requests`);
      });
    }
  }
}
