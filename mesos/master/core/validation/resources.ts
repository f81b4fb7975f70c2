import type { Resource } from '../../../../sdk/v1/generated/mesos.ts';
import { Resources } from '../../../../sdk/v1/resources.ts';
import { resourceViolations } from '../../../../sdk/v1/resources-validate.ts';
import { firstError, prefixed } from './first.ts';

/** What is wrong with a list of resources as such, in upstream's words. */
export function resourcesError(resources: readonly Resource[] | undefined): string | undefined {
  return firstError([
    () => prefixed('Invalid resources: ', formError(resources ?? [])),
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

function formError(resources: readonly Resource[]): string | undefined {
  for (const resource of resources) {
    const [violation] = resourceViolations(resource);
    if (violation !== undefined) return `Resource '${resource.name}' is invalid: ${violation.message}`;
  }
  return undefined;
}

function gpusError(resources: readonly Resource[]): string | undefined {
  const gpus = Resources.fromProto(resources.filter((resource) => resource.name === 'gpus')).thousandths('gpus');
  return gpus % 1000 === 0 ? undefined : "The 'gpus' resource must be an unsigned integer";
}
