import { MESETA_VERSION } from '../../../sdk/daemon/version.ts';
import { flatAttributes } from '../../../sdk/v1/attributes.ts';
import { messageType } from '../../../sdk/v1/codec.ts';
import type { Resource, Task, TaskInfo } from '../../../sdk/v1/generated/mesos.ts';
import { type LegacyJson, rawMessage } from '../../../sdk/v1/legacy/json.ts';
import { legacyLabels, legacyTask } from '../../../sdk/v1/legacy/task.ts';
import { Resources } from '../../../sdk/v1/resources.ts';
import { isTerminal } from '../../../sdk/v1/task-state.ts';
import { agentPid } from '../core/config.ts';
import { ISOLATION } from '../core/isolation.ts';
import { type AgentState, agentIdOf, type ExecutorEntry, type FrameworkEntry, type TaskEntry } from '../core/state.ts';
import { executorInfo, toTask } from '../core/task-info.ts';
import { executorResources, usedResources } from './resources.ts';

const RESOURCE = messageType('mesos.v1.Resource');
const DISCOVERY = messageType('mesos.v1.DiscoveryInfo');
const COMMAND = messageType('mesos.v1.CommandInfo');
const DOMAIN = messageType('mesos.v1.DomainInfo');

/** Members that upstream's build fills in; ours has no build. */
export const BUILD = { build_date: '', build_time: 0, build_user: '' } as const;

/** The legacy `/state`. */
export function stateView(state: AgentState): LegacyJson {
  const { config, info } = state;
  const total = Resources.fromProto(info.resources);
  const used = usedResources(state);
  return {
    version: config.version.version,
    // Ours, beside upstream's keys.
    meseta: { version: MESETA_VERSION, isolation: ISOLATION },
    ...BUILD,
    start_time: config.startedAtMs / 1000,
    id: agentIdOf(state) ?? '',
    pid: agentPid(config),
    hostname: info.hostname,
    capabilities: config.capabilities,
    domain: info.domain && rawMessage(DOMAIN, info.domain),
    resources: total.toFlat(),
    reserved_resources: byRole(total, (resources) => resources.toFlat()),
    unreserved_resources: total.unreserved().toFlat(),
    reserved_resources_full: byRole(total, full),
    unreserved_resources_full: full(total.unreserved()),
    reserved_resources_allocated: byRole(used, (resources) => resources.toFlat()),
    unreserved_resources_allocated: used.unreserved().toFlat(),
    resource_providers: [],
    attributes: flatAttributes(info.attributes),
    master_hostname: state.link.master?.hostname,
    flags: Object.fromEntries(config.flags.map(({ name, value }) => [name, value ?? ''])),
    frameworks: [...state.frameworks.values()].map(frameworkView),
    completed_frameworks: [...state.completedFrameworks.values()].map(frameworkView),
  };
}

function byRole(all: Resources, view: (resources: Resources) => LegacyJson): LegacyJson {
  return Object.fromEntries(
    [...all.byReservation()].filter(([role]) => role !== '*').map(([role, part]) => [role, view(part)]),
  );
}

function full(resources: Resources): LegacyJson {
  return resources.toProto('endpoint').map((resource) => rawMessage(RESOURCE, resource));
}

function frameworkView(framework: FrameworkEntry): LegacyJson {
  const { info } = framework;
  const isMultiRole = (info.capabilities ?? []).some(({ type }) => type === 'MULTI_ROLE');
  return {
    id: framework.id,
    name: info.name,
    user: info.user,
    failover_timeout: info.failover_timeout ?? 0,
    checkpoint: info.checkpoint ?? false,
    hostname: info.hostname ?? '',
    principal: info.principal,
    ...(isMultiRole ? { roles: info.roles ?? [] } : { role: info.role ?? '*' }),
    executors: [...framework.executors.values()].map(executorView),
    completed_executors: framework.completedExecutors.map(executorView),
  };
}

function executorView(executor: ExecutorEntry): LegacyJson {
  const info = executorInfo(executor);
  const tasks = [...executor.tasks.values()];
  const launched = tasks.filter((task) => task.delivered && !isTerminal(task.state));
  const queued = tasks.filter((task) => !task.delivered && !isTerminal(task.state));
  const ended = tasks.filter((task) => isTerminal(task.state));
  return {
    id: executor.id,
    name: info.name ?? '',
    source: info.source ?? '',
    container: executor.containerId,
    directory: executor.directory,
    resources: executorResources(executor).toFlat(),
    role: roleOf(info.resources),
    labels: info.labels && legacyLabels(info.labels),
    type: info.type,
    tasks: launched.map((task) => taskView(toTask(task))),
    queued_tasks: queued.map(queuedView),
    completed_tasks: [...executor.completedTasks, ...ended.map(toTask)].map(taskView),
  };
}

function roleOf(resources: readonly Resource[] | undefined): string | undefined {
  return resources?.[0]?.allocation_info?.role;
}

function queuedView(task: TaskEntry): LegacyJson {
  const info: TaskInfo = task.info;
  return {
    id: task.id,
    name: info.name,
    slave_id: info.agent_id.value,
    resources: Resources.fromProto(info.resources).toFlat(),
    role: roleOf(info.resources),
    command: info.command && rawMessage(COMMAND, info.command),
    executor_id: info.executor?.executor_id.value,
    discovery: info.discovery && rawMessage(DISCOVERY, info.discovery),
  };
}

/** A task as legacy endpoints show it. */
export function taskView(task: Task): LegacyJson {
  return legacyTask(task, Resources.fromProto(task.resources), roleOf(task.resources) ?? '');
}
