import { FrameBuilder, type StepContext } from '../../../sdk/base/step.ts';
import type { Event as AgentEvent } from '../../../sdk/v1/generated/agent_link.ts';
import type { Event as SchedulerEvent } from '../../../sdk/v1/generated/scheduler.ts';
import { count, countIn } from './counters.ts';
import type { MasterEffect } from './effects.ts';
import type { Agent, Framework, MasterState } from './state.ts';

/** One step under way: the state, the step's inputs of time and chance, and what it decides. */
export interface Turn extends StepContext {
  readonly state: MasterState;
  readonly out: FrameBuilder<MasterEffect>;
}

/** Starts a step. */
export function beginTurn(state: MasterState, ctx: StepContext): Turn {
  return { state, wallMs: ctx.wallMs, monoMs: ctx.monoMs, ids: ctx.ids, out: new FrameBuilder() };
}

/** Sends an event to a framework; one that is not connected gets nothing. */
export function sendToFramework(turn: Turn, framework: Framework, event: SchedulerEvent): void {
  const { streamId } = framework;
  if (streamId === undefined) return;
  const type = (event.type ?? 'UNKNOWN').toLowerCase();
  countIn(framework.counters, 'events');
  countIn(framework.counters, `events/${type}`);
  turn.out.emit({ kind: 'stream.send', channel: 'scheduler', streamId, event });
}

/** Sends an event to an agent; one that is not connected gets nothing. */
export function sendToAgent(turn: Turn, agent: Agent, event: AgentEvent): void {
  const { streamId } = agent;
  if (streamId === undefined) return;
  turn.out.emit({ kind: 'stream.send', channel: 'agent', streamId, event });
}

/** Answers a request; an error's text says why. */
export function reply(turn: Turn, requestId: string, status: number, text?: string): void {
  turn.out.emit({ kind: 'http.reply', requestId, status, text });
}

/** A line for the log. */
export function log(turn: Turn, text: string, level: 'info' | 'warn' = 'info'): void {
  turn.out.emit({ kind: 'log', level, text });
}

/** Counts under one of upstream's metric keys, without its `master/`. */
export function bump(turn: Turn, key: string, by = 1): void {
  count(turn.state, key, by);
}
