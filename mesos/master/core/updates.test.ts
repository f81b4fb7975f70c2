import { describe, expect, test } from 'vitest';
import {
  agentIdOf,
  frameworkIdOf,
  lastOffer,
  launchCall,
  MasterDriver,
  offersOf,
  statusesOf,
  taskOf,
} from './testing.ts';

function launched(info: Parameters<MasterDriver['subscribe']>[0] = {}) {
  const master = new MasterDriver();
  const agent = master.agent();
  const agentId = agentIdOf(agent);
  const peer = master.subscribe(info);
  const frameworkId = frameworkIdOf(peer);
  master.call(peer, launchCall([lastOffer(peer)], [taskOf('t', agentId)], 60));
  return { master, agent, agentId, peer, frameworkId };
}

const uuid = (byte: number) => new Uint8Array(16).fill(byte);

describe('status updates', () => {
  test('go to the framework with their uuid, and acknowledgements to the agent', () => {
    const { master, agent, agentId, peer, frameworkId } = launched();
    master.update(agent, frameworkId, 't', 'TASK_RUNNING', { uuid: uuid(1) });
    expect(statusesOf(peer)).toMatchObject([{ state: 'TASK_RUNNING', uuid: uuid(1), agent_id: { value: agentId } }]);
    const acknowledge = { agent_id: { value: agentId }, task_id: { value: 't' }, uuid: uuid(1) };
    expect(master.call(peer, { type: 'ACKNOWLEDGE', acknowledge }).status).toBe(202);
    expect(agent.events.at(-1)).toEqual({
      type: 'ACKNOWLEDGE',
      acknowledge: { framework_id: { value: frameworkId }, task_id: { value: 't' }, uuid: uuid(1) },
    });
  });

  test.each([
    ['too short', new Uint8Array(3)],
    ['nil', new Uint8Array(16)],
  ])('an acknowledgement with a uuid that is %s is a 400', (_name, bad) => {
    const { master, agentId, peer } = launched();
    const acknowledge = { agent_id: { value: agentId }, task_id: { value: 't' }, uuid: bad };
    expect(master.call(peer, { type: 'ACKNOWLEDGE', acknowledge })).toMatchObject({
      status: 400,
      text: 'Failed to validate scheduler::Call: Not a valid UUID',
    });
  });

  test('an end frees the resources at once, and the task is over with its acknowledgement', () => {
    const { master, agent, agentId, peer, frameworkId } = launched();
    const offersBefore = offersOf(peer).length;
    master.update(agent, frameworkId, 't', 'TASK_FINISHED', { uuid: uuid(2) });
    expect(offersOf(peer)).toHaveLength(offersBefore + 1);
    expect(lastOffer(peer).resources?.find((resource) => resource.name === 'cpus')?.scalar?.value).toBe(8);
    const framework = master.state.frameworks.get(frameworkId);
    expect(framework?.tasks.has('t')).toBe(true);
    expect(framework?.used.size).toBe(0);
    const acknowledge = { agent_id: { value: agentId }, task_id: { value: 't' }, uuid: uuid(2) };
    master.call(peer, { type: 'ACKNOWLEDGE', acknowledge: { ...acknowledge, uuid: uuid(9) } });
    expect(framework?.tasks.has('t')).toBe(true);
    master.call(peer, { type: 'ACKNOWLEDGE', acknowledge });
    expect(framework?.tasks.has('t')).toBe(false);
    expect([...(framework?.completedTasks ?? [])].map((entry) => entry.task.state)).toEqual(['TASK_FINISHED']);
  });

  test('an older update with a newer latest state frees the resources too', () => {
    const { master, agent, agentId, peer, frameworkId } = launched();
    const status = {
      task_id: { value: 't' },
      state: 'TASK_RUNNING',
      agent_id: { value: agentId },
      uuid: uuid(3),
    } as const;
    master.agentCalls(agent, {
      type: 'UPDATE',
      update: { framework_id: { value: frameworkId }, status, latest_state: 'TASK_FAILED' },
    });
    const framework = master.state.frameworks.get(frameworkId);
    expect(framework?.tasks.get('t')?.task).toMatchObject({
      state: 'TASK_FAILED',
      status_update_state: 'TASK_RUNNING',
    });
    expect(framework?.used.size).toBe(0);
    // What the framework was told last is the answer to reconciliation.
    master.call(peer, { type: 'RECONCILE', reconcile: { tasks: [{ task_id: { value: 't' } }] } });
    expect(statusesOf(peer).at(-1)?.state).toBe('TASK_RUNNING');
  });

  test('while the framework is away are taken in; agents repeat them when it is back', () => {
    const { master, agent, peer, frameworkId } = launched();
    master.drop(peer);
    master.update(agent, frameworkId, 't', 'TASK_RUNNING');
    expect(master.state.frameworks.get(frameworkId)?.tasks.get('t')?.task.state).toBe('TASK_RUNNING');
    const back = master.subscribe({}, frameworkId);
    expect(statusesOf(back)).toEqual([]);
    expect(agent.events.at(-1)).toMatchObject({ type: 'UPDATE_FRAMEWORK' });
  });

  test('one for each state is kept, the newest of a state only, without data', () => {
    const { master, agent, peer, frameworkId } = launched();
    master.update(agent, frameworkId, 't', 'TASK_STARTING');
    for (let count = 0; count < 3; count++) {
      master.update(agent, frameworkId, 't', 'TASK_RUNNING', { healthy: count === 2, data: new Uint8Array(10) });
    }
    const statuses = master.state.frameworks.get(frameworkId)?.tasks.get('t')?.task.statuses ?? [];
    expect(statuses.map((status) => [status.state, status.healthy, status.data])).toEqual([
      ['TASK_STARTING', undefined, undefined],
      ['TASK_RUNNING', true, undefined],
    ]);
    expect(statusesOf(peer).at(-1)?.data).toHaveLength(10);
  });

  test('of a framework that is over make the agent end it', () => {
    const { master, agent, peer, frameworkId } = launched();
    master.call(peer, { type: 'TEARDOWN' });
    const before = agent.events.filter((event) => event.type === 'SHUTDOWN_FRAMEWORK').length;
    master.update(agent, frameworkId, 't', 'TASK_KILLED');
    expect(agent.events.filter((event) => event.type === 'SHUTDOWN_FRAMEWORK')).toHaveLength(before + 1);
  });
});

