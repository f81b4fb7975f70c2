import type { StoreEntry } from '../../../sdk/store/store.ts';
import { isTerminal } from '../../../sdk/v1/task-state.ts';
import type { AgentConfig } from './config.ts';
import type { StoredAgent, StoredExecutor, StoredFramework, StoredStatus, StoredTask } from './records.ts';
import {
  type AgentState,
  type ExecutorEntry,
  type ExecutorPhase,
  type FrameworkEntry,
  initialAgentState,
  newFramework,
  type RecoveredContainer,
  type StopMark,
  type TaskEntry,
} from './state.ts';

type Entry = Pick<StoreEntry, 'key' | 'value'>;

/**
 * The state of an agent that has run on this work directory before. The first event must be `start`: it adopts what runs,
 * reports what ended, and launches what was decided but never begun.
 *
 * @param entries everything in the store.
 * @param containers what the containerizer recovered.
 */
export function recoverAgentState(
  config: AgentConfig,
  entries: readonly Entry[],
  containers: readonly RecoveredContainer[],
): AgentState {
  const state = initialAgentState(config);
  state.recovered = containers;
  const byKey = new Map(entries.map(({ key, value }) => [key, value]));
  const agent = byKey.get('agent') as StoredAgent | undefined;
  if (agent !== undefined) {
    state.info = { ...config.info, id: agent.info.id };
    state.link.epoch = agent.epoch;
    state.link.starts = agent.starts;
    state.link.registrationId = agent.registrationId;
    state.rebooted = agent.bootId !== config.bootId;
  }
  state.stopping = byKey.get('stop') as StopMark | undefined;
  recoverFrameworks(state, entries);
  recoverExecutors(state, entries);
  recoverTasks(state, entries, byKey);
  // A command task that has ended keeps its container only while the runtime directory still knows it.
  const known = new Set(containers.map(({ containerId }) => containerId));
  for (const framework of state.frameworks.values())
    for (const executor of framework.executors.values()) {
      const tasks = [...executor.tasks.values()];
      const isOver = executor.kind === 'command' && tasks.every((task) => isTerminal(task.state));
      if (isOver && !known.has(executor.containerId)) executor.phase = 'terminated';
      if (executor.phase !== 'terminated') state.containers.set(executor.containerId, executor);
    }
  return state;
}

function recoverFrameworks(state: AgentState, entries: readonly Entry[]): void {
  for (const { key, value } of entries) {
    const [kind, id = ''] = key.split('/');
    if (kind !== 'framework') continue;
    const stored = value as StoredFramework;
    const framework = newFramework(id, stored.info);
    framework.terminating = stored.terminating;
    state.frameworks.set(id, framework);
  }
}

function recoverExecutors(state: AgentState, entries: readonly Entry[]): void {
  for (const { key, value } of entries) {
    const [kind, containerId = ''] = key.split('/');
    if (kind !== 'executor') continue;
    const stored = value as StoredExecutor;
    const framework = state.frameworks.get(stored.frameworkId);
    if (framework === undefined) continue;
    const executor = newEntry(framework, stored.info.executor_id.value, containerId, stored.directory, stored.phase);
    executor.info = stored.info;
    executor.termination = stored.termination;
    framework.executors.set(executor.id, { ...executor, kind: 'custom' });
  }
}

function recoverTasks(state: AgentState, entries: readonly Entry[], byKey: ReadonlyMap<string, unknown>): void {
  for (const { key, value } of entries) {
    const [kind, frameworkId = '', taskId = ''] = key.split('/');
    if (kind !== 'task') continue;
    const stored = value as StoredTask;
    const framework = state.frameworks.get(frameworkId);
    if (framework === undefined) continue;
    const executor =
      framework.executors.get(stored.executorId) ??
      newEntry(framework, stored.executorId, stored.containerId, stored.directory, 'launching');
    framework.executors.set(executor.id, executor);
    const status = byKey.get(`status/${frameworkId}/${taskId}`) as StoredStatus | undefined;
    const task: TaskEntry = {
      id: taskId,
      info: stored.info,
      executor,
      state: status?.state ?? 'TASK_STAGING',
      statuses: status?.statuses ?? [],
      pending: status?.pending ?? [],
      resends: 0,
      delivered: status?.delivered ?? false,
      startedAtMs: status?.startedAtMs,
      kill: status?.kill,
    };
    if (executor.kind === 'command' && task.delivered) executor.phase = 'running';
    executor.tasks.set(taskId, task);
  }
}

function newEntry(
  framework: FrameworkEntry,
  id: string,
  containerId: string,
  directory: string,
  phase: ExecutorPhase,
): ExecutorEntry {
  return {
    id,
    framework,
    kind: 'command',
    info: undefined,
    containerId,
    directory,
    phase,
    pid: undefined,
    tasks: new Map(),
    completedTasks: [],
    termination: undefined,
    stream: undefined,
  };
}
