import type {
  ExecutorInfo,
  FrameworkInfo,
  Task,
  TaskInfo,
  TaskState,
  TaskStatus,
} from '../../../sdk/v1/generated/mesos.ts';
import { Resources } from '../../../sdk/v1/resources.ts';
import { isTerminal } from '../../../sdk/v1/task-state.ts';
import { freeResources } from './allocation.ts';
import { countIn, countTaskEnd } from './counters.ts';
import { publishTaskAdded, publishTaskUpdated } from './operator-events.ts';
import type { Agent, Framework, MasterExecutor, MasterTask } from './state.ts';
import type { Turn } from './turn.ts';

/** Statuses kept of one task: one for each state that it passed; more would be a task that swings between states. */
const STATUSES_MAX = 20;

/** The master's entry for a task that is about to be launched. */
export function stagedTask(task: TaskInfo, frameworkId: string, role: string): MasterTask {
  const wire: Task = {
    name: task.name,
    task_id: task.task_id,
    framework_id: { value: frameworkId },
    executor_id: task.executor?.executor_id,
    agent_id: task.agent_id,
    state: 'TASK_STAGING',
    resources: task.resources,
    labels: task.labels,
    discovery: task.discovery,
    container: task.container,
    health_check: task.health_check,
    kill_policy: task.kill_policy,
    user: task.command?.user ?? task.executor?.command?.user,
  };
  return { task: wire, resources: Resources.fromProto(task.resources), role, released: false };
}

/** The master's entry for a task that an agent reports. */
export function reportedTask(task: Task, info: FrameworkInfo): MasterTask {
  const fallback = info.role ?? info.roles?.[0] ?? '*';
  const role = (task.resources ?? []).find((resource) => resource.allocation_info?.role !== undefined)?.allocation_info
    ?.role;
  const resources = Resources.fromProto(task.resources);
  return {
    task,
    resources: role === undefined ? resources.allocate(fallback) : resources,
    role: role ?? fallback,
    released: isTerminal(task.state),
  };
}

/** Keeps a task under its framework and agent and accounts for what it uses. */
export function addTask(turn: Turn, framework: Framework, agent: Agent, entry: MasterTask): void {
  const id = entry.task.task_id.value;
  nested(agent.tasks, framework.id).set(id, entry);
  framework.tasks.set(id, entry);
  if (!entry.released) use(framework, agent, entry.resources);
  countIn(framework.counters, `tasks/active/${entry.task.state.toLowerCase()}`);
  publishTaskAdded(turn, framework, entry);
}

/**
 * Takes a status into a task's entry; its resources are freed with its end.
 *
 * @param latest the newest state known, when the status is an older one that still waits for its acknowledgement.
 * @returns the new entry.
 */
export function updateTask(
  turn: Turn,
  framework: Framework,
  agent: Agent,
  entry: MasterTask,
  status: TaskStatus,
  latest?: TaskState,
): MasterTask {
  const { task } = entry;
  const next = latest ?? status.state;
  const wasOver = isOver(task.state);
  const state = isTerminal(task.state) ? task.state : next;
  const ends = !wasOver && isOver(next);
  const statuses = task.statuses ?? [];
  const repeats = statuses.at(-1)?.state === status.state;
  const { data: _data, ...shown } = status;
  const kept = [...(repeats ? statuses.slice(0, -1) : statuses), shown].slice(-STATUSES_MAX);
  const updated: MasterTask = {
    ...entry,
    task: { ...task, state, statuses: kept },
    released: entry.released || ends,
  };
  replace(framework, agent, updated);
  if (state !== task.state) countStateChange(framework, task.state, state);
  if (!repeats || isCheckUpdate(status)) publishTaskUpdated(turn, framework, updated, status);
  // A quick task has ended before its first status is acknowledged; its end is counted when the status of it comes.
  if (isTerminal(status.state) && !statuses.some((one) => isTerminal(one.state))) countTaskEnd(turn.state, status);
  if (ends && !entry.released) {
    unuse(framework, agent, entry.resources);
    freeResources(turn, framework.id, agent.id, entry.resources);
  }
  return updated;
}

