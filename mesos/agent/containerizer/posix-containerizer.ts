import { type Container, ContainerRegistry } from './container-registry.ts';
import {
  ContainerError,
  type Containerizer,
  type ContainerizerEvents,
  type ContainerUsage,
  type LaunchSpec,
  type RecoveredContainer,
  type SideCommand,
  type SideCommandOutcome,
} from './containerizer.ts';
import { Launcher } from './launcher.ts';
import { bootId, findTools, pageBytes, Users } from './machine.ts';
import { membersOf } from './process-table.ts';
import { ProcessTrees } from './process-tree.ts';
import { recoverContainers } from './recovery.ts';
import { prepareSandbox, resolveUser } from './sandbox.ts';
import { type SpecScript, specScript, type Tools } from './spec-script.ts';
import type { SupervisorEvent } from './supervisor-files.ts';

export interface PosixContainerizerOptions extends ContainerizerEvents {
  /** Absolute; made if absent. Belongs to this containerizer alone. */
  readonly runtimeDirectory: string;
  /** Fetches a container's URIs before its start; rejects with upstream's text. See mesos/agent/fetcher. */
  readonly fetch: (spec: LaunchSpec, run: (command: SideCommand) => Promise<SideCommandOutcome>) => Promise<void>;
  /** For the log: the helper died, a supervisor is gone. */
  readonly onProblem?: (message: string) => void;
  /** How often running containers are looked after, in case an event got lost. Default 2,000. */
  readonly sweepMs?: number;
}

/** Clock ticks a second in /proc, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const CONTAINER_ID = /^[\w-][\w.-]{0,199}$/;

/** Opens a {@link PosixContainerizer}: process groups, no isolation of resources. */
export async function openPosixContainerizer(options: PosixContainerizerOptions): Promise<PosixContainerizer> {
  const [tools, boot, page] = await Promise.all([findTools(), bootId(), pageBytes()]);
  const containerizer = new PosixContainerizer(options, tools, boot, page);
  await containerizer.open();
  return containerizer;
}

/** Containers as process trees, each below a supervisor of a few ten KiB that outlives the agent. */
export class PosixContainerizer implements Containerizer {
  readonly #options: PosixContainerizerOptions;
  readonly #tools: Tools;
  readonly #boot: string;
  readonly #pageBytes: number;
  readonly #users = new Users();
  readonly #trees = new ProcessTrees(() => this.#registry.knownSessions(this.#launcher.pid));
  readonly #launcher: Launcher;
  readonly #registry: ContainerRegistry;
  #sideCount = 0;

