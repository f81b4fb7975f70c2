import { describe, expect, test } from 'vitest';
import type { AppDefinition } from '../model/app.ts';
import type { Instance } from './instance.ts';
import { restartNumbers } from './restart.ts';
import { Harness, HTTP_CHECK, testApp } from './testing/harness.ts';

function oldInstance(index: number, condition: Instance['condition']): Instance {
  const app = testApp('/web', { version: 'v1', versionInfo: { lastScalingAt: 'v1', lastConfigChangeAt: 'v1' } });
  const base = { id: `web.instance-${index}`, appId: '/web', role: '*', app, goal: 'Running' as const };
  return { ...base, condition, sinceMs: 0, incarnation: 1, health: [] };
}

function target(instances: number, min: number, over: number): AppDefinition {
  return testApp('/web', {
    instances,
    upgradeStrategy: { minimumHealthCapacity: min, maximumOverCapacity: over },
    version: 'v2',
    versionInfo: { lastScalingAt: 'v2', lastConfigChangeAt: 'v2' },
  });
}

describe('the numbers of a rolling restart', () => {
  test.each([
    { instances: 4, healthy: 4, min: 1, over: 1, killNow: 0, capacityMax: 8 },
    { instances: 4, healthy: 4, min: 1, over: 0, killNow: 0, capacityMax: 5 },
    { instances: 4, healthy: 4, min: 0.5, over: 0, killNow: 2, capacityMax: 4 },
    { instances: 4, healthy: 4, min: 0.5, over: 0.5, killNow: 2, capacityMax: 6 },
    { instances: 4, healthy: 4, min: 0, over: 0, killNow: 4, capacityMax: 4 },
    { instances: 4, healthy: 4, min: 0, over: 1, killNow: 4, capacityMax: 8 },
    { instances: 4, healthy: 4, min: 1, over: 0.25, killNow: 0, capacityMax: 5 },
    // ceil(3 x 0.7) = 3
    { instances: 3, healthy: 3, min: 0.7, over: 1, killNow: 0, capacityMax: 6 },
    // fewer wanted than there are: the surplus goes at once
    { instances: 2, healthy: 4, min: 1, over: 1, killNow: 2, capacityMax: 4 },
    { instances: 2, healthy: 4, min: 0, over: 0, killNow: 4, capacityMax: 2 },
  ])('N=$instances, $healthy healthy, ($min, $over)', ({ instances, healthy, min, over, killNow, capacityMax }) => {
    const old = Array.from({ length: healthy }, (_, index) => oldInstance(index, 'Running'));
    expect(restartNumbers(target(instances, min, over), old)).toEqual({ oldCount: healthy, killNow, capacityMax });
  });

  test('make room where a bad old instance takes the last one', () => {
    const old = [oldInstance(1, 'Running'), oldInstance(2, 'Running'), oldInstance(3, 'Staging')];
    expect(restartNumbers(target(3, 1, 0), old)).toEqual({ oldCount: 3, killNow: 0, capacityMax: 4 });
  });
});

interface Watch {
  alive: number;
  healthy: number;
}

/** Rolls an app of four healthy instances to a new command, one task and one probe at a time. */
function roll(
  min: number,
  over: number,
): { worst: Watch; harness: Harness; atOnce: { killed: number; started: number } } {
  const harness = new Harness().start();
  const app = testApp('/web', {
    instances: 4,
    healthChecks: [HTTP_CHECK],
    upgradeStrategy: { minimumHealthCapacity: min, maximumOverCapacity: over },
  });
  harness.put(app);
  harness.converge();
  for (const instance of harness.instances('/web')) harness.probe(instance, true);
  expect(harness.state.deployments.size).toBe(0);
  const worst: Watch = { alive: 0, healthy: 4 };
  const look = (): void => {
    const all = harness.instances('/web');
    worst.alive = Math.max(worst.alive, all.filter((each) => each.condition !== 'Scheduled').length);
    worst.healthy = Math.min(worst.healthy, all.filter((each) => each.healthy && each.goal === 'Running').length);
  };
  harness.put({ ...app, cmd: 'new' });
  look();
  const all = harness.instances('/web');
  const killed = all.filter((each) => each.goal === 'Decommissioned').length;
  const started = all.filter((each) => each.app.cmd === 'new').length;
  for (let turn = 0; turn < 200 && harness.state.deployments.size > 0; turn++) {
    const dying = harness.tasksIn('TASK_KILLING')[0];
    const staged = harness.tasksIn('TASK_STAGING')[0];
    const unprobed = harness.instances('/web').find((each) => each.condition === 'Running' && each.healthy !== true);
    if (unprobed !== undefined) harness.probe(unprobed, true);
    else if (staged !== undefined) harness.update(staged.info.task_id.value, 'TASK_RUNNING');
    else if (dying !== undefined) harness.update(dying.info.task_id.value, 'TASK_KILLED');
    else harness.offerAll();
    look();
  }
  return { worst, harness, atOnce: { killed, started } };
}

