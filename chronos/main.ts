import { runDaemon } from '../sdk/daemon/process.ts';
import { CHRONOS_FLAG_SOURCE } from './flags.ts';
import { startChronos } from './io/chronos.ts';

runDaemon({
  name: 'chronos',
  usage: 'chronos --master=HOST:PORT [flags]: runs jobs on a Mesos cluster by schedule and by dependency',
  flags: CHRONOS_FLAG_SOURCE,
  start: startChronos,
});
