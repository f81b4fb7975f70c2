import { connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { createServer, ListenError, listen, type ServerOptions } from './server.ts';

const servers: FastifyInstance[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(options: Partial<ServerOptions> = {}): Promise<number> {
  const server = createServer({
    ip: '127.0.0.1',
    errorBody: (status, message) => ({ type: 'application/json', text: JSON.stringify({ status, message }) }),
    ...options,
  });
  servers.push(server);
  server.post('/echo', (request, reply) => reply.send(request.body));
  server.get('/fails', () => {
    throw new Error('a secret detail');
  });
  return listen(server, '127.0.0.1', 0, '--port');
}

/** Sends bytes and answers all that comes back until the server closes. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('error', () => resolve(answer));
    socket.on('close', () => resolve(answer));
  });
}

describe('the server of a daemon', () => {
  test('answers broken HTTP in the shape of its surface', async () => {
    const port = await serve();
    expect(await raw(port, 'NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1.1 400 [\s\S]*"status":400/);
    expect(await raw(port, `GET / HTTP/1.1\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 431 [\s\S]*"status":431/,
    );
    expect(await raw(port, 'GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')).toMatch(
      /"status":400/,
    );
  });

  test('closes connections that do not finish their request', async () => {
    const port = await serve({ requestTimeoutMs: 100 });
    const half =
      'POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{';
    expect(await raw(port, half)).toMatch(/408/);
    expect(await raw(port, 'POST /echo HTT')).toMatch(/^(HTTP\/1.1 408|$)/);
  });

  test('refuses bodies over its limit', async () => {
    const port = await serve({ bodyLimitBytes: 10 });
    const answer = await fetch(`http://127.0.0.1:${port}/echo`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '"01234567890"',
    });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ status: 413 });
  });

  test('tells nothing of what failed inside', async () => {
    const failures: string[] = [];
    const port = await serve({ onError: (error) => failures.push(error.message) });
    const answer = await fetch(`http://127.0.0.1:${port}/fails`);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('secret');
    expect(failures).toEqual(['a secret detail']);
  });

  test('tells who has its port and which flag changes it', async () => {
    const port = await serve();
    const second = createServer({ ip: '127.0.0.1', errorBody: () => ({ type: 'text/plain', text: '' }) });
    const failure = await listen(second, '127.0.0.1', port, '--http_port').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ListenError);
    expect(String(failure)).toMatch(new RegExp(`port ${port}.*pid ${process.pid} .*--http_port`));
  });
});
