import type { Resources } from '../../../sdk/v1/resources.ts';
import { MinHeap } from './heap.ts';

/** Upstream's default of `Filters.refuse_seconds`. */
const refuseMsDefault = 5_000;
/** Longest refusal: 365 days. */
const refuseMsMax = 365 * 24 * 3_600_000;

/**
 * Reads `Filters.refuse_seconds` as upstream does: absent, negative or no finite number means 5 s, at most 365 days.
 *
 * @returns milliseconds; 0 for no filter.
 */
export function refuseMsOf(filters: { readonly refuse_seconds?: number | undefined } | undefined): number {
  const seconds = filters?.refuse_seconds;
  if (seconds === undefined || Number.isNaN(seconds) || seconds < 0) return refuseMsDefault;
  return Math.min(seconds * 1000, refuseMsMax);
}

/** Resources of one agent that a framework does not want in one role. */
export interface RefusalFilter<Owner extends FilterOwner<Owner>> {
  readonly owner: Owner;
  readonly agentId: string;
  /** Allocated to nobody. What is contained in it is not offered. */
  readonly resources: Resources;
  /** Monotonic; Infinity for one that lasts until the next periodic cycle. */
  readonly expiresMs: number;
  live: boolean;
}

/** A framework in one role: whoever can refuse. */
export interface FilterOwner<Owner extends FilterOwner<Owner>> {
  /** Its live filters by agent. */
  readonly filters: Map<string, RefusalFilter<Owner>[]>;
}

/** All refusal filters, with the order in which they expire. */
export class FilterBook<Owner extends FilterOwner<Owner>> {
  readonly #byExpiry = new MinHeap<RefusalFilter<Owner>>((filter) => filter.expiresMs);
  readonly #byAgent = new Map<string, Set<RefusalFilter<Owner>>>();
  readonly #untilCycle = new Set<RefusalFilter<Owner>>();
  #live = 0;

  /** Live filters of all owners. */
  get size(): number {
    return this.#live;
  }

  /** @param expiresMs Infinity: until `releaseHolds`. */
  add(owner: Owner, agentId: string, resources: Resources, expiresMs: number): void {
    const filters = owner.filters.get(agentId) ?? [];
    // What an older filter adds nothing to is forgotten, so that a framework cannot pile up filters by refusing.
    for (const old of filters) {
      const outlasted =
        this.#untilCycle.has(old) || (expiresMs < Number.POSITIVE_INFINITY && old.expiresMs <= expiresMs);
      if (outlasted && resources.contains(old.resources)) this.#drop(old);
    }
    const filter: RefusalFilter<Owner> = { owner, agentId, resources, expiresMs, live: true };
    owner.filters.set(agentId, [...(owner.filters.get(agentId) ?? []), filter]);
    const onAgent = this.#byAgent.get(agentId);
    if (onAgent === undefined) this.#byAgent.set(agentId, new Set([filter]));
    else onAgent.add(filter);
    this.#live++;
    if (expiresMs === Number.POSITIVE_INFINITY) this.#untilCycle.add(filter);
    else this.#byExpiry.push(filter);
    this.#compact();
  }

  /** Forgets the filters of one owner. */
  clear(owner: Owner): void {
    for (const filters of [...owner.filters.values()]) for (const filter of filters) this.#drop(filter);
  }

  /** Forgets the filters on one agent. */
  clearAgent(agentId: string): void {
    for (const filter of [...(this.#byAgent.get(agentId) ?? [])]) this.#drop(filter);
  }

  /** Forgets the filters that last until the next periodic cycle, and returns them. */
  releaseHolds(): RefusalFilter<Owner>[] {
    const released = [...this.#untilCycle];
    for (const filter of released) this.#drop(filter);
    return released;
  }

  /** Forgets the filters that are over by now, and returns them. */
  expire(nowMs: number): RefusalFilter<Owner>[] {
    const expired: RefusalFilter<Owner>[] = [];
    for (let filter = this.#byExpiry.peek(); filter !== undefined; filter = this.#byExpiry.peek()) {
      if (filter.live && filter.expiresMs > nowMs) break;
      this.#byExpiry.pop();
      if (!filter.live) continue;
      this.#drop(filter);
      expired.push(filter);
    }
    return expired;
  }

  /** Monotonic time of the next expiry. */
  nextExpiryMs(): number | undefined {
    for (let filter = this.#byExpiry.peek(); filter !== undefined; filter = this.#byExpiry.peek()) {
      if (filter.live) return filter.expiresMs;
      this.#byExpiry.pop();
    }
    return undefined;
  }

  #drop(filter: RefusalFilter<Owner>): void {
    if (!filter.live) return;
    filter.live = false;
    this.#live--;
    this.#untilCycle.delete(filter);
    const onAgent = this.#byAgent.get(filter.agentId);
    onAgent?.delete(filter);
    if (onAgent?.size === 0) this.#byAgent.delete(filter.agentId);
    const rest = (filter.owner.filters.get(filter.agentId) ?? []).filter((one) => one !== filter);
    if (rest.length === 0) filter.owner.filters.delete(filter.agentId);
    else filter.owner.filters.set(filter.agentId, rest);
  }

  /** Dead filters stay in the heap until their time comes, unless they are most of it. */
  #compact(): void {
    if (this.#byExpiry.size > 1_000 && this.#byExpiry.size > 2 * this.#live) this.#byExpiry.retain(({ live }) => live);
  }
}

/** Whether a live filter of `owner` covers all of `resources` (allocated to nobody) of the agent. */
export function isRefused<Owner extends FilterOwner<Owner>>(
  owner: Owner,
  agentId: string,
  resources: Resources,
): boolean {
  if (owner.filters.size === 0) return false;
  const filters = owner.filters.get(agentId);
  return filters?.some((filter) => filter.resources.contains(resources)) ?? false;
}
