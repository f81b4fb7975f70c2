import type { HealthCheck, Resource, TaskInfo } from '../../../sdk/v1/generated/mesos.ts';
import { Resources } from '../../../sdk/v1/resources.ts';
import { authorize } from './authorize.ts';
import { countIn } from './counters.ts';
import type { Agent, Framework } from './state.ts';
import { addExecutor, addTask, stagedTask } from './tasks.ts';
import { sendToAgent, type Turn } from './turn.ts';
import { taskError } from './validation/task.ts';

/** On what, and for whom, a task shall be launched. */
export interface LaunchTarget {
  readonly principal: string | null;
  readonly framework: Framework;
  readonly agent: Agent;
  readonly role: string;
  /** Left of the accepted offers, allocated to `role`. */
  readonly available: Resources;
}

/** A launch that went out, with what it uses; or why it did not. */
export type LaunchResult =
  | { readonly kind: 'launched'; readonly used: Resources }
  | {
      readonly kind: 'refused';
      readonly reason: 'REASON_TASK_INVALID' | 'REASON_TASK_UNAUTHORIZED';
      readonly message: string;
    };

/** Checks one task, keeps it as staging and sends it to its agent. */
export function launchTask(turn: Turn, target: LaunchTarget, given: TaskInfo): LaunchResult {
  const { framework, agent, role } = target;
  const task = normalized(given, framework.id, role);
  if (!authorize(target.principal, 'run_task', task.task_id.value)) {
    return {
      kind: 'refused',
      reason: 'REASON_TASK_UNAUTHORIZED',
      message: `Not authorized to launch as user '${framework.info.user}'`,
    };
  }
  const error = taskError(task, framework, agent, target.available);
  if (error !== undefined) return { kind: 'refused', reason: 'REASON_TASK_INVALID', message: error };
  const entry = stagedTask(task, framework.id, role);
  let used = entry.resources;
  if (task.executor !== undefined) {
    const isNew = agent.executors.get(framework.id)?.has(task.executor.executor_id.value) !== true;
    if (isNew) {
      addExecutor(framework, agent, task.executor, role);
      used = used.add(Resources.fromProto(task.executor.resources));
    }
  }
  addTask(turn, framework, agent, entry);
  countIn(framework.counters, 'operations');
  countIn(framework.counters, 'operations/launch');
  sendToAgent(turn, agent, { type: 'RUN_TASK', run_task: { framework_info: framework.info, task } });
  return { kind: 'launched', used };
}

/** Fills in what schedulers may leave out: allocation roles, the executor's framework id, the type of a health check. */
function normalized(task: TaskInfo, frameworkId: string, role: string): TaskInfo {
  const { executor } = task;
  return {
    ...task,
    resources: allocated(task.resources, role),
    health_check: task.health_check && typed(task.health_check),
    executor: executor && {
      ...executor,
      framework_id: executor.framework_id ?? { value: frameworkId },
      resources: allocated(executor.resources, role),
    },
  };
}

function allocated(resources: readonly Resource[] | undefined, role: string): readonly Resource[] | undefined {
  return resources?.map((resource) =>
    resource.allocation_info === undefined ? { ...resource, allocation_info: { role } } : resource,
  );
}

/** Old schedulers set no type. */
function typed(check: HealthCheck): HealthCheck {
  if (check.type !== undefined) return check;
  if (check.command !== undefined && check.http === undefined) return { ...check, type: 'COMMAND' };
  if (check.http !== undefined && check.command === undefined) return { ...check, type: 'HTTP' };
  return check;
}
