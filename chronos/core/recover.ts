import type { Job } from './job.ts';
import type { Join } from './join.ts';
import { lastAttempt, type Run } from './run.ts';
import {
  type ChronosConfig,
  type ChronosState,
  enqueue,
  freshProgress,
  initialChronosState,
  type JobEntry,
  newJobEntry,
  type Orphan,
  type Progress,
} from './state.ts';

/** A stored value. */
export interface StoredValue {
  readonly key: string;
  readonly value: unknown;
}

/**
 * The state that the stored values describe. Nothing is done yet: the `start` event subscribes and takes up what is due, and the master is asked
 * about every attempt that may be alive.
 */
export function recoverChronosState(config: ChronosConfig, entries: Iterable<StoredValue>): ChronosState {
  const state = initialChronosState(config);
  const byKind = groupByKind(entries);
  for (const [name, value] of byKind('job')) {
    const job = value as Job;
    state.jobs.set(name, newJobEntry(job, freshProgress));
    if (job.trigger.kind === 'parents') state.dag.setParents(name, job.trigger.parents);
  }
  const forJob = (kind: string, apply: (entry: JobEntry, value: unknown) => void): void => {
    for (const [name, value] of byKind(kind)) {
      const entry = state.jobs.get(name);
      if (entry !== undefined) apply(entry, value);
    }
  };
  forJob('progress', (entry, value) => {
    // JSON has no undefined, so a key that was absent is read as such from the fresh value.
    entry.progress = { ...freshProgress, ...(value as Partial<Progress>) };
  });
  forJob('join', (entry, value) => {
    entry.join = value as Join;
  });
  forJob('samples', (entry, value) => {
    entry.samples = value as readonly number[];
  });
  recoverRuns(
    state,
    byKind('run').map(([, value]) => value as Run),
  );
  for (const [taskId, value] of byKind('orphan')) state.orphans.set(taskId, value as Orphan);
  for (const [, value] of byKind('framework')) {
    state.subscription.frameworkInfo = { ...state.subscription.frameworkInfo, id: { value: value as string } };
  }
  return state;
}

function recoverRuns(state: ChronosState, runs: readonly Run[]): void {
  const inOrder = [...runs].sort((left, right) => left.createdMs - right.createdMs || left.dueMs - right.dueMs);
  for (const run of inOrder) {
    const entry = state.jobs.get(run.job);
    if (entry === undefined) continue;
    if (run.phase === 'ended') {
      entry.history = [...entry.history, run];
      continue;
    }
    entry.active.set(run.dueMs, run);
    if (run.phase === 'queued') enqueue(state, run);
    const attempt = lastAttempt(run);
    if (run.phase === 'live' && attempt !== undefined) {
      state.tasks.set(attempt.taskId, {
        job: run.job,
        dueMs: run.dueMs,
        agentId: attempt.agentId,
        unconfirmedMonoMs: Number.NEGATIVE_INFINITY,
      });
    }
  }
}

/** Splits keys at the first slash; the rest is the name, which may hold slashes itself. */
function groupByKind(entries: Iterable<StoredValue>): (kind: string) => [string, unknown][] {
  const groups = new Map<string, [string, unknown][]>();
  for (const { key, value } of entries) {
    const at = key.indexOf('/');
    const kind = key.slice(0, at);
    const group = groups.get(kind) ?? [];
    group.push([key.slice(at + 1), value]);
    groups.set(kind, group);
  }
  return (kind) => groups.get(kind) ?? [];
}
