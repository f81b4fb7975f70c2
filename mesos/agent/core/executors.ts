import type { FrameBuilder, StepContext } from '../../../sdk/base/step.ts';
import type { Call, Call_Subscribe } from '../../../sdk/v1/generated/executor.ts';
import type { ContainerStatus, TaskStatus } from '../../../sdk/v1/generated/mesos.ts';
import { isTerminal } from '../../../sdk/v1/task-state.ts';
import type { AgentEffect } from './effects.ts';
import { droppedState, hasWork, shutdownExecutor } from './kill.ts';
import { putExecutor, putStatus } from './records.ts';
import type { AgentState, ExecutorEntry, TaskEntry } from './state.ts';
import { executorInfo } from './task-info.ts';
import { registerKey } from './timer-keys.ts';
import { containerStatus, equalBytes, newStatus, report } from './updates.ts';

type Frame = FrameBuilder<AgentEffect>;

/** Executors are told that we live this often. */
export const EXECUTOR_HEARTBEAT_MS = 30 * 60_000;

/** A call of the executor API, valid by itself. */
export function executorCalled(state: AgentState, frame: Frame, ctx: StepContext, reply: number, call: Call): void {
  const answer = (status: number, text = ''): void => frame.emit({ kind: 'http.reply', reply, status, text });
  if (call.type === 'HEARTBEAT') {
    answer(202);
    return;
  }
  const framework = state.frameworks.get(call.framework_id.value);
  if (framework === undefined) {
    answer(400, 'Framework cannot be found');
    return;
  }
  const executor = framework.executors.get(call.executor_id.value);
  // Upstream's command executor would be found here too; ours is no client of this API.
  if (executor === undefined || executor.kind === 'command') {
    answer(400, 'Executor cannot be found');
    return;
  }
  if (call.type === 'SUBSCRIBE') {
    subscribe(state, frame, ctx, reply, executor, call.subscribe ?? {});
    return;
  }
  if (executor.phase === 'registering' || executor.phase === 'launching') {
    answer(403, 'Executor is not subscribed');
    return;
  }
  if (call.type === 'UPDATE' && call.update !== undefined) {
    executorUpdate(state, frame, ctx, executor, call.update.status);
    answer(202);
  } else if (call.type === 'MESSAGE' && call.message !== undefined) {
    sendFrameworkMessage(state, frame, executor, call.message.data);
    answer(202);
  } else answer(501, `${call.type ?? 'UNKNOWN'} is not supported`);
}

function sendFrameworkMessage(state: AgentState, frame: Frame, executor: ExecutorEntry, data: Uint8Array): void {
  if (executor.framework.terminating) {
    state.counters.invalidFrameworkMessages++;
    return;
  }
  state.counters.validFrameworkMessages++;
  const framework_id = { value: executor.framework.id };
  frame.emit({
    kind: 'link.send',
    generation: state.link.generation,
    calls: [{ type: 'MESSAGE', message: { framework_id, executor_id: { value: executor.id }, data } }],
  });
}

/** An executor's first words, and again after either side came back. */
function subscribe(
  state: AgentState,
  frame: Frame,
  ctx: StepContext,
  stream: number,
  executor: ExecutorEntry,
  call: Call_Subscribe,
): void {
  frame.emit({ kind: 'executor.accept', stream });
  if (executor.phase === 'terminating' || executor.phase === 'terminated') {
    frame.emit({ kind: 'executor.send', stream, event: { type: 'SHUTDOWN' } }, { kind: 'executor.close', stream });
    return;
  }
  if (executor.stream !== undefined) {
    frame.emit({ kind: 'executor.close', stream: executor.stream });
    state.streams.delete(executor.stream);
  }
  executor.stream = stream;
  state.streams.set(stream, executor);
  // The process may tell its first words before its start is told.
  executor.phase = 'running';
  frame.emit({ kind: 'timer.clear', key: registerKey(executor) });
  putExecutor(frame, executor);
  for (const { status } of call.unacknowledged_updates ?? []) executorUpdate(state, frame, ctx, executor, status);
  dropUnknown(state, frame, ctx, executor, call);
  if (!hasWork(executor)) {
    shutdownExecutor(state, frame, ctx, executor);
    return;
  }
  frame.emit({
    kind: 'executor.send',
    stream,
    event: {
      type: 'SUBSCRIBED',
      subscribed: {
        executor_info: executorInfo(executor),
        framework_info: executor.framework.info,
        agent_info: state.info,
        container_id: { value: executor.containerId },
      },
    },
  });
  for (const task of executor.tasks.values()) {
    deliverTask(frame, task);
    repeatKill(frame, task, stream);
  }
}

