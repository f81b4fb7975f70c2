import { Resources } from '../../../sdk/v1/resources.ts';
import { isTerminal } from '../../../sdk/v1/task-state.ts';
import type { AgentState, ExecutorEntry } from '../core/state.ts';
import { executorInfo } from '../core/task-info.ts';
import { allExecutors } from '../core/updates.ts';

/** What an executor holds: its own, and that of its tasks that have not ended. */
export function executorResources(executor: ExecutorEntry): Resources {
  let sum = Resources.fromProto(executorInfo(executor).resources);
  for (const task of executor.tasks.values())
    if (!isTerminal(task.state)) sum = sum.add(Resources.fromProto(task.info.resources));
  return sum;
}

/** What all executors of the agent hold. */
export function usedResources(state: AgentState): Resources {
  return Resources.sum([...allExecutors(state)].filter(({ phase }) => phase !== 'terminated').map(executorResources));
}
