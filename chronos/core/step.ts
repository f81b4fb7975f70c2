import { type Frame, FrameBuilder, type StepContext } from '../../sdk/base/step.ts';
import { forgetFrameworkId, type Signal, startSubscription, stepSubscription } from '../../sdk/scheduler/core.ts';
import { addTaskProgress, deleteJob, killJob, markSuccess, purgeQueue, reportTask, runJob } from './commands.ts';
import { decideDue, releaseRetries } from './decide.ts';
import { updateDemand } from './demand.ts';
import { type ChronosEffect, WAKE_TIMER } from './effects.ts';
import type { ApiEvent, ChronosEvent } from './events.ts';
import { onOffers } from './launch.ts';
import { putJob } from './put-job.ts';
import { onSubscribed, reconcileDue } from './reconcile.ts';
import type { Reply } from './reply.ts';
import { type ChronosState, runKey, scheduleSlot, storeKeys, type Turn } from './state.ts';
import { onStatus } from './statuses.ts';

/** The wall clock may be set while we sleep, so it is looked at this often whatever is due. */
const SLEEP_MS_MAX = 30_000;

/**
 * Chronos' brain: one event in, records and effects out. After every event it decides what is due, tells the allocator whether offers are wanted, and
 * sets the one timer that wakes it.
 */
export function step(state: ChronosState, event: ChronosEvent, ctx: StepContext): Frame<ChronosEffect> {
  const turn: Turn = { state, ctx, frame: new FrameBuilder<ChronosEffect>() };
  onEvent(turn, event);
  const isMoreDue = decideDue(turn);
  releaseRetries(turn);
  const demandMs = updateDemand(turn);
  const reconcileMs = reconcileDue(turn);
  setWake(turn, isMoreDue, [demandMs, reconcileMs]);
  return turn.frame;
}

function onEvent(turn: Turn, event: ChronosEvent): void {
  const { state, ctx, frame } = turn;
  switch (event.kind) {
    case 'start':
      onStart(turn);
      return;
    case 'timer.fired':
      if (event.key === WAKE_TIMER) state.wakeMonoMs = undefined;
      else onSignals(turn, stepSubscription(state.subscription, event, ctx, frame));
      return;
    case 'scheduler.event':
    case 'scheduler.closed':
      onSignals(turn, stepSubscription(state.subscription, event, ctx, frame));
      return;
    default:
      frame.emit({ kind: 'http.reply', requestId: event.requestId, ...answer(turn, event) });
  }
}

function answer(turn: Turn, event: ApiEvent): Reply {
  switch (event.kind) {
    case 'api.put-job':
      return putJob(turn, event.request);
    case 'api.delete-job':
      return deleteJob(turn, event);
    case 'api.run-job':
      return runJob(turn, event);
    case 'api.kill-job':
      return killJob(turn, event);
    case 'api.mark-success':
      return markSuccess(turn, event);
    case 'api.report-task':
      return reportTask(turn, event);
    case 'api.task-progress':
      return addTaskProgress(turn, event);
    case 'api.purge-queue':
      return purgeQueue(turn);
  }
}

/** First step of a process: retry delays go on with what was left of them, slots come into the heap. */
function onStart(turn: Turn): void {
  const { state, ctx, frame } = turn;
  state.startedMs = ctx.wallMs;
  state.demand.countedMonoMs = ctx.monoMs;
  for (const entry of state.jobs.values()) {
    scheduleSlot(state, entry);
    for (const run of entry.active.values()) {
      if (run.phase !== 'waiting' || run.retry === undefined) continue;
      const leftMs = Math.min(run.retry.delayMs, Math.max(0, run.retry.notBeforeMs - ctx.wallMs));
      state.retries.push(ctx.monoMs + leftMs, runKey(run.job, run.dueMs));
    }
  }
  startSubscription(state.subscription, ctx, frame);
}

function onSignals(turn: Turn, signals: readonly Signal[]): void {
  for (const signal of signals) onSignal(turn, signal);
}

function onSignal(turn: Turn, signal: Signal): void {
  const { state, ctx, frame } = turn;
  switch (signal.kind) {
    case 'subscribed':
      if (signal.isNew) frame.put(storeKeys.frameworkId, signal.frameworkId);
      frame.emit({ kind: 'log', level: 'info', message: 'subscribed', fields: { framework: signal.frameworkId } });
      state.demand.needsRevive = true;
      onSubscribed(turn);
      return;
    case 'disconnected':
      frame.emit({ kind: 'log', level: 'warn', message: 'lost the master', fields: { reason: signal.reason } });
      return;
    case 'refused':
      frame.emit({ kind: 'log', level: 'error', message: 'the master refuses us', fields: { reason: signal.message } });
      if (!signal.removed) return;
      // The id is dead and its tasks with it: a new one is asked for, and reconciliation tells which runs were cut short.
      forgetFrameworkId(state.subscription);
      frame.delete(storeKeys.frameworkId);
      startSubscription(state.subscription, ctx, frame);
      return;
    case 'event': {
      const { event } = signal;
      if (event.type === 'OFFERS') onOffers(turn, event.offers?.offers ?? []);
      else if (event.type === 'UPDATE' && event.update !== undefined) onStatus(turn, event.update.status);
    }
  }
}

/** Sets the wake timer when it has to ring earlier than it would; a ring too many only looks and sleeps again. */
function setWake(turn: Turn, isMoreDue: boolean, delaysMs: readonly (number | undefined)[]): void {
  const { state, ctx, frame } = turn;
  const slot = state.slots.peek();
  const retry = state.retries.peek();
  const waits = [
    ...delaysMs,
    isMoreDue ? 0 : undefined,
    slot === undefined ? undefined : Math.min(SLEEP_MS_MAX, slot.atMs - ctx.wallMs),
    retry === undefined ? undefined : retry.atMs - ctx.monoMs,
  ].filter((delayMs) => delayMs !== undefined);
  if (waits.length === 0) return;
  const delayMs = Math.max(0, Math.min(...waits));
  const atMonoMs = ctx.monoMs + delayMs;
  if (state.wakeMonoMs !== undefined && state.wakeMonoMs <= atMonoMs) return;
  state.wakeMonoMs = atMonoMs;
  frame.emit({ kind: 'timer.set', key: WAKE_TIMER, delayMs });
}
