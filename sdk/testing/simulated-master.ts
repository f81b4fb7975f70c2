import type {
  FrameworkInfo,
  MasterInfo,
  Offer,
  TaskInfo,
  TaskState,
  TaskStatus,
  TaskStatus_Reason,
} from '../v1/generated/mesos.ts';
import type { Call, Call_Accept, Call_Reconcile_Task, Event } from '../v1/generated/scheduler.ts';
import { Resources } from '../v1/resources.ts';
import { isTerminal } from '../v1/task-state.ts';
import type { SimPost } from './sim-call-stream.ts';
import type { Incoming, ServerStream, SimNetwork } from './sim-network.ts';
import { type SimulatedAgent, taskKey } from './simulated-agent.ts';
import {
  allocateOffers,
  type MasterAgent,
  type MasterFramework,
  newMasterFramework,
  type OpenOffer,
} from './simulated-offers.ts';

const HEARTBEAT_MS = 15_000;
const TICK_MS = 1_000;
const REFUSE_SECONDS = 5;

/** What the master remembers of a task. */
interface KnownTask {
  readonly frameworkId: string;
  readonly agentId: string;
  readonly taskId: string;
  readonly resources: Resources;
  state: TaskState;
  isReleased: boolean;
}

/**
 * A small master: it obeys the scheduler API towards frameworks and knows its agents by calls. It has one role per framework, no executors,
 * and no operation but LAUNCH; what it does not have it refuses by name.
 */
export class SimulatedMaster {
  readonly name: string;
  isUp = false;
  readonly agents: Map<string, MasterAgent> = new Map();
  readonly frameworks: Map<string, MasterFramework> = new Map();
  readonly offers: Map<string, OpenOffer> = new Map();
  readonly #network: SimNetwork;
  readonly #violations: string[];
  readonly #tasks = new Map<string, KnownTask>();
  /** Every id that was ever launched, by framework: none may be used twice. */
  readonly #launched = new Set<string>();
  readonly #removed = new Set<string>();
  /** Agents that were admitted and have not come back since the master's start. */
  readonly #awaited = new Set<string>();
  #life = 0;
  #numbers = { framework: 0, offer: 0, stream: 0 };

  constructor(name: string, network: SimNetwork, violations: string[]) {
    this.name = name;
    this.#network = network;
    this.#violations = violations;
  }

