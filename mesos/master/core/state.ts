import type {
  AgentInfo,
  AgentInfo_Capability_Type,
  ExecutorInfo,
  FrameworkInfo,
  KillPolicy,
  Offer,
  Task,
} from '../../../sdk/v1/generated/mesos.ts';
import type { OfferConstraints } from '../../../sdk/v1/generated/scheduler.ts';
import type { Resources } from '../../../sdk/v1/resources.ts';
import type { AgentConstraints } from '../allocator/offer-constraints.ts';
import type { AllocatorState } from '../allocator/state.ts';
import type { MasterConfig } from './config.ts';
import type { Ring } from './ring.ts';

/**
 * Everything that the master knows, in plain maps keyed by id text.
 *
 * The core owns it and changes it in place. Wire values inside (infos, tasks, offers, executors) and `Resources` are never
 * changed, only replaced, so a view may keep references to them after its read; of an `Agent` or `Framework` it copies what it needs.
 *
 * An agent is in exactly one of `agents`, `recovered`, `unreachable`, `gone` - or unknown.
 */
export interface MasterState {
  readonly config: MasterConfig;
  /** Registered since the master's start; connected or not. */
  readonly agents: Map<string, Agent>;
  /** Admitted by an earlier master, not back yet. */
  readonly recovered: Map<string, RecoveredAgent>;
  readonly unreachable: Map<string, UnreachableAgent>;
  readonly gone: Map<string, GoneAgent>;
  /** Subscribed, disconnected within their failover timeout, or reported by an agent (`recovered`). */
  readonly frameworks: Map<string, Framework>;
  /** Torn down or timed out: the newest ones. */
  readonly completedFrameworks: Map<string, Framework>;
  /** Outstanding offers. */
  readonly offers: Map<string, OutstandingOffer>;
  /** Who listens on an open response stream. */
  readonly streams: Map<string, StreamOwner>;
  /** Streams of the operator API's SUBSCRIBE, oldest first. */
  readonly operatorStreams: Set<string>;
  readonly allocator: AllocatorState;
  /** Role weights that differ from 1. */
  readonly weights: Map<string, number>;
  /** Monotonic figures by upstream's metric key (`master/messages_kill_task`); absent is 0. */
  readonly counters: Map<string, number>;
  /** By the `registration_id` of REGISTER: the id given, so that an agent that asks twice gets one id. */
  readonly registrationIds: Map<string, string>;
  nextFrameworkNumber: number;
  nextAgentNumber: number;
  nextOfferNumber: number;
  pingSequence: bigint;
  /** A step that allocates what is pending is on its way. */
  allocationScheduled: boolean;
  /** Monotonic time of the allocator's wake timer. */
  allocationWakeMs: number | undefined;
  /** The time that the admitted agents of an earlier master have to come back is over. */
  agentReregistrationOver: boolean;
}

/** An agent that has registered with this master. Times named `AtMs` are wall clock. */
export interface Agent {
  readonly id: string;
  /** As the agent reported it, `id` set. */
  info: AgentInfo;
  /** Where others reach it. */
  ip: string;
  port: number;
  /** `slave(1)@ip:port` */
  pid: string;
  version: string;
  capabilities: readonly AgentInfo_Capability_Type[];
  readonly registeredAtMs: number;
  reregisteredAtMs: number | undefined;
  /** Its stream is open. */
  connected: boolean;
  /** Offers may be made of it. */
  active: boolean;
  /** Its open stream, when connected. */
  streamId: string | undefined;
  /** `registration_id` of its REGISTER, "" when it gave none. */
  registrationId: string;
  /** Newest `attempt` heard. */
  attempt: bigint;
  /** Newest `batch` of calls on its open stream. */
  batch: bigint;
  /** Pings sent since the last answer. */
  unansweredPings: number;
  total: Resources;
  /** Tasks and executors, by framework id. Non-terminal tasks and terminal ones that wait for an acknowledgement. */
  readonly tasks: Map<string, Map<string, MasterTask>>;
  readonly executors: Map<string, Map<string, MasterExecutor>>;
  readonly offers: Set<string>;
  /** Tasks that a framework asked to kill, by framework and task id: the kill is repeated when the agent comes back. */
  readonly kills: Map<string, Map<string, KillPolicy | undefined>>;
  /** Tasks that it came back with after their framework was told of their end, by framework id: it hears no more of them. */
  readonly disowned: Map<string, Set<string>>;
  /** Of non-terminal tasks and of executors, by framework id; with their allocation role. */
  readonly used: Map<string, Resources>;
  /** In outstanding offers. */
  offered: Resources;
}

