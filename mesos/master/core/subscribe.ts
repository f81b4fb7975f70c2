import type { FrameworkInfo } from '../../../sdk/v1/generated/mesos.ts';
import type { Call_Subscribe, Call_UpdateFramework, OfferConstraints } from '../../../sdk/v1/generated/scheduler.ts';
import { compileOfferConstraints } from '../allocator/offer-constraints.ts';
import { setFrameworkActive, updateFrameworkInAllocator } from './allocation.ts';
import { authorize } from './authorize.ts';
import { countIn } from './counters.ts';
import { equalMessages } from './equal.ts';
import type { SchedulerCalled } from './events.ts';
import {
  addFramework,
  failoverTimer,
  forgetStream,
  frameworkCapabilities,
  recoverFramework,
  tellAgents,
} from './frameworks.ts';
import { discardFrameworkOffers, rescindOffersOutside } from './offers.ts';
import { publishFrameworkAdded, publishFrameworkUpdated } from './operator-events.ts';
import type { Framework } from './state.ts';
import { bump, log, reply, sendToFramework, type Turn } from './turn.ts';
import { firstError } from './validation/first.ts';
import { frameworkError, frameworkRoles, frameworkUpdateError, rolesOptionsError } from './validation/framework.ts';

/**
 * SUBSCRIBE. A stream is always opened; a framework that may not subscribe hears an ERROR on it and it ends.
 * The newest subscription of a framework always wins over an open one.
 */
export function subscribe(turn: Turn, event: SchedulerCalled, call: Call_Subscribe): void {
  const { state } = turn;
  const info = withPrincipal(call.framework_info, event.principal);
  const streamId = turn.ids.uuid();
  turn.out.emit({ kind: 'stream.open', requestId: event.requestId, streamId, channel: 'scheduler' });
  const id = info.id?.value ?? '';
  bump(turn, id === '' ? 'messages_register_framework' : 'messages_reregister_framework');
  const error = subscriptionError(turn, event.principal, info, call);
  if (error !== undefined) {
    refuse(turn, streamId, info, error);
    return;
  }
  if (id === '') {
    connectNew(turn, streamId, info, call);
    return;
  }
  const known = state.frameworks.get(id);
  const framework = known ?? recoverFramework(turn, info);
  const kept: FrameworkInfo = { ...info, user: framework.info.user, checkpoint: framework.info.checkpoint };
  const updateError = frameworkUpdateError(framework.info, kept);
  if (updateError !== undefined) {
    refuse(turn, streamId, info, updateError);
    return;
  }
  reconnect(turn, streamId, framework, kept, call);
}

function subscriptionError(
  turn: Turn,
  principal: string | null,
  info: FrameworkInfo,
  call: Call_Subscribe,
): string | undefined {
  const { state } = turn;
  const { config } = state;
  const id = info.id?.value ?? '';
  return firstError([
    () => frameworkError(config, info, (given) => state.completedFrameworks.has(given)),
    () => rolesOptionsError(frameworkRoles(info), call.suppressed_roles ?? [], call.offer_constraints),
    () => constraintsError(turn, call.offer_constraints),
    () => (authorize(principal, 'register_framework', id) ? undefined : 'Not authorized to register the framework'),
    () =>
      !state.frameworks.has(id) && state.frameworks.size >= config.maxFrameworks
        ? `This master holds ${config.maxFrameworks} frameworks and takes no more (--max_frameworks): tear some down`
        : undefined,
  ]);
}

/** What is wrong with offer constraints. */
function constraintsError(turn: Turn, constraints: OfferConstraints | undefined): string | undefined {
  const compiled = compile(turn, constraints);
  if (!('violation' in compiled)) return undefined;
  const { path, message } = compiled.violation;
  return `Offer constraints are not valid: ${path}: ${message}`;
}

function compile(turn: Turn, constraints: OfferConstraints | undefined) {
  return compileOfferConstraints(constraints, { programSizeMax: turn.state.config.constraintProgramSizeMax });
}

/** An authenticated framework need not repeat its principal. */
function withPrincipal(info: FrameworkInfo, principal: string | null): FrameworkInfo {
  return principal === null || info.principal !== undefined ? info : { ...info, principal };
}

function refuse(turn: Turn, streamId: string, info: FrameworkInfo, message: string): void {
  log(turn, `Refusing subscription of framework '${info.name}': ${message}`);
  turn.out.emit(
    { kind: 'stream.send', channel: 'scheduler', streamId, event: { type: 'ERROR', error: { message } } },
    { kind: 'stream.close', streamId },
  );
}

function connectNew(turn: Turn, streamId: string, info: FrameworkInfo, call: Call_Subscribe): void {
  const { state } = turn;
  const number = String(state.nextFrameworkNumber++).padStart(4, '0');
  const framework = addFramework(turn, { ...info, id: { value: `${state.config.info.id}-${number}` } }, false);
  applyOptions(turn, framework, call);
  connect(turn, streamId, framework);
  publishFrameworkAdded(turn, framework);
}

