// Pages against a bare FastCGI program that calls the same functions with the same parameters and answers with fixed HTML of the same size,
// with as many processes, behind the same nginx.
import { bare, callsDuring, clients, signIn, sql } from './place.mjs';
import { interleave, median, pages } from './tools.mjs';

const processes = { desk: 3, report: 2 }; // the defaults of cgi/core/config.c

/** One page: requests a second of ours and of the bare program, in turns. */
async function against(place, { name, of, client, where, rounds, seconds }) {
  const first = await client.get(where);
  if (first.status !== 200) throw new Error(`${where}: ${first.status} ${first.text.slice(0, 200)}`);
  await client.get(where);
  const calls = await callsDuring(place, `aiddesk_${of}`, () => client.get(where));
  if (calls.length === 0) throw new Error(`${where} asks nothing of the database`);
  const limit = await bare(place, name, { of, processes: processes[of], bytes: first.bytes.length, calls });
  const got = await interleave(rounds, {
    ours: () => pages(place, where, { client, clients, seconds }),
    limit: () => pages(place, limit.path, { client, clients, seconds }),
  });
  limit.stop();
  return { ours: median(got.ours), limit: median(got.limit), unit: 'pages/s', least: 0.5,
    note: `${calls.filter((c) => /\(/.test(c.sql)).length} functions, ${first.bytes.length} bytes` };
}

/** (b) The list of a coordinator over all cases: 25 rows by next deadline. */
export async function list(place, options) {
  return against(place, { name: 'list', of: 'desk', client: await signIn(place, 'coordinator'), where: '/desk/cases?scope=all', ...options });
}

/** (c) A case that is worked on, opened by the volunteer who has it. */
export async function casePage(place, options) {
  const volunteer = await signIn(place, 'volunteer');
  const login = place.demo.accounts.find((a) => a.role === 'volunteer').login;
  const number = await sql(place, `select c.case_no from core.case_file c join core.app_user u on u.id = c.assignee
    where u.login = :'login' and c.status = 'IN_PROGRESS' order by c.submitted_at limit 1`, { login });
  return against(place, { name: 'case', of: 'desk', client: volunteer, where: `/desk/cases/${number}`, ...options });
}

/** (d) The status report of one platform, for a coordinator. */
export async function report(place, options) {
  const id = await sql(place, "select md5('platform 1')::uuid");
  return against(place, { name: 'report', of: 'report', client: await signIn(place, 'coordinator'), where: `/reports/platforms/${id}`, ...options });
}
