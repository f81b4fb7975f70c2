import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, mkdirSync, mkdtempSync, openSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootId, findTools } from '../../mesos/agent/containerizer/machine.ts';
import { specScript, type Tools } from '../../mesos/agent/containerizer/spec-script.ts';
import { parseEvent, type SupervisorEvent } from '../../mesos/agent/containerizer/supervisor-files.ts';

const SUPERVISOR = fileURLToPath(new URL('../../mesos/agent/containerizer/supervisor.sh', import.meta.url));
/** Processes at once, as in the reference's spawn floor. */
export const WIDTH = 16;

/** Processes that Node itself starts and reaps in a second: /bin/true, 16 at once, no pipes. */
export async function nodeSpawnRate(count: number): Promise<number> {
  let next = 0;
  const startMs = performance.now();
  const worker = async (): Promise<void> => {
    while (next < count) {
      next++;
      const child = spawn('/bin/true', [], { stdio: 'ignore' });
      await new Promise((resolve) => child.once('exit', resolve));
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, worker));
  return (count / (performance.now() - startMs)) * 1_000;
}

/** How long Node itself needs to start and end, doing nothing. */
export async function nodeStartMs(): Promise<number> {
  const startMs = performance.now();
  const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  await new Promise((resolve) => child.once('exit', resolve));
  return performance.now() - startMs;
}

/** The supervisor script alone: no agent, no master, no checks; files are written as the agent would. */
export class BareSupervisor {
  readonly #folder: string;
  readonly #tools: Tools;
  readonly #child: ChildProcess;
  readonly #socket: Socket;
  readonly #waiting = new Map<string, (event: SupervisorEvent) => void>();
  #partial = '';
  #count = 0;

  private constructor(folder: string, tools: Tools, boot: string) {
    this.#folder = folder;
    this.#tools = tools;
    execFileSync('mkfifo', [join(folder, '.events')]);
    const fd = openSync(join(folder, '.events'), constants.O_RDWR | constants.O_NONBLOCK);
    this.#socket = new Socket({ fd, readable: true, writable: false });
    this.#socket.on('data', (chunk: Buffer) => this.#onData(chunk.toString()));
    this.#socket.on('error', () => closeSync(fd));
    this.#child = spawn('/bin/sh', [SUPERVISOR, folder, boot], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: '/usr/bin:/bin' },
      detached: true,
    });
  }

  static async open(): Promise<BareSupervisor> {
    const [tools, boot] = await Promise.all([findTools(), bootId()]);
    return new BareSupervisor(mkdtempSync(join(tmpdir(), 'meseta-bare-')), tools, boot);
  }

  /** Starts one command; `started` and `ended` tell its events. */
  run(command: string): { readonly started: Promise<number>; readonly ended: Promise<void> } {
    const id = `c${this.#count++}`;
    const directory = join(this.#folder, id);
    mkdirSync(directory);
    const script = specScript(
      {
        containerId: id,
        command: { shell: true, value: command, arguments: [] },
        environment: { PATH: '/usr/bin:/bin' },
        directory,
        stdout: 'stdout',
        stderr: 'stderr',
      },
      this.#tools,
    );
    writeFileSync(join(directory, 'spec'), script);
    const started = Promise.withResolvers<number>();
    const ended = Promise.withResolvers<void>();
    this.#waiting.set(id, (event) => {
      if (event.kind === 'pid') started.resolve(event.pid);
      else ended.resolve();
    });
    this.#child.stdin?.write(`launch ${id} n${id}\n`);
    return { started: started.promise, ended: ended.promise };
  }

  /** Commands that start and end in a second, 16 at once. */
  async rate(command: string, count: number): Promise<number> {
    let next = 0;
    const startMs = performance.now();
    const worker = async (): Promise<void> => {
      while (next < count) {
        next++;
        await this.run(command).ended;
      }
    };
    await Promise.all(Array.from({ length: WIDTH }, worker));
    return (count / (performance.now() - startMs)) * 1_000;
  }

  /** Lasting processes that start in a second, all asked for at once; they are ended afterwards. */
  async startRate(count: number): Promise<number> {
    const startMs = performance.now();
    const runs = Array.from({ length: count }, () => this.run('exec sleep 600'));
    const pids = await Promise.all(runs.map(({ started }) => started));
    const rate = (count / (performance.now() - startMs)) * 1_000;
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await Promise.all(runs.map(({ ended }) => ended));
    return rate;
  }

  close(): void {
    this.#socket.destroy();
    this.#child.stdin?.end();
  }

  #onData(text: string): void {
    const lines = (this.#partial + text).split('\n');
    this.#partial = lines.pop() ?? '';
    for (const line of lines) {
      const event = parseEvent(line);
      if (event !== undefined) this.#waiting.get(event.id)?.(event);
    }
  }
}

/** Runs `use` with a supervisor of its own. */
export async function withBareSupervisor<Value>(use: (bare: BareSupervisor) => Promise<Value>): Promise<Value> {
  const bare = await BareSupervisor.open();
  try {
    return await use(bare);
  } finally {
    bare.close();
  }
}
