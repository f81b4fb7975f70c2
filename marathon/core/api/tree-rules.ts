import { findDependencyCycle } from '../../model/dependencies.ts';
import type { Group } from '../../model/group.ts';
import { allGroups } from '../../model/group.ts';
import { idErrors, idLengthErrors, isAtOrBelow } from '../../model/path-id.ts';
import { appViolations } from '../../model/validate.ts';
import type { Violation } from '../../model/violation.ts';
import { under } from '../../model/violation.ts';
import type { MarathonConfig } from '../config.ts';

/**
 * What is wrong with a tree that a change leads to. Subtrees that it shares with the tree before were checked when they
 * came, so only rules between parts look at everything.
 */
export function treeViolations(from: Group, to: Group, config: MarathonConfig): Violation[] {
  const violations: Violation[] = [];
  const cycle = findDependencyCycle(to);
  if (cycle !== undefined)
    violations.push({ path: '/', error: `Dependency graph has cyclic dependencies. ${cycle.join(' -> ')}` });
  checkGroup(from, to, config, violations);
  const count = countApps(to);
  if (config.maxApps !== undefined && count > config.maxApps && count > countApps(from))
    violations.push({
      path: '/',
      error: `This Marathon instance may only handle up to ${config.maxApps} Apps! (Override with command line option --max_apps)`,
    });
  return violations;
}

function checkGroup(before: Group | undefined, group: Group, config: MarathonConfig, violations: Violation[]): void {
  if (before === group) return;
  if (before === undefined || before.dependencies !== group.dependencies)
    group.dependencies.forEach((dependency, index) => {
      for (const error of idErrors(dependency === '/' ? '/x' : dependency))
        violations.push({ path: `${group.id}/dependencies(${index})`, error });
      if (isAtOrBelow(group.id, dependency))
        violations.push({
          path: `${group.id}/dependencies(${index})`,
          error: 'must not be the group itself or a group around it',
        });
    });
  if (before === undefined)
    for (const error of [...idErrors(group.id === '/' ? '/x' : group.id), ...idLengthErrors(group.id)])
      violations.push({ path: '/id', error });
  for (const id of Object.keys(group.groups))
    if (group.apps[id] !== undefined)
      violations.push({ path: '/', error: `Groups and Applications may not have the same identifier. ${id}` });
  for (const [id, app] of Object.entries(group.apps))
    if (before?.apps[id] !== app)
      violations.push(...under(`/apps(${id})`, appViolations(app, { defaultRole: config.mesosRole })));
  for (const [id, child] of Object.entries(group.groups)) checkGroup(before?.groups[id], child, config, violations);
}

function countApps(root: Group): number {
  let count = 0;
  for (const group of allGroups(root)) count += Object.keys(group.apps).length;
  return count;
}
