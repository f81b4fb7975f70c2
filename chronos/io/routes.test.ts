import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createServer } from '../../sdk/daemon/server.ts';
import { TestChronos } from '../testing/test-chronos.ts';
import { errorBody } from './error-body.ts';
import { addRoutes } from './routes.ts';

const TUTORIAL = {
  name: 'Scheduled Spark Submit Job',
  command: 'spark-submit',
  shell: true,
  async: false,
  cpus: 0.1,
  disk: 256,
  mem: 1024,
  owner: 'owner@example.com',
  description: 'Spark Job executed every 3 minutes',
  schedule: 'R/2016-03-14T12:35:00.000Z/PT3M',
};

let chronos: TestChronos;
let server: FastifyInstance;

beforeEach(() => {
  chronos = new TestChronos();
  server = createServer({ ip: '127.0.0.1', errorBody });
  addRoutes(server, {
    ask: async (request) => chronos.ask(request),
    read: async (view) => view(chronos.state),
    nowMs: () => chronos.wallMs,
    page: '<!doctype html>',
  });
});

afterEach(() => server.close());

async function send(method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, body?: unknown) {
  const payload = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  const headers = payload === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await server.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
  return {
    status: answer.statusCode,
    text: answer.body,
    json: () => JSON.parse(answer.body) as Record<string, unknown>,
  };
}

