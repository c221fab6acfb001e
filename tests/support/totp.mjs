// One-time passwords of RFC 6238: SHA-1, 30 seconds, six digits, as authenticator apps make them.
import { createHmac } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Bytes of a base32 text; spaces, case and padding do not matter. */
export function base32(text) {
  const bytes = [];
  let bits = 0;
  let value = 0;
  for (const letter of text.toUpperCase().replace(/[\s=]/g, '')) {
    const digit = alphabet.indexOf(letter);
    if (digit < 0) throw new Error(`not base32: ${letter}`);
    value = (value << 5) | digit;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 0xff);
      value &= (1 << bits) - 1;
    }
  }
  return Buffer.from(bytes);
}

/** The password of a step. secret: base32. at: milliseconds since the epoch. */
export function totp(secret, at = Date.now(), digits = 6) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30000)));
  const mac = createHmac('sha1', base32(secret)).update(counter).digest();
  const offset = mac[mac.length - 1] & 0xf;
  const number = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/**
 * Gives one password after the other for one secret.  A step works once, so a second call in the same 30 seconds takes the next step,
 * which the service accepts as clock drift, and a third call waits.  offset: what the service's clock is ahead, in milliseconds.
 */
export class Authenticator {
  constructor(secret) {
    this.secret = secret;
    this.last = -1;
  }

  async code(offset = 0) {
    for (;;) {
      const now = Math.floor((Date.now() + offset) / 30000);
      const step = Math.max(now, this.last + 1);
      if (step <= now + 1) {
        this.last = step;
        return totp(this.secret, step * 30000);
      }
      await new Promise((done) => setTimeout(done, 250));
    }
  }
}
