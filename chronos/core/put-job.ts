import { firstSlot } from './decide.ts';
import { JOB_SIZE_BYTES_MAX, type Job, type JobRequest, type Trigger } from './job.ts';
import { jobJson, scheduleText } from './job-json.ts';
import { done, type Reply, refusal } from './reply.ts';
import { endRun, oneSkip, recordSkip } from './runs.ts';
import { type Parsed, parseSchedule, startsWhenPosted } from './schedule.ts';
import {
  type ChronosState,
  dequeue,
  enqueue,
  freshProgress,
  type JobEntry,
  newJobEntry,
  type Progress,
  saveJoin,
  saveProgress,
  scheduleSlot,
  storeKeys,
  type Turn,
} from './state.ts';

/**
 * POST of a job: creates it or replaces its definition. Everything is checked first; what is stored is stored in one frame.
 *
 * Counters and history stay. Differs: upstream takes the counters from the body, so a POST without them reset them. A schedule that was already
 * there, as posted or as shown, goes on where it was; any other starts anew.
 */
export function putJob(turn: Turn, request: JobRequest): Reply {
  const { state, ctx } = turn;
  const old = state.jobs.get(request.job.name);
  const trigger =
    request.trigger.kind === 'parents' ? checkParents(turn, request) : bindSchedule(old, request, ctx.wallMs);
  if (!trigger.ok) {
    return refusal(400, trigger.problem);
  }
  const job: Job = { ...request.job, trigger: trigger.value };
  const sizeBytes = new TextEncoder().encode(JSON.stringify(jobJson(job, freshProgress, 'v1'))).length;
  if (sizeBytes > JOB_SIZE_BYTES_MAX) {
    return refusal(422, `the definition takes ${sizeBytes} bytes: allowed are ${JOB_SIZE_BYTES_MAX}`);
  }
  storeJob(turn, job, old);
  turn.frame.emit({
    kind: 'log',
    level: 'info',
    message: old === undefined ? 'job created' : 'job replaced',
    fields: { job: job.name },
  });
  return done;
}

/** Stores a checked definition and fits the job's state to it. */
export function storeJob(turn: Turn, job: Job, old: JobEntry | undefined): void {
  const { state, frame } = turn;
  const entry = old ?? newJobEntry(job, freshProgress);
  const progress = progressFor(turn, entry, job, old !== undefined);
  const isPriorityChanged = entry.job.highPriority !== job.highPriority;
  entry.job = job;
  state.jobs.set(job.name, entry);
  const parents = job.trigger.kind === 'parents' ? job.trigger.parents : [];
  state.dag.setParents(job.name, parents);
  frame.put(storeKeys.job(job.name), job);
  saveProgress(turn, entry, progress);
  saveJoin(turn, entry, keepParents(entry, parents));
  if (job.disabled) dropWaiting(turn, entry);
  if (isPriorityChanged) requeue(turn, entry);
  // Another definition may fit offers that were refused.
  state.demand.needsRevive = true;
  scheduleSlot(state, entry);
}

/**
 * What is wrong with the parents of a job, by their index; undefined stands for one that is wrong in itself.
 */
export function parentProblems(
  state: ChronosState,
  name: string,
  parents: readonly (string | undefined)[],
): readonly { readonly path: string; readonly message: string }[] {
  const problems = parents.flatMap((parent, index) =>
    parent === undefined || parent === name || state.jobs.has(parent)
      ? []
      : [
          {
            path: `parents[${index}]`,
            message: `there is no job '${parent}'; create parents before their children`,
          },
        ],
  );
  const cycle = state.dag.findCycle(
    name,
    parents.filter((parent) => parent !== undefined),
  );
  if (cycle === undefined) return problems;
  return [...problems, { path: 'parents', message: `these jobs would wait for each other: ${cycle.join(' -> ')}` }];
}

function checkParents({ state }: Turn, { job, trigger }: JobRequest): Parsed<Trigger> {
  const parents = trigger.kind === 'parents' ? trigger.parents : [];
  const problems = parentProblems(state, job.name, parents);
  if (problems.length === 0) return { ok: true, value: { kind: 'parents', parents: [...new Set(parents)] } };
  return { ok: false, problem: problems.map(({ path, message }) => `${path}: ${message}`).join('; ') };
}

function bindSchedule(old: JobEntry | undefined, request: JobRequest, wallMs: number): Parsed<Trigger> {
  if (request.trigger.kind !== 'schedule') return { ok: false, problem: 'schedule: missing' };
  const { text, timeZone } = request.trigger;
  const kept = old === undefined ? undefined : keptSchedule(old, text, timeZone);
  if (kept !== undefined) return { ok: true, value: kept };
  const schedule = parseSchedule(text, timeZone, wallMs);
  return schedule.ok
    ? { ok: true, value: { kind: 'schedule', schedule: schedule.value } }
    : { ok: false, problem: `schedule: ${schedule.problem}` };
}

/** The old trigger when the posted schedule is the same one: as it was posted, or as our answers show it. */
function keptSchedule(old: JobEntry, text: string, timeZone: string): Trigger | undefined {
  const { trigger } = old.job;
  if (trigger.kind !== 'schedule' || trigger.schedule.timeZone !== timeZone) return undefined;
  const { schedule } = trigger;
  if (text === schedule.text && !startsWhenPosted(schedule)) return trigger;
  return old.progress.hasRun && text === scheduleText(old.job, old.progress) ? trigger : undefined;
}

function progressFor(turn: Turn, entry: JobEntry, job: Job, isReplaced: boolean): Partial<Progress> {
  if (job.trigger.kind === 'parents') return { nextIndex: 0, nextMs: undefined, remaining: undefined, hasRun: false };
  const { schedule } = job.trigger;
  const { trigger } = entry.job;
  if (isReplaced && trigger.kind === 'schedule' && trigger.schedule === schedule) return {};
  return {
    ...firstSlot(entry, schedule, turn.ctx.wallMs),
    remaining: schedule.repetitions,
    hasRun: false,
    pendingTrigger: undefined,
  };
}

function keepParents(entry: JobEntry, parents: readonly string[]): JobEntry['join'] {
  const kept = Object.entries(entry.join).filter(([parent]) => parents.includes(parent));
  return kept.length === Object.keys(entry.join).length ? entry.join : Object.fromEntries(kept);
}

/** A job that is switched off runs no more: what is queued, waits for a retry or for its turn is skipped. Live tasks go on. */
function dropWaiting(turn: Turn, entry: JobEntry): void {
  const { pendingTrigger } = entry.progress;
  if (pendingTrigger !== undefined) {
    recordSkip(turn, entry, oneSkip(pendingTrigger.dueMs, 'disabled'));
    saveProgress(turn, entry, { pendingTrigger: undefined });
  }
  for (const run of [...entry.active.values()]) {
    if (run.phase === 'queued' || run.phase === 'waiting') endRun(turn, entry, run, 'skipped', 'the job was disabled');
  }
}

function requeue(turn: Turn, entry: JobEntry): void {
  for (const run of entry.active.values()) {
    if (run.phase !== 'queued') continue;
    dequeue(turn.state, run);
    enqueue(turn.state, run);
  }
}
