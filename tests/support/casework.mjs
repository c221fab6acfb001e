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
