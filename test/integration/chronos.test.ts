import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { DaemonProcess } from '../support/daemon-process.ts';
import { eventually } from '../support/eventually.ts';

interface RunRow {
  readonly due: string;
  readonly state: string;
  readonly interruptions: number;
  readonly attempts: readonly { readonly taskId: string; readonly state: string }[];
}

interface JobRuns {
  readonly runs: readonly RunRow[];
  readonly skipped: readonly { readonly from: string; readonly to: string; readonly count: number }[];
}

let cluster: Cluster;

beforeEach(async () => {
  cluster = await startCluster({ chronos: ['--runs_kept=1000'] });
});

afterEach(() => cluster.close());

async function post(path: string, body: unknown): Promise<number> {
  const answer = await fetch(cluster.chronos.url + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  await answer.arrayBuffer();
  return answer.status;
}

async function runsOf(job: string): Promise<JobRuns> {
  const answer = await fetch(`${cluster.chronos.url}/v1/scheduler/job/${encodeURIComponent(job)}/runs`);
  return (await answer.json()) as JobRuns;
}

/** What a job's processes wrote: a line each. */
function linesOf(path: string): readonly string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
}

/** A command whose every start leaves a line with its due time and attempt. */
function marking(path: string, then = 'true'): string {
  return `echo "$CHRONOS_JOB_RUN_TIME $CHRONOS_JOB_RUN_ATTEMPT" >> ${path}; ${then}`;
}

test('the job of the classic tutorials runs a process at once', async () => {
  const marker = join(cluster.folder, 'ran');
  const status = await post('/scheduler/iso8601', {
    name: 'Scheduled Spark Submit Job',
    command: `echo "$CHRONOS_JOB_NAME" > ${marker}`,
    shell: true,
    async: false,
    cpus: 0.1,
    disk: 256,
    mem: 1024,
    owner: 'owner@example.com',
    description: 'Spark Job executed every 3 minutes',
    schedule: 'R/2016-03-14T12:35:00.000Z/PT3M',
  });
  expect(status).toBe(204);
  await eventually(
    'the run succeeded',
    async () => (await runsOf('Scheduled Spark Submit Job')).runs[0]?.state === 'success',
  );
  expect(linesOf(marker)).toEqual(['Scheduled Spark Submit Job']);
});

test('a program gets its arguments, and a dependent job runs after it', async () => {
  const marker = join(cluster.folder, 'ran');
  await post('/v1/scheduler/iso8601', {
    name: 'parent',
    shell: false,
    command: '/bin/sh',
    arguments: ['-c', `printf '%s|' "$@" > ${marker}`, 'argv0', 'a b', "it's"],
    schedule: 'R1//P',
  });
  await post('/v1/scheduler/dependency', {
    name: 'child',
    command: `cat ${marker} > ${marker}-child`,
    parents: ['parent'],
  });
  await eventually('the parent succeeded', async () => (await runsOf('parent')).runs[0]?.state === 'success');
  expect(linesOf(marker)).toEqual(["a b|it's|"]);
  if ((await runsOf('child')).runs.length === 0) {
    // The parent was quicker than the POST of its child.
    await fetch(`${cluster.chronos.url}/v1/scheduler/job/success/parent`, { method: 'PUT' });
  }
  await eventually('the child succeeded', async () => (await runsOf('child')).runs[0]?.state === 'success');
});

