import type { Call_Acknowledge } from '../../../sdk/v1/generated/scheduler.ts';
import { isTerminal } from '../../../sdk/v1/task-state.ts';
import { equalBytes } from './equal.ts';
import type { Framework } from './state.ts';
import { removeTask } from './tasks.ts';
import { bump, sendToAgent, type Turn } from './turn.ts';

/**
 * ACKNOWLEDGE: goes on to the agent, whose update stream then moves on. The task whose terminal update is acknowledged
 * is over. Acknowledgements that cannot be delivered are dropped: the agent repeats the update.
 */
export function acknowledge(turn: Turn, framework: Framework, call: Call_Acknowledge): void {
  bump(turn, 'messages_status_update_acknowledgement');
  const agent = turn.state.agents.get(call.agent_id.value);
  if (agent === undefined || !agent.connected) {
    bump(turn, 'invalid_status_update_acknowledgements');
    return;
  }
  const entry = agent.tasks.get(framework.id)?.get(call.task_id.value);
  if (entry !== undefined) {
    const { status_update_state: state, status_update_uuid: uuid } = entry.task;
    if (state === undefined || uuid === undefined) {
      // Not sent by this master: the agent repeats the update, and the answer to that one counts.
      bump(turn, 'invalid_status_update_acknowledgements');
      return;
    }
    if (isTerminal(state) && equalBytes(uuid, call.uuid)) removeTask(turn, framework, agent, entry);
  }
  bump(turn, 'valid_status_update_acknowledgements');
  sendToAgent(turn, agent, {
    type: 'ACKNOWLEDGE',
    acknowledge: { framework_id: { value: framework.id }, task_id: call.task_id, uuid: call.uuid },
  });
}
