import type { AppDefinition } from './app.ts';

/**
 * A node of the tree of groups. Ids are absolute paths at every level; the root is `/`. Values are immutable: a change
 * makes new nodes from the changed one up to the root and shares all others, so `===` tells what an update left alone.
 */
export interface Group {
  readonly id: string;
  /** Apps directly in this group, by absolute id. */
  readonly apps: Readonly<Record<string, AppDefinition>>;
  /** Groups directly in this group, by absolute id. */
  readonly groups: Readonly<Record<string, Group>>;
  /** Absolute paths of apps and groups that everything in this group depends on, sorted. */
  readonly dependencies: readonly string[];
  /** Timestamp text of the last change at or below this group. */
  readonly version: string;
}

/** The root of a cluster without apps. */
export function emptyRoot(version: string): Group {
  return { id: '/', apps: {}, groups: {}, dependencies: [], version };
}

/** All apps at or below a group, by walking; order is that of the tree. */
export function* allApps(group: Group): Generator<AppDefinition> {
  yield* Object.values(group.apps);
  for (const child of Object.values(group.groups)) yield* allApps(child);
}

/** All groups at or below a group, itself first. */
export function* allGroups(group: Group): Generator<Group> {
  yield group;
  for (const child of Object.values(group.groups)) yield* allGroups(child);
}

/** The group with this absolute id at or below `root`. */
export function findGroup(root: Group, id: string): Group | undefined {
  if (id === '/') return root;
  let group: Group | undefined = root;
  let path = '';
  for (const segment of id.slice(1).split('/')) {
    path += `/${segment}`;
    group = group.groups[path];
    if (group === undefined) return undefined;
  }
  return group;
}

/** The app with this absolute id at or below `root`. */
export function findApp(root: Group, id: string): AppDefinition | undefined {
  return findGroup(root, parentId(id))?.apps[id];
}

/** The id of the enclosing group; the root's parent is the root. */
export function parentId(id: string): string {
  const cut = id.lastIndexOf('/');
  return cut <= 0 ? '/' : id.slice(0, cut);
}
