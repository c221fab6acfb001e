// Bad input of every kind in every field of the public form, one failing field at a time: the field's own message, and everything that
// was typed, in both languages; then drafts: late posts, resume code, discarding, masking, limits.
import assert from 'node:assert/strict';
import test from 'node:test';
import { psql, value } from '../support/database.mjs';
import { file, Client } from '../support/http.mjs';
import { png, sha256 } from '../support/files.mjs';
import { stack } from '../support/stack.mjs';

// Other files of this run, and earlier runs, have counted for the same network.
await psql("delete from core.attempt where kind in ('draft_network', 'duplicate_network', 'file_network', 'code_network')");
const long = (n) => '长'.repeat(n);
const wishes = ['refund', 'deliver'];
// For each step: values that are right, and for each field what is wrong with which message (Chinese, English).
const steps = {
  platform: {
    good: { platform: '样例卡盟𠮷龘😀', platform_link: 'QQ群 12345', product: 'game_card', order_no: 'A-1_b', pay_method: 'alipay', payment_no: '2026110312345' },
    bad: [
      ['platform', '', /请填写“平台或店铺名称”/, /Platform or shop name/],
      ['platform', '　 ', /请填写“平台或店铺名称”/, /Platform or shop name/],
      ['platform', long(81), /不超过 80 个字/, /80/],
      ['platform', 'a\u0001b', /不能使用的字符/, /characters/],
      ['platform_link', long(201), /不超过 200 个字/, /200/],
      ['product', null, /请选择“您买的是什么”/, /What did you buy/],
      ['product', 'no_such', /列出的选项/, /listed|options|list/i],
      ['product', '<b>', /列出的选项/, /listed|options|list/i],
      ['order_no', '订单１', /只能有字母、数字/, /letters/],
      ['order_no', 'x'.repeat(65), /不超过 64/, /64/],
      ['pay_method', 'gold', /列出的选项/, /listed|options|list/i],
      ['payment_no', 'a b@c', /只能有字母、数字/, /letters/],
    ],
  },
  story: {
    good: { problem: 'late', paid_on: '11月3日', amount: '￥１，７６０．５０', story: '付款之后一直没有到账，\n客服不理。𠮷龘😀', wanted: wishes, wanted_other: '改密码' },
    bad: [
      ['problem', null, /请选择“遇到了什么问题”/, /What went wrong/],
      ['problem', 'no_such', /列出的选项/, /listed|options|list/i],
      ['paid_on', '昨天', /2026年11月3日/, /2026/],
      ['paid_on', '2026-02-30', /没有这一天/, /no such day/],
      ['paid_on', '2999-1-1', /哪天付的款/, /When you paid/],
      ['paid_on', '1999-12-31', /哪天付的款/, /When you paid/],
      ['amount', '', /付了多少钱/, /How much you paid/],
      ['amount', '一百', /请填数字/, /number/],
      ['amount', '1.234', /请填数字/, /number/],
      ['amount', '-1', /付了多少钱/, /How much you paid/],
      ['amount', '100000000', /不能大于 99999999.99/, /99999999.99/],
      ['story', '', /请填写“请按时间顺序写经过”/, /Tell it in order of time/],
      ['story', '太短', /至少写 10 个字/, /10/],
      ['story', long(5001), /不超过 5000 个字/, /5000/],
      ['wanted', null, /请选择“您希望怎样解决”/, /What you want/],
      ['wanted', 'no_such', /列出的选项/, /listed|options|list/i],
      ['wanted_other', long(201), /不超过 200 个字/, /200/],
    ],
  },
  contact: {
    good: {
      who: 'guardian', guardian_relation: '母亲', age_band: '8_13', consent_guardian: '1', contact_way: 'email', mobile: '', email: 'a.b@example.org',
      call_name: '小王😀', safe: ['mail', 'text'], hours: '晚上', purpose: 'own_use', consent_stats: '1',
    },
    bad: [
      ['who', null, /请选择“谁在填写”/, /Who is filling this in/],
      ['who', 'no_such', /列出的选项/, /listed|options|list/i],
      ['guardian_relation', long(41), /不超过 40 个字/, /40/],
      ['age_band', null, /年龄段/, /age of the child/],
      ['age_band', '99', /列出的选项/, /listed|options|list/i],
      ['consent_guardian', null, /请监护人勾选同意/, /guardian/],
      ['contact_way', null, /请选择“联系方式”/, /Contact/],
      ['contact_way', 'pigeon', /列出的选项/, /listed|options|list/i],
      ['email', '', /请填写邮箱/, /email address/],
      ['email', 'a b@c', /完整邮箱/, /name@example.com/],
      ['email', `${'a'.repeat(250)}@example.org`, /邮箱/, /[Ee]mail/],
      ['call_name', long(41), /不超过 40 个字/, /40/],
      ['safe', 'pigeon', /列出的选项/, /listed|options|list/i],
      ['hours', long(61), /不超过 60 个字/, /60/],
      ['purpose', 'no_such', /列出的选项/, /listed|options|list/i],
    ],
  },
};

