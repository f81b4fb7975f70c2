import { type Frame, FrameBuilder, type StepContext } from '../../sdk/base/step.ts';
import { startSubscription, stepSubscription, subscriptionTimers } from '../../sdk/scheduler/core.ts';
import { advanceDeployment } from './advance.ts';
import { handleApi } from './api/handle.ts';
import type { MarathonEffect } from './effects.ts';
import type { MarathonInput } from './events.ts';
import { askAbout, onSignal, RECONCILE_TIMER, reconcile } from './framework.ts';
import { appOfInstance } from './ids.ts';
import { type Instance, isDoomed } from './instance.ts';
import { KILL_TIMER, orderKill, retryKills } from './kills.ts';
import { onProbeResult, syncProbes } from './probes.ts';
import { updateDemand } from './queue.ts';
import { instanceRecord, recordKey } from './records.ts';
import { pruneDefinitions } from './roots.ts';
import { checkAllScales, checkScale } from './scale.ts';
import { instancesOf, type MarathonFrame, type MarathonState, type PendingLaunch } from './state.ts';
import { settleAllUnreachable, UNREACHABLE_TIMER } from './unreachable.ts';

/** Timer of the periodic count of all apps. */
export const SCALE_TIMER = 'scale-check';
/** Timer that looks for launches that nobody confirms. */
export const SWEEP_TIMER = 'sweep';
const SWEEP_MS = 5000;
/** How often the master is asked about a launch that it has not confirmed. */
const DOUBT_MS = 15_000;
/** Passes over what changed; each takes a deployment a step further, so plans of more steps than this do not exist. */
const SETTLE_ROUNDS_MAX = 10_000;

/**
 * Marathon's brain. One event changes the state; then what follows from the change is drawn in one pass: deployments advance, counts are
 * mended, doomed tasks are killed, probes and the demand for offers follow, and the records of what changed are written.
 */
export function step(state: MarathonState, event: MarathonInput, ctx: StepContext): Frame<MarathonEffect> {
  return runStep(state, ctx, (frame) => onEvent(state, event, ctx, frame));
}

/** A step around any change of the state: what {@link step} does with an event. */
export function runStep(
  state: MarathonState,
  ctx: StepContext,
  change: (frame: MarathonFrame) => void,
): FrameBuilder<MarathonEffect> {
  const frame: MarathonFrame = new FrameBuilder<MarathonEffect>();
  change(frame);
  settle(state, ctx, frame);
  return frame;
}

function onEvent(state: MarathonState, event: MarathonInput, ctx: StepContext, frame: MarathonFrame): void {
  switch (event.kind) {
    case 'start':
      onStart(state, ctx, frame);
      return;
    case 'api':
      handleApi(state, event, ctx, frame);
      return;
    case 'probe.result':
      onProbeResult(state, event, ctx, frame);
      return;
    case 'scheduler.event':
    case 'scheduler.closed':
      for (const signal of stepSubscription(state.subscription, event, ctx, frame)) onSignal(state, signal, ctx, frame);
      return;
    case 'timer.fired':
      onTimer(state, event.key, ctx, frame);
      return;
  }
}

function onStart(state: MarathonState, ctx: StepContext, frame: MarathonFrame): void {
  const { config } = state;
  state.startedAtMs = ctx.wallMs;
  for (const id of state.deployments.keys()) state.dirtyDeployments.add(id);
  for (const id of state.instances.keys()) syncProbes(state, id, ctx, frame);
  settleAllUnreachable(state, ctx, frame);
  frame.emit(
    { kind: 'timer.set', key: RECONCILE_TIMER, delayMs: config.reconciliationInitialDelayMs },
    { kind: 'timer.set', key: SCALE_TIMER, delayMs: config.scaleAppsInitialDelayMs },
    { kind: 'timer.set', key: SWEEP_TIMER, delayMs: SWEEP_MS },
  );
  startSubscription(state.subscription, ctx, frame);
}

