import { describe, expect, it } from 'vitest';
import { type Answer, ApiHarness } from './testing/api-harness.ts';

const APP = { id: '/web', cmd: 'sleep 1000', cpus: 0.1, mem: 32, instances: 2 };

async function withApp(app: object = APP): Promise<ApiHarness> {
  const harness = new ApiHarness();
  expect((await harness.ask('POST', '/v2/apps', app)).status).toBe(201);
  harness.converge();
  return harness;
}

describe('/v2/tasks', () => {
  it('lists tasks with their service ports, also by state', async () => {
    const harness = await withApp();
    const { tasks } = (await harness.ask('GET', '/v2/tasks')).json;
    expect(tasks).toHaveLength(2);
    expect(tasks[0].servicePorts).toEqual([10_000]);
    expect(Object.keys(tasks[0]).sort()).toEqual(
      `appId healthCheckResults host id ipAddresses localVolumes ports role servicePorts slaveId stagedAt startedAt state
      version`.split(/\s+/),
    );
    expect((await harness.ask('GET', '/v2/tasks?status=staging')).json.tasks).toEqual([]);
    expect((await harness.ask('GET', '/v2/tasks?status[]=Running&status[]=odd')).json.tasks).toHaveLength(2);
    expect((await harness.ask('GET', '/v2/apps/web/tasks')).json.tasks[0].servicePorts).toEqual([]);
    expect((await harness.ask('GET', '/v2/apps/*/tasks')).json.tasks).toHaveLength(2);
  });

  it('has the text form that HAProxy bridges read', async () => {
    const harness = await withApp({ ...APP, id: '/a/web', instances: 1 });
    const { headers, text } = await harness.ask('GET', '/v2/tasks', undefined, { accept: 'text/plain' });
    expect(headers['content-type']).toMatch(/^text\/plain/);
    expect(text).toMatch(/^a_web\t10000\tone\.example:31\d{3}\t\n$|^a_web\t10000\ttwo\.example:31\d{3}\t\n$/);
  });

  it('kills given tasks and lets them be replaced under the same instance', async () => {
    const harness = await withApp();
    const [first] = (await harness.ask('GET', '/v2/tasks')).json.tasks;
    const killed = await harness.ask('POST', '/v2/tasks/delete', { ids: [first.id, 'web.instance-0._app.1'] });
    expect(killed.json.tasks.map(({ id }: { id: string }) => id)).toEqual([first.id]);
    harness.converge();
    const ids = (await harness.ask('GET', '/v2/tasks')).json.tasks.map(({ id }: { id: string }) => id);
    expect(ids).toHaveLength(2);
    expect(ids).toContain(first.id.replace(/\.1$/, '.2'));
    expect((await harness.ask('GET', '/v2/apps/web')).json.app.instances).toBe(2);
  });

  it('takes killed tasks off the count with scale, and forgets the instance with wipe', async () => {
    const harness = await withApp();
    const [first, second] = (await harness.ask('GET', '/v2/tasks')).json.tasks;
    const scaled = await harness.ask('POST', '/v2/tasks/delete?scale=True', { ids: [first.id] });
    expect(scaled.json.deploymentId).toBe(scaled.headers['marathon-deployment-id']);
    harness.converge();
    expect((await harness.ask('GET', '/v2/apps/web')).json.app).toMatchObject({
      instances: 1,
      tasks: [{ id: second.id }],
    });
    await harness.ask('DELETE', `/v2/apps/web/tasks/${second.id}?wipe=true`);
    harness.converge();
    const [replaced] = (await harness.ask('GET', '/v2/tasks')).json.tasks;
    expect(replaced.id).toMatch(/\._app\.1$/);
    expect(replaced.id).not.toBe(second.id);
  });

  it('kills by host', async () => {
    const harness = await withApp({ ...APP, constraints: [['hostname', 'UNIQUE']] });
    expect((await harness.ask('DELETE', '/v2/apps/web/tasks?host=nowhere.example')).json).toEqual({ tasks: [] });
    const { tasks } = (await harness.ask('DELETE', '/v2/apps/web/tasks?host=one.example')).json;
    expect(tasks.map(({ host }: { host: string }) => host)).toEqual(['one.example']);
    expect((await harness.ask('DELETE', '/v2/apps/web/tasks?host=*')).json.tasks).toHaveLength(2);
  });

  it('refuses what makes no sense', async () => {
    const harness = await withApp();
    const both = await harness.ask('DELETE', '/v2/apps/web/tasks?scale=true&wipe=true');
    expect([both.status, both.json.message]).toEqual([400, 'You cannot use scale and wipe at the same time.']);
    const paths = (answer: Answer): string[] => answer.json.details.map(({ path }: { path: string }) => path);
    const nonsense = await harness.ask('POST', '/v2/tasks/delete', { ids: ['nonsense', 'a.b', ''] });
    expect([nonsense.status, paths(nonsense)]).toEqual([400, ['/ids(0)', '/ids(2)']]);
    const mistyped = await harness.ask('POST', '/v2/tasks/delete', { ids: [1, 'a.b', 'nonsense'] });
    expect([mistyped.status, paths(mistyped)]).toEqual([422, ['/ids(0)', '/ids(2)']]);
    const unknown = await harness.ask('DELETE', '/v2/apps/web/tasks/web.instance-x._app.1');
    expect([unknown.status, unknown.json.message]).toEqual([404, "Task 'web.instance-x._app.1' does not exist"]);
    expect((await harness.ask('DELETE', '/v2/apps/nothing/tasks')).status).toBe(404);
    expect((await harness.ask('GET', '/v2/apps/nothing/tasks')).status).toBe(404);
  });
});

