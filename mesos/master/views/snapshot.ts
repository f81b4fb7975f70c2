import type {
  AgentInfo,
  AgentInfo_Capability_Type,
  ExecutorInfo,
  FrameworkInfo,
  Offer,
} from '../../../sdk/v1/generated/mesos.ts';
import type { OfferConstraints } from '../../../sdk/v1/generated/scheduler.ts';
import type { Resources } from '../../../sdk/v1/resources.ts';
import type { MasterConfig } from '../core/config.ts';
import type { Agent, Framework, MasterState, MasterTask } from '../core/state.ts';

/**
 * What legacy endpoints show, as it was at one moment. Taking it copies references alone, which is quick; the text is made
 * from it later, piece by piece, while the master goes on.
 */
export interface MasterSnapshot {
  readonly config: MasterConfig;
  readonly agents: readonly AgentSnapshot[];
  /** Admitted by an earlier master, not back yet. */
  readonly recovered: readonly AgentInfo[];
  readonly unreachableCount: number;
  readonly frameworks: readonly FrameworkSnapshot[];
  readonly completedFrameworks: readonly FrameworkSnapshot[];
  readonly weights: ReadonlyMap<string, number>;
}

/** An agent at that moment. */
export interface AgentSnapshot {
  readonly id: string;
  readonly info: AgentInfo;
  readonly pid: string;
  readonly version: string;
  readonly capabilities: readonly AgentInfo_Capability_Type[];
  readonly registeredAtMs: number;
  readonly reregisteredAtMs: number | undefined;
  readonly active: boolean;
  readonly total: Resources;
  /** By framework. */
  readonly used: readonly Resources[];
  readonly offered: Resources;
}

/** A framework at that moment. */
export interface FrameworkSnapshot {
  readonly id: string;
  readonly info: FrameworkInfo;
  readonly multiRole: boolean;
  readonly roles: ReadonlySet<string>;
  readonly active: boolean;
  readonly connected: boolean;
  readonly recovered: boolean;
  readonly registeredAtMs: number;
  readonly reregisteredAtMs: number | undefined;
  readonly unregisteredAtMs: number | undefined;
  readonly offerConstraints: OfferConstraints | undefined;
  readonly tasks: readonly MasterTask[];
  readonly unreachableTasks: readonly MasterTask[];
  readonly completedTasks: readonly MasterTask[];
  readonly executors: readonly ExecutorSnapshot[];
  readonly offers: readonly Offer[];
  /** By agent. */
  readonly used: readonly Resources[];
  readonly offered: readonly Resources[];
}

/** An executor and its agent. */
export interface ExecutorSnapshot {
  readonly agentId: string;
  readonly info: ExecutorInfo;
  readonly resources: Resources;
  readonly role: string;
}

/** Copies what the views need. */
export function takeSnapshot(state: MasterState): MasterSnapshot {
  return {
    config: state.config,
    agents: Array.from(state.agents.values(), agentSnapshot),
    recovered: Array.from(state.recovered.values(), ({ info }) => info),
    unreachableCount: state.unreachable.size,
    frameworks: Array.from(state.frameworks.values(), (framework) => frameworkSnapshot(state, framework)),
    completedFrameworks: Array.from(state.completedFrameworks.values(), (framework) =>
      frameworkSnapshot(state, framework),
    ),
    weights: new Map(state.weights),
  };
}

function agentSnapshot(agent: Agent): AgentSnapshot {
  const { id, info, pid, version, capabilities, registeredAtMs, reregisteredAtMs, active, total, offered } = agent;
  return {
    id,
    info,
    pid,
    version,
    capabilities,
    registeredAtMs,
    reregisteredAtMs,
    active,
    total,
    used: [...agent.used.values()],
    offered,
  };
}

function frameworkSnapshot(state: MasterState, framework: Framework): FrameworkSnapshot {
  const { id, info, roles, active, connected, recovered, offerConstraints } = framework;
  const { registeredAtMs, reregisteredAtMs, unregisteredAtMs } = framework;
  return {
    id,
    info,
    multiRole: framework.capabilities.multiRole,
    roles,
    active,
    connected,
    recovered,
    registeredAtMs,
    reregisteredAtMs,
    unregisteredAtMs,
    offerConstraints,
    tasks: [...framework.tasks.values()],
    unreachableTasks: [...framework.unreachableTasks.values()],
    completedTasks: [...framework.completedTasks],
    executors: Array.from(framework.executors).flatMap(([agentId, executors]) =>
      Array.from(executors.values(), (executor) => ({ ...executor, agentId })),
    ),
    offers: Array.from(framework.offers, (offerId) => state.offers.get(offerId)?.offer).filter(
      (offer) => offer !== undefined,
    ),
    used: [...framework.used.values()],
    offered: [...framework.offered.values()],
  };
}
