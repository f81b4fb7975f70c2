import { startCluster } from '../../support/cluster.ts';
import type { Bench } from '../bench.ts';
import { withBareSupervisor } from '../floors.ts';
import { MarathonEvents } from '../marathon-events.ts';
import { Stamps } from '../stamps.ts';
import { percentileOf } from '../stats.ts';

const APPS = 25;
const INSTANCES = 200;
const AGENT_ARGS = ['--resources=cpus:400;mem:100000;disk:100000;ports:[31000-32000]'];

/** Marathon, master and agent: the whole way of an app. */
export const marathon: Bench = {
  name: 'marathon',
  about:
    `Marathon, master and agent as processes, state fsynced. ${APPS} apps of one instance, each POSTed when the one before is gone: ` +
    "until the task's first instruction, and until TASK_RUNNING on /v2/events. Then one app of " +
    `${INSTANCES} lasting instances, from the POST until the last is TASK_RUNNING on the event stream. ` +
    'What holds that back on two cores is CPU, of three daemons for whose code V8 is still busy compiling.',
  figures: [
    {
      key: 'firstP50',
      label: "POST app → the task's first instruction, p50",
      unit: 'ms',
      floor: 'bareFirstP50',
      aim: { of: 'figure', atMost: 60 },
      peers: 'Nomad 133 ms, srun 50 ms',
    },
    { key: 'firstP99', label: "POST app → the task's first instruction, p99", unit: 'ms' },
    {
      key: 'runningP50',
      label: 'POST app → RUNNING on the event stream, p50',
      unit: 'ms',
      floor: 'bareFirstP50',
      aim: { of: 'figure', atMost: 60 },
      peers: 'Nomad 750 ms',
    },
    { key: 'runningP99', label: 'POST app → RUNNING on the event stream, p99', unit: 'ms' },
    { key: 'bareFirstP50', label: 'floor: the bare supervisor → first instruction, p50', unit: 'ms' },
    {
      key: 'scaleRate',
      label: `app 0 → ${INSTANCES} instances`,
      unit: 'instances/s',
      floor: 'bareStartRate',
      aim: { of: 'ratio', atLeast: 0.5 },
      peers: 'Nomad 15/s',
    },
    { key: 'bareStartRate', label: 'floor: the bare supervisor, as many lasting tasks', unit: '/s' },
  ],
  round: async () => {
    const bareStartRate = await withBareSupervisor((bare) => bare.startRate(INSTANCES));
    const cluster = await startCluster({
      masterArgs: ['--registry=in_memory'],
      agentArgs: AGENT_ARGS,
      marathon: true,
      keepFolder: true,
    });
    const stamps = new Stamps(cluster.folder);
    const events = await MarathonEvents.open(cluster.marathon.url);
    try {
      const first: number[] = [];
      const running: number[] = [];
      for (let index = 0; index < APPS; index++) {
        const name = `app-${index}`;
        const startMs = performance.now();
        const isRunning = events.running(`/${name}`, 1);
        await post(cluster.marathon.url, { id: name, cmd: stamps.command(name, 'exec sleep 600'), cpus: 0.1, mem: 32 });
        first.push((await stamps.of(name)) - startMs);
        running.push((await isRunning) - startMs);
        await remove(cluster.marathon.url, name, events);
      }
      const bareFirst: number[] = [];
      await withBareSupervisor(async (bare) => {
        for (let index = 0; index < APPS; index++) {
          const startMs = performance.now();
          const { ended } = bare.run(stamps.command(`b${index}`, 'true'));
          bareFirst.push((await stamps.of(`b${index}`)) - startMs);
          await ended;
        }
      });
      const allRunning = events.running('/many', INSTANCES);
      const startMs = performance.now();
      await post(cluster.marathon.url, { id: 'many', cmd: 'exec sleep 600', cpus: 0.1, mem: 32, instances: INSTANCES });
      const scaleRate = (INSTANCES / ((await allRunning) - startMs)) * 1_000;
      return {
        firstP50: percentileOf(first, 50),
        firstP99: percentileOf(first, 99),
        runningP50: percentileOf(running, 50),
        runningP99: percentileOf(running, 99),
        bareFirstP50: percentileOf(bareFirst, 50),
        scaleRate,
        bareStartRate,
      };
    } finally {
      events.close();
      stamps.close();
      await cluster.close();
    }
  },
};

async function post(url: string, app: unknown): Promise<void> {
  const response = await fetch(`${url}/v2/apps`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(app),
  });
  if (response.status !== 201) throw new Error(`POST /v2/apps: ${response.status} ${await response.text()}`);
  await response.arrayBuffer();
}

async function remove(url: string, name: string, events: MarathonEvents): Promise<void> {
  const gone = events.gone(`/${name}`);
  const response = await fetch(`${url}/v2/apps/${name}?force=true`, { method: 'DELETE' });
  if (!response.ok) throw new Error(`DELETE /v2/apps/${name}: ${response.status} ${await response.text()}`);
  await response.arrayBuffer();
  await gone;
}
