import type { TimerEffect } from '../../sdk/base/step.ts';
import type { SubscriptionEffect } from '../../sdk/scheduler/core.ts';

/** Everything that Chronos does to the world. */
export type ChronosEffect = SubscriptionEffect | TimerEffect | HttpReply | LogEffect;

/** Answers a request. */
export interface HttpReply {
  readonly kind: 'http.reply';
  readonly requestId: string;
  readonly status: number;
  /** Absent for an empty answer; errors are a sentence that the surface wraps in its own shape. */
  readonly body?: { readonly kind: 'error' | 'text'; readonly text: string };
}

/** Says something in the daemon's log. */
export interface LogEffect {
  readonly kind: 'log';
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, string | number>>;
}

/** Key of the one timer with which Chronos wakes itself. */
export const WAKE_TIMER = 'chronos.wake';
