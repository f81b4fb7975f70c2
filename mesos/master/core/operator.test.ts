import { expect, test } from 'vitest';
import type { Event } from '../../../sdk/v1/generated/master.ts';
import { agentIdOf, frameworkIdOf, lastOffer, launchCall, MasterDriver, plainFramework, taskOf } from './testing.ts';

/** Events that operators were sent, and on which streams. */
function sent(master: MasterDriver): { readonly streamIds: readonly string[]; readonly event: Event }[] {
  return master.effects.flatMap((effect) =>
    effect.kind === 'stream.send' && effect.channel === 'operator' ? [effect] : [],
  );
}

function subscribe(master: MasterDriver, requestId: string): void {
  master.post({ kind: 'operator.call', requestId, principal: null, call: { type: 'SUBSCRIBE' } });
}

test('SUBSCRIBE gives a snapshot and every change after it', () => {
  const master = new MasterDriver();
  const agent = master.agent();
  subscribe(master, 'a');
  const peer = master.subscribe();
  const id = frameworkIdOf(peer);
  master.call(peer, launchCall([lastOffer(peer)], [taskOf('t', agentIdOf(agent))]));
  master.update(agent, id, 't', 'TASK_RUNNING');
  master.update(agent, id, 't', 'TASK_RUNNING');
  master.update(agent, id, 't', 'TASK_RUNNING', { reason: 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED', healthy: true });
  master.subscribe({ name: 'again' }, id);
  master.agent();
  master.post({ kind: 'teardown.posted', requestId: 't', principal: null, frameworkId: id });
  expect(sent(master).map(({ event }) => event.type)).toEqual([
    'SUBSCRIBED',
    'HEARTBEAT',
    'FRAMEWORK_ADDED',
    'TASK_ADDED',
    'TASK_UPDATED',
    'TASK_UPDATED',
    'FRAMEWORK_UPDATED',
    'AGENT_ADDED',
    'TASK_UPDATED',
    'FRAMEWORK_REMOVED',
  ]);
  const [snapshot, , added] = sent(master);
  expect(snapshot?.event.subscribed?.get_state?.get_agents?.agents).toHaveLength(1);
  expect(added?.event.framework_added?.framework).toMatchObject({
    framework_info: { ...plainFramework, id: { value: id } },
    active: true,
    connected: true,
    unregistered_time: { nanoseconds: 0n },
  });
  expect(master.replies.get('t')?.status).toBe(200);
});

test('an agent that is unreachable is AGENT_REMOVED', () => {
  const master = new MasterDriver();
  const agent = master.agent();
  subscribe(master, 'a');
  master.advance(120_000);
  const removed = sent(master).find(({ event }) => event.type === 'AGENT_REMOVED');
  expect(removed?.event.agent_removed?.agent_id.value).toBe(agentIdOf(agent));
});

test('above the limit the oldest stream ends; a stream that closed gets nothing more', () => {
  const master = new MasterDriver({ config: { maxOperatorStreams: 2 } });
  for (const requestId of ['a', 'b', 'c']) subscribe(master, requestId);
  const opened = master.effects.flatMap((effect) => (effect.kind === 'stream.open' ? [effect.streamId] : []));
  const closed = master.effects.flatMap((effect) => (effect.kind === 'stream.close' ? [effect.streamId] : []));
  expect(closed).toEqual(opened.slice(0, 1));
  master.post({ kind: 'stream.closed', streamId: opened[1] ?? '' });
  master.agent();
  expect(sent(master).at(-1)?.streamIds).toEqual(opened.slice(2));
  master.advance(15_000);
  expect(sent(master).at(-1)).toMatchObject({ streamIds: opened.slice(2), event: { type: 'HEARTBEAT' } });
});

test.each([
  ['TEARDOWN of an unknown framework', { type: 'TEARDOWN', teardown: { framework_id: { value: 'x' } } }, 400],
  [
    'MARK_AGENT_GONE of an unknown agent',
    { type: 'MARK_AGENT_GONE', mark_agent_gone: { agent_id: { value: 'x' } } },
    404,
  ],
] as const)('%s', (_name, call, status) => {
  const master = new MasterDriver();
  master.post({ kind: 'operator.call', requestId: 'r', principal: null, call });
  expect(master.replies.get('r')?.status).toBe(status);
});
