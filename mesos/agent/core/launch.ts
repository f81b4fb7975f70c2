import type { FrameBuilder, StepContext } from '../../../sdk/base/step.ts';
import type { CommandInfo, FrameworkInfo, TaskInfo } from '../../../sdk/v1/generated/mesos.ts';
import type { LaunchSpec, ResourceLimit } from '../containerizer/containerizer.ts';
import type { AgentEffect } from './effects.ts';
import { containerEnvironment, unresolvableSecret } from './environment.ts';
import type { ContainerStarted } from './events.ts';
import { deliverTask } from './executors.ts';
import { beginKill, destroy, killedBeforeDelivery } from './kill.ts';
import { putExecutor, putFramework, putTask } from './records.ts';
import {
  type AgentState,
  type ExecutorEntry,
  type FrameworkEntry,
  findTask,
  hasCapability,
  newFramework,
  sandboxPath,
  type TaskEntry,
} from './state.ts';
import { durationMs } from './task-info.ts';
import { maxTimeKey, registerKey } from './timer-keys.ts';
import { newStatus, report, type StatusFields } from './updates.ts';

type Frame = FrameBuilder<AgentEffect>;

/** The master's order to run a task. A task that is here already is the same order again. */
export function runTask(
  state: AgentState,
  frame: Frame,
  ctx: StepContext,
  frameworkInfo: FrameworkInfo,
  info: TaskInfo,
): void {
  const frameworkId = frameworkInfo.id?.value ?? '';
  if (findTask(state, frameworkId, info.task_id.value) !== undefined) return;
  const framework = ensureFramework(state, frame, frameworkId, frameworkInfo);
  if (framework.terminating) return;
  const executorId = info.executor?.executor_id.value ?? info.task_id.value;
  const existing = framework.executors.get(executorId);
  if (existing !== undefined) {
    joinExecutor(state, frame, ctx, existing, info);
    return;
  }
  const executor = newExecutor(state, ctx, framework, executorId, info);
  framework.executors.set(executorId, executor);
  const task = addTask(frame, executor, info);
  if (state.stopping !== undefined) {
    executor.phase = 'terminated';
    report(state, frame, ctx, task, newStatus(state, ctx, task, killedBeforeDelivery(state)));
    return;
  }
  const secret = unresolvableSecret(commandOf(executor, task));
  if (secret !== undefined) {
    executor.phase = 'terminated';
    report(state, frame, ctx, task, newStatus(state, ctx, task, launchRefused(`${secret} cannot be resolved`)));
    return;
  }
  state.containers.set(executor.containerId, executor);
  putExecutor(frame, executor);
  frame.emit({ kind: 'container.launch', spec: launchSpec(state, executor, task) });
}

function launchRefused(message: string): StatusFields {
  return {
    state: 'TASK_FAILED',
    source: 'SOURCE_AGENT',
    reason: 'REASON_CONTAINER_LAUNCH_FAILED',
    message: `Failed to launch container: ${message}`,
  };
}

function ensureFramework(state: AgentState, frame: Frame, id: string, info: FrameworkInfo): FrameworkEntry {
  const known = state.frameworks.get(id);
  if (known !== undefined) return known;
  const framework = state.completedFrameworks.get(id) ?? newFramework(id, info);
  framework.info = info;
  framework.terminating = false;
  state.completedFrameworks.delete(id);
  state.frameworks.set(id, framework);
  putFramework(frame, framework);
  return framework;
}

function newExecutor(
  state: AgentState,
  ctx: StepContext,
  framework: FrameworkEntry,
  id: string,
  task: TaskInfo,
): ExecutorEntry {
  const containerId = ctx.ids.uuid();
  const isCustom = task.executor !== undefined;
  return {
    id,
    framework,
    kind: isCustom ? 'custom' : 'command',
    info: isCustom
      ? { ...task.executor, executor_id: { value: id }, framework_id: { value: framework.id } }
      : undefined,
    containerId,
    directory: sandboxPath(state, framework.id, id, containerId),
    phase: 'launching',
    pid: undefined,
    tasks: new Map(),
    completedTasks: [],
    termination: undefined,
    stream: undefined,
  };
}

