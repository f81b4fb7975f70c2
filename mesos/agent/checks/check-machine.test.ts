import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HealthCheck } from '../../../sdk/v1/generated/mesos.ts';
import { isHealthy, newCheckState, newHealthState, type ProbeResult, stepCheck, stepHealth } from './check-machine.ts';

const GOOD: ProbeResult = { kind: 'tcp', succeeded: true };
const BAD: ProbeResult = { kind: 'tcp', succeeded: false };

/** Results a second apart, from the begin on; what was told of each. */
function healthOf(check: HealthCheck, results: readonly ProbeResult[], healthy?: boolean): string[] {
  let state = stepHealth(newHealthState(healthy), check, { kind: 'begin', monoMs: 0 }).state;
  return results.map((result, index) => {
    const frame = stepHealth(state, check, { kind: 'result', result, monoMs: (index + 1) * 1_000 });
    state = frame.state;
    const news = frame.effects.find((effect) => effect.kind === 'health');
    if (news === undefined) return '-';
    return news.healthy ? 'healthy' : news.kill ? 'kill' : 'unhealthy';
  });
}

describe('a health check', () => {
  test('tells the first success, and each failure until enough came in a row', () => {
    const check: HealthCheck = { type: 'TCP', consecutive_failures: 2, grace_period_seconds: 0 };
    expect(healthOf(check, [GOOD, GOOD, BAD, GOOD, GOOD, BAD, BAD, BAD])).toEqual([
      'healthy',
      '-',
      'unhealthy',
      'healthy',
      '-',
      'unhealthy',
      'kill',
      'kill',
    ]);
  });

  test('ignores failures in the grace period until the first success', () => {
    const check: HealthCheck = { type: 'TCP', consecutive_failures: 1, grace_period_seconds: 3 };
    expect(healthOf(check, [BAD, BAD, BAD, BAD])).toEqual(['-', '-', '-', 'kill']);
    expect(healthOf(check, [BAD, GOOD, BAD])).toEqual(['-', 'healthy', 'kill']);
  });

  test('of a task that was healthy before the agent restarted has no grace and no news', () => {
    const check: HealthCheck = { type: 'TCP', grace_period_seconds: 100 };
    expect(healthOf(check, [GOOD, BAD, GOOD], true)).toEqual(['-', 'unhealthy', 'healthy']);
  });

  test('waits, probes and waits with upstream defaults', () => {
    const begin = stepHealth(newHealthState(), { type: 'TCP' }, { kind: 'begin', monoMs: 5 });
    expect(begin.effects).toEqual([{ kind: 'wait', delayMs: 15_000 }]);
    const due = stepHealth(begin.state, { type: 'TCP' }, { kind: 'due' });
    expect(due.effects).toEqual([{ kind: 'probe', timeoutMs: 20_000 }]);
    const result = stepHealth(due.state, { type: 'TCP' }, { kind: 'result', result: BAD, monoMs: 6 });
    expect(result.effects).toEqual([{ kind: 'wait', delayMs: 10_000 }]);
    const unlimited = stepHealth(begin.state, { type: 'TCP', timeout_seconds: 0 }, { kind: 'due' });
    expect(unlimited.effects).toEqual([{ kind: 'probe', timeoutMs: Number.POSITIVE_INFINITY }]);
  });

  test('kills exactly when the last N results failed and grace is over', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 30 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 10 }),
        (results, failuresMax, graceSeconds) => {
          const check: HealthCheck = {
            type: 'TCP',
            consecutive_failures: failuresMax,
            grace_period_seconds: graceSeconds,
          };
          const told = healthOf(
            check,
            results.map((good) => (good ? GOOD : BAD)),
          );
          let counted = 0;
          let seenGood = false;
          for (const [index, good] of results.entries()) {
            const inGrace = !seenGood && graceSeconds > 0 && index + 1 <= graceSeconds;
            counted = good ? 0 : inGrace ? counted : counted + 1;
            seenGood ||= good;
            expect(told[index] === 'kill').toBe(counted >= failuresMax);
          }
        },
      ),
    );
  });

  test('takes 200 to 399, exit code 0 and a connection for healthy', () => {
    const http = [199, 200, 302, 399, 400, 500].map((statusCode) => isHealthy({ kind: 'http', statusCode }));
    expect(http).toEqual([false, true, true, true, false, false]);
    expect([0, 1, 255].map((exitCode) => isHealthy({ kind: 'command', exitCode }))).toEqual([true, false, false]);
    expect(isHealthy({ kind: 'error', message: 'Command timed out after 2secs' })).toBe(false);
  });
});

test('a check tells changes only; what cannot be found out is the empty status', () => {
  const check = { type: 'COMMAND' as const };
  let state = newCheckState(check);
  const told = (result: ProbeResult) => {
    const frame = stepCheck(state, check, { kind: 'result', result, monoMs: 0 });
    state = frame.state;
    return frame.effects.flatMap((effect) => (effect.kind === 'check' ? [effect.status] : []));
  };
  const error: ProbeResult = { kind: 'error', message: 'timed out' };
  expect(told(error)).toEqual([]);
  expect(told({ kind: 'command', exitCode: 4 })).toEqual([{ type: 'COMMAND', command: { exit_code: 4 } }]);
  expect(told({ kind: 'command', exitCode: 4 })).toEqual([]);
  expect(told(error)).toEqual([{ type: 'COMMAND', command: {} }]);
});
