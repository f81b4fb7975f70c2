import { DateTime } from 'luxon';
import { type Histogram, histogramOf } from './histogram.ts';
import { type ApiRoot, isoText, type JobJson, jobJson, scheduleText } from './job-json.ts';
import { launchObstacle } from './launch.ts';
import { type Attempt, lastAttempt, type Run } from './run.ts';
import { type ChronosState, type JobEntry, runKey } from './state.ts';

/** Projections of the state for the API: each is computed between two events, and changes nothing. */

/** All jobs by name, as values that never change: a long list may be written out while the state goes on. */
export function snapshotJobs(state: ChronosState): readonly Pick<JobEntry, 'job' | 'progress'>[] {
  return entriesByName(state).map(({ job, progress }) => ({ job, progress }));
}

/** One job; undefined when it is not there. */
export function findJob(state: ChronosState, name: string, root: ApiRoot): JobJson | undefined {
  const entry = state.jobs.get(name);
  return entry === undefined ? undefined : jobJson(entry.job, entry.progress, root);
}

/** A search: parts of names and commands, without regard to case; empty parts filter nothing. */
export interface JobSearch {
  readonly name: string;
  readonly command: string;
  /** Part of the name or of the command. */
  readonly any: string;
  readonly limit: number;
  readonly offset: number;
}

/**
 * Jobs whose name and command match, or that `any` finds.
 * Differs: upstream's `any` alone filters nothing, and its order is not defined.
 */
export function searchJobs(state: ChronosState, search: JobSearch, root: ApiRoot): readonly JobJson[] {
  const [name, command, any] = [search.name, search.command, search.any].map((part) => part.toLowerCase()) as [
    string,
    string,
    string,
  ];
  const isAnyAlone = any !== '' && name === '' && command === '';
  return entriesByName(state)
    .filter(({ job }) => {
      const [ownName, ownCommand] = [job.name.toLowerCase(), job.command.toLowerCase()];
      const isFound = any !== '' && (ownName.includes(any) || ownCommand.includes(any));
      return isFound || (!isAnyAlone && ownName.includes(name) && ownCommand.includes(command));
    })
    .slice(search.offset, search.offset + search.limit)
    .map(({ job, progress }) => jobJson(job, progress, root));
}

/** A line per job, for tables. */
export function summarize(state: ChronosState): { readonly jobs: readonly JobJson[] } {
  return {
    jobs: entriesByName(state).map((entry) => ({
      name: entry.job.name,
      status: lastStatus(entry),
      state: currentState(entry),
      schedule: scheduleText(entry.job, entry.progress),
      parents: state.dag.parentsOf(entry.job.name),
      disabled: entry.job.disabled,
    })),
  };
}

/** Percentiles and newest attempts of a job; undefined when it is not there. */
export function jobStatistics(state: ChronosState, name: string): JobJson | undefined {
  const entry = state.jobs.get(name);
  if (entry === undefined) return undefined;
  const runs = [...entry.history, ...entry.active.values()];
  const attempts = runs
    .flatMap((run) => run.attempts.map((attempt) => ({ run, attempt })))
    .sort((left, right) => right.attempt.launchedMs - left.attempt.launchedMs)
    .slice(0, state.config.historyLimit);
  return {
    histogram: histogramOf(entry.samples),
    taskStatHistory: attempts.map(({ run, attempt }) => historyRow(run, attempt)),
  };
}

/** One percentile of every job, slowest first, in seconds; an unknown percentile has no rows, as upstream. */
export function percentileRows(
  state: ChronosState,
  percentile: string,
): readonly { readonly jobNameLabel: string; readonly time: number }[] {
  return entriesByName(state)
    .flatMap(({ job, samples }) => {
      const histogram = histogramOf(samples);
      if (!Object.hasOwn(histogram, percentile)) return [];
      return [{ jobNameLabel: job.name, time: histogram[percentile as keyof Histogram] / 1000 }];
    })
    .sort((left, right) => right.time - left.time);
}

/** The graph as lines `node,NAME,STATUS,STATE` and `link,PARENT,CHILD`. */
export function graphCsv(state: ChronosState): string {
  const entries = entriesByName(state);
  const nodes = entries.map((entry) => `node,${entry.job.name},${lastStatus(entry)},${currentState(entry)}\n`);
  const links = entries.flatMap(({ job }) =>
    state.dag.childrenOf(job.name).map((child) => `link,${job.name},${child}\n`),
  );
  return [...nodes, ...links].join('');
}

/** The graph for Graphviz: numbered nodes labelled with the jobs' names. */
export function graphDot(state: ChronosState): string {
  const entries = entriesByName(state);
  const numbers = new Map(entries.map(({ job }, index) => [job.name, index + 1]));
  const nodes = entries.map(({ job }) => `  ${numbers.get(job.name)} [ label=${JSON.stringify(job.name)} ];\n`);
  const edges = entries.flatMap(({ job }) =>
    state.dag.childrenOf(job.name).map((child) => `  ${numbers.get(job.name)} -> ${numbers.get(child)};\n`),
  );
  return `digraph G {\n${[...nodes, ...edges].join('')}}\n`;
}

/** Every remembered run of a job with its attempts, newest first, and what is not run; undefined when the job is not there. */
export function jobRuns(state: ChronosState, name: string): JobJson | undefined {
  const entry = state.jobs.get(name);
  if (entry === undefined) return undefined;
  const { progress, job } = entry;
  const runs = [...entry.active.values(), ...[...entry.history].reverse()];
  const hasNext = job.trigger.kind === 'schedule' && !job.disabled && progress.remaining !== 0;
  return {
    name,
    next: hasNext ? isoText(progress.nextMs) : '',
    remaining: progress.remaining ?? null,
    waitingFor: waitingParents(state, entry),
    runs: runs.map((run) => runRow(state, entry, run)),
    skipped: progress.skips.map(({ fromMs, toMs, count, reason }) => ({
      from: isoText(fromMs),
      to: isoText(toMs),
      count,
      reason,
    })),
  };
}

