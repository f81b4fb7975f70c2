import type { FrameBuilder, StepContext } from '../../sdk/base/step.ts';
import { newSubscription, type Subscription } from '../../sdk/scheduler/core.ts';
import type { FrameworkInfo } from '../../sdk/v1/generated/mesos.ts';
import { Dag } from './dag.ts';
import type { ChronosEffect } from './effects.ts';
import { DueHeap } from './heap.ts';
import type { Epsilon, Job } from './job.ts';
import type { Join } from './join.ts';
import { lastAttempt, type Origins, type Run, type SkipRange } from './run.ts';

/**
 * What Chronos knows. Owned and changed by `core/` only, in place; jobs, runs and progress inside are values that are replaced whole.
 *
 *     schedule --decide--> run queued --offer--> attempt live --status--> ended --> dependents
 *        ^                                                                  |
 *        +---------------------- job idle again ---------------------------+
 *
 * Invariants: each due time of a job is decided once, in order, as a run or a recorded skip; a run has at most one live attempt; a job that is not
 * `concurrent` has at most one run that was launched and has not ended; every stored value is written in the same frame as the decision that it records.
 */
export interface ChronosState {
  readonly config: ChronosConfig;
  readonly subscription: Subscription;
  readonly jobs: Map<string, JobEntry>;
  readonly dag: Dag;
  /** Runs that wait for an offer, in order; the first queue is always looked at first. */
  readonly queues: { readonly high: Map<string, RunRef>; readonly normal: Map<string, RunRef> };
  /** Attempts that may be alive, by task id. */
  readonly tasks: Map<string, LiveTask>;
  /** Tasks that we no longer want and whose end we have not seen. */
  readonly orphans: Map<string, Orphan>;
  /** Jobs by the wall time of their next due slot. */
  readonly slots: DueHeap;
  /** Runs that wait for a retry, by monotonic time. */
  readonly retries: DueHeap;
  readonly demand: Demand;
  /** Monotonic time for which the wake timer is set. */
  wakeMonoMs: number | undefined;
  /** Monotonic time at which doubtful tasks are asked about next. */
  reconcileMonoMs: number | undefined;
  /** How long until then: grows while the subscription lasts. */
  recheckMs: number;
  /** Monotonic time at which the master was last asked about everything. */
  fullReconcileMonoMs: number | undefined;
  /** Wall time of the process' first step, for display. */
  startedMs: number | undefined;
}

/** What the flags say. */
export interface ChronosConfig {
  /** As sent in SUBSCRIBE, without an id. */
  readonly frameworkInfo: FrameworkInfo;
  /** `host:port` that /leader answers. */
  readonly leader: string;
  /** Shown in /info. */
  readonly clusterName: string | undefined;
  readonly user: string;
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly failureRetryMs: number;
  /** Lateness allowed where a job says nothing. */
  readonly epsilon: Epsilon | undefined;
  /** Failures in a row after which a job is disabled; 0 never. */
  readonly disableAfterFailures: number;
  readonly reconciliationIntervalMs: number;
  readonly declineOfferMs: number;
  readonly minReviveIntervalMs: number;
  /** Ended runs that job/stat shows. */
  readonly historyLimit: number;
  /** Ended runs that are kept per job. */
  readonly runsKept: number;
}

/** A job with what happened to it. */
export interface JobEntry {
  job: Job;
  progress: Progress;
  join: Join;
  /** Runs that have not ended, by due time. */
  readonly active: Map<number, Run>;
  /** Ended runs, oldest first. */
  history: readonly Run[];
  /** How long the newest successful runs took, in ms, oldest first. */
  samples: readonly number[];
  /** Due time under which the job is in the slots heap; other entries of it there mean nothing. */
  heapMs: number | undefined;
}

/** How far a job has come; stored with every decision. */
export interface Progress {
  /** Slot that is decided next, and its instant; undefined when there is none. */
  readonly nextIndex: number;
  readonly nextMs: number | undefined;
  /** Runs that the schedule still has; undefined is without end. */
  readonly remaining: number | undefined;
  /** The schedule has made a run. */
  readonly hasRun: boolean;
  /** A dependent's turn that came while its last run was under way. */
  readonly pendingTrigger: { readonly dueMs: number; readonly origins: Origins } | undefined;
  readonly successCount: number;
  readonly errorCount: number;
  readonly errorsSinceLastSuccess: number;
  readonly lastSuccessMs: number | undefined;
  readonly lastErrorMs: number | undefined;
  readonly skips: readonly SkipRange[];
}

export interface RunRef {
  readonly job: string;
  readonly dueMs: number;
  /** What the last offers lacked, and how many of them; for "why is it not running?". */
  refusals: ReadonlyMap<string, number>;
}

export interface LiveTask {
  readonly job: string;
  readonly dueMs: number;
  readonly agentId: string;
  /** Since when nobody has told us how it is; undefined when somebody has. */
  unconfirmedMonoMs: number | undefined;
}

export interface Orphan {
  readonly agentId: string | undefined;
}

