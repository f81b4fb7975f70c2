import type { TaskStatus } from '../../../sdk/v1/generated/mesos.ts';
import type { Call_Reconcile, Call_Reconcile_Task } from '../../../sdk/v1/generated/scheduler.ts';
import type { Framework, MasterTask } from './state.ts';
import { type MasterStatus, masterStatus, reportedState, sendUpdate, stateFor, timeInfo } from './statuses.ts';
import { bump, type Turn } from './turn.ts';

/** RECONCILE: of the named tasks, or of every task that is not over when none is named. */
export function reconcile(turn: Turn, framework: Framework, call: Call_Reconcile): void {
  bump(turn, 'messages_reconcile_tasks');
  const tasks = call.tasks ?? [];
  if (tasks.length === 0) {
    for (const entry of framework.tasks.values()) sendUpdate(turn, framework, latestStatus(turn, entry));
    return;
  }
  for (const task of tasks) reconcileTask(turn, framework, task);
}

/**
 * Answers for one task; the first rule that fits wins:
 *
 * 1. the task is known: its latest state;
 * 2. its agent, or with none named any agent, has not come back since the master's start: no answer yet;
 * 3. the agent is there and does not know the task: gone;
 * 4. the agent is unreachable: unreachable, since then;
 * 5. the agent was declared gone: gone by operator;
 * 6. nobody knows: unknown.
 *
 * Frameworks that cannot tell partitions from losses get TASK_LOST for 3 to 6.
 */
export function reconcileTask(turn: Turn, framework: Framework, asked: Call_Reconcile_Task): void {
  const { state } = turn;
  const agentId = asked.agent_id?.value;
  const entry = framework.tasks.get(asked.task_id.value);
  if (entry !== undefined) {
    sendUpdate(turn, framework, latestStatus(turn, entry));
    return;
  }
  if (agentId === undefined ? state.recovered.size > 0 : state.recovered.has(agentId)) return;
  const unreachable = agentId === undefined ? undefined : state.unreachable.get(agentId);
  let answer: Pick<MasterStatus, 'state' | 'message' | 'unreachableTime'>;
  if (agentId !== undefined && state.agents.has(agentId)) {
    answer = { state: 'TASK_GONE', message: 'Reconciliation: Task is unknown to the agent' };
  } else if (unreachable !== undefined) {
    answer = {
      state: 'TASK_UNREACHABLE',
      message: 'Reconciliation: Task is unreachable',
      unreachableTime: timeInfo(unreachable.unreachableAtMs),
    };
  } else if (agentId !== undefined && state.gone.has(agentId)) {
    answer = { state: 'TASK_GONE_BY_OPERATOR', message: 'Reconciliation: Task is gone' };
  } else {
    answer = { state: 'TASK_UNKNOWN', message: 'Reconciliation: Task is unknown' };
  }
  const status = masterStatus(turn, {
    ...answer,
    state: stateFor(framework, answer.state),
    taskId: asked.task_id.value,
    agentId,
    reason: 'REASON_RECONCILIATION',
  });
  sendUpdate(turn, framework, status);
}

/** A known task's latest state, with what its last update said of health, checks and container. */
function latestStatus(turn: Turn, entry: MasterTask): TaskStatus {
  return {
    ...masterStatus(turn, {
      taskId: entry.task.task_id.value,
      agentId: entry.task.agent_id.value,
      executorId: entry.task.executor_id?.value,
      state: reportedState(entry),
      message: 'Reconciliation: Latest task state',
      reason: 'REASON_RECONCILIATION',
    }),
    ...lastFacts(entry),
  };
}

/** What a task's last status said of health, checks and container. */
export function lastFacts(entry: MasterTask): Pick<TaskStatus, 'healthy' | 'check_status' | 'container_status'> {
  const last = entry.task.statuses?.at(-1);
  return { healthy: last?.healthy, check_status: last?.check_status, container_status: last?.container_status };
}
