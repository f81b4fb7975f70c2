import { describe, expect, it } from 'vitest';
import { ApiHarness } from './testing/api-harness.ts';

const APP = { id: '/web', cmd: 'sleep 1000', cpus: 0.1, mem: 32, instances: 2 };

/** Keys of an app that marathon-python 0.13.0 takes; it refuses any other. */
const PYTHON_APP_KEYS = new Set(
  `acceptedResourceRoles args backoffFactor backoffSeconds cmd constraints container cpus dependencies deployments disk env executor
  fetch gpus healthChecks id instances ipAddress killSelection labels lastTaskFailure maxLaunchDelaySeconds mem networks
  portDefinitions ports readinessCheckResults readinessChecks requirePorts residency role secrets storeUrls
  taskKillGracePeriodSeconds taskRateLimit tasks tasksHealthy tasksRunning tasksStaged tasksUnhealthy taskStats
  unreachableStrategy upgradeStrategy uris user version versionInfo`.split(/\s+/),
);

async function withApp(app: object = APP): Promise<ApiHarness> {
  const harness = new ApiHarness();
  const created = await harness.ask('POST', '/v2/apps', app);
  expect(created.status, created.text).toBe(201);
  harness.converge();
  return harness;
}

describe('POST /v2/apps', () => {
  it('answers 201 with the normalised definition, the deployment and its header', async () => {
    const harness = new ApiHarness();
    const { status, headers, json } = await harness.ask('POST', '/v2/apps', { id: 'web', cmd: 'sleep 1' });
    expect(status).toBe(201);
    expect(headers['location']).toBe('/web');
    expect(headers['marathon-deployment-id']).toBe(json.deployments[0].id);
    expect(json).toMatchObject({
      id: '/web',
      instances: 1,
      cpus: 1,
      mem: 128,
      disk: 0,
      backoffSeconds: 1,
      backoffFactor: 1.15,
      maxLaunchDelaySeconds: 300,
      upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
      unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
      networks: [{ mode: 'host' }],
      portDefinitions: [{ port: 0, name: 'default', protocol: 'tcp' }],
      tasksStaged: 0,
      tasksRunning: 0,
    });
    expect(json.tasks).toBeUndefined();
    expect(json.version).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('refuses an id that is taken, and leaves the app alone', async () => {
    const harness = await withApp();
    const { status, json } = await harness.ask('POST', '/v2/apps', { ...APP, cmd: 'other' });
    expect(status).toBe(409);
    expect(json).toEqual({ message: 'An app with id [/web] already exists.' });
    expect((await harness.ask('GET', '/v2/apps/web')).json.app.cmd).toBe('sleep 1000');
  });

  it('names all violations with their paths', async () => {
    const harness = new ApiHarness();
    const { status, json } = await harness.ask('POST', '/v2/apps', {
      id: '/Web',
      cmd: 'a',
      args: ['b'],
      constraints: [['hostname', 'NEAR']],
      healthChecks: [{ portIndex: 3 }],
    });
    expect(status).toBe(422);
    expect(json.message).toBe('Object is not valid');
    expect(json.details).toEqual([
      { path: '/id', errors: [expect.stringContaining('must fully match regular expression')] },
      { path: '/', errors: [expect.stringMatching(/'cmd' or 'args'/)] },
      { path: '/healthChecks(0)', errors: [expect.stringMatching(/^Health check port indices/)] },
      { path: '/constraints(0)', errors: [expect.stringMatching(/^operator must be one of/)] },
    ]);
  });

  it('takes back what GET answered, and refuses unknown fields with the nearest name', async () => {
    const harness = await withApp();
    const { json } = await harness.ask('GET', '/v2/apps/web?embed=app.taskStats');
    const { version: _, ...rest } = json.app;
    const again = await harness.ask('POST', '/v2/apps', { ...rest, id: '/web2' });
    expect(again.status, again.text).toBe(201);
    const wrong = await harness.ask('POST', '/v2/apps', { ...APP, id: '/web3', instaces: 2 });
    expect(wrong.status).toBe(422);
    expect(wrong.json.details).toEqual([{ path: '/instaces', errors: ["unknown field. Did you mean 'instances'?"] }]);
  });

  it('refuses by name what is not supported yet', async () => {
    const harness = new ApiHarness();
    const unsupported: Record<string, unknown> = {
      '/container/docker': { container: { type: 'MESOS', docker: { image: 'nginx' } } },
      '/container/volumes': { container: { type: 'MESOS', volumes: [{ hostPath: '/x' }] } },
      '/container/type': { container: { type: 'DOCKER' } },
      '/secrets': { secrets: { a: { source: 'b' } } },
      '/gpus': { gpus: 1 },
      '/networks(0)/mode': { networks: [{ mode: 'container/bridge' }] },
      '/residency': { residency: {} },
      '/fetch(0)/cache': { fetch: [{ uri: 'http://x/y', cache: true }] },
      '/env/KEY': { env: { KEY: { secret: 'a' } } },
      '/tty': { tty: true },
      '/ipAddress': { ipAddress: {} },
      '/resourceLimits': { resourceLimits: { mem: 'unlimited' } },
      '/role': { role: 'other' },
      '/executor': { executor: '/opt/executor' },
    };
    for (const [path, fields] of Object.entries(unsupported)) {
      const { status, json, text } = await harness.ask('POST', '/v2/apps', { ...APP, ...(fields as object) });
      expect(status, path).toBe(422);
      expect(json.details, text).toEqual([{ path, errors: [expect.stringMatching(/not supported yet/)] }]);
    }
  });

  it('takes a Mesos container without image as a plain task', async () => {
    const harness = await withApp({ ...APP, container: { type: 'MESOS', volumes: [] } });
    expect((await harness.ask('GET', '/v2/apps/web')).json.app.container).toEqual({ type: 'MESOS', volumes: [] });
    expect(harness.core.tasksIn('TASK_RUNNING')).toHaveLength(2);
  });

  it('says where a body is not JSON', async () => {
    const harness = new ApiHarness();
    const { status, json } = await harness.ask(
      'POST',
      '/v2/apps',
      '{"id": "spark-pi",\n "cmd": "spark-submit\n --class Pi"}',
    );
    expect(status).toBe(400);
    expect(json.message).toBe('Invalid JSON');
    expect(json.details).toMatch(/^line 2, column 22: newline inside a string/);
  });

  it('tells the event stream in the order that clients rely on', async () => {
    const harness = await withApp();
    const types = harness.core.eventTypes().filter((type) => !type.startsWith('scheduler'));
    expect(types.slice(0, 3)).toEqual(['api_post_event', 'group_change_success', 'deployment_info']);
    expect(types.at(-1)).toBe('deployment_success');
    const [posted] = harness.core.events.filter((event) => event.eventType === 'api_post_event');
    expect(posted).toMatchObject({
      clientIp: '127.0.0.1',
      uri: '/v2/apps',
      appDefinition: { id: '/web', instances: 2 },
    });
  });

  it('refuses ids whose task ids would be too long, and definitions over 512 KiB', async () => {
    const harness = new ApiHarness();
    const long = await harness.ask('POST', '/v2/apps', { ...APP, id: `/${'a'.repeat(200)}` });
    expect(long.status).toBe(422);
    expect(long.json.details[0].errors[0]).toMatch(/at most 193 characters/);
    expect((await harness.ask('POST', '/v2/apps', { ...APP, id: `/${'a'.repeat(193)}` })).status).toBe(201);
    const large = await harness.ask('POST', '/v2/apps', { ...APP, cmd: 'x'.repeat(600_000) });
    expect(large.status).toBe(422);
    expect(large.text.length).toBeLessThan(1000);
  });
});

describe('GET /v2/apps', () => {
  it('answers only keys that strict clients take', async () => {
    const harness = await withApp({
      ...APP,
      healthChecks: [{ protocol: 'HTTP' }],
      constraints: [['hostname', 'UNIQUE']],
      fetch: [{ uri: 'http://example/a.tgz' }],
      env: { A: 'b' },
      user: 'nobody',
      taskKillGracePeriodSeconds: 3,
      acceptedResourceRoles: ['*'],
    });
    const embeds = ['tasks', 'counts', 'deployments', 'readiness', 'lastTaskFailure', 'failures', 'taskStats'];
    const { json } = await harness.ask('GET', `/v2/apps?${embeds.map((embed) => `embed=apps.${embed}`).join('&')}`);
    expect(Object.keys(json.apps[0]).filter((key) => !PYTHON_APP_KEYS.has(key))).toEqual([]);
    expect(json.apps[0]).toMatchObject({
      tasksRunning: 2,
      tasksHealthy: 0,
      taskStats: { totalSummary: { stats: {} } },
    });
  });

  it('embeds tasks only when asked, counts and deployments always', async () => {
    const harness = await withApp();
    const plain = (await harness.ask('GET', '/v2/apps')).json.apps[0];
    expect(plain).toMatchObject({ tasksRunning: 2, deployments: [] });
    expect(plain.tasks).toBeUndefined();
    const withTasks = (await harness.ask('GET', '/v2/apps/?embed=apps.tasks')).json.apps[0];
    expect(withTasks.tasks).toHaveLength(2);
    expect(withTasks.tasks[0]).toMatchObject({
      appId: '/web',
      state: 'TASK_RUNNING',
      ports: [expect.any(Number)],
      role: '*',
    });
  });

  it('filters by command, id and labels', async () => {
    const harness = await withApp({ ...APP, labels: { tier: 'front', env: 'prod' } });
    await harness.ask('POST', '/v2/apps', { ...APP, id: '/db', cmd: 'Postgres -D', labels: { tier: 'back' } });
    const ids = async (query: string): Promise<string[]> =>
      (await harness.ask('GET', `/v2/apps?${query}`)).json.apps.map((app: { id: string }) => app.id);
    expect(await ids('cmd=postgres')).toEqual(['/db']);
    expect(await ids('id=WEB')).toEqual(['/web']);
    expect(await ids('label=tier')).toEqual(['/web', '/db']);
    expect(await ids(`label=${encodeURIComponent('tier in (front, x), env==prod')}`)).toEqual(['/web']);
    expect(await ids(`label=${encodeURIComponent('env != prod')}`)).toEqual([]);
    const wrong = await harness.ask('GET', '/v2/apps?label=tier%20%3D%3D');
    expect(wrong.status).toBe(422);
    expect(wrong.json.message).toMatch(/^Can not parse label selector tier ==/);
  });

  it('finds an app however its id is written', async () => {
    const harness = await withApp({ ...APP, id: '/a/b' });
    for (const path of ['/a/b', '//a/b', '//a//b/', '/%2Fa%2Fb', 'a/b'.padStart(4, '/')])
      expect((await harness.ask('GET', `/v2/apps${path}`)).json.app.id, path).toBe('/a/b');
    expect((await harness.ask('GET', '/v2/apps/a/*')).json['*']).toHaveLength(1);
    expect((await harness.ask('GET', '/v2/apps/c')).json).toEqual({ message: "App '/c' does not exist" });
  });
});

describe('changing an app', () => {
  it('creates by PUT with 201, and merges the fields of a second PUT', async () => {
    const harness = new ApiHarness();
    const created = await harness.ask('PUT', '/v2/apps/web', { cmd: 'sleep 1', env: { A: '1' } });
    expect([created.status, created.headers['location']]).toEqual([201, '/web']);
    harness.converge();
    const changed = await harness.ask('PUT', '/v2/apps/web', { instances: 3 });
    expect(changed.status).toBe(200);
    expect(Object.keys(changed.json).sort()).toEqual(['deploymentId', 'version']);
    expect((await harness.ask('GET', '/v2/apps/web')).json.app).toMatchObject({
      cmd: 'sleep 1',
      env: { A: '1' },
      instances: 3,
    });
  });

  it('replaces the whole definition with partialUpdate=false', async () => {
    const harness = await withApp({ ...APP, env: { A: '1' } });
    await harness.ask('PUT', '/v2/apps/web?partialUpdate=False', { cmd: 'sleep 2' });
    const { app } = (await harness.ask('GET', '/v2/apps/web')).json;
    expect(app).toMatchObject({ cmd: 'sleep 2', instances: 1, cpus: 1 });
    expect(app.env).toBeUndefined();
  });

  it('keeps running tasks and version when the same definition comes again', async () => {
    const harness = await withApp();
    const before = (await harness.ask('GET', '/v2/apps/web')).json.app;
    const again = await harness.ask('PUT', '/v2/apps/web?partialUpdate=false', APP);
    expect(again.status).toBe(200);
    harness.converge();
    const after = (await harness.ask('GET', '/v2/apps/web')).json.app;
    expect(after.version).toBe(before.version);
    expect(after.portDefinitions).toEqual(before.portDefinitions);
    expect(after.tasks.map((task: { id: string }) => task.id)).toEqual(
      before.tasks.map((task: { id: string }) => task.id),
    );
    expect(harness.core.state.deployments.size).toBe(0);
  });

  it('answers 404 to PATCH of what is not there', async () => {
    const harness = new ApiHarness();
    expect((await harness.ask('PATCH', '/v2/apps/web', { instances: 1 })).status).toBe(404);
    expect((await harness.ask('PATCH', '/v2/apps', [{ id: '/web', instances: 1 }])).status).toBe(404);
  });

  it('changes many apps in one deployment, or none', async () => {
    const harness = await withApp();
    const both = await harness.ask('PUT', '/v2/apps', [
      { id: '/web', instances: 1 },
      { id: 'db', cmd: 'sleep 5' },
    ]);
    expect(both.status).toBe(200);
    expect(harness.core.state.deployments.size).toBe(1);
    harness.converge();
    const wrong = await harness.ask('PUT', '/v2/apps', [
      { id: '/web', instances: 5 },
      { id: '/db', instances: -1 },
    ]);
    expect(wrong.status).toBe(422);
    expect(wrong.json.details[0].path).toBe('(1)/instances');
    expect((await harness.ask('GET', '/v2/apps/web')).json.app.instances).toBe(1);
  });

  it('takes thousands at once, and comes back with them', async () => {
    const harness = new ApiHarness();
    const startMs = performance.now();
    for (const idOf of [(index: number) => `/many/a${index}`, (index: number) => `/m${index}/a`]) {
      const apps = Array.from({ length: 5_000 }, (_, index) => ({ ...APP, id: idOf(index), instances: 0, ports: [] }));
      expect((await harness.ask('PUT', '/v2/apps', apps)).status).toBe(200);
    }
    harness.core.crash();
    expect(performance.now() - startMs).toBeLessThan(10_000);
    expect((await harness.ask('GET', '/v2/groups/m4999/apps')).json).toHaveLength(1);
  });

  it('answers 409 with the deployments that hold the app, unless forced', async () => {
    const harness = new ApiHarness();
    const created = await harness.ask('POST', '/v2/apps', APP);
    const locked = await harness.ask('PUT', '/v2/apps/web', { instances: 3 });
    expect(locked.status).toBe(409);
    expect(locked.json.deployments).toEqual([{ id: created.json.deployments[0].id }]);
    expect(locked.json.message).toMatch(
      /^App is locked by one or more deployments\. Override with the option '\?force=true'/,
    );
    expect(harness.core.eventTypes()).toContain('group_change_failed');
    expect((await harness.ask('PUT', '/v2/apps/web?force=True', { instances: 3 })).status).toBe(200);
  });

  it('rolls back to an older version', async () => {
    const harness = await withApp();
    const first = (await harness.ask('GET', '/v2/apps/web')).json.app.version;
    await harness.ask('PUT', '/v2/apps/web', { cmd: 'sleep 2' });
    harness.converge();
    const { versions } = (await harness.ask('GET', '/v2/apps/web/versions')).json;
    expect(versions).toHaveLength(2);
    expect(versions[1]).toBe(first);
    expect((await harness.ask('GET', `/v2/apps/web/versions/${first}`)).json).toMatchObject({
      cmd: 'sleep 1000',
      version: first,
    });
    const mixed = await harness.ask('PUT', '/v2/apps/web', { version: first, cmd: 'x' });
    expect(mixed.json.details[0].errors).toEqual(["The 'version' field may only be combined with the 'id' field."]);
    expect((await harness.ask('PUT', '/v2/apps/web', { version: first })).status).toBe(200);
    harness.converge();
    expect((await harness.ask('GET', '/v2/apps/web')).json.app.cmd).toBe('sleep 1000');
    expect((await harness.ask('PUT', '/v2/apps/web', { version: '2001-01-01T00:00:00.000Z' })).status).toBe(404);
  });

  it('restarts all instances under a new version', async () => {
    const harness = await withApp();
    const before = (await harness.ask('GET', '/v2/apps/web')).json.app;
    expect((await harness.ask('POST', '/v2/apps/web/restart')).status).toBe(200);
    harness.converge();
    const after = (await harness.ask('GET', '/v2/apps/web')).json.app;
    expect(after.version > before.version).toBe(true);
    expect(after.tasks).toHaveLength(2);
    const old = new Set(before.tasks.map((task: { id: string }) => task.id));
    expect(after.tasks.some((task: { id: string }) => old.has(task.id))).toBe(false);
    expect((await harness.ask('POST', '/v2/apps/nothing/restart')).status).toBe(404);
  });

  it('deletes the app with its tasks', async () => {
    const harness = await withApp();
    expect((await harness.ask('DELETE', '/v2/apps/web')).status).toBe(200);
    harness.converge();
    expect((await harness.ask('GET', '/v2/apps')).json).toEqual({ apps: [] });
    expect(harness.core.tasksIn('TASK_RUNNING')).toEqual([]);
    expect((await harness.ask('DELETE', '/v2/apps/web')).status).toBe(404);
  });
});

describe('service ports', () => {
  it('assigns free ones, keeps them over changes, and gives each app its own', async () => {
    const harness = await withApp({ ...APP, ports: [0, 0] });
    await harness.ask('POST', '/v2/apps', { ...APP, id: '/db' });
    const ports = async (id: string): Promise<number[]> =>
      (await harness.ask('GET', `/v2/apps/${id}`)).json.app.portDefinitions.map(({ port }: { port: number }) => port);
    expect(await ports('web')).toEqual([10_000, 10_001]);
    expect(await ports('db')).toEqual([10_002]);
    harness.converge();
    await harness.ask('PUT', '/v2/apps/web', { cmd: 'other', portDefinitions: [{ port: 0 }, { port: 0 }] });
    expect(await ports('web')).toEqual([10_000, 10_001]);
  });

  it('says when the range is used up', async () => {
    const harness = new ApiHarness({ config: { localPortMin: 10_000, localPortMax: 10_001 } });
    const { status, json } = await harness.ask('POST', '/v2/apps', { ...APP, ports: [0, 0, 0] });
    expect([status, json.message]).toEqual([422, expect.stringContaining('[10000-10001]')]);
  });
});
