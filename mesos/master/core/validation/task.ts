import type { TaskInfo } from '../../../../sdk/v1/generated/mesos.ts';
import { Resources } from '../../../../sdk/v1/resources.ts';
import type { Agent, Framework } from '../state.ts';
import { checkError, healthCheckError, runnableError } from './command.ts';
import { containerError, executorError } from './executor.ts';
import { firstError, prefixed } from './first.ts';
import { idError } from './ids.ts';
import { allocationError, resourcesError } from './resources.ts';
import { unsupportedTaskField } from './unsupported.ts';

/**
 * What is wrong with a task that shall be launched, in upstream's words and order; what this version does not support
 * comes last.
 *
 * @param task with allocation info in its resources and its executor's.
 * @param available what is left of the accepted offers.
 */
export function taskError(
  task: TaskInfo,
  framework: Framework,
  agent: Agent,
  available: Resources,
): string | undefined {
  return firstError([
    () => idError(task.task_id.value),
    () => uniqueIdError(task, framework),
    () =>
      task.agent_id.value === agent.id
        ? undefined
        : `Task uses invalid agent ${task.agent_id.value} while agent ${agent.id} is expected`,
    () => durationsError(task),
    () => task.check && prefixed('Task uses invalid check: ', checkError(task.check)),
    () => task.health_check && prefixed('Task uses invalid health check: ', healthCheckError(task.health_check)),
    () => ((task.resources ?? []).length === 0 ? 'Task uses no resources' : undefined),
    () => prefixed('Task uses invalid resources: ', resourcesError(task.resources)),
    () => prefixed('Invalid task resources: ', allocationError(task.resources)),
    () => task.command && prefixed("Task's `CommandInfo` is invalid: ", runnableError(task.command)),
    () => prefixed("Task's `ContainerInfo` is invalid: ", containerError(task.container)),
    () => executionError(task, framework, agent, available),
    () => unsupportedTaskField(task),
  ]);
}

function uniqueIdError(task: TaskInfo, framework: Framework): string | undefined {
  const id = task.task_id.value;
  if (framework.tasks.has(id)) return `Task has duplicate ID: ${id}`;
  if (framework.unreachableTasks.has(id)) return `Task reuses the ID of an unreachable task: ${id}`;
  return undefined;
}

function durationsError(task: TaskInfo): string | undefined {
  if ((task.kill_policy?.grace_period?.nanoseconds ?? 0n) < 0n) {
    return "Task's 'kill_policy.grace_period' must be non-negative";
  }
  if ((task.max_completion_time?.nanoseconds ?? 0n) < 0n) return "Task's `max_completion_time` must be non-negative";
  return undefined;
}

/** The executor, and whether task and executor together fit what is offered. */
function executionError(task: TaskInfo, framework: Framework, agent: Agent, available: Resources): string | undefined {
  const { executor } = task;
  if ((executor === undefined) === (task.command === undefined)) {
    return 'Task should have at least one (but not both) of CommandInfo or ExecutorInfo present';
  }
  let total = Resources.fromProto(task.resources);
  if (executor !== undefined) {
    const existing = agent.executors.get(framework.id)?.get(executor.executor_id.value);
    const error = executorError(executor, framework.id, existing?.info);
    if (error !== undefined) return error;
    if (existing === undefined) {
      const own = Resources.fromProto(executor.resources);
      if (overlaps(total, own)) {
        return `There are overlapping resources in the task resources ${total} and executor resources ${own}`;
      }
      total = total.add(own);
    }
  }
  if (available.contains(total)) return undefined;
  return `Total resources ${total} required by task and its executor is more than available ${available}`;
}

/** Whether both claim the same port, or the same member of another range or set. */
function overlaps(left: Resources, right: Resources): boolean {
  const discrete = (all: Resources) => all.filter((entry) => entry.value.type !== 'SCALAR' && !entry.meta.shared);
  const [a, b] = [discrete(left), discrete(right)];
  return !a.isEmpty && !b.isEmpty && !a.subtract(b).equals(a);
}
