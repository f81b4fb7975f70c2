import type { ApiEvent } from './events.ts';
import { storeJob } from './put-job.ts';
import { done, type Reply, refusal, textReply, unknownJob } from './reply.ts';
import { lastAttempt, type Run, withAttempt } from './run.ts';
import { countSuccess, createRun, endRun, oneSkip, recordSkip } from './runs.ts';
import { remainingSchedule } from './schedule.ts';
import { dequeue, type JobEntry, liveTaskId, saveRun, storeKeys, type Turn } from './state.ts';
import { addOrphan, sendKill, settleReport } from './statuses.ts';

/** Runs of one job that may wait in the queue because somebody asked for them; a client that loops must not fill the memory. */
const MANUAL_RUNS_QUEUED_MAX = 1_000;

type Request<Kind extends ApiEvent['kind']> = Extract<ApiEvent, { kind: Kind }>;

/** Runs a job now, whatever its schedule; the schedule does not move. */
export function runJob(turn: Turn, event: Request<'api.run-job'>): Reply {
  const { state, ctx } = turn;
  const entry = state.jobs.get(event.name);
  if (entry === undefined) return unknownJob(event.name);
  if (entry.job.disabled) {
    // As upstream: accepted, and not run. Differs: the job's history shows it.
    recordSkip(turn, entry, oneSkip(ctx.wallMs, 'disabled'));
    return done;
  }
  const queued = [...entry.active.values()].filter((run) => run.cause === 'manual' && run.phase === 'queued').length;
  if (queued >= MANUAL_RUNS_QUEUED_MAX) {
    return refusal(429, `${queued} runs of '${event.name}' that were asked for are still queued`);
  }
  createRun(turn, entry, { dueMs: ctx.wallMs, cause: 'manual', arguments: event.arguments });
  return done;
}

/** Kills every task of a job; queued runs stay queued. A killed run is not retried and counts as no error. */
export function killJob(turn: Turn, event: Request<'api.kill-job'>): Reply {
  const entry = turn.state.jobs.get(event.name);
  if (entry === undefined) return unknownJob(event.name);
  for (const run of [...entry.active.values()]) killRun(turn, entry, run);
  return done;
}

function killRun(turn: Turn, entry: JobEntry, run: Run): void {
  const attempt = lastAttempt(run);
  if (run.phase === 'reporting') endRun(turn, entry, run, 'killed', 'killed while its report was awaited');
  if (run.phase !== 'live' || attempt === undefined) return;
  const killed = withAttempt(run, { killOrdered: true });
  if (attempt.state === 'TASK_UNREACHABLE') {
    addOrphan(turn, attempt.taskId, attempt.agentId);
    endRun(turn, entry, killed, 'killed', 'killed; its agent is unreachable, so the task ends when the agent is back');
    return;
  }
  saveRun(turn, entry, killed);
  sendKill(turn, attempt.taskId, attempt.agentId);
}

/** Counts a success that nobody ran, and releases dependents as if it had. */
export function markSuccess(turn: Turn, event: Request<'api.mark-success'>): Reply {
  const entry = turn.state.jobs.get(event.name);
  if (entry !== undefined) {
    const latest = [...entry.active.values()].at(-1) ?? entry.history.at(-1);
    const origins = latest?.origins ?? { [event.name]: turn.ctx.wallMs };
    countSuccess(turn, entry, { parent: event.name, origins, isRepair: true });
  }
  return textReply(`marked job ${event.name} as successful: ${entry !== undefined}`);
}

/** Takes an async job's report: the run ends with it once its task has ended too. */
export function reportTask(turn: Turn, event: Request<'api.report-task'>): Reply {
  const { taskId, statusCode } = event;
  const found = findRun(turn, taskId);
  if (found === undefined || lastAttempt(found.run)?.taskId !== taskId) {
    return refusal(400, `there is no run whose current task is '${taskId}'`);
  }
  const { entry, run } = found;
  if (!entry.job.asyncActs && run.phase !== 'reporting') {
    return refusal(
      400,
      `job '${entry.job.name}' is not async: it ends with its task (post "async": true to /scheduler)`,
    );
  }
  if (run.phase === 'reporting') settleReport(turn, entry, run, statusCode);
  else if (run.phase === 'live') saveRun(turn, entry, { ...run, reportedCode: statusCode });
  else return refusal(400, `the run of task '${taskId}' is ${run.phase}: only a launched one can be reported`);
  return done;
}

