import { joinFailure, joinSuccess, type ParentResult } from './join.ts';
import {
  addSkip,
  lastAttempt,
  newRun,
  type Origins,
  type Run,
  type RunCause,
  type RunOutcome,
  type SkipRange,
} from './run.ts';
import {
  dequeue,
  enqueue,
  isBusy,
  type JobEntry,
  saveJoin,
  saveProgress,
  saveRun,
  scheduleSlot,
  storeKeys,
  type Turn,
} from './state.ts';

/** Durations that percentiles are computed from. */
const SAMPLES_KEPT = 128;

/**
 * Makes a run and queues it. When the due time already names a run of the job, the next free millisecond is taken, so that the pair of
 * job and due time stays unique.
 */
export function createRun(
  turn: Turn,
  entry: JobEntry,
  init: {
    readonly dueMs: number;
    readonly cause: RunCause;
    readonly arguments?: string | undefined;
    readonly origins?: Origins;
  },
): Run {
  const { state, ctx } = turn;
  const { name } = entry.job;
  let dueMs = Math.max(0, Math.floor(init.dueMs));
  while (knowsRun(entry, dueMs)) dueMs++;
  const run = newRun({
    job: name,
    dueMs,
    cause: init.cause,
    arguments: init.arguments,
    origins: init.origins ?? { [name]: dueMs },
    createdMs: ctx.wallMs,
  });
  saveRun(turn, entry, run);
  enqueue(state, run);
  return run;
}

/** Whether a due time of the job has a run that is remembered. */
function knowsRun(entry: JobEntry, dueMs: number): boolean {
  return entry.active.has(dueMs) || entry.history.some((run) => run.dueMs === dueMs);
}

/** Ends a run: history, statistics, dependents, and what waited for the job to be idle. */
export function endRun(turn: Turn, entry: JobEntry, run: Run, outcome: RunOutcome, note: string): void {
  const { state, ctx, frame } = turn;
  const ended: Run = { ...run, phase: 'ended', outcome, note, endedMs: ctx.wallMs, retry: undefined };
  dequeue(state, run);
  const attempt = lastAttempt(run);
  if (attempt !== undefined) state.tasks.delete(attempt.taskId);
  entry.active.delete(run.dueMs);
  frame.put(storeKeys.run(run.job, run.dueMs), ended);
  keepHistory(turn, entry, ended);
  if (outcome === 'success') onSuccess(turn, entry, ended);
  else if (outcome === 'failure') onFinalFailure(turn, entry, ended, note);
  else if (outcome === 'killed') failDependents(turn, entry, ended);
  onIdle(turn, entry);
}

/** Counts a success and releases dependents; also for a job that is marked as successful by hand. */
export function countSuccess(turn: Turn, entry: JobEntry, result: ParentResult): void {
  saveProgress(turn, entry, {
    successCount: entry.progress.successCount + 1,
    errorsSinceLastSuccess: 0,
    lastSuccessMs: turn.ctx.wallMs,
  });
  releaseDependents(turn, result);
}

/** Records due times that are not run. */
export function recordSkip(turn: Turn, entry: JobEntry, skip: SkipRange): void {
  saveProgress(turn, entry, { skips: addSkip(entry.progress.skips, skip) });
}

/** Takes up what waited for the job: a dependent's pending turn, or the schedule. */
export function onIdle(turn: Turn, entry: JobEntry): void {
  const pending = entry.progress.pendingTrigger;
  if (pending !== undefined && !isBusy(entry)) {
    saveProgress(turn, entry, { pendingTrigger: undefined });
    if (entry.job.disabled) recordSkip(turn, entry, oneSkip(pending.dueMs, 'disabled'));
    else createRun(turn, entry, { ...pending, cause: 'parents' });
  }
  scheduleSlot(turn.state, entry);
}

/** Writes a changed definition that is ours, not a client's (a job that disables itself). */
export function disableJob(turn: Turn, entry: JobEntry, why: string): void {
  entry.job = { ...entry.job, disabled: true };
  turn.frame.put(storeKeys.job(entry.job.name), entry.job);
  turn.frame.emit({ kind: 'log', level: 'warn', message: `job disabled: ${why}`, fields: { job: entry.job.name } });
}

