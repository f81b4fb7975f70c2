import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Totals } from '../core/metrics.ts';

/** The Prometheus surface: what the state adds up to, and the process itself. */
export class PrometheusMetrics {
  readonly #registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** The text of a scrape. */
  async render(totals: Totals): Promise<{ readonly type: string; readonly text: string }> {
    const values: readonly [name: string, help: string, value: number][] = [
      ['chronos_subscribed', 'Whether a master takes us (1) or not (0).', totals.subscribed],
      ['chronos_jobs_disabled', 'Jobs that are switched off.', totals.jobsDisabled],
      ['chronos_runs_queued', 'Runs that wait for an offer.', totals.runsQueued],
      ['chronos_tasks', 'Tasks that may be running.', totals.tasks],
      ['chronos_orphan_tasks', 'Tasks of deleted jobs whose end has not been seen.', totals.orphans],
      ['chronos_run_successes', 'Successful runs of the jobs that there are.', totals.successes],
      ['chronos_run_errors', 'Failed runs of the jobs that there are.', totals.errors],
      ['chronos_overdue_seconds', 'How far the most overdue due time is behind.', totals.overdueSeconds],
    ];
    for (const [name, help, value] of values) this.#gauge(name, help).set(value);
    const jobs = this.#gauge('chronos_jobs', 'Jobs by how their last run went.', ['status']);
    for (const [status, count] of Object.entries(totals.jobsByStatus)) jobs.set({ status }, count);
    return { type: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  #gauge(name: string, help: string, labelNames: readonly string[] = []): Gauge {
    const known = this.#registry.getSingleMetric(name);
    if (known instanceof Gauge) return known;
    return new Gauge({ name, help, labelNames: [...labelNames], registers: [this.#registry] });
  }
}
