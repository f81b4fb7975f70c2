import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../support/cluster.ts';
import type { DaemonProcess } from '../support/daemon-process.ts';
import { eventually } from '../support/eventually.ts';
import { openSilent, sendRaw } from '../support/raw-http.ts';

/**
 * Whatever comes in: a 4xx in the surface's shape, and every daemon lives on with what it had.
 */
let cluster: Cluster;
const pids = new Map<string, number>();
let daemons: readonly (readonly [string, DaemonProcess])[];

const APP = { id: '/kept', cmd: 'sleep 1000', cpus: 0.1, mem: 32, instances: 1 };
const JOB = { name: 'kept', command: 'true', schedule: 'R/2099-01-01T00:00:00Z/P1D', owner: 'a@example.com' };

const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

beforeAll(async () => {
  cluster = await startCluster({ marathon: true, chronos: true });
  daemons = [
    ['master', cluster.master],
    ['agent', cluster.agents[0] as DaemonProcess],
    ['marathon', cluster.marathon],
    ['chronos', cluster.chronos],
  ];
  for (const [name, daemon] of daemons) pids.set(name, daemon.pid);
  expect((await post(`${cluster.marathon.url}/v2/apps`, APP)).status).toBe(201);
  expect((await post(`${cluster.chronos.url}/v1/scheduler/iso8601`, JOB)).status).toBeLessThan(300);
  await eventually('the app runs', async () => (await app()).tasksRunning === 1);
});

afterAll(() => cluster?.close());

async function app(): Promise<{ tasksRunning: number; version: string }> {
  const answer = await fetch(`${cluster.marathon.url}/v2/apps//kept`);
  return ((await answer.json()) as { app: { tasksRunning: number; version: string } }).app;
}

async function expectAllAlive(): Promise<void> {
  for (const [name, daemon] of daemons) {
    expect(daemon.pid, name).toBe(pids.get(name));
    expect((await fetch(daemon.url + daemon.options.healthPath)).status, name).toBe(200);
  }
  expect((await app()).tasksRunning).toBe(1);
  const jobs = (await (await fetch(`${cluster.chronos.url}/v1/scheduler/jobs`)).json()) as { name: string }[];
  expect(jobs.map(({ name }) => name)).toEqual(['kept']);
}

/** Every path that takes a body, by daemon. */
const WRITES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  master: [
    ['POST', '/api/v1/scheduler'],
    ['POST', '/api/v1'],
    ['POST', '/api/meseta/v1/agent'],
    ['POST', '/master/teardown'],
  ],
  agent: [
    ['POST', '/api/v1/executor'],
    ['POST', '/slave(1)/api/v1/executor'],
    ['POST', '/api/v1'],
  ],
  marathon: [
    ['POST', '/v2/apps'],
    ['PUT', '/v2/apps'],
    ['PATCH', '/v2/apps'],
    ['PUT', '/v2/apps//other'],
    ['PATCH', '/v2/apps//other'],
    ['POST', '/v2/groups'],
    ['PUT', '/v2/groups//g'],
    ['POST', '/v2/tasks/delete'],
  ],
  chronos: [
    ['POST', '/scheduler/iso8601'],
    ['POST', '/v1/scheduler/iso8601'],
    ['POST', '/scheduler/dependency'],
    ['POST', '/v1/scheduler/dependency'],
  ],
};

/** Largest body of the paths that take more than 10 MiB: an agent's registration tells of all its tasks. */
const BODY_MIB_MAX: Readonly<Record<string, number>> = { '/api/meseta/v1/agent': 64 };

