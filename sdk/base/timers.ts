import type { TimerEffect, TimerFired } from './step.ts';

/** Longest delay that the runtime's timers take; longer ones are set again on the way. */
const DELAY_MS_MAX = 2 ** 31 - 1;

/** Keyed timers on real time. A timer carries no closure: it only comes back as an event with its key. */
export class Timers {
  readonly #post: (event: TimerFired) => void;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(post: (event: TimerFired) => void) {
    this.#post = post;
  }

  /** Performs a timer effect. */
  perform(effect: TimerEffect): void {
    clearTimeout(this.#timers.get(effect.key));
    this.#timers.delete(effect.key);
    if (effect.kind === 'timer.set') this.#start(effect.key, Math.max(0, effect.delayMs));
  }

  /** Forgets all timers, at shutdown. */
  clearAll(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #start(key: string, delayMs: number): void {
    const slice = Math.min(delayMs, DELAY_MS_MAX);
    const timer = setTimeout(() => {
      if (delayMs > slice) {
        this.#start(key, delayMs - slice);
        return;
      }
      this.#timers.delete(key);
      this.#post({ kind: 'timer.fired', key });
    }, slice);
    this.#timers.set(key, timer);
  }
}
