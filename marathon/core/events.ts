import type { SubscriptionEvent } from '../../sdk/scheduler/core.ts';
import type { ApiCommand } from './api/command.ts';

/** A request of the REST API, validated and normalised; answered by effect `http.reply` with the same id. */
export interface ApiEvent {
  readonly kind: 'api';
  readonly requestId: string;
  readonly command: ApiCommand;
}

/** What a probe found. */
export interface ProbeResult {
  readonly kind: 'probe.result';
  /** As in `probe.start`. */
  readonly key: string;
  readonly ok: boolean;
  /** Why it is not ok, in upstream's words where it has some. */
  readonly cause?: string | undefined;
  readonly response?: { readonly status: number; readonly contentType: string; readonly body: string } | undefined;
}

/** Everything that Marathon's core is told. */
export type MarathonInput =
  /** The first event: subscribes, sets timers, and looks at what was recovered. */
  { readonly kind: 'start' } | SubscriptionEvent | ApiEvent | ProbeResult;
