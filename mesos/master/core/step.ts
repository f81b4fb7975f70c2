import type { Frame, StepContext } from '../../../sdk/base/step.ts';
import type { Allocation } from '../allocator/allocator.ts';
import { onAgentCalls } from './agent-calls.ts';
import { onPingTimer, onRecoveryTimeout } from './agent-removal.ts';
import { disconnectAgent } from './agents.ts';
import { onAllocationTimer, scheduleAllocation, startAllocating } from './allocation.ts';
import type { MasterEffect } from './effects.ts';
import type { MasterEvent } from './events.ts';
import { disconnectFramework, onFailoverTimeout } from './frameworks.ts';
import { onOfferTimeout, sendOffers } from './offers.ts';
import { forgetOperatorStream, onOperatorCall, onTeardownPosted, operatorHeartbeat } from './operator-calls.ts';
import { collectGarbage, recordEpoch } from './registry.ts';
import { onSchedulerCall } from './scheduler-calls.ts';
import type { MasterState } from './state.ts';
import { heartbeat } from './subscribe.ts';
import { beginTurn, type Turn } from './turn.ts';

const RECOVERY_TIMER = 'agents.recovery';
const REGISTRY_TIMER = 'registry.collect';
const REGISTRY_INTERVAL_MS = 15 * 60_000;

/**
 * The master's brain: one event in, durable records and effects out.
 *
 *     scheduler.call, agent.calls, operator.call, teardown.posted, stream.closed, timer.fired
 *         -> step -> records (agents admitted, unreachable, gone; epoch)
 *                 -> replies, streams opened, fed and closed, timers
 *
 * What an event frees is allocated by a later step (timer `allocation.pending`), so that a burst of events shares one allocation.
 */
export function step(state: MasterState, event: MasterEvent, ctx: StepContext): Frame<MasterEffect> {
  const turn = beginTurn(state, ctx);
  dispatch(turn, event);
  scheduleAllocation(turn);
  return turn.out;
}

function dispatch(turn: Turn, event: MasterEvent): void {
  switch (event.kind) {
    case 'master.started':
      onStarted(turn);
      return;
    case 'scheduler.call':
      onSchedulerCall(turn, event);
      return;
    case 'agent.calls':
      onAgentCalls(turn, event);
      return;
    case 'operator.call':
      onOperatorCall(turn, event);
      return;
    case 'teardown.posted':
      onTeardownPosted(turn, event);
      return;
    case 'stream.closed':
      onStreamClosed(turn, event.streamId);
      return;
    case 'timer.fired':
      onTimer(turn, event.key);
      return;
  }
}

function onStarted(turn: Turn): void {
  recordEpoch(turn);
  startAllocating(turn);
  turn.out.emit({ kind: 'timer.set', key: REGISTRY_TIMER, delayMs: REGISTRY_INTERVAL_MS });
  if (turn.state.recovered.size === 0) return;
  turn.out.emit({ kind: 'timer.set', key: RECOVERY_TIMER, delayMs: turn.state.config.agentReregisterTimeoutMs });
}

/** Streams that the master ended, or replaced, have no owner any more. */
function onStreamClosed(turn: Turn, streamId: string): void {
  const { state } = turn;
  const owner = state.streams.get(streamId);
  if (owner === undefined) return;
  if (owner.kind === 'operator') {
    forgetOperatorStream(turn, streamId);
  } else if (owner.kind === 'scheduler') {
    const framework = state.frameworks.get(owner.frameworkId);
    if (framework !== undefined) disconnectFramework(turn, framework);
  } else {
    const agent = state.agents.get(owner.agentId);
    if (agent !== undefined) disconnectAgent(turn, agent);
  }
}

function onTimer(turn: Turn, key: string): void {
  const allocations = onAllocationTimer(turn, key);
  if (allocations !== undefined) {
    offer(turn, allocations);
    return;
  }
  const slash = key.indexOf('/');
  const [kind, id] = slash === -1 ? [key, ''] : [key.slice(0, slash), key.slice(slash + 1)];
  if (kind === 'ping') onPingTimer(turn, id);
  else if (kind === 'heartbeat') onHeartbeatTimer(turn, id);
  else if (kind === 'failover') onFailoverTimeout(turn, id);
  else if (kind === 'offer') onOfferTimeout(turn, id);
  else if (kind === RECOVERY_TIMER) onRecoveryTimeout(turn);
  else if (kind === REGISTRY_TIMER) {
    collectGarbage(turn);
    turn.out.emit({ kind: 'timer.set', key: REGISTRY_TIMER, delayMs: REGISTRY_INTERVAL_MS });
  }
}

function onHeartbeatTimer(turn: Turn, streamId: string): void {
  const owner = turn.state.streams.get(streamId);
  if (owner?.kind === 'operator') operatorHeartbeat(turn, streamId);
  else if (owner?.kind === 'scheduler') {
    const framework = turn.state.frameworks.get(owner.frameworkId);
    if (framework !== undefined) heartbeat(turn, framework);
  }
}

/** One OFFERS event for each framework. */
function offer(turn: Turn, allocations: readonly Allocation[]): void {
  const byFramework = new Map<string, Allocation[]>();
  for (const allocation of allocations) {
    const list = byFramework.get(allocation.frameworkId);
    if (list === undefined) byFramework.set(allocation.frameworkId, [allocation]);
    else list.push(allocation);
  }
  for (const [frameworkId, grants] of byFramework) {
    const framework = turn.state.frameworks.get(frameworkId);
    if (framework !== undefined) sendOffers(turn, framework, grants);
  }
}
