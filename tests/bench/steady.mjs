// Many users for some minutes: no error, and nothing grows.
//
//   node steady.mjs [--minutes N] [--users N] [--think SECONDS]
//
// tests/bench/steady calls it.  The exit code is 0 when everything was steady.
import { mkdtemp } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { begin, end } from './place.mjs';
import { steady } from './steadily.mjs';

const { values: given } = parseArgs({ options: {
  minutes: { type: 'string', default: '10' }, users: { type: 'string', default: '50' }, think: { type: 'string', default: '3' } } });
const place = await begin(await mkdtemp('/var/tmp/aiddesk-bench-'));
let status = 2;
try {
  const found = await steady(place, { users: Number(given.users), seconds: 60 * Number(given.minutes), think: 1000 * Number(given.think) });
  console.log(`${given.users} users, ${given.minutes} minutes: ${found.answers} answers, ${found.processes} processes, ${found.connections} connections; `
    + `memory of a process changed by ${Math.round(found.memory.middle)} KiB in the middle and ${Math.round(found.memory.most)} KiB at most`);
  for (const line of found.wrong) console.log(`NOT STEADY: ${line}`);
  status = found.wrong.length === 0 ? 0 : 1;
} finally {
  await end(place);
}
process.exit(status);
