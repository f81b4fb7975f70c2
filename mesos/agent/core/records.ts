import type { FrameBuilder } from '../../../sdk/base/step.ts';
import type {
  AgentInfo,
  ExecutorInfo,
  FrameworkInfo,
  TaskInfo,
  TaskState,
  TaskStatus,
} from '../../../sdk/v1/generated/mesos.ts';
import type { AgentEffect } from './effects.ts';
import type {
  AgentState,
  ExecutorEntry,
  ExecutorPhase,
  FrameworkEntry,
  KillMark,
  StopMark,
  TaskEntry,
  Termination,
} from './state.ts';

/**
 * What an agent keeps over its restarts, one key each:
 *
 * - `agent`: its identity and the newest master epoch
 * - `stop`: it is ending with its tasks
 * - `framework/<framework>`, `executor/<container>` (custom ones only)
 * - `task/<framework>/<task>`: what never changes; `status/<framework>/<task>`: what does
 */
export interface StoredAgent {
  readonly info: AgentInfo;
  readonly bootId: string;
  readonly epoch: bigint;
  readonly starts: number;
  readonly registrationId: string | undefined;
}

export interface StoredFramework {
  readonly info: FrameworkInfo;
  readonly terminating: boolean;
}

export interface StoredExecutor {
  readonly frameworkId: string;
  readonly info: ExecutorInfo;
  readonly directory: string;
  readonly phase: ExecutorPhase;
  readonly termination: Termination | undefined;
}

export interface StoredTask {
  readonly frameworkId: string;
  readonly executorId: string;
  readonly containerId: string;
  readonly directory: string;
  readonly info: TaskInfo;
}

export interface StoredStatus {
  readonly state: TaskState;
  readonly statuses: readonly TaskStatus[];
  readonly pending: readonly TaskStatus[];
  readonly delivered: boolean;
  readonly startedAtMs: number | undefined;
  readonly kill: KillMark | undefined;
}

type Frame = FrameBuilder<AgentEffect>;

/** Keeps identity and epoch. */
export function putAgent(state: AgentState, frame: Frame): void {
  const { info, link, config } = state;
  const stored: StoredAgent = {
    info,
    bootId: config.bootId,
    epoch: link.epoch,
    starts: link.starts,
    registrationId: link.registrationId,
  };
  frame.put('agent', stored);
}

/** Keeps, or forgets, that the agent ends with its tasks. */
export function putStop(frame: Frame, stop: StopMark | undefined): void {
  frame.put('stop', stop);
}

export function putFramework(frame: Frame, framework: FrameworkEntry): void {
  const stored: StoredFramework = { info: framework.info, terminating: framework.terminating };
  frame.put(`framework/${framework.id}`, stored);
}

export function deleteFramework(frame: Frame, framework: FrameworkEntry): void {
  frame.delete(`framework/${framework.id}`);
}

/** Keeps a custom executor; a command task's container stands in its task record. */
export function putExecutor(frame: Frame, executor: ExecutorEntry): void {
  if (executor.kind !== 'custom' || executor.info === undefined) return;
  const stored: StoredExecutor = {
    frameworkId: executor.framework.id,
    info: executor.info,
    directory: executor.directory,
    phase: executor.phase,
    termination: executor.termination,
  };
  frame.put(`executor/${executor.containerId}`, stored);
}

export function deleteExecutor(frame: Frame, executor: ExecutorEntry): void {
  if (executor.kind === 'custom') frame.delete(`executor/${executor.containerId}`);
}

/** Keeps a new task, before anything is done for it. */
export function putTask(frame: Frame, task: TaskEntry): void {
  const { executor } = task;
  const stored: StoredTask = {
    frameworkId: executor.framework.id,
    executorId: executor.id,
    containerId: executor.containerId,
    directory: executor.directory,
    info: task.info,
  };
  frame.put(`task/${executor.framework.id}/${task.id}`, stored);
}

/** Keeps where a task stands. */
export function putStatus(frame: Frame, task: TaskEntry): void {
  const { state, statuses, pending, delivered, startedAtMs, kill } = task;
  const stored: StoredStatus = { state, statuses, pending, delivered, startedAtMs, kill };
  frame.put(`status/${task.executor.framework.id}/${task.id}`, stored);
}

export function deleteTask(frame: Frame, task: TaskEntry): void {
  const path = `${task.executor.framework.id}/${task.id}`;
  frame.delete(`task/${path}`);
  frame.delete(`status/${path}`);
}
