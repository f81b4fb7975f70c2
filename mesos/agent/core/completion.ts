import type { FrameBuilder } from '../../../sdk/base/step.ts';
import type { AgentEffect } from './effects.ts';
import { deleteExecutor, deleteFramework, deleteTask } from './records.ts';
import type { AgentState, ExecutorEntry, FrameworkEntry, TaskEntry } from './state.ts';
import { executorInfo, toTask } from './task-info.ts';

type Frame = FrameBuilder<AgentEffect>;

/** A task has ended and its framework knows: it leaves, and with the last task of a gone container the executor. */
export function completeTask(state: AgentState, frame: Frame, task: TaskEntry): void {
  const { executor } = task;
  if (executor.kind === 'command') executor.info = executorInfo(executor);
  executor.tasks.delete(task.id);
  executor.completedTasks.push(toTask(task));
  if (executor.completedTasks.length > state.config.maxCompletedTasksPerExecutor) executor.completedTasks.shift();
  deleteTask(frame, task);
  completeIfDone(state, frame, executor);
}

/** Lets an executor go once its container is gone and its tasks have left. */
export function completeIfDone(state: AgentState, frame: Frame, executor: ExecutorEntry): void {
  if (executor.phase !== 'terminated' || executor.tasks.size > 0) return;
  const { framework } = executor;
  if (framework.executors.get(executor.id) !== executor) return;
  framework.executors.delete(executor.id);
  deleteExecutor(frame, executor);
  frame.emit({ kind: 'sandbox.retire', directory: executor.directory });
  framework.completedExecutors.push(executor);
  if (framework.completedExecutors.length > state.config.maxCompletedExecutorsPerFramework)
    framework.completedExecutors.shift();
  if (framework.executors.size === 0) completeFramework(state, frame, framework);
}

/** A framework with nothing left here moves to the completed ones; a new task brings it back. */
export function completeFramework(state: AgentState, frame: Frame, framework: FrameworkEntry): void {
  state.frameworks.delete(framework.id);
  deleteFramework(frame, framework);
  state.completedFrameworks.delete(framework.id);
  state.completedFrameworks.set(framework.id, framework);
  for (const oldest of state.completedFrameworks.keys()) {
    if (state.completedFrameworks.size <= state.config.maxCompletedFrameworks) break;
    state.completedFrameworks.delete(oldest);
  }
}
