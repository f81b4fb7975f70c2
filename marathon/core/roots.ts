import type { AppDefinition } from '../model/app.ts';
import { findApp, type Group } from '../model/group.ts';
import type { Plan } from './deployment.ts';
import { type GroupRecord, type RootRecord, recordKey } from './records.ts';
import type { MarathonFrame, MarathonState } from './state.ts';

/** Makes `root` the present one and records it with the definitions that it brings. */
export function adoptRoot(state: MarathonState, root: Group, plan: Plan, frame: MarathonFrame): void {
  const before = state.root;
  const apps: Record<string, string | null> = {};
  for (const [id, { to }] of plan.apps) {
    apps[id] = to?.version ?? null;
    if (to === undefined) state.appVersions.delete(id);
    else addVersion(state, to, frame);
  }
  const record: RootRecord = { version: root.version, apps, groups: groupDifferences(before, root) };
  frame.put(recordKey.root(root.version), record);
  state.root = root;
  state.rootVersions.push(root);
  while (state.rootVersions.length > state.config.maxVersions) dropOldestRoot(state, frame);
  for (const id of plan.apps.keys()) pruneDefinitions(state, id, frame);
}

function addVersion(state: MarathonState, app: AppDefinition, frame: MarathonFrame): void {
  const versions = state.appVersions.get(app.id) ?? [];
  state.appVersions.set(app.id, [...versions, app].slice(-state.config.maxVersions));
  let stored = state.definitions.get(app.id);
  if (stored === undefined) {
    stored = new Map();
    state.definitions.set(app.id, stored);
  }
  if (stored.has(app.version)) return;
  stored.set(app.version, app);
  frame.put(recordKey.definition(app.id, app.version), app);
}

/** Folds the oldest root's successor into the base records. */
function dropOldestRoot(state: MarathonState, frame: MarathonFrame): void {
  const [oldest, next] = state.rootVersions;
  if (oldest === undefined || next === undefined) return;
  state.rootVersions.shift();
  frame.delete(recordKey.root(next.version));
  frame.put(recordKey.baseVersion, next.version);
  const touched = new Set<string>();
  foldGroup(oldest, next, touched, frame);
  for (const id of touched) pruneDefinitions(state, id, frame);
}

function foldGroup(from: Group | undefined, to: Group | undefined, touched: Set<string>, frame: MarathonFrame): void {
  if (from === to) return;
  const id = to?.id ?? from?.id;
  if (id === undefined) return;
  if (to === undefined) frame.delete(recordKey.baseGroup(id));
  else frame.put(recordKey.baseGroup(id), groupRecord(to));
  for (const appId of keysOf(from?.apps, to?.apps)) {
    const app = to?.apps[appId];
    if (app === from?.apps[appId]) continue;
    touched.add(appId);
    if (app === undefined) frame.delete(recordKey.baseApp(appId));
    else frame.put(recordKey.baseApp(appId), app.version);
  }
  for (const groupId of keysOf(from?.groups, to?.groups)) {
    foldGroup(from?.groups[groupId], to?.groups[groupId], touched, frame);
  }
}

/** Deletes the definitions of an app that nothing names any more. */
export function pruneDefinitions(state: MarathonState, appId: string, frame: MarathonFrame): void {
  const stored = state.definitions.get(appId);
  if (stored === undefined) return;
  const listed = state.appVersions.get(appId) ?? [];
  // The usual case: every definition is among the listed versions.
  if (listed.length === stored.size) return;
  const named = new Set(listed.map((app) => app.version));
  for (const root of state.rootVersions) {
    const app = findApp(root, appId);
    if (app !== undefined) named.add(app.version);
  }
  for (const id of state.instancesByApp.get(appId) ?? []) {
    const instance = state.instances.get(id);
    if (instance !== undefined) named.add(instance.app.version);
  }
  for (const deployment of state.deployments.values()) {
    const change = deployment.plan.apps.get(appId);
    if (change?.from !== undefined) named.add(change.from.version);
    if (change?.to !== undefined) named.add(change.to.version);
  }
  for (const version of [...stored.keys()]) {
    if (named.has(version)) continue;
    stored.delete(version);
    frame.delete(recordKey.definition(appId, version));
  }
  if (stored.size === 0) state.definitions.delete(appId);
}

function groupDifferences(from: Group, to: Group): Record<string, GroupRecord | null> {
  const found: Record<string, GroupRecord | null> = {};
  const walk = (before: Group | undefined, after: Group | undefined): void => {
    if (before === after) return;
    const id = after?.id ?? before?.id;
    if (id === undefined) return;
    found[id] = after === undefined ? null : groupRecord(after);
    for (const child of keysOf(before?.groups, after?.groups)) walk(before?.groups[child], after?.groups[child]);
  };
  walk(from, to);
  return found;
}

function groupRecord(group: Group): GroupRecord {
  return { dependencies: group.dependencies, version: group.version };
}

function keysOf(
  left: Readonly<Record<string, unknown>> | undefined,
  right: Readonly<Record<string, unknown>> | undefined,
): ReadonlySet<string> {
  return new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})]);
}
