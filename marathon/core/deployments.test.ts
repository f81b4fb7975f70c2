import { describe, expect, test } from 'vitest';
import { cancelDeployment } from './deployments.ts';
import { killAndScale, killInstances } from './kills.ts';
import { Harness, HTTP_CHECK, testApp } from './testing/harness.ts';

function running(harness: Harness, appId: string): string[] {
  return harness
    .instances(appId)
    .filter((instance) => instance.condition === 'Running')
    .map((instance) => instance.id);
}

describe('a new app', () => {
  test('is launched and its deployment ends when all instances run', () => {
    const harness = new Harness().start();
    const result = harness.put(testApp('/web', { instances: 3 }));
    expect(result).toHaveProperty('deploymentId');
    expect(harness.state.deployments.size).toBe(1);
    harness.offerAll();
    expect(harness.tasksIn('TASK_STAGING')).toHaveLength(3);
    expect(harness.state.deployments.size).toBe(1);
    harness.runTasks();
    expect(harness.state.deployments.size).toBe(0);
    expect(harness.instances('/web').map((instance) => instance.condition)).toEqual(['Running', 'Running', 'Running']);
    const types = harness.eventTypes().filter((type) => type.startsWith('deployment'));
    expect(types).toEqual([
      'deployment_info',
      'deployment_step_success',
      'deployment_info',
      'deployment_step_success',
      'deployment_success',
    ]);
  });

  test('has task ids of its instance with an incarnation that grows with each relaunch', () => {
    const harness = new Harness().start();
    harness.put(testApp('/group/web'));
    harness.converge();
    const [instance] = harness.instances('/group/web');
    expect(instance?.task?.id).toBe(`${instance?.id}._app.1`);
    expect(instance?.id).toMatch(/^group_web\.instance-[0-9a-f-]{36}$/);
    harness.update(instance?.task?.id ?? '', 'TASK_KILLED');
    harness.converge();
    expect(harness.instances('/group/web')[0]?.task?.id).toBe(`${instance?.id}._app.2`);
  });

  test('waits until what it depends on is healthy', () => {
    const harness = new Harness().start();
    harness.putAll([testApp('/web', { dependencies: ['/db'] }), testApp('/db', { healthChecks: [HTTP_CHECK] })]);
    harness.converge();
    expect(running(harness, '/db')).toHaveLength(1);
    expect(harness.instances('/web')).toEqual([]);
    harness.probe(harness.instances('/db')[0] as never, true);
    harness.converge();
    expect(running(harness, '/web')).toHaveLength(1);
    expect(harness.state.deployments.size).toBe(0);
  });
});

describe('scaling', () => {
  test('up leaves what runs alone', () => {
    const harness = new Harness().start();
    harness.put(testApp('/web', { instances: 2 }));
    harness.converge();
    const before = running(harness, '/web');
    harness.put({ ...testApp('/web'), instances: 4 });
    harness.converge();
    expect(running(harness, '/web')).toEqual(expect.arrayContaining(before));
    expect(running(harness, '/web')).toHaveLength(4);
    expect(harness.tasksIn('TASK_KILLED', 'TASK_KILLING')).toHaveLength(0);
  });

  test('down kills the youngest first', () => {
    const harness = new Harness().start();
    harness.put(testApp('/web', { instances: 1 }));
    harness.converge();
    harness.advance(1000);
    const [oldest] = running(harness, '/web');
    harness.put(testApp('/web', { instances: 3 }));
    harness.converge();
    harness.put(testApp('/web', { instances: 1 }));
    harness.converge();
    expect(running(harness, '/web')).toEqual([oldest]);
    expect(harness.state.deployments.size).toBe(0);
  });

  test('to zero suspends', () => {
    const harness = new Harness().start();
    harness.put(testApp('/web', { instances: 2 }));
    harness.converge();
    harness.put(testApp('/web', { instances: 0 }));
    harness.converge();
    expect(harness.instances('/web')).toEqual([]);
    expect(harness.state.appVersions.has('/web')).toBe(true);
    expect(harness.state.suppressed).toBe(true);
  });

  test('down ends while a kill is on its way to an agent that cannot be reached', () => {
    const unreachableStrategy = 'disabled';
    const harness = new Harness().start();
    harness.put(testApp('/web', { instances: 2, unreachableStrategy }));
    harness.converge();
    const [instance] = harness.instances('/web');
    harness.update(instance?.task?.id ?? '', 'TASK_UNREACHABLE');
    harness.put(testApp('/web', { instances: 1, unreachableStrategy }));
    expect(harness.state.deployments.size).toBe(0);
    expect(running(harness, '/web')).toHaveLength(1);
  });
});

