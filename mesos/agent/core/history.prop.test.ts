import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TaskStatus } from '../../../sdk/v1/generated/mesos.ts';
import { isTerminal } from '../../../sdk/v1/task-state.ts';
import { AgentBench, commandTask, framework } from '../testing/agent-bench.ts';
import type { AgentEffect } from './effects.ts';
import type { RecoveredContainer } from './state.ts';

const F = framework('F', 'PARTITION_AWARE', 'TASK_KILLING_STATE');
const TASKS = ['a', 'b', 'c', 'd'];

interface Process {
  phase: 'preparing' | 'running' | 'exited' | 'never-started';
  waitStatus: number;
  /** The agent of now waits for its end. */
  isTold: boolean;
}

/** An agent over a machine and a master that can be cut off and killed between any two effects. */
class History {
  readonly bench = AgentBench.registered();
  readonly machine = new Map<string, Process>();
  readonly ordered = new Set<string>();
  /** Every status that reached the master, by task. */
  readonly heard = new Map<string, TaskStatus[]>();
  readonly acknowledged = new Set<string>();
  waiting: AgentEffect[] = [];

  post(event: Parameters<AgentBench['post']>[0]): void {
    this.bench.post(event);
    this.waiting.push(...this.bench.take());
  }

  link(event: Parameters<AgentBench['link']>[0]): void {
    this.bench.link(event);
    this.waiting.push(...this.bench.take());
  }

  /** Performs the next effects. */
  perform(count: number): void {
    for (const effect of this.waiting.splice(0, count)) this.#one(effect);
  }

  #one(effect: AgentEffect): void {
    if (effect.kind === 'container.launch') {
      expect(this.machine.has(effect.spec.containerId)).toBe(false);
      this.machine.set(effect.spec.containerId, { phase: 'preparing', waitStatus: 0, isTold: true });
    } else if (effect.kind === 'container.kill') this.exit(effect.containerId, 15);
    else if (effect.kind === 'container.destroy') this.#destroy(effect.containerId);
    else if (effect.kind === 'container.remove') {
      expect(this.machine.get(effect.containerId)?.phase).not.toBe('running');
      this.machine.delete(effect.containerId);
    } else if (effect.kind === 'link.send')
      for (const { update } of effect.calls) if (update) this.#hear(update.status);
  }

  #hear(status: TaskStatus): void {
    const list = this.heard.get(status.task_id.value) ?? [];
    if (!list.some(({ uuid }) => String(uuid) === String(status.uuid))) list.push(status);
    this.heard.set(status.task_id.value, list);
  }

  #destroy(containerId: string): void {
    const process = this.machine.get(containerId);
    if (process?.phase === 'preparing') {
      process.phase = 'never-started';
      const reason = 'REASON_TASK_KILLED_DURING_LAUNCH';
      this.post({ kind: 'container.failed', containerId, reason, message: 'destroyed' });
    } else this.exit(containerId, 9);
  }

  started(containerId: string): void {
    const process = this.machine.get(containerId);
    if (process?.phase !== 'preparing') return;
    process.phase = 'running';
    this.post({ kind: 'container.started', containerId, pid: 1 });
  }

  exit(containerId: string, waitStatus: number): void {
    const process = this.machine.get(containerId);
    if (process?.phase !== 'running') return;
    process.phase = 'exited';
    process.waitStatus = waitStatus;
    this.post({ kind: 'container.exited', containerId, waitStatus });
  }

  acknowledge(taskId: string): void {
    for (const status of this.heard.get(taskId) ?? []) {
      if (this.bench.state.link.phase === 'registered') this.bench.acknowledge('F', status);
      if (isTerminal(status.state)) this.acknowledged.add(taskId);
    }
    this.waiting.push(...this.bench.take());
  }

  /** kill -9: effects that were not performed yet never will be; what was being prepared runs or never does. */
  crash(runs: boolean): void {
    this.waiting = [];
    const found: RecoveredContainer[] = [];
    for (const [containerId, process] of this.machine) {
      if (process.phase === 'preparing') process.phase = runs ? 'running' : 'never-started';
      const { phase, waitStatus } = process;
      if (phase === 'running') found.push({ state: 'running', containerId, pid: 1 });
      else if (phase === 'exited') found.push({ state: 'exited', containerId, pid: 1, waitStatus });
      else found.push({ state: 'never-started', containerId });
    }
    this.bench.restart(found);
    this.waiting.push(...this.bench.take());
  }

  register(): void {
    if (this.bench.state.link.phase === 'waiting') this.bench.fire('link.retry');
    if (this.bench.state.link.phase === 'connecting') this.bench.register();
    this.waiting.push(...this.bench.take());
  }

  order(taskId: string): void {
    if (this.bench.state.link.phase !== 'registered' || this.ordered.has(taskId)) return;
    this.ordered.add(taskId);
    this.link({ type: 'RUN_TASK', run_task: { framework_info: F, task: commandTask(taskId) } });
  }
}

