import type { FrameBuilder, StepContext } from '../../../sdk/base/step.ts';
import type { TaskState, TaskStatus } from '../../../sdk/v1/generated/mesos.ts';
import { isTerminal } from '../../../sdk/v1/task-state.ts';
import { describeWaitStatus } from '../containerizer/wait-status.ts';
import { completeIfDone } from './completion.ts';
import type { AgentEffect } from './effects.ts';
import type { ContainerExited, ContainerFailed } from './events.ts';
import { droppedState } from './kill.ts';
import { putExecutor } from './records.ts';
import type { AgentState, ExecutorEntry, TaskEntry, Termination } from './state.ts';
import { exitIfDone, STOPPED_WITH_TASKS } from './stop.ts';
import { maxTimeKey, registerKey, shutdownKey } from './timer-keys.ts';
import { newStatus, report, type StatusFields } from './updates.ts';

type Frame = FrameBuilder<AgentEffect>;

/** Upstream's status of an executor whose end nobody saw. */
const UNKNOWN_STATUS = -1;

/** A container is gone: its tasks end, and once they are acknowledged it is forgotten. */
export function containerExited(state: AgentState, frame: Frame, ctx: StepContext, event: ContainerExited): void {
  const executor = state.containers.get(event.containerId);
  if (executor !== undefined) {
    const wasWatched = executor.kind === 'command';
    closeContainer(state, frame, executor);
    if (wasWatched) commandExited(state, frame, ctx, executor, event.waitStatus);
    else customExited(state, frame, ctx, executor, event.waitStatus);
    completeIfDone(state, frame, executor);
  }
  frame.emit({ kind: 'container.remove', containerId: event.containerId });
  exitIfDone(state, frame);
}

/** Nothing of a container ever ran. */
export function containerFailed(state: AgentState, frame: Frame, ctx: StepContext, event: ContainerFailed): void {
  const executor = state.containers.get(event.containerId);
  if (executor !== undefined) {
    if (event.reason === 'REASON_CONTAINER_LAUNCH_FAILED') state.counters.containerLaunchErrors++;
    const isSandbox = event.reason === 'REASON_EXECUTOR_TERMINATED';
    executor.termination ??= {
      state: isSandbox ? droppedState(executor.framework.info) : 'TASK_FAILED',
      reason: event.reason,
      message: event.message,
    };
    closeContainer(state, frame, executor);
    if (executor.kind === 'custom') customExited(state, frame, ctx, executor, undefined);
    else endTasks(state, frame, ctx, executor, executor.termination);
    completeIfDone(state, frame, executor);
  }
  frame.emit({ kind: 'container.remove', containerId: event.containerId });
  exitIfDone(state, frame);
}

function closeContainer(state: AgentState, frame: Frame, executor: ExecutorEntry): void {
  state.containers.delete(executor.containerId);
  state.counters.executorsTerminated++;
  executor.phase = 'terminated';
  if (executor.stream !== undefined) {
    frame.emit({ kind: 'executor.close', stream: executor.stream });
    state.streams.delete(executor.stream);
    executor.stream = undefined;
  }
  if (executor.kind === 'custom')
    frame.emit(
      { kind: 'timer.clear', key: registerKey(executor) },
      { kind: 'timer.clear', key: shutdownKey(executor) },
    );
}

/** How a command task ended, in the words of upstream's command executor. */
function commandExited(
  state: AgentState,
  frame: Frame,
  ctx: StepContext,
  executor: ExecutorEntry,
  waitStatus: number | undefined,
): void {
  for (const task of [...executor.tasks.values()]) {
    if (isTerminal(task.state)) continue;
    if (task.info.max_completion_time !== undefined) frame.emit({ kind: 'timer.clear', key: maxTimeKey(task) });
    if (task.info.health_check !== undefined || task.info.check !== undefined)
      frame.emit({ kind: 'checks.stop', containerId: executor.containerId });
    report(state, frame, ctx, task, commandStatus(state, ctx, task, waitStatus));
  }
}

function commandStatus(
  state: AgentState,
  ctx: StepContext,
  task: TaskEntry,
  waitStatus: number | undefined,
): TaskStatus {
  if (waitStatus === undefined && task.kill === undefined)
    return newStatus(state, ctx, task, agentFields(executorGone(task.executor)));
  const ending = waitStatus === undefined ? 'was killed, its exit status is lost' : describeWaitStatus(waitStatus);
  const stopped = task.kill?.by === 'agent-stop' ? `${STOPPED_WITH_TASKS}: ` : '';
  return newStatus(state, ctx, task, {
    state: commandState(task, waitStatus),
    source: 'SOURCE_EXECUTOR',
    message: `${stopped}Command ${ending}`,
    reason: task.kill?.by === 'max-completion-time' ? 'REASON_MAX_COMPLETION_TIME_REACHED' : undefined,
    healthy: task.kill?.by === 'health' ? false : undefined,
  });
}

function commandState(task: TaskEntry, waitStatus: number | undefined): TaskState {
  if (task.kill?.by === 'max-completion-time') return 'TASK_FAILED';
  if (task.kill !== undefined) return 'TASK_KILLED';
  return waitStatus === 0 ? 'TASK_FINISHED' : 'TASK_FAILED';
}

function executorGone(executor: ExecutorEntry): Termination {
  return (
    executor.termination ?? {
      state: 'TASK_FAILED',
      reason: 'REASON_EXECUTOR_TERMINATED',
      message: 'Executor terminated',
    }
  );
}

function agentFields(termination: Termination): StatusFields {
  return { ...termination, source: 'SOURCE_AGENT' };
}

/** A custom executor is gone: its framework hears of it first, then of the tasks that it left. */
function customExited(
  state: AgentState,
  frame: Frame,
  ctx: StepContext,
  executor: ExecutorEntry,
  waitStatus: number | undefined,
): void {
  putExecutor(frame, executor);
  if (!executor.framework.terminating) {
    const framework_id = { value: executor.framework.id };
    const executor_exited = {
      framework_id,
      executor_id: { value: executor.id },
      status: waitStatus ?? UNKNOWN_STATUS,
    };
    frame.emit({
      kind: 'link.send',
      generation: state.link.generation,
      calls: [{ type: 'EXECUTOR_EXITED', executor_exited }],
    });
  }
  endTasks(state, frame, ctx, executor, executorGone(executor));
}

function endTasks(
  state: AgentState,
  frame: Frame,
  ctx: StepContext,
  executor: ExecutorEntry,
  termination: Termination,
): void {
  for (const task of [...executor.tasks.values()])
    report(state, frame, ctx, task, newStatus(state, ctx, task, agentFields(termination)));
}
