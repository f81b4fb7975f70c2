import { homedir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { MESETA_VERSION } from '../../sdk/daemon/version.ts';
import { up } from './up.ts';
import { LaunchError } from './work-dir.ts';

const AGENTS_MAX = 64;

function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Allowed is an integer from ${min} to ${max}.`);
  };
}

function folder(text: string): string {
  if (text === '') throw new InvalidArgumentError('Allowed is the path of a folder.');
  return text;
}

const port = integer(1, 65_535);
const program = new Command('meseta')
  .description('A cluster manager: services, cron jobs and your own frameworks.')
  .version(MESETA_VERSION);

program
  .command('up', { isDefault: true })
  .description('run a whole cluster on this machine until Ctrl-C')
  .option('--agents <n>', 'number of agents', integer(1, AGENTS_MAX), 1)
  .option('--work-dir <dir>', 'where all data lies', folder, join(homedir(), '.meseta'))
  .option('--ip <address>', 'address that everything binds; whoever reaches it can run code', '127.0.0.1')
  .option('--master-port <port>', 'port of the master', port, 5050)
  .option('--agent-port <port>', 'port of the first agent; agent i takes port + i - 1', port, 5051)
  .option('--marathon-port <port>', 'port of Marathon', port, 8080)
  .option('--chronos-port <port>', 'port of Chronos', port, 4400)
  .option(
    '--resources <text>',
    "each agent's resources, such as 'cpus:4;mem:2048' (default: detected, and other ports for each)",
  )
  .option('--no-examples', 'leave the bundled examples out')
  .action(async (options) => {
    process.exitCode = await up(options);
    process.exit();
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof LaunchError)) throw error;
  process.stderr.write(`meseta: ${error.message}\n`);
  process.exit(1);
}
