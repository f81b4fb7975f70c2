import type { AppDefinition } from '../model/app.ts';
import { emptyRoot, findApp, type Group, parentId } from '../model/group.ts';
import { changeTree, emptyGroup } from '../model/tree.ts';
import type { MarathonConfig } from './config.ts';
import { affectedApps } from './deployment.ts';
import { isDoomed, isScheduled } from './instance.ts';
import { enqueue } from './launch-queue.ts';
import {
  type DeploymentRecord,
  deploymentFromRecord,
  type FrameworkRecord,
  type GroupRecord,
  type InstanceRecord,
  instanceFromRecord,
  type RootRecord,
} from './records.ts';
import { initialMarathonState, type MarathonState, type TaskFailure } from './state.ts';

/** One stored entry. */
export interface RecoveredEntry {
  readonly key: string;
  readonly value: unknown;
}

/**
 * The state that the records of earlier runs describe; feed `start` to it next.
 *
 * @throws Error when records do not fit together: better no Marathon than one that kills what it does not know.
 */
export function recoverMarathonState(config: MarathonConfig, entries: Iterable<RecoveredEntry>): MarathonState {
  const state = initialMarathonState(config);
  const byPrefix = sortEntries(entries);
  const framework = byPrefix.framework as FrameworkRecord | undefined;
  if (framework !== undefined) {
    state.subscription.frameworkInfo = { ...state.subscription.frameworkInfo, id: { value: framework.id } };
  }
  for (const value of byPrefix.definitions) {
    const app = value as AppDefinition;
    const known = state.definitions.get(app.id);
    if (known === undefined) state.definitions.set(app.id, new Map([[app.version, app]]));
    else known.set(app.version, app);
  }
  recoverRoots(state, byPrefix);
  for (const value of byPrefix.deployments) {
    const deployment = deploymentFromRecord(value as DeploymentRecord, (id, version) => definition(state, id, version));
    state.deployments.set(deployment.id, deployment);
  }
  const ordered = [...state.deployments.values()].sort((left, right) => (left.version < right.version ? -1 : 1));
  state.deployments.clear();
  for (const deployment of ordered) {
    state.deployments.set(deployment.id, deployment);
    for (const appId of affectedApps(deployment.plan)) state.locks.set(appId, deployment.id);
  }
  state.demandDirty = true;
  recoverInstances(state, byPrefix.instances as readonly InstanceRecord[]);
  for (const value of byPrefix.failures) {
    const failure = value as TaskFailure;
    state.taskFailures.set(failure.appId, failure);
  }
  return state;
}

interface SortedEntries {
  framework: unknown;
  readonly definitions: unknown[];
  readonly baseApps: Map<string, string>;
  readonly baseGroups: Map<string, GroupRecord>;
  baseVersion: string | undefined;
  readonly roots: RootRecord[];
  readonly instances: unknown[];
  readonly deployments: unknown[];
  readonly failures: unknown[];
}

function sortEntries(entries: Iterable<RecoveredEntry>): SortedEntries {
  const sorted: SortedEntries = {
    framework: undefined,
    definitions: [],
    baseApps: new Map(),
    baseGroups: new Map(),
    baseVersion: undefined,
    roots: [],
    instances: [],
    deployments: [],
    failures: [],
  };
  for (const { key, value } of entries) {
    if (key === 'framework') sorted.framework = value;
    else if (key === 'base/version') sorted.baseVersion = value as string;
    else if (key.startsWith('base/apps')) sorted.baseApps.set(key.slice('base/apps'.length), value as string);
    else if (key.startsWith('base/groups')) {
      sorted.baseGroups.set(key.slice('base/groups'.length), value as GroupRecord);
    } else if (key.startsWith('definitions/')) sorted.definitions.push(value);
    else if (key.startsWith('roots/')) sorted.roots.push(value as RootRecord);
    else if (key.startsWith('instances/')) sorted.instances.push(value);
    else if (key.startsWith('deployments/')) sorted.deployments.push(value);
    else if (key.startsWith('failures/')) sorted.failures.push(value);
    else throw new Error(`the store holds a record that this version does not know: ${key}`);
  }
  sorted.roots.sort((left, right) => (left.version < right.version ? -1 : 1));
  return sorted;
}

