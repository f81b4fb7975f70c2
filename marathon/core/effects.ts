import type { SubscriptionEffect } from '../../sdk/scheduler/core.ts';
import type { MarathonEvent } from './bus-events.ts';

/** A reply to a request of the REST API. */
export interface HttpReply {
  readonly kind: 'http.reply';
  readonly requestId: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** A JSON value; undefined is an empty body. */
  readonly body?: unknown;
}

/** A health or readiness check that Marathon runs itself, until stopped. */
export interface ProbeStart {
  readonly kind: 'probe.start';
  /** `health/<task id>/<index>` or `ready/<task id>`; starting a key again replaces it. */
  readonly key: string;
  readonly protocol: 'HTTP' | 'HTTPS' | 'TCP';
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly intervalMs: number;
  /** For this long, and until the first good result, the check runs often: at growing pauses up to `eagerIntervalMs`; 0 for never. */
  readonly eagerForMs: number;
  readonly eagerIntervalMs: number;
  readonly timeoutMs: number;
  /** Whether an answer of status 1xx is left out of account. */
  readonly ignoreHttp1xx: boolean;
  /** Status codes that are good; absent means 200 to 399. */
  readonly goodStatuses?: readonly number[] | undefined;
  /** Most bytes of a response body to hand back; 0 for health checks. */
  readonly bodyBytesMax: number;
}

export interface ProbeStop {
  readonly kind: 'probe.stop';
  readonly key: string;
}

/** A line for the operator's log. */
export interface LogEffect {
  readonly kind: 'log';
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
}

/** The process must end: what it was told cannot be repaired from here. */
export interface FatalEffect {
  readonly kind: 'fatal';
  readonly message: string;
}

/** Everything that Marathon's core asks of its shell. */
export type MarathonEffect =
  | SubscriptionEffect
  | HttpReply
  /** An event for every open `/v2/events` stream. */
  | { readonly kind: 'event'; readonly event: MarathonEvent }
  | ProbeStart
  | ProbeStop
  | LogEffect
  | FatalEffect;