/** Everything typed stands in the form again: values, chosen radios, ticks.  A code that is no choice cannot be shown as chosen. */
function keeps(page, sent, failing) {
  const fields = page.form('form').fields;
  for (const [name, typed] of Object.entries(sent)) {
    if (typed === null) continue;
    const mine = fields.filter((f) => f.name === name);
    assert.notEqual(mine.length, 0, `${name} is gone`);
    if (['radio', 'checkbox'].includes(mine[0].type)) {
      const chosen = mine.filter((f) => f.checked).map((f) => f.value);
      if (name !== failing) assert.deepEqual(chosen.sort(), [typed].flat().sort(), name);
    } else {
      assert.equal(mine[0].value, typed, name);
    }
  }
}

/** A person at the form with one draft: limits count drafts. */
const people = new Map();
async function person(lang) {
  if (people.has(lang)) return people.get(lang);
  const client = new Client((await stack()).url, { lang });
  const page = await client.submit(await client.get('/complaint/platform'), 'form', { platform: '样例', product: 'other' });
  assert.equal(page.path, '/complaint/story', page.text);
  people.set(lang, client);
  return client;
}

for (const lang of ['zh-CN', 'en']) {
  for (const [step, { good, bad }] of Object.entries(steps)) {
    test(`${step}_says_what_is_wrong_and_keeps_everything_in_${lang}`, async () => {
      const client = await person(lang);
      const where = `/complaint/${step}`;
      for (const [name, wrong, zh, en] of bad) {
        const csrf = (await client.get(where)).value('csrf');
        const sent = { ...good, [name]: wrong };
        const pairs = Object.entries({ csrf, ...sent }).filter(([, v]) => v !== null);
        const page = await client.post(where, pairs.flatMap(([n, v]) => [v].flat().map((one) => [n, one])));
        const what = `${name} = ${JSON.stringify(wrong)?.slice(0, 40)}`;
        assert.equal(page.status, 422, `${what}: ${page.status} ${page.text.slice(0, 300)}`);
        assert.match(page.title, lang === 'en' ? /^Error: / : /^错误：/, what);
        assert.match(page.body, new RegExp(`href="#f-${name}"`), `${what}: summary`);
        assert.match(page.body, new RegExp(`id="f-${name}-error"`), `${what}: beside the field`);
        const error = new RegExp(`id="f-${name}-error">(.*?)</p>`, 's').exec(page.body)[1];
        assert.match(error, lang === 'en' ? en : zh, what);
        keeps(page, sent, name);
      }
    });
  }
}

test('all_fields_wrong_at_once_are_all_named', async () => {
  const client = await person('zh-CN');
  for (const [step, { bad }] of Object.entries(steps)) {
    const csrf = (await client.get(`/complaint/${step}`)).value('csrf');
    const page = await client.post(`/complaint/${step}`, { csrf });
    const required = new Set(bad.filter(([, wrong]) => wrong === null || wrong === '').map(([name]) => name));
    for (const name of ['email', 'age_band', 'consent_guardian']) required.delete(name); // asked only after another answer
    assert.equal(page.status, 422);
    for (const name of required) assert.match(page.body, new RegExp(`id="f-${name}-error"`), name);
  }
});

