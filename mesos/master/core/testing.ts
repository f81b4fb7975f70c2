import { type Ids, seededIds } from '../../../sdk/base/ids.ts';
import type { StoreEntry } from '../../../sdk/store/store.ts';
import type { Call as AgentCall, Event as AgentEvent, Call_Hello } from '../../../sdk/v1/generated/agent_link.ts';
import type {
  FrameworkInfo,
  Offer,
  Resource,
  TaskInfo,
  TaskState,
  TaskStatus,
} from '../../../sdk/v1/generated/mesos.ts';
import type { Call, Event } from '../../../sdk/v1/generated/scheduler.ts';
import { parseResources } from '../../../sdk/v1/resources-parse.ts';
import type { MasterConfig } from './config.ts';
import type { HttpReply, MasterEffect } from './effects.ts';
import type { MasterEvent } from './events.ts';
import { recoverMasterState } from './initial.ts';
import { nextEpoch } from './registry.ts';
import type { MasterState } from './state.ts';
import { step } from './step.ts';

/** A scheduler or agent that a test plays: its stream and everything that came on it. */
export interface Peer<E> {
  readonly streamId: string;
  readonly events: E[];
  isOpen: boolean;
}

/**
 * Drives a master's core on a virtual clock: keeps what it records, plays its timers, and sorts what it sends by stream.
 * A second driver on the same `entries` is the master after a restart.
 */
export class MasterDriver {
  readonly state: MasterState;
  readonly effects: MasterEffect[] = [];
  readonly replies = new Map<string, HttpReply>();
  readonly schedulers = new Map<string, Peer<Event>>();
  readonly agents = new Map<string, Peer<AgentEvent>>();
  readonly entries: Map<string, StoreEntry>;
  monoMs = 0;
  readonly #ids: Ids;
  readonly #wallStartMs: number;
  readonly #timers = new Map<string, number>();
  #nextRequest = 1;

