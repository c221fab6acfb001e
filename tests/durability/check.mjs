// What must hold once the service answers again, whatever was killed: nothing that the ledger holds is lost, nothing is half there, and
// nobody has two cases.
import assert from 'node:assert/strict';
import { rows, value } from '../support/database.mjs';
import { tokens } from '../support/html.mjs';
import { Client } from '../support/http.mjs';
import { hash } from './ledger.mjs';

/** Hashes of all texts that stand alone in an element of the page. */
function textsOf(page) {
  const found = new Set();
  for (const token of tokens(page.body)) if (token.text !== undefined) found.add(hash(token.text.trim()));
  return found;
}

/** A ledger line against what its code opens: number, texts, list of files with their hashes, and every byte of every file. */
export async function opens(url, entry) {
  const client = new Client(url);
  const at = `${entry.number} ${entry.submission}`;
  let page = await client.submit(await client.get('/track'), 'form', { code: entry.code });
  assert.equal(page.path, '/track/case', `${at}: the code opens nothing: ${page.text}`);
  assert.ok(page.text.includes(entry.number), `${at}: the code opens another case: ${page.text}`);
  page = await client.get('/track/complaint');
  assert.equal(page.status, 200, `${at}: ${page.text}`);
  const texts = textsOf(page);
  for (const text of entry.texts) assert.ok(texts.has(text), `${at}: a text is not what was sent: ${page.text}`);
  page = await client.get('/track/evidence');
  const listed = [...page.body.matchAll(/href="(\/track\/file\/[^"]+)"[\s\S]*?<code class="hash">([0-9a-f]{64})</g)].map((m) => ({ path: m[1], sha256: m[2] }));
  assert.deepEqual(listed.map((f) => f.sha256).sort(), entry.files.map((f) => f.sha256).sort(), `${at}: other files than were sent`);
  for (const one of listed) {
    const answer = await client.get(one.path);
    assert.equal(answer.status, 200, `${at}: ${one.path}`);
    assert.equal(hash(answer.bytes), one.sha256, `${at}: ${one.path} holds other bytes`);
  }
}

/** Everything in the ledger; a submission that was written down twice must say the same twice. */
export async function kept(url, ledger) {
  const first = new Map();
  for (const entry of ledger.entries()) {
    const before = first.get(entry.submission);
    if (before) assert.deepEqual(entry, before, 'the same submission has two receipts');
    else first.set(entry.submission, entry);
  }
  assert.equal(new Set([...first.values()].map((e) => e.number)).size, first.size, 'two submissions share a case number');
  for (const entry of first.values()) await opens(url, entry);
  return first.size;
}

/** Pieces of what is whole or not there at all; each row that comes back is something half there. */
const pieces = `
  select c.id, c.case_no, w.what from core.case_file c cross join lateral (values
    ('submitted without a number', c.submitted_at is not null and c.case_no is null),
    ('a number without being submitted', c.submitted_at is null and c.case_no is not null),
    ('a draft with a status', c.submitted_at is null and c.status <> 'DRAFT'),
    ('seals', c.submitted_at is not null and (select array_agg(s.recipient_kind order by s.recipient_kind) from core.case_seal s
        where s.case_id = c.id and s.recipient_kind <> 'user') is distinct from array['code', 'group', 'pool']),
    ('seals of a draft', c.submitted_at is null and exists (select from core.case_seal s where s.case_id = c.id)),
    ('seal of the volunteer', c.assignee is not null and not exists (select from core.case_seal s where s.case_id = c.id and s.recipient = c.assignee)),
    ('tracking code', (c.submitted_at is not null) <> exists (select from core.tracking_code t where t.case_id = c.id)),
    ('consent', c.submitted_at is not null and not exists (select from core.consent n where n.case_id = c.id and n.kind = 'HANDLE_CASE')),
    ('event', (c.submitted_at is not null)::int <> (select count(*) from core.event e where e.case_id = c.id and e.object_kind = 'case' and e.type = 'submit')),
    ('assignment', (c.assignee is not null) <> exists (select from core.assignment a where a.case_id = c.id and a.ended_at is null)),
    ('clock', c.submitted_at is not null and not exists (select from core.clock k where k.case_id = c.id))) w(what, wrong)
  where w.wrong
  union all
  select f.case_id, f.id::text, w.what from core.file f cross join lateral (values
    ('file without an end', f.state = 'uploading'),
    ('file without a manifest', f.state = 'stored' and f.manifest_sealed is null),
    ('file without all its segments', f.state = 'stored' and f.segments <>
        (select count(*) from core.file_segment s where s.file_id = f.id and s.segment_no < f.segments)),
    ('file shorter than it says', f.state = 'stored' and f.bytes > (select sum(octet_length(s.sealed)) from core.file_segment s where s.file_id = f.id))) w(what, wrong)
  where w.wrong`;

/** Nothing is half there. */
export async function whole() {
  assert.deepEqual(await rows(pieces), []);
}

/** As many cases as people complained, not one more. */
export async function once(complaints) {
  const cases = await rows(`select c.id from core.case_file c where c.submitted_at is not null`);
  const theirs = new Set(complaints.map((c) => c.submission));
  assert.equal(theirs.size, complaints.length);
  assert.deepEqual(cases.map((c) => c.id).filter((id) => !theirs.has(id)), [], 'cases that nobody submitted');
  assert.equal(cases.length, complaints.length);
  assert.equal(await value('select count(distinct case_no)::int from core.case_file where submitted_at is not null'), complaints.length);
}