function onSuccess(turn: Turn, entry: JobEntry, run: Run): void {
  const { name } = entry.job;
  const tookMs = turn.ctx.wallMs - run.createdMs;
  if (tookMs >= 0) {
    entry.samples = [...entry.samples.slice(1 - SAMPLES_KEPT), tookMs];
    turn.frame.put(storeKeys.samples(name), entry.samples);
  }
  countSuccess(turn, entry, { parent: name, origins: run.origins, isRepair: run.cause === 'manual' });
  const isExhausted = run.cause === 'schedule' && entry.progress.remaining === 0;
  if (isExhausted && !isBusy(entry) && !entry.job.disabled) {
    disableJob(turn, entry, 'its schedule has no runs left');
  }
}

function onFinalFailure(turn: Turn, entry: JobEntry, run: Run, note: string): void {
  const { name, softError, disabled } = entry.job;
  const failuresInRow = entry.progress.errorsSinceLastSuccess + 1;
  saveProgress(turn, entry, {
    errorCount: entry.progress.errorCount + 1,
    errorsSinceLastSuccess: failuresInRow,
    lastErrorMs: turn.ctx.wallMs,
  });
  turn.frame.emit({
    kind: 'log',
    level: 'warn',
    message: `run failed: ${note}`,
    fields: { job: name, due: run.dueMs },
  });
  if (softError) releaseDependents(turn, { parent: name, origins: run.origins, isRepair: run.cause === 'manual' });
  else failDependents(turn, entry, run);
  const limit = turn.state.config.disableAfterFailures;
  if (limit > 0 && failuresInRow >= limit && !disabled)
    disableJob(turn, entry, `${failuresInRow} failed runs in a row`);
}

function releaseDependents(turn: Turn, result: ParentResult): void {
  const { state, ctx } = turn;
  for (const name of state.dag.childrenOf(result.parent)) {
    const child = state.jobs.get(name);
    if (child === undefined) continue;
    const { join, fires } = joinSuccess(child.join, state.dag.parentsOf(name), result);
    saveJoin(turn, child, join);
    if (fires !== undefined) trigger(turn, child, ctx.wallMs, fires);
  }
}

function failDependents(turn: Turn, entry: JobEntry, run: Run): void {
  const { state } = turn;
  const { name } = entry.job;
  for (const childName of state.dag.childrenOf(name)) {
    const child = state.jobs.get(childName);
    if (child === undefined) continue;
    const result = { parent: name, origins: run.origins, isRepair: false };
    saveJoin(turn, child, joinFailure(child.join, state.dag.parentsOf(childName), result));
  }
}

/** A dependent's turn has come. */
function trigger(turn: Turn, entry: JobEntry, dueMs: number, origins: Origins): void {
  const { pendingTrigger } = entry.progress;
  if (entry.job.disabled) {
    recordSkip(turn, entry, oneSkip(dueMs, 'disabled'));
    return;
  }
  if (entry.job.concurrent || !isBusy(entry)) {
    createRun(turn, entry, { dueMs, cause: 'parents', origins });
    return;
  }
  if (pendingTrigger !== undefined) recordSkip(turn, entry, oneSkip(pendingTrigger.dueMs, 'superseded'));
  saveProgress(turn, entry, { pendingTrigger: { dueMs, origins } });
}

function keepHistory(turn: Turn, entry: JobEntry, run: Run): void {
  const history = [...entry.history, run];
  const dropped = history.slice(0, Math.max(0, history.length - turn.state.config.runsKept));
  for (const old of dropped) turn.frame.delete(storeKeys.run(old.job, old.dueMs));
  entry.history = history.slice(dropped.length);
}

/** A range of one due time. */
export function oneSkip(dueMs: number, reason: SkipRange['reason']): SkipRange {
  return { fromMs: dueMs, toMs: dueMs, count: 1, reason };
}
