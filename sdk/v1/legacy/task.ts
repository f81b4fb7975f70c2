import { messageType } from '../codec.ts';
import type { ContainerStatus, Labels, NetworkInfo, Task, TaskStatus } from '../generated/mesos.ts';
import type { Resources } from '../resources.ts';
import { type LegacyJson, rawMessage } from './json.ts';

const LABEL = messageType('mesos.v1.Label');
const DISCOVERY = messageType('mesos.v1.DiscoveryInfo');
const CONTAINER = messageType('mesos.v1.ContainerInfo');
const CONTAINER_ID = messageType('mesos.v1.ContainerID');
const CGROUP = messageType('mesos.v1.CgroupInfo');
const HEALTH_CHECK = messageType('mesos.v1.HealthCheck');
const IP_ADDRESS = messageType('mesos.v1.NetworkInfo.IPAddress');
const PORT_MAPPING = messageType('mesos.v1.NetworkInfo.PortMapping');

/**
 * A task as the legacy endpoints of master and agent show it.
 *
 * @param resources the task's resources as a value; @param role the role that they are allocated to, or ''.
 * Source: Mesos `model(Task)` as recorded from `/state`.
 */
export function legacyTask(task: Task, resources: Resources, role: string): LegacyJson {
  const { limits, labels, discovery, container, health_check: healthCheck } = task;
  return {
    id: task.task_id.value,
    name: task.name,
    framework_id: task.framework_id.value,
    executor_id: task.executor_id?.value ?? '',
    slave_id: task.agent_id.value,
    state: task.state,
    resources: resources.toFlat(),
    limits: limits && Object.fromEntries(Object.entries(limits).map(([name, { value }]) => [name, limitView(value)])),
    role,
    statuses: (task.statuses ?? []).map(statusView),
    user: task.user,
    labels: labels && legacyLabels(labels),
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
    labels: labels && legacyLabels(labels),
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
    labels: labels && legacyLabels(labels),
    ip_addresses: filled((addresses ?? []).map((address) => rawMessage(IP_ADDRESS, address))),
    name,
    port_mappings: filled((mappings ?? []).map((mapping) => rawMessage(PORT_MAPPING, mapping))),
  };
}

/** Labels as a plain list. */
export function legacyLabels({ labels }: Labels): LegacyJson {
  return (labels ?? []).map((label) => rawMessage(LABEL, label));
}

/** Upstream leaves empty lists out here. */
function filled(list: readonly LegacyJson[]): readonly LegacyJson[] | undefined {
  return list.length === 0 ? undefined : list;
}
