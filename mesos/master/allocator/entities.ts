import { Resources } from '../../../sdk/v1/resources.ts';
import type { AgentDescription, FrameworkDescription } from './allocator.ts';
import type { RefusalFilter } from './filters.ts';
import type { ShareTree } from './share-tree.ts';

/** An agent with what is free on it. */
export interface AgentEntry {
  description: AgentDescription;
  active: boolean;
  /** Of all frameworks, allocated to nobody. Shared resources are not in it: they can be charged many times. */
  charged: Resources;
  /** Total without `charged`. */
  available: Resources;
  /** Who is charged here, known to the allocator or not. */
  readonly frameworkIds: Set<string>;
  /** {@link Member.freshAt} up to which nobody may or will have what is free here; -1 after every change of the agent. */
  fruitlessAt: number;
  /** Members of whom that no longer holds, because a filter of theirs on this agent is over. */
  readonly unfiltered: Set<Member>;
}

/** A framework with its place in each of its roles. */
export interface FrameworkEntry {
  description: FrameworkDescription;
  active: boolean;
  readonly suppressed: Set<string>;
  /** By role; also roles that it left but still holds resources in. */
  readonly members: Map<string, Member>;
}

/** A framework in one role. */
export interface Member {
  readonly framework: FrameworkEntry;
  readonly role: RoleEntry;
  readonly filters: Map<string, RefusalFilter<Member>[]>;
  /** Agents on which the role's resources are charged to it, and how much; allocated to the role. */
  readonly charges: Map<string, Resources>;
  /** When the member last became more open to offers (joined, revived, changed), as a count of such moments. */
  freshAt: number;
  /** By agent: the verdict of the framework's constraints, which depends on nothing that changes often. */
  readonly verdicts: Map<string, boolean>;
}

/** A role with the frameworks in it. */
export interface RoleEntry {
  readonly name: string;
  readonly members: ShareTree<Member>;
  readonly ids: Set<string>;
}

/** An agent without charges. */
export function newAgentEntry(description: AgentDescription): AgentEntry {
  return {
    description,
    active: true,
    charged: Resources.empty,
    available: description.total,
    frameworkIds: new Set(),
    fruitlessAt: -1,
    unfiltered: new Set(),
  };
}

/** A framework that is in no role yet. */
export function newFrameworkEntry(description: FrameworkDescription): FrameworkEntry {
  return {
    description,
    active: description.active,
    suppressed: new Set(description.suppressedRoles),
    members: new Map(),
  };
}

/** Makes the next allocation ask everybody about the agent. */
export function forgetFruitless(agent: AgentEntry): void {
  agent.fruitlessAt = -1;
  agent.unfiltered.clear();
}

/** Whether a framework is to get offers in a role. */
export function isServed(framework: FrameworkEntry, role: string): boolean {
  return framework.active && framework.description.roles.has(role) && !framework.suppressed.has(role);
}

/** The resources that count for shares: of a shared one only the first copy, that is, what `others` do not hold. */
export function countable(resources: Resources, others: Resources): Resources {
  if (!resources.entries.some(({ meta }) => meta.shared)) return resources;
  const shared = others.shared();
  return resources.filter((entry) => !entry.meta.shared || !shared.contains(Resources.of([entry])));
}