/** Adds to the elements that a data processing job has dealt with. */
export function addTaskProgress(turn: Turn, event: Request<'api.task-progress'>): Reply {
  const { name, taskId, elements } = event;
  const entry = turn.state.jobs.get(name);
  if (entry === undefined) return unknownJob(name);
  if (!entry.job.dataProcessingJobType) {
    return refusal(400, `job '${name}' is not enabled to track data: post it with "dataProcessingJobType": true`);
  }
  const run = findRun(turn, taskId)?.run;
  const attempt = run === undefined ? undefined : lastAttempt(run);
  if (run?.job !== name || attempt?.taskId !== taskId) {
    return refusal(400, `job '${name}' has no run whose current task is '${taskId}'`);
  }
  saveRun(turn, entry, withAttempt(run, { elementsProcessed: (attempt.elementsProcessed ?? 0) + elements }));
  return done;
}

/** Drops every run that is queued and was never launched. */
export function purgeQueue(turn: Turn): Reply {
  const { queues, jobs } = turn.state;
  for (const ref of [...queues.high.values(), ...queues.normal.values()]) {
    const entry = jobs.get(ref.job);
    const run = entry?.active.get(ref.dueMs);
    if (entry !== undefined && run?.launches === 0) endRun(turn, entry, run, 'skipped', 'the queue was purged');
  }
  return done;
}

/**
 * Deletes a job with its history and kills its tasks. Its children go to its parents; children of a scheduled job take over its schedule.
 *
 * Differs: upstream drops a child's other parents and most of its fields then; here a child that has other parents keeps those, and every
 * field stays.
 */
export function deleteJob(turn: Turn, event: Request<'api.delete-job'>): Reply {
  const { state, frame } = turn;
  const { name } = event;
  const entry = state.jobs.get(name);
  if (entry === undefined) return unknownJob(name);
  for (const childName of state.dag.childrenOf(name)) {
    const child = state.jobs.get(childName);
    if (child !== undefined) inherit(turn, entry, child);
  }
  for (const run of entry.active.values()) {
    const taskId = liveTaskId(run);
    dequeue(state, run);
    if (taskId !== undefined) addOrphan(turn, taskId, lastAttempt(run)?.agentId);
    frame.delete(storeKeys.run(name, run.dueMs));
  }
  for (const run of entry.history) frame.delete(storeKeys.run(name, run.dueMs));
  state.jobs.delete(name);
  state.dag.setParents(name, []);
  for (const key of [storeKeys.job, storeKeys.progress, storeKeys.join, storeKeys.samples]) frame.delete(key(name));
  frame.emit({ kind: 'log', level: 'info', message: 'job deleted', fields: { job: name } });
  return done;
}

function inherit(turn: Turn, parent: JobEntry, child: JobEntry): void {
  const { trigger } = child.job;
  const { name } = parent.job;
  const others = trigger.kind === 'parents' ? trigger.parents.filter((one) => one !== name) : [];
  if (parent.job.trigger.kind === 'parents') {
    const parents = [...new Set([...others, ...parent.job.trigger.parents])];
    storeJob(turn, { ...child.job, trigger: { kind: 'parents', parents } }, child);
    return;
  }
  if (others.length > 0) {
    storeJob(turn, { ...child.job, trigger: { kind: 'parents', parents: others } }, child);
    return;
  }
  const { schedule } = parent.job.trigger;
  const { hasRun, nextMs, remaining } = parent.progress;
  // From the next start on, so that the child begins with the slot that would have been the parent's next.
  const inherited = hasRun && nextMs !== undefined ? remainingSchedule(schedule, remaining, nextMs) : schedule;
  storeJob(turn, { ...child.job, trigger: { kind: 'schedule', schedule: inherited } }, child);
}

function findRun(turn: Turn, taskId: string): { readonly entry: JobEntry; readonly run: Run } | undefined {
  const match = /^ct:(\d+):\d+:([\w .#-]+):/.exec(taskId);
  const entry = match === null ? undefined : turn.state.jobs.get(match[2] ?? '');
  const run = entry?.active.get(Number(match?.[1]));
  return entry === undefined || run === undefined ? undefined : { entry, run };
}
