import { describe, expect, it } from 'vitest';
import { ApiHarness } from './testing/api-harness.ts';

const SMALL = { cmd: 'sleep 1000', cpus: 0.1, mem: 32 };

const SHOP = {
  id: '/shop',
  apps: [{ id: 'web', ...SMALL, dependencies: ['../shop/store/db'] }],
  groups: [{ id: 'store', dependencies: [], apps: [{ id: 'db', ...SMALL, instances: 2 }] }],
};

async function withShop(): Promise<ApiHarness> {
  const harness = new ApiHarness();
  const { status, text } = await harness.ask('POST', '/v2/groups', SHOP);
  expect(status, text).toBe(201);
  harness.converge();
  return harness;
}

const appIds = async (harness: ApiHarness): Promise<string[]> =>
  (await harness.ask('GET', '/v2/apps')).json.apps.map(({ id }: { id: string }) => id).sort();

describe('POST /v2/groups', () => {
  it('creates nested groups with relative ids and dependencies, dependencies first', async () => {
    const harness = new ApiHarness();
    const { status, headers, json } = await harness.ask('POST', '/v2/groups', SHOP);
    expect([status, headers['location']]).toEqual([201, '/shop']);
    expect(json).toEqual({ version: expect.any(String), deploymentId: headers['marathon-deployment-id'] });
    const [deployment] = (await harness.ask('GET', '/v2/deployments')).json;
    expect(
      deployment.steps.map(({ actions }: { actions: { app: string }[] }) => actions.map(({ app }) => app)),
    ).toEqual([expect.arrayContaining(['/shop/web', '/shop/store/db']), ['/shop/store/db'], ['/shop/web']]);
    harness.converge();
    const group = (await harness.ask('GET', '/v2/groups/shop')).json;
    expect(Object.keys(group).sort()).toEqual(['apps', 'dependencies', 'groups', 'id', 'pods', 'version']);
    expect(group.apps[0]).toMatchObject({ id: '/shop/web', dependencies: ['/shop/store/db'] });
    expect(group.groups[0]).toMatchObject({ id: '/shop/store', apps: [{ id: '/shop/store/db', instances: 2 }] });
  });

  it('refuses ids that are taken, by a group or an app', async () => {
    const harness = await withShop();
    expect((await harness.ask('POST', '/v2/groups', { id: '/shop' })).json).toEqual({
      message: 'Group /shop is already created. Use PUT to change this group.',
    });
    const taken = await harness.ask('POST', '/v2/groups/shop', { id: 'web' });
    expect([taken.status, taken.json.message]).toEqual([409, 'An app with the path /shop/web already exists.']);
    const app = await harness.ask('POST', '/v2/apps', { id: '/shop', ...SMALL });
    expect([app.status, app.json.details[0].errors[0]]).toEqual([422, expect.stringContaining('same identifier')]);
  });

  it('names every violation with its path', async () => {
    const harness = new ApiHarness();
    const { status, json } = await harness.ask('POST', '/v2/groups', {
      id: '/g',
      apps: [
        { id: '/other/app', ...SMALL },
        { id: 'x', cmd: 'a', args: ['b'] },
      ],
      groups: [{ id: 'Bad' }, { apps: [] }],
    });
    expect(status).toBe(422);
    const details = new Map(
      json.details.map(({ path, errors }: { path: string; errors: string[] }) => [path, errors[0]]),
    );
    expect(details.get('/apps(0)/id')).toBe("Identifier is not child of '/g'");
    expect(details.get('/apps(1)')).toMatch(/cmd/);
    expect(details.get('/groups(0)/id')).toMatch(/regular expression/);
    expect(details.get('/groups(1)/id')).toBe('error.path.missing');
    expect(await appIds(harness)).toEqual([]);
  });

  it('refuses circles of dependencies, also through groups', async () => {
    const harness = new ApiHarness();
    const { status, json } = await harness.ask('POST', '/v2/groups', {
      id: '/g',
      groups: [
        { id: 'a', dependencies: ['/g/b'], apps: [{ id: 'x', ...SMALL }] },
        { id: 'b', apps: [{ id: 'y', ...SMALL, dependencies: ['/g/a/x'] }] },
      ],
    });
    expect(status).toBe(422);
    expect(json.details[0].errors[0]).toMatch(/^Dependency graph has cyclic dependencies/);
  });
});

