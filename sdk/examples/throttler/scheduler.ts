import { SchedulerDriver } from '../../scheduler/driver.ts';
import { scalarResources, timesFitting } from '../../scheduler/offer-scalars.ts';
import type { Offer, TaskInfo } from '../../v1/generated/mesos.ts';
import { isTerminal } from '../../v1/task-state.ts';

const NEEDS = { cpus: 0.1, mem: 32 };

/** `queries` in all, `queriesPerTask` in each task, at most `parallel` tasks at once. */
export interface ThrottlerOptions {
  readonly master: string;
  readonly queries: number;
  readonly queriesPerTask: number;
  readonly parallel: number;
  /** Shell command that runs the executor on an agent. */
  readonly executorCommand: string;
}

/** Runs all queries as tasks of the cluster; resolves with the answers, in the order of the queries. */
export async function throttle(options: ThrottlerOptions): Promise<readonly string[]> {
  const { master, queries, queriesPerTask, parallel, executorCommand } = options;
  const answers: string[] = [];
  const waiting = Array.from({ length: Math.ceil(queries / queriesPerTask) }, (_, batch) => batch * queriesPerTask);
  const running = new Map<string, number>();
  const done = Promise.withResolvers<void>();

  const toTask = ({ agent_id }: Offer, first: number): TaskInfo => {
    const task_id = { value: `queries-${first}.${crypto.randomUUID()}` };
    running.set(task_id.value, first);
    const executor = { executor_id: { value: 'throttler' }, command: { value: executorCommand } };
    const data = Buffer.from(JSON.stringify({ first, count: Math.min(queriesPerTask, queries - first) }));
    return { name: 'queries', task_id, agent_id, executor, data, resources: scalarResources(NEEDS) };
  };

  const driver = new SchedulerDriver({
    master,
    framework: { user: '', name: 'throttler', capabilities: [{ type: 'PARTITION_AWARE' }] },
    refused: (message) => done.reject(new Error(message)),
    disconnected: (reason) => console.error(`not subscribed, trying again: ${reason}`),
    offers: (offers) => {
      for (const offer of offers) {
        const batches = waiting.splice(0, Math.min(parallel - running.size, timesFitting(offer, NEEDS)));
        const tasks = batches.map((first) => toTask(offer, first));
        driver.launch([offer], tasks, { refuse_seconds: 0 }); // What is left over may come back at once.
      }
    },
    update: ({ state, task_id, data }) => {
      const first = running.get(task_id.value);
      if (first === undefined || !isTerminal(state)) return;
      running.delete(task_id.value);
      // Answers travel in the last update, which is repeated until acknowledged; a message could get lost.
      if (state === 'TASK_FINISHED') Object.assign(answers, JSON.parse(Buffer.from(data ?? []).toString()));
      else waiting.push(first);
      if (waiting.length + running.size === 0) done.resolve();
    },
  });
  driver.start();
  await done.promise;
  await driver.stop({ teardown: true });
  return answers;
}
