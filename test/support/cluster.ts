import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DaemonProcess, freePort } from './daemon-process.ts';

/** What a test wants to have running. */
export interface ClusterOptions {
  /** Number of agents; default 1. */
  readonly agents?: number;
  readonly agentArgs?: readonly string[];
  readonly masterArgs?: readonly string[];
  readonly marathon?: boolean | readonly string[];
  readonly chronos?: boolean | readonly string[];
  /** Leaves the folder to the caller when it closes. */
  readonly keepFolder?: boolean;
}

/** Real daemons on free ports of the loopback address, in a folder of their own. */
export interface Cluster {
  readonly folder: string;
  readonly master: DaemonProcess;
  readonly agents: readonly DaemonProcess[];
  readonly marathon: DaemonProcess;
  readonly chronos: DaemonProcess;
  /** Ends everything: frameworks, agents with their tasks, master; removes the folder. */
  close(): Promise<void>;
}

const RESOURCES = '--resources=cpus:8;mem:8192;disk:8192;ports:[31000-32000]';

/** Starts a cluster and waits until each daemon answers. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'meseta-cluster-'));
  const master = await masterProcess(folder, options.masterArgs);
  const address = `127.0.0.1:${master.options.port}`;
  const agents: DaemonProcess[] = [];
  for (let index = 0; index < (options.agents ?? 1); index++) {
    agents.push(await agentProcess(folder, `agent-${index + 1}`, address, options.agentArgs));
  }
  const marathon = await frameworkProcess(folder, 'marathon', address, options.marathon);
  const chronos = await frameworkProcess(folder, 'chronos', address, options.chronos);
  const wanted = [
    master,
    ...agents,
    ...(options.marathon === undefined || options.marathon === false ? [] : [marathon]),
    ...(options.chronos === undefined || options.chronos === false ? [] : [chronos]),
  ];
  const close = async (): Promise<void> => {
    await Promise.all([marathon.end(), chronos.end()]);
    await Promise.all(agents.map((agent) => agent.end('SIGUSR1')));
    await master.end();
    if (options.keepFolder !== true) rmSync(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all(wanted.map((daemon) => daemon.start()));
  } catch (error) {
    await close();
    throw error;
  }
  return { folder, master, agents, marathon, chronos, close };
}

/** A master that is not started yet. */
export async function masterProcess(folder: string, args: readonly string[] = []): Promise<DaemonProcess> {
  const port = await freePort();
  return new DaemonProcess({
    program: 'mesos/master/main.ts',
    args: ['--ip=127.0.0.1', `--port=${port}`, `--work_dir=${join(folder, 'master')}`, ...args],
    port,
    healthPath: '/health',
  });
}

/** An agent that is not started yet; 8 cpus unless the arguments say otherwise. */
export async function agentProcess(
  folder: string,
  name: string,
  master: string,
  args: readonly string[] = [],
): Promise<DaemonProcess> {
  const port = await freePort();
  const workDir = join(folder, name);
  const resources = args.some((argument) => argument.startsWith('--resources=')) ? [] : [RESOURCES];
  return new DaemonProcess({
    program: 'mesos/agent/main.ts',
    args: [
      `--master=${master}`,
      '--ip=127.0.0.1',
      `--port=${port}`,
      `--work_dir=${workDir}`,
      `--runtime_dir=${join(workDir, 'runtime')}`,
      ...resources,
      ...args,
    ],
    port,
    healthPath: '/health',
  });
}

async function frameworkProcess(
  folder: string,
  name: 'marathon' | 'chronos',
  master: string,
  args: boolean | readonly string[] | undefined,
): Promise<DaemonProcess> {
  const port = await freePort();
  const extra = Array.isArray(args) ? (args as readonly string[]) : [];
  return new DaemonProcess({
    program: `${name}/main.ts`,
    args: [
      `--master=${master}`,
      '--http_address=127.0.0.1',
      `--http_port=${port}`,
      `--data_dir=${join(folder, name)}`,
      ...extra,
    ],
    port,
    healthPath: '/ping',
  });
}