describe.each(['/scheduler', '/v1/scheduler'])('below %s', (root) => {
  const name = encodeURIComponent(TUTORIAL.name);

  test('a job lives its life', async () => {
    expect(await send('POST', `${root}/iso8601`, TUTORIAL)).toMatchObject({ status: 204, text: '' });
    expect(chronos.master.launches).toHaveLength(1);
    expect((await send('GET', `${root}/jobs/summary`)).json()).toMatchObject({
      jobs: [{ name: TUTORIAL.name, status: 'fresh', state: '1 running' }],
    });
    chronos.endTasks('TASK_FINISHED');
    expect((await send('GET', `${root}/job/${name}`)).json()).toMatchObject({
      successCount: 1,
      command: 'spark-submit',
    });
    expect((await send('PUT', `${root}/job/${name}?arguments=-v%20-x`)).status).toBe(204);
    expect(chronos.master.launches.at(-1)?.command?.value).toBe('spark-submit -v -x');
    expect((await send('DELETE', `${root}/task/kill/${name}`)).status).toBe(204);
    expect(chronos.master.alive).toEqual([]);
    expect((await send('PUT', `${root}/job/success/${name}`)).text).toBe(
      `marked job ${TUTORIAL.name} as successful: true`,
    );
    expect((await send('GET', `${root}/job/${name}/runs`)).json()).toMatchObject({
      runs: [{ state: 'killed' }, { state: 'success' }],
    });
    expect((await send('DELETE', `${root}/job/${name}`)).status).toBe(204);
    expect((await send('GET', `${root}/jobs`)).text).toBe('[]');
  });

  test.each([
    ['GET', 'job/nope'],
    ['PUT', 'job/nope'],
    ['DELETE', 'job/nope'],
    ['GET', 'job/stat/nope'],
    ['GET', 'job/nope/runs'],
    ['DELETE', 'task/kill/nope'],
  ] as const)('%s %s of a job that is not there is a 400', async (method, path) => {
    const answer = await send(method, `${root}/${path}`);
    expect(answer.status).toBe(400);
    expect(answer.json()).toEqual({ status: 'Bad Request', message: "Job 'nope' not found" });
  });

  test('graphs, percentiles and statistics', async () => {
    await send('PUT', `${root}/iso8601`, { ...TUTORIAL, name: 'a' });
    await send('PUT', `${root}/dependency`, { name: 'b', command: 'x', parents: ['a'] });
    chronos.advance(1500);
    chronos.endTasks('TASK_FINISHED');
    expect((await send('GET', `${root}/graph/csv`)).text).toBe(
      'node,a,success,idle\nnode,b,fresh,1 running\nlink,a,b\n',
    );
    expect((await send('GET', `${root}/graph/dot`)).text).toBe(
      'digraph G {\n  1 [ label="a" ];\n  2 [ label="b" ];\n  1 -> 2;\n}\n',
    );
    expect((await send('GET', `${root}/stats/99thPercentile`)).text).toBe(
      '[{"jobNameLabel":"a","time":1.5},{"jobNameLabel":"b","time":0}]',
    );
    expect((await send('GET', `${root}/stats/nope`)).text).toBe('[]');
    expect((await send('GET', `${root}/job/stat/a`)).json()).toMatchObject({
      histogram: { median: 1500, count: 1 },
      taskStatHistory: [
        {
          jobName: 'a',
          slaveId: 'S0',
          startTime: '06/08/26 12:00:00',
          endTime: '06/08/26 12:00:01',
          duration: '1s',
          status: 'Success',
        },
      ],
    });
  });

  test('search by name, command or any of them', async () => {
    for (const [job, command] of [
      ['alpha', 'ls'],
      ['beta', 'echo Alpha'],
      ['gamma', 'true'],
    ] as const) {
      await send('POST', `${root}/iso8601`, { name: job, command, schedule: 'R0//P' });
    }
    const found = async (query: string) =>
      ((await send('GET', `${root}/jobs/search?${query}`)).json() as unknown as { name: string }[]).map(
        (job) => job.name,
      );
    expect(await found('name=ALP')).toEqual(['alpha']);
    expect(await found('command=echo')).toEqual(['beta']);
    expect(await found('any=alpha')).toEqual(['alpha', 'beta']);
    expect(await found('limit=1&offset=1')).toEqual(['beta']);
    expect((await send('GET', `${root}/jobs/search?limit=many`)).status).toBe(400);
  });

  test.each([
    ['GET', 'iso8601', 'OPTIONS, POST, PUT'],
    ['DELETE', 'dependency', 'OPTIONS, POST, PUT'],
    ['POST', 'jobs', 'GET, HEAD, OPTIONS'],
    ['PUT', 'jobs/search', 'GET, HEAD, OPTIONS'],
    ['POST', 'job/a%2Fb', 'DELETE, GET, HEAD, OPTIONS, PUT'],
    ['GET', 'job/success/a', 'OPTIONS, PUT'],
    ['GET', 'task/kill/a', 'DELETE, OPTIONS'],
    ['POST', 'task/all', 'DELETE, OPTIONS, PUT'],
    ['PUT', 'job/a/task/b/progress', 'OPTIONS, POST'],
    ['DELETE', 'graph/dot/', 'GET, HEAD, OPTIONS'],
    ['TRACE', 'leader?x=1', 'GET, HEAD, OPTIONS'],
  ] as const)('%s %s is a 405 that names the allowed methods', async (method, path, allowed) => {
    const answer = await server.inject({ method: method as 'GET', url: `${root}/${path}` });
    expect([answer.statusCode, answer.headers['allow']]).toEqual([405, allowed]);
    expect(answer.json()).toEqual({ status: 'Method Not Allowed', message: expect.stringContaining(allowed) });
    const options = await server.inject({ method: 'OPTIONS', url: `${root}/${path}` });
    expect([options.statusCode, options.headers['allow'], options.body]).toEqual([200, allowed, '']);
  });

  test.each(['GET', 'POST', 'DELETE', 'OPTIONS'] as const)('%s of an unknown path is a 404', async (method) => {
    for (const path of ['', '/nowhere', '/job', '/job/a/b/c', '/jobs/search/more']) {
      const answer = await server.inject({ method, url: root + path });
      expect([path, answer.statusCode, answer.headers['allow']]).toEqual([path, 404, undefined]);
    }
  });

  test('an async report and a progress report of something unknown are 400s', async () => {
    expect((await send('PUT', `${root}/task/ct:1:0:a:`, { statusCode: 0 })).status).toBe(400);
    expect((await send('PUT', `${root}/task/ct:1:0:a:`, {})).json()).toMatchObject({
      message: expect.stringMatching(/^statusCode: must be an integer/),
    });
    expect((await send('POST', `${root}/job/a/task/x/progress`, { numAdditionalElementsProcessed: 3 })).status).toBe(
      400,
    );
    expect((await send('POST', `${root}/job/a/task/x/progress`, { numAdditionalElementsProcessed: -1 })).status).toBe(
      400,
    );
  });
});

