import type { TimerEffect } from '../base/step.ts';
import type { SubscriptionEffect, SubscriptionEvent } from '../scheduler/core.ts';
import { decodeBody, encodeBody, type MessageMediaType, type MessageType, messageType } from '../v1/codec.ts';
import type { Call, Event } from '../v1/generated/scheduler.ts';
import { SimCallStream } from './sim-call-stream.ts';
import type { SimNetwork } from './sim-network.ts';

/** Wiring of a {@link SimSchedulerLink}. */
export interface SimSchedulerLinkOptions {
  readonly network: SimNetwork;
  /** Name of the framework's process. */
  readonly from: string;
  /** Name of the process that is asked first; it may change with the leader. */
  readonly master: () => string;
  /** When set, every message passes the real codec in this form. */
  readonly mediaType?: MessageMediaType | undefined;
  /** Takes what happens; hand it to `stepSubscription`. */
  readonly post: (event: Exclude<SubscriptionEvent, { kind: 'timer.fired' }>) => void;
}

/** Path of the scheduler API. */
export const SCHEDULER_PATH = '/api/v1/scheduler';

/**
 * The twin of `sdk/scheduler/connection.ts` on a simulated network: performs the effects of a subscription.
 *
 * ACCEPT and SUBSCRIBE are never carried twice: a master answers the second ACCEPT with the loss of its tasks, and the
 * real transport repeats neither.
 */
export class SimSchedulerLink {
  readonly #options: SimSchedulerLinkOptions;
  #generation = 0;
  #stream: SimCallStream<Call, Call, Event> | undefined;

  constructor(options: SimSchedulerLinkOptions) {
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

  /** Ends the connection. */
  close(): void {
    this.#stream?.end();
    this.#stream = undefined;
  }

  #open(generation: number, subscribe: Call): SimCallStream<Call, Call, Event> {
    const { network, from, master, mediaType, post } = this.#options;
    const callType = messageType('mesos.v1.scheduler.Call');
    const eventType = messageType('mesos.v1.scheduler.Event');
    return new SimCallStream<Call, Call, Event>({
      network,
      from,
      to: master(),
      path: SCHEDULER_PATH,
      subscribe: throughCodec(callType, mediaType, subscribe),
      maySubscribeTwice: false,
      wrap: (calls) => throughCodec(callType, mediaType, calls[0] as Call),
      batchMax: 1,
      mayRepeat: (calls) => calls.every(({ type }) => type !== 'ACCEPT'),
      onEvent: (event) =>
        post({ kind: 'scheduler.event', generation, event: throughCodec(eventType, mediaType, event) }),
      onClosed: (reason) => post({ kind: 'scheduler.closed', generation, reason }),
    });
  }
}

/** A message as it comes out of the real codec; unchanged without a media type. */
export function throughCodec<T>(type: MessageType<T>, mediaType: MessageMediaType | undefined, message: T): T {
  if (mediaType === undefined) return message;
  return decodeBody(type, mediaType, encodeBody(type, mediaType, message));
}
