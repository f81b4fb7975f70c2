import { FlagError, type FlagSource, type FlagSpec, helpText, type ParsedFlags, parseFlags } from './flags.ts';
import { createLogger, type LogFormat, type Logger } from './log.ts';
import { ListenError } from './server.ts';
import { COMPATIBLE_VERSION, MESETA_VERSION } from './version.ts';

/** What a daemon's start function gets. */
export interface DaemonContext<Spec extends FlagSpec> {
  readonly flags: ParsedFlags<Spec>;
  readonly log: Logger;
  /** Ends the process after a failure that memory cannot repair; the next start recovers from the store. */
  readonly fatal: (error: unknown) => void;
}

/** What a daemon does when it is asked to end; resolves when it may exit. */
export type StopFunction = (signal: NodeJS.Signals) => Promise<void>;

/** A daemon's description. */
export interface Daemon<Spec extends FlagSpec> {
  /** Its bin's name: process title, log name. */
  readonly name: string;
  /** First lines of --help. */
  readonly usage: string;
  readonly flags: Omit<FlagSource<Spec>, 'argv' | 'env'>;
  /** Signals besides SIGTERM and SIGINT that end it. */
  readonly stopSignals?: readonly NodeJS.Signals[];
  /** Brings it up; answers how to stop it. */
  readonly start: (context: DaemonContext<Spec>) => Promise<StopFunction>;
}

/** Longest time that a stop may take before the process ends anyway. */
const STOP_TIMEOUT_MS = 60_000;

/**
 * Runs a daemon: flags, process title, signals, exit codes (0 ended as asked, 1 failed, 2 bad command line).
 * Call it as the last statement of a `main.ts`.
 */
export function runDaemon<Spec extends FlagSpec>(daemon: Daemon<Spec>): void {
  process.title = daemon.name;
  let flags: ParsedFlags<Spec>;
  try {
    flags = parseFlags({ ...daemon.flags, argv: process.argv.slice(2), env: process.env });
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    for (const problem of error.problems) process.stderr.write(`${daemon.name}: ${problem}\n`);
    process.exit(2);
  }
  if (flags.help) {
    process.stdout.write(helpText(daemon.usage, daemon.flags.spec));
    return;
  }
  if (flags.version) {
    process.stdout.write(`meseta ${MESETA_VERSION} (${daemon.name}, compatible with ${COMPATIBLE_VERSION})\n`);
    return;
  }
  const log = createLogger(daemon.name, logFormat());
  void startAndWait(daemon, flags, log);
}

async function startAndWait<Spec extends FlagSpec>(
  daemon: Daemon<Spec>,
  flags: ParsedFlags<Spec>,
  log: Logger,
): Promise<void> {
  const asked = Promise.withResolvers<NodeJS.Signals>();
  // Before anything else: a signal that comes while the daemon starts must not be lost. Node takes an unhandled SIGUSR1 for a
  // request to start its debugger.
  for (const signal of ['SIGTERM', 'SIGINT', ...(daemon.stopSignals ?? [])] as const) {
    process.on(signal, () => asked.resolve(signal));
  }
  void asked.promise.then(() => setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref());
  // Listening for signals keeps no process alive: without this, one that has nothing open at a moment ends as if all was done.
  setInterval(() => {}, 2 ** 30);
  const fatal = (error: unknown): void => {
    log.fatal({ err: error }, 'this daemon cannot go on and ends; the next start recovers from its store');
    process.exit(1);
  };
  process.on('uncaughtException', fatal);
  process.on('unhandledRejection', fatal);
  let stop: StopFunction;
  try {
    stop = await daemon.start({ flags, log, fatal });
  } catch (error) {
    if (error instanceof ListenError || error instanceof FlagError)
      process.stderr.write(`${daemon.name}: ${error.message}\n`);
    else log.fatal({ err: error }, 'cannot start');
    process.exit(1);
  }
  stop(await asked.promise).then(() => process.exit(0), fatal);
}

function logFormat(): LogFormat {
  const format = process.env['MESETA_LOG_FORMAT'];
  return format === 'plain' || format === 'json' ? format : 'auto';
}
