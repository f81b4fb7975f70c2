import type { TaskState, TaskStatus } from '../../../sdk/v1/generated/mesos.ts';
import { Resources } from '../../../sdk/v1/resources.ts';
import { parseResources } from '../../../sdk/v1/resources-parse.ts';
import type { MasterConfig } from '../core/config.ts';
import type { MasterTask } from '../core/state.ts';
import type { AgentSnapshot, FrameworkSnapshot, MasterSnapshot } from './snapshot.ts';

/** A snapshot for tests of views; what a view of the test does not look at stays as it is here. */
export function snapshotOf(
  parts: Partial<Omit<MasterSnapshot, 'config'>> & { readonly config?: Partial<MasterConfig> },
): MasterSnapshot {
  const config = {
    info: { id: 'm', ip: 16_777_343, port: 5050, pid: 'master@127.0.0.1:5050', hostname: 'localhost' },
    version: { version: '1.11.0' },
    startedAtMs: 1_000,
    electedAtMs: 1_500,
    flags: [],
    cluster: undefined,
    roleWhitelist: undefined,
    ...parts.config,
  } as Partial<MasterConfig> as MasterConfig;
  return {
    agents: [],
    recovered: [],
    unreachableCount: 0,
    frameworks: [],
    completedFrameworks: [],
    weights: new Map(),
    ...parts,
    config,
  };
}

export function agentSnapshotOf(id: string, total: string, more: Partial<AgentSnapshot> = {}): AgentSnapshot {
  return {
    id,
    info: { hostname: `${id}.example`, port: 5051, id: { value: id } },
    pid: `slave(1)@127.0.0.1:5051`,
    version: '1.11.0',
    capabilities: ['MULTI_ROLE'],
    registeredAtMs: 1_000,
    reregisteredAtMs: undefined,
    active: true,
    total: parseResources(total),
    used: [],
    offered: Resources.empty,
    ...more,
  };
}

export function frameworkSnapshotOf(id: string, more: Partial<FrameworkSnapshot> = {}): FrameworkSnapshot {
  return {
    id,
    info: { user: 'u', name: `name-${id}`, roles: ['*'] },
    multiRole: true,
    roles: new Set(['*']),
    active: true,
    connected: true,
    recovered: false,
    registeredAtMs: 2_000,
    reregisteredAtMs: 2_000,
    unregisteredAtMs: undefined,
    offerConstraints: undefined,
    tasks: [],
    unreachableTasks: [],
    completedTasks: [],
    executors: [],
    offers: [],
    used: [],
    offered: [],
    ...more,
  };
}

/** A task with one status per state, a second apart. */
export function taskOf(id: string, agentId: string, states: readonly TaskState[], sinceSecs = 0): MasterTask {
  const resources = parseResources('cpus:0.1;mem:32').allocate('*');
  const statuses = states.map(
    (state, index): TaskStatus => ({ task_id: { value: id }, state, timestamp: sinceSecs + index }),
  );
  return {
    task: {
      name: `name-${id}`,
      task_id: { value: id },
      framework_id: { value: 'f' },
      agent_id: { value: agentId },
      state: states.at(-1) ?? 'TASK_STAGING',
      resources: resources.toProto(),
      statuses,
    },
    resources,
    role: '*',
    released: false,
  };
}
