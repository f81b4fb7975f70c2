import { parseArgs } from 'node:util';
import { FAULT_KINDS } from './fault-profile.ts';
import { mixSeeds } from './faults.ts';
import { type SimulationResult, simulate } from './simulation.ts';

/**
 * `npm run sim -- --seeds=N --seed=S --seconds=T --verbose --minimal --keep-going --without=kind,kind --agents=N`
 *
 * Runs seeds until the first failure; prints how many ran, or the violated invariant, the last events, and the command that
 * runs that seed again.
 */
const { values } = parse({
  options: {
    seeds: { type: 'string' },
    seed: { type: 'string' },
    seconds: { type: 'string' },
    agents: { type: 'string', default: '20' },
    without: { type: 'string', default: '' },
    verbose: { type: 'boolean', default: false },
    minimal: { type: 'boolean', default: false },
    'keep-going': { type: 'boolean', default: false },
  },
});

function parse<Options extends NonNullable<Parameters<typeof parseArgs>[0]>>(options: Options) {
  try {
    return parseArgs(options);
  } catch (error) {
    return stop(error instanceof Error ? error.message : String(error));
  }
}

const agents = wholeNumber('agents', values.agents) ?? 20;
const firstSeed = wholeNumber('seed', values.seed);
const seconds = wholeNumber('seconds', values.seconds);
const seedCount =
  wholeNumber('seeds', values.seeds) ??
  (seconds !== undefined ? Number.POSITIVE_INFINITY : firstSeed === undefined ? 20 : 1);
const without = new Set(values.without.split(',').filter((kind) => kind !== ''));
for (const kind of without) {
  if (!(FAULT_KINDS as readonly string[]).includes(kind)) {
    stop(`--without=${kind}: there is no such kind of fault; allowed are ${FAULT_KINDS.join(', ')}`);
  }
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) stop(`--${name}=${text}: a whole number is needed`);
  return Number(text);
}

function stop(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function run(seed: number, left: ReadonlySet<string>, print?: (line: string) => void): SimulationResult {
  return simulate({ seed, agents, without: left, print });
}

/** Leaves out one kind of fault after the other, for as long as the same invariant still fails. */
function minimise(failed: SimulationResult): ReadonlySet<string> {
  let left = without;
  for (const kind of failed.kinds) {
    const fewer = new Set([...left, kind]);
    if (run(failed.seed, fewer).failure?.invariant === failed.failure?.invariant) left = fewer;
  }
  return left;
}

function report(failed: SimulationResult): void {
  const left = values.minimal ? minimise(failed) : without;
  const shown = left.size === without.size ? failed : run(failed.seed, left);
  const command = [
    'npm run sim --',
    `--seed=${failed.seed}`,
    ...(agents === 20 ? [] : [`--agents=${agents}`]),
    ...(left.size === 0 ? [] : [`--without=${[...left].join(',')}`]),
  ].join(' ');
  const lines = [
    '',
    ...shown.tail,
    '',
    `seed ${failed.seed} violates: ${shown.failure?.message ?? failed.failure?.message}`,
    ...(shown.failure?.invariant === 'the simulation itself' ? [shown.failure.stack] : []),
    `faults: ${shown.kinds.join(', ') || 'none'}`,
    `again:  ${command}`,
    '',
  ];
  process.stdout.write(lines.join('\n'));
}

function main(): number {
  const base = firstSeed ?? (seconds === undefined ? 1 : Date.now() & 0x7fffffff);
  const isOneSeed = firstSeed !== undefined && values.seeds === undefined && seconds === undefined;
  const startMs = performance.now();
  let ran = 0;
  let simulatedMs = 0;
  let events = 0;
  let failures = 0;
  let failed: SimulationResult | undefined;
  while (ran < seedCount && failed === undefined) {
    const elapsedMs = performance.now() - startMs;
    if (seconds !== undefined && elapsedMs > seconds * 1000) break;
    const seed = isOneSeed ? base : mixSeeds(base, ran);
    const result = run(seed, without, values.verbose ? (line) => process.stdout.write(`${line}\n`) : undefined);
    ran++;
    simulatedMs += result.simulatedMs;
    events += result.events;
    if (result.failure !== undefined) {
      if (values['keep-going']) process.stdout.write(`seed ${seed}: ${result.failure.message.slice(0, 300)}\n`);
      else failed = result;
      failures++;
    }
    progress(ran, events, startMs);
  }
  if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
  if (failed !== undefined) report(failed);
  const tookS = (performance.now() - startMs) / 1000;
  process.stdout.write(
    `simulator: ${ran} seeds from ${base} in ${tookS.toFixed(1)} s: ${(simulatedMs / 3_600_000).toFixed(1)} simulated hours, ` +
      `${events} events, ${failures === 0 ? 'no violation' : `${failures} violated`}\n`,
  );
  return failures === 0 ? 0 : 1;
}

let toldMs = 0;
/** One line that moves on a terminal, a line every ten seconds elsewhere. */
function progress(ran: number, events: number, startMs: number): void {
  const nowMs = performance.now();
  const text = `simulator: ${ran} seeds, ${events} events, ${((nowMs - startMs) / 1000).toFixed(0)} s`;
  if (process.stdout.isTTY) process.stdout.write(`\r${text}`);
  else if (nowMs - toldMs > 10_000) {
    toldMs = nowMs;
    process.stdout.write(`${text}\n`);
  }
}

process.exitCode = main();
