// What a volunteer does with a case before it is filed, by way of the pages.
import assert from 'node:assert/strict';

const daysFromNow = (n) => new Date(Date.now() + n * 86400000).toISOString().slice(0, 10);

/** Gives a submitted case to a volunteer (by name in the list), who accepts it. */
export async function given(lead, client, number, name = 'vol.one') {
  let page = await lead.get(`/desk/cases/${number}/assign`);
  const option = page.form('form').fields.find((f) => f.name === 'person' && new RegExp(`value="${f.value}"[^>]*>\\s*<label[^>]*>志愿者${name}`).test(page.body));
  if (option) page = await lead.submit(page, 'form', { person: option.value });
  page = await client.get(`/desk/cases/${number}`);
  assert.equal(page.status, 200, page.text);
  if (page.forms.some((f) => f.action.endsWith('/accept'))) page = await client.submit(page, `/desk/cases/${number}/accept`);
  return page;
}

const items = {
  ORDER: { v1: 'AB-12345', v2: '点卡', v3: '176.00', v4: '2026-11-1 10:02', v5: '已付款' },
  PAYMENT: { v1: '2026-11-1 10:03', v2: '176', v3: '某公司', v4: '2026110122001', v5: 'ALIPAY' },
  DELAY_PROOF: { v1: '处理中', v2: '2026-11-1 12:00', v3: '2026-11-1 11:00' },
  CHAT: { v1: '平台客服', v2: '客服1', v3: '2026-11-1 12:00', v4: '2026-11-1 12:30', v5: 'yes' },
};

/** A case of that volunteer in PREPARING: reviewed, taken on, the evidence chain complete, one refund demanded. */
export async function prepared(lead, client, number, name = 'vol.one') {
  await given(lead, client, number, name);
  let page = await client.get(`/desk/cases/${number}/review`);
  page = await client.submit(page, 'form', { responsibility: 'PLATFORM', paid: true, not_performed: true, causation: true, user_error_excluded: true, knew_on: '2026-11-2', screening: 'clear' });
  page = await client.submit(page, `/desk/cases/${number}/take-on`);
  page = await client.get(`/desk/cases/${number}/evidence`);
  const file = /evidence\/new\?file=([0-9a-f-]{36})/.exec(page.body)[1];
  for (const [kind, values] of Object.entries(items)) {
    page = await client.get(`/desk/cases/${number}/evidence/new?kind=${kind}&file=${file}`);
    page = await client.submit(page, 'form', values);
    assert.equal(page.path, `/desk/cases/${number}/evidence`, `${kind} ${page.text}`);
  }
  page = await client.get(`/desk/cases/${number}/demands/new`);
  page = await client.submit(page, 'form', { kind: 'REFUND', amount: '176', by_day: daysFromNow(10) });
  assert.equal(page.path, `/desk/cases/${number}/demands`, page.text);
}

/** The same, through the checks: READY. */
export async function ready(lead, client, number, name = 'vol.one') {
  await prepared(lead, client, number, name);
  const page = await client.submit(await client.get(`/desk/cases/${number}/ready`), 'form');
  assert.equal(page.path, `/desk/cases/${number}`, page.text);
}

const today = (n = 0) => new Date(Date.now() + n * 86400000 + 8 * 3600000).toISOString().slice(0, 10);

/** Files a case that is READY or due for the next step with a channel that the complainant has agreed to; returns the filing's path. */
export async function filed(client, number, channel, number_there, skip) {
  let page = await client.get(`/desk/cases/${number}/channels/${channel}`);
  page = await client.submit(page, `/desk/cases/${number}/channels/${channel}/plan`, skip ? { skip_reason: skip } : {});
  const filing = page.path;
  const boxes = page.form(filing).fields.filter((f) => f.name === 'confirmed').map((f) => f.value);
  page = await client.submit(page, filing, boxes.length ? { confirmed: boxes } : {});
  page = await client.submit(page, page.forms.find((f) => f.action.endsWith('/step/make_ready')).action);
  page = await client.submit(await client.get(`${filing}/step/submit`), 'form', { filing_no: number_there, submitted_at: `${today()} 00:01` });
  assert.equal(page.path, filing, page.text);
  return filing;
}

/** From an offer to both signatures and performance: PERFORMED, the receipt asked. */
export async function performed(client, number, { agreement, proof }) {
  const at = (where) => `/desk/cases/${number}/settlement${where}`;
  await client.submit(await client.get(at('/offer')), 'form', { side: 'respondent', offer: '176', words: '愿意全额退款' });
  let page = await client.submit(await client.get(at('/terms')), 'form', {
    name_a: '林小满', identity_a: '身份证 110101199003070011', contact_a: '13800138000', name_b: '示例网络有限公司', credit_code: '91350100M000100Y43',
    contact_b: 'service@example.com', dispute: '付款后点卡没有到账', kind: 'REFUND', amount: '176', account: '支付宝 13800138000', perform_by: today(9),
    method: '原路退回', copies: '2', withdraw_days: '3',
  });
  assert.equal(page.path, at(''), page.text);
  page = await client.submit(page, at('/agreement'));
  await client.submit(await client.get(at('/sign')), 'form', { signer: 'complainant', signed_on: today(), same_text: true });
  page = await client.submit(await client.get(at('/signed')), 'form', { signed_on: today(), file: agreement });
  assert.equal(page.path, at(''), page.text);
  page = await client.submit(await client.get(at('/performed')), 'form', { done_on: today(), ref_no: 'R-2026', file: proof });
  assert.equal(page.path, at(''), page.text);
  await client.submit(page, at('/receipt'), { amount: '176' });
}

/** Answers the first question that waits for a complainant who is signed in on the tracking page. */
export async function decided(complainant, answer) {
  let page = await complainant.get('/track/decisions');
  const where = /\/track\/decisions\/[0-9a-f-]{36}/.exec(page.body);
  assert.ok(where, page.text);
  page = await complainant.submit(await complainant.get(where[0]), 'form', { answer });
  assert.equal(page.path, '/track/decisions', page.text);
}

/** Withdraws every filing of a performed case, each with the complainant's acknowledgement, and closes it. */
export async function closed(client, complainant, number, filings) {
  const end = `/desk/cases/${number}/close`;
  await client.submit(await client.get(end), end);
  for (const filing of filings) {
    const at = `${filing}/withdrawal`;
    let page = await client.submit(await client.get(at), `${at}/step`);
    page = await client.submit(page, 'form', { asked_by: 'both', pressed: 'no', reason: 'REFUNDED', text: '2026年11月20日平台已退款176元，退款单号 R-2026，见附件。' });
    await client.submit(page, `${at}/warn`);
    await decided(complainant, 'acknowledged');
    page = await client.submit(await client.get(at), `${at}/letter`);
    page = await client.submit(page, `${at}/request`, { requested_on: today() });
    page = await client.submit(page, 'form', { result: 'granted', said: '已确认撤回' });
    assert.equal(page.path, at, page.text);
  }
  let page = await client.submit(await client.get(end), 'form');
  page = await client.submit(page, 'form'); // what the summary says is confirmed
  assert.equal(page.path, end, page.text);
}
