import { isTerminal } from '../../../sdk/v1/task-state.ts';
import { removeAgentFromAllocator } from './allocation.ts';
import { settleKills } from './kill.ts';
import { rescindAgentOffers } from './offers.ts';
import { publishAgentRemoved } from './operator-events.ts';
import { ping, stopPinging } from './pings.ts';
import { recordGone, recordRemoved, recordUnreachable } from './registry.ts';
import type { Agent, Framework, MasterTask } from './state.ts';
import { type MasterStatus, masterStatus, sendUpdate, timeInfo } from './statuses.ts';
import { removeExecutor, removeTask, tasksOf, updateTask } from './tasks.ts';
import { bump, log, sendToAgent, sendToFramework, type Turn } from './turn.ts';

/** How all tasks of an agent end. */
export type Ending = Pick<MasterStatus, 'state' | 'message' | 'reason' | 'unreachableTime'>;

/**
 * Ends the tasks and executors of one framework on an agent and tells the framework.
 *
 * Differs: a task that is over already stays what it is; upstream makes it lost or unreachable until its terminal update is acknowledged.
 */
export function endTasksOf(
  turn: Turn,
  agent: Agent,
  framework: Framework,
  ending: Ending,
  isUnreachable = false,
): void {
  for (const entry of [...(agent.tasks.get(framework.id)?.values() ?? [])]) {
    if (isTerminal(entry.task.state)) continue;
    const status = masterStatus(turn, {
      ...ending,
      taskId: entry.task.task_id.value,
      agentId: agent.id,
      executorId: entry.task.executor_id?.value,
    });
    const ended: MasterTask = updateTask(turn, framework, agent, entry, status);
    removeTask(turn, framework, agent, ended, isUnreachable);
    sendUpdate(turn, framework, status);
  }
  for (const executorId of [...(agent.executors.get(framework.id)?.keys() ?? [])]) {
    removeExecutor(turn, framework, agent, executorId);
  }
}

/** An agent does not answer: recorded, then its tasks are unreachable (lost, for frameworks that know no better). */
export function markUnreachable(turn: Turn, agent: Agent, message: string): void {
  const atMs = turn.wallMs;
  const tasks = new Map(
    Array.from(agent.tasks, ([frameworkId, entries]) => [frameworkId, [...entries.keys()]] as const),
  );
  const { id, info, registrationId } = agent;
  const entry = { id, info, registrationId, unreachableAtMs: atMs, tasks };
  recordUnreachable(turn, entry);
  turn.state.unreachable.set(agent.id, entry);
  bump(turn, 'slave_removals');
  bump(turn, 'slave_removals/reason_unhealthy');
  bump(turn, 'slave_unreachable_completed');
  log(turn, `Marked agent ${agent.id} (${agent.info.hostname}) unreachable: ${message}`, 'warn');
  forgetAgent(turn, agent, (framework) => ({
    ending: {
      state: framework.capabilities.partitionAware ? 'TASK_UNREACHABLE' : 'TASK_LOST',
      message,
      reason: 'REASON_AGENT_REMOVED',
      unreachableTime: timeInfo(atMs),
    },
    isUnreachable: true,
  }));
}

/** An operator declared a registered agent gone: it is told to end, and never comes back. */
export function markGone(turn: Turn, agent: Agent): void {
  const message = 'Agent has been marked gone';
  keepGone(turn, agent.id);
  sendToAgent(turn, agent, { type: 'SHUTDOWN', shutdown: { message } });
  bump(turn, 'slave_removals');
  forgetAgent(turn, agent, (framework) => ({
    ending: framework.capabilities.partitionAware
      ? { state: 'TASK_GONE_BY_OPERATOR', message, reason: 'REASON_AGENT_REMOVED_BY_OPERATOR' }
      : { state: 'TASK_LOST', message, reason: 'REASON_AGENT_REMOVED' },
    isUnreachable: false,
  }));
}

