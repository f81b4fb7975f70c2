import type { FrameworkInfo } from '../../../sdk/v1/generated/mesos.ts';
import { addFrameworkToAllocator, removeFrameworkFromAllocator, setFrameworkActive } from './allocation.ts';
import { discardFrameworkOffers } from './offers.ts';
import { publishFrameworkAdded, publishFrameworkRemoved } from './operator-events.ts';
import { Ring } from './ring.ts';
import type { Agent, Framework, FrameworkCapabilities } from './state.ts';
import { masterStatus } from './statuses.ts';
import { removeExecutor, removeTask, updateTask } from './tasks.ts';
import { bump, log, sendToAgent, type Turn } from './turn.ts';
import { frameworkRoles, hasCapability } from './validation/framework.ts';

/** Capabilities as flags. */
export function frameworkCapabilities(info: FrameworkInfo): FrameworkCapabilities {
  return {
    revocableResources: hasCapability(info, 'REVOCABLE_RESOURCES'),
    taskKillingState: hasCapability(info, 'TASK_KILLING_STATE'),
    gpuResources: hasCapability(info, 'GPU_RESOURCES'),
    sharedResources: hasCapability(info, 'SHARED_RESOURCES'),
    partitionAware: hasCapability(info, 'PARTITION_AWARE'),
    multiRole: hasCapability(info, 'MULTI_ROLE'),
    reservationRefinement: hasCapability(info, 'RESERVATION_REFINEMENT'),
    regionAware: hasCapability(info, 'REGION_AWARE'),
  };
}

/** A new framework, not connected yet; `info.id` is set. */
export function addFramework(turn: Turn, info: FrameworkInfo, isRecovered: boolean): Framework {
  const { state } = turn;
  const id = info.id?.value ?? '';
  const framework: Framework = {
    id,
    info,
    roles: frameworkRoles(info),
    suppressedRoles: new Set(),
    capabilities: frameworkCapabilities(info),
    offerConstraints: undefined,
    agentConstraints: undefined,
    recovered: isRecovered,
    connected: false,
    active: false,
    streamId: undefined,
    registeredAtMs: turn.wallMs,
    reregisteredAtMs: undefined,
    unregisteredAtMs: undefined,
    tasks: new Map(),
    unreachableTasks: new Map(),
    completedTasks: new Ring(state.config.maxCompletedTasksPerFramework),
    executors: new Map(),
    offers: new Set(),
    used: new Map(),
    offered: new Map(),
    counters: new Map(),
  };
  state.frameworks.set(id, framework);
  addFrameworkToAllocator(turn, framework);
  return framework;
}

/**
 * A framework that an agent, or its own subscription after a master restart, tells of.
 *
 * Differs: it has its failover timeout to come back, and at least the time that agents have; upstream keeps it and its tasks for ever, also when
 * the master before this one had removed it.
 */
export function recoverFramework(turn: Turn, info: FrameworkInfo): Framework {
  const framework = addFramework(turn, info, true);
  publishFrameworkAdded(turn, framework);
  log(turn, `Recovered framework ${framework.id} (${info.name})`);
  const delayMs = Math.max((info.failover_timeout ?? 0) * 1000, turn.state.config.agentReregisterTimeoutMs);
  turn.out.emit({ kind: 'timer.set', key: failoverTimer(framework.id), delayMs });
  return framework;
}

/** A framework's stream is gone: no more offers, and the time within which it may come back starts. */
export function disconnectFramework(turn: Turn, framework: Framework): void {
  forgetStream(turn, framework);
  if (framework.active) setFrameworkActive(turn, framework, false);
  discardFrameworkOffers(turn, framework);
  const seconds = Math.max(0, framework.info.failover_timeout ?? 0);
  log(turn, `Framework ${framework.id} (${framework.info.name}) disconnected; it has ${seconds} s to come back`);
  turn.out.emit({ kind: 'timer.set', key: failoverTimer(framework.id), delayMs: seconds * 1000 });
}

/** The framework has no stream any more; the stream itself is not touched. */
export function forgetStream(turn: Turn, framework: Framework): void {
  const { streamId } = framework;
  framework.connected = false;
  framework.streamId = undefined;
  if (streamId === undefined) return;
  turn.state.streams.delete(streamId);
  turn.out.emit({ kind: 'timer.clear', key: `heartbeat/${streamId}` });
}