test('repeated_unknown_and_broken_parameters_are_refused_and_the_rest_is_kept', async () => {
  const client = await person('zh-CN');
  const csrf = (await client.get('/complaint/platform')).value('csrf');
  const rest = `csrf=${csrf}&product=game_card`;
  for (const [body, status] of [
    [`${rest}&platform=AAA&platform=BBB`, 400], [`${rest}&platform=AAA&nobody=1`, 400], [`${rest}&platform=AAA%FF`, 400],
    [`${rest}&platform=AAA%00`, 400], [`${rest}&platform=AAA%zz`, 400], [`platform=AAA&product=game_card`, 403],
    [`csrf=forged&platform=AAA&product=game_card`, 403], [`${rest}&platform=AAA&platform_link=${'x'.repeat(70000)}`, 413],
  ]) {
    const page = await client.request('POST', '/complaint/platform', { headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body });
    assert.equal(page.status, status, `${body.slice(0, 120)}: ${page.text.slice(0, 200)}`);
    assert.match(page.body, /AAA/, body.slice(0, 120));
  }
});

test('the_language_switch_keeps_what_was_typed_and_checks_nothing', async () => {
  const client = new Client((await stack()).url);
  const page = await client.get('/complaint/platform');
  const english = await client.submit(page, 'form', { platform: '样例𠮷', order_no: '!!' }, { button: 'lang_to=en' });
  assert.equal(english.status, 200);
  assert.match(english.body, /<html lang="en">/);
  assert.equal(english.value('platform'), '样例𠮷');
  assert.equal(english.value('order_no'), '!!');
  assert.doesNotMatch(english.title, /^Error/);
});

test('a_form_that_comes_without_its_draft_goes_on_as_a_new_one', async () => {
  const first = new Client((await stack()).url);
  const page = await first.submit(await first.get('/complaint/platform'), 'form', { platform: '样例', product: 'other' });
  first.cookies.clear(); // the browser forgot, or the draft is over
  let again = await first.submit(page, 'form', { problem: 'late', amount: '5', story: '付款之后一直没有到账。', wanted: ['refund'] });
  assert.equal(again.status, 403);
  assert.equal(again.value('story'), '付款之后一直没有到账。');
  again = await first.submit(again, 'form', {});
  assert.equal(again.path, '/complaint/platform', again.text); // saved; the step before it is missing in the new draft
  again = await first.submit(again, 'form', { platform: '样例', product: 'other' });
  assert.equal(again.path, '/complaint/evidence');
  assert.equal((await first.get('/complaint/story')).value('story'), '付款之后一直没有到账。');
});

test('a_draft_goes_on_elsewhere_with_its_resume_code', async () => {
  const url = (await stack()).url;
  const here = new Client(url);
  let page = await here.submit(await here.get('/complaint/platform'), 'form', { platform: '接着填', product: 'phone' }, { button: 'then=save' });
  assert.equal(page.path, '/complaint/save', page.text);
  page = await here.submit(page, '/complaint/save');
  const code = /data-code>(.*?)<\/p>/s.exec(page.body)[1].replaceAll(/<[^>]*>/g, '').trim();
  assert.match(code, /^([0-9A-HJKMNP-TV-Z]{4} ){5}[0-9A-HJKMNP-TV-Z]{4}$/);
  assert.equal((await here.get('/complaint/save')).text.includes(code), true); // the same code again

  const there = new Client(url);
  page = await there.get('/complaint/resume');
  page = await there.submit(page, 'form', { code: 'abc' });
  assert.equal(page.status, 422);
  assert.match(page.text, /24 位字母和数字/);
  const last = code.at(-1);
  page = await there.submit(page, 'form', { code: code.slice(0, -1) + (last === '0' ? '1' : '0') });
  assert.equal(page.status, 422);
  assert.match(page.text, /有一位不对/);
  page = await there.submit(page, 'form', { code: 'ZZZZ ZZZZ ZZZZ ZZZZ ZZZZ ZZZZ' });
  assert.equal(page.status, 422);
  page = await there.submit(page, 'form', { code: code.toLowerCase().replaceAll(' ', '－') });
  assert.equal(page.path, '/complaint/story', page.text);
  assert.equal((await there.get('/complaint/platform')).value('platform'), '接着填');
  // It went over to the other browser; this one begins anew.
  assert.equal((await here.get('/complaint/platform')).value('platform'), '');
  page = await there.submit(await there.get('/complaint/discard'), '/complaint/discard');
  assert.equal(page.path, '/');
  assert.equal((await there.get('/complaint/platform')).value('platform'), '');
  page = await here.submit(await here.get('/complaint/resume'), 'form', { code });
  assert.equal(page.status, 422, 'a discarded draft is gone');
  assert.match(page.text, /没有找到/);
});

