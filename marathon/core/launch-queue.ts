import type { Offer } from '../../sdk/v1/generated/mesos.ts';
import type { Instance } from './instance.ts';

/** Why an offer does not suit an app; the first of {@link REASON_FUNNEL} that applies is counted. */
export type NoMatchReason =
  | 'UnfulfilledRole'
  | 'UnfulfilledConstraint'
  | 'NoCorrespondingReservationFound'
  | 'AgentMaintenance'
  | 'InsufficientCpus'
  | 'InsufficientMemory'
  | 'InsufficientDisk'
  | 'InsufficientGpus'
  | 'InsufficientPorts'
  | 'DeclinedScarceResources';

/** Upstream's order of the reject summaries in `/v2/queue`. */
export const REASON_FUNNEL: readonly NoMatchReason[] = [
  'UnfulfilledRole',
  'UnfulfilledConstraint',
  'NoCorrespondingReservationFound',
  'AgentMaintenance',
  'InsufficientCpus',
  'InsufficientMemory',
  'InsufficientDisk',
  'InsufficientGpus',
  'InsufficientPorts',
  'DeclinedScarceResources',
];

/** The newest offer of an agent that an app did not use. */
export interface UnusedOffer {
  readonly offer: Offer;
  /** All reasons, in funnel order. */
  readonly reasons: readonly NoMatchReason[];
  readonly atMs: number;
}

/** What the offers of the present launch attempt came to. */
export interface OfferStatistics {
  processed: number;
  unused: number;
  lastUsedMs: number | undefined;
  lastUnusedMs: number | undefined;
  /** Offers refused since the attempt began, by first failing reason. */
  readonly rejected: Map<NoMatchReason, number>;
  /** By agent id, oldest first; bounded. */
  readonly lastUnused: Map<string, UnusedOffer>;
}

/** Instances of one app that wait for an offer. */
export interface QueueEntry {
  readonly appId: string;
  /** Ids, in the order in which they will be launched. */
  readonly scheduled: Set<string>;
  /** Wall time since when something waits. */
  readonly sinceMs: number;
  readonly statistics: OfferStatistics;
  /** Version of the definition that came last: another one may want what the offers that were refused before have. */
  newestVersion: string;
}

/** How long an app's configuration must wait between launches after failures. */
export interface Backoff {
  /** `lastConfigChangeAt` of the definition that failed. */
  readonly configVersion: string;
  readonly delayMs: number;
  /** Monotonic time when `delayMs` began; the launch may happen at `sinceMonoMs + delayMs`. */
  readonly sinceMonoMs: number;
  /** The entry is dropped this long after `sinceMonoMs` without another failure. */
  readonly maxDelayMs: number;
}

/** Adds an instance of an app to those that wait for an offer. */
export function enqueue(queue: Map<string, QueueEntry>, instance: Instance, sinceMs: number): void {
  const { id, appId, app } = instance;
  const entry = queue.get(appId);
  if (entry === undefined) {
    const fresh = { scheduled: new Set([id]), sinceMs, statistics: newStatistics(), newestVersion: app.version };
    queue.set(appId, { appId, ...fresh });
    return;
  }
  entry.scheduled.add(id);
  entry.newestVersion = app.version;
}

/** Statistics of an attempt that has seen no offer yet. */
export function newStatistics(): OfferStatistics {
  return {
    processed: 0,
    unused: 0,
    lastUsedMs: undefined,
    lastUnusedMs: undefined,
    rejected: new Map(),
    lastUnused: new Map(),
  };
}
