import type { Attribute, Offer, Resource } from '../../../sdk/v1/generated/mesos.ts';
import { type NoMatchReason, type OfferStatistics, type QueueEntry, REASON_FUNNEL } from '../../core/launch-queue.ts';
import { entryDelayMs, queuedApp } from '../../core/queue.ts';
import type { MarathonState } from '../../core/state.ts';
import { appAnswer, type JsonObject } from '../../model/answer.ts';
import { timestampText } from '../../model/timestamp.ts';
import type { Now } from './now.ts';

/** `GET /v2/queue`: apps with instances that wait to be launched, and what offers they refused. */
export function queueList(state: MarathonState, now: Now, withOffers: boolean): JsonObject {
  return { queue: [...state.queue.values()].flatMap((entry) => itemOf(state, now, entry, withOffers)) };
}

/** Differs: upstream 1.9 and later add `role`, which marathon-python refuses; the app has it. */
function itemOf(state: MarathonState, now: Now, entry: QueueEntry, withOffers: boolean): JsonObject[] {
  const app = queuedApp(state, entry);
  if (app === undefined) return [];
  const delayMs = entryDelayMs(state, entry, now.monoMs);
  return [
    {
      count: entry.scheduled.size,
      delay: { timeLeftSeconds: Math.floor(delayMs / 1000), overdue: delayMs <= 0 },
      since: timestampText(entry.sinceMs),
      processedOffersSummary: summaryOf(entry.statistics),
      ...(withOffers ? { lastUnusedOffers: unusedOffers(entry.statistics) } : {}),
      app: appAnswer(app),
    },
  ];
}

function summaryOf(statistics: OfferStatistics): JsonObject {
  const lastOffers = new Map<NoMatchReason, number>();
  for (const { reasons } of statistics.lastUnused.values()) {
    const [first] = reasons;
    if (first !== undefined) lastOffers.set(first, (lastOffers.get(first) ?? 0) + 1);
  }
  const { lastUnusedMs, lastUsedMs } = statistics;
  return {
    processedOffersCount: statistics.processed,
    unusedOffersCount: statistics.unused,
    ...(lastUnusedMs === undefined ? {} : { lastUnusedOfferAt: timestampText(lastUnusedMs) }),
    ...(lastUsedMs === undefined ? {} : { lastUsedOfferAt: timestampText(lastUsedMs) }),
    rejectSummaryLastOffers: funnel(statistics.lastUnused.size, lastOffers),
    rejectSummaryLaunchAttempt: funnel(statistics.processed, statistics.rejected),
  };
}

/** Each reason with the offers that came as far as it, and those that it turned away. */
function funnel(offers: number, declinedBy: ReadonlyMap<NoMatchReason, number>): JsonObject[] {
  let processed = offers;
  return REASON_FUNNEL.map((reason) => {
    const declined = declinedBy.get(reason) ?? 0;
    const step = { reason, declined, processed };
    processed -= declined;
    return step;
  });
}

function unusedOffers(statistics: OfferStatistics): JsonObject[] {
  return Array.from(statistics.lastUnused.values(), ({ offer, reasons, atMs }) => ({
    offer: offerAnswer(offer),
    reason: reasons,
    timestamp: timestampText(atMs),
  }));
}

function offerAnswer(offer: Offer): JsonObject {
  return {
    id: offer.id.value,
    hostname: offer.hostname,
    agentId: offer.agent_id.value,
    resources: (offer.resources ?? []).map(resourceAnswer),
    attributes: (offer.attributes ?? []).map(attributeAnswer),
  };
}

function resourceAnswer(resource: Resource): JsonObject {
  const role = resource.reservations?.at(-1)?.role ?? '*';
  return { name: resource.name, role, ...valueAnswer(resource) };
}

function attributeAnswer(attribute: Attribute): JsonObject {
  const text = attribute.text === undefined ? {} : { text: attribute.text.value };
  return { name: attribute.name, ...text, ...valueAnswer(attribute) };
}

function valueAnswer(value: Pick<Resource, 'scalar' | 'ranges' | 'set'>): JsonObject {
  return {
    ...(value.scalar === undefined ? {} : { scalar: value.scalar.value }),
    ...(value.ranges === undefined
      ? {}
      : { ranges: (value.ranges.range ?? []).map(({ begin, end }) => ({ begin: Number(begin), end: Number(end) })) }),
    ...(value.set === undefined ? {} : { set: value.set.item ?? [] }),
  };
}
