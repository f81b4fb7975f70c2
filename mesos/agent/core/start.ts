import type { FrameBuilder, StepContext } from '../../../sdk/base/step.ts';
import { isTerminal } from '../../../sdk/v1/task-state.ts';
import { completeFramework, completeIfDone } from './completion.ts';
import type { AgentEffect } from './effects.ts';
import { EXECUTOR_HEARTBEAT_MS } from './executors.ts';
import { containerExited } from './exit.ts';
import { destroy, graceLeftMs } from './kill.ts';
import { containerStarted, launchSpec, watchCommand } from './launch.ts';
import { connect } from './link.ts';
import { deleteExecutor, putAgent, putExecutor, putStop, putTask } from './records.ts';
import {
  type AgentState,
  agentIdOf,
  type ExecutorEntry,
  type RecoveredContainer,
  sandboxPath,
  type TaskEntry,
} from './state.ts';
import { endEverything } from './stop.ts';
import { registerKey } from './timer-keys.ts';
import { allExecutors } from './updates.ts';

type Frame = FrameBuilder<AgentEffect>;

/**
 * Executors pause up to the re-registration timeout between two tries by themselves.
 * Differs: they get three times the flag's time, counted from the start of the agent's API, so that a pause cannot cost a task.
 */
const REREGISTRATION_FACTOR = 3;

/** The first event: counts this start, looks after what was found, and calls the master. */
export function start(state: AgentState, frame: Frame, ctx: StepContext): void {
  const { link, config } = state;
  link.starts++;
  if (agentIdOf(state) === undefined) link.registrationId ??= ctx.ids.uuid();
  putAgent(state, frame);
  const wasStopping = state.stopping !== undefined;
  state.stopping = undefined;
  adopt(state, frame, ctx);
  if (wasStopping) putStop(frame, undefined);
  frame.emit({ kind: 'timer.set', key: 'executors.heartbeat', delayMs: EXECUTOR_HEARTBEAT_MS });
  if (config.recover === 'cleanup') {
    endEverything(state, frame, ctx, 'cleanup', 'cleaned up as --recover=cleanup asks');
    return;
  }
  connect(state, frame);
}

function adopt(state: AgentState, frame: Frame, ctx: StepContext): void {
  const found = new Map((state.recovered ?? []).map((one) => [one.containerId, one]));
  state.recovered = undefined;
  for (const executor of [...state.containers.values()]) {
    const container = found.get(executor.containerId);
    found.delete(executor.containerId);
    if (container === undefined || container.state === 'never-started')
      neverBegun(state, frame, ctx, executor, container);
    else began(state, frame, ctx, executor, container);
  }
  // Nobody's: the decision to forget them was recorded, then we died.
  for (const { containerId, state: where } of found.values()) {
    if (where === 'running') frame.emit({ kind: 'container.destroy', containerId });
    else frame.emit({ kind: 'container.remove', containerId });
  }
  for (const executor of [...allExecutors(state)]) completeIfDone(state, frame, executor);
  for (const framework of [...state.frameworks.values()])
    if (framework.executors.size === 0) completeFramework(state, frame, framework);
  const awaited = [...state.containers.values()].some(({ kind, phase }) => kind === 'custom' && phase === 'running');
  if (!awaited) return;
  const delayMs = state.config.executorReregistrationTimeoutMs * REREGISTRATION_FACTOR;
  frame.emit({ kind: 'timer.set', key: 'executors.back', delayMs });
}

/** The runtime directory does not know it, or knows that nothing of it ran. */
function neverBegun(
  state: AgentState,
  frame: Frame,
  ctx: StepContext,
  executor: ExecutorEntry,
  container: RecoveredContainer | undefined,
): void {
  const waiting = [...executor.tasks.values()].filter((task) => !isTerminal(task.state));
  const [first] = waiting;
  const mayHaveRun = executor.phase !== 'launching' || (container === undefined && state.rebooted);
  if (first === undefined || mayHaveRun || executor.framework.terminating) {
    containerExited(state, frame, ctx, { kind: 'container.exited', containerId: executor.containerId });
    return;
  }
  relaunch(state, frame, ctx, executor, first);
}

/** Decided, durable, never begun: begins now, as a new container. */
function relaunch(state: AgentState, frame: Frame, ctx: StepContext, executor: ExecutorEntry, first: TaskEntry): void {
  frame.emit({ kind: 'container.remove', containerId: executor.containerId });
  state.containers.delete(executor.containerId);
  deleteExecutor(frame, executor);
  executor.containerId = ctx.ids.uuid();
  executor.directory = sandboxPath(state, executor.framework.id, executor.id, executor.containerId);
  state.containers.set(executor.containerId, executor);
  putExecutor(frame, executor);
  for (const task of executor.tasks.values()) putTask(frame, task);
  frame.emit({ kind: 'container.launch', spec: launchSpec(state, executor, first) });
}

/** Its process ran, and maybe runs. */
function began(
  state: AgentState,
  frame: Frame,
  ctx: StepContext,
  executor: ExecutorEntry,
  container: RecoveredContainer,
): void {
  const { containerId } = executor;
  const wasLaunching = executor.phase === 'launching';
  executor.pid = container.pid;
  if (wasLaunching && container.pid !== undefined && hasLiveTask(executor))
    containerStarted(state, frame, ctx, { kind: 'container.started', containerId, pid: container.pid });
  if (container.state === 'exited') {
    containerExited(state, frame, ctx, { kind: 'container.exited', containerId, waitStatus: container.waitStatus });
    return;
  }
  if (executor.framework.terminating || executor.phase === 'terminating' || !hasLiveTaskOrIsCustom(executor)) {
    executor.phase = 'terminating';
    destroy(frame, executor);
    return;
  }
  if (wasLaunching) return;
  if (executor.kind === 'command') resumeCommand(state, frame, ctx, executor);
  else if (executor.phase === 'registering') {
    const delayMs = state.config.executorRegistrationTimeoutMs;
    frame.emit({ kind: 'timer.set', key: registerKey(executor), delayMs });
  }
}

function hasLiveTask(executor: ExecutorEntry): boolean {
  return [...executor.tasks.values()].some((task) => !isTerminal(task.state));
}

function hasLiveTaskOrIsCustom(executor: ExecutorEntry): boolean {
  return executor.kind === 'custom' || hasLiveTask(executor);
}

function resumeCommand(state: AgentState, frame: Frame, ctx: StepContext, executor: ExecutorEntry): void {
  for (const task of executor.tasks.values()) {
    const { containerId } = executor;
    if (task.kill !== undefined)
      frame.emit({ kind: 'container.kill', containerId, graceMs: graceLeftMs(ctx, task.kill) });
    else watchCommand(state, frame, ctx, task, true);
  }
}
