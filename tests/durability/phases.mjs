// One part of tests/durability/run, in an installation of its own: node phases.mjs NAME.  Figures go to the file AIDDESK_FIGURES, a line each.
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { killAtCalls, parts } from './kill-intake.mjs';
import { full, ownLog } from './disk-full.mjs';
import { inMemory, onDisk } from './disk.mjs';
import { killAtRandom, victims } from './kill-random.mjs';
import { kept } from './check.mjs';
import { Ledger } from './ledger.mjs';
import { cuts } from './power.mjs';
import { ends, standbyAway } from './standby-away.mjs';
import { world } from './world.mjs';

/** How often each is killed. */
const times = {
  'PostgreSQL backend': 20, 'PostgreSQL postmaster': 20, 'nginx master': 10, 'nginx worker': 10, 'aiddesk-worker': 10, 'aiddesk-intake parent': 10,
  'aiddesk-intake process': 20,
};

/** Each: the installation that it needs, and steps [what, how]; how(url, ledger, dir, complaints) returns figures. */
const phases = {
  calls: { world: {}, steps: parts.map((part) => [`kill -9 at each system call: ${part.what}`, (url, ledger, dir, all) => killAtCalls(url, ledger, part, all)]) },
  random: {
    world: { settings: [] },
    steps: Object.keys(victims).map((victim) => [`kill -9 at random: ${victim}`, (url, ledger, dir, all) => killAtRandom(url, ledger, victim, all, times[victim])]),
  },
  power: { world: { settings: [], before: onDisk }, steps: [['power cut', (url, ledger, dir, all) => cuts(url, ledger, dir, all, 10)]] },
  full: {
    world: { settings: [], before: inMemory },
    steps: ['disk', 'wal'].map((name) => [`disk full: ${name}`, async (url, ledger, dir, all) => {
      if (name === 'disk') await ownLog();
      return full(url, ledger, dir, name, all);
    }]),
  },
  standby: {
    world: { settings: [] },
    steps: [
      ['standby paused, every commit waits', (url, ledger, dir, all) => standbyAway(url, ledger, all, { everything: true, failover: false })],
      ['standby paused, the submission waits, failover', (url, ledger, dir, all) => standbyAway(url, ledger, all, { which: [...Object.keys(ends), ...Object.keys(ends)] })],
    ],
  },
};

const phase = phases[process.argv[2]];
const { url, dir } = await world(phase.world);
const ledger = new Ledger(path.join(dir, 'ledger'));
const complaints = [];

for (const [what, how] of phase.steps) {
  test(what, async () => {
    const began = Date.now();
    const figures = await how(url, ledger, dir, complaints);
    const words = JSON.stringify(figures).replaceAll(/[{}"]/g, '').replaceAll(',', ', ').replaceAll(':', ' ');
    appendFileSync(process.env.AIDDESK_FIGURES, `${what} | ${words} | ${((Date.now() - began) / 1000).toFixed(0)} s\n`);
  });
}

test('everything in the ledger is there', async () => {
  appendFileSync(process.env.AIDDESK_FIGURES, `${process.argv[2]}: lost | 0 of ${await kept(url, ledger)} acknowledged, each opened by its code | \n`);
});
