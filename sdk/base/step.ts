import type { Ids } from './ids.ts';

/**
 * The shape that every daemon's decisions have:
 *
 *     event --> step(state, event, ctx) --> { records, effects }
 *
 * A step is synchronous and gives equal results for equal inputs. It changes the state that it owns in place; what is
 * durable goes into `records`, what leaves the process into `effects`. The Loop makes the records durable first.
 */
export interface StepContext {
  /** Wall clock, milliseconds since the Unix epoch: only for schedules and displayed times. */
  readonly wallMs: number;
  /** Monotonic clock in milliseconds: for every duration. */
  readonly monoMs: number;
  readonly ids: Ids;
}

/** One durable change: `value` is JSON-able (bigint and Uint8Array allowed); undefined deletes the key. */
export interface StoreChange {
  readonly key: string;
  readonly value: unknown;
}

/** Result of one step. */
export interface Frame<Effect> {
  readonly records: readonly StoreChange[];
  readonly effects: readonly Effect[];
}

/** A daemon's brain. */
export type Step<State, Event, Effect> = (state: State, event: Event, ctx: StepContext) => Frame<Effect>;

/** Asks for `timer.fired` with the same key after `delayMs`; setting a key again moves it. */
export interface SetTimer {
  readonly kind: 'timer.set';
  readonly key: string;
  readonly delayMs: number;
}

/** Forgets a timer; a key that is not set is no error. */
export interface ClearTimer {
  readonly kind: 'timer.clear';
  readonly key: string;
}

/** Effects that {@link Timers} performs. */
export type TimerEffect = SetTimer | ClearTimer;

/** The event that a timer turns into. */
export interface TimerFired {
  readonly kind: 'timer.fired';
  readonly key: string;
}

/** A frame that changes nothing outside. */
export const emptyFrame: Frame<never> = { records: [], effects: [] };

/** Collects what one step decides; core functions take it instead of returning and merging lists. */
export class FrameBuilder<Effect> implements Frame<Effect> {
  readonly records: StoreChange[] = [];
  readonly effects: Effect[] = [];

  /** Adds a durable change. */
  put(key: string, value: unknown): void {
    this.records.push({ key, value });
  }

  /** Deletes a durable key. */
  delete(key: string): void {
    this.records.push({ key, value: undefined });
  }

  /** Adds effects, in order. */
  emit(...effects: readonly Effect[]): void {
    this.effects.push(...effects);
  }
}

/** The part of a frame that takes effects: what a piece shared by several cores writes to. */
export interface EffectSink<Effect> {
  /** Adds effects, in order. */
  emit(...effects: readonly Effect[]): void;
}
