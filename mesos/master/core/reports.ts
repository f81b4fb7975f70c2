import type { Call_Reregister } from '../../../sdk/v1/generated/agent_link.ts';
import type { ExecutorInfo, FrameworkInfo, Task } from '../../../sdk/v1/generated/mesos.ts';
import { isTerminal } from '../../../sdk/v1/task-state.ts';
import { keepAgent } from './agents.ts';
import { chargeResources } from './allocation.ts';
import { recoverFramework } from './frameworks.ts';
import { lastFacts } from './reconcile.ts';
import type { Agent, Framework, MasterState, MasterTask, UnreachableAgent } from './state.ts';
import { masterStatus, sendUpdate, stateFor } from './statuses.ts';
import { addExecutor, addTask, removeExecutor, removeTask, reportedTask, tasksOf, updateTask } from './tasks.ts';
import { log, sendToAgent, type Turn } from './turn.ts';

type Report = Pick<Call_Reregister, 'frameworks' | 'executors' | 'tasks'>;

/**
 * Takes in an agent that this master does not hold, with its tasks and executors. Frameworks that nobody has heard of since the
 * master's start are recovered from it; those that are over are ended there.
 */
export function admitReport(turn: Turn, agent: Agent, report: Report): void {
  const { state } = turn;
  const wasRecovered = state.recovered.has(agent.id);
  const unreachable = state.unreachable.get(agent.id);
  const frameworks = reportedFrameworks(turn, agent, report);
  const admitted: [Framework, MasterTask][] = [];
  for (const { task } of report.tasks ?? []) {
    const framework = frameworks.get(task.framework_id.value);
    if (framework === undefined) continue;
    if (isElsewhere(state, framework, agent, task)) {
      log(turn, `Task ${task.task_id.value} of returning agent ${agent.id} runs elsewhere: killing it here`, 'warn');
      killThere(turn, agent, task);
      continue;
    }
    forgetEarlier(framework, task);
    const entry = reportedTask(task, framework.info);
    addTask(turn, framework, agent, entry);
    admitted.push([framework, entry]);
  }
  for (const { framework_id: id, executor_info: info } of report.executors ?? []) {
    const framework = frameworks.get(id.value);
    if (framework !== undefined) addExecutor(framework, agent, info, roleOf(info, framework.info));
  }
  keepAgent(turn, agent);
  if (unreachable !== undefined) resolveMissing(turn, agent, unreachable);
  if (wasRecovered) return;
  const message = unreachable === undefined ? 'Unknown agent reregistered' : 'Unreachable agent re-reregistered';
  for (const [framework, entry] of admitted) tellReturned(turn, framework, entry, message);
}

/** Frameworks of a report, known or recovered; the completed ones are ended on the agent. */
function reportedFrameworks(turn: Turn, agent: Agent, report: Report): Map<string, Framework> {
  const { state } = turn;
  const frameworks = new Map<string, Framework>();
  for (const info of report.frameworks ?? []) {
    const id = info.id?.value ?? '';
    const known = state.frameworks.get(id);
    if (known !== undefined) frameworks.set(id, known);
    else if (id === '' || state.completedFrameworks.has(id)) shutDown(turn, agent, id);
    else frameworks.set(id, recoverFramework(turn, info));
  }
  return frameworks;
}

/** The same task id lives on another agent, which this master holds. */
function isElsewhere(state: MasterState, framework: Framework, agent: Agent, task: Task): boolean {
  const other = framework.tasks.get(task.task_id.value);
  if (other === undefined) return false;
  const otherAgent = other.task.agent_id.value;
  return otherAgent !== agent.id && state.agents.has(otherAgent);
}

/** What was unreachable or lost is there again: it must not be listed twice. */
function forgetEarlier(framework: Framework, task: Task): void {
  const id = task.task_id.value;
  framework.unreachableTasks.delete(id);
  framework.completedTasks.remove((entry) => entry.task.task_id.value === id);
}

/**
 * Differs: the end of a task is left to the agent, which repeats its unacknowledged updates; upstream tells it here, and older
 * states follow it.
 */
function tellReturned(turn: Turn, framework: Framework, entry: MasterTask, message: string): void {
  const { task } = entry;
  if (isTerminal(task.state)) return;
  const status = masterStatus(turn, {
    taskId: task.task_id.value,
    agentId: task.agent_id.value,
    executorId: task.executor_id?.value,
    state: task.state,
    message,
    reason: 'REASON_AGENT_REREGISTERED',
  });
  sendUpdate(turn, framework, { ...status, ...lastFacts(entry) });
}

/**
 * Tasks that were unreachable with the agent and that it no longer has are gone. Differs: upstream forgets them
 * without a word.
 */
function resolveMissing(turn: Turn, agent: Agent, unreachable: UnreachableAgent): void {
  for (const [frameworkId, taskIds] of unreachable.tasks) {
    const framework = turn.state.frameworks.get(frameworkId);
    if (framework === undefined) continue;
    for (const taskId of taskIds) {
      const entry = framework.unreachableTasks.get(taskId);
      if (entry?.task.agent_id.value !== agent.id) continue;
      framework.unreachableTasks.delete(taskId);
      const status = masterStatus(turn, {
        taskId,
        agentId: agent.id,
        state: stateFor(framework, 'TASK_GONE'),
        message: 'The agent came back without the task',
        reason: 'REASON_AGENT_REREGISTERED',
      });
      framework.completedTasks.push({
        ...entry,
        task: { ...entry.task, state: status.state, statuses: [...(entry.task.statuses ?? []), status] },
      });
      if (framework.capabilities.partitionAware) sendUpdate(turn, framework, status);
    }
  }
}

