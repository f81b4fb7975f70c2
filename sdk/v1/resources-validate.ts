import type { Resource, Resource_ReservationInfo, Value_Range } from './generated/mesos.ts';
import { anyRole, isStrictSubrole, roleError } from './resources-roles.ts';

/** Something that is not allowed: where (`resources[2].scalar.value`) and why (upstream's text where it has one). */
export interface ResourceViolation {
  readonly path: string;
  readonly message: string;
}

/** Largest scalar: beyond it thousandths are no longer exact. */
const scalarMax = Number.MAX_SAFE_INTEGER / 1000;

type Complain = (path: string, message: string) => void;

/** Checks a list; paths start with `path` and the index. Types and names are not compared between resources. */
export function resourcesViolations(
  resources: readonly Resource[] | undefined,
  path = 'resources',
): ResourceViolation[] {
  return (resources ?? []).flatMap((resource, index) => resourceViolations(resource, `${path}[${index}]`));
}

/** Checks one resource on its own: name, value, disk, reservations in either form, sharing. */
export function resourceViolations(resource: Resource, path = 'resource'): ResourceViolation[] {
  const violations: ResourceViolation[] = [];
  const complain: Complain = (field, message) =>
    violations.push({ path: field === '' ? path : `${path}.${field}`, message });
  if (resource.name === '') complain('name', 'Empty resource name');
  checkValue(resource, complain);
  if (resource.disk !== undefined) checkDisk(resource, complain);
  if ((resource.reservations ?? []).length === 0) checkPreRefinement(resource, complain);
  else checkPostRefinement(resource, resource.reservations ?? [], complain);
  if (resource.allocation_info?.role !== undefined)
    checkRole(resource.allocation_info.role, 'allocation_info.role', complain);
  if (resource.shared !== undefined) checkShared(resource, complain);
  return violations;
}

function checkValue({ type, scalar, ranges, set }: Resource, complain: Complain): void {
  const fields = { SCALAR: scalar, RANGES: ranges, SET: set };
  if (type === 'TEXT' || !(type in fields)) {
    complain('type', 'Unsupported resource type');
    return;
  }
  const others = Object.entries(fields).filter(([name, value]) => name !== type && value !== undefined);
  if (fields[type] === undefined || others.length > 0) {
    const field = type.toLowerCase();
    complain(field, `Invalid ${field} resource: exactly the field '${field}' must be set`);
    return;
  }
  if (type === 'SCALAR') checkScalar(scalar?.value ?? 0, complain);
  else if (type === 'RANGES') checkRanges(ranges?.range ?? [], complain);
  else if (new Set(set?.item).size !== (set?.item ?? []).length)
    complain('set', 'Invalid set resource: duplicated elements');
}

function checkScalar(value: number, complain: Complain): void {
  if (!Number.isFinite(value)) complain('scalar.value', `Invalid scalar resource: ${value} is not a finite number`);
  else if (value !== 0 && Math.round(value * 1000) <= 0)
    complain('scalar.value', 'Invalid scalar resource: value <= 0');
  else if (value > scalarMax) complain('scalar.value', `Invalid scalar resource: value > ${scalarMax}`);
}

function checkRanges(ranges: readonly Value_Range[], complain: Complain): void {
  if (ranges.some(({ begin, end }) => begin > end)) {
    complain('ranges', 'Invalid ranges resource: begin > end');
    return;
  }
  const sorted = [...ranges].sort((a, b) => (a.begin < b.begin ? -1 : 1));
  const overlap = sorted.some(({ begin }, index) => index > 0 && begin <= (sorted[index - 1] as Value_Range).end);
  if (overlap) complain('ranges', 'Invalid ranges resource: overlapping ranges');
}

function checkDisk({ name, disk }: Resource, complain: Complain): void {
  if (name !== 'disk') complain('disk', `DiskInfo should not be set for ${name} resource`);
  const source = disk?.source;
  if (source === undefined) return;
  if (source.type === 'UNKNOWN') complain('disk.source.type', "Unsupported 'DiskInfo.Source.Type'");
  if (source.type !== 'BLOCK' && source.type !== 'RAW') return;
  if (source.mount !== undefined)
    complain('disk.source.mount', `Mount should not be set for ${source.type} disk source`);
  if (source.path !== undefined) complain('disk.source.path', `Path should not be set for ${source.type} disk source`);
}

