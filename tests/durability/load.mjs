// Several people who complain at once and go on while things break.
import { Complaint } from './complainant.mjs';
import { files } from './kill-intake.mjs';
import { until } from './processes.mjs';

/** A crowd that files complaints until it is told to stop. */
export class Load {
  /** people: how many at once; each second complaint comes with three files. */
  constructor(url, ledger, people = 4) {
    this.complaints = [];
    this.going = true;
    this.refused = 0;
    this.crowd = Array.from({ length: people }, (_, n) => this.#person(url, ledger, n));
    for (const one of this.crowd) one.catch(() => (this.going = false)); // what it was, end() says
  }

  async #person(url, ledger, n) {
    for (let i = n; this.going; i++) {
      const complaint = new Complaint(url, ledger, { files: i % 2 === 0 ? files() : [] });
      await complaint.through();
      this.complaints.push(complaint);
      this.refused += complaint.refused;
    }
  }

  /** Receipts so far. */
  get received() {
    return this.complaints.length;
  }

  /** Waits until somebody has got a receipt that was not there when this was called; returns how many ms that took. */
  async next() {
    const before = this.received;
    const began = Date.now();
    await until('the next receipt', 90, () => this.received > before || !this.going);
    return Date.now() - began;
  }

  /** Lets everybody finish; fails when somebody has seen what must not be seen. Returns the complaints, all with a receipt. */
  async end() {
    this.going = false;
    await Promise.all(this.crowd);
    return this.complaints;
  }
}
