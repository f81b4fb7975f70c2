import type { Clock } from '../base/clock.ts';

/** Something that will happen; forget it with `cancel`. */
export interface Scheduled {
  /** Nothing happens any more; again, or after it happened, is no error. */
  cancel(): void;
}

interface Entry extends Scheduled {
  readonly atMs: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/**
 * Virtual time: a heap of things to happen, run one after the other as fast as the machine can. What is due at the same instant
 * runs in the order in which it was asked for, so a run repeats exactly.
 */
export class VirtualTime {
  /** Milliseconds since the start of the simulation. */
  nowMs = 0;
  /** Things that have happened. */
  happened = 0;
  readonly #heap: Entry[] = [];
  #order = 0;

  /** Asks for `run` to be called `delayMs` from now; negative counts as 0. */
  after(delayMs: number, run: () => void): Scheduled {
    return this.at(this.nowMs + delayMs, run);
  }

  /** Asks for `run` to be called at an instant; one that is past counts as now. */
  at(atMs: number, run: () => void): Scheduled {
    const entry: Entry = {
      atMs: Math.max(this.nowMs, atMs),
      order: this.#order++,
      run,
      cancel: () => {
        entry.run = undefined;
      },
    };
    this.#push(entry);
    return entry;
  }

  /**
   * Lets the next thing happen.
   *
   * @returns false when nothing is left, or nothing before `untilMs`.
   */
  step(untilMs: number = Number.POSITIVE_INFINITY): boolean {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.atMs > untilMs) return false;
      this.#pop();
      const { run } = next;
      if (run === undefined) continue;
      next.run = undefined;
      this.nowMs = next.atMs;
      this.happened++;
      run();
      return true;
    }
  }

  /** Runs everything up to an instant, and moves the time there. */
  runUntil(atMs: number): void {
    while (this.step(atMs));
    this.nowMs = Math.max(this.nowMs, atMs);
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt] as Entry;
      if (isBefore(parent, entry)) break;
      heap[at] = parent;
      at = parentAt;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const least = right < heap.length && isBefore(heap[right] as Entry, heap[left] as Entry) ? right : left;
      if (isBefore(last, heap[least] as Entry)) break;
      heap[at] = heap[least] as Entry;
      at = least;
    }
    heap[at] = last;
  }
}

function isBefore(left: Entry, right: Entry): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
}

/** How one host sees time: a wall clock that somebody may set, and a monotonic one; both drift alike. */
export class HostClock implements Clock {
  readonly #time: VirtualTime;
  readonly #rate: number;
  #wallOffsetMs: number;

  /**
   * @param epochMs what the wall clock says at the start of the simulation.
   * @param driftPpm how much faster than true time the host's clocks run, in parts per million.
   */
  constructor(time: VirtualTime, epochMs: number, driftPpm = 0) {
    this.#time = time;
    this.#rate = 1 + driftPpm / 1e6;
    this.#wallOffsetMs = epochMs;
  }

  wallMs(): number {
    return Math.floor(this.#wallOffsetMs + this.#time.nowMs * this.#rate);
  }

  monoMs(): number {
    return this.#time.nowMs * this.#rate;
  }

  /** Steps the wall clock, forwards or (negative) back. */
  stepWall(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  /** How long a duration of this host takes in true time. */
  toTrueMs(durationMs: number): number {
    return durationMs / this.#rate;
  }
}
