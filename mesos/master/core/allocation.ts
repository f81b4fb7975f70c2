import type { Filters, OfferFilters } from '../../../sdk/v1/generated/mesos.ts';
import type { Resources } from '../../../sdk/v1/resources.ts';
import type { AgentDescription, Allocation, FrameworkDescription, Quantities } from '../allocator/allocator.ts';
import { refuseMsOf } from '../allocator/filters.ts';
import type { Agent, Framework } from './state.ts';
import type { Turn } from './turn.ts';

/** What the allocator grants a framework on an agent in one role. */
export type Grant = Pick<Allocation, 'role' | 'agentId' | 'resources'>;

const PERIODIC_TIMER = 'allocation.periodic';
const PENDING_TIMER = 'allocation.pending';
const WAKE_TIMER = 'allocation.wake';

/** A new framework; what returning agents said it uses is charged to it. */
export function addFrameworkToAllocator(turn: Turn, framework: Framework): void {
  turn.state.allocator.addFramework(describeFramework(framework));
}

/** Roles, suppression, capabilities or filters of a framework changed. */
export function updateFrameworkInAllocator(turn: Turn, framework: Framework): void {
  turn.state.allocator.updateFramework(describeFramework(framework));
}

/** A framework is over; all that it held is free. */
export function removeFrameworkFromAllocator(turn: Turn, frameworkId: string): void {
  turn.state.allocator.removeFramework(frameworkId);
}

/** A framework takes offers again, or no longer does. */
export function setFrameworkActive(turn: Turn, framework: Framework, isActive: boolean): void {
  framework.active = isActive;
  turn.state.allocator.setFrameworkActive(framework.id, isActive);
}

/** An agent registered, with what it runs. */
export function addAgentToAllocator(turn: Turn, agent: Agent): void {
  turn.state.allocator.addAgent(describeAgent(agent), agent.used);
}

/** An agent's description changed. */
export function updateAgentInAllocator(turn: Turn, agent: Agent): void {
  turn.state.allocator.updateAgent(describeAgent(agent));
}

/** An agent is unreachable or gone, with all charges on it. */
export function removeAgentFromAllocator(turn: Turn, agentId: string): void {
  turn.state.allocator.removeAgent(agentId);
}

/** An agent is offered again, or no longer. */
export function setAgentActive(turn: Turn, agent: Agent, isActive: boolean): void {
  agent.active = isActive;
  turn.state.allocator.setAgentActive(agent.id, isActive);
}

/** A returning agent reports resources in use that the allocator did not hand out. */
export function chargeResources(turn: Turn, frameworkId: string, agentId: string, resources: Resources): void {
  turn.state.allocator.charge(frameworkId, agentId, resources);
}

/** A task or executor ended: its resources are offered at once. */
export function freeResources(turn: Turn, frameworkId: string, agentId: string, resources: Resources): void {
  turn.state.allocator.recover(frameworkId, agentId, resources);
}

/** Offered resources come back; with filters when the framework refused them. */
export function returnOffered(
  turn: Turn,
  frameworkId: string,
  agentId: string,
  resources: Resources,
  filters: Filters | undefined,
): void {
  const refusal = filters === undefined ? undefined : { refuseMs: refuseMsOf(filters), nowMs: turn.monoMs };
  turn.state.allocator.recover(frameworkId, agentId, resources, refusal);
}

/** SUPPRESS: no offers for these roles, or for all when none is named. */
export function suppressRoles(turn: Turn, framework: Framework, roles: readonly string[]): void {
  for (const role of roles.length === 0 ? framework.roles : roles) framework.suppressedRoles.add(role);
  turn.state.allocator.suppress(framework.id, roles);
}

/** REVIVE: offers for these roles again, or for all when none is named; filters are forgotten. */
export function reviveRoles(turn: Turn, framework: Framework, roles: readonly string[]): void {
  for (const role of roles.length === 0 ? framework.roles : roles) framework.suppressedRoles.delete(role);
  turn.state.allocator.revive(framework.id, roles);
}

/** Starts the periodic cycle. */
export function startAllocating(turn: Turn): void {
  turn.out.emit({ kind: 'timer.set', key: PERIODIC_TIMER, delayMs: turn.state.config.allocator.allocationIntervalMs });
}

/**
 * At the end of each step: what became free is allocated in a step of its own, so that many events share one
 * allocation and one OFFERS event.
 */
export function scheduleAllocation(turn: Turn): void {
  const { state } = turn;
  if (state.allocator.pending && !state.allocationScheduled) {
    state.allocationScheduled = true;
    turn.out.emit({ kind: 'timer.set', key: PENDING_TIMER, delayMs: 0 });
  }
  const wakeMs = state.allocator.nextWakeMs();
  if (wakeMs === state.allocationWakeMs) return;
  state.allocationWakeMs = wakeMs;
  if (wakeMs === undefined) turn.out.emit({ kind: 'timer.clear', key: WAKE_TIMER });
  else turn.out.emit({ kind: 'timer.set', key: WAKE_TIMER, delayMs: Math.max(0, wakeMs - turn.monoMs) });
}

/** Answers the allocations due with one of the allocator's timers, or undefined for a timer of somebody else. */
export function onAllocationTimer(turn: Turn, key: string): Allocation[] | undefined {
  const { state } = turn;
  if (key === PERIODIC_TIMER) {
    startAllocating(turn);
    return state.allocator.allocate(turn.monoMs, turn.ids.next, 'all');
  }
  if (key !== PENDING_TIMER && key !== WAKE_TIMER) return undefined;
  if (key === PENDING_TIMER) state.allocationScheduled = false;
  else state.allocationWakeMs = undefined;
  return state.allocator.allocate(turn.monoMs, turn.ids.next, 'pending');
}

function describeFramework(framework: Framework): FrameworkDescription {
  const { id, info, roles, suppressedRoles, capabilities, active } = framework;
  return {
    id,
    roles,
    suppressedRoles: new Set(suppressedRoles),
    capabilities,
    minAllocatable: new Map(
      Object.entries(info.offer_filters ?? {}).map(([role, filters]) => [role, minimums(filters)]),
    ),
    constraints: framework.agentConstraints,
    active,
  };
}

function minimums(filters: OfferFilters): Quantities[] {
  return (filters.min_allocatable_resources?.quantities ?? []).map(
    ({ quantities = {} }) =>
      new Map(Object.entries(quantities).map(([name, { value }]) => [name, Math.round(value * 1000)])),
  );
}

function describeAgent(agent: Agent): AgentDescription {
  return {
    id: agent.id,
    hostname: agent.info.hostname,
    total: agent.total,
    attributes: agent.info.attributes ?? [],
    domain: agent.info.domain,
    multiRole: agent.capabilities.includes('MULTI_ROLE'),
    hierarchicalRole: agent.capabilities.includes('HIERARCHICAL_ROLE'),
  };
}
