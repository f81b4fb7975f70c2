import type { StepContext } from '../../sdk/base/step.ts';
import { sendCall } from '../../sdk/scheduler/core.ts';
import type { AppDefinition } from '../model/app.ts';
import { launchDelayMs, resetBackoff } from './backoff.ts';
import type { QueueEntry } from './launch-queue.ts';
import type { MarathonFrame, MarathonState } from './state.ts';

/** Timer of the next launch that backs off. */
export const BACKOFF_TIMER = 'backoff';
/** Timer of the next revive, when the bucket is empty. */
export const REVIVE_TIMER = 'revive';

/** Revives that may be sent in one burst. */
const REVIVE_BURST = 50;

/**
 * Lets an app launch at once.
 *
 * @returns false when nothing of the app waits in the queue.
 */
export function resetDelay(state: MarathonState, appId: string): boolean {
  if (!state.queue.has(appId)) return false;
  resetBackoff(state, appId);
  return true;
}

/** The definition that the next instance of a queue entry will run. */
export function queuedApp(state: MarathonState, entry: QueueEntry): AppDefinition | undefined {
  for (const id of entry.scheduled) {
    const instance = state.instances.get(id);
    if (instance !== undefined) return instance.app;
  }
  return undefined;
}

/** Milliseconds until the next instance of a queue entry may be launched; 0 when it waits for an offer only. */
export function entryDelayMs(state: MarathonState, entry: QueueEntry, monoMs: number): number {
  const app = queuedApp(state, entry);
  return app === undefined ? 0 : launchDelayMs(state, app, monoMs);
}

/** Apps that could launch now, each with the version that it wants; what `wantsOffers` and the revive depend on. */
function readyApps(state: MarathonState, monoMs: number): { ready: Set<string>; nextDelayMs: number | undefined } {
  const ready = new Set<string>();
  let nextDelayMs: number | undefined;
  for (const entry of state.queue.values()) {
    const delayMs = entryDelayMs(state, entry, monoMs);
    if (delayMs === 0) ready.add(`${entry.appId} ${entry.newestVersion}`);
    else if (nextDelayMs === undefined || delayMs < nextDelayMs) nextDelayMs = delayMs;
  }
  return { ready, nextDelayMs };
}

/** Whether any instance waits for nothing but an offer. */
export function wantsOffers(state: MarathonState, monoMs: number): boolean {
  for (const entry of state.queue.values()) if (entryDelayMs(state, entry, monoMs) === 0) return true;
  return false;
}

/**
 * Tells the master whether offers are wanted: REVIVE as soon as an app newly waits for one, or for
 * another one than before, SUPPRESS when none does.
 *
 * Differs: upstream revives at most every 5 s; here a token bucket lets bursts through at once.
 */
export function updateDemand(state: MarathonState, ctx: StepContext, frame: MarathonFrame): void {
  if (!state.demandDirty) return;
  state.demandDirty = false;
  const { ready, nextDelayMs } = readyApps(state, ctx.monoMs);
  if (nextDelayMs !== undefined) {
    frame.emit({ kind: 'timer.set', key: BACKOFF_TIMER, delayMs: Math.ceil(nextDelayMs) });
  }
  const isNew = [...ready].some((id) => !state.revivedFor.has(id));
  state.revivedFor = ready;
  if (ready.size === 0) {
    state.revivePending = false;
    suppress(state, frame);
    return;
  }
  if (isNew) state.revivePending = true;
  if (state.revivePending) revive(state, ctx, frame);
}

/** After a new subscription: the master knows nothing of what was revived before. */
export function forgetDemand(state: MarathonState): void {
  state.revivedFor = new Set();
  state.revivePending = false;
  state.demandDirty = true;
  state.suppressed = state.subscription.suppressedRoles.length > 0;
}

function suppress(state: MarathonState, frame: MarathonFrame): void {
  if (state.suppressed || !state.config.suppressOffers) return;
  if (!sendCall(state.subscription, { type: 'SUPPRESS', suppress: {} }, frame)) return;
  state.suppressed = true;
  state.counters.suppresses += 1;
}

function revive(state: MarathonState, ctx: StepContext, frame: MarathonFrame): void {
  const bucket = state.revive;
  const { minReviveIntervalMs } = state.config;
  const earned = minReviveIntervalMs === 0 ? REVIVE_BURST : (ctx.monoMs - bucket.refilledMonoMs) / minReviveIntervalMs;
  bucket.tokens = Math.min(REVIVE_BURST, bucket.tokens + earned);
  bucket.refilledMonoMs = ctx.monoMs;
  if (bucket.tokens < 1) {
    frame.emit({ kind: 'timer.set', key: REVIVE_TIMER, delayMs: Math.ceil(minReviveIntervalMs) });
    return;
  }
  if (!sendCall(state.subscription, { type: 'REVIVE', revive: {} }, frame)) return;
  bucket.tokens -= 1;
  state.revivePending = false;
  state.suppressed = false;
  state.counters.revives += 1;
}
