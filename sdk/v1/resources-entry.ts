import type {
  Labels,
  Resource_DiskInfo,
  Resource_DiskInfo_Source,
  Resource_ReservationInfo,
} from './generated/mesos.ts';
import { addRanges, containsRanges, equalRanges, printRanges, type Ranges, subtractRanges } from './ranges.ts';

/** An amount: a scalar in whole thousandths, ranges, or a set of distinct items. */
export type ResourceValue =
  | { readonly type: 'SCALAR'; readonly thousandths: number }
  | { readonly type: 'RANGES'; readonly ranges: Ranges }
  | { readonly type: 'SET'; readonly items: readonly string[] };

/** What a resource is, apart from how much of it and to whom it is allocated. Shared between entries. */
export interface ResourceMeta {
  readonly name: string;
  readonly type: ResourceValue['type'];
  /** Reservation stack, bottom first; the last one is in force. */
  readonly reservations: readonly Resource_ReservationInfo[];
  readonly disk: Resource_DiskInfo | undefined;
  readonly revocable: boolean;
  readonly shared: boolean;
  readonly providerId: string | undefined;
  /** Given or taken as a whole only: persistent volumes, MOUNT and BLOCK disks, RAW disks with an id. */
  readonly indivisible: boolean;
  /** Equal for two resources exactly if their amounts may be added to or subtracted from each other. */
  readonly identity: string;
}

/** One kind of resource with its amount, allocated to a role or not. */
export interface ResourceEntry {
  readonly meta: ResourceMeta;
  readonly allocationRole: string | undefined;
  readonly value: ResourceValue;
  /** How many times an indivisible resource is held; 1 for all others. */
  readonly copies: number;
}

/** Fields that a meta is made of. */
export type ResourceMetaInit = Omit<ResourceMeta, 'identity' | 'indivisible' | 'type'>;

/** Builds the meta of a resource that holds `value`. */
export function resourceMeta(init: ResourceMetaInit, value: ResourceValue): ResourceMeta {
  const indivisible = isIndivisible(init.disk);
  const plain = `${init.name}\n${value.type}`;
  const special =
    init.reservations.length > 0 || init.disk !== undefined || init.revocable || init.shared || init.providerId;
  const identity = special ? `${plain}\n${describe(init, indivisible ? value : undefined)}` : plain;
  return { ...init, type: value.type, indivisible, identity };
}

/** Whether both are the same kind of resource in the same allocation, so that amounts can be merged. */
export function sameKind(left: ResourceEntry, right: ResourceEntry): boolean {
  return (
    (left.meta === right.meta || left.meta.identity === right.meta.identity) &&
    left.allocationRole === right.allocationRole
  );
}

/** Sum of two entries of the same kind. */
export function addEntry(left: ResourceEntry, right: ResourceEntry): ResourceEntry {
  if (left.meta.indivisible) return { ...left, copies: left.copies + right.copies };
  return { ...left, value: addValues(left.value, right.value) };
}

/** Difference of two entries of the same kind, or undefined when nothing is left. */
export function subtractEntry(left: ResourceEntry, right: ResourceEntry): ResourceEntry | undefined {
  if (left.meta.indivisible) {
    return left.copies > right.copies ? { ...left, copies: left.copies - right.copies } : undefined;
  }
  const value = subtractValues(left.value, right.value);
  return isEmptyValue(value) ? undefined : { ...left, value };
}

/** Whether `left` holds all of `right`; both of the same kind. */
export function containsEntry(left: ResourceEntry, right: ResourceEntry): boolean {
  if (left.meta.indivisible) return left.copies >= right.copies;
  const [outer, inner] = [left.value, right.value];
  if (outer.type === 'SCALAR' && inner.type === 'SCALAR') return outer.thousandths >= inner.thousandths;
  if (outer.type === 'RANGES' && inner.type === 'RANGES') return containsRanges(outer.ranges, inner.ranges);
  if (outer.type === 'SET' && inner.type === 'SET') return containsItems(outer.items, inner.items);
  return false;
}

/** Whether both hold the same amount; both of the same kind. */
export function equalEntry(left: ResourceEntry, right: ResourceEntry): boolean {
  if (left.copies !== right.copies) return false;
  const [one, other] = [left.value, right.value];
  if (one.type === 'SCALAR' && other.type === 'SCALAR') return one.thousandths === other.thousandths;
  if (one.type === 'RANGES' && other.type === 'RANGES') return equalRanges(one.ranges, other.ranges);
  if (one.type !== 'SET' || other.type !== 'SET') return false;
  return one.items.length === other.items.length && containsItems(one.items, other.items);
}

