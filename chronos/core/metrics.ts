import { quantile } from './histogram.ts';
import type { ChronosState } from './state.ts';
import { entriesByName, lastStatus } from './views.ts';

/** Upstream's metrics in the JSON of the Dropwizard library. */
export interface MetricsJson {
  readonly version: string;
  readonly gauges: Readonly<Record<string, { readonly value: number }>>;
  readonly counters: Readonly<Record<string, { readonly count: number }>>;
  readonly histograms: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly meters: Readonly<Record<string, never>>;
  readonly timers: Readonly<Record<string, never>>;
}

const TASK_MANAGER = 'org.apache.mesos.chronos.scheduler.jobs.TaskManager';

/** The JSON of /metrics: the names of JobMetrics.scala and TaskManager.scala. */
export function metricsJson(state: ChronosState): MetricsJson {
  const counters: Record<string, { count: number }> = {};
  const histograms: Record<string, Readonly<Record<string, number>>> = {};
  for (const { job, progress, samples } of entriesByName(state)) {
    counters[`jobs.run.success.${job.name}`] = { count: progress.successCount };
    counters[`jobs.run.failure.${job.name}`] = { count: progress.errorCount };
    histograms[`jobs.run.time.${job.name}`] = distribution(samples);
  }
  return {
    version: '3.0.0',
    gauges: {
      [`${TASK_MANAGER}.queueSize`]: { value: state.queues.normal.size },
      [`${TASK_MANAGER}.highQueueSize`]: { value: state.queues.high.size },
    },
    counters,
    histograms,
    meters: {},
    timers: {},
  };
}

/** Totals for Prometheus. */
export interface Totals {
  readonly subscribed: number;
  readonly jobsByStatus: Readonly<Record<'fresh' | 'success' | 'failure', number>>;
  readonly jobsDisabled: number;
  readonly runsQueued: number;
  readonly tasks: number;
  readonly orphans: number;
  readonly successes: number;
  readonly errors: number;
  /** How far the most overdue slot is behind, in seconds; 0 when none is. */
  readonly overdueSeconds: number;
}

/** Totals over all jobs at a wall time. */
export function totals(state: ChronosState, wallMs: number): Totals {
  const jobsByStatus = { fresh: 0, success: 0, failure: 0 };
  let jobsDisabled = 0;
  let successes = 0;
  let errors = 0;
  for (const entry of state.jobs.values()) {
    jobsByStatus[lastStatus(entry)] += 1;
    if (entry.job.disabled) jobsDisabled += 1;
    successes += entry.progress.successCount;
    errors += entry.progress.errorCount;
  }
  const next = state.slots.peek();
  return {
    subscribed: state.subscription.phase === 'subscribed' ? 1 : 0,
    jobsByStatus,
    jobsDisabled,
    runsQueued: state.queues.high.size + state.queues.normal.size,
    tasks: state.tasks.size,
    orphans: state.orphans.size,
    successes,
    errors,
    overdueSeconds: next === undefined ? 0 : Math.max(0, wallMs - next.atMs) / 1000,
  };
}

function distribution(samples: readonly number[]): Readonly<Record<string, number>> {
  const sorted = [...samples].sort((left, right) => left - right);
  const count = sorted.length;
  const mean = count === 0 ? 0 : sorted.reduce((sum, value) => sum + value, 0) / count;
  const variance = count < 2 ? 0 : sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return {
    count,
    max: sorted.at(-1) ?? 0,
    mean,
    min: sorted[0] ?? 0,
    p50: quantile(sorted, 0.5),
    p75: quantile(sorted, 0.75),
    p95: quantile(sorted, 0.95),
    p98: quantile(sorted, 0.98),
    p99: quantile(sorted, 0.99),
    p999: quantile(sorted, 0.999),
    stddev: Math.sqrt(variance),
  };
}
