import type { Agent } from './state.ts';
import { sendToAgent, type Turn } from './turn.ts';

/** Pings an agent now and from now on, until it is forgotten. */
export function startPinging(turn: Turn, agent: Agent): void {
  agent.unansweredPings = 0;
  ping(turn, agent);
}

/** Ends the pings of an agent. */
export function stopPinging(turn: Turn, agent: Agent): void {
  turn.out.emit({ kind: 'timer.clear', key: timerOf(agent.id) });
}

/** An answer: all pings before it count as answered. */
export function onPong(agent: Agent): void {
  agent.unansweredPings = 0;
}

/** Sends a ping and sets the timer of the next; `onPingTimer` in agent-removal.ts judges the unanswered ones. */
export function ping(turn: Turn, agent: Agent): void {
  const { state } = turn;
  agent.unansweredPings++;
  sendToAgent(turn, agent, { type: 'PING', ping: { sequence: state.pingSequence++ } });
  turn.out.emit({ kind: 'timer.set', key: timerOf(agent.id), delayMs: state.config.agentPingTimeoutMs });
}

function timerOf(agentId: string): string {
  return `ping/${agentId}`;
}
