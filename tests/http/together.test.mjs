// Two volunteers, a coordinator and five complainants at once, through the pages: every case ends where it should, nothing is shown to the
// wrong person, and the figures add up.
import assert from 'node:assert/strict';
import test from 'node:test';
import { closed, decided, filed, performed, ready } from '../support/casework.mjs';
import { rows, value } from '../support/database.mjs';
import { pdf, png } from '../support/files.mjs';
import { Client, file } from '../support/http.mjs';
import { complain, coordinator, invited, ownStack } from '../support/people.mjs';

const { url } = await ownStack();
const lead = await coordinator(url);
const volunteers = {};
for (const name of ['vol.one', 'vol.two']) volunteers[name] = await invited(lead, url, 'volunteer', name);
await lead.get('/desk'); // hands the pool key to both

// How each of the five ends, and by whom.
const plans = [
  { name: 'vol.one', end: 'settled', status: 'CLOSED SETTLED' },
  { name: 'vol.two', end: 'settled', status: 'CLOSED SETTLED' },
  { name: 'vol.one', end: 'declined', status: 'DECLINED USER_ERROR' },
  { name: 'vol.two', end: 'stopped', status: 'CLOSED CONSUMER_ABANDONED' },
  { name: 'vol.one', end: 'filed', status: 'IN_PROGRESS' },
];

/** One complaint from the form to its end, while the others go on beside it. */
async function live(plan, i) {
  const secret = `只给第${i}案看的话𠮷${i}`;
  const made = await complain(url, { orderNo: `TOGETHER-${i}`, platform: `示例同时${i}` });
  const { number, code } = made;
  const volunteer = volunteers[plan.name];
  const complainant = new Client(url);
  let page = await complainant.submit(await complainant.get('/track'), 'form', { code });
  assert.equal(page.path, '/track/case', page.text);
  page = await complainant.submit(await complainant.get('/track/messages'), 'form', { body: secret });
  assert.ok(page.body.includes(secret));
  if (plan.end === 'declined') {
    await given(volunteer, number, plan.name);
    await volunteer.submit(await volunteer.get(`/desk/cases/${number}/review`), 'form', { responsibility: 'USER', knew_on: '2026-11-2' });
    page = await volunteer.get(`/desk/cases/${number}/decline`);
    page = await volunteer.submit(page, 'form', { reason: 'USER_ERROR', routes: ['COURT_SMALL'], text: '查明是填错了充值号码，可以向法院起诉。' });
    assert.equal(page.status, 200, page.text);
  } else {
    await ready(lead, volunteer, number, plan.name);
    await volunteer.submit(await volunteer.get(`/desk/cases/${number}/channels/PLATFORM_TICKET`), `/desk/cases/${number}/channels/PLATFORM_TICKET/consent`, { what: ['facts', 'order'], why: 'filing' });
    await decided(complainant, 'granted');
    const filing = await filed(volunteer, number, 'PLATFORM_TICKET', `TS-${i}`);
    if (plan.end === 'settled') {
      await performed(volunteer, number, { agreement: file(`协议${i}.pdf`, pdf()), proof: file(`到账${i}.png`, png(50 + i, 40)) });
      await decided(complainant, 'received');
      await closed(volunteer, complainant, number, [filing]);
    } else if (plan.end === 'stopped') {
      page = await complainant.submit(await complainant.get('/track/stop'), 'form', { reason: 'not_worth' });
      await decided(complainant, 'acknowledged');
    }
  }
  return { ...made, plan, secret, complainant, volunteer };
}

/** The coordinator gives the case to this volunteer, who accepts it. */
async function given(volunteer, number, name) {
  let page = await lead.get(`/desk/cases/${number}/assign`);
  const option = page.form('form').fields.find((f) => f.name === 'person' && new RegExp(`value="${f.value}"[^>]*>\\s*<label[^>]*>志愿者${name}`).test(page.body));
  if (option) await lead.submit(page, 'form', { person: option.value });
  page = await volunteer.get(`/desk/cases/${number}`);
  if (page.forms.some((f) => f.action.endsWith('/accept'))) await volunteer.submit(page, `/desk/cases/${number}/accept`);
}

const lives = await Promise.allSettled(plans.map(live));

test('every_case_ends_where_it_should', async () => {
  for (const one of lives) assert.equal(one.status, 'fulfilled', one.reason?.stack);
  for (const { value: made } of lives) {
    assert.equal(await value(`select concat_ws(' ', status, closure_reason) from core.case_file where case_no = '${made.number}'`), made.plan.status, made.number);
  }
  assert.equal(new Set(lives.map((one) => one.value.number)).size, 5);
});

test('nothing_is_shown_to_the_wrong_person', async () => {
  const all = lives.map((one) => one.value);
  for (const made of all) {
    // The complainant meets the own words and nobody else's.
    let page = await made.complainant.get('/track/messages');
    if (page.forms.some((f) => f.fields.some((x) => x.name === 'code'))) {
      await made.complainant.submit(page, 'form', { code: made.code });
      page = await made.complainant.get('/track/messages');
    }
    assert.ok(page.body.includes(made.secret), made.number);
    for (const other of all) if (other !== made) assert.ok(!page.body.includes(other.secret), `${made.number} shows ${other.number}`);
    // The other volunteer does not open it; the lists of each hold the own cases only.
    const stranger = Object.values(volunteers).find((v) => v !== made.volunteer);
    assert.equal((await stranger.get(`/desk/cases/${made.number}`)).status, 404);
    assert.equal((await stranger.get(`/desk/cases/${made.number}/messages`)).status, 404);
    assert.ok(!(await stranger.get('/desk/cases?scope=all')).body.includes(made.number), made.number);
    assert.ok((await made.volunteer.get('/desk/cases?scope=all')).body.includes(made.number), made.number);
    // No key of it is left with anybody else.
    const keys = await rows(`select u.login from core.case_seal s join core.case_file c on c.id = s.case_id join core.app_user u on u.id = s.recipient
      where c.case_no = '${made.number}' and s.recipient_kind = 'user' order by 1`);
    assert.deepEqual(keys.map((k) => k.login).filter((login) => login !== made.plan.name), []);
  }
});

test('the_figures_add_up', async () => {
  const sum = (measure) => value(`select (coalesce((select sum(n) from stat.delta where measure = '${measure}'), 0)
    + coalesce((select sum(n) from stat.daily where measure = '${measure}'), 0))::int`);
  assert.equal(await sum('submitted'), 5);
  assert.equal(await sum('open'), 1);
  assert.equal(await sum('settled'), 2);
  assert.equal(await sum('withdrawn'), 2);
  assert.equal(await sum('declined'), 1);
});
