import { SchedulerDriver } from '../../sdk/scheduler/driver.ts';
import type { Offer, TaskInfo, TaskState, TaskStatus } from '../../sdk/v1/generated/mesos.ts';

const TASK_CPUS = 0.1;
const TERMINAL: ReadonlySet<TaskState> = new Set([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_GONE',
]);

/** A framework that launches what a bench asks for on the whole next offer, and acknowledges every update. */
export class BenchFramework {
  readonly #driver: SchedulerDriver;
  readonly #offers: Offer[] = [];
  #offerWaiter: ((offer: Offer) => void) | undefined;
  #onUpdate: (status: TaskStatus) => void = () => {};
  #count = 0;

  constructor(master: string) {
    this.#driver = new SchedulerDriver({
      master,
      framework: {
        user: 'root',
        name: 'bench',
        roles: ['*'],
        checkpoint: true,
        capabilities: [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }],
      },
      offers: (offers) => {
        for (const offer of offers) {
          const waiter = this.#offerWaiter;
          this.#offerWaiter = undefined;
          if (waiter === undefined) this.#offers.push(offer);
          else waiter(offer);
        }
      },
      rescinded: (id) => {
        const at = this.#offers.findIndex((offer) => offer.id.value === id);
        if (at !== -1) this.#offers.splice(at, 1);
      },
      update: (status) => this.#onUpdate(status),
      refused: (message) => {
        throw new Error(`the master refuses the bench: ${message}`);
      },
    });
    this.#driver.start();
  }

  /** The next offer. */
  offer(): Promise<Offer> {
    const offer = this.#offers.shift();
    if (offer !== undefined) return Promise.resolve(offer);
    return new Promise((resolve) => {
      this.#offerWaiter = resolve;
    });
  }

  /** Launches all commands in one ACCEPT; `until` decides which state of each task is waited for. Answers the milliseconds. */
  async launch(
    commands: readonly string[],
    until: 'running' | 'terminal',
  ): Promise<{ ms: number; taskIds: string[]; bad: number }> {
    const offers = await this.#offersFor(commands.length);
    const [offer] = offers as [Offer];
    const taskIds = commands.map(() => `bench-${this.#count++}`);
    const waiting = new Set(taskIds);
    const done = Promise.withResolvers<void>();
    let bad = 0;
    this.#onUpdate = ({ task_id, state }) => {
      if (TERMINAL.has(state) && state !== 'TASK_FINISHED' && waiting.has(task_id.value)) bad++;
      if (TERMINAL.has(state) || (until === 'running' && state === 'TASK_RUNNING')) waiting.delete(task_id.value);
      if (waiting.size === 0) done.resolve();
    };
    const startMs = performance.now();
    this.#driver.launch(
      offers,
      commands.map((command, index) => taskOf(taskIds[index] as string, command, offer)),
      { refuse_seconds: 0 },
    );
    await done.promise;
    return { ms: performance.now() - startMs, taskIds, bad };
  }

  /** Offers come in parts while tasks end: gathers enough for so many tasks, all of the one agent. */
  async #offersFor(tasks: number): Promise<Offer[]> {
    const offers: Offer[] = [];
    let cpus = 0;
    while (offers.length === 0 || cpus < tasks * TASK_CPUS) {
      const offer = await this.offer();
      offers.push(offer);
      cpus += offer.resources?.find(({ name }) => name === 'cpus')?.scalar?.value ?? 0;
    }
    return offers;
  }

  /** Ends tasks and waits for their last updates. */
  async kill(taskIds: readonly string[]): Promise<void> {
    const waiting = new Set(taskIds);
    const done = Promise.withResolvers<void>();
    this.#onUpdate = ({ task_id, state }) => {
      if (TERMINAL.has(state)) waiting.delete(task_id.value);
      if (waiting.size === 0) done.resolve();
    };
    for (const taskId of taskIds) this.#driver.kill(taskId);
    if (waiting.size > 0) await done.promise;
  }

  async stop(): Promise<void> {
    await this.#driver.stop();
  }
}

function taskOf(id: string, command: string, offer: Offer): TaskInfo {
  return {
    name: id,
    task_id: { value: id },
    agent_id: offer.agent_id,
    command: { value: command, shell: true },
    resources: [
      { name: 'cpus', type: 'SCALAR', scalar: { value: TASK_CPUS } },
      { name: 'mem', type: 'SCALAR', scalar: { value: 32 } },
    ],
  };
}
