import type { StepContext } from '../../sdk/base/step.ts';
import type { AppDefinition } from '../model/app.ts';
import { findGroup, type Group } from '../model/group.ts';
import { nextVersion } from '../model/timestamp.ts';
import { changeApps, emptyGroup, putGroup, removeGroup } from '../model/tree.ts';
import { busEvent, type PlanView } from './bus-events.ts';
import { affectedApps, type Deployment, type Plan, type PlanStep } from './deployment.ts';
import { makePlan } from './plan.ts';
import { deploymentRecord, recordKey } from './records.ts';
import { adoptRoot } from './roots.ts';
import { instancesOf, type MarathonFrame, type MarathonState } from './state.ts';

/** What became of a change of the root. */
export type SubmitResult =
  | { readonly deploymentId: string; readonly version: string }
  /** Nothing changed: these deployments hold apps that the change touches. */
  | { readonly locked: readonly string[] }
  /** Nothing changed: as many deployments run as may. */
  | { readonly tooMany: number };

export interface SubmitOptions {
  /** Cancel conflicting deployments. */
  readonly force: boolean;
  /** Instances, by app id, that go first where an app has too many. */
  readonly victims?: ReadonlyMap<string, readonly string[]> | undefined;
}

/**
 * Makes `newRoot` the wanted state and starts the deployment that leads there.
 *
 * `newRoot` is complete: service ports are assigned, versions given (`versionChangedApps`), the whole is valid. Its version is the
 * deployment's. A change that needs no action makes a deployment that succeeds within this step. `group_change_success` is the
 * caller's to tell, before this.
 */
export function submitDeployment(
  state: MarathonState,
  newRoot: Group,
  options: SubmitOptions,
  ctx: StepContext,
  frame: MarathonFrame,
): SubmitResult {
  if (state.deployments.size >= state.config.maxRunningDeployments) {
    state.counters.deploymentsDismissed += 1;
    return { tooMany: state.config.maxRunningDeployments };
  }
  const plan = makePlan(state.root, newRoot, options.victims, (app) => hasOlderInstances(state, app));
  const affected = affectedApps(plan);
  const conflicts = new Set<string>();
  for (const appId of affected) {
    const holder = state.locks.get(appId);
    if (holder !== undefined) conflicts.add(holder);
  }
  if (conflicts.size > 0 && !options.force) return { locked: [...conflicts] };
  for (const id of conflicts) failDeployment(state, id, 'cancelled by a forced deployment', ctx, frame);
  const deployment: Deployment = {
    id: ctx.ids.uuid(),
    version: newRoot.version,
    plan,
    currentStep: 0,
    restarts: new Map(),
    done: new Set(),
    startedAtMs: ctx.wallMs,
  };
  state.deployments.set(deployment.id, deployment);
  adoptRoot(state, newRoot, plan, frame);
  for (const appId of affected) state.locks.set(appId, deployment.id);
  state.dirtyDeployments.add(deployment.id);
  state.counters.deployments += 1;
  putDeployment(state, deployment, frame);
  return { deploymentId: deployment.id, version: newRoot.version };
}

function hasOlderInstances(state: MarathonState, { id, versionInfo }: AppDefinition): boolean {
  return instancesOf(state, id).some(({ goal, app }) => {
    return goal === 'Running' && app.versionInfo.lastConfigChangeAt !== versionInfo.lastConfigChangeAt;
  });
}

/**
 * Ends a deployment early.
 *
 * With force it stops where it is: definitions stay new, whatever runs stays. Without, a new deployment leads back: what this one changed is
 * changed back on today's root, everything else is left alone.
 */
export function cancelDeployment(
  state: MarathonState,
  id: string,
  options: { readonly force: boolean },
  ctx: StepContext,
  frame: MarathonFrame,
): SubmitResult | { readonly notFound: true } | { readonly cancelled: true } {
  const deployment = state.deployments.get(id);
  if (deployment === undefined) return { notFound: true };
  if (options.force) {
    failDeployment(state, id, 'cancelled', ctx, frame);
    return { cancelled: true };
  }
  const version = nextVersion(ctx.wallMs, state.root.version);
  const reverted = revert(state.root, deployment.plan, version);
  // The cancelled one makes room for the one that leads back, so the limit does not stand in the way of a way out.
  failDeployment(state, id, 'reverted', ctx, frame);
  const result = submitDeployment(state, reverted, { force: true }, ctx, frame);
  frame.emit({ kind: 'event', event: busEvent.groupChangeSuccess(ctx.wallMs, '/', version) });
  return result;
}

