import type { JsonObject } from '../../model/answer.ts';
import { timestampText } from '../../model/timestamp.ts';
import type { HealthState, Instance } from '../instance.ts';
import { isActive } from '../instance.ts';
import type { TaskFailure } from '../state.ts';

/**
 * The JSON of an instance's task as lists show it; undefined for one without agent and task, which no list shows.
 *
 * @param servicePorts only in `/v2/tasks`; elsewhere upstream leaves the list empty.
 */
function taskAnswer(instance: Instance, servicePorts: readonly number[] = []): JsonObject | undefined {
  const { agent, task } = instance;
  if (agent === undefined || task === undefined) return undefined;
  const active = isActive(instance.condition);
  return {
    appId: instance.appId,
    healthCheckResults: instance.health.map((health) => healthAnswer(health, instance.id)),
    ...checkAnswer(instance),
    host: agent.host,
    id: task.id,
    ipAddresses: task.ipAddresses,
    ports: active ? task.hostPorts : [],
    servicePorts,
    slaveId: agent.agentId,
    state: instance.condition === 'UnreachableInactive' ? 'TASK_UNREACHABLE' : task.state,
    ...(active ? { stagedAt: timestampText(task.stagedAtMs) } : {}),
    ...(active && task.startedAtMs !== undefined ? { startedAt: timestampText(task.startedAtMs) } : {}),
    ...(active ? { version: instance.app.version } : {}),
    localVolumes: [],
    ...(agent.region === undefined ? {} : { region: agent.region }),
    ...(agent.zone === undefined ? {} : { zone: agent.zone }),
    role: instance.role,
  };
}

/** The tasks of instances, without those that have none. */
export function taskAnswers(instances: readonly Instance[], servicePorts?: readonly number[]): JsonObject[] {
  const tasks: JsonObject[] = [];
  for (const instance of instances) {
    const task = taskAnswer(instance, servicePorts);
    if (task !== undefined) tasks.push(task);
  }
  return tasks;
}

/** The JSON of an app's last failure. */
export function taskFailureAnswer(failure: TaskFailure): JsonObject {
  return {
    appId: failure.appId,
    host: failure.host,
    message: failure.message,
    state: failure.state,
    taskId: failure.taskId,
    timestamp: timestampText(failure.atMs),
    version: failure.version,
    ...(failure.agentId === undefined ? {} : { slaveId: failure.agentId }),
  };
}

function healthAnswer(health: HealthState, instanceId: string): JsonObject {
  return {
    alive: health.alive,
    consecutiveFailures: health.consecutiveFailures,
    ...timeField('firstSuccess', health.firstSuccessMs),
    instanceId,
    ...timeField('lastSuccess', health.lastSuccessMs),
    ...timeField('lastFailure', health.lastFailureMs),
    ...(health.lastFailureCause === undefined ? {} : { lastFailureCause: health.lastFailureCause }),
  };
}

function timeField(name: string, atMs: number | undefined): JsonObject {
  return atMs === undefined ? {} : { [name]: timestampText(atMs) };
}

function checkAnswer(instance: Instance): JsonObject {
  const status = instance.task?.checkStatus;
  if (status === undefined) return {};
  const result = {
    ...(status.http?.status_code === undefined ? {} : { http: { statusCode: status.http.status_code } }),
    ...(status.tcp?.succeeded === undefined ? {} : { tcp: { succeeded: status.tcp.succeeded } }),
    ...(status.command?.exit_code === undefined ? {} : { command: { exitCode: status.command.exit_code } }),
  };
  return Object.keys(result).length === 0 ? {} : { checkResult: result };
}
