import type { Clock } from '../../../sdk/base/clock.ts';
import type { Committer } from '../../../sdk/base/loop.ts';
import type { Step } from '../../../sdk/base/step.ts';
import type { MasterEffect } from '../core/effects.ts';
import type { MasterEvent } from '../core/events.ts';
import type { MasterState } from '../core/state.ts';
import { TimeSeries } from './time-series.ts';

type MasterStep = Step<MasterState, MasterEvent, MasterEffect>;

/** Key of the timers that allocate begin so. */
const ALLOCATION = 'allocation.';

/** What only the shell can measure: how long allocations and commits take, and what waits. */
export class Measures {
  readonly #clock: Clock;
  readonly #runs = new TimeSeries();
  readonly #latencies = new TimeSeries();
  readonly #stores = new TimeSeries();
  readonly #dueMs = new Map<string, number>();
  #fetchMs = 0;
  #storing = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Measures how long the registry takes to be read at the start. */
  async fetch<Value>(read: () => Promise<Value>): Promise<Value> {
    const startMs = this.#clock.monoMs();
    const value = await read();
    this.#fetchMs = this.#clock.monoMs() - startMs;
    return value;
  }

  /**
   * Measures the steps that allocate: how late they come after they were due, and how long they take, offers to frameworks
   * included.
   */
  step(step: MasterStep): MasterStep {
    return (state, event, ctx) => {
      if (event.kind !== 'timer.fired' || !event.key.startsWith(ALLOCATION)) return this.#note(step(state, event, ctx));
      const startMs = this.#clock.monoMs();
      const dueMs = this.#dueMs.get(event.key);
      if (dueMs !== undefined) this.#latencies.add(Math.max(0, startMs - dueMs));
      const frame = step(state, event, ctx);
      this.#runs.add(this.#clock.monoMs() - startMs);
      return this.#note(frame);
    };
  }

  /** Measures commits of the registry. */
  committer(store: Committer): Committer {
    return {
      commit: async (changes) => {
        const startMs = this.#clock.monoMs();
        this.#storing++;
        try {
          await store.commit(changes);
        } finally {
          this.#storing--;
        }
        this.#stores.add(this.#clock.monoMs() - startMs);
      },
    };
  }

  /**
   * Everything measured, by upstream's keys.
   *
   * @param waiting events that wait for their step, and requests that wait for their answer.
   */
  figures(waiting: { readonly events: number; readonly requests: number }): ReadonlyMap<string, number> {
    return new Map([
      ...this.#runs.figures('allocator/mesos/allocation_run_ms'),
      ...this.#latencies.figures('allocator/mesos/allocation_run_latency_ms'),
      ...this.#stores.figures('registrar/state_store_ms'),
      ['registrar/state_fetch_ms', this.#fetchMs],
      ['registrar/queued_operations', this.#storing],
      ['master/event_queue_dispatches', waiting.events],
      ['master/event_queue_http_requests', waiting.requests],
      // No peer speaks libprocess to this master.
      ['master/event_queue_messages', 0],
    ]);
  }

  #note<Frame extends ReturnType<MasterStep>>(frame: Frame): Frame {
    for (const effect of frame.effects) {
      if (effect.kind === 'timer.set' && effect.key.startsWith(ALLOCATION)) {
        this.#dueMs.set(effect.key, this.#clock.monoMs() + effect.delayMs);
      }
    }
    return frame;
  }
}
