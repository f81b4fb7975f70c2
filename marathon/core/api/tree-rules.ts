import { findDependencyCycle } from '../../model/dependencies.ts';
import type { Group } from '../../model/group.ts';
import { allGroups } from '../../model/group.ts';
import type { Violation } from '../../model/violation.ts';
import type { MarathonConfig } from '../config.ts';

/** The rules between the parts of a tree that a change breaks; those of single apps and groups are judged as they are read. */
export function treeViolations(from: Group, to: Group, config: MarathonConfig): Violation[] {
  if (from === to) return [];
  const errors = sharedIds(from, to).map(
    (id) => `Groups and Applications may not have the same identifier. ${id} is both`,
  );
  const cycle = findDependencyCycle(to);
  if (cycle !== undefined) errors.push(`Dependency graph has cyclic dependencies. ${cycle.join(' -> ')}`);
  const count = countApps(to);
  if (config.maxApps !== undefined && count > config.maxApps && count > countApps(from))
    errors.push(
      `This Marathon instance may only handle up to ${config.maxApps} Apps! (Override with command line option --max_apps)`,
    );
  return errors.map((error) => ({ path: '/', error }));
}

/** Ids that an app and a group have, in what `group` does not share with the tree before. */
function sharedIds(before: Group | undefined, group: Group): string[] {
  if (before === group) return [];
  const groups = Object.entries(group.groups);
  const shared = groups.flatMap(([id]) => (group.apps[id] === undefined ? [] : [id]));
  return [...shared, ...groups.flatMap(([id, child]) => sharedIds(before?.groups[id], child))];
}

function countApps(root: Group): number {
  let count = 0;
  for (const group of allGroups(root)) count += Object.keys(group.apps).length;
  return count;
}
