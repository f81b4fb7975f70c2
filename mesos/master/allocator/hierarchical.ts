import { Resources } from '../../../sdk/v1/resources.ts';
import { allocateAgents } from './allocate.ts';
import type {
  AgentDescription,
  Allocation,
  Allocator,
  AllocatorFigures,
  AllocatorOptions,
  FrameworkDescription,
  Refusal,
} from './allocator.ts';
import { Charges } from './charges.ts';
import { type AgentEntry, type FrameworkEntry, isServed, newAgentEntry, newFrameworkEntry } from './entities.ts';

/** An allocator without agents and frameworks. */
export function createAllocator(options: AllocatorOptions): Allocator {
  return new HierarchicalAllocator(options);
}

/**
 * Upstream's "HierarchicalDRF": roles in a tree, frameworks in their role, each ordered by dominant share over weight.
 *
 * Differs: upstream offers resources that come back, and those of expired filters, in its next periodic cycle; this one in
 * the step that frees them (`pending`, `nextWakeMs`).
 */
class HierarchicalAllocator implements Allocator {
  readonly #charges: Charges;
  readonly #intervalMs: number;
  readonly #dirty = new Set<string>();
  #allDirty = false;
  #whitelist: ReadonlySet<string> | undefined;
  #runs = 0;

  constructor(options: AllocatorOptions) {
    this.#charges = new Charges(options);
    this.#intervalMs = options.allocationIntervalMs;
  }

