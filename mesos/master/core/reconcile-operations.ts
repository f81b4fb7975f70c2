import type { OperationState } from '../../../sdk/v1/generated/mesos.ts';
import type { Call_ReconcileOperations } from '../../../sdk/v1/generated/scheduler.ts';
import type { Framework } from './state.ts';
import { bump, sendToFramework, type Turn } from './turn.ts';

/**
 * RECONCILE_OPERATIONS: this master applies no operations with feedback, so it knows none; what it answers of an
 * operation depends on where its agent is. None is listed without being asked for.
 */
export function reconcileOperations(turn: Turn, framework: Framework, call: Call_ReconcileOperations): void {
  bump(turn, 'messages_reconcile_operations');
  for (const operation of call.operations ?? []) {
    const [state, message] = verdict(turn, operation.agent_id?.value);
    sendToFramework(turn, framework, {
      type: 'UPDATE_OPERATION_STATUS',
      update_operation_status: {
        status: {
          operation_id: operation.operation_id,
          state,
          message: `Reconciliation: ${message}`,
          agent_id: operation.agent_id,
          resource_provider_id: operation.resource_provider_id,
        },
      },
    });
  }
}

function verdict({ state }: Turn, agentId: string | undefined): readonly [OperationState, string] {
  if (agentId === undefined) return ['OPERATION_UNKNOWN', "Operation is unknown and no 'agent_id' was provided"];
  if (state.recovered.has(agentId)) return ['OPERATION_RECOVERING', 'Agent is recovered but has not re-registered'];
  if (state.agents.has(agentId)) return ['OPERATION_UNKNOWN', 'Operation is unknown'];
  if (state.unreachable.has(agentId)) return ['OPERATION_UNREACHABLE', 'Agent is unreachable'];
  if (state.gone.has(agentId)) return ['OPERATION_GONE_BY_OPERATOR', 'Agent marked gone by operator'];
  return ['OPERATION_UNKNOWN', 'Both operation and agent are unknown'];
}
