import type { EffectSink, StepContext, TimerEffect, TimerFired } from '../base/step.ts';
import type { FrameworkInfo, MasterInfo } from '../v1/generated/mesos.ts';
import type { Call, Event } from '../v1/generated/scheduler.ts';

/**
 * The subscription of a framework, as pure state: what comes from the master in, calls out.
 *
 *     idle --start--> connecting --SUBSCRIBED--> subscribed
 *                        ^   |                       |
 *                        |   +--closed, refused------+--closed, heartbeats missed
 *                        +------- backoff <----------+
 *
 * A framework embeds it in its own step: it hands in every {@link SubscriptionEvent} and gets back what happened as
 * {@link Signal}s. A generation numbers each connection attempt; what comes from an older one is ignored.
 *
 * Source of behaviour: Mesos scheduler HTTP API (SUBSCRIBE, heartbeats, disconnections).
 */
export interface Subscription {
  phase: 'idle' | 'connecting' | 'subscribed' | 'backoff';
  /** Number of the newest connection attempt. */
  generation: number;
  /** What SUBSCRIBE sends; its `id` is set once the master gave one. */
  frameworkInfo: FrameworkInfo;
  /** Roles that are suppressed, so that a new subscription starts as the old one stood. */
  suppressedRoles: readonly string[];
  masterInfo: MasterInfo | undefined;
  /** Attempts since the last subscription that lasted. */
  failures: number;
  /** Monotonic time of the last SUBSCRIBED. */
  subscribedMonoMs: number;
  /** Interval that the master promised; undefined until subscribed. */
  heartbeatMs: number | undefined;
  /** Monotonic time of the last event. */
  lastEventMonoMs: number;
}

/** What the shell (or a simulated network) reports. */
export type SubscriptionEvent =
  | { readonly kind: 'scheduler.event'; readonly generation: number; readonly event: Event }
  /** The connection ended, could not be made, or a call on it failed. */
  | { readonly kind: 'scheduler.closed'; readonly generation: number; readonly reason: string }
  | TimerFired;

/** What the shell has to do. Calls of a generation go out in order, on that generation's stream. */
export type SubscriptionEffect =
  | { readonly kind: 'scheduler.subscribe'; readonly generation: number; readonly call: Call }
  | { readonly kind: 'scheduler.call'; readonly generation: number; readonly call: Call }
  | { readonly kind: 'scheduler.disconnect'; readonly generation: number }
  | TimerEffect;

/** What the framework learns. */
export type Signal =
  /** Subscribed, for the first time or anew: now reconcile. `isNew` tells that the master gave a new framework id. */
  | {
      readonly kind: 'subscribed';
      readonly frameworkId: string;
      readonly isNew: boolean;
      readonly masterInfo: MasterInfo | undefined;
    }
  /** Not subscribed any more; every outstanding offer is void. */
  | { readonly kind: 'disconnected'; readonly reason: string }
  /** Any event but SUBSCRIBED, HEARTBEAT and ERROR. */
  | { readonly kind: 'event'; readonly event: Event }
  /**
   * The master refuses this framework (removed, failed over to another instance, invalid info). `removed` tells that
   * the id is dead: {@link forgetFrameworkId} and start again, or give up.
   */
  | { readonly kind: 'refused'; readonly message: string; readonly removed: boolean };

/** Keys of the timers that a subscription uses; hand `timer.fired` of these in. */
export const subscriptionTimers = { retry: 'scheduler.retry', heartbeat: 'scheduler.heartbeat' } as const;

const BACKOFF_FIRST_MS = 50;
const BACKOFF_MAX_MS = 5_000;
/** Silence of this many heartbeat intervals means the connection is dead though the socket may look alive. */
const HEARTBEATS_MISSED_MAX = 3;
/** A subscription of this age counts as a success: the backoff starts afresh. */
const LASTING_MS = 2_000;
/** A connection attempt that brings no SUBSCRIBED in this time is given up. */
const SUBSCRIBE_TIMEOUT_MS = 15_000;

