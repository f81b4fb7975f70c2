import { readFileSync } from 'node:fs';
import { type Cluster, startCluster } from '../../support/cluster.ts';
import type { Bench } from '../bench.ts';
import { BenchFramework } from '../bench-framework.ts';
import { nodeSpawnRate, withBareSupervisor } from '../floors.ts';
import { pidsOf, pssKib } from '../memory.ts';
import { Stamps } from '../stamps.ts';
import { percentileOf } from '../stats.ts';

const MANY = 1_000;
const LASTING = 200;
const SINGLE = 30;
const AGENT_ARGS = ['--resources=cpus:4000;mem:400000;disk:400000;ports:[31000-32000]'];

/** One master and one agent, driven by a framework on the SDK's driver. */
export const framework: Bench = {
  name: 'framework',
  about:
    'Master and agent as processes, state fsynced, a framework on the SDK (JSON) that acknowledges every update. ' +
    `${LASTING} lasting tasks for the memory: supervisors, helper and the agent's whole growth, without the tasks' own processes; ` +
    `${SINGLE} single tasks one after another, from ACCEPT to TASK_RUNNING; ${MANY.toLocaleString('en')} × \`true\` in one ACCEPT. ` +
    'What holds the last back on two cores is CPU: that of master and agent below, the framework beside them, and ' +
    'three updates with their acknowledgements for each task, each a POST of its own as the v1 API has it.',
  figures: [
    {
      key: 'acceptP50',
      label: 'ACCEPT → TASK_RUNNING, p50',
      unit: 'ms',
      floor: 'bareFirstP50',
      aim: { of: 'figure', atMost: 15 },
      peers: 'real Mesos 95 ms',
    },
    { key: 'acceptP99', label: 'ACCEPT → TASK_RUNNING, p99', unit: 'ms' },
    { key: 'bareFirstP50', label: 'floor: the bare supervisor → first instruction, p50', unit: 'ms' },
    {
      key: 'rateOfNode',
      label: `${MANY.toLocaleString('en')} × true, acknowledged`,
      unit: 'tasks/s',
      floor: 'nodeRate',
      aim: { of: 'ratio', atLeast: 0.25 },
      peers: 'real Mesos 12.6/s, Nomad 13/s, Slurm 59/s',
    },
    { key: 'nodeRate', label: "floor: Node's own spawn, 16 at once", unit: '/s' },
    {
      key: 'rateOfBare',
      label: 'the same, beside the bare supervisor',
      unit: 'tasks/s',
      floor: 'bareRate',
      aim: { of: 'ratio', atLeast: 0.55 },
    },
    { key: 'bareRate', label: 'floor: the bare supervisor, 16 at once', unit: '/s' },
    { key: 'bad', label: 'tasks of these that did not finish', unit: '', aim: { of: 'figure', atMost: 0 } },
    {
      key: 'kibPerTask',
      label: 'PSS per running task besides the task',
      unit: 'KiB',
      aim: { of: 'figure', atMost: 1_024 },
      peers: 'real Mesos 8.7 MiB, Nomad 27 MiB',
    },
    { key: 'agentKib', label: 'agent before its first task, PSS', unit: 'KiB' },
    { key: 'cpuMsPerTask', label: 'CPU of master and agent per task of these', unit: 'ms' },
  ],
  round: async () => {
    const nodeRate = await nodeSpawnRate(MANY);
    const cluster = await startCluster({
      masterArgs: ['--registry=in_memory'],
      agentArgs: AGENT_ARGS,
      keepFolder: true,
    });
    const scheduler = new BenchFramework(`127.0.0.1:${cluster.master.options.port}`);
    try {
      const agentPid = cluster.agents[0]?.pid as number;
      // Before anything else: the growth then includes all that the agent warms up.
      const agentKib = pssKib(agentPid);
      const memory = await memoryPerTask(scheduler, cluster, agentPid);
      const accept: number[] = [];
      for (let index = 0; index < SINGLE; index++) {
        const { ms, taskIds } = await scheduler.launch(['exec sleep 600'], 'running');
        accept.push(ms);
        await scheduler.kill(taskIds);
      }
      const bare = await withBareSupervisor(async (supervisor) => ({
        bareRate: await supervisor.rate('true', MANY),
        bareFirstP50: await bareFirst(cluster.folder, supervisor),
      }));
      const pids = [agentPid, cluster.master.pid];
      const cpuBefore = cpuMs(pids);
      const { ms, bad } = await scheduler.launch(
        Array.from({ length: MANY }, () => 'true'),
        'terminal',
      );
      const rate = (MANY / ms) * 1_000;
      return {
        acceptP50: percentileOf(accept, 50),
        acceptP99: percentileOf(accept, 99),
        rateOfNode: rate,
        rateOfBare: rate,
        bad,
        nodeRate,
        agentKib,
        kibPerTask: memory,
        cpuMsPerTask: (cpuMs(pids) - cpuBefore) / MANY,
        ...bare,
      };
    } finally {
      await scheduler.stop();
      await cluster.close();
    }
  },
};

/** Milliseconds of CPU that processes have used; their children's not. */
function cpuMs(pids: readonly number[]): number {
  return pids.reduce((total, pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const words = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return total + (Number(words[11]) + Number(words[12])) * 10;
  }, 0);
}

async function memoryPerTask(scheduler: BenchFramework, cluster: Cluster, agentPid: number): Promise<number> {
  const runtime = `${cluster.folder}/agent-1/runtime`;
  const measure = (): number =>
    pssKib(agentPid) + pidsOf(runtime).reduce((total, pid) => (pid === agentPid ? total : total + pssKib(pid)), 0);
  const before = measure();
  const { taskIds } = await scheduler.launch(
    Array.from({ length: LASTING }, () => 'exec sleep 600'),
    'running',
  );
  const perTask = (measure() - before) / LASTING;
  await scheduler.kill(taskIds);
  return perTask;
}

async function bareFirst(
  folder: string,
  supervisor: Parameters<Parameters<typeof withBareSupervisor>[0]>[0],
): Promise<number> {
  const stamps = new Stamps(folder);
  const first: number[] = [];
  for (let index = 0; index < SINGLE; index++) {
    const startMs = performance.now();
    const { ended } = supervisor.run(stamps.command(`b${index}`, 'true'));
    first.push((await stamps.of(`b${index}`)) - startMs);
    await ended;
  }
  stamps.close();
  return percentileOf(first, 50);
}
