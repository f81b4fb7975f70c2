import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../sdk/base/clock.ts';
import type { CheckInfo, HealthCheck } from '../../../sdk/v1/generated/mesos.ts';
import { openPosixContainerizer, type PosixContainerizer } from '../containerizer/posix-containerizer.ts';
import { readProcess } from '../containerizer/process-table.ts';
import { Checks } from './checks.ts';

let directory: string;
let containerizer: PosixContainerizer;
let checks: Checks;
let server: Server;
let port: number;
let respond: (url: string) => { readonly status: number; readonly location?: string } | undefined;
const news: unknown[] = [];
let arrived = Promise.withResolvers<void>();

beforeEach(async () => {
  news.length = 0;
  directory = mkdtempSync(join(tmpdir(), 'meseta-checks-'));
  mkdirSync(join(directory, 'sandbox'));
  server = createServer((request, response) => {
    const answer = respond(request.url ?? '');
    if (answer === undefined) return;
    response.writeHead(answer.status, answer.location === undefined ? {} : { Location: answer.location }).end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  port = (server.address() as AddressInfo).port;
  containerizer = await openPosixContainerizer({
    runtimeDirectory: join(directory, 'runtime'),
    fetch: async () => {},
    onExit: () => {},
  });
  await containerizer.recover();
  const add = (item: unknown): void => {
    news.push(item);
    arrived.resolve();
  };
  checks = new Checks({
    clock: systemClock,
    run: (command) => containerizer.run(command),
    onHealth: (_id, { healthy, kill }) => add({ healthy, kill }),
    onCheck: (_id, status) => add(status),
  });
});

afterEach(async () => {
  checks.close();
  await containerizer.close();
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Starts the checks and waits for so many news. */
async function newsOf(
  count: number,
  what: { readonly health?: HealthCheck; readonly check?: CheckInfo },
): Promise<unknown[]> {
  const quick = { delay_seconds: 0, interval_seconds: 0.01, timeout_seconds: 0.3 };
  checks.start({
    containerId: 'c1',
    environment: { PATH: '/usr/bin:/bin', WHO: 'task' },
    sandbox: join(directory, 'sandbox'),
    user: undefined,
    healthy: undefined,
    healthCheck: what.health && { grace_period_seconds: 0, ...quick, ...what.health },
    check: what.check && { ...quick, ...what.check },
  });
  while (news.length < count) {
    arrived = Promise.withResolvers<void>();
    await arrived.promise;
  }
  checks.stop('c1');
  return news.slice(0, count);
}

test('HTTP follows redirects and judges the last answer', async () => {
  respond = (url) => (url === '/ok' ? { status: 302, location: '/moved' } : { status: 204 });
  expect(await newsOf(1, { health: { type: 'HTTP', http: { port, path: '/ok' } } })).toEqual([
    { healthy: true, kill: false },
  ]);
});

test('HTTP failures count up to the kill', async () => {
  respond = () => ({ status: 503 });
  const health: HealthCheck = { type: 'HTTP', http: { port, path: '/' }, consecutive_failures: 2 };
  expect(await newsOf(2, { health })).toEqual([
    { healthy: false, kill: false },
    { healthy: false, kill: true },
  ]);
});

test('a server that accepts and says nothing is unhealthy after the timeout', async () => {
  respond = () => undefined;
  const health: HealthCheck = { type: 'HTTP', http: { port } };
  expect(await newsOf(1, { health })).toEqual([{ healthy: false, kill: false }]);
});

test('TCP wants a connection, on the loopback address of the wanted protocol', async () => {
  expect(await newsOf(1, { health: { type: 'TCP', tcp: { port } } })).toEqual([{ healthy: true, kill: false }]);
  news.length = 0;
  const ipv6: HealthCheck = { type: 'TCP', tcp: { port, protocol: 'IPv6' } };
  expect(await newsOf(1, { health: ipv6 })).toEqual([{ healthy: false, kill: false }]);
});

test.each([
  ['TCP', { type: 'TCP', tcp: { port: 99_999_999 } }],
  ['HTTP', { type: 'HTTP', http: { port: 99_999_999 } }],
  ['HTTPS', { type: 'HTTP', http: { port: 65_536, scheme: 'https' } }],
] as const)('%s to a port that does not exist is unhealthy', async (_name, health) => {
  expect(await newsOf(1, { health })).toEqual([{ healthy: false, kill: false }]);
});

test("COMMAND runs in the task's sandbox and environment; its output goes to the task's stderr", async () => {
  writeFileSync(join(directory, 'sandbox', 'marker'), '');
  const value = 'test -e marker && echo "$WHO $EXTRA" && exit 4';
  const command = { value, environment: { variables: [{ name: 'EXTRA', value: 'more' }] } };
  expect(await newsOf(1, { check: { type: 'COMMAND', command: { command } } })).toEqual([
    { type: 'COMMAND', command: { exit_code: 4 } },
  ]);
  expect(readFileSync(join(directory, 'sandbox', 'stderr'), 'utf8')).toContain('task more\n');
});

test('a COMMAND that hangs is ended with all that it started', async () => {
  const command = { value: 'sleep 600 & echo $! >> children; wait' };
  const health: HealthCheck = { type: 'COMMAND', command, timeout_seconds: 0.2 };
  expect(await newsOf(1, { health })).toEqual([{ healthy: false, kill: false }]);
  // The next check may have begun already.
  const child = Number.parseInt(readFileSync(join(directory, 'sandbox', 'children'), 'utf8'), 10);
  expect(readProcess(child)?.zombie ?? true).toBe(true);
});
