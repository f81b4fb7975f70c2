import { spawn } from 'node:child_process';
import { closeSync, copyFileSync, fstatSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isRunning, type ProcessIdentity, signal } from '../../sdk/daemon/process-identity.ts';
import type { DaemonPlan } from './plan.ts';
import type { WorkDir } from './work-dir.ts';

/** Delay before a daemon that died is started again; doubles up to the maximum, and starts afresh after a good while. */
const RESTART_FIRST_MS = 100;
const RESTART_MAX_MS = 10_000;
const STEADY_MS = 10_000;
/** Exit code of a daemon that does not understand its command line: starting it again cannot help. */
const USAGE_EXIT_CODE = 2;
/** What an agent says whose resources are not those that it has tasks with: starting it again cannot help. */
const INCOMPATIBLE = 'Incompatible agent info detected';
const LOG_BYTES_MAX = 20 * 2 ** 20;
const POLL_MS = 25;

/** What the launcher tells the user about a daemon. */
export type DaemonNews = (text: string, isFatal: boolean) => void;

/** One daemon, in a session of its own, started again with backoff whenever it dies. */
export class Supervised {
  readonly plan: DaemonPlan;
  readonly #workDir: WorkDir;
  readonly #news: DaemonNews;
  #identity: ProcessIdentity | undefined;
  #stopping = false;
  #delayMs = RESTART_FIRST_MS;
  #restart: NodeJS.Timeout | undefined;
  /** Where in the log the words of the present run begin. */
  #logStart = 0;

  constructor(plan: DaemonPlan, workDir: WorkDir, news: DaemonNews) {
    this.plan = plan;
    this.#workDir = workDir;
    this.#news = news;
  }

  get pid(): number | undefined {
    return this.#identity?.pid;
  }

  start(): void {
    const { name, program, args } = this.plan;
    this.trimLog();
    const log = openSync(this.#workDir.logPath(name), 'a', 0o600);
    this.#logStart = fstatSync(log).size;
    const startedMs = performance.now();
    const child = spawn(process.execPath, [program, ...args], {
      detached: true,
      stdio: ['ignore', log, log],
      env: daemonEnvironment(this.#workDir.path),
      cwd: this.#workDir.path,
    });
    closeSync(log);
    this.#identity = child.pid === undefined ? undefined : identify(child.pid);
    if (this.#identity !== undefined) this.#workDir.noteDaemon(name, this.#identity);
    child.once('error', (error) => this.#news(`${name} cannot be started: ${error.message}`, true));
    child.once('exit', (code, signalName) => this.#onExit(code, signalName, performance.now() - startedMs));
  }

  /** Keeps the log bounded: what is over the limit moves aside once, older text goes. */
  trimLog(): void {
    const path = this.#workDir.logPath(this.plan.name);
    try {
      if (statSync(path).size < LOG_BYTES_MAX) return;
      copyFileSync(path, `${path}.1`);
      truncateSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  /** Asks the daemon to end, and ends it by force when it takes too long. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    if (this.#identity !== undefined) await endProcess(this.#identity, this.plan.stopSignal, this.plan.stopTimeoutMs);
    this.#workDir.forgetDaemon(this.plan.name);
  }

  /** Ends the daemon at once. */
  kill(): void {
    this.#stopping = true;
    clearTimeout(this.#restart);
    if (this.#identity !== undefined) signal(this.#identity, 'SIGKILL');
  }

  #onExit(code: number | null, signalName: NodeJS.Signals | null, livedMs: number): void {
    if (this.#stopping) return;
    const { name } = this.plan;
    const how = signalName === null ? `ended with exit code ${code}` : `was ended by ${signalName}`;
    const log = this.#workDir.logPath(name);
    if (code === USAGE_EXIT_CODE) {
      this.#news(`${name} refuses its command line: ${this.#words().trimEnd().split('\n').at(-1)}`, true);
      return;
    }
    const words = this.#words();
    if (words.includes(INCOMPATIBLE)) {
      const change = /^ {2}\S+: were .*$/m.exec(words)?.[0].trim() ?? words.trim();
      this.#news(`${name} was another one at the last start, ${change}: start it as it was, or reset the folder`, true);
      return;
    }
    if (livedMs > STEADY_MS) this.#delayMs = RESTART_FIRST_MS;
    this.#news(`${name} ${how}; it starts again in ${this.#delayMs} ms (log: ${log})`, false);
    this.#restart = setTimeout(() => this.start(), this.#delayMs);
    this.#delayMs = Math.min(RESTART_MAX_MS, this.#delayMs * 2);
  }

  /** What the present run has said. */
  #words(): string {
    return readFileSync(this.#workDir.logPath(this.plan.name)).subarray(this.#logStart).toString();
  }
}

/** Sends a signal, waits for the end, and kills what is still there after the time. */
export async function endProcess(identity: ProcessIdentity, name: NodeJS.Signals, timeoutMs: number): Promise<void> {
  signal(identity, name);
  const deadlineMs = performance.now() + timeoutMs;
  while (isRunning(identity)) {
    if (performance.now() > deadlineMs) signal(identity, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/**
 * Daemons get their settings by flags alone: a MESOS_WORK_DIR of the user's shell must not move a cluster that
 * the launcher has laid out. The compile cache halves their start-up time.
 */
function daemonEnvironment(workDir: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(MESOS|MARATHON|CHRONOS)_/.test(name));
  return {
    ...Object.fromEntries(kept),
    MESETA_LOG_FORMAT: 'plain',
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? join(workDir, 'compile-cache'),
  };
}
