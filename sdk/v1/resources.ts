import type { Resource, Resource_ReservationInfo } from './generated/mesos.ts';
import { addRanges, type Ranges } from './ranges.ts';
import {
  addEntry,
  addValues,
  containsEntry,
  equalEntry,
  isEmptyValue,
  printEntry,
  printValue,
  type ResourceEntry,
  type ResourceValue,
  sameKind,
  subtractEntry,
} from './resources-entry.ts';
import { entryFromProto, entryToProto, type ResourceForm } from './resources-proto.ts';
import { isStrictSubrole } from './resources-roles.ts';

/** The form of legacy endpoints: numbers for scalars, text for ranges and sets; `cpus`, `mem`, `disk`, `gpus` always. */
export type FlatResources = Readonly<Record<string, number | string>>;

/**
 * An amount of resources, kept apart by name, reservation stack, disk, revocability, sharing and the role that it is
 * allocated to. Values never change; every operation gives a new one. Scalars count in whole thousandths, so that
 * 0.1 + 0.2 is 0.3. No entry is empty, and no two are of the same kind.
 */
export class Resources {
  /** Nothing. */
  static readonly empty: Resources = new Resources([]);

  readonly entries: readonly ResourceEntry[];

  private constructor(entries: readonly ResourceEntry[]) {
    this.entries = entries;
  }

  /** Adds up entries; empty ones are left out. */
  static of(entries: Iterable<ResourceEntry>): Resources {
    const merged: ResourceEntry[] = [];
    for (const entry of entries) addInto(merged, entry);
    return merged.length === 0 ? Resources.empty : new Resources(merged);
  }

  /**
   * Reads the wire form, with `role`+`reservation` as well as `reservations[]`. What `resourceViolations` objects to,
   * and what is empty, is left out: validate what a stranger sent first.
   */
  static fromProto(resources: readonly Resource[] | undefined): Resources {
    if (resources === undefined || resources.length === 0) return Resources.empty;
    return Resources.of(resources.map(entryFromProto).filter((entry) => entry !== undefined));
  }

  /** Sum of many. */
  static sum(all: Iterable<Resources>): Resources {
    const merged: ResourceEntry[] = [];
    for (const resources of all) for (const entry of resources.entries) addInto(merged, entry);
    return merged.length === 0 ? Resources.empty : new Resources(merged);
  }

  get isEmpty(): boolean {
    return this.entries.length === 0;
  }

  add(that: Resources): Resources {
    if (that.isEmpty) return this;
    if (this.isEmpty) return that;
    const merged = [...this.entries];
    for (const entry of that.entries) addInto(merged, entry);
    return new Resources(merged);
  }

  /** Takes `that` away; what is not there cannot be taken, and nothing becomes negative. */
  subtract(that: Resources): Resources {
    if (that.isEmpty || this.isEmpty) return this;
    if (that === this) return Resources.empty;
    const left = [...this.entries];
    for (const entry of that.entries) {
      const at = left.findIndex((candidate) => sameKind(candidate, entry));
      if (at === -1) continue;
      const rest = subtractEntry(left[at] as ResourceEntry, entry);
      if (rest === undefined) left.splice(at, 1);
      else left[at] = rest;
    }
    return left.length === 0 ? Resources.empty : new Resources(left);
  }

