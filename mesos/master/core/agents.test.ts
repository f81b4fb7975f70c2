import { describe, expect, test } from 'vitest';
import type { Call_TaskReport } from '../../../sdk/v1/generated/agent_link.ts';
import type { FrameworkInfo, TaskState } from '../../../sdk/v1/generated/mesos.ts';
import {
  agentIdOf,
  frameworkIdOf,
  lastOffer,
  launchCall,
  MasterDriver,
  offersOf,
  plainFramework,
  statusesOf,
  taskOf,
} from './testing.ts';

const HOST = { hostname: 'host', port: 5051 };

/** A master with an agent that runs task `t` of a framework. */
function running(info: Partial<FrameworkInfo> = {}) {
  const master = new MasterDriver();
  const agent = master.agent();
  const agentId = agentIdOf(agent);
  const peer = master.subscribe(info);
  const frameworkId = frameworkIdOf(peer);
  master.call(peer, launchCall([lastOffer(peer)], [taskOf('t', agentId)]));
  master.update(agent, frameworkId, 't', 'TASK_RUNNING');
  return { master, agent, agentId, peer, frameworkId };
}

/** What an agent reports of a task. */
function report(
  frameworkId: string,
  agentId: string,
  taskId: string,
  state: TaskState = 'TASK_RUNNING',
): Call_TaskReport {
  const { resources } = taskOf(taskId, agentId);
  return {
    task: {
      name: taskId,
      task_id: { value: taskId },
      framework_id: { value: frameworkId },
      agent_id: { value: agentId },
      state,
      resources: (resources ?? []).map((resource) => ({ ...resource, allocation_info: { role: '*' } })),
    },
  };
}

function helloOf(agentId: string) {
  return {
    agent_info: { ...HOST, id: { value: agentId }, resources: taskOf('x', agentId, 'cpus:8;mem:8192').resources },
  };
}

function frameworkInfo(frameworkId: string): FrameworkInfo {
  return { ...plainFramework, id: { value: frameworkId } };
}

describe('REGISTER', () => {
  test('records the agent before it is answered, and counts ids from 0', () => {
    const master = new MasterDriver();
    const agent = master.agent();
    expect(agentIdOf(agent)).toBe('master1-S0');
    expect(agent.events[0]).toMatchObject({
      type: 'REGISTERED',
      registered: { epoch: master.state.config.epoch, protocol: 1, ping_timeout_seconds: 75 },
    });
    expect(master.entries.has('agents/master1-S0')).toBe(true);
    expect(agentIdOf(master.agent())).toBe('master1-S1');
  });

  test('asked again with the same registration id, gives the same id and ends the older stream', () => {
    const master = new MasterDriver();
    const first = master.agent({ registration_id: 'r' });
    const second = master.agent({ registration_id: 'r' });
    expect(agentIdOf(second)).toBe(agentIdOf(first));
    expect(first.isOpen).toBe(false);
    expect(master.state.agents.size).toBe(1);
    // The close of the replaced stream is no disconnection.
    master.drop(first);
    expect(master.state.agents.get(agentIdOf(second))?.connected).toBe(true);
  });

  test.each([
    ['a foreign protocol', { protocol: 2 }, /protocol/],
    ['no hostname', { agent_info: { hostname: '' } }, /hostname/],
    [
      'bad resources',
      { agent_info: { hostname: 'h', resources: [{ name: 'cpus', type: 'SCALAR' as const, scalar: { value: -1 } }] } },
      /resources\[0\]\.scalar\.value/,
    ],
  ])('is refused for good: %s', (_name, hello, message) => {
    const agent = new MasterDriver().agent(hello);
    expect(agent.events).toEqual([
      { type: 'REFUSED', refused: { message: expect.stringMatching(message), retry: false } },
    ]);
    expect(agent.isOpen).toBe(false);
  });

  test('is refused by a master that is not the newest', () => {
    const agent = new MasterDriver().agent({ newest_epoch: 10n ** 18n });
    expect(agent.events[0]?.refused).toMatchObject({ retry: true });
  });
});

