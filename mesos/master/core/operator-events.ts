import type { Event, Response_GetFrameworks_Framework } from '../../../sdk/v1/generated/master.ts';
import type { TaskStatus } from '../../../sdk/v1/generated/mesos.ts';
import { operatorAgent, operatorFramework } from './operator-views.ts';
import type { Agent, Framework, MasterTask } from './state.ts';
import { timeInfo } from './statuses.ts';
import type { Turn } from './turn.ts';

/** A task came to be. */
export function publishTaskAdded(turn: Turn, _framework: Framework, entry: MasterTask): void {
  publish(turn, () => ({ type: 'TASK_ADDED', task_added: { task: entry.task } }));
}

/** A task has a new state, or a new result of a check. */
export function publishTaskUpdated(turn: Turn, framework: Framework, entry: MasterTask, status: TaskStatus): void {
  publish(turn, () => ({
    type: 'TASK_UPDATED',
    task_updated: { framework_id: { value: framework.id }, status, state: entry.task.state },
  }));
}

/** An agent was admitted, or came back. */
export function publishAgentAdded(turn: Turn, agent: Agent): void {
  publish(turn, () => ({ type: 'AGENT_ADDED', agent_added: { agent: operatorAgent(agent) } }));
}

/** An agent is unreachable, gone, or left. */
export function publishAgentRemoved(turn: Turn, agentId: string): void {
  publish(turn, () => ({ type: 'AGENT_REMOVED', agent_removed: { agent_id: { value: agentId } } }));
}

/** A framework subscribed for the first time, or was found on an agent. */
export function publishFrameworkAdded(turn: Turn, framework: Framework): void {
  publish(turn, () => ({
    type: 'FRAMEWORK_ADDED',
    framework_added: { framework: shown(turn, framework) },
  }));
}

/** A framework subscribed again or changed itself. */
export function publishFrameworkUpdated(turn: Turn, framework: Framework): void {
  publish(turn, () => ({
    type: 'FRAMEWORK_UPDATED',
    framework_updated: { framework: shown(turn, framework) },
  }));
}

/** A framework is over. */
export function publishFrameworkRemoved(turn: Turn, framework: Framework): void {
  publish(turn, () => ({ type: 'FRAMEWORK_REMOVED', framework_removed: { framework_info: framework.info } }));
}

/** The event is only made when somebody listens. */
function publish(turn: Turn, make: () => Event): void {
  const { operatorStreams } = turn.state;
  if (operatorStreams.size === 0) return;
  turn.out.emit({ kind: 'stream.send', channel: 'operator', streamIds: [...operatorStreams], event: make() });
}

/** Events show a framework almost as GET_FRAMEWORKS does: unregistered at 0, without its constraints. */
function shown(turn: Turn, framework: Framework): Response_GetFrameworks_Framework {
  const { unregisteredAtMs } = framework;
  return {
    ...operatorFramework(turn.state, framework),
    unregistered_time: timeInfo(unregisteredAtMs ?? 0),
    offer_constraints: undefined,
  };
}
