import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decodeBinary, encodeBinary, type MessageType, messageType, readJson, writeJson } from '../../sdk/v1/codec.ts';
import type { TaskStatus } from '../../sdk/v1/generated/mesos.ts';
import type { Call, Event } from '../../sdk/v1/generated/scheduler.ts';
import { RecordDecoder } from '../../sdk/v1/recordio.ts';
import { agentProcess, type Cluster, masterProcess, startCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';

const CALL = messageType('mesos.v1.scheduler.Call');
const EVENT: MessageType<Event> = messageType('mesos.v1.scheduler.Event');
const JSON_TYPE = 'application/json';
const PROTOBUF_TYPE = 'application/x-protobuf';
const FRAMEWORK = {
  user: 'root',
  name: 'http',
  roles: ['*'],
  failover_timeout: 60,
  checkpoint: true,
  capabilities: [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }],
} as const;

let cluster: Cluster;
beforeEach(async () => {
  cluster = await startCluster();
});
afterEach(() => cluster.close());

/** A scheduler over real HTTP, in any mix of media types. */
class Scheduler {
  readonly events: Event[] = [];
  readonly #response: IncomingMessage;
  readonly #contentType: string;

  private constructor(response: IncomingMessage, contentType: string) {
    this.#response = response;
    this.#contentType = contentType;
    const decoder = new RecordDecoder();
    const isJson = response.headers['content-type'] === JSON_TYPE;
    response.on('error', () => undefined);
    response.on('data', (chunk: Buffer) => {
      for (const record of decoder.push(chunk)) {
        this.events.push(isJson ? readJson(EVENT, record) : decodeBinary(EVENT, record));
      }
    });
  }

  static async subscribe(contentType: string, accept: string, frameworkId?: string): Promise<Scheduler> {
    const id = frameworkId === undefined ? {} : { id: { value: frameworkId } };
    const call: Call = {
      type: 'SUBSCRIBE',
      ...(frameworkId === undefined ? {} : { framework_id: { value: frameworkId } }),
      subscribe: { framework_info: { ...FRAMEWORK, ...id } },
    };
    const response = await post(contentType, accept, call);
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toBe(accept);
    const scheduler = new Scheduler(response, contentType);
    await eventually('SUBSCRIBED', () => scheduler.events[0]?.type === 'SUBSCRIBED');
    return scheduler;
  }

  get id(): string {
    return this.events[0]?.subscribed?.framework_id.value ?? '';
  }

  get statuses(): TaskStatus[] {
    return this.events.flatMap((event) => event.update?.status ?? []);
  }

  async call(call: Call): Promise<number> {
    const streamId = String(this.#response.headers['mesos-stream-id']);
    const response = await post(this.#contentType, '*/*', { framework_id: { value: this.id }, ...call }, streamId);
    response.resume();
    return response.statusCode ?? 0;
  }

  /** Launches a task on the newest offer. */
  async launch(taskId: string): Promise<void> {
    const offer = await eventually(
      'an offer',
      () => this.events.findLast((event) => event.type === 'OFFERS')?.offers?.offers?.[0],
    );
    const task = {
      name: taskId,
      task_id: { value: taskId },
      agent_id: offer.agent_id,
      resources: [
        { name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 } },
        { name: 'mem', type: 'SCALAR', scalar: { value: 32 } },
      ],
      command: { value: 'sleep 1000' },
    } as const;
    const operations = [{ type: 'LAUNCH', launch: { task_infos: [task] } }] as const;
    expect(await this.call({ type: 'ACCEPT', accept: { offer_ids: [offer.id], operations } })).toBe(202);
  }

  async acknowledgeAll(): Promise<void> {
    for (const { uuid, agent_id, task_id } of this.statuses) {
      if (uuid === undefined || agent_id === undefined) continue;
      await this.call({ type: 'ACKNOWLEDGE', acknowledge: { uuid, agent_id, task_id } });
    }
  }

  close(): void {
    this.#response.destroy();
  }
}

function post(contentType: string, accept: string, call: Call, streamId?: string): Promise<IncomingMessage> {
  const body = contentType === JSON_TYPE ? writeJson(CALL, call) : encodeBinary(CALL, call);
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port: cluster.master.options.port,
      method: 'POST',
      path: '/api/v1/scheduler',
      agent: new Agent(),
      headers: {
        'Content-Type': contentType,
        Accept: accept,
        'Content-Length': Buffer.byteLength(body),
        ...(streamId === undefined ? {} : { 'Mesos-Stream-Id': streamId }),
      },
    });
    outgoing.on('error', reject);
    outgoing.on('response', resolve);
    outgoing.end(body);
  });
}

test.each([
  [JSON_TYPE, JSON_TYPE],
  [JSON_TYPE, PROTOBUF_TYPE],
  [PROTOBUF_TYPE, JSON_TYPE],
  [PROTOBUF_TYPE, PROTOBUF_TYPE],
])('calls in %s, events in %s: a task is launched, runs and is killed', async (contentType, accept) => {
  const scheduler = await Scheduler.subscribe(contentType, accept);
  await scheduler.launch('t');
  await eventually('it runs', async () => {
    await scheduler.acknowledgeAll();
    return scheduler.statuses.some((status) => status.state === 'TASK_RUNNING');
  });
  expect(await scheduler.call({ type: 'KILL', kill: { task_id: { value: 't' } } })).toBe(202);
  await eventually('it is killed', async () => {
    await scheduler.acknowledgeAll();
    return scheduler.statuses.some((status) => status.state === 'TASK_KILLED');
  });
  scheduler.close();
});

