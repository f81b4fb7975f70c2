import type { Ids } from '../base/ids.ts';
import type { Frame, SetTimer, Step, StoreChange, TimerEffect, TimerFired } from '../base/step.ts';
import { MemoryMedium, MemoryStore } from '../store/memory-store.ts';
import type { StoreEntry } from '../store/store.ts';
import type { SimRandom } from './sim-random.ts';
import type { Trace } from './trace.ts';
import type { HostClock, Scheduled, VirtualTime } from './virtual-time.ts';

/** Where a crash may strike around a commit. */
export type CommitBoundary = 'before-commit' | 'after-commit' | 'amid-effects';

/** What a process starts with. */
export interface ProcessStart {
  /** What the store holds, in key order. */
  readonly entries: readonly StoreEntry[];
  /** The store's epoch: grows with each start. */
  readonly epoch: number;
  readonly ids: Ids;
  readonly clock: HostClock;
}

/** A daemon or framework as its pure parts. */
export interface ProcessDefinition<State, Event, Effect> {
  /** The state that a start recovers, and the events that it begins with. */
  readonly boot: (start: ProcessStart) => { readonly state: State; readonly first: readonly (Event | TimerFired)[] };
  readonly step: Step<State, Event | TimerFired, Effect>;
  /** Performs one effect that is no timer. */
  readonly perform: (effect: Exclude<Effect, TimerEffect>) => void;
  /** Called when the process has gone, for whatever reason: drop what belonged to it. */
  readonly onDown?: (() => void) | undefined;
  /** Called after each step, for checks. */
  readonly onStep?: ((state: State, event: Event | TimerFired, frame: Frame<Effect>) => void) | undefined;
  /** Called with what has just become durable, also when a crash follows at once. */
  readonly onCommit?: ((records: readonly StoreChange[]) => void) | undefined;
  /** What the trace says of an event; its `kind` when absent. */
  readonly describe?: ((event: Event | TimerFired) => string) | undefined;
}

/** Where a process lives. */
export interface ProcessHost {
  readonly name: string;
  readonly time: VirtualTime;
  readonly random: SimRandom;
  readonly clock: HostClock;
  readonly trace: Trace;
  /** How long a commit takes now. */
  readonly commitMs: () => number;
  /** Whether the process crashes at this boundary of this commit. */
  readonly crashesAt?: ((boundary: CommitBoundary) => boolean) | undefined;
  /** The process crashed at a boundary: start it again some time. */
  readonly onCrashed?: (() => void) | undefined;
  /** A step threw: a bug of the core. */
  readonly onBug: (error: unknown) => void;
}

/**
 * A process: the Loop's twin in virtual time. Events are stepped one at a time, records are committed, and effects leave in order after
 * their records are durable. A crash loses memory and what was not committed; a start recovers from the store.
 */
export class SimProcess<State, Event extends { readonly kind: string }, Effect extends { readonly kind: string }> {
  /** What outlives crashes. */
  readonly medium: MemoryMedium = new MemoryMedium();
  /** Starts so far. */
  starts = 0;
  readonly #host: ProcessHost;
  readonly #definition: ProcessDefinition<State, Event, Effect>;
  #life: Life<State, Event, Effect> | undefined;

  constructor(host: ProcessHost, definition: ProcessDefinition<State, Event, Effect>) {
    this.#host = host;
    this.#definition = definition;
  }

  /** Name of the process. */
  get name(): string {
    return this.#host.name;
  }

  /** Its clocks. */
  get clock(): HostClock {
    return this.#host.clock;
  }

  /** Whether it runs. */
  get isUp(): boolean {
    return this.#life !== undefined;
  }

  /** Its state, for checks; undefined while it is down. */
  get state(): State | undefined {
    return this.#life?.state;
  }

  /** What its store holds now. */
  entries(): readonly { readonly key: string; readonly text: string }[] {
    return [...this.medium.entries].map(([key, { text }]) => ({ key, text }));
  }