  constructor(options: PosixContainerizerOptions, tools: Tools, boot: string, page: number) {
    this.#options = options;
    this.#tools = tools;
    this.#boot = boot;
    this.#pageBytes = page;
    const onProblem = options.onProblem ?? (() => {});
    const { runtimeDirectory } = options;
    this.#launcher = new Launcher({
      runtimeDirectory,
      bootId: boot,
      sh: tools.sh,
      onEvent: (event: SupervisorEvent) => this.#registry.onEvent(event),
      onRestart: () => this.#registry.requestAgain(),
      onProblem,
    });
    this.#registry = new ContainerRegistry({
      runtimeDirectory,
      bootId: boot,
      sweepMs: options.sweepMs ?? 2_000,
      trees: this.#trees,
      request: (id, nonce) => this.#launcher.launch(id, nonce),
      replaceHelper: () => this.#launcher.restart(),
      forget: (id) => this.#launcher.forget(id),
      onExit: options.onExit,
      onProblem,
    });
  }

  /** Pid of the spawn helper, for reports and tests. */
  get helperPid(): number | undefined {
    return this.#launcher.pid;
  }

  async open(): Promise<void> {
    await this.#launcher.open();
    this.#registry.open();
  }

  recover(): Promise<readonly RecoveredContainer[]> {
    return recoverContainers(this.#options.runtimeDirectory, this.#boot, this.#registry, this.#trees);
  }

  async launch(spec: LaunchSpec): Promise<{ readonly pid: number }> {
    const { containerId } = spec;
    if (!CONTAINER_ID.test(containerId)) throw failure(`Container id '${containerId}' is not valid`);
    const container = this.#registry.add(containerId, 'main');
    if (container === undefined) throw failure(`Container '${containerId}' already started`);
    try {
      const user = await prepareSandbox(spec, this.#users);
      throwIfAborted(container, 'preparing');
      if (spec.uris.length > 0) {
        await this.#options
          .fetch(spec, (command) => this.run(command))
          .catch((error: Error) => {
            throwIfAborted(container, 'fetching');
            throw failure(error.message);
          });
        throwIfAborted(container, 'fetching');
      }
      const { command, environment, sandbox, rlimits } = spec;
      return await this.#start(container, {
        containerId,
        command,
        environment,
        directory: sandbox,
        stdout: 'stdout',
        stderr: 'stderr',
        user,
        rlimits,
      });
    } catch (error) {
      this.#registry.fail(container);
      this.#registry.remove(containerId);
      if (error instanceof ContainerError) throw error;
      throw failure((error as Error).message);
    }
  }

  kill(containerId: string, options: { readonly graceMs: number }): void {
    const container = this.#registry.get(containerId);
    if (container !== undefined) this.#registry.kill(container, options.graceMs);
  }

  async destroy(containerId: string): Promise<void> {
    const sides = this.#registry.sidesOf(containerId).map((side) => this.#registry.destroy(side));
    const container = this.#registry.get(containerId);
    if (container !== undefined) await this.#registry.destroy(container);
    await Promise.all(sides);
  }

  async usage(containerId: string): Promise<ContainerUsage | undefined> {
    const container = this.#registry.get(containerId);
    const root = container === undefined ? undefined : this.#registry.rootOf(container);
    if (root === undefined) return undefined;
    const members = membersOf(await this.#trees.readRecent(), root);
    if (members.length === 0) return undefined;
    const sum = (of: (member: (typeof members)[number]) => number): number =>
      members.reduce((total, member) => total + of(member), 0);
    return {
      timestamp: Date.now() / 1_000,
      processes: members.length,
      threads: sum((member) => member.threads),
      cpus_user_time_secs: sum((member) => member.userTicks) / TICKS_PER_SECOND,
      cpus_system_time_secs: sum((member) => member.systemTicks) / TICKS_PER_SECOND,
      mem_rss_bytes: sum((member) => member.rssPages) * this.#pageBytes,
    };
  }

  async run(command: SideCommand): Promise<SideCommandOutcome> {
    const containerId = `${command.containerId}+${++this.#sideCount}`;
    const container = this.#registry.add(containerId, 'side');
    if (container === undefined) return { outcome: 'failed', message: `Container '${containerId}' already started` };
    try {
      const user = await resolveUser(command.user, this.#users);
      throwIfAborted(container, 'preparing');
      const { sandbox, environment } = command;
      const output = { stdout: 'stderr', stderr: 'stderr' };
      await this.#start(container, {
        containerId,
        command: command.command,
        environment,
        directory: sandbox,
        ...output,
        user,
      });
      return await this.#awaitSide(container, command.timeoutMs);
    } catch (error) {
      this.#registry.fail(container);
      return { outcome: 'failed', message: (error as Error).message };
    } finally {
      this.#registry.remove(containerId);
    }
  }

  async remove(containerId: string): Promise<void> {
    this.#registry.remove(containerId);
  }

  async close(): Promise<void> {
    await this.#registry.close();
    await this.#launcher.close();
  }

  async #start(container: Container, spec: SpecScript): Promise<{ readonly pid: number }> {
    return this.#registry.start(container, specScript(spec, this.#tools));
  }

  async #awaitSide(container: Container, timeoutMs: number): Promise<SideCommandOutcome> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<'timeout'>((resolve) => {
      timer = setTimeout(() => resolve('timeout'), Math.min(timeoutMs, 2 ** 31 - 1));
    });
    const exit = await Promise.race([container.ended.promise, timeout]);
    clearTimeout(timer);
    if (exit === 'timeout') {
      await this.#registry.destroy(container);
      return { outcome: 'timeout' };
    }
    if (exit.waitStatus === undefined) return { outcome: 'failed', message: 'its supervisor was killed' };
    return { outcome: 'exited', waitStatus: exit.waitStatus };
  }
}

function failure(message: string): ContainerError {
  return new ContainerError('REASON_CONTAINER_LAUNCH_FAILED', `Failed to launch container: ${message}`);
}

function throwIfAborted(container: Container, phase: string): void {
  if (!container.aborted) return;
  throw new ContainerError('REASON_TASK_KILLED_DURING_LAUNCH', `Container is being destroyed during ${phase}`);
}
