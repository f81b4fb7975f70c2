import { describe, expect, test } from 'vitest';
import { launchDelayMs } from './backoff.ts';
import { resetDelay } from './queue.ts';
import { Harness, testApp } from './testing/harness.ts';

/** Lets the only task of /web end, and tells the delay until the next launch. */
function end(
  harness: Harness,
  state: 'TASK_FAILED' | 'TASK_FINISHED' | 'TASK_KILLED',
  reason?: 'REASON_RECONCILIATION',
): number {
  const task = harness.instances('/web')[0]?.task;
  harness.update(task?.id ?? '', state, reason === undefined ? {} : { reason });
  return delay(harness);
}

function delay(harness: Harness): number {
  const app = harness.state.root.apps['/web'];
  return app === undefined ? 0 : launchDelayMs(harness.state, app, harness.monoMs);
}

function relaunch(harness: Harness): void {
  harness.advance(Math.ceil(delay(harness)));
  harness.offerAll();
  harness.runTasks();
}

function crashing(more = {}): Harness {
  const harness = new Harness().start();
  harness.put(testApp('/web', more));
  harness.converge();
  return harness;
}

describe('the delay between launches', () => {
  test('starts at backoffSeconds, grows by backoffFactor, ends at maxLaunchDelaySeconds', () => {
    const harness = crashing({ maxLaunchDelaySeconds: 2 });
    const seen: number[] = [];
    for (let round = 0; round < 8; round++) {
      seen.push(Math.round(end(harness, 'TASK_FAILED')));
      relaunch(harness);
    }
    // 1 s x 1.15 each time, up to 2 s.
    expect(seen).toEqual([1000, 1150, 1323, 1521, 1749, 2000, 2000, 2000]);
  });

  test('holds the launch back, and offers are not asked for meanwhile', () => {
    const harness = crashing();
    end(harness, 'TASK_FAILED');
    expect(harness.state.suppressed).toBe(true);
    harness.offerAll();
    expect(harness.tasksIn('TASK_STAGING')).toHaveLength(0);
    expect(harness.calls.at(-1)).toMatchObject({ type: 'DECLINE', decline: { filters: { refuse_seconds: 120 } } });
    harness.advance(1001);
    expect(harness.calls.at(-1)?.type).toBe('REVIVE');
    harness.offerAll();
    expect(harness.tasksIn('TASK_STAGING')).toHaveLength(1);
  });

  test('is raised by a task that finishes, and not by a kill that nobody here ordered', () => {
    expect(end(crashing(), 'TASK_FINISHED')).toBe(1000);
    expect(end(crashing(), 'TASK_KILLED')).toBe(0);
  });

  test('is not raised by a task of which nobody knows how it ended', () => {
    const harness = crashing();
    expect(end(harness, 'TASK_FAILED', 'REASON_RECONCILIATION')).toBe(0);
    expect(harness.state.taskFailures.size).toBe(0);
  });

  test('is kept by scaling and forgotten with a new configuration', () => {
    const harness = crashing();
    end(harness, 'TASK_FAILED');
    harness.put(testApp('/web', { instances: 2 }), { force: true });
    expect(delay(harness)).toBe(1000);
    harness.put(testApp('/web', { instances: 2, cmd: 'other' }), { force: true });
    expect(delay(harness)).toBe(0);
  });

  test('is forgotten on request, while something waits', () => {
    const harness = crashing();
    expect(harness.inStep((state) => resetDelay(state, '/web'))).toBe(false);
    end(harness, 'TASK_FAILED');
    expect(harness.inStep((state) => resetDelay(state, '/web'))).toBe(true);
    expect(delay(harness)).toBe(0);
    expect(harness.calls.at(-1)?.type).toBe('REVIVE');
  });

  test('starts anew after maxLaunchDelaySeconds without a failure', () => {
    const harness = crashing({ maxLaunchDelaySeconds: 10 });
    end(harness, 'TASK_FAILED');
    relaunch(harness);
    end(harness, 'TASK_FAILED');
    relaunch(harness);
    harness.advance(10_001);
    expect(end(harness, 'TASK_FAILED')).toBe(1000);
  });
});
