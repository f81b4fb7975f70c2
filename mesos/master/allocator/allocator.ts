import type { Attribute, DomainInfo } from '../../../sdk/v1/generated/mesos.ts';
import type { Resources } from '../../../sdk/v1/resources.ts';
import type { AgentConstraints } from './offer-constraints.ts';

/**
 * Decides who is offered what.
 *
 * Owned state of the master, driven by plain calls and never by a clock: the master tells it what changed, then asks for
 * allocations at once (`pending`), once per `--allocation_interval` (`all`), and when `nextWakeMs` comes. What it hands out is
 * charged to the framework at once and stays charged, whether accepted or not, until `recover`.
 *
 * All resources that go in and out of a framework carry the role that they are allocated to. Calls that name an unknown
 * agent or framework do nothing, because the news of a removal and of an answer cross each other.
 */
export interface Allocator {
  /** Adds an agent; `used` is what its tasks and executors hold, by framework id, known to the allocator or not yet. */
  addAgent(agent: AgentDescription, used?: ReadonlyMap<string, Resources>): void;
  /** Forgets an agent with all that is charged and filtered on it. */
  removeAgent(agentId: string): void;
  /** An inactive agent keeps its charges and is not offered. */
  setAgentActive(agentId: string, active: boolean): void;
  /** Replaces what the agent is and has. Charges stay, even if they now exceed the total. */
  updateAgent(agent: AgentDescription): void;
  /** Adds a framework (a known one is updated); what agents said it uses is charged to it from now on. */
  addFramework(framework: FrameworkDescription): void;
  /** Replaces roles, suppression, capabilities, constraints, activity. Unsuppressed roles lose their filters. */
  updateFramework(framework: FrameworkDescription): void;
  /** Forgets a framework and frees all that is charged to it. */
  removeFramework(frameworkId: string): void;
  /** An inactive framework keeps its charges, loses its filters and gets no offers. */
  setFrameworkActive(frameworkId: string, active: boolean): void;

  /** Charges what a framework holds without having been offered it here: tasks that a returning agent reports. */
  charge(frameworkId: string, agentId: string, resources: Resources): void;
  /** Gives charged resources back: declined, rescinded, or of a task that ended. */
  recover(frameworkId: string, agentId: string, resources: Resources, refusal?: Refusal): void;
  /** An operation turned charged resources into others: the charge and the agent's total follow. */
  updateAllocation(frameworkId: string, agentId: string, from: Resources, to: Resources): void;

  /** No more offers for these roles (all when empty) until revived. */
  suppress(frameworkId: string, roles: readonly string[]): void;
  /** Offers again for these roles (all when empty), filters forgotten. */
  revive(frameworkId: string, roles: readonly string[]): void;
  /** Weights by role; they act on later allocations. */
  updateWeights(weights: Iterable<readonly [role: string, weight: number]>): void;
  /** Host names that may be offered; undefined for all. */
  setWhitelist(hostnames: ReadonlySet<string> | undefined): void;

  /** Whether something changed that may lead to offers at once. */
  readonly pending: boolean;
  /** Monotonic time of the next expiry of a filter, when `allocate` should be called; undefined without filters. */
  nextWakeMs(): number | undefined;
  /**
   * Hands out what is free. Each allocation is one agent's resources for one framework in one role, charged already.
   *
   * @param nowMs monotonic; filters that are over by then are forgotten.
   * @param next a random integer below its argument, to shuffle the agents.
   * @param scope `pending`: agents on which something changed; `all`: the periodic cycle.
   */
  allocate(nowMs: number, next: (bound: number) => number, scope: 'pending' | 'all'): Allocation[];

  /** Figures for metrics and views. */
  figures(): AllocatorFigures;
  /** What is free on an agent: its total without all charges. */
  available(agentId: string): Resources;
}

/** Settings, as by flags. */
export interface AllocatorOptions {
  readonly roleSorter: 'drf' | 'random';
  readonly frameworkSorter: 'drf' | 'random';
  /** `--allocation_interval`; a filter lasts at least as long. */
  readonly allocationIntervalMs: number;
  /** `--min_allocatable_resources`: any one of these must be there. Empty: anything may be offered. */
  readonly minAllocatable: readonly Quantities[];
  /** `--fair_sharing_excluded_resource_names` */
  readonly excludedFromShare: ReadonlySet<string>;
  /** `--filter_gpu_resources`: agents with GPUs are for frameworks with GPU_RESOURCES. */
  readonly filterGpuResources: boolean;
  /** The master's own fault domain; agents of other regions are for frameworks with REGION_AWARE. */
  readonly domain: DomainInfo | undefined;
}

/** Amounts of scalars by name, in thousandths. */
export type Quantities = ReadonlyMap<string, number>;

/** What the allocator knows of an agent. */
export interface AgentDescription {
  readonly id: string;
  readonly hostname: string;
  readonly total: Resources;
  readonly attributes: readonly Attribute[];
  readonly domain: DomainInfo | undefined;
  /** Capabilities MULTI_ROLE and HIERARCHICAL_ROLE of the agent; without them some roles and frameworks are not served. */
  readonly multiRole: boolean;
  readonly hierarchicalRole: boolean;
}

/** What the allocator knows of a framework. */
export interface FrameworkDescription {
  readonly id: string;
  readonly roles: ReadonlySet<string>;
  readonly suppressedRoles: ReadonlySet<string>;
  readonly capabilities: AllocatorCapabilities;
  /** From FrameworkInfo.offer_filters, by role: overrides the master's minimum. */
  readonly minAllocatable: ReadonlyMap<string, readonly Quantities[]>;
  /** Compiled by `compileOfferConstraints`. */
  readonly constraints: AgentConstraints | undefined;
  readonly active: boolean;
}

/** Framework capabilities that widen what may be offered. */
export interface AllocatorCapabilities {
  readonly revocableResources: boolean;
  readonly gpuResources: boolean;
  readonly sharedResources: boolean;
  readonly multiRole: boolean;
  readonly reservationRefinement: boolean;
  readonly regionAware: boolean;
}

/**
 * A framework does not want these resources of this agent for a while. With 0 ms it is asked again in the next periodic
 * cycle (not at once: a framework that declines everything with 0 would spin); other frameworks are asked at once.
 */
export interface Refusal {
  /** As `refuseMsOf` reads it from Filters. */
  readonly refuseMs: number;
  /** Monotonic time of the refusal. */
  readonly nowMs: number;
}

/** One offer to be made. */
export interface Allocation {
  readonly frameworkId: string;
  readonly role: string;
  readonly agentId: string;
  /** Allocated to `role`. */
  readonly resources: Resources;
}

/** Figures of the allocator. Amounts in thousandths. */
export interface AllocatorFigures {
  readonly allocationRuns: number;
  readonly total: Quantities;
  readonly offeredOrAllocated: Quantities;
  /** Dominant share (over weight) of each role that has frameworks. */
  readonly dominantShares: ReadonlyMap<string, number>;
  /** Live refusal filters by role. */
  readonly activeFilters: ReadonlyMap<string, number>;
}
