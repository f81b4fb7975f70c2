import { describe, expect, it } from 'vitest';
import { ApiHarness } from './testing/api-harness.ts';

async function refusal(method: string, path: string, body: unknown, harness = new ApiHarness()) {
  const { status, json, text } = await harness.ask(method, path, body as object);
  expect(status, text).toBe(422);
  return { message: json.message, paths: json.details.map((detail: { path: string }) => detail.path) };
}

describe('bodies whose shape and whose meaning are wrong', () => {
  it('has all apps of a list named, by their own index', async () => {
    expect(await refusal('PUT', '/v2/apps', [{ id: 'Bad_Id' }, { cpus: -1 }])).toEqual({
      message: 'Invalid JSON',
      paths: ['(1)/cpus', '(0)/id', '(0)', '(1)/id', '(1)'],
    });
    const { paths } = await refusal('PUT', '/v2/apps', [7, { id: '/a', cmd: 'x', constraints: [['a', 'NEAR']] }]);
    expect(paths).toEqual(['(0)', '(1)/constraints(0)']);
  });

  it('has all fields of an app named, by POST and by PUT', async () => {
    const app = {
      cmd: 'a',
      args: ['b'],
      cpus: 'much',
      instaces: 1,
      constraints: [['hostname', 'NEAR']],
      healthChecks: [{ portIndex: 3 }, { intervalSeconds: 0 }],
      fetch: [{ extract: true }],
    };
    const shape = ['/cpus', '/healthChecks(1)/intervalSeconds', '/fetch(0)/uri', '/instaces'];
    const meaning = ['/', '/healthChecks(0)', '/constraints(0)'];
    expect((await refusal('POST', '/v2/apps', { id: '/Web', ...app })).paths).toEqual([...shape, '/id', ...meaning]);
    expect((await refusal('PUT', '/v2/apps/web', app)).paths).toEqual([...shape, ...meaning]);
  });

  it('has apps and groups inside a group named', async () => {
    const group = {
      id: '/g',
      apps: [
        { id: 'Bad_Id', cmd: 'x' },
        { id: 'a', cmd: 'x', mem: -1, args: ['y'] },
      ],
      groups: [
        { id: 'Worse_Id', dependencies: 5 },
        { id: 'h', apps: [{ id: 'b', cmd: 'x', instances: 1e6 }], scaleBy: -1 },
      ],
    };
    const { paths } = await refusal('POST', '/v2/groups', group);
    expect(paths).toEqual([
      '/apps(1)/mem',
      '/groups(0)/dependencies',
      '/groups(1)/scaleBy',
      '/apps(0)/id',
      '/apps(1)',
      '/groups(0)/id',
      '/groups(1)/apps(0)/instances',
    ]);
  });

  it('blames no field for what its broken neighbour left out', async () => {
    const neighbours: Record<string, object> = {
      '/cmd': { cmd: 5 },
      '/args(0)': { cmd: undefined, args: [5] },
      '/id': { id: 5 },
      '/portDefinitions(1)/port': {
        portDefinitions: [{ port: 1 }, { port: 'x', name: 'http' }],
        ports: [1, 2],
      },
      '/ports': { ports: 'x', healthChecks: [{ portIndex: 1 }], readinessChecks: [{ portName: 'http' }] },
      '/healthChecks(0)/protocol': { healthChecks: [{ protocol: 'SHELL', command: { value: 'true' } }] },
      '/readinessChecks(0)/intervalSeconds': {
        portDefinitions: [{ name: 'http-api' }],
        readinessChecks: [{ intervalSeconds: 'x', timeoutSeconds: 60 }],
      },
      '/unreachableStrategy/expungeAfterSeconds': {
        unreachableStrategy: { inactiveAfterSeconds: 5, expungeAfterSeconds: 'x' },
      },
      '/check/exec/command': { check: { exec: { command: {} } } },
      '/role': { role: 5, acceptedResourceRoles: ['*', 'other'] },
    };
    for (const [path, fields] of Object.entries(neighbours)) {
      const { paths } = await refusal('POST', '/v2/apps', { id: '/web', cmd: 'x', ...fields });
      expect(paths).toEqual([path]);
    }
  });

  it('judges a partial update on top of the app that is there', async () => {
    const harness = new ApiHarness();
    expect((await harness.ask('POST', '/v2/apps', { id: '/web', cmd: 'x' })).status).toBe(201);
    expect((await refusal('PATCH', '/v2/apps/web', { cpus: -1 }, harness)).paths).toEqual(['/cpus']);
    const update = { cpus: -1, args: ['y'] };
    expect((await refusal('PATCH', '/v2/apps/web', update, harness)).paths).toEqual(['/cpus', '/']);
  });

  it('names at most a hundred', async () => {
    const apps = Array.from({ length: 200 }, (_, index) => (index < 20 ? { id: '/a', mem: -1 } : { id: 'Bad_Id' }));
    const { paths } = await refusal('PUT', '/v2/apps', apps);
    expect(paths.length).toBeLessThanOrEqual(100);
    expect(paths).toContain('(19)/mem');
    expect(paths).toContain('(20)/id');
  });
});