/** Whether there is nothing of it. */
export function isEmptyValue(value: ResourceValue): boolean {
  if (value.type === 'SCALAR') return value.thousandths <= 0;
  return value.type === 'RANGES' ? value.ranges.length === 0 : value.items.length === 0;
}

/** Sum of two values of one type: scalars add up, ranges and sets are united. */
export function addValues(left: ResourceValue, right: ResourceValue): ResourceValue {
  if (left.type === 'SCALAR' && right.type === 'SCALAR') {
    return { type: 'SCALAR', thousandths: left.thousandths + right.thousandths };
  }
  if (left.type === 'RANGES' && right.type === 'RANGES') {
    return { type: 'RANGES', ranges: addRanges(left.ranges, right.ranges) };
  }
  if (left.type === 'SET' && right.type === 'SET') {
    return { type: 'SET', items: [...new Set([...left.items, ...right.items])] };
  }
  return left;
}

function subtractValues(left: ResourceValue, right: ResourceValue): ResourceValue {
  if (left.type === 'SCALAR' && right.type === 'SCALAR') {
    return { type: 'SCALAR', thousandths: left.thousandths - right.thousandths };
  }
  if (left.type === 'RANGES' && right.type === 'RANGES') {
    return { type: 'RANGES', ranges: subtractRanges(left.ranges, right.ranges) };
  }
  if (left.type === 'SET' && right.type === 'SET') {
    const gone = new Set(right.items);
    return { type: 'SET', items: left.items.filter((item) => !gone.has(item)) };
  }
  return left;
}

function containsItems(outer: readonly string[], inner: readonly string[]): boolean {
  const items = new Set(outer);
  return inner.every((item) => items.has(item));
}

function isIndivisible(disk: Resource_DiskInfo | undefined): boolean {
  if (disk === undefined) return false;
  const source = disk.source;
  return (
    disk.persistence !== undefined ||
    source?.type === 'MOUNT' ||
    source?.type === 'BLOCK' ||
    (source?.type === 'RAW' && source.id !== undefined)
  );
}

/** Canonical text of what sets resources apart. `volume` of a disk tells how it is used, not what it is. */
function describe(init: ResourceMetaInit, value: ResourceValue | undefined): string {
  return JSON.stringify([
    init.reservations.map(({ type, role, principal, labels }) => [type, role, principal ?? null, labelKeys(labels)]),
    init.disk === undefined ? null : [init.disk.persistence?.id ?? null, sourceKey(init.disk.source)],
    init.revocable,
    init.shared,
    init.providerId ?? null,
    value === undefined ? null : printValue(value),
  ]);
}

function sourceKey(source: Resource_DiskInfo_Source | undefined): unknown {
  if (source === undefined) return null;
  const { type, path, mount, vendor, id, metadata, profile } = source;
  return [
    type,
    path === undefined ? null : [path.root ?? null],
    mount === undefined ? null : [mount.root ?? null],
    vendor ?? null,
    id ?? null,
    labelKeys(metadata),
    profile ?? null,
  ];
}

/** Labels are compared without regard to their order. */
function labelKeys(labels: Labels | undefined): unknown {
  return labels === undefined
    ? null
    : (labels.labels ?? []).map(({ key, value }) => JSON.stringify([key, value ?? null])).sort();
}

/** A value as upstream prints it: `0.5`, `[31000-31001]`, `{a, b}`. */
export function printValue(value: ResourceValue): string {
  if (value.type === 'SCALAR') return String(value.thousandths / 1000);
  return value.type === 'RANGES' ? printRanges(value.ranges) : `{${value.items.join(', ')}}`;
}

/** An entry as upstream prints it: `cpus(allocated: *)(reservations: [(STATIC,spark)]):8`. */
export function printEntry({ meta, allocationRole, value, copies }: ResourceEntry): string {
  const allocated = allocationRole === undefined ? '' : `(allocated: ${allocationRole})`;
  const stack = meta.reservations.map(
    ({ type, role, principal }) => `(${[type, role, principal].filter(Boolean).join(',')})`,
  );
  const reservations = stack.length === 0 ? '' : `(reservations: [${stack.join(',')}])`;
  const disk = meta.disk === undefined ? '' : `[${printDisk(meta.disk)}]`;
  const marks = `${meta.revocable ? '{REV}' : ''}${meta.shared ? '<SHARED>' : ''}`;
  const times = copies > 1 ? `<${copies}>` : '';
  return `${meta.name}${allocated}${reservations}${disk}${marks}:${printValue(value)}${times}`;
}

function printDisk({ source, persistence }: Resource_DiskInfo): string {
  const root = source?.path?.root ?? source?.mount?.root;
  const from = source === undefined ? undefined : root === undefined ? source.type : `${source.type}:${root}`;
  return [from, persistence?.id].filter((part) => part !== undefined).join(',');
}
