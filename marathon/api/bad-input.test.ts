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
      paths: ['(1)/cpus', '(0)/id', '(1)/id'],
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

  it('has each problem told once, in a code and a sentence', async () => {
    const details = async (method: string, url: string, body: unknown) =>
      (await new ApiHarness().ask(method, url, body)).json.details;
    expect(await details('PATCH', '/v2/apps', [{ instances: 2 }])).toEqual([
      { path: '(0)/id', errors: ['error.path.missing', 'must be given'] },
    ]);
    expect(await details('POST', '/v2/groups', { id: '/g', groups: [{}] })).toEqual([
      { path: '/groups(0)/id', errors: ['error.path.missing', 'must be given'] },
    ]);
    expect(await details('POST', '/v2/apps', { id: '/web', cmd: 'x', instances: 1e18 })).toEqual([
      { path: '/instances', errors: ['error.max', 'must be at most 2147483647, not 1000000000000000000'] },
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

  it('says how many more there are', async () => {
    const { json } = await new ApiHarness().ask(
      'PUT',
      '/v2/apps',
      Array.from({ length: 150 }, () => ({ id: 'Bad_Id' })),
    );
    expect(json.details).toHaveLength(100);
    expect(json.details.at(-1)).toEqual({ path: '/', errors: ['51 more paths are not listed'] });
  });
});

describe('bodies whose meaning is wrong', () => {
  const WEB = { id: '/web', cmd: 'x' };

  it('have what hangs together by apps named beside what is wrong in one', async () => {
    const { paths } = await refusal('PUT', '/v2/groups', {
      apps: [
        { id: 'a', cmd: 'x', dependencies: ['b'] },
        { id: 'b', cmd: 'x', dependencies: ['a'], user: 'no body' },
        { id: 'b', cmd: 'x' },
      ],
    });
    expect(paths).toEqual(['/apps(1)/user', '/apps(2)/id', '/']);
  });

  it('have the group judged by what the client wrote', async () => {
    const group = { id: 'g', dependencies: ['z', '/g', 'Bad_Id'], groups: [{ dependencies: ['../x', '..'] }] };
    expect((await refusal('POST', '/v2/groups', group)).paths).toEqual([
      '/dependencies(1)',
      '/dependencies(2)',
      '/groups(0)/id',
    ]);
    const { paths } = await refusal('PUT', '/v2/groups/g', { scaleBy: 2, version: 'x', apps: [{ id: 'A', cmd: 'x' }] });
    expect(paths).toEqual(['/version', '/scaleBy', '/apps(0)/id']);
  });

  it('have a group around an app named that could not be asked for', async () => {
    expect((await refusal('POST', '/v2/apps', { id: '/versions/web', cmd: 'x' })).paths).toEqual(['/id']);
    expect((await refusal('PUT', '/v2/apps', [WEB, { id: '/a/tasks/b', cmd: 'x' }])).paths).toEqual(['(1)/id']);
  });

  it('have an older version that is asked for together with changes judged as a change', async () => {
    const harness = new ApiHarness();
    await harness.ask('POST', '/v2/apps', WEB);
    const mixed = [{ id: '/web', version: '2020-01-01T00:00:00Z', user: 'no body' }];
    expect((await refusal('PUT', '/v2/apps', mixed, harness)).paths).toEqual(['(0)', '(0)/user']);
    const wrong = { version: 'yesterday' };
    expect((await refusal('PUT', '/v2/apps/web', wrong, harness)).paths).toEqual(['/version']);
  });

  it('have apps that are not there named only beside other mistakes', async () => {
    const harness = new ApiHarness();
    await harness.ask('POST', '/v2/apps', WEB);
    const updates = [{ id: '/none' }, { id: '/web', user: 'no body' }];
    const { paths } = await refusal('PATCH', '/v2/apps', updates, harness);
    expect(paths).toEqual(['(0)/id', '(1)/user']);
    expect(await harness.ask('PATCH', '/v2/apps', updates.slice(0, 1))).toMatchObject({
      status: 404,
      json: { message: "App '/none' does not exist" },
    });
    const taken = await refusal('POST', '/v2/apps', { ...WEB, args: ['y'] }, harness);
    expect(taken.paths).toEqual(['/', '/id']);
  });

  it('change no group, so no failed change is told', async () => {
    const harness = new ApiHarness();
    await refusal('PUT', '/v2/apps/web', { cmd: 'x', user: 'no body' }, harness);
    expect(harness.core.eventTypes()).not.toContain('group_change_failed');
    const circle = { apps: [{ id: 'a', cmd: 'x', dependencies: ['a'] }] };
    await refusal('PUT', '/v2/groups', circle, harness);
    expect(harness.core.eventTypes()).toContain('group_change_failed');
  });
});
