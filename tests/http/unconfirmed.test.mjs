// A complaint whose COMMIT is not confirmed (DESIGN.md §8): the only synchronous standby is away, or the connection breaks while waiting.
// The page keeps everything and says so, nothing says "received", and pressing again makes exactly one case.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { psql, value } from '../support/database.mjs';
import { Client, file } from '../support/http.mjs';
import { png } from '../support/files.mjs';
import { coordinator, ownStack } from '../support/people.mjs';

const { url } = await ownStack();
await coordinator(url);
const agreed = { agree: true, agree_identity: true, agree_sensitive: true };
let n = 0;

const reload = async (...lines) => {
  for (const line of lines) await psql(line);
  await psql('select pg_reload_conf()');
  await psql('select pg_sleep(0.3)');
};
/** Only the transaction that submits or confirms waits: the test's trigger asks for it, the rest of the service goes on. */
const loseStandby = () => reload("alter system set synchronous_commit = local", "alter system set synchronous_standby_names = 'nobody'");
const findStandby = () => reload('alter system reset synchronous_standby_names', 'alter system reset synchronous_commit');
afterEach(findStandby);
await psql(`create function core.test_wait() returns trigger language plpgsql as $$
  begin perform set_config('synchronous_commit', 'on', true); return new; end $$;
  create trigger test_wait before update of submitted_at, confirmed_at on core.case_file for each row execute function core.test_wait();`);

/** A person at the check page, an hour after the start. */
async function filled(lang) {
  const client = new Client(url, { lang });
  let page = await client.submit(await client.get('/complaint/platform'), 'form', { platform: '样例卡盟', product: 'game_card', order_no: `UNC${n++}` });
  page = await client.submit(page, 'form', { problem: 'late', amount: '12.5', story: '付款之后一直没有到账，𠮷龘。', wanted: ['refund'] });
  page = await client.submit(page, 'form', { photo: file('订单.png', png(), 'image/png') }, { button: '/complaint/evidence?then=on' });
  page = await client.submit(page, 'form', { who: 'self', contact_way: 'none' });
  await psql("update core.case_file set created_at = created_at - interval '1 hour' where id = :'id'::uuid", { id: page.value('submission_id') });
  return { client, page };
}

const cases = () => value("select count(*)::int from core.case_file where submitted_at is not null");

/** The page that says so: everything is there, nothing is promised. */
function isUnconfirmed(page, lang) {
  assert.equal(page.status, 503, page.text);
  assert.match(page.text, lang === 'en' ? /Not confirmed yet\. Nothing is lost\./ : /还没有确认收到。您填的内容都在/);
  assert.doesNotMatch(page.text, /已收到您的投诉|Your complaint has been received|AD\d\d-\d{6}/);
  assert.doesNotMatch(page.body, /data-code/);
}

for (const lang of ['zh-CN', 'en']) {
  test(`without_the_standby_nothing_is_called_received_and_one_case_is_made_in_${lang}`, async () => {
    const { client, page } = await filled(lang);
    const before = await cases();
    await loseStandby();
    const started = Date.now();
    const first = await client.submit(page, 'form', agreed);
    assert.ok(Date.now() - started < 9000, 'the answer comes before anybody gives up');
    isUnconfirmed(first, lang);
    assert.equal(first.value('submission_id'), page.value('submission_id'));
    for (const tick of Object.keys(agreed)) assert.equal(first.form('form').fields.find((f) => f.name === tick).checked, true, tick);
    assert.match(first.body, /𠮷龘/);
    // Again while it is away: still no promise, whatever the machine itself has written.
    isUnconfirmed(await client.submit(first, 'form', {}), lang);
    await findStandby();
    const done = await client.submit(first, 'form', {});
    assert.equal(done.path, '/complaint/receipt', done.text);
    assert.match(done.text, /AD\d\d-\d{6}/);
    assert.equal(await cases(), before + 1);
    const again = await client.submit(first, 'form', {});
    assert.equal(/AD\d\d-\d{6}/.exec(again.text)[0], /AD\d\d-\d{6}/.exec(done.text)[0]);
    assert.equal(await cases(), before + 1);
  });
}

test('a_connection_that_breaks_while_waiting_is_not_confirmed_either', async () => {
  const { client, page } = await filled('zh-CN');
  const before = await cases();
  await loseStandby();
  const pressed = client.submit(page, 'form', agreed);
  const end = Date.now() + 8000;
  let cut = 0;
  while (cut === 0 && Date.now() < end) {
    cut = await value("select count(pg_terminate_backend(pid))::int from pg_stat_activity where usename = 'aiddesk_intake' and wait_event = 'SyncRep'");
  }
  assert.ok(cut >= 1);
  isUnconfirmed(await pressed, 'zh-CN');
  await findStandby();
  const done = await client.submit(page, 'form', agreed);
  assert.equal(done.path, '/complaint/receipt', done.text);
  assert.equal(await cases(), before + 1);
});

test('a_json_client_is_told_as_clearly', async () => {
  const { client, page } = await filled('zh-CN');
  await loseStandby();
  const fields = { csrf: page.form('form').fields.find((f) => f.name === 'csrf').value, submission_id: page.value('submission_id'), agree: '1', agree_identity: '1', agree_sensitive: '1' };
  // The second time the case can be seen; a redirect to its receipt would say as much as "received".
  for (const press of ['first', 'second']) {
    const answer = await client.post('/complaint/submit', fields, { headers: { Accept: 'application/json' }, follow: false });
    assert.equal(answer.status, 503, press);
    assert.equal(answer.headers['content-type'], 'application/problem+json');
  }
  await findStandby();
  const again = await client.post('/complaint/submit', fields, { headers: { Accept: 'application/json' }, follow: false });
  assert.equal(again.status, 303, again.body);
});
