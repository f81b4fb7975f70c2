import { describe, expect, test } from 'vitest';
import { AgentBench, commandTask, framework, testConfig } from '../testing/agent-bench.ts';

const F = framework('F', 'PARTITION_AWARE', 'TASK_KILLING_STATE');
const seconds = (count: number): { nanoseconds: bigint } => ({ nanoseconds: BigInt(count) * 1_000_000_000n });

describe('an agent that comes back', () => {
  test('adopts what runs, and its end is an ordinary one', () => {
    const bench = AgentBench.registered();
    const containerId = bench.startCommand(F, commandTask('t', { health_check: { type: 'TCP', tcp: { port: 1 } } }));
    bench.restart([{ state: 'running', containerId, pid: 77 }]);
    expect(bench.of('checks.start')).toHaveLength(1);
    bench.register();
    bench.post({ kind: 'container.exited', containerId, waitStatus: 3 << 8 });
    expect(bench.acknowledgeAll('F').map(({ state, message }) => [state, message])).toEqual([
      ['TASK_STARTING', undefined],
      ['TASK_RUNNING', undefined],
      ['TASK_FAILED', 'Command exited with status 3'],
    ]);
    expect([...bench.records.keys()]).toEqual(['agent']);
  });

  test('tells what ended meanwhile', () => {
    const bench = AgentBench.registered();
    const containerId = bench.startCommand(F, commandTask('t'));
    bench.acknowledgeAll('F');
    bench.restart([{ state: 'exited', containerId, pid: 77, waitStatus: 0 }]);
    bench.register();
    expect(bench.acknowledgeAll('F').map(({ state }) => state)).toEqual(['TASK_FINISHED']);
    expect(bench.of('container.remove')).toEqual([{ kind: 'container.remove', containerId }]);
  });

  test('had not heard of the start: STARTING and RUNNING come before the end', () => {
    const bench = AgentBench.registered();
    bench.run(F, commandTask('t'));
    const { containerId } = bench.launched();
    bench.restart([{ state: 'exited', containerId, pid: 5, waitStatus: 0 }]);
    bench.register();
    const told = bench.acknowledgeAll('F');
    expect(told.map(({ state }) => state)).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']);
    expect(told[0]?.container_status?.executor_pid).toBe(5);
  });

  test('launches what never began, under a new container id', () => {
    const bench = AgentBench.registered();
    bench.run(F, commandTask('t'));
    const { containerId } = bench.launched();
    bench.restart([{ state: 'never-started', containerId }]);
    expect(bench.of('container.remove')).toEqual([{ kind: 'container.remove', containerId }]);
    const again = bench.launched();
    expect(again.containerId).not.toBe(containerId);
    expect(again.sandbox).toContain(again.containerId);
    bench.restart([]);
    expect(bench.launched().containerId).not.toBe(again.containerId);
  });

  test('goes on with a kill: the rest of its grace, and TASK_KILLED', () => {
    const bench = AgentBench.registered();
    const containerId = bench.startCommand(F, commandTask('t'));
    bench.acknowledgeAll('F');
    bench.kill('F', 't', 10_000);
    bench.wallMs += 4_000;
    bench.restart([{ state: 'running', containerId, pid: 77 }]);
    expect(bench.of('container.kill')).toEqual([{ kind: 'container.kill', containerId, graceMs: 6_000 }]);
    bench.register();
    bench.post({ kind: 'container.exited', containerId, waitStatus: 9 });
    expect(bench.acknowledgeAll('F').map(({ state }) => state)).toEqual(['TASK_KILLING', 'TASK_KILLED']);
  });

  test('goes on with max_completion_time', () => {
    const bench = AgentBench.registered();
    const task = commandTask('t', { max_completion_time: seconds(10) });
    const containerId = bench.startCommand(F, task);
    bench.wallMs += 4_000;
    bench.restart([{ state: 'running', containerId, pid: 77 }]);
    expect(bench.timers.get('max-time/F/t')).toBe(6_000);
  });

  test('after a boot of the machine nothing runs any more', () => {
    const bench = AgentBench.registered();
    bench.startCommand(F, commandTask('ran'));
    bench.run(F, commandTask('launching'));
    bench.acknowledgeAll('F');
    bench.restart([], testConfig({ bootId: 'boot-2' }));
    bench.register();
    expect(bench.acknowledgeAll('F').map(({ task_id, state }) => [task_id.value, state])).toEqual([
      ['ran', 'TASK_FAILED'],
      ['launching', 'TASK_FAILED'],
    ]);
  });

  test('delivers what was not acknowledged, its task being over or not', () => {
    const bench = AgentBench.registered();
    const containerId = bench.startCommand(F, commandTask('t'));
    bench.post({ kind: 'container.exited', containerId, waitStatus: 0 });
    const before = bench.state.frameworks.get('F')?.executors.get('t')?.tasks.get('t')?.pending;
    bench.restart([]);
    bench.register();
    expect(bench.acknowledgeAll('F')).toEqual(before);
    expect([...bench.records.keys()]).toEqual(['agent']);
  });

  test("ends containers that are nobody's", () => {
    const bench = AgentBench.registered();
    bench.restart([
      { state: 'running', containerId: 'x', pid: 1 },
      { state: 'exited', containerId: 'y', pid: 2, waitStatus: 0 },
    ]);
    expect(bench.of('container.destroy')).toEqual([{ kind: 'container.destroy', containerId: 'x' }]);
    expect(bench.of('container.remove')).toEqual([{ kind: 'container.remove', containerId: 'y' }]);
  });
});

