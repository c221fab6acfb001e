// The installation that things are done to: a coordinator, a volunteer who gets every case, limits that a test does not reach, and one
// process for each pool, so that it is known which one answers.
import { psql } from '../support/database.mjs';
import { coordinator, invited, ownStack } from '../support/people.mjs';

/** Starts it. settings: further lines of aiddesk.conf. before: see ownStack(). Returns {url, …} of the installation. */
export async function world({ settings = ['processes_intake = 1', 'processes_intake_upload = 1'], before } = {}) {
  const made = await ownStack([], { settings, before });
  const lead = await coordinator(made.url);
  await invited(lead, made.url, 'volunteer', 'vol.one');
  await lead.get('/desk'); // hands over the pool key
  await psql(`update ref.service_limit set n = 1000000
    where code in ('draft_network_hour', 'submit_network_hour', 'submit_global_hour', 'file_network_hour', 'code_network_hour', 'duplicate_network_hour');
    update ref.service_limit set n = 0 where code = 'submit_least'`);
  return made;
}