function onTimer(state: MarathonState, key: string, ctx: StepContext, frame: MarathonFrame): void {
  const { config } = state;
  switch (key) {
    case subscriptionTimers.heartbeat:
    case subscriptionTimers.retry: {
      const event = { kind: 'timer.fired' as const, key };
      for (const signal of stepSubscription(state.subscription, event, ctx, frame)) onSignal(state, signal, ctx, frame);
      return;
    }
    case RECONCILE_TIMER:
      reconcile(state, true, frame);
      frame.emit({ kind: 'timer.set', key, delayMs: config.reconciliationIntervalMs });
      return;
    case SCALE_TIMER:
      checkAllScales(state, ctx, frame);
      frame.emit({ kind: 'timer.set', key, delayMs: config.scaleAppsIntervalMs });
      return;
    case SWEEP_TIMER:
      killOverdue(state, ctx, frame);
      frame.emit({ kind: 'timer.set', key, delayMs: SWEEP_MS });
      return;
    case KILL_TIMER:
      retryKills(state, false, ctx, frame);
      return;
    case UNREACHABLE_TIMER:
      settleAllUnreachable(state, ctx, frame);
      return;
    default:
      // The timers of backoff and revive.
      state.demandDirty = true;
  }
}

/**
 * Launches that were not confirmed in time are ended; the answer to the kill settles what became of them. Before that the master is asked
 * about them now and then: a launch that was lost with a master or an agent is nobody's to tell.
 */
function killOverdue(state: MarathonState, ctx: StepContext, frame: MarathonFrame): void {
  const launching = new Map<string, PendingLaunch>();
  const doubtful: Instance[] = [];
  for (const instance of state.instances.values()) {
    const limitMs = overdueLimit(state, instance);
    if (limitMs === undefined || instance.task === undefined) continue;
    const { condition } = instance;
    const taskId = instance.task.id;
    const before = state.launching.get(instance.id);
    const isSame = before?.taskId === taskId && before.condition === condition;
    const pending = isSame ? before : { taskId, condition, sinceMonoMs: ctx.monoMs };
    launching.set(instance.id, pending);
    const elapsedMs = ctx.monoMs - pending.sinceMonoMs;
    if (elapsedMs > limitMs) orderKill(state, instance.id, ctx, frame);
    else if (elapsedMs % DOUBT_MS >= DOUBT_MS - SWEEP_MS) doubtful.push(instance);
  }
  state.launching = launching;
  askAbout(state, doubtful, frame);
}

function overdueLimit(state: MarathonState, instance: Instance): number | undefined {
  if (instance.condition === 'Provisioned') return state.config.launchConfirmTimeoutMs;
  const isLaunching = instance.condition === 'Staging' || instance.condition === 'Starting';
  return isLaunching ? state.config.launchTimeoutMs : undefined;
}

/** The pass that every step ends with. It runs until nothing that it changes makes more to do. */
function settle(state: MarathonState, ctx: StepContext, frame: MarathonFrame): void {
  for (let round = 0; state.dirtyApps.size > 0 || state.dirtyDeployments.size > 0; round++) {
    if (round > SETTLE_ROUNDS_MAX) throw new Error('deployments order and take back without end');
    const apps = [...state.dirtyApps];
    state.dirtyApps.clear();
    for (const appId of apps) {
      const holder = state.locks.get(appId);
      if (holder !== undefined) state.dirtyDeployments.add(holder);
      else checkScale(state, appId, ctx, frame);
    }
    const deployments = [...state.dirtyDeployments];
    state.dirtyDeployments.clear();
    for (const id of deployments) advanceDeployment(state, id, ctx, frame);
  }
  for (const id of state.dirtyInstances) finishInstance(state, id, ctx, frame);
  state.dirtyInstances.clear();
  for (const appId of state.releasedApps) {
    // What ended asks for readiness no more, and names no old definition.
    for (const instance of instancesOf(state, appId)) syncProbes(state, instance.id, ctx, frame);
    pruneDefinitions(state, appId, frame);
  }
  state.releasedApps.clear();
  updateDemand(state, ctx, frame);
}

function finishInstance(state: MarathonState, id: string, ctx: StepContext, frame: MarathonFrame): void {
  const instance = state.instances.get(id);
  if (instance === undefined) {
    frame.delete(recordKey.instance(id));
    const appId = appOfInstance(id);
    if (appId !== undefined) pruneDefinitions(state, appId, frame);
  } else {
    frame.put(recordKey.instance(id), instanceRecord(instance));
    if (isDoomed(instance)) orderKill(state, id, ctx, frame);
  }
  syncProbes(state, id, ctx, frame);
}
