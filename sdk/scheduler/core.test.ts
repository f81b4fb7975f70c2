import { describe, expect, test } from 'vitest';
import { seededIds } from '../base/ids.ts';
import { FrameBuilder, type StepContext } from '../base/step.ts';
import type { Event } from '../v1/generated/scheduler.ts';
import {
  forgetFrameworkId,
  newSubscription,
  type Signal,
  type SubscriptionEffect,
  type SubscriptionEvent,
  sendCall,
  startSubscription,
  stepSubscription,
} from './core.ts';

const SUBSCRIBED: Event = {
  type: 'SUBSCRIBED',
  subscribed: { framework_id: { value: 'f' }, heartbeat_interval_seconds: 15 },
};

/** A subscription on a clock of its own. */
function create() {
  const subscription = newSubscription({ user: 'u', name: 'n', roles: ['a', 'b'] });
  const effects: SubscriptionEffect[] = [];
  let monoMs = 0;
  const context = (): StepContext => ({ wallMs: 0, monoMs, ids: seededIds(1) });
  const run = <Result>(work: (frame: FrameBuilder<SubscriptionEffect>) => Result): Result => {
    const frame = new FrameBuilder<SubscriptionEffect>();
    const result = work(frame);
    effects.push(...frame.effects);
    return result;
  };
  return {
    subscription,
    /** Effects since the last look. */
    effects: () => effects.splice(0),
    start: () => run((frame) => startSubscription(subscription, context(), frame)),
    step: (event: SubscriptionEvent): readonly Signal[] =>
      run((frame) => stepSubscription(subscription, event, context(), frame)),
    event: (event: Event, generation = subscription.generation): readonly Signal[] =>
      run((frame) => stepSubscription(subscription, { kind: 'scheduler.event', generation, event }, context(), frame)),
    call: (call: Parameters<typeof sendCall>[1]) => run((frame) => sendCall(subscription, call, frame)),
    pass: (durationMs: number) => {
      monoMs += durationMs;
    },
  };
}

const subscribes = (effects: readonly SubscriptionEffect[]) =>
  effects.filter(({ kind }) => kind === 'scheduler.subscribe');
const closed = (generation: number): SubscriptionEvent => ({ kind: 'scheduler.closed', generation, reason: 'cut' });

describe('a subscription', () => {
  test('asks for an id first and brings it along later', () => {
    const it = create();
    it.start();
    expect(subscribes(it.effects())[0]).toMatchObject({
      call: { type: 'SUBSCRIBE', subscribe: { framework_info: { name: 'n' } } },
    });
    expect(it.event(SUBSCRIBED)).toEqual([
      { kind: 'subscribed', frameworkId: 'f', isNew: true, masterInfo: undefined },
    ]);
    expect(it.step(closed(1))).toEqual([{ kind: 'disconnected', reason: 'cut' }]);
    it.step({ kind: 'timer.fired', key: 'scheduler.retry' });
    expect(subscribes(it.effects()).at(-1)).toMatchObject({
      generation: 2,
      call: { framework_id: { value: 'f' }, subscribe: { framework_info: { id: { value: 'f' } } } },
    });
    expect(it.event(SUBSCRIBED)).toMatchObject([{ kind: 'subscribed', isNew: false }]);
  });

  test('ignores what an older connection still says', () => {
    const it = create();
    it.start();
    it.event(SUBSCRIBED);
    it.step(closed(1));
    it.step({ kind: 'timer.fired', key: 'scheduler.retry' });
    expect(it.event({ type: 'ERROR', error: { message: 'Framework failed over' } }, 1)).toEqual([]);
    expect(it.step(closed(1))).toEqual([]);
    expect(it.subscription.phase).toBe('connecting');
  });

  test('takes silence of three heartbeats for a dead connection', () => {
    const it = create();
    it.start();
    it.event(SUBSCRIBED);
    it.pass(44_000);
    expect(it.step({ kind: 'timer.fired', key: 'scheduler.heartbeat' })).toEqual([]);
    it.pass(2_000);
    expect(it.step({ kind: 'timer.fired', key: 'scheduler.heartbeat' })).toMatchObject([{ kind: 'disconnected' }]);
  });

  test('waits longer after each failure, and not after one that lasted', () => {
    const it = create();
    it.start();
    const delays: number[] = [];
    for (let failure = 0; failure < 10; failure++) {
      it.effects();
      it.step(closed(it.subscription.generation));
      const timer = it.effects().find((effect) => effect.kind === 'timer.set');
      delays.push(timer?.kind === 'timer.set' ? timer.delayMs : Number.NaN);
      it.step({ kind: 'timer.fired', key: 'scheduler.retry' });
    }
    expect(delays[0]).toBeLessThanOrEqual(51);
    expect(delays.at(-1)).toBeGreaterThanOrEqual(2_500);
    expect(Math.max(...delays)).toBeLessThanOrEqual(5_001);
    it.event(SUBSCRIBED);
    it.pass(3_000);
    it.event({ type: 'HEARTBEAT' });
    it.effects();
    it.step(closed(it.subscription.generation));
    expect(it.effects().find((effect) => effect.kind === 'timer.set')).toMatchObject({ delayMs: expect.any(Number) });
    expect(it.subscription.failures).toBe(1);
  });

  test('drops calls while not subscribed', () => {
    const it = create();
    it.start();
    expect(it.call({ type: 'REVIVE', revive: {} })).toBe(false);
    it.event(SUBSCRIBED);
    it.effects();
    expect(it.call({ type: 'REVIVE', revive: {} })).toBe(true);
    expect(it.effects()).toMatchObject([
      { kind: 'scheduler.call', generation: 1, call: { framework_id: { value: 'f' } } },
    ]);
  });

  test('stays suppressed over a reconnection', () => {
    const it = create();
    it.start();
    it.event(SUBSCRIBED);
    it.call({ type: 'SUPPRESS', suppress: {} });
    it.call({ type: 'REVIVE', revive: { roles: ['b'] } });
    it.step(closed(1));
    it.step({ kind: 'timer.fired', key: 'scheduler.retry' });
    expect(subscribes(it.effects()).at(-1)).toMatchObject({ call: { subscribe: { suppressed_roles: ['a'] } } });
  });

  test('tells of a removed framework, which may start anew without its id', () => {
    const it = create();
    it.start();
    it.event(SUBSCRIBED);
    const signals = it.event({ type: 'ERROR', error: { message: 'Framework has been removed' } });
    expect(signals.at(-1)).toEqual({ kind: 'refused', message: 'Framework has been removed', removed: true });
    forgetFrameworkId(it.subscription);
    it.effects();
    it.start();
    expect(subscribes(it.effects())[0]).not.toHaveProperty('call.framework_id');
  });

  test('gives up an attempt that brings no SUBSCRIBED', () => {
    const it = create();
    it.start();
    it.pass(15_000);
    it.step({ kind: 'timer.fired', key: 'scheduler.heartbeat' });
    expect(it.subscription.phase).toBe('backoff');
  });
});
