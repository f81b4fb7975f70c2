import type { TimerEffect } from '../base/step.ts';
import { CallStream } from '../v1/call-stream.ts';
import { type MessageMediaType, messageType } from '../v1/codec.ts';
import type { Call, Event } from '../v1/generated/scheduler.ts';
import type { SubscriptionEffect, SubscriptionEvent } from './core.ts';

/** Where and how to speak to the master. */
export interface ConnectionOptions {
  /** `host:port` of a master; another one that it redirects to (307) is followed. */
  readonly master: string;
  /** Default JSON. */
  readonly mediaType?: MessageMediaType | undefined;
  /** Takes what happens; hand it to `stepSubscription`. */
  readonly post: (event: Exclude<SubscriptionEvent, { kind: 'timer.fired' }>) => void;
}

/** The shell of a subscription: performs its effects over HTTP, one {@link CallStream} for each generation. */
export class SchedulerConnection {
  readonly #options: ConnectionOptions;
  #generation = 0;
  #stream: CallStream<Call, Event> | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Performs an effect of the subscription; timers are not its business. */
  perform(effect: Exclude<SubscriptionEffect, TimerEffect>): void {
    if (effect.kind === 'scheduler.subscribe') {
      this.#stream?.end();
      this.#generation = effect.generation;
      this.#stream = this.#open(effect.generation, effect.call);
      return;
    }
    if (effect.generation !== this.#generation) return;
    if (effect.kind === 'scheduler.call') this.#stream?.send(effect.call);
    else this.close();
  }

  /** Calls sent or queued so far are answered, or the time is over. */
  async flush(timeoutMs: number): Promise<void> {
    await this.#stream?.flush(timeoutMs);
  }

  /** Ends the connection. The master keeps the framework until its failover timeout is over. */
  close(): void {
    this.#stream?.end();
    this.#stream = undefined;
  }

  #open(generation: number, subscribe: Call): CallStream<Call, Event> {
    const { master, mediaType = 'application/json', post } = this.#options;
    return new CallStream({
      address: master,
      path: '/api/v1/scheduler',
      mediaType,
      callType: messageType('mesos.v1.scheduler.Call'),
      eventType: messageType('mesos.v1.scheduler.Event'),
      subscribe,
      onEvent: (event) => post({ kind: 'scheduler.event', generation, event }),
      onClosed: (reason) => post({ kind: 'scheduler.closed', generation, reason }),
    });
  }
}
