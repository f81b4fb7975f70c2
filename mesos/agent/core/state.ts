import type { Event as LinkEvent } from '../../../sdk/v1/generated/agent_link.ts';
import type {
  AgentInfo,
  ContainerID,
  ExecutorInfo,
  FrameworkInfo,
  MasterInfo,
  Task,
  TaskInfo,
  TaskState,
  TaskStatus,
  TaskStatus_Reason,
} from '../../../sdk/v1/generated/mesos.ts';
import type { AgentConfig } from './config.ts';

/**
 * Everything that an agent knows. The core owns it and changes it in place; wire values inside (infos, statuses) are never
 * changed, only replaced, so a view may keep references to them.
 */
export interface AgentState {
  readonly config: AgentConfig;
  /** With `id` once a master has given one. */
  info: AgentInfo;
  readonly link: LinkState;
  /** Frameworks with a live executor, by id. */
  readonly frameworks: Map<string, FrameworkEntry>;
  /** The newest ones that have nothing left here, oldest first. */
  readonly completedFrameworks: Map<string, FrameworkEntry>;
  /** Live executors by container id. */
  readonly containers: Map<string, ExecutorEntry>;
  /** Connected executors by the number of their stream. */
  readonly streams: Map<number, ExecutorEntry>;
  readonly counters: AgentCounters;
  /**
   * Orders for frameworks that are still being ended here on an earlier order, as of a master that has forgotten it: carried out once the
   * framework's last container is gone. Not kept over registrations, which tell the master that there is no such task.
   */
  deferred: readonly LinkEvent[];
  /** Set from SIGUSR1 or the master's order to end, until the process is gone. */
  stopping: StopMark | undefined;
  /** What a restarted agent found and `start` has to look after; undefined afterwards. */
  recovered: readonly RecoveredContainer[] | undefined;
  /** The machine was booted since: what ran then is gone. */
  rebooted: boolean;
}

/** What the runtime directory knew of a container when the agent started. */
export interface RecoveredContainer {
  readonly containerId: string;
  readonly state: 'running' | 'exited' | 'never-started';
  readonly pid?: number | undefined;
  /** Raw wait status; unset when nobody can know it. */
  readonly waitStatus?: number | undefined;
}

/** Where the registration stands. */
export interface LinkState {
  phase: 'waiting' | 'connecting' | 'registered';
  /** Names the stream; events of another one are void. */
  generation: number;
  /** Attempts since the last registration, for the backoff. */
  failures: number;
  /** Newest master epoch seen; an older master is refused. */
  epoch: bigint;
  /** Starts of this agent so far: the high part of `attempt`. */
  starts: number;
  /** (RE)REGISTER calls of this process. */
  attempts: number;
  /** Until there is an agent id. */
  registrationId: string | undefined;
  master: MasterInfo | undefined;
  pingTimeoutMs: number;
}

export interface FrameworkEntry {
  readonly id: string;
  info: FrameworkInfo;
  /** Being shut down: no updates any more. */
  terminating: boolean;
  /** By executor id. */
  readonly executors: Map<string, ExecutorEntry>;
  /** Oldest first, bounded. */
  readonly completedExecutors: ExecutorEntry[];
}

/**
 * - launching: the container is being made
 * - registering: a custom executor's process runs, its SUBSCRIBE is awaited
 * - running: subscribed once, or a command task's process runs
 * - terminating: told to end, or being killed
 * - terminated: the container is gone; tasks may still wait for acknowledgements
 */
export type ExecutorPhase = 'launching' | 'registering' | 'running' | 'terminating' | 'terminated';

/** One container: a custom executor with its tasks, or a command task (which is its own executor, as upstream shows it). */
export interface ExecutorEntry {
  readonly id: string;
  readonly framework: FrameworkEntry;
  readonly kind: 'command' | 'custom';
  /** Of a custom executor. A command task's is made up when somebody looks at it (`executorInfo`), and kept once it has ended. */
  info: ExecutorInfo | undefined;
  /** Changes only when a restarted agent finds that its launch never began: a container id is never used twice. */
  containerId: string;
  /** Sandbox, absolute. */
  directory: string;
  phase: ExecutorPhase;
  pid: number | undefined;
  /** By task id: queued, running, or ended and waiting for an acknowledgement. */
  readonly tasks: Map<string, TaskEntry>;
  /** Ended and acknowledged, oldest first, bounded. */
  readonly completedTasks: Task[];
  /** Why it is being ended by the agent itself: what its tasks are told. */
  termination: Termination | undefined;
  /** Its open stream. */
  stream: number | undefined;
}