  /** Begins to serve; agents of an earlier life are awaited. */
  start(): void {
    this.isUp = true;
    const life = ++this.#life;
    this.#network.listen(this.name, (incoming) => this.#serve(incoming));
    const tick = (): void => {
      if (this.#life !== life || !this.isUp) return;
      this.offerAll();
      this.#network.time.after(TICK_MS, tick);
    };
    tick();
  }

  /** Ends at once; everything but the ids that it gave is forgotten. */
  fail(): void {
    this.isUp = false;
    for (const id of this.agents.keys()) this.#awaited.add(id);
    this.#network.leave(this.name);
    this.agents.clear();
    this.frameworks.clear();
    this.offers.clear();
    this.#tasks.clear();
  }

  /** An agent (re)registers with all that runs on it. */
  registered(agent: SimulatedAgent, total: Resources, attributes: Offer['attributes']): void {
    this.#awaited.delete(agent.id);
    const known: MasterAgent = { agent, total, attributes, used: Resources.empty, offered: Resources.empty };
    this.agents.set(agent.id, known);
    for (const task of agent.tasks.values()) {
      const framework = this.#framework(task.frameworkId, task.framework);
      const entry = this.#remember(known, framework.id, task.info);
      entry.state = task.state;
      if (isTerminal(task.state)) this.#release(entry);
      else this.#send(framework, update(this.#status(entry, 'REASON_AGENT_REREGISTERED')));
    }
    agent.forwardAll();
    this.offerAll();
  }

  /** An agent does not answer any more. `isGone`: it will never be back. */
  lost(agentId: string, isGone: boolean): void {
    const known = this.agents.get(agentId);
    this.#awaited.delete(agentId);
    if (known === undefined) return;
    for (const offer of [...this.offers.values()]) if (offer.agentId === agentId) this.#rescind(offer);
    this.agents.delete(agentId);
    for (const [key, task] of [...this.#tasks]) {
      if (task.agentId !== agentId) continue;
      if (isGone) this.#tasks.delete(key);
      if (isTerminal(task.state)) continue;
      task.state = isGone ? 'TASK_GONE' : 'TASK_UNREACHABLE';
      task.isReleased = true;
      const framework = this.frameworks.get(task.frameworkId);
      if (framework !== undefined) this.#send(framework, update(this.#status(task, 'REASON_AGENT_REMOVED')));
    }
  }

  /** A status update of an agent. */
  updated(agentId: string, frameworkId: string, status: TaskStatus): void {
    const task = this.#tasks.get(taskKey(frameworkId, status.task_id.value));
    const framework = this.frameworks.get(frameworkId);
    if (!this.isUp || !this.agents.has(agentId) || task === undefined || framework === undefined) return;
    if (!isTerminal(task.state)) task.state = status.state;
    if (isTerminal(status.state)) this.#release(task);
    this.#send(framework, update(status));
  }

  /** Makes offers of all that is free. */
  offerAll(): void {
    const made = allocateOffers(
      this.agents,
      this.frameworks,
      this.#network.time.nowMs,
      () => `O${this.#numbers.offer++}`,
    );
    for (const { framework, offers } of made) {
      for (const offer of offers) this.offers.set(offer.id, offer);
      const wire = offers.map((offer) => toOffer(offer, this.agents.get(offer.agentId) as MasterAgent));
      this.#send(framework, { type: 'OFFERS', offers: { offers: wire } });
    }
  }

  #serve(incoming: Incoming): void {
    const post = incoming.body as SimPost<Call>;
    const call = post.body;
    if (call.type === 'SUBSCRIBE') {
      this.#subscribe(incoming, call);
      return;
    }
    const framework = this.frameworks.get(call.framework_id?.value ?? '');
    if (framework?.stream === undefined || framework.streamId !== post.streamId) {
      incoming.reply(framework === undefined ? 403 : 400, 'Framework is not subscribed');
      return;
    }
    const refusal = this.#call(framework, call);
    if (refusal === undefined) incoming.reply(202);
    else incoming.reply(501, refusal);
  }

  #subscribe(incoming: Incoming, call: Call): void {
    const streamId = `stream-${this.#numbers.stream++}`;
    const stream = incoming.open(streamId);
    const info = call.subscribe?.framework_info as FrameworkInfo;
    const id = info.id?.value ?? `F${String(this.#numbers.framework++).padStart(4, '0')}`;
    if (this.#removed.has(id)) {
      stream.send({ type: 'ERROR', error: { message: 'Framework has been removed' } } satisfies Event);
      stream.close();
      return;
    }
    const framework = this.#framework(id, { ...info, id: { value: id } });
    this.#disconnect(framework, 'Framework failed over');
    framework.stream = stream;
    framework.streamId = streamId;
    framework.isSuppressed = (call.subscribe?.suppressed_roles ?? []).length > 0;
    stream.onGone = () => this.#gone(framework, stream);
    const subscribed = {
      framework_id: { value: id },
      heartbeat_interval_seconds: HEARTBEAT_MS / 1000,
      master_info: masterInfo(this.name),
    };
    this.#send(framework, { type: 'SUBSCRIBED', subscribed });
    this.#heartbeat(framework, stream);
    this.offerAll();
  }