/** One move of a history; `pick` chooses whom it concerns. */
function move(history: History, choice: number, pick: number): void {
  const { bench } = history;
  const taskId = TASKS[pick % TASKS.length] ?? 'a';
  const containers = [...history.machine.keys()];
  const containerId = containers[pick % Math.max(1, containers.length)] ?? '';
  if (choice < 20) history.order(taskId);
  else if (choice < 45) history.perform(1 + (pick % 4));
  else if (choice < 60) history.started(containerId);
  else if (choice < 68) history.exit(containerId, pick % 2 === 0 ? 0 : 3 << 8);
  else if (choice < 78) history.acknowledge(taskId);
  else if (choice < 84) {
    // A master only knows of tasks that it ordered and whose end was not acknowledged.
    const isKnown = history.ordered.has(taskId) && !history.acknowledged.has(taskId);
    if (bench.state.link.phase !== 'registered' || !isKnown) return;
    const task_id = { value: taskId };
    history.link({ type: 'KILL_TASK', kill_task: { framework_id: { value: 'F' }, task_id } });
  } else if (choice < 90) history.post({ kind: 'link.closed', generation: bench.state.link.generation, reason: 'cut' });
  else if (choice < 95) history.register();
  else history.crash(pick % 2 === 0);
}

/** Faults stop: everything is performed, every process ends, every update is acknowledged. */
function heal(history: History): void {
  for (let round = 0; round < 60; round++) {
    history.register();
    history.perform(Number.POSITIVE_INFINITY);
    for (const containerId of history.machine.keys()) history.started(containerId);
    history.perform(Number.POSITIVE_INFINITY);
    for (const containerId of history.machine.keys()) history.exit(containerId, 0);
    history.perform(Number.POSITIVE_INFINITY);
    for (const taskId of history.heard.keys()) history.acknowledge(taskId);
  }
}

const ORDER = ['TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING'];

test('whatever happens, every task ends once, in order, and nothing is left', () => {
  const moves = fc.array(fc.tuple(fc.nat(99), fc.nat(7)), { minLength: 10, maxLength: 120 });
  fc.assert(
    fc.property(moves, (list) => {
      const history = new History();
      for (const [choice, pick] of list) move(history, choice, pick);
      heal(history);
      expect([...history.machine.keys()]).toEqual([]);
      expect([...history.bench.records.keys()]).toEqual(['agent']);
      for (const taskId of history.ordered) {
        const states = (history.heard.get(taskId) ?? []).map(({ state }) => state);
        expect(states.filter(isTerminal)).toHaveLength(1);
        expect(isTerminal(states.at(-1) ?? 'TASK_STAGING')).toBe(true);
        const ranks = states.slice(0, -1).map((state) => ORDER.indexOf(state));
        expect(ranks).toEqual([...ranks].sort((left, right) => left - right));
        expect(new Set(ranks).size).toBe(ranks.length);
        if (states.at(-1) === 'TASK_FINISHED') expect(states.slice(0, 2)).toEqual(ORDER.slice(0, 2));
      }
    }),
    { numRuns: 400 },
  );
});