describe('kills', () => {
  test('without scale: same instance, next incarnation, no backoff', () => {
    const harness = new Harness().start();
    harness.put(testApp('/web'));
    harness.converge();
    const [instance] = harness.instances('/web');
    harness.inStep((state, frame) => killInstances(state, [instance?.id ?? ''], { wipe: false }, harness.ctx(), frame));
    harness.converge();
    expect(harness.instances('/web')[0]).toMatchObject({ id: instance?.id, incarnation: 2, condition: 'Running' });
    expect(harness.state.backoffs.size).toBe(0);
  });

  test('with wipe: a new instance', () => {
    const harness = new Harness().start();
    harness.put(testApp('/web'));
    harness.converge();
    const [instance] = harness.instances('/web');
    harness.inStep((state, frame) => killInstances(state, [instance?.id ?? ''], { wipe: true }, harness.ctx(), frame));
    harness.converge();
    expect(harness.instances('/web')).toHaveLength(1);
    expect(harness.instances('/web')[0]?.id).not.toBe(instance?.id);
  });

  test('with scale: exactly the named ones go', () => {
    const harness = new Harness().start();
    harness.put(testApp('/web', { instances: 3 }));
    harness.converge();
    const victim = running(harness, '/web')[0] ?? '';
    harness.inStep((state, frame) => killAndScale(state, [victim], { force: false }, harness.ctx(), frame));
    harness.converge();
    expect(running(harness, '/web')).toHaveLength(2);
    expect(running(harness, '/web')).not.toContain(victim);
    expect(harness.state.root.apps['/web']?.instances).toBe(2);
  });

  test('that were answered are not lost by a crash', () => {
    const harness = new Harness().start();
    harness.put(testApp('/web'));
    harness.converge();
    const [instance] = harness.instances('/web');
    harness.dropEffects = true;
    harness.inStep((state, frame) => killInstances(state, [instance?.id ?? ''], { wipe: false }, harness.ctx(), frame));
    harness.crash();
    expect(harness.tasksIn('TASK_KILLING')).toHaveLength(1);
    harness.converge();
    expect(harness.instances('/web')[0]).toMatchObject({ id: instance?.id, incarnation: 2, condition: 'Running' });
  });

  test('are repeated until the end is told, soon at first', () => {
    const harness = new Harness().start();
    harness.put(testApp('/web'));
    harness.converge();
    const [instance] = harness.instances('/web');
    harness.inStep((state, frame) => killInstances(state, [instance?.id ?? ''], { wipe: false }, harness.ctx(), frame));
    const kills = (): number => harness.calls.filter((call) => call.type === 'KILL').length;
    harness.advance(1_000);
    expect(kills()).toBe(1);
    harness.advance(2_000);
    expect(kills()).toBe(2);
    harness.advance(7_000);
    expect(kills()).toBe(3);
    // The reconciliation meanwhile tells that the executor is at it.
    harness.advance(51_000);
    expect(kills()).toBe(5);
  });

  test('are repeated rarely once the executor is at it', () => {
    const harness = new Harness().start();
    harness.put(testApp('/web'));
    harness.converge();
    const [instance] = harness.instances('/web');
    harness.inStep((state, frame) => killInstances(state, [instance?.id ?? ''], { wipe: false }, harness.ctx(), frame));
    harness.update(instance?.task?.id ?? '', 'TASK_KILLING');
    harness.advance(61_000);
    expect(harness.calls.filter((call) => call.type === 'KILL')).toHaveLength(3);
  });
});

