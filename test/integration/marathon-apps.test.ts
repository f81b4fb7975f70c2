import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { collectEvents, MarathonClient } from '../support/marathon-client.ts';

let cluster: Cluster;
let marathon: MarathonClient;

beforeAll(async () => {
  cluster = await startCluster({ agents: 2, marathon: true });
  marathon = new MarathonClient(cluster.marathon.url);
});

afterAll(async () => {
  await cluster?.close();
});

/** A command that leaves the pid of its shell in a file and then sleeps. */
function leavesPid(file: string): string {
  return `echo $$ > ${file}.tmp && mv ${file}.tmp ${file} && exec sleep 1000`;
}

async function pidIn(file: string): Promise<number> {
  return await eventually(`${file} holds a pid`, () => Number(readFileSync(file, 'utf8').trim()) || undefined);
}

describe('an app on a real cluster', () => {
  test('runs, is relaunched after kill -9 of its process, and tells both', async () => {
    const file = join(cluster.folder, 'killed.pid');
    const stream = await collectEvents(cluster.marathon.url);
    await marathon.deploy('POST', '/v2/apps', {
      id: '/killed',
      cmd: leavesPid(file),
      cpus: 0.1,
      mem: 32,
      backoffSeconds: 0,
    });
    const [first] = await marathon.running('/killed', 1);
    process.kill(await pidIn(file), 'SIGKILL');
    const [second] = await eventually('the next incarnation runs', async () => {
      const tasks = await marathon.tasks('/killed');
      return tasks[0]?.id !== first?.id && tasks[0]?.state === 'TASK_RUNNING' ? tasks : undefined;
    });
    expect(second?.id).toBe(first?.id.replace(/\.1$/, '.2'));
    const states = stream.events.filter(({ taskId }) => taskId === first?.id).map(({ taskStatus }) => taskStatus);
    expect(states).toContain('TASK_RUNNING');
    expect(states.at(-1)).toBe('TASK_FAILED');
    stream.close();
    const { body } = await marathon.request('GET', '/v2/apps/killed');
    const app = body['app'] as { lastTaskFailure?: { taskId: string; state: string } };
    expect(app.lastTaskFailure).toMatchObject({ taskId: first?.id, state: 'TASK_FAILED' });
    await marathon.deploy('DELETE', '/v2/apps/killed');
  });

  test('has its ports, its environment and its files', async () => {
    const file = join(cluster.folder, 'environment');
    const fetched = join(cluster.folder, 'greeting.txt');
    writeFileSync(fetched, 'hello from a file\n');
    const cmd = `(env; cat greeting.txt) > ${file}.tmp && mv ${file}.tmp ${file} && exec sleep 1000`;
    await marathon.deploy('POST', '/v2/apps', {
      id: '/shop/front',
      cmd,
      cpus: 0.1,
      mem: 32,
      env: { COLOUR: 'blue' },
      labels: { team: 'one' },
      fetch: [{ uri: `file://${fetched}` }],
      portDefinitions: [
        { port: 0, name: 'http', protocol: 'tcp' },
        { port: 0, protocol: 'udp' },
      ],
    });
    const [task] = await marathon.running('/shop/front', 1);
    const lines = readFileSync(file, 'utf8').split('\n');
    const [http, udp] = task?.ports ?? [];
    expect(lines).toContain('hello from a file');
    expect(lines).toEqual(
      expect.arrayContaining([
        `PORT0=${http}`,
        `PORT1=${udp}`,
        `PORT=${http}`,
        `PORTS=${http},${udp}`,
        `PORT_HTTP=${http}`,
        'COLOUR=blue',
        'MARATHON_APP_ID=/shop/front',
        'MARATHON_APP_LABEL_TEAM=one',
        `MESOS_TASK_ID=${task?.id}`,
      ]),
    );
    await marathon.deploy('DELETE', '/v2/groups/shop');
    expect((await marathon.request('GET', '/v2/apps/shop/front')).status).toBe(404);
  });

  test('scales up and down without touching what stays, and is suspended', async () => {
    await marathon.deploy('POST', '/v2/apps', { id: '/scaled', cmd: 'sleep 1000', cpus: 0.01, mem: 16, instances: 2 });
    const two = await marathon.running('/scaled', 2);
    await marathon.deploy('PUT', '/v2/apps/scaled', { instances: 6 });
    const six = await marathon.running('/scaled', 6);
    expect(six.map((task) => task.id)).toEqual(expect.arrayContaining(two.map((task) => task.id)));
    await marathon.deploy('PUT', '/v2/apps/scaled', { instances: 2 });
    // The youngest went.
    expect((await marathon.running('/scaled', 2)).map((task) => task.id).sort()).toEqual(
      two.map((task) => task.id).sort(),
    );
    await marathon.deploy('PUT', '/v2/apps/scaled', { instances: 0 });
    expect(await marathon.tasks('/scaled')).toEqual([]);
    await marathon.deploy('DELETE', '/v2/apps/scaled');
  });

  test('of which one hostname may have one waits in the queue, with the reason', async () => {
    // Both agents of this cluster have the same name.
    const app = {
      id: '/unique',
      cmd: 'sleep 1000',
      cpus: 0.01,
      mem: 16,
      instances: 2,
      constraints: [['hostname', 'UNIQUE']],
    };
    const id = await marathon.change('POST', '/v2/apps', app);
    await marathon.running('/unique', 1);
    const item = await eventually('the queue tells the reason', async () => {
      const { body } = await marathon.request('GET', '/v2/queue?embed=lastUnusedOffers');
      const queue = body['queue'] as readonly { count: number; lastUnusedOffers: readonly { reason: string[] }[] }[];
      return queue.find(({ lastUnusedOffers }) =>
        lastUnusedOffers.some(({ reason }) => reason.includes('UnfulfilledConstraint')),
      );
    });
    expect(item.count).toBe(1);
    expect(await marathon.deployments()).toEqual([id]);
    await marathon.deploy('DELETE', '/v2/apps/unique');
  });

  test('that cannot start waits longer after each failure', async () => {
    await marathon.change('POST', '/v2/apps', {
      id: '/broken',
      cmd: 'exit 3',
      cpus: 0.01,
      mem: 16,
      backoffSeconds: 60,
    });
    const delay = await eventually('the queue tells the delay', async () => {
      const { body } = await marathon.request('GET', '/v2/queue');
      const [item] = body['queue'] as readonly { delay: { timeLeftSeconds: number; overdue: boolean } }[];
      return item?.delay.overdue === false ? item.delay : undefined;
    });
    expect(delay.timeLeftSeconds).toBeGreaterThan(30);
    const { body } = await marathon.request('GET', '/v2/apps/broken');
    const failure = (body['app'] as { lastTaskFailure?: { message: string } }).lastTaskFailure;
    expect(failure?.message).toContain('status 3');
    await marathon.deploy('DELETE', '/v2/apps/broken?force=true');
  });
});