/**
 * Compares what an agent reports with what the master holds of it. Its older stream is void, so a task that it does
 * not report can no longer reach it: the launch was dropped.
 */
export function compareReport(turn: Turn, agent: Agent, report: Report): void {
  const { state } = turn;
  agent.disowned.clear();
  const reported = new Map(
    (report.tasks ?? []).map(({ task }) => [keyOf(task.framework_id.value, task.task_id.value), task]),
  );
  for (const entry of tasksOf(agent)) {
    const { task } = entry;
    const framework = state.frameworks.get(task.framework_id.value);
    if (framework === undefined || reported.has(keyOf(framework.id, task.task_id.value))) continue;
    dropMissing(turn, framework, agent, entry);
  }
  compareExecutors(turn, agent, report);
  for (const info of report.frameworks ?? []) {
    const id = info.id?.value ?? '';
    if (!state.frameworks.has(id)) shutDown(turn, agent, id);
  }
  for (const task of reported.values()) compareTask(turn, agent, task);
}

function dropMissing(turn: Turn, framework: Framework, agent: Agent, entry: MasterTask): void {
  if (isTerminal(entry.task.state)) {
    // Acknowledged meanwhile, and forgotten by the agent.
    removeTask(turn, framework, agent, entry);
    return;
  }
  const status = masterStatus(turn, {
    taskId: entry.task.task_id.value,
    agentId: agent.id,
    executorId: entry.task.executor_id?.value,
    state: stateFor(framework, 'TASK_DROPPED'),
    message: 'Reconciliation: task unknown to the agent',
    reason: 'REASON_RECONCILIATION',
  });
  removeTask(turn, framework, agent, updateTask(turn, framework, agent, entry, status));
  sendUpdate(turn, framework, status);
}

function compareExecutors(turn: Turn, agent: Agent, report: Report): void {
  const { state } = turn;
  const reported = new Map(
    (report.executors ?? []).map((one) => [keyOf(one.framework_id.value, one.executor_info.executor_id.value), one]),
  );
  for (const [frameworkId, executors] of [...agent.executors]) {
    const framework = state.frameworks.get(frameworkId);
    if (framework === undefined) continue;
    for (const executorId of [...executors.keys()]) {
      if (!reported.has(keyOf(frameworkId, executorId))) removeExecutor(turn, framework, agent, executorId);
    }
  }
  for (const { framework_id: id, executor_info: info } of reported.values()) {
    const framework = state.frameworks.get(id.value);
    const isKnown = agent.executors.get(id.value)?.has(info.executor_id.value) === true;
    if (framework === undefined || isKnown) continue;
    const entry = addExecutor(framework, agent, info, roleOf(info, framework.info));
    chargeResources(turn, framework.id, agent.id, entry.resources);
    // Its tasks were called lost when the agent was away.
    if (framework.info.checkpoint !== true) shutDownExecutor(turn, agent, id.value, info);
  }
}

function compareTask(turn: Turn, agent: Agent, task: Task): void {
  const frameworkId = task.framework_id.value;
  const taskId = task.task_id.value;
  if (!turn.state.frameworks.has(frameworkId)) return;
  const isKnown = agent.tasks.get(frameworkId)?.has(taskId) === true;
  if (!isKnown) {
    // The master called it lost when the agent was away, or its end was acknowledged: its framework was told so.
    nested(agent.disowned, frameworkId).add(taskId);
    if (isTerminal(task.state)) return;
    log(turn, `Agent ${agent.id} still runs task ${taskId}, which is over: killing it`, 'warn');
    killThere(turn, agent, task);
    return;
  }
  if (isTerminal(task.state)) return;
  const kills = agent.kills.get(frameworkId);
  if (kills?.has(taskId) !== true) return;
  sendToAgent(turn, agent, {
    type: 'KILL_TASK',
    kill_task: { framework_id: task.framework_id, task_id: task.task_id, kill_policy: kills.get(taskId) },
  });
}

function killThere(turn: Turn, agent: Agent, task: Task): void {
  if (isTerminal(task.state)) return;
  sendToAgent(turn, agent, {
    type: 'KILL_TASK',
    kill_task: { framework_id: task.framework_id, task_id: task.task_id },
  });
}

function shutDownExecutor(turn: Turn, agent: Agent, frameworkId: string, info: ExecutorInfo): void {
  sendToAgent(turn, agent, {
    type: 'SHUTDOWN_EXECUTOR',
    shutdown_executor: { framework_id: { value: frameworkId }, executor_id: info.executor_id },
  });
}

function shutDown(turn: Turn, agent: Agent, frameworkId: string): void {
  sendToAgent(turn, agent, {
    type: 'SHUTDOWN_FRAMEWORK',
    shutdown_framework: { framework_id: { value: frameworkId } },
  });
}

function roleOf(info: ExecutorInfo, framework: FrameworkInfo): string {
  const allocated = (info.resources ?? []).find((resource) => resource.allocation_info?.role !== undefined);
  return allocated?.allocation_info?.role ?? framework.role ?? framework.roles?.[0] ?? '*';
}

function nested(sets: Map<string, Set<string>>, key: string): Set<string> {
  const set = sets.get(key) ?? new Set();
  sets.set(key, set);
  return set;
}

function keyOf(frameworkId: string, id: string): string {
  return `${frameworkId}\n${id}`;
}
