import { createRun, oneSkip, recordSkip } from './runs.ts';
import { latestSlotIndex, type Schedule, slotMs, startsWhenPosted } from './schedule.ts';
import { enqueue, isBusy, type JobEntry, saveProgress, saveRun, scheduleSlot, type Turn } from './state.ts';

/** Decisions of one step; what is left comes in the next one, so that requests get their turn. */
const DECISIONS_PER_STEP_MAX = 2_000;

/**
 * Decides every slot that is due, of every job.
 *
 * @returns whether something due was left for the next step.
 */
export function decideDue(turn: Turn): boolean {
  const { state, ctx } = turn;
  for (let count = 0; ; count++) {
    const next = state.slots.peek();
    if (next === undefined || next.atMs > ctx.wallMs) return false;
    if (count === DECISIONS_PER_STEP_MAX) return true;
    state.slots.pop();
    const entry = state.jobs.get(next.key);
    if (entry === undefined || entry.heapMs !== next.atMs) continue;
    entry.heapMs = undefined;
    decideJob(turn, entry);
    scheduleSlot(state, entry);
  }
}

/** Queues every run whose retry delay is over. */
export function releaseRetries(turn: Turn): void {
  const { state, ctx } = turn;
  for (;;) {
    const next = state.retries.peek();
    if (next === undefined || next.atMs > ctx.monoMs) return;
    state.retries.pop();
    const at = next.key.indexOf('/');
    const entry = state.jobs.get(next.key.slice(at + 1));
    const run = entry?.active.get(Number(next.key.slice(0, at)));
    if (entry === undefined || run?.phase !== 'waiting') continue;
    const queued = { ...run, phase: 'queued', retry: undefined } as const;
    saveRun(turn, entry, queued);
    enqueue(state, queued);
  }
}

/**
 * Decides one job's slots up to now: the latest one is run, or skipped when it is later than epsilon; earlier ones have been superseded
 * by it. A job that may not overlap decides when its run has ended.
 *
 * Rn counts runs: a schedule of R3 runs three times however many slots were skipped.
 */
function decideJob(turn: Turn, entry: JobEntry): void {
  const { job, progress } = entry;
  if (job.trigger.kind !== 'schedule' || job.disabled || progress.remaining === 0) return;
  if (isBusy(entry) && !job.concurrent) return;
  const { schedule } = job.trigger;
  const { wallMs } = turn.ctx;
  const latest = latestSlotIndex(schedule, wallMs);
  if (latest < progress.nextIndex) return;
  const dueMs = slotMs(schedule, latest);
  if (dueMs === undefined) return;
  if (latest > progress.nextIndex) recordSuperseded(turn, entry, schedule, latest);
  const epsilon = job.epsilon ?? turn.state.config.epsilon;
  const next = { nextIndex: latest + 1, nextMs: slotMs(schedule, latest + 1) };
  if (epsilon !== undefined && wallMs - dueMs > epsilon.toleranceMs) {
    recordSkip(turn, entry, { ...oneSkip(dueMs, 'late'), slots: { from: latest, end: latest + 1 } });
    saveProgress(turn, entry, next);
    return;
  }
  const remaining = progress.remaining === undefined ? undefined : progress.remaining - 1;
  saveProgress(turn, entry, { ...next, remaining, hasRun: true });
  createRun(turn, entry, { dueMs, cause: 'schedule' });
}

function recordSuperseded(turn: Turn, entry: JobEntry, schedule: Schedule, latest: number): void {
  const { nextIndex } = entry.progress;
  const fromMs = slotMs(schedule, nextIndex);
  const toMs = slotMs(schedule, latest - 1);
  if (fromMs === undefined || toMs === undefined) return;
  const slots = { from: nextIndex, end: latest };
  recordSkip(turn, entry, { fromMs, toMs, count: latest - nextIndex, reason: 'superseded', slots });
}

/**
 * Where a job that is new, or has a new schedule, begins: with the latest slot not after now, or with slot 0. Slots before that were due when there was
 * no such job. A slot that the job has already decided is not decided again.
 */
export function firstSlot(
  entry: JobEntry,
  schedule: Schedule,
  wallMs: number,
): { nextIndex: number; nextMs: number | undefined } {
  const latest = latestSlotIndex(schedule, wallMs);
  const index = Math.max(0, latest);
  const dueMs = slotMs(schedule, index);
  const isDecided = [...entry.active.values(), ...entry.history].some(
    (run) => run.cause === 'schedule' && run.dueMs === dueMs,
  );
  if (isDecided && latest >= 0 && !startsWhenPosted(schedule)) {
    return { nextIndex: index + 1, nextMs: slotMs(schedule, index + 1) };
  }
  return { nextIndex: index, nextMs: dueMs };
}
