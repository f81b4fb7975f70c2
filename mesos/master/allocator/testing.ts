import { splitMix32 } from '../../../sdk/base/ids.ts';
import type { Resources } from '../../../sdk/v1/resources.ts';
import { parseResources } from '../../../sdk/v1/resources-parse.ts';
import type { AgentDescription, Allocator, AllocatorOptions, FrameworkDescription } from './allocator.ts';
import { createAllocator } from './hierarchical.ts';

/** Upstream's defaults. */
export const defaultOptions: AllocatorOptions = {
  roleSorter: 'drf',
  frameworkSorter: 'drf',
  allocationIntervalMs: 1_000,
  minAllocatable: [new Map([['cpus', 10]]), new Map([['mem', 32_000]])],
  excludedFromShare: new Set(),
  filterGpuResources: true,
  domain: undefined,
};

export function allocatorOf(options: Partial<AllocatorOptions> = {}): Allocator {
  return createAllocator({ ...defaultOptions, ...options });
}

export function agentOf(
  id: string,
  resources: string | Resources,
  more: Partial<AgentDescription> = {},
): AgentDescription {
  return {
    id,
    hostname: `${id}.example`,
    total: typeof resources === 'string' ? parseResources(resources) : resources,
    attributes: [],
    domain: undefined,
    multiRole: true,
    hierarchicalRole: true,
    ...more,
  };
}

export function frameworkOf(
  id: string,
  roles: readonly string[],
  more: Partial<Omit<FrameworkDescription, 'capabilities'>> & {
    readonly capabilities?: Partial<FrameworkDescription['capabilities']>;
  } = {},
): FrameworkDescription {
  return {
    id,
    roles: new Set(roles),
    suppressedRoles: new Set(),
    minAllocatable: new Map(),
    constraints: undefined,
    active: true,
    ...more,
    capabilities: {
      revocableResources: false,
      gpuResources: false,
      sharedResources: false,
      multiRole: true,
      reservationRefinement: false,
      regionAware: false,
      ...more.capabilities,
    },
  };
}

/** Repeatable random numbers. */
export function randomOf(seed: number): (bound: number) => number {
  const generate = splitMix32(seed);
  return (bound) => generate() % bound;
}