function addTask(frame: Frame, executor: ExecutorEntry, info: TaskInfo): TaskEntry {
  const task: TaskEntry = {
    id: info.task_id.value,
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
  executor.tasks.set(task.id, task);
  putTask(frame, task);
  return task;
}

/** Another task for an executor that is here. */
function joinExecutor(
  state: AgentState,
  frame: Frame,
  ctx: StepContext,
  executor: ExecutorEntry,
  info: TaskInfo,
): void {
  const task = addTask(frame, executor, info);
  if (state.stopping !== undefined) {
    report(state, frame, ctx, task, newStatus(state, ctx, task, killedBeforeDelivery(state)));
    return;
  }
  if (executor.phase === 'terminating' || executor.phase === 'terminated') {
    const fields: StatusFields = {
      state: hasCapability(executor.framework.info, 'PARTITION_AWARE') ? 'TASK_DROPPED' : 'TASK_LOST',
      source: 'SOURCE_AGENT',
      reason: 'REASON_EXECUTOR_TERMINATED',
      message: executor.phase === 'terminating' ? 'Executor terminating' : 'Executor terminated',
    };
    report(state, frame, ctx, task, newStatus(state, ctx, task, fields));
    return;
  }
  deliverTask(frame, task);
}

/** The command that a container runs: the custom executor's, or the task's. */
function commandOf(executor: ExecutorEntry, task: TaskEntry): CommandInfo {
  return (executor.kind === 'custom' ? executor.info?.command : task.info.command) ?? {};
}

/** The user that a container runs as; unset is the agent's own. */
export function containerUser(state: AgentState, executor: ExecutorEntry, command: CommandInfo): string | undefined {
  if (!state.config.switchUser) return undefined;
  const user = command.user ?? executor.framework.info.user;
  return user === '' ? undefined : user;
}

/** What the containerizer is asked to run for an executor's first task. */
export function launchSpec(state: AgentState, executor: ExecutorEntry, task: TaskEntry): LaunchSpec {
  const command = commandOf(executor, task);
  const isCommandTask = executor.kind === 'command';
  const container = isCommandTask ? task.info.container : executor.info?.container;
  return {
    containerId: executor.containerId,
    kind: isCommandTask ? 'task' : 'executor',
    command: { shell: command.shell ?? true, value: command.value ?? '', arguments: command.arguments ?? [] },
    environment: containerEnvironment(state, executor, command, isCommandTask ? task.info : undefined),
    sandbox: executor.directory,
    user: containerUser(state, executor, command),
    uris: command.uris ?? [],
    rlimits: container?.rlimit_info?.rlimits?.map(
      ({ type, hard, soft }): ResourceLimit => ({ type: type ?? 'UNKNOWN', hard, soft }),
    ),
  };
}

/** A container runs. */
export function containerStarted(state: AgentState, frame: Frame, ctx: StepContext, event: ContainerStarted): void {
  const executor = state.containers.get(event.containerId);
  if (executor === undefined) {
    // Given up while it was being made: nobody waits for it.
    frame.emit({ kind: 'container.destroy', containerId: event.containerId });
    return;
  }
  executor.pid = event.pid;
  if (executor.phase === 'terminating') {
    destroy(frame, executor);
    return;
  }
  if (executor.kind === 'custom') {
    if (executor.phase !== 'launching') return;
    executor.phase = 'registering';
    const delayMs = state.config.executorRegistrationTimeoutMs;
    frame.emit({ kind: 'timer.set', key: registerKey(executor), delayMs });
    return;
  }
  executor.phase = 'running';
  for (const task of executor.tasks.values()) commandStarted(state, frame, ctx, task);
}

function commandStarted(state: AgentState, frame: Frame, ctx: StepContext, task: TaskEntry): void {
  task.delivered = true;
  report(state, frame, ctx, task, newStatus(state, ctx, task, { state: 'TASK_STARTING', source: 'SOURCE_EXECUTOR' }));
  report(state, frame, ctx, task, newStatus(state, ctx, task, { state: 'TASK_RUNNING', source: 'SOURCE_EXECUTOR' }));
  watchCommand(state, frame, ctx, task, false);
}

/** Sets what a running command task needs: its checks, and the timer of its longest time. */
export function watchCommand(
  state: AgentState,
  frame: Frame,
  ctx: StepContext,
  task: TaskEntry,
  resumed: boolean,
): void {
  const { executor, info } = task;
  const command = info.command ?? {};
  const maxMs = durationMs(info.max_completion_time);
  if (maxMs !== undefined && maxMs > 0) {
    const elapsedMs = Math.max(0, ctx.wallMs - (task.startedAtMs ?? ctx.wallMs));
    frame.emit({ kind: 'timer.set', key: maxTimeKey(task), delayMs: Math.max(0, maxMs - elapsedMs) });
  }
  if (info.health_check === undefined && info.check === undefined) return;
  const last = task.statuses.at(-1);
  frame.emit({
    kind: 'checks.start',
    task: {
      containerId: executor.containerId,
      healthCheck: info.health_check,
      check: info.check,
      environment: containerEnvironment(state, executor, command, info),
      sandbox: executor.directory,
      user: containerUser(state, executor, command),
      healthy: last?.healthy,
      checkStatus: resumed ? last?.check_status : undefined,
    },
  });
}

/** A task ran longer than its `max_completion_time`. */
export function maxTimeFired(
  state: AgentState,
  frame: Frame,
  ctx: StepContext,
  frameworkId: string,
  taskId: string,
): void {
  const task = findTask(state, frameworkId, taskId);
  if (task === undefined || task.executor.phase !== 'running') return;
  beginKill(state, frame, ctx, task, { by: 'max-completion-time', graceMs: MAX_TIME_GRACE_MS });
}

/** Upstream sends SIGTERM and at once SIGKILL; the pause lets the default action of SIGTERM be what ended the task. */
const MAX_TIME_GRACE_MS = 100;
