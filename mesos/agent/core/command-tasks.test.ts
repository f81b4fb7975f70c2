import { describe, expect, test } from 'vitest';
import { AgentBench, commandTask, framework, testConfig } from '../testing/agent-bench.ts';

const AWARE = framework('F', 'PARTITION_AWARE', 'TASK_KILLING_STATE');
const PLAIN = framework('F');
const seconds = (count: number): { nanoseconds: bigint } => ({ nanoseconds: BigInt(count) * 1_000_000_000n });

describe('launch', () => {
  test("asks for upstream's sandbox, environment and user", () => {
    const bench = AgentBench.registered();
    const variables = [{ name: 'FOO', value: 'bar' }];
    bench.run(PLAIN, commandTask('t', { command: { value: 'env', user: 'nobody', environment: { variables } } }));
    const { containerId, command, sandbox, user, environment } = bench.launched();
    expect(sandbox).toBe(`/work/slaves/S0/frameworks/F/executors/t/runs/${containerId}`);
    expect(command).toEqual({ shell: true, value: 'env', arguments: [] });
    expect(user).toBe('nobody');
    expect(environment).toMatchObject({
      PATH: '/bin',
      FOO: 'bar',
      MESOS_SANDBOX: sandbox,
      MESOS_DIRECTORY: sandbox,
      MESOS_FRAMEWORK_ID: 'F',
      MESOS_EXECUTOR_ID: 't',
      MESOS_TASK_ID: 't',
      MESOS_SLAVE_ID: 'S0',
      MESOS_SLAVE_PID: 'slave(1)@127.0.0.1:5051',
      MESOS_AGENT_ENDPOINT: '127.0.0.1:5051',
      MESOS_ALLOCATION_ROLE: '*',
    });
  });

  test('the same order again launches nothing', () => {
    const bench = AgentBench.registered();
    bench.run(PLAIN, commandTask('t'));
    bench.take();
    bench.run(PLAIN, commandTask('t'));
    expect(bench.effects).toEqual([]);
  });

  test('without --switch_user everything runs as the agent', () => {
    const bench = AgentBench.registered(testConfig({ switchUser: false }));
    bench.run(PLAIN, commandTask('t'));
    expect(bench.launched().user).toBeUndefined();
  });

  test.each([
    ['REASON_EXECUTOR_TERMINATED', AWARE, 'TASK_DROPPED'],
    ['REASON_EXECUTOR_TERMINATED', PLAIN, 'TASK_LOST'],
    ['REASON_CONTAINER_LAUNCH_FAILED', AWARE, 'TASK_FAILED'],
  ] as const)('a launch that fails with %s', (reason, info, state) => {
    const bench = AgentBench.registered();
    bench.run(info, commandTask('t'));
    const { containerId } = bench.launched();
    bench.post({ kind: 'container.failed', containerId, reason, message: 'why' });
    const [status] = bench.acknowledgeAll('F');
    expect(status).toMatchObject({
      state,
      source: 'SOURCE_AGENT',
      reason,
      message: 'why',
      executor_id: { value: 't' },
    });
    expect(status?.container_status).toBeUndefined();
    expect([...bench.records.keys()]).toEqual(['agent']);
  });
});

