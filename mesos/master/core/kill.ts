import type { Call_Kill, Call_Message, Call_Shutdown } from '../../../sdk/v1/generated/scheduler.ts';
import { reconcileTask } from './reconcile.ts';
import type { Framework } from './state.ts';
import { bump, log, sendToAgent, type Turn } from './turn.ts';

/**
 * KILL. A task that is not known is reconciled instead. On a disconnected agent the kill is kept, and sent when the agent
 * is back.
 */
export function kill(turn: Turn, framework: Framework, call: Call_Kill): void {
  bump(turn, 'messages_kill_task');
  const id = call.task_id.value;
  const entry = framework.tasks.get(id);
  if (entry === undefined) {
    reconcileTask(turn, framework, { task_id: call.task_id, agent_id: call.agent_id });
    return;
  }
  const agentId = entry.task.agent_id.value;
  if (call.agent_id !== undefined && call.agent_id.value !== agentId) {
    log(turn, `Ignoring KILL of task ${id} on agent ${call.agent_id.value}: it is on ${agentId}`, 'warn');
    return;
  }
  const agent = turn.state.agents.get(agentId);
  if (agent === undefined) return;
  const kills = agent.kills.get(framework.id);
  if (kills === undefined) agent.kills.set(framework.id, new Map([[id, call.kill_policy]]));
  else kills.set(id, call.kill_policy);
  sendToAgent(turn, agent, {
    type: 'KILL_TASK',
    kill_task: { framework_id: { value: framework.id }, task_id: call.task_id, kill_policy: call.kill_policy },
  });
}

/** SHUTDOWN of an executor; an agent that is not there gets nothing. */
export function shutdownExecutor(turn: Turn, framework: Framework, call: Call_Shutdown): void {
  const agent = turn.state.agents.get(call.agent_id.value);
  if (agent === undefined) return;
  sendToAgent(turn, agent, {
    type: 'SHUTDOWN_EXECUTOR',
    shutdown_executor: { framework_id: { value: framework.id }, executor_id: call.executor_id },
  });
}

/** MESSAGE to an executor: best effort. */
export function sendMessage(turn: Turn, framework: Framework, call: Call_Message): void {
  bump(turn, 'messages_framework_to_executor');
  const agent = turn.state.agents.get(call.agent_id.value);
  if (agent === undefined || !agent.connected) {
    bump(turn, 'invalid_framework_to_executor_messages');
    return;
  }
  bump(turn, 'valid_framework_to_executor_messages');
  sendToAgent(turn, agent, {
    type: 'MESSAGE',
    message: { framework_id: { value: framework.id }, executor_id: call.executor_id, data: call.data },
  });
}
