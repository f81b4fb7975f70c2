import { splitMix32 } from '../../../sdk/base/ids.ts';
import { Resources } from '../../../sdk/v1/resources.ts';
import type { Allocation } from './allocator.ts';
import type { Charges } from './charges.ts';
import { meetsMinimum, offerableTo } from './eligibility.ts';
import type { AgentEntry, Member } from './entities.ts';
import { randomOrder } from './random-order.ts';
import type { ShareTree } from './share-tree.ts';

type Next = (bound: number) => number;

/**
 * One allocation over some agents, in random order: each agent's free resources go to the first role, and in it to the
 * first framework, that may and will have them, whole; what is left of them goes on to the next. Charged as handed out, so
 * that the next agent sees the new shares.
 */
export function allocateAgents(charges: Charges, agents: readonly AgentEntry[], next: Next): Allocation[] {
  const allocations: Allocation[] = [];
  if (charges.roles.size === 0) return allocations;
  const least = smallestMinimum(charges);
  const random = localRandom(next);
  for (const agent of shuffled(agents, random)) {
    if (least !== undefined && !meetsMinimum(agent.available, least)) continue;
    if (agent.fruitlessAt === charges.freshAt && agent.unfiltered.size === 0) continue;
    allocateAgent(charges, agent, random, allocations);
  }
  return allocations;
}

function allocateAgent(charges: Charges, agent: AgentEntry, random: Next, allocations: Allocation[]): void {
  const { options, roleTree } = charges;
  // A shared volume stays available when it is handed out: once per agent and cycle is enough.
  let handedOut = Resources.empty;
  const before = allocations.length;
  for (const role of inOrder(roleTree, options.roleSorter, random)) {
    let free = agent.available.allocatableTo(role.name).subtract(handedOut);
    if (free.isEmpty) continue;
    for (const member of inOrder(role.members, options.frameworkSorter, random)) {
      // Whoever would not have it last time will not now; most agents of an idle cluster are refused by everybody.
      if (member.freshAt <= agent.fruitlessAt && !agent.unfiltered.has(member)) continue;
      const offered = offerableTo(member, agent, free, options);
      if (offered === undefined) continue;
      allocations.push(handOut(charges, member, agent, offered));
      handedOut = handedOut.add(offered.shared());
      free = free.subtract(offered);
      if (free.isEmpty) break;
    }
    if (agent.available.isEmpty) return;
  }
  if (allocations.length > before) return;
  agent.fruitlessAt = charges.freshAt;
  agent.unfiltered.clear();
}

function handOut(charges: Charges, member: Member, agent: AgentEntry, offered: Resources): Allocation {
  const role = member.role.name;
  const resources = offered.allocate(role);
  const frameworkId = member.framework.description.id;
  charges.charge(frameworkId, agent, resources);
  return { frameworkId, role, agentId: agent.description.id, resources };
}

function inOrder<Client>(tree: ShareTree<Client>, sorter: 'drf' | 'random', random: Next): Iterable<Client> {
  return sorter === 'drf' ? tree.order() : randomOrder(tree, random);
}

/** The master's minimum if no framework has its own, so that agents below it can be passed over at once. */
function smallestMinimum({ frameworks, options }: Charges): Charges['options']['minAllocatable'] | undefined {
  for (const { description } of frameworks.values()) if (description.minAllocatable.size > 0) return undefined;
  return options.minAllocatable;
}

/** Many cheap random numbers from one. */
function localRandom(next: Next): Next {
  const generate = splitMix32(next(2 ** 31));
  return (bound) => generate() % bound;
}

function shuffled(agents: readonly AgentEntry[], random: Next): AgentEntry[] {
  const result = [...agents];
  for (let at = result.length - 1; at > 0; at--) {
    const other = random(at + 1);
    const agent = result[at] as AgentEntry;
    result[at] = result[other] as AgentEntry;
    result[other] = agent;
  }
  return result;
}
