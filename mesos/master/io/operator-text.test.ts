import { expect, test } from 'vitest';
import { messageType, writeJson } from '../../../sdk/v1/codec.ts';
import {
  operatorAgents,
  operatorExecutors,
  operatorFrameworks,
  operatorState,
  operatorTasks,
} from '../core/operator-views.ts';
import { agentIdOf, frameworkIdOf, lastOffer, launchCall, MasterDriver, taskOf } from '../core/testing.ts';
import { longAnswer } from './operator-text.ts';

const RESPONSE = messageType('mesos.v1.master.Response');

function busyMaster(): MasterDriver {
  const master = new MasterDriver();
  const agent = master.agent();
  const peer = master.subscribe();
  const executor = { executor_id: { value: 'e' }, command: { value: 'x' } };
  const custom = taskOf('custom', agentIdOf(agent), undefined, { command: undefined, executor });
  master.call(peer, launchCall([lastOffer(peer)], [taskOf('t', agentIdOf(agent)), custom]));
  master.update(agent, frameworkIdOf(peer), 't', 'TASK_RUNNING');
  master.advance(1_000);
  master.call(master.subscribe(), { type: 'TEARDOWN' });
  return master;
}

test.each([
  ['an empty master', new MasterDriver()],
  ['a busy master', busyMaster()],
])('texts made in pieces are what the codec writes: %s', (_name, { state }) => {
  const whole = [
    { type: 'GET_STATE', get_state: operatorState(state) },
    { type: 'GET_TASKS', get_tasks: operatorTasks(state) },
    { type: 'GET_EXECUTORS', get_executors: operatorExecutors(state) },
    { type: 'GET_FRAMEWORKS', get_frameworks: operatorFrameworks(state) },
    { type: 'GET_AGENTS', get_agents: operatorAgents(state) },
  ] as const;
  for (const response of whole) {
    const text = [...(longAnswer(state, response.type) ?? [])].join('');
    expect(text).toBe(writeJson(RESPONSE, response, { emptyArrays: true }));
  }
});

test('an answer shows the moment of its making, whatever happens before it is written', () => {
  const master = busyMaster();
  const before = [...(longAnswer(master.state, 'GET_STATE') ?? [])].join('');
  const pieces = longAnswer(master.state, 'GET_STATE');
  for (const peer of master.schedulers.values()) if (peer.isOpen) master.drop(peer);
  master.advance(120_000);
  expect([...(pieces ?? [])].join('')).toBe(before);
});
