import type { StepContext } from '../../sdk/base/step.ts';
import type { AppDefinition } from '../model/app.ts';
import { findApp } from '../model/group.ts';
import { type Instance, isActive, isReady } from './instance.ts';
import { scheduleInstance, setGoal } from './instances.ts';
import { selectVictims } from './kill-selection.ts';
import { instancesOf, type MarathonFrame, type MarathonState } from './state.ts';

/** Brings the number of wanted instances to `scaleTo`; an inactive unreachable one does not count. */
export function scaleTo(
  state: MarathonState,
  app: AppDefinition,
  count: number,
  victims: readonly string[],
  deploymentId: string | undefined,
  ctx: StepContext,
  frame: MarathonFrame,
): void {
  const surplus = countWanted(state, app.id) - count;
  if (count === 0) {
    // What is unreachable is not waited for either.
    for (const instance of instancesOf(state, app.id)) setGoal(state, instance, 'Decommissioned', ctx, frame);
  } else if (surplus > 0) {
    const candidates = instancesOf(state, app.id).filter(isCounted);
    const chosen = selectVictims(app, candidates, new Set(victims), surplus);
    for (const victim of chosen) setGoal(state, victim, 'Decommissioned', ctx, frame);
  }
  const missing = count - countWanted(state, app.id);
  for (let index = 0; index < missing; index++) scheduleInstance(state, app, deploymentId, ctx, frame);
}

/**
 * Whether a scaling is done: the count fits, what was told to go has gone, and what this deployment asked for is healthy and ready.
 * What ran before is not waited for.
 */
export function isScaled(state: MarathonState, appId: string, count: number, deploymentId: string): boolean {
  let counted = 0;
  for (const id of state.instancesByApp.get(appId) ?? []) {
    const instance = state.instances.get(id);
    if (instance === undefined) continue;
    if (isDying(instance)) return false;
    if (!isCounted(instance)) continue;
    counted += 1;
    if (instance.deploymentId === deploymentId && !isReady(instance)) return false;
  }
  return counted === count;
}

/** Whether nothing of an app is alive any more, as far as can be known. */
export function isStopped(state: MarathonState, appId: string): boolean {
  for (const id of state.instancesByApp.get(appId) ?? []) {
    const instance = state.instances.get(id);
    if (instance !== undefined && isActive(instance.condition) && instance.condition !== 'Unreachable') return false;
  }
  return true;
}

/**
 * An app that no deployment holds gets back the number of instances that it should have.
 *
 * Differs: upstream looks at an app when a task of it ends and every 5 minutes; here also when anything else of it changes.
 */
export function checkScale(state: MarathonState, appId: string, ctx: StepContext, frame: MarathonFrame): void {
  if (state.locks.has(appId)) return;
  const app = findApp(state.root, appId);
  if (app !== undefined) scaleTo(state, app, app.instances, [], undefined, ctx, frame);
}

/** Looks at every app, and at instances of apps that are gone. */
export function checkAllScales(state: MarathonState, ctx: StepContext, frame: MarathonFrame): void {
  for (const appId of [...state.instancesByApp.keys()]) {
    if (state.locks.has(appId) || findApp(state.root, appId) !== undefined) continue;
    for (const instance of instancesOf(state, appId)) setGoal(state, instance, 'Decommissioned', ctx, frame);
  }
  for (const appId of state.appVersions.keys()) checkScale(state, appId, ctx, frame);
}

/** Without lists: this runs for every update of every task. */
function countWanted(state: MarathonState, appId: string): number {
  let count = 0;
  for (const id of state.instancesByApp.get(appId) ?? []) {
    const instance = state.instances.get(id);
    if (instance !== undefined && isCounted(instance)) count += 1;
  }
  return count;
}

function isCounted(instance: Instance): boolean {
  return instance.goal === 'Running' && instance.condition !== 'UnreachableInactive';
}

function isDying(instance: Instance): boolean {
  return instance.goal !== 'Running' && isActive(instance.condition) && instance.condition !== 'Unreachable';
}
