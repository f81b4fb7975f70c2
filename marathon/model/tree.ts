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
  return changeGroup(root, parentId(app.id), version, (group) => ({
    ...group,
    apps: { ...group.apps, [app.id]: app },
  }));
}

/** Removes an app; its group stays, even when empty. */
export function removeApp(root: Group, id: string, version: string): Group {
  return changeGroup(root, parentId(id), version, (group) => ({ ...group, apps: without(group.apps, id) }));
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

/** The same record when no value changes. */
function mapRecord<Value>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value, key: string) => Value,
): Readonly<Record<string, Value>> {
  let copy: Record<string, Value> | undefined;
  for (const [key, value] of Object.entries(record)) {
    const next = change(value, key);
    if (next === value) continue;
    copy ??= { ...record };
    copy[key] = next;
  }
  return copy ?? record;
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
