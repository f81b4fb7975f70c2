import type {
  Response_GetExecutors,
  Response_GetFrameworks,
  Response_GetState,
  Response_GetTasks,
} from '../../../sdk/v1/generated/agent.ts';
import type { Task } from '../../../sdk/v1/generated/mesos.ts';
import { isTerminal } from '../../../sdk/v1/task-state.ts';
import type { AgentState, ExecutorEntry, FrameworkEntry } from '../core/state.ts';
import { executorInfo, toTask } from '../core/task-info.ts';

/** GET_TASKS: launched, queued, ended but not acknowledged, and completed tasks. */
export function tasksMessage(state: AgentState): Response_GetTasks {
  const queued: Task[] = [];
  const launched: Task[] = [];
  const terminated: Task[] = [];
  for (const framework of state.frameworks.values())
    for (const executor of framework.executors.values())
      for (const task of executor.tasks.values()) {
        const list = isTerminal(task.state) ? terminated : task.delivered ? launched : queued;
        list.push(toTask(task));
      }
  const completed = everyFramework(state).flatMap((framework) =>
    [...framework.executors.values(), ...framework.completedExecutors].flatMap(({ completedTasks }) => completedTasks),
  );
  return {
    pending_tasks: [],
    queued_tasks: queued,
    launched_tasks: launched,
    terminated_tasks: terminated,
    completed_tasks: completed,
  };
}

/** GET_EXECUTORS. */
export function executorsMessage(state: AgentState): Response_GetExecutors {
  const infoOf = (executor: ExecutorEntry) => ({ executor_info: executorInfo(executor) });
  const all = everyFramework(state);
  return {
    executors: all.flatMap(({ executors }) => [...executors.values()].map(infoOf)),
    completed_executors: all.flatMap(({ completedExecutors }) => completedExecutors.map(infoOf)),
  };
}

/** GET_FRAMEWORKS. */
export function frameworksMessage(state: AgentState): Response_GetFrameworks {
  const infoOf = ({ info }: FrameworkEntry) => ({ framework_info: info });
  return {
    frameworks: [...state.frameworks.values()].map(infoOf),
    completed_frameworks: [...state.completedFrameworks.values()].map(infoOf),
  };
}

/** GET_STATE. */
export function stateMessage(state: AgentState): Response_GetState {
  return {
    get_tasks: tasksMessage(state),
    get_executors: executorsMessage(state),
    get_frameworks: frameworksMessage(state),
  };
}

function everyFramework(state: AgentState): readonly FrameworkEntry[] {
  return [...state.frameworks.values(), ...state.completedFrameworks.values()];
}