test('kept_for_later_every_step_saves_what_is_there', async () => {
  const client = new Client((await stack()).url);
  const later = { button: 'then=save' };
  let page = await client.submit(await client.get('/complaint/platform'), 'form', { order_no: '订单号：ＡＢ－９' }, later);
  assert.equal(page.path, '/complaint/save', page.text);
  page = await client.get('/complaint/platform');
  assert.equal(page.value('order_no'), 'AB-9');
  page = await client.submit(page, 'form', { payment_no: 'a b@c' }, later);
  assert.equal(page.status, 422, 'what is wrong is said all the same');
  assert.match(page.body, /id="f-payment_no-error"/);
  assert.doesNotMatch(page.body, /id="f-platform-error"/);
  page = await client.submit(await client.get('/complaint/story'), 'form', { story: '没到账', paid_on: '2026年11月20日 14:03:22' }, later);
  assert.equal(page.path, '/complaint/save', page.text);
  page = await client.get('/complaint/story');
  assert.equal(page.value('story'), '没到账');
  assert.match(page.value('paid_on'), /2026.11.20/);
  assert.equal(page.value('amount'), '', 'no amount is not an amount of nothing');
  page = await client.submit(await client.get('/complaint/contact'), 'form', { who: 'guardian', contact_way: 'mobile', call_name: '小王' }, later);
  assert.equal(page.path, '/complaint/save', page.text);
  assert.equal((await client.get('/complaint/contact')).value('call_name'), '小王');
  assert.equal((await client.get('/complaint/check')).path, '/complaint/platform', 'nothing incomplete can be sent');
  await client.submit(await client.get('/complaint/platform'), 'form', { platform: '样例', product: 'other' });
  page = await client.get('/complaint/check');
  assert.equal(page.path, '/complaint/story');
  page = await client.submit(page, 'form', { problem: 'late', amount: '5', wanted: ['refund'] });
  assert.equal(page.status, 422, 'going on asks for a whole story');
  await client.submit(await client.get('/complaint/story'), 'form', { problem: 'late', amount: '5', wanted: ['refund'] }, later);
  await client.submit(await client.get('/complaint/evidence'), 'form', {}, { button: '/complaint/evidence?then=on' });
  page = await client.submit(await client.get('/complaint/contact'), 'form', { who: 'self', contact_way: 'none' });
  assert.equal(page.path, '/complaint/story', 'a story that was only begun cannot be sent');
});

test('card_keys_and_identity_numbers_are_pointed_out_once_and_masked_on_request', async () => {
  const client = await person('zh-CN');
  const story = '卖家发来卡密：ABCD1234EFGH5678，身份证 11010519491231002X。';
  let page = await client.submit(await client.get('/complaint/story'), 'form', { problem: 'key_bad', amount: '10', story, wanted: ['refund'] });
  assert.match(page.text, /卡密/);
  assert.match(page.text, /身份证号/);
  assert.equal(page.value('story'), story, 'saved as written');
  const onward = await client.submit(page, 'form', {});
  assert.equal(onward.path, '/complaint/evidence', 'never blocks');
  page = await client.submit(await client.get('/complaint/story?seen=1'), 'form', { amount: 'viel' }, { button: 'mask=1' });
  assert.equal(page.status, 422);
  assert.equal(page.value('story'), story, 'nothing is masked while something else is wrong');
  assert.match(page.body, /aria-describedby="f-story-hint f-story-remarks"/, 'beside the field');
  page = await client.submit(page, 'form', { amount: '12' }, { button: 'mask=1' });
  assert.equal(page.path, '/complaint/evidence');
  assert.equal((await client.get('/complaint/story')).value('amount'), '12.00', 'what else was typed is saved with it');
  const masked = (await client.get('/complaint/story')).value('story');
  assert.doesNotMatch(masked, /ABCD1234|19491231/);
  assert.match(masked, /5678/);
});

