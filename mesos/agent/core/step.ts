import { FrameBuilder, type StepContext, type Frame as StepFrame } from '../../../sdk/base/step.ts';
import type { Event as LinkEvent } from '../../../sdk/v1/generated/agent_link.ts';
import { checkReported, healthReported } from './checks.ts';
import type { AgentEffect } from './effects.ts';
import type { AgentEvent } from './events.ts';
import { executorCalled, executorClosed, executorMessage, heartbeat } from './executors.ts';
import { containerExited, containerFailed } from './exit.ts';
import { killTask, shutdownExecutor, shutdownFramework } from './kill.ts';
import { containerStarted, maxTimeFired, runTask } from './launch.ts';
import { connect, linkClosed, pinged, pingMissed, refused, registered } from './link.ts';
import { putFramework } from './records.ts';
import { start } from './start.ts';
import type { AgentState } from './state.ts';
import { endEverything, requestStop, stopExitFired, stopKillFired } from './stop.ts';
import { executorsBackFired, registerFired, shutdownFired } from './timeouts.ts';
import { acknowledge, forwardFramework, retryFired } from './updates.ts';

type Frame = FrameBuilder<AgentEffect>;

/** The agent's brain: one event in, durable records and effects out. */
export function step(state: AgentState, event: AgentEvent, ctx: StepContext): StepFrame<AgentEffect> {
  const frame = new FrameBuilder<AgentEffect>();
  decide(state, frame, ctx, event);
  if (state.deferred.length > 0) carryOutDeferred(state, frame, ctx);
  return frame;
}

function carryOutDeferred(state: AgentState, frame: Frame, ctx: StepContext): void {
  const orders = state.deferred;
  state.deferred = [];
  for (const order of orders) orderFromMaster(state, frame, ctx, order);
}

/** Whether an order has to wait until its framework, which an earlier order ended, is gone. */
function isDeferred(state: AgentState, order: LinkEvent): boolean {
  return state.frameworks.get(frameworkOf(order))?.terminating === true && state.stopping === undefined;
}

/** The framework whose task an order runs or kills. */
function frameworkOf({ run_task: run, kill_task: kill }: LinkEvent): string {
  return (run?.framework_info.id ?? kill?.framework_id)?.value ?? '';
}

function decide(state: AgentState, frame: Frame, ctx: StepContext, event: AgentEvent): void {
  switch (event.kind) {
    case 'start':
      state.counters.recoverySecs = event.recoverySecs ?? 0;
      start(state, frame, ctx);
      break;
    case 'timer.fired':
      timerFired(state, frame, ctx, event.key);
      break;
    case 'link.event':
      if (event.generation === state.link.generation) linkEvent(state, frame, ctx, event.event);
      break;
    case 'link.closed':
      linkClosed(state, frame, ctx, event.generation, event.reason);
      break;
    case 'container.started':
      containerStarted(state, frame, ctx, event);
      break;
    case 'container.failed':
      containerFailed(state, frame, ctx, event);
      break;
    case 'container.exited':
      containerExited(state, frame, ctx, event);
      break;
    case 'health.reported':
      healthReported(state, frame, ctx, event);
      break;
    case 'check.reported':
      checkReported(state, frame, ctx, event);
      break;
    case 'executor.called':
      executorCalled(state, frame, ctx, event.reply, event.call);
      break;
    case 'executor.closed':
      executorClosed(state, event.stream);
      break;
    case 'stop.requested':
      requestStop(state, frame, ctx);
      break;
  }
}

function linkEvent(state: AgentState, frame: Frame, ctx: StepContext, event: LinkEvent): void {
  const { link } = state;
  if (event.type === 'REGISTERED' || event.type === 'REREGISTERED') {
    if (event.registered !== undefined && link.phase === 'connecting') registered(state, frame, ctx, event.registered);
    return;
  }
  if (event.refused !== undefined) {
    refused(state, frame, ctx, event.refused);
    return;
  }
  if (event.shutdown !== undefined) {
    const message = `the master orders this agent to end: ${event.shutdown.message}`;
    endEverything(state, frame, ctx, 'removed', message);
    return;
  }
  // Nothing of a master counts before it has told its epoch.
  if (link.phase === 'registered') orderFromMaster(state, frame, ctx, event);
}

function orderFromMaster(state: AgentState, frame: Frame, ctx: StepContext, event: LinkEvent): void {
  if (isDeferred(state, event)) state.deferred = [...state.deferred, event];
  else if (event.ping !== undefined) pinged(state, frame, event.ping.sequence);
  else if (event.run_task !== undefined) {
    runTask(state, frame, ctx, event.run_task.framework_info, event.run_task.task);
  } else if (event.kill_task !== undefined) {
    const { framework_id, task_id, kill_policy } = event.kill_task;
    killTask(state, frame, ctx, framework_id.value, task_id.value, kill_policy);
  } else if (event.acknowledge !== undefined) {
    const { framework_id, task_id, uuid } = event.acknowledge;
    acknowledge(state, frame, framework_id.value, task_id.value, uuid);
  } else if (event.message !== undefined) {
    const { framework_id, executor_id, data } = event.message;
    executorMessage(state, frame, framework_id.value, executor_id.value, data);
  } else if (event.shutdown_executor !== undefined) {
    const { framework_id, executor_id } = event.shutdown_executor;
    const executor = state.frameworks.get(framework_id.value)?.executors.get(executor_id.value);
    if (executor !== undefined) shutdownExecutor(state, frame, ctx, executor);
  } else if (event.shutdown_framework !== undefined) {
    const frameworkId = event.shutdown_framework.framework_id.value;
    state.deferred = state.deferred.filter((order) => frameworkOf(order) !== frameworkId);
    const framework = state.frameworks.get(frameworkId);
    if (framework !== undefined) shutdownFramework(state, frame, ctx, framework);
  } else if (event.update_framework !== undefined) {
    const info = event.update_framework.framework_info;
    const framework = state.frameworks.get(info.id?.value ?? '');
    if (framework === undefined) return;
    framework.info = info;
    putFramework(frame, framework);
    forwardFramework(state, frame, framework);
  }
}

function timerFired(state: AgentState, frame: Frame, ctx: StepContext, key: string): void {
  const [kind = '', first = '', second = ''] = key.split('/');
  switch (kind) {
    case 'link.retry':
      if (state.link.phase === 'waiting') connect(state, frame);
      break;
    case 'link.ping':
      pingMissed(state, frame, ctx);
      break;
    case 'retry':
      retryFired(state, frame, first, second);
      break;
    case 'max-time':
      maxTimeFired(state, frame, ctx, first, second);
      break;
    case 'register':
      registerFired(state, frame, first);
      break;
    case 'shutdown':
      shutdownFired(state, frame, first);
      break;
    case 'executors.back':
      executorsBackFired(state, frame);
      break;
    case 'executors.heartbeat':
      heartbeat(state, frame);
      break;
    case 'stop.kill':
      stopKillFired(state, frame);
      break;
    case 'stop.exit':
      stopExitFired(state, frame);
      break;
  }
}
