import { describe, expect, test } from 'vitest';
import { Harness, testApp } from './testing/harness.ts';

function revives(harness: Harness): number {
  return harness.calls.filter((call) => call.type === 'REVIVE').length;
}

describe('revives', () => {
  test('go out at once in a burst, then at the interval, and none is lost', () => {
    const harness = new Harness({ config: { minReviveIntervalMs: 1000, maxRunningDeployments: 1000 } }).start();
    for (let index = 0; index < 60; index++) harness.put(testApp(`/app-${index}`));
    expect(revives(harness)).toBe(50);
    harness.advance(1001);
    expect(revives(harness)).toBe(51);
    harness.advance(60_000);
    // Those that came too fast share one.
    expect(revives(harness)).toBe(51);
  });

  test('go out anew for an app that waits and now wants something else', () => {
    const harness = new Harness().start();
    harness.put(testApp('/web', { cpus: 100 }));
    harness.offerAll();
    expect(revives(harness)).toBe(1);
    harness.put(testApp('/web', { cpus: 0.1 }), { force: true });
    expect(revives(harness)).toBe(2);
  });

  test('wait for a subscription', () => {
    const harness = new Harness();
    harness.input({ kind: 'start' });
    harness.put(testApp('/web'));
    expect(harness.calls).toEqual([]);
    harness.subscribe();
    expect(revives(harness)).toBe(1);
  });

  test('are sent anew after the master was lost', () => {
    const harness = new Harness().start();
    harness.put(testApp('/web', { cpus: 100 }));
    expect(revives(harness)).toBe(1);
    harness.input({ kind: 'scheduler.closed', generation: 1, reason: 'gone' });
    harness.advance(100);
    harness.subscribe();
    expect(revives(harness)).toBe(2);
    expect(harness.eventTypes()).toContain('scheduler_disconnected_event');
    expect(harness.eventTypes()).toContain('scheduler_reregistered_event');
  });
});
