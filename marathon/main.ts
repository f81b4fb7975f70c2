import { runDaemon } from '../sdk/daemon/process.ts';
import { MARATHON_FLAG_SOURCE } from './flags.ts';
import { startMarathon } from './io/marathon.ts';

runDaemon({
  name: 'marathon',
  usage: 'marathon --master=HOST:PORT [flags]: runs apps on a Mesos cluster and keeps them running',
  flags: MARATHON_FLAG_SOURCE,
  start: startMarathon,
});