describe('kill -9', () => {
  test('of Chronos between launch and first status: the task is found again, and runs once', async () => {
    const marker = join(cluster.folder, 'ran');
    const [agent] = cluster.agents;
    await eventually('the agent is registered', async () => {
      const { slaves } = (await (await fetch(`${cluster.master.url}/slaves`)).json()) as { slaves: unknown[] };
      return slaves.length === 1;
    });
    // A stopped agent holds the launch back, so that no status comes before the end.
    agent?.signal('SIGSTOP');
    await post('/v1/scheduler/iso8601', { name: 'a', command: marking(marker), schedule: 'R1//P' });
    await eventually('the master has launched it', async () => {
      const { tasks } = (await (await fetch(`${cluster.master.url}/tasks`)).json()) as { tasks: unknown[] };
      return tasks.length === 1;
    });
    expect((await runsOf('a')).runs[0]?.attempts[0]?.state).toBe('LAUNCHING');
    await cluster.chronos.end('SIGKILL');
    agent?.signal('SIGCONT');
    await cluster.chronos.start();
    const [run] = await eventually('the run succeeded', async () => {
      const { runs } = await runsOf('a');
      return runs[0]?.state === 'success' ? runs : undefined;
    });
    expect(linesOf(marker)).toHaveLength(1);
    expect(run?.attempts).toHaveLength(1);
  });

  test('of Chronos again and again: each due time runs once or is recorded as skipped', async () => {
    const marker = join(cluster.folder, 'ran');
    await post('/v1/scheduler/iso8601', {
      name: 'a',
      command: marking(marker),
      schedule: 'R/2026-01-01T00:00:00Z/PT1S',
    });
    await eventually('the first run', () => linesOf(marker).length >= 1);
    for (let round = 0; round < 4; round++) {
      const before = linesOf(marker).length;
      await eventually('it goes on', () => linesOf(marker).length > before);
      await cluster.chronos.end('SIGKILL');
      await cluster.chronos.start();
    }
    await eventually('it goes on', () => linesOf(marker).length >= 8);
    const starts = linesOf(marker).map((line) => Number(line.split(' ')[0]));
    expect(new Set(starts).size).toBe(starts.length);
    const { runs, skipped } = await runsOf('a');
    const decided = runs.length + skipped.reduce((sum, { count }) => sum + count, 0);
    const dues = [
      ...runs.map(({ due }) => Date.parse(due)),
      ...skipped.flatMap(({ from, to }) => [Date.parse(from), Date.parse(to)]),
    ];
    expect(decided).toBe((Math.max(...dues) - Math.min(...dues)) / 1000 + 1);
  });

  test('of the agent: the running task is kept, and its run ends once', async () => {
    const marker = join(cluster.folder, 'ran');
    const [agent] = cluster.agents;
    await post('/v1/scheduler/iso8601', {
      name: 'a',
      command: marking(marker, 'sleep 2'),
      schedule: 'R1//P',
      retries: 0,
    });
    await eventually('it runs', () => linesOf(marker).length === 1);
    await agent?.end('SIGKILL');
    await agent?.start();
    await eventually('the run succeeded', async () => (await runsOf('a')).runs[0]?.state === 'success');
    expect(linesOf(marker)).toHaveLength(1);
  });

  test('of the master: the running task is kept, and its run ends once', async () => {
    const marker = join(cluster.folder, 'ran');
    await post('/v1/scheduler/iso8601', {
      name: 'a',
      command: marking(marker, 'sleep 2'),
      schedule: 'R1//P',
      retries: 0,
    });
    await eventually('it runs', () => linesOf(marker).length === 1);
    await cluster.master.end('SIGKILL');
    await cluster.master.start();
    await eventually('the run succeeded', async () => (await runsOf('a')).runs[0]?.state === 'success');
    expect(linesOf(marker)).toHaveLength(1);
  });
});

test('a run that ends because its agent is stopped with its tasks starts again as the same run', async () => {
  const marker = join(cluster.folder, 'ran');
  const [agent] = cluster.agents;
  // The first attempt would sleep for ever, the second one ends at once.
  const command = marking(marker, '[ "$CHRONOS_JOB_RUN_ATTEMPT" != 0 ] || sleep 600');
  await post('/v1/scheduler/iso8601', { name: 'a', command, schedule: 'R1//P', retries: 0 });
  await eventually('it runs', () => linesOf(marker).length === 1);
  await cluster.chronos.end();
  await agent?.end('SIGUSR1');
  await agent?.start();
  await cluster.chronos.start();
  await eventually('the run succeeded', async () => (await runsOf('a')).runs[0]?.state === 'success');
  const [first, second] = linesOf(marker).map((line) => line.split(' '));
  expect(second?.[0]).toBe(first?.[0]);
  expect((await runsOf('a')).runs).toMatchObject([{ interruptions: 1, failures: 0 }]);
});

test('a second Chronos on the same port leaves the first one alone', async () => {
  const second = new DaemonProcess(cluster.chronos.options);
  second.spawn();
  await eventually('the second one ends', () => /port \d+ on 127.0.0.1 is taken by pid/.test(second.output));
  expect(await post('/v1/scheduler/iso8601', { name: 'a', command: 'true', schedule: 'R1//P' })).toBe(204);
});
