import type { FrameBuilder, StepContext } from '../../../sdk/base/step.ts';
import type { FrameworkInfo, KillPolicy, TaskInfo } from '../../../sdk/v1/generated/mesos.ts';
import { isTerminal } from '../../../sdk/v1/task-state.ts';
import { completeTask } from './completion.ts';
import type { AgentEffect } from './effects.ts';
import { shutdownGraceMs } from './environment.ts';
import { putExecutor, putFramework, putStatus, putTask } from './records.ts';
import {
  type AgentState,
  type ExecutorEntry,
  type FrameworkEntry,
  findTask,
  hasCapability,
  type KillMark,
  type TaskEntry,
} from './state.ts';
import { durationMs } from './task-info.ts';
import { maxTimeKey, shutdownKey } from './timer-keys.ts';
import { dropPending, newStatus, report, type StatusFields } from './updates.ts';

type Frame = FrameBuilder<AgentEffect>;

/** Upstream's grace between SIGTERM and SIGKILL when no kill policy says otherwise. */
const KILL_GRACE_MS = 3_000;

/** What upstream's command executor keeps of its shutdown grace for its own work. */
const SHUTDOWN_MARGIN_MS = 2_000;

/** The master's order to end a task. */
export function killTask(
  state: AgentState,
  frame: Frame,
  ctx: StepContext,
  frameworkId: string,
  taskId: string,
  policy: KillPolicy | undefined,
): void {
  const framework = state.frameworks.get(frameworkId);
  if (framework === undefined || framework.terminating) return;
  const task = findTask(state, frameworkId, taskId);
  if (task === undefined) {
    reportUnknown(state, frame, ctx, framework, taskId);
    return;
  }
  if (task.executor.kind === 'custom') killInExecutor(state, frame, ctx, task, policy);
  else killCommand(state, frame, ctx, task, graceOf(task, policy));
}

function graceOf(task: TaskEntry, policy: KillPolicy | undefined): number {
  return durationMs(policy?.grace_period) ?? durationMs(task.info.kill_policy?.grace_period) ?? KILL_GRACE_MS;
}

/** A task that the master knows and we do not: it never ran here. */
function reportUnknown(
  state: AgentState,
  frame: Frame,
  ctx: StepContext,
  framework: FrameworkEntry,
  taskId: string,
): void {
  const agentId = state.info.id;
  const isCompleted = framework.completedExecutors.some(({ completedTasks }) =>
    completedTasks.some(({ task_id }) => task_id.value === taskId),
  );
  if (agentId === undefined || isCompleted || framework.executors.has(taskId)) return;
  const info: TaskInfo = { name: taskId, task_id: { value: taskId }, agent_id: agentId };
  const executor: ExecutorEntry = {
    id: taskId,
    framework,
    kind: 'command',
    info: undefined,
    containerId: ctx.ids.uuid(),
    directory: '',
    phase: 'terminated',
    pid: undefined,
    tasks: new Map(),
    completedTasks: [],
    termination: undefined,
    stream: undefined,
  };
  const task: TaskEntry = {
    id: taskId,
    info,
    executor,
    state: 'TASK_STAGING',
    statuses: [],
    pending: [],
    resends: 0,
    delivered: false,
    startedAtMs: undefined,
    kill: undefined,
  };
  executor.tasks.set(taskId, task);
  framework.executors.set(taskId, executor);
  putTask(frame, task);
  report(
    state,
    frame,
    ctx,
    task,
    newStatus(state, ctx, task, {
      state: droppedState(framework.info),
      source: 'SOURCE_AGENT',
      reason: 'REASON_EXECUTOR_TERMINATED',
      message: 'Cannot find executor',
    }),
  );
}

/** TASK_DROPPED is only for frameworks that know it. */
export function droppedState(info: FrameworkInfo): 'TASK_DROPPED' | 'TASK_LOST' {
  return hasCapability(info, 'PARTITION_AWARE') ? 'TASK_DROPPED' : 'TASK_LOST';
}

/** What a task is told that ends before anything of it ran. */
export function killedBeforeDelivery(state: AgentState): StatusFields {
  return {
    state: 'TASK_KILLED',
    source: 'SOURCE_AGENT',
    reason: 'REASON_TASK_KILLED_DURING_LAUNCH',
    message: state.stopping?.message ?? 'Killed before delivery to the executor',
  };
}

function killCommand(state: AgentState, frame: Frame, ctx: StepContext, task: TaskEntry, graceMs: number): void {
  const { executor } = task;
  if (executor.phase === 'launching') {
    report(state, frame, ctx, task, newStatus(state, ctx, task, killedBeforeDelivery(state)));
    executor.phase = 'terminating';
    destroy(frame, executor);
    return;
  }
  const by = state.stopping === undefined ? 'framework' : 'agent-stop';
  beginKill(state, frame, ctx, task, { by, graceMs });
}

