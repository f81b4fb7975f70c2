import type {
  ContainerExit,
  ContainerFailureReason,
  LaunchSpec,
  RecoveredContainer,
} from '../../mesos/agent/containerizer/containerizer.ts';
import type { SimRandom } from '../../sdk/testing/sim-random.ts';
import type { Scheduled } from '../../sdk/testing/virtual-time.ts';
import { lifeOf, type ProcessLife } from './process-life.ts';
import { SimExecutor } from './sim-executor.ts';
import type { World } from './world.ts';

/** A process tree on a machine. It outlives the agent that started it. */
export interface SimContainer {
  readonly id: string;
  readonly spec: LaunchSpec;
  readonly frameworkId: string;
  /** Of the executor: a command task's is the task's. */
  readonly taskId: string;
  readonly life: ProcessLife;
  phase: 'preparing' | 'running' | 'exited' | 'never-started';
  pid: number;
  startedMs: number;
  /** Until then it answers no health check. */
  sickUntilMs: number;
  waitStatus: number | undefined;
  next: Scheduled | undefined;
  /** True time at which SIGKILL comes. */
  killAtMs: number | undefined;
  kill: Scheduled | undefined;
  /** Tells the agent that the launch was given up. */
  onGivenUp: (() => void) | undefined;
  /** What runs in the container of a custom executor. */
  executor: SimExecutor | undefined;
}

/** What the simulation wants to see of machines. */
export interface MachineEvents {
  /** A process was started. */
  readonly onStart: (machine: Machine, container: SimContainer) => void;
  /** A custom executor begins with a task. */
  readonly onTask: (machine: Machine, container: SimContainer, taskId: string) => void;
}

/** Whom the machine tells: the agent that runs now. */
export interface MachineWatcher {
  readonly onExit: (exit: ContainerExit) => void;
}

type LaunchResult = { readonly pid: number } | { readonly reason: ContainerFailureReason; readonly message: string };

const SIGTERM = 15;
const SIGKILL = 9;

/** The machine below an agent: the twin of the containerizer with its supervisors. */
export class Machine {
  readonly name: string;
  /** Changes with each boot. */
  boots = 1;
  readonly containers = new Map<string, SimContainer>();
  readonly #world: World;
  readonly #random: SimRandom;
  readonly #events: MachineEvents;
  #watcher: MachineWatcher | undefined;
  #pid = 100;

  constructor(name: string, world: World, events: MachineEvents) {
    this.name = name;
    this.#world = world;
    this.#random = world.random.fork(`machine ${name}`);
    this.#events = events;
  }

  /** A new agent looks at what is there, and is told from now on. */
  recover(watcher: MachineWatcher): RecoveredContainer[] {
    this.#watcher = watcher;
    return [...this.containers.values()].map(({ id, phase, pid, waitStatus }): RecoveredContainer => {
      if (phase === 'running') return { state: 'running', containerId: id, pid };
      if (phase === 'exited') return { state: 'exited', containerId: id, pid, waitStatus };
      return { state: 'never-started', containerId: id };
    });
  }

