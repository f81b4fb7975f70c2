import { flatAttributes } from '../../../sdk/v1/attributes.ts';
import { messageType } from '../../../sdk/v1/codec.ts';
import type { AgentInfo } from '../../../sdk/v1/generated/mesos.ts';
import { LazyList, type LegacyAnswer, type LegacyJson, rawMessage } from '../../../sdk/v1/legacy/json.ts';
import { Resources } from '../../../sdk/v1/resources.ts';
import type { AgentSnapshot, MasterSnapshot } from './snapshot.ts';

const DOMAIN = messageType('mesos.v1.DomainInfo');
const RESOURCE = messageType('mesos.v1.Resource');

type Members = Readonly<Record<string, LegacyJson | undefined>>;

/** GET /slaves: all agents, or the one of `slave_id`, with their resources in full. */
export function agentsView(snapshot: MasterSnapshot, query: URLSearchParams): LegacyAnswer {
  const wanted = query.get('slave_id');
  const agents = snapshot.agents.filter(({ id }) => wanted === null || id === wanted);
  const recovered = snapshot.recovered.filter(({ id }) => wanted === null || id?.value === wanted);
  return {
    slaves: LazyList.of(agents, (agent) => ({ ...agentView(agent), ...fullResources(agent) })),
    recovered_slaves: LazyList.of(recovered, agentInfoView),
  };
}

/** An agent as /state, /state-summary and /slaves show it. */
export function agentView(agent: AgentSnapshot): Members {
  const { total } = agent;
  return {
    ...agentInfoView(agent.info),
    pid: agent.pid,
    registered_time: agent.registeredAtMs / 1000,
    reregistered_time: agent.reregisteredAtMs === undefined ? undefined : agent.reregisteredAtMs / 1000,
    resources: total.toFlat(),
    used_resources: Resources.sum(agent.used).toFlat(),
    offered_resources: agent.offered.toFlat(),
    reserved_resources: byRole(total, (part) => part.toFlat()),
    unreserved_resources: total.unreserved().toFlat(),
    active: agent.active,
    // Operators cannot deactivate agents yet.
    deactivated: false,
    version: agent.version,
    capabilities: agent.capabilities,
  };
}

/** What an agent says of itself; all that is known of one that has not come back after a restart of the master. */
export function agentInfoView(info: AgentInfo): Members {
  return {
    id: info.id?.value ?? '',
    hostname: info.hostname,
    port: BigInt(info.port ?? 5051),
    attributes: flatAttributes(info.attributes),
    domain: info.domain && rawMessage(DOMAIN, info.domain),
  };
}

function fullResources({ total, used, offered }: AgentSnapshot): Members {
  return {
    reserved_resources_full: byRole(total, full),
    unreserved_resources_full: full(total.unreserved()),
    used_resources_full: full(Resources.sum(used)),
    offered_resources_full: full(offered),
  };
}

function full(resources: Resources): LegacyJson {
  return resources.toProto('endpoint').map((resource) => rawMessage(RESOURCE, resource));
}

function byRole(resources: Resources, view: (part: Resources) => LegacyJson): LegacyJson {
  return Object.fromEntries(Array.from(resources.byReservation(), ([role, part]) => [role, view(part)]));
}
