import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { SchedulerDriver } from '../../sdk/scheduler/driver.ts';
import { scalarResources } from '../../sdk/scheduler/offer-scalars.ts';
import type { FrameworkInfo, Offer, TaskState, TaskStatus } from '../../sdk/v1/generated/mesos.ts';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';

/** Two pings of half a second: an agent that is stopped is unreachable after one and a half. */
const SHORT_PINGS = ['--agent_ping_timeout=500ms', '--max_agent_ping_timeouts=2'];

let cluster: Cluster;
let framework: Framework;
afterEach(async () => {
  await framework.driver.stop({ teardown: true });
  await cluster.close();
});

/** A framework on the SDK's driver that keeps what it hears. */
class Framework {
  readonly statuses: TaskStatus[] = [];
  readonly offers: Offer[] = [];
  readonly driver: SchedulerDriver;
  subscriptions = 0;

  constructor(master: string, info: Partial<FrameworkInfo> = {}) {
    const capabilities = [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }] as const;
    this.driver = new SchedulerDriver({
      master,
      framework: {
        user: '',
        name: 'f',
        roles: ['*'],
        capabilities,
        checkpoint: true,
        failover_timeout: 3_600,
        ...info,
      },
      subscribed: () => {
        this.subscriptions++;
        this.offers.length = 0;
      },
      offers: (offers) => this.offers.push(...offers),
      rescinded: (offerId) => {
        const at = this.offers.findIndex(({ id }) => id.value === offerId);
        if (at !== -1) this.offers.splice(at, 1);
      },
      update: (status) => {
        this.statuses.push(status);
      },
    });
    this.driver.start();
  }

  states(taskId: string): TaskState[] {
    return this.statuses.filter(({ task_id }) => task_id.value === taskId).map(({ state }) => state);
  }

  reaches(taskId: string, state: TaskState): Promise<boolean> {
    return eventually(`${taskId} is ${state}`, () => this.states(taskId).at(-1) === state);
  }

  async launch(taskId: string, command: string): Promise<void> {
    const offer = await eventually('an offer', () => this.offers.shift());
    const resources = scalarResources({ cpus: 0.1, mem: 32 });
    const task = { name: taskId, task_id: { value: taskId }, agent_id: offer.agent_id, resources };
    this.driver.launch([offer], [{ ...task, command: { value: command } }], { refuse_seconds: 0 });
  }
}

async function open(masterArgs: readonly string[], info: Partial<FrameworkInfo> = {}): Promise<void> {
  cluster = await startCluster({ masterArgs });
  framework = new Framework(`127.0.0.1:${cluster.master.options.port}`, info);
}

function agent() {
  const [first] = cluster.agents;
  if (first === undefined) throw new Error('no agent');
  return first;
}

/** How many processes have the mark in their command line. */
function processesOf(mark: string): number {
  const table = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  return table.split('\n').filter((line) => line.startsWith(`sleep ${mark}`)).length;
}

describe('SIGSTOP', () => {
  test('of an agent until it is unreachable: its tasks come back, none twice, and what ended is told in order', async () => {
    await open(SHORT_PINGS);
    await framework.launch('stays', 'exec sleep 7101');
    await framework.launch('ends', 'sleep 1');
    await framework.reaches('stays', 'TASK_RUNNING');
    await framework.reaches('ends', 'TASK_RUNNING');
    agent().signal('SIGSTOP');
    await framework.reaches('stays', 'TASK_UNREACHABLE');
    await framework.reaches('ends', 'TASK_UNREACHABLE');
    agent().signal('SIGCONT');
    await framework.reaches('stays', 'TASK_RUNNING');
    await framework.reaches('ends', 'TASK_FINISHED');
    expect(framework.states('ends').indexOf('TASK_FINISHED')).toBe(framework.states('ends').length - 1);
    expect(processesOf('7101')).toBe(1);
    framework.driver.kill('stays');
    await framework.reaches('stays', 'TASK_KILLED');
    expect(processesOf('7101')).toBe(0);
  });

  test('of the master for longer than agents wait for pings: tasks go on, and nobody is told otherwise', async () => {
    await open(SHORT_PINGS);
    await framework.launch('t', 'exec sleep 7102');
    await framework.reaches('t', 'TASK_RUNNING');
    cluster.master.signal('SIGSTOP');
    await eventually('the agent misses its pings', () => agent().output.includes('no ping for'));
    cluster.master.signal('SIGCONT');
    await eventually('the agent is back', () => /registered[\s\S]*no ping for[\s\S]*registered/.test(agent().output));
    framework.driver.reconcile([{ taskId: 't' }]);
    const before = framework.states('t').length;
    await eventually('an answer', () => framework.states('t').length > before);
    expect(new Set(framework.states('t'))).toEqual(new Set(['TASK_STARTING', 'TASK_RUNNING']));
    expect(processesOf('7102')).toBe(1);
  });
});

describe('kill -9', () => {
  test('of the master: the driver subscribes again under its id, and goes on', async () => {
    await open([]);
    await framework.launch('t', 'exec sleep 7103');
    await framework.reaches('t', 'TASK_RUNNING');
    const id = framework.driver.frameworkId;
    await cluster.master.end('SIGKILL');
    await cluster.master.start();
    await eventually('subscribed again', () => framework.subscriptions === 2);
    expect(framework.driver.frameworkId).toBe(id);
    await framework.launch('next', 'true');
    await framework.reaches('next', 'TASK_FINISHED');
    expect(processesOf('7103')).toBe(1);
  });

  test('of the agent of a framework without checkpointing: its task is lost, ends, and nothing else is said of it', async () => {
    await open([], { checkpoint: false });
    await framework.launch('t', 'exec sleep 7104');
    await framework.reaches('t', 'TASK_RUNNING');
    await agent().end('SIGKILL');
    await framework.reaches('t', 'TASK_LOST');
    await agent().start();
    await eventually('it is killed', () => processesOf('7104') === 0);
    await framework.launch('next', 'true');
    await framework.reaches('next', 'TASK_FINISHED');
    expect(framework.states('t').slice(framework.states('t').indexOf('TASK_LOST'))).toEqual(['TASK_LOST']);
  });
});

test('a redirect to the leader is followed', async () => {
  await open([]);
  const follower = createServer((request, response) => {
    request.resume();
    response.writeHead(307, { Location: `//127.0.0.1:${cluster.master.options.port}${request.url}` }).end();
  });
  await new Promise<void>((resolve) => follower.listen(0, '127.0.0.1', resolve));
  const other = new Framework(`127.0.0.1:${(follower.address() as AddressInfo).port}`);
  await eventually('subscribed', () => other.subscriptions === 1);
  await framework.driver.stop({ teardown: true });
  await other.launch('t', 'true');
  await other.reaches('t', 'TASK_FINISHED');
  await other.driver.stop({ teardown: true });
  follower.close();
});