describe('an agent that does not answer', () => {
  test('is pinged every 15 s and unreachable 75 s after the first unanswered ping', () => {
    const { master, agent, agentId, peer } = running();
    master.advance(15_000);
    master.agentCalls(agent, { type: 'PONG', pong: { sequence: 2n } });
    master.advance(89_999);
    expect(master.state.agents.has(agentId)).toBe(true);
    master.advance(1);
    expect(master.state.unreachable.has(agentId)).toBe(true);
    expect([...master.entries.keys()].filter((key) => key.includes(agentId))).toEqual([`unreachable/${agentId}`]);
    const last = peer.events.filter((event) => event.type !== 'HEARTBEAT').slice(-3);
    expect(last.map((event) => event.type)).toEqual(['UPDATE', 'RESCIND', 'FAILURE']);
    expect(last[0]?.update?.status).toMatchObject({
      task_id: { value: 't' },
      state: 'TASK_UNREACHABLE',
      message: 'health check timed out',
      source: 'SOURCE_MASTER',
      reason: 'REASON_AGENT_REMOVED',
      agent_id: { value: agentId },
      unreachable_time: { nanoseconds: expect.any(BigInt) },
    });
    expect(last[0]?.update?.status.uuid).toBeUndefined();
    expect(last[2]?.failure).toEqual({ agent_id: { value: agentId } });
    expect(agent.isOpen).toBe(false);
  });

  test('its tasks are lost for a framework that knows no partitions', () => {
    const { master, peer } = running({ capabilities: [], roles: undefined });
    master.advance(90_000);
    expect(statusesOf(peer).at(-1)).toMatchObject({ state: 'TASK_LOST', reason: 'REASON_AGENT_REMOVED' });
  });

  test('whose stream breaks has its offers rescinded and is offered again when it is back', () => {
    const { master, agent, agentId, peer, frameworkId } = running();
    master.advance(1_000);
    const offer = lastOffer(peer);
    master.drop(agent);
    expect(peer.events.at(-1)).toEqual({ type: 'RESCIND', rescind: { offer_id: offer.id } });
    master.advance(5_000);
    expect(lastOffer(peer).id).toEqual(offer.id);
    master.agent(helloOf(agentId), {
      frameworks: [frameworkInfo(frameworkId)],
      tasks: [report(frameworkId, agentId, 't')],
    });
    expect(lastOffer(peer).id).not.toEqual(offer.id);
    expect(statusesOf(peer).map((status) => status.state)).toEqual(['TASK_RUNNING']);
  });

  test('whose stream breaks loses the tasks of a framework without checkpointing, and must kill them when it is back', () => {
    const { master, agent, agentId, peer, frameworkId } = running({ checkpoint: false });
    master.drop(agent);
    expect(statusesOf(peer).at(-1)).toMatchObject({
      state: 'TASK_LOST',
      reason: 'REASON_AGENT_DISCONNECTED',
      message: 'Agent host disconnected',
    });
    const back = master.agent(helloOf(agentId), {
      frameworks: [frameworkInfo(frameworkId)],
      tasks: [report(frameworkId, agentId, 't')],
    });
    expect(back.events.find((event) => event.type === 'KILL_TASK')?.kill_task?.task_id.value).toBe('t');
  });

  test('says no more of tasks that their framework was told are lost, and its updates are acknowledged for it', () => {
    const { master, agent, agentId, peer, frameworkId } = running({ checkpoint: false });
    master.drop(agent);
    const back = master.agent(helloOf(agentId), {
      frameworks: [frameworkInfo(frameworkId)],
      tasks: [report(frameworkId, agentId, 't')],
    });
    master.update(back, frameworkId, 't', 'TASK_RUNNING');
    master.update(back, frameworkId, 't', 'TASK_KILLED');
    expect(statusesOf(peer).map(({ state }) => state)).toEqual(['TASK_RUNNING', 'TASK_LOST']);
    expect(back.events.filter(({ type }) => type === 'ACKNOWLEDGE')).toHaveLength(2);
    // The same id, launched anew, is a task like any other.
    master.call(peer, launchCall([lastOffer(peer)], [taskOf('t', agentId)]));
    master.update(back, frameworkId, 't', 'TASK_RUNNING');
    expect(statusesOf(peer).at(-1)?.state).toBe('TASK_RUNNING');
  });

  test('whose stream breaks is told to end the executors of such a framework, too', () => {
    const { master, agent, agentId, frameworkId } = running({ checkpoint: false });
    master.drop(agent);
    const framework_id = { value: frameworkId };
    const executor_info = { executor_id: { value: 'x' }, resources: taskOf('x', agentId, 'cpus:1').resources };
    const back = master.agent(helloOf(agentId), {
      frameworks: [frameworkInfo(frameworkId)],
      executors: [{ framework_id, executor_info }],
    });
    expect(back.events.map(({ type }) => type)).toContain('SHUTDOWN_EXECUTOR');
    expect(String(master.state.agents.get(agentId)?.used.get(frameworkId))).toBe('cpus(allocated: *):1');
    master.agentCalls(back, {
      type: 'EXECUTOR_EXITED',
      executor_exited: { framework_id, executor_id: { value: 'x' }, status: 0 },
    });
    expect(master.state.agents.get(agentId)?.used.size).toBe(0);
  });

  test('that ended meanwhile under such a framework is not told as ended after it was lost', () => {
    const { master, agent, agentId, peer, frameworkId } = running({ checkpoint: false });
    master.drop(agent);
    const back = master.agent(helloOf(agentId), {
      frameworks: [frameworkInfo(frameworkId)],
      tasks: [report(frameworkId, agentId, 't', 'TASK_FINISHED')],
    });
    master.update(back, frameworkId, 't', 'TASK_FINISHED');
    expect(statusesOf(peer).at(-1)?.state).toBe('TASK_LOST');
    expect(back.events.at(-1)?.type).not.toBe('KILL_TASK');
  });
});