describe('a rolling update of four healthy instances', () => {
  test.each([
    { min: 1, over: 1, killed: 0, started: 4, aliveMax: 8, healthyMin: 4 },
    { min: 1, over: 0, killed: 0, started: 1, aliveMax: 5, healthyMin: 4 },
    { min: 0.5, over: 0, killed: 2, started: 0, aliveMax: 4, healthyMin: 2 },
    { min: 0.5, over: 0.5, killed: 2, started: 2, aliveMax: 6, healthyMin: 2 },
    { min: 0, over: 0, killed: 4, started: 0, aliveMax: 4, healthyMin: 0 },
    { min: 0, over: 1, killed: 4, started: 4, aliveMax: 8, healthyMin: 0 },
    { min: 1, over: 0.25, killed: 0, started: 1, aliveMax: 5, healthyMin: 4 },
  ])('($min, $over)', ({ min, over, killed, started, aliveMax, healthyMin }) => {
    const { worst, harness, atOnce } = roll(min, over);
    expect(atOnce).toEqual({ killed, started });
    expect(harness.state.deployments.size).toBe(0);
    expect(harness.instances('/web').map((each) => each.app.cmd)).toEqual(['new', 'new', 'new', 'new']);
    expect(worst.healthy).toBeGreaterThanOrEqual(healthyMin);
    expect(worst.alive).toBeLessThanOrEqual(aliveMax);
  });

  test('an old instance that dies meanwhile is not launched again', () => {
    const harness = new Harness().start();
    harness.put(testApp('/web', { instances: 2, healthChecks: [HTTP_CHECK] }));
    harness.converge();
    for (const instance of harness.instances('/web')) harness.probe(instance, true);
    harness.put(testApp('/web', { instances: 2, cmd: 'new', healthChecks: [HTTP_CHECK] }));
    harness.offerAll();
    harness.runTasks();
    const old = harness.instances('/web').filter((each) => each.app.cmd !== 'new');
    harness.update(old[0]?.task?.id ?? '', 'TASK_FAILED');
    harness.converge();
    expect(harness.instances('/web').filter((each) => each.app.cmd !== 'new')).toHaveLength(1);
  });

  test('waits for the readiness check, and says what it answered', () => {
    const readinessChecks: AppDefinition['readinessChecks'] = [
      {
        name: 'readinessCheck',
        protocol: 'HTTP',
        path: '/ready',
        portName: 'http-api',
        intervalSeconds: 30,
        timeoutSeconds: 10,
        httpStatusCodesForReady: [200],
        preserveLastResponse: true,
      },
    ];
    const portDefinitions = [{ port: 10_000, protocol: 'tcp' as const, name: 'http-api', labels: {} }];
    const harness = new Harness().start();
    harness.put(testApp('/web', { readinessChecks, portDefinitions }));
    harness.converge();
    expect(harness.state.deployments.size).toBe(1);
    const [instance] = harness.instances('/web');
    const key = `ready/${instance?.task?.id}`;
    const response = { status: 503, contentType: 'text/plain', body: 'not yet' };
    harness.input({ kind: 'probe.result', key, ok: false, response });
    expect(harness.instances('/web')[0]?.readiness).toEqual({
      name: 'readinessCheck',
      ready: false,
      lastResponse: response,
    });
    harness.input({ kind: 'probe.result', key, ok: true, response: { ...response, status: 200 } });
    expect(harness.state.deployments.size).toBe(0);
    expect(harness.probes.has(key)).toBe(false);
  });
});