function reconnect(
  turn: Turn,
  streamId: string,
  framework: Framework,
  info: FrameworkInfo,
  call: Call_Subscribe,
): void {
  applyInfo(turn, framework, info);
  applyOptions(turn, framework, call);
  framework.reregisteredAtMs = turn.wallMs;
  if (framework.recovered) {
    framework.recovered = false;
    framework.registeredAtMs = turn.wallMs;
  } else replaceStream(turn, framework);
  turn.out.emit({ kind: 'timer.clear', key: failoverTimer(framework.id) });
  connect(turn, streamId, framework);
  tellAgents(turn, framework);
  publishFrameworkUpdated(turn, framework);
}

/** The old connection, if there is one, hears that it was replaced; its offers are void. */
function replaceStream(turn: Turn, framework: Framework): void {
  const old = framework.streamId;
  if (old !== undefined) {
    sendToFramework(turn, framework, { type: 'ERROR', error: { message: 'Framework failed over' } });
    forgetStream(turn, framework);
    turn.out.emit({ kind: 'stream.close', streamId: old });
  }
  discardFrameworkOffers(turn, framework);
}

function connect(turn: Turn, streamId: string, framework: Framework): void {
  const { state } = turn;
  const { heartbeatIntervalMs, info } = state.config;
  framework.connected = true;
  framework.streamId = streamId;
  state.streams.set(streamId, { kind: 'scheduler', frameworkId: framework.id });
  countIn(framework.counters, 'calls');
  countIn(framework.counters, 'calls/subscribe');
  sendToFramework(turn, framework, {
    type: 'SUBSCRIBED',
    subscribed: {
      framework_id: { value: framework.id },
      heartbeat_interval_seconds: heartbeatIntervalMs / 1000,
      master_info: info,
    },
  });
  heartbeat(turn, framework);
  log(turn, `Subscribed framework ${framework.id} (${framework.info.name})`);
  if (!framework.active) setFrameworkActive(turn, framework, true);
}

/** Sends a heartbeat and sets the timer of the next. */
export function heartbeat(turn: Turn, framework: Framework): void {
  if (framework.streamId === undefined) return;
  sendToFramework(turn, framework, { type: 'HEARTBEAT' });
  turn.out.emit({
    kind: 'timer.set',
    key: `heartbeat/${framework.streamId}`,
    delayMs: turn.state.config.heartbeatIntervalMs,
  });
}

function applyInfo(turn: Turn, framework: Framework, info: FrameworkInfo): void {
  framework.info = info;
  framework.capabilities = frameworkCapabilities(info);
  framework.roles = frameworkRoles(info);
  rescindOffersOutside(turn, framework);
}

function applyOptions(turn: Turn, framework: Framework, call: Call_Subscribe | Call_UpdateFramework): void {
  const compiled = compile(turn, call.offer_constraints);
  framework.offerConstraints = call.offer_constraints;
  framework.agentConstraints = 'violation' in compiled ? undefined : compiled.constraints;
  framework.suppressedRoles.clear();
  for (const role of call.suppressed_roles ?? []) framework.suppressedRoles.add(role);
  updateFrameworkInAllocator(turn, framework);
}

/** UPDATE_FRAMEWORK: all or nothing; answers 200, or 400 with the reason. */
export function updateFramework(
  turn: Turn,
  event: SchedulerCalled,
  framework: Framework,
  call: Call_UpdateFramework,
): void {
  const { state } = turn;
  const info = withPrincipal(call.framework_info, event.principal);
  const isCompleted = (id: string) => state.completedFrameworks.has(id);
  const infoError = frameworkError(state.config, info, isCompleted);
  const changeError = frameworkUpdateError(framework.info, info);
  const optionsError =
    rolesOptionsError(frameworkRoles(info), call.suppressed_roles ?? [], call.offer_constraints) ??
    constraintsError(turn, call.offer_constraints);
  if (infoError !== undefined) reply(turn, event.requestId, 400, `Supplied FrameworkInfo is not valid: ${infoError}`);
  else if (changeError !== undefined)
    reply(turn, event.requestId, 400, `FrameworkInfo update is not valid: ${changeError}`);
  else if (optionsError !== undefined) {
    reply(turn, event.requestId, 400, `'UpdateFramework' call is not valid: ${optionsError}`);
  } else if (!authorize(event.principal, 'update_framework', framework.id)) {
    reply(turn, event.requestId, 403, 'Not authorized to update the framework');
  } else {
    const isChanged = !equalMessages(framework.info, info);
    applyInfo(turn, framework, info);
    applyOptions(turn, framework, call);
    reply(turn, event.requestId, 200);
    if (!isChanged) return;
    tellAgents(turn, framework);
    publishFrameworkUpdated(turn, framework);
  }
}
