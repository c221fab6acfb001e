// One run of many users under watch; for tests/bench/steady and, short, for the tests.
import { pause } from './place.mjs';
import { crowd } from './users.mjs';
import { judge, look } from './watch.mjs';

/** kib: how much the memory of a process may rise after the first third. Returns what judge() says, with what went wrong for the users. */
export async function steady(place, { users, seconds, think, kib = 256 }) {
  const people = await crowd(place, { users, seconds, think });
  const looks = [];
  const until = Date.now() + seconds * 1000;
  while (Date.now() < until) {
    await pause(Math.max(500, seconds * 1000 / 60));
    if (Date.now() > until - seconds * 1000 * 2 / 3) looks.push(await look(place));
  }
  await people.over;
  const found = judge(looks, kib);
  return { ...found, looks, answers: people.answers, wrong: [...people.wrong, ...found.wrong] };
}
