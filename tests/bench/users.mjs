// People who use the service at the same time, each with a browser of their own and time to think: complainants at the form, trackers,
// volunteers, coordinators and a regulator on the demo data.
import { png } from '../support/files.mjs';
import { Client, file } from '../support/http.mjs';
import { pause, signIn } from './place.mjs';

/** A person at a browser: counts answers, notes what went wrong, thinks in between. */
class Person {
  constructor(crowd, client) {
    this.crowd = crowd;
    this.client = client ?? new Client(crowd.place.url);
  }

  async step(work) {
    const page = await work(this.client);
    this.crowd.answers++;
    if (page.status >= 400) throw new Error(`${page.method} ${page.path}: ${page.status} ${page.text.slice(0, 200)}`);
    await pause(this.crowd.think * (0.5 + Math.random()));
    return page;
  }

  get(where) {
    return this.step((client) => client.get(where));
  }

  submit(page, form, fields) {
    return this.step((client) => client.submit(page, form, fields));
  }
}

let orders = 0;

async function complainant(crowd) {
  const one = new Person(crowd);
  let page = await one.get('/');
  page = await one.get('/complaint/platform');
  page = await one.submit(page, 'form', { platform: '示例卡盟甲', product: 'game_card', order_no: `ST-${process.pid}-${orders++}`, pay_method: 'alipay' });
  page = await one.submit(page, 'form', { problem: 'not_received', amount: '176.00', story: '2026年11月1日付款176元买点卡，至今没有到账，客服不回。', wanted: ['refund'] });
  if (orders % 3 === 0) page = await one.submit(page, 'photo', { photo: file('付款.png', png(), 'image/png') });
  page = await one.get('/complaint/contact');
  page = await one.submit(page, 'form', { who: 'self', purpose: 'own_use', contact_way: 'mobile', mobile: '13800138000', safe: ['text'] });
  page = await one.submit(page, 'agree', { agree: true, agree_identity: true, ...(/name="agree_sensitive"/.test(page.body) ? { agree_sensitive: true } : {}) });
  if (page.path !== '/complaint/receipt') throw new Error(`not submitted: ${page.text.slice(0, 200)}`);
}

async function tracker(crowd) {
  const open = crowd.place.demo.cases.filter((c) => !['DRAFT', 'ERASED', 'DECLINED'].includes(c.state));
  const one = new Person(crowd);
  await one.submit(await one.get('/track'), 'form', { code: open[Math.floor(Math.random() * open.length)].tracking_code });
  for (const where of ['/track/messages', '/track/complaint', '/track/decisions', '/track']) await one.get(where);
}

/** Somebody with a session of the desk: the same pages again and again. */
function atTheDesk(role, pagesOf) {
  return async (crowd) => {
    const one = new Person(crowd, await signIn(crowd.place, role));
    const home = await one.get('/desk');
    for (const where of pagesOf(home)) await one.get(where);
  };
}

const casesOn = (page) => [...new Set([...page.body.matchAll(/\/desk\/cases\/AD\d\d-\d+(?=")/g)].map((m) => m[0]))];
const volunteer = atTheDesk('volunteer', (home) => ['/desk/cases', ...casesOn(home).slice(0, 3).flatMap((c) => [c, `${c}/messages`, `${c}/evidence`]), '/reports']);
const coordinator = atTheDesk('coordinator', (home) => ['/desk/cases?scope=all', '/desk/today', '/desk/load', ...casesOn(home).slice(0, 2), '/reports/platforms']);

async function regulator(crowd) {
  const one = new Person(crowd, await signIn(crowd.place, 'regulator'));
  for (const where of ['/reports', '/reports/platforms', '/exports', '/platforms']) await one.get(where);
}

const shares = [[0.4, complainant], [0.24, tracker], [0.28, volunteer], [0.04, coordinator], [1, regulator]];

/** Lets so many people come and go until the time is over. Returns how many answers they got and what went wrong. */
export async function crowd(place, { users, seconds, think }) {
  const here = { place, think, answers: 0, wrong: [] };
  const until = Date.now() + seconds * 1000;
  for (const role of ['volunteer', 'coordinator', 'regulator']) await signIn(place, role);
  const people = [];
  for (let i = 0; i < users; i++) {
    let share = 0;
    const [, behave] = shares.find(([part]) => (share += part) > i / users) ?? shares[shares.length - 1];
    people.push((async () => {
      await pause(think * Math.random()); // not all at once
      while (Date.now() < until && here.wrong.length < 20) {
        await behave(here).catch((error) => here.wrong.push(`${behave.name || 'desk'}: ${error.message}`));
      }
    })());
  }
  here.over = Promise.all(people);
  return here;
}

