import type { Call } from '../../../sdk/v1/generated/executor.ts';
import type { CheckStatusInfo, TaskStatus } from '../../../sdk/v1/generated/mesos.ts';

const UUID_BYTES = 16;

/** Why a call of the executor API is not valid, in upstream's words; undefined when it is. */
export function executorCallProblem(call: Call): string | undefined {
  switch (call.type) {
    case undefined:
    case 'UNKNOWN':
      return "Expecting 'type' to be present";
    case 'SUBSCRIBE':
      return call.subscribe === undefined ? "Expecting 'subscribe' to be present" : undefined;
    case 'UPDATE':
      if (call.update === undefined) return "Expecting 'update' to be present";
      return updateProblem(call, call.update.status);
    case 'MESSAGE':
      return call.message === undefined ? "Expecting 'message' to be present" : undefined;
    case 'HEARTBEAT':
      return undefined;
  }
}

function updateProblem(call: Call, status: TaskStatus): string | undefined {
  const executorId = call.executor_id.value;
  const received = `from executor ${executorId} of framework ${call.framework_id.value}`;
  if (status.uuid === undefined) return "Expecting 'uuid' to be present";
  if (status.uuid.length !== UUID_BYTES || status.uuid.every((byte) => byte === 0)) return 'Not a valid UUID';
  if (status.executor_id !== undefined && status.executor_id.value !== executorId)
    return `ExecutorID in Call: ${executorId} does not match ExecutorID in TaskStatus: ${status.executor_id.value}`;
  if (status.source !== 'SOURCE_EXECUTOR')
    return `Received Call ${received} with invalid source, expecting 'SOURCE_EXECUTOR'`;
  if (status.state === 'TASK_STAGING') return `Received TASK_STAGING ${received} which is not allowed`;
  return status.check_status === undefined ? undefined : checkStatusProblem(status.check_status);
}

function checkStatusProblem(status: CheckStatusInfo): string | undefined {
  if (status.type === undefined) return "CheckStatusInfo must specify 'type'";
  const name = status.type.toLowerCase();
  const part = status.type === 'COMMAND' ? status.command : status.type === 'HTTP' ? status.http : status.tcp;
  if (part !== undefined) return undefined;
  return `Expecting '${name}' to be set for ${status.type} check's status`;
}
