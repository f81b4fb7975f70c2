import type { StepContext } from '../../sdk/base/step.ts';
import type { TaskState } from '../../sdk/v1/generated/mesos.ts';
import type { Instance } from './instance.ts';
import { recordKey } from './records.ts';
import type { MarathonFrame, MarathonState, TaskFailure } from './state.ts';

/** Remembers the newest failure of an app: one per app, as upstream. */
export function putFailure(
  state: MarathonState,
  instance: Instance,
  taskState: TaskState,
  message: string,
  ctx: StepContext,
  frame: MarathonFrame,
): void {
  const failure: TaskFailure = {
    appId: instance.appId,
    taskId: instance.task?.id ?? '',
    state: taskState,
    message,
    host: instance.agent?.host ?? '',
    ...(instance.agent === undefined ? {} : { agentId: instance.agent.agentId }),
    version: instance.app.version,
    atMs: ctx.wallMs,
  };
  state.taskFailures.set(instance.appId, failure);
  frame.put(recordKey.failure(instance.appId), failure);
}

/** Forgets the failure of an app that is gone. */
export function forgetFailure(state: MarathonState, appId: string, frame: MarathonFrame): void {
  if (state.taskFailures.delete(appId)) frame.delete(recordKey.failure(appId));
}