/** Forgets a task: it is completed, or waits among the unreachable ones of its framework. */
export function removeTask(
  turn: Turn,
  framework: Framework,
  agent: Agent,
  entry: MasterTask,
  isUnreachable = false,
): void {
  const id = entry.task.task_id.value;
  if (!entry.released) {
    unuse(framework, agent, entry.resources);
    freeResources(turn, framework.id, agent.id, entry.resources);
  }
  framework.tasks.delete(id);
  deleteNested(agent.tasks, framework.id, id);
  deleteNested(agent.kills, framework.id, id);
  if (!isUnreachable) {
    framework.completedTasks.push(entry);
    return;
  }
  framework.unreachableTasks.set(id, entry);
  if (framework.unreachableTasks.size > turn.state.config.maxUnreachableTasksPerFramework) {
    const oldest = framework.unreachableTasks.keys().next().value;
    if (oldest !== undefined) framework.unreachableTasks.delete(oldest);
  }
}

/** Keeps an executor under its framework and agent and accounts for what it uses. */
export function addExecutor(framework: Framework, agent: Agent, info: ExecutorInfo, role: string): MasterExecutor {
  const resources = Resources.fromProto(info.resources).allocate(role);
  const entry: MasterExecutor = { info, resources, role };
  nested(agent.executors, framework.id).set(info.executor_id.value, entry);
  nested(framework.executors, agent.id).set(info.executor_id.value, entry);
  use(framework, agent, resources);
  return entry;
}

/** Forgets an executor and frees its resources. */
export function removeExecutor(turn: Turn, framework: Framework, agent: Agent, executorId: string): void {
  const entry = agent.executors.get(framework.id)?.get(executorId);
  if (entry === undefined) return;
  deleteNested(agent.executors, framework.id, executorId);
  deleteNested(framework.executors, agent.id, executorId);
  unuse(framework, agent, entry.resources);
  freeResources(turn, framework.id, agent.id, entry.resources);
}

/** Every task of an agent, as a list of its own. */
export function tasksOf(agent: Agent): MasterTask[] {
  return [...agent.tasks.values()].flatMap((tasks) => [...tasks.values()]);
}

/** Notes which update waits for the framework's acknowledgement. */
export function noteWaitingUpdate(
  framework: Framework,
  agent: Agent,
  entry: MasterTask,
  status: TaskStatus,
): MasterTask {
  if (status.uuid === undefined) return entry;
  const updated: MasterTask = {
    ...entry,
    task: { ...entry.task, status_update_state: status.state, status_update_uuid: status.uuid },
  };
  replace(framework, agent, updated);
  return updated;
}

function replace(framework: Framework, agent: Agent, entry: MasterTask): void {
  const id = entry.task.task_id.value;
  if (framework.tasks.has(id)) framework.tasks.set(id, entry);
  const ofAgent = agent.tasks.get(framework.id);
  if (ofAgent?.has(id) === true) ofAgent.set(id, entry);
}

function use(framework: Framework, agent: Agent, resources: Resources): void {
  agent.used.set(framework.id, (agent.used.get(framework.id) ?? Resources.empty).add(resources));
  framework.used.set(agent.id, (framework.used.get(agent.id) ?? Resources.empty).add(resources));
}

function unuse(framework: Framework, agent: Agent, resources: Resources): void {
  subtractFrom(agent.used, framework.id, resources);
  subtractFrom(framework.used, agent.id, resources);
}

/** Takes resources out of a map's sum; an empty sum leaves the map. */
export function subtractFrom(sums: Map<string, Resources>, key: string, resources: Resources): void {
  const left = (sums.get(key) ?? Resources.empty).subtract(resources);
  if (left.isEmpty) sums.delete(key);
  else sums.set(key, left);
}

function isOver(state: TaskState): boolean {
  return isTerminal(state) || state === 'TASK_UNREACHABLE';
}

function isCheckUpdate(status: TaskStatus): boolean {
  return (
    status.reason === 'REASON_TASK_CHECK_STATUS_UPDATED' || status.reason === 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED'
  );
}

function countStateChange(framework: Framework, from: TaskState, to: TaskState): void {
  countIn(framework.counters, `tasks/active/${from.toLowerCase()}`, -1);
  countIn(framework.counters, `tasks/${isTerminal(to) ? 'terminal' : 'active'}/${to.toLowerCase()}`);
}

function nested<Value>(maps: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  let map = maps.get(key);
  if (map === undefined) {
    map = new Map();
    maps.set(key, map);
  }
  return map;
}

function deleteNested<Value>(maps: Map<string, Map<string, Value>>, key: string, inner: string): void {
  const map = maps.get(key);
  if (map === undefined) return;
  map.delete(inner);
  if (map.size === 0) maps.delete(key);
}
