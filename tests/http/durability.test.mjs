// Acknowledged means durable (SECURITY.md §8, D1–D8): a short sample of what tests/durability/run does at length.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { psql } from '../support/database.mjs';
import { kept, once, whole } from '../durability/check.mjs';
import { Complaint } from '../durability/complainant.mjs';
import { files, killAtCalls, parts, sends } from '../durability/kill-intake.mjs';
import { hasDisks, onDisk } from '../durability/disk.mjs';
import { Ledger } from '../durability/ledger.mjs';
import { cuts } from '../durability/power.mjs';
import { standbyAway } from '../durability/standby-away.mjs';
import { world } from '../durability/world.mjs';

const { url, dir } = await world({ before: onDisk }); // of its own, by ownStack()
const ledger = new Ledger(path.join(dir, 'ledger'));
const complaints = [];

// Of an upload every fourth.
for (const [part, chosen] of [[parts[0], sends], [parts[2], (call) => sends(call) && call.nth % 4 === 1]]) {
  test(`killed_at_each_call_that_sends_something_in_a_${part.what.replaceAll(' ', '_')}`, async (t) => {
    const done = await killAtCalls(url, ledger, part, complaints, chosen, 1);
    t.diagnostic(JSON.stringify(done));
    assert.ok(done.killed >= done.chosen - 2, 'too many calls did not come again');
  });
}

test('a_connection_lost_between_two_requests_is_not_noticed', async () => {
  const complaint = new Complaint(url, ledger, { files: files() });
  const upload = () => complaint.upload();
  for (const step of [() => complaint.begin(), upload, upload, upload, () => complaint.contact(), () => complaint.insist()]) {
    await psql("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'aiddesk_intake'");
    await step();
  }
  assert.equal(complaint.refused, 0);
  complaints.push(complaint);
});

test('the_power_is_cut_under_load', { skip: !hasDisks && 'a file cannot be mounted as a disk here' }, async (t) => {
  t.diagnostic(JSON.stringify(await cuts(url, ledger, dir, complaints, 1)));
});

test('the_standby_is_away_a_wait_for_it_is_cancelled_and_the_primary_is_lost', async (t) => {
  t.diagnostic(JSON.stringify(await standbyAway(url, ledger, complaints, { which: ['cancel'] })));
});

test('everything_that_was_acknowledged_is_there_once_and_whole', async () => {
  assert.equal(await kept(url, ledger), complaints.length);
  await whole();
  await once(complaints);
});
