import { describe, expect, test } from 'vitest';
import { AgentBench, commandTask, framework } from '../testing/agent-bench.ts';

const F = framework('F', 'PARTITION_AWARE');

describe('status updates', () => {
  test('are sent again after 10 s, 20 s ... 10 min, with the newest state beside them', () => {
    const bench = AgentBench.registered();
    const containerId = bench.startCommand(F, commandTask('t'));
    bench.post({ kind: 'container.exited', containerId, waitStatus: 0 });
    const delays: (number | undefined)[] = [];
    bench.take();
    for (let round = 0; round < 8; round++) {
      delays.push(bench.timers.get('retry/F/t'));
      bench.fire('retry/F/t');
    }
    expect(delays).toEqual([10, 20, 40, 80, 160, 320, 600, 600].map((count) => count * 1_000));
    const updates = bench.calls().map(({ update }) => update);
    expect(new Set(updates.map((update) => update?.status.uuid?.join())).size).toBe(1);
    expect(updates.map((update) => [update?.status.state, update?.latest_state])).toEqual(
      Array.from({ length: 8 }, () => ['TASK_STARTING', 'TASK_FINISHED']),
    );
  });

  test('only the outstanding one can be acknowledged, once', () => {
    const bench = AgentBench.registered();
    bench.startCommand(F, commandTask('t'));
    const [starting] = bench.updates();
    bench.take();
    const uuid = new Uint8Array(16).fill(7);
    bench.acknowledge('F', { task_id: { value: 't' }, state: 'TASK_STARTING', uuid });
    expect(bench.updates()).toEqual([]);
    bench.acknowledge('F', starting);
    bench.acknowledge('F', starting);
    expect(bench.updates().map(({ state }) => state)).toEqual(['TASK_RUNNING']);
  });

  test('wait while there is no master, and all go to the next one', () => {
    const bench = AgentBench.registered();
    bench.post({ kind: 'link.closed', generation: bench.state.link.generation, reason: 'gone' });
    const run = { framework_info: F, task: commandTask('t') };
    bench.link({ type: 'RUN_TASK', run_task: run });
    expect(bench.of('container.launch')).toEqual([]);
    bench.fire('link.retry');
    bench.register();
    bench.startCommand(F, commandTask('a'));
    bench.startCommand(F, commandTask('b'));
    bench.post({ kind: 'link.closed', generation: bench.state.link.generation, reason: 'gone' });
    bench.take();
    bench.fire('link.retry');
    expect(bench.updates()).toEqual([]);
    bench.register(2n);
    expect(bench.updates().map(({ task_id, state }) => [task_id.value, state])).toEqual([
      ['a', 'TASK_STARTING'],
      ['b', 'TASK_STARTING'],
    ]);
  });

  test('go out at once when their framework comes back', () => {
    const bench = AgentBench.registered();
    bench.startCommand(F, commandTask('t'));
    bench.take();
    bench.link({ type: 'UPDATE_FRAMEWORK', update_framework: { framework_info: F } });
    expect(bench.updates().map(({ task_id, state }) => [task_id.value, state])).toEqual([['t', 'TASK_STARTING']]);
  });

  test('a reregistration tells every task that is not done, with its newest state', () => {
    const bench = AgentBench.registered();
    const containerId = bench.startCommand(F, commandTask('ended'));
    bench.post({ kind: 'container.exited', containerId, waitStatus: 0 });
    bench.run(F, commandTask('staging'));
    bench.post({ kind: 'link.closed', generation: bench.state.link.generation, reason: 'gone' });
    bench.take();
    bench.fire('link.retry');
    const [connect] = bench.of('link.connect');
    const reregister = connect?.call.reregister;
    expect(reregister?.hello.agent_info.id?.value).toBe('S0');
    expect(reregister?.frameworks?.map(({ name }) => name)).toEqual(['F']);
    expect(reregister?.tasks?.map(({ task }) => [task.task_id.value, task.state, task.status_update_state])).toEqual([
      ['ended', 'TASK_FINISHED', 'TASK_STARTING'],
      ['staging', 'TASK_STAGING', undefined],
    ]);
  });
});
