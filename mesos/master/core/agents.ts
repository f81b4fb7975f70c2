import type { Call_Hello, Event } from '../../../sdk/v1/generated/agent_link.ts';
import type { AgentInfo_Capability_Type } from '../../../sdk/v1/generated/mesos.ts';
import { Resources } from '../../../sdk/v1/resources.ts';
import { endTasksOf } from './agent-removal.ts';
import { addAgentToAllocator, setAgentActive } from './allocation.ts';
import { settleKills } from './kill.ts';
import { AGENT_PATH, rescindAgentOffers } from './offers.ts';
import { startPinging } from './pings.ts';
import type { Agent } from './state.ts';
import { log, sendToAgent, type Turn } from './turn.ts';

/** An agent as it introduces itself; not in the books yet. */
export function newAgent(turn: Turn, id: string, hello: Call_Hello, remoteIp: string): Agent {
  const agent: Agent = {
    id,
    info: hello.agent_info,
    ip: remoteIp,
    port: 0,
    pid: '',
    version: hello.version,
    capabilities: [],
    registeredAtMs: turn.wallMs,
    reregisteredAtMs: undefined,
    connected: false,
    active: false,
    streamId: undefined,
    registrationId: hello.registration_id ?? '',
    attempt: 0n,
    batch: 0n,
    unansweredPings: 0,
    total: Resources.empty,
    tasks: new Map(),
    executors: new Map(),
    offers: new Set(),
    kills: new Map(),
    disowned: new Map(),
    used: new Map(),
    offered: Resources.empty,
  };
  describe(agent, hello, remoteIp);
  return agent;
}

/** Takes over what an agent says of itself. */
export function describe(agent: Agent, hello: Call_Hello, remoteIp: string): void {
  agent.info = { ...hello.agent_info, id: { value: agent.id } };
  agent.ip = hello.ip ?? remoteIp;
  agent.port = hello.agent_info.port ?? 5051;
  agent.pid = `${AGENT_PATH.slice(1)}@${agent.ip}:${agent.port}`;
  agent.version = hello.version;
  agent.capabilities = (hello.capabilities ?? [])
    .map((capability) => capability.type)
    .filter((type): type is AgentInfo_Capability_Type => type !== undefined);
  agent.total = Resources.fromProto(hello.agent_info.resources);
  agent.attempt = hello.attempt ?? 0n;
}

/** Puts an agent in the books, with the tasks and executors that were added to it before. */
export function keepAgent(turn: Turn, agent: Agent): void {
  const { state } = turn;
  const recovered = state.recovered.get(agent.id);
  state.recovered.delete(agent.id);
  state.unreachable.delete(agent.id);
  state.agents.set(agent.id, agent);
  if (agent.registrationId !== '') state.registrationIds.set(agent.registrationId, agent.id);
  addAgentToAllocator(turn, agent);
  if (recovered !== undefined) settleKills(turn, agent.id, recovered);
}

/** Opens the stream of an agent's (re)registration; an older one ends. `answer` is the first thing said on it. */
export function connectAgent(turn: Turn, agent: Agent, requestId: string, type: 'REGISTERED' | 'REREGISTERED'): void {
  const { state } = turn;
  const { config } = state;
  const old = agent.streamId;
  if (old !== undefined) {
    state.streams.delete(old);
    turn.out.emit({ kind: 'stream.close', streamId: old });
  }
  const streamId = turn.ids.uuid();
  turn.out.emit({ kind: 'stream.open', requestId, streamId, channel: 'agent' });
  state.streams.set(streamId, { kind: 'agent', agentId: agent.id });
  agent.streamId = streamId;
  agent.batch = 0n;
  agent.connected = true;
  const registered: Event['registered'] = {
    agent_id: { value: agent.id },
    master_info: config.info,
    epoch: config.epoch,
    protocol: 1,
    ping_timeout_seconds: (config.agentPingTimeoutMs * config.maxAgentPingTimeouts) / 1000,
  };
  sendToAgent(turn, agent, { type, registered });
  startPinging(turn, agent);
}

/** An agent's resources are offered. */
export function activateAgent(turn: Turn, agent: Agent): void {
  if (!agent.active) setAgentActive(turn, agent, true);
}

/**
 * An agent's stream broke. It may come back until its pings time out; meanwhile nothing of it is offered. Tasks of
 * frameworks without checkpointing are lost at once, as upstream.
 */
export function disconnectAgent(turn: Turn, agent: Agent): void {
  if (agent.streamId !== undefined) turn.state.streams.delete(agent.streamId);
  agent.streamId = undefined;
  agent.connected = false;
  log(turn, `Agent ${agent.id} (${agent.info.hostname}) disconnected`);
  if (agent.active) setAgentActive(turn, agent, false);
  rescindAgentOffers(turn, agent);
  for (const frameworkId of new Set([...agent.tasks.keys(), ...agent.executors.keys()])) {
    const framework = turn.state.frameworks.get(frameworkId);
    if (framework === undefined || framework.info.checkpoint === true) continue;
    endTasksOf(turn, agent, framework, {
      state: 'TASK_LOST',
      message: `Agent ${agent.info.hostname} disconnected`,
      reason: 'REASON_AGENT_DISCONNECTED',
    });
  }
}
