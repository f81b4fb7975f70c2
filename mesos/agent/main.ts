import { runDaemon } from '../../sdk/daemon/process.ts';
import { AGENT_FLAG_SOURCE } from './flags.ts';
import { startAgent } from './io/agent.ts';

runDaemon({
  name: 'mesos-agent',
  usage: 'mesos-agent --master=HOST:PORT [flags]: runs the tasks that the master hands it',
  flags: AGENT_FLAG_SOURCE,
  stopSignals: ['SIGUSR1'],
  start: startAgent,
});
