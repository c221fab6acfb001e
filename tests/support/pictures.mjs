// Makes the pictures of the README from a service with demo data:  node tests/support/pictures.mjs DIR/demo.json
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { browser, desk, Person, phone } from './browser.mjs';
import { root } from './installation.mjs';
import { Authenticator } from './totp.mjs';

const demo = JSON.parse(await readFile(process.argv[2], 'utf8'));
const folder = path.join(root, 'ops/manual/pictures');
await mkdir(folder, { recursive: true });
const take = (page, name) => page.screenshot({ path: path.join(folder, `${name}.png`) });

async function signedIn(role, viewport, lang = 'zh-CN') {
  const account = demo.accounts.find((a) => a.role === role);
  const person = await Person.open({ url: demo.url, viewport, lang });
  const { page } = person;
  await page.goto('/login');
  await page.fill('input[name=login]', account.login);
  await page.fill('input[name=password]', account.password);
  await Promise.all([page.waitForNavigation(), page.locator('form#form button[type=submit]:not([name])').last().click()]);
  if (new URL(page.url()).pathname === '/login/code') {
    await page.fill('input[name=code]', await new Authenticator(account.totp_secret).code());
    await Promise.all([page.waitForNavigation(), page.locator('form#form button[type=submit]:not([name])').last().click()]);
  }
  return person;
}

const complainant = await Person.open({ url: demo.url, viewport: phone });
await complainant.page.goto('/');
await take(complainant.page, 'start');
await complainant.page.goto('/track');
await complainant.page.fill('input[name=code]', demo.cases.find((c) => c.state === 'IN_PROGRESS').tracking_code);
await Promise.all([complainant.page.waitForNavigation(), complainant.page.locator('form#form button.button').first().click()]);
await take(complainant.page, 'track');
await complainant.close();

const volunteer = await signedIn('volunteer', desk);
await take(volunteer.page, 'desk');
await volunteer.page.goto('/desk/cases?scope=all&status=IN_PROGRESS');
await volunteer.page.locator('a[href^="/desk/cases/AD"]').first().click();
await volunteer.page.waitForURL(/\/desk\/cases\/AD/);
await take(volunteer.page, 'case');
await volunteer.close();

const lead = await signedIn('coordinator', desk);
await lead.page.goto('/reports/platforms');
await lead.page.locator('a[href^="/reports/platforms/"]').first().click();
await lead.page.waitForURL(/\/reports\/platforms\/./);
await take(lead.page, 'report');
await lead.close();
await (await browser()).close();
