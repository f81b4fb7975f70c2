import { spawnSync } from 'node:child_process';
import { describe, it } from 'vitest';

/**
 * Runs a suite whose component may be absent. `missing` is undefined when all is there, else what is missing and
 * how to get it: then the suite is skipped with the reason in its title, and with CI=true a test fails in its place.
 */
export function describeIf(name: string, missing: string | undefined, suite: () => void): void {
  if (missing === undefined) {
    describe(name, suite);
  } else if (process.env['CI'] === 'true') {
    describe(name, () => {
      it('has what it needs', () => {
        throw new Error(missing);
      });
    });
  } else {
    describe.skip(`${name} (skipped: ${missing})`, suite);
  }
}

/** Undefined when the command can be run, else a sentence that names it: for `describeIf`. */
export function missingCommand(command: string, args: readonly string[] = ['--version']): string | undefined {
  const result = spawnSync(command, args, { stdio: 'ignore', timeout: 30_000 });
  if (result.error === undefined && result.status === 0) return undefined;
  return `${command} cannot be run here`;
}
