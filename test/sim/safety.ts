import type { StoredAgent, StoredStatus } from '../../mesos/agent/core/records.ts';
import type { AgentState } from '../../mesos/agent/core/state.ts';
import type { Agent, MasterState } from '../../mesos/master/core/state.ts';
import type { StoreChange } from '../../sdk/base/step.ts';
import type { TaskStatus } from '../../sdk/v1/generated/mesos.ts';
import type { Event } from '../../sdk/v1/generated/scheduler.ts';
import { Resources } from '../../sdk/v1/resources.ts';
import { isTerminal } from '../../sdk/v1/task-state.ts';
import type { AgentProcess } from './agent-daemon.ts';
import type { Machine, SimContainer } from './machine.ts';
import type { World } from './world.ts';

/** What an agent's sums looked like when they were last checked: values are replaced whole, so identity tells of a change. */
interface Seen {
  readonly offered: Resources;
  readonly used: readonly Resources[];
}

/** What must hold at all times, whatever fails. */
export class Safety {
  readonly #world: World;
  readonly #seen = new WeakMap<Agent, Seen>();
  /** Machines on which each task's process was started. */
  readonly #started = new Map<string, readonly string[]>();
  /** Agent updates by uuid, in the order in which they became durable; per task. */
  readonly #updates = new Map<string, Map<string, number>>();
  /** Per task: number of the newest update that the framework got. */
  readonly #delivered = new Map<string, number>();
  readonly #frameworkIds = new Map<string, string>();
  readonly #agentIds = new Map<string, string>();

  constructor(world: World) {
    this.#world = world;
  }

  /** After each step of the master. */
  master(state: MasterState): void {
    for (const agent of state.agents.values()) {
      const used = [...agent.used.values()];
      const seen = this.#seen.get(agent);
      if (seen?.offered === agent.offered && sameItems(seen.used, used)) continue;
      this.#seen.set(agent, { offered: agent.offered, used });
      this.#checkSums(state, agent, used);
    }
  }

  #checkSums(state: MasterState, agent: Agent, used: readonly Resources[]): void {
    const sum = Resources.sum([...used, agent.offered]).unallocate();
    if (!agent.total.contains(sum)) {
      const detail = `${agent.info.hostname}: used ${Resources.sum(used)}, offered ${agent.offered}, total ${agent.total}`;
      this.#world.fail('offered and used fit into the total', detail);
    }
    const offers = [...agent.offers].map((id) => state.offers.get(id)?.resources ?? Resources.empty);
    if (!Resources.sum(offers).equals(agent.offered)) {
      this.#world.fail(
        'a resource is in one offer',
        `${agent.info.hostname}: offers ${Resources.sum(offers)}, counted ${agent.offered}`,
      );
    }
  }

  /** A process was started on a machine. */
  containerStarted(machine: Machine, container: SimContainer, agent: AgentProcess): void {
    const { spec, id, frameworkId, taskId } = container;
    const key = spec.kind === 'executor' ? `executor/${id}` : `task/${frameworkId}/${taskId}`;
    if (agent.medium.entries.has(key)) return;
    this.#world.fail('no effect precedes its record', `${machine.name} runs ${taskId} without a record`);
  }

  /**
   * A task begins to run.
   *
   * @param lives a job of Chronos that was deleted and posted again may use a task id once in each of its lives.
   */
  taskStarted(machine: Machine, container: SimContainer, taskId: string, lives: number): void {
    const key = `${container.frameworkId} ${taskId}`;
    const before = this.#started.get(key) ?? [];
    if (before.length >= Math.max(1, lives)) {
      this.#world.fail('no task is launched twice', `${taskId} ran on ${before.join(', ')}, now on ${machine.name}`);
    }
    this.#started.set(key, [...before, machine.name]);
  }

  /** Something became durable at an agent: from now on it keeps its id. */
  agentCommitted(name: string, records: readonly StoreChange[]): void {
    for (const { key, value } of records) {
      if (key === 'agent') this.#agentRecorded(name, value as StoredAgent | undefined);
      if (value === undefined || !key.startsWith('status/')) continue;
      const task = key.slice('status/'.length);
      let known = this.#updates.get(task);
      if (known === undefined) {
        known = new Map();
        this.#updates.set(task, known);
      }
      for (const { uuid } of (value as StoredStatus).pending) {
        const id = hex(uuid);
        if (!known.has(id)) known.set(id, known.size);
      }
    }
  }

  #agentRecorded(name: string, stored: StoredAgent | undefined): void {
    const id = stored?.info.id?.value;
    if (id === undefined) return;
    const before = this.#agentIds.get(name);
    if (before !== undefined && before !== id)
      this.#world.fail('agents keep their id', `${name} was ${before}, is ${id}`);
    this.#agentIds.set(name, id);
  }

  /**
   * A framework recorded its id: from now on it keeps it, until it is told that the master gave it up (undefined). One that was told and not
   * recorded is nobody's.
   */
  frameworkRecorded(name: string, id: string | undefined): void {
    if (id === undefined) {
      this.#frameworkIds.delete(name);
      return;
    }
    const before = this.#frameworkIds.get(name);
    if (before !== undefined && before !== id) {
      this.#world.fail('frameworks keep their id', `${name} was ${before}, is ${id}`);
    }
    this.#frameworkIds.set(name, id);
  }

  /** Something of the master reached a framework. */
  frameworkHeard(name: string, event: Event): void {
    if (event.update !== undefined) this.#onUpdate(name, event.update.status);
    if (event.error !== undefined) this.#world.note(name, `ERROR ${event.error.message}`);
  }

  #onUpdate(name: string, status: TaskStatus): void {
    if (status.uuid === undefined) return;
    const task = `${this.#frameworkIds.get(name)}/${status.task_id.value}`;
    const number = this.#updates.get(task)?.get(hex(status.uuid));
    if (number === undefined) {
      this.#world.fail(
        'no effect precedes its record',
        `${status.task_id.value} ${status.state} was sent before it was durable`,
      );
    }
    const newest = this.#delivered.get(task) ?? -1;
    if (number < newest) {
      this.#world.fail(
        'updates of a task arrive in order',
        `${status.task_id.value}: ${status.state} came after a later one`,
      );
    }
    this.#delivered.set(task, number);
  }

  /** A framework's launch reached the master. */
  launching(name: string, taskId: string, isRecorded: boolean): void {
    if (!isRecorded) this.#world.fail('no effect precedes its record', `${name} launches ${taskId} without a record`);
  }
}

/** Tasks of an agent that have not ended, by framework and task id. */
export function livingTasks(state: AgentState): Map<string, string> {
  const tasks = new Map<string, string>();
  for (const framework of state.frameworks.values()) {
    for (const executor of framework.executors.values()) {
      for (const task of executor.tasks.values()) {
        if (!isTerminal(task.state)) tasks.set(`${framework.id} ${task.id}`, task.state);
      }
    }
  }
  return tasks;
}

function sameItems<Item>(left: readonly Item[], right: readonly Item[]): boolean {
  return left.length === right.length && left.every((item, at) => item === right[at]);
}

function hex(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('hex');
}