/** Records a changed deployment. */
export function putDeployment(state: MarathonState, deployment: Deployment, frame: MarathonFrame): void {
  state.deployments.set(deployment.id, deployment);
  frame.put(recordKey.deployment(deployment.id), deploymentRecord(deployment));
}

/** Forgets a deployment, whatever its end, and frees its apps. */
export function removeDeployment(state: MarathonState, deployment: Deployment, frame: MarathonFrame): void {
  state.deployments.delete(deployment.id);
  state.dirtyDeployments.delete(deployment.id);
  frame.delete(recordKey.deployment(deployment.id));
  for (const appId of affectedApps(deployment.plan)) {
    if (state.locks.get(appId) === deployment.id) state.locks.delete(appId);
    state.dirtyApps.add(appId);
    state.releasedApps.add(appId);
  }
}

/** The plan as events show it. */
export function planView(deployment: Deployment): PlanView {
  return { id: deployment.id, steps: deployment.plan.steps.map(stepView), version: deployment.version };
}

/** A step as events show it. */
export function stepView(step: PlanStep): PlanView['steps'][number] {
  return { actions: step.actions.map((action) => ({ action: action.kind, app: action.app.id })) };
}

function failDeployment(
  state: MarathonState,
  id: string,
  reason: string,
  ctx: StepContext,
  frame: MarathonFrame,
): void {
  const deployment = state.deployments.get(id);
  if (deployment === undefined) return;
  removeDeployment(state, deployment, frame);
  frame.emit({ kind: 'event', event: busEvent.deploymentFailed(ctx.wallMs, planView(deployment), reason) });
}

/**
 * Today's root with a plan's changes taken back.
 *
 * Differs: an app gets back the configuration time that it had, so instances of that configuration that still run are kept;
 * upstream restarts them, and even those of an app that was only scaled.
 */
function revert(root: Group, plan: Plan, version: string): Group {
  const apps = Array.from(plan.apps, ([id, { from }]) => {
    return [id, from === undefined ? undefined : restored(from, version)] as const;
  });
  let reverted = changeApps(root, apps, version);
  // Inner groups first, so that an added group is empty when its turn comes.
  const groups = [...plan.groups].sort(([left], [right]) => right.length - left.length);
  for (const [id, { from, to }] of groups) {
    const now = findGroup(reverted, id);
    if (from === undefined) {
      const isUnchanged = now !== undefined && isEmpty(now) && sameIds(now.dependencies, to?.dependencies ?? []);
      if (isUnchanged && id !== '/') reverted = removeGroup(reverted, id, version);
      continue;
    }
    const group = now ?? emptyGroup(id, version);
    const dependencies = revertIds(group.dependencies, from.dependencies, to?.dependencies ?? []);
    reverted = putGroup(reverted, { ...group, dependencies, version }, version);
  }
  return { ...reverted, version };
}

function restored(app: AppDefinition, version: string): AppDefinition {
  const versionInfo = { lastScalingAt: version, lastConfigChangeAt: app.versionInfo.lastConfigChangeAt };
  return { ...app, version, versionInfo };
}

/** Takes back additions and removals, and leaves what others did. */
function revertIds(now: readonly string[], from: readonly string[], to: readonly string[]): readonly string[] {
  const added = new Set(to.filter((id) => !from.includes(id)));
  const removed = from.filter((id) => !to.includes(id));
  return [...new Set([...now.filter((id) => !added.has(id)), ...removed])].sort();
}

function isEmpty(group: Group): boolean {
  return Object.keys(group.apps).length === 0 && Object.keys(group.groups).length === 0;
}

function sameIds(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((id) => right.includes(id));
}
