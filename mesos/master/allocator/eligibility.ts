import type { Resources } from '../../../sdk/v1/resources.ts';
import type { AllocatorCapabilities, AllocatorOptions, Quantities } from './allocator.ts';
import type { AgentEntry, Member } from './entities.ts';
import { isRefused } from './filters.ts';

/**
 * What of `free` (allocated to nobody, allocatable to the member's role) may be offered to the member now.
 *
 * @returns undefined when nothing may.
 */
export function offerableTo(
  member: Member,
  agent: AgentEntry,
  free: Resources,
  options: AllocatorOptions,
): Resources | undefined {
  const { capabilities, minAllocatable } = member.framework.description;
  const least = minAllocatable.get(member.role.name) ?? options.minAllocatable;
  if (!meetsMinimum(free, least)) return undefined;
  if (!mayReceiveAgent(member, agent, options)) return undefined;
  const offerable = stripIncapable(free, capabilities);
  if (offerable !== free && !meetsMinimum(offerable, least)) return undefined;
  if (isRefused(member, agent.description.id, offerable)) return undefined;
  return isExcludedByConstraints(member, agent) ? undefined : offerable;
}

/** Whether `resources` hold something, and all of one of the alternatives. No alternatives: anything will do. */
export function meetsMinimum(resources: Resources, alternatives: readonly Quantities[]): boolean {
  if (resources.isEmpty) return false;
  if (alternatives.length === 0) return true;
  return alternatives.some((quantities) => {
    for (const [name, least] of quantities) if (resources.thousandths(name) < least) return false;
    return true;
  });
}

/** What has to fit between framework, role and agent, whatever is free on it. */
function mayReceiveAgent({ framework, role }: Member, { description }: AgentEntry, options: AllocatorOptions): boolean {
  const { gpuResources, regionAware, multiRole } = framework.description.capabilities;
  if (multiRole && !description.multiRole) return false;
  if (!description.hierarchicalRole && role.name.includes('/')) return false;
  if (options.filterGpuResources && !gpuResources && description.total.thousandths('gpus') > 0) return false;
  const region = description.domain?.fault_domain?.region.name;
  return regionAware || region === undefined || region === options.domain?.fault_domain?.region.name;
}

/** Leaves out what a framework cannot bear. Refined reservations cannot be told to those who know one level only. */
function stripIncapable(resources: Resources, capabilities: AllocatorCapabilities): Resources {
  return resources.filter(
    ({ meta }) =>
      (!meta.shared || capabilities.sharedResources) &&
      (!meta.revocable || capabilities.revocableResources) &&
      (meta.reservations.length < 2 || capabilities.reservationRefinement),
  );
}

function isExcludedByConstraints({ framework, role, verdicts }: Member, { description }: AgentEntry): boolean {
  const { constraints } = framework.description;
  if (constraints === undefined) return false;
  const known = verdicts.get(description.id);
  if (known !== undefined) return !known;
  const verdict = constraints(role.name, description);
  verdicts.set(description.id, verdict);
  return !verdict;
}
