import { seededIds } from '../base/ids.ts';
import type { Frame, Step, TimerEffect, TimerFired } from '../base/step.ts';
import type { SubscriptionEffect, SubscriptionEvent } from '../scheduler/core.ts';
import type { StoreEntry } from '../store/store.ts';
import type { MessageMediaType } from '../v1/codec.ts';
import type { Offer, TaskState } from '../v1/generated/mesos.ts';
import type { Call, Event } from '../v1/generated/scheduler.ts';
import { parseResources } from '../v1/resources-parse.ts';
import { SimCallStream } from './sim-call-stream.ts';
import { CALM_NETWORK, type NetworkFaults, SimNetwork } from './sim-network.ts';
import { SimProcess } from './sim-process.ts';
import { SimRandom } from './sim-random.ts';
import { SCHEDULER_PATH, SimSchedulerLink } from './sim-scheduler-link.ts';
import { SimulatedAgent, type TaskBehaviour } from './simulated-agent.ts';
import { SimulatedMaster } from './simulated-master.ts';
import { Trace } from './trace.ts';
import { HostClock, VirtualTime } from './virtual-time.ts';

/** An agent of a simulated cluster. */
export interface SimulatedAgentSpec {
  /** As `--resources`: `cpus:4;mem:4096`. */
  readonly resources: string;
  readonly attributes?: Offer['attributes'];
}

/** What a simulated cluster is made of. */
export interface SimulatedClusterOptions {
  /** Equal seeds give equal runs. */
  readonly seed: number;
  readonly agents: readonly SimulatedAgentSpec[];
  /** How tasks live; by default each runs for 1 to 10 s and finishes. */
  readonly behaviour?: TaskBehaviour | undefined;
  readonly faults?: NetworkFaults | undefined;
  /** Wall clock at the start; default 2026-01-01. */
  readonly epochMs?: number | undefined;
  /** Called with each line of what happens. */
  readonly print?: ((line: string) => void) | undefined;
}

/** A framework's pure core, as it is run in production by its own shell. */
export interface FrameworkCore<
  State,
  Event extends { readonly kind: string },
  Effect extends { readonly kind: string },
> {
  /** The state that the stored entries describe, and the events that a start begins with. */
  readonly boot: (entries: readonly StoreEntry[]) => {
    readonly state: State;
    readonly first: readonly (Event | SubscriptionEvent)[];
  };
  readonly step: Step<State, Event | SubscriptionEvent, Effect | SubscriptionEffect>;
  /** Performs what is not an effect of the subscription; nothing by default. */
  readonly perform?: ((effect: Effect) => void) | undefined;
  /** Every message passes the real codec in this form. */
  readonly mediaType?: MessageMediaType | undefined;
  /** How long a commit takes; default 1 to 5 ms. */
  readonly commitMs?: readonly [number, number] | undefined;
  readonly onStep?: ((state: State, frame: Frame<Effect | SubscriptionEffect>) => void) | undefined;
}

type FrameworkProcess<State, E extends { readonly kind: string }, F extends { readonly kind: string }> = SimProcess<
  State,
  E | SubscriptionEvent,
  F | SubscriptionEffect
>;

interface Member {
  readonly agent: SimulatedAgent;
  readonly spec: SimulatedAgentSpec;
  isConnected: boolean;
}

const EPOCH_MS = 1_767_225_600_000;
const REGISTER_MS = [10, 200] as const;

/**
 * A small model of a cluster on a virtual clock: a master with agents that obey the scheduler API. Frameworks are stepped in it as pure cores, or
 * speak through {@link SimulatedCluster.connect}; a script makes faults and lets time pass.
 *
 * It is not the real master: one role for each framework, no executors, no operations but LAUNCH, no inverse offers.
 */
export class SimulatedCluster {
  readonly time: VirtualTime = new VirtualTime();
  readonly random: SimRandom;
  readonly trace: Trace;
  readonly network: SimNetwork;
  readonly master: SimulatedMaster;
  /** What frameworks did wrong, in words; a test wants it empty. */
  readonly violations: string[] = [];
  readonly clock: HostClock;
  readonly #agents: Member[];

