import { systemClock } from '../base/clock.ts';
import { systemIds } from '../base/ids.ts';
import { FrameBuilder } from '../base/step.ts';
import { Timers } from '../base/timers.ts';
import { parseMasterAddress } from '../daemon/master-address.ts';
import type { MessageMediaType } from '../v1/codec.ts';
import type {
  Filters,
  FrameworkInfo,
  KillPolicy,
  MasterInfo,
  Offer,
  Offer_Operation,
  TaskInfo,
  TaskStatus,
} from '../v1/generated/mesos.ts';
import type { Call, Event_Failure, Event_Message } from '../v1/generated/scheduler.ts';
import { SchedulerConnection } from './connection.ts';
import {
  newSubscription,
  type Signal,
  type Subscription,
  type SubscriptionEffect,
  type SubscriptionEvent,
  sendCall,
  startSubscription,
  stepSubscription,
} from './core.ts';

/** What a framework may want to hear. All are optional but `offers`: offers that nobody answers stay with the framework. */
export interface SchedulerCallbacks {
  /** Subscribed, for the first time or again. After a reconnection: reconcile, and take all offers of before for void. */
  readonly subscribed?: (frameworkId: string, masterInfo: MasterInfo | undefined) => void;
  /** Not subscribed: the subscription broke, or an attempt to subscribe failed. The driver is already trying again. */
  readonly disconnected?: (reason: string) => void;
  readonly offers: (offers: readonly Offer[]) => void;
  /** An offer that is not valid any more. */
  readonly rescinded?: (offerId: string) => void;
  /** A task's state. The update is acknowledged when the callback has returned (or its promise resolved) without an error. */
  readonly update?: (status: TaskStatus) => void | Promise<void>;
  /** Data from an executor. */
  readonly message?: (message: Event_Message) => void;
  /** An agent was lost or an executor ended. */
  readonly failure?: (failure: Event_Failure) => void;
  /** The master refuses the framework; the driver has stopped. */
  readonly refused?: (message: string) => void;
}

/** How to reach the master and who asks. */
export interface SchedulerDriverOptions extends SchedulerCallbacks {
  /** `host:port`. */
  readonly master: string;
  readonly framework: FrameworkInfo;
  /** Default JSON. */
  readonly mediaType?: MessageMediaType;
}

/** How long a stop waits for calls on their way. */
const FLUSH_MS = 5_000;

/**
 * The scheduler API with callbacks: subscribes, reconnects with backoff, notices missed heartbeats, follows redirects to the leader,
 * acknowledges updates, and keeps the framework id over reconnections.
 *
 * Calls answer false when there is no subscription; the call is then dropped.
 */
export class SchedulerDriver {
  readonly #options: SchedulerDriverOptions;
  readonly #subscription: Subscription;
  readonly #connection: SchedulerConnection;
  readonly #timers: Timers;
  #stopping = false;
  #stopped = false;

