import type { Origins } from './run.ts';

/**
 * The join of several parents: a child runs once all of them have succeeded since its last run.
 *
 * Successes that belong to different turns of the wheel are not mixed:
 *
 * - Parents that descend from a common root (R -> A, R -> B, both -> C) join only with the same run of that root.
 * - When a parent fails for good, what its siblings did in that turn is broken by it: a repair of the parent (run by hand, or marked as
 *   successful) still joins with it, its next turn does not.
 *
 * Differs: upstream counts successes per edge, in memory, and after a partial failure starts a join too early for ever (mesos/chronos 543, 811).
 */
export interface JoinEdge {
  readonly outcome: 'success' | 'failure';
  readonly origins: Origins;
  /** Parents whose failure this success would have needed to join with. */
  readonly brokenBy: readonly string[];
}

/** Edges by parent; a parent that did nothing since the child's last run has none. */
export type Join = Readonly<Record<string, JoinEdge>>;

/** What a parent did. */
export interface ParentResult {
  readonly parent: string;
  readonly origins: Origins;
  /** Made by hand: belongs to whatever turn is waiting for it. */
  readonly isRepair: boolean;
}

/** The join after a parent's success, and the origins of the child's run when it is complete (the join is empty then). */
export function joinSuccess(
  join: Join,
  parents: readonly string[],
  result: ParentResult,
): { readonly join: Join; readonly fires: Origins | undefined } {
  const { parent, origins, isRepair } = result;
  const kept: Record<string, JoinEdge> = {};
  for (const [name, edge] of Object.entries(join)) {
    if (name === parent || !parents.includes(name)) continue;
    if (edge.outcome === 'success' && edge.brokenBy.includes(parent) && !isRepair) continue;
    const order = compareOrigins(edge.origins, origins);
    // A success of a turn that others have left behind does not come back.
    if (order > 0) return { join, fires: undefined };
    if (order === 0 || edge.outcome === 'failure') kept[name] = edge;
  }
  const brokenBy = Object.entries(kept)
    .filter(([, edge]) => edge.outcome === 'failure' && !isRepair && turnOf(edge.origins) >= turnOf(origins))
    .map(([name]) => name);
  kept[parent] = { outcome: 'success', origins, brokenBy };
  if (!parents.every((name) => Object.hasOwn(kept, name) && kept[name]?.outcome === 'success'))
    return { join: kept, fires: undefined };
  return { join: {}, fires: Object.assign({}, ...Object.values(kept).map((edge) => edge.origins)) };
}

/** The join after a parent failed for good (or was killed). */
export function joinFailure(join: Join, parents: readonly string[], result: ParentResult): Join {
  const { parent, origins } = result;
  const next: Record<string, JoinEdge> = {};
  for (const [name, edge] of Object.entries(join)) {
    if (name === parent || !parents.includes(name)) continue;
    const isBroken = edge.outcome === 'success' && turnOf(edge.origins) <= turnOf(origins);
    next[name] = isBroken && !edge.brokenBy.includes(parent) ? { ...edge, brokenBy: [...edge.brokenBy, parent] } : edge;
  }
  next[parent] = { outcome: 'failure', origins, brokenBy: [] };
  return next;
}

/** Negative when `left` belongs to an older run of a common root than `right`, positive when newer, 0 when both can go together. */
function compareOrigins(left: Origins, right: Origins): number {
  let order = 0;
  for (const [root, dueMs] of Object.entries(left)) {
    const other = Object.hasOwn(right, root) ? (right[root] ?? dueMs) : dueMs;
    if (order === 0) order = dueMs - other;
  }
  return order;
}

/** The time that a run's turn began: the latest of its roots. */
function turnOf(origins: Origins): number {
  return Math.max(0, ...Object.values(origins));
}
