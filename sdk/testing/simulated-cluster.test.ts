import { expect, test } from 'vitest';
import { FrameBuilder, type StepContext } from '../base/step.ts';
import {
  newSubscription,
  type Signal,
  type Subscription,
  type SubscriptionEffect,
  type SubscriptionEvent,
  sendCall,
  startSubscription,
  stepSubscription,
} from '../scheduler/core.ts';
import { scalarResources, timesFitting } from '../scheduler/offer-scalars.ts';
import type { Offer, TaskStatus } from '../v1/generated/mesos.ts';
import type { Event } from '../v1/generated/scheduler.ts';
import { isTerminal } from '../v1/task-state.ts';
import type { SimProcess } from './sim-process.ts';
import { SimulatedCluster } from './simulated-cluster.ts';

/** A framework that runs `WANTED` tasks, each until it has finished, and remembers which have. */
const WANTED = 12;
const NEEDS = { cpus: 0.5, mem: 32 };

interface State {
  readonly subscription: Subscription;
  launches: number;
  /** Task id by job number; undefined waits for a launch. */
  readonly jobs: Map<number, { readonly taskId: string; readonly agentId: string } | 'waiting' | 'done'>;
}

type StartEvent = { readonly kind: 'start' };
type Frame = FrameBuilder<SubscriptionEffect>;

function boot(entries: readonly { readonly key: string; readonly value: unknown }[]) {
  const state: State = {
    subscription: newSubscription({ user: 'nobody', name: 'jobs', failover_timeout: 3600 }),
    launches: 0,
    jobs: new Map(Array.from({ length: WANTED }, (_, job) => [job, 'waiting'])),
  };
  for (const { key, value } of entries) {
    if (key === 'launches') state.launches = value as number;
    else if (key === 'framework') {
      const id = { value: value as string };
      state.subscription.frameworkInfo = { ...state.subscription.frameworkInfo, id };
    } else state.jobs.set(Number(key), value as 'done');
  }
  return { state, first: [{ kind: 'start' } as const] };
}

function step(state: State, event: StartEvent | SubscriptionEvent, ctx: StepContext): Frame {
  const frame: Frame = new FrameBuilder();
  if (event.kind === 'start') startSubscription(state.subscription, ctx, frame);
  else for (const signal of stepSubscription(state.subscription, event, ctx, frame)) onSignal(state, frame, signal);
  return frame;
}

function onSignal(state: State, frame: Frame, signal: Signal): void {
  if (signal.kind === 'subscribed') {
    if (signal.isNew) frame.put('framework', signal.frameworkId);
    const running = [...state.jobs.values()].filter((job) => typeof job === 'object');
    const tasks = running.map(({ taskId, agentId }) => ({ task_id: { value: taskId }, agent_id: { value: agentId } }));
    if (tasks.length > 0) sendCall(state.subscription, { type: 'RECONCILE', reconcile: { tasks } }, frame);
  } else if (signal.kind === 'event') onEvent(state, frame, signal.event);
}

function onEvent(state: State, frame: Frame, { offers, update }: Event): void {
  for (const offer of offers?.offers ?? []) launch(state, frame, offer);
  if (update !== undefined) onUpdate(state, frame, update.status);
}

function launch(state: State, frame: Frame, offer: Offer): void {
  const waiting = [...state.jobs].filter(([, job]) => job === 'waiting').slice(0, timesFitting(offer, NEEDS));
  const infos = waiting.map(([job]) => {
    const taskId = `job-${job}-${state.launches++}`;
    const launched = { taskId, agentId: offer.agent_id.value };
    state.jobs.set(job, launched);
    frame.put(String(job), launched);
    return { name: 'job', task_id: { value: taskId }, agent_id: offer.agent_id, resources: scalarResources(NEEDS) };
  });
  if (infos.length > 0) frame.put('launches', state.launches);
  const operations = infos.length === 0 ? [] : [{ type: 'LAUNCH' as const, launch: { task_infos: infos } }];
  const accept = { offer_ids: [offer.id], operations, filters: { refuse_seconds: 1 } };
  sendCall(state.subscription, { type: 'ACCEPT', accept }, frame);
}

