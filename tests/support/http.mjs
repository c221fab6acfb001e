// An HTTP client that behaves like a browser without scripts: cookies, forms, redirects, Origin and Fetch Metadata.  Everything can be
// overridden, because the tests also behave badly.
import http from 'node:http';
import { randomBytes } from 'node:crypto';
import * as html from './html.mjs';

/** One answer. */
export class Answer {
  constructor(request, response, body) {
    this.method = request.method;
    this.path = request.path;
    this.status = response.statusCode;
    this.headers = response.headers;
    this.rawHeaders = response.rawHeaders;
    this.bytes = body;
  }

  get body() {
    return this.bytes.toString('utf8');
  }

  /** Where a redirect leads, as a path of this site. */
  get location() {
    return this.headers.location;
  }

  get json() {
    return JSON.parse(this.body);
  }

  get title() {
    return html.title(this.body);
  }

  get text() {
    return html.text(this.body);
  }

  get forms() {
    return html.forms(this.body);
  }

  /** The form with this id, or that posts to this path, or the first that has a field of this name. */
  form(what = 'form') {
    const all = this.forms;
    const found =
      all.find((f) => f.id === what) ??
      all.find((f) => f.action === what || f.action.split('?')[0] === what) ??
      all.find((f) => f.fields.some((field) => field.name === what));
    if (!found) throw new Error(`${this.status} ${this.path} has no form "${what}": ${this.text.slice(0, 300)}`);
    return found;
  }

  /** Value of a field, whatever form it stands in; undefined when there is none. */
  value(name) {
    for (const form of this.forms) {
      const fields = form.fields.filter((f) => f.name === name);
      const chosen = fields.find((f) => !['checkbox', 'radio'].includes(f.type) || f.checked);
      if (chosen) return chosen.value;
    }
    return undefined;
  }
}

/** A file for a multipart form. */
export function file(name, content, type = 'application/octet-stream') {
  return { file: true, name, content: Buffer.from(content), type };
}

/** Pairs to application/x-www-form-urlencoded; spaces as '+', as browsers write them. */
export function urlencode(pairs) {
  return pairs.map((pair) => pair.map((s) => encodeURIComponent(s).replace(/%20/g, '+')).join('=')).join('&');
}