test('the_step_before_keeps_what_was_typed_here', async () => {
  const client = new Client((await stack()).url);
  await client.submit(await client.get('/complaint/platform'), 'form', { platform: '样例', product: 'other' });
  let page = await client.submit(await client.get('/complaint/story'), 'form', { story: '只写了一半𠮷', wanted_other: '道歉' }, { button: 'then=back' });
  assert.equal(page.path, '/complaint/platform', page.text);
  page = await client.get('/complaint/story');
  assert.equal(page.value('story'), '只写了一半𠮷');
  assert.equal(page.value('wanted_other'), '道歉');
  page = await client.submit(page, 'form', { problem: 'late', amount: '5', story: '付款之后一直没有到账。', wanted: ['refund'] });
  assert.equal(page.path, '/complaint/evidence', page.text);
  page = await client.submit(await client.get('/complaint/contact'), 'form', { who: 'self', contact_way: 'mobile', mobile: '' }, { button: 'then=back' });
  assert.equal(page.path, '/complaint/evidence', page.text);
  const chosen = (await client.get('/complaint/contact')).form('form').fields.find((f) => f.name === 'contact_way' && f.checked);
  assert.equal(chosen?.value, 'mobile');
});

test('files_are_received_with_their_hash_once_and_can_be_removed', async () => {
  const client = await person('zh-CN');
  const picture = png();
  let page = await client.submit(await client.get('/complaint/evidence'), 'form', { kind: 'payment', note: '付款', photo: file('付款 𠮷.png', picture, 'image/png') });
  assert.equal(page.status, 200, page.text);
  assert.match(page.text, /付款 𠮷\.png/);
  assert.ok(page.text.includes(sha256(picture).slice(0, 8)));
  const preview = /\/complaint\/evidence\/[0-9a-f-]{36}\/preview/.exec(page.body)[0];
  assert.equal((await client.get(preview)).headers['content-type'], 'image/jpeg');
  assert.equal((await new Client((await stack()).url).get(preview)).status, 410, 'nobody else sees it');
  for (const [fields, status, said] of [
    [{ photo: file('again.png', picture, 'image/png') }, 422, /已经收到过/],
    [{ note: '有说明' }, 422, /请先选一张照片/],
    [{ file: file('empty.txt', Buffer.alloc(0)) }, 422, /空/],
    [{ note: '太大', file: file('big.bin', Buffer.alloc(26214401)) }, 422, /25 MB/],
    [{ kind: 'no_such', file: file('a.txt', Buffer.from('text')) }, 422, /列出的选项/],
    [{ note: long(101), file: file('a.txt', Buffer.from('text')) }, 422, /100/],
  ]) {
    page = await client.submit(await client.get('/complaint/evidence'), 'form', fields);
    assert.equal(page.status, status, `${Object.keys(fields)}: ${page.text.slice(0, 400)}`);
    assert.match(page.text, said);
    if (fields.note) assert.equal(page.value('note'), fields.note);
  }
  page = await client.submit(await client.get('/complaint/evidence'), 'form', { file: file('<b>坏.jpg', Buffer.from('ffd8ffe0broken', 'latin1'), 'image/jpeg') });
  assert.equal(page.status, 200);
  assert.ok(page.body.includes('&lt;b&gt;坏.jpg'));
  while (page.body.includes('/complaint/evidence/remove"')) page = await client.submit(page, '/complaint/evidence/remove');
  assert.doesNotMatch(page.text, /付款 𠮷/);
});

