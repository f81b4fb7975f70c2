import { setTimeout as pause } from 'node:timers/promises';
import { ExecutorDriver } from '../../executor/driver.ts';

/** Answers the queries of each task; a query is a number, its answer the square, and takes 20 ms. */
const driver = new ExecutorDriver({
  launch: async ({ task_id, data }) => {
    driver.update(task_id.value, 'TASK_RUNNING');
    const { first, count } = JSON.parse(Buffer.from(data ?? []).toString()) as { first: number; count: number };
    const answers: Record<number, string> = {};
    for (let query = first; query < first + count; query++) {
      await pause(20);
      answers[query] = String(query ** 2);
    }
    driver.update(task_id.value, 'TASK_FINISHED', { data: Buffer.from(JSON.stringify(answers)) });
  },
});
driver.start();
