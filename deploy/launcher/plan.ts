import { fileURLToPath } from 'node:url';

/** Options of `meseta up`. */
export interface UpOptions {
  readonly agents: number;
  readonly workDir: string;
  readonly ip: string;
  readonly masterPort: number;
  readonly agentPort: number;
  readonly marathonPort: number;
  readonly chronosPort: number;
  readonly resources: string | undefined;
  readonly examples: boolean;
}

/** One daemon that the launcher runs. */
export interface DaemonPlan {
  /** Unique name: `master`, `agent-1`, `marathon`, `chronos`. */
  readonly name: string;
  /** The program, a `main.ts`. */
  readonly program: string;
  readonly args: readonly string[];
  readonly port: number;
  /** The launcher's flag that moves the port. */
  readonly portFlag: string;
  /** Where it serves; its page for people. */
  readonly url: string;
  /** Answers 200 once the daemon is ready. */
  readonly healthPath: string;
  /** Daemons stop stage by stage: frameworks first, then agents with their tasks, then the master. */
  readonly stopStage: 0 | 1 | 2;
  readonly stopSignal: NodeJS.Signals;
  readonly stopTimeoutMs: number;
}

/**
 * Ports of tasks. The first agent offers the usual ones; every further agent of the machine has its own below them, or tasks of two
 * agents would get the same one. An agent's share does not depend on how many there are: its resources must stay what they were.
 */
const TASK_PORTS = { first: 31_000, each: 300 };

/** The daemons of a local cluster, in the order of their start. `dataPath` names each one's folder. */
export function planCluster(options: UpOptions, dataPath: (name: string) => string): DaemonPlan[] {
  const { ip, masterPort } = options;
  const reached = reachableAddress(ip);
  const master = `${reached}:${masterPort}`;
  const base = (port: number) => `http://${reached}:${port}`;
  const agents = Array.from({ length: options.agents }, (_, index): DaemonPlan => {
    const name = `agent-${index + 1}`;
    const port = options.agentPort + index;
    const resources = agentResources(options, index);
    return {
      name,
      program: programPath('mesos/agent/main.ts'),
      args: [
        `--master=${master}`,
        `--ip=${ip}`,
        `--port=${port}`,
        `--work_dir=${dataPath(name)}`,
        `--runtime_dir=${dataPath(name)}/runtime`,
        ...(resources === '' ? [] : [`--resources=${resources}`]),
      ],
      port,
      portFlag: '--agent-port',
      url: base(port),
      healthPath: '/health',
      stopStage: 1,
      // Ends the agent together with its tasks; SIGTERM would leave them running.
      stopSignal: 'SIGUSR1',
      stopTimeoutMs: 45_000,
    };
  });
  return [
    {
      name: 'master',
      program: programPath('mesos/master/main.ts'),
      args: [`--ip=${ip}`, `--port=${masterPort}`, `--work_dir=${dataPath('master')}`],
      port: masterPort,
      portFlag: '--master-port',
      url: base(masterPort),
      healthPath: '/health',
      stopStage: 2,
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 15_000,
    },
    ...agents,
    framework('marathon', options.marathonPort, '--marathon-port', '/ui/', master, ip, dataPath),
    framework('chronos', options.chronosPort, '--chronos-port', '', master, ip, dataPath),
  ];
}

/** `--resources` of one agent: with ports of its own, unless the user gives ports. */
function agentResources({ resources = '' }: UpOptions, index: number): string {
  // JSON and files are left as they are.
  if (index === 0 || /^\s*([[{/]|file:)/.test(resources) || /(^|;)\s*ports\s*[(:]/.test(resources)) return resources;
  const from = TASK_PORTS.first - index * TASK_PORTS.each;
  const ports = `ports:[${from}-${from + TASK_PORTS.each - 1}]`;
  return resources === '' ? ports : `${resources.replace(/;\s*$/, '')};${ports}`;
}

function framework(
  name: 'marathon' | 'chronos',
  port: number,
  portFlag: string,
  pagePath: string,
  master: string,
  ip: string,
  dataPath: (name: string) => string,
): DaemonPlan {
  return {
    name,
    program: programPath(`${name}/main.ts`),
    args: [`--master=${master}`, `--http_address=${ip}`, `--http_port=${port}`, `--data_dir=${dataPath(name)}`],
    port,
    portFlag,
    url: `http://${reachableAddress(ip)}:${port}${pagePath}`,
    healthPath: '/ping',
    stopStage: 0,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 15_000,
  };
}

/** Where what binds `ip` is reached from this machine: every address is none that one can call. */
function reachableAddress(ip: string): string {
  return ip === '0.0.0.0' ? '127.0.0.1' : ip;
}

function programPath(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
