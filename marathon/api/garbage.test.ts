import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiHarness } from './testing/api-harness.ts';

/** An app with every field that is taken, to be damaged. */
const FULL = {
  id: '/web',
  cmd: 'sleep 1',
  user: 'nobody',
  env: { A: 'b' },
  instances: 2,
  cpus: 0.1,
  mem: 32,
  disk: 1,
  gpus: 0,
  executor: '',
  constraints: [['hostname', 'LIKE', '.*']],
  acceptedResourceRoles: ['*'],
  role: '*',
  container: { type: 'MESOS', volumes: [] },
  networks: [{ mode: 'host' }],
  portDefinitions: [{ port: 0, name: 'http', protocol: 'tcp', labels: { a: 'b' } }],
  requirePorts: false,
  healthChecks: [{ protocol: 'HTTP', path: '/', portIndex: 0, intervalSeconds: 1, timeoutSeconds: 1 }],
  check: { exec: { command: { shell: 'true' } }, intervalSeconds: 1 },
  readinessChecks: [{ portName: 'http', intervalSeconds: 5, timeoutSeconds: 1 }],
  fetch: [{ uri: 'http://example/x.tgz', extract: true }],
  dependencies: [],
  upgradeStrategy: { minimumHealthCapacity: 0.5, maximumOverCapacity: 0.5 },
  unreachableStrategy: { inactiveAfterSeconds: 1, expungeAfterSeconds: 2 },
  killSelection: 'YOUNGEST_FIRST',
  backoffSeconds: 1,
  backoffFactor: 2,
  maxLaunchDelaySeconds: 10,
  taskKillGracePeriodSeconds: 3,
  labels: { tier: 'front' },
};

