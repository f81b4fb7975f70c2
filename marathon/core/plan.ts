import type { AppDefinition } from '../model/app.ts';
import { isConfigChange } from '../model/compare.ts';
import { appDependencies } from '../model/dependencies.ts';
import type { Group } from '../model/group.ts';
import type { Action, AppChange, GroupChange, GroupShape, Plan, PlanStep } from './deployment.ts';

/**
 * The plan from one root to another:
 *
 *     step 1     StopApplication of everything that is gone
 *     step 2     StartApplication (of no instance yet) of everything new
 *     step 3..n  what changed, by the longest chain of dependencies in the target, shortest first:
 *                new, only scaled, or to 0 instances -> ScaleApplication;  otherwise changed -> RestartApplication
 *
 * Steps without actions are dropped. Source: upstream's DeploymentPlan.
 *
 * Differs: an app that is only scaled while instances of an earlier configuration still run (its rolling update was cancelled by a forced
 * change) is restarted instead; upstream leaves them as they are for ever.
 *
 * @param victims instances, by app id, that go first where an app has too many.
 * @param hasOlder whether instances of another configuration than the given one run.
 */
export function makePlan(
  from: Group,
  to: Group,
  victims: ReadonlyMap<string, readonly string[]> = new Map(),
  hasOlder: (app: AppDefinition) => boolean = () => false,
): Plan {
  const apps = new Map<string, AppChange>();
  const groups = new Map<string, GroupChange>();
  diffGroups(from, to, apps, groups);
  const stops: Action[] = [];
  const starts: Action[] = [];
  const changed = new Map<string, Action>();
  for (const [id, { from: before, to: after }] of apps) {
    if (after === undefined) {
      if (before !== undefined) stops.push({ kind: 'StopApplication', app: before });
      continue;
    }
    if (before === undefined) starts.push({ kind: 'StartApplication', app: after });
    const chosen = victims.get(id) ?? [];
    const goesOn = before !== undefined && after.instances > 0 && chosen.length === 0 && hasOlder(after);
    changed.set(id, goesOn ? { kind: 'RestartApplication', app: after } : actionOf(before, after, chosen));
  }
  const steps: PlanStep[] = [{ actions: stops }, { actions: starts }, ...layered(changed, to)];
  return { apps, groups, steps: steps.filter((step) => step.actions.length > 0) };
}

function actionOf(before: AppDefinition | undefined, after: AppDefinition, victims: readonly string[]): Action {
  const scales = before === undefined || after.instances === 0 || isOnlyScaled(before, after);
  if (!scales) return { kind: 'RestartApplication', app: after };
  return { kind: 'ScaleApplication', app: after, scaleTo: after.instances, victims };
}

function isOnlyScaled(before: AppDefinition, after: AppDefinition): boolean {
  return before.instances !== after.instances && !isConfigChange(before, after);
}

/** Differences of two trees; subtrees that are shared cost nothing. */
function diffGroups(
  from: Group | undefined,
  to: Group | undefined,
  apps: Map<string, AppChange>,
  groups: Map<string, GroupChange>,
): void {
  if (from === to) return;
  const group = to ?? from;
  if (group !== undefined && !sameShape(from, to)) groups.set(group.id, { from: shapeOf(from), to: shapeOf(to) });
  const fromApps = from?.apps ?? {};
  const toApps = to?.apps ?? {};
  for (const id of new Set([...Object.keys(fromApps), ...Object.keys(toApps)])) {
    const change: AppChange = { from: fromApps[id], to: toApps[id] };
    if (change.from?.version !== change.to?.version) apps.set(id, change);
  }
  const fromGroups = from?.groups ?? {};
  const toGroups = to?.groups ?? {};
  for (const id of new Set([...Object.keys(fromGroups), ...Object.keys(toGroups)])) {
    diffGroups(fromGroups[id], toGroups[id], apps, groups);
  }
}

function shapeOf(group: Group | undefined): GroupShape | undefined {
  return group === undefined ? undefined : { id: group.id, dependencies: group.dependencies };
}

function sameShape(from: Group | undefined, to: Group | undefined): boolean {
  if (from === undefined || to === undefined) return from === to;
  return from.dependencies.join() === to.dependencies.join();
}

/** Steps of the changed apps: an app stands in a later step than all changed apps that it waits for. */
function layered(changed: ReadonlyMap<string, Action>, target: Group): PlanStep[] {
  if (changed.size === 0) return [];
  const dependencies = appDependencies(target);
  const depths = new Map<string, number>();
  const layers = new Map<number, Action[]>();
  for (const [id, action] of changed) {
    const depth = depthOf(id, dependencies, depths);
    const layer = layers.get(depth);
    if (layer === undefined) layers.set(depth, [action]);
    else layer.push(action);
  }
  return [...layers].sort(([left], [right]) => left - right).map(([, actions]) => ({ actions }));
}

/** Longest chain of dependencies below an app. Cycles were refused before; one would count as no dependency. */
function depthOf(
  start: string,
  dependencies: ReadonlyMap<string, ReadonlySet<string>>,
  depths: Map<string, number>,
): number {
  const stack: string[] = [start];
  const open = new Set<string>();
  while (stack.length > 0) {
    const id = stack[stack.length - 1] as string;
    const below = [...(dependencies.get(id) ?? [])];
    const waiting = open.has(id) ? [] : below.filter((other) => !depths.has(other) && !open.has(other));
    open.add(id);
    if (waiting.length > 0) stack.push(...waiting);
    else {
      if (!depths.has(id)) depths.set(id, 1 + Math.max(0, ...below.map((other) => depths.get(other) ?? 0)));
      stack.pop();
    }
  }
  return depths.get(start) ?? 1;
}