describe('SIGUSR1', () => {
  test('ends all tasks, records their ends, keeps the id, and delivers at the next start', () => {
    const bench = AgentBench.registered();
    const containerId = bench.startCommand(F, commandTask('t'));
    bench.acknowledgeAll('F');
    bench.post({ kind: 'stop.requested' });
    expect(bench.of('process.exit')).toEqual([]);
    bench.post({ kind: 'container.exited', containerId, waitStatus: 15 });
    expect(bench.of('process.exit')).toMatchObject([{ code: 0 }]);
    bench.restart([]);
    bench.register();
    expect(bench.acknowledgeAll('F').map(({ state, message }) => [state, message])).toEqual([
      ['TASK_KILLING', undefined],
      ['TASK_KILLED', 'The agent was stopped with its tasks: Command terminated with signal Terminated'],
    ]);
    expect(bench.state.info.id?.value).toBe('S0');
    bench.startCommand(F, commandTask('next'));
    expect(bench.acknowledgeAll('F').map(({ state }) => state)).toEqual(['TASK_STARTING', 'TASK_RUNNING']);
  });

  test('without tasks ends at once; a task that comes meanwhile is told so', () => {
    const idle = AgentBench.registered();
    idle.post({ kind: 'stop.requested' });
    expect(idle.of('process.exit')).toMatchObject([{ code: 0 }]);
    const busy = AgentBench.registered();
    busy.startCommand(F, commandTask('t'));
    busy.post({ kind: 'stop.requested' });
    busy.take();
    busy.run(F, commandTask('late'));
    expect(busy.of('container.launch')).toEqual([]);
    expect(busy.updates()).toMatchObject([{ state: 'TASK_KILLED', reason: 'REASON_TASK_KILLED_DURING_LAUNCH' }]);
  });

  test('an agent that dies while it ends its tasks knows later that it did', () => {
    const bench = AgentBench.registered();
    const containerId = bench.startCommand(F, commandTask('t'));
    bench.acknowledgeAll('F');
    bench.post({ kind: 'stop.requested' });
    bench.restart([{ state: 'exited', containerId, pid: 77, waitStatus: 15 }]);
    bench.register();
    expect(bench.acknowledgeAll('F').at(-1)?.message).toMatch(/^The agent was stopped with its tasks/);
  });

  test('what does not end in time is killed, and cannot hold the agent for ever', () => {
    const bench = AgentBench.registered();
    const containerId = bench.startCommand(F, commandTask('t', { kill_policy: { grace_period: seconds(3_600) } }));
    bench.post({ kind: 'stop.requested' });
    bench.fire('stop.kill');
    expect(bench.of('container.destroy')).toEqual([{ kind: 'container.destroy', containerId }]);
    bench.fire('stop.exit');
    expect(bench.of('process.exit')).toMatchObject([{ code: 0 }]);
  });
});

describe('an agent that must go', () => {
  test('SHUTDOWN ends tasks without a word, then the agent', () => {
    const bench = AgentBench.registered();
    const containerId = bench.startCommand(F, commandTask('t'));
    bench.take();
    bench.link({ type: 'SHUTDOWN', shutdown: { message: 'marked gone' } });
    bench.post({ kind: 'container.exited', containerId, waitStatus: 15 });
    expect(bench.updates()).toEqual([]);
    expect(bench.of('process.exit')).toMatchObject([{ code: 0 }]);
  });

  test('--recover=cleanup ends what is left and forgets who it was', () => {
    const bench = AgentBench.registered();
    const containerId = bench.startCommand(F, commandTask('t'));
    bench.restart([{ state: 'running', containerId, pid: 77 }], testConfig({ recover: 'cleanup' }));
    expect(bench.of('link.connect')).toEqual([]);
    expect(bench.of('container.kill')).toHaveLength(1);
    bench.post({ kind: 'container.exited', containerId, waitStatus: 15 });
    expect(bench.of('process.exit')).toMatchObject([{ code: 0 }]);
    bench.restart([], testConfig());
    expect(bench.of('link.connect')[0]?.call.type).toBe('REGISTER');
  });
});