  /** Starts it, when it is down. */
  start(): void {
    if (this.#life !== undefined) return;
    this.starts++;
    this.#note('start');
    const store = new MemoryStore(this.medium);
    const ids = this.#host.random.ids();
    const entries = store.entriesSync();
    const { state, first } = this.#definition.boot({ entries, epoch: store.epoch, ids, clock: this.#host.clock });
    const life = new Life(this.#host, this.#definition, { state, store, ids }, (why) => this.#end(life, why));
    this.#life = life;
    for (const event of first) life.post(event);
  }

  /** Hands an event in; lost while the process is down. */
  post(event: Event): boolean {
    if (this.#life === undefined) return false;
    this.#life.post(event);
    return true;
  }

  /** kill -9. */
  crash(): void {
    if (this.#life !== undefined) this.#end(this.#life, 'crash');
  }

  #end(life: Life<State, Event, Effect>, why: string): void {
    if (this.#life !== life) return;
    this.#life = undefined;
    life.end();
    this.#note(why);
    this.#definition.onDown?.();
    if (why.startsWith('crash at')) this.#host.onCrashed?.();
  }

  #note(what: string): void {
    this.#host.trace.note(this.#host.time.nowMs, this.#host.name, what);
  }
}

interface LifeParts<State> {
  readonly state: State;
  readonly store: MemoryStore;
  readonly ids: Ids;
}

/** One life of a process, from its start to its end. */
class Life<State, Event extends { readonly kind: string }, Effect extends { readonly kind: string }> {
  readonly state: State;
  readonly #host: ProcessHost;
  readonly #definition: ProcessDefinition<State, Event, Effect>;
  readonly #parts: LifeParts<State>;
  readonly #onEnd: (why: string) => void;
  readonly #timers = new Map<string, Scheduled>();
  #inbox: (Event | TimerFired)[] = [];
  #records: StoreChange[] = [];
  #effects: Effect[] = [];
  #draining = false;
  #committing = false;
  #isOver = false;

  constructor(
    host: ProcessHost,
    definition: ProcessDefinition<State, Event, Effect>,
    parts: LifeParts<State>,
    onEnd: (why: string) => void,
  ) {
    this.#host = host;
    this.#definition = definition;
    this.#parts = parts;
    this.state = parts.state;
    this.#onEnd = onEnd;
  }

  post(event: Event | TimerFired): void {
    this.#inbox.push(event);
    this.#schedule();
  }

  end(): void {
    this.#isOver = true;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    this.#inbox = [];
  }

  #schedule(): void {
    if (this.#draining || this.#isOver) return;
    this.#draining = true;
    this.#host.time.after(this.#host.random.between(0.01, 0.1), () => {
      this.#draining = false;
      if (!this.#isOver) this.#drain();
    });
  }

  #drain(): void {
    const events = this.#inbox;
    this.#inbox = [];
    for (const event of events) {
      this.#note(event);
      const frame = this.#stepOne(event);
      if (frame === undefined) return;
      this.#records.push(...frame.records);
      this.#effects.push(...frame.effects);
      this.#definition.onStep?.(this.state, event, frame);
    }
    this.#flush();
  }

  #stepOne(event: Event | TimerFired): Frame<Effect> | undefined {
    const { clock, onBug } = this.#host;
    const { state, ids } = this.#parts;
    try {
      return this.#definition.step(state, event, { wallMs: clock.wallMs(), monoMs: clock.monoMs(), ids });
    } catch (error) {
      onBug(error);
      this.#onEnd('a step threw');
      return undefined;
    }
  }

  #note(event: Event | TimerFired): void {
    const { trace, time, name } = this.#host;
    const { describe } = this.#definition;
    const what =
      describe?.(event) ?? (event.kind === 'timer.fired' ? `timer ${(event as TimerFired).key}` : event.kind);
    trace.note(time.nowMs, name, what);
  }

  #flush(): void {
    if (this.#committing || this.#isOver) return;
    const effects = this.#effects;
    this.#effects = [];
    if (this.#records.length === 0) {
      this.#release(effects);
      return;
    }
    const records = this.#records;
    this.#records = [];
    this.#committing = true;
    this.#host.time.after(this.#host.commitMs(), () => this.#committed(records, effects));
  }

  #committed(records: readonly StoreChange[], effects: readonly Effect[]): void {
    if (this.#isOver) return;
    this.#committing = false;
    const { crashesAt } = this.#host;
    if (crashesAt?.('before-commit') === true) {
      this.#onEnd('crash at before-commit');
      return;
    }
    this.#parts.store.commitSync(records);
    this.#definition.onCommit?.(records);
    if (crashesAt?.('after-commit') === true) {
      this.#onEnd('crash at after-commit');
      return;
    }
    if (effects.length > 1 && crashesAt?.('amid-effects') === true) {
      this.#release(effects.slice(0, this.#host.random.integer(effects.length)));
      this.#onEnd('crash at amid-effects');
      return;
    }
    this.#release(effects);
    this.#flush();
  }

  #release(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (this.#isOver) return;
      if (isTimer(effect)) this.#setTimer(effect);
      else this.#definition.perform(effect as Exclude<Effect, TimerEffect>);
    }
  }

  #setTimer(effect: TimerEffect): void {
    this.#timers.get(effect.key)?.cancel();
    this.#timers.delete(effect.key);
    if (effect.kind === 'timer.clear') return;
    const delayMs = Math.max(0, this.#host.clock.toTrueMs((effect as SetTimer).delayMs));
    const timer = this.#host.time.after(delayMs, () => {
      this.#timers.delete(effect.key);
      this.post({ kind: 'timer.fired', key: effect.key });
    });
    this.#timers.set(effect.key, timer);
  }
}

function isTimer(effect: { readonly kind: string }): effect is TimerEffect {
  return effect.kind === 'timer.set' || effect.kind === 'timer.clear';
}
