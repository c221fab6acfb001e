// The service says whether it lives and whether it can take a complaint.
import assert from 'node:assert/strict';
import test from 'node:test';
import { value } from '../support/database.mjs';
import { Client } from '../support/http.mjs';
import { stack } from '../support/stack.mjs';

test('a_running_service_is_live_and_ready', async () => {
  const client = new Client((await stack()).url);
  for (const path of ['/health/live', '/health/ready']) {
    const answer = await client.get(path);
    assert.equal(answer.status, 200, answer.body);
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(answer.headers['set-cookie'], undefined);
  }
});

test('the_database_has_the_encoding_that_chinese_search_needs', async () => {
  assert.equal(await value('select pg_encoding_to_char(encoding) from pg_database where datname = current_database()'), 'UTF8');
  assert.equal(await value('select datctype from pg_database where datname = current_database()'), 'C.UTF-8');
  assert.equal(await value("select current_setting('data_checksums')"), 'on');
});

test('programs_log_in_as_their_own_role_only', async () => {
  const { pg } = await stack();
  const { execFileSync } = await import('node:child_process');
  const login = (user, role) => {
    const args = ['--reuid', user, '--regid', user, '--init-groups', 'psql', '-X', '-h', pg, '-U', role, '-d', 'aiddesk', '-Atc', 'select current_user'];
    try {
      return execFileSync('setpriv', args, { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] }).toString().trim();
    } catch (error) {
      return /FATAL/.exec(error.stderr)?.[0];
    }
  };
  assert.equal(login('aiddesk-intake', 'aiddesk_intake'), 'aiddesk_intake');
  for (const role of ['aiddesk_desk', 'aiddesk_owner', 'postgres']) assert.equal(login('aiddesk-intake', role), 'FATAL');
  assert.equal(login('aiddesk-nginx', 'aiddesk_intake'), 'FATAL');
});
