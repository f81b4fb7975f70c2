import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.ts';

/** A port of the loopback address that was free a moment ago; so are the ones after it, as many in all as asked. */
export async function freePort(count = 1): Promise<number> {
  for (;;) {
    const first = await listenOnce(0);
    const others = Array.from({ length: count - 1 }, (_, index) => listenOnce((first ?? 0) + 1 + index));
    const free = (await Promise.all(others)).every((port) => port !== undefined);
    if (first !== undefined && free) return first;
  }
}

/** The port that could be listened on; undefined if it is taken. */
async function listenOnce(port: number): Promise<number | undefined> {
  const server = createServer();
  const listening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (!listening) return undefined;
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === 'object' && address !== null ? address.port : undefined;
}

/** How a real daemon is started. */
export interface DaemonOptions {
  /** Path of its main.ts from the root. */
  readonly program: string;
  readonly args: readonly string[];
  readonly port: number;
  /** Answers 2xx when it is ready. */
  readonly healthPath: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** One real daemon process of a test. */
export class DaemonProcess {
  readonly options: DaemonOptions;
  #child: ChildProcess | undefined;
  #output = '';

  constructor(options: DaemonOptions) {
    this.options = options;
  }

  get url(): string {
    return `http://127.0.0.1:${this.options.port}`;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`${this.options.program} is not running`);
    return pid;
  }

  /** What it wrote so far, to stdout and stderr. */
  get output(): string {
    return this.#output;
  }

  /** Starts it and waits until it is ready. */
  async start(): Promise<void> {
    this.spawn();
    await this.ready();
  }

  /** Starts it without waiting. */
  spawn(): void {
    const { program, args, env } = this.options;
    const clean = Object.entries(process.env).filter(([name]) => !/^(MESOS|MARATHON|CHRONOS)_/.test(name));
    const child = spawn(process.execPath, [fileURLToPath(new URL(`../../${program}`, import.meta.url)), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...Object.fromEntries(clean), MESETA_LOG_FORMAT: 'plain', ...env },
      detached: true,
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-100_000);
      });
    }
    this.#child = child;
  }

  /** Waits until it answers; an early end fails with what it wrote. */
  async ready(): Promise<void> {
    const child = this.#child;
    await eventually(`${this.options.program} is ready`, async () => {
      if (child?.exitCode !== null && child?.exitCode !== undefined) {
        throw new Error(`it ended with exit code ${child.exitCode}: ${this.#output}`);
      }
      const answer = await fetch(this.url + this.options.healthPath);
      await answer.arrayBuffer();
      return answer.ok;
    });
  }

  /** Sends a signal without waiting. */
  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }

  /** Sends a signal and waits for the end; answers the exit code, or null after a deadly signal. */
  async end(name: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.pid === undefined) return null;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill(name);
    // A stopped process takes no signal but SIGKILL.
    if (name !== 'SIGKILL') child.kill('SIGCONT');
    return ended;
  }
}