/** The framework did not come back in time. */
export function onFailoverTimeout(turn: Turn, frameworkId: string): void {
  const framework = turn.state.frameworks.get(frameworkId);
  if (framework === undefined || framework.connected) return;
  log(turn, `Framework ${framework.id} (${framework.info.name}) did not come back within its failover timeout`);
  removeFramework(turn, framework);
}

/** Timer of a framework's return. */
export function failoverTimer(frameworkId: string): string {
  return `failover/${frameworkId}`;
}

/**
 * Ends a framework: agents are told to end its tasks and executors, tasks are noted as killed without an update, its
 * stream ends, and it joins the completed ones.
 */
export function removeFramework(turn: Turn, framework: Framework): void {
  const { state } = turn;
  if (framework.active) setFrameworkActive(turn, framework, false);
  discardFrameworkOffers(turn, framework);
  for (const agent of state.agents.values()) {
    sendToAgent(turn, agent, {
      type: 'SHUTDOWN_FRAMEWORK',
      shutdown_framework: { framework_id: { value: framework.id } },
    });
  }
  endTasks(turn, framework);
  const { streamId } = framework;
  forgetStream(turn, framework);
  if (streamId !== undefined) turn.out.emit({ kind: 'stream.close', streamId });
  turn.out.emit({ kind: 'timer.clear', key: failoverTimer(framework.id) });
  framework.unregisteredAtMs = turn.wallMs;
  state.frameworks.delete(framework.id);
  removeFrameworkFromAllocator(turn, framework.id);
  keepCompleted(turn, framework);
  bump(turn, 'frameworks_removed');
  log(turn, `Removed framework ${framework.id} (${framework.info.name})`);
  publishFrameworkRemoved(turn, framework);
}

function endTasks(turn: Turn, framework: Framework): void {
  const { state } = turn;
  const end = (entry: { readonly task: { readonly task_id: { readonly value: string } } }) => ({
    taskId: entry.task.task_id.value,
    state: 'TASK_KILLED' as const,
    message: `Framework ${framework.id} removed`,
    reason: 'REASON_FRAMEWORK_REMOVED' as const,
  });
  for (const entry of [...framework.tasks.values()]) {
    const agent = state.agents.get(entry.task.agent_id.value);
    if (agent === undefined) continue;
    const status = masterStatus(turn, {
      ...end(entry),
      agentId: agent.id,
      executorId: entry.task.executor_id?.value,
    });
    removeTask(turn, framework, agent, updateTask(turn, framework, agent, entry, status));
  }
  for (const entry of framework.unreachableTasks.values()) {
    const status = masterStatus(turn, { ...end(entry), agentId: entry.task.agent_id.value });
    const statuses = [...(entry.task.statuses ?? []), status];
    framework.completedTasks.push({ ...entry, task: { ...entry.task, state: 'TASK_KILLED', statuses } });
  }
  framework.unreachableTasks.clear();
  for (const [agentId, executors] of [...framework.executors]) {
    const agent = state.agents.get(agentId);
    if (agent === undefined) continue;
    for (const executorId of [...executors.keys()]) removeExecutor(turn, framework, agent, executorId);
  }
}

function keepCompleted(turn: Turn, framework: Framework): void {
  const { completedFrameworks, config } = turn.state;
  completedFrameworks.set(framework.id, framework);
  while (completedFrameworks.size > config.maxCompletedFrameworks) {
    const oldest = completedFrameworks.keys().next().value;
    if (oldest === undefined) return;
    completedFrameworks.delete(oldest);
  }
}

/** Tells the agents that run something of a framework what it looks like now; they repeat waiting updates at once. */
export function tellAgents(turn: Turn, framework: Framework): void {
  const ids = new Set(framework.executors.keys());
  for (const entry of framework.tasks.values()) ids.add(entry.task.agent_id.value);
  for (const id of ids) {
    const agent: Agent | undefined = turn.state.agents.get(id);
    if (agent === undefined) continue;
    sendToAgent(turn, agent, { type: 'UPDATE_FRAMEWORK', update_framework: { framework_info: framework.info } });
  }
}
