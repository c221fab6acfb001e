// Walking through pages as one person does: open, fill, press. Fields are found by their names, so the same walk goes with and without
// scripts and in every language; each page and state is looked at once (axe, width, picture).
import assert from 'node:assert/strict';

export class Walk {
  /** person: a Person of browser.mjs.  seen: names already looked at, shared by the walks of one run; prefix: begins the names of pictures. */
  constructor(person, seen, prefix) {
    this.person = person;
    this.page = person.page;
    this.seen = seen;
    this.prefix = prefix;
  }

  /** Looks at the page as it stands, the first time that this name is met. */
  async see(name) {
    if (this.seen.has(name)) return;
    this.seen.add(name);
    await this.person.look(`${this.prefix}-${name}`);
  }

  /** Opens a page that must be there, and looks at it. */
  async open(path, name) {
    const answer = await this.page.goto(path);
    assert.equal(answer.status(), 200, `${path}: ${await this.page.title()}`);
    if (name) await this.see(name);
  }

  /** The form that posts to a path that ends so, or #form. */
  form(what = '#form') {
    return what.startsWith('#') ? this.page.locator(`form${what}`).last() : this.page.locator(`form[action$="${what}"]`).first();
  }

  /** Fills fields by name: text; true ticks a box; an array ticks those of several; a path in {file} is chosen for upload. */
  async fill(fields, what) {
    const form = this.form(what);
    for (const [name, value] of Object.entries(fields)) {
      const field = form.locator(`[name="${name}"]`);
      assert.ok(await field.count(), `no ${name} on ${this.path}: ${await this.page.title()}`);
      const kind = await field.first().evaluate((e) => (e.tagName === 'INPUT' ? e.type : e.tagName.toLowerCase()));
      if (value?.file) await field.first().setInputFiles(value.file);
      else if (kind === 'select') await field.first().selectOption(value);
      else if (kind === 'radio') await form.locator(`[name="${name}"][value="${value}"]`).check();
      else if (value === true) await field.first().check();
      else if (Array.isArray(value)) for (const one of value) await form.locator(`[name="${name}"][value="${one}"]`).check();
      else await field.first().fill(value);
    }
  }

  /** Presses the main button of a form and waits for the page that comes. */
  async press(what, button = 'button[type=submit]:not([name])') {
    try {
      await Promise.all([this.page.waitForNavigation({ waitUntil: 'load' }), this.form(what).locator(button).last().click()]);
    } catch (error) {
      await this.person.shot(`${this.prefix}-failed`);
      throw new Error(`${what ?? 'form'} on ${this.path}: ${await this.page.locator('main').innerText()}`, { cause: error });
    }
  }

  /** Fills and sends a form that must be taken: the next page is no error page. */
  async send(fields, what) {
    await this.fill(fields, what);
    await this.press(what);
    await this.#taken(`${what ?? 'form'} ${JSON.stringify(fields)}`);
  }

  /** Sends a form that must be refused, looks at the answer and finds what was typed still there. */
  async refused(fields, name, what) {
    await this.fill(fields, what);
    await this.press(what);
    assert.match(await this.page.title(), /^(错误：|Error:)/);
    for (const [field, value] of Object.entries(fields)) {
      if (typeof value !== 'string') continue;
      const kept = this.form(what).locator(`[name="${field}"]`).first();
      if (await kept.evaluate((e) => ['text', 'tel', 'email'].includes(e.type) || e.tagName === 'TEXTAREA')) assert.equal(await kept.inputValue(), value, field);
    }
    await this.see(name);
  }

  async #taken(what) {
    const title = await this.page.title();
    assert.doesNotMatch(title, /^(错误：|Error:)/, `${what}: ${await this.page.locator('main').innerText()}`);
  }

  /** Address of the page without the origin. */
  get path() {
    return new URL(this.page.url()).pathname;
  }
}
