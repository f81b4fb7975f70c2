import type { ExecutorEntry, TaskEntry } from './state.ts';

/**
 * Names of the agent's timers. Neither framework nor task ids contain a slash.
 *
 * - `link.retry`: call the master again; `link.ping`: no ping for too long
 * - `retry/F/T`: an update waits for its acknowledgement; `max-time/F/T`: `max_completion_time`
 * - `register/C`: a custom executor must subscribe; `shutdown/C`: it must have ended
 * - `executors.back`: recovered executors must have subscribed again; `executors.heartbeat`
 * - `stop`: the agent ends, come what may
 */
export type TimerKind = 'retry' | 'max-time' | 'register' | 'shutdown';

export function retryKey(task: TaskEntry): string {
  return `retry/${task.executor.framework.id}/${task.id}`;
}

export function maxTimeKey(task: TaskEntry): string {
  return `max-time/${task.executor.framework.id}/${task.id}`;
}

export function registerKey(executor: ExecutorEntry): string {
  return `register/${executor.containerId}`;
}

export function shutdownKey(executor: ExecutorEntry): string {
  return `shutdown/${executor.containerId}`;
}
