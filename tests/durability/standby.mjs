// A synchronous standby of the installation's PostgreSQL, which a test can pause, let go on, and put in the primary's place (SECURITY.md,
// finding 1, D4, D5).
import { execFile, spawn } from 'node:child_process';
import { chown, mkdir, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { psql, value } from '../support/database.mjs';
import { stack } from '../support/stack.mjs';
import { children, parent, signal, until } from './processes.mjs';

const run = promisify(execFile);
const bin = '/usr/lib/postgresql/15/bin';

/** One standby, beside the data folder of the primary. */
export class Standby {
  /** Copies the primary, starts the copy, waits until commits wait for it. */
  static async make() {
    const made = await stack();
    const standby = new Standby();
    standby.primary = await realpath(path.join(made.dir, 'pg'));
    standby.data = `${standby.primary}-standby`;
    standby.log = path.join(made.dir, 'log/standby.log');
    ({ uid: standby.uid, gid: standby.gid } = await stat(standby.primary));
    // Replication is a connection of its own kind; the installation of one machine lets nobody in for it.
    const gate = path.join(standby.primary, 'aiddesk/pg_hba.conf');
    await writeFile(gate, `local replication postgres peer map=aiddesk\n${await readFile(gate, 'utf8')}`);
    await psql('select pg_reload_conf()');
    await mkdir(standby.data, { mode: 0o700 });
    await chown(standby.data, standby.uid, standby.gid);
    await standby.#asOwner(`${bin}/pg_basebackup`, '--dbname', `host=${made.pg} user=postgres application_name=standby`, '--pgdata', standby.data,
      '--write-recovery-conf', '--checkpoint=fast', '--wal-method=stream');
    await standby.start();
    await Standby.needed(true);
    return standby;
  }

  /** Commits wait for the standby, or no longer. */
  static async needed(yes) {
    await psql(`alter system ${yes ? "set synchronous_standby_names = 'standby'" : 'reset synchronous_standby_names'}`);
    await psql('select pg_reload_conf()');
    if (!yes) return;
    await until('a synchronous standby', 30, () => value("select exists (select from pg_stat_replication where sync_state = 'sync')"));
  }

  async #asOwner(command, ...words) {
    return run('setpriv', ['--reuid', String(this.uid), '--regid', String(this.gid), '--clear-groups', command, ...words], { cwd: '/' });
  }

  /** Starts it; it has a socket of its own in its data folder. */
  async start() {
    const log = await open(this.log, 'a');
    const child = spawn('setpriv', ['--reuid', String(this.uid), '--regid', String(this.gid), '--clear-groups', `${bin}/postgres`, '-D', this.data,
      '-c', `unix_socket_directories=${this.data}`], { cwd: '/', stdio: ['ignore', log.fd, log.fd], detached: true });
    child.unref();
    this.pid = child.pid;
    await until('the standby answers', 60, () => this.#asOwner(`${bin}/pg_isready`, '--quiet', '--host', this.data).then(() => true, () => false));
    await log.close();
  }

  async #all() {
    return [this.pid, ...(await children(this.pid)).map((c) => c.pid)];
  }

  /** It receives and confirms nothing any more; the connection stays. */
  async pause() {
    for (const pid of await this.#all()) signal(pid, 'SIGSTOP');
  }

  /** It goes on. */
  async resume() {
    for (const pid of (await this.#all()).reverse()) signal(pid, 'SIGCONT');
  }

  /** Ends it at once, with all that waits in its sockets. */
  async kill() {
    if (this.pid === undefined) return;
    for (const pid of (await this.#all()).reverse()) signal(pid, 'SIGKILL');
    await until('the standby is gone', 10, async () => !(await readFile(`/proc/${this.pid}/stat`, 'utf8').catch(() => ' Z ')).match(/\) [^Z]/));
    this.pid = undefined;
  }

  /** Nobody needs it any more. */
  async discard() {
    await Standby.needed(false);
    await rm(this.data, { recursive: true });
  }

  /**
   * The primary is lost for ever, and the standby takes its place with what it had when it was killed: ops/run finds PostgreSQL ended and
   * starts it again, on the other data.
   */
  async takeOver() {
    const { run: folder } = await stack();
    const note = path.join(folder, 'pid/postgres');
    const known = await readFile(note, 'utf8');
    const server = await parent('postgres');
    await rm(note); // ops/run leaves it alone meanwhile
    const backends = await children(server);
    signal(server, 'SIGKILL');
    for (const { pid } of backends) signal(pid, 'SIGKILL');
    await this.start();
    await this.#asOwner(`${bin}/pg_ctl`, 'promote', '--wait', '--silent', '--pgdata', this.data);
    await this.#asOwner(`${bin}/pg_ctl`, 'stop', '--wait', '--silent', '--mode=fast', '--pgdata', this.data);
    this.pid = undefined;
    await rename(this.primary, `${this.primary}-lost`);
    await rename(this.data, this.primary);
    await writeFile(note, known);
    await until('the new primary answers', 60, () => value('select not pg_is_in_recovery()').catch(() => false));
    await rm(`${this.primary}-lost`, { recursive: true });
  }
}