test('going_on_or_saving_sends_what_was_chosen_in_either_control', async () => {
  const client = await person('zh-CN');
  const names = (page) => [...page.body.matchAll(/<strong>([^<]+)<\/strong>/g)].map((m) => m[1]);
  const picture = png(30, 30);
  // Uploading nothing is told at the field; going on without a file is no mistake.
  let page = await client.submit(await client.get('/complaint/evidence'), 'form', {});
  assert.equal(page.status, 422);
  assert.match(page.body, /id="f-photo-error"/);
  assert.match(page.text, /请先选一张照片或一个文件/);
  page = await client.submit(page, 'form', {}, { button: '/complaint/evidence?then=on' });
  assert.equal(page.path, '/complaint/contact', page.text);
  page = await client.submit(await client.get('/complaint/evidence'), 'form', { photo: file('一.png', picture, 'image/png'), file: file('二.txt', '聊天记录') }, { button: '/complaint/evidence?then=on' });
  assert.equal(page.path, '/complaint/contact', page.text);
  assert.deepEqual(names(await client.get('/complaint/evidence')).slice(-2), ['一.png', '二.txt']);
  page = await client.submit(await client.get('/complaint/evidence'), 'form', { file: file('三.txt', '说明') }, { button: '/complaint/evidence?then=save' });
  assert.equal(page.path, '/complaint/save', page.text);
  // What is wrong with one does not lose the other, and the page that comes back goes on without them.
  page = await client.submit(await client.get('/complaint/evidence'), 'form', { photo: file('一.png', picture, 'image/png'), file: file('四.txt', '又一份') }, { button: '/complaint/evidence?then=on' });
  assert.equal(page.status, 422);
  assert.match(page.text, /已经收到过/);
  assert.ok(names(page).includes('四.txt'));
  page = await client.submit(page, 'form', {}, { button: '/complaint/evidence?then=on' });
  assert.equal(page.path, '/complaint/contact', page.text);
  // Two files of one control, and text behind a file, come from no page of ours.
  const csrf = (await client.get('/complaint/evidence')).form('form').fields.find((f) => f.name === 'csrf').value;
  for (const second of [['photo', file('b.png', png(9, 9))], ['note', 'x']]) {
    page = await client.post('/complaint/evidence', [['csrf', csrf], ['photo', file('a.png', png(8, 8))], second]);
    assert.equal(page.status, 400, page.text);
    assert.ok(!names(await client.get('/complaint/evidence')).includes('a.png'));
  }
});

test('a_limit_says_when_to_try_again_and_keeps_everything', async () => {
  const client = await person('zh-CN');
  const n = await value("select n from ref.service_limit where code = 'duplicate_network_hour'");
  try {
    await psql("update ref.service_limit set n = 1 where code = 'duplicate_network_hour'");
    await client.submit(await client.get('/complaint/platform'), 'form', { ...steps.platform.good, order_no: 'LIMIT-0' });
    const page = await client.submit(await client.get('/complaint/platform'), 'form', { ...steps.platform.good, order_no: 'LIMIT-1' });
    assert.equal(page.status, 429);
    assert.match(page.text, /分钟后再试/);
    assert.ok(Number(page.headers['retry-after']) > 0);
    assert.equal(page.value('order_no'), 'LIMIT-1');
  } finally {
    await psql("update ref.service_limit set n = :'n'::bigint where code = 'duplicate_network_hour'", { n });
  }
});

test('leaving_quickly_clears_everything_and_tells_nothing', async () => {
  const client = await person('en');
  const page = await client.request('GET', '/leave', { headers: { 'Sec-Fetch-Site': 'same-origin' } });
  assert.equal(page.headers['clear-site-data'], '"cache", "cookies", "storage"');
  assert.doesNotMatch(page.text, /complain|aid desk/i);
  const foreign = await client.request('GET', '/leave', { headers: { 'Sec-Fetch-Site': 'cross-site' } });
  assert.equal(foreign.headers['clear-site-data'], undefined, 'another site cannot sign people out');
});
