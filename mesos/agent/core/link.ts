import type { FrameBuilder, StepContext } from '../../../sdk/base/step.ts';
import type { Call, Call_Hello, Event, Event_Registered } from '../../../sdk/v1/generated/agent_link.ts';
import type { FrameworkInfo } from '../../../sdk/v1/generated/mesos.ts';
import type { AgentEffect } from './effects.ts';
import { putAgent } from './records.ts';
import { type AgentState, agentIdOf } from './state.ts';
import { executorInfo, toTask } from './task-info.ts';
import { allExecutors, forwardAll } from './updates.ts';

type Frame = FrameBuilder<AgentEffect>;

/** Version of the agent link that this agent speaks. */
const PROTOCOL = 1;

/** Differs: the first pauses are a quarter of upstream's, because a master that just starts is there soon. */
const FIRST_PAUSE_DIVISOR = 4;

/** A stream that brings no answer to the registration in this time is dead, though it may look alive. */
const REGISTRATION_TIMEOUT_MS = 30_000;

/** Longest pause between two tries to reach the master. */
const BACKOFF_MS_MAX = 60_000;

/** Calls the master: the first time at once, so that a cluster is up at once. */
export function connect(state: AgentState, frame: Frame): void {
  const { link } = state;
  link.phase = 'connecting';
  state.deferred = [];
  link.generation++;
  link.attempts++;
  frame.emit(
    { kind: 'link.connect', generation: link.generation, call: registration(state) },
    { kind: 'timer.set', key: 'link.ping', delayMs: REGISTRATION_TIMEOUT_MS },
  );
}

function registration(state: AgentState): Call {
  const hello = helloOf(state);
  if (agentIdOf(state) === undefined) return { type: 'REGISTER', register: { hello } };
  const frameworks: FrameworkInfo[] = [];
  for (const framework of state.frameworks.values()) if (!framework.terminating) frameworks.push(framework.info);
  const live = [...allExecutors(state)].filter(({ framework }) => !framework.terminating);
  return {
    type: 'REREGISTER',
    reregister: {
      hello,
      frameworks,
      executors: live
        .filter(({ kind, phase }) => kind === 'custom' && phase !== 'terminated')
        .map((executor) => ({
          framework_id: { value: executor.framework.id },
          executor_info: executorInfo(executor),
        })),
      tasks: live.flatMap(({ tasks }) => [...tasks.values()].map((task) => ({ task: toTask(task) }))),
    },
  };
}

function helloOf(state: AgentState): Call_Hello {
  const { config, info, link } = state;
  return {
    protocol: PROTOCOL,
    version: config.version.version,
    agent_info: info,
    capabilities: config.capabilities.map((type) => ({ type })),
    newest_epoch: link.epoch,
    ip: config.ip,
    attempt: BigInt(link.starts) * 2n ** 32n + BigInt(link.attempts),
    registration_id: link.registrationId,
  };
}

/** The stream is gone, or never came to be: tries again after a random pause that grows. */
export function linkClosed(
  state: AgentState,
  frame: Frame,
  ctx: StepContext,
  generation: number,
  reason: string,
): void {
  if (generation !== state.link.generation || state.link.phase === 'waiting') return;
  retry(state, frame, ctx, reason);
}

function retry(state: AgentState, frame: Frame, ctx: StepContext, reason: string): void {
  const { link, config } = state;
  const wasRegistered = link.phase === 'registered';
  link.phase = 'waiting';
  const boundMs = Math.min(BACKOFF_MS_MAX, (config.registrationBackoffMs / FIRST_PAUSE_DIVISOR) * 2 ** link.failures);
  const delayMs = boundMs < 1 ? 0 : ctx.ids.next(Math.ceil(boundMs));
  // One line for a lost master, not one for each try.
  if (wasRegistered || link.failures === 0)
    frame.emit({ kind: 'log', level: 'warn', message: `no master: ${reason}; trying again` });
  link.failures++;
  frame.emit({ kind: 'timer.clear', key: 'link.ping' }, { kind: 'timer.set', key: 'link.retry', delayMs });
}

/** The master is silent for longer than it said it would ever be, or does not answer the registration. */
export function pingMissed(state: AgentState, frame: Frame, ctx: StepContext): void {
  const { phase, pingTimeoutMs } = state.link;
  if (phase === 'waiting') return;
  frame.emit({ kind: 'link.close' });
  const what = phase === 'registered' ? `no ping for ${pingTimeoutMs / 1000} s` : 'no answer to the registration';
  retry(state, frame, ctx, what);
}

/** (RE)REGISTERED: the master has us. An older master than we have seen is not ours. */
export function registered(state: AgentState, frame: Frame, ctx: StepContext, event: Event_Registered): void {
  const { link } = state;
  if (event.epoch < link.epoch) {
    frame.emit({ kind: 'link.close' });
    retry(state, frame, ctx, `a master of epoch ${event.epoch} answered, but epoch ${link.epoch} was seen`);
    return;
  }
  const isNew = agentIdOf(state) !== event.agent_id.value;
  if (isNew || event.epoch !== link.epoch || link.registrationId !== undefined) {
    link.epoch = event.epoch;
    link.registrationId = undefined;
    state.info = { ...state.info, id: event.agent_id };
    putAgent(state, frame);
  }
  link.phase = 'registered';
  link.failures = 0;
  link.master = event.master_info;
  link.pingTimeoutMs = event.ping_timeout_seconds * 1000;
  frame.emit(
    { kind: 'timer.set', key: 'link.ping', delayMs: link.pingTimeoutMs },
    {
      kind: 'log',
      level: 'info',
      message: `${isNew ? 'registered' : 'registered again'} with the master as agent ${event.agent_id.value}`,
      fields: { agentId: event.agent_id.value, master: event.master_info.pid, epoch: event.epoch.toString() },
    },
  );
  forwardAll(state, frame);
}

/** PING: we live, and so does the master. */
export function pinged(state: AgentState, frame: Frame, sequence: bigint): void {
  frame.emit(
    { kind: 'timer.set', key: 'link.ping', delayMs: state.link.pingTimeoutMs },
    { kind: 'link.send', generation: state.link.generation, calls: [{ type: 'PONG', pong: { sequence } }] },
  );
}

/** REFUSED: asks again later, or ends with the master's reason. */
export function refused(state: AgentState, frame: Frame, ctx: StepContext, event: NonNullable<Event['refused']>): void {
  frame.emit({ kind: 'link.close' });
  if (event.retry) {
    retry(state, frame, ctx, `the master refused this agent: ${event.message}`);
    return;
  }
  frame.emit({ kind: 'process.exit', code: 1, message: `the master refused this agent: ${event.message}` });
}