describe('an agent that comes back', () => {
  test('after it was unreachable brings its tasks with it', () => {
    const { master, agentId, peer, frameworkId } = running();
    master.advance(90_000);
    const framework = master.state.frameworks.get(frameworkId);
    expect(framework?.unreachableTasks.size).toBe(1);
    master.agent(helloOf(agentId), {
      frameworks: [frameworkInfo(frameworkId)],
      tasks: [report(frameworkId, agentId, 't')],
    });
    expect(statusesOf(peer).at(-1)).toMatchObject({ state: 'TASK_RUNNING', reason: 'REASON_AGENT_REREGISTERED' });
    expect(framework?.unreachableTasks.size).toBe(0);
    expect(framework?.tasks.get('t')?.task.state).toBe('TASK_RUNNING');
    expect(String(master.state.allocator.available(agentId))).toBe(
      master.state.offers.size === 0 ? 'cpus:7; mem:8064' : '{}',
    );
    expect(master.entries.has(`agents/${agentId}`)).toBe(true);
    expect(master.entries.has(`unreachable/${agentId}`)).toBe(false);
  });

  test('after it was unreachable with a task that ended meanwhile leaves the end to the updates that wait for it', () => {
    const { master, agentId, peer, frameworkId } = running();
    master.advance(90_000);
    const back = master.agent(helloOf(agentId), {
      frameworks: [frameworkInfo(frameworkId)],
      tasks: [report(frameworkId, agentId, 't', 'TASK_FINISHED')],
    });
    master.update(back, frameworkId, 't', 'TASK_FINISHED');
    expect(statusesOf(peer).map(({ state }) => state)).toEqual(['TASK_RUNNING', 'TASK_UNREACHABLE', 'TASK_FINISHED']);
    expect(statusesOf(peer).at(-1)?.uuid).toBeDefined();
  });

  test('after it was unreachable without a task of before: that task is gone', () => {
    const { master, agentId, peer } = running();
    master.advance(90_000);
    master.agent(helloOf(agentId), {});
    expect(statusesOf(peer).at(-1)).toMatchObject({ task_id: { value: 't' }, state: 'TASK_GONE' });
  });

  test('without a task that was launched on its older stream: that launch was dropped', () => {
    const master = new MasterDriver();
    const agentId = agentIdOf(master.agent());
    const peer = master.subscribe();
    master.call(peer, launchCall([lastOffer(peer)], [taskOf('t', agentId)]));
    master.agent(helloOf(agentId), {});
    expect(statusesOf(peer)).toMatchObject([
      { task_id: { value: 't' }, state: 'TASK_DROPPED', source: 'SOURCE_MASTER', reason: 'REASON_RECONCILIATION' },
    ]);
    const sum = offersOf(peer)
      .at(-1)
      ?.resources?.find((resource) => resource.name === 'cpus')?.scalar?.value;
    expect(sum).toBe(8);
  });

  test('with an older attempt than the one in force is refused', () => {
    const { master, agentId, peer, frameworkId } = running();
    const tasks = { frameworks: [frameworkInfo(frameworkId)], tasks: [report(frameworkId, agentId, 't')] };
    master.agent({ ...helloOf(agentId), attempt: 7n }, tasks);
    const late = master.agent({ ...helloOf(agentId), attempt: 6n }, {});
    expect(late.events[0]).toMatchObject({ type: 'REFUSED', refused: { retry: true } });
    expect(statusesOf(peer).at(-1)?.state).toBe('TASK_RUNNING');
  });

  test('hears again of kills that it missed, and of frameworks that are over', () => {
    const { master, agent, agentId, peer, frameworkId } = running();
    const other = master.subscribe();
    const otherId = frameworkIdOf(other);
    master.drop(agent);
    master.call(peer, { type: 'KILL', kill: { task_id: { value: 't' } } });
    master.call(other, { type: 'TEARDOWN' });
    const back = master.agent(helloOf(agentId), {
      frameworks: [frameworkInfo(frameworkId), frameworkInfo(otherId)],
      tasks: [report(frameworkId, agentId, 't')],
    });
    expect(back.events.find((event) => event.type === 'KILL_TASK')?.kill_task?.task_id.value).toBe('t');
    expect(
      back.events.find((event) => event.type === 'SHUTDOWN_FRAMEWORK')?.shutdown_framework?.framework_id.value,
    ).toBe(otherId);
  });

  test('with more resources is offered with them', () => {
    const { master, agentId, peer } = running();
    const resources = taskOf('x', agentId, 'cpus:16;mem:8192').resources;
    master.agent({ agent_info: { ...HOST, id: { value: agentId }, resources } }, {});
    expect(lastOffer(peer).resources?.find((resource) => resource.name === 'cpus')?.scalar?.value).toBe(16);
  });

  test('on an older stream is told to register again', () => {
    const { master, agent, agentId } = running();
    master.agent(helloOf(agentId), {});
    expect(master.agentCalls(agent, { type: 'PONG', pong: { sequence: 1n } })).toBe(400);
  });
});

