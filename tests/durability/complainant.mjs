// Somebody who complains while things break: fills the form, presses, looks what the page says, presses again; never believes anything but
// a receipt, and writes each receipt into the ledger.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Client, file } from '../support/http.mjs';
import { hash } from './ledger.mjs';

const ticks = ['agree', 'agree_identity', 'agree_sensitive'];
/** What a page says that promises nothing: the service's own words, and those of nginx when no program answers. */
const notConfirmed = /还没有确认收到/;
/** What no page may say before a receipt. */
const promised = /已收到您的投诉|AD\d\d-\d{6}/;

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** What a broken connection gives instead of a page: null.  Anything else that is thrown is a mistake of the test or a finding. */
function broken(error) {
  if (error.code === undefined || error.code === 'ERR_ASSERTION') throw error;
  return null;
}

/** One complaint on its way. */
export class Complaint {
  /** files: [{name, content, type}], in the order in which they are sent. */
  constructor(url, ledger, { files = [] } = {}) {
    this.client = new Client(url);
    this.ledger = ledger;
    this.files = files;
    this.sent = 0;
    this.refused = 0; // answers that were an error, or none
    this.mark = randomBytes(6).toString('hex');
    this.texts = { order: `D-${this.mark}`, story: `付款之后一直没有到账，${this.mark}，𠮷龘，客服不回。`, name: `乙${this.mark}` };
    this.receipts = [];
  }

  /**
   * One step, again until there is the page that it leads to.  What comes instead may only be an error of the service or none at all; how
   * often that was is counted in refused.
   */
  async #step(act, path, seconds = 60) {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const page = await act().catch(broken);
      if (page?.status === 200 && page.path === path) return page;
      assert.ok(page === null || page.status >= 500, `${page?.status} ${page?.path}: ${page?.text}`);
      assert.doesNotMatch(page?.text ?? '', promised);
      this.refused += 1;
      assert.ok(Date.now() < end, `${path} was not reached within ${seconds} s: ${page?.status} ${page?.text.slice(0, 300)}`);
      await wait(100);
    }
  }

  /** Steps 1 and 2. */
  async begin() {
    const first = { platform: '样例卡盟', product: 'game_card', order_no: this.texts.order };
    const second = { problem: 'late', amount: '12.5', story: this.texts.story, wanted: ['refund'] };
    const start = await this.#step(() => this.client.get('/complaint/platform'), '/complaint/platform');
    const story = await this.#step(() => this.client.submit(start, 'form', first), '/complaint/story');
    this.page = await this.#step(() => this.client.submit(story, 'form', second), '/complaint/evidence');
  }

  /** Sends the next file; true when the page lists it afterwards.  A file that is there already is not sent twice. */
  async upload() {
    const next = this.files[this.sent];
    const page = await this.client.submit(this.page, 'form', { photo: file(next.name, next.content, next.type) }).catch(broken);
    // Whatever became of the answer: the list tells.
    this.page = await this.#step(() => this.client.get('/complaint/evidence'), '/complaint/evidence');
    const there = this.page.body.includes(`>${hash(next.content).slice(0, 8)}<`);
    const acknowledged = page?.status === 200 && page.path === '/complaint/evidence';
    if (acknowledged) assert.ok(there, 'a file that was acknowledged is not in the list');
    else this.refused += 1;
    if (there) this.sent += 1;
    return there;
  }

  /** Step 4, and the page with everything on it. */
  async contact() {
    const fields = { who: 'self', contact_way: 'mobile', mobile: '13800138000', safe: ['text'], call_name: this.texts.name };
    const page = await this.#step(() => this.client.get('/complaint/contact'), '/complaint/contact');
    this.page = await this.#step(() => this.client.submit(page, 'form', fields), '/complaint/check');
    this.submission = this.page.value('submission_id');
  }

  /** Everything up to the button. */
  async fill() {
    await this.begin();
    while (this.sent < this.files.length) await this.upload();
    await this.contact();
  }

  /** From the first page to the receipt, however often it takes. */
  async through() {
    await this.fill();
    await this.insist();
  }

  /**
   * Presses the button.  Returns 'received' when there was a receipt, 'not confirmed' when the page said so, 'no answer' when the
   * connection broke; everything else is a failure, above all a page that promises something beside an error.
   */
  async press() {
    const asked = this.page.form('agree').fields.map((f) => f.name);
    const agreed = Object.fromEntries(ticks.filter((t) => asked.includes(t)).map((t) => [t, true]));
    let answer;
    try {
      answer = await this.client.submit(this.page, 'agree', agreed, { follow: false });
    } catch (error) {
      broken(error);
      return 'no answer';
    }
    if (answer.status === 303) {
      assert.equal(answer.location, '/complaint/receipt');
      this.acknowledged = true;
      return 'received';
    }
    assert.doesNotMatch(answer.text, promised, answer.text);
    assert.ok(answer.status >= 500, `${answer.status} ${answer.text}`);
    assert.match(answer.text, notConfirmed, answer.text);
    this.unconfirmed = answer;
    return 'not confirmed';
  }

  /** Reads the receipt and writes it down; false when the page could not be had. */
  async receipt() {
    const page = await this.client.get('/complaint/receipt').catch(broken);
    if (page === null || page.status !== 200 || page.path !== '/complaint/receipt') return false;
    const entry = {
      submission: this.submission,
      number: /AD\d\d-\d{6}/.exec(page.text)[0],
      code: /data-code>(.*?)<\/p>/s.exec(page.body)[1].replaceAll(/<[^>]*>/g, '').trim(),
      texts: Object.values(this.texts).map(hash),
      files: this.files.map((f) => ({ name: f.name, sha256: hash(f.content), bytes: f.content.length })),
    };
    this.ledger.write(entry);
    this.receipts.push(entry);
    return true;
  }

  /** Presses until it is received and the receipt has been read, as a patient person would. */
  async insist(seconds = 60) {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      if ((this.acknowledged || (await this.press()) === 'received') && (await this.receipt())) return;
      this.refused += 1;
      assert.ok(Date.now() < end, `not received within ${seconds} s; last: ${this.unconfirmed?.text.slice(0, 300)}`);
      await wait(100);
    }
  }
}