/** Our standing with the allocator. */
export interface Demand {
  isSuppressed: boolean;
  /** Something new is queued since the last REVIVE. */
  needsRevive: boolean;
  /** Tokens left for REVIVE, and when they were counted. */
  tokens: number;
  countedMonoMs: number;
}

export type ChronosFrame = FrameBuilder<ChronosEffect>;

/** What core functions work with: state, this step's context, and the frame that collects their decisions. */
export interface Turn {
  readonly state: ChronosState;
  readonly ctx: StepContext;
  readonly frame: ChronosFrame;
}

/** Keys of stored values. */
export const storeKeys = {
  frameworkId: 'framework/id',
  job: (name: string) => `job/${name}`,
  progress: (name: string) => `progress/${name}`,
  join: (name: string) => `join/${name}`,
  samples: (name: string) => `samples/${name}`,
  run: (name: string, dueMs: number) => `run/${name}/${dueMs}`,
  orphan: (taskId: string) => `orphan/${taskId}`,
} as const;

export const REVIVE_TOKENS_MAX = 10;

/** A Chronos that knows nothing. */
export function initialChronosState(config: ChronosConfig): ChronosState {
  return {
    config,
    subscription: newSubscription(config.frameworkInfo),
    jobs: new Map(),
    dag: new Dag(),
    queues: { high: new Map(), normal: new Map() },
    tasks: new Map(),
    orphans: new Map(),
    slots: new DueHeap(),
    retries: new DueHeap(),
    demand: { isSuppressed: false, needsRevive: false, tokens: REVIVE_TOKENS_MAX, countedMonoMs: 0 },
    wakeMonoMs: undefined,
    reconcileMonoMs: undefined,
    recheckMs: 1_000,
    fullReconcileMonoMs: undefined,
    startedMs: undefined,
  };
}

/** A job without a past. */
export function newJobEntry(job: Job, progress: Progress): JobEntry {
  return { job, progress, join: {}, active: new Map(), history: [], samples: [], heapMs: undefined };
}

/** A job's first progress, before its schedule is looked at. */
export const freshProgress: Progress = {
  nextIndex: 0,
  nextMs: undefined,
  remaining: undefined,
  hasRun: false,
  pendingTrigger: undefined,
  successCount: 0,
  errorCount: 0,
  errorsSinceLastSuccess: 0,
  lastSuccessMs: undefined,
  lastErrorMs: undefined,
  skips: [],
};

/** Key of a run inside the process. */
export function runKey(job: string, dueMs: number): string {
  return `${dueMs}/${job}`;
}

/** The run behind a key or task; undefined when it has ended. */
export function activeRun(state: ChronosState, ref: { readonly job: string; readonly dueMs: number }): Run | undefined {
  return state.jobs.get(ref.job)?.active.get(ref.dueMs);
}

/** Whether a run of the job is under way, so that a job that is not concurrent has to wait. */
export function isBusy(entry: JobEntry): boolean {
  return entry.active.size > 0;
}

/** Queues a run. */
export function enqueue(state: ChronosState, run: Run): void {
  const entry = state.jobs.get(run.job);
  const queue = entry?.job.highPriority === true ? state.queues.high : state.queues.normal;
  queue.set(runKey(run.job, run.dueMs), { job: run.job, dueMs: run.dueMs, refusals: new Map() });
  state.demand.needsRevive = true;
}

/** Takes a run from the queues. */
export function dequeue(state: ChronosState, run: Run): void {
  const key = runKey(run.job, run.dueMs);
  state.queues.high.delete(key);
  state.queues.normal.delete(key);
}

/** Remembers a run that has not ended, durably. */
export function saveRun(turn: Turn, entry: JobEntry, run: Run): void {
  entry.active.set(run.dueMs, run);
  turn.frame.put(storeKeys.run(run.job, run.dueMs), run);
}

/** Changes a job's progress, durably. */
export function saveProgress(turn: Turn, entry: JobEntry, change: Partial<Progress>): void {
  entry.progress = { ...entry.progress, ...change };
  turn.frame.put(storeKeys.progress(entry.job.name), entry.progress);
}

/** Changes a job's join, durably. */
export function saveJoin(turn: Turn, entry: JobEntry, join: Join): void {
  if (entry.join === join) return;
  entry.join = join;
  const key = storeKeys.join(entry.job.name);
  if (Object.keys(join).length === 0) turn.frame.delete(key);
  else turn.frame.put(key, join);
}

/** Puts a job's next due time into the heap, unless the job waits for its run to end. */
export function scheduleSlot(state: ChronosState, entry: JobEntry): void {
  const { nextMs, remaining } = entry.progress;
  const isParked = entry.job.disabled || remaining === 0 || (isBusy(entry) && !entry.job.concurrent);
  const dueMs = isParked ? undefined : nextMs;
  if (dueMs === entry.heapMs) return;
  entry.heapMs = dueMs;
  if (dueMs !== undefined) state.slots.push(dueMs, entry.job.name);
}

/** The attempt that may be alive; undefined when the run has none. */
export function liveTaskId(run: Run): string | undefined {
  return run.phase === 'live' ? lastAttempt(run)?.taskId : undefined;
}