/** Who we are and whether a master takes us. */
export function describeSelf(state: ChronosState): JobJson {
  const { subscription, config, jobs, queues, tasks } = state;
  return {
    leader: config.leader,
    clusterName: config.clusterName ?? null,
    frameworkId: subscription.frameworkInfo.id?.value ?? null,
    frameworkName: subscription.frameworkInfo.name,
    subscribed: subscription.phase === 'subscribed',
    master: subscription.masterInfo?.address ?? null,
    startedAt: isoText(state.startedMs),
    jobs: jobs.size,
    queued: queues.high.size + queues.normal.size,
    tasks: tasks.size,
  };
}

/** All jobs in the order in which every list shows them. */
export function entriesByName(state: ChronosState): readonly JobEntry[] {
  return [...state.jobs.values()].sort((left, right) => (left.job.name < right.job.name ? -1 : 1));
}

/** How the job's last run went; equal times count as a failure, as upstream. */
export function lastStatus({ progress }: JobEntry): 'fresh' | 'success' | 'failure' {
  const { lastSuccessMs, lastErrorMs } = progress;
  if (lastSuccessMs === undefined) return lastErrorMs === undefined ? 'fresh' : 'failure';
  return lastErrorMs === undefined || lastSuccessMs > lastErrorMs ? 'success' : 'failure';
}

/** `idle`, `queued`, or how many tasks run. */
export function currentState(entry: JobEntry): string {
  const runs = [...entry.active.values()];
  const running = runs.filter(({ phase }) => phase === 'live' || phase === 'reporting').length;
  if (running > 0) return `${running} running`;
  return runs.some(({ phase }) => phase === 'queued') ? 'queued' : 'idle';
}

function historyRow(run: Run, attempt: Attempt): JobJson {
  const { startedMs, endedMs, elementsProcessed } = attempt;
  const tookMs = startedMs === undefined || endedMs === undefined ? undefined : Math.max(0, endedMs - startedMs);
  return {
    taskId: attempt.taskId,
    jobName: run.job,
    slaveId: attempt.agentId,
    startTime: clockText(startedMs),
    endTime: clockText(endedMs),
    ...(tookMs === undefined ? {} : { duration: durationText(tookMs) }),
    status: attemptStatus(run, attempt),
    ...(elementsProcessed === undefined ? {} : { numElementsProcessed: elementsProcessed }),
  };
}

function attemptStatus(run: Run, attempt: Attempt): string {
  if (attempt.state === 'TASK_FINISHED') {
    if (run.phase === 'reporting' && attempt === lastAttempt(run)) return 'Running';
    return run.outcome === 'failure' && attempt === lastAttempt(run) ? 'Fail' : 'Success';
  }
  if (attempt.endedMs !== undefined) return 'Fail';
  return attempt.startedMs === undefined ? 'Idle' : 'Running';
}

/** `MM/dd/yy HH:mm:ss`, in UTC. */
function clockText(instantMs: number | undefined): string {
  return instantMs === undefined
    ? 'N/A'
    : DateTime.fromMillis(instantMs, { zone: 'utc' }).toFormat('MM/dd/yy HH:mm:ss');
}

/** `1d2h3m4s` without leading zeros; seconds always. */
function durationText(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1000);
  const parts = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  const text = parts.map((count, index) => (count === 0 ? '' : `${count}${'dhm'[index]}`)).join('');
  return `${text}${seconds % 60}s`;
}

function runRow(state: ChronosState, entry: JobEntry, run: Run): JobJson {
  return {
    due: isoText(run.dueMs),
    cause: run.cause,
    state: run.outcome ?? run.phase,
    created: isoText(run.createdMs),
    ended: isoText(run.endedMs),
    failures: run.failures,
    interruptions: run.interruptions,
    ...(run.arguments === undefined ? {} : { arguments: run.arguments }),
    note: run.note,
    ...(run.phase === 'queued' ? { pending: whyQueued(state, entry, run) } : {}),
    ...(run.retry === undefined ? {} : { retryAt: isoText(run.retry.notBeforeMs) }),
    attempts: run.attempts.map(({ number, taskId, agentId, hostname, launchedMs, startedMs, endedMs, ...attempt }) => ({
      number,
      taskId,
      agentId,
      hostname,
      state: attempt.state,
      reason: attempt.reason ?? '',
      message: attempt.message ?? '',
      launched: isoText(launchedMs),
      started: isoText(startedMs),
      ended: isoText(endedMs),
    })),
  };
}

/** Why a queued run has not been launched yet. */
function whyQueued(state: ChronosState, entry: JobEntry, run: Run): string {
  if (state.subscription.phase !== 'subscribed') return 'no master: it is tried again and again';
  const obstacle = launchObstacle({ state }, entry, run);
  if (obstacle !== undefined) return obstacle;
  const key = runKey(run.job, run.dueMs);
  const refusals = [...((state.queues.high.get(key) ?? state.queues.normal.get(key))?.refusals ?? [])];
  if (refusals.length === 0) return 'no offer has come yet';
  return `the last offers lacked: ${refusals.map(([what, offers]) => `${what} (${offers})`).join(', ')}`;
}

function waitingParents(state: ChronosState, entry: JobEntry): readonly string[] {
  const parents = state.dag.parentsOf(entry.job.name);
  return parents.filter((parent) => !Object.hasOwn(entry.join, parent) || entry.join[parent]?.outcome !== 'success');
}
