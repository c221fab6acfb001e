// SECURITY.md D5: the only synchronous standby is paused.  Whatever ends the wait for it, the page says "not confirmed"; and when the
// primary is lost after that, pressing again makes exactly one case with one code.
import assert from 'node:assert/strict';
import { psql, value } from '../support/database.mjs';
import { kept, once, whole } from './check.mjs';
import { Complaint } from './complainant.mjs';
import { serving, signal } from './processes.mjs';
import { Standby } from './standby.mjs';

const waiting = "from pg_stat_activity where usename = 'aiddesk_intake' and wait_event = 'SyncRep'";

/** Does something to the backends that wait for the standby until told to stop; each as often as it waits. */
function meddle(what) {
  const state = { going: true, times: 0 };
  state.done = (async () => {
    while (state.going) state.times += await value(`select count(${what}(pid))::int ${waiting}`);
  })();
  return state;
}

/** What may end the wait: our own deadline; a cancel, after which the server says success; a terminated backend; a killed handler. */
export const ends = {
  deadline: async (press) => press(),
  cancel: (press) => meddled(press, 'pg_cancel_backend'),
  terminate: (press) => meddled(press, 'pg_terminate_backend'),
  handler: async (press) => {
    const pressed = press();
    for (let left = 400; left > 0 && !(await value(`select exists (select ${waiting})`)); left--) await new Promise((done) => setTimeout(done, 10));
    for (const pid of await serving('intake')) signal(pid, 'SIGKILL');
    return pressed;
  },
};

async function meddled(press, what) {
  const meddling = meddle(what);
  const outcome = await press();
  meddling.going = false;
  await meddling.done;
  assert.ok(meddling.times > 0, 'nobody waited for the standby');
  return outcome;
}

/** Only what submits and confirms waits, so that the submission itself is written here and not there; without this, the step before waits. */
async function onlySubmissions() {
  await psql(`create function core.test_wait() returns trigger language plpgsql as $$
    begin perform set_config('synchronous_commit', 'on', true); return new; end $$;
    create trigger test_wait before update of submitted_at, confirmed_at on core.case_file for each row execute function core.test_wait()`);
  await psql('alter system set synchronous_commit = local');
  await psql('select pg_reload_conf()');
}

/**
 * Presses once for each of the ends while the standby is paused, and a second time while it still is.  failover: then the primary is lost;
 * otherwise the standby goes on.  everything: all commits wait, not only those of submissions.  Returns {pressed, longest: ms}.
 */
export async function standbyAway(url, ledger, all, { which = Object.keys(ends), failover = true, everything = false } = {}) {
  const standby = await Standby.make();
  try {
    return await pressed(standby, url, ledger, all, { which, failover, everything });
  } finally {
    await standby.kill(); // whatever was found: it would go on, and keep the disk of the installation
  }
}

async function pressed(standby, url, ledger, all, { which, failover, everything }) {
  if (!everything) await onlySubmissions();
  const mine = [];
  let longest = 0;
  for (const end of which) {
    const complaint = new Complaint(url, ledger);
    await complaint.fill();
    mine.push({ end, complaint });
  }
  await standby.pause();
  for (const { end, complaint } of mine) {
    for (const press of ['first', 'second']) {
      const began = Date.now();
      const outcome = await (press === 'first' ? ends[end] : ends.deadline)(() => complaint.press());
      longest = Math.max(longest, Date.now() - began);
      assert.equal(outcome, 'not confirmed', `${press} press, ${end}: nothing is received without the standby`);
    }
  }
  assert.ok(longest < 9000, `${longest} ms: the answer comes before anybody gives up`);
  if (!everything) assert.ok((await value('select count(*)::int from core.case_file where submitted_at is not null')) > all.length, 'the primary has them');
  await standby.kill();
  if (failover) await standby.takeOver();
  else await standby.discard();
  for (const { complaint } of mine) {
    await complaint.insist();
    all.push(complaint);
  }
  await kept(url, ledger);
  await whole();
  await once(all);
  return { pressed: mine.length * 2, longest };
}
