import { describe, expect, test } from 'vitest';
import type { Call, Call_Subscribe } from '../../../sdk/v1/generated/executor.ts';
import type { TaskState, TaskStatus } from '../../../sdk/v1/generated/mesos.ts';
import { AgentBench, executorTask, framework } from '../testing/agent-bench.ts';

const F = framework('F', 'PARTITION_AWARE');
const ids = { framework_id: { value: 'F' }, executor_id: { value: 'x' } } as const;
const subscribe = (more: Call_Subscribe = {}): Call => ({ ...ids, type: 'SUBSCRIBE', subscribe: more });
let uuidCount = 0;
const statusOf = (taskId: string, state: TaskState): TaskStatus => ({
  task_id: { value: taskId },
  state,
  source: 'SOURCE_EXECUTOR',
  uuid: new Uint8Array(16).fill(++uuidCount),
});
const update = (status: TaskStatus): Call => ({ ...ids, type: 'UPDATE', update: { status } });

/** An agent with executor x running in a container, task t delivered on stream 1. */
function withExecutor(): { bench: AgentBench; containerId: string } {
  const bench = AgentBench.registered();
  bench.run(F, executorTask('t', 'x'));
  const { containerId } = bench.launched();
  bench.post({ kind: 'container.started', containerId, pid: 9 });
  bench.executorCall(subscribe());
  return { bench, containerId };
}

describe('custom executors', () => {
  test('subscribe, get their tasks, and their updates are received once durable', () => {
    const { bench, containerId } = withExecutor();
    expect(bench.of('executor.accept')).toEqual([{ kind: 'executor.accept', stream: 1 }]);
    expect(bench.executorEvents().map(({ type }) => type)).toEqual(['SUBSCRIBED', 'LAUNCH']);
    expect(bench.executorEvents()[0]?.subscribed).toMatchObject({
      container_id: { value: containerId },
      executor_info: { executor_id: { value: 'x' }, framework_id: { value: 'F' } },
      agent_info: { id: { value: 'S0' } },
    });
    bench.take();
    bench.run(F, executorTask('t2', 'x'));
    expect(bench.executorEvents().map(({ launch }) => launch?.task.task_id.value)).toEqual(['t2']);
    bench.take();
    const status = statusOf('t', 'TASK_RUNNING');
    bench.executorCall(update(status), 2);
    expect(bench.of('http.reply')).toMatchObject([{ reply: 2, status: 202 }]);
    expect(bench.executorEvents()).toMatchObject([{ type: 'ACKNOWLEDGED', acknowledged: { uuid: status.uuid } }]);
    expect(bench.updates()).toMatchObject([
      { state: 'TASK_RUNNING', uuid: status.uuid, container_status: { container_id: { value: containerId } } },
    ]);
    bench.take();
    bench.executorCall(update(status), 3);
    expect(bench.updates()).toEqual([]);
    expect(bench.executorEvents().map(({ type }) => type)).toEqual(['ACKNOWLEDGED']);
  });

  test('messages go both ways', () => {
    const { bench } = withExecutor();
    bench.take();
    const data = new Uint8Array([1, 2]);
    bench.executorCall({ ...ids, type: 'MESSAGE', message: { data } });
    expect(bench.calls()).toEqual([{ type: 'MESSAGE', message: { ...ids, data } }]);
    bench.link({ type: 'MESSAGE', message: { ...ids, data } });
    expect(bench.executorEvents()).toEqual([{ type: 'MESSAGE', message: { data } }]);
  });

  test.each([
    [{ framework_id: { value: 'G' } }, 400, 'Framework cannot be found'],
    [{ executor_id: { value: 'y' } }, 400, 'Executor cannot be found'],
    [{}, 403, 'Executor is not subscribed'],
  ] as const)('who may not speak: %o', (wrong, status, text) => {
    const bench = AgentBench.registered();
    bench.run(F, executorTask('t', 'x'));
    bench.executorCall({ ...update(statusOf('t', 'TASK_RUNNING')), ...wrong });
    expect(bench.of('http.reply')).toMatchObject([{ status, text }]);
  });

  test('that never subscribe are killed, and their tasks told why', () => {
    const bench = AgentBench.registered();
    bench.run(F, executorTask('t', 'x'));
    const { containerId } = bench.launched();
    bench.post({ kind: 'container.started', containerId, pid: 9 });
    bench.fire(`register/${containerId}`);
    expect(bench.of('container.destroy')).toHaveLength(1);
    bench.take();
    bench.post({ kind: 'container.exited', containerId, waitStatus: 9 });
    expect(bench.calls().map(({ type }) => type)).toEqual(['EXECUTOR_EXITED', 'UPDATE']);
    expect(bench.calls()[0]?.executor_exited).toEqual({ ...ids, status: 9 });
    expect(bench.acknowledgeAll('F')).toMatchObject([
      {
        state: 'TASK_FAILED',
        source: 'SOURCE_AGENT',
        reason: 'REASON_EXECUTOR_REGISTRATION_TIMEOUT',
        message: 'Executor did not register within 1mins',
      },
    ]);
    expect([...bench.records.keys()]).toEqual(['agent']);
  });

  test('that end leave failed tasks, also when they end well', () => {
    const { bench, containerId } = withExecutor();
    bench.executorCall(update(statusOf('t', 'TASK_RUNNING')), 2);
    bench.acknowledgeAll('F');
    bench.post({ kind: 'container.exited', containerId, waitStatus: 0 });
    expect(bench.acknowledgeAll('F')).toMatchObject([
      { state: 'TASK_FAILED', reason: 'REASON_EXECUTOR_TERMINATED', message: 'Executor terminated' },
    ]);
  });

  test('are told to end, and killed after their grace', () => {
    const { bench, containerId } = withExecutor();
    bench.take();
    bench.link({ type: 'SHUTDOWN_EXECUTOR', shutdown_executor: ids });
    expect(bench.executorEvents()).toEqual([{ type: 'SHUTDOWN' }]);
    expect(bench.timers.get(`shutdown/${containerId}`)).toBe(5_000);
    bench.fire(`shutdown/${containerId}`);
    expect(bench.of('container.destroy')).toHaveLength(1);
    bench.take();
    bench.run(F, executorTask('late', 'x'));
    expect(bench.updates()).toMatchObject([{ state: 'TASK_DROPPED', message: 'Executor terminating' }]);
  });

  test('a KILL goes to the executor, or ends a task that waits', () => {
    const { bench } = withExecutor();
    bench.take();
    bench.kill('F', 't', 1_000);
    expect(bench.executorEvents()).toMatchObject([{ type: 'KILL', kill: { task_id: { value: 't' } } }]);
    const waiting = AgentBench.registered();
    waiting.run(F, executorTask('t', 'x'));
    waiting.kill('F', 't');
    expect(waiting.updates()).toMatchObject([
      { state: 'TASK_KILLED', reason: 'REASON_TASK_KILLED_DURING_LAUNCH', source: 'SOURCE_AGENT' },
    ]);
  });

  test('one whose tasks all ended before it came is sent home', () => {
    const bench = AgentBench.registered();
    bench.run(F, executorTask('t', 'x'));
    const { containerId } = bench.launched();
    bench.post({ kind: 'container.started', containerId, pid: 9 });
    bench.kill('F', 't');
    bench.take();
    bench.executorCall(subscribe());
    expect(bench.executorEvents()).toEqual([{ type: 'SHUTDOWN' }]);
  });
});