  constructor(options: { entries?: Map<string, StoreEntry>; config?: Partial<MasterConfig>; seed?: number } = {}) {
    const seed = options.seed ?? 1;
    this.entries = options.entries ?? new Map();
    this.#ids = seededIds(seed);
    this.#wallStartMs = 1_700_000_000_000 + seed * 1_000_000;
    const stored = [...this.entries.values()];
    const config = { ...configOf(`master${seed}`, nextEpoch(stored, this.#wallStartMs)), ...options.config };
    this.state = recoverMasterState(config, stored);
    this.post({ kind: 'master.started' });
  }

  /** One step; its effects are played at once, timers due now included. */
  post(event: MasterEvent): void {
    const ctx = { wallMs: this.#wallStartMs + this.monoMs, monoMs: this.monoMs, ids: this.#ids };
    const frame = step(this.state, event, ctx);
    for (const { key, value } of frame.records) {
      if (value === undefined) this.entries.delete(key);
      else this.entries.set(key, { key, value, version: 1 });
    }
    for (const effect of frame.effects) this.#play(effect);
  }

  /** Lets time pass, and the timers of it fire. */
  advance(ms: number): void {
    const end = this.monoMs + ms;
    for (let due = this.#nextTimer(end); due !== undefined; due = this.#nextTimer(end)) {
      const [key, at] = due;
      this.#timers.delete(key);
      this.monoMs = Math.max(this.monoMs, at);
      this.post({ kind: 'timer.fired', key });
    }
    this.monoMs = end;
  }

  /** Subscribes a scheduler; allocations that it causes have been made. */
  subscribe(info: Partial<FrameworkInfo> = {}, frameworkId?: string): Peer<Event> {
    const id = frameworkId === undefined ? {} : { id: { value: frameworkId } };
    const call: Call = {
      type: 'SUBSCRIBE',
      ...(frameworkId === undefined ? {} : { framework_id: { value: frameworkId } }),
      subscribe: { framework_info: { ...plainFramework, ...info, ...id } },
    };
    const reply = this.request({ call });
    const peer = this.schedulers.get(reply.opened ?? '');
    if (peer === undefined) throw new Error(`not subscribed: ${reply.reply?.status} ${reply.reply?.text}`);
    this.advance(0);
    return peer;
  }

  /** A call of a subscribed scheduler; answers its status and text. */
  call(peer: Peer<Event>, call: Omit<Call, 'framework_id'>): HttpReply {
    const { reply } = this.request({
      call: { framework_id: { value: frameworkIdOf(peer) }, ...call },
      streamId: peer.streamId,
    });
    this.advance(0);
    if (reply === undefined) throw new Error('the call was not answered');
    return reply;
  }

  /** Any call of a scheduler. */
  request(parts: { call: Call; streamId?: string; isAcceptable?: boolean }): { reply?: HttpReply; opened?: string } {
    const requestId = `r${this.#nextRequest++}`;
    const before = this.schedulers.size;
    this.post({
      kind: 'scheduler.call',
      requestId,
      principal: null,
      streamId: parts.streamId,
      isAcceptable: parts.isAcceptable ?? true,
      call: parts.call,
    });
    const reply = this.replies.get(requestId);
    const opened = this.schedulers.size > before ? [...this.schedulers.keys()].at(-1) : undefined;
    return { ...(reply === undefined ? {} : { reply }), ...(opened === undefined ? {} : { opened }) };
  }

  /** An agent registers, or with `report` comes back; its first event tells how that went. */
  agent(
    hello: Partial<Call_Hello> & { resources?: string } = {},
    report?: Omit<NonNullable<AgentCall['reregister']>, 'hello'>,
  ): Peer<AgentEvent> {
    const { resources = 'cpus:8;mem:8192;disk:8192;ports:[31000-31099]', ...rest } = hello;
    const whole: Call_Hello = {
      protocol: 1,
      version: '1.11.0',
      agent_info: { hostname: 'host', port: 5051, resources: parseResources(resources).toProto() },
      capabilities: [{ type: 'MULTI_ROLE' }, { type: 'HIERARCHICAL_ROLE' }],
      ...rest,
    };
    const call: AgentCall =
      report === undefined
        ? { type: 'REGISTER', register: { hello: whole } }
        : { type: 'REREGISTER', reregister: { hello: whole, ...report } };
    const before = this.agents.size;
    this.post({
      kind: 'agent.calls',
      requestId: `r${this.#nextRequest++}`,
      principal: null,
      streamId: undefined,
      remoteIp: '127.0.0.1',
      calls: { agent_id: whole.agent_info.id, calls: [call] },
    });
    const peer = [...this.agents.values()][before];
    if (peer === undefined) throw new Error('no stream was opened for the agent');
    this.advance(0);
    return peer;
  }

  /** Calls of a registered agent; answers the status of their POST. */
  agentCalls(peer: Peer<AgentEvent>, ...calls: AgentCall[]): number {
    const requestId = `r${this.#nextRequest++}`;
    this.post({
      kind: 'agent.calls',
      requestId,
      principal: null,
      streamId: peer.streamId,
      remoteIp: '127.0.0.1',
      calls: { agent_id: { value: agentIdOf(peer) }, calls },
    });
    this.advance(0);
    return this.replies.get(requestId)?.status ?? 0;
  }

  /** The agent reports a state of a task. */
  update(
    peer: Peer<AgentEvent>,
    frameworkId: string,
    taskId: string,
    state: TaskState,
    more: Partial<TaskStatus> = {},
  ): void {
    const status: TaskStatus = {
      task_id: { value: taskId },
      state,
      source: 'SOURCE_EXECUTOR',
      agent_id: { value: agentIdOf(peer) },
      uuid: this.#ids.bytes(16),
      ...more,
    };
    this.agentCalls(peer, { type: 'UPDATE', update: { framework_id: { value: frameworkId }, status } });
  }

  /** The peer's connection is gone. */
  drop(peer: Peer<unknown>): void {
    peer.isOpen = false;
    this.post({ kind: 'stream.closed', streamId: peer.streamId });
  }

  #nextTimer(end: number): readonly [key: string, at: number] | undefined {
    let next: readonly [key: string, at: number] | undefined;
    for (const timer of this.#timers) {
      if (timer[1] <= end && (next === undefined || timer[1] < next[1])) next = timer;
    }
    return next;
  }

  #play(effect: MasterEffect): void {
    this.effects.push(effect);
    if (effect.kind === 'http.reply') this.replies.set(effect.requestId, effect);
    else if (effect.kind === 'timer.set') this.#timers.set(effect.key, this.monoMs + effect.delayMs);
    else if (effect.kind === 'timer.clear') this.#timers.delete(effect.key);
    else if (effect.kind === 'stream.open') {
      const peer = { streamId: effect.streamId, events: [], isOpen: true };
      if (effect.channel === 'scheduler') this.schedulers.set(effect.streamId, peer);
      if (effect.channel === 'agent') this.agents.set(effect.streamId, peer);
    } else if (effect.kind === 'stream.send') {
      if (effect.channel === 'scheduler') this.schedulers.get(effect.streamId)?.events.push(effect.event);
      if (effect.channel === 'agent') this.agents.get(effect.streamId)?.events.push(effect.event);
    } else if (effect.kind === 'stream.close') {
      const peer = this.schedulers.get(effect.streamId) ?? this.agents.get(effect.streamId);
      if (peer !== undefined) peer.isOpen = false;
    }
  }
}

/** A framework with the capabilities of a modern one. */
export const plainFramework: FrameworkInfo = {
  user: 'user',
  name: 'framework',
  roles: ['*'],
  capabilities: [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }, { type: 'TASK_KILLING_STATE' }],
  failover_timeout: 60,
  checkpoint: true,
};

/** Id of a subscribed framework. */
export function frameworkIdOf(peer: Peer<Event>): string {
  const subscribed = peer.events.find((event) => event.type === 'SUBSCRIBED')?.subscribed;
  if (subscribed === undefined) throw new Error(`not subscribed: ${JSON.stringify(peer.events)}`);
  return subscribed.framework_id.value;
}

/** Id of a registered agent. */
export function agentIdOf(peer: Peer<AgentEvent>): string {
  const id = peer.events[0]?.registered?.agent_id.value;
  if (id === undefined) throw new Error(`not registered: ${JSON.stringify(peer.events[0])}`);
  return id;
}

/** All offers that a scheduler got, in order. */
export function offersOf(peer: Peer<Event>): Offer[] {
  return peer.events.flatMap((event) => [...(event.offers?.offers ?? [])]);
}

/** The newest offer, which must be there. */
export function lastOffer(peer: Peer<Event>): Offer {
  const offer = offersOf(peer).at(-1);
  if (offer === undefined) throw new Error('no offer came');
  return offer;
}

/** All statuses that a scheduler got, in order. */
export function statusesOf(peer: Peer<Event>): TaskStatus[] {
  return peer.events.flatMap((event) => (event.update === undefined ? [] : [event.update.status]));
}

/** A command task. */
export function taskOf(
  taskId: string,
  agentId: string,
  resources = 'cpus:1;mem:128',
  more: Partial<TaskInfo> = {},
): TaskInfo {
  return {
    name: taskId,
    task_id: { value: taskId },
    agent_id: { value: agentId },
    resources: wireResources(resources),
    command: { value: 'sleep 1' },
    ...more,
  };
}

/** Resources as a scheduler writes them. */
export function wireResources(text: string): Resource[] {
  return parseResources(text).toProto();
}

/** ACCEPT of offers with tasks to launch. */
export function launchCall(
  offers: readonly Offer[],
  tasks: readonly TaskInfo[],
  refuseSeconds = 0,
): Omit<Call, 'framework_id'> {
  return {
    type: 'ACCEPT',
    accept: {
      offer_ids: offers.map((offer) => offer.id),
      operations: [{ type: 'LAUNCH', launch: { task_infos: tasks } }],
      filters: { refuse_seconds: refuseSeconds },
    },
  };
}

/** A master with upstream's defaults, its limits small enough to be met in a test. */
export function configOf(id: string, epoch: bigint): MasterConfig {
  return {
    info: { id, ip: 16777343, port: 5050, hostname: 'localhost', version: '1.11.0' },
    epoch,
    startedAtMs: 0,
    electedAtMs: 0,
    version: { version: '1.11.0' },
    cluster: undefined,
    flags: [],
    allocator: {
      roleSorter: 'drf',
      frameworkSorter: 'drf',
      allocationIntervalMs: 1_000,
      minAllocatable: [new Map([['cpus', 10]]), new Map([['mem', 32_000]])],
      excludedFromShare: new Set(),
      filterGpuResources: true,
      domain: undefined,
    },
    constraintProgramSizeMax: 100,
    offerTimeoutMs: undefined,
    agentPingTimeoutMs: 15_000,
    maxAgentPingTimeouts: 5,
    agentReregisterTimeoutMs: 600_000,
    heartbeatIntervalMs: 15_000,
    roleWhitelist: undefined,
    weights: new Map(),
    rootSubmissions: true,
    maxFrameworks: 100,
    maxCompletedFrameworks: 50,
    maxCompletedTasksPerFramework: 1_000,
    maxUnreachableTasksPerFramework: 1_000,
    maxOperatorStreams: 10,
    registryMaxAgentCount: 100,
    registryMaxAgentAgeMs: 1_209_600_000,
  };
}
