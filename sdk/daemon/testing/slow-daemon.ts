import { once } from 'node:events';
import { runDaemon } from '../process.ts';

/** A daemon whose start lasts until its standard input ends. */
runDaemon({
  name: 'slow-daemon',
  usage: 'Usage: slow-daemon',
  flags: { spec: {}, envPrefix: 'SLOW_', unsupported: {} },
  stopSignals: ['SIGUSR1'],
  start: async () => {
    process.stdout.write('starting\n');
    await once(process.stdin.resume(), 'end');
    return async (signal) => {
      process.stdout.write(`stopped by ${signal}\n`);
    };
  },
});
