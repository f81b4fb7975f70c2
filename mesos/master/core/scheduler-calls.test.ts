import { describe, expect, test } from 'vitest';
import type { Call } from '../../../sdk/v1/generated/scheduler.ts';
import { frameworkIdOf, MasterDriver, plainFramework, statusesOf } from './testing.ts';

const SUBSCRIBE: Call = { type: 'SUBSCRIBE', subscribe: { framework_info: plainFramework } };

describe('what makes a call an error, in the order of checks', () => {
  test.each<[string, Parameters<MasterDriver['request']>[0], number, string]>([
    ['no type', { call: {} }, 400, "Failed to validate scheduler::Call: Expecting 'type' to be present"],
    [
      'no framework id',
      { call: { type: 'REVIVE' } },
      400,
      "Failed to validate scheduler::Call: Expecting 'framework_id' to be present",
    ],
    [
      'no body',
      { call: { type: 'KILL', framework_id: { value: 'f' } } },
      400,
      "Failed to validate scheduler::Call: Expecting 'kill' to be present",
    ],
    [
      'SUBSCRIBE without a body',
      { call: { type: 'SUBSCRIBE' } },
      400,
      "Failed to validate scheduler::Call: Expecting 'subscribe' to be present",
    ],
    [
      'an id in framework_info alone',
      { call: { type: 'SUBSCRIBE', subscribe: { framework_info: { ...plainFramework, id: { value: 'z' } } } } },
      400,
      "Failed to validate scheduler::Call: 'framework_id' differs from 'subscribe.framework_info.id'",
    ],
    [
      'SUBSCRIBE that accepts neither type',
      { call: SUBSCRIBE, isAcceptable: false, streamId: 's' },
      406,
      "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'",
    ],
    [
      'SUBSCRIBE with a stream id',
      { call: SUBSCRIBE, streamId: 's' },
      400,
      "Subscribe calls should not include the 'Mesos-Stream-Id' header",
    ],
    [
      'an unknown framework',
      { call: { type: 'REVIVE', framework_id: { value: 'f' } } },
      400,
      'Framework cannot be found',
    ],
  ])('%s', (_name, parts, status, text) => {
    expect(new MasterDriver().request(parts).reply).toMatchObject({ status, text });
  });

  test('a call without stream id, and one of a name that is not there yet', () => {
    const master = new MasterDriver();
    const peer = master.subscribe();
    const framework_id = { value: frameworkIdOf(peer) };
    expect(master.request({ call: { type: 'REVIVE', framework_id } }).reply).toMatchObject({
      status: 400,
      text: "All non-subscribe calls should include the 'Mesos-Stream-Id' header",
    });
    expect(
      master.call(peer, {
        type: 'ACKNOWLEDGE_OPERATION_STATUS',
        acknowledge_operation_status: {
          agent_id: { value: 'a' },
          operation_id: { value: 'o' },
          uuid: new Uint8Array(16).fill(1),
        },
      }),
    ).toMatchObject({ status: 501, text: expect.stringContaining('ACKNOWLEDGE_OPERATION_STATUS') });
  });

  test('REVIVE and SUPPRESS of a role that is not there are taken and dropped', () => {
    const master = new MasterDriver();
    const peer = master.subscribe();
    expect(master.call(peer, { type: 'SUPPRESS', suppress: { roles: ['other'] } }).status).toBe(202);
    expect(master.state.frameworks.get(frameworkIdOf(peer))?.suppressedRoles.size).toBe(0);
  });
});

test('SUPPRESS ends offers and REVIVE brings them back, filters forgotten', () => {
  const master = new MasterDriver();
  master.agent();
  const peer = master.subscribe();
  const count = () => peer.events.filter((event) => event.type === 'OFFERS').length;
  const [offer] = peer.events.flatMap((event) => [...(event.offers?.offers ?? [])]);
  master.call(peer, { type: 'SUPPRESS' });
  master.call(peer, {
    type: 'DECLINE',
    decline: { offer_ids: offer === undefined ? [] : [offer.id], filters: { refuse_seconds: 3_600 } },
  });
  master.advance(60_000);
  expect(count()).toBe(1);
  master.call(peer, { type: 'REVIVE' });
  expect(count()).toBe(2);
});

test('reconciliation of what nobody knows, by capability', () => {
  const master = new MasterDriver();
  master.agent();
  const aware = master.subscribe();
  const plain = master.subscribe({ roles: undefined, capabilities: [] });
  const tasks = [
    { task_id: { value: 'nowhere' } },
    { task_id: { value: 'here' }, agent_id: { value: 'master1-S0' } },
    { task_id: { value: 'elsewhere' }, agent_id: { value: 'other-S9' } },
  ];
  for (const peer of [aware, plain]) master.call(peer, { type: 'RECONCILE', reconcile: { tasks } });
  const messages = [
    'Reconciliation: Task is unknown',
    'Reconciliation: Task is unknown to the agent',
    'Reconciliation: Task is unknown',
  ];
  expect(statusesOf(aware).map((status) => [status.state, status.message])).toEqual([
    ['TASK_UNKNOWN', messages[0]],
    ['TASK_GONE', messages[1]],
    ['TASK_UNKNOWN', messages[2]],
  ]);
  expect(statusesOf(plain).map((status) => [status.state, status.message])).toEqual(
    messages.map((message) => ['TASK_LOST', message]),
  );
  expect(
    statusesOf(aware).every((status) => status.uuid === undefined && status.reason === 'REASON_RECONCILIATION'),
  ).toBe(true);
});

test('operations are unknown, or as lost as their agent', () => {
  const master = new MasterDriver();
  const peer = master.subscribe();
  const operations = [{ operation_id: { value: 'a' } }, { operation_id: { value: 'b' }, agent_id: { value: 'x' } }];
  expect(master.call(peer, { type: 'RECONCILE_OPERATIONS', reconcile_operations: { operations } }).status).toBe(202);
  const answers = peer.events.flatMap((event) => event.update_operation_status?.status ?? []);
  expect(answers.map((status) => [status.state, status.message])).toEqual([
    ['OPERATION_UNKNOWN', "Reconciliation: Operation is unknown and no 'agent_id' was provided"],
    ['OPERATION_UNKNOWN', 'Reconciliation: Both operation and agent are unknown'],
  ]);
});

test('offers that are not answered in time are rescinded and made again', () => {
  const master = new MasterDriver({ config: { offerTimeoutMs: 10_000 } });
  master.agent();
  const peer = master.subscribe();
  master.advance(10_000);
  expect(peer.events.filter((event) => event.type === 'RESCIND')).toHaveLength(1);
  master.advance(1_000);
  expect(peer.events.filter((event) => event.type === 'OFFERS')).toHaveLength(2);
});
