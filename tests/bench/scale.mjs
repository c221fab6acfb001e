// (g) List, search and report with a million cases take at most 1.5 times what they take with ten thousand.
import { fill } from './bulk.mjs';
import { begin, end, signIn, sql } from './place.mjs';
import { latency, median } from './tools.mjs';

const each = 20; // requests one by one, of which the median counts

/** Pages by name: address and who asks for it. */
async function pagesOf(place) {
  const lead = await signIn(place, 'coordinator');
  const platform = await sql(place, "select md5('platform 1')::uuid");
  const search = (name) => encodeURIComponent(name);
  return {
    'list of all cases': ['/desk/cases?scope=all', lead],
    'list of overdue cases': ['/desk/cases?scope=late', lead],
    'search by platform': [`/desk/cases?scope=all&platform=${search('批量卡盟17')}`, lead],
    'search by platform and state': [`/desk/cases?scope=all&status=NEGOTIATING&platform=${search('批量卡盟170')}`, lead],
    'own list of a volunteer': ['/desk/cases?scope=mine', await signIn(place, 'volunteer')],
    'report of a platform': [`/reports/platforms/${platform}`, lead],
    'report of all platforms': ['/reports', lead],
    'public list of platforms': ['/platforms', lead],
  };
}

/** Both sizes at the same time, each in an installation of its own, in turns: what else the machine does meets both. */
export async function growth(place, dir, { rounds, cases }) {
  const small = await begin(dir);
  try {
    await fill(small, cases / 100);
    await fill(place, cases);
    const few = await pagesOf(small);
    const many = await pagesOf(place);
    const results = [];
    for (const name of Object.keys(few)) {
      const took = { few: [], many: [] };
      for (let i = 0; i <= rounds; i++) {
        const a = await latency(...few[name], each);
        const b = await latency(...many[name], each);
        if (i === 0) continue; // plans, caches
        took.few.push(a);
        took.many.push(b);
      }
      results.push({ name: `${name}, ${cases.toLocaleString('en')} cases against ${(cases / 100).toLocaleString('en')}`, ours: median(took.many),
        limit: median(took.few), unit: 'ms', most: 1.5 });
    }
    return results;
  } finally {
    await end(small);
  }
}
