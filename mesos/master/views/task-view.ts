import { messageType } from '../../../sdk/v1/codec.ts';
import type { CommandInfo, ContainerStatus, Labels, NetworkInfo, TaskStatus } from '../../../sdk/v1/generated/mesos.ts';
import { Resources } from '../../../sdk/v1/resources.ts';
import type { MasterTask } from '../core/state.ts';
import { type LegacyJson, RawJson, rawMessage, writeLegacyJson } from './json.ts';
import type { ExecutorSnapshot } from './snapshot.ts';

const LABEL = messageType('mesos.v1.Label');
const DISCOVERY = messageType('mesos.v1.DiscoveryInfo');
const CONTAINER = messageType('mesos.v1.ContainerInfo');
const CONTAINER_ID = messageType('mesos.v1.ContainerID');
const CGROUP = messageType('mesos.v1.CgroupInfo');
const HEALTH_CHECK = messageType('mesos.v1.HealthCheck');
const IP_ADDRESS = messageType('mesos.v1.NetworkInfo.IPAddress');
const PORT_MAPPING = messageType('mesos.v1.NetworkInfo.PortMapping');
const ENVIRONMENT = messageType('mesos.v1.Environment');

/**
 * Texts of tasks that were shown before. An entry never changes (a task that does gets a new one), and most tasks of a
 * big answer are the same as in the one before.
 */
const texts = new WeakMap<MasterTask, RawJson>();

/** A task as /state, /frameworks and /tasks show it. */
export function taskView(entry: MasterTask): LegacyJson {
  const known = texts.get(entry);
  if (known !== undefined) return known;
  const text = new RawJson(writeLegacyJson(members(entry)));
  texts.set(entry, text);
  return text;
}

function members({ task, resources, role }: MasterTask): LegacyJson {
  const { limits, labels, discovery, container, health_check: healthCheck } = task;
  const all = resources.isEmpty ? Resources.fromProto(task.resources) : resources;
  return {
    id: task.task_id.value,
    name: task.name,
    framework_id: task.framework_id.value,
    executor_id: task.executor_id?.value ?? '',
    slave_id: task.agent_id.value,
    state: task.state,
    resources: all.toFlat(),
    limits: limits && Object.fromEntries(Object.entries(limits).map(([name, { value }]) => [name, limitView(value)])),
    role,
    statuses: (task.statuses ?? []).map(statusView),
    user: task.user,
    labels: labels && labelsView(labels),
    discovery: discovery && rawMessage(DISCOVERY, discovery),
    container: container && rawMessage(CONTAINER, container),
    health_check: healthCheck && rawMessage(HEALTH_CHECK, healthCheck),
  };
}

/** A task may be allowed to take without limit. */
function limitView(value: number): LegacyJson {
  return value === Number.POSITIVE_INFINITY ? 'Infinity' : value;
}

function statusView(status: TaskStatus): LegacyJson {
  const { labels, container_status: container, healthy } = status;
  return {
    state: status.state,
    timestamp: status.timestamp ?? 0,
    labels: labels && labelsView(labels),
    container_status: container && containerStatusView(container),
    healthy,
  };
}

function containerStatusView({
  container_id: id,
  network_infos: networks,
  cgroup_info: cgroup,
}: ContainerStatus): LegacyJson {
  return {
    container_id: id && rawMessage(CONTAINER_ID, id),
    network_infos: filled((networks ?? []).map(networkView)),
    cgroup_info: cgroup && rawMessage(CGROUP, cgroup),
  };
}

function networkView({
  groups,
  labels,
  ip_addresses: addresses,
  name,
  port_mappings: mappings,
}: NetworkInfo): LegacyJson {
  return {
    groups: filled(groups ?? []),
    labels: labels && labelsView(labels),
    ip_addresses: filled((addresses ?? []).map((address) => rawMessage(IP_ADDRESS, address))),
    name,
    port_mappings: filled((mappings ?? []).map((mapping) => rawMessage(PORT_MAPPING, mapping))),
  };
}

/** An executor as /state and /frameworks show it. */
export function executorView({ agentId, info, resources, role }: ExecutorSnapshot): LegacyJson {
  return {
    executor_id: info.executor_id.value,
    name: info.name ?? '',
    framework_id: info.framework_id?.value ?? '',
    command: commandView(info.command ?? {}),
    resources: resources.toFlat(),
    role: resources.isEmpty ? undefined : role,
    labels: info.labels && labelsView(info.labels),
    type: info.type,
    slave_id: agentId,
  };
}

function commandView({ shell, value, arguments: argv, environment, uris }: CommandInfo): LegacyJson {
  return {
    shell,
    value,
    argv: argv ?? [],
    environment: environment && rawMessage(ENVIRONMENT, environment),
    uris: (uris ?? []).map((uri) => ({ value: uri.value, executable: uri.executable ?? false })),
  };
}

/** Labels as a plain list. */
export function labelsView({ labels }: Labels): LegacyJson {
  return (labels ?? []).map((label) => rawMessage(LABEL, label));
}

/** Upstream leaves empty lists out here. */
function filled(list: readonly LegacyJson[]): readonly LegacyJson[] | undefined {
  return list.length === 0 ? undefined : list;
}
