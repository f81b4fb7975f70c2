import { SimCallStream } from '../../sdk/testing/sim-call-stream.ts';
import type { SimRandom } from '../../sdk/testing/sim-random.ts';
import type { Scheduled } from '../../sdk/testing/virtual-time.ts';
import type { Call, Event } from '../../sdk/v1/generated/executor.ts';
import type { TaskInfo, TaskState, TaskStatus } from '../../sdk/v1/generated/mesos.ts';
import { isTerminal } from '../../sdk/v1/task-state.ts';
import type { SimContainer } from './machine.ts';
import { lifeOf, type ProcessLife } from './process-life.ts';
import type { World } from './world.ts';

/** Path of the executor API. */
export const EXECUTOR_PATH = '/api/v1/executor';

const RETRY_MS = 1_000;
/** An agent that stays away for longer has given its executors up. */
const RECOVERY_MS = 900_000;

interface ExecutorTask {
  readonly info: TaskInfo;
  readonly life: ProcessLife;
  state: TaskState;
  /** The agent has not acknowledged an update of it yet. */
  isUnacknowledged: boolean;
  next: Scheduled | undefined;
}

/** Wiring of a {@link SimExecutor}. */
export interface SimExecutorParts {
  readonly world: World;
  readonly random: SimRandom;
  /** Name of the agent's process. */
  readonly agent: string;
  readonly container: SimContainer;
  readonly onTask: (taskId: string) => void;
  /** The process ends by itself. */
  readonly exit: (code: number) => void;
}

/**
 * A custom executor's process: it runs tasks inside itself, tells of each durable step until the agent acknowledges it, and
 * outlives the agent.
 */
export class SimExecutor {
  readonly #parts: SimExecutorParts;
  readonly #tasks = new Map<string, ExecutorTask>();
  /** Updates that are not acknowledged, by uuid, oldest first. */
  readonly #updates = new Map<string, TaskStatus>();
  #stream: SimCallStream<Call, Call, Event> | undefined;
  #retry: Scheduled | undefined;
  #lostSinceMs: number | undefined;
  #isOver = false;

  constructor(parts: SimExecutorParts) {
    this.#parts = parts;
    this.#subscribe();
  }

  /** Tasks that run in it. */
  living(): string[] {
    return [...this.#tasks.values()].filter(({ state }) => !isTerminal(state)).map(({ info }) => info.task_id.value);
  }

  /** The process is gone. */
  end(): void {
    this.#isOver = true;
    this.#retry?.cancel();
    this.#stream?.end();
    for (const task of this.#tasks.values()) task.next?.cancel();
  }

  #subscribe(): void {
    const { world, agent, container } = this.#parts;
    const unacknowledged = [...this.#tasks.values()].filter(({ isUnacknowledged }) => isUnacknowledged);
    const subscribe = {
      unacknowledged_tasks: unacknowledged.map(({ info }) => info),
      unacknowledged_updates: [...this.#updates.values()].map((status) => ({ status })),
    };
    this.#stream = new SimCallStream<Call, Call, Event>({
      network: world.network,
      from: `executor ${container.id}`,
      to: agent,
      path: EXECUTOR_PATH,
      subscribe: this.#call({ type: 'SUBSCRIBE', subscribe }),
      maySubscribeTwice: false,
      wrap: (calls) => calls[0] as Call,
      batchMax: 1,
      mayRepeat: () => true,
      onEvent: (event) => this.#onEvent(event),
      onClosed: () => this.#onClosed(),
    });
  }

  #onClosed(): void {
    const { world, exit } = this.#parts;
    if (this.#isOver) return;
    this.#lostSinceMs ??= world.time.nowMs;
    if (world.time.nowMs - this.#lostSinceMs > RECOVERY_MS) {
      exit(1);
      return;
    }
    this.#retry = world.time.after(RETRY_MS, () => this.#subscribe());
  }

  #onEvent(event: Event): void {
    if (this.#isOver) return;
    if (event.type === 'SUBSCRIBED') this.#lostSinceMs = undefined;
    else if (event.launch !== undefined) this.#launch(event.launch.task);
    else if (event.kill !== undefined) this.#kill(event.kill.task_id.value);
    else if (event.acknowledged !== undefined) {
      this.#updates.delete(hex(event.acknowledged.uuid));
      const task = this.#tasks.get(event.acknowledged.task_id.value);
      if (task !== undefined) task.isUnacknowledged = false;
    } else if (event.type === 'SHUTDOWN') this.#shutdown();
  }

  #launch(info: TaskInfo): void {
    const taskId = info.task_id.value;
    if (this.#tasks.has(taskId)) return;
    const { world, random, onTask } = this.#parts;
    onTask(taskId);
    const life = lifeOf(new TextDecoder().decode(info.data), random);
    const task: ExecutorTask = { info, life, state: 'TASK_STAGING', isUnacknowledged: true, next: undefined };
    this.#tasks.set(taskId, task);
    this.#update(task, 'TASK_RUNNING');
    if (life.runMs === undefined) return;
    task.next = world.time.after(life.runMs, () => {
      const fails = life.isFlaky && !world.isCalm && random.chance(world.profile.taskFailChance);
      this.#update(task, fails ? 'TASK_FAILED' : 'TASK_FINISHED');
    });
  }

  #kill(taskId: string): void {
    const task = this.#tasks.get(taskId);
    if (task === undefined || isTerminal(task.state)) return;
    task.next?.cancel();
    task.next = this.#parts.world.time.after(task.life.termMs ?? 100, () => this.#update(task, 'TASK_KILLED'));
  }

  #shutdown(): void {
    const { world, random, exit } = this.#parts;
    for (const task of this.#tasks.values()) if (!isTerminal(task.state)) this.#update(task, 'TASK_KILLED');
    world.time.after(random.between(1, 200), () => {
      if (!this.#isOver) exit(0);
    });
  }

  #update(task: ExecutorTask, state: TaskState): void {
    if (this.#isOver || isTerminal(task.state)) return;
    task.state = state;
    task.next?.cancel();
    const uuid = Uint8Array.from({ length: 16 }, () => this.#parts.random.integer(256));
    const status: TaskStatus = { task_id: task.info.task_id, state, source: 'SOURCE_EXECUTOR', uuid };
    this.#updates.set(hex(uuid), status);
    this.#stream?.send(this.#call({ type: 'UPDATE', update: { status } }));
  }

  #call(parts: Omit<Call, 'executor_id' | 'framework_id'>): Call {
    const { frameworkId, taskId } = this.#parts.container;
    return { framework_id: { value: frameworkId }, executor_id: { value: taskId }, ...parts };
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
