// The matrix of routes, roles and objects: sends every route of the route tables as every role, for the own object, for another's, for
// another's under the own case ("cross"), and for one that does not exist.  matrix-world.mjs makes the people and the objects.
import http from 'node:http';
import { besides, bodies, fieldOf } from './matrix-bodies.mjs';
import { rows } from './database.mjs';
import { multipart, urlencode } from './http.mjs';

/** Columns of the table, and whose objects A are: what the role has of its own.  Everything else is another's to it. */
export const roles = {
  anon: [], exp: [], dis: [], half: [], enrol: [], link: ['link'], cmp: ['track', 'draft'], rcpt: ['receipt'], vol: ['case', 'session'], idle: [], rec: [],
  lead: ['case', 'person', 'invitation', 'export'], lrec: ['person', 'invitation', 'export'], reg: ['export'],
};
const staff = ['vol', 'idle', 'rec', 'lead', 'lrec'];
const domains = [
  [/^desk\./, 'case'], [/^track\./, 'track'], [/^intake\./, 'draft'], [/^account\.people/, 'person'], [/^account\.invitation/, 'invitation'],
  [/^account\.session/, 'session'], [/^account\.invite\./, 'link'], [/^account\.setup/, 'nobody'], [/^report\.platforms/, 'platform'],
  [/^report\.csv/, 'platform'], [/^report\./, 'export'],
];

/** Requests that do something real with an empty body, in the order in which they are sent: after everything else, so that what they end
 * is not missed. */
const last = ['desk.claim', 'desk.conflict', 'intake.save', 'intake.discard', 'track.leave', 'account.logout'];

/** What a placeholder of a path names, as a key of the world's objects: program, the segment before it, its name. */
function keysOf(route) {
  const parts = route.path.split('/');
  const keys = parts.flatMap((part, i) => (part.startsWith('{') ? [`${route.program}.${parts[i - 1].replace(/[{}]/g, '')}.${part.replace(/[{}]/g, '')}`] : []));
  const field = fieldOf[`${route.program}.${route.name}`];
  return field ? [...keys, field[1]] : keys;
}

const owns = (role, route) => {
  const [first] = keysOf(route);
  const domain = first && domains.find(([pattern]) => pattern.test(first))[1];
  if (domain === 'platform') return route.open || role === 'reg' || staff.includes(role);
  return domain !== undefined && (roles[role].includes(domain) || domain === 'link');
};

/** Words of a fixed list, which say nothing about any object: a wrong one is tried under the own object only. */
const words = ['desk.step.event', 'desk.preview.kind', 'desk.channels.channel', 'report.csv.measure'];

/** A coordinator has every case, and staff see platforms with few cases: nothing of that kind is another's to them. */
const hasAll = (role, route) => (role === 'lead' && route.program === 'desk') || (route.path.startsWith('/reports/') && staff.includes(role));

/** The objects for which a route is sent as a role: {kind, names}; kind: plain (it names none), own, other, cross, gone,
 * word (a wrong word of the address under the own object). */
export function cases(role, route, { A, B, gone }) {
  const keys = keysOf(route);
  if (keys.length === 0) return [{ kind: 'plain', names: {} }];
  const pick = (whose) => Object.fromEntries(keys.map((key) => {
    if (!(key in whose)) throw new Error(`${route.title}: no object for ${key}: matrix-world.mjs has to make one`);
    return [key, whose[key]];
  }));
  const a = pick(A);
  const list = owns(role, route) ? [{ kind: 'own', names: a }] : [{ kind: 'other', names: a }];
  const b = pick({ ...A, ...B });
  const differs = keys.filter((key) => a[key] !== b[key]);
  if (owns(role, route) && !hasAll(role, route) && differs.length) list.push({ kind: 'other', names: b });
  if (owns(role, route) && keys.length > 1) for (const key of differs.slice(1)) list.push({ kind: 'cross', names: { ...a, [key]: b[key] } });
  for (const key of keys.filter((k) => owns(role, route) || !words.includes(k))) {
    list.push({ kind: words.includes(key) && keys.length > 1 ? 'word' : 'gone', names: { ...a, [key]: pick(gone)[key] } });
  }
  return list;
}

/** What differs between two requests although nothing else does: the number of the request, the tokens of forms, ids made for a form, and
 * the names of the objects themselves, which stand in the address and so in links and forms. */
export function comparable(body, names) {
  let text = body;
  for (const name of Object.values(names).sort((a, b) => b.length - a.length)) if (name.length > 3) text = text.replaceAll(name, 'NAME');
  return text.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID').replace(/(?<![\w-])[\w-]{54}(?![\w-])/g, 'TOKEN')
    .replace(/\b[0-9a-f]{16}\b/g, 'REQUEST');
}