  /** The agent is gone. What was being prepared either runs or never will. */
  leave(): void {
    this.#watcher = undefined;
    for (const container of this.containers.values()) {
      if (container.phase !== 'preparing') continue;
      container.next?.cancel();
      if (this.#random.chance(0.5)) this.#start(container);
      else container.phase = 'never-started';
    }
  }

  /** Power loss: nothing runs any more. The runtime directory stays, but nobody can know how anything ended. */
  reboot(): void {
    this.boots++;
    for (const container of this.containers.values()) {
      cancelAll(container);
      if (container.phase === 'running') {
        container.phase = 'exited';
        container.waitStatus = undefined;
      } else if (container.phase === 'preparing') container.phase = 'never-started';
    }
  }

  launch(spec: LaunchSpec, told: (result: LaunchResult) => void): void {
    if (this.containers.has(spec.containerId)) {
      this.#world.fail('a container id is used once', `${this.name} ${spec.containerId}`);
    }
    const container: SimContainer = {
      id: spec.containerId,
      spec,
      ...ownersOf(spec.sandbox),
      life: lifeOf(spec.command.value, this.#random),
      phase: 'preparing',
      pid: 0,
      startedMs: 0,
      sickUntilMs: 0,
      waitStatus: undefined,
      next: undefined,
      killAtMs: undefined,
      kill: undefined,
      onGivenUp: undefined,
      executor: undefined,
    };
    this.containers.set(spec.containerId, container);
    const watcher = this.#watcher;
    const tell = (result: LaunchResult): void => {
      if (this.#watcher === watcher) told(result);
    };
    container.next = this.#world.time.after(this.#random.between(2, 80), () => {
      if (!this.#world.isCalm && this.#random.chance(this.#world.profile.launchFailChance)) {
        container.phase = 'never-started';
        tell({ reason: 'REASON_CONTAINER_LAUNCH_FAILED', message: 'Failed to launch container: simulated' });
        return;
      }
      this.#start(container);
      tell({ pid: container.pid });
    });
    container.onGivenUp = () =>
      tell({ reason: 'REASON_TASK_KILLED_DURING_LAUNCH', message: 'Container destroyed during launch' });
  }

  #start(container: SimContainer): void {
    container.phase = 'running';
    container.pid = this.#pid++;
    container.startedMs = this.#world.time.nowMs;
    this.#events.onStart(this, container);
    if (container.spec.kind === 'executor') this.#runExecutor(container);
    const { runMs } = container.life;
    if (runMs === undefined) return;
    container.next = this.#world.time.after(runMs, () => {
      const fails =
        !this.#world.isCalm && this.#random.chance(container.life.isFlaky ? this.#world.profile.taskFailChance : 0);
      this.#exit(container, (fails ? 1 : container.life.exitCode) << 8);
    });
  }

  #runExecutor(container: SimContainer): void {
    container.executor = new SimExecutor({
      world: this.#world,
      random: this.#random.fork(container.id),
      agent: this.name,
      container,
      onTask: (taskId) => this.#events.onTask(this, container, taskId),
      exit: (code) => this.#exit(container, code << 8),
    });
  }

  /** SIGTERM, after the grace SIGKILL; again: can only shorten the grace. */
  kill(containerId: string, graceMs: number): void {
    const container = this.containers.get(containerId);
    if (container === undefined) return;
    if (container.phase === 'preparing') {
      this.#giveUp(container);
      return;
    }
    if (container.phase !== 'running') return;
    const atMs = this.#world.time.nowMs + graceMs;
    const isFirst = container.killAtMs === undefined;
    if (!isFirst && (container.killAtMs ?? 0) <= atMs) return;
    container.killAtMs = atMs;
    container.kill?.cancel();
    container.kill = this.#world.time.after(graceMs, () => this.#exit(container, SIGKILL));
    const { termMs } = container.life;
    if (!isFirst || termMs === undefined) return;
    container.next?.cancel();
    container.next = this.#world.time.after(termMs, () => this.#exit(container, SIGTERM));
  }

  destroy(containerId: string): void {
    const container = this.containers.get(containerId);
    if (container?.phase === 'preparing') this.#giveUp(container);
    else if (container?.phase === 'running') {
      container.kill?.cancel();
      container.kill = this.#world.time.after(this.#random.between(0.5, 10), () => this.#exit(container, SIGKILL));
    }
  }

  remove(containerId: string): void {
    const container = this.containers.get(containerId);
    if (container === undefined) return;
    if (container.phase === 'running' || container.phase === 'preparing') {
      this.#world.fail('only ended containers are forgotten', `${this.name} ${containerId} is ${container.phase}`);
    }
    this.containers.delete(containerId);
  }

  /** A running process dies by itself. */
  breakDown(container: SimContainer, exitCode: number): void {
    if (container.phase === 'running') this.#exit(container, exitCode << 8);
  }

  /** Whether a process answers health checks. */
  isHealthy(container: SimContainer): boolean {
    const { nowMs } = this.#world.time;
    const isWell = this.#world.isCalm || nowMs >= container.sickUntilMs;
    return container.phase === 'running' && nowMs - container.startedMs >= container.life.healthyMs && isWell;
  }

  /** Every process tree that runs. */
  running(): SimContainer[] {
    return [...this.containers.values()].filter(({ phase }) => phase === 'running');
  }

  #giveUp(container: SimContainer): void {
    container.next?.cancel();
    container.phase = 'never-started';
    this.#world.time.after(this.#random.between(0.1, 2), () => container.onGivenUp?.());
  }

  #exit(container: SimContainer, waitStatus: number): void {
    if (container.phase !== 'running') return;
    cancelAll(container);
    container.phase = 'exited';
    container.waitStatus = waitStatus;
    this.#world.note(this.name, `exit ${container.taskId} ${waitStatus}`);
    const watcher = this.#watcher;
    this.#world.time.after(this.#random.between(0.1, 5), () => {
      if (watcher === this.#watcher) watcher?.onExit({ containerId: container.id, waitStatus });
    });
  }
}

function cancelAll(container: SimContainer): void {
  container.executor?.end();
  container.next?.cancel();
  container.kill?.cancel();
}

/** `.../frameworks/F/executors/E/runs/C` */
function ownersOf(sandbox: string): { readonly frameworkId: string; readonly taskId: string } {
  const match = /\/frameworks\/([^/]+)\/executors\/([^/]+)\/runs\//.exec(sandbox);
  return { frameworkId: match?.[1] ?? '', taskId: match?.[2] ?? '' };
}
