// Measures what the service costs, as ratios against a limit in the same run, and writes them down.
//
//   node bench.mjs [--only a,b,…] [--rounds N] [--seconds N] [--cases N] [--write FILE]
//
// tests/bench/run calls it.  The exit code is 0 when every ratio holds.
import { mkdtemp } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { begin, end } from './place.mjs';
import { casePage, list, report } from './pages.mjs';
import { submissions } from './submissions.mjs';
import { upload } from './upload.mjs';
import { fill } from './bulk.mjs';
import { handlerMemory, idleMemory } from './memory.mjs';
import { growth } from './scale.mjs';
import { judged, table, write } from './results.mjs';

const { values: given } = parseArgs({ options: {
  only: { type: 'string', default: 'a,b,c,d,e,f,g' }, rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '5' },
  cases: { type: 'string', default: '1000000' }, write: { type: 'string' } } });
const options = { rounds: Number(given.rounds), seconds: Number(given.seconds) };
const most = Number(given.cases);
const wanted = new Set(given.only.split(','));

// In the order of what they need: first the service as it is started, then more and more cases.
const measures = [
  ['f', 'memory', (place) => idleMemory(place)],
  ['a', 'submission, sealed, durable', (place) => submissions(place, options)],
  ['e', '20 MB upload', (place) => upload(place, options)],
  ['b', `desk list, 25 rows of ${(most / 10).toLocaleString('en')} cases`, async (place) => (await fill(place, most / 10), list(place, options))],
  ['c', 'case page', (place) => casePage(place, options)],
  ['d', 'platform report', (place) => report(place, options)],
  ['g', 'growth', async (place) => growth(place, await mkdtemp('/var/tmp/aiddesk-bench-'), { ...options, cases: most })],
  ['f', 'private memory', (place) => handlerMemory(place)],
];

const place = await begin(await mkdtemp('/var/tmp/aiddesk-bench-'));
const rows = [];
let status = 0;
try {
  for (const [key, name, measure] of measures) {
    if (!wanted.has(key)) continue;
    for (const row of [await measure(place)].flat()) {
      rows.push(judged({ key, name, ...row }));
      console.log(table([rows[rows.length - 1]]));
    }
  }
  rows.sort((x, y) => (x.key < y.key ? -1 : x.key > y.key ? 1 : 0));
  if (given.write) await write(given.write, rows);
  status = rows.every((row) => row.holds) ? 0 : 1;
} catch (error) {
  console.error(error);
  status = 2;
} finally {
  await end(place);
}
process.exit(status);