/** An agent known from the store alone. */
export interface RecoveredAgent {
  readonly id: string;
  readonly info: AgentInfo;
  readonly registrationId: string;
  /** Tasks that a framework asked to kill, as in `Agent`: sent when it is back and reports them. Bounded by `kill`; lost with this master. */
  readonly kills: Map<string, Map<string, KillPolicy | undefined>>;
}

/** An agent that did not answer in time. It may come back. */
export interface UnreachableAgent {
  readonly id: string;
  readonly info: AgentInfo | undefined;
  /** As in `Agent`: it may have died before it could record the id that it was given, and asks for one again. */
  readonly registrationId: string;
  readonly unreachableAtMs: number;
  /** Tasks that this master knew there, by framework id. */
  readonly tasks: ReadonlyMap<string, readonly string[]>;
}

/** An agent that an operator declared gone. It never comes back. */
export interface GoneAgent {
  readonly id: string;
  readonly goneAtMs: number;
}

/** A framework. Times named `AtMs` are wall clock. */
export interface Framework {
  readonly id: string;
  /** `id` set, `principal` as subscribed. */
  info: FrameworkInfo;
  /** Without MULTI_ROLE the one role, else `info.roles`. */
  roles: ReadonlySet<string>;
  readonly suppressedRoles: Set<string>;
  capabilities: FrameworkCapabilities;
  offerConstraints: OfferConstraints | undefined;
  /** `offerConstraints` compiled. */
  agentConstraints: AgentConstraints | undefined;
  /** Reported by an agent after a master restart; has not subscribed with this master yet. */
  recovered: boolean;
  connected: boolean;
  /** Offers may be made to it. */
  active: boolean;
  streamId: string | undefined;
  registeredAtMs: number;
  reregisteredAtMs: number | undefined;
  unregisteredAtMs: number | undefined;
  /** By task id. */
  readonly tasks: Map<string, MasterTask>;
  /** On unreachable agents, by task id; oldest forgotten first. */
  readonly unreachableTasks: Map<string, MasterTask>;
  readonly completedTasks: Ring<MasterTask>;
  /** By agent id, then executor id. */
  readonly executors: Map<string, Map<string, MasterExecutor>>;
  readonly offers: Set<string>;
  /** By agent id. */
  readonly used: Map<string, Resources>;
  /** In outstanding offers, by agent id. */
  readonly offered: Map<string, Resources>;
  /** Calls, events, offers, tasks by state, below upstream's `master/frameworks/<name>/<id>/` (`calls/accept`). */
  readonly counters: Map<string, number>;
}

/** What a framework said it can bear. */
export interface FrameworkCapabilities {
  readonly revocableResources: boolean;
  readonly taskKillingState: boolean;
  readonly gpuResources: boolean;
  readonly sharedResources: boolean;
  readonly partitionAware: boolean;
  readonly multiRole: boolean;
  readonly reservationRefinement: boolean;
  readonly regionAware: boolean;
}

/** A task as the master knows it; replaced whole with each update. */
export interface MasterTask {
  /** Wire form: newest `state`, past `statuses` (without their data), waiting update in `status_update_*`. */
  readonly task: Task;
  /** Allocated to `role`. */
  readonly resources: Resources;
  readonly role: string;
  /** Its resources are back with the allocator (terminal, or lost with its agent). */
  readonly released: boolean;
}

/** An executor; command tasks have none. */
export interface MasterExecutor {
  readonly info: ExecutorInfo;
  readonly resources: Resources;
  readonly role: string;
}

/** One agent's resources that one framework may use in one role. */
export interface OutstandingOffer {
  readonly offer: Offer;
  readonly id: string;
  readonly frameworkId: string;
  readonly agentId: string;
  readonly role: string;
  /** Allocated to `role`. */
  readonly resources: Resources;
}

/** Who listens on a stream. */
export type StreamOwner =
  | { readonly kind: 'scheduler'; readonly frameworkId: string }
  | { readonly kind: 'agent'; readonly agentId: string }
  | { readonly kind: 'operator' };
