import type { Group } from './group.ts';
import { allApps, allGroups, findApp, findGroup } from './group.ts';

/**
 * Which apps an app waits for: its own dependencies, and those of every group around it; a group stands for all apps at or
 * below it. Ids that name nothing are left out, as upstream does: they may come later.
 *
 * @returns for each app that depends on any, the ids of those, by absolute id.
 */
export function appDependencies(root: Group): Map<string, ReadonlySet<string>> {
  const result = new Map<string, Set<string>>();
  const add = (dependent: string, dependencies: readonly string[]): void => {
    for (const id of dependencies) {
      const target = findApp(root, id);
      const group = target === undefined ? findGroup(root, id) : undefined;
      const targets = target !== undefined ? [target] : group !== undefined ? allApps(group) : [];
      for (const app of targets) {
        const known = result.get(dependent);
        if (known === undefined) result.set(dependent, new Set([app.id]));
        else known.add(app.id);
      }
    }
  };
  for (const group of allGroups(root)) {
    if (group.dependencies.length > 0) for (const app of allApps(group)) add(app.id, group.dependencies);
    for (const app of Object.values(group.apps)) if (app.dependencies.length > 0) add(app.id, app.dependencies);
  }
  return result;
}

/** An app that waits for itself, directly or through others; undefined when there is none. */
export function findDependencyCycle(root: Group): readonly string[] | undefined {
  const graph = appDependencies(root);
  const done = new Set<string>();
  for (const start of graph.keys()) {
    const path: string[] = [];
    const onPath = new Set<string>();
    // Each entry: an id and the dependencies of it that are still to be looked at. No recursion: chains may be long.
    const stack: { id: string; rest: string[] }[] = [{ id: start, rest: [...(graph.get(start) ?? [])] }];
    path.push(start);
    onPath.add(start);
    while (stack.length > 0) {
      const top = stack[stack.length - 1] as { id: string; rest: string[] };
      const next = top.rest.pop();
      if (next === undefined) {
        stack.pop();
        path.pop();
        onPath.delete(top.id);
        done.add(top.id);
      } else if (onPath.has(next)) return [...path.slice(path.indexOf(next)), next];
      else if (!done.has(next)) {
        stack.push({ id: next, rest: [...(graph.get(next) ?? [])] });
        path.push(next);
        onPath.add(next);
      }
    }
  }
  return undefined;
}