describe('/v2/queue', () => {
  it('tells which reasons turned offers away, and shows the offers when asked', async () => {
    const harness = await withApp({ ...APP, id: '/large', cpus: 1000, instances: 3 });
    const [item] = (await harness.ask('GET', '/v2/queue?embed=lastUnusedOffers')).json.queue;
    expect(Object.keys(item).sort()).toEqual([
      'app',
      'count',
      'delay',
      'lastUnusedOffers',
      'processedOffersSummary',
      'since',
    ]);
    expect(item).toMatchObject({ count: 3, delay: { timeLeftSeconds: 0, overdue: true }, app: { id: '/large' } });
    const steps = item.processedOffersSummary.rejectSummaryLastOffers;
    expect(steps).toHaveLength(10);
    expect(steps[0]).toEqual({ reason: 'UnfulfilledRole', declined: 0, processed: 2 });
    expect(steps[4]).toEqual({ reason: 'InsufficientCpus', declined: 2, processed: 2 });
    expect(steps[5]).toEqual({ reason: 'InsufficientMemory', declined: 0, processed: 0 });
    expect(item.lastUnusedOffers[0]).toMatchObject({
      reason: ['InsufficientCpus'],
      offer: { hostname: 'one.example', resources: [{ name: 'cpus', role: '*', scalar: 8 }, {}, { name: 'ports' }] },
    });
    expect((await harness.ask('GET', '/v2/queue')).json.queue[0].lastUnusedOffers).toBeUndefined();
  });

  it('shows the delay after failures and forgets it on demand', async () => {
    const harness = await withApp({ ...APP, instances: 1, backoffSeconds: 60 });
    const [task] = harness.core.tasksIn('TASK_RUNNING');
    harness.core.update(task?.info.task_id.value ?? '', 'TASK_FAILED', { message: 'exit status 3' });
    expect((await harness.ask('GET', '/v2/queue')).json.queue[0].delay).toEqual({
      timeLeftSeconds: 60,
      overdue: false,
    });
    const { lastTaskFailure } = (await harness.ask('GET', '/v2/apps/web')).json.app;
    expect(lastTaskFailure).toMatchObject({
      appId: '/web',
      state: 'TASK_FAILED',
      message: 'exit status 3',
      slaveId: 'agent-1',
    });
    expect((await harness.ask('DELETE', '/v2/queue//web/delay')).status).toBe(204);
    expect((await harness.ask('GET', '/v2/queue')).json.queue[0].delay.overdue).toBe(true);
    const absent = await harness.ask('DELETE', '/v2/queue/none/delay');
    expect([absent.status, absent.json.message]).toEqual([404, 'Application /none not found in tasks queue.']);
  });
});

describe('/v2/deployments', () => {
  it('shows the running ones, and goes back on DELETE', async () => {
    const harness = await withApp();
    await harness.ask('PUT', '/v2/apps/web', { cpus: 1000 });
    harness.converge();
    const [deployment] = (await harness.ask('GET', '/v2/deployments')).json;
    expect(deployment).toEqual({
      id: expect.any(String),
      version: expect.any(String),
      affectedApps: ['/web'],
      affectedPods: [],
      steps: [{ actions: [{ action: 'RestartApplication', app: '/web' }] }],
      currentActions: [{ action: 'RestartApplication', app: '/web', readinessCheckResults: [] }],
      currentStep: 1,
      totalSteps: 1,
    });
    const reverted = await harness.ask('DELETE', `/v2/deployments/${deployment.id}`);
    expect(reverted.status).toBe(200);
    expect(reverted.json.deploymentId).not.toBe(deployment.id);
    harness.converge();
    expect((await harness.ask('GET', '/v2/apps/web')).json.app).toMatchObject({
      cpus: 0.1,
      tasksRunning: 2,
      deployments: [],
    });
  });

  it('only stops with force, and knows what it does not know', async () => {
    const harness = await withApp();
    await harness.ask('PUT', '/v2/apps/web', { cpus: 1000 });
    const [{ id }] = (await harness.ask('GET', '/v2/deployments')).json;
    const stopped = await harness.ask('DELETE', `/v2/deployments/${id}?force=true`);
    expect([stopped.status, stopped.text]).toEqual([202, '']);
    expect((await harness.ask('GET', '/v2/apps/web')).json.app.cpus).toBe(1000);
    const absent = await harness.ask('DELETE', `/v2/deployments/${id}`);
    expect([absent.status, absent.json.message]).toEqual([404, `DeploymentPlan ${id} does not exist`]);
  });

  it('refuses more than may run', async () => {
    const harness = new ApiHarness({ config: { maxRunningDeployments: 1 } });
    await harness.ask('POST', '/v2/apps', APP);
    const { status, json } = await harness.ask('POST', '/v2/apps', { ...APP, id: '/b' });
    expect([status, json.message]).toEqual([403, expect.stringMatching(/^Max number \(1\) of running deployments/)]);
  });
});

