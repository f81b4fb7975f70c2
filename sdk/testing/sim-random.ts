import { type Ids, seededIds, splitMix32 } from '../base/ids.ts';

/**
 * All chance of a simulation. Each part of it takes a `fork` of its own, so that a change in one part leaves the
 * chances of the others as they were.
 */
export class SimRandom {
  readonly #seed: number;
  readonly #next32: () => number;

  /** @param seed any 32-bit integer; equal seeds give equal chances. */
  constructor(seed: number) {
    this.#seed = seed | 0;
    this.#next32 = splitMix32(seed);
  }

  /** Chances of their own for a part, the same for the same name. */
  fork(name: string): SimRandom {
    let hash = this.#seed ^ 0x811c9dc5;
    for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
    return new SimRandom(hash);
  }

  /** Seeded ids for a process. */
  ids(): Ids {
    return seededIds(this.#next32());
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return probability > 0 && this.#next32() < probability * 2 ** 32;
  }

  /** A number in [low, high). */
  between(low: number, high: number): number {
    return low + (this.#next32() / 2 ** 32) * (high - low);
  }

  /** An integer in [0, bound). */
  integer(bound: number): number {
    return this.#next32() % bound;
  }

  /**
   * One of a list.
   *
   * @throws RangeError when the list is empty.
   */
  pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new RangeError('nothing to pick from');
    return items[this.integer(items.length)] as Item;
  }
}
