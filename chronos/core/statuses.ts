import { sendCall } from '../../sdk/scheduler/core.ts';
import type { TaskState, TaskStatus } from '../../sdk/v1/generated/mesos.ts';
import { type Attempt, isTaskId, lastAttempt, type Run, withAttempt } from './run.ts';
import { endRun } from './runs.ts';
import { activeRun, dequeue, type JobEntry, type LiveTask, runKey, saveRun, storeKeys, type Turn } from './state.ts';

/** What a task state means for the attempt. Source: mesos.proto, TaskState, for a PARTITION_AWARE framework. */
type Meaning =
  | 'alive'
  /** Nobody knows; it may come back, so nothing is started in its place. */
  | 'unreachable'
  | 'finished'
  | 'failed'
  | 'killed'
  /** It is not running and did not end by itself. */
  | 'lost';

const MEANING: Readonly<Record<TaskState, Meaning>> = {
  TASK_STAGING: 'alive',
  TASK_STARTING: 'alive',
  TASK_RUNNING: 'alive',
  TASK_KILLING: 'alive',
  TASK_UNREACHABLE: 'unreachable',
  TASK_FINISHED: 'finished',
  TASK_FAILED: 'failed',
  TASK_ERROR: 'failed',
  TASK_KILLED: 'killed',
  TASK_LOST: 'lost',
  TASK_DROPPED: 'lost',
  TASK_GONE: 'lost',
  TASK_GONE_BY_OPERATOR: 'lost',
  TASK_UNKNOWN: 'lost',
};

/** An interrupted run starts again at once, then after delays that double from one second to a minute. */
const INTERRUPTION_DELAY_MS = 1_000;
const INTERRUPTION_DELAY_MS_MAX = 60_000;

/** Takes a status update in: first what it means is recorded, then it is acknowledged. */
export function onStatus(turn: Turn, status: TaskStatus): void {
  const { state } = turn;
  const taskId = status.task_id.value;
  const meaning = MEANING[status.state];
  const task = state.tasks.get(taskId);
  const orphan = state.orphans.get(taskId);
  if (task !== undefined) onTaskStatus(turn, task, status, meaning);
  else if (orphan !== undefined) onOrphanStatus(turn, taskId, orphan.agentId, meaning);
  else if (meaning === 'alive' && !adopt(turn, status)) onStray(turn, status);
  acknowledge(turn, status);
}

/** Asks for the end of a task that may be alive. */
export function sendKill(turn: Turn, taskId: string, agentId: string | undefined): void {
  const agent = agentId === undefined ? {} : { agent_id: { value: agentId } };
  sendCall(turn.state.subscription, { type: 'KILL', kill: { task_id: { value: taskId }, ...agent } }, turn.frame);
}

/** Gives a task up: from now on only its end is of interest. */
export function addOrphan(turn: Turn, taskId: string, agentId: string | undefined): void {
  turn.state.tasks.delete(taskId);
  turn.state.orphans.set(taskId, { agentId });
  turn.frame.put(storeKeys.orphan(taskId), { agentId });
  sendKill(turn, taskId, agentId);
}

/** The run failed once more: retried after the delay, or failed for good. */
export function failAttempt(turn: Turn, entry: JobEntry, run: Run, note: string): void {
  const failed = { ...run, failures: run.failures + 1 };
  if (failed.failures > entry.job.retries) endRun(turn, entry, failed, 'failure', note);
  else if (entry.job.disabled) endRun(turn, entry, failed, 'failure', `${note}; not retried, the job is disabled`);
  else waitForRetry(turn, entry, failed, turn.state.config.failureRetryMs, note);
}

/** Brings a run into the queue again after a delay. */
export function waitForRetry(turn: Turn, entry: JobEntry, run: Run, delayMs: number, note: string): void {
  const { state, ctx } = turn;
  dequeue(state, run);
  const retry = { notBeforeMs: ctx.wallMs + delayMs, delayMs };
  saveRun(turn, entry, { ...run, phase: 'waiting', note, retry });
  state.retries.push(ctx.monoMs + delayMs, runKey(run.job, run.dueMs));
}

function onTaskStatus(turn: Turn, task: LiveTask, status: TaskStatus, meaning: Meaning): void {
  const { state, ctx } = turn;
  const entry = state.jobs.get(task.job);
  const run = activeRun(state, task);
  const attempt = run === undefined ? undefined : lastAttempt(run);
  if (entry === undefined || run === undefined || attempt === undefined) return;
  task.unconfirmedMonoMs = undefined;
  const isOver = meaning !== 'alive' && meaning !== 'unreachable';
  const seen = withAttempt(run, {
    state: status.state,
    reason: status.reason,
    message: status.message?.slice(0, 2_000),
    startedMs: attempt.startedMs ?? (status.state === 'TASK_RUNNING' ? ctx.wallMs : undefined),
    endedMs: isOver ? ctx.wallMs : undefined,
  });
  if (isOver) {
    state.tasks.delete(attempt.taskId);
    onAttemptOver(turn, entry, seen, attempt, meaning);
    return;
  }
  if (meaning === 'unreachable' && attempt.killOrdered) {
    addOrphan(turn, attempt.taskId, attempt.agentId);
    endRun(turn, entry, seen, 'killed', 'killed; its agent is unreachable, so the task ends when the agent is back');
    return;
  }
  saveRun(turn, entry, seen);
  // The KILL may have been lost with a connection.
  if (attempt.killOrdered && status.state !== 'TASK_KILLING') sendKill(turn, attempt.taskId, attempt.agentId);
}

