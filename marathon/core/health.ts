import type { StepContext } from '../../sdk/base/step.ts';
import type { HealthCheck } from '../model/app.ts';
import { busEvent } from './bus-events.ts';
import { putFailure } from './failures.ts';
import type { HealthState, Instance } from './instance.ts';
import { putInstance } from './instances.ts';
import { orderKill } from './kills.ts';
import type { MarathonFrame, MarathonState } from './state.ts';

/** One result of a health check. */
export interface HealthResult {
  readonly ok: boolean;
  readonly cause: string;
}

/** Whether Marathon runs a check itself; the others are run by the executor. */
export function isMarathonCheck(check: HealthCheck): boolean {
  return check.protocol === 'HTTP' || check.protocol === 'HTTPS' || check.protocol === 'TCP';
}

/**
 * A result of a check that Marathon runs. Source: upstream's HealthCheckActor.
 *
 *     good                               alive, failures forgotten
 *     bad, never good, in grace period   no result at all
 *     bad                                counted; when maxConsecutiveFailures were counted before, the instance is killed
 */
export function applyHealthResult(
  state: MarathonState,
  id: string,
  index: number,
  result: HealthResult,
  ctx: StepContext,
  frame: MarathonFrame,
): void {
  const instance = state.instances.get(id);
  const check = instance?.app.healthChecks[index];
  if (instance === undefined || check === undefined || instance.condition !== 'Running') return;
  const before = instance.health.find((health) => health.index === index);
  if (!result.ok) {
    const ranMs = ctx.monoMs - (state.probes.get(id)?.runningMonoMs ?? ctx.monoMs);
    if (before?.firstSuccessMs === undefined && ranMs < check.gracePeriodSeconds * 1000) return;
    frame.emit({ kind: 'event', event: busEvent.failedHealthCheck(ctx.wallMs, instance.appId, instance.id, check) });
  }
  const failuresBefore = before?.consecutiveFailures ?? 0;
  putHealth(state, instance, nextHealth(before, index, result, ctx), ctx, frame);
  if (result.ok || check.maxConsecutiveFailures === 0 || failuresBefore < check.maxConsecutiveFailures) return;
  killUnhealthy(state, instance, result.cause, ctx, frame);
}

/** Health that the executor reports in a status update; it kills by itself. */
export function applyMesosHealth(
  state: MarathonState,
  id: string,
  ok: boolean,
  message: string | undefined,
  ctx: StepContext,
  frame: MarathonFrame,
): void {
  const found = state.instances.get(id);
  if (found === undefined) return;
  for (const [index, check] of found.app.healthChecks.entries()) {
    const instance = state.instances.get(id);
    if (instance === undefined || isMarathonCheck(check)) continue;
    const before = instance.health.find((health) => health.index === index);
    if (!ok) {
      frame.emit({ kind: 'event', event: busEvent.failedHealthCheck(ctx.wallMs, instance.appId, id, check) });
    }
    putHealth(state, instance, nextHealth(before, index, { ok, cause: message ?? '' }, ctx), ctx, frame);
  }
}

function nextHealth(
  before: HealthState | undefined,
  index: number,
  result: HealthResult,
  ctx: StepContext,
): HealthState {
  const known = before ?? { index, alive: false, consecutiveFailures: 0 };
  if (result.ok) {
    const firstSuccessMs = known.firstSuccessMs ?? ctx.wallMs;
    return { ...known, alive: true, consecutiveFailures: 0, firstSuccessMs, lastSuccessMs: ctx.wallMs };
  }
  return {
    ...known,
    alive: false,
    consecutiveFailures: known.consecutiveFailures + 1,
    lastFailureMs: ctx.wallMs,
    lastFailureCause: result.cause,
  };
}

/** Only what changes the verdict is recorded; counts and times live in memory. */
function putHealth(
  state: MarathonState,
  instance: Instance,
  next: HealthState,
  ctx: StepContext,
  frame: MarathonFrame,
): void {
  const before = instance.health.find((health) => health.index === next.index);
  const health = [...instance.health.filter((other) => other.index !== next.index), next];
  const { healthy: _before, ...rest } = instance;
  const healthy = verdict(instance, health);
  const updated: Instance = { ...rest, health, ...(healthy === undefined ? {} : { healthy }) };
  if (before !== undefined && before.alive === next.alive && healthy === instance.healthy) {
    state.instances.set(instance.id, updated);
    return;
  }
  putInstance(state, updated, ctx, frame);
  if ((before?.alive ?? false) === next.alive) return;
  const fields = { instanceId: instance.id, appId: instance.appId, version: instance.app.version };
  frame.emit({ kind: 'event', event: busEvent.healthStatusChanged(ctx.wallMs, fields, next.alive) });
}

function verdict(instance: Instance, health: readonly HealthState[]): boolean | undefined {
  if (health.some((each) => !each.alive)) return false;
  return health.length === instance.app.healthChecks.length ? true : undefined;
}

function killUnhealthy(
  state: MarathonState,
  instance: Instance,
  cause: string,
  ctx: StepContext,
  frame: MarathonFrame,
): void {
  if (instance.task === undefined || state.kills.has(instance.task.id)) return;
  const fields = { instanceId: instance.id, appId: instance.appId, version: instance.app.version };
  const host = instance.agent?.host ?? 'unknown';
  const agentId = instance.agent?.agentId;
  const event = busEvent.unhealthyInstanceKill(ctx.wallMs, fields, instance.task.id, cause, host, agentId);
  frame.emit({ kind: 'event', event });
  const message = `Task was killed since health check failed. Reason: ${cause}`;
  putFailure(state, instance, 'TASK_KILLED', message, ctx, frame);
  orderKill(state, instance.id, ctx, frame);
}
