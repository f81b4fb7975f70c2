import type { Resource } from '../../../../sdk/v1/generated/mesos.ts';
import { Resources } from '../../../../sdk/v1/resources.ts';
import { resourceViolations } from '../../../../sdk/v1/resources-validate.ts';
import { firstError, prefixed } from './first.ts';

/** What is wrong with a list of resources as such, in upstream's words. */
export function resourcesError(resources: readonly Resource[] | undefined): string | undefined {
  return firstError([
    () => prefixed('Invalid resources: ', formError(resources)),
    () => prefixed("Invalid 'gpus' resource: ", gpusError(resources ?? [])),
  ]);
}

/** Resources of a task or executor: valid, and allocated to one role. */
export function allocationError(resources: readonly Resource[] | undefined): string | undefined {
  let role: string | undefined;
  for (const resource of resources ?? []) {
    const allocated = resource.allocation_info?.role;
    if (allocated === undefined) return 'The resources are not allocated to a role';
    role ??= allocated;
    if (allocated !== role) {
      return `The resources have multiple allocation roles ('${allocated}' and '${role}') but only one allocation role is allowed`;
    }
  }
  return undefined;
}

/** Entries of one list: comparing them takes time with the square of their number. */
export const RESOURCES_MAX = 1_000;

/** The first resource that is not well formed, in upstream's words; a list that is too long is none at all. */
export function formError(resources: readonly Resource[] | undefined): string | undefined {
  const count = resources?.length ?? 0;
  if (count > RESOURCES_MAX) return `There are ${count} resources where at most ${RESOURCES_MAX} are allowed`;
  for (const resource of resources ?? []) {
    const [violation] = resourceViolations(resource);
    if (violation !== undefined) return `Resource '${resourceText(resource)}' is invalid: ${violation.message}`;
  }
  return undefined;
}

/** A resource that may be invalid, as upstream prints it: `cpus(allocated: *):-1`. */
function resourceText({ name, allocation_info, reservations = [], scalar, ranges, set }: Resource): string {
  const role = allocation_info?.role;
  const allocated = role === undefined ? '' : `(allocated: ${role})`;
  const stack = (reservations ?? []).map((one) => [one.type, one.role, one.principal].filter(Boolean).join(','));
  const reserved = stack.length === 0 ? '' : `(reservations: [${stack.map((one) => `(${one})`).join(',')}])`;
  const value =
    scalar?.value ??
    (ranges === undefined
      ? `{${(set?.item ?? []).join(', ')}}`
      : `[${(ranges.range ?? []).map(({ begin, end }) => `${begin}-${end}`).join(', ')}]`);
  return `${name}${allocated}${reserved}:${value}`;
}

function gpusError(resources: readonly Resource[]): string | undefined {
  const gpus = Resources.fromProto(resources.filter((resource) => resource.name === 'gpus')).thousandths('gpus');
  return gpus % 1000 === 0 ? undefined : "The 'gpus' resource must be an unsigned integer";
}