/** Pairs to multipart/form-data. */
export function multipart(pairs, boundary = `----aiddesk${randomBytes(12).toString('hex')}`) {
  const quote = (s) => s.replace(/"/g, '%22').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
  const parts = [];
  for (const [name, value] of pairs) {
    let head = `--${boundary}\r\nContent-Disposition: form-data; name="${quote(name)}"`;
    if (value?.file) head += `; filename="${quote(value.name)}"\r\nContent-Type: ${value.type}`;
    parts.push(Buffer.from(`${head}\r\n\r\n`), value?.file ? value.content : Buffer.from(String(value)), Buffer.from('\r\n'));
  }
  parts.push(Buffer.from(`--${boundary}--\r\n`));
  return { type: `multipart/form-data; boundary=${boundary}`, body: Buffer.concat(parts) };
}

/** Fields as pairs: {a: 'x', b: ['y', 'z']} or pairs already. */
function pairsOf(fields) {
  if (Array.isArray(fields)) return fields;
  return Object.entries(fields).flatMap(([name, value]) => (Array.isArray(value) ? value.map((v) => [name, v]) : [[name, value]]));
}

/** One person at one browser. */
export class Client {
  /** url: the service. lang: "zh-CN" or "en", sent as Accept-Language. */
  constructor(url, { lang = 'zh-CN' } = {}) {
    this.origin = new URL(url).origin;
    this.lang = lang;
    this.cookies = new Map();
    this.agent = new http.Agent({ keepAlive: false });
    this.page = null; // last HTML page, for Referer-like use in submit()
  }

  /** One request, no redirects. headers: a value of null leaves a header out. */
  request(method, path, { headers = {}, body = null } = {}) {
    const url = new URL(this.origin); // and not the path: "//desk" would be a host
    const all = {
      Host: url.host,
      Accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
      'Accept-Language': this.lang,
      ...(this.cookies.size ? { Cookie: [...this.cookies].map(([n, v]) => `${n}=${v}`).join('; ') } : {}),
      ...(method === 'GET' || method === 'HEAD' ? {} : { Origin: this.origin, 'Sec-Fetch-Site': 'same-origin' }),
      ...(body === null ? {} : { 'Content-Length': Buffer.byteLength(body) }),
      ...headers,
    };
    for (const name of Object.keys(all)) if (all[name] === null) delete all[name];
    return new Promise((resolve, reject) => {
      // `path`, not the URL object, so that strange paths are sent as they are.
      const options = { host: url.hostname, port: url.port, method, path, headers: all, agent: this.agent, timeout: 90000 };
      const request = http.request(options, (response) => {
        const pieces = [];
        response.on('data', (piece) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => {
          this.#remember(response.headers['set-cookie'] ?? []);
          resolve(new Answer({ method, path }, response, Buffer.concat(pieces)));
        });
      });
      request.on('timeout', () => request.destroy(new Error(`${method} ${path}: no answer in 90 s`)));
      request.on('error', reject);
      request.end(body ?? undefined);
    });
  }

  #remember(lines) {
    for (const line of lines) {
      const [pair, ...rest] = line.split(';');
      const at = pair.indexOf('=');
      const name = pair.slice(0, at).trim();
      const value = pair.slice(at + 1).trim();
      const gone = value === '' || rest.some((r) => /^\s*max-age=(0|-\d+)\s*$/i.test(r));
      if (gone) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }

  /** Cookie by base name, whatever prefix or port the installation adds. */
  cookie(base) {
    for (const [name, value] of this.cookies) {
      if (name === base || name === `__Host-${base}` || name === `${base}-${new URL(this.origin).port}`) return value;
    }
    return undefined;
  }

  /** GET, following redirects unless follow is false. */
  async get(path, { follow = true, ...options } = {}) {
    return this.#arrive(await this.request('GET', path, options), follow);
  }

  /** POST of fields as they are: urlencoded, or multipart when one is a file. */
  async post(path, fields, { follow = true, headers = {}, enctype = '' } = {}) {
    const pairs = pairsOf(fields);
    const many = enctype === 'multipart/form-data' || pairs.some(([, value]) => value?.file);
    const made = many ? multipart(pairs) : { type: 'application/x-www-form-urlencoded', body: urlencode(pairs.map(([n, v]) => [n, String(v)])) };
    const answer = await this.request('POST', path, { headers: { 'Content-Type': made.type, ...headers }, body: made.body });
    return this.#arrive(answer, follow);
  }

  async #arrive(first, follow) {
    let answer = first;
    for (let hops = 0; follow && [301, 302, 303, 307, 308].includes(answer.status); hops++) {
      if (hops === 10) throw new Error(`redirects without end at ${answer.path}`);
      const next = new URL(answer.location, this.origin + answer.path);
      if (next.origin !== this.origin) throw new Error(`redirect away from the service: ${answer.location}`);
      answer = await this.request('GET', next.pathname + next.search);
    }
    if (/^text\/html/.test(answer.headers['content-type'] ?? '')) this.page = answer;
    return answer;
  }

  /**
   * Fills a form of a page and presses a button.  fields: by name; text for inputs, an array for checkboxes, true for "tick the only box",
   * a file(...) for files, null to leave a field out.  button: name=value of the button that is pressed ("lang_to=en"), or the address that it
   * sends to instead ("/complaint/evidence?then=on"); default: the first one without a name.
   */
  async submit(page, what, fields = {}, { button, ...options } = {}) {
    const form = page.form(what);
    const pairs = [];
    const left = new Set(Object.keys(fields));
    for (const f of form.fields) {
      const given = Object.hasOwn(fields, f.name);
      const first = left.delete(f.name);
      if (!given) {
        if (f.type === 'file') pairs.push([f.name, file('', '')]);
        else if (!['checkbox', 'radio'].includes(f.type) || f.checked) pairs.push([f.name, f.value]);
      } else if (fields[f.name] === true) {
        if (first) pairs.push([f.name, f.value]);
      } else if (fields[f.name] !== null && first) {
        for (const value of [fields[f.name]].flat()) pairs.push([f.name, value]);
      }
    }
    if (left.size) throw new Error(`the form "${what}" of ${page.path} has no field ${[...left].join(', ')}`);
    const elsewhere = form.buttons.find((b) => b.action !== undefined && b.action === button)?.action;
    if (button?.startsWith('/') && elsewhere === undefined) throw new Error(`the form "${what}" of ${page.path} has no button to ${button}`);
    if (button !== undefined && elsewhere === undefined) {
      const at = button.indexOf('=');
      pairs.push(at < 0 ? [button, ''] : [button.slice(0, at), button.slice(at + 1)]);
    }
    const target = new URL(elsewhere ?? (form.action || page.path), this.origin + page.path);
    if (form.method === 'get') return this.get(`${target.pathname}?${urlencode(pairs)}`, options);
    return this.post(target.pathname + target.search, pairs, { enctype: form.enctype, ...options });
  }
}
