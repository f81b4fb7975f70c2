import { Resources } from '../../../sdk/v1/resources.ts';
import type { AllocatorOptions } from './allocator.ts';
import {
  type AgentEntry,
  countable,
  type FrameworkEntry,
  forgetFruitless,
  isServed,
  type Member,
  type RoleEntry,
} from './entities.ts';
import { FilterBook } from './filters.ts';
import { addQuantities, ClusterTotals, ShareTree } from './share-tree.ts';

/**
 * Who holds what: agents, frameworks, roles, and the accounts between them. Every amount is kept once per agent and
 * framework, and its sums (free on the agent, share of the framework, share of the role) follow with each change.
 */
export class Charges {
  readonly options: AllocatorOptions;
  readonly agents = new Map<string, AgentEntry>();
  readonly frameworks = new Map<string, FrameworkEntry>();
  readonly roles = new Map<string, RoleEntry>();
  readonly filters = new FilterBook<Member>();
  readonly cluster = new ClusterTotals();
  readonly roleTree: ShareTree<RoleEntry>;
  /** Scalars that are charged on all agents, in thousandths. */
  readonly chargedTotals = new Map<string, number>();
  /** Newest {@link Member.freshAt}. */
  freshAt = 0;
  /** By framework that is not known (yet), then by agent. */
  readonly #unclaimed = new Map<string, Map<string, Resources>>();

  constructor(options: AllocatorOptions) {
    this.options = options;
    this.roleTree = new ShareTree({ cluster: this.cluster, excludedFromShare: options.excludedFromShare });
  }

  addAgent(entry: AgentEntry): void {
    this.agents.set(entry.description.id, entry);
    this.cluster.add(entry.description.total);
  }

  /** Replaces what an agent is; charges stay. */
  replaceAgent(entry: AgentEntry, description: AgentEntry['description']): void {
    this.cluster.subtract(entry.description.total);
    this.cluster.add(description.total);
    entry.description = description;
    entry.available = description.total.subtract(entry.charged);
    this.#forgetVerdicts(description.id);
    forgetFruitless(entry);
  }

  removeAgent(agentId: string): void {
    const entry = this.agents.get(agentId);
    if (entry === undefined) return;
    for (const frameworkId of [...entry.frameworkIds]) {
      this.free(frameworkId, entry, this.chargedTo(frameworkId, agentId));
    }
    this.filters.clearAgent(agentId);
    this.#forgetVerdicts(agentId);
    this.cluster.subtract(entry.description.total);
    this.agents.delete(agentId);
  }

  /** What a framework holds on an agent, in all roles. */
  chargedTo(frameworkId: string, agentId: string): Resources {
    const framework = this.frameworks.get(frameworkId);
    if (framework === undefined) return this.#unclaimed.get(frameworkId)?.get(agentId) ?? Resources.empty;
    return Resources.sum(
      Array.from(framework.members.values(), ({ charges }) => charges.get(agentId) ?? Resources.empty),
    );
  }

  /** Puts allocated resources on a framework's account. */
  charge(frameworkId: string, agent: AgentEntry, resources: Resources): void {
    if (resources.isEmpty) return;
    this.#changeAgent(agent, resources, 1);
    agent.frameworkIds.add(frameworkId);
    const framework = this.frameworks.get(frameworkId);
    if (framework === undefined) {
      const byAgent = this.#unclaimed.get(frameworkId) ?? new Map<string, Resources>();
      this.#unclaimed.set(frameworkId, byAgent);
      changeAccount(byAgent, agent.description.id, resources, 1);
      return;
    }
    for (const [role, part] of resources.byAllocation()) this.#chargeMember(this.member(framework, role), agent, part);
  }