function checkRole(role: string, field: string, complain: Complain): void {
  const error = roleError(role);
  if (error !== undefined) complain(field, error);
}

/** The form with `role` and `reservation`. */
function checkPreRefinement({ role = anyRole, reservation }: Resource, complain: Complain): void {
  checkRole(role, 'role', complain);
  if (reservation === undefined) return;
  for (const field of ['type', 'role'] as const) {
    if (reservation[field] === undefined) continue;
    complain(
      `reservation.${field}`,
      `'Resource.ReservationInfo.${field}' must not be set for the 'Resource.reservation' field`,
    );
  }
  if (role === anyRole) complain('role', 'Invalid reservation: role "*" cannot be dynamically reserved');
}

/** The form with a stack in `reservations`, with or without the older fields beside it. */
function checkPostRefinement(resource: Resource, stack: readonly Resource_ReservationInfo[], complain: Complain): void {
  for (const [index, reservation] of stack.entries()) {
    checkReservation(reservation, stack[index - 1], `reservations[${index}]`, complain);
  }
  const only = stack.length === 1 ? stack[0] : undefined;
  if (only !== undefined) checkAgreement(resource, only, complain);
  else {
    for (const field of ['role', 'reservation'] as const) {
      if (resource[field] === undefined) continue;
      complain(
        field,
        `Invalid resource format: 'Resource.${field}' must not be set if there is more than one reservation in 'Resource.reservations'`,
      );
    }
  }
}

function checkReservation(
  { type, role }: Resource_ReservationInfo,
  below: Resource_ReservationInfo | undefined,
  path: string,
  complain: Complain,
): void {
  if (type === undefined || type === 'UNKNOWN') {
    complain(`${path}.type`, "Invalid reservation: 'Resource.ReservationInfo.type' field must be set.");
  }
  if (role === undefined) {
    complain(`${path}.role`, "Invalid reservation: 'Resource.ReservationInfo.role' field must be set.");
    return;
  }
  checkRole(role, `${path}.role`, complain);
  if (role === anyRole) complain(`${path}.role`, 'Invalid reservation: role "*" cannot be reserved');
  if (below === undefined) return;
  if (type === 'STATIC') {
    complain(`${path}.type`, 'Invalid refined reservation: A refined reservation cannot be STATIC');
  }
  if (!isStrictSubrole(role, below.role ?? '')) {
    complain(`${path}.role`, `Invalid refined reservation: role '${role}' is not a refinement of '${below.role}'`);
  }
}

/** The older fields may say the same as a single reservation, never something else. */
function checkAgreement(resource: Resource, only: Resource_ReservationInfo, complain: Complain): void {
  const { role, reservation } = resource;
  if (role !== undefined && role !== only.role) {
    complain(
      'role',
      `Invalid resource format: 'Resource.role' field with '${role}' does not match the role '${only.role}' in 'Resource.reservations'`,
    );
  }
  if (only.type === 'STATIC') {
    if (reservation === undefined) return;
    complain(
      'reservation',
      "Invalid resource format: 'Resource.reservation' must not be set if the single reservation in 'Resource.reservations' is STATIC",
    );
    return;
  }
  if ((role === undefined) !== (reservation === undefined)) {
    complain(
      'reservation',
      "Invalid resource format: 'Resource.role' and 'Resource.reservation' must either be both set or both not set if the single reservation in 'Resource.reservations' is DYNAMIC",
    );
  }
  if (reservation !== undefined && reservation.principal !== only.principal) {
    complain(
      'reservation.principal',
      `Invalid resource format: 'Resource.reservation.principal' field with '${reservation.principal}' does not match the principal '${only.principal}' in 'Resource.reservations'`,
    );
  }
}

function checkShared({ name, disk }: Resource, complain: Complain): void {
  if (name !== 'disk') complain('shared', `Resource ${name} cannot be shared`);
  else if (disk?.persistence === undefined) complain('shared', 'Only persistent volumes can be shared');
}
