import type { FrameBuilder } from '../../../sdk/base/step.ts';
import { formatDurationMs } from '../../../sdk/daemon/units.ts';
import type { AgentEffect } from './effects.ts';
import { destroy } from './kill.ts';
import { putExecutor } from './records.ts';
import { type AgentState, type ExecutorEntry, hasCapability, type Termination } from './state.ts';

type Frame = FrameBuilder<AgentEffect>;

/** A custom executor's process runs but has not subscribed. */
export function registerFired(state: AgentState, frame: Frame, containerId: string): void {
  const executor = state.containers.get(containerId);
  if (executor?.phase !== 'registering') return;
  giveUp(frame, executor, {
    state: 'TASK_FAILED',
    reason: 'REASON_EXECUTOR_REGISTRATION_TIMEOUT',
    message: `Executor did not register within ${formatDurationMs(state.config.executorRegistrationTimeoutMs)}`,
  });
}

/** An executor was told to end and has not. */
export function shutdownFired(state: AgentState, frame: Frame, containerId: string): void {
  const executor = state.containers.get(containerId);
  if (executor?.phase === 'terminating') destroy(frame, executor);
}

/** Executors that outlived a restart of the agent must have subscribed again by now. */
export function executorsBackFired(state: AgentState, frame: Frame): void {
  for (const executor of state.containers.values()) {
    if (executor.kind !== 'custom' || executor.phase !== 'running' || executor.stream !== undefined) continue;
    giveUp(frame, executor, {
      state: hasCapability(executor.framework.info, 'PARTITION_AWARE') ? 'TASK_GONE' : 'TASK_LOST',
      reason: 'REASON_EXECUTOR_REREGISTRATION_TIMEOUT',
      message: `Executor did not reregister within ${formatDurationMs(state.config.executorReregistrationTimeoutMs)}`,
    });
  }
}

function giveUp(frame: Frame, executor: ExecutorEntry, termination: Termination): void {
  executor.phase = 'terminating';
  executor.termination ??= termination;
  putExecutor(frame, executor);
  destroy(frame, executor);
}