test('a job answers in upstream’s keys and order; the old root adds those of 2.x', async () => {
  await send('POST', '/scheduler/iso8601', { ...TUTORIAL, name: 'a' });
  const keys = async (url: string) => Object.keys((await send('GET', url)).json());
  const v1 = await keys('/v1/scheduler/job/a');
  expect(v1.filter((key) => key !== 'async')).toEqual(
    (
      'name command shell executor executorFlags taskInfoData retries owner ownerName description successCount errorCount lastSuccess lastError ' +
      'cpus disk mem disabled softError dataProcessingJobType errorsSinceLastSuccess fetch uris environmentVariables arguments highPriority ' +
      'runAsUser concurrent maxCompletionTime constraints schedule scheduleTimeZone'
    ).split(' '),
  );
  expect(new Set(await keys('/scheduler/job/a'))).toEqual(new Set([...v1, 'epsilon']));
});

test('the schedule shows the next start once the job has run', async () => {
  await send('POST', '/scheduler/iso8601', { ...TUTORIAL, name: 'a', schedule: 'R5/2026-06-08T11:00:00Z/PT90M' });
  expect((await send('GET', '/scheduler/job/a')).json()).toMatchObject({
    schedule: 'R4/2026-06-08T12:30:00.000Z/PT90M',
  });
});

test('a body that is not JSON is told where and why', async () => {
  const raw = await send('POST', '/scheduler/iso8601', '{"name": "x",\n "command": "a\nb"}');
  expect(raw.status).toBe(400);
  expect(raw.json()['message']).toMatch(/line 2, column \d+: newline inside a string/);
  const missing = await send('POST', '/scheduler/iso8601', '{"name": "x",\n "/bin/true", "shell": true}');
  expect(missing.json()['message']).toMatch(/line 2, column 2: a key was expected here/);
  expect((await send('POST', '/scheduler/iso8601')).json()['message']).toMatch(/^the body is empty/);
});

test('every parent that is not there is named, beside what else is wrong', async () => {
  await send('POST', '/scheduler/iso8601', { ...TUTORIAL, name: 'a' });
  const child = { name: 'b', command: 'x', parents: ['a', 'none', 'a', 'neither'] };
  const told = async (body: object) => (await send('POST', '/scheduler/dependency', body)).json()['message'];
  expect(await told(child)).toMatch(/^parents\[1\]: there is no job 'none'.*; parents\[3\]: there is no job 'neither'/);
  expect(await told({ ...child, mem: -1, parents: [5, 'none', 'b'] })).toMatch(
    /^mem: .*; parents\[0\]: .*; parents\[1\]: .*; parents: these jobs would wait for each other: b -> b$/,
  );
  expect((await send('POST', '/scheduler/dependency', { ...child, parents: ['a', 'a'] })).status).toBe(204);
});

test('a definition beyond 512 KiB is a 422', async () => {
  const answer = await send('POST', '/v1/scheduler/iso8601', {
    name: 'a',
    command: 'x'.repeat(513 * 1024),
    schedule: 'R//PT1M',
  });
  expect(answer.status).toBe(422);
  expect(chronos.store.has('job/a')).toBe(false);
});

test('outside the roots: ping, leader, info, metrics, the page', async () => {
  await send('POST', '/v1/scheduler/iso8601', { name: 'a', command: 'true', schedule: 'R1//P' });
  chronos.endTasks('TASK_FINISHED');
  expect((await send('GET', '/ping')).text).toBe('pong');
  expect((await send('GET', '/leader')).json()).toEqual({ leader: 'localhost:4400' });
  expect((await send('GET', '/v1/scheduler/leader')).json()).toEqual({ leader: 'localhost:4400' });
  expect((await send('GET', '/info')).json()).toMatchObject({ subscribed: true, frameworkId: 'F0', jobs: 1 });
  expect((await send('GET', '/metrics')).json()).toMatchObject({
    counters: { 'jobs.run.success.a': { count: 1 } },
    histograms: { 'jobs.run.time.a': { count: 1 } },
  });
  expect((await send('GET', '/metrics/prometheus')).text).toContain('chronos_run_successes 1');
  expect((await send('GET', '/')).text).toContain('<!doctype html>');
  expect((await send('GET', '/nowhere')).json()).toMatchObject({ status: 'Not Found' });
});
