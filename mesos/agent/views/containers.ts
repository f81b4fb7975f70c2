import { messageType } from '../../../sdk/v1/codec.ts';
import type { Response_GetContainers_Container } from '../../../sdk/v1/generated/agent.ts';
import type { ContainerID, ContainerStatus, ResourceStatistics } from '../../../sdk/v1/generated/mesos.ts';
import { type LegacyJson, rawMessage } from '../../../sdk/v1/legacy/json.ts';
import type { ContainerUsage } from '../containerizer/containerizer.ts';
import type { AgentState, ExecutorEntry } from '../core/state.ts';
import { executorInfo } from '../core/task-info.ts';
import { executorResources } from './resources.ts';

const STATISTICS = messageType('mesos.v1.ResourceStatistics');
const STATUS = messageType('mesos.v1.ContainerStatus');

/** A running container, as read from the state; its usage is measured afterwards. */
export interface ContainerSnapshot {
  readonly containerId: string;
  readonly executorId: string;
  readonly executorName: string;
  readonly frameworkId: string;
  readonly source: string;
  readonly pid: number | undefined;
  readonly cpus: number;
  readonly memMb: number;
}

/** All running containers, or the one asked for. */
export function runningContainers(state: AgentState, containerId?: string): readonly ContainerSnapshot[] {
  const isAsked = (executor: ExecutorEntry): boolean =>
    executor.pid !== undefined && (containerId === undefined || executor.containerId === containerId);
  return [...state.containers.values()].filter(isAsked).map(snapshot);
}

function snapshot(executor: ExecutorEntry): ContainerSnapshot {
  const info = executorInfo(executor);
  const resources = executorResources(executor);
  return {
    containerId: executor.containerId,
    executorId: executor.id,
    executorName: info.name ?? '',
    frameworkId: executor.framework.id,
    source: info.source ?? '',
    pid: executor.pid,
    cpus: resources.scalar('cpus'),
    memMb: resources.scalar('mem'),
  };
}

function statistics(container: ContainerSnapshot, usage: ContainerUsage): ResourceStatistics {
  const memBytes = BigInt(Math.round(container.memMb * 2 ** 20));
  return {
    timestamp: usage.timestamp,
    cpus_user_time_secs: usage.cpus_user_time_secs,
    cpus_system_time_secs: usage.cpus_system_time_secs,
    cpus_soft_limit: container.cpus,
    mem_limit_bytes: memBytes,
    mem_soft_limit_bytes: memBytes,
    mem_rss_bytes: BigInt(Math.round(usage.mem_rss_bytes)),
  };
}

function status({ containerId, pid }: ContainerSnapshot): ContainerStatus {
  const container_id: ContainerID = { value: containerId };
  return { container_id, executor_pid: pid };
}

/** An element of `/containers`. */
export function containerView(container: ContainerSnapshot, usage: ContainerUsage): LegacyJson {
  return {
    container_id: container.containerId,
    executor_id: container.executorId,
    executor_name: container.executorName,
    framework_id: container.frameworkId,
    source: container.source,
    statistics: rawMessage(STATISTICS, statistics(container, usage)),
    status: rawMessage(STATUS, status(container)),
  };
}

/** An element of `/monitor/statistics`. */
export function statisticsView(container: ContainerSnapshot, usage: ContainerUsage): LegacyJson {
  return {
    executor_id: container.executorId,
    executor_name: container.executorName,
    framework_id: container.frameworkId,
    source: container.source,
    statistics: rawMessage(STATISTICS, statistics(container, usage)),
  };
}

/** An element of GET_CONTAINERS. */
export function containerMessage(
  container: ContainerSnapshot,
  usage: ContainerUsage,
): Response_GetContainers_Container {
  return {
    framework_id: { value: container.frameworkId },
    executor_id: { value: container.executorId },
    executor_name: container.executorName,
    container_id: { value: container.containerId },
    container_status: status(container),
    resource_statistics: statistics(container, usage),
  };
}
