// That many users at once meet no error and leave nothing behind in the processes: tests/bench/steady, short.  It measures no speed.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ready, signIn } from '../bench/place.mjs';
import { steady } from '../bench/steadily.mjs';
import { look } from '../bench/watch.mjs';
import { Client } from '../support/http.mjs';
import { sanitized } from '../support/installation.mjs';
import { ownStack } from '../support/stack.mjs';

const place = await ready(await ownStack(['--demo']));

test('a_crowd_meets_no_error_and_leaves_no_descriptor_behind', async () => {
  // Some seconds are too few for caches to fill: memory is looked at below, and over minutes by tests/bench/steady.
  const found = await steady(place, { users: 16, seconds: 12, think: 50, kib: Infinity });
  assert.deepEqual(found.wrong, []);
  assert.ok(found.answers > 100, String(found.answers));
});

// AddressSanitizer keeps what is freed for a while; it finds leaks by itself.
test('the_same_page_again_and_again_takes_no_more_memory', { skip: sanitized }, async () => {
  const client = new Client(place.url);
  const pages = [[client, '/complaint/platform'], [client, '/track'], [client, '/login'], [client, '/platforms'], [await signIn(place, 'coordinator'), '/account']];
  const each = 900;
  const ask = async (times) => {
    for (const [who, where] of pages) {
      for (let n = 0; n < times; n += 6) {
        const all = await Promise.all(Array.from({ length: 6 }, () => who.get(where)));
        for (const page of all) assert.equal(page.status, 200, `${where}: ${page.text.slice(0, 200)}`);
      }
    }
  };
  await ask(120);
  const before = await look(place);
  await ask(each);
  const after = await look(place);
  const ours = [...after.processes].filter(([pid]) => before.processes.has(pid));
  // A process that answers a third of them would keep a kilobyte of each.
  const most = each / 3;
  const grown = ours.map(([pid, now]) => [now.name, now.anonymous - before.processes.get(pid).anonymous]).filter(([, kib]) => kib > most);
  assert.deepEqual(grown, []);
});
