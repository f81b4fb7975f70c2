import type { TaskState } from './generated/mesos.ts';

/**
 * States after which a task changes no more. TASK_UNREACHABLE and TASK_UNKNOWN are not among them: such a task may still run.
 *
 * Source: Mesos `TaskState` in mesos.proto; upstream counts TASK_UNREACHABLE and TASK_UNKNOWN as not terminal too.
 */
const TERMINAL: ReadonlySet<TaskState> = new Set<TaskState>([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
]);

/** Whether a task in this state has ended for good. */
export function isTerminal(state: TaskState): boolean {
  return TERMINAL.has(state);
}