  #heartbeat(framework: MasterFramework, stream: ServerStream): void {
    if (framework.stream !== stream) return;
    this.#send(framework, { type: 'HEARTBEAT' });
    this.#network.time.after(HEARTBEAT_MS, () => this.#heartbeat(framework, stream));
  }

  #framework(id: string, info: FrameworkInfo): MasterFramework {
    const known = this.frameworks.get(id);
    if (known !== undefined) {
      known.info = info;
      return known;
    }
    const framework = newMasterFramework(id, info);
    this.frameworks.set(id, framework);
    return framework;
  }

  #gone(framework: MasterFramework, stream: ServerStream): void {
    if (framework.stream !== stream) return;
    this.#disconnect(framework, undefined);
    const life = this.#life;
    const timeoutMs = (framework.info.failover_timeout ?? 0) * 1000;
    this.#network.time.after(timeoutMs, () => {
      if (this.#life === life && this.isUp && framework.stream === undefined) this.remove(framework.id);
    });
  }

  #disconnect(framework: MasterFramework, message: string | undefined): void {
    const { stream } = framework;
    if (message !== undefined && stream !== undefined) {
      stream.send({ type: 'ERROR', error: { message } } satisfies Event);
      stream.close();
    }
    framework.stream = undefined;
    framework.streamId = undefined;
    framework.filters.clear();
    for (const offer of [...this.offers.values()]) if (offer.frameworkId === framework.id) this.#take(offer);
  }

  /** Ends a framework with all its tasks: TEARDOWN, or its failover timeout is over. */
  remove(frameworkId: string): void {
    const framework = this.frameworks.get(frameworkId);
    if (framework === undefined) return;
    this.#disconnect(framework, undefined);
    this.frameworks.delete(frameworkId);
    this.#removed.add(frameworkId);
    for (const [key, task] of [...this.#tasks]) {
      if (task.frameworkId !== frameworkId) continue;
      this.#release(task);
      this.#tasks.delete(key);
    }
    for (const { agent } of this.agents.values()) agent.shutdownFramework(frameworkId);
  }

  /** Carries a call out; answers why not, when it is one that this master does not have. */
  #call(framework: MasterFramework, call: Call): string | undefined {
    switch (call.type) {
      case 'ACCEPT':
        this.#accept(framework, call.accept ?? {});
        return undefined;
      case 'DECLINE':
        this.#close(framework, call.decline?.offer_ids ?? [], call.decline?.filters?.refuse_seconds);
        return undefined;
      case 'REVIVE':
        framework.isSuppressed = false;
        framework.filters.clear();
        this.offerAll();
        return undefined;
      case 'SUPPRESS':
        framework.isSuppressed = true;
        return undefined;
      case 'KILL':
        if (call.kill !== undefined) this.#kill(framework, call.kill);
        return undefined;
      case 'ACKNOWLEDGE':
        if (call.acknowledge !== undefined) this.#acknowledge(framework, call.acknowledge);
        return undefined;
      case 'RECONCILE':
        this.#reconcile(framework, call.reconcile?.tasks ?? []);
        return undefined;
      case 'TEARDOWN':
        this.remove(framework.id);
        return undefined;
      default:
        return `${call.type ?? 'UNKNOWN'} is not simulated`;
    }
  }

  #accept(framework: MasterFramework, accept: Call_Accept): void {
    const offers = (accept.offer_ids ?? []).map(({ value }) => this.offers.get(value));
    const valid = offers.every((offer) => offer?.frameworkId === framework.id);
    const agents = new Set(offers.map((offer) => offer?.agentId));
    const known = valid && agents.size === 1 ? this.agents.get([...agents][0] ?? '') : undefined;
    let left = Resources.sum(offers.map((offer) => offer?.resources ?? Resources.empty));
    this.#close(framework, accept.offer_ids ?? [], undefined);
    for (const operation of accept.operations ?? []) {
      for (const info of operation.launch?.task_infos ?? []) {
        if (known === undefined) {
          this.#refuse(framework, info, 'TASK_DROPPED', 'REASON_INVALID_OFFERS', 'the offers are not valid any more');
          continue;
        }
        const wanted = Resources.fromProto(info.resources).unallocate();
        const error = this.#taskError(framework, known, info, wanted, left);
        if (error !== undefined) {
          this.#refuse(framework, info, 'TASK_ERROR', 'REASON_TASK_INVALID', error);
          continue;
        }
        left = left.subtract(wanted);
        this.#remember(known, framework.id, info);
        known.agent.run(framework.id, framework.info, info);
      }
      if (operation.launch === undefined) this.#violations.push(`operation ${operation.type ?? '?'} is not simulated`);
    }
    if (known === undefined || left.isEmpty) return;
    this.#filter(framework, known.agent.id, accept.filters?.refuse_seconds);
  }

  #taskError(
    framework: MasterFramework,
    { agent }: MasterAgent,
    info: TaskInfo,
    wanted: Resources,
    left: Resources,
  ): string | undefined {
    const key = taskKey(framework.id, info.task_id.value);
    if (this.#launched.has(key)) {
      this.#violations.push(`task ${info.task_id.value} was launched twice`);
      return `Task has duplicate ID: ${info.task_id.value}`;
    }
    if (info.agent_id.value !== agent.id) return `Task uses invalid agent ${info.agent_id.value}`;
    if (info.executor !== undefined) return "Field 'executor' is not simulated";
    if (wanted.isEmpty) return 'Task uses no resources';
    if (!left.contains(wanted)) return `Total resources ${wanted} required by task is more than available ${left}`;
    this.#launched.add(key);
    return undefined;
  }

  #refuse(
    framework: MasterFramework,
    info: TaskInfo,
    state: TaskState,
    reason: TaskStatus_Reason,
    message: string,
  ): void {
    const told = state === 'TASK_ERROR' || isPartitionAware(framework.info) ? state : 'TASK_LOST';
    const status: TaskStatus = {
      task_id: info.task_id,
      agent_id: info.agent_id,
      state: told,
      reason,
      message,
      source: 'SOURCE_MASTER',
    };
    this.#send(framework, update(status));
  }

  #kill(framework: MasterFramework, kill: NonNullable<Call['kill']>): void {
    const task = this.#tasks.get(taskKey(framework.id, kill.task_id.value));
    if (task === undefined) this.#reconcile(framework, [{ task_id: kill.task_id, agent_id: kill.agent_id }]);
    else this.agents.get(task.agentId)?.agent.kill(framework.id, task.taskId, kill.kill_policy);
  }

  #acknowledge(framework: MasterFramework, acknowledge: NonNullable<Call['acknowledge']>): void {
    const { agent_id: agentId, task_id: taskId, uuid } = acknowledge;
    const key = taskKey(framework.id, taskId.value);
    const agent = this.agents.get(agentId.value)?.agent;
    if (agent?.acknowledge(framework.id, taskId.value, uuid) === true && !agent.tasks.has(key)) this.#tasks.delete(key);
  }

  #reconcile(framework: MasterFramework, asked: readonly Call_Reconcile_Task[]): void {
    if (asked.length === 0) {
      for (const task of this.#tasks.values()) {
        if (task.frameworkId === framework.id)
          this.#send(framework, update(this.#status(task, 'REASON_RECONCILIATION')));
      }
      return;
    }
    for (const { task_id: taskId, agent_id: agentId } of asked) {
      const task = this.#tasks.get(taskKey(framework.id, taskId.value));
      // Nobody knows before the agents that may have it are back.
      if (task === undefined && (agentId === undefined ? this.#awaited.size > 0 : this.#awaited.has(agentId.value)))
        continue;
      const unknown = agentId !== undefined && this.agents.has(agentId.value) ? 'TASK_GONE' : 'TASK_UNKNOWN';
      const state = isPartitionAware(framework.info) ? unknown : 'TASK_LOST';
      const status: TaskStatus =
        task !== undefined
          ? this.#status(task, 'REASON_RECONCILIATION')
          : { task_id: taskId, agent_id: agentId, state, reason: 'REASON_RECONCILIATION', source: 'SOURCE_MASTER' };
      this.#send(framework, update(status));
    }
  }

  #status(task: KnownTask, reason: TaskStatus_Reason): TaskStatus {
    const framework = this.frameworks.get(task.frameworkId);
    const isHidden = framework !== undefined && !isPartitionAware(framework.info);
    const isPartition = task.state === 'TASK_UNREACHABLE' || task.state === 'TASK_GONE';
    return {
      task_id: { value: task.taskId },
      agent_id: { value: task.agentId },
      state: isHidden && isPartition ? 'TASK_LOST' : task.state,
      reason,
      source: 'SOURCE_MASTER',
    };
  }

  #remember(known: MasterAgent, frameworkId: string, info: TaskInfo): KnownTask {
    const resources = Resources.fromProto(info.resources).unallocate();
    const task: KnownTask = {
      frameworkId,
      agentId: known.agent.id,
      taskId: info.task_id.value,
      resources,
      state: 'TASK_STAGING',
      isReleased: false,
    };
    this.#tasks.set(taskKey(frameworkId, task.taskId), task);
    known.used = known.used.add(resources);
    return task;
  }

  #release(task: KnownTask): void {
    if (task.isReleased) return;
    task.isReleased = true;
    const known = this.agents.get(task.agentId);
    if (known === undefined) return;
    known.used = known.used.subtract(task.resources);
    this.#network.time.after(0, () => this.offerAll());
  }

  #close(
    framework: MasterFramework,
    ids: readonly { readonly value: string }[],
    refuseSeconds: number | undefined,
  ): void {
    for (const { value } of ids) {
      const offer = this.offers.get(value);
      if (offer?.frameworkId !== framework.id) continue;
      this.#take(offer);
      this.#filter(framework, offer.agentId, refuseSeconds);
    }
  }

  #filter(framework: MasterFramework, agentId: string, refuseSeconds: number | undefined): void {
    framework.filters.set(agentId, this.#network.time.nowMs + (refuseSeconds ?? REFUSE_SECONDS) * 1000);
  }

  #take(offer: OpenOffer): void {
    this.offers.delete(offer.id);
    const known = this.agents.get(offer.agentId);
    if (known !== undefined) known.offered = known.offered.subtract(offer.resources);
  }

  #rescind(offer: OpenOffer): void {
    this.#take(offer);
    const framework = this.frameworks.get(offer.frameworkId);
    if (framework !== undefined) this.#send(framework, { type: 'RESCIND', rescind: { offer_id: { value: offer.id } } });
  }

  #send(framework: MasterFramework, event: Event): void {
    framework.stream?.send(event);
  }
}

function update(status: TaskStatus): Event {
  return { type: 'UPDATE', update: { status } };
}

function toOffer(offer: OpenOffer, { agent, attributes }: MasterAgent): Offer {
  return {
    id: { value: offer.id },
    framework_id: { value: offer.frameworkId },
    agent_id: { value: agent.id },
    hostname: agent.hostname,
    resources: offer.resources.allocate(offer.role).toProto(),
    allocation_info: { role: offer.role },
    ...(attributes === undefined ? {} : { attributes }),
  };
}

function masterInfo(name: string): MasterInfo {
  return { id: name, ip: 16_777_343, port: 5050, hostname: name, version: '1.11.0' };
}

function isPartitionAware(info: FrameworkInfo): boolean {
  return (info.capabilities ?? []).some(({ type }) => type === 'PARTITION_AWARE');
}
