import type { Call } from '../../../sdk/v1/generated/scheduler.ts';
import { roleError } from '../../../sdk/v1/resources-roles.ts';
import { accept } from './accept.ts';
import { acknowledge } from './acknowledge.ts';
import { reviveRoles, suppressRoles } from './allocation.ts';
import { authorize } from './authorize.ts';
import { countIn } from './counters.ts';
import type { SchedulerCalled } from './events.ts';
import { removeFramework } from './frameworks.ts';
import { kill, sendMessage, shutdownExecutor } from './kill.ts';
import { decline } from './offers.ts';
import { reconcile } from './reconcile.ts';
import { reconcileOperations } from './reconcile-operations.ts';
import type { Framework } from './state.ts';
import { subscribe, updateFramework } from './subscribe.ts';
import { bump, log, reply, type Turn } from './turn.ts';
import { schedulerCallError } from './validation/scheduler-call.ts';

const NOT_ACCEPTABLE = "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'";

/** A call of a scheduler, decoded: checks in upstream's order, then the call itself. */
export function onSchedulerCall(turn: Turn, event: SchedulerCalled): void {
  const { call, requestId } = event;
  const error = schedulerCallError(call, event.principal);
  if (error !== undefined) {
    reply(turn, requestId, 400, `Failed to validate scheduler::Call: ${error}`);
  } else if (!event.isAcceptable && (call.type === 'SUBSCRIBE' || call.type === 'RECONCILE_OPERATIONS')) {
    reply(turn, requestId, 406, NOT_ACCEPTABLE);
  } else if (call.type === 'SUBSCRIBE' && call.subscribe !== undefined) {
    if (event.streamId !== undefined) {
      reply(turn, requestId, 400, "Subscribe calls should not include the 'Mesos-Stream-Id' header");
    } else subscribe(turn, event, call.subscribe);
  } else {
    const framework = callingFramework(turn, event);
    if (framework !== undefined) act(turn, event, framework, call);
  }
}

/** The framework of a call, or undefined when the call was refused. */
function callingFramework(turn: Turn, event: SchedulerCalled): Framework | undefined {
  const { call, requestId, streamId, principal } = event;
  const framework = turn.state.frameworks.get(call.framework_id?.value ?? '');
  if (framework === undefined) {
    reply(turn, requestId, 400, 'Framework cannot be found');
    return undefined;
  }
  countIn(framework.counters, 'calls');
  countIn(framework.counters, `calls/${(call.type ?? 'UNKNOWN').toLowerCase()}`);
  if (principal !== null && principal !== framework.info.principal) {
    reply(
      turn,
      requestId,
      400,
      `Authenticated principal '${principal}' does not match principal '${framework.info.principal ?? ''}' set in \`FrameworkInfo\``,
    );
  } else if (!authorize(principal, 'call_as_framework', framework.id)) {
    reply(turn, requestId, 403, 'Not authorized to act as the framework');
  } else if (!framework.connected) {
    reply(turn, requestId, 403, 'Framework is not subscribed');
  } else if (streamId === undefined) {
    reply(turn, requestId, 400, "All non-subscribe calls should include the 'Mesos-Stream-Id' header");
  } else if (streamId !== framework.streamId) {
    reply(
      turn,
      requestId,
      400,
      `The stream ID '${streamId}' included in this request didn't match the stream ID currently associated with framework ID ${framework.id}`,
    );
  } else return framework;
  return undefined;
}

function act(turn: Turn, event: SchedulerCalled, framework: Framework, call: Call): void {
  const { requestId, principal } = event;
  if (call.type === 'UPDATE_FRAMEWORK' && call.update_framework !== undefined) {
    updateFramework(turn, event, framework, call.update_framework);
    return;
  }
  if (!perform(turn, principal, framework, call)) {
    reply(turn, requestId, 501, `Call ${call.type ?? 'UNKNOWN'} is not supported by this version of Meseta`);
    return;
  }
  reply(turn, requestId, 202);
}

/** Does what the call asks; false when this version cannot. Bodies are present: they were validated. */
function perform(turn: Turn, principal: string | null, framework: Framework, call: Call): boolean {
  switch (call.type) {
    case 'TEARDOWN':
      bump(turn, 'messages_unregister_framework');
      removeFramework(turn, framework);
      return true;
    case 'ACCEPT':
      accept(turn, principal, framework, call.accept ?? {});
      return true;
    case 'DECLINE': {
      const { offer_ids = [], filters = {} } = call.decline ?? {};
      decline(
        turn,
        framework,
        (offer_ids ?? []).map((id) => id.value),
        filters ?? {},
      );
      return true;
    }
    case 'REVIVE':
      bump(turn, 'messages_revive_offers');
      if (areOwnRoles(turn, framework, 'REVIVE', call.revive?.roles))
        reviveRoles(turn, framework, call.revive?.roles ?? []);
      return true;
    case 'SUPPRESS':
      bump(turn, 'messages_suppress_offers');
      if (areOwnRoles(turn, framework, 'SUPPRESS', call.suppress?.roles)) {
        suppressRoles(turn, framework, call.suppress?.roles ?? []);
      }
      return true;
    case 'KILL':
      if (call.kill !== undefined) kill(turn, framework, call.kill);
      return true;
    case 'SHUTDOWN':
      if (call.shutdown !== undefined) shutdownExecutor(turn, framework, call.shutdown);
      return true;
    case 'ACKNOWLEDGE':
      if (call.acknowledge !== undefined) acknowledge(turn, framework, call.acknowledge);
      return true;
    case 'RECONCILE':
      reconcile(turn, framework, call.reconcile ?? {});
      return true;
    case 'RECONCILE_OPERATIONS':
      reconcileOperations(turn, framework, call.reconcile_operations ?? {});
      return true;
    case 'MESSAGE':
      if (call.message !== undefined) sendMessage(turn, framework, call.message);
      return true;
    case 'REQUEST':
      // Upstream's allocator ignores requests too.
      bump(turn, 'messages_resource_request');
      return true;
    default:
      return false;
  }
}

/** A call that names a role which is not the framework's is dropped whole, with 202, as upstream does. */
function areOwnRoles(turn: Turn, framework: Framework, call: string, roles: readonly string[] = []): boolean {
  const foreign = roles.find((role) => roleError(role) !== undefined || !framework.roles.has(role));
  if (foreign === undefined) return true;
  log(turn, `Dropping ${call} of framework ${framework.id}: '${foreign}' is not one of its roles`, 'warn');
  return false;
}
