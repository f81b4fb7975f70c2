import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { ProbeStart } from '../core/effects.ts';
import type { ProbeResult } from '../core/events.ts';
import { Prober } from './prober.ts';

const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function spec(port: number, more: Partial<ProbeStart> = {}): ProbeStart {
  return {
    kind: 'probe.start',
    key: 'health/task/0',
    protocol: 'HTTP',
    host: '127.0.0.1',
    port,
    path: '/health',
    intervalMs: 3_600_000,
    eagerForMs: 0,
    eagerIntervalMs: 3_600_000,
    timeoutMs: 5000,
    ignoreHttp1xx: false,
    bodyBytesMax: 0,
    ...more,
  };
}

/** Runs a probe until it brought so many results. */
function results(probe: ProbeStart, count = 1): Promise<ProbeResult[]> {
  return new Promise((resolve) => {
    const found: ProbeResult[] = [];
    const prober = new Prober(4, (result) => {
      found.push(result);
      if (found.length === count) resolve(found);
    });
    closing.push(() => prober.close());
    prober.start(probe);
  });
}

function http(listener: RequestListener): Promise<number> {
  return portOf(createServer(listener));
}

describe('a probe', () => {
  test('is good with a status from 200 to 399, and does not follow', async () => {
    const port = await http((_request, response) => response.writeHead(302, { location: '/other' }).end());
    expect((await results(spec(port)))[0]).toMatchObject({ ok: true, response: { status: 302 } });
  });

  test('is bad with another status, and says which', async () => {
    const port = await http((_request, response) => response.writeHead(503).end());
    expect((await results(spec(port)))[0]).toMatchObject({ ok: false, cause: '503 Service Unavailable' });
  });

  test('takes exactly the statuses that it is told, and the first bytes of the body', async () => {
    const port = await http((request, response) => response.writeHead(request.url === '/ready' ? 204 : 200).end());
    expect((await results(spec(port, { goodStatuses: [200] })))[0]?.ok).toBe(true);
    expect((await results(spec(port, { goodStatuses: [200], path: '/ready' })))[0]?.ok).toBe(false);
    const talker = await http((_request, response) => response.end('abcdef'.repeat(100_000)));
    const [result] = await results(spec(talker, { bodyBytesMax: 4 }));
    expect(result?.response?.body).toBe('abcd');
  });

  test('of a server that never answers ends in time', async () => {
    const port = await http(() => {});
    expect((await results(spec(port, { timeoutMs: 30 })))[0]).toMatchObject({
      ok: false,
      cause: 'no answer within 30 ms',
    });
  });

  test('of a closed port is bad', async () => {
    const server = createTcpServer();
    const port = await portOf(server);
    await new Promise<void>((resolve) => server.close(() => resolve()));
    expect((await results(spec(port)))[0]?.ok).toBe(false);
    expect((await results(spec(port, { protocol: 'TCP' })))[0]?.ok).toBe(false);
  });

  test('by TCP only connects', async () => {
    const port = await portOf(createTcpServer((socket) => socket.destroy()));
    expect((await results(spec(port, { protocol: 'TCP' })))[0]).toEqual({
      kind: 'probe.result',
      key: 'health/task/0',
      ok: true,
    });
  });

  test('of a path that no request can carry is bad', async () => {
    const port = await http((_request, response) => response.end());
    expect((await results(spec(port, { path: '/a b\u0000' })))[0]?.ok).toBe(false);
  });

  test('runs often until it is good, in its eager time', async () => {
    let asked = 0;
    const port = await http((_request, response) => response.writeHead(++asked < 4 ? 503 : 200).end());
    const found = await results(spec(port, { eagerForMs: 60_000, eagerIntervalMs: 20 }), 4);
    expect(found.map((result) => result.ok)).toEqual([false, false, false, true]);
  });
});
