import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Bench } from './bench.ts';
import { containers } from './benches/containers.ts';
import { framework } from './benches/framework.ts';
import { marathon } from './benches/marathon.ts';
import { master } from './benches/master.ts';
import { start } from './benches/start.ts';
import { machineLine, markdown, type Result, resultLines, resultOf } from './report.ts';

const BENCHES: readonly Bench[] = [containers, framework, marathon, start, master];
const REPORT = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
const USAGE = `npm run bench -- [--rounds=N] [--only=NAME,...] [--json] [--no-write]
  --rounds=N   rounds of each bench, default 5
  --only=...   some of ${BENCHES.map(({ name }) => name).join(', ')}; docs/benchmarks.md is then left as it is
  --json       the result as JSON on standard output; progress goes to standard error
  --no-write   leaves docs/benchmarks.md as it is`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      'no-write': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds);
  const wanted = values.only?.split(',');
  const unknown = wanted?.find((name) => !BENCHES.some((bench) => bench.name === name));
  if (values.help || !Number.isInteger(rounds) || rounds < 1 || unknown !== undefined) {
    process.stderr.write(`${unknown === undefined ? '' : `No bench is called '${unknown}'.\n`}${USAGE}\n`);
    process.exit(values.help ? 0 : 2);
  }
  const benches = BENCHES.filter(({ name }) => wanted === undefined || wanted.includes(name));
  const values_ = await inOneFolder(() => measure(benches, rounds));
  const results = benches.map((bench): Result => resultOf(bench, values_.get(bench) ?? []));
  if (values.json) process.stdout.write(`${JSON.stringify({ machine: machineLine(), rounds, results }, null, 2)}\n`);
  else process.stdout.write(`\n${results.flatMap(resultLines).join('\n')}\n`);
  if (wanted === undefined && !values['no-write']) writeFileSync(REPORT, markdown(results, rounds));
}

/**
 * All files of all rounds in one folder, removed at the very end: for minutes after many files are deleted, ext4 is slower to make
 * new ones, and a round must not pay for what the round before has thrown away.
 */
async function inOneFolder<Value>(use: () => Promise<Value>): Promise<Value> {
  const folder = mkdtempSync(join(tmpdir(), 'meseta-bench-'));
  process.env['TMPDIR'] = folder;
  try {
    return await use();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rounds are interleaved: what else the machine does hits all benches alike. */
async function measure(benches: readonly Bench[], rounds: number): Promise<Map<Bench, Record<string, number>[]>> {
  const measured = new Map<Bench, Record<string, number>[]>();
  for (let round = 1; round <= rounds; round++) {
    for (const bench of benches) {
      const startMs = performance.now();
      process.stderr.write(`round ${round} of ${rounds}: ${bench.name} ... `);
      const values = await bench.round();
      process.stderr.write(`${((performance.now() - startMs) / 1_000).toFixed(1)} s\n`);
      measured.set(bench, [...(measured.get(bench) ?? []), { ...values }]);
    }
  }
  return measured;
}

await main();
process.exit();