/** A subscription that has not started. */
export function newSubscription(frameworkInfo: FrameworkInfo): Subscription {
  return {
    phase: 'idle',
    generation: 0,
    frameworkInfo,
    suppressedRoles: [],
    masterInfo: undefined,
    failures: 0,
    subscribedMonoMs: 0,
    heartbeatMs: undefined,
    lastEventMonoMs: 0,
  };
}

/** Starts, or starts again after {@link forgetFrameworkId}. */
export function startSubscription(
  subscription: Subscription,
  ctx: StepContext,
  frame: EffectSink<SubscriptionEffect>,
): void {
  connect(subscription, ctx, frame);
}

/** Forgets a framework id that the master calls removed, so that the next subscription asks for a new one. */
export function forgetFrameworkId(subscription: Subscription): void {
  const { id: _removed, ...rest } = subscription.frameworkInfo;
  subscription.frameworkInfo = rest;
}

/** Whether calls can be sent now. */
export function isSubscribed(subscription: Subscription): boolean {
  return subscription.phase === 'subscribed';
}

/**
 * Sends a call on the current stream; `framework_id` is filled in.
 *
 * @returns false when not subscribed: the call is dropped, and the framework acts again on the next `subscribed`.
 */
export function sendCall(
  subscription: Subscription,
  call: Omit<Call, 'framework_id'>,
  frame: EffectSink<SubscriptionEffect>,
): boolean {
  const frameworkId = subscription.frameworkInfo.id;
  if (subscription.phase !== 'subscribed' || frameworkId === undefined) return false;
  if (call.type === 'SUPPRESS') subscription.suppressedRoles = rolesOf(subscription, call.suppress?.roles);
  if (call.type === 'REVIVE') {
    const revived = new Set(rolesOf(subscription, call.revive?.roles));
    subscription.suppressedRoles = subscription.suppressedRoles.filter((role) => !revived.has(role));
  }
  const complete: Call = { ...call, framework_id: frameworkId };
  frame.emit({ kind: 'scheduler.call', generation: subscription.generation, call: complete });
  return true;
}

/** Steps the subscription; answers what the framework has to know, in order. */
export function stepSubscription(
  subscription: Subscription,
  event: SubscriptionEvent,
  ctx: StepContext,
  frame: EffectSink<SubscriptionEffect>,
): readonly Signal[] {
  switch (event.kind) {
    case 'timer.fired':
      return onTimer(subscription, event.key, ctx, frame);
    case 'scheduler.closed':
      if (event.generation !== subscription.generation || subscription.phase === 'backoff') return [];
      return disconnect(subscription, event.reason, ctx, frame);
    case 'scheduler.event':
      if (event.generation !== subscription.generation) return [];
      if (subscription.phase !== 'connecting' && subscription.phase !== 'subscribed') return [];
      subscription.lastEventMonoMs = ctx.monoMs;
      return onEvent(subscription, event.event, ctx, frame);
  }
}

function onEvent(
  subscription: Subscription,
  event: Event,
  ctx: StepContext,
  frame: EffectSink<SubscriptionEffect>,
): readonly Signal[] {
  if (event.type === 'SUBSCRIBED' && event.subscribed !== undefined) {
    const { framework_id: id, master_info: masterInfo, heartbeat_interval_seconds: seconds } = event.subscribed;
    const isNew = subscription.frameworkInfo.id?.value !== id.value;
    subscription.frameworkInfo = { ...subscription.frameworkInfo, id };
    subscription.phase = 'subscribed';
    subscription.subscribedMonoMs = ctx.monoMs;
    subscription.masterInfo = masterInfo;
    subscription.heartbeatMs = (seconds ?? 15) * 1000;
    frame.emit({ kind: 'timer.set', key: subscriptionTimers.heartbeat, delayMs: subscription.heartbeatMs });
    return [{ kind: 'subscribed', frameworkId: id.value, isNew, masterInfo }];
  }
  // A subscription that breaks at once, again and again, keeps backing off.
  if (ctx.monoMs - subscription.subscribedMonoMs > LASTING_MS) subscription.failures = 0;
  if (event.type === 'HEARTBEAT') return [];
  if (event.type === 'ERROR') {
    const message = event.error?.message ?? 'the master sent ERROR without a message';
    const removed = message.includes('has been removed');
    const signals = disconnect(subscription, message, ctx, frame);
    return [...signals, { kind: 'refused', message, removed }];
  }
  return [{ kind: 'event', event }];
}