describe('the rest', () => {
  it('answers who and what it is', async () => {
    const harness = new ApiHarness();
    const info = (await harness.ask('GET', '/v2/info')).json;
    expect(info).toMatchObject({ name: 'marathon', version: '1.11.24', elected: true, frameworkId: 'framework-1' });
    expect(info.marathon_config.features).toEqual(['task_killing', 'vips']);
    expect((await harness.ask('GET', '/v2/leader')).json).toEqual({ leader: 'marathon.example:8080' });
    expect((await harness.ask('GET', '/v2/plugins')).json).toEqual({ plugins: [] });
    const ping = await harness.ask('GET', '/ping');
    expect([ping.headers['content-type'], ping.text]).toEqual([expect.stringMatching(/^text\/plain/), 'pong']);
    expect((await harness.ask('GET', '/ping', undefined, { accept: 'application/json' })).json).toBe('pong');
  });

  it('gives up leadership when told', async () => {
    const harness = new ApiHarness();
    expect((await harness.ask('DELETE', '/v2/leader?backup=file:///x')).status).toBe(422);
    expect(harness.hasAbdicated).toBe(false);
    expect((await harness.ask('DELETE', '/v2/leader')).json).toEqual({ message: 'Leadership abdicated' });
    expect(harness.hasAbdicated).toBe(true);
  });

  it('counts what it runs, as JSON and for Prometheus', async () => {
    const harness = await withApp();
    const metrics = (await harness.ask('GET', '/metrics')).json;
    expect(metrics.gauges['marathon.apps.active.gauge']).toEqual({ value: 1 });
    expect(metrics.gauges['marathon.instances.running.gauge']).toEqual({ value: 2 });
    expect(metrics.counters['marathon.tasks.launched.counter']).toEqual({ count: 2 });
    const { text } = await harness.ask('GET', '/metrics/prometheus');
    expect(text).toContain('# TYPE marathon_apps_active_gauge gauge\nmarathon_apps_active_gauge 1\n');
  });

  it('says its leader and forbids caches on every answer', async () => {
    const harness = new ApiHarness();
    for (const [method, url] of [
      ['GET', '/v2/apps'],
      ['GET', '/nowhere'],
      ['POST', '/v2/apps'],
      ['GET', '/ui/'],
    ] as const)
      expect((await harness.ask(method, url)).headers, url).toMatchObject({
        'x-marathon-leader': 'http://marathon.example:8080',
        'cache-control': 'no-cache, no-store, must-revalidate',
        pragma: 'no-cache',
        expires: '0',
      });
  });

  it('refuses what it does not know, in JSON', async () => {
    const harness = new ApiHarness();
    expect(await harness.ask('GET', '/v2/eventSubscriptions')).toMatchObject({
      status: 404,
      json: { message: 'URI not found' },
    });
    expect(await harness.ask('DELETE', '/v2/apps')).toMatchObject({
      status: 405,
      headers: { allow: 'GET, POST, PUT, PATCH' },
    });
    expect((await harness.ask('POST', '/v2/info')).status).toBe(405);
    expect(await harness.ask('GET', '/v2/pods')).toMatchObject({
      status: 422,
      json: { message: 'pods: not supported yet' },
    });
    expect((await harness.ask('GET', '/v2/apps/a%ff')).status).toBe(400);
    const foreign = await harness.ask('POST', '/v2/apps', APP, { origin: 'http://evil.example' });
    expect([foreign.status, foreign.json.message]).toEqual([403, expect.stringContaining('evil.example')]);
    const form = await harness.ask('POST', '/v2/apps', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' });
    expect(form.status).toBe(415);
  });

  it('serves its page', async () => {
    const harness = new ApiHarness();
    for (const path of ['/', '/ui'])
      expect(await harness.ask('GET', path)).toMatchObject({ status: 302, headers: { location: '/ui/' } });
    expect((await harness.ask('GET', '/ui/')).text).toContain('<title>Marathon</title>');
    expect((await harness.ask('GET', '/ui/page.js')).headers['content-type']).toMatch(/javascript/);
    expect((await harness.ask('GET', '/ui/../main.ts')).status).toBe(404);
  });
});