/** One person's browser as it is now: what answers set or end stays out of it, so that the order of requests does not matter. */
class Browser {
  constructor(client) {
    this.origin = new URL(client.origin);
    this.cookies = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    this.tokens = {};
  }

  /** Sends a route; fields: the body of a POST. */
  send(route, names, fields) {
    const left = Object.values(names);
    const path = route.path.replace(/\{\w+\}/g, () => encodeURIComponent(left.shift()));
    const plain = () => ({ type: 'application/x-www-form-urlencoded', body: urlencode(fields.map(([n, v]) => [n, String(v)])) });
    const made = fields && (route.flags.includes('STREAM') ? multipart(fields) : plain());
    const headers = { Host: this.origin.host, Accept: 'text/html', 'Accept-Language': 'zh-CN' };
    if (this.cookies) headers.Cookie = this.cookies;
    if (made) {
      const length = Buffer.byteLength(made.body);
      Object.assign(headers, { Origin: this.origin.origin, 'Sec-Fetch-Site': 'same-origin', 'Content-Type': made.type, 'Content-Length': length });
    }
    return new Promise((resolve, reject) => {
      const options = { host: this.origin.hostname, port: this.origin.port, method: route.method, path, headers, agent: this.agent, timeout: 60000 };
      const request = http.request(options, (response) => {
        const pieces = [];
        response.on('data', (piece) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode, body: Buffer.concat(pieces).toString('utf8'), location: response.headers.location }));
      });
      request.on('timeout', () => request.destroy(new Error(`${route.title}: no answer`)));
      request.on('error', reject);
      request.end(made?.body);
    });
  }
}

/** Pages of each program, the first one that a role may open gives it the tokens of the program. */
const doors = {
  intake: ['/complaint/platform', '/complaint/receipt'], track: ['/track/case', '/track'], account: ['/account', '/account/totp', '/login/code', '/login'],
  desk: ['/desk'], report: ['/exports', '/reports'],
};

async function browser(client) {
  const tokens = {};
  for (const [program, pages] of Object.entries(doors)) {
    for (const page of pages) {
      const answer = await client.get(page, { headers: { Accept: 'application/json' }, follow: false });
      if (answer.status !== 200) continue;
      tokens[program] = answer.json.csrf ?? {};
      break;
    }
  }
  const made = new Browser(client);
  made.tokens = tokens;
  return made;
}

const pairs = (fields) => Object.entries(fields ?? {});
const nameOf = (route) => `${route.program}.${route.name}`;

/** The status as the table writes it; a redirect as where it leads. */
export function code(answer) {
  if (answer.status < 300 || answer.status >= 400) return String(answer.status);
  const where = new URL(answer.location, 'http://x').pathname.split('/');
  return `>${where.map((part) => (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(part) ? '{id}' : /^AD\d\d-\d{6}$/.test(part) ? '{n}' : part)).join('/')}`;
}

/** What the tables of people and cases hold, by table.  Left out: what every request may touch (sessions, counters of tries, the worker's
 * pulse), and the note that somebody opened a case, which the page that comes back with a refusal makes too. */
export async function contents() {
  const tables = (await rows(`select t.tablename as name from pg_tables t where t.schemaname = 'core'
    and t.tablename not in ('session', 'track_session', 'attempt', 'heartbeat', 'known_device') order by 1`)).map((t) => t.name);
  const one = (name) => `select '${name}' as name, md5(coalesce(string_agg(md5(t::text), '' order by md5(t::text)), '')) as sum
    from core.${name} t ${name === 'event' ? "where t.type <> 'opened'" : ''}`;
  return Object.fromEntries((await rows(tables.map(one).join(' union all '))).map((t) => [t.name, t.sum]));
}

/** Sends everything.  Gives the answers as {route, role, kind, names, answer}, those to wrong tokens as {route, role, answer} and the
 * contents of the tables before and after what may change nothing. */
