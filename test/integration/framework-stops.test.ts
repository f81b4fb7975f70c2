import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { DaemonProcess, freePort } from '../support/daemon-process.ts';
import { eventually } from '../support/eventually.ts';
import { MarathonClient } from '../support/marathon-client.ts';

let cluster: Cluster;
beforeEach(async () => {
  cluster = await startCluster({ marathon: true, chronos: true });
});
afterEach(() => cluster.close());

function pidsOf(command: string): number[] {
  const table = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' });
  return table
    .split('\n')
    .filter((line) => line.trim().endsWith(command))
    .map(Number.parseFloat);
}

async function masterSees(what: string, states: readonly string[], count: number): Promise<void> {
  await eventually(what, async () => {
    const answer = await fetch(`${cluster.master.url}/tasks`);
    const { tasks } = (await answer.json()) as { tasks: { state: string }[] };
    return tasks.filter(({ state }) => states.includes(state)).length === count;
  });
}

test('SIGSTOP of Marathon: what died meanwhile is replaced once, what lives is left alone', async () => {
  const marathon = new MarathonClient(cluster.marathon.url);
  const app = { id: '/stopped', cmd: 'exec sleep 7301', cpus: 0.1, mem: 32, instances: 2, backoffSeconds: 0 };
  await marathon.deploy('POST', '/v2/apps', app);
  const before = (await marathon.running('/stopped', 2)).map(({ id }) => id);
  const [victim = 0, survivor] = pidsOf('sleep 7301');
  cluster.marathon.signal('SIGSTOP');
  process.kill(victim, 'SIGKILL');
  await masterSees('the task has failed', ['TASK_FAILED'], 1);
  cluster.marathon.signal('SIGCONT');
  await eventually('two run again', async () => {
    const ids = (await marathon.tasks('/stopped')).filter(({ state }) => state === 'TASK_RUNNING').map(({ id }) => id);
    return ids.length === 2 && ids.filter((id) => before.includes(id)).length === 1;
  });
  const pids = pidsOf('sleep 7301');
  expect(pids).toHaveLength(2);
  expect(pids).toContain(survivor);
});

test('SIGSTOP of Chronos over due times and the end of a run: one run at a time, none twice', async () => {
  const marker = join(cluster.folder, 'ran');
  const answer = await fetch(`${cluster.chronos.url}/v1/scheduler/iso8601`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    // The shell that runs holds the lock: a second one at the same time would say so.
    body: JSON.stringify({
      name: 'stopped',
      command: `mkdir ${marker}.lock || echo twice >> ${marker}; sleep 0.5; echo ran >> ${marker}; rmdir ${marker}.lock`,
      schedule: 'R//PT1S',
    }),
  });
  expect(answer.status).toBe(204);
  const ran = (): string[] => {
    try {
      return readFileSync(marker, 'utf8').trim().split('\n');
    } catch {
      return [];
    }
  };
  await eventually('the first run', () => ran().length === 1);
  cluster.chronos.signal('SIGSTOP');
  await masterSees('that run is over', ['TASK_RUNNING', 'TASK_STARTING', 'TASK_STAGING'], 0);
  const whileStopped = ran().length;
  // Two due times pass.
  const untilMs = Date.now() + 2_200;
  await eventually('the time is over', () => Date.now() > untilMs);
  expect(ran()).toHaveLength(whileStopped);
  cluster.chronos.signal('SIGCONT');
  await eventually('it goes on', () => ran().length >= whileStopped + 2);
  expect(new Set(ran())).toEqual(new Set(['ran']));
});

test.each(['chronos', 'marathon'] as const)(
  'a second %s on the same data is refused, naming the first',
  async (name) => {
    const first = cluster[name];
    const port = await freePort();
    const args = first.options.args.map((arg) => (arg.startsWith('--http_port=') ? `--http_port=${port}` : arg));
    const second = new DaemonProcess({ ...first.options, args, port });
    second.spawn();
    await eventually('it is refused', () =>
      second.output.includes(`with pid ${first.pid}: end that, or choose another --data_dir`),
    );
    expect((await fetch(`${first.url}/ping`)).ok).toBe(true);
  },
);
