import type { AppDefinition } from '../model/app.ts';
import { siteValue } from './constraints.ts';
import { type Instance, isHealthy } from './instance.ts';

/**
 * Which instances go when an app has too many: named victims, then those whose end keeps GROUP_BY groups even, then by
 * condition, then by age as `killSelection` says. Source: upstream's ScalingProposition and Constraints.
 *
 * Differs: an instance that its health checks call bad goes before a good one, and one that has ended or is being killed before all
 * that run; upstream looks at the condition only, and takes those last.
 *
 * @param candidates instances that may go.
 * @param count how many must go; more only when more are named.
 */
export function selectVictims(
  app: AppDefinition,
  candidates: readonly Instance[],
  named: ReadonlySet<string>,
  count: number,
): readonly Instance[] {
  const sentenced = candidates.filter((instance) => named.has(instance.id));
  const rest = candidates.filter((instance) => !named.has(instance.id));
  const total = Math.max(count, sentenced.length);
  const even = evenVictims(app, rest, total - sentenced.length);
  const isEven = new Set(even);
  const ordered = rest
    .filter((instance) => !isEven.has(instance))
    .sort((left, right) => compareVictims(app, left, right));
  return [...sentenced, ...even, ...ordered].slice(0, total);
}

/** Order in which instances of one app go: negative when `left` goes first. */
export function compareVictims(app: AppDefinition, left: Instance, right: Instance): number {
  const byWeight = weight(left) - weight(right);
  if (byWeight !== 0) return byWeight;
  const leftMs = ageMark(left);
  const rightMs = ageMark(right);
  return app.killSelection === 'OLDEST_FIRST' ? leftMs - rightMs : rightMs - leftMs;
}

function weight(instance: Instance): number {
  switch (instance.condition) {
    case 'Scheduled':
    case 'Killed':
    case 'Finished':
    case 'Failed':
    case 'Error':
    case 'Gone':
    case 'Dropped':
    case 'Unknown':
      // Ended, and not launched again yet: its end costs nothing.
      return 0;
    case 'Killing':
      return 1;
    case 'Unreachable':
    case 'UnreachableInactive':
      return 1;
    case 'Provisioned':
    case 'Staging':
      return 2;
    case 'Starting':
      return 3;
    case 'Running':
      return isHealthy(instance) ? 5 : 4;
  }
}

function ageMark(instance: Instance): number {
  return instance.task?.startedAtMs ?? instance.task?.stagedAtMs ?? instance.sinceMs;
}

/** Victims that leave the groups of every GROUP_BY as even as they can be; may be fewer than asked. */
function evenVictims(app: AppDefinition, running: readonly Instance[], count: number): readonly Instance[] {
  const fields = app.constraints.filter(([, operator]) => operator === 'GROUP_BY').map(([field]) => field);
  if (fields.length === 0 || count <= 0 || running.length === count) return [];
  const groupings = fields.map((field) => groupsOf(running, field));
  const before = groupings.map((groups) => spread(groups));
  const chosen: Instance[] = [];
  const left = new Set([...running].sort((one, other) => compareVictims(app, one, other)));
  while (chosen.length < count) {
    const next = [...left].find((instance) => isMoreEven(instance, groupings, fields, before));
    if (next === undefined) break;
    chosen.push(next);
    left.delete(next);
    for (const [index, field] of fields.entries())
      bump(groupings[index] as Map<string, number>, groupOf(next, field), -1);
  }
  return chosen;
}

function isMoreEven(
  instance: Instance,
  groupings: readonly Map<string, number>[],
  fields: readonly string[],
  before: readonly number[],
): boolean {
  return fields.every((field, index) => {
    const groups = groupings[index] as Map<string, number>;
    const value = groupOf(instance, field);
    // From an uneven distribution only the largest groups give.
    const isLargest = groups.get(value) === Math.max(...groups.values());
    bump(groups, value, -1);
    const after = spread(groups);
    bump(groups, value, 1);
    return isLargest && (after <= 1 || (before[index] ?? 0) > after);
  });
}

function groupsOf(instances: readonly Instance[], field: string): Map<string, number> {
  const groups = new Map<string, number>();
  for (const instance of instances) bump(groups, groupOf(instance, field), 1);
  return groups;
}

function groupOf(instance: Instance, field: string): string {
  return instance.agent === undefined ? '' : (siteValue(instance.agent, field) ?? '');
}

function bump(groups: Map<string, number>, value: string, by: number): void {
  groups.set(value, (groups.get(value) ?? 0) + by);
}

function spread(groups: ReadonlyMap<string, number>): number {
  const sizes = [...groups.values()];
  return Math.max(...sizes) - Math.min(...sizes);
}
