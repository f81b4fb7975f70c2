import { SchedulerDriver } from '../../../sdk/scheduler/driver.ts';
import { scalarResources, timesFitting } from '../../../sdk/scheduler/offer-scalars.ts';
import type { TaskInfo } from '../../../sdk/v1/generated/mesos.ts';
import { eventually } from '../../support/eventually.ts';

const NEEDS = { cpus: 0.5, mem: 512 };

/** One framework that takes one task's worth of each offer, gives the rest back, and holds what it has. */
class Greedy {
  readonly tasks = new Set<string>();
  readonly #driver: SchedulerDriver;
  #launched = 0;

  constructor(name: string, master: string) {
    this.#driver = new SchedulerDriver({
      master,
      framework: { user: '', name, capabilities: [{ type: 'PARTITION_AWARE' }] },
      offers: (offers) => {
        for (const offer of offers) {
          const task: TaskInfo = {
            name,
            task_id: { value: `${name}-${this.#launched++}` },
            agent_id: offer.agent_id,
            command: { value: 'sleep 1000' },
            resources: scalarResources(NEEDS),
          };
          this.#driver.launch([offer], timesFitting(offer, NEEDS) > 0 ? [task] : [], { refuse_seconds: 0 });
        }
      },
      update: ({ state, task_id }) => {
        if (state === 'TASK_RUNNING') this.tasks.add(task_id.value);
        else if (state !== 'TASK_STARTING') this.tasks.delete(task_id.value);
      },
    });
    this.#driver.start();
  }

  /** Ends one task. */
  endOne(): void {
    const [taskId] = this.tasks;
    if (taskId !== undefined) this.#driver.kill(taskId);
  }

  stop(): Promise<void> {
    return this.#driver.stop({ teardown: true });
  }
}

/**
 * Three frameworks that each ask <0.5 CPU, 512 MB> a task share one agent of 6 CPUs and 6762 MB: 12 tasks fit by CPU, 13 by memory, so
 * fair is 4, 4, 4 at dominant shares of 2/6 each.
 *
 * @returns the task counts when settled, and again after one framework's tasks have ended and were dealt out anew.
 */
export async function shareAmongThree(master: string): Promise<{ settled: number[]; afterEnds: number[] }> {
  const frameworks = ['a', 'b', 'c'].map((name) => new Greedy(name, master));
  const counts = () => frameworks.map(({ tasks }) => tasks.size);
  const isFull = () => counts().reduce((sum, count) => sum + count, 0) === 12;
  const isFair = () => counts().every((count) => count === 4);
  await eventually('twelve tasks run', isFull);
  // Tasks end where there are more than is fair, as they do by themselves in time; what they free goes to the poorest.
  const settle = () =>
    eventually('shares of 4, 4, 4', () => {
      if (isFair()) return true;
      if (isFull()) frameworks.find(({ tasks }) => tasks.size > 4)?.endOne();
      return false;
    });
  const settled = counts();
  await settle();
  const [first, second] = frameworks;
  first?.endOne();
  second?.endOne();
  await eventually('the freed shares are dealt out', isFull);
  await settle();
  const afterEnds = counts();
  await Promise.all(frameworks.map((framework) => framework.stop()));
  return { settled, afterEnds };
}
