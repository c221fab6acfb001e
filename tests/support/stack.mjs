// The installation that tests talk to: the one that ./ops/test has started for its run (AIDDESK_STACK), otherwise one of this test file's
// own, stopped when its tests are over.
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { after } from 'node:test';
import { promisify } from 'node:util';
import { ownPlace, root, startStack, stopStack } from './installation.mjs';

export { root };

const run = promisify(execFile);
let shared = null;
let own = null;

// Here and not where it is started: a hook that is made inside a test belongs to that test.
after(async () => {
  if (own === null) return;
  await stopStack(own);
  await rm(own, { recursive: true, force: true });
});

/**
 * Starts an installation that this file alone uses; stack(), psql() and aiddesk() then mean that one.  options: words for ops/run.
 * settings: further lines of aiddesk.conf.  before: called with its folder, before anything is in there.
 */
export async function ownStack(options = [], { settings = [], before = async () => {}, withMail = true } = {}) {
  const dir = await mkdtemp(ownPlace());
  await chmod(dir, 0o755);
  own = dir;
  await before(dir);
  const made = await startStack(dir, options, settings, withMail);
  shared = Promise.resolve(made);
  return made;
}

/** The installation of this run. */
export function stack() {
  shared ??= process.env.AIDDESK_STACK ? readFile(process.env.AIDDESK_STACK, 'utf8').then(JSON.parse) : ownStack();
  return shared;
}

/** Runs the operator's command on the installation; {stdout, stderr}. Rejects when it fails. */
export async function aiddesk(...command) {
  const { stage, conf } = await stack();
  return run(path.join(stage, 'bin/aiddesk'), [...command, '--config', conf], { env: { ...process.env, PGUSER: 'postgres' }, maxBuffer: 1 << 26 });
}
