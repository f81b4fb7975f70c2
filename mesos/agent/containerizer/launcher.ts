import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { lstat, mkdir, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseEvent, type SupervisorEvent } from './supervisor-files.ts';

const SCRIPT = fileURLToPath(new URL('./supervisor.sh', import.meta.url));
/** Pause before a helper that ended is started again; doubles up to the last while it keeps ending. */
const RESTART_MS = 10;
const RESTART_MS_MAX = 5_000;
const REAP_DELAY_MS = 500;
const CLOSE_MS = 1_000;
/** Ended containers are deleted together: so many, or after so long. */
const FORGET_COUNT = 64;
const FORGET_DELAY_MS = 100;

export interface LauncherOptions {
  readonly runtimeDirectory: string;
  readonly bootId: string;
  readonly sh: string;
  readonly onEvent: (event: SupervisorEvent) => void;
  /** A helper was started: whatever was asked of an earlier one and not confirmed has to be asked again. */
  readonly onRestart: () => void;
  readonly onProblem: (message: string) => void;
}

/**
 * The spawn helper and the pipe that supervisors report on. Forking a shell of 1 MiB costs a tenth of forking Node, and
 * happens outside of the agent's event loop.
 */
export class Launcher {
  readonly #options: LauncherOptions;
  #child: ChildProcess | undefined;
  #events: Socket | undefined;
  #partial = '';
  #restartMs = RESTART_MS;
  #restart: NodeJS.Timeout | undefined;
  #reap: NodeJS.Timeout | undefined;
  #forgotten: string[] = [];
  #forget: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: LauncherOptions) {
    this.#options = options;
  }

  /** The helper's pid, for tests and reports. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Opens the events pipe and starts the helper. */
  async open(): Promise<void> {
    const { runtimeDirectory } = this.#options;
    await mkdir(runtimeDirectory, { recursive: true, mode: 0o700 });
    const path = `${runtimeDirectory}/.events`;
    const existing = await lstat(path).catch(() => undefined);
    if (existing?.isFIFO() !== true) {
      await rm(path, { recursive: true, force: true });
      await promisify(execFile)('mkfifo', ['-m', '600', path]);
    }
    // Open for writing too: so there is never an end of file, and supervisors never wait for a reader.
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    this.#events = new Socket({ fd, readable: true, writable: false });
    this.#events.setEncoding('utf8');
    this.#events.on('data', (chunk: string) => this.#onData(chunk));
    this.#events.on('error', (error) =>
      this.#options.onProblem(`Events of supervisors cannot be read: ${error.message}`),
    );
    this.#spawn();
  }

  /** Asks for a start; confirmed by a 'pid' event. */
  launch(id: string, nonce: string): void {
    this.#child?.stdin?.write(`launch ${id} ${nonce}\n`);
  }

  /** Replaces a helper that does not do what it is asked. */
  restart(): void {
    this.#child?.kill('SIGKILL');
  }

  /** Deletes runtime directories of ended containers, many by one process; one that is forgotten to be deleted is recovered as ended. */
  forget(id: string): void {
    this.#forgotten.push(id);
    if (this.#forgotten.length >= FORGET_COUNT) this.#flushForgotten();
    else this.#forget ??= setTimeout(() => this.#flushForgotten(), FORGET_DELAY_MS);
  }

  /** Ends the helper; supervisors and tasks run on. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#restart);
    clearTimeout(this.#reap);
    this.#flushForgotten();
    this.#events?.destroy();
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    // One that hangs is ended the hard way: a close must not wait for ever.
    const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS);
    await new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.stdin?.end();
    });
    clearTimeout(timer);
  }

  #flushForgotten(): void {
    clearTimeout(this.#forget);
    this.#forget = undefined;
    const ids = this.#forgotten;
    this.#forgotten = [];
    if (ids.length > 0) this.#child?.stdin?.write(`forget ${ids.join(' ')}\n`);
  }

  #onData(chunk: string): void {
    const lines = (this.#partial + chunk).split('\n');
    this.#partial = lines.pop() ?? '';
    for (const line of lines) {
      const event = parseEvent(line);
      if (event === undefined) continue;
      if (event.kind === 'exit') this.#reapSoon();
      this.#options.onEvent(event);
    }
  }

  /** The helper waits for its children only when told to, or at its next starts. */
  #reapSoon(): void {
    if (this.#reap !== undefined) return;
    this.#reap = setTimeout(() => {
      this.#reap = undefined;
      this.#child?.stdin?.write('reap\n');
    }, REAP_DELAY_MS);
    this.#reap.unref();
  }

  #spawn(): void {
    const { runtimeDirectory, bootId, sh } = this.#options;
    const log = openSync(`${runtimeDirectory}/.log`, 'a', 0o600);
    const startedMs = performance.now();
    try {
      // In a session of its own, so that a Ctrl-C at the agent's terminal ends no supervisor. No variable of ours gets in.
      const child = spawn(sh, [SCRIPT, runtimeDirectory, bootId], {
        cwd: '/',
        detached: true,
        env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
        stdio: ['pipe', 'ignore', log],
      });
      this.#child = child;
      child.stdin?.on('error', () => {});
      let ended = false;
      const end = (why: string): void => {
        if (ended) return;
        ended = true;
        if (performance.now() - startedMs > 10_000) this.#restartMs = RESTART_MS;
        this.#onEnd(why);
      };
      child.on('error', (error) => end(error.message));
      child.on('exit', (code, signal) => end(signal ?? `exit ${code}`));
    } finally {
      closeSync(log);
    }
  }

  #onEnd(why: string): void {
    this.#child = undefined;
    if (this.#closed) return;
    this.#options.onProblem(`The spawn helper ended (${why}); it is started again`);
    this.#restart = setTimeout(() => {
      this.#spawn();
      this.#options.onRestart();
    }, this.#restartMs);
    this.#restartMs = Math.min(this.#restartMs * 2, RESTART_MS_MAX);
  }
}
