// Every route of the route tables as every role, for the own object, another's and a missing one, compared with a checked-in table.
// Permission is decided in the table of routes for the page and in SQL for the data; this is where both are seen together.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { root } from '../support/installation.mjs';
import { code, comparable, roles, sweep, table } from '../support/matrix.mjs';
import { world } from '../support/matrix-world.mjs';
import { ownStack } from '../support/people.mjs';
import { routes as read } from '../support/routes.mjs';

const place = path.join(root, 'tests/http/matrix.expected');
const routes = await read();
const { url } = await ownStack();
const made = await world(url);
const found = await sweep(routes, made);
const { answers, refused } = found;
const lines = table(routes, found);

const header = `# What every route answers to every role: status, or > and the end of where a redirect leads.  Made by matrix-update, read by people.
#
# own/others: before the slash the role's own object (POST: with an empty body and a good token), or a route that names no object; behind it
# every object that is not: another's, another's under the own case, and a missing one (POST: with a well-formed body), last a wrong word
# of the address (a channel, a step, a kind of paper that is none).  One value: all alike.
#
# anon   nobody in particular              vol   volunteer who has case A
# exp    sessions, draft and code ran out  idle  volunteer without a case
# dis    disabled volunteer                rec   volunteer who recused from A
# half   before the second factor          lead  coordinator: every case is the own one
# enrol  coordinator without a factor yet  lrec  coordinator in conflict with the platform of A
# link   opened an invitation              reg   regulator
# cmp    complainant of A, and a draft     rcpt  has just submitted: draft and receipt
# csrf   as one who may, without token and with a wrong one
`;
/** Lines without comments and however wide their columns are. */
const rowsOf = (all) => all.filter((line) => line !== '' && !/^#( |$)/.test(line)).map((line) => line.replace(/ +/g, ' '));
const stored = () => readFile(place, 'utf8').then((text) => rowsOf(text.split('\n')), () => []);
const plain = rowsOf(lines);
if (process.env.AIDDESK_MATRIX === 'write') await writeFile(place, `${header}${lines.join('\n')}\n`);

const where = (a) => `${a.route.title} as ${a.role}, ${a.kind ?? 'wrong token'}: ${code(a.answer)}`;
const none = (list, why) => assert.deepEqual(list.map((a) => (typeof a === 'string' ? a : where(a))), [], why);
/** Kinds of objects of which nobody may learn whether they exist. */
const secret = ['other', 'cross', 'gone'];
const of = (role) => answers.filter((a) => a.role === role);

test('every_route_has_a_line_and_every_line_a_route', async () => {
  const nameOf = (line) => line.split(' ').slice(0, 3).join(' ');
  const known = (await stored()).map(nameOf);
  const titles = plain.map(nameOf);
  none(titles.filter((one) => !known.includes(one)), 'routes without a line in matrix.expected: run tests/http/matrix-update, and review what it writes');
  none(known.filter((one) => !titles.includes(one)), 'lines of matrix.expected whose route is gone: run tests/http/matrix-update');
});

test('every_answer_is_the_expected_one', async () => {
  const known = await stored();
  const without = (list, other, sign) => list.filter((line) => !other.includes(line)).map((line) => `${sign} ${line}`);
  const diff = [...without(known, plain, '-'), ...without(plain, known, '+')].sort((a, b) => (a.slice(2) < b.slice(2) ? -1 : 1));
  none(diff, `columns: ${Object.keys(roles).join(' ')} csrf; when this is meant, run tests/http/matrix-update, and review every line that changes`);
});

test('anothers_and_missing_objects_are_answered_alike', () => {
  const groups = new Map();
  for (const a of answers) {
    if (!secret.includes(a.kind)) continue;
    const name = `${a.route.title} as ${a.role}`;
    groups.set(name, [...(groups.get(name) ?? []), { ...a, text: `${code(a.answer)}\n${comparable(a.answer.body, a.names)}` }]);
  }
  assert.ok(groups.size > 500, `only ${groups.size}`);
  const unlike = [...groups].flatMap(([name, [first, ...rest]]) => rest.filter((a) => a.text !== first.text)
    .map((a) => `${name}: ${first.kind} ${code(first.answer)}, ${a.kind} ${code(a.answer)}`));
  none(unlike, 'the answer tells whether it exists');
});

test('another_cases_object_in_a_field_is_like_a_missing_one', () => {
  const text = (a) => `${code(a.answer)}\n${comparable(a.answer.body, a.names)}`;
  for (let i = 0; i < found.borrowed.length; i += 2) {
    const [theirs, missing] = found.borrowed.slice(i);
    // Not for another reason, such as a version that has passed.
    assert.ok([404, 422].includes(theirs.answer.status), `${where(theirs)}, ${theirs.field}`);
    assert.equal(text(theirs), text(missing), `${where(theirs)}, ${theirs.field}`);
  }
});

test('another_persons_object_is_not_found_whoever_asks', () => {
  // With a body that the form takes, what is refused is the object and nothing else.
  const signedIn = ['vol', 'idle', 'rec', 'lead', 'lrec', 'reg'];
  none(answers.filter((a) => signedIn.includes(a.role) && a.route.program === 'desk' && secret.includes(a.kind) && a.answer.status !== 404));
});

test('nothing_fails', () => none([...answers, ...refused].filter((a) => a.answer.status >= 500)));

test('nobody_in_particular_gets_only_what_is_for_everybody', () => {
  none(of('anon').filter((a) => !a.route.open && (a.answer.status < 300 || (a.answer.status < 400 && !['>/login', '>/track'].includes(code(a.answer))))));
});

test('who_is_signed_out_disabled_or_half_signed_in_is_nobody_in_particular', () => {
  const name = (a) => `${a.route.title} ${a.kind} ${Object.values(a.names)}`;
  const nobody = new Map(of('anon').map((a) => [name(a), a]));
  // The draft's cookie alone may throw the draft away or say that the code is saved: there is nothing left that it could open.
  const gone = ['intake.discard', 'intake.saved'];
  const differs = (a) => code(a.answer) !== code(nobody.get(name(a)).answer) && !gone.includes(`${a.route.program}.${a.route.name}`);
  for (const role of ['exp', 'dis']) none(of(role).filter(differs), role);
  // Pages too: a form that comes back to somebody before the second factor holds nothing but what was typed.
  const text = (a) => comparable(a.answer.body, a.names);
  for (const role of ['half', 'enrol']) {
    // What is theirs is the way to the second factor.
    const theirs = (a) => a.route.program === 'account' && /^\/(login\/code|account\/totp)/.test(a.route.path);
    const closed = of(role).filter((a) => !a.route.open && !theirs(a));
    none(closed.filter((a) => differs(a) || (a.answer.status >= 400 && text(a) !== text(nobody.get(name(a))))), role);
  }
});

test('without_a_token_of_ones_own_for_the_form_nothing_is_done', () => {
  const posts = routes.filter((route) => route.method === 'POST' && !route.flags.includes('NO_CSRF'));
  none(posts.filter((route) => !refused.some((a) => a.route === route)).map((route) => route.title), 'nobody could be found who may');
  none(refused.filter((a) => a.answer.status !== 403));
});

test('what_is_refused_changes_nothing', () => {
  assert.deepEqual(found.after, found.before);
});
