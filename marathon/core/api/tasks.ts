import type { StepContext } from '../../../sdk/base/step.ts';
import { findApp } from '../../model/group.ts';
import { type Violation, violationDetails } from '../../model/violation.ts';
import { cancelDeployment } from '../deployments.ts';
import { instanceOfTask } from '../ids.ts';
import type { Instance } from '../instance.ts';
import { isActive } from '../instance.ts';
import { killAndScale, killInstances } from '../kills.ts';
import { resetDelay } from '../queue.ts';
import type { MarathonFrame, MarathonState } from '../state.ts';
import { instancesOf } from '../state.ts';
import { accept } from './change-root.ts';
import type { CancelDeployment, KillAppTask, KillAppTasks, KillTasks, ResetDelay } from './command.ts';
import { ApiRefusal, unknownApp } from './refusal.ts';
import type { ApiReply } from './reply.ts';
import { deploymentReply } from './reply.ts';
import { taskAnswers } from './task-answer.ts';

/** `DELETE /v2/apps/{id}/tasks`: the killed tasks, or with scale a deployment. */
export function killAppTasks(
  state: MarathonState,
  command: KillAppTasks,
  ctx: StepContext,
  frame: MarathonFrame,
): ApiReply {
  refuseScaleAndWipe(command);
  const { host } = command;
  const victims = victimsOf(state, command.id).filter(
    (instance) => host === undefined || host === '*' || instance.agent?.host === host,
  );
  if (command.scale) return scaleDown(state, victims, command, ctx, frame);
  return { status: 200, body: { tasks: kill(state, victims, command.wipe, ctx, frame) } };
}

/** `DELETE /v2/apps/{id}/tasks/{taskId}`: the killed task, or with scale a deployment. */
export function killAppTask(
  state: MarathonState,
  command: KillAppTask,
  ctx: StepContext,
  frame: MarathonFrame,
): ApiReply {
  refuseScaleAndWipe(command);
  const instance = instanceOfTask(command.taskId);
  const victims = victimsOf(state, command.id).filter(({ id }) => id === instance);
  if (command.scale) return scaleDown(state, victims, command, ctx, frame);
  const [task] = kill(state, victims, command.wipe, ctx, frame);
  if (task === undefined) throw new ApiRefusal(404, `Task '${command.taskId}' does not exist`);
  return { status: 200, body: { task } };
}

/** `POST /v2/tasks/delete`: ids that name nothing are left out; one that cannot be a task id refuses all. */
export function killTasks(state: MarathonState, command: KillTasks, ctx: StepContext, frame: MarathonFrame): ApiReply {
  refuseScaleAndWipe(command);
  const malformed = malformedIds(command.ids);
  const [first] = malformed;
  if (first !== undefined) throw new ApiRefusal(400, first.error, { details: violationDetails(malformed) });
  const victims: Instance[] = [];
  for (const id of new Set(command.ids)) {
    const instance = state.instances.get(instanceOfTask(id) ?? id);
    if (instance !== undefined && findApp(state.root, instance.appId) !== undefined) victims.push(instance);
  }
  if (command.scale) return scaleDown(state, victims, command, ctx, frame);
  return { status: 200, body: { tasks: kill(state, victims, command.wipe, ctx, frame) } };
}

/**
 * The task ids that cannot be any. Upstream also reads those of Marathon before 1.5, `<path>.<uuid>`: no task of ours has such
 * a one.
 */
export function malformedIds(ids: readonly string[]): Violation[] {
  return ids.flatMap((id, index) =>
    /^.+[._][^._]+$/.test(id)
      ? []
      : [{ path: `/ids(${index})`, error: `Invalid task id '${id}'. [it has no instance part]` }],
  );
}

/** `DELETE /v2/deployments/{id}` */
export function stopDeployment(
  state: MarathonState,
  command: CancelDeployment,
  ctx: StepContext,
  frame: MarathonFrame,
): ApiReply {
  const cancel = (): ReturnType<typeof cancelDeployment> =>
    cancelDeployment(state, command.id, { force: command.force }, ctx, frame);
  const result = accept(cancel, { groupId: '/' }, ctx, frame);
  if ('notFound' in result) throw new ApiRefusal(404, `DeploymentPlan ${command.id} does not exist`);
  if ('cancelled' in result) return { status: 202 };
  return deploymentReply(result);
}

/** `DELETE /v2/queue/{id}/delay` */
export function resetLaunchDelay(state: MarathonState, command: ResetDelay): ApiReply {
  if (!resetDelay(state, command.id)) throw new ApiRefusal(404, `Application ${command.id} not found in tasks queue.`);
  return { status: 204 };
}

function refuseScaleAndWipe(command: { readonly scale: boolean; readonly wipe: boolean }): void {
  if (command.scale && command.wipe) throw new ApiRefusal(400, 'You cannot use scale and wipe at the same time.');
}

function victimsOf(state: MarathonState, appId: string): Instance[] {
  if (findApp(state.root, appId) === undefined) throw unknownApp(appId);
  return instancesOf(state, appId);
}

function scaleDown(
  state: MarathonState,
  victims: readonly Instance[],
  command: { readonly force: boolean },
  ctx: StepContext,
  frame: MarathonFrame,
): ApiReply {
  const ids = victims.filter((instance) => isActive(instance.condition)).map(({ id }) => id);
  const run = (): ReturnType<typeof killAndScale> => killAndScale(state, ids, { force: command.force }, ctx, frame);
  return deploymentReply(accept(run, { groupId: '/' }, ctx, frame));
}

/** Answers the tasks as they were when they were ordered to end. */
function kill(
  state: MarathonState,
  victims: readonly Instance[],
  wipe: boolean,
  ctx: StepContext,
  frame: MarathonFrame,
): unknown[] {
  const ids = victims.map(({ id }) => id);
  return taskAnswers(killInstances(state, ids, { wipe }, ctx, frame));
}