export interface Termination {
  readonly state: TaskState;
  readonly reason: TaskStatus_Reason;
  readonly message: string;
}

export interface TaskEntry {
  readonly id: string;
  readonly info: TaskInfo;
  readonly executor: ExecutorEntry;
  state: TaskState;
  /** The newest status of each run of equal states, as upstream keeps them. */
  statuses: readonly TaskStatus[];
  /** Updates not acknowledged yet; only the first is outstanding. */
  pending: readonly TaskStatus[];
  /** How often the outstanding one was sent again. */
  resends: number;
  /** A custom executor was told to run it; a command task's process was started. */
  delivered: boolean;
  /** Wall clock of the first TASK_RUNNING, for `max_completion_time` over restarts. */
  startedAtMs: number | undefined;
  kill: KillMark | undefined;
}

/** A task is being ended by us. */
export interface KillMark {
  /** Whose wish it is: decides what the terminal update says. */
  readonly by: 'framework' | 'health' | 'max-completion-time' | 'agent-stop';
  readonly graceMs: number;
  /** Wall clock, so that a restarted agent goes on with the rest of the grace. */
  readonly startedAtMs: number;
}

/** The agent ends. */
export interface StopMark {
  /**
   * - drain: SIGUSR1, tasks end and are reported
   * - removed: the master does not want this agent; nothing is reported
   * - cleanup: `--recover=cleanup`, the same, and the identity is forgotten
   */
  readonly kind: 'drain' | 'removed' | 'cleanup';
  readonly message: string;
}

/** Monotonic figures for the metrics. */
export interface AgentCounters {
  tasksFinished: number;
  tasksFailed: number;
  tasksKilled: number;
  tasksLost: number;
  tasksGone: number;
  executorsTerminated: number;
  containerLaunchErrors: number;
  validStatusUpdates: number;
  invalidStatusUpdates: number;
  validFrameworkMessages: number;
  invalidFrameworkMessages: number;
  recoveryErrors: number;
  recoverySecs: number;
}

/** The state of an agent that has never run on this work directory. */
export function initialAgentState(config: AgentConfig): AgentState {
  return {
    config,
    info: config.info,
    link: {
      phase: 'waiting',
      generation: 0,
      failures: 0,
      epoch: 0n,
      starts: 0,
      attempts: 0,
      registrationId: undefined,
      master: undefined,
      pingTimeoutMs: 75_000,
    },
    frameworks: new Map(),
    completedFrameworks: new Map(),
    containers: new Map(),
    streams: new Map(),
    counters: {
      tasksFinished: 0,
      tasksFailed: 0,
      tasksKilled: 0,
      tasksLost: 0,
      tasksGone: 0,
      executorsTerminated: 0,
      containerLaunchErrors: 0,
      validStatusUpdates: 0,
      invalidStatusUpdates: 0,
      validFrameworkMessages: 0,
      invalidFrameworkMessages: 0,
      recoveryErrors: 0,
      recoverySecs: 0,
    },
    deferred: [],
    stopping: undefined,
    recovered: undefined,
    rebooted: false,
  };
}

/** A framework with nothing on this agent yet. */
export function newFramework(id: string, info: FrameworkInfo): FrameworkEntry {
  return { id, info, terminating: false, executors: new Map(), completedExecutors: [] };
}

/** The agent's id, or undefined before its first registration. */
export function agentIdOf(state: AgentState): string | undefined {
  return state.info.id?.value;
}

/** The sandbox of a run, in upstream's tree. */
export function sandboxPath(
  state: AgentState,
  frameworkId: string,
  executorId: string,
  containerId: ContainerID['value'],
): string {
  const parts = [state.config.workDir, 'slaves', agentIdOf(state) ?? '', 'frameworks', frameworkId];
  return [...parts, 'executors', executorId, 'runs', containerId].join('/');
}

/** A live task of a framework, whichever executor has it. */
export function findTask(state: AgentState, frameworkId: string, taskId: string): TaskEntry | undefined {
  const framework = state.frameworks.get(frameworkId);
  if (framework === undefined) return undefined;
  // A command task is its own executor: found without a search.
  const own = framework.executors.get(taskId)?.tasks.get(taskId);
  if (own !== undefined) return own;
  for (const executor of framework.executors.values()) {
    const task = executor.tasks.get(taskId);
    if (task !== undefined) return task;
  }
  return undefined;
}

/** Whether a framework said that it understands a capability. */
export function hasCapability(info: FrameworkInfo, capability: 'PARTITION_AWARE' | 'TASK_KILLING_STATE'): boolean {
  return (info.capabilities ?? []).some(({ type }) => type === capability);
}
