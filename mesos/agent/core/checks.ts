import type { FrameBuilder, StepContext } from '../../../sdk/base/step.ts';
import type { TaskStatus } from '../../../sdk/v1/generated/mesos.ts';
import type { AgentEffect } from './effects.ts';
import type { CheckReported, HealthReported } from './events.ts';
import { beginKill } from './kill.ts';
import type { AgentState, TaskEntry } from './state.ts';
import { durationMs } from './task-info.ts';
import { report } from './updates.ts';

type Frame = FrameBuilder<AgentEffect>;

/** Upstream's grace of a task that its health check gives up. */
const KILL_GRACE_MS = 3_000;

/** A health check's news, told with everything that the last status said; enough failures end the task. */
export function healthReported(state: AgentState, frame: Frame, ctx: StepContext, event: HealthReported): void {
  const task = checkedTask(state, event.containerId);
  if (task === undefined) return;
  const reason = 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED';
  report(state, frame, ctx, task, { ...again(ctx, task), reason, healthy: event.healthy });
  if (!event.kill) return;
  const graceMs = durationMs(task.info.kill_policy?.grace_period) ?? KILL_GRACE_MS;
  beginKill(state, frame, ctx, task, { by: 'health', graceMs });
}

/** A check's new result. */
export function checkReported(state: AgentState, frame: Frame, ctx: StepContext, event: CheckReported): void {
  const task = checkedTask(state, event.containerId);
  if (task === undefined) return;
  const reason = 'REASON_TASK_CHECK_STATUS_UPDATED';
  report(state, frame, ctx, task, { ...again(ctx, task), reason, check_status: event.status });
}

/** Results of a task that is being ended, or has ended, say nothing any more. */
function checkedTask(state: AgentState, containerId: string): TaskEntry | undefined {
  const executor = state.containers.get(containerId);
  if (executor?.kind !== 'command') return undefined;
  const [task] = executor.tasks.values();
  return task?.state === 'TASK_RUNNING' && task.kill === undefined ? task : undefined;
}

function again(ctx: StepContext, task: TaskEntry): TaskStatus {
  const last = task.statuses.at(-1);
  return {
    ...(last ?? { task_id: task.info.task_id }),
    state: task.state,
    uuid: ctx.ids.bytes(16),
    timestamp: ctx.wallMs / 1000,
  };
}
