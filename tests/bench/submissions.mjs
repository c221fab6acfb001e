// (a) Submissions through nginx, sealing included, against pgbench calling the same SQL functions with the same rows.
import path from 'node:path';
import { callsDuring, clients, root, sql } from './place.mjs';
import { interleave, median, pgbench, wrk } from './tools.mjs';
import { Client } from '../support/http.mjs';

/** The whole form once, as submit.lua fills it in. */
async function submission(place) {
  const client = new Client(place.url);
  let page = await client.get('/complaint/platform');
  page = await client.submit(page, 'form', { platform: '示例卡盟甲', product: 'game_card', order_no: `AB-1-${Date.now()}`, pay_method: 'alipay' });
  page = await client.submit(page, 'form', { problem: 'not_received', amount: '176.00', story: '2026年11月1日付款176元买点卡，至今没有到账，客服不回。', wanted: ['refund'] });
  page = await client.submit(await client.get('/complaint/contact'), 'form', { who: 'self', purpose: 'own_use', contact_way: 'mobile', mobile: '13800138000', safe: ['text'] });
  page = await client.submit(page, 'agree', { agree: true, agree_identity: true });
  if (page.path !== '/complaint/receipt') throw new Error(page.text);
}

const literal = (value) => (value === null ? 'null' : `'${value.replaceAll("'", "''")}'`);

/**
 * The calls of one submission as a pgbench script: values that must be new each time (the draft's look-up, the case, the code's look-up, the
 * hash of the order number) come from one random number; everything else is sent as it was, sealed columns of the same length included.
 */
function scriptOf(calls) {
  const of = (name, column) => calls.find((c) => c.sql.includes(`intake.${name}(`)).values[column];
  const fresh = (tag, bytes) => `decode(lpad(to_hex(:n::bigint), ${2 * bytes}, '${tag}'), 'hex')`;
  const made = new Map([
    [of('draft_create', 0), fresh('d', 32)],
    [of('draft_create', 1), "lpad(to_hex(:n::bigint), 32, '0')"],
    [of('submit', 13), fresh('c', 32)],
    [of('save_platform', 8), `array[${fresh('e', 32)}]`],
  ]);
  const lines = calls.map(({ sql, values }) => `${sql.replace(/\$(\d+)/g, (_, n) => made.get(values[n - 1]) ?? literal(values[n - 1]))};`);
  return `\\set n random(1, 9000000000000000000)\n${lines.join('\n')}\n`;
}

/** Submissions a second. */
export async function submissions(place, { rounds, seconds }) {
  // Nothing that a person would run into: no least time for a form, and one volunteer who gets everything, so that the choice is the same in
  // every transaction.
  await sql(place, "update ref.service_limit set n = 0 where code = 'submit_least'");
  await sql(place, "update core.app_user set state = 'disabled' where role = 'volunteer' and login <> (select min(login) from core.app_user where role = 'volunteer' and state = 'active')");
  await sql(place, 'alter role aiddesk_intake connection limit 40');
  await submission(place);
  const calls = await callsDuring(place, 'aiddesk_intake', () => submission(place));
  const script = scriptOf(calls);
  const lua = path.join(root, 'tests/bench/submit.lua');
  const got = await interleave(rounds, {
    ours: () => wrk([`-t${clients}`, `-c${clients}`, `-d${seconds}s`, '-s', lua, place.url, '--', place.url], /Submitted: ([\d.]+)/),
    limit: () => pgbench(place, script, { of: 'intake', clients, seconds }),
  });
  await sql(place, "update core.app_user set state = 'active' where role = 'volunteer'");
  return { ours: median(got.ours), limit: median(got.limit), unit: 'submissions/s', least: 0.4,
    note: `10 requests and ${script.split('\n').length - 2} statements each, ${clients} clients` };
}
