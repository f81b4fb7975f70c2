import { describe, expect, test } from 'vitest';
import { Harness, HTTP_CHECK, testApp } from './testing/harness.ts';

function started(more = {}): Harness {
  const harness = new Harness().start();
  harness.put(testApp('/web', more));
  harness.converge();
  return harness;
}

function taskId(harness: Harness, index = 0): string {
  return harness.instances('/web')[index]?.task?.id ?? '';
}

describe('a status update', () => {
  test('is acknowledged after what it means is recorded', () => {
    const harness = started();
    const frameOrder = harness.calls.filter((call) => call.type === 'ACKNOWLEDGE');
    expect(frameOrder).toHaveLength(1);
    expect(harness.store.get(`instances/${harness.instances('/web')[0]?.id}`)).toMatchObject({ condition: 'Running' });
  });

  test('that repeats what is known tells nobody', () => {
    const harness = started();
    const before = harness.events.length;
    harness.update(taskId(harness), 'TASK_RUNNING');
    expect(harness.events.length).toBe(before);
    expect(harness.calls.filter((call) => call.type === 'ACKNOWLEDGE')).toHaveLength(2);
  });

  test('tells the event stream what upstream tells, status first', () => {
    const harness = started();
    const types = harness.eventTypes().slice(-4);
    expect(types).toEqual([
      'status_update_event',
      'instance_changed_event',
      'deployment_step_success',
      'deployment_success',
    ]);
    const status = harness.events.find((event) => event.eventType === 'status_update_event');
    expect(status).toMatchObject({
      appId: '/web',
      taskStatus: 'TASK_RUNNING',
      host: 'one.example',
      slaveId: 'agent-1',
    });
  });

  test('of a task that belongs to no instance gets it killed, once it runs', () => {
    const harness = started();
    harness.update('web.instance-11111111-1111-4111-8111-111111111111._app.1', 'TASK_RUNNING');
    expect(harness.calls.filter((call) => call.type === 'KILL').map((call) => call.kill?.task_id.value)).toEqual([
      'web.instance-11111111-1111-4111-8111-111111111111._app.1',
    ]);
    harness.update('web.instance-11111111-1111-4111-8111-111111111111._app.1', 'TASK_KILLED');
    expect(harness.state.kills.size).toBe(0);
    expect(harness.eventTypes()).toContain('unknown_instance_terminated_event');
  });

  test('of an earlier incarnation does not touch the present one', () => {
    const harness = started();
    const first = taskId(harness);
    harness.update(first, 'TASK_KILLED');
    harness.converge();
    harness.update(first, 'TASK_FAILED');
    expect(harness.instances('/web')[0]).toMatchObject({ condition: 'Running', incarnation: 2 });
  });

  test('of a failure is the last task failure of the app', () => {
    const harness = started();
    const id = taskId(harness);
    harness.update(id, 'TASK_FAILED', { message: 'Command exited with status 1' });
    expect(harness.state.taskFailures.get('/web')).toMatchObject({
      taskId: id,
      state: 'TASK_FAILED',
      message: 'Command exited with status 1',
      host: 'one.example',
    });
  });
});

describe('a launch', () => {
  test('of which nothing is heard is ended, and repeated', () => {
    const harness = new Harness().start();
    harness.put(testApp('/web'));
    harness.offerAll();
    const [instance] = harness.instances('/web');
    // A clock that is set anew is no time that passed.
    harness.wallMs += 86_400_000;
    harness.advance(290_000);
    expect(harness.state.kills.size).toBe(0);
    // The reconciliation meanwhile told that it is staging: from then on the time of staging counts.
    harness.advance(40_000);
    harness.subscribe();
    expect([...harness.state.kills.keys()]).toEqual([instance?.task?.id]);
    harness.converge();
    expect(harness.instances('/web')[0]).toMatchObject({ condition: 'Running', incarnation: 2 });
    expect(harness.state.backoffs.size).toBe(0);
  });
});

describe('an unreachable agent', () => {
  test('by default: a replacement at once, and the old task is killed when it comes back', () => {
    const harness = started();
    const lost = taskId(harness);
    harness.update(lost, 'TASK_UNREACHABLE');
    expect(harness.instances('/web').map((each) => each.condition)).toEqual(['Scheduled']);
    harness.converge();
    harness.update(lost, 'TASK_RUNNING');
    expect(harness.calls.at(-1)).toMatchObject({ type: 'ACKNOWLEDGE' });
    expect(harness.state.kills.has(lost)).toBe(true);
    expect(harness.instances('/web')).toHaveLength(1);
  });

  test('inactive first, then given up', () => {
    const harness = started({ unreachableStrategy: { inactiveAfterSeconds: 10, expungeAfterSeconds: 60 } });
    harness.update(taskId(harness), 'TASK_UNREACHABLE');
    expect(harness.instances('/web').map((each) => each.condition)).toEqual(['Unreachable']);
    harness.advance(10_001);
    expect(harness.instances('/web').map((each) => each.condition)).toEqual(['UnreachableInactive', 'Scheduled']);
    harness.converge();
    harness.advance(50_000);
    expect(harness.instances('/web').map((each) => each.condition)).toEqual(['Running']);
  });

  test('that comes back in time: one of the two goes, the replacement', () => {
    const harness = started({ unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 60 } });
    const lost = harness.instances('/web')[0];
    harness.advance(5000);
    harness.update(lost?.task?.id ?? '', 'TASK_UNREACHABLE');
    harness.advance(1000);
    harness.converge();
    expect(harness.instances('/web')).toHaveLength(2);
    harness.update(lost?.task?.id ?? '', 'TASK_RUNNING');
    harness.converge();
    expect(harness.instances('/web').map((each) => each.id)).toEqual([lost?.id]);
  });

  test('disabled: waited for without end, also over a restart', () => {
    const harness = started({ unreachableStrategy: 'disabled' });
    harness.update(taskId(harness), 'TASK_UNREACHABLE');
    harness.crash();
    harness.advance(3_600_000);
    expect(harness.instances('/web').map((each) => each.condition)).toEqual(['Unreachable']);
  });
});

