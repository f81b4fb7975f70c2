import { type Frame, FrameBuilder, type StepContext } from '../../sdk/base/step.ts';
import {
  forgetFrameworkId,
  isSubscribed,
  newSubscription,
  type Signal,
  type Subscription,
  type SubscriptionEffect,
  type SubscriptionEvent,
  sendCall,
  startSubscription,
  stepSubscription,
} from '../../sdk/scheduler/core.ts';
import { scalarResources, timesFitting } from '../../sdk/scheduler/offer-scalars.ts';
import type { FrameworkInfo, Offer, TaskInfo, TaskStatus } from '../../sdk/v1/generated/mesos.ts';
import { isTerminal } from '../../sdk/v1/task-state.ts';
import { simCommand } from './process-life.ts';

/**
 * A framework as a stranger would write it on the SDK's subscription core: it keeps `wanted` tasks running (services), or runs tasks
 * until `wanted` have finished (batch). A task that is unreachable is given up and replaced; when it is back it is killed.
 */
export interface PlainState {
  readonly kind: 'services' | 'batch';
  readonly command: string;
  readonly hasExecutor: boolean;
  readonly subscription: Subscription;
  wanted: number;
  launches: number;
  /** By task id: launched, and not known to have ended. */
  readonly tasks: Map<string, PlainTask>;
  suppressed: boolean;
}

export interface PlainTask {
  readonly agentId: string;
  readonly isDoomed: boolean;
}

export type PlainEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'plain.scale'; readonly wanted: number }
  | { readonly kind: 'plain.kill'; readonly taskId: string }
  | SubscriptionEvent;

export type PlainEffect = SubscriptionEffect;

/** How a plain framework is made. */
export interface PlainConfig {
  readonly name: string;
  readonly kind: 'services' | 'batch';
  readonly info: FrameworkInfo;
  readonly command: string;
  readonly wanted: number;
  /** Tasks run in an executor of its own, one on each agent. */
  readonly hasExecutor?: boolean;
}

type Turn = FrameBuilder<PlainEffect>;

const NEEDS = { cpus: 0.2, mem: 64 };
const EXECUTOR_NEEDS = { cpus: 0.1, mem: 32 };
const EXECUTOR = {
  executor_id: { value: 'worker' },
  command: { value: simCommand({}) },
  resources: scalarResources(EXECUTOR_NEEDS),
};
const TICK = 'plain.tick';
const TICK_MS = 20_000;

/** The state that the records describe. */
export function recoverPlain(
  config: PlainConfig,
  entries: readonly { readonly key: string; readonly value: unknown }[],
): PlainState {
  const state: PlainState = {
    kind: config.kind,
    command: config.command,
    hasExecutor: config.hasExecutor ?? false,
    subscription: newSubscription(config.info),
    wanted: config.wanted,
    launches: 0,
    tasks: new Map(),
    suppressed: false,
  };
  for (const { key, value } of entries) {
    if (key === 'wanted') state.wanted = value as number;
    else if (key === 'launches') state.launches = value as number;
    else if (key === 'framework') {
      state.subscription.frameworkInfo = { ...config.info, id: { value: value as string } };
    } else if (key.startsWith('task/')) state.tasks.set(key.slice(5), value as PlainTask);
  }
  return state;
}

/** The framework's brain. */
export function stepPlain(state: PlainState, event: PlainEvent, ctx: StepContext): Frame<PlainEffect> {
  const frame: Turn = new FrameBuilder();
  switch (event.kind) {
    case 'start':
      startSubscription(state.subscription, ctx, frame);
      frame.emit({ kind: 'timer.set', key: TICK, delayMs: TICK_MS });
      break;
    case 'plain.scale':
      state.wanted = event.wanted;
      frame.put('wanted', event.wanted);
      break;
    case 'plain.kill':
      if (state.tasks.has(event.taskId)) doom(state, frame, event.taskId);
      break;
    case 'timer.fired':
      if (event.key === TICK) tick(state, frame);
      else signals(state, frame, ctx, stepSubscription(state.subscription, event, ctx, frame));
      break;
    default:
      signals(state, frame, ctx, stepSubscription(state.subscription, event, ctx, frame));
  }
  demand(state, frame);
  return frame;
}

/** Tasks that are still to be launched. */
export function missing(state: PlainState): number {
  return state.wanted - [...state.tasks.values()].filter(({ isDoomed }) => !isDoomed).length;
}

function signals(state: PlainState, frame: Turn, ctx: StepContext, all: readonly Signal[]): void {
  for (const signal of all) {
    if (signal.kind === 'subscribed') subscribed(state, frame, signal.frameworkId, signal.isNew);
    else if (signal.kind === 'refused' && signal.removed) beginAnew(state, frame, ctx);
    else if (signal.kind === 'event') {
      for (const offer of signal.event.offers?.offers ?? []) onOffer(state, frame, offer);
      if (signal.event.update !== undefined) onUpdate(state, frame, signal.event.update.status);
    }
  }
}

function subscribed(state: PlainState, frame: Turn, frameworkId: string, isNew: boolean): void {
  if (isNew) frame.put('framework', frameworkId);
  // The subscription told the master which roles are suppressed; say it again in words.
  state.suppressed = state.subscription.suppressedRoles.length > 0;
  reconcile(state, frame);
}

