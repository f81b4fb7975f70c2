import { fileURLToPath } from 'node:url';
import { flag, parseFlags } from '../../daemon/flags.ts';
import { throttle } from './scheduler.ts';

/** `node launcher.ts --master=127.0.0.1:5050 --queries=100 --queries_per_task=10 --parallel=4` */
const { values } = parseFlags({
  spec: {
    master: flag.string('host:port of the master', '127.0.0.1:5050'),
    queries: flag.integer('queries in all', 100, { min: 1, max: 1_000_000 }),
    queries_per_task: flag.integer('queries in each task', 10, { min: 1, max: 10_000 }),
    parallel: flag.integer('tasks at once', 4, { min: 1, max: 1000 }),
  },
  envPrefix: 'THROTTLER_',
  argv: process.argv.slice(2),
  env: process.env,
  unsupported: {},
});

const executor = fileURLToPath(new URL('executor.ts', import.meta.url));
const answers = await throttle({
  master: values.master,
  queries: values.queries,
  queriesPerTask: values.queries_per_task,
  parallel: values.parallel,
  executorCommand: `exec '${process.execPath}' '${executor}'`,
});
process.stdout.write(`${answers.join('\n')}\n`);
