/**
 * Time as an input. Decisions never read a clock: the Loop hands them both readings in the step's context.
 *
 * `wallMs` is for schedules and displayed times only. `monoMs` never jumps and is for durations: timers,
 * backoff, pings, leases.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch; may jump. */
  wallMs(): number;
  /** Milliseconds since some fixed point; never goes back. */
  monoMs(): number;
}

/** The machine's clocks. The only place of the project that reads them for decisions. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monoMs: () => performance.now(),
};
