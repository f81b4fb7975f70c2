import { createServer, get, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { busEvent } from '../core/bus-events.ts';
import { DEFAULT_EVENT_STREAM, type EventStreamOptions, EventStreams } from './event-stream.ts';
import { ApiHarness } from './testing/api-harness.ts';

const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A client of the stream: what it got so far, and waiting for more. */
class Reader {
  text = '';
  isClosed = false;
  readonly response: IncomingMessage;
  readonly #waiting: (() => void)[] = [];

  constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      this.text += chunk;
      this.#wake();
    });
    response.on('close', () => {
      this.isClosed = true;
      this.#wake();
    });
    response.on('error', () => undefined);
  }

  static async open(port: number, path = '/v2/events', accept = 'text/event-stream'): Promise<Reader> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = get({ host: '127.0.0.1', port, path, headers: { accept } }, resolve);
      request.on('error', reject);
    });
    const reader = new Reader(response);
    closers.push(() => void response.destroy());
    return reader;
  }

  async until(isEnough: () => boolean): Promise<void> {
    while (!isEnough()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  get events(): { type: string; data: { eventType: string } }[] {
    return this.text
      .split('\r\n\r\n')
      .slice(0, -1)
      .filter((frame) => frame.startsWith('event: '))
      .map((frame) => {
        const [first = '', second = ''] = frame.split('\r\n');
        return { type: first.slice('event: '.length), data: JSON.parse(second.slice('data: '.length)) };
      });
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

async function api(): Promise<{ harness: ApiHarness; port: number }> {
  const harness = new ApiHarness();
  await harness.api.server.listen({ host: '127.0.0.1', port: 0 });
  closers.push(() => harness.api.close());
  const address = harness.api.server.server.address();
  return { harness, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

/** The streams alone, on a server of their own, with bounds of the test's choice. */
async function streams(options: Partial<EventStreamOptions>): Promise<{ hub: EventStreams; port: number }> {
  const hub = new EventStreams({ ...DEFAULT_EVENT_STREAM, wallMs: () => 0, ...options });
  const server = createServer((_request, response) => hub.attach(response, '127.0.0.1', [], {}));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    hub.close();
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { hub, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

describe('GET /v2/events', () => {
  it('begins with the attachment and tells an app from its POST to its running', async () => {
    const { harness, port } = await api();
    const reader = await Reader.open(port);
    expect(reader.response.headers['content-type']).toMatch(/^text\/event-stream/);
    expect(reader.response.headers['x-marathon-leader']).toBe('http://marathon.example:8080');
    await reader.until(() => reader.events.length === 1);
    expect(reader.events[0]).toEqual({
      type: 'event_stream_attached',
      data: { eventType: 'event_stream_attached', remoteAddress: '127.0.0.1', timestamp: expect.any(String) },
    });
    await harness.ask('POST', '/v2/apps', { id: '/web', cmd: 'sleep 1', cpus: 0.1 });
    harness.converge();
    await reader.until(() => reader.events.some(({ type }) => type === 'deployment_success'));
    const types = reader.events.map(({ type }) => type);
    expect(types.slice(1, 4)).toEqual(['api_post_event', 'group_change_success', 'deployment_info']);
    expect(reader.events.every(({ type, data }) => data.eventType === type)).toBe(true);
    const running = reader.events.find(({ data }) => (data as { taskStatus?: string }).taskStatus === 'TASK_RUNNING');
    expect(running?.data).toMatchObject({
      eventType: 'status_update_event',
      appId: '/web',
      slaveId: expect.any(String),
    });
  });

  it('sends only the types that are asked for', async () => {
    const { harness, port } = await api();
    const reader = await Reader.open(
      port,
      '/v2/events?plan-format=light&event_type=deployment_success&event_type=app_terminated_event',
    );
    await harness.ask('POST', '/v2/apps', { id: '/web', cmd: 'sleep 1', cpus: 0.1 });
    harness.converge();
    await harness.ask('DELETE', '/v2/apps/web');
    harness.converge();
    await reader.until(() => reader.events.length >= 3);
    const types = reader.events.map(({ type }) => type);
    expect(new Set(types)).toEqual(new Set(['deployment_success', 'app_terminated_event']));
  });

  it('refuses clients that cannot read a stream', async () => {
    const { port } = await api();
    const reader = await Reader.open(port, '/v2/events', 'application/json');
    expect(reader.response.statusCode).toBe(405);
  });
});

describe('EventStreams', () => {
  it('keeps quiet streams alive', async () => {
    const { port } = await streams({ heartbeatMs: 1 });
    const reader = await Reader.open(port);
    await reader.until(() => /\r\n\r\n(\r\n){3}/.test(reader.text));
  });

  it('closes a stream whose reader does not read, and no other', async () => {
    const { hub, port } = await streams({ outstandingMax: 10 });
    const good = await Reader.open(port);
    const slow = await Reader.open(port);
    await good.until(() => good.events.length === 2);
    slow.response.pause();
    let sent = 0;
    while (hub.size === 2) {
      hub.publish(busEvent.frameworkMessage(0, 'x', 'y', 'z'.repeat(100_000)));
      sent++;
      await good.until(() => good.events.filter(({ type }) => type === 'framework_message_event').length === sent);
    }
    expect(sent).toBeLessThan(1000);
    await good.until(() => good.events.at(-1)?.type === 'event_stream_detached');
    slow.response.resume();
    await slow.until(() => slow.isClosed);
    expect(hub.size).toBe(1);
  });

  it('has room for a bounded number of readers', async () => {
    const { hub, port } = await streams({ clientsMax: 1 });
    expect(hub.hasRoom).toBe(true);
    await Reader.open(port);
    expect(hub.hasRoom).toBe(false);
  });
});