describe('conflicts', () => {
  test('a locked app refuses without force', () => {
    const harness = new Harness().start();
    const first = harness.put(testApp('/web'));
    const second = harness.put(testApp('/web', { cmd: 'other' }));
    expect(second).toEqual({ locked: [(first as { deploymentId: string }).deploymentId] });
    expect(harness.state.root.apps['/web']?.cmd).toBe('sleep 1000');
  });

  test('force replaces the running deployment', () => {
    const harness = new Harness().start();
    harness.put(testApp('/web'));
    harness.put(testApp('/web', { cmd: 'other' }), { force: true });
    expect(harness.state.deployments.size).toBe(1);
    expect(harness.eventTypes()).toContain('deployment_failed');
    harness.converge();
    expect(harness.instances('/web').map((instance) => instance.app.cmd)).toEqual(['other']);
    expect(harness.state.deployments.size).toBe(0);
  });

  test('as many deployments run as may', () => {
    const harness = new Harness({ config: { maxRunningDeployments: 1 } }).start();
    harness.put(testApp('/one'));
    expect(harness.put(testApp('/two'))).toEqual({ tooMany: 1 });
  });
});

describe('going back', () => {
  test('an update that is taken back leaves the instances of the old configuration alone', () => {
    const harness = new Harness().start();
    harness.put(testApp('/web', { instances: 2, healthChecks: [HTTP_CHECK] }));
    harness.converge();
    for (const instance of harness.instances('/web')) harness.probe(instance, true);
    const good = running(harness, '/web');
    const update = harness.put(testApp('/web', { instances: 2, cmd: 'bad', healthChecks: [HTTP_CHECK] }));
    harness.offerAll();
    harness.runTasks();
    const { deploymentId } = update as { deploymentId: string };
    harness.inStep((state, frame) => cancelDeployment(state, deploymentId, { force: false }, harness.ctx(), frame));
    harness.converge();
    expect(harness.state.deployments.size).toBe(0);
    expect(running(harness, '/web').sort()).toEqual(good.sort());
    expect(harness.state.root.apps['/web']?.cmd).toBe('sleep 1000');
  });

  test('a new app whose deployment is taken back is gone', () => {
    const harness = new Harness().start();
    const { deploymentId } = harness.put(testApp('/group/web')) as { deploymentId: string };
    harness.inStep((state, frame) => cancelDeployment(state, deploymentId, { force: false }, harness.ctx(), frame));
    harness.converge();
    expect(harness.state.root).toMatchObject({ apps: {}, groups: {} });
    expect(harness.instances('/group/web')).toEqual([]);
  });

  test('with force everything stays as it is', () => {
    const harness = new Harness().start();
    const { deploymentId } = harness.put(testApp('/web', { instances: 2 })) as { deploymentId: string };
    const result = harness.inStep((state, frame) =>
      cancelDeployment(state, deploymentId, { force: true }, harness.ctx(), frame),
    );
    expect(result).toEqual({ cancelled: true });
    expect(harness.instances('/web')).toHaveLength(2);
  });
});

describe('destroying', () => {
  test('kills everything, forgets the versions, and tells', () => {
    const harness = new Harness().start();
    harness.put(testApp('/web', { instances: 2 }));
    harness.converge();
    harness.remove('/web');
    expect(harness.tasksIn('TASK_KILLING')).toHaveLength(2);
    expect(harness.state.deployments.size).toBe(1);
    harness.converge();
    expect(harness.state.deployments.size).toBe(0);
    expect(harness.eventTypes()).toContain('app_terminated_event');
    expect(harness.state.appVersions.has('/web')).toBe(false);
    expect([...harness.store.keys()].filter((key) => key.startsWith('instances/'))).toEqual([]);
  });
});
