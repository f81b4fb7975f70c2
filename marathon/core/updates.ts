import type { StepContext } from '../../sdk/base/step.ts';
import { sendCall } from '../../sdk/scheduler/core.ts';
import type { TaskStatus } from '../../sdk/v1/generated/mesos.ts';
import { findApp } from '../model/group.ts';
import { advanceBackoff, raiseBackoff, resetBackoff } from './backoff.ts';
import { busEvent } from './bus-events.ts';
import { putFailure } from './failures.ts';
import { applyMesosHealth } from './health.ts';
import { appOfInstance, instanceOfTask } from './ids.ts';
import { type Condition, type Instance, type InstanceTask, isTerminal } from './instance.ts';
import { putInstance, removeInstance } from './instances.ts';
import { confirmKill, orderTaskKill, settleKill } from './kills.ts';
import type { MarathonFrame, MarathonState } from './state.ts';
import { settleUnreachable } from './unreachable.ts';

/**
 * A status update: what it means is recorded in this frame, and only then is it acknowledged.
 *
 * Tasks that belong to no instance are killed while they run; the state is complete before the first update can come.
 */
export function onStatusUpdate(state: MarathonState, status: TaskStatus, ctx: StepContext, frame: MarathonFrame): void {
  const { updates } = state.counters;
  updates.set(status.state, (updates.get(status.state) ?? 0) + 1);
  const taskId = status.task_id.value;
  if (status.state === 'TASK_KILLING') confirmKill(state, taskId);
  const id = instanceOfTask(taskId);
  const instance = id === undefined ? undefined : state.instances.get(id);
  if (instance?.task?.id === taskId) applyStatus(state, instance, instance.task, status, ctx, frame);
  else applyUnknown(state, status, instance, id, ctx, frame);
  acknowledge(state, status, frame);
}

/** What Marathon calls a state of Mesos. */
export function conditionOf(status: TaskStatus): Condition {
  switch (status.state) {
    case 'TASK_STAGING':
      return 'Staging';
    case 'TASK_STARTING':
      return 'Starting';
    case 'TASK_RUNNING':
      return 'Running';
    case 'TASK_KILLING':
      return 'Killing';
    case 'TASK_FINISHED':
      return 'Finished';
    case 'TASK_FAILED':
      return 'Failed';
    case 'TASK_KILLED':
      return 'Killed';
    case 'TASK_ERROR':
      return 'Error';
    case 'TASK_DROPPED':
      return 'Dropped';
    case 'TASK_UNREACHABLE':
      return 'Unreachable';
    case 'TASK_GONE':
    case 'TASK_GONE_BY_OPERATOR':
      return 'Gone';
    case 'TASK_UNKNOWN':
      return 'Unknown';
    case 'TASK_LOST':
      return lostCondition(status);
  }
}

function lostCondition({ reason }: TaskStatus): Condition {
  switch (reason) {
    case 'REASON_RECONCILIATION':
    case 'REASON_AGENT_DISCONNECTED':
    case 'REASON_AGENT_REMOVED':
      return 'Unreachable';
    case 'REASON_TASK_UNKNOWN':
      return 'Unknown';
    default:
      return 'Gone';
  }
}

function applyUnknown(
  state: MarathonState,
  status: TaskStatus,
  instance: Instance | undefined,
  id: string | undefined,
  ctx: StepContext,
  frame: MarathonFrame,
): void {
  const condition = conditionOf(status);
  const taskId = status.task_id.value;
  if (isTerminal(condition) || condition === 'Unreachable') {
    settleKill(state, taskId, frame);
    const appId = id === undefined ? undefined : appOfInstance(id);
    if (instance !== undefined || id === undefined || appId === undefined) return;
    const event = busEvent.unknownInstanceTerminated(ctx.wallMs, id, appId, condition);
    frame.emit({ kind: 'event', event });
    return;
  }
  if (condition === 'Killing') return;
  frame.emit({ kind: 'log', level: 'warn', message: 'killing a task that belongs to no instance', fields: { taskId } });
  orderTaskKill(state, taskId, status.agent_id?.value, ctx, frame);
}

