import type { Ids } from '../base/ids.ts';
import type {
  FrameworkInfo,
  KillPolicy,
  TaskInfo,
  TaskState,
  TaskStatus,
  TaskStatus_Reason,
} from '../v1/generated/mesos.ts';
import { isTerminal } from '../v1/task-state.ts';
import type { SimRandom } from './sim-random.ts';
import type { HostClock, Scheduled, VirtualTime } from './virtual-time.ts';

/** What a simulated task does when it is launched. Durations in milliseconds of true time. */
export interface TaskLife {
  /** From the launch to TASK_RUNNING. */
  readonly startMs: number;
  /** From TASK_RUNNING to the end; undefined runs until it is killed. */
  readonly runMs?: number | undefined;
  /** Default TASK_FINISHED. */
  readonly end?: TaskState | undefined;
  readonly message?: string | undefined;
  /** From SIGTERM to the end; at most the grace of the kill policy, 3 s by default. */
  readonly killMs?: number | undefined;
  /** `data` of the terminal status. */
  readonly data?: Uint8Array | undefined;
}

/** Decides how a task lives; ask only the given chance, so that runs repeat. */
export type TaskBehaviour = (task: TaskInfo, chance: SimRandom) => TaskLife;

/** What an agent's tasks need of the world. */
export interface AgentParts {
  readonly time: VirtualTime;
  readonly clock: HostClock;
  readonly random: SimRandom;
  readonly ids: Ids;
  readonly behaviour: TaskBehaviour;
  /** Brings an update to the master; the agent repeats it until it is acknowledged. */
  readonly send: (agent: SimulatedAgent, frameworkId: string, status: TaskStatus) => void;
}

/** A task on a simulated agent. */
export interface AgentTask {
  readonly frameworkId: string;
  readonly info: TaskInfo;
  readonly framework: FrameworkInfo;
  state: TaskState;
  /** Updates that are not acknowledged, oldest first; only the first is sent. */
  readonly pending: TaskStatus[];
  readonly life: TaskLife;
  next: Scheduled | undefined;
  resend: Scheduled | undefined;
  isKilled: boolean;
}

const RESEND_FIRST_MS = 10_000;
const RESEND_MAX_MS = 600_000;
const KILL_GRACE_MS = 3_000;

/** The tasks of one simulated agent: they run on whether or not the agent reaches the master. */
export class SimulatedAgent {
  readonly id: string;
  readonly hostname: string;
  /** By framework and task id. */
  readonly tasks: Map<string, AgentTask> = new Map();
  readonly #parts: AgentParts;
  readonly #random: SimRandom;

  constructor(id: string, hostname: string, parts: AgentParts) {
    this.id = id;
    this.hostname = hostname;
    this.#parts = parts;
    this.#random = parts.random.fork(id);
  }