  /** Takes allocated resources off a framework's account. They must be on it. */
  free(frameworkId: string, agent: AgentEntry, resources: Resources): void {
    if (resources.isEmpty) return;
    const agentId = agent.description.id;
    if (!this.chargedTo(frameworkId, agentId).contains(resources)) {
      throw new Error(
        `${resources} of agent ${agentId} is not charged to framework ${frameworkId}, only ${this.chargedTo(frameworkId, agentId)}`,
      );
    }
    const framework = this.frameworks.get(frameworkId);
    if (framework === undefined) changeAccount(this.#unclaimed.get(frameworkId) ?? new Map(), agentId, resources, -1);
    else for (const [role, part] of resources.byAllocation()) this.#freeMember(framework, role, agent, part);
    if (this.chargedTo(frameworkId, agentId).isEmpty) {
      agent.frameworkIds.delete(frameworkId);
      const unclaimed = this.#unclaimed.get(frameworkId);
      if (unclaimed?.size === 0) this.#unclaimed.delete(frameworkId);
    }
    this.#changeAgent(agent, resources, -1);
  }

  /** Puts a new framework into its roles and on the accounts that agents opened for it. */
  addFramework(framework: FrameworkEntry): void {
    const { id, roles } = framework.description;
    this.frameworks.set(id, framework);
    for (const role of roles) this.member(framework, role);
    const unclaimed = this.#unclaimed.get(id) ?? new Map<string, Resources>();
    this.#unclaimed.delete(id);
    for (const [agentId, resources] of unclaimed) {
      const agent = this.agents.get(agentId);
      if (agent === undefined) continue;
      for (const [role, part] of resources.byAllocation())
        this.#chargeMember(this.member(framework, role), agent, part);
    }
  }

  /** Frees all that a framework holds, and tells on which agents that was. */
  removeFramework(framework: FrameworkEntry): Set<string> {
    const { id } = framework.description;
    const agents = new Set(Array.from(framework.members.values(), ({ charges }) => [...charges.keys()]).flat());
    for (const agentId of agents) {
      const agent = this.agents.get(agentId);
      if (agent !== undefined) this.free(id, agent, this.chargedTo(id, agentId));
    }
    for (const role of [...framework.members.keys()]) this.leave(framework, role);
    this.frameworks.delete(id);
    return agents;
  }

  /** The framework's membership of a role; it joins if it has none. */
  member(framework: FrameworkEntry, roleName: string): Member {
    const known = framework.members.get(roleName);
    if (known !== undefined) return known;
    const role = this.#role(roleName);
    const member: Member = {
      framework,
      role,
      filters: new Map(),
      charges: new Map(),
      verdicts: new Map(),
      freshAt: ++this.freshAt,
    };
    const { id } = framework.description;
    framework.members.set(roleName, member);
    role.ids.add(id);
    role.members.add(id, [id], member);
    role.members.setActive(id, isServed(framework, roleName));
    return member;
  }

  /** Forgets the filters of a member, which may want everything again. */
  freshen(member: Member): void {
    this.filters.clear(member);
    member.freshAt = ++this.freshAt;
  }

  /** Lets a framework leave a role in which it holds nothing. */
  leave(framework: FrameworkEntry, roleName: string): void {
    const member = framework.members.get(roleName);
    if (member === undefined) return;
    const { id } = framework.description;
    this.filters.clear(member);
    framework.members.delete(roleName);
    member.role.ids.delete(id);
    member.role.members.remove(id);
    if (member.role.ids.size > 0) return;
    this.roleTree.remove(roleName);
    this.roles.delete(roleName);
  }

  #forgetVerdicts(agentId: string): void {
    for (const framework of this.frameworks.values()) {
      for (const member of framework.members.values()) member.verdicts.delete(agentId);
    }
  }

  #role(name: string): RoleEntry {
    const known = this.roles.get(name);
    if (known !== undefined) return known;
    const { excludedFromShare } = this.options;
    const role: RoleEntry = {
      name,
      members: new ShareTree({ cluster: this.cluster, excludedFromShare }),
      ids: new Set(),
    };
    this.roles.set(name, role);
    this.roleTree.addRole(name, role);
    this.roleTree.setActive(name, true);
    return role;
  }

  #chargeMember({ framework, role, charges }: Member, agent: AgentEntry, resources: Resources): void {
    const agentId = agent.description.id;
    const counted = countable(resources, charges.get(agentId) ?? Resources.empty);
    changeAccount(charges, agentId, resources, 1);
    role.members.charge(framework.description.id, counted, 1);
    this.roleTree.charge(role.name, counted, 1);
  }

  #freeMember(framework: FrameworkEntry, roleName: string, agent: AgentEntry, resources: Resources): void {
    const member = framework.members.get(roleName);
    if (member === undefined) return;
    const agentId = agent.description.id;
    changeAccount(member.charges, agentId, resources, -1);
    const counted = countable(resources, member.charges.get(agentId) ?? Resources.empty);
    member.role.members.charge(framework.description.id, counted, -1);
    this.roleTree.charge(roleName, counted, -1);
    if (member.charges.size === 0 && !framework.description.roles.has(roleName)) this.leave(framework, roleName);
  }

  #changeAgent(agent: AgentEntry, resources: Resources, sign: 1 | -1): void {
    const exclusive = resources.unallocate().nonShared();
    addQuantities(this.chargedTotals, exclusive, sign);
    agent.charged = sign === 1 ? agent.charged.add(exclusive) : agent.charged.subtract(exclusive);
    agent.available = agent.description.total.subtract(agent.charged);
    forgetFruitless(agent);
  }
}

function changeAccount(accounts: Map<string, Resources>, key: string, resources: Resources, sign: 1 | -1): void {
  const before = accounts.get(key) ?? Resources.empty;
  const after = sign === 1 ? before.add(resources) : before.subtract(resources);
  if (after.isEmpty) accounts.delete(key);
  else accounts.set(key, after);
}