describe('TEARDOWN', () => {
  test('ends the stream without updates, frees everything and keeps the framework among the completed', () => {
    const { master, agent, agentId, peer, frameworkId } = launched();
    expect(master.call(peer, { type: 'TEARDOWN' }).status).toBe(202);
    expect(peer.isOpen).toBe(false);
    expect(statusesOf(peer)).toEqual([]);
    expect(agent.events.at(-1)).toEqual({
      type: 'SHUTDOWN_FRAMEWORK',
      shutdown_framework: { framework_id: { value: frameworkId } },
    });
    const completed = master.state.completedFrameworks.get(frameworkId);
    expect([...(completed?.completedTasks ?? [])].map((entry) => entry.task.state)).toEqual(['TASK_KILLED']);
    expect(master.state.agents.get(agentId)?.used.size).toBe(0);
    expect(master.state.allocator.available(agentId).scalar('cpus')).toBe(8);
  });
});

describe('KILL, MESSAGE, SHUTDOWN', () => {
  test('KILL goes to the agent with its policy, and again when asked again', () => {
    const { master, agent, peer, frameworkId } = launched();
    const kill = { task_id: { value: 't' }, kill_policy: { grace_period: { nanoseconds: 5n } } };
    master.call(peer, { type: 'KILL', kill });
    master.call(peer, { type: 'KILL', kill });
    expect(agent.events.slice(-2)).toEqual([
      { type: 'KILL_TASK', kill_task: { framework_id: { value: frameworkId }, ...kill } },
      { type: 'KILL_TASK', kill_task: { framework_id: { value: frameworkId }, ...kill } },
    ]);
  });

  test('KILL with a wrong agent is ignored, of an unknown task reconciled', () => {
    const { master, agent, agentId, peer } = launched();
    master.call(peer, { type: 'KILL', kill: { task_id: { value: 't' }, agent_id: { value: 'other' } } });
    expect(agent.events.some((event) => event.type === 'KILL_TASK')).toBe(false);
    master.call(peer, { type: 'KILL', kill: { task_id: { value: 'u' }, agent_id: { value: agentId } } });
    expect(statusesOf(peer)).toMatchObject([
      { task_id: { value: 'u' }, state: 'TASK_GONE', message: 'Reconciliation: Task is unknown to the agent' },
    ]);
  });

  test('MESSAGE travels both ways', () => {
    const { master, agent, agentId, peer, frameworkId } = launched();
    const executor_id = { value: 'e' };
    const data = new Uint8Array([1, 2]);
    master.call(peer, { type: 'MESSAGE', message: { agent_id: { value: agentId }, executor_id, data } });
    expect(agent.events.at(-1)?.message).toEqual({ framework_id: { value: frameworkId }, executor_id, data });
    master.agentCalls(agent, { type: 'MESSAGE', message: { framework_id: { value: frameworkId }, executor_id, data } });
    expect(peer.events.at(-1)?.message).toEqual({ agent_id: { value: agentId }, executor_id, data });
  });

  test('SHUTDOWN of an executor goes to its agent', () => {
    const { master, agent, agentId, peer, frameworkId } = launched();
    master.call(peer, { type: 'SHUTDOWN', shutdown: { agent_id: { value: agentId }, executor_id: { value: 'e' } } });
    expect(agent.events.at(-1)?.shutdown_executor).toEqual({
      framework_id: { value: frameworkId },
      executor_id: { value: 'e' },
    });
  });
});

describe('calls that are not there yet', () => {
  test.each([
    ['ACCEPT_INVERSE_OFFERS', { accept_inverse_offers: {} }],
    ['DECLINE_INVERSE_OFFERS', { decline_inverse_offers: {} }],
    ['UNKNOWN', {}],
  ] as const)('%s is refused by name with 501', (type, body) => {
    const { master, peer } = launched();
    expect(master.call(peer, { type, ...body })).toMatchObject({ status: 501, text: expect.stringContaining(type) });
  });
});