  /** Whether all of `that` is in here. */
  contains(that: Resources): boolean {
    return this === that || that.entries.every((entry) => this.#holds(entry));
  }

  equals(that: Resources): boolean {
    return (
      this === that ||
      (this.entries.length === that.entries.length && that.entries.every((entry) => this.#equal(entry)))
    );
  }

  /** The entries that `keep` accepts. */
  filter(keep: (entry: ResourceEntry) => boolean): Resources {
    const kept = this.entries.filter(keep);
    if (kept.length === this.entries.length) return this;
    return kept.length === 0 ? Resources.empty : new Resources(kept);
  }

  unreserved(): Resources {
    return this.filter((entry) => entry.meta.reservations.length === 0);
  }

  /** What is reserved: for anybody, or for exactly `role`. */
  reserved(role?: string): Resources {
    return this.filter((entry) => {
      const owner = reservationRole(entry);
      return owner !== undefined && (role === undefined || owner === role);
    });
  }

  /** What is reserved for `role` or for a role above it. */
  reservedTo(role: string): Resources {
    return this.filter((entry) => entry.meta.reservations.length > 0 && mayUse(role, entry));
  }

  /** What may be allocated to `role`: the unreserved and what is reserved for it or for a role above it. */
  allocatableTo(role: string): Resources {
    return this.filter((entry) => mayUse(role, entry));
  }

  revocable(): Resources {
    return this.filter((entry) => entry.meta.revocable);
  }

  nonRevocable(): Resources {
    return this.filter((entry) => !entry.meta.revocable);
  }

  shared(): Resources {
    return this.filter((entry) => entry.meta.shared);
  }

  nonShared(): Resources {
    return this.filter((entry) => !entry.meta.shared);
  }

  /** What has more than one reservation on its stack. */
  refined(): Resources {
    return this.filter((entry) => entry.meta.reservations.length > 1);
  }

  named(name: string): Resources {
    return this.filter((entry) => entry.meta.name === name);
  }

  /** Scalars alone; of these names, when given. */
  scalars(...names: readonly string[]): Resources {
    return this.filter(
      (entry) => entry.value.type === 'SCALAR' && (names.length === 0 || names.includes(entry.meta.name)),
    );
  }

  /** Reserved resources by the role that they are reserved for. */
  byReservation(): Map<string, Resources> {
    return this.#groupBy(reservationRole);
  }

  /** Allocated resources by the role that they are allocated to. */
  byAllocation(): Map<string, Resources> {
    return this.#groupBy((entry) => entry.allocationRole);
  }

  /** The same, allocated to `role`. */
  allocate(role: string): Resources {
    if (this.entries.every((entry) => entry.allocationRole === role)) return this;
    return this.#mapped((entry) => (entry.allocationRole === role ? entry : { ...entry, allocationRole: role }));
  }

  /** The same, allocated to nobody. */
  unallocate(): Resources {
    if (this.entries.every((entry) => entry.allocationRole === undefined)) return this;
    return this.#mapped((entry) =>
      entry.allocationRole === undefined ? entry : { ...entry, allocationRole: undefined },
    );
  }

  /** Sum of the scalar `name` over all kinds, in thousandths; a shared volume counts once. */
  thousandths(name: string): number {
    let sum = 0;
    for (const entry of this.entries) if (entry.meta.name === name) sum += scalarOf(entry);
    return sum;
  }

  /** Sum of the scalar `name` over all kinds, in its own unit. */
  scalar(name: string): number {
    return this.thousandths(name) / 1000;
  }

  /** Sums of all scalars by name, in thousandths. */
  quantities(): Map<string, number> {
    const sums = new Map<string, number>();
    for (const entry of this.entries) {
      if (entry.value.type === 'SCALAR') sums.set(entry.meta.name, (sums.get(entry.meta.name) ?? 0) + scalarOf(entry));
    }
    return sums;
  }

  /** All numbers of the ranges `name`, `ports` for example. */
  ranges(name: string): Ranges {
    let all: Ranges = [];
    for (const { meta, value } of this.entries) {
      if (meta.name === name && value.type === 'RANGES') all = addRanges(all, value.ranges);
    }
    return all;
  }

  /** The wire form. See {@link ResourceForm}; without one, reservations are printed as `reservations[]` alone. */
  toProto(form: ResourceForm = 'post-refinement'): Resource[] {
    return this.entries.flatMap((entry) => {
      const resource = entryToProto(entry, form);
      return entry.copies === 1 || entry.meta.shared
        ? [resource]
        : Array.from({ length: entry.copies }, () => resource);
    });
  }

  /** The form of legacy endpoints; revocable resources go by `<name>_revocable`. */
  toFlat(): FlatResources {
    const flat: Record<string, number | string> = { cpus: 0, gpus: 0, mem: 0, disk: 0 };
    const rest = new Map<string, ResourceValue>();
    for (const entry of this.entries) {
      const name = entry.meta.revocable ? `${entry.meta.name}_revocable` : entry.meta.name;
      if (entry.value.type === 'SCALAR') {
        const before = flat[name];
        flat[name] = (Math.round((typeof before === 'number' ? before : 0) * 1000) + scalarOf(entry)) / 1000;
      } else {
        const before = rest.get(name);
        rest.set(name, before === undefined ? entry.value : addValues(before, entry.value));
      }
    }
    for (const [name, value] of rest) flat[name] = printValue(value);
    return flat;
  }

  /** As upstream prints them: `cpus:4; mem:2048; ports:[31000-32000]`, `{}` for nothing. */
  toString(): string {
    return this.isEmpty ? '{}' : this.entries.map(printEntry).join('; ');
  }

  #holds(entry: ResourceEntry): boolean {
    const mine = this.entries.find((candidate) => sameKind(candidate, entry));
    return mine !== undefined && containsEntry(mine, entry);
  }

  #equal(entry: ResourceEntry): boolean {
    const mine = this.entries.find((candidate) => sameKind(candidate, entry));
    return mine !== undefined && equalEntry(mine, entry);
  }

  #mapped(change: (entry: ResourceEntry) => ResourceEntry): Resources {
    const changed = this.entries.map(change);
    // Entries that differed in their allocation alone become one.
    return new Set(this.entries.map((entry) => entry.allocationRole)).size > 1
      ? Resources.of(changed)
      : new Resources(changed);
  }

  #groupBy(keyOf: (entry: ResourceEntry) => string | undefined): Map<string, Resources> {
    const groups = new Map<string, ResourceEntry[]>();
    for (const entry of this.entries) {
      const key = keyOf(entry);
      if (key === undefined) continue;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [entry]);
      else group.push(entry);
    }
    return new Map(Array.from(groups, ([key, entries]) => [key, new Resources(entries)]));
  }
}

/** Role that an entry is reserved for now, or undefined. */
export function reservationRole(entry: ResourceEntry): string | undefined {
  return entry.meta.reservations.at(-1)?.role;
}

/** The reservation in force of an entry, or undefined. */
export function currentReservation(entry: ResourceEntry): Resource_ReservationInfo | undefined {
  return entry.meta.reservations.at(-1);
}

function mayUse(role: string, entry: ResourceEntry): boolean {
  const owner = reservationRole(entry);
  return owner === undefined || owner === role || isStrictSubrole(role, owner);
}

function addInto(merged: ResourceEntry[], entry: ResourceEntry): void {
  if (isEmptyValue(entry.value)) return;
  const at = merged.findIndex((candidate) => sameKind(candidate, entry));
  if (at === -1) merged.push(entry);
  else merged[at] = addEntry(merged[at] as ResourceEntry, entry);
}

function scalarOf(entry: ResourceEntry): number {
  const value = totalOf(entry);
  return value.type === 'SCALAR' ? value.thousandths : 0;
}

/** The amount of all copies; a shared volume counts once. */
function totalOf({ value, copies, meta }: ResourceEntry): ResourceValue {
  if (copies === 1 || meta.shared || value.type !== 'SCALAR') return value;
  return { type: 'SCALAR', thousandths: value.thousandths * copies };
}
