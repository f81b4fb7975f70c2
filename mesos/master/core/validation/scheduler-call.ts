import type { Call } from '../../../../sdk/v1/generated/scheduler.ts';

/** Calls whose message must be there, by type. */
const BODIES = {
  ACCEPT: 'accept',
  DECLINE: 'decline',
  ACCEPT_INVERSE_OFFERS: 'accept_inverse_offers',
  DECLINE_INVERSE_OFFERS: 'decline_inverse_offers',
  KILL: 'kill',
  SHUTDOWN: 'shutdown',
  ACKNOWLEDGE: 'acknowledge',
  ACKNOWLEDGE_OPERATION_STATUS: 'acknowledge_operation_status',
  RECONCILE: 'reconcile',
  RECONCILE_OPERATIONS: 'reconcile_operations',
  MESSAGE: 'message',
  REQUEST: 'request',
  UPDATE_FRAMEWORK: 'update_framework',
} as const;

/** What makes a scheduler's call a 400, in upstream's words and order. */
export function schedulerCallError(call: Call, principal: string | null): string | undefined {
  if (call.type === undefined) return "Expecting 'type' to be present";
  if (call.type === 'SUBSCRIBE') return subscribeError(call, principal);
  if (call.framework_id === undefined) return "Expecting 'framework_id' to be present";
  const body = BODIES[call.type as keyof typeof BODIES] as (typeof BODIES)[keyof typeof BODIES] | undefined;
  if (body !== undefined && call[body] === undefined) return `Expecting '${body}' to be present`;
  switch (call.type) {
    case 'ACKNOWLEDGE':
      return uuidError(call.acknowledge?.uuid);
    case 'ACKNOWLEDGE_OPERATION_STATUS':
      return (
        uuidError(call.acknowledge_operation_status?.uuid) ??
        (call.acknowledge_operation_status?.agent_id === undefined ? "Expecting 'agent_id' to be present" : undefined)
      );
    case 'UPDATE_FRAMEWORK':
      return call.update_framework?.framework_info.id?.value === call.framework_id.value
        ? undefined
        : "'framework_id' differs from 'update_framework.framework_info.id'";
    default:
      return undefined;
  }
}

function subscribeError(call: Call, principal: string | null): string | undefined {
  if (call.subscribe === undefined) return "Expecting 'subscribe' to be present";
  const info = call.subscribe.framework_info;
  if ((info.id?.value ?? '') !== (call.framework_id?.value ?? '')) {
    return "'framework_id' differs from 'subscribe.framework_info.id'";
  }
  if (principal !== null && info.principal !== undefined && info.principal !== principal) {
    return `Authenticated principal '${principal}' does not match principal '${info.principal}' set in \`FrameworkInfo\``;
  }
  return undefined;
}

/** A uuid has 16 bytes, and is not the nil one. */
function uuidError(uuid: Uint8Array | undefined): string | undefined {
  const isUuid = uuid !== undefined && uuid.length === 16 && uuid.some((byte) => byte !== 0);
  return isUuid ? undefined : 'Not a valid UUID';
}
