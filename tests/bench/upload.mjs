// (e) A 20 MB file through the form against pgbench inserting the same rows; and what the handler's memory does meanwhile.
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { callsDuring, sql } from './place.mjs';
import { children, numbers, started } from './process.mjs';
import { interleave, median, pgbench } from './tools.mjs';
import { Client, file, multipart } from '../support/http.mjs';

const size = 20_000_000;
const each = 3; // uploads in one run of one way

/** A film, because looking at one costs nothing: type by its first box, then noise. */
function film() {
  const head = Buffer.from('000000186674797069736f6d0000020069736f6d6d703432', 'hex');
  const box = Buffer.from('00000000' + '6d646174', 'hex');
  box.writeUInt32BE(size - head.length);
  return Buffer.concat([head, box, randomBytes(size - head.length - box.length)]);
}

/** A draft that has come to its evidence, and the bytes of the POST that sends a file. */
async function prepared(place) {
  const client = new Client(place.url);
  let page = await client.get('/complaint/platform');
  page = await client.submit(page, 'form', { platform: '示例卡盟甲', product: 'game_card', order_no: `UP-${randomBytes(6).toString('hex')}`, pay_method: 'alipay' });
  page = await client.submit(page, 'form', { problem: 'not_received', amount: '176.00', story: '付款以后一直没有到账，客服也不回。', wanted: ['refund'] });
  const form = page.form('photo');
  const pairs = form.fields.filter((f) => f.type !== 'file').map((f) => [f.name, f.value]);
  return { client, ...multipart([...pairs, ['photo', file('录屏.mp4', film(), 'video/mp4')]]) };
}

async function send({ client, type, body }) {
  const from = performance.now();
  const answer = await client.request('POST', '/complaint/evidence', { headers: { 'Content-Type': type }, body });
  const took = (performance.now() - from) / 1000;
  if (answer.status !== 303) throw new Error(`the upload: ${answer.status} ${answer.text.slice(0, 300)}`);
  return took;
}

/** The segments that one upload has inserted, kept in a table of their own, so that pgbench inserts the same bytes without sending them. */
async function keep(place, segments) {
  await sql(place, `create schema bench; create table bench.segment (n int primary key, header bytea, sealed bytea);
    alter table bench.segment alter sealed set storage external; grant usage on schema bench to aiddesk_intake;
    grant select on bench.segment to aiddesk_intake`);
  for (const { values } of segments) await sql(place, `insert into bench.segment values (${values[3]}, '${values[4]}', '${values[5]}')`);
}

const literal = (value) => (value === null ? 'null' : `'${value}'`);

/** What one upload asks of the database until its COMMIT, as a pgbench script: into the same draft, a new file each time. */
function scriptOf(calls) {
  const end = calls.findIndex(({ sql }) => sql.includes('.file_end('));
  const begin = calls.findIndex(({ sql }) => sql.includes('.file_begin('));
  const made = new Map([
    [calls[begin].values[2], "lpad(to_hex(:n::bigint), 32, '0')"],
    [calls[end].values[6], "decode(lpad(to_hex(:n::bigint), 64, 'e'), 'hex')"],
  ]);
  const lines = calls.slice(begin - 1, end + 2).map(({ sql, values }) => {
    const segment = sql.includes('.file_segment(');
    const text = sql.replace(/\$(\d+)/g, (_, n) => {
      if (segment && n === '5') return 's.header';
      if (segment && n === '6') return 's.sealed';
      return made.get(values[n - 1]) ?? literal(values[n - 1]);
    });
    return segment ? `${text.replace(/^select \* from (.*)$/s, 'select f from bench.segment s, lateral $1 f')} where s.n = ${values[3]};` : `${text};`;
  });
  return `\\set n random(1, 9000000000000000000)\n${lines.join('\n')}\n`;
}

/** The processes that take files, with the peak of their memory so far; it can be set back. */
async function handlers(place) {
  const found = [];
  for (const pid of await children(await started(place, 'aiddesk-intake'))) {
    if (/aiddesk-intake/.test(await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => ''))) found.push(pid);
  }
  return found;
}

/** Uploads a second. */
export async function upload(place, { rounds }) {
  await sql(place, "update ref.service_limit set n = 1000000000000 where code in ('case_max_bytes', 'case_max_files')");
  await sql(place, 'alter role aiddesk_intake connection limit 40');
  // Each process has seen one: side by side, because the kernel would give most of them to the same.
  for (let i = 0; i < 3; i++) await Promise.all(await Promise.all([1, 2, 3, 4].map(() => prepared(place))).then((all) => all.map(send)));
  const captured = await prepared(place);
  const calls = await callsDuring(place, 'aiddesk_intake', () => send(captured));
  await keep(place, calls.filter(({ sql }) => sql.includes('.file_segment(')));
  // The upload went into this draft, and pgbench goes on there.
  const script = scriptOf(calls);
  const before = new Map();
  for (const pid of await handlers(place)) {
    await writeFile(`/proc/${pid}/clear_refs`, '5');
    before.set(pid, (await numbers(`/proc/${pid}/status`)).VmRSS);
  }
  const got = await interleave(rounds, {
    ours: async () => {
      const ready = [];
      for (let i = 0; i < each; i++) ready.push(await prepared(place));
      let took = 0;
      for (const one of ready) took += await send(one);
      return each / took;
    },
    limit: () => pgbench(place, script, { of: 'intake', clients: 1, more: ['-t', String(each)] }),
  });
  let up = 0;
  for (const [pid, rss] of before) up = Math.max(up, (await numbers(`/proc/${pid}/status`)).VmHWM - rss);
  await sql(place, 'drop schema bench cascade');
  return [
    { ours: median(got.ours), limit: median(got.limit), unit: 'uploads/s', least: 0.5, note: '20 MB, sealed, stored, read back and inspected; the limit only stores' },
    { name: 'peak memory of the handlers during uploads, above what they had', ours: up / 1024, limit: 2, unit: 'MiB', most: 1 },
  ];
}