export async function sweep(routes, { clients, objects }) {
  const browsers = Object.fromEntries(await Promise.all(Object.entries(clients).map(async ([role, client]) => [role, await browser(client)])));
  const answers = [];
  const refused = [];
  const token = (role, route) => {
    const text = browsers[role].tokens[route.program]?.[route.name];
    return text === undefined ? [] : [['csrf', text]];
  };
  const ask = async (role, route, one, fields) => {
    answers.push({ route, role, kind: one.kind, names: one.names, answer: await browsers[role].send(route, one.names, fields) });
  };
  const filled = (route, one) => {
    const field = fieldOf[nameOf(route)];
    return [...pairs(bodies[nameOf(route)]), ...(field ? [[field[0], one.names[field[1]]]] : [])];
  };
  const isOwn = (one) => ['plain', 'own'].includes(one.kind);
  const inParallel = (work) => Promise.all(Object.keys(roles).map(work));
  const posts = routes.filter((route) => route.method === 'POST');

  await inParallel(async (role) => {
    for (const route of routes) if (route.method === 'GET') for (const one of cases(role, route, objects)) await ask(role, route, one);
  });

  const before = await contents();
  await inParallel(async (role) => {
    for (const route of posts) {
      for (const one of cases(role, route, objects).filter((c) => !isOwn(c))) {
        if (!bodies[nameOf(route)]) throw new Error(`${route.title}: no body in matrix-bodies.mjs`);
        await ask(role, route, one, [...token(role, route), ...filled(route, one)]);
      }
    }
  });
  // As somebody who may: no token, one that was made up, the one of another form, the one of somebody else's page.
  for (const route of posts.filter((r) => !r.flags.includes('NO_CSRF'))) {
    const able = ['vol', 'cmp', 'half', 'enrol', 'lead', 'reg', 'anon']
      .find((role) => token(role, route).length && (keysOf(route).length === 0 || owns(role, route)));
    if (able === undefined) continue;
    const [one] = cases(able, route, objects);
    const mine = browsers[able].tokens[route.program];
    const others = Object.keys(roles).filter((role) => role !== able && token(role, route).length).map((role) => token(role, route)[0][1]);
    const elsewhere = Object.entries(mine).find(([name]) => name !== route.name)?.[1];
    const wrong = [undefined, 'A'.repeat(54), elsewhere, others.find((text) => text !== mine[route.name])];
    for (const [i, text] of wrong.entries()) {
      if (i > 0 && text === undefined) continue;
      refused.push({ route, role: able, answer: await browsers[able].send(route, one.names, [...(text ? [['csrf', text]] : []), ...filled(route, one)]) });
    }
  }
  const borrowed = [];
  for (const [name, role, field, key, more] of besides) {
    const route = posts.find((r) => nameOf(r) === name);
    const [one] = cases(role, route, objects);
    const page = await browsers[role].send({ ...route, method: 'GET', flags: [] }, one.names);
    const [stored] = await rows(`select version from core.case_file where case_no = '${objects.A['desk.cases.n']}'`);
    const version = /name="version" value="(\d+)"/.exec(page.body)?.[1] ?? stored.version;
    const body = Object.entries({ ...bodies[name], ...more, ...('version' in bodies[name] ? { version } : {}) }).filter(([n, v]) => n !== field && v !== null);
    for (const whose of ['B', 'gone']) {
      const object = objects[whose][key];
      const answer = await browsers[role].send(route, one.names, [...token(role, route), ...body, [field, object]]);
      borrowed.push({ route, role, kind: whose, names: { ...one.names, object }, field, answer });
    }
  }
  const after = await contents();

  const rank = (route) => last.indexOf(nameOf(route));
  const ordered = [...posts].sort((a, b) => rank(a) - rank(b));
  const turns = [ordered.filter((r) => rank(r) < 0), ...ordered.filter((r) => rank(r) >= 0).map((r) => [r])];
  for (const turn of turns) {
    for (const role of Object.keys(roles)) {
      for (const route of turn) for (const one of cases(role, route, objects).filter(isOwn)) await ask(role, route, one, token(role, route));
    }
  }
  for (const one of Object.values(browsers)) one.agent.destroy();
  return { answers, refused, borrowed, before, after };
}

const unique = (list) => [...new Set(list)];

/** A status in the table: of where a redirect leads, the last part, and what a placeholder there belongs to. */
const short = (text) => text.replace(/^>.*?([^/]*(\/\{\w+\})*)$/, (whole, end) => (end === '' ? whole : `>${end}`));

/** The lines of the table: a route each, a cell for each role. */
export function table(routes, { answers, refused }) {
  const heads = [...Object.keys(roles), 'csrf'];
  const lines = routes.map((route) => {
    const cells = Object.keys(roles).map((role) => {
      const mine = answers.filter((a) => a.route === route && a.role === role);
      const part = (own) => unique(mine.filter((a) => ['plain', 'own'].includes(a.kind) === own).map((a) => short(code(a.answer)))).join(',');
      return unique([part(true), part(false)].filter(Boolean)).join('/');
    });
    const csrf = unique(refused.filter((a) => a.route === route).map((a) => code(a.answer))).join(',');
    return [route.title, ...cells, csrf || '.'];
  });
  // Each program has columns as wide as it needs.
  return unique(routes.map((route) => route.program)).flatMap((program) => {
    const all = [[`# ${program}`, ...heads], ...lines.filter(([title]) => title.startsWith(`${program} `))];
    const widths = all[0].map((_, i) => Math.max(...all.map((line) => line[i].length)));
    return ['#', ...all.map((line) => line.map((cell, i) => cell.padEnd(widths[i])).join(' ').trimEnd())];
  });
}
