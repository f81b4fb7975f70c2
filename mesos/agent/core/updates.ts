import type { FrameBuilder, StepContext } from '../../../sdk/base/step.ts';
import type {
  ContainerStatus,
  TaskState,
  TaskStatus,
  TaskStatus_Reason,
  TaskStatus_Source,
} from '../../../sdk/v1/generated/mesos.ts';
import { isTerminal } from '../../../sdk/v1/task-state.ts';
import { completeTask } from './completion.ts';
import type { AgentEffect } from './effects.ts';
import { putStatus } from './records.ts';
import { type AgentState, type ExecutorEntry, type FrameworkEntry, findTask, type TaskEntry } from './state.ts';
import { retryKey } from './timer-keys.ts';

type Frame = FrameBuilder<AgentEffect>;

/** An update that nobody acknowledged is sent again after 10 s, then after twice as long each time, up to 10 min. */
const RETRY_MS_MIN = 10_000;
const RETRY_MS_MAX = 600_000;

/** What a status says beside the identity of its task. */
export interface StatusFields {
  readonly state: TaskState;
  readonly source: TaskStatus_Source;
  readonly reason?: TaskStatus_Reason | undefined;
  readonly message?: string | undefined;
  readonly healthy?: boolean | undefined;
}

/** A new status of a task, with a uuid of its own. Those of a running container tell where it is. */
export function newStatus(state: AgentState, ctx: StepContext, task: TaskEntry, fields: StatusFields): TaskStatus {
  const { executor } = task;
  const fromExecutor = fields.source === 'SOURCE_EXECUTOR';
  return {
    task_id: task.info.task_id,
    state: fields.state,
    message: fields.message,
    source: fields.source,
    reason: fields.reason,
    agent_id: state.info.id,
    executor_id: { value: executor.id },
    timestamp: ctx.wallMs / 1000,
    uuid: ctx.ids.bytes(16),
    healthy: fields.healthy,
    check_status: fromExecutor ? emptyCheckStatus(task) : undefined,
    container_status: fromExecutor ? containerStatus(state, executor) : undefined,
  };
}

/** A task with a check always says which kind, before the first result too. */
function emptyCheckStatus(task: TaskEntry): TaskStatus['check_status'] {
  const check = task.info.check;
  if (check === undefined) return undefined;
  switch (check.type) {
    case 'COMMAND':
      return { type: 'COMMAND', command: {} };
    case 'HTTP':
      return { type: 'HTTP', http: {} };
    case 'TCP':
      return { type: 'TCP', tcp: {} };
    default:
      return undefined;
  }
}

/** Where a container is: tasks share the host's network, so the address is the agent's. */
export function containerStatus(state: AgentState, executor: ExecutorEntry): ContainerStatus {
  const ip = state.config.ip;
  return {
    container_id: { value: executor.containerId },
    network_infos: [{ ip_addresses: [{ protocol: ip.includes(':') ? 'IPv6' : 'IPv4', ip_address: ip }] }],
    executor_pid: executor.pid,
  };
}

/**
 * Takes a status into a task and, unless its framework ends, into the task's stream to the framework: durable first, the oldest
 * outstanding until it is acknowledged. Anything after a terminal state is dropped.
 *
 * @returns whether it was taken.
 */
export function report(
  state: AgentState,
  frame: Frame,
  ctx: StepContext,
  task: TaskEntry,
  status: TaskStatus,
): boolean {
  if (isTerminal(task.state)) return false;
  const last = task.statuses.at(-1);
  task.statuses = last?.state === status.state ? [...task.statuses.slice(0, -1), status] : [...task.statuses, status];
  task.state = status.state;
  if (status.state === 'TASK_RUNNING' && task.startedAtMs === undefined) task.startedAtMs = ctx.wallMs;
  if (isTerminal(status.state)) countTerminal(state, status.state);
  if (task.executor.framework.terminating) {
    if (isTerminal(status.state)) completeTask(state, frame, task);
    else putStatus(frame, task);
    return true;
  }
  state.counters.validStatusUpdates++;
  task.pending = [...task.pending, status];
  putStatus(frame, task);
  if (task.pending.length === 1) {
    task.resends = 0;
    forward(state, frame, task);
  }
  return true;
}

