// nginx's configuration, where one forgotten line opens a hole (SECURITY.md, findings 6, 9, 10, 11).
import assert from 'node:assert/strict';
import test from 'node:test';
import { files, read } from './tree.mjs';

const configuration = files(/^ops\/nginx\/.*\.conf\.in$/);
const bare = (name) => read(name).replace(/^\s*#.*$/gm, '');
const locations = configuration.flatMap((name) =>
  [...bare(name).matchAll(/location\s+([^{]*?(?:"[^"]*")?)\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}/g)].map((m) => ({ name, at: m[1].trim(), body: m[2] })));

test('every_location_sends_the_security_headers', () => {
  assert.ok(locations.length >= 20);
  const wrong = locations.filter((l) => !/include @ETC@\/nginx\/(headers|headers-static|page|upload)\.conf;/.test(l.body));
  assert.deepEqual(wrong.map((l) => `${l.name}: ${l.at}`), []);
  for (const name of ['page', 'upload']) assert.match(bare(`ops/nginx/${name}.conf.in`), /include @ETC@\/nginx\/headers\.conf;/);
});

test('headers_are_sent_with_errors_too', () => {
  const wrong = configuration.flatMap((name) => [...bare(name).matchAll(/add_header [^;]*?;/g)].filter((m) => !/\balways;$/.test(m[0])).map((m) => `${name}: ${m[0]}`));
  assert.deepEqual(wrong, []);
});

test('no_header_makes_forms_lose_their_origin', () => {
  for (const name of configuration) assert.doesNotMatch(bare(name), /no-referrer/);
});

test('programs_get_listed_parameters_of_cacheable_variables_only', () => {
  const allowed = /^\$(request_method|request_uri|content_type|content_length|remote_addr|http_(accept|accept_language|origin|sec_fetch_site)|aiddesk_(query|cookies_[a-z]+))$/;
  const all = configuration.flatMap((name) => [...bare(name).matchAll(/fastcgi_param\s+(\S+)\s+([^\s;]+)/g)].map((m) => [m[1], m[2]]));
  assert.ok(all.length >= 10);
  assert.deepEqual(all.filter(([, value]) => !allowed.test(value)), []);
  assert.match(bare('ops/nginx/fastcgi.conf.in'), /fastcgi_pass_request_headers off;/);
  for (const name of configuration) assert.doesNotMatch(bare(name), /include\s+\S*fastcgi_params/);
});

test('every_location_of_a_program_passes_that_programs_cookies', () => {
  for (const { at, body } of locations.filter((l) => /fastcgi_pass/.test(l.body))) {
    const program = /fastcgi_pass \$?aiddesk_([a-z]+?)(_upload|_pool)?;/.exec(body)?.[1];
    const cookies = /fastcgi_param HTTP_COOKIE \$aiddesk_cookies_([a-z]+) if_not_empty;/.exec(body)?.[1];
    if (at === '^~ /health/') assert.equal(cookies, undefined);
    else assert.equal(cookies, program, at);
  }
});

test('cookies_passed_are_the_cookies_of_the_programs', () => {
  const text = read('ops/lib/web.sh');
  for (const name of files(/^cgi\/(intake|track|account|desk|report)\/main\.c$/)) {
    const program = name.split('/')[1];
    const own = /cookies\[\]\s*=\s*\{([^}]*)\}/.exec(read(name))?.[1] ?? '';
    const declared = [...own.matchAll(/"([a-z]+)"/g)].map((m) => m[1]).filter((c) => c !== 'lang').sort();
    const passed = new RegExp(`\\[${program}\\]='([^']*)'`).exec(text)[1].split(' ').sort();
    assert.deepEqual(passed, declared, program);
  }
});

test('logs_hold_no_address_of_a_page', () => {
  const format = /log_format aiddesk[\s\S]*?;\n/.exec(bare('ops/nginx/nginx.conf.in'))[0];
  assert.doesNotMatch(format, /\$(request|request_uri|uri|args|query_string|http_|remote_addr|remote_user|cookie)\b/);
  for (const { at, body } of locations.filter((l) => /[(/](sign|setup|invite)\b/.test(l.at))) {
    assert.match(body, /access_log off;/, at);
    assert.match(body, /error_log \/dev\/null crit;/, at);
  }
});

test('one_request_a_connection_and_bodies_collected_first', () => {
  const text = bare('ops/nginx/fastcgi.conf.in');
  assert.match(text, /fastcgi_keep_conn off;/);
  assert.match(text, /fastcgi_request_buffering on;/);
});

test('bodies_of_pages_fit_into_memory', () => {
  const text = bare('ops/nginx/nginx.conf.in');
  assert.equal(/client_max_body_size (\S+);/.exec(text)[1], /client_body_buffer_size (\S+);/.exec(text)[1]);
  assert.match(text, /client_body_temp_path @TEMP@/);
  assert.match(text, /fastcgi_temp_path @TEMP@/);
});

/** The location that nginx chooses for a path: exact, then the longest prefix if it forbids expressions, then the first expression. */
function locationOf(where) {
  const all = locations.filter((l) => l.name === 'ops/nginx/server.conf.in').map((l) => {
    const [kind, pattern] = /^(=|\^~|~)?\s*"?([^"]*)"?$/.exec(l.at).slice(1);
    return { ...l, kind: kind ?? '', pattern };
  });
  const exact = all.find((l) => l.kind === '=' && l.pattern === where);
  if (exact) return exact;
  const prefixes = all.filter((l) => ['', '^~'].includes(l.kind) && where.startsWith(l.pattern));
  const longest = prefixes.sort((a, b) => b.pattern.length - a.pattern.length)[0];
  if (longest.kind === '^~') return longest;
  return all.find((l) => l.kind === '~' && new RegExp(l.pattern).test(where)) ?? longest;
}

const routes = files(/^cgi\/(intake|track|account|desk|report)\/.*\.c$/).flatMap((name) =>
  [...read(name).matchAll(/\.path = "([^"]+)"[\s\S]*?(?=\n\s*\{\s*\.name|\n\};)/g)].map((m) => ({
    program: name.split('/')[1], path: m[1].replace(/\{[^}]*\}/g, 'x1'), upload: /ROUTE_UPLOAD/.test(m[0]) })));

test('every_route_is_reached_through_nginx', () => {
  assert.ok(routes.length > 20);
  const wrong = routes.filter(({ program, path, upload }) => {
    const { body } = locationOf(path);
    const target = /fastcgi_pass \$?aiddesk_([a-z]+?)(_pool)?;/.exec(body);
    return target?.[1] !== program || (upload && target[2] !== '_pool');
  });
  assert.deepEqual(wrong, []);
});
