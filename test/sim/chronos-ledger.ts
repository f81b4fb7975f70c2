import type { Job } from '../../chronos/core/job.ts';
import type { Run, SkipRange } from '../../chronos/core/run.ts';
import type { Progress } from '../../chronos/core/state.ts';
import type { StoreChange } from '../../sdk/base/step.ts';
import type { World } from './world.ts';

interface JobBook {
  /** The schedule that the slots below are of. */
  schedule: string;
  startMs: number;
  periodMs: number;
  /** Slots by number: how each was decided. */
  readonly decided: Map<number, 'run' | 'skip'>;
  skips: readonly SkipRange[];
  readonly runs: Set<string>;
  isConcurrent: boolean;
  scheduleRuns: number;
  repetitions: number | undefined;
}

/**
 * An account of its own of what Chronos decided, from what became durable: each due time of a schedule is decided once, as a run or a skip, and
 * none is left out. Only for schedules of whole seconds, so that slots are plain arithmetic.
 */
export class ChronosLedger {
  readonly #world: World;
  readonly #books = new Map<string, JobBook>();
  /** Every task id that was recorded before its launch left, with the lives of its job in which it was. */
  readonly #taskIds = new Map<string, Set<number>>();
  readonly #deletions = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Takes in what has become durable. */
  committed(records: readonly StoreChange[]): void {
    for (const { key, value } of records) {
      const [kind, name = ''] = key.split('/');
      if (kind === 'job') this.#onJob(name, value as Job | undefined);
      else if (kind === 'run' && value !== undefined) this.#onRun(value as Run);
      else if (kind === 'progress' && value !== undefined) this.#onProgress(name, value as Progress);
    }
  }

  /** In how many lives of its job a task id was recorded: a job that is deleted and posted again may use it again. */
  recordings(taskId: string): number {
    return this.#taskIds.get(taskId)?.size ?? 0;
  }

  /** Whether runs of a job may overlap; undefined for a job that is not there. */
  isConcurrent(name: string): boolean | undefined {
    return this.#books.get(name)?.isConcurrent;
  }

  /** @throws Violation when a due time before the newest decided one was left out. */
  checkGaps(): void {
    for (const [name, { decided }] of this.#books) {
      const slots = [...decided.keys()].sort((left, right) => left - right);
      for (const [at, slot] of slots.entries()) {
        if (slot === (slots[0] ?? 0) + at) continue;
        this.#world.fail('each due time has one decision', `${name}: slot ${slot - 1} was left out`);
      }
    }
  }

  #onJob(name: string, job: Job | undefined): void {
    if (job === undefined) {
      this.#books.delete(name);
      this.#deletions.set(name, (this.#deletions.get(name) ?? 0) + 1);
      return;
    }
    const { trigger } = job;
    const schedule = trigger.kind === 'schedule' ? JSON.stringify(trigger.schedule) : '';
    const known = this.#books.get(name);
    if (known?.schedule === schedule) {
      known.isConcurrent = job.concurrent;
      return;
    }
    this.#books.set(name, {
      schedule,
      startMs: trigger.kind === 'schedule' ? trigger.schedule.anchorDigitsMs : 0,
      periodMs: trigger.kind === 'schedule' ? trigger.schedule.period.exactMs : 0,
      decided: new Map(),
      // What the old definition skipped is of other slots.
      skips: known?.skips ?? [],
      runs: known?.runs ?? new Set(),
      isConcurrent: job.concurrent,
      scheduleRuns: 0,
      repetitions: trigger.kind === 'schedule' ? trigger.schedule.repetitions : undefined,
    });
  }

  #onRun(run: Run): void {
    for (const { taskId } of run.attempts) {
      const lives = this.#taskIds.get(taskId) ?? new Set();
      this.#taskIds.set(taskId, lives.add(this.#deletions.get(run.job) ?? 0));
    }
    const book = this.#books.get(run.job);
    if (book === undefined) return;
    const key = `${run.dueMs}/${run.createdMs}`;
    if (book.runs.has(key)) return;
    book.runs.add(key);
    if (run.cause !== 'schedule') return;
    book.scheduleRuns++;
    if (book.repetitions !== undefined && book.scheduleRuns > book.repetitions) {
      this.#world.fail('a finite schedule runs as often as it says', `${run.job} ran ${book.scheduleRuns} times`);
    }
    this.#decide(run.job, book, run.dueMs, 'run');
  }

  #onProgress(name: string, progress: Progress): void {
    const book = this.#books.get(name);
    if (book === undefined) return;
    for (const range of progress.skips) {
      if (range.reason === 'disabled' || book.periodMs === 0) continue;
      // Ranges of an earlier definition of the job may begin at the same time: their slots are counted otherwise.
      const old = book.skips.find((one) => {
        return one.fromMs === range.fromMs && one.reason === range.reason && one.slots?.from === range.slots?.from;
      });
      // A range may hold runs in between: what is new are the last ones before its end.
      const last = Math.floor((range.toMs - book.startMs) / book.periodMs);
      for (let more = range.count - (old?.count ?? 0); more > 0; more--) {
        this.#decide(name, book, book.startMs + (last - more + 1) * book.periodMs, 'skip');
      }
    }
    book.skips = progress.skips;
  }

  #decide(name: string, book: JobBook, dueMs: number, how: 'run' | 'skip'): void {
    // A run on a taken millisecond gets the next free one: the slot is the one before it.
    const slot = Math.floor((dueMs - book.startMs) / book.periodMs);
    const before = book.decided.get(slot);
    if (before !== undefined) {
      this.#world.fail(
        'each due time has one decision',
        `${name}: slot ${slot} (${dueMs}) was decided as ${before}, now as ${how}`,
      );
    }
    book.decided.set(slot, how);
  }
}