function applyStatus(
  state: MarathonState,
  instance: Instance,
  task: InstanceTask,
  status: TaskStatus,
  ctx: StepContext,
  frame: MarathonFrame,
): void {
  if (isTerminal(instance.condition)) return;
  const condition = nextCondition(instance, conditionOf(status));
  const isNews = condition !== instance.condition || status.state !== task.state;
  const updatedTask = updateTask(task, status, ctx);
  const { unreachableSinceMs: _before, ...known } = instance;
  const unreachableSinceMs = isUnreachable(condition) ? unreachableSince(instance, status, ctx) : undefined;
  const updated: Instance = {
    ...known,
    condition,
    sinceMs: condition === instance.condition ? instance.sinceMs : ctx.wallMs,
    task: updatedTask,
    ...(unreachableSinceMs === undefined ? {} : { unreachableSinceMs }),
  };
  const isCheckNews = status.check_status !== undefined && updatedTask.checkStatus !== task.checkStatus;
  if (isNews || isCheckNews || (status.healthy !== undefined && status.healthy !== instance.healthy)) {
    emitStatus(updated, updatedTask, status, ctx, frame);
  }
  if (isTerminal(condition)) {
    onEnd(state, updated, status, ctx, frame);
    return;
  }
  if (isNews || isCheckNews) putInstance(state, updated, ctx, frame);
  if (isNews && !isUnreachable(condition) && condition !== 'Killing') advanceBackoff(state, instance.app, ctx);
  if (status.healthy !== undefined) applyMesosHealth(state, instance.id, status.healthy, status.message, ctx, frame);
  if (isUnreachable(condition)) settleUnreachable(state, instance.id, ctx, frame);
}

/** A task that is being killed does not run again, and what is inactive stays so until it is heard of. */
function nextCondition(instance: Instance, told: Condition): Condition {
  if (instance.condition === 'UnreachableInactive' && told === 'Unreachable') return 'UnreachableInactive';
  if (instance.condition !== 'Killing') return told;
  return told === 'Running' || told === 'Starting' || told === 'Staging' ? 'Killing' : told;
}

function isUnreachable(condition: Condition): boolean {
  return condition === 'Unreachable' || condition === 'UnreachableInactive';
}

function unreachableSince(instance: Instance, status: TaskStatus, ctx: StepContext): number {
  if (instance.unreachableSinceMs !== undefined) return instance.unreachableSinceMs;
  const told = status.unreachable_time?.nanoseconds;
  return told === undefined ? ctx.wallMs : Math.min(ctx.wallMs, Number(told / 1_000_000n));
}

function updateTask(task: InstanceTask, status: TaskStatus, ctx: StepContext): InstanceTask {
  const startedAtMs = task.startedAtMs ?? (status.state === 'TASK_RUNNING' ? startOf(status, ctx) : undefined);
  const addresses = (status.container_status?.network_infos ?? []).flatMap((network) =>
    (network.ip_addresses ?? []).flatMap(({ ip_address: ipAddress, protocol }) =>
      ipAddress === undefined ? [] : [{ ipAddress, protocol: protocol ?? ('IPv4' as const) }],
    ),
  );
  return {
    ...task,
    state: status.state,
    message: status.message ?? '',
    ipAddresses: addresses.length > 0 ? addresses : task.ipAddresses,
    ...(startedAtMs === undefined ? {} : { startedAtMs }),
    ...(status.check_status === undefined ? {} : { checkStatus: status.check_status }),
  };
}

function startOf(status: TaskStatus, ctx: StepContext): number {
  return status.timestamp === undefined ? ctx.wallMs : Math.round(status.timestamp * 1000);
}