function onUpdate(state: State, frame: Frame, status: TaskStatus): void {
  const { task_id: taskId, agent_id: agentId, uuid } = status;
  const job = [...state.jobs].find(([, one]) => typeof one === 'object' && one.taskId === taskId.value)?.[0];
  if (job !== undefined && isTerminal(status.state)) {
    const next = status.state === 'TASK_FINISHED' ? 'done' : 'waiting';
    state.jobs.set(job, next);
    frame.put(String(job), next);
  }
  if (uuid === undefined || agentId === undefined) return;
  sendCall(
    state.subscription,
    { type: 'ACKNOWLEDGE', acknowledge: { agent_id: agentId, task_id: taskId, uuid } },
    frame,
  );
}

const AGENTS = [{ resources: 'cpus:2;mem:512' }, { resources: 'cpus:1;mem:512' }];
const core = { boot, step };

function isDone(process: SimProcess<State, never, never>): boolean {
  return process.state !== undefined && [...process.state.jobs.values()].every((job) => job === 'done');
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])('a framework gets its work done in spite of faults, seed %i', (seed) => {
  const cluster = new SimulatedCluster({
    seed,
    agents: AGENTS,
    behaviour: (_task, chance) => ({
      startMs: 20,
      runMs: chance.between(1_000, 20_000),
      end: chance.chance(0.2) ? 'TASK_FAILED' : 'TASK_FINISHED',
    }),
    faults: {
      latencyMs: [0.1, 5],
      slowChance: 0.02,
      slowMs: 2_000,
      breakChance: 0.01,
      stallChance: 0.001,
      repeatChance: 0.02,
    },
  });
  const process = cluster.addFramework('jobs', { ...core, mediaType: 'application/json' });
  cluster.run(5_000);
  process.crash();
  cluster.run(1_000);
  process.start();
  cluster.failMaster(3_000);
  cluster.run(10_000);
  cluster.loseAgent('S0');
  cluster.run(5_000);
  cluster.returnAgent('S0');
  cluster.runUntil(() => isDone(process as never), 3_600_000);
  expect(cluster.violations).toEqual([]);
  expect(cluster.master.frameworks.size).toBe(1);
  // The framework gave up a task that was unreachable for a while; it too ends, and is acknowledged.
  cluster.runUntil(() => cluster.tasks().length === 0, 3_600_000);
});

test('the same seed gives the same run, another seed another', () => {
  const hashOf = (seed: number): string => {
    const cluster = new SimulatedCluster({ seed, agents: AGENTS });
    cluster.addFramework('jobs', core);
    cluster.run(60_000);
    return cluster.trace.hash;
  };
  expect(hashOf(7)).toBe(hashOf(7));
  expect(hashOf(7)).not.toBe(hashOf(8));
});

test('a framework without a core speaks through a connection', () => {
  const cluster = new SimulatedCluster({ seed: 1, agents: AGENTS });
  const events: Event[] = [];
  const info = { user: 'nobody', name: 'plain' };
  const client = cluster.connect(
    'plain',
    { type: 'SUBSCRIBE', subscribe: { framework_info: info } },
    {
      onEvent: (event) => events.push(event),
      onClosed: (reason) => events.push({ type: 'ERROR', error: { message: reason } }),
    },
  );
  cluster.run(1_000);
  expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['SUBSCRIBED', 'HEARTBEAT', 'OFFERS']));
  const offered = events.flatMap(({ offers }) => offers?.offers ?? []);
  expect(new Set(offered.map(({ agent_id: id }) => id.value))).toEqual(new Set(['S0', 'S1']));
  const offer = offered[0] as Offer;
  client.send({
    type: 'DECLINE',
    framework_id: offer.framework_id,
    decline: { offer_ids: [offer.id], filters: { refuse_seconds: 60 } },
  });
  cluster.failMaster(100);
  cluster.run(1_000);
  expect(events.at(-1)?.error?.message).toBe('connection reset by peer');
});
