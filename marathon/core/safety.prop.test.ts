import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AppDefinition } from '../model/app.ts';
import { type Instance, isHealthy } from './instance.ts';
import { minHealthy } from './restart.ts';
import type { MarathonState } from './state.ts';
import { Harness, HTTP_CHECK, testApp } from './testing/harness.ts';

/** What may happen to the cluster, in any order. */
const happening = fc.oneof(
  fc.record({ what: fc.constant('offer' as const) }),
  fc.record({ what: fc.constant('run' as const), pick: fc.nat(20) }),
  fc.record({ what: fc.constant('killed' as const), pick: fc.nat(20) }),
  fc.record({ what: fc.constant('die' as const), pick: fc.nat(20) }),
  fc.record({ what: fc.constant('good' as const), pick: fc.nat(20) }),
  fc.record({ what: fc.constant('bad' as const), pick: fc.nat(20) }),
  fc.record({ what: fc.constant('lost' as const), pick: fc.nat(20) }),
  fc.record({ what: fc.constant('crash' as const) }),
  // Everything that Marathon decides from here to its crash is recorded, and leaves it no more.
  fc.record({ what: fc.constant('mute' as const) }),
  fc.record({ what: fc.constant('update' as const), force: fc.boolean(), cmd: fc.integer({ min: 2, max: 4 }) }),
  fc.record({ what: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 5000 }) }),
);

type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never;

const strategy = fc.record({
  minimumHealthCapacity: fc.constantFrom(0, 0.25, 0.5, 0.7, 1),
  maximumOverCapacity: fc.constantFrom(0, 0.25, 0.5, 1),
});

function pickOf<Value>(values: readonly Value[], pick: number): Value | undefined {
  return values[pick % Math.max(1, values.length)];
}

function apply(harness: Harness, app: AppDefinition, event: Happening): void {
  const alive = harness.instances('/web').filter((each) => each.task !== undefined);
  switch (event.what) {
    case 'offer':
      harness.offerAll();
      return;
    case 'run': {
      const task = pickOf(harness.tasksIn('TASK_STAGING'), event.pick);
      if (task !== undefined) harness.update(task.info.task_id.value, 'TASK_RUNNING');
      return;
    }
    case 'killed': {
      const task = pickOf(harness.tasksIn('TASK_KILLING'), event.pick);
      if (task !== undefined) harness.update(task.info.task_id.value, 'TASK_KILLED');
      return;
    }
    case 'die': {
      const task = pickOf(harness.tasksIn('TASK_RUNNING'), event.pick);
      if (task !== undefined) harness.update(task.info.task_id.value, 'TASK_FAILED');
      return;
    }
    case 'lost': {
      const task = pickOf(harness.tasksIn('TASK_RUNNING'), event.pick);
      if (task !== undefined) harness.update(task.info.task_id.value, 'TASK_UNREACHABLE');
      return;
    }
    case 'good':
    case 'bad': {
      const running = alive.filter((each) => harness.probes.has(`health/${each.task?.id}/0`));
      const instance = pickOf(running, event.pick);
      if (instance !== undefined) harness.probe(instance, event.what === 'good');
      return;
    }
    case 'mute':
      harness.dropEffects = true;
      return;
    case 'crash':
      harness.crash();
      return;
    case 'update':
      harness.put({ ...app, cmd: `version ${event.cmd}` }, { force: event.force });
      return;
    case 'wait':
      harness.advance(event.ms);
      return;
  }
}

/** Instances that were healthy and wanted, and that this step told to go, must leave enough healthy ones. */
function checkOrders(before: ReadonlyMap<string, Instance>, state: MarathonState): void {
  const app = state.root.apps['/web'];
  if (app === undefined) return;
  const doomed = [...before.values()].filter((each) => {
    return each.goal === 'Running' && isHealthy(each) && state.instances.get(each.id)?.goal === 'Decommissioned';
  });
  if (doomed.length === 0) return;
  const healthy = [...state.instances.values()].filter((each) => each.goal === 'Running' && isHealthy(each));
  expect(healthy.length).toBeGreaterThanOrEqual(minHealthy(app));
}

function finish(harness: Harness): void {
  for (let turn = 0; turn < 300; turn++) {
    for (const { info } of harness.tasksIn('TASK_KILLING')) harness.update(info.task_id.value, 'TASK_KILLED');
    for (const { info } of harness.tasksIn('TASK_STAGING')) harness.update(info.task_id.value, 'TASK_RUNNING');
    for (const instance of harness.instances('/web')) {
      if (harness.probes.has(`health/${instance.task?.id}/0`)) harness.probe(instance, true);
    }
    if (harness.state.deployments.size === 0 && harness.state.queue.size === 0) return;
    harness.advance(10_000);
    harness.offerAll();
  }
}

describe('rolling updates under random health, failures and crashes', () => {
  test('no order takes an app below its minimumHealthCapacity, no task is launched twice, and every update ends', () => {
    const run = fc.property(
      fc.integer({ min: 1, max: 5 }),
      strategy,
      fc.array(happening, { minLength: 5, maxLength: 60 }),
      (instances, upgradeStrategy, events) => {
        const harness = new Harness();
        harness.onStep = checkOrders;
        harness.start();
        const app = testApp('/web', { instances, upgradeStrategy, healthChecks: [HTTP_CHECK], cmd: 'version 1' });
        harness.put(app);
        finish(harness);
        expect(harness.state.deployments.size).toBe(0);
        for (const event of events) apply(harness, app, event);
        if (harness.dropEffects) harness.crash();
        finish(harness);
        expect(harness.state.deployments.size).toBe(0);
        const left = harness.instances('/web').filter((each) => each.goal === 'Running');
        expect(left).toHaveLength(instances);
        expect(left.every(isHealthy)).toBe(true);
        const wanted = harness.state.root.apps['/web']?.cmd;
        expect(new Set(left.map((each) => each.app.cmd))).toEqual(new Set([wanted]));
      },
    );
    fc.assert(run, { numRuns: 1000 });
  });
});