/** Records an agent id as gone for good. */
export function keepGone(turn: Turn, id: string): void {
  const gone = { id, goneAtMs: turn.wallMs };
  recordGone(turn, gone);
  turn.state.gone.set(id, gone);
  log(turn, `Marked agent ${id} gone`);
}

/** An agent left by itself; its id is not coming back. */
export function onUnregister(turn: Turn, agent: Agent, reason: string): void {
  recordRemoved(turn, agent.id);
  bump(turn, 'slave_removals');
  bump(turn, 'slave_removals/reason_unregistered');
  log(turn, `Agent ${agent.id} (${agent.info.hostname}) unregistered: ${reason}`);
  const message = `Agent ${agent.info.hostname} removed: ${reason}`;
  forgetAgent(turn, agent, () => ({
    ending: { state: 'TASK_LOST', message, reason: 'REASON_AGENT_REMOVED' },
    isUnreachable: false,
  }));
}

/** Takes an agent out of the books; first the allocator's, so that nothing of it is offered while its tasks end. */
function forgetAgent(
  turn: Turn,
  agent: Agent,
  endingFor: (framework: Framework) => { readonly ending: Ending; readonly isUnreachable: boolean },
): void {
  const { state } = turn;
  removeAgentFromAllocator(turn, agent.id);
  for (const frameworkId of new Set([...agent.tasks.keys(), ...agent.executors.keys()])) {
    const framework = state.frameworks.get(frameworkId);
    if (framework === undefined) continue;
    const { ending, isUnreachable } = endingFor(framework);
    endTasksOf(turn, agent, framework, ending, isUnreachable);
  }
  for (const entry of tasksOf(agent)) {
    const framework = state.frameworks.get(entry.task.framework_id.value);
    if (framework !== undefined) removeTask(turn, framework, agent, entry);
  }
  rescindAgentOffers(turn, agent);
  state.agents.delete(agent.id);
  if (!state.unreachable.has(agent.id)) state.registrationIds.delete(agent.registrationId);
  stopPinging(turn, agent);
  const { streamId } = agent;
  if (streamId !== undefined) {
    state.streams.delete(streamId);
    turn.out.emit({ kind: 'stream.close', streamId });
  }
  agent.streamId = undefined;
  agent.connected = false;
  agent.active = false;
  tellLost(turn, agent.id);
  publishAgentRemoved(turn, agent.id);
}

/** Every framework hears that an agent is lost. */
export function tellLost(turn: Turn, agentId: string): void {
  for (const framework of turn.state.frameworks.values()) {
    sendToFramework(turn, framework, { type: 'FAILURE', failure: { agent_id: { value: agentId } } });
  }
}

/** Agents of an earlier master that did not come back in time are unreachable. */
export function onRecoveryTimeout(turn: Turn): void {
  const { state } = turn;
  state.agentReregistrationOver = true;
  const late = [...state.recovered.values()];
  for (const { id, info, registrationId } of late) {
    const entry = {
      id,
      info,
      registrationId,
      unreachableAtMs: turn.wallMs,
      tasks: new Map<string, readonly string[]>(),
    };
    recordUnreachable(turn, entry);
    state.unreachable.set(id, entry);
    bump(turn, 'slave_removals');
    bump(turn, 'slave_removals/reason_unhealthy');
    bump(turn, 'recovery_slave_removals');
    log(
      turn,
      `Marked agent ${id} (${info.hostname}) unreachable: did not come back after the master's restart`,
      'warn',
    );
    tellLost(turn, id);
  }
  state.recovered.clear();
  for (const agent of late) settleKills(turn, agent.id, agent);
}

/** Time for the next ping; an agent that left too many unanswered, connected or not, is unreachable. */
export function onPingTimer(turn: Turn, agentId: string): void {
  const agent = turn.state.agents.get(agentId);
  if (agent === undefined) return;
  if (agent.unansweredPings >= turn.state.config.maxAgentPingTimeouts) {
    markUnreachable(turn, agent, 'health check timed out');
  } else ping(turn, agent);
}