describe('PUT /v2/groups', () => {
  it('keeps what is not listed, replaces lists that are', async () => {
    const harness = await withShop();
    await harness.ask('PUT', '/v2/groups/shop', { apps: [{ id: 'api', ...SMALL }] });
    harness.converge();
    expect(await appIds(harness)).toEqual(['/shop/api', '/shop/store/db']);
    await harness.ask('PUT', '/v2/groups/shop', { groups: [] });
    harness.converge();
    expect(await appIds(harness)).toEqual(['/shop/api']);
  });

  it('creates with 200 what is not there', async () => {
    const harness = new ApiHarness();
    const { status } = await harness.ask('PUT', '/v2/groups/new/inner', { apps: [{ id: 'app', ...SMALL }] });
    expect(status).toBe(200);
    expect((await harness.ask('GET', '/v2/groups/new/inner')).status).toBe(200);
    expect(await appIds(harness)).toEqual(['/new/inner/app']);
  });

  it('leaves unchanged apps alone', async () => {
    const harness = await withShop();
    const tasks = harness.core.tasksIn('TASK_RUNNING').map(({ info }) => info.task_id.value);
    const { status } = await harness.ask('PUT', '/v2/groups/shop', SHOP);
    expect(status).toBe(200);
    harness.converge();
    expect(harness.core.tasksIn('TASK_RUNNING').map(({ info }) => info.task_id.value)).toEqual(tasks);
  });

  it('only answers the steps of a dry run', async () => {
    const harness = await withShop();
    const { status, json } = await harness.ask('PUT', '/v2/groups/shop?dryRun=true', { apps: [] });
    expect([status, json]).toEqual([200, { steps: [{ actions: [{ action: 'StopApplication', app: '/shop/web' }] }] }]);
    expect(harness.core.state.deployments.size).toBe(0);
    expect(await appIds(harness)).toEqual(['/shop/store/db', '/shop/web']);
  });

  it('scales all apps below, rounding up', async () => {
    const harness = await withShop();
    await harness.ask('PUT', '/v2/groups/shop', { scaleBy: 1.5 });
    harness.converge();
    const { apps } = (await harness.ask('GET', '/v2/apps')).json;
    expect(
      Object.fromEntries(apps.map(({ id, instances }: { id: string; instances: number }) => [id, instances])),
    ).toEqual({
      '/shop/web': 2,
      '/shop/store/db': 3,
    });
    expect((await harness.ask('PUT', '/v2/groups/shop', { scaleBy: 2, apps: [] })).status).toBe(422);
    expect((await harness.ask('PUT', '/v2/groups/shop', { scaleBy: 1e9 })).status).toBe(422);
  });

  it('rolls a subtree back to a version', async () => {
    const harness = await withShop();
    const versions = (await harness.ask('GET', '/v2/groups/shop/versions')).json;
    await harness.ask('PUT', '/v2/groups/shop', { apps: [], groups: [] });
    harness.converge();
    expect(await appIds(harness)).toEqual([]);
    expect((await harness.ask('PUT', '/v2/groups/shop', { version: versions[0] })).status).toBe(200);
    harness.converge();
    expect(await appIds(harness)).toEqual(['/shop/store/db', '/shop/web']);
    const unknown = await harness.ask('PUT', '/v2/groups/shop', { version: '2001-01-01T00:00:00.000Z' });
    expect([unknown.status, unknown.json.message]).toEqual([422, expect.stringContaining('not available in version')]);
  });
});

describe('a crash', () => {
  it('gives back the tree as all changes of groups left it', async () => {
    const harness = await withShop();
    const [first] = (await harness.ask('GET', '/v2/groups/versions')).json;
    const shown = async (): Promise<unknown> => (await harness.ask('GET', '/v2/groups')).json;
    for (const [method, url, body] of [
      ['PUT', '/v2/groups/shop', { dependencies: ['/db'], groups: [{ id: 'new', groups: [{ id: 'er' }] }] }],
      [
        'PUT',
        '/v2/groups',
        { groups: [{ id: 'other', apps: [{ id: 'x', ...SMALL }] }], apps: [{ id: 'y', ...SMALL }] },
      ],
      ['PUT', '/v2/groups', { version: first }],
      ['DELETE', '/v2/groups/shop/store', undefined],
    ] as const) {
      harness.core.wallMs += 1000;
      expect((await harness.ask(method, `${url}?force=true`, body)).status).toBe(200);
      harness.converge();
      const before = await shown();
      harness.core.crash();
      expect(await shown()).toEqual(before);
    }
  });
});

describe('other methods', () => {
  it('deletes a subtree, and everything', async () => {
    const harness = await withShop();
    await harness.ask('DELETE', '/v2/groups/shop/store');
    harness.converge();
    expect(await appIds(harness)).toEqual(['/shop/web']);
    expect((await harness.ask('DELETE', '/v2/groups/shop/store')).json).toEqual({
      message: "Group '/shop/store' does not exist",
    });
    expect((await harness.ask('DELETE', '/v2/groups')).status).toBe(200);
    harness.converge();
    expect((await harness.ask('GET', '/v2/groups')).json).toMatchObject({ id: '/', apps: [], groups: [] });
  });

  it('shows only what is asked for', async () => {
    const harness = await withShop();
    const groups = (await harness.ask('GET', '/v2/groups?embed=group.groups')).json;
    expect(groups.groups[0].id).toBe('/shop');
    expect(groups.groups[0].apps).toEqual([]);
    const counts = (await harness.ask('GET', '/v2/groups/shop?embed=group.apps&embed=group.apps.counts')).json;
    expect(counts.apps[0].tasksRunning).toBe(1);
    expect((await harness.ask('GET', '/v2/groups/shop/apps')).json.map(({ id }: { id: string }) => id)).toEqual([
      '/shop/web',
      '/shop/store/db',
    ]);
  });

  it('takes enforceRole only as it is, and on top-level groups', async () => {
    const harness = await withShop();
    expect((await harness.ask('PATCH', '/v2/groups/shop', { enforceRole: false })).status).toBe(200);
    const enforced = await harness.ask('PATCH', '/v2/groups/shop', { enforceRole: true });
    expect([enforced.status, enforced.json.details[0].path]).toEqual([422, '/enforceRole']);
    const inner = await harness.ask('PATCH', '/v2/groups/shop/store', { enforceRole: false });
    expect([inner.status, inner.json.details[0].errors]).toEqual([422, ['Path needs to be top-level']]);
    expect((await harness.ask('PATCH', '/v2/groups/none', {})).status).toBe(404);
  });
});
