import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { ContainerError, type ContainerExit } from './containerizer.ts';
import { type ContainerRoot, findProcess, type KnownSessions } from './process-table.ts';
import type { ProcessTrees } from './process-tree.ts';
import { StartQueue } from './start-queue.ts';
import { StraySearch } from './stray-search.ts';
import {
  CANCELLED_PID_FILE,
  parseExitFile,
  parsePidFile,
  type StartedProcess,
  type SupervisorEvent,
} from './supervisor-files.ts';

/** One container of this agent's life. */
export interface Container {
  readonly id: string;
  readonly role: 'main' | 'side';
  phase: 'preparing' | 'starting' | 'running' | 'ended';
  /** Somebody wants it gone before it ran. */
  aborted: boolean;
  /** To be killed without grace, as soon as it can be. */
  doomed: boolean;
  /** Its recovery is not finished: ends are read from its files. */
  held: boolean;
  process?: StartedProcess;
  readonly started: PromiseWithResolvers<{ readonly pid: number }>;
  readonly ended: PromiseWithResolvers<ContainerExit>;
  /** Its supervisor was killed: nobody waits for the process. */
  orphaned: boolean;
  /** Since when the process is gone without a word of its supervisor. */
  missingSinceMs?: number | undefined;
  kill?: { readonly timer: NodeJS.Timeout; readonly dueMs: number } | undefined;
}

export interface RegistryOptions {
  readonly runtimeDirectory: string;
  readonly bootId: string;
  readonly sweepMs: number;
  readonly trees: ProcessTrees;
  readonly request: (id: string, nonce: string) => void;
  readonly forget: (id: string) => void;
  /** The helper hangs. */
  readonly replaceHelper: () => void;
  readonly onExit: (exit: ContainerExit) => void;
  readonly onProblem: (message: string) => void;
}

/** How long a living but silent supervisor is waited for after its process is gone. */
const SILENT_MS_MAX = 30_000;
const ORPHAN_SWEEP_MS = 250;
const DESTROY_LOOK_MS = 100;

