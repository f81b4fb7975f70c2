import type { Resource, Resource_ReservationInfo } from './generated/mesos.ts';
import { normalizeRanges } from './ranges.ts';
import { type ResourceEntry, type ResourceValue, resourceMeta } from './resources-entry.ts';
import { anyRole } from './resources-roles.ts';
import { resourceViolations } from './resources-validate.ts';

/**
 * How reservations are printed:
 *
 * - `post-refinement`: `reservations[]` alone; nothing for the unreserved. For frameworks with RESERVATION_REFINEMENT,
 *   and for tasks, executors and AgentInfo on every surface.
 * - `pre-refinement`: `role` (`*` for the unreserved), with `reservation` if it is dynamic. For other frameworks; a refined
 *   reservation cannot be told to them and stays in the post-refinement form.
 * - `endpoint`: both at once. For operator answers (totals, allocated, offered) and the `_full` arrays of /slaves.
 */
export type ResourceForm = 'post-refinement' | 'pre-refinement' | 'endpoint';

/** A number of units in whole thousandths, half rounded up as upstream does. */
export function toThousandths(units: number): number {
  return Math.round(units * 1000);
}

/** Reads one wire resource, in any form; undefined for one that is not valid. */
export function entryFromProto(resource: Resource): ResourceEntry | undefined {
  if (resourceViolations(resource).length > 0) return undefined;
  const value = valueFromProto(resource);
  const init = {
    name: resource.name,
    reservations: reservationsFromProto(resource),
    disk: resource.disk,
    revocable: resource.revocable !== undefined,
    shared: resource.shared !== undefined,
    providerId: resource.provider_id?.value,
  };
  return { meta: resourceMeta(init, value), allocationRole: resource.allocation_info?.role, value, copies: 1 };
}

/** Writes one entry (one copy of it) in the wire form. */
export function entryToProto({ meta, allocationRole, value }: ResourceEntry, form: ResourceForm): Resource {
  return {
    ...(meta.providerId === undefined ? {} : { provider_id: { value: meta.providerId } }),
    name: meta.name,
    type: value.type,
    ...valueToProto(value),
    ...reservationsToProto(meta.reservations, form),
    ...(allocationRole === undefined ? {} : { allocation_info: { role: allocationRole } }),
    ...(meta.disk === undefined ? {} : { disk: meta.disk }),
    ...(meta.revocable ? { revocable: {} } : {}),
    ...(meta.shared ? { shared: {} } : {}),
  };
}

function valueFromProto(resource: Resource): ResourceValue {
  if (resource.type === 'RANGES') return { type: 'RANGES', ranges: normalizeRanges(resource.ranges?.range ?? []) };
  if (resource.type === 'SET') return { type: 'SET', items: resource.set?.item ?? [] };
  return { type: 'SCALAR', thousandths: toThousandths(resource.scalar?.value ?? 0) };
}

function valueToProto(value: ResourceValue): Pick<Resource, 'scalar' | 'ranges' | 'set'> {
  if (value.type === 'SCALAR') return { scalar: { value: value.thousandths / 1000 } };
  return value.type === 'RANGES' ? { ranges: { range: value.ranges } } : { set: { item: value.items } };
}

function reservationsFromProto({ role, reservation, reservations }: Resource): readonly Resource_ReservationInfo[] {
  if (reservations !== undefined && reservations.length > 0) return reservations;
  if (role === undefined || role === anyRole) return [];
  return [reservation === undefined ? { type: 'STATIC', role } : { ...reservation, type: 'DYNAMIC', role }];
}

function reservationsToProto(
  stack: readonly Resource_ReservationInfo[],
  form: ResourceForm,
): Pick<Resource, 'role' | 'reservation' | 'reservations'> {
  const [only] = stack;
  if (form === 'post-refinement') return only === undefined ? {} : { reservations: stack };
  if (only === undefined) return { role: anyRole };
  if (stack.length > 1) return { reservations: stack };
  const { principal, labels } = only;
  return {
    role: only.role,
    ...(only.type === 'DYNAMIC'
      ? {
          reservation: {
            ...(principal === undefined ? {} : { principal }),
            ...(labels === undefined ? {} : { labels }),
          },
        }
      : {}),
    ...(form === 'endpoint' ? { reservations: stack } : {}),
  };
}
