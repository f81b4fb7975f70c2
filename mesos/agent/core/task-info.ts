import type {
  CommandInfo,
  DurationInfo,
  ExecutorInfo,
  Resource,
  Task,
  TaskInfo,
  TaskState,
  TaskStatus,
} from '../../../sdk/v1/generated/mesos.ts';
import type { ExecutorEntry, TaskEntry } from './state.ts';

/** The wire form of a task as upstream's agents and masters show it. */
export function toTask(entry: TaskEntry): Task {
  const { info, executor, statuses } = entry;
  const newest = entry.pending[0] ?? statuses.at(-1);
  return taskOf(info, executor.framework.id, entry.state, statuses, newest);
}

function taskOf(
  info: TaskInfo,
  frameworkId: string,
  state: TaskState,
  statuses: readonly TaskStatus[],
  waiting: TaskStatus | undefined,
): Task {
  return {
    name: info.name,
    task_id: info.task_id,
    framework_id: { value: frameworkId },
    executor_id: info.executor?.executor_id,
    agent_id: info.agent_id,
    state,
    resources: info.resources,
    statuses: statuses.length === 0 ? undefined : statuses,
    status_update_state: waiting?.state,
    status_update_uuid: waiting?.uuid,
    labels: info.labels,
    discovery: info.discovery,
    container: info.container,
    health_check: info.health_check,
    kill_policy: info.kill_policy,
    user: info.command?.user ?? info.executor?.command?.user,
    limits: info.limits,
  };
}

/** Upstream's name of the executor that runs a command task; the command is cut to 12 characters. */
function commandExecutorName(info: TaskInfo): string {
  const command: CommandInfo = info.command ?? {};
  const prefix = `Command Executor (Task: ${info.task_id.value}) (Command: `;
  if (command.shell ?? true) {
    if (command.value === undefined) return `${prefix}NO COMMAND)`;
    return command.value.length > 15
      ? `${prefix}sh -c '${command.value.slice(0, 12)}...')`
      : `${prefix}sh -c '${command.value}')`;
  }
  if (command.value === undefined) return `${prefix}NO EXECUTABLE)`;
  const args = `${command.value}, ${(command.arguments ?? []).join(', ')}`;
  return args.length > 15 ? `${prefix}[${args.slice(0, 12)}...])` : `${prefix}[${args}])`;
}

/** Overhead that upstream shows for a command executor, beside its task's resources. */
function overhead(info: TaskInfo): readonly Resource[] {
  const role = info.resources?.find(({ allocation_info }) => allocation_info !== undefined)?.allocation_info;
  return [
    { name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 }, allocation_info: role },
    { name: 'mem', type: 'SCALAR', scalar: { value: 32 }, allocation_info: role },
  ];
}

/** The executor of a command task as upstream's views show it. `command` is the task's: there is no executor program. */
export function commandExecutorInfo(info: TaskInfo, frameworkId: string): ExecutorInfo {
  return {
    executor_id: { value: info.task_id.value },
    framework_id: { value: frameworkId },
    command: info.command,
    container: info.container,
    resources: overhead(info),
    name: commandExecutorName(info),
    source: info.task_id.value,
    discovery: info.discovery,
    labels: info.labels,
  };
}

/** An executor's info, made up for a command task. */
export function executorInfo(executor: ExecutorEntry): ExecutorInfo {
  if (executor.info !== undefined) return executor.info;
  const [task] = executor.tasks.values();
  if (task === undefined) return { executor_id: { value: executor.id } };
  return commandExecutorInfo(task.info, executor.framework.id);
}

/** Milliseconds of a duration message, or undefined. */
export function durationMs(duration: DurationInfo | undefined): number | undefined {
  return duration === undefined ? undefined : Number(duration.nanoseconds) / 1e6;
}
