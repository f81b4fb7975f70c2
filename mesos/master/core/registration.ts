import type { Call_Register, Call_Reregister, Event } from '../../../sdk/v1/generated/agent_link.ts';
import { activateAgent, connectAgent, describe, keepAgent, newAgent } from './agents.ts';
import { updateAgentInAllocator } from './allocation.ts';
import { authorize } from './authorize.ts';
import { equalMessages } from './equal.ts';
import type { AgentCalled } from './events.ts';
import { rescindAgentOffers } from './offers.ts';
import { publishAgentAdded } from './operator-events.ts';
import { recordAdmitted } from './registry.ts';
import { admitReport, compareReport } from './reports.ts';
import type { Agent } from './state.ts';
import { bump, log, type Turn } from './turn.ts';
import { helloError } from './validation/agent.ts';

const EMPTY_REPORT = { frameworks: [], executors: [], tasks: [] };

/** REGISTER: an agent without an id asks for one. Asking again with the same registration id gives the same id. */
export function register(turn: Turn, event: AgentCalled, call: Call_Register): void {
  bump(turn, 'messages_register_slave');
  const { state } = turn;
  const { hello } = call;
  const known = hello.registration_id === undefined ? undefined : state.registrationIds.get(hello.registration_id);
  if (known !== undefined) {
    const again = { ...hello, agent_info: { ...hello.agent_info, id: { value: known } } };
    reregister(turn, event, { ...EMPTY_REPORT, hello: again });
    return;
  }
  if (isRefused(turn, event, hello)) return;
  const id = `${state.config.info.id}-S${state.nextAgentNumber++}`;
  const agent = newAgent(turn, id, hello, event.remoteIp);
  recordAdmitted(turn, id, agent.info, agent.registrationId);
  keepAgent(turn, agent);
  connectAgent(turn, agent, event.requestId, 'REGISTERED');
  activateAgent(turn, agent);
  bump(turn, 'slave_registrations');
  log(turn, `Registered agent ${id} (${agent.info.hostname}) at ${agent.ip}:${agent.port} with ${agent.total}`);
  publishAgentAdded(turn, agent);
}

/**
 * REREGISTER: an agent is back. One that this master holds is compared with what the master knows; one that it does not
 * (since a restart of the master, or because the agent was unreachable) brings its tasks with it.
 */
export function reregister(turn: Turn, event: AgentCalled, call: Call_Reregister): void {
  bump(turn, 'messages_reregister_slave');
  const { state } = turn;
  const id = call.hello.agent_info.id?.value;
  if (isRefused(turn, event, call.hello)) return;
  if (id === undefined || id === '') {
    refuse(turn, event, { message: "Expecting 'reregister.hello.agent_info.id' to be present", retry: false });
    return;
  }
  if (state.gone.has(id)) {
    answerOnce(turn, event, { type: 'SHUTDOWN', shutdown: { message: 'Agent has been marked gone' } });
    return;
  }
  const known = state.agents.get(id);
  if (known === undefined) admit(turn, event, call, id);
  else if (isOutdated(known, call)) {
    refuse(turn, event, { message: 'A newer registration of this agent is in force', retry: true });
  } else welcomeBack(turn, event, call, known);
  bump(turn, 'slave_reregistrations');
}

/** A late repetition of an older registration must not undo the one in force. */
function isOutdated(agent: Agent, call: Call_Reregister): boolean {
  const { attempt } = call.hello;
  return agent.connected && attempt !== undefined && attempt <= agent.attempt;
}

function admit(turn: Turn, event: AgentCalled, call: Call_Reregister, id: string): void {
  const agent = newAgent(turn, id, call.hello, event.remoteIp);
  agent.reregisteredAtMs = turn.wallMs;
  recordAdmitted(turn, id, agent.info, agent.registrationId);
  // The stream comes first: kills and shutdowns of what may not stay go out on it.
  connectAgent(turn, agent, event.requestId, 'REREGISTERED');
  admitReport(turn, agent, call);
  activateAgent(turn, agent);
  log(turn, `Reregistered agent ${id} (${agent.info.hostname}) at ${agent.ip}:${agent.port} with ${agent.total}`);
  publishAgentAdded(turn, agent);
}

function welcomeBack(turn: Turn, event: AgentCalled, call: Call_Reregister, agent: Agent): void {
  const before = agent.info;
  describe(agent, call.hello, event.remoteIp);
  agent.reregisteredAtMs = turn.wallMs;
  if (!equalMessages(before, agent.info)) {
    recordAdmitted(turn, agent.id, agent.info, agent.registrationId);
    rescindAgentOffers(turn, agent);
    updateAgentInAllocator(turn, agent);
  }
  connectAgent(turn, agent, event.requestId, 'REREGISTERED');
  compareReport(turn, agent, call);
  activateAgent(turn, agent);
  log(turn, `Reregistered agent ${agent.id} (${agent.info.hostname}) at ${agent.ip}:${agent.port}`);
}

function isRefused(turn: Turn, event: AgentCalled, hello: Call_Register['hello']): boolean {
  const { epoch } = turn.state.config;
  const error = helloError(hello);
  if (error !== undefined) refuse(turn, event, { message: error, retry: false });
  else if ((hello.newest_epoch ?? 0n) > epoch) {
    refuse(turn, event, {
      message: `This master's epoch ${epoch} is older than ${hello.newest_epoch}, which the agent has seen: it is no longer the leader`,
      retry: true,
    });
  } else if (!authorize(event.principal, 'register_agent', hello.agent_info.hostname)) {
    refuse(turn, event, { message: 'Not authorized to register as an agent', retry: false });
  } else return false;
  return true;
}

function refuse(turn: Turn, event: AgentCalled, refused: NonNullable<Event['refused']>): void {
  log(turn, `Refusing registration of an agent at ${event.remoteIp}: ${refused.message}`, 'warn');
  answerOnce(turn, event, { type: 'REFUSED', refused });
}

/** A stream with one event on it. */
function answerOnce(turn: Turn, event: AgentCalled, answer: Event): void {
  const streamId = turn.ids.uuid();
  turn.out.emit(
    { kind: 'stream.open', requestId: event.requestId, streamId, channel: 'agent' },
    { kind: 'stream.send', channel: 'agent', streamId, event: answer },
    { kind: 'stream.close', streamId },
  );
}