/** The master gave us up, and our tasks with us. */
function beginAnew(state: PlainState, frame: Turn, ctx: StepContext): void {
  for (const taskId of state.tasks.keys()) frame.delete(`task/${taskId}`);
  state.tasks.clear();
  forgetFrameworkId(state.subscription);
  frame.delete('framework');
  startSubscription(state.subscription, ctx, frame);
}

function reconcile(state: PlainState, frame: Turn): void {
  const tasks = [...state.tasks].map(([taskId, { agentId }]) => ({
    task_id: { value: taskId },
    agent_id: { value: agentId },
  }));
  if (tasks.length > 0) sendCall(state.subscription, { type: 'RECONCILE', reconcile: { tasks } }, frame);
}

/** Asks for the truth, also about tasks that are not ours any more, and repeats what may have been lost. */
function tick(state: PlainState, frame: Turn): void {
  frame.emit({ kind: 'timer.set', key: TICK, delayMs: TICK_MS });
  if (!isSubscribed(state.subscription)) return;
  reconcile(state, frame);
  sendCall(state.subscription, { type: 'RECONCILE', reconcile: {} }, frame);
  for (const [taskId, task] of state.tasks) if (task.isDoomed) sendKill(state, frame, taskId, task.agentId);
}

function demand(state: PlainState, frame: Turn): void {
  if (!isSubscribed(state.subscription)) return;
  const count = missing(state);
  if (state.kind === 'services' && count < 0) {
    const living = [...state.tasks].filter(([, { isDoomed }]) => !isDoomed);
    for (const [taskId] of living.slice(count)) doom(state, frame, taskId);
  }
  if (count > 0 && state.suppressed) {
    state.suppressed = false;
    sendCall(state.subscription, { type: 'REVIVE', revive: {} }, frame);
  } else if (count <= 0 && !state.suppressed) {
    state.suppressed = true;
    sendCall(state.subscription, { type: 'SUPPRESS', suppress: {} }, frame);
  }
}

function onOffer(state: PlainState, frame: Turn, offer: Offer): void {
  const needs = state.hasExecutor
    ? { cpus: NEEDS.cpus + EXECUTOR_NEEDS.cpus, mem: NEEDS.mem + EXECUTOR_NEEDS.mem }
    : NEEDS;
  const count = Math.min(missing(state), timesFitting(offer, needs), 5);
  if (count <= 0) {
    const decline = { offer_ids: [offer.id], filters: { refuse_seconds: 2 } };
    sendCall(state.subscription, { type: 'DECLINE', decline }, frame);
    return;
  }
  const infos = Array.from({ length: count }, () => launch(state, frame, offer));
  const operations = [{ type: 'LAUNCH' as const, launch: { task_infos: infos } }];
  const accept = { offer_ids: [offer.id], operations, filters: { refuse_seconds: 0 } };
  sendCall(state.subscription, { type: 'ACCEPT', accept }, frame);
}

function launch(state: PlainState, frame: Turn, offer: Offer): TaskInfo {
  const taskId = `${state.kind}-${state.launches++}`;
  const task: PlainTask = { agentId: offer.agent_id.value, isDoomed: false };
  state.tasks.set(taskId, task);
  frame.put('launches', state.launches);
  frame.put(`task/${taskId}`, task);
  return {
    name: state.kind,
    task_id: { value: taskId },
    agent_id: offer.agent_id,
    resources: scalarResources(NEEDS),
    ...(state.hasExecutor
      ? { executor: EXECUTOR, data: new TextEncoder().encode(state.command) }
      : { command: { value: state.command } }),
  };
}

function onUpdate(state: PlainState, frame: Turn, status: TaskStatus): void {
  const taskId = status.task_id.value;
  const task = state.tasks.get(taskId);
  if (isTerminal(status.state) || status.state === 'TASK_UNREACHABLE' || status.state === 'TASK_UNKNOWN') {
    if (task !== undefined) {
      state.tasks.delete(taskId);
      frame.delete(`task/${taskId}`);
      if (status.state === 'TASK_FINISHED' && state.kind === 'batch') {
        state.wanted = Math.max(0, state.wanted - 1);
        frame.put('wanted', state.wanted);
      }
    }
  } else if (task === undefined || task.isDoomed) sendKill(state, frame, taskId, status.agent_id?.value);
  const { uuid, agent_id: agentId } = status;
  if (uuid === undefined || agentId === undefined) return;
  const acknowledge = { agent_id: agentId, task_id: status.task_id, uuid };
  sendCall(state.subscription, { type: 'ACKNOWLEDGE', acknowledge }, frame);
}

function doom(state: PlainState, frame: Turn, taskId: string): void {
  const task = state.tasks.get(taskId);
  if (task === undefined) return;
  const doomed = { ...task, isDoomed: true };
  state.tasks.set(taskId, doomed);
  frame.put(`task/${taskId}`, doomed);
  sendKill(state, frame, taskId, task.agentId);
}

function sendKill(state: PlainState, frame: Turn, taskId: string, agentId: string | undefined): void {
  const agent = agentId === undefined ? {} : { agent_id: { value: agentId } };
  sendCall(state.subscription, { type: 'KILL', kill: { task_id: { value: taskId }, ...agent } }, frame);
}
