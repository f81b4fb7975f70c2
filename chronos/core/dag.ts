/**
 * The graph of dependent jobs: an edge from each parent to its child. It has no cycle; {@link findCycle} is asked before an edge is stored.
 */
export class Dag {
  readonly #parents = new Map<string, readonly string[]>();
  readonly #children = new Map<string, Set<string>>();

  /** The job's parents; none for a scheduled or unknown job. */
  parentsOf(name: string): readonly string[] {
    return this.#parents.get(name) ?? [];
  }

  /** The job's children by name. */
  childrenOf(name: string): readonly string[] {
    return [...(this.#children.get(name) ?? [])].sort();
  }

  /** Replaces the edges into a job. */
  setParents(name: string, parents: readonly string[]): void {
    for (const parent of this.parentsOf(name)) {
      const siblings = this.#children.get(parent);
      siblings?.delete(name);
      if (siblings?.size === 0) this.#children.delete(parent);
    }
    if (parents.length === 0) this.#parents.delete(name);
    else this.#parents.set(name, parents);
    for (const parent of parents) {
      const siblings = this.#children.get(parent) ?? new Set();
      siblings.add(name);
      this.#children.set(parent, siblings);
    }
  }

  /**
   * The cycle that `parents` would close over `name`: names in the order in which they would trigger each other, first and last the same.
   *
   * @returns undefined when there is none.
   */
  findCycle(name: string, parents: readonly string[]): readonly string[] | undefined {
    const cameFrom = new Map<string, string>();
    const waiting = [...parents];
    for (const parent of parents) cameFrom.set(parent, name);
    for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
      if (current === name) return pathTo(name, cameFrom);
      for (const ancestor of this.parentsOf(current)) {
        if (cameFrom.has(ancestor)) continue;
        cameFrom.set(ancestor, current);
        waiting.push(ancestor);
      }
    }
    return undefined;
  }
}

/** Follows the search back from the ancestor that turned out to be the job itself. */
function pathTo(name: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const path = [name];
  let current = cameFrom.get(name);
  while (current !== undefined && current !== name) {
    path.push(current);
    current = cameFrom.get(current);
  }
  return [...path, name];
}
