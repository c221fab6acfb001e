// Mail that the service has sent to the test's mail server.
import { readFile } from 'node:fs/promises';
import { stack } from './stack.mjs';

/** All messages so far: {from, to, subject, text, headers, tls}. */
export async function mailbox() {
  const { mail } = await stack();
  const lines = (await readFile(mail.mailbox, 'utf8')).split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line));
}

/** The first message to an address that passes a check; waits for it. */
export async function mailTo(address, check = () => true, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = (await mailbox()).find((m) => m.to.includes(address) && check(m));
    if (found) return found;
    if (Date.now() > end) throw new Error(`no mail to ${address} within ${seconds} s`);
    await new Promise((done) => setTimeout(done, 100));
  }
}