/** The task has ended: a wanted instance waits to be launched again, another one is forgotten. */
function onEnd(
  state: MarathonState,
  ended: Instance,
  status: TaskStatus,
  ctx: StepContext,
  frame: MarathonFrame,
): void {
  const wasOrdered = state.kills.has(status.task_id.value);
  settleKill(state, status.task_id.value, frame);
  const { healthy: _healthy, readiness: _readiness, ...rest } = ended;
  const settled: Instance = { ...rest, health: [] };
  if (settled.goal === 'Running' && !wasOrdered) judgeEnd(state, settled, status, ctx, frame);
  putInstance(state, settled, ctx, frame);
  if (settled.goal !== 'Running') removeInstance(state, settled.id, ctx);
}

/**
 * Whether an end that nobody here ordered is the app's failure.
 *
 * Differs: what an agent or the master lost, or a launch that never reached an agent, raises no backoff; upstream blames the app.
 */
function judgeEnd(
  state: MarathonState,
  ended: Instance,
  status: TaskStatus,
  ctx: StepContext,
  frame: MarathonFrame,
): void {
  const { app } = ended;
  const { reason } = status;
  if (reason === 'REASON_AGENT_DRAINING') resetBackoff(state, app.id);
  if (reason === 'REASON_AGENT_DRAINING' || reason === 'REASON_RECONCILIATION' || reason === 'REASON_INVALID_OFFERS') {
    return;
  }
  const isCurrent = findApp(state.root, app.id)?.versionInfo.lastConfigChangeAt === app.versionInfo.lastConfigChangeAt;
  const isInnocent = reason !== undefined && AGENT_REASONS.has(reason);
  if (isCurrent && !isInnocent && BACKOFF_CONDITIONS.has(ended.condition)) raiseBackoff(state, app, ctx);
  if (!FAILURE_STATES.has(status.state)) return;
  putFailure(state, ended, status.state, status.message ?? '', ctx, frame);
}

/** Ends that raise the backoff when nobody ordered them. Source: upstream's NotifyRateLimiterStep. */
const BACKOFF_CONDITIONS: ReadonlySet<Condition> = new Set(['Failed', 'Error', 'Dropped', 'Gone', 'Finished']);

/** Ends that tell of the agent, not of the app. */
const AGENT_REASONS: ReadonlySet<NonNullable<TaskStatus['reason']>> = new Set([
  'REASON_AGENT_DISCONNECTED',
  'REASON_AGENT_REMOVED',
  'REASON_AGENT_REMOVED_BY_OPERATOR',
  'REASON_AGENT_RESTARTED',
  'REASON_AGENT_UNKNOWN',
  'REASON_MASTER_DISCONNECTED',
]);

/** States that make a `lastTaskFailure`. Source: upstream's TaskFailure. */
const FAILURE_STATES: ReadonlySet<TaskStatus['state']> = new Set([
  'TASK_FAILED',
  'TASK_ERROR',
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
  'TASK_UNKNOWN',
]);

function emitStatus(
  instance: Instance,
  task: InstanceTask,
  status: TaskStatus,
  ctx: StepContext,
  frame: MarathonFrame,
): void {
  const event = busEvent.statusUpdate(ctx.wallMs, {
    slaveId: status.agent_id?.value ?? instance.agent?.agentId ?? '',
    taskId: task.id,
    taskStatus: status.state,
    message: status.message ?? '',
    appId: instance.appId,
    host: instance.agent?.host ?? 'unknown',
    ipAddresses: task.ipAddresses,
    ports: task.hostPorts,
    version: instance.app.version,
  });
  frame.emit({ kind: 'event', event });
}

function acknowledge(state: MarathonState, status: TaskStatus, frame: MarathonFrame): void {
  const { uuid, agent_id: agentId, task_id: taskId } = status;
  if (uuid === undefined || agentId === undefined) return;
  sendCall(
    state.subscription,
    { type: 'ACKNOWLEDGE', acknowledge: { agent_id: agentId, task_id: taskId, uuid } },
    frame,
  );
}
