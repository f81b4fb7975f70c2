import { isSubscribed, sendCall } from '../../sdk/scheduler/core.ts';
import type { Call_Reconcile_Task } from '../../sdk/v1/generated/scheduler.ts';
import { lastAttempt } from './run.ts';
import { activeRun, type Turn } from './state.ts';
import { sendKill } from './statuses.ts';

/** A launch that nobody has confirmed for this long is asked about; again after as long. */
const UNCONFIRMED_MS = 15_000;
/** Tasks named in one RECONCILE. */
const TASKS_PER_CALL_MAX = 5_000;

/** A new subscription: whatever was under way may have been lost, so the master is asked about every task, and told again what to kill. */
export function onSubscribed(turn: Turn): void {
  const { state, ctx } = turn;
  for (const task of state.tasks.values()) task.unconfirmedMonoMs = ctx.monoMs;
  reconcileAll(turn);
  for (const [taskId, task] of state.tasks) {
    const run = activeRun(state, task);
    if (run !== undefined && lastAttempt(run)?.killOrdered === true) sendKill(turn, taskId, task.agentId);
  }
  for (const [taskId, orphan] of state.orphans) sendKill(turn, taskId, orphan.agentId);
}

/**
 * Asks again about what stays unconfirmed, and about everything each reconciliation interval.
 *
 * @returns milliseconds after which to look again, or undefined while there is nothing to ask about.
 */
export function reconcileDue(turn: Turn): number | undefined {
  const { state, ctx } = turn;
  if (!isSubscribed(state.subscription) || state.tasks.size + state.orphans.size === 0) {
    state.reconcileMonoMs = undefined;
    return undefined;
  }
  state.reconcileMonoMs ??= ctx.monoMs + UNCONFIRMED_MS;
  if (state.reconcileMonoMs > ctx.monoMs) return state.reconcileMonoMs - ctx.monoMs;
  state.reconcileMonoMs = ctx.monoMs + UNCONFIRMED_MS;
  const everythingMs = state.config.reconciliationIntervalMs;
  if (ctx.monoMs >= (state.fullReconcileMonoMs ?? 0) + everythingMs) {
    reconcileAll(turn);
    return UNCONFIRMED_MS;
  }
  const doubtful: Call_Reconcile_Task[] = [];
  for (const [taskId, task] of state.tasks) {
    if (task.unconfirmedMonoMs === undefined || ctx.monoMs - task.unconfirmedMonoMs < UNCONFIRMED_MS) continue;
    doubtful.push({ task_id: { value: taskId }, agent_id: { value: task.agentId } });
  }
  send(turn, doubtful);
  return UNCONFIRMED_MS;
}

function reconcileAll(turn: Turn): void {
  const { state, ctx } = turn;
  state.fullReconcileMonoMs = ctx.monoMs;
  const tasks = [...state.tasks].map(([taskId, { agentId }]) => ({
    task_id: { value: taskId },
    agent_id: { value: agentId },
  }));
  const orphans = [...state.orphans].map(([taskId, { agentId }]) => ({
    task_id: { value: taskId },
    ...(agentId === undefined ? {} : { agent_id: { value: agentId } }),
  }));
  send(turn, [...tasks, ...orphans]);
}

/** Explicit reconciliation only: an empty list would ask about everything, also about what other instances of us once ran. */
function send(turn: Turn, tasks: readonly Call_Reconcile_Task[]): void {
  for (let from = 0; from < tasks.length; from += TASKS_PER_CALL_MAX) {
    const part = tasks.slice(from, from + TASKS_PER_CALL_MAX);
    sendCall(turn.state.subscription, { type: 'RECONCILE', reconcile: { tasks: part } }, turn.frame);
  }
}
