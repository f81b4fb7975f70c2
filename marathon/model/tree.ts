import type { AppDefinition } from './app.ts';
import type { Group } from './group.ts';
import { parentId } from './group.ts';
import { segmentsOf } from './path-id.ts';

/**
 * Changes of the tree. Each makes new nodes from the changed one up to the root, gives them `version`, and shares all
 * others with the old tree.
 */

/** Adds or replaces an app; missing groups on the way are made. */
export function putApp(root: Group, app: AppDefinition, version: string): Group {
  return changeApps(root, [[app.id, app]], version);
}

/** Removes an app; its group stays, even when empty. */
export function removeApp(root: Group, id: string, version: string): Group {
  return changeApps(root, [[id, undefined]], version);
}

/** What apps by absolute id are to be; undefined removes one. */
export type AppChanges = Iterable<readonly [id: string, app: AppDefinition | undefined]>;

/** What groups by absolute id are to be themselves, without what is in them; undefined removes one with all that is. */
export type ShapeChanges = Iterable<readonly [id: string, shape: GroupShape | undefined]>;

type GroupShape = Pick<Group, 'dependencies' | 'version'>;

/** As {@link putApp} and {@link removeApp}, of many apps: each group is copied once. */
export function changeApps(root: Group, apps: AppChanges, version: string): Group {
  return changeTree(root, apps, [], version);
}

/** As {@link changeApps}, with changes of groups. */
export function changeTree(root: Group, apps: AppChanges, groups: ShapeChanges, version: string): Group {
  const changes = new GroupChanges();
  for (const [id, app] of apps) changes.at(parentId(id)).apps.set(id, app);
  for (const [id, shape] of groups) changes.at(id).shape = shape ?? 'removed';
  return changedGroup(root, '/', changes, version) ?? root;
}

/** Changes of a group and of what is directly in it, by absolute id. */
class GroupChanges {
  readonly apps = new Map<string, AppDefinition | undefined>();
  readonly groups = new Map<string, GroupChanges>();
  shape: GroupShape | 'removed' | undefined;

  /** The changes of the group with this id, seen from the root. */
  at(groupId: string): GroupChanges {
    let place: GroupChanges = this;
    let id = '';
    for (const segment of segmentsOf(groupId)) {
      id += `/${segment}`;
      const inner = place.groups.get(id) ?? new GroupChanges();
      place.groups.set(id, inner);
      place = inner;
    }
    return place;
  }
}

/** A group with changes made in it: the same one when nothing changes, undefined when there is none and needs to be none. */
function changedGroup(group: Group | undefined, id: string, changes: GroupChanges, version: string): Group | undefined {
  if (changes.shape === 'removed') return undefined;
  const before = group ?? emptyGroup(id, version);
  const inner = Array.from(changes.groups, ([innerId, innerChanges]) => {
    return [innerId, changedGroup(before.groups[innerId], innerId, innerChanges, version)] as const;
  });
  const apps = changedRecord(before.apps, changes.apps);
  const groups = changedRecord(before.groups, inner);
  const isSame = changes.shape === undefined && apps === before.apps && groups === before.groups;
  return isSame ? group : { ...before, apps, groups, version, ...changes.shape };
}

/** The same record when no value changes. */
function changedRecord<Value>(
  record: Readonly<Record<string, Value>>,
  changes: Iterable<readonly [key: string, value: Value | undefined]>,
): Readonly<Record<string, Value>> {
  let copy: Record<string, Value> | undefined;
  for (const [key, value] of changes) {
    if (record[key] === value) continue;
    copy ??= { ...record };
    if (value === undefined) delete copy[key];
    else copy[key] = value;
  }
  return copy ?? record;
}

/** Adds or replaces a whole subtree; missing groups on the way are made. */
export function putGroup(root: Group, group: Group, version: string): Group {
  if (group.id === '/') return { ...group, version };
  return changeGroup(root, parentId(group.id), version, (parent) => ({
    ...parent,
    groups: { ...parent.groups, [group.id]: group },
  }));
}

/** Removes a whole subtree; removing the root empties it. */
export function removeGroup(root: Group, id: string, version: string): Group {
  if (id === '/') return { id: '/', apps: {}, groups: {}, dependencies: [], version };
  return changeGroup(root, parentId(id), version, (parent) => ({ ...parent, groups: without(parent.groups, id) }));
}

/** Replaces apps at or below `group` by what `change` makes of them; untouched subtrees are shared. */
export function mapApps(group: Group, version: string, change: (app: AppDefinition) => AppDefinition): Group {
  return mapChangedApps(undefined, group, version, change);
}

/** As {@link mapApps}, of the apps that `group` does not share with `before`: what a change left alone costs nothing. */
export function mapChangedApps(
  before: Group | undefined,
  group: Group,
  version: string,
  change: (app: AppDefinition) => AppDefinition,
): Group {
  if (before === group) return group;
  const apps = mapRecord(group.apps, (app, id) => (before?.apps[id] === app ? app : change(app)));
  const groups = mapRecord(group.groups, (child, id) => mapChangedApps(before?.groups[id], child, version, change));
  return apps === group.apps && groups === group.groups ? group : { ...group, apps, groups, version };
}

function mapRecord<Value>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value, key: string) => Value,
): Readonly<Record<string, Value>> {
  return changedRecord(
    record,
    Object.entries(record).map(([key, value]) => [key, change(value, key)] as const),
  );
}

/** A group without content. */
export function emptyGroup(id: string, version: string): Group {
  return { id, apps: {}, groups: {}, dependencies: [], version };
}

/** Replaces the group `id` by what `change` makes of it, making missing groups on the way. */
function changeGroup(root: Group, id: string, version: string, change: (group: Group) => Group): Group {
  const descend = (group: Group, segments: readonly string[]): Group => {
    const [next, ...rest] = segments;
    if (next === undefined) return { ...change(group), version };
    const childId = group.id === '/' ? `/${next}` : `${group.id}/${next}`;
    const child = group.groups[childId] ?? emptyGroup(childId, version);
    return { ...group, version, groups: { ...group.groups, [childId]: descend(child, rest) } };
  };
  return descend(root, segmentsOf(id));
}

function without<Value>(record: Readonly<Record<string, Value>>, key: string): Record<string, Value> {
  const { [key]: _removed, ...rest } = record;
  return rest;
}