test('each record of a stream is one chunk of its own', async () => {
  const body = JSON.stringify({ type: 'SUBSCRIBE', subscribe: { framework_info: FRAMEWORK } });
  const socket = connect(cluster.master.options.port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  socket.write(
    `POST /api/v1/scheduler HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  await eventually('three records', () => text.includes('"OFFERS"') && text.endsWith('\r\n'));
  socket.destroy();
  let rest = text.slice(text.indexOf('\r\n\r\n') + 4);
  let records = 0;
  while (rest !== '') {
    const [, size = '0'] = /^([0-9a-f]+)\r\n/.exec(rest) ?? [];
    const start = rest.indexOf('\r\n') + 2;
    const chunk = rest.slice(start, start + Number.parseInt(size, 16));
    const [, length = '', json = ''] = /^(\d+)\n(.*)$/s.exec(chunk) ?? [];
    expect(Buffer.byteLength(json, 'latin1')).toBe(Number(length));
    expect(() => JSON.parse(json)).not.toThrow();
    records++;
    rest = rest.slice(start + chunk.length + 2);
  }
  expect(records).toBeGreaterThanOrEqual(3);
});

describe('a master that is killed and started again', () => {
  test('knows its agents and ids, and its frameworks and tasks as soon as they are back', async () => {
    const first = await Scheduler.subscribe(JSON_TYPE, JSON_TYPE);
    await first.launch('survivor');
    await eventually('it runs', async () => {
      await first.acknowledgeAll();
      return first.statuses.some((status) => status.state === 'TASK_RUNNING');
    });
    const agentId = first.statuses[0]?.agent_id;
    await cluster.master.end('SIGKILL');
    await cluster.master.start();
    const second = await Scheduler.subscribe(JSON_TYPE, JSON_TYPE, first.id);
    expect(second.id).toBe(first.id);
    const tasks = [{ task_id: { value: 'survivor' }, ...(agentId === undefined ? {} : { agent_id: agentId }) }];
    await eventually('the agent is back and the task is known', async () => {
      await second.call({ type: 'RECONCILE', reconcile: { tasks } });
      return second.statuses.length > 0;
    });
    expect(new Set(second.statuses.map((status) => status.state))).toEqual(new Set(['TASK_RUNNING']));
    second.close();
  });
});

test('a scheduler that does not read is cut off, and the master lives', async () => {
  await cluster.close();
  cluster = await startCluster({ masterArgs: ['--max_stream_buffer_bytes=200KB', '--allocation_interval=20ms'] });
  const body = JSON.stringify({
    type: 'SUBSCRIBE',
    subscribe: { framework_info: { ...FRAMEWORK, failover_timeout: 0 } },
  });
  const socket = connect(cluster.master.options.port, '127.0.0.1');
  let head = '';
  socket.on('data', (chunk) => {
    head += chunk.toString('latin1');
    if (head.includes('"OFFERS"')) socket.pause();
  });
  socket.on('error', () => undefined);
  socket.write(
    `POST /api/v1/scheduler HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  await eventually('subscribed', () => socket.isPaused());
  const streamId = /Mesos-Stream-Id: (\S+)/.exec(head)?.[1] ?? '';
  const frameworkId = /"framework_id":\{"value":"([^"]+)"/.exec(head)?.[1] ?? '';
  const tasks = Array.from({ length: 2_000 }, (_, index) => ({ task_id: { value: `${index}-${'x'.repeat(200)}` } }));
  await eventually('it is cut off', async () => {
    const answer = await post(
      JSON_TYPE,
      '*/*',
      { type: 'RECONCILE', framework_id: { value: frameworkId }, reconcile: { tasks } },
      streamId,
    );
    answer.resume();
    return answer.statusCode === 400 || answer.statusCode === 403;
  });
  socket.destroy();
  const scheduler = await Scheduler.subscribe(JSON_TYPE, JSON_TYPE);
  await scheduler.launch('t');
  scheduler.close();
});

test('a second master on the same work directory is refused and leaves the first one alone', async () => {
  const second = await masterProcess(cluster.folder);
  second.spawn();
  const refusal = `is used by the running master with pid ${cluster.master.pid}`;
  await eventually('the second master refuses to start', () => second.output.includes(refusal));
  // Its own writes still go through: an agent is admitted durably.
  const scheduler = await Scheduler.subscribe(JSON_TYPE, JSON_TYPE);
  const agent = await agentProcess(cluster.folder, 'late', `127.0.0.1:${cluster.master.options.port}`);
  try {
    await agent.start();
    await eventually('both agents are offered', () => {
      const offers = scheduler.events.flatMap((event) => event.offers?.offers ?? []);
      return new Set(offers.map((offer) => offer.agent_id.value)).size === 2;
    });
  } finally {
    await agent.end();
    scheduler.close();
  }
});