describe('custom executors over a restart of the agent', () => {
  test('subscribe again with what we may not have heard', () => {
    const { bench, containerId } = withExecutor();
    bench.restart([{ state: 'running', containerId, pid: 9 }]);
    bench.register();
    const status = statusOf('t', 'TASK_RUNNING');
    bench.executorCall(
      subscribe({ unacknowledged_tasks: [executorTask('t', 'x')], unacknowledged_updates: [{ status }] }),
    );
    expect(bench.executorEvents().map(({ type }) => type)).toEqual(['ACKNOWLEDGED', 'SUBSCRIBED']);
    expect(bench.acknowledgeAll('F').map(({ state }) => state)).toEqual(['TASK_RUNNING']);
  });

  test('a task that was on its way to them is dropped', () => {
    const { bench, containerId } = withExecutor();
    bench.restart([{ state: 'running', containerId, pid: 9 }]);
    bench.register();
    bench.executorCall(subscribe());
    expect(bench.acknowledgeAll('F')).toMatchObject([{ state: 'TASK_DROPPED', reason: 'REASON_AGENT_RESTARTED' }]);
  });

  test('that do not come back are killed', () => {
    const { bench, containerId } = withExecutor();
    bench.executorCall(update(statusOf('t', 'TASK_RUNNING')), 2);
    bench.acknowledgeAll('F');
    bench.restart([{ state: 'running', containerId, pid: 9 }]);
    bench.register();
    bench.fire('executors.back');
    bench.post({ kind: 'container.exited', containerId, waitStatus: 9 });
    expect(bench.acknowledgeAll('F')).toMatchObject([
      { state: 'TASK_GONE', reason: 'REASON_EXECUTOR_REREGISTRATION_TIMEOUT' },
    ]);
  });

  test('a KILL of meanwhile is said again', () => {
    const { bench } = withExecutor();
    bench.executorCall(update(statusOf('t', 'TASK_RUNNING')), 2);
    bench.post({ kind: 'executor.closed', stream: 1 });
    bench.kill('F', 't', 1_000);
    bench.take();
    bench.executorCall(subscribe(), 5);
    expect(bench.executorEvents().map(({ type }) => type)).toEqual(['SUBSCRIBED', 'KILL']);
  });

  test('a reregistration tells the master of them', () => {
    const { bench, containerId } = withExecutor();
    bench.restart([{ state: 'running', containerId, pid: 9 }]);
    const [connect] = bench.of('link.connect');
    expect(connect?.call.reregister?.executors).toMatchObject([{ executor_info: { executor_id: { value: 'x' } } }]);
  });
});
