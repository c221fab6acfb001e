// Reads as much HTML as the HTTP tests need: forms with what is in them, title, text.  Our templates quote every attribute and close
// every element that needs closing, and the browser tests look at the pages with a real parser.

const named = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

/** Replaces character references. */
export function decode(text) {
  return text.replace(/&(#x[0-9a-f]+|#[0-9]+|[a-z]+);/gi, (whole, name) => {
    if (name[0] !== '#') return named[name.toLowerCase()] ?? whole;
    const code = name[1].toLowerCase() === 'x' ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
    return String.fromCodePoint(code);
  });
}

function attributes(text) {
  const found = {};
  for (const [, name, , value] of text.matchAll(/([^\s"'<>/=]+)(\s*=\s*"([^"]*)")?/g)) {
    if (!(name.toLowerCase() in found)) found[name.toLowerCase()] = decode(value ?? '');
  }
  return found;
}

/** Start tags, end tags and texts in order: {tag, attributes} | {end} | {text}. */
export function* tokens(html) {
  const pattern = /<!--[\s\S]*?-->|<!doctype[^>]*>|<\/([a-z0-9-]+)\s*>|<([a-z0-9-]+)((?:[^>"']|"[^"]*"|'[^']*')*)>/gi;
  let at = 0;
  for (const match of html.matchAll(pattern)) {
    if (match.index > at) yield { text: decode(html.slice(at, match.index)) };
    at = match.index + match[0].length;
    if (match[1]) yield { end: match[1].toLowerCase() };
    else if (match[2]) yield { tag: match[2].toLowerCase(), attributes: attributes(match[3]) };
  }
  if (at < html.length) yield { text: decode(html.slice(at)) };
}

/**
 * The forms of a page.  Each: id, action, method, enctype, fields [{name, type, value, checked, options}], buttons [{name, value, label, action}].
 * Controls outside the element that name it with `form="id"` belong to it.
 */
export function forms(html) {
  const all = [];
  const loose = [];
  let form = null;
  let area = null;
  let select = null;
  let option = null;
  let button = null;

  const owner = (a) =>
    a.form === undefined ? form?.list : { push: (control) => loose.push({ of: a.form, control }) };
  for (const token of tokens(html)) {
    if (token.text !== undefined) {
      if (area) area.value += token.text;
      if (option) option.label += token.text;
      if (button) button.label += token.text;
      continue;
    }
    const a = token.attributes;
    switch (token.tag ?? `/${token.end}`) {
      case 'form':
        form = { id: a.id ?? '', action: a.action ?? '', method: (a.method ?? 'get').toLowerCase(), enctype: a.enctype ?? '', list: [] };
        all.push(form);
        break;
      case '/form':
        form = null;
        break;
      case 'input':
        if (['submit', 'image'].includes(a.type)) owner(a)?.push({ button: true, name: a.name, value: a.value ?? '', label: a.value ?? '' });
        else if (a.name !== undefined)
          owner(a)?.push({
            name: a.name,
            type: a.type ?? 'text',
            value: a.value ?? (['checkbox', 'radio'].includes(a.type) ? 'on' : ''),
            checked: 'checked' in a,
          });
        break;
      case 'textarea':
        area = { name: a.name, type: 'textarea', value: '' };
        owner(a)?.push(area);
        break;
      case '/textarea':
        if (area) area.value = area.value.replace(/^\r?\n/, '');
        area = null;
        break;
      case 'select':
        select = { name: a.name, type: 'select', value: '', options: [] };
        owner(a)?.push(select);
        break;
      case '/select':
        if (select && select.value === '' && select.options.length) select.value = select.options[0].value;
        select = null;
        break;
      case 'option':
        option = { value: a.value ?? '', label: '' };
        select?.options.push(option);
        if (select && 'selected' in a) select.value = option.value;
        break;
      case '/option':
        option = null;
        break;
      case 'button':
        if ((a.type ?? 'submit') !== 'submit') break;
        button = { button: true, name: a.name, value: a.value ?? '', label: '', action: a.formaction };
        owner(a)?.push(button);
        break;
      case '/button':
        button = null;
        break;
    }
  }
  for (const { of, control } of loose) all.find((f) => f.id === of)?.list.push(control);
  return all.map(({ list, ...rest }) => ({
    ...rest,
    fields: list.filter((c) => !c.button),
    buttons: list.filter((c) => c.button).map((b) => ({ ...b, label: b.label.trim() })),
  }));
}

/** What a person reads: text of the body, spaces folded. */
export function text(html) {
  let out = '';
  let skip = null;
  for (const token of tokens(html)) {
    if (token.tag && ['script', 'style', 'title', 'svg'].includes(token.tag)) skip ??= token.tag;
    else if (token.end === skip) skip = null;
    else if (token.text !== undefined && !skip) out += token.text;
    else out += ' ';
  }
  return out.replace(/\s+/g, ' ').trim();
}

/** The document's title. */
export function title(html) {
  return decode(/<title>([\s\S]*?)<\/title>/.exec(html)?.[1] ?? '').trim();
}
