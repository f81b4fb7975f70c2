import type { MarathonState } from '../../core/state.ts';
import { allApps, allGroups } from '../../model/group.ts';
import type { Now } from './now.ts';

/** Numbers of the daemon, by upstream's names without the prefix `marathon.`. */
export interface Metrics {
  readonly gauges: ReadonlyMap<string, number>;
  readonly counters: ReadonlyMap<string, number>;
}

/** What the HTTP server counted. */
export interface HttpCounters {
  activeRequests: number;
  eventStreams: number;
  /** Answers by class, `2xx` to `5xx`. */
  readonly responses: Map<string, number>;
}

/** Computes all metrics of the core and the server. */
export function metricsOf(state: MarathonState, now: Now, http: HttpCounters): Metrics {
  const { counters } = state;
  let running = 0;
  let staged = 0;
  let overdue = 0;
  for (const { task, condition } of state.instances.values()) {
    if (condition === 'Running') running++;
    if (condition === 'Provisioned' || condition === 'Staging') staged++;
    if (
      task !== undefined &&
      condition === 'Provisioned' &&
      now.wallMs - task.stagedAtMs > state.config.launchConfirmTimeoutMs
    )
      overdue++;
  }
  const uptimeSeconds = Math.max(0, now.wallMs - state.startedAtMs) / 1000;
  return {
    gauges: new Map([
      ['apps.active.gauge', size(allApps(state.root))],
      ['pods.active.gauge', 0],
      // Upstream does not count the root.
      ['groups.active.gauge', size(allGroups(state.root)) - 1],
      ['instances.running.gauge', running],
      ['instances.staged.gauge', staged],
      ['instances.launch-overdue.gauge', overdue],
      ['instances.inflight-kills.gauge', state.kills.size],
      ['deployments.active.gauge', state.deployments.size],
      ['leadership.duration.gauge.seconds', uptimeSeconds],
      ['uptime.gauge.seconds', uptimeSeconds],
      ['http.requests.active.gauge', http.activeRequests],
      ['event-streams.active.gauge', http.eventStreams],
    ]),
    counters: new Map([
      ['deployments.counter', counters.deployments],
      ['deployments.dismissed.counter', counters.deploymentsDismissed],
      ['tasks.launched.counter', counters.launches],
      ['mesos.calls.revive.counter', counters.revives],
      ['mesos.calls.suppress.counter', counters.suppresses],
      ['mesos.offers.incoming.counter', counters.offersIncoming],
      ['mesos.offers.used.counter', counters.offersUsed],
      ['mesos.offers.declined.counter', counters.offersDeclined],
      ['mesos.offer-operations.launch.counter', counters.launches],
      ...Array.from(counters.updates, ([taskState, count]): [string, number] => [
        `mesos.task-updates.${taskState.toLowerCase().replaceAll('_', '-')}.counter`,
        count,
      ]),
      ...Array.from(http.responses, ([kind, count]): [string, number] => [`http.responses.${kind}.counter`, count]),
    ]),
  };
}

/**
 * `GET /metrics`, in the shape of upstream's JSON snapshot.
 *
 * Differs: no histograms, meters and timers.
 */
export function metricsJson(metrics: Metrics): unknown {
  const entries = (values: ReadonlyMap<string, number>, key: string): unknown =>
    Object.fromEntries(Array.from(values, ([name, value]) => [`marathon.${name}`, { [key]: value }]));
  return {
    version: '4.0.0',
    gauges: entries(metrics.gauges, 'value'),
    counters: entries(metrics.counters, 'count'),
    histograms: {},
    meters: {},
    timers: {},
  };
}

/** `GET /metrics/prometheus`, in upstream's names. */
export function metricsText(metrics: Metrics): string {
  const lines: string[] = [];
  for (const [type, values] of [
    ['gauge', metrics.gauges],
    ['counter', metrics.counters],
  ] as const)
    for (const [name, value] of values) {
      const metric = `marathon_${name.replaceAll(/[.-]/g, '_')}`;
      lines.push(`# TYPE ${metric} ${type}`, `${metric} ${value}`);
    }
  return `${lines.join('\n')}\n`;
}

function size(values: Iterable<unknown>): number {
  let count = 0;
  for (const _ of values) count++;
  return count;
}
