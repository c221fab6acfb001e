// The outside ledger: one line for every submission that a page has called received, forced to disk before it counts.  It knows nothing
// from inside the service, so it can accuse it.
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/** SHA-256 of text or bytes, in hexadecimal digits. */
export const hash = (what) => createHash('sha256').update(what).digest('hex');

/** A ledger in a file of its own. */
export class Ledger {
  /** path: outside the installation whose promises it keeps. */
  constructor(path) {
    this.path = path;
    this.fd = openSync(path, 'a', 0o600);
  }

  /**
   * Writes down a receipt: {submission, number, code, texts: [hash], files: [{name, sha256, bytes}]}.  Returns when the line is on disk:
   * only then may anybody say that it was acknowledged.
   */
  write(entry) {
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    for (let at = 0; at < line.length;) at += writeSync(this.fd, line, at);
    fsyncSync(this.fd);
  }

  /** Every line, as it was written. */
  entries() {
    return readFileSync(this.path, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }

  close() {
    closeSync(this.fd);
  }
}