function onTimer(
  subscription: Subscription,
  key: string,
  ctx: StepContext,
  frame: EffectSink<SubscriptionEffect>,
): readonly Signal[] {
  if (key === subscriptionTimers.retry && subscription.phase === 'backoff') {
    connect(subscription, ctx, frame);
    return [];
  }
  if (key !== subscriptionTimers.heartbeat) return [];
  if (subscription.phase === 'connecting') {
    return disconnect(subscription, `no SUBSCRIBED within ${SUBSCRIBE_TIMEOUT_MS} ms`, ctx, frame);
  }
  if (subscription.phase !== 'subscribed') return [];
  const heartbeatMs = subscription.heartbeatMs ?? 15_000;
  const silentMs = ctx.monoMs - subscription.lastEventMonoMs;
  if (silentMs > heartbeatMs * HEARTBEATS_MISSED_MAX) {
    return disconnect(subscription, `no heartbeat for ${Math.round(silentMs)} ms`, ctx, frame);
  }
  frame.emit({ kind: 'timer.set', key: subscriptionTimers.heartbeat, delayMs: heartbeatMs });
  return [];
}

function connect(subscription: Subscription, ctx: StepContext, frame: EffectSink<SubscriptionEffect>): void {
  subscription.generation += 1;
  subscription.phase = 'connecting';
  subscription.lastEventMonoMs = ctx.monoMs;
  const { frameworkInfo, suppressedRoles } = subscription;
  const id = frameworkInfo.id;
  const call: Call = {
    type: 'SUBSCRIBE',
    ...(id === undefined ? {} : { framework_id: id }),
    subscribe: { framework_info: frameworkInfo, suppressed_roles: suppressedRoles },
  };
  frame.emit(
    { kind: 'scheduler.subscribe', generation: subscription.generation, call },
    { kind: 'timer.clear', key: subscriptionTimers.retry },
    { kind: 'timer.set', key: subscriptionTimers.heartbeat, delayMs: SUBSCRIBE_TIMEOUT_MS },
  );
}

function disconnect(
  subscription: Subscription,
  reason: string,
  ctx: StepContext,
  frame: EffectSink<SubscriptionEffect>,
): readonly Signal[] {
  const wasSubscribed = subscription.phase === 'subscribed';
  const ceilingMs = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(subscription.failures, 20));
  subscription.phase = 'backoff';
  subscription.failures += 1;
  // Half fixed, half random, so that many frameworks do not come back in the same instant.
  const delayMs = ceilingMs / 2 + ctx.ids.next(Math.ceil(ceilingMs / 2) + 1);
  frame.emit(
    { kind: 'scheduler.disconnect', generation: subscription.generation },
    { kind: 'timer.clear', key: subscriptionTimers.heartbeat },
    { kind: 'timer.set', key: subscriptionTimers.retry, delayMs },
  );
  return wasSubscribed ? [{ kind: 'disconnected', reason }] : [];
}

function rolesOf(subscription: Subscription, roles: readonly string[] | undefined): readonly string[] {
  if (roles !== undefined && roles.length > 0) return roles;
  const own = subscription.frameworkInfo.roles;
  return own !== undefined && own.length > 0 ? own : [subscription.frameworkInfo.role ?? '*'];
}
