import type { FrameworkInfo, Offer } from '../v1/generated/mesos.ts';
import type { Resources } from '../v1/resources.ts';
import type { ServerStream } from './sim-network.ts';
import type { SimulatedAgent } from './simulated-agent.ts';

/** An agent as the simulated master knows it. */
export interface MasterAgent {
  readonly agent: SimulatedAgent;
  readonly total: Resources;
  readonly attributes: Offer['attributes'];
  /** Of tasks that have not ended. */
  used: Resources;
  /** In open offers. */
  offered: Resources;
}

/** A framework as the simulated master knows it. */
export interface MasterFramework {
  readonly id: string;
  info: FrameworkInfo;
  stream: ServerStream | undefined;
  streamId: string | undefined;
  isSuppressed: boolean;
  /** Agents that it declined, and until when (true time). */
  readonly filters: Map<string, number>;
  /** Offers made to it so far: who had fewest is next. */
  offersMade: number;
}

/** An offer that nobody has answered. */
export interface OpenOffer {
  readonly id: string;
  readonly frameworkId: string;
  readonly agentId: string;
  readonly role: string;
  readonly resources: Resources;
}

/** Offers of one round for one framework. */
export interface MadeOffers {
  readonly framework: MasterFramework;
  readonly offers: readonly OpenOffer[];
}

/** A framework that has just been heard of. */
export function newMasterFramework(id: string, info: FrameworkInfo): MasterFramework {
  return { id, info, stream: undefined, streamId: undefined, isSuppressed: false, filters: new Map(), offersMade: 0 };
}

/**
 * Offers each agent's free resources to the framework that had the fewest offers so far and wants them.
 *
 * @param nowMs true time, for the filters.
 * @param nextId a new offer id.
 */
export function allocateOffers(
  agents: ReadonlyMap<string, MasterAgent>,
  frameworks: ReadonlyMap<string, MasterFramework>,
  nowMs: number,
  nextId: () => string,
): MadeOffers[] {
  const made = new Map<MasterFramework, OpenOffer[]>();
  for (const known of agents.values()) {
    const free = known.total.subtract(known.used).subtract(known.offered);
    if (free.thousandths('cpus') === 0 && free.thousandths('mem') === 0) continue;
    const takers = [...frameworks.values()].filter((framework) => wants(framework, known.agent.id, nowMs));
    const [framework] = takers.sort((left, right) => left.offersMade - right.offersMade);
    if (framework === undefined) continue;
    framework.offersMade++;
    known.offered = known.offered.add(free);
    const role = framework.info.roles?.[0] ?? framework.info.role ?? '*';
    const offer = { id: nextId(), frameworkId: framework.id, agentId: known.agent.id, role, resources: free };
    const offers = made.get(framework);
    if (offers === undefined) made.set(framework, [offer]);
    else offers.push(offer);
  }
  return [...made].map(([framework, offers]) => ({ framework, offers }));
}

function wants(framework: MasterFramework, agentId: string, nowMs: number): boolean {
  return framework.stream !== undefined && !framework.isSuppressed && (framework.filters.get(agentId) ?? 0) <= nowMs;
}
