import { LazyList, type LegacyAnswer, type LegacyJson } from '../../../sdk/v1/legacy/json.ts';
import { rangesSize } from '../../../sdk/v1/ranges.ts';
import { type Resources, reservationRole } from '../../../sdk/v1/resources.ts';
import type { ResourceEntry } from '../../../sdk/v1/resources-entry.ts';
import { ancestorRoles } from '../../../sdk/v1/resources-roles.ts';
import type { MasterSnapshot } from './snapshot.ts';

/** Amounts of one role, its subroles included: by name, of scalars in units, of ranges and sets how many. */
interface RoleSums {
  readonly allocated: Map<string, number>;
  readonly offered: Map<string, number>;
  readonly reserved: Map<string, number>;
  /** Reservations in use, part of `allocated`. */
  readonly usedReserved: Map<string, number>;
  readonly frameworkIds: string[];
}

/** GET /roles: roles that frameworks, reservations or weights name, and the roles above them. */
export function rolesView(snapshot: MasterSnapshot): LegacyAnswer {
  const { config, weights } = snapshot;
  const roles = new Map<string, RoleSums>();
  for (const role of [...weights.keys(), ...(config.roleWhitelist ?? [])]) sumsOf(roles, role);
  for (const framework of snapshot.frameworks) {
    for (const role of framework.roles) sumsOf(roles, role).frameworkIds.push(framework.id);
    for (const used of framework.used) addAllocated(roles, used, 'allocated');
    for (const offered of framework.offered) addAllocated(roles, offered, 'offered');
  }
  for (const { total, used } of snapshot.agents) {
    addReserved(roles, total, 'reserved');
    for (const part of used) addReserved(roles, part, 'usedReserved');
  }
  const names = [...roles.keys()].sort();
  return { roles: LazyList.of(names, (name) => roleView(name, weights.get(name) ?? 1, sumsOf(roles, name))) };
}

function roleView(name: string, weight: number, sums: RoleSums): LegacyJson {
  const { allocated, offered, reserved, usedReserved, frameworkIds } = sums;
  const consumed = combined(allocated, combined(reserved, usedReserved, -1));
  return {
    name,
    weight,
    // Quota is not there yet: nothing is guaranteed or limited.
    quota: { role: name, guarantee: {}, limit: {}, consumed: view(consumed) },
    resources: view(combined(allocated, offered)),
    allocated: view(allocated),
    offered: view(offered),
    reserved: view(reserved),
    frameworks: frameworkIds,
  };
}

function sumsOf(roles: Map<string, RoleSums>, role: string): RoleSums {
  const known = roles.get(role);
  if (known !== undefined) return known;
  const fresh: RoleSums = {
    allocated: new Map(),
    offered: new Map(),
    reserved: new Map(),
    usedReserved: new Map(),
    frameworkIds: [],
  };
  roles.set(role, fresh);
  for (const ancestor of ancestorRoles(role)) sumsOf(roles, ancestor);
  return fresh;
}

function addAllocated(roles: Map<string, RoleSums>, resources: Resources, key: 'allocated' | 'offered'): void {
  for (const entry of resources.entries) addTo(roles, entry.allocationRole, entry, key);
}

function addReserved(roles: Map<string, RoleSums>, resources: Resources, key: 'reserved' | 'usedReserved'): void {
  for (const entry of resources.entries) addTo(roles, reservationRole(entry), entry, key);
}

/** Adds to a role and to all above it. */
function addTo(
  roles: Map<string, RoleSums>,
  role: string | undefined,
  entry: ResourceEntry,
  key: 'allocated' | 'offered' | 'reserved' | 'usedReserved',
): void {
  if (role === undefined) return;
  const amount = amountOf(entry);
  for (const each of [role, ...ancestorRoles(role)]) {
    const sums = sumsOf(roles, each)[key];
    sums.set(entry.meta.name, (sums.get(entry.meta.name) ?? 0) + amount);
  }
}

/** In thousandths, so that sums are exact. */
function amountOf({ value, copies }: ResourceEntry): number {
  if (value.type === 'SCALAR') return value.thousandths * copies;
  return 1000 * (value.type === 'RANGES' ? Number(rangesSize(value.ranges)) : value.items.length);
}

function combined(
  left: ReadonlyMap<string, number>,
  right: ReadonlyMap<string, number>,
  sign = 1,
): Map<string, number> {
  const sums = new Map(left);
  for (const [name, amount] of right) sums.set(name, (sums.get(name) ?? 0) + sign * amount);
  return sums;
}

function view(sums: ReadonlyMap<string, number>): LegacyJson {
  return Object.fromEntries(
    Array.from(sums, ([name, amount]) => [name, amount / 1000] as const).filter(([, amount]) => amount > 0),
  );
}
