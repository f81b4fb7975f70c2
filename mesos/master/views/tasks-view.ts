import { LazyList, type LegacyAnswer } from '../../../sdk/v1/legacy/json.ts';
import type { MasterTask } from '../core/state.ts';
import type { MasterSnapshot } from './snapshot.ts';
import { taskView } from './task-view.ts';

/** Tasks in an answer when `limit` does not say. */
const LIMIT_DEFAULT = 100;

/**
 * GET /tasks: tasks of present and completed frameworks by the time of their first status, newest first.
 *
 * @param query `limit`, `offset`, `order` (`asc`), `framework_id`, `task_id`; what is no number counts as absent, as upstream.
 */
export function tasksView(snapshot: MasterSnapshot, query: URLSearchParams): LegacyAnswer {
  const frameworkId = query.get('framework_id');
  const taskId = query.get('task_id');
  const limit = wholeNumber(query.get('limit')) ?? LIMIT_DEFAULT;
  const offset = wholeNumber(query.get('offset')) ?? 0;
  const tasks = [...snapshot.frameworks, ...snapshot.completedFrameworks]
    .filter(({ id }) => frameworkId === null || id === frameworkId)
    .flatMap((framework) => [framework.tasks, framework.unreachableTasks, framework.completedTasks].flat())
    .filter(({ task }) => taskId === null || task.task_id.value === taskId);
  const sign = query.get('order') === 'asc' ? 1 : -1;
  tasks.sort((left, right) => sign * byFirstStatus(left, right));
  return { tasks: LazyList.of(tasks.slice(offset, offset + limit), taskView) };
}

/** Tasks without a status are older than all others. */
function byFirstStatus(left: MasterTask, right: MasterTask): number {
  return firstStatusSecs(left) - firstStatusSecs(right);
}

function firstStatusSecs({ task }: MasterTask): number {
  return task.statuses?.[0]?.timestamp ?? -1;
}

function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