const weird = fc.oneof(
  fc.constantFrom<unknown>(
    -1,
    1e308,
    -0.5,
    Number.MIN_VALUE,
    null,
    '',
    '/',
    '..',
    '\u0000',
    'a/b',
    '\n',
    true,
    [],
    {},
    [[]],
    '💥',
  ),
  fc.jsonValue({ maxDepth: 4 }),
);
const keys = [
  'id',
  'cmd',
  'args',
  'cpus',
  'mem',
  'disk',
  'instances',
  'ports',
  'portDefinitions',
  'constraints',
  'healthChecks',
  'upgradeStrategy',
  'labels',
  'env',
  'container',
  'groups',
  'apps',
  'dependencies',
  'ids',
  'name',
  'command',
  'schedule',
  'scheduleTimeZone',
  'epsilon',
  'parents',
  'retries',
  'arguments',
  'environmentVariables',
  'type',
  'subscribe',
  'framework_id',
  'accept',
  'kill',
  'calls',
  'executor_id',
  'update',
  'acknowledge',
];
const body = fc.oneof(
  fc.json({ maxDepth: 6 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.dictionary(fc.constantFrom(...keys), weird, { maxKeys: 12 }).map((value) => JSON.stringify(value)),
  fc
    .array(fc.dictionary(fc.constantFrom(...keys), weird, { maxKeys: 6 }), { maxLength: 3 })
    .map((value) => JSON.stringify(value)),
);

describe.each(Object.entries(WRITES))('%s', (name, writes) => {
  const url = () => daemons.find(([daemon]) => daemon === name)?.[1].url ?? '';
  const port = () => daemons.find(([daemon]) => daemon === name)?.[1].options.port ?? 0;

  test('answers garbage with a 4xx and lives', async () => {
    const types = fc.constantFrom(
      'application/json',
      'application/x-protobuf',
      'application/x-www-form-urlencoded',
      'text/plain',
      '',
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...writes), body, types, async ([method, path], text, type) => {
        const headers = type === '' ? [] : [`Content-Type: ${type}`];
        const bytes = Buffer.from(text);
        const head = [
          `${method} ${path} HTTP/1.1`,
          'Host: localhost',
          'Connection: close',
          'Accept: application/json',
          ...headers,
          `Content-Length: ${bytes.length}`,
        ];
        const answer = await sendRaw(port(), Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), bytes]));
        expect(answer.status, `${method} ${path} ${text}: ${answer.text}`).toBeGreaterThanOrEqual(200);
        expect(answer.status, `${method} ${path} ${text}: ${answer.text}`).not.toBe(500);
      }),
      { numRuns: 150 },
    );
    // Garbage may by chance be a valid definition: what it created is taken back, what was there must still be there.
    if (name === 'marathon') await removeStrangers();
    if (name === 'chronos') await removeStrangeJobs();
    await expectAllAlive();
  });

  test('refuses what is too large or too deep', async () => {
    for (const [method, path] of writes) {
      const large = await fetch(url() + path, {
        method,
        headers: { 'content-type': 'application/json' },
        body: `{"id": "${'x'.repeat(((BODY_MIB_MAX[path] ?? 10) + 1) * 2 ** 20)}"}`,
      }).then(
        (answer) => answer.status,
        () => 413,
      );
      expect(large, `${method} ${path}`).toBe(413);
      const deep = await fetch(url() + path, {
        method,
        headers: { 'content-type': 'application/json' },
        body: '[{"a":'.repeat(50_000),
      });
      expect(deep.status, `${method} ${path}`).toBeGreaterThanOrEqual(400);
      expect(deep.status, `${method} ${path}`).toBeLessThan(500);
    }
    await expectAllAlive();
  });

  test('survives broken and silent connections', async () => {
    const broken = [
      '\r\n\r\n',
      'GET\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      '\u0016\u0003\u0001\u0002\u0000',
      `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n\r\n`,
    ];
    for (const bytes of broken) await sendRaw(port(), bytes);
    const silent = [
      ...openSilent(port(), 100),
      ...openSilent(
        port(),
        100,
        `${writes[0]?.join(' ')} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
      ),
    ];
    await expectAllAlive();
    for (const socket of silent) socket.destroy();
  });

  test('refuses writes of a foreign page', async () => {
    for (const [method, path] of writes) {
      const send = (headers: Record<string, string>) => {
        const head = Object.entries({ Host: 'localhost', ...headers }).map(([key, value]) => `${key}: ${value}`);
        return sendRaw(
          port(),
          [`${method} ${path} HTTP/1.1`, ...head, 'Connection: close', 'Content-Length: 2', '', '{}'].join('\r\n'),
        );
      };
      expect((await send({ 'Content-Type': 'application/json', Origin: 'http://evil.example' })).status, path).toBe(
        403,
      );
      expect((await send({ 'Content-Type': 'application/json', Host: 'evil.example' })).status, path).toBe(403);
      expect((await send({ 'Content-Type': 'text/plain' })).status, path).toBe(415);
    }
  });
});

async function removeStrangers(): Promise<void> {
  const { apps } = (await (await fetch(`${cluster.marathon.url}/v2/apps`)).json()) as { apps: { id: string }[] };
  for (const { id } of apps.filter((one) => one.id !== '/kept')) {
    await fetch(`${cluster.marathon.url}/v2/apps/${id}?force=true`, { method: 'DELETE' });
  }
}

async function removeStrangeJobs(): Promise<void> {
  const jobs = (await (await fetch(`${cluster.chronos.url}/v1/scheduler/jobs`)).json()) as { name: string }[];
  for (const { name } of jobs.filter((one) => one.name !== 'kept')) {
    await fetch(`${cluster.chronos.url}/v1/scheduler/job/${encodeURIComponent(name)}`, { method: 'DELETE' });
  }
}