const nasty = fc.oneof(
  fc.constantFrom<unknown>(
    -1,
    1e308,
    -1e308,
    1.5,
    2 ** 53,
    0,
    '',
    ' ',
    '\u0000',
    '../..',
    '/',
    '*',
    [],
    {},
    null,
    true,
    [[]],
    [null],
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.double(),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Replaces the value at some path of a JSON value. */
function damage(value: unknown, at: readonly number[], by: unknown): unknown {
  const [first, ...rest] = at;
  if (first === undefined || typeof value !== 'object' || value === null) return by;
  const keys = Object.keys(value);
  const key = keys[first % Math.max(1, keys.length)];
  if (key === undefined) return by;
  const copy: Record<string, unknown> = Array.isArray(value)
    ? ([...value] as unknown as Record<string, unknown>)
    : { ...(value as Record<string, unknown>) };
  copy[key] = damage(copy[key], rest, by);
  return copy;
}

const path = fc.array(fc.nat(40), { minLength: 1, maxLength: 3 });

/** Answers that say what is wrong, in JSON, or that it was fine; never a fault of the server. */
function expectCivil(answer: { status: number; text: string; json?: unknown }, context: unknown): void {
  expect(answer.status, JSON.stringify(context)).toBeLessThan(500);
  if (answer.status >= 400) expect(answer.json, answer.text).toMatchObject({ message: expect.any(String) });
}

describe('garbage', () => {
  it('in any field of an app gets an answer, and what is accepted can run', async () => {
    const harness = new ApiHarness();
    expect((await harness.ask('POST', '/v2/apps', FULL)).status).toBe(201);
    harness.converge();
    await fc.assert(
      fc.asyncProperty(path, nasty, async (at, by) => {
        const body = damage(FULL, at, by);
        for (const [method, url] of [
          ['PUT', '/v2/apps/web?force=true'],
          ['PUT', '/v2/apps/other?force=true&partialUpdate=false'],
        ] as const) {
          const answer = await harness.ask(method, url, body);
          expectCivil(answer, body);
          if (answer.status >= 400) continue;
          harness.converge();
          const text = (await harness.ask('GET', '/v2/apps?embed=tasks&embed=taskStats&embed=lastTaskFailure')).status;
          expect(text).toBe(200);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('in groups, arrays, task lists and rollbacks gets an answer', async () => {
    const harness = new ApiHarness();
    const group = {
      id: '/g',
      apps: [FULL],
      groups: [{ id: 'inner', dependencies: ['/g/x'], apps: [] }],
      dependencies: [],
    };
    await fc.assert(
      fc.asyncProperty(path, nasty, async (at, by) => {
        for (const [method, url, body] of [
          ['PUT', '/v2/groups?force=true', damage(group, at, by)],
          [
            'PUT',
            '/v2/groups/g?dryRun=true',
            damage({ ...group, id: undefined, apps: [{ ...FULL, id: 'web' }] }, at, by),
          ],
          ['PUT', '/v2/apps?force=true', damage([FULL], at, by)],
          ['POST', '/v2/tasks/delete', damage({ ids: ['a.b'] }, at, by)],
          ['PUT', '/v2/groups/g', { version: by }],
          ['PUT', '/v2/groups/g', { scaleBy: by }],
          ['PATCH', '/v2/groups/g', { enforceRole: by }],
        ] as const)
          expectCivil(await harness.ask(method, url, body), { url, body });
        expect((await harness.ask('GET', '/v2/groups')).status).toBe(200);
      }),
      { numRuns: 100 },
    );
  });

  it('in bytes, URLs and queries gets an answer', async () => {
    const harness = new ApiHarness();
    await harness.ask('POST', '/v2/apps', FULL);
    const segment = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }).map((text) => encodeURIComponent(text.toWellFormed())),
      fc.constantFrom(
        '..',
        '*',
        'versions',
        'tasks',
        'restart',
        'apps',
        '%2e%2e',
        '%00',
        'web',
        '2001-01-01T00:00:00Z',
        'delay',
      ),
    );
    const url = fc
      .tuple(
        fc.constantFrom(
          'apps',
          'groups',
          'tasks',
          'deployments',
          'queue',
          'info',
          'leader',
          'plugins',
          'pods',
          'nothing',
        ),
        fc.array(segment, { maxLength: 4 }),
        fc.constantFrom('', '?', '?force=maybe', '?label=((', '?embed=&embed=x', '?id=%00', '?cmd=['),
      )
      .map(([resource, segments, query]) => `/v2/${[resource, ...segments].join('/')}${query}`);
    const methods = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'HEAD');
    await fc.assert(
      fc.asyncProperty(methods, url, fc.string({ unit: 'binary', maxLength: 60 }), async (method, target, body) => {
        if (method === 'GET' || method === 'HEAD') {
          const answer = await harness.ask(method, target);
          expect(answer.status, target).toBeLessThan(500);
        } else expectCivil(await harness.ask(method, target, body), { target, body });
      }),
      { numRuns: 300 },
    );
  });

  it('nested without end is refused', async () => {
    const harness = new ApiHarness();
    const deep = '{"groups":['.repeat(60_000);
    expect(await harness.ask('PUT', '/v2/groups', deep)).toMatchObject({
      status: 400,
      json: { details: expect.stringContaining('nested deeper') },
    });
    let group: object = { id: 'x' };
    for (let level = 0; level < 45; level++) group = { id: 'x', groups: [group] };
    expect((await harness.ask('PUT', '/v2/groups', { groups: [group] })).status).toBe(200);
  });

  it('of nothing but unknown fields is answered at once, and in short', async () => {
    const harness = new ApiHarness();
    const junk = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`instnace${index}`, index]));
    const startMs = performance.now();
    const answer = await harness.ask('POST', '/v2/apps', { id: '/a', cmd: 'sleep 1', ...junk });
    expect(answer.status).toBe(422);
    expect(answer.json).toMatchObject({ details: { length: 100 } });
    expect(performance.now() - startMs).toBeLessThan(3_000);
  });

  it('in size is refused', async () => {
    const harness = new ApiHarness();
    const large = await harness.ask('PUT', '/v2/apps/web', JSON.stringify({ cmd: 'x'.repeat(11 * 2 ** 20) }));
    expect(large.status).toBe(413);
    expect(large.json.message).toMatch(/too large/i);
  });
});
