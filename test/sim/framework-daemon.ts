import type { Frame, Step, StoreChange, TimerEffect, TimerFired } from '../../sdk/base/step.ts';
import type { SubscriptionEffect, SubscriptionEvent } from '../../sdk/scheduler/core.ts';
import { type ProcessStart, SimProcess } from '../../sdk/testing/sim-process.ts';
import { SimSchedulerLink } from '../../sdk/testing/sim-scheduler-link.ts';
import { MASTER } from './master-daemon.ts';
import type { World } from './world.ts';

type Kinded = { readonly kind: string };

/** A framework's core, and what the simulation wants to see of it. */
export interface FrameworkParts<State, Event extends Kinded, Effect extends Kinded> {
  readonly name: string;
  readonly boot: (start: ProcessStart) => { readonly state: State; readonly first: readonly Event[] };
  readonly step: Step<State, Event | SubscriptionEvent, Effect | SubscriptionEffect>;
  /** Performs what is neither of the subscription nor a timer. */
  readonly perform: (effect: Effect) => void;
  readonly onDown?: (() => void) | undefined;
  /** Every event of the master that reaches the framework. */
  readonly onSchedulerEvent?:
    | ((event: Extract<SubscriptionEvent, { kind: 'scheduler.event' }>['event']) => void)
    | undefined;
  readonly onStep?:
    | ((state: State, event: Event | SubscriptionEvent, frame: Frame<Effect | SubscriptionEffect>) => void)
    | undefined;
  readonly onCommit?: ((records: readonly StoreChange[]) => void) | undefined;
}

export type FrameworkProcess<State, Event extends Kinded, Effect extends Kinded> = SimProcess<
  State,
  Event | SubscriptionEvent,
  Effect | SubscriptionEffect
>;

/** A framework's process with its connection to the master. */
export function createFramework<State, Event extends Kinded, Effect extends Kinded>(
  world: World,
  parts: FrameworkParts<State, Event, Effect>,
): FrameworkProcess<State, Event, Effect> {
  const { name } = parts;
  const link = new SimSchedulerLink({
    network: world.network,
    from: name,
    master: () => MASTER,
    mediaType: world.mediaType,
    post: (event) => {
      if (event.kind === 'scheduler.event') parts.onSchedulerEvent?.(event.event);
      process.post(event);
    },
  });
  const process: FrameworkProcess<State, Event, Effect> = new SimProcess<
    State,
    Event | SubscriptionEvent,
    Effect | SubscriptionEffect
  >(world.host(name), {
    boot: parts.boot,
    step: parts.step as Step<State, Event | SubscriptionEvent | TimerFired, Effect | SubscriptionEffect>,
    perform: (effect: Exclude<Effect | SubscriptionEffect, TimerEffect>) => {
      if (effect.kind.startsWith('scheduler.')) link.perform(effect as Exclude<SubscriptionEffect, TimerEffect>);
      else parts.perform(effect as Effect);
    },
    onDown: () => {
      link.close();
      world.leave(name);
      parts.onDown?.();
    },
    onStep: (state, event, frame) => parts.onStep?.(state, event, frame),
    onCommit: parts.onCommit,
    describe,
  });
  return process;
}

function describe(event: Kinded): string {
  if (event.kind === 'timer.fired') return `timer ${(event as TimerFired).key}`;
  if (event.kind === 'scheduler.closed') return `closed: ${(event as { reason?: string }).reason}`;
  if (event.kind !== 'scheduler.event') return event.kind;
  const { event: told } = event as Extract<SubscriptionEvent, { kind: 'scheduler.event' }>;
  const { update, offers, error } = told;
  if (update !== undefined) {
    const { task_id: taskId, state, reason, source } = update.status;
    return `UPDATE ${taskId.value} ${state} ${reason ?? ''} ${source ?? ''}`;
  }
  if (offers !== undefined)
    return `OFFERS ${(offers.offers ?? []).map(({ id }) => id.value.split('-').at(-1)).join(' ')}`;
  return error === undefined ? (told.type ?? 'UNKNOWN') : `ERROR ${error.message}`;
}
