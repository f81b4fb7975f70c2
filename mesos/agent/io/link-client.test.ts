import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Call, Event } from '../../../sdk/v1/generated/agent_link.ts';
import { ScriptedMaster } from '../testing/scripted-master.ts';
import { LinkClient } from './link-client.ts';

const HELLO: Call = {
  type: 'REREGISTER',
  reregister: { hello: { protocol: 1, version: '1.11.0', agent_info: { hostname: 'h', id: { value: 'S0' } } } },
};
const update = (uuid: number): Call => ({
  type: 'UPDATE',
  update: {
    framework_id: { value: 'F' },
    status: { task_id: { value: `t${uuid}` }, state: 'TASK_RUNNING', uuid: new Uint8Array(16).fill(uuid) },
  },
});
const message = (byte: number): Call => ({
  type: 'MESSAGE',
  message: { framework_id: { value: 'F' }, executor_id: { value: 'x' }, data: new Uint8Array([byte]) },
});

let master: ScriptedMaster;
let client: LinkClient;
let events: Event[];
let closed: [number, string][];
let wake: () => void;

beforeEach(async () => {
  master = new ScriptedMaster();
  master.acknowledges = false;
  events = [];
  closed = [];
  wake = () => {};
  const port = await master.open();
  client = new LinkClient({
    address: `127.0.0.1:${port}`,
    agentId: () => ({ value: 'S0' }),
    onEvent: (_generation, event) => {
      events.push(event);
      wake();
    },
    onClosed: (generation, reason) => {
      closed.push([generation, reason]);
      wake();
    },
  });
});
afterEach(async () => {
  client.close();
  await master.close();
});

/** Resolves once what the client told satisfies the condition; the test's time limit bounds it. */
async function told(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise<void>((resolve) => (wake = resolve));
}

const heard = (): (string | undefined)[] =>
  master.calls.map(({ update: one, message: other, type }) => one?.status.task_id.value ?? other?.data.join() ?? type);

describe('the agent link', () => {
  test('calls arrive in order, those that gather meanwhile in one POST', async () => {
    client.connect(1, HELLO);
    await told(() => events.length === 1);
    for (let count = 0; count < 50; count++) client.send(1, [update(count)]);
    await master.until(() => master.calls.length === 51);
    expect(heard()).toEqual(['REREGISTER', ...Array.from({ length: 50 }, (_, count) => `t${count}`)]);
  });

  test('a POST that breaks is said again while its stream lives', async () => {
    client.connect(1, HELLO);
    await told(() => events.length === 1);
    master.brokenPosts = 2;
    client.send(1, [update(1)]);
    client.send(1, [update(2)]);
    await master.until(() => master.calls.length === 3);
    expect(heard()).toEqual(['REREGISTER', 't1', 't2']);
    expect(closed).toEqual([]);
  });

  test('a refused POST ends the stream', async () => {
    client.connect(1, HELLO);
    await told(() => events.length === 1);
    master.postStatus = 400;
    client.send(1, [update(1)]);
    await told(() => closed.length === 1);
    expect(closed).toEqual([[1, 'calls were answered 400: ']]);
  });

  test('the next stream carries messages, and leaves updates to the core', async () => {
    client.connect(1, HELLO);
    await told(() => events.length === 1);
    master.drop();
    await told(() => closed.length === 1);
    client.send(1, [update(1), message(7)]);
    client.connect(2, HELLO);
    await master.until(() => master.calls.some(({ type }) => type === 'MESSAGE'));
    expect(heard()).toEqual(['REREGISTER', 'REREGISTER', '7']);
  });

  test('a master that is not there, or is not ours', async () => {
    const nowhere = new LinkClient({
      address: '127.0.0.1:1',
      agentId: () => undefined,
      onEvent: () => {},
      onClosed: (generation, reason) => {
        closed.push([generation, reason]);
        wake();
      },
    });
    nowhere.connect(3, HELLO);
    await told(() => closed.length === 1);
    expect(closed[0]?.[0]).toBe(3);
    nowhere.close();
  });
});
