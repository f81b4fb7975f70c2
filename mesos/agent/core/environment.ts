import { formatDurationMs } from '../../../sdk/daemon/units.ts';
import type { CommandInfo, ExecutorInfo, TaskInfo } from '../../../sdk/v1/generated/mesos.ts';
import { agentEndpoint, agentPid } from './config.ts';
import { type AgentState, agentIdOf, type ExecutorEntry } from './state.ts';
import { durationMs } from './task-info.ts';

/** Longest pause of a reconnecting executor between two tries, as executors are told. */
export const SUBSCRIPTION_BACKOFF_MAX_MS = 2_000;

/** The environment of a container, weakest layer first: the agent's, upstream's MESOS_* and LIBPROCESS_*, the command's own. */
export function containerEnvironment(
  state: AgentState,
  executor: ExecutorEntry,
  command: CommandInfo,
  task: TaskInfo | undefined,
): Readonly<Record<string, string>> {
  return {
    ...state.config.baseEnvironment,
    ...mesosEnvironment(state, executor),
    ...(task === undefined ? {} : taskEnvironment(executor, task)),
    ...ownEnvironment(command),
    ...allocationRole(task),
  };
}

function mesosEnvironment(state: AgentState, executor: ExecutorEntry): Record<string, string> {
  const { config } = state;
  const { checkpoint } = executor.framework.info;
  const graceMs = shutdownGraceMs(state, executor.info);
  return {
    LIBPROCESS_IP: config.ip,
    LIBPROCESS_PORT: '0',
    MESOS_FRAMEWORK_ID: executor.framework.id,
    MESOS_EXECUTOR_ID: executor.id,
    MESOS_DIRECTORY: executor.directory,
    MESOS_SANDBOX: executor.directory,
    MESOS_SLAVE_ID: agentIdOf(state) ?? '',
    MESOS_SLAVE_PID: agentPid(config),
    MESOS_AGENT_ENDPOINT: agentEndpoint(config),
    MESOS_CHECKPOINT: checkpoint ? '1' : '0',
    MESOS_HTTP_COMMAND_EXECUTOR: '0',
    MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD: formatDurationMs(graceMs),
    ...(checkpoint
      ? {
          MESOS_RECOVERY_TIMEOUT: formatDurationMs(config.recoveryTimeoutMs),
          MESOS_SUBSCRIPTION_BACKOFF_MAX: formatDurationMs(SUBSCRIPTION_BACKOFF_MAX_MS),
        }
      : {}),
  };
}

/** Differs: a command task also learns its own ids; upstream leaves that to frameworks. */
function taskEnvironment(executor: ExecutorEntry, task: TaskInfo): Record<string, string> {
  return { MESOS_TASK_ID: task.task_id.value, MESOS_CONTAINER_ID: executor.containerId };
}

function allocationRole(task: TaskInfo | undefined): Record<string, string> {
  const role = task?.resources?.[0]?.allocation_info?.role;
  return role === undefined ? {} : { MESOS_ALLOCATION_ROLE: role };
}

/** Variables of a command. Of a SECRET one only the value kind can be resolved here; the launch refuses the others. */
function ownEnvironment(command: CommandInfo): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const { name, type, value, secret } of command.environment?.variables ?? []) {
    const data = secret?.value?.data;
    if (type === 'SECRET') {
      if (data !== undefined) variables[name] = new TextDecoder().decode(data);
    } else variables[name] = value ?? '';
  }
  return variables;
}

/** The path of the first variable that cannot be resolved, or undefined. */
export function unresolvableSecret(command: CommandInfo): string | undefined {
  const variables = command.environment?.variables ?? [];
  const index = variables.findIndex(({ type, secret }) => type === 'SECRET' && secret?.value?.data === undefined);
  return index < 0 ? undefined : `command.environment.variables[${index}].secret`;
}

/** How long an executor may take to end after SHUTDOWN. */
export function shutdownGraceMs(state: AgentState, info: ExecutorInfo | undefined): number {
  return durationMs(info?.shutdown_grace_period) ?? state.config.executorShutdownGraceMs;
}
