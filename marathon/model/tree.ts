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
  let changed = false;
  const apps: Record<string, AppDefinition> = {};
  for (const [id, app] of Object.entries(group.apps)) {
    const next = change(app);
    changed ||= next !== app;
    apps[id] = next;
  }
  const groups: Record<string, Group> = {};
  for (const [id, child] of Object.entries(group.groups)) {
    const next = mapApps(child, version, change);
    changed ||= next !== child;
    groups[id] = next;
  }
  return changed ? { ...group, apps, groups, version } : group;
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