describe('health', () => {
  test('failures in the grace period count only after a first success', () => {
    const harness = started({ healthChecks: [HTTP_CHECK] });
    harness.probe(harness.instances('/web')[0] as never, false);
    expect(harness.instances('/web')[0]?.health).toEqual([]);
    expect(harness.state.deployments.size).toBe(1);
    harness.probe(harness.instances('/web')[0] as never, true);
    expect(harness.state.deployments.size).toBe(0);
    harness.probe(harness.instances('/web')[0] as never, false);
    expect(harness.instances('/web')[0]).toMatchObject({ healthy: false });
    expect(harness.eventTypes()).toContain('failed_health_check_event');
  });

  test('the grace period is time that passed, also over a restart and a clock that is set anew', () => {
    const harness = started({ healthChecks: [HTTP_CHECK] });
    harness.wallMs += 86_400_000;
    harness.advance(5000);
    harness.probe(harness.instances('/web')[0] as never, false);
    expect(harness.instances('/web')[0]?.health).toEqual([]);
    harness.advance(5001);
    harness.probe(harness.instances('/web')[0] as never, false);
    expect(harness.instances('/web')[0]?.health).toHaveLength(1);
  });

  test('the failure after maxConsecutiveFailures kills, without backoff', () => {
    const harness = started({ healthChecks: [HTTP_CHECK] });
    harness.probe(harness.instances('/web')[0] as never, true);
    for (let failure = 0; failure < 3; failure++) harness.probe(harness.instances('/web')[0] as never, false);
    expect(harness.tasksIn('TASK_KILLING')).toHaveLength(0);
    harness.probe(harness.instances('/web')[0] as never, false);
    expect(harness.tasksIn('TASK_KILLING')).toHaveLength(1);
    expect(harness.eventTypes()).toContain('unhealthy_instance_kill_event');
    harness.converge();
    expect(harness.instances('/web')[0]).toMatchObject({ condition: 'Running', incarnation: 2 });
    expect(harness.state.backoffs.size).toBe(0);
  });

  test('maxConsecutiveFailures 0 never kills', () => {
    const harness = started({ healthChecks: [{ ...HTTP_CHECK, maxConsecutiveFailures: 0 }] });
    harness.probe(harness.instances('/web')[0] as never, true);
    for (let failure = 0; failure < 10; failure++) harness.probe(harness.instances('/web')[0] as never, false);
    expect(harness.tasksIn('TASK_KILLING')).toHaveLength(0);
  });

  test('known before a restart is known after it', () => {
    const harness = started({ healthChecks: [HTTP_CHECK] });
    harness.probe(harness.instances('/web')[0] as never, true);
    harness.crash();
    expect(harness.instances('/web')[0]?.healthy).toBe(true);
    expect([...harness.probes.values()].map((probe) => probe.eagerForMs)).toEqual([0]);
  });

  test('told by the executor gates the deployment', () => {
    const harness = started({ healthChecks: [{ ...HTTP_CHECK, protocol: 'MESOS_HTTP' }] });
    expect(harness.probes.size).toBe(0);
    expect(harness.state.deployments.size).toBe(1);
    harness.update(taskId(harness), 'TASK_RUNNING', { healthy: true });
    expect(harness.instances('/web')[0]?.healthy).toBe(true);
    expect(harness.state.deployments.size).toBe(0);
  });

  test('an old instance is judged by its own checks', () => {
    const harness = started();
    harness.put(testApp('/web', { cmd: 'new', healthChecks: [HTTP_CHECK] }));
    harness.offerAll();
    harness.runTasks();
    const [old, fresh] = harness.instances('/web');
    expect(old?.app.healthChecks).toEqual([]);
    expect([...harness.probes.keys()]).toEqual([`health/${fresh?.task?.id}/0`]);
    harness.probe(fresh as never, true);
    harness.converge();
    expect(harness.instances('/web').map((each) => each.id)).toEqual([fresh?.id]);
  });
});

describe('the framework', () => {
  test('keeps its id over restarts, and asks for the truth of its tasks', () => {
    const harness = started();
    harness.crash();
    expect(harness.state.subscription.frameworkInfo.id?.value).toBe('framework-1');
    const reconciles = harness.calls.filter((call) => call.type === 'RECONCILE');
    expect(reconciles.at(-1)?.reconcile?.tasks).toHaveLength(1);
    expect(harness.instances('/web')[0]).toMatchObject({ condition: 'Running', incarnation: 1 });
  });

  test('that was removed comes back under a new id and launches everything anew', () => {
    const harness = started({ instances: 2 });
    for (const task of harness.tasks.values()) task.state = 'TASK_KILLED';
    harness.fromMaster({ type: 'ERROR', error: { message: 'Framework has been removed' } });
    harness.frameworkId = 'framework-2';
    harness.subscribe();
    harness.converge();
    expect(harness.instances('/web').map((each) => each.condition)).toEqual(['Running', 'Running']);
    expect(harness.store.get('framework')).toEqual({ id: 'framework-2' });
    expect(harness.state.backoffs.size).toBe(0);
  });

  test('reconciles everything from time to time, also what it does not know', () => {
    const harness = started();
    harness.advance(15_001);
    const empty = harness.calls.filter((call) => call.type === 'RECONCILE' && call.reconcile?.tasks?.length === 0);
    expect(empty).toHaveLength(1);
  });
});