/** A task that we sent and the executor never got: whoever sent it died in between. */
function dropUnknown(
  state: AgentState,
  frame: Frame,
  ctx: StepContext,
  executor: ExecutorEntry,
  call: Call_Subscribe,
): void {
  const known = new Set((call.unacknowledged_tasks ?? []).map(({ task_id }) => task_id.value));
  for (const task of [...executor.tasks.values()]) {
    if (task.state !== 'TASK_STAGING' || !task.delivered || known.has(task.id)) continue;
    const status = newStatus(state, ctx, task, {
      state: droppedState(executor.framework.info),
      source: 'SOURCE_AGENT',
      reason: 'REASON_AGENT_RESTARTED',
      message: 'Task launched during agent restart',
    });
    report(state, frame, ctx, task, status);
  }
}

/** Hands a waiting task to its executor, if that listens. */
export function deliverTask(frame: Frame, task: TaskEntry): void {
  const { executor } = task;
  if (task.delivered || isTerminal(task.state) || executor.phase !== 'running' || executor.stream === undefined) return;
  task.delivered = true;
  putStatus(frame, task);
  const event = { type: 'LAUNCH', launch: { task: task.info } } as const;
  frame.emit({ kind: 'executor.send', stream: executor.stream, event });
}

/** A KILL that may have been lost with the stream is said again. */
function repeatKill(frame: Frame, task: TaskEntry, stream: number): void {
  if (task.kill === undefined || isTerminal(task.state)) return;
  const nanoseconds = BigInt(Math.round(task.kill.graceMs * 1e6));
  const kill = { task_id: task.info.task_id, kill_policy: { grace_period: { nanoseconds } } };
  frame.emit({ kind: 'executor.send', stream, event: { type: 'KILL', kill } });
}

/** An update from an executor: into the task's stream, and its receipt back once it is durable. */
function executorUpdate(
  state: AgentState,
  frame: Frame,
  ctx: StepContext,
  executor: ExecutorEntry,
  status: TaskStatus,
): void {
  const task = taskOfUpdate(executor, status.task_id.value);
  if (task === undefined) state.counters.invalidStatusUpdates++;
  else if (!isKnown(task, status)) {
    const finished: TaskStatus = {
      ...status,
      source: 'SOURCE_EXECUTOR',
      agent_id: state.info.id,
      executor_id: { value: executor.id },
      timestamp: status.timestamp ?? ctx.wallMs / 1000,
      message: status.message ?? (status.state === 'TASK_KILLED' ? state.stopping?.message : undefined),
      container_status: mergedContainerStatus(status.container_status, containerStatus(state, executor)),
    };
    report(state, frame, ctx, task, finished);
  }
  if (executor.stream === undefined || status.uuid === undefined) return;
  frame.emit({
    kind: 'executor.send',
    stream: executor.stream,
    event: { type: 'ACKNOWLEDGED', acknowledged: { task_id: status.task_id, uuid: status.uuid } },
  });
}

/** Upstream lets an executor speak for tasks of its framework's other executors. */
function taskOfUpdate(executor: ExecutorEntry, taskId: string): TaskEntry | undefined {
  const own = executor.tasks.get(taskId);
  if (own !== undefined) return own;
  for (const other of executor.framework.executors.values()) {
    const task = other.kind === 'custom' ? other.tasks.get(taskId) : undefined;
    if (task !== undefined) return task;
  }
  return undefined;
}

function isKnown(task: TaskEntry, status: TaskStatus): boolean {
  const isSame = ({ uuid }: TaskStatus): boolean => equalBytes(uuid, status.uuid);
  return task.pending.some(isSame) || task.statuses.some(isSame);
}

function mergedContainerStatus(own: ContainerStatus | undefined, ours: ContainerStatus): ContainerStatus {
  const infos = own?.network_infos ?? [];
  return { ...own, ...ours, network_infos: infos.length > 0 ? infos : ours.network_infos };
}

/** An executor's connection broke. Its process decides what follows: it subscribes again, or ends. */
export function executorClosed(state: AgentState, stream: number): void {
  const executor = state.streams.get(stream);
  state.streams.delete(stream);
  if (executor?.stream === stream) executor.stream = undefined;
}

/** From a framework to its executor; lost when that does not listen. */
export function executorMessage(
  state: AgentState,
  frame: Frame,
  frameworkId: string,
  executorId: string,
  data: Uint8Array,
): void {
  const executor = state.frameworks.get(frameworkId)?.executors.get(executorId);
  if (executor?.stream === undefined || executor.phase !== 'running') {
    state.counters.invalidFrameworkMessages++;
    return;
  }
  state.counters.validFrameworkMessages++;
  frame.emit({ kind: 'executor.send', stream: executor.stream, event: { type: 'MESSAGE', message: { data } } });
}

/** Tells every connected executor that the agent lives. */
export function heartbeat(state: AgentState, frame: Frame): void {
  for (const stream of state.streams.keys())
    frame.emit({ kind: 'executor.send', stream, event: { type: 'HEARTBEAT' } });
  frame.emit({ kind: 'timer.set', key: 'executors.heartbeat', delayMs: EXECUTOR_HEARTBEAT_MS });
}
