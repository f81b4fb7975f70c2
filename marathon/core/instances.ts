import type { StepContext } from '../../sdk/base/step.ts';
import type { AppDefinition } from '../model/app.ts';
import { busEvent } from './bus-events.ts';
import { instanceId } from './ids.ts';
import { type Goal, type Instance, isScheduled, isTerminal } from './instance.ts';
import { enqueue } from './launch-queue.ts';
import type { MarathonFrame, MarathonState } from './state.ts';

/**
 * Writes of instances. Every change of one passes {@link putInstance} or {@link removeInstance}: they keep the indexes, the launch
 * queue and the records in step and tell the event stream.
 */

/** Adds or replaces an instance. */
export function putInstance(state: MarathonState, instance: Instance, ctx: StepContext, frame: MarathonFrame): void {
  const before = state.instances.get(instance.id);
  state.instances.set(instance.id, instance);
  let ids = state.instancesByApp.get(instance.appId);
  if (ids === undefined) {
    ids = new Set();
    state.instancesByApp.set(instance.appId, ids);
  }
  ids.add(instance.id);
  state.dirtyInstances.add(instance.id);
  state.dirtyApps.add(instance.appId);
  updateQueue(state, instance, isScheduled(instance), ctx);
  if (before === undefined || before.condition !== instance.condition || before.goal !== instance.goal) {
    emitChanged(instance, ctx, frame);
  }
  if (before !== undefined && before.healthy !== instance.healthy) {
    const fields = { instanceId: instance.id, appId: instance.appId, version: instance.app.version };
    frame.emit({ kind: 'event', event: busEvent.instanceHealthChanged(ctx.wallMs, fields, instance.healthy) });
  }
}

/** Forgets an instance. Its task has ended, or never was, or is given up. */
export function removeInstance(state: MarathonState, id: string, ctx: StepContext): void {
  const instance = state.instances.get(id);
  if (instance === undefined) return;
  state.instances.delete(id);
  const ids = state.instancesByApp.get(instance.appId);
  ids?.delete(id);
  if (ids?.size === 0) state.instancesByApp.delete(instance.appId);
  state.dirtyInstances.add(id);
  state.dirtyApps.add(instance.appId);
  updateQueue(state, instance, false, ctx);
}

/** Adds an instance that waits to be launched. */
export function scheduleInstance(
  state: MarathonState,
  app: AppDefinition,
  deploymentId: string | undefined,
  ctx: StepContext,
  frame: MarathonFrame,
): Instance {
  const instance: Instance = {
    id: instanceId(app.id, ctx.ids.uuid()),
    appId: app.id,
    role: app.role,
    app,
    goal: 'Running',
    condition: 'Scheduled',
    sinceMs: ctx.wallMs,
    incarnation: 0,
    health: [],
    ...(deploymentId === undefined ? {} : { deploymentId }),
  };
  putInstance(state, instance, ctx, frame);
  return instance;
}

/**
 * Changes what is wanted of an instance. One that is to go and has no task goes at once; one with a task is killed by the
 * kill pass at the end of the step.
 */
export function setGoal(
  state: MarathonState,
  instance: Instance,
  goal: Goal,
  ctx: StepContext,
  frame: MarathonFrame,
): void {
  if (instance.goal === goal) return;
  const changed = { ...instance, goal };
  putInstance(state, changed, ctx, frame);
  if (goal === 'Decommissioned' && (changed.condition === 'Scheduled' || isTerminal(changed.condition))) {
    removeInstance(state, changed.id, ctx);
  }
}

function emitChanged(instance: Instance, ctx: StepContext, frame: MarathonFrame): void {
  const { agent } = instance;
  const fields = { instanceId: instance.id, appId: instance.appId, version: instance.app.version };
  const event = busEvent.instanceChanged(ctx.wallMs, fields, instance.condition, agent?.agentId, agent?.host);
  frame.emit({ kind: 'event', event });
}

function updateQueue(state: MarathonState, instance: Instance, isQueued: boolean, ctx: StepContext): void {
  const { id, appId } = instance;
  const entry = state.queue.get(appId);
  if (isQueued === (entry?.scheduled.has(id) ?? false)) return;
  state.demandDirty = true;
  if (isQueued) {
    enqueue(state.queue, instance, ctx.wallMs);
    return;
  }
  if (entry === undefined) return;
  entry.scheduled.delete(id);
  if (entry.scheduled.size === 0) state.queue.delete(appId);
}
