import { taskAnswers, taskFailureAnswer } from '../../core/api/task-answer.ts';
import { affectedApps } from '../../core/deployment.ts';
import type { Instance } from '../../core/instance.ts';
import { isActive } from '../../core/instance.ts';
import { instancesOf, type MarathonState } from '../../core/state.ts';
import { appAnswer, type JsonObject } from '../../model/answer.ts';
import type { AppDefinition } from '../../model/app.ts';
import type { AppEmbed } from './embed.ts';
import type { Now } from './now.ts';

/** Computes the runtime parts of apps; one instance serves one answer, so that indexes are built once. */
export class AppViews {
  readonly #state: MarathonState;
  readonly #now: Now;
  #deployments: Map<string, string[]> | undefined;

  constructor(state: MarathonState, now: Now) {
    this.#state = state;
    this.#now = now;
  }

  /** The definition with what `embeds` ask for, in upstream's keys. */
  info(app: AppDefinition, embeds: ReadonlySet<AppEmbed>): JsonObject {
    const needsInstances =
      embeds.has('tasks') || embeds.has('counts') || embeds.has('taskStats') || embeds.has('readiness');
    const instances = needsInstances ? instancesOf(this.#state, app.id).filter(isListed) : [];
    const failure = embeds.has('lastTaskFailure') ? this.#state.taskFailures.get(app.id) : undefined;
    return {
      ...appAnswer(app),
      ...(embeds.has('counts') ? countsOf(instances) : {}),
      ...(embeds.has('deployments') ? { deployments: this.#deploymentsOf(app.id).map((id) => ({ id })) } : {}),
      ...(embeds.has('readiness') ? { readinessCheckResults: this.#readinessOf(app, instances) } : {}),
      ...(embeds.has('tasks') ? { tasks: taskAnswers(instances) } : {}),
      ...(failure === undefined ? {} : { lastTaskFailure: taskFailureAnswer(failure) }),
      // Differs: upstream's last release writes `tasksStats`, which its clients refuse or miss: they read `taskStats`.
      ...(embeds.has('taskStats') ? { taskStats: statisticsOf(app, instances, this.#now.wallMs) } : {}),
    };
  }

  #deploymentsOf(appId: string): readonly string[] {
    if (this.#deployments === undefined) {
      this.#deployments = new Map();
      for (const deployment of this.#state.deployments.values())
        for (const id of affectedApps(deployment.plan)) {
          const ids = this.#deployments.get(id);
          if (ids === undefined) this.#deployments.set(id, [deployment.id]);
          else ids.push(deployment.id);
        }
    }
    return this.#deployments.get(appId) ?? [];
  }

  /** Only while a deployment asks: upstream keeps no results beyond it. */
  #readinessOf(app: AppDefinition, instances: readonly Instance[]): JsonObject[] {
    if (this.#deploymentsOf(app.id).length === 0) return [];
    return instances.flatMap(({ readiness, task, app: running }) => {
      if (readiness === undefined || task === undefined || running.version !== app.version) return [];
      const preserve = app.readinessChecks[0]?.preserveLastResponse === true && readiness.lastResponse !== undefined;
      const response = preserve ? { lastResponse: readiness.lastResponse } : {};
      return [{ name: readiness.name, taskId: task.id, ready: readiness.ready, ...response }];
    });
  }
}

/** Whether lists show an instance: it has a task that has not ended. One that waits for its next launch has none. */
export function isListed(instance: Instance): boolean {
  if (instance.task === undefined || instance.agent === undefined) return false;
  return isActive(instance.condition) || instance.condition === 'UnreachableInactive';
}

interface Counts {
  readonly staged: number;
  readonly running: number;
  readonly healthy: number;
  readonly unhealthy: number;
}

function count(instances: readonly Instance[]): Counts {
  const counts = { staged: 0, running: 0, healthy: 0, unhealthy: 0 };
  for (const { task, health } of instances) {
    if (task?.state === 'TASK_STAGING') counts.staged++;
    if (task?.state === 'TASK_RUNNING') counts.running++;
    if (health.some(({ alive }) => !alive)) counts.unhealthy++;
    else if (health.length > 0) counts.healthy++;
  }
  return counts;
}

function countsOf(instances: readonly Instance[]): JsonObject {
  const { staged, running, healthy, unhealthy } = count(instances);
  return { tasksStaged: staged, tasksRunning: running, tasksHealthy: healthy, tasksUnhealthy: unhealthy };
}

function statisticsOf(app: AppDefinition, instances: readonly Instance[], wallMs: number): JsonObject {
  const { lastScalingAt, lastConfigChangeAt } = app.versionInfo;
  const since = (version: string) => (instance: Instance) => instance.app.version >= version;
  const entry = (name: string, chosen: readonly Instance[]): JsonObject =>
    chosen.length === 0 ? {} : { [name]: { stats: { counts: count(chosen), ...lifeTimes(chosen, wallMs) } } };
  const isLatest = since(lastConfigChangeAt);
  return {
    ...entry('startedAfterLastScaling', instances.filter(since(lastScalingAt))),
    ...entry('withLatestConfig', instances.filter(isLatest)),
    ...entry(
      'withOutdatedConfig',
      instances.filter((instance) => !isLatest(instance)),
    ),
    ...entry('totalSummary', instances),
  };
}

function lifeTimes(instances: readonly Instance[], wallMs: number): JsonObject {
  const seconds = instances
    .flatMap(({ task }) => (task?.startedAtMs === undefined ? [] : [(wallMs - task.startedAtMs) / 1000]))
    .sort((left, right) => left - right);
  const medianSeconds = seconds[Math.floor(seconds.length / 2)];
  if (medianSeconds === undefined) return {};
  const averageSeconds = seconds.reduce((sum, value) => sum + value, 0) / seconds.length;
  return { lifeTime: { averageSeconds, medianSeconds } };
}