/**
 * Begins to end a command task's process, once: a later call can only shorten the grace. What ends it afterwards, the terminal
 * update says that it was killed.
 */
export function beginKill(
  state: AgentState,
  frame: Frame,
  ctx: StepContext,
  task: TaskEntry,
  wish: Pick<KillMark, 'by' | 'graceMs'>,
): void {
  const { executor } = task;
  if (isTerminal(task.state) || executor.phase === 'terminated') return;
  const { containerId } = executor;
  if (task.kill !== undefined) {
    if (wish.graceMs >= task.kill.graceMs) return;
    task.kill = { ...task.kill, graceMs: wish.graceMs };
    putStatus(frame, task);
    frame.emit({ kind: 'container.kill', containerId, graceMs: graceLeftMs(ctx, task.kill) });
    return;
  }
  task.kill = { ...wish, startedAtMs: ctx.wallMs };
  frame.emit({ kind: 'timer.clear', key: maxTimeKey(task) });
  if (task.info.health_check !== undefined || task.info.check !== undefined)
    frame.emit({ kind: 'checks.stop', containerId });
  const announces = wish.by !== 'max-completion-time' && hasCapability(executor.framework.info, 'TASK_KILLING_STATE');
  if (announces)
    report(state, frame, ctx, task, newStatus(state, ctx, task, { state: 'TASK_KILLING', source: 'SOURCE_EXECUTOR' }));
  else putStatus(frame, task);
  frame.emit({ kind: 'container.kill', containerId, graceMs: wish.graceMs });
}

/** What is left of a kill's grace; all of it after a wall clock that went back. */
export function graceLeftMs(ctx: StepContext, kill: KillMark): number {
  const elapsedMs = Math.max(0, ctx.wallMs - kill.startedAtMs);
  return Math.max(0, kill.graceMs - elapsedMs);
}

function killInExecutor(
  state: AgentState,
  frame: Frame,
  ctx: StepContext,
  task: TaskEntry,
  policy: KillPolicy | undefined,
): void {
  const { executor } = task;
  if (executor.phase === 'terminating' || executor.phase === 'terminated' || isTerminal(task.state)) return;
  if (!task.delivered) {
    report(state, frame, ctx, task, newStatus(state, ctx, task, killedBeforeDelivery(state)));
    if (executor.phase === 'running' && !hasWork(executor)) shutdownExecutor(state, frame, ctx, executor);
    return;
  }
  const graceMs = graceOf(task, policy);
  task.kill = { by: 'framework', graceMs, startedAtMs: ctx.wallMs };
  putStatus(frame, task);
  if (executor.stream === undefined) return;
  frame.emit({
    kind: 'executor.send',
    stream: executor.stream,
    event: { type: 'KILL', kill: { task_id: task.info.task_id, kill_policy: policy } },
  });
}

/** Whether an executor has ever been given a task, or still will be. One that has not does not know when to end. */
export function hasWork(executor: ExecutorEntry): boolean {
  if (executor.completedTasks.some(({ statuses }) => statuses?.some(({ source }) => source === 'SOURCE_EXECUTOR')))
    return true;
  return [...executor.tasks.values()].some((task) => task.delivered || !isTerminal(task.state));
}

/** Asks an executor to end; what is left of it after its grace is killed. */
export function shutdownExecutor(state: AgentState, frame: Frame, ctx: StepContext, executor: ExecutorEntry): void {
  if (executor.phase === 'terminating' || executor.phase === 'terminated') return;
  if (executor.kind === 'command') {
    const graceMs = Math.max(0, shutdownGraceMs(state, executor.info) - SHUTDOWN_MARGIN_MS);
    for (const task of executor.tasks.values()) killCommand(state, frame, ctx, task, graceMs);
    return;
  }
  const wasLaunching = executor.phase === 'launching';
  executor.phase = 'terminating';
  putExecutor(frame, executor);
  if (wasLaunching) {
    destroy(frame, executor);
    return;
  }
  if (executor.stream !== undefined)
    frame.emit({ kind: 'executor.send', stream: executor.stream, event: { type: 'SHUTDOWN' } });
  frame.emit({ kind: 'timer.set', key: shutdownKey(executor), delayMs: shutdownGraceMs(state, executor.info) });
}

/** SIGKILL to everything of a container. */
export function destroy(frame: Frame, executor: ExecutorEntry): void {
  frame.emit({ kind: 'container.destroy', containerId: executor.containerId });
}

/** A framework is gone: all that it has here ends, and nobody is told. */
export function shutdownFramework(state: AgentState, frame: Frame, ctx: StepContext, framework: FrameworkEntry): void {
  if (framework.terminating) return;
  framework.terminating = true;
  putFramework(frame, framework);
  for (const executor of [...framework.executors.values()]) {
    for (const task of [...executor.tasks.values()]) {
      dropPending(frame, task);
      if (isTerminal(task.state)) completeTask(state, frame, task);
    }
    shutdownExecutor(state, frame, ctx, executor);
  }
}
