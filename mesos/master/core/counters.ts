import type { TaskState, TaskStatus } from '../../../sdk/v1/generated/mesos.ts';
import type { MasterState } from './state.ts';

/** Adds to a counter of the master; `key` is upstream's without the leading `master/`. */
export function count(state: MasterState, key: string, by = 1): void {
  countIn(state.counters, `master/${key}`, by);
}

/** Adds to a counter of a map. */
export function countIn(counters: Map<string, number>, key: string, by = 1): void {
  counters.set(key, (counters.get(key) ?? 0) + by);
}

/** Counters for a task that reached its last state: by state and, as upstream, by state, source and reason in v0 words. */
export function countTaskEnd(state: MasterState, status: TaskStatus): void {
  count(state, `tasks_${stateWord(status.state)}`);
  countTaskReason(state, status);
}

/** The counter of a state, source and reason, made on demand. */
export function countTaskReason(state: MasterState, status: TaskStatus): void {
  if (status.reason === undefined) return;
  const source = (status.source ?? 'SOURCE_MASTER').toLowerCase().replace('agent', 'slave');
  const reason = status.reason.toLowerCase().replace('reason_agent', 'reason_slave');
  count(state, `task_${stateWord(status.state)}/${source}/${reason}`);
}

/** `TASK_RUNNING` is `running`. */
export function stateWord(state: TaskState): string {
  return state.slice('TASK_'.length).toLowerCase();
}
