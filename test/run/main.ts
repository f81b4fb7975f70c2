import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareComponents } from './components.ts';
import { readSuiteReport } from './vitest-report.ts';

/**
 * `npm test`: every suite, one after another, with a closing line `N passed, N failed, N skipped`.
 *
 *     npm test                 what this machine has; a missing component skips its suite by name
 *     npm test -- --install    also installs the Debian packages that suites need (as CI=true does)
 *     npm test -- --only=unit  one suite
 */
const root = fileURLToPath(new URL('../../', import.meta.url));
const bin = join(root, 'node_modules', '.bin');

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

interface Suite {
  readonly name: string;
  readonly run: () => Promise<Counts>;
}

const isCi = process.env['CI'] === 'true';
/** Time that simulator seeds may take in a test run. */
const SIM_SECONDS = 240;
/** The same seeds each time, as many as fit: a red run tells of a change, not of luck. Fresh ones: `npm run sim -- --seconds=600`. */
const SIM_SEED = 1;

const suites: readonly Suite[] = [
  { name: 'lint', run: () => tool('biome', ['ci', '.']) },
  { name: 'types', run: () => tool('tsc', ['-p', '.']) },
  { name: 'unit', run: () => vitest('unit') },
  {
    name: 'sim',
    run: async () =>
      add(await vitest('sim'), await script('test/sim/run.ts', [`--seconds=${SIM_SECONDS}`, `--seed=${SIM_SEED}`])),
  },
  { name: 'integration', run: () => vitest('integration') },
  { name: 'clients', run: () => vitest('clients') },
];

const args = process.argv.slice(2);
const only = args.find((argument) => argument.startsWith('--only='))?.slice('--only='.length);
const unknown = args.filter((argument) => argument !== '--install' && !argument.startsWith('--only='));
if (unknown.length > 0 || (only !== undefined && !suites.some(({ name }) => name === only))) {
  const names = suites.map(({ name }) => name).join(', ');
  process.stderr.write(
    `npm test: ${unknown[0] ?? `--only=${only}`} is not known. Allowed are --install and --only=SUITE with SUITE one of ${names}.\n`,
  );
  process.exit(2);
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const failedSuites: string[] = [];
const failures: string[] = [];
await prepareComponents({ install: isCi || args.includes('--install'), suite: only });
for (const suite of suites.filter(({ name }) => only === undefined || name === only)) {
  process.stdout.write(`\n== ${suite.name} ==\n`);
  const started = Date.now();
  const counts = await suite.run();
  Object.assign(total, add(total, counts));
  if (counts.failed > 0) failedSuites.push(suite.name);
  process.stdout.write(`-- ${suite.name}: ${describe(counts)} in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}
for (const failure of failures) process.stdout.write(`\nFAILED ${failure}\n`);
if (failedSuites.length > 0) process.stdout.write(`\nFailed suites: ${failedSuites.join(', ')}\n`);
process.stdout.write(`\n${describe(total)}\n`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);

function describe({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

function add(left: Counts, right: Counts): Counts {
  return {
    passed: left.passed + right.passed,
    failed: left.failed + right.failed,
    skipped: left.skipped + right.skipped,
  };
}

/** A tool counts as one test. */
async function tool(name: string, toolArgs: readonly string[]): Promise<Counts> {
  const code = await run(join(bin, name), toolArgs);
  return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

/** A script of ours that exits 0 when all is well; it counts as one test. */
function script(path: string, scriptArgs: readonly string[]): Promise<Counts> {
  return run(process.execPath, [join(root, path), ...scriptArgs]).then((code) =>
    code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 },
  );
}

async function vitest(project: string): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'meseta-test-'));
  const report = join(folder, 'report.json');
  try {
    const code = await run(join(bin, 'vitest'), [
      'run',
      '--project',
      project,
      '--passWithNoTests',
      '--reporter=default',
      '--reporter=json',
      `--outputFile=${report}`,
    ]);
    const { passed, failed, skipped, skippedSuites, failures: told } = readSuiteReport(report);
    for (const reason of skippedSuites) process.stdout.write(`SKIPPED ${reason}\n`);
    failures.push(...told);
    // A file that cannot be loaded or an unhandled error fails the run without failing a test.
    const broken = code !== 0 && failed === 0 ? 1 : 0;
    return { passed, failed: failed + broken, skipped };
  } catch (error) {
    process.stdout.write(`vitest left no report: ${String(error)}\n`);
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(command: string, commandArgs: readonly string[]): Promise<number> {
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  const child = spawn(command, commandArgs, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env });
  return new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