  /** RUN_TASK. */
  run(frameworkId: string, framework: FrameworkInfo, info: TaskInfo): void {
    const life = this.#parts.behaviour(info, this.#random);
    const task: AgentTask = {
      frameworkId,
      framework,
      info,
      life,
      state: 'TASK_STAGING',
      pending: [],
      next: undefined,
      resend: undefined,
      isKilled: false,
    };
    this.tasks.set(taskKey(frameworkId, info.task_id.value), task);
    this.#report(task, 'TASK_STARTING');
    task.next = this.#parts.time.after(life.startMs, () => {
      this.#report(task, 'TASK_RUNNING');
      if (life.runMs === undefined) return;
      task.next = this.#parts.time.after(life.runMs, () => this.#end(task, life.end ?? 'TASK_FINISHED', life.message));
    });
  }

  /** KILL_TASK; a task that it does not know is the master's to answer. */
  kill(frameworkId: string, taskId: string, policy: KillPolicy | undefined): void {
    const task = this.tasks.get(taskKey(frameworkId, taskId));
    if (task === undefined || task.isKilled || isTerminal(task.state)) return;
    task.isKilled = true;
    const knows = (task.framework.capabilities ?? []).some(({ type }) => type === 'TASK_KILLING_STATE');
    if (knows) this.#report(task, 'TASK_KILLING');
    const grace = policy?.grace_period ?? task.info.kill_policy?.grace_period;
    const graceMs = grace === undefined ? KILL_GRACE_MS : Number(grace.nanoseconds) / 1e6;
    task.next?.cancel();
    const killMs = Math.min(graceMs, task.life.killMs ?? 10);
    task.next = this.#parts.time.after(killMs, () =>
      this.#end(task, 'TASK_KILLED', 'Command terminated with signal Terminated'),
    );
  }

  /** ACKNOWLEDGE; answers whether it was the outstanding update. */
  acknowledge(frameworkId: string, taskId: string, uuid: Uint8Array): boolean {
    const task = this.tasks.get(taskKey(frameworkId, taskId));
    const status = task?.pending[0];
    if (task === undefined || status === undefined || !sameBytes(status.uuid, uuid)) return false;
    task.resend?.cancel();
    task.pending.shift();
    if (task.pending.length > 0) this.#forward(task, 0);
    else if (isTerminal(status.state)) this.tasks.delete(taskKey(frameworkId, taskId));
    return true;
  }

  /** Sends what waits for an acknowledgement again, as after a registration. */
  forwardAll(): void {
    for (const task of this.tasks.values()) this.#forward(task, 0);
  }

  /** SHUTDOWN_FRAMEWORK: its tasks end, and nobody is told. */
  shutdownFramework(frameworkId: string): void {
    for (const [key, task] of [...this.tasks]) {
      if (task.frameworkId !== frameworkId) continue;
      this.#forget(key, task);
    }
  }

  /** The machine is gone with everything on it. */
  vanish(): void {
    for (const [key, task] of [...this.tasks]) this.#forget(key, task);
  }

  /** Ends a task by itself, as a test's whim. */
  endTask(taskId: string, state: TaskState, message?: string): boolean {
    const task = [...this.tasks.values()].find(({ info }) => info.task_id.value === taskId);
    if (task === undefined || isTerminal(task.state)) return false;
    this.#end(task, state, message);
    return true;
  }

  #forget(key: string, task: AgentTask): void {
    task.next?.cancel();
    task.resend?.cancel();
    this.tasks.delete(key);
  }

  #end(task: AgentTask, state: TaskState, message: string | undefined): void {
    task.next?.cancel();
    this.#report(task, state, message);
  }

  #report(task: AgentTask, state: TaskState, message?: string): void {
    if (isTerminal(task.state)) return;
    task.state = state;
    const reason: TaskStatus_Reason | undefined =
      state === 'TASK_FAILED' ? 'REASON_COMMAND_EXECUTOR_FAILED' : undefined;
    task.pending.push({
      task_id: task.info.task_id,
      state,
      source: 'SOURCE_EXECUTOR',
      agent_id: { value: this.id },
      executor_id: task.info.task_id,
      timestamp: this.#parts.clock.wallMs() / 1000,
      uuid: this.#parts.ids.bytes(16),
      ...(message === undefined ? {} : { message }),
      ...(reason === undefined ? {} : { reason }),
      ...(isTerminal(state) && task.life.data !== undefined ? { data: task.life.data } : {}),
    });
    if (task.pending.length === 1) this.#forward(task, 0);
  }

  #forward(task: AgentTask, resends: number): void {
    const status = task.pending[0];
    if (status === undefined) return;
    task.resend?.cancel();
    const delayMs = Math.min(RESEND_MAX_MS, RESEND_FIRST_MS * 2 ** resends);
    task.resend = this.#parts.time.after(delayMs, () => this.#forward(task, resends + 1));
    this.#parts.send(this, task.frameworkId, status);
  }
}

/** Key of a task on an agent. */
export function taskKey(frameworkId: string, taskId: string): string {
  return `${frameworkId} ${taskId}`;
}

function sameBytes(left: Uint8Array | undefined, right: Uint8Array): boolean {
  return left !== undefined && left.length === right.length && left.every((byte, at) => byte === right[at]);
}
