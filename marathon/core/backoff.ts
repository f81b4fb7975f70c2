import type { StepContext } from '../../sdk/base/step.ts';
import type { AppDefinition } from '../model/app.ts';
import type { Backoff } from './launch-queue.ts';
import type { MarathonState } from './state.ts';

/**
 * Delays between launches after failures, per app and configuration:
 *
 *     failure               none -> backoffSeconds;  else delay x backoffFactor, up to maxLaunchDelaySeconds
 *     any sign of progress  the same delay again, from now
 *     config change, restart, reset                  none
 *     maxLaunchDelaySeconds without a failure        none
 *
 * In memory only, as upstream: a restarted Marathon launches at once.
 */

/** Raises the delay of the configuration that failed. */
export function raiseBackoff(state: MarathonState, app: AppDefinition, ctx: StepContext): void {
  const configVersion = app.versionInfo.lastConfigChangeAt;
  const before = state.backoffs.get(app.id);
  const maxDelayMs = app.maxLaunchDelaySeconds * 1000;
  const known = before?.configVersion === configVersion && !isOutdated(before, ctx.monoMs) ? before : undefined;
  const next = known === undefined ? app.backoffSeconds * 1000 : known.delayMs * app.backoffFactor;
  const backoff: Backoff = {
    configVersion,
    delayMs: Math.min(next, maxDelayMs),
    sinceMonoMs: ctx.monoMs,
    maxDelayMs,
  };
  state.backoffs.set(app.id, backoff);
  state.demandDirty = true;
}

/** A launch made progress: the delay stays, counted from now. */
export function advanceBackoff(state: MarathonState, app: AppDefinition, ctx: StepContext): void {
  const backoff = state.backoffs.get(app.id);
  if (backoff === undefined || backoff.configVersion !== app.versionInfo.lastConfigChangeAt) return;
  state.backoffs.set(app.id, { ...backoff, sinceMonoMs: ctx.monoMs });
  state.demandDirty = true;
}

/** Forgets the delay of an app. */
export function resetBackoff(state: MarathonState, appId: string): void {
  if (state.backoffs.delete(appId)) state.demandDirty = true;
}

/** Milliseconds until an app may launch an instance of `app`'s configuration; 0 when now. */
export function launchDelayMs(state: MarathonState, app: AppDefinition, monoMs: number): number {
  const backoff = state.backoffs.get(app.id);
  if (backoff === undefined || backoff.configVersion !== app.versionInfo.lastConfigChangeAt) return 0;
  return Math.max(0, backoff.sinceMonoMs + backoff.delayMs - monoMs);
}

function isOutdated(backoff: Backoff, monoMs: number): boolean {
  return monoMs > backoff.sinceMonoMs + backoff.maxDelayMs;
}
