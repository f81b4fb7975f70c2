import type { Call_Kill, Call_Message, Call_Shutdown } from '../../../sdk/v1/generated/scheduler.ts';
import { isTerminal } from '../../../sdk/v1/task-state.ts';
import { reconcileTask } from './reconcile.ts';
import type { Agent, Framework, RecoveredAgent } from './state.ts';
import { bump, log, sendToAgent, type Turn } from './turn.ts';
import { idError } from './validation/ids.ts';

/** Kills that are kept for an agent that has not come back since the master's start. */
export const RECOVERED_KILLS_MAX = 1_000;

/**
 * KILL. A task that is not known is reconciled instead. On a disconnected agent the kill is kept, and sent when the agent
 * is back.
 *
 * Differs: it is also kept for an agent that has not come back since the master's start, whose tasks nobody knows yet;
 * upstream drops it.
 */
export function kill(turn: Turn, framework: Framework, call: Call_Kill): void {
  bump(turn, 'messages_kill_task');
  killTask(turn, framework, call);
}

function killTask(turn: Turn, framework: Framework, call: Call_Kill): void {
  const id = call.task_id.value;
  const entry = framework.tasks.get(id);
  if (entry === undefined) {
    const recovered = turn.state.recovered.get(call.agent_id?.value ?? '');
    if (recovered !== undefined) keepKill(turn, framework, recovered, call);
    else reconcileTask(turn, framework, { task_id: call.task_id, agent_id: call.agent_id });
    return;
  }
  const agentId = entry.task.agent_id.value;
  if (call.agent_id !== undefined && call.agent_id.value !== agentId) {
    log(turn, `Ignoring KILL of task ${id} on agent ${call.agent_id.value}: it is on ${agentId}`, 'warn');
    return;
  }
  const agent = turn.state.agents.get(agentId);
  if (agent === undefined) return;
  noteKill(agent, framework.id, call);
  sendToAgent(turn, agent, {
    type: 'KILL_TASK',
    kill_task: { framework_id: { value: framework.id }, task_id: call.task_id, kill_policy: call.kill_policy },
  });
}

function keepKill(turn: Turn, framework: Framework, agent: RecoveredAgent, call: Call_Kill): void {
  const id = call.task_id.value;
  const isKept = agent.kills.get(framework.id)?.has(id) === true;
  // No task has such an id; kept, it would take memory that nothing bounds.
  if (idError(id) !== undefined) return;
  let count = 0;
  for (const kills of agent.kills.values()) count += kills.size;
  if (!isKept && count >= RECOVERED_KILLS_MAX) {
    log(turn, `Ignoring KILL of task ${id}: ${count} kills wait for agent ${agent.id} to come back`, 'warn');
    return;
  }
  noteKill(agent, framework.id, call);
}

function noteKill(agent: Pick<Agent, 'kills'>, frameworkId: string, call: Call_Kill): void {
  const kills = agent.kills.get(frameworkId);
  if (kills === undefined) agent.kills.set(frameworkId, new Map([[call.task_id.value, call.kill_policy]]));
  else kills.set(call.task_id.value, call.kill_policy);
}

/**
 * Answers the kills that were kept for an agent, now that it came back or never will: those of tasks that it reported go to it,
 * frameworks hear what became of the others.
 *
 * @param agentId no longer in `recovered`.
 */
export function settleKills(turn: Turn, agentId: string, { kills }: Pick<RecoveredAgent, 'kills'>): void {
  for (const [frameworkId, policies] of kills) {
    const framework = turn.state.frameworks.get(frameworkId);
    if (framework === undefined) continue;
    for (const [taskId, policy] of policies) {
      const known = framework.tasks.get(taskId);
      // It ended meanwhile: the agent tells of it.
      if (known !== undefined && isTerminal(known.task.state)) continue;
      killTask(turn, framework, { task_id: { value: taskId }, agent_id: { value: agentId }, kill_policy: policy });
    }
  }
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
