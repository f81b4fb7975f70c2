import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScriptedMaster } from '../../mesos/agent/testing/scripted-master.ts';
import type { FrameworkInfo, TaskInfo, TaskStatus } from '../../sdk/v1/generated/mesos.ts';
import { isTerminal } from '../../sdk/v1/task-state.ts';
import { agentProcess } from '../support/cluster.ts';
import type { DaemonProcess } from '../support/daemon-process.ts';
import { eventually } from '../support/eventually.ts';

export const FRAMEWORK: FrameworkInfo = {
  id: { value: 'F' },
  user: process.env['USER'] ?? 'root',
  name: 'test',
  checkpoint: true,
  capabilities: [{ type: 'PARTITION_AWARE' }, { type: 'TASK_KILLING_STATE' }],
};

/** A real agent process and a scripted master, in a folder of their own. */
export class AgentLife {
  readonly master = new ScriptedMaster();
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'meseta-agent-')));
  #agent: DaemonProcess | undefined;

  get agent(): DaemonProcess {
    if (this.#agent === undefined) throw new Error('not open');
    return this.#agent;
  }

  async open(args: readonly string[] = []): Promise<void> {
    const port = await this.master.open();
    this.#agent = await agentProcess(this.folder, 'agent', `127.0.0.1:${port}`, args);
    await this.start();
  }

  /** Starts the agent, again maybe, and waits until the master has it. */
  async start(): Promise<void> {
    const before = this.master.registrations;
    await this.agent.start();
    await eventually('the agent registers', () => this.master.registrations > before);
  }

  async close(): Promise<void> {
    await this.#agent?.end('SIGUSR1');
    await this.master.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  run(id: string, command: string, more: Partial<TaskInfo> = {}): void {
    const task: TaskInfo = {
      name: id,
      task_id: { value: id },
      agent_id: { value: 'master-S0' },
      resources: [{ name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 }, allocation_info: { role: '*' } }],
      command: { value: command },
      ...more,
    };
    this.master.runTask(FRAMEWORK, task);
  }

  /** The newest status of a task once it satisfies the condition. */
  status(taskId: string, is: (status: TaskStatus) => boolean): Promise<TaskStatus> {
    return eventually(`news of task ${taskId}`, () => this.master.statuses(taskId).findLast(is));
  }

  running(taskId: string): Promise<TaskStatus> {
    return this.status(taskId, ({ state }) => state === 'TASK_RUNNING');
  }

  ended(taskId: string): Promise<TaskStatus> {
    return this.status(taskId, ({ state }) => isTerminal(state));
  }

  sandbox(executorId: string, file: string): string {
    const runs = join(this.folder, 'agent/slaves/master-S0/frameworks/F/executors', executorId, 'runs');
    return readFileSync(join(runs, 'latest', file), 'utf8');
  }

  json(path: string): Promise<unknown> {
    return fetch(this.agent.url + path).then((answer) => answer.json());
  }
}

/** Whether a process is there and no zombie. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    return false;
  }
}

/** Pid of the parent of a process. */
export function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}
