import { isSubscribed, sendCall } from '../../sdk/scheduler/core.ts';
import type { Call_Reconcile_Task } from '../../sdk/v1/generated/scheduler.ts';
import { lastAttempt } from './run.ts';
import { activeRun, type Turn } from './state.ts';
import { sendKill } from './statuses.ts';

/** A launch that nobody has confirmed for this long is asked about; again after as long. */
const UNCONFIRMED_MS = 15_000;
/** A master that has just started says nothing of tasks whose agents are not back, and drops kills of them: soon it will know more. */
const FIRST_RECHECK_MS = 1_000;
/** Tasks named in one RECONCILE. */
const TASKS_PER_CALL_MAX = 5_000;

/** A new subscription: whatever was under way may have been lost, so the master is asked about every task, and told again what to kill. */
export function onSubscribed(turn: Turn): void {
  const { state, ctx } = turn;
  for (const task of state.tasks.values()) task.unconfirmedMonoMs = ctx.monoMs - UNCONFIRMED_MS;
  state.recheckMs = FIRST_RECHECK_MS;
  state.reconcileMonoMs = ctx.monoMs + FIRST_RECHECK_MS;
  reconcileAll(turn);
  for (const [taskId, task] of state.tasks) {
    const run = activeRun(state, task);
    if (run !== undefined && lastAttempt(run)?.killOrdered === true) sendKill(turn, taskId, task.agentId);
  }
  for (const [taskId, orphan] of state.orphans) sendKill(turn, taskId, orphan.agentId);
}

/**
 * Asks again about what stays unconfirmed and about what is to end, and about everything each reconciliation interval. Who answers
 * that a task is alive which should not be is told to kill it.
 *
 * @returns milliseconds after which to look again, or undefined while there is nothing to ask about.
 */
export function reconcileDue(turn: Turn): number | undefined {
  const { state, ctx } = turn;
  if (!isSubscribed(state.subscription) || state.tasks.size + state.orphans.size === 0) {
    state.reconcileMonoMs = undefined;
    return undefined;
  }
  state.reconcileMonoMs ??= ctx.monoMs + state.recheckMs;
  if (state.reconcileMonoMs > ctx.monoMs) return state.reconcileMonoMs - ctx.monoMs;
  state.recheckMs = Math.min(2 * state.recheckMs, UNCONFIRMED_MS);
  state.reconcileMonoMs = ctx.monoMs + state.recheckMs;
  const everythingMs = state.config.reconciliationIntervalMs;
  if (ctx.monoMs >= (state.fullReconcileMonoMs ?? 0) + everythingMs) {
    reconcileAll(turn);
    return state.recheckMs;
  }
  const doubtful: Call_Reconcile_Task[] = [];
  for (const [taskId, task] of state.tasks) {
    if (task.unconfirmedMonoMs === undefined || ctx.monoMs - task.unconfirmedMonoMs < UNCONFIRMED_MS) continue;
    doubtful.push({ task_id: { value: taskId }, agent_id: { value: task.agentId } });
  }
  send(turn, [...doubtful, ...orphanTasks(turn)]);
  return state.recheckMs;
}

function reconcileAll(turn: Turn): void {
  const { state, ctx } = turn;
  state.fullReconcileMonoMs = ctx.monoMs;
  const tasks = [...state.tasks].map(([taskId, { agentId }]) => ({
    task_id: { value: taskId },
    agent_id: { value: agentId },
  }));
  send(turn, [...tasks, ...orphanTasks(turn)]);
}

function orphanTasks({ state }: Turn): readonly Call_Reconcile_Task[] {
  return [...state.orphans].map(([taskId, { agentId }]) => ({
    task_id: { value: taskId },
    ...(agentId === undefined ? {} : { agent_id: { value: agentId } }),
  }));
}

/** Explicit reconciliation only: an empty list would ask about everything, also about what other instances of us once ran. */
function send(turn: Turn, tasks: readonly Call_Reconcile_Task[]): void {
  for (let from = 0; from < tasks.length; from += TASKS_PER_CALL_MAX) {
    const part = tasks.slice(from, from + TASKS_PER_CALL_MAX);
    sendCall(turn.state.subscription, { type: 'RECONCILE', reconcile: { tasks: part } }, turn.frame);
  }
}
