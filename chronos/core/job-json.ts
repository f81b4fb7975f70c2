import { DateTime } from 'luxon';
import type { Job } from './job.ts';
import { formatRemaining } from './schedule.ts';
import type { Progress } from './state.ts';

/** The two roots: `/v1/scheduler` (upstream 3.x) and `/scheduler` (2.x). */
export type ApiRoot = 'v1' | 'legacy';

/** A job as clients see it, in upstream's keys and order. Source: JobSerializer.scala. */
export type JobJson = Readonly<Record<string, unknown>>;

/**
 * A job's JSON. On the old root `epsilon` and `async` are always there, as 2.x had it; on the new one only when they were posted.
 */
export function jobJson(job: Job, progress: Progress, root: ApiRoot): JobJson {
  return {
    name: job.name,
    command: job.command,
    shell: job.shell,
    ...(root === 'legacy' || job.epsilon !== undefined ? { epsilon: job.epsilon?.text ?? '' } : {}),
    executor: job.executor,
    executorFlags: job.executorFlags,
    taskInfoData: job.taskInfoData,
    retries: job.retries,
    owner: job.owner,
    ownerName: job.ownerName,
    description: job.description,
    ...(root === 'legacy' || job.async !== undefined ? { async: job.async ?? false } : {}),
    successCount: progress.successCount,
    errorCount: progress.errorCount,
    lastSuccess: isoText(progress.lastSuccessMs),
    lastError: isoText(progress.lastErrorMs),
    cpus: job.cpus,
    disk: job.disk,
    mem: job.mem,
    disabled: job.disabled,
    softError: job.softError,
    dataProcessingJobType: job.dataProcessingJobType,
    errorsSinceLastSuccess: progress.errorsSinceLastSuccess,
    fetch: job.fetch.map(({ uri, executable, cache, extract, output_file }) => ({
      uri,
      executable,
      cache,
      extract,
      ...(output_file === '' ? {} : { output_file }),
    })),
    uris: job.uris,
    environmentVariables: job.environmentVariables,
    arguments: job.arguments,
    highPriority: job.highPriority,
    runAsUser: job.runAsUser,
    concurrent: job.concurrent,
    maxCompletionTime: job.maxCompletionTime,
    ...(job.container === undefined ? {} : { container: containerJson(job.container) }),
    constraints: job.constraints,
    ...triggerJson(job, progress),
  };
}

/** As {@link jobJson}, with `uris` mirrored into `fetch` or the reverse: upstream does so in its list of jobs only. */
export function listedJobJson(job: Job, progress: Progress, root: ApiRoot): JobJson {
  const json = jobJson(job, progress, root);
  if (job.fetch.length > 0) return { ...json, uris: job.fetch.map(({ uri }) => uri) };
  return { ...json, fetch: job.uris.map((uri) => ({ uri, executable: false, cache: false, extract: true })) };
}

/** The schedule as upstream shows it: as posted until the first run, then with the next start and the runs that are left. */
export function scheduleText(job: Job, progress: Progress): string {
  if (job.trigger.kind !== 'schedule') return '';
  const { schedule } = job.trigger;
  const { hasRun, nextMs, remaining } = progress;
  if (!hasRun) return schedule.text;
  // A schedule without a next slot has run for the last time; its start stays what it was.
  return nextMs === undefined
    ? schedule.text.replace(/^R\d*/, `R${remaining ?? ''}`)
    : formatRemaining(schedule, remaining, nextMs);
}

/** An instant as clients read it, in UTC with milliseconds; empty for none. */
export function isoText(instantMs: number | undefined): string {
  return instantMs === undefined ? '' : (DateTime.fromMillis(instantMs, { zone: 'utc' }).toISO() ?? '');
}

function containerJson(container: NonNullable<Job['container']>): JobJson {
  const { type, network, forcePullImage } = container;
  return { type, network, networkInfos: [], volumes: [], forcePullImage, parameters: [] };
}

function triggerJson(job: Job, progress: Progress): JobJson {
  if (job.trigger.kind === 'parents') return { parents: job.trigger.parents };
  return { schedule: scheduleText(job, progress), scheduleTimeZone: job.trigger.schedule.timeZone };
}
