import type { StepContext } from '../../sdk/base/step.ts';
import { isSubscribed, sendCall } from '../../sdk/scheduler/core.ts';
import { findApp } from '../model/group.ts';
import { nextVersion } from '../model/timestamp.ts';
import { changeApps } from '../model/tree.ts';
import { versionChangedApps } from '../model/versioning.ts';
import { busEvent } from './bus-events.ts';
import { type SubmitResult, submitDeployment } from './deployments.ts';
import { type Instance, isActive } from './instance.ts';
import { putInstance, setGoal } from './instances.ts';
import type { MarathonFrame, MarathonState } from './state.ts';

/** Timer that sends unanswered kills again. */
export const KILL_TIMER = 'kills';

/** Time after which a kill without any answer is sent again; then twice as long, up to `killRetryMs`. */
const FIRST_PAUSE_MS = 2_000;

/**
 * Kills the tasks of instances, by instance id; unknown ids and instances without a task are skipped. What is killed is replaced: under
 * the same id with the next incarnation, or with `wipe` by a new instance.
 *
 * @returns the instances whose end was ordered.
 */
export function killInstances(
  state: MarathonState,
  ids: readonly string[],
  options: { readonly wipe: boolean },
  ctx: StepContext,
  frame: MarathonFrame,
): readonly Instance[] {
  const killed: Instance[] = [];
  for (const id of new Set(ids)) {
    const instance = state.instances.get(id);
    if (instance === undefined) continue;
    killed.push(instance);
    if (options.wipe) setGoal(state, instance, 'Decommissioned', ctx, frame);
    orderKill(state, id, ctx, frame);
  }
  return killed;
}

/**
 * Takes instances off their apps' counts, as one deployment in which they go first.
 *
 * Tells `group_change_success` itself. Source: upstream's `scale=true`: instances = max(0, instances - active victims that are not being killed yet).
 */
export function killAndScale(
  state: MarathonState,
  ids: readonly string[],
  options: { readonly force: boolean },
  ctx: StepContext,
  frame: MarathonFrame,
): SubmitResult {
  const victims = new Map<string, string[]>();
  for (const id of new Set(ids)) {
    const instance = state.instances.get(id);
    if (instance === undefined || !isActive(instance.condition)) continue;
    if (instance.condition === 'Killing' || instance.goal !== 'Running') continue;
    const ofApp = victims.get(instance.appId);
    if (ofApp === undefined) victims.set(instance.appId, [id]);
    else ofApp.push(id);
  }
  const version = nextVersion(ctx.wallMs, state.root.version);
  const apps = Array.from(victims, ([appId, instances]) => {
    const app = findApp(state.root, appId);
    return [appId, app && { ...app, instances: Math.max(0, app.instances - instances.length) }] as const;
  });
  const root = changeApps(state.root, apps, version);
  const versioned = versionChangedApps(state.root, root, version);
  const result = submitDeployment(state, versioned, { force: options.force, victims }, ctx, frame);
  if ('deploymentId' in result) {
    frame.emit({ kind: 'event', event: busEvent.groupChangeSuccess(ctx.wallMs, '/', version) });
  }
  return result;
}

/**
 * Orders the end of an instance's task, once; it is ordered again until a terminal status confirms it. The order is part of the
 * instance's record, so whoever was told of it can rely on it.
 */
export function orderKill(state: MarathonState, id: string, ctx: StepContext, frame: MarathonFrame): void {
  const instance = state.instances.get(id);
  if (instance?.task === undefined || !isActive(instance.condition)) return;
  if (instance.goal === 'Running' && instance.killOrdered !== true) {
    putInstance(state, { ...instance, killOrdered: true }, ctx, frame);
  }
  orderTaskKill(state, instance.task.id, instance.agent?.agentId, ctx, frame);
}

/** Orders the end of a task that may belong to no instance. */
export function orderTaskKill(
  state: MarathonState,
  taskId: string,
  agentId: string | undefined,
  ctx: StepContext,
  frame: MarathonFrame,
): void {
  if (state.kills.has(taskId)) return;
  state.counters.kills += 1;
  if (state.kills.size === 0) setTimer(state, frame);
  sendKill(state, taskId, agentId, firstPauseMs(state), ctx, frame);
}

/** The executor is at it: nothing was lost, so there is no hurry to send the kill again. */
export function confirmKill(state: MarathonState, taskId: string): void {
  const kill = state.kills.get(taskId);
  if (kill !== undefined) state.kills.set(taskId, { ...kill, pauseMs: state.config.killRetryMs });
}

/** A task has ended: no kill of it is open any more. */
export function settleKill(state: MarathonState, taskId: string, frame: MarathonFrame): void {
  if (state.kills.delete(taskId) && state.kills.size === 0) frame.emit({ kind: 'timer.clear', key: KILL_TIMER });
}

/**
 * Sends kills again that had no answer for a while, or all of them after a new subscription.
 *
 * A master drops a kill without a word when it does not know the task yet, as after its own restart, and so does a connection that
 * breaks. Differs: upstream waits the whole `killRetryMs` each time, and a deployment with it.
 */
export function retryKills(state: MarathonState, all: boolean, ctx: StepContext, frame: MarathonFrame): void {
  for (const kill of state.kills.values()) {
    const isDue = kill.sentMonoMs === undefined || ctx.monoMs - kill.sentMonoMs >= kill.pauseMs;
    if (!all && !isDue) continue;
    const pauseMs = all ? firstPauseMs(state) : Math.min(kill.pauseMs * 2, state.config.killRetryMs);
    sendKill(state, kill.taskId, kill.agentId, pauseMs, ctx, frame);
  }
  if (state.kills.size > 0) setTimer(state, frame);
}

function firstPauseMs(state: MarathonState): number {
  return Math.min(FIRST_PAUSE_MS, state.config.killRetryMs);
}

function setTimer(state: MarathonState, frame: MarathonFrame): void {
  frame.emit({ kind: 'timer.set', key: KILL_TIMER, delayMs: firstPauseMs(state) });
}

function sendKill(
  state: MarathonState,
  taskId: string,
  agentId: string | undefined,
  pauseMs: number,
  ctx: StepContext,
  frame: MarathonFrame,
): void {
  const kill = { task_id: { value: taskId }, ...(agentId === undefined ? {} : { agent_id: { value: agentId } }) };
  const isSent = isSubscribed(state.subscription) && sendCall(state.subscription, { type: 'KILL', kill }, frame);
  state.kills.set(taskId, { taskId, agentId, sentMonoMs: isSent ? ctx.monoMs : undefined, pauseMs });
}