  /** @throws Error if `master` is not `host:port`. */
  constructor(options: SchedulerDriverOptions) {
    this.#options = options;
    const master = parseMasterAddress(options.master);
    this.#subscription = newSubscription(options.framework);
    this.#timers = new Timers((event) => this.#step(event));
    this.#connection = new SchedulerConnection({
      master,
      mediaType: options.mediaType,
      post: (event) => this.#step(event),
    });
  }

  /** The id that the master gave, once subscribed. */
  get frameworkId(): string | undefined {
    return this.#subscription.frameworkInfo.id?.value;
  }

  /** Begins to subscribe, and keeps the subscription until {@link stop}. */
  start(): void {
    const frame = new FrameBuilder<SubscriptionEffect>();
    startSubscription(this.#subscription, this.#context(), frame);
    this.#perform(frame.effects);
  }

  /** Launches tasks on offers of one agent; what is left over of the offers is declined with the filters. */
  launch(offers: readonly Offer[], tasks: readonly TaskInfo[], filters?: Filters): boolean {
    return this.accept(offers, tasks.length === 0 ? [] : [{ type: 'LAUNCH', launch: { task_infos: tasks } }], filters);
  }

  /** Accepts offers of one agent with any operations. */
  accept(offers: readonly Offer[], operations: readonly Offer_Operation[], filters?: Filters): boolean {
    return this.#call({ type: 'ACCEPT', accept: { offer_ids: offers.map(({ id }) => id), operations, filters } });
  }

  /** Gives offers back; the same resources are not offered again for `filters.refuse_seconds` (default 5). */
  decline(offers: readonly Offer[], filters?: Filters): boolean {
    return this.#call({ type: 'DECLINE', decline: { offer_ids: offers.map(({ id }) => id), filters } });
  }

  /** Asks for offers again: ends suppression and forgets all refusals, for all roles or the given ones. */
  revive(roles: readonly string[] = []): boolean {
    return this.#call({ type: 'REVIVE', revive: { roles } });
  }

  /** Wants no offers until {@link revive}. */
  suppress(roles: readonly string[] = []): boolean {
    return this.#call({ type: 'SUPPRESS', suppress: { roles } });
  }

  /** Ends a task; its last update tells that it is over. */
  kill(taskId: string, agentId?: string, killPolicy?: KillPolicy): boolean {
    const agent = agentId === undefined ? undefined : { value: agentId };
    return this.#call({ type: 'KILL', kill: { task_id: { value: taskId }, agent_id: agent, kill_policy: killPolicy } });
  }

  /** Asks for the state of tasks, or of all that the master knows when none is named. */
  reconcile(tasks: readonly { readonly taskId: string; readonly agentId?: string }[] = []): boolean {
    const wanted = tasks.map(({ taskId, agentId }) => {
      return { task_id: { value: taskId }, agent_id: agentId === undefined ? undefined : { value: agentId } };
    });
    return this.#call({ type: 'RECONCILE', reconcile: { tasks: wanted } });
  }

  /** Sends data to an executor; may get lost. */
  message(agentId: string, executorId: string, data: Uint8Array): boolean {
    return this.#call({
      type: 'MESSAGE',
      message: { agent_id: { value: agentId }, executor_id: { value: executorId }, data },
    });
  }

  /** Ends an executor and its tasks. */
  shutdown(agentId: string, executorId: string): boolean {
    return this.#call({
      type: 'SHUTDOWN',
      shutdown: { agent_id: { value: agentId }, executor_id: { value: executorId } },
    });
  }

  /**
   * Ends the subscription.
   *
   * @param options teardown: the framework is over, its tasks are killed. Without it the master keeps them for the
   *   framework's failover timeout, and a later start with the same id takes them over.
   */
  async stop(options: { readonly teardown?: boolean } = {}): Promise<void> {
    this.#stopping = true;
    if (options.teardown === true) this.#call({ type: 'TEARDOWN' });
    await this.#connection.flush(FLUSH_MS);
    this.#stopped = true;
    this.#timers.clearAll();
    this.#connection.close();
  }

  #call(call: Omit<Call, 'framework_id'>): boolean {
    const frame = new FrameBuilder<SubscriptionEffect>();
    const sent = sendCall(this.#subscription, call, frame);
    this.#perform(frame.effects);
    return sent;
  }

  #step(event: SubscriptionEvent): void {
    if (this.#stopped) return;
    const frame = new FrameBuilder<SubscriptionEffect>();
    const wasConnecting = this.#subscription.phase === 'connecting';
    const signals = stepSubscription(this.#subscription, event, this.#context(), frame);
    this.#perform(frame.effects);
    for (const signal of signals) this.#tell(signal);
    if (!wasConnecting || this.#subscription.phase !== 'backoff' || signals.length > 0) return;
    this.#disconnected(
      event.kind === 'scheduler.closed' ? event.reason : 'the master did not answer SUBSCRIBE in time',
    );
  }

  #disconnected(reason: string): void {
    // The end that was asked for is no news.
    if (!this.#stopping) this.#options.disconnected?.(reason);
  }

  #tell(signal: Signal): void {
    switch (signal.kind) {
      case 'subscribed':
        this.#options.subscribed?.(signal.frameworkId, signal.masterInfo);
        return;
      case 'disconnected':
        this.#disconnected(signal.reason);
        return;
      case 'refused':
        void this.stop();
        this.#options.refused?.(signal.message);
        return;
      case 'event':
        this.#onEvent(signal.event);
    }
  }

  #onEvent(event: Extract<Signal, { kind: 'event' }>['event']): void {
    if (event.offers !== undefined) this.#options.offers(event.offers.offers ?? []);
    if (event.rescind !== undefined) this.#options.rescinded?.(event.rescind.offer_id.value);
    if (event.message !== undefined) this.#options.message?.(event.message);
    if (event.failure !== undefined) this.#options.failure?.(event.failure);
    if (event.update !== undefined) void this.#onUpdate(event.update.status);
  }

  async #onUpdate(status: TaskStatus): Promise<void> {
    await this.#options.update?.(status);
    const { uuid, agent_id: agentId, task_id: taskId } = status;
    if (uuid === undefined || agentId === undefined) return;
    this.#call({ type: 'ACKNOWLEDGE', acknowledge: { agent_id: agentId, task_id: taskId, uuid } });
  }

  #perform(effects: readonly SubscriptionEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'timer.set' || effect.kind === 'timer.clear') this.#timers.perform(effect);
      else this.#connection.perform(effect);
    }
  }

  #context() {
    return { wallMs: systemClock.wallMs(), monoMs: systemClock.monoMs(), ids: systemIds };
  }
}