  addAgent(description: AgentDescription, used: ReadonlyMap<string, Resources> = new Map()): void {
    if (this.#charges.agents.has(description.id)) this.removeAgent(description.id);
    const agent = newAgentEntry(description);
    this.#charges.addAgent(agent);
    for (const [frameworkId, resources] of used) this.#charges.charge(frameworkId, agent, resources);
    this.#dirty.add(description.id);
  }

  removeAgent(agentId: string): void {
    this.#charges.removeAgent(agentId);
    this.#dirty.delete(agentId);
  }

  setAgentActive(agentId: string, active: boolean): void {
    const agent = this.#charges.agents.get(agentId);
    if (agent === undefined) return;
    agent.active = active;
    this.#dirty.add(agentId);
  }

  updateAgent(description: AgentDescription): void {
    const agent = this.#charges.agents.get(description.id);
    if (agent === undefined) return;
    this.#charges.replaceAgent(agent, description);
    this.#dirty.add(description.id);
  }

  addFramework(description: FrameworkDescription): void {
    if (this.#charges.frameworks.has(description.id)) {
      this.updateFramework(description);
      return;
    }
    this.#charges.addFramework(newFrameworkEntry(description));
    this.#allDirty = true;
  }

  updateFramework(description: FrameworkDescription): void {
    const framework = this.#charges.frameworks.get(description.id);
    if (framework === undefined) return;
    const revived = [...framework.suppressed].filter((role) => !description.suppressedRoles.has(role));
    framework.description = description;
    framework.suppressed.clear();
    for (const role of description.suppressedRoles) framework.suppressed.add(role);
    for (const role of description.roles) this.#charges.member(framework, role);
    for (const [role, member] of [...framework.members]) {
      member.verdicts.clear();
      if (revived.includes(role) || !description.roles.has(role)) this.#charges.filters.clear(member);
      member.freshAt = ++this.#charges.freshAt;
      if (member.charges.size === 0 && !description.roles.has(role)) this.#charges.leave(framework, role);
    }
    this.#refreshActivity(framework);
    this.setFrameworkActive(description.id, description.active);
    this.#allDirty = true;
  }

  removeFramework(frameworkId: string): void {
    const framework = this.#charges.frameworks.get(frameworkId);
    if (framework === undefined) return;
    for (const agentId of this.#charges.removeFramework(framework)) this.#dirty.add(agentId);
  }

  setFrameworkActive(frameworkId: string, active: boolean): void {
    const framework = this.#charges.frameworks.get(frameworkId);
    if (framework === undefined || framework.active === active) return;
    framework.active = active;
    for (const member of framework.members.values()) this.#charges.freshen(member);
    if (active) this.#allDirty = true;
    this.#refreshActivity(framework);
  }

  charge(frameworkId: string, agentId: string, resources: Resources): void {
    const agent = this.#charges.agents.get(agentId);
    if (agent !== undefined) this.#charges.charge(frameworkId, agent, resources);
  }

  recover(frameworkId: string, agentId: string, resources: Resources, refusal?: Refusal): void {
    const agent = this.#charges.agents.get(agentId);
    if (agent === undefined || resources.isEmpty) return;
    // A framework that was removed meanwhile has given everything back already.
    const framework = this.#charges.frameworks.get(frameworkId);
    if (framework === undefined && this.#charges.chargedTo(frameworkId, agentId).isEmpty) return;
    this.#charges.free(frameworkId, agent, resources);
    this.#dirty.add(agentId);
    if (refusal === undefined || framework === undefined) return;
    const { refuseMs, nowMs } = refusal;
    const expiresMs = refuseMs === 0 ? Number.POSITIVE_INFINITY : nowMs + Math.max(refuseMs, this.#intervalMs);
    for (const [role, part] of resources.byAllocation()) {
      if (!isServed(framework, role)) continue;
      const free = part.unallocate();
      // The same object where it is the same amount: such a filter is compared at a glance.
      const refused = free.equals(agent.available) ? agent.available : free;
      this.#charges.filters.add(this.#charges.member(framework, role), agentId, refused, expiresMs);
    }
  }

  updateAllocation(frameworkId: string, agentId: string, from: Resources, to: Resources): void {
    const agent = this.#charges.agents.get(agentId);
    if (agent === undefined) return;
    this.#charges.free(frameworkId, agent, from);
    const total = agent.description.total.subtract(from.unallocate()).add(to.unallocate());
    this.#charges.replaceAgent(agent, { ...agent.description, total });
    this.#charges.charge(frameworkId, agent, to);
  }

  suppress(frameworkId: string, roles: readonly string[]): void {
    const framework = this.#charges.frameworks.get(frameworkId);
    if (framework === undefined) return;
    for (const role of rolesOf(framework, roles)) framework.suppressed.add(role);
    this.#refreshActivity(framework);
  }

  revive(frameworkId: string, roles: readonly string[]): void {
    const framework = this.#charges.frameworks.get(frameworkId);
    if (framework === undefined) return;
    for (const role of rolesOf(framework, roles)) {
      framework.suppressed.delete(role);
      const member = framework.members.get(role);
      if (member !== undefined) this.#charges.freshen(member);
    }
    this.#refreshActivity(framework);
    this.#allDirty = true;
  }

  updateWeights(weights: Iterable<readonly [role: string, weight: number]>): void {
    for (const [role, weight] of weights) this.#charges.roleTree.setWeight(role, weight);
  }

  setWhitelist(hostnames: ReadonlySet<string> | undefined): void {
    this.#whitelist = hostnames;
    this.#allDirty = true;
  }

  get pending(): boolean {
    return this.#allDirty || this.#dirty.size > 0;
  }

  nextWakeMs(): number | undefined {
    return this.#charges.filters.nextExpiryMs();
  }

  allocate(nowMs: number, next: (bound: number) => number, scope: 'pending' | 'all'): Allocation[] {
    const over = this.#charges.filters.expire(nowMs);
    if (scope === 'all') for (const filter of this.#charges.filters.releaseHolds()) over.push(filter);
    for (const { agentId, owner } of over) {
      this.#dirty.add(agentId);
      const agent = this.#charges.agents.get(agentId);
      if (agent !== undefined && agent.fruitlessAt >= 0) agent.unfiltered.add(owner);
    }
    const agents = scope === 'all' || this.#allDirty ? [...this.#charges.agents.values()] : this.#dirtyAgents();
    this.#dirty.clear();
    this.#allDirty = false;
    this.#runs++;
    return allocateAgents(
      this.#charges,
      agents.filter((agent) => this.#isOfferable(agent)),
      next,
    );
  }

  figures(): AllocatorFigures {
    const activeFilters = new Map<string, number>();
    for (const { members } of this.#charges.frameworks.values()) {
      for (const [role, { filters }] of members) {
        let count = activeFilters.get(role) ?? 0;
        for (const onAgent of filters.values()) count += onAgent.length;
        activeFilters.set(role, count);
      }
    }
    const { roleTree, roles, cluster, chargedTotals } = this.#charges;
    return {
      allocationRuns: this.#runs,
      total: cluster.amounts,
      offeredOrAllocated: chargedTotals,
      dominantShares: new Map(Array.from(roles.keys(), (role) => [role, roleTree.share(role)])),
      activeFilters,
    };
  }

  available(agentId: string): Resources {
    return this.#charges.agents.get(agentId)?.available ?? Resources.empty;
  }

  #dirtyAgents(): AgentEntry[] {
    return Array.from(this.#dirty, (id) => this.#charges.agents.get(id)).filter((agent) => agent !== undefined);
  }

  #isOfferable({ active, available, description }: AgentEntry): boolean {
    return active && !available.isEmpty && (this.#whitelist?.has(description.hostname) ?? true);
  }

  #refreshActivity(framework: FrameworkEntry): void {
    for (const [role, member] of framework.members) {
      member.role.members.setActive(framework.description.id, isServed(framework, role));
    }
  }
}

/** The named roles that a framework has; all of them when none is named. */
function rolesOf({ description }: FrameworkEntry, roles: readonly string[]): readonly string[] {
  return roles.length === 0 ? [...description.roles] : roles.filter((role) => description.roles.has(role));
}