describe('life and end', () => {
  test('STARTING, RUNNING and the end are told one after the other, each once it is acknowledged', () => {
    const bench = AgentBench.registered();
    const containerId = bench.startCommand(AWARE, commandTask('t'));
    expect(bench.updates().map(({ state }) => state)).toEqual(['TASK_STARTING']);
    expect(bench.updates()[0]?.container_status).toEqual({
      container_id: { value: containerId },
      network_infos: [{ ip_addresses: [{ protocol: 'IPv4', ip_address: '127.0.0.1' }] }],
      executor_pid: 77,
    });
    bench.post({ kind: 'container.exited', containerId, waitStatus: 0 });
    const told = bench.acknowledgeAll('F');
    expect(told.map(({ state, message, reason }) => [state, message, reason])).toEqual([
      ['TASK_STARTING', undefined, undefined],
      ['TASK_RUNNING', undefined, undefined],
      ['TASK_FINISHED', 'Command exited with status 0', undefined],
    ]);
    expect(new Set(told.map(({ uuid }) => uuid?.join())).size).toBe(3);
    expect([...bench.records.keys()]).toEqual(['agent']);
  });

  test.each([
    [7 << 8, 'TASK_FAILED', 'Command exited with status 7'],
    [9, 'TASK_FAILED', 'Command terminated with signal Killed'],
    [11, 'TASK_FAILED', 'Command terminated with signal Segmentation fault'],
  ] as const)('wait status %i', (waitStatus, state, message) => {
    const bench = AgentBench.registered();
    const containerId = bench.startCommand(AWARE, commandTask('t'));
    bench.post({ kind: 'container.exited', containerId, waitStatus });
    expect(bench.acknowledgeAll('F').at(-1)).toMatchObject({ state, message, source: 'SOURCE_EXECUTOR' });
  });

  test('an end that nobody saw', () => {
    const bench = AgentBench.registered();
    const containerId = bench.startCommand(AWARE, commandTask('t'));
    bench.post({ kind: 'container.exited', containerId });
    expect(bench.acknowledgeAll('F').at(-1)).toMatchObject({
      state: 'TASK_FAILED',
      source: 'SOURCE_AGENT',
      reason: 'REASON_EXECUTOR_TERMINATED',
    });
  });

  test('max_completion_time ends the task as failed', () => {
    const bench = AgentBench.registered();
    const containerId = bench.startCommand(AWARE, commandTask('t', { max_completion_time: seconds(5) }));
    expect(bench.timers.get('max-time/F/t')).toBe(5_000);
    bench.fire('max-time/F/t');
    bench.post({ kind: 'container.exited', containerId, waitStatus: 15 });
    expect(bench.acknowledgeAll('F').map(({ state, reason }) => [state, reason])).toEqual([
      ['TASK_STARTING', undefined],
      ['TASK_RUNNING', undefined],
      ['TASK_FAILED', 'REASON_MAX_COMPLETION_TIME_REACHED'],
    ]);
  });
});

describe('kill', () => {
  test('TASK_KILLING for those who know it, SIGTERM with the grace, TASK_KILLED whatever the end was', () => {
    const bench = AgentBench.registered();
    const containerId = bench.startCommand(AWARE, commandTask('t'));
    bench.kill('F', 't');
    expect(bench.of('container.kill')).toEqual([{ kind: 'container.kill', containerId, graceMs: 3_000 }]);
    bench.post({ kind: 'container.exited', containerId, waitStatus: 0 });
    expect(bench.acknowledgeAll('F').map(({ state }) => state)).toEqual([
      'TASK_STARTING',
      'TASK_RUNNING',
      'TASK_KILLING',
      'TASK_KILLED',
    ]);
  });

  test('no TASK_KILLING for others; the policy of the task, then that of the call', () => {
    const bench = AgentBench.registered();
    const containerId = bench.startCommand(PLAIN, commandTask('t', { kill_policy: { grace_period: seconds(60) } }));
    bench.kill('F', 't');
    bench.kill('F', 't', 90_000);
    bench.wallMs += 2_000;
    bench.kill('F', 't', 5_000);
    expect(bench.of('container.kill').map(({ graceMs }) => graceMs)).toEqual([60_000, 3_000]);
    bench.post({ kind: 'container.exited', containerId, waitStatus: 15 });
    expect(bench.acknowledgeAll('F').at(-1)).toMatchObject({
      state: 'TASK_KILLED',
      message: 'Command terminated with signal Terminated',
    });
  });

  test('before the process runs', () => {
    const bench = AgentBench.registered();
    bench.run(AWARE, commandTask('t'));
    const { containerId } = bench.launched();
    bench.kill('F', 't');
    expect(bench.of('container.destroy')).toEqual([{ kind: 'container.destroy', containerId }]);
    expect(bench.acknowledgeAll('F')).toMatchObject([
      { state: 'TASK_KILLED', reason: 'REASON_TASK_KILLED_DURING_LAUNCH', source: 'SOURCE_AGENT' },
    ]);
    bench.post({ kind: 'container.failed', containerId, reason: 'REASON_TASK_KILLED_DURING_LAUNCH', message: 'x' });
    expect([...bench.records.keys()]).toEqual(['agent']);
    expect(bench.updates()).toEqual([]);
  });

  test('of a task that never was here', () => {
    const bench = AgentBench.registered();
    bench.startCommand(AWARE, commandTask('t'));
    bench.acknowledgeAll('F');
    bench.kill('F', 'other');
    expect(bench.acknowledgeAll('F')).toMatchObject([
      { task_id: { value: 'other' }, state: 'TASK_DROPPED', message: 'Cannot find executor' },
    ]);
    expect([...bench.records.keys()].filter((key) => key.includes('other'))).toEqual([]);
  });

  test('a framework that is gone ends its tasks and tells nobody', () => {
    const bench = AgentBench.registered();
    const containerId = bench.startCommand(AWARE, commandTask('t'));
    bench.take();
    bench.link({ type: 'SHUTDOWN_FRAMEWORK', shutdown_framework: { framework_id: { value: 'F' } } });
    bench.post({ kind: 'container.exited', containerId, waitStatus: 15 });
    expect(bench.updates()).toEqual([]);
    expect([...bench.records.keys()]).toEqual(['agent']);
    expect([...bench.timers.keys()].filter((key) => key.includes('/'))).toEqual([]);
  });
});

