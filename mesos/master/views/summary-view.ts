import type { TaskState } from '../../../sdk/v1/generated/mesos.ts';
import { LazyList, type LegacyJson, writeAnswer } from '../../../sdk/v1/legacy/json.ts';
import type { MasterTask } from '../core/state.ts';
import { agentView } from './agent-view.ts';
import { frameworkSummary } from './framework-view.ts';
import type { FrameworkSnapshot, MasterSnapshot } from './snapshot.ts';

/** States that upstream counts here, in its order. */
const COUNTED: readonly TaskState[] = [
  'TASK_STAGING',
  'TASK_STARTING',
  'TASK_RUNNING',
  'TASK_KILLING',
  'TASK_FINISHED',
  'TASK_KILLED',
  'TASK_FAILED',
  'TASK_LOST',
  'TASK_ERROR',
  'TASK_UNREACHABLE',
];

/** Tasks by state of an agent or a framework, and who the tasks tie it to. */
class Tally {
  readonly #counts = new Map<TaskState, number>();
  readonly ids = new Set<string>();

  add(state: TaskState, id: string): void {
    this.#counts.set(state, (this.#counts.get(state) ?? 0) + 1);
    this.ids.add(id);
  }

  view(idsKey: string): Readonly<Record<string, LegacyJson>> {
    const counts = COUNTED.map((state) => [state, BigInt(this.#counts.get(state) ?? 0)] as const);
    return { ...Object.fromEntries(counts), [idsKey]: [...this.ids] };
  }
}

/** Tasks that are counted before somebody else may work. */
const SLICE = 2_000;

/**
 * GET /state-summary: agents and present frameworks with counts of tasks instead of the tasks.
 *
 * @returns the pieces of the text; empty ones while it counts.
 */
export function* summaryView(snapshot: MasterSnapshot): Generator<string, void, void> {
  const ofAgents = new Map<string, Tally>();
  const ofFrameworks = new Map<string, Tally>();
  let counted = 0;
  for (const framework of snapshot.frameworks) {
    for (const { task } of allTasks(framework)) {
      tally(ofAgents, task.agent_id.value).add(task.state, framework.id);
      tally(ofFrameworks, framework.id).add(task.state, task.agent_id.value);
      counted++;
      if (counted % SLICE === 0) yield '';
    }
  }
  yield* writeAnswer({
    hostname: snapshot.config.info.hostname ?? '',
    cluster: snapshot.config.cluster,
    slaves: LazyList.of(snapshot.agents, (agent) => ({
      ...agentView(agent),
      ...tally(ofAgents, agent.id).view('framework_ids'),
    })),
    frameworks: LazyList.of(snapshot.frameworks, (framework) => ({
      ...frameworkSummary(framework),
      ...tally(ofFrameworks, framework.id).view('slave_ids'),
    })),
  });
}

function* allTasks(framework: FrameworkSnapshot): Generator<MasterTask, void, void> {
  yield* framework.tasks;
  yield* framework.unreachableTasks;
  yield* framework.completedTasks;
}

function tally(tallies: Map<string, Tally>, id: string): Tally {
  const known = tallies.get(id);
  if (known !== undefined) return known;
  const fresh = new Tally();
  tallies.set(id, fresh);
  return fresh;
}