/** The life of every container: start confirmed by its supervisor, end told once, whatever dies on the way. */
export class ContainerRegistry {
  readonly #options: RegistryOptions;
  readonly #containers = new Map<string, Container>();
  readonly #sides = new Map<string, Set<Container>>();
  readonly #starts: StartQueue;
  readonly #strays: StraySearch;
  #sweep: NodeJS.Timeout | undefined;
  #sweeping = false;
  #closed = false;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#starts = new StartQueue(options.request);
    this.#strays = new StraySearch(options.trees);
  }

  open(): void {
    this.#scheduleSweep();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#sweep);
    for (const container of this.#containers.values()) clearTimeout(container.kill?.timer);
    await this.#strays.close();
  }

  get(id: string): Container | undefined {
    return this.#containers.get(id);
  }

  /** How to find its processes; undefined before it ran, and for one of an earlier boot: its pid means somebody else now. */
  rootOf(container: Container): ContainerRoot | undefined {
    const { process } = container;
    if (process === undefined || process.boot !== this.#options.bootId) return undefined;
    return { containerId: container.id, pid: process.pid, start: process.start };
  }

  /** See {@link KnownSessions}; the supervisors of a helper that was killed are simply looked at. */
  knownSessions(helperPid: number | undefined): KnownSessions {
    const known = new Map<number, string | undefined>();
    if (helperPid !== undefined) known.set(helperPid, undefined);
    for (const container of this.#containers.values()) {
      const root = container.phase === 'running' ? this.rootOf(container) : undefined;
      if (root !== undefined) known.set(root.pid, container.id);
    }
    return known;
  }

  /** Checks and the like that run beside a container. */
  sidesOf(id: string): Container[] {
    return [...(this.#sides.get(id) ?? [])];
  }

  /** Makes room for a container; undefined if there is one of this id. */
  add(id: string, role: Container['role']): Container | undefined {
    if (this.#containers.has(id)) return undefined;
    const container: Container = {
      id,
      role,
      phase: 'preparing',
      aborted: false,
      doomed: false,
      held: false,
      started: Promise.withResolvers(),
      ended: Promise.withResolvers(),
      orphaned: false,
    };
    container.started.promise.catch(() => {});
    this.#containers.set(id, container);
    if (role === 'side') {
      const sides = this.#sides.get(mainOf(id)) ?? new Set();
      this.#sides.set(mainOf(id), sides.add(container));
    }
    return container;
  }

  /** Writes the spec, asks for the start, waits for its confirmation. */
  async start(container: Container, script: string): Promise<{ readonly pid: number }> {
    const directory = this.#directory(container.id);
    // Not synchronous: beside a busy journal each of these may take milliseconds.
    await mkdir(directory, { mode: 0o700 });
    await writeFile(`${directory}/spec`, script, { mode: 0o600 });
    if (container.aborted) throw destroyedWhileLaunching();
    container.phase = 'starting';
    this.#starts.add(container.id);
    return container.started.promise;
  }

  /** A launch failed: the container never ran. */
  fail(container: Container): void {
    if (container.phase === 'ended') return;
    container.phase = 'ended';
    this.#starts.settle(container.id);
    container.ended.resolve({ containerId: container.id });
  }

  /** A new helper knows nothing of what the old one was asked. */
  requestAgain(): void {
    this.#starts.askAgain();
  }

  onEvent(event: SupervisorEvent): void {
    const container = this.#containers.get(event.id);
    if (container === undefined) return;
    if (event.kind === 'pid') {
      const { pid, start, supervisor } = event;
      this.#onStarted(container, { pid, start, supervisor, boot: this.#options.bootId });
    } else if (container.phase === 'running') this.#finish(container, event.waitStatus);
    else if (container.phase === 'starting') void this.#check(container);
  }

  /** SIGTERM now, SIGKILL after the grace; a later call can only shorten it. */
  kill(container: Container, graceMs: number): void {
    if (container.phase === 'ended') return;
    const dueMs = performance.now() + graceMs;
    const first = container.kill === undefined;
    if (container.kill !== undefined && container.kill.dueMs <= dueMs) return;
    clearTimeout(container.kill?.timer);
    const delayMs = Math.min(graceMs, 2 ** 31 - 1);
    container.kill = { dueMs, timer: setTimeout(() => void this.destroy(container), delayMs) };
    if (container.phase === 'preparing') this.#abort(container);
    else if (first && container.phase === 'running') this.#terminate(container);
  }

  /** SIGKILL to the whole tree, or no start at all. Resolves once nothing of it is left. */
  async destroy(container: Container): Promise<void> {
    container.doomed = true;
    if (container.phase === 'preparing') this.#abort(container);
    if (container.phase === 'starting') await this.#cancelStart(container, destroyedWhileLaunching());
    if (container.phase === 'running') await this.#destroyTree(container);
    await this.#awaitEnd(container);
    await this.#destroyTree(container);
  }

  remove(id: string): void {
    const container = this.#containers.get(id);
    if (container !== undefined && container.phase !== 'ended') return;
    clearTimeout(container?.kill?.timer);
    this.#containers.delete(id);
    const sides = this.#sides.get(mainOf(id));
    if (container !== undefined && sides?.delete(container) === true && sides.size === 0)
      this.#sides.delete(mainOf(id));
    // Its files stay so long: an agent that is killed meanwhile finds them, and searches after its start.
    this.#strays.afterSearch(id, () => this.#options.forget(id));
  }

  /** Takes over a container of an earlier agent, before its state is known: an exit event must find it. */
  adopt(id: string, process: StartedProcess): Container {
    const container = this.add(id, 'main') ?? (this.#containers.get(id) as Container);
    container.held = true;
    this.#onStarted(container, process);
    return container;
  }

  /** The recovery is finished. */
  release(): void {
    for (const container of this.#containers.values()) {
      if (!container.held) continue;
      container.held = false;
      void this.#check(container);
    }
  }

  /** Forgets an adopted container whose end is told by the recovery itself. */
  settle(container: Container, waitStatus: number | undefined): void {
    container.phase = 'ended';
    container.ended.resolve({ containerId: container.id, waitStatus });
    this.#searchStrays(container);
  }

  #onStarted(container: Container, process: StartedProcess): void {
    if (container.phase === 'running' || container.phase === 'ended') return;
    container.phase = 'running';
    container.process = process;
    this.#starts.settle(container.id);
    container.started.resolve({ pid: process.pid });
    if (container.doomed) void this.#destroyTree(container);
    else if (container.kill !== undefined) this.#terminate(container);
  }

  #finish(container: Container, waitStatus: number | undefined): void {
    if (container.phase !== 'running' || container.held) return;
    container.phase = 'ended';
    clearTimeout(container.kill?.timer);
    const exit: ContainerExit =
      waitStatus === undefined ? { containerId: container.id } : { containerId: container.id, waitStatus };
    this.#searchStrays(container);
    for (const side of this.sidesOf(container.id)) void this.destroy(side);
    // After the launch's own promise: nobody hears of an end before the start.
    setImmediate(() => {
      container.ended.resolve(exit);
      if (container.role === 'main' && !this.#closed) this.#options.onExit(exit);
    });
  }

  #abort(container: Container): void {
    container.aborted = true;
    for (const side of this.sidesOf(container.id)) void this.destroy(side);
  }

  #terminate(container: Container): void {
    const root = this.rootOf(container);
    if (root !== undefined) void this.#options.trees.signal(root, 'SIGTERM');
  }

  async #destroyTree(container: Container): Promise<void> {
    const root = this.rootOf(container);
    if (root === undefined) return;
    await this.#options.trees.signal(root, 'SIGKILL');
    await this.#options.trees.destroy([root]);
  }

  /** Without a supervisor no event tells the end: look often. */
  async #awaitEnd(container: Container): Promise<void> {
    let isOver = false;
    const ended = container.ended.promise.then(() => {
      isOver = true;
    });
    while (!isOver) {
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, DESTROY_LOOK_MS))]);
      if (!isOver) await this.#check(container);
    }
  }

  /** Makes the `pid` file in the supervisor's stead: who is second never runs. */
  async #cancelStart(container: Container, error: ContainerError): Promise<void> {
    const path = `${this.#directory(container.id)}/pid`;
    const cancelled = await writeFile(path, CANCELLED_PID_FILE, { flag: 'wx' }).then(
      () => true,
      () => false,
    );
    if (!cancelled) {
      await this.#check(container);
      return;
    }
    container.started.reject(error);
    this.fail(container);
  }

  #scheduleSweep(): void {
    if (this.#closed) return;
    const orphans = [...this.#containers.values()].some(
      (container) => container.orphaned && container.phase === 'running',
    );
    this.#sweep = setTimeout(
      () => void this.#sweepAll().finally(() => this.#scheduleSweep()),
      orphans ? Math.min(ORPHAN_SWEEP_MS, this.#options.sweepMs) : this.#options.sweepMs,
    );
    this.#sweep.unref();
  }

  /** The safety net below the events: looks at every container that should be there. */
  async #sweepAll(): Promise<void> {
    if (this.#sweeping) return;
    this.#sweeping = true;
    let sliceEndMs = performance.now() + 2;
    for (const container of [...this.#containers.values()]) {
      await this.#check(container).catch((error: Error) => this.#options.onProblem(error.message));
      if (performance.now() < sliceEndMs) continue;
      await new Promise((resolve) => setImmediate(resolve));
      sliceEndMs = performance.now() + 2;
    }
    this.#sweeping = false;
  }

  async #check(container: Container): Promise<void> {
    if (container.phase === 'starting') await this.#checkStart(container);
    else if (container.phase === 'running' && container.process !== undefined) {
      await this.#checkProcess(container, container.process);
    }
  }

  async #checkStart(container: Container): Promise<void> {
    const text = await readFile(`${this.#directory(container.id)}/pid`, 'utf8').catch(() => '');
    const process = parsePidFile(text);
    if (process !== undefined && process !== 'cancelled') {
      this.#onStarted(container, process);
      await this.#check(container);
      return;
    }
    const verdict = this.#starts.verdict(container.id);
    if (verdict === 'give up') {
      const message = 'Failed to launch container: its supervisor did not start it within 1mins';
      await this.#cancelStart(container, new ContainerError('REASON_CONTAINER_LAUNCH_FAILED', message));
    } else if (verdict === 'replace helper') {
      this.#options.onProblem(`The spawn helper did not start container ${container.id} within 10 s; it is replaced`);
      this.#options.replaceHelper();
    }
  }

  async #checkProcess(container: Container, expected: StartedProcess): Promise<void> {
    const entry = await findProcess(expected.pid);
    if (entry !== undefined && entry.start === expected.start && !entry.zombie) {
      if (entry.ppid === expected.supervisor || container.orphaned) return;
      container.orphaned = true;
      this.#options.onProblem(`The supervisor of container ${container.id} is gone; process ${expected.pid} runs on`);
      return;
    }
    const told = parseExitFile(await readFile(`${this.#directory(container.id)}/exit`, 'utf8').catch(() => ''));
    if (told !== undefined) return this.#finish(container, told);
    // Differs: upstream ends a task whose executor died. Ours runs on; when it is gone, nobody knows how it ended.
    const isZombie = entry?.start === expected.start && entry.zombie;
    if (isZombie && entry.ppid !== expected.supervisor) return this.#finish(container, entry.waitStatus);
    container.missingSinceMs ??= performance.now();
    const silentMs = performance.now() - container.missingSinceMs;
    const supervised = !container.orphaned && (await findProcess(expected.supervisor))?.zombie === false;
    if (silentMs > (supervised ? SILENT_MS_MAX : 0)) this.#finish(container, isZombie ? entry.waitStatus : undefined);
  }

  #searchStrays(container: Container): void {
    const root = this.rootOf(container);
    if (root !== undefined) this.#strays.add(root);
  }

  #directory(id: string): string {
    return `${this.#options.runtimeDirectory}/${id}`;
  }
}

function destroyedWhileLaunching(): ContainerError {
  return new ContainerError('REASON_TASK_KILLED_DURING_LAUNCH', 'Container is being destroyed during launching');
}

/** A side container is named after its container: `ID+N`. */
function mainOf(id: string): string {
  return id.split('+', 1)[0] as string;
}
