// Debian's Chromium as a person uses it: on a phone or a desk, with or without scripts, in Chinese or in English.  Every page that a test
// meets is checked on the way: accessibility, requests to third parties, violations of the content security policy, errors of scripts.
import assert from 'node:assert/strict';
import { readFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after } from 'node:test';
import { chromium } from 'playwright-core';
import { root } from './installation.mjs';

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = path.join(root, 'tests/browser/shots');
export const phone = { width: 360, height: 740 };
export const desk = { width: 1280, height: 900 };

let started = null;
after(async () => (await started)?.close());

/** The browser of this test file. */
export function browser() {
  started ??= (async () => {
    const made = await chromium.launch({
      executablePath: process.env.AIDDESK_CHROMIUM ?? '/usr/bin/chromium',
      // Chromium's own sandbox does not work as root; the pages here are ours.
      args: [...(process.getuid() === 0 ? ['--no-sandbox'] : []), '--disable-dev-shm-usage'],
    });
    return made;
  })();
  return started;
}

/** One person's browser: own cookies. `check()` at the end says what went wrong on any of its pages. */
export class Person {
  /** lang: "zh-CN" or "en". js: false switches scripts off. */
  static async open({ url, lang = 'zh-CN', js = true, viewport = phone } = {}) {
    const context = await (await browser()).newContext({
      baseURL: url, locale: lang, javaScriptEnabled: js, viewport, deviceScaleFactor: 1, hasTouch: viewport === phone,
    });
    context.setDefaultTimeout(40000);
    return new Person(context, await context.newPage(), { url, lang, js });
  }

  constructor(context, page, about) {
    this.context = context;
    this.page = page;
    this.about = about;
    this.problems = [];
    context.on('request', (request) => {
      const target = new URL(request.url());
      if (['http:', 'https:'].includes(target.protocol) && target.origin !== new URL(about.url).origin) {
        this.problems.push(`a request to a third party: ${target.origin}`);
      }
    });
    context.on('response', (response) => {
      if (response.status() >= 500) this.problems.push(`${response.status()} from ${new URL(response.url()).pathname}`);
    });
    page.on('pageerror', (error) => this.problems.push(`script error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error' && /Content Security Policy|Uncaught/i.test(message.text())) this.problems.push(message.text());
    });
  }

  /** Runs axe on the page as it stands; 0 violations of WCAG 2.2 AA and best practice are expected. */
  async axe(name) {
    const found = this.about.js ? await violations(this.page) : await violationsOfCopy(this);
    assert.equal(found.length, 0, `axe on ${name} (${this.about.lang}):\n${found.join('\n')}`);
  }

  /** A picture of the whole page: shots/NAME-zh-CN.png, -nojs when scripts are off. */
  async shot(name) {
    await mkdir(shots, { recursive: true });
    const file = `${name}-${this.about.lang}${this.about.js ? '' : '-nojs'}.png`;
    await this.page.screenshot({ path: path.join(shots, file), fullPage: true });
  }

  /** Nothing scrolls sideways. */
  async fits(name) {
    const wider = await this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(wider <= 0, `${name} scrolls sideways by ${wider} pixels`);
  }

  /** What every page must stand: axe, no sideways scrolling, a picture. */
  async look(name) {
    await this.axe(name);
    await this.fits(name);
    await this.shot(name);
  }

  /** Fails with everything that went wrong on the way. */
  check() {
    assert.deepEqual([...new Set(this.problems)], []);
  }

  async close() {
    await this.mirror?.context().close();
    await this.context.close();
  }
}

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function violations(page) {
  // evaluate() goes through the debugger, so the page's content security policy stays on.
  await page.evaluate(axeSource);
  return page.evaluate(async (wanted) => {
    const result = await window.axe.run(document, { runOnly: { type: 'tag', values: wanted }, resultTypes: ['violations'] });
    return result.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')}: ${n.failureSummary}`));
  }, tags);
}

/**
 * axe is a script: where scripts are off, a copy of the page is looked at in a window where they are on for axe alone.  One window serves
 * all pages of a person, because each new one costs Chromium a second.
 */
async function violationsOfCopy(person) {
  const { page, about } = person;
  const html = (await page.content()).replace(/<script\b[^>]*><\/script>/g, '');
  person.mirror ??= await (await (await browser()).newContext({ baseURL: about.url, locale: about.lang })).newPage();
  const copy = person.mirror;
  await copy.setViewportSize(page.viewportSize());
  await copy.context().addCookies(await page.context().cookies()); // pictures of a case come only to who may see it
  const address = page.url().split('#')[0];
  await copy.route(address, (route) => route.fulfill({ status: 200, contentType: 'text/html; charset=utf-8', body: html }));
  try {
    await copy.goto(address);
    return await violations(copy);
  } finally {
    await copy.unroute(address);
  }
}