describe('an agent that leaves', () => {
  test('by itself: its tasks are lost and its record goes', () => {
    const { master, agent, agentId, peer } = running();
    expect(master.agentCalls(agent, { type: 'UNREGISTER', unregister: {} })).toBe(202);
    expect(statusesOf(peer).at(-1)).toMatchObject({
      state: 'TASK_LOST',
      message: 'Agent host removed: the agent unregistered',
    });
    expect(master.entries.has(`agents/${agentId}`)).toBe(false);
  });

  test('marked gone by an operator, it is told to end and never admitted again', () => {
    const { master, agent, agentId, peer } = running();
    const call = { type: 'MARK_AGENT_GONE', mark_agent_gone: { agent_id: { value: agentId } } } as const;
    master.post({ kind: 'operator.call', requestId: 'gone', principal: null, call });
    expect(master.replies.get('gone')?.status).toBe(200);
    expect(agent.events.at(-1)).toEqual({ type: 'SHUTDOWN', shutdown: { message: 'Agent has been marked gone' } });
    expect(statusesOf(peer).at(-1)).toMatchObject({
      state: 'TASK_GONE_BY_OPERATOR',
      reason: 'REASON_AGENT_REMOVED_BY_OPERATOR',
      message: 'Agent has been marked gone',
    });
    const again = master.agent(helloOf(agentId), {});
    expect(again.events).toEqual([{ type: 'SHUTDOWN', shutdown: { message: 'Agent has been marked gone' } }]);
    const restarted = new MasterDriver({ entries: master.entries, seed: 2 });
    expect(restarted.agent(helloOf(agentId), {}).events[0]?.type).toBe('SHUTDOWN');
  });

  test('marked gone while unreachable: its tasks hear of it', () => {
    const { master, agentId, peer } = running();
    master.advance(90_000);
    const call = { type: 'MARK_AGENT_GONE', mark_agent_gone: { agent_id: { value: agentId } } } as const;
    master.post({ kind: 'operator.call', requestId: 'gone', principal: null, call });
    expect(statusesOf(peer).at(-1)?.state).toBe('TASK_GONE_BY_OPERATOR');
  });
});
