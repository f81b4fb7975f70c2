import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { collectEvents, MarathonClient, type MarathonTask } from '../support/marathon-client.ts';

let cluster: Cluster;
let marathon: MarathonClient;

beforeAll(async () => {
  cluster = await startCluster({ marathon: true });
  marathon = new MarathonClient(cluster.marathon.url);
});

afterAll(async () => {
  await cluster?.close();
});

/** A web server that answers its colour, and 200 on /health once its grace is over. */
function server(colour: string, unhealthyMs = 0): string {
  const script = `
    const began = Date.now();
    require('http').createServer((request, response) => {
      response.statusCode = request.url === '/health' && Date.now() - began < ${unhealthyMs} ? 503 : 200;
      response.end('${colour}');
    }).listen(Number(process.env.PORT0), '127.0.0.1')`;
  return `exec ${process.execPath} -e "${script.replaceAll('\n', ' ')}"`;
}

function app(id: string, colour: string, more: object = {}): object {
  return {
    id,
    cmd: server(colour),
    cpus: 0.1,
    mem: 64,
    instances: 3,
    upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 0 },
    healthChecks: [
      {
        protocol: 'HTTP',
        path: '/health',
        portIndex: 0,
        gracePeriodSeconds: 30,
        intervalSeconds: 1,
        timeoutSeconds: 5,
      },
    ],
    ...more,
  };
}

async function colours(id: string): Promise<string[]> {
  const tasks = await marathon.tasks(id);
  return await Promise.all(tasks.map(async (task) => (await fetch(`http://127.0.0.1:${task.ports[0]}/`)).text()));
}

function healthy(tasks: readonly MarathonTask[]): readonly MarathonTask[] {
  return tasks.filter((task) => task.state === 'TASK_RUNNING' && task.healthCheckResults.some(({ alive }) => alive));
}

describe('a rolling update on a real cluster', () => {
  test('keeps all instances healthy, one new for one old', async () => {
    await marathon.deploy('POST', '/v2/apps', app('/rolled', 'blue'));
    expect(healthy(await marathon.tasks('/rolled'))).toHaveLength(3);
    const id = await marathon.change('PUT', '/v2/apps/rolled', app('/rolled', 'green'));
    let fewest = 3;
    await eventually('the update is over', async () => {
      fewest = Math.min(fewest, healthy(await marathon.tasks('/rolled')).length);
      return !(await marathon.deployments()).includes(id);
    });
    expect(fewest).toBe(3);
    expect(await colours('/rolled')).toEqual(['green', 'green', 'green']);
    await marathon.deploy('DELETE', '/v2/apps/rolled');
  });

  test('goes on after kill -9 of Marathon in its middle, and touches no running task', async () => {
    await marathon.deploy('POST', '/v2/apps', app('/crashed', 'blue'));
    const slow = app('/crashed', 'green', { cmd: server('green', 1500) });
    const id = await marathon.change('PUT', '/v2/apps/crashed', slow);
    await eventually('the first new task runs', async () => {
      const tasks = await marathon.tasks('/crashed');
      return tasks.length === 4 && tasks.every((task) => task.state === 'TASK_RUNNING');
    });
    const before = await marathon.tasks('/crashed');
    await cluster.marathon.end('SIGKILL');
    // Everything runs on while nobody looks.
    for (const { id: taskId, ports } of before) {
      await eventually(`${taskId} serves`, async () => (await fetch(`http://127.0.0.1:${ports[0]}/`)).ok);
    }
    await cluster.marathon.start();
    expect(await marathon.deployments()).toEqual([id]);
    const after = await marathon.tasks('/crashed');
    expect(after.map((task) => task.id).sort()).toEqual(before.map((task) => task.id).sort());
    let fewest = 3;
    await eventually('the update is over', async () => {
      const tasks = await marathon.tasks('/crashed');
      fewest = Math.min(fewest, tasks.filter((task) => task.state === 'TASK_RUNNING').length);
      return !(await marathon.deployments()).includes(id);
    });
    expect(fewest).toBeGreaterThanOrEqual(3);
    expect(await colours('/crashed')).toEqual(['green', 'green', 'green']);
    // The new task that ran at the crash is one of the three.
    const fresh = before.find((task) => !before.slice(0, 3).includes(task)) ?? before[3];
    expect((await marathon.tasks('/crashed')).map((task) => task.id)).toContain(fresh?.id);
    await marathon.deploy('DELETE', '/v2/apps/crashed');
  });

  test('to a version that never gets healthy waits, and is taken back without touching the good ones', async () => {
    await marathon.deploy('POST', '/v2/apps', app('/bad', 'blue'));
    const good = (await marathon.tasks('/bad')).map((task) => task.id).sort();
    const id = await marathon.change('PUT', '/v2/apps/bad', app('/bad', 'red', { cmd: server('red', 1e9) }));
    await eventually('the bad one runs', async () => (await marathon.tasks('/bad')).length === 4);
    const answer = await marathon.request('DELETE', `/v2/deployments/${id}`);
    expect(answer.status).toBe(200);
    await marathon.deployed(answer.body['deploymentId'] as string);
    expect((await marathon.tasks('/bad')).map((task) => task.id).sort()).toEqual(good);
    await marathon.deploy('DELETE', '/v2/apps/bad');
  });
});

describe('a Marathon that dies', () => {
  test('in a launch of many neither loses nor doubles any', async () => {
    const id = await marathon.change('POST', '/v2/apps', {
      id: '/many',
      cmd: 'sleep 1000',
      cpus: 0.01,
      mem: 16,
      instances: 60,
    });
    await cluster.marathon.end('SIGKILL');
    await cluster.marathon.start();
    await marathon.deployed(id);
    const tasks = await marathon.running('/many', 60);
    expect(new Set(tasks.map((task) => task.id)).size).toBe(60);
    const state = (await (await fetch(`${cluster.master.url}/tasks?limit=1000`)).json()) as {
      tasks: readonly { id: string; state: string; name: string }[];
    };
    const alive = state.tasks.filter((task) => task.name === 'many' && task.state === 'TASK_RUNNING');
    expect(alive.map((task) => task.id).sort()).toEqual(tasks.map((task) => task.id).sort());
    await marathon.deploy('DELETE', '/v2/apps/many');
  });

  test('finds an app whose task ended meanwhile, and launches it again without delay', async () => {
    await marathon.deploy('POST', '/v2/apps', { id: '/ended', cmd: 'sleep 1000', cpus: 0.01, mem: 16 });
    const stream = await collectEvents(cluster.marathon.url);
    stream.close();
    const [task] = await marathon.tasks('/ended');
    await cluster.marathon.end('SIGKILL');
    await cluster.agents[0]?.end('SIGUSR1');
    await cluster.agents[0]?.start();
    await cluster.marathon.start();
    const next = await eventually('it runs again', async () => {
      const tasks = await marathon.tasks('/ended');
      return tasks.find((each) => each.id !== task?.id && each.state === 'TASK_RUNNING');
    });
    expect(next.id).toBe(task?.id.replace(/\.1$/, '.2'));
    const { body } = await marathon.request('GET', '/v2/apps/ended');
    expect(body['app']).not.toHaveProperty('lastTaskFailure');
    await marathon.deploy('DELETE', '/v2/apps/ended');
  });
});