describe('checks', () => {
  const healthCheck = { type: 'TCP', tcp: { port: 1 } } as const;
  const check = { type: 'HTTP', http: { port: 1 } } as const;

  test('a health check that gives up kills the task, and the end says unhealthy', () => {
    const bench = AgentBench.registered();
    const containerId = bench.startCommand(AWARE, commandTask('t', { health_check: healthCheck }));
    expect(bench.of('checks.start')).toHaveLength(1);
    bench.post({ kind: 'health.reported', containerId, healthy: false, kill: false });
    bench.post({ kind: 'health.reported', containerId, healthy: false, kill: true });
    expect(bench.of('checks.stop')).toHaveLength(1);
    bench.post({ kind: 'container.exited', containerId, waitStatus: 15 });
    const reason = 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED';
    expect(bench.acknowledgeAll('F').map((status) => [status.state, status.reason, status.healthy])).toEqual([
      ['TASK_STARTING', undefined, undefined],
      ['TASK_RUNNING', undefined, undefined],
      ['TASK_RUNNING', reason, false],
      ['TASK_RUNNING', reason, false],
      ['TASK_KILLING', undefined, undefined],
      ['TASK_KILLED', undefined, false],
    ]);
  });

  test("a check's result is empty until there is one, and stays beside later news", () => {
    const bench = AgentBench.registered();
    const containerId = bench.startCommand(AWARE, commandTask('t', { check, health_check: healthCheck }));
    const status = { type: 'HTTP', http: { status_code: 200 } } as const;
    bench.post({ kind: 'check.reported', containerId, status });
    bench.post({ kind: 'health.reported', containerId, healthy: true, kill: false });
    const told = bench.acknowledgeAll('F');
    const empty = { type: 'HTTP', http: {} };
    expect(told.map(({ check_status }) => check_status)).toEqual([empty, empty, status, status]);
    expect(told.at(-1)).toMatchObject({ healthy: true, reason: 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED' });
  });

  test('what comes after the kill says nothing', () => {
    const bench = AgentBench.registered();
    const containerId = bench.startCommand(AWARE, commandTask('t', { health_check: healthCheck }));
    bench.kill('F', 't');
    bench.acknowledgeAll('F');
    bench.post({ kind: 'health.reported', containerId, healthy: false, kill: true });
    expect(bench.updates()).toEqual([]);
  });
});
