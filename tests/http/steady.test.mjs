// That many users at once meet no error and leave nothing behind in the processes: tests/bench/steady, short.  It measures no speed.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ready } from '../bench/place.mjs';
import { steady } from '../bench/steadily.mjs';
import { ownStack } from '../support/stack.mjs';

test('a_crowd_meets_no_error_and_no_process_grows', async () => {
  const place = await ready(await ownStack(['--demo']));
  const found = await steady(place, { users: 16, seconds: 12, think: 50, kib: 64 });
  assert.deepEqual(found.wrong, []);
  assert.ok(found.answers > 100, String(found.answers));
});