function onAttemptOver(turn: Turn, entry: JobEntry, run: Run, attempt: Attempt, meaning: Meaning): void {
  const over = lastAttempt(run) ?? attempt;
  const note = [over.state, over.reason, over.message].filter((part) => part !== undefined && part !== '').join(': ');
  if (run.reportedCode !== undefined) {
    settleReport(turn, entry, run, run.reportedCode);
  } else if (meaning === 'finished') {
    if (entry.job.asyncActs && !attempt.killOrdered) {
      saveRun(turn, entry, {
        ...run,
        phase: 'reporting',
        note: 'its task has finished; the job is async, so its report is awaited',
      });
    } else endRun(turn, entry, run, 'success', '');
  } else if (attempt.killOrdered) {
    endRun(turn, entry, run, 'killed', 'killed on request');
  } else if (meaning === 'failed') {
    failAttempt(turn, entry, run, note);
  } else {
    interrupt(turn, entry, run, note);
  }
}

/** Ends an async run as it was reported; a failure is retried like any other. */
export function settleReport(turn: Turn, entry: JobEntry, run: Run, statusCode: number): void {
  if (statusCode === 0) endRun(turn, entry, run, 'success', 'reported as finished');
  else failAttempt(turn, entry, { ...run, reportedCode: undefined }, `reported with status code ${statusCode}`);
}

/** The attempt ended without anybody's wish: the same run starts again, and nothing is counted as a failure. */
function interrupt(turn: Turn, entry: JobEntry, run: Run, note: string): void {
  const interruptions = run.interruptions + 1;
  const delayMs =
    interruptions === 1
      ? 0
      : Math.min(INTERRUPTION_DELAY_MS_MAX, INTERRUPTION_DELAY_MS * 2 ** Math.min(interruptions - 2, 10));
  waitForRetry(turn, entry, { ...run, interruptions }, delayMs, `interrupted (${note}); started again as the same run`);
}

function onOrphanStatus(turn: Turn, taskId: string, agentId: string | undefined, meaning: Meaning): void {
  if (meaning === 'alive') sendKill(turn, taskId, agentId);
  if (meaning === 'alive' || meaning === 'unreachable') return;
  turn.state.orphans.delete(taskId);
  turn.frame.delete(storeKeys.orphan(taskId));
}

/** A task that was called lost is back before another attempt was made: it is the attempt again. */
function adopt(turn: Turn, status: TaskStatus): boolean {
  const { state, ctx } = turn;
  const taskId = status.task_id.value;
  const match = /^ct:(\d+):\d+:([\w .#-]+):/.exec(taskId);
  const entry = match === null ? undefined : state.jobs.get(match[2] ?? '');
  const run = entry?.active.get(Number(match?.[1]));
  const attempt = run === undefined ? undefined : lastAttempt(run);
  const isBetweenAttempts = run?.phase === 'queued' || run?.phase === 'waiting';
  if (entry === undefined || run === undefined || attempt?.taskId !== taskId || !isBetweenAttempts) return false;
  if (MEANING[attempt.state === 'LAUNCHING' ? 'TASK_STAGING' : attempt.state] !== 'lost') return false;
  dequeue(state, run);
  state.tasks.set(taskId, { job: run.job, dueMs: run.dueMs, agentId: attempt.agentId, unconfirmedMonoMs: undefined });
  const back = withAttempt(run, {
    state: status.state,
    endedMs: undefined,
    startedMs: attempt.startedMs ?? ctx.wallMs,
  });
  saveRun(turn, entry, { ...back, phase: 'live', retry: undefined, note: '' });
  return true;
}

/** A task that no run knows (its job was deleted, its run ended otherwise) must not go on. */
function onStray(turn: Turn, status: TaskStatus): void {
  const taskId = status.task_id.value;
  if (isTaskId(taskId)) addOrphan(turn, taskId, status.agent_id?.value);
}

function acknowledge(turn: Turn, status: TaskStatus): void {
  const { uuid, agent_id: agentId, task_id: taskId } = status;
  if (uuid === undefined || agentId === undefined) return;
  sendCall(
    turn.state.subscription,
    { type: 'ACKNOWLEDGE', acknowledge: { agent_id: agentId, task_id: taskId, uuid } },
    turn.frame,
  );
}