function countTerminal(state: AgentState, terminal: TaskState): void {
  const { counters } = state;
  if (terminal === 'TASK_FINISHED') counters.tasksFinished++;
  else if (terminal === 'TASK_FAILED') counters.tasksFailed++;
  else if (terminal === 'TASK_KILLED') counters.tasksKilled++;
  else if (terminal === 'TASK_LOST') counters.tasksLost++;
  else if (terminal === 'TASK_GONE') counters.tasksGone++;
}

/** Sends the outstanding update, and again until it is acknowledged. While there is no master, registration does it. */
export function forward(state: AgentState, frame: Frame, task: TaskEntry): void {
  const [status] = task.pending;
  if (status === undefined || state.link.phase !== 'registered') return;
  frame.emit(
    {
      kind: 'link.send',
      generation: state.link.generation,
      calls: [
        {
          type: 'UPDATE',
          update: { framework_id: { value: task.executor.framework.id }, status, latest_state: task.state },
        },
      ],
    },
    { kind: 'timer.set', key: retryKey(task), delayMs: Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** task.resends) },
  );
}

/** After a registration: everything outstanding goes to the new master at once. */
export function forwardAll(state: AgentState, frame: Frame): void {
  for (const framework of state.frameworks.values()) forwardFramework(state, frame, framework);
}

/** After a framework came back: what it missed goes out at once, not after the next retry (slave.cpp, updateFramework). */
export function forwardFramework(state: AgentState, frame: Frame, framework: FrameworkEntry): void {
  for (const executor of framework.executors.values()) {
    for (const task of executor.tasks.values()) {
      if (task.pending.length === 0) continue;
      task.resends = 0;
      forward(state, frame, task);
    }
  }
}

/** Every executor that is not forgotten. */
export function* allExecutors(state: AgentState): Generator<ExecutorEntry> {
  for (const framework of state.frameworks.values()) yield* framework.executors.values();
}

/** The time for an acknowledgement is over: sends the update again, with the newest state beside it. */
export function retryFired(state: AgentState, frame: Frame, frameworkId: string, taskId: string): void {
  const task = findTask(state, frameworkId, taskId);
  if (task === undefined) return;
  task.resends++;
  forward(state, frame, task);
}

/**
 * A framework acknowledged an update. Only the outstanding one counts; the next then goes out, and after the terminal one the
 * task leaves.
 */
export function acknowledge(
  state: AgentState,
  frame: Frame,
  frameworkId: string,
  taskId: string,
  uuid: Uint8Array,
): void {
  const task = findTask(state, frameworkId, taskId);
  const head = task?.pending[0];
  if (task === undefined || head === undefined || !equalBytes(head.uuid, uuid)) return;
  task.pending = task.pending.slice(1);
  task.resends = 0;
  if (task.pending.length > 0) {
    putStatus(frame, task);
    forward(state, frame, task);
    return;
  }
  frame.emit({ kind: 'timer.clear', key: retryKey(task) });
  if (isTerminal(head.state)) completeTask(state, frame, task);
  else putStatus(frame, task);
}

/** Forgets what a task still had to say. */
export function dropPending(frame: Frame, task: TaskEntry): void {
  if (task.pending.length === 0) return;
  task.pending = [];
  frame.emit({ kind: 'timer.clear', key: retryKey(task) });
}

/** Whether two uuids are the same bytes. */
export function equalBytes(left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
  if (left === undefined || right === undefined || left.length !== right.length) return false;
  return left.every((byte, index) => byte === right[index]);
}
