import { describe, expect, test } from 'vitest';
import { allApps, findApp } from '../model/group.ts';
import { recoverMarathonState } from './recover.ts';
import { Harness, testApp } from './testing/harness.ts';

describe('recovery', () => {
  test('gives back roots, versions, instances, queue and locks as they were', () => {
    const harness = new Harness().start();
    harness.put(testApp('/group/web', { instances: 2 }));
    harness.converge();
    harness.wallMs += 10;
    harness.put(testApp('/group/web', { instances: 3 }));
    harness.put(testApp('/other/db', { instances: 1 }));
    const { root, appVersions, instances, queue, locks } = harness.state;
    harness.crash();
    expect(harness.state.root).toEqual(root);
    expect(harness.state.appVersions).toEqual(appVersions);
    expect([...harness.state.instances.keys()].sort()).toEqual([...instances.keys()].sort());
    expect([...harness.state.queue.keys()].sort()).toEqual([...queue.keys()].sort());
    expect(harness.state.locks).toEqual(locks);
    expect(harness.state.rootVersions).toHaveLength(4);
  });

  test('keeps a bounded number of versions, and no definition that nothing names', () => {
    const harness = new Harness({ config: { maxVersions: 3 } }).start();
    for (let round = 1; round <= 10; round++) {
      harness.put(testApp('/group/web', { cmd: `version ${round}` }), { force: true });
      harness.converge();
    }
    harness.put(testApp('/short'));
    harness.converge();
    expect(harness.state.rootVersions).toHaveLength(3);
    expect(harness.state.appVersions.get('/group/web')).toHaveLength(3);
    const definitions = [...harness.store.keys()].filter((key) => key.startsWith('definitions/'));
    expect(definitions).toHaveLength(4);
    harness.crash();
    expect(findApp(harness.state.root, '/group/web')?.cmd).toBe('version 10');
    expect(harness.state.appVersions.get('/group/web')?.map((app) => app.cmd)).toEqual([
      'version 8',
      'version 9',
      'version 10',
    ]);
    expect(harness.instances('/group/web')[0]?.app.cmd).toBe('version 10');
  });

  test('forgets the versions of an app that was destroyed, also when it comes back', () => {
    const harness = new Harness().start();
    harness.put(testApp('/web', { cmd: 'first life' }));
    harness.converge();
    harness.remove('/web');
    harness.converge();
    harness.put(testApp('/web', { cmd: 'second life' }));
    harness.converge();
    harness.crash();
    expect(harness.state.appVersions.get('/web')?.map((app) => app.cmd)).toEqual(['second life']);
  });

  test('of a large tree is quick, and no record is as large as the tree', () => {
    const harness = new Harness({ config: { maxVersions: 5, maxRunningDeployments: 100_000 } }).start();
    for (let index = 0; index < 300; index++)
      harness.put(testApp(`/group-${index % 7}/app-${index}`, { instances: 0 }));
    expect([...allApps(harness.state.root)]).toHaveLength(300);
    const largest = Math.max(...[...harness.store.values()].map((value) => JSON.stringify(value).length));
    expect(largest).toBeLessThan(4000);
    harness.crash();
    expect([...allApps(harness.state.root)]).toHaveLength(300);
  });

  test('refuses a store that does not fit together', () => {
    const harness = new Harness().start();
    harness.put(testApp('/web'));
    const entries = [...harness.store].filter(([key]) => !key.startsWith('definitions/'));
    expect(() =>
      recoverMarathonState(
        harness.config,
        entries.map(([key, value]) => ({ key, value })),
      ),
    ).toThrow('/web');
  });

  test('in the middle of a rolling update goes on, and touches no running task', () => {
    const harness = new Harness().start();
    const upgradeStrategy = { minimumHealthCapacity: 1, maximumOverCapacity: 0 };
    harness.put(testApp('/web', { instances: 3, upgradeStrategy }));
    harness.converge();
    harness.put(testApp('/web', { instances: 3, upgradeStrategy, cmd: 'new' }));
    harness.offerAll();
    harness.runTasks();
    expect(harness.state.deployments.size).toBe(1);
    const running = harness.tasksIn('TASK_RUNNING').map((task) => task.info.task_id.value);
    const kills = harness.calls.filter((call) => call.type === 'KILL').length;
    harness.crash();
    expect(harness.tasksIn('TASK_RUNNING').map((task) => task.info.task_id.value)).toEqual(running);
    // The kill that was under way is sent again; no other is.
    expect(harness.calls.filter((call) => call.type === 'KILL').length).toBeLessThanOrEqual(kills + 1);
    harness.converge();
    expect(harness.state.deployments.size).toBe(0);
    expect(harness.instances('/web').map((each) => each.app.cmd)).toEqual(['new', 'new', 'new']);
  });
});
