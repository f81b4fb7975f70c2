import type { Filters, Offer } from '../../../sdk/v1/generated/mesos.ts';
import { Resources } from '../../../sdk/v1/resources.ts';
import { type Grant, returnOffered } from './allocation.ts';
import { countIn } from './counters.ts';
import type { Agent, Framework, OutstandingOffer } from './state.ts';
import { subtractFrom } from './tasks.ts';
import { bump, sendToFramework, type Turn } from './turn.ts';

/** The URL path of an agent's endpoints. */
export const AGENT_PATH = '/slave(1)';

/**
 * Makes offers of what the allocator granted to a framework and sends them in one event. What cannot be offered any more goes
 * back to the allocator.
 */
export function sendOffers(turn: Turn, framework: Framework, grants: readonly Grant[]): void {
  const shown: Offer[] = [];
  for (const grant of grants) {
    const agent = turn.state.agents.get(grant.agentId);
    if (agent === undefined || !agent.active || !framework.active) {
      returnOffered(turn, framework.id, grant.agentId, grant.resources, undefined);
      continue;
    }
    const entry = makeOffer(turn, framework, agent, grant);
    shown.push(shownOffer(framework, entry));
  }
  if (shown.length === 0) return;
  countIn(framework.counters, 'offers/sent', shown.length);
  sendToFramework(turn, framework, { type: 'OFFERS', offers: { offers: shown } });
}

function makeOffer(turn: Turn, framework: Framework, agent: Agent, grant: Grant): OutstandingOffer {
  const { state } = turn;
  const id = `${state.config.info.id}-O${state.nextOfferNumber++}`;
  const resources = grant.resources.allocate(grant.role);
  const executors = agent.executors.get(framework.id);
  const offer: Offer = {
    id: { value: id },
    framework_id: { value: framework.id },
    agent_id: { value: agent.id },
    hostname: agent.info.hostname,
    url: {
      scheme: 'http',
      address: { hostname: agent.info.hostname, ip: agent.ip, port: agent.port },
      path: AGENT_PATH,
    },
    domain: agent.info.domain,
    resources: resources.toProto('post-refinement'),
    attributes: agent.info.attributes,
    executor_ids: executors && Array.from(executors.keys(), (value) => ({ value })),
    allocation_info: { role: grant.role },
  };
  const entry = { offer, id, frameworkId: framework.id, agentId: agent.id, role: grant.role, resources };
  state.offers.set(id, entry);
  framework.offers.add(id);
  framework.offered.set(agent.id, (framework.offered.get(agent.id) ?? Resources.empty).add(resources));
  agent.offers.add(id);
  agent.offered = agent.offered.add(resources);
  if (state.config.offerTimeoutMs !== undefined) {
    turn.out.emit({ kind: 'timer.set', key: `offer/${id}`, delayMs: state.config.offerTimeoutMs });
  }
  return entry;
}

/** The offer as this framework understands it: older ones know neither allocation info nor stacks of reservations. */
function shownOffer(framework: Framework, { offer, resources }: OutstandingOffer): Offer {
  const { multiRole, reservationRefinement } = framework.capabilities;
  const form = reservationRefinement ? 'post-refinement' : 'pre-refinement';
  const shown = multiRole ? resources : resources.unallocate();
  return {
    ...offer,
    resources: shown.toProto(form),
    allocation_info: multiRole ? offer.allocation_info : undefined,
  };
}

/** Takes an offer out of the books; what becomes of its resources is the caller's. */
export function removeOffer(turn: Turn, entry: OutstandingOffer): void {
  const { state } = turn;
  state.offers.delete(entry.id);
  const framework = state.frameworks.get(entry.frameworkId);
  if (framework !== undefined) {
    framework.offers.delete(entry.id);
    subtractFrom(framework.offered, entry.agentId, entry.resources);
  }
  const agent = state.agents.get(entry.agentId);
  if (agent !== undefined) {
    agent.offers.delete(entry.id);
    agent.offered = agent.offered.subtract(entry.resources);
  }
  if (state.config.offerTimeoutMs !== undefined) turn.out.emit({ kind: 'timer.clear', key: `offer/${entry.id}` });
}

/** An offer ends without being used; with filters when its framework refused it. */
export function discardOffer(turn: Turn, entry: OutstandingOffer, filters?: Filters): void {
  removeOffer(turn, entry);
  returnOffered(turn, entry.frameworkId, entry.agentId, entry.resources, filters);
}

/** The master takes an offer back. */
export function rescindOffer(turn: Turn, entry: OutstandingOffer): void {
  const framework = turn.state.frameworks.get(entry.frameworkId);
  if (framework !== undefined) {
    countIn(framework.counters, 'offers/rescinded');
    sendToFramework(turn, framework, { type: 'RESCIND', rescind: { offer_id: { value: entry.id } } });
  }
  discardOffer(turn, entry);
}

/** Rescinds every offer of an agent. */
export function rescindAgentOffers(turn: Turn, agent: Agent): void {
  for (const entry of offersOf(turn, agent.offers)) rescindOffer(turn, entry);
}

/** Drops every offer of a framework without a word: it is gone, or starts anew. */
export function discardFrameworkOffers(turn: Turn, framework: Framework): void {
  for (const entry of offersOf(turn, framework.offers)) discardOffer(turn, entry);
}

/** Rescinds a framework's offers in roles that it no longer has. */
export function rescindOffersOutside(turn: Turn, framework: Framework): void {
  for (const entry of offersOf(turn, framework.offers)) {
    if (!framework.roles.has(entry.role)) rescindOffer(turn, entry);
  }
}

/** `--offer_timeout` is over. */
export function onOfferTimeout(turn: Turn, offerId: string): void {
  const entry = turn.state.offers.get(offerId);
  if (entry !== undefined) rescindOffer(turn, entry);
}

/** DECLINE: unknown offers, and those of others, are ignored. */
export function decline(turn: Turn, framework: Framework, offerIds: readonly string[], filters: Filters): void {
  bump(turn, 'messages_decline_offers');
  for (const entry of offersOf(turn, offerIds)) {
    if (entry.frameworkId !== framework.id) continue;
    discardOffer(turn, entry, filters);
    countIn(framework.counters, 'offers/declined');
  }
}

function offersOf(turn: Turn, ids: Iterable<string>): OutstandingOffer[] {
  return Array.from(ids, (id) => turn.state.offers.get(id)).filter((entry) => entry !== undefined);
}