function recoverRoots(state: MarathonState, sorted: SortedEntries): void {
  let root = baseRoot(state, sorted);
  state.rootVersions = [root];
  for (const record of sorted.roots) {
    root = applyRoot(state, root, record);
    state.rootVersions.push(root);
  }
  state.root = root;
  for (const appId of state.definitions.keys()) {
    if (findApp(root, appId) === undefined) continue;
    state.appVersions.set(appId, listedVersions(state, appId));
  }
}

/** Versions of an app since it last came into being, as far as the kept roots can tell. */
function listedVersions(state: MarathonState, appId: string): AppDefinition[] {
  const gap = state.rootVersions.findLast((root) => findApp(root, appId) === undefined)?.version ?? '';
  const all = [...(state.definitions.get(appId)?.values() ?? [])];
  const sorted = all.filter((app) => app.version > gap).sort((left, right) => (left.version < right.version ? -1 : 1));
  return sorted.slice(-state.config.maxVersions);
}

/** Built in one go: changing a tree of many apps one by one would copy it as often. */
function baseRoot(state: MarathonState, sorted: SortedEntries): Group {
  interface OpenGroup {
    id: string;
    apps: Record<string, AppDefinition>;
    groups: Record<string, OpenGroup>;
    dependencies: readonly string[];
    version: string;
  }
  const root: OpenGroup = { ...emptyRoot(sorted.baseVersion ?? state.root.version), apps: {}, groups: {} };
  const groups = new Map<string, OpenGroup>([['/', root]]);
  const groupOf = (id: string): OpenGroup => {
    const known = groups.get(id);
    if (known !== undefined) return known;
    const group: OpenGroup = { ...emptyGroup(id, root.version), apps: {}, groups: {} };
    groups.set(id, group);
    groupOf(parentId(id)).groups[id] = group;
    return group;
  };
  for (const [id, record] of sorted.baseGroups) Object.assign(groupOf(id), record);
  for (const [id, version] of sorted.baseApps) groupOf(parentId(id)).apps[id] = definition(state, id, version);
  return root;
}

function applyRoot(state: MarathonState, before: Group, record: RootRecord): Group {
  const { version } = record;
  const apps = Object.entries(record.apps).map(([id, appVersion]) => {
    return [id, appVersion === null ? undefined : definition(state, id, appVersion)] as const;
  });
  const groups = Object.entries(record.groups).map(([id, shape]) => [id, shape ?? undefined] as const);
  return { ...changeTree(before, apps, groups, version), version };
}

function definition(state: MarathonState, appId: string, version: string): AppDefinition {
  const app = state.definitions.get(appId)?.get(version);
  if (app === undefined) throw new Error(`the store names ${appId} in version ${version}, and does not hold it`);
  return app;
}

function recoverInstances(state: MarathonState, records: readonly InstanceRecord[]): void {
  const sorted = [...records].sort((left, right) => left.sinceMs - right.sinceMs);
  for (const record of sorted) {
    const instance = instanceFromRecord(record, definition(state, record.appId, record.version));
    state.instances.set(instance.id, instance);
    const ids = state.instancesByApp.get(instance.appId);
    if (ids === undefined) state.instancesByApp.set(instance.appId, new Set([instance.id]));
    else ids.add(instance.id);
    // Everything alive whose end is wanted is killed again when the first step settles.
    if (isDoomed(instance)) state.dirtyInstances.add(instance.id);
    if (isScheduled(instance)) enqueue(state.queue, instance, instance.sinceMs);
  }
}
