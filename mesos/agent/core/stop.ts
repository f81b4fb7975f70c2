import type { FrameBuilder, StepContext } from '../../../sdk/base/step.ts';
import type { AgentEffect } from './effects.ts';
import { killTask, shutdownExecutor, shutdownFramework } from './kill.ts';
import { putExecutor, putStop } from './records.ts';
import type { AgentState, StopMark } from './state.ts';
import { allExecutors } from './updates.ts';

type Frame = FrameBuilder<AgentEffect>;

/** Begins the message of every task that ended because its agent was told to end with its tasks. */
export const STOPPED_WITH_TASKS = 'The agent was stopped with its tasks';

/** What still runs after this long is killed without further grace; after the margin the agent ends anyway. */
const STOP_GRACE_MS = 30_000;
const STOP_MARGIN_MS = 5_000;

/** SIGUSR1: every task ends and its end is recorded; the next start of this agent delivers what the frameworks have not heard. */
export function requestStop(state: AgentState, frame: Frame, ctx: StepContext): void {
  if (state.stopping !== undefined) return;
  begin(state, frame, { kind: 'drain', message: STOPPED_WITH_TASKS });
  for (const executor of [...allExecutors(state)]) {
    if (executor.phase === 'terminated') continue;
    if (executor.kind === 'custom') {
      executor.termination ??= {
        state: 'TASK_KILLED',
        reason: 'REASON_EXECUTOR_TERMINATED',
        message: STOPPED_WITH_TASKS,
      };
      putExecutor(frame, executor);
      shutdownExecutor(state, frame, ctx, executor);
    } else
      for (const taskId of executor.tasks.keys()) killTask(state, frame, ctx, executor.framework.id, taskId, undefined);
  }
  exitIfDone(state, frame);
}

/** The master does not want this agent any more, or `--recover=cleanup`: everything ends, nobody is told. */
export function endEverything(
  state: AgentState,
  frame: Frame,
  ctx: StepContext,
  kind: 'removed' | 'cleanup',
  message: string,
): void {
  if (state.stopping !== undefined) return;
  begin(state, frame, { kind, message });
  for (const framework of [...state.frameworks.values()]) shutdownFramework(state, frame, ctx, framework);
  exitIfDone(state, frame);
}

function begin(state: AgentState, frame: Frame, stop: StopMark): void {
  state.stopping = stop;
  putStop(frame, stop);
  frame.emit({ kind: 'timer.set', key: 'stop.kill', delayMs: STOP_GRACE_MS });
}

/** The last container is gone: so may the agent be. */
export function exitIfDone(state: AgentState, frame: Frame): void {
  if (state.stopping === undefined || state.containers.size > 0) return;
  exit(state, frame);
}

/** The time for graces is over. */
export function stopKillFired(state: AgentState, frame: Frame): void {
  for (const containerId of state.containers.keys()) frame.emit({ kind: 'container.destroy', containerId });
  frame.emit({ kind: 'timer.set', key: 'stop.exit', delayMs: STOP_MARGIN_MS });
}

/** Some process could not even be killed: ends without it, and says so. */
export function stopExitFired(state: AgentState, frame: Frame): void {
  const containers = [...state.containers.keys()];
  frame.emit({ kind: 'log', level: 'error', message: 'some containers did not end', fields: { containers } });
  exit(state, frame);
}

function exit(state: AgentState, frame: Frame): void {
  if (state.stopping?.kind === 'cleanup') frame.delete('agent');
  frame.emit({ kind: 'process.exit', code: 0, message: state.stopping?.message ?? '' });
}
