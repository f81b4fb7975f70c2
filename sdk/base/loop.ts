import type { Clock } from './clock.ts';
import type { Ids } from './ids.ts';
import type { Step, StoreChange } from './step.ts';

/** What the Loop needs of a store: an atomic, durable, ordered commit. See `sdk/store/store.ts`. */
export interface Committer {
  commit(changes: readonly StoreChange[]): Promise<void>;
}

/** Wiring of a Loop. */
export interface LoopOptions<State, Event, Effect> {
  readonly state: State;
  readonly step: Step<State, Event, Effect>;
  readonly store: Committer;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Performs effects in order. Must not throw; failures come back as events. */
  readonly perform: (effects: readonly Effect[]) => void;
  /** A step threw or a commit failed: the process must end, and the next start recovers from the store. */
  readonly onFatal: (error: unknown) => void;
  /** Bound of the inbox (default 100,000 events); `post` answers false above it. */
  readonly inboxMax?: number;
}

/** Longest time that the Loop steps without letting sockets breathe. */
const SLICE_MS = 8;

/**
 * The one loop of a daemon: events in, one at a time; records durable; only then effects out, in order.
 *
 *     post(event) -> inbox -> step -> records -> commit (many steps share one) -> effects
 *
 * The Loop steps on while a commit is under way; effects of those later steps wait behind it, because they may tell of state
 * that rests on it. Errors are fatal: a half-applied decision is never repaired in memory.
 */
export class Loop<State, Event, Effect> {
  readonly #options: LoopOptions<State, Event, Effect>;
  readonly #inbox: Event[] = [];
  #head = 0;
  #scheduled = false;
  #accepting = true;
  #stopped = false;
  #records: StoreChange[] = [];
  #effects: Effect[] = [];
  #reads: (() => void)[] = [];
  #committing: Promise<void> | undefined;

  constructor(options: LoopOptions<State, Event, Effect>) {
    this.#options = options;
  }

  /** Events that wait for their step. */
  get waiting(): number {
    return this.#inbox.length - this.#head;
  }

  /** Hands an event in. Answers false when the inbox is full or the Loop has stopped: the caller says 503, or drops. */
  post(event: Event): boolean {
    if (!this.#accepting || this.waiting >= (this.#options.inboxMax ?? 100_000)) return false;
    this.#inbox.push(event);
    this.#schedule();
    return true;
  }

  /**
   * Computes a view of the state between two events.
   *
   * @returns the view, once everything that it may show is durable.
   */
  read<View>(view: (state: State) => View): Promise<View> {
    return new Promise((resolve, reject) => {
      try {
        const value = view(this.#options.state);
        if (this.#committing === undefined && this.#records.length === 0) resolve(value);
        else this.#reads.push(() => resolve(value));
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  /** Steps all waiting events, waits for their commits and effects, and takes no more. */
  async stop(): Promise<void> {
    this.#accepting = false;
    this.#drain(Number.POSITIVE_INFINITY);
    while (this.#committing !== undefined) await this.#committing;
    this.#stopped = true;
  }

  #schedule(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#drain(SLICE_MS);
    });
  }

  #drain(sliceMs: number): void {
    const { clock, ids, step, state } = this.#options;
    const startMs = clock.monoMs();
    try {
      while (this.#head < this.#inbox.length && !this.#stopped) {
        const event = this.#inbox[this.#head++] as Event;
        const monoMs = clock.monoMs();
        const frame = step(state, event, { wallMs: clock.wallMs(), monoMs, ids });
        // One by one: a call takes only so many arguments, and one event can cause very many effects.
        for (const record of frame.records) this.#records.push(record);
        for (const effect of frame.effects) this.#effects.push(effect);
        if (monoMs - startMs > sliceMs) break;
      }
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (this.#head === this.#inbox.length) {
      this.#inbox.length = 0;
      this.#head = 0;
    } else this.#schedule();
    this.#flush();
  }

  #flush(): void {
    if (this.#committing !== undefined || this.#stopped) return;
    const effects = this.#effects;
    const reads = this.#reads;
    this.#effects = [];
    this.#reads = [];
    if (this.#records.length === 0) {
      this.#release(effects, reads);
      return;
    }
    const records = this.#records;
    this.#records = [];
    this.#committing = this.#options.store.commit(records).then(
      () => {
        this.#committing = undefined;
        this.#release(effects, reads);
        this.#flush();
      },
      (error: unknown) => {
        this.#committing = undefined;
        this.#fail(error);
      },
    );
  }

  #release(effects: readonly Effect[], reads: readonly (() => void)[]): void {
    if (effects.length > 0) this.#options.perform(effects);
    for (const resolve of reads) resolve();
  }

  #fail(error: unknown): void {
    this.#accepting = false;
    this.#stopped = true;
    this.#options.onFatal(error);
  }
}
