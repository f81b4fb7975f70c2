import type { TaskState } from '../../sdk/v1/generated/mesos.ts';

/**
 * One execution of a job for one due time.
 *
 *     queued --launch--> live --FINISHED--------------------------------> ended (success)
 *       ^                 |  \--FINISHED, async--> reporting --report--> ended (success, failure)
 *       |                 |--FAILED, ERROR, retries left--> waiting --+
 *       |                 |--interrupted-----------------> waiting --+   ended (failure, killed, skipped)
 *       +--------------------------------------------------delay over+
 *
 * (job, dueMs) identifies a run for ever. At most one of its attempts is live: the next one is only made once the last one's end is known.
 */
export interface Run {
  readonly job: string;
  readonly dueMs: number;
  readonly cause: RunCause;
  /** Arguments of a run-now, in place of the job's own. */
  readonly arguments: string | undefined;
  /** The root runs that this one descends from: job name to due time. What belongs together has equal ones. */
  readonly origins: Origins;
  readonly createdMs: number;
  readonly phase: RunPhase;
  /** Set when ended. */
  readonly outcome: RunOutcome | undefined;
  readonly endedMs: number | undefined;
  /** Why it ended or waits, in words; empty when that is plain. */
  readonly note: string;
  /** Attempts that failed. */
  readonly failures: number;
  /** Attempts that ended without their or our doing; they count as no failure. */
  readonly interruptions: number;
  /** Attempts made so far: the number of the next one. */
  readonly launches: number;
  /** The newest attempts, oldest first. */
  readonly attempts: readonly Attempt[];
  /** When a waiting run is queued again: wall time and the whole delay. */
  readonly retry: { readonly notBeforeMs: number; readonly delayMs: number } | undefined;
  /** Status code that an async run was reported with. */
  readonly reportedCode: number | undefined;
}

export type RunCause = 'schedule' | 'parents' | 'manual';
export type RunPhase = 'queued' | 'live' | 'reporting' | 'waiting' | 'ended';
export type RunOutcome = 'success' | 'failure' | 'killed' | 'skipped';
export type Origins = Readonly<Record<string, number>>;

/** One task of a run. */
export interface Attempt {
  readonly number: number;
  readonly taskId: string;
  readonly agentId: string;
  readonly hostname: string;
  readonly launchedMs: number;
  readonly startedMs: number | undefined;
  readonly endedMs: number | undefined;
  /** What the master last said; LAUNCHING until it said anything. */
  readonly state: TaskState | 'LAUNCHING';
  readonly reason: string | undefined;
  readonly message: string | undefined;
  /** We asked for its end. */
  readonly killOrdered: boolean;
  /** Elements that a data processing job reported. */
  readonly elementsProcessed: number | undefined;
}

/** Due times that were not run, as one range. */
export interface SkipRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
  readonly reason: SkipReason;
  /** For slots of a schedule: the first index of the range, and the one after its last. */
  readonly slots?: { readonly from: number; readonly end: number } | undefined;
}

/** superseded: a later due time was there to run. late: later than epsilon allows. disabled: the job was off. */
export type SkipReason = 'superseded' | 'late' | 'disabled';

const ATTEMPTS_KEPT = 20;
const SKIPS_KEPT = 20;

/** A run that nothing has happened to. */
export function newRun(init: Pick<Run, 'job' | 'dueMs' | 'cause' | 'arguments' | 'origins' | 'createdMs'>): Run {
  return {
    ...init,
    phase: 'queued',
    outcome: undefined,
    endedMs: undefined,
    note: '',
    failures: 0,
    interruptions: 0,
    launches: 0,
    attempts: [],
    retry: undefined,
    reportedCode: undefined,
  };
}

/** The run's newest attempt. */
export function lastAttempt(run: Run): Attempt | undefined {
  return run.attempts.at(-1);
}

/** The run with its newest attempt changed. */
export function withAttempt(run: Run, change: Partial<Attempt>): Run {
  const last = lastAttempt(run);
  return last === undefined ? run : { ...run, attempts: [...run.attempts.slice(0, -1), { ...last, ...change }] };
}

/** The run with one more attempt. */
export function addAttempt(run: Run, attempt: Attempt): Run {
  return { ...run, launches: run.launches + 1, attempts: [...run.attempts, attempt].slice(-ATTEMPTS_KEPT) };
}

/** Adds a range of skips; it becomes one with the last range when that has the same reason and nothing was run in between. */
export function addSkip(skips: readonly SkipRange[], skip: SkipRange): readonly SkipRange[] {
  const last = skips.at(-1);
  if (last?.reason !== skip.reason || !isContinued(last, skip)) return [...skips, skip].slice(-SKIPS_KEPT);
  const slots = last.slots && skip.slots && { from: last.slots.from, end: skip.slots.end };
  return [...skips.slice(0, -1), { ...last, toMs: skip.toMs, count: last.count + skip.count, slots }];
}

function isContinued(last: SkipRange, skip: SkipRange): boolean {
  if (last.slots !== undefined && skip.slots !== undefined) return last.slots.end === skip.slots.from;
  // A job that is off runs nothing, so its skips follow each other.
  return skip.reason === 'disabled' && last.slots === undefined && skip.slots === undefined && last.toMs <= skip.fromMs;
}

const TASK_ID_BYTES_MAX = 255;

/**
 * `ct:<due ms>:<attempt>:<name>:<arguments>`, upstream's form. The arguments are there for the reader only: what a task id cannot hold is
 * replaced, and what is too long is cut. Source: TaskUtils.scala.
 */
export function taskIdOf(run: Run, jobArguments: readonly string[]): string {
  const shown = (run.arguments ?? jobArguments.join(' '))
    .replaceAll(';', '')
    // Mesos refuses control characters and slashes in ids; the rest is kept to ASCII so that bytes are characters.
    .replace(/[^ -~]|[/\\]/g, '_');
  return `ct:${run.dueMs}:${run.launches}:${run.job}:${shown}`.slice(0, TASK_ID_BYTES_MAX);
}

/** Whether a text has the form of our task ids. */
export function isTaskId(text: string): boolean {
  return /^ct:\d+:\d+:[\w .#-]+:/.test(text);
}
