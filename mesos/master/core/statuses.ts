import type { TaskState, TaskStatus, TaskStatus_Reason, TimeInfo } from '../../../sdk/v1/generated/mesos.ts';
import { countTaskEnd } from './counters.ts';
import type { Framework, MasterTask } from './state.ts';
import { sendToFramework, type Turn } from './turn.ts';

/** Parts of a status update that the master makes itself. */
export interface MasterStatus {
  readonly taskId: string;
  readonly agentId?: string | undefined;
  readonly executorId?: string | undefined;
  readonly state: TaskState;
  readonly message: string;
  readonly reason: TaskStatus_Reason;
  readonly unreachableTime?: TimeInfo | undefined;
}

/** A status update of the master: no uuid, so nobody acknowledges it. */
export function masterStatus(turn: Turn, parts: MasterStatus): TaskStatus {
  return {
    task_id: { value: parts.taskId },
    state: parts.state,
    message: parts.message,
    source: 'SOURCE_MASTER',
    reason: parts.reason,
    ...(parts.agentId === undefined ? {} : { agent_id: { value: parts.agentId } }),
    ...(parts.executorId === undefined ? {} : { executor_id: { value: parts.executorId } }),
    timestamp: turn.wallMs / 1000,
    ...(parts.unreachableTime === undefined ? {} : { unreachable_time: parts.unreachableTime }),
  };
}

/** Sends an update to a framework. */
export function sendUpdate(turn: Turn, framework: Framework, status: TaskStatus): void {
  sendToFramework(turn, framework, { type: 'UPDATE', update: { status } });
}

/** Tells a framework about a task that never came to be (invalid, or launched on nothing): counted and sent, not kept. */
export function refuseTask(turn: Turn, framework: Framework, parts: MasterStatus): void {
  const status = masterStatus(turn, parts);
  countTaskEnd(turn.state, status);
  sendUpdate(turn, framework, status);
}

/** The state for a framework that can tell partitions from losses, or TASK_LOST for one that cannot. */
export function stateFor(framework: Framework, state: TaskState): TaskState {
  return framework.capabilities.partitionAware ? state : 'TASK_LOST';
}

/** Last thing that a task's framework was told, or would be told, of its state. */
export function reportedState(entry: MasterTask): TaskState {
  return entry.task.status_update_state ?? entry.task.state;
}

/** Wire form of an instant. */
export function timeInfo(atMs: number): TimeInfo {
  return { nanoseconds: BigInt(Math.round(atMs * 1000)) * 1000n };
}
