import type { StepContext } from '../../sdk/base/step.ts';
import type { AppDefinition } from '../model/app.ts';
import type { RestartNumbers } from './deployment.ts';
import { type Instance, isActive, isHealthy, isReady } from './instance.ts';
import { scheduleInstance, setGoal } from './instances.ts';
import { compareVictims } from './kill-selection.ts';
import { instancesOf, type MarathonFrame, type MarathonState } from './state.ts';

/**
 * Rolling replacement of an app's instances by the target definition. With N = instances of the target, H = healthy instances that are
 * to run, C = all instances that are to run:
 *
 *     minHealthy  = ceil(N x minimumHealthCapacity)
 *     capacityMax = floor(N x (1 + maximumOverCapacity)); one more where it equals minHealthy and leaves no room
 *     killNow     = max(0, H - minHealthy), at least C - N
 *     start       = min(N - started, capacityMax - old alive - started), looked at anew whenever something ends
 *     kill        one old for each new that is healthy and ready, bad ones first
 *
 * | N=4 healthy old, (min, over) | killNow | capacityMax | started at once |
 * |------------------------------|---------|-------------|-----------------|
 * | 1, 1                         | 0       | 8           | 4               |
 * | 1, 0                         | 0       | 5           | 1               |
 * | 0.5, 0                       | 2       | 4           | 0               |
 * | 0.5, 0.5                     | 2       | 6           | 2               |
 * | 0, 0                         | 4       | 4           | 0               |
 * | 0, 1                         | 4       | 8           | 4               |
 * | 1, 0.25                      | 0       | 5           | 1               |
 *
 * Differs from upstream's TaskReplaceActor: no healthy instance is told to go when that would leave fewer than minHealthy, also after a
 * crash or when others died meanwhile; and an update that could neither start nor stop anything replaces a bad old instance.
 */
export function restartNumbers(app: AppDefinition, instances: readonly Instance[]): RestartNumbers {
  const { fresh, old } = partition(app, instances);
  const target = app.instances;
  const min = minHealthy(app);
  const healthy = old.filter(isHealthy).length + fresh.filter(isReady).length;
  const count = old.length + fresh.length;
  const killNow = Math.max(0, healthy - min, count - target);
  const floor = Math.floor(target * (1 + app.upgradeStrategy.maximumOverCapacity));
  const hasRoom = floor > healthy && floor > count;
  return { oldCount: old.length, killNow, capacityMax: min === floor && !hasRoom ? floor + 1 : floor };
}

/** Instances that an app must keep healthy. */
export function minHealthy(app: AppDefinition): number {
  return Math.ceil(app.instances * app.upgradeStrategy.minimumHealthCapacity);
}

/**
 * Brings a restart one move further.
 *
 * @returns whether it is done: N new ones ready, nothing old alive.
 */
export function advanceRestart(
  state: MarathonState,
  app: AppDefinition,
  numbers: RestartNumbers,
  deploymentId: string,
  ctx: StepContext,
  frame: MarathonFrame,
): boolean {
  dropIdleOld(state, app, ctx, frame);
  killOld(state, app, numbers, ctx, frame);
  trimFresh(state, app, ctx, frame);
  startFresh(state, app, numbers, deploymentId, ctx, frame);
  const instances = instancesOf(state, app.id);
  const { fresh, old, dying } = partition(app, instances);
  const isReplaced = fresh.length === app.instances && fresh.every(isReady);
  return isReplaced && old.length === 0 && dying.length === 0;
}

interface Parts {
  /** New configuration, wanted; also those that wait to be launched. */
  readonly fresh: readonly Instance[];
  /** Old configuration, wanted and alive. */
  readonly old: readonly Instance[];
  /** Told to go, and still alive as far as is known. */
  readonly dying: readonly Instance[];
}

/**
 * An instance is new when it has the target's configuration: its version may differ, after scaling or when an update is taken back.
 */