  constructor(options: SimulatedClusterOptions) {
    this.random = new SimRandom(options.seed);
    this.trace = new Trace(options.print);
    this.clock = new HostClock(this.time, options.epochMs ?? EPOCH_MS);
    this.network = new SimNetwork(this.time, this.random.fork('network'), options.faults ?? CALM_NETWORK);
    this.master = new SimulatedMaster('master', this.network, this.violations);
    const parts = {
      time: this.time,
      clock: this.clock,
      random: this.random.fork('agents'),
      ids: seededIds(options.seed),
      behaviour: options.behaviour ?? briefly,
      send: (agent: SimulatedAgent, frameworkId: string, status: Parameters<SimulatedMaster['updated']>[2]) => {
        const wasConnected = this.#connected(agent.id);
        this.time.after(this.random.between(0.1, 2), () => {
          if (wasConnected && this.#connected(agent.id)) this.master.updated(agent.id, frameworkId, status);
        });
      },
    };
    this.#agents = options.agents.map((spec, index) => ({
      agent: new SimulatedAgent(`S${index}`, `agent-${index}`, parts),
      spec,
      isConnected: false,
    }));
    this.master.start();
    for (const { agent } of this.#agents) this.returnAgent(agent.id);
  }

  /** Adds a framework and starts its process. Its timers, store and crashes are simulated. */
  addFramework<State, E extends { readonly kind: string }, F extends { readonly kind: string }>(
    name: string,
    core: FrameworkCore<State, E, F>,
  ): FrameworkProcess<State, E, F> {
    const random = this.random.fork(name);
    const link = new SimSchedulerLink({
      network: this.network,
      from: name,
      master: () => this.master.name,
      mediaType: core.mediaType,
      post: (event) => process.post(event),
    });
    const process: FrameworkProcess<State, E, F> = new SimProcess<State, E | SubscriptionEvent, F | SubscriptionEffect>(
      {
        name,
        time: this.time,
        random,
        clock: this.clock,
        trace: this.trace,
        commitMs: () => random.between(...(core.commitMs ?? [1, 5])),
        onBug: (error) => {
          throw error;
        },
      },
      {
        boot: ({ entries }) => core.boot(entries),
        step: core.step as Step<State, E | SubscriptionEvent | TimerFired, F | SubscriptionEffect>,
        perform: (effect) => {
          if (isSubscriptionEffect(effect)) link.perform(effect);
          else core.perform?.(effect as F);
        },
        onDown: () => {
          link.close();
          this.network.leave(name);
        },
        onStep: (state, _event, frame) => core.onStep?.(state, frame),
      },
    );
    process.start();
    return process;
  }

  /**
   * A connection for a framework that has no pure core: it subscribes at once; `send` carries calls one after the other.
   *
   * @returns the client's end; after `onClosed` it is dead.
   */
  connect(
    name: string,
    subscribe: Call,
    handlers: { readonly onEvent: (event: Event) => void; readonly onClosed: (reason: string) => void },
  ): { send(call: Call): void; end(): void } {
    return new SimCallStream<Call, Call, Event>({
      network: this.network,
      from: name,
      to: this.master.name,
      path: SCHEDULER_PATH,
      subscribe,
      maySubscribeTwice: false,
      wrap: (calls) => calls[0] as Call,
      batchMax: 1,
      mayRepeat: (calls) => calls.every(({ type }) => type !== 'ACCEPT'),
      onEvent: handlers.onEvent,
      onClosed: handlers.onClosed,
    });
  }

  /** Lets virtual time pass. */
  run(forMs: number): void {
    this.time.runUntil(this.time.nowMs + forMs);
  }

  /**
   * Lets time pass until something holds.
   *
   * @throws Error with the newest lines of the trace when it does not hold within `withinMs`.
   */
  runUntil(holds: () => boolean, withinMs: number): void {
    const untilMs = this.time.nowMs + withinMs;
    while (!holds()) {
      if (this.time.step(untilMs)) continue;
      throw new Error(`did not come true within ${withinMs} ms of virtual time:\n${this.trace.tail(30).join('\n')}`);
    }
  }

  /** The master ends and starts again; agents and frameworks find it one by one. */
  failMaster(downMs: number): void {
    this.trace.note(this.time.nowMs, this.master.name, 'fails');
    this.master.fail();
    for (const entry of this.#agents) entry.isConnected = false;
    this.time.after(downMs, () => {
      this.master.start();
      for (const { agent } of this.#agents) this.returnAgent(agent.id);
    });
  }

  /** An agent is cut off, and the master gives it up. Its tasks run on. */
  loseAgent(agentId: string): void {
    this.#entry(agentId).isConnected = false;
    this.master.lost(agentId, false);
  }

  /** An agent that was cut off is back, after its registration's delay. */
  returnAgent(agentId: string): void {
    const entry = this.#entry(agentId);
    this.time.after(this.random.between(...REGISTER_MS), () => {
      if (entry.isConnected || !this.master.isUp) return;
      entry.isConnected = true;
      const resources = parseResources(entry.spec.resources);
      this.master.registered(entry.agent, resources, entry.spec.attributes);
    });
  }

  /** An agent's machine burns down. */
  destroyAgent(agentId: string): void {
    const entry = this.#entry(agentId);
    entry.isConnected = false;
    entry.agent.vanish();
    this.master.lost(agentId, true);
    this.#agents.splice(this.#agents.indexOf(entry), 1);
  }

  /** Ends a task by itself; answers whether there was such a living task. */
  endTask(taskId: string, state: TaskState, message?: string): boolean {
    return this.#agents.some(({ agent }) => agent.endTask(taskId, state, message));
  }

  /** Tasks that are on the agents, ended ones that wait for an acknowledgement too. */
  tasks(): { readonly taskId: string; readonly agentId: string; readonly state: TaskState }[] {
    return this.#agents.flatMap(({ agent }) =>
      [...agent.tasks.values()].map((task) => ({
        taskId: task.info.task_id.value,
        agentId: agent.id,
        state: task.state,
      })),
    );
  }

  #connected(agentId: string): boolean {
    return this.#agents.some(({ agent, isConnected }) => agent.id === agentId && isConnected);
  }

  #entry(agentId: string): Member {
    const entry = this.#agents.find(({ agent }) => agent.id === agentId);
    if (entry === undefined) throw new RangeError(`there is no agent ${agentId}; agents are S0, S1, ...`);
    return entry;
  }
}

function briefly(_task: unknown, chance: SimRandom): { readonly startMs: number; readonly runMs: number } {
  return { startMs: chance.between(5, 50), runMs: chance.between(1_000, 10_000) };
}

function isSubscriptionEffect(effect: { readonly kind: string }): effect is Exclude<SubscriptionEffect, TimerEffect> {
  return effect.kind.startsWith('scheduler.');
}