function partition(app: AppDefinition, instances: readonly Instance[]): Parts {
  const configVersion = app.versionInfo.lastConfigChangeAt;
  const fresh: Instance[] = [];
  const old: Instance[] = [];
  const dying: Instance[] = [];
  for (const instance of instances) {
    if (instance.goal !== 'Running') {
      if (isActive(instance.condition) && instance.condition !== 'Unreachable') dying.push(instance);
    } else if (instance.condition === 'UnreachableInactive') continue;
    else if (instance.app.versionInfo.lastConfigChangeAt === configVersion) fresh.push(instance);
    else if (isActive(instance.condition)) old.push(instance);
  }
  return { fresh, old, dying };
}

/** Old instances without a living task are not launched again: new ones take their place. */
function dropIdleOld(state: MarathonState, app: AppDefinition, ctx: StepContext, frame: MarathonFrame): void {
  const configVersion = app.versionInfo.lastConfigChangeAt;
  for (const instance of instancesOf(state, app.id)) {
    if (instance.goal !== 'Running' || instance.app.versionInfo.lastConfigChangeAt === configVersion) continue;
    if (!isActive(instance.condition)) setGoal(state, instance, 'Decommissioned', ctx, frame);
  }
}

function killOld(
  state: MarathonState,
  app: AppDefinition,
  numbers: RestartNumbers,
  ctx: StepContext,
  frame: MarathonFrame,
): void {
  const { fresh, old, dying } = partition(app, instancesOf(state, app.id));
  if (old.length === 0) return;
  const min = minHealthy(app);
  const ready = fresh.filter(isReady).length;
  let healthy = old.filter(isHealthy).length + ready;
  let excess = old.length - Math.max(0, numbers.oldCount - numbers.killNow - ready);
  const room = numbers.capacityMax - old.length - dying.length - fresh.length;
  const isStuck = excess <= 0 && room <= 0 && dying.length === 0 && fresh.length === ready && ready < app.instances;
  if (isStuck) excess = 1;
  const victims = [...old].sort((left, right) => {
    return Number(isHealthy(left)) - Number(isHealthy(right)) || compareVictims(app, left, right);
  });
  for (const victim of victims) {
    if (excess <= 0) return;
    if (isHealthy(victim)) {
      if (healthy - 1 < min) return;
      healthy -= 1;
    }
    setGoal(state, victim, 'Decommissioned', ctx, frame);
    excess -= 1;
  }
}

/** More new instances than wanted, after an update that was taken back: the surplus goes, bad ones first. */
function trimFresh(state: MarathonState, app: AppDefinition, ctx: StepContext, frame: MarathonFrame): void {
  const { fresh } = partition(app, instancesOf(state, app.id));
  const surplus = fresh.length - app.instances;
  if (surplus <= 0) return;
  const victims = [...fresh].sort((left, right) => {
    return Number(isReady(left)) - Number(isReady(right)) || compareVictims(app, left, right);
  });
  for (const victim of victims.slice(0, surplus)) setGoal(state, victim, 'Decommissioned', ctx, frame);
}

function startFresh(
  state: MarathonState,
  app: AppDefinition,
  numbers: RestartNumbers,
  deploymentId: string,
  ctx: StepContext,
  frame: MarathonFrame,
): void {
  const { fresh, old, dying } = partition(app, instancesOf(state, app.id));
  const ready = fresh.filter(isReady).length;
  // Bad ones that recovered meanwhile may fill what minHealthy needs: then nothing could go before one more is there.
  const isFull = numbers.capacityMax <= minHealthy(app) && old.filter(isHealthy).length + ready >= numbers.capacityMax;
  const capacity = numbers.capacityMax + (isFull ? 1 : 0);
  const left = capacity - old.length - dying.length - fresh.length;
  const count = Math.min(app.instances - fresh.length, left);
  for (let index = 0; index < count; index++) scheduleInstance(state, app, deploymentId, ctx, frame);
}
