/** How keys of one kind become a metric: the groups of the pattern are the values of the labels. */
interface Rule {
  readonly pattern: RegExp;
  readonly name: string;
  readonly labels: readonly string[];
}

const framework = 'master/frameworks/([^/]*)/([^/]*)';
const frameworkLabels = ['framework', 'framework_id'];

/** The first that matches counts; a key that none matches is a metric of its own. */
const rules: readonly Rule[] = [
  rule(`${framework}/roles/(.+)/suppressed`, 'mesos_master_framework_role_suppressed', ...frameworkLabels, 'role'),
  rule(`${framework}/calls/(.+)`, 'mesos_master_framework_calls_by_type', ...frameworkLabels, 'type'),
  rule(`${framework}/events/(.+)`, 'mesos_master_framework_events_by_type', ...frameworkLabels, 'type'),
  rule(`${framework}/operations/(.+)`, 'mesos_master_framework_operations_by_type', ...frameworkLabels, 'type'),
  rule(`${framework}/offers/(.+)`, 'mesos_master_framework_offers', ...frameworkLabels, 'outcome'),
  rule(`${framework}/tasks/active/(.+)`, 'mesos_master_framework_tasks_active', ...frameworkLabels, 'state'),
  rule(`${framework}/tasks/terminal/(.+)`, 'mesos_master_framework_tasks_terminal', ...frameworkLabels, 'state'),
  rule(`${framework}/(calls)`, 'mesos_master_framework_calls', ...frameworkLabels),
  rule(`${framework}/(events)`, 'mesos_master_framework_events', ...frameworkLabels),
  rule(`${framework}/(operations)`, 'mesos_master_framework_operations', ...frameworkLabels),
  rule(`${framework}/(subscribed)`, 'mesos_master_framework_subscribed', ...frameworkLabels),
  rule('master/task_([^/]+)/source_([^/]+)/reason_(.+)', 'mesos_master_task_ends', 'state', 'source', 'reason'),
  rule('master/operations/([^/]+)/(.+)', 'mesos_master_operations_by_type', 'type', 'state'),
  rule('master/operations/(.+)', 'mesos_master_operations', 'state'),
  rule('master/slave_removals/reason_(.+)', 'mesos_master_slave_removals_by_reason', 'reason'),
  rule(
    '(?:allocator/mesos|registrar)/((?:allocation_run|state_store).*_ms)/(.+)',
    'mesos_master_duration_ms',
    'of',
    'figure',
  ),
  rule('allocator/mesos/roles/(.+)/shares/dominant', 'mesos_allocator_role_dominant_share', 'role'),
  rule('allocator/mesos/offer_filters/roles/(.+)/active', 'mesos_allocator_role_offer_filters_active', 'role'),
  rule('allocator/mesos/resources/([^/]+)/total', 'mesos_allocator_resource_total', 'resource'),
  rule(
    'allocator/mesos/resources/([^/]+)/offered_or_allocated',
    'mesos_allocator_resource_offered_or_allocated',
    'resource',
  ),
];

const gauges =
  /^(?:system_|registrar_|allocator_(?:resource|role)_|allocator_mesos_allocation_run_|master_(?:duration|event_queue)_|master_(?:elected|uptime_secs|outstanding_offers|operator_event_stream_subscribers|slaves_|frameworks_(?:active|inactive|connected|disconnected)|tasks_(?:staging|starting|running|killing|unreachable)|(?:cpus|mem|disk|gpus)_|framework_(?:subscribed|role_suppressed|tasks_active)))/;

/**
 * The figures of /metrics/snapshot in Prometheus' text format: `master/tasks_running` is `mesos_master_tasks_running`; ids,
 * roles, types, states and reasons within keys are labels.
 */
export function prometheusText(figures: ReadonlyMap<string, number>): string {
  const metrics = new Map<string, string[]>();
  for (const [key, value] of figures) {
    const { name, labels } = metricOf(key);
    const sample = `${name}${labels} ${value}`;
    const samples = metrics.get(name);
    if (samples === undefined) metrics.set(name, [sample]);
    else samples.push(sample);
  }
  const blocks = Array.from(metrics, ([name, samples]) => {
    const type = gauges.test(name.slice('mesos_'.length)) ? 'gauge' : 'counter';
    return [`# TYPE ${name} ${type}`, ...samples].join('\n');
  });
  return `${blocks.join('\n')}\n`;
}

function metricOf(key: string): { readonly name: string; readonly labels: string } {
  for (const { pattern, name, labels } of rules) {
    const found = pattern.exec(key);
    if (found === null) continue;
    const pairs = labels.map((label, index) => `${label}="${escapeLabel(found[index + 1] ?? '')}"`);
    return { name, labels: `{${pairs.join(',')}}` };
  }
  return { name: `mesos_${key.replaceAll(/[^A-Za-z0-9_]/g, '_')}`, labels: '' };
}

function rule(pattern: string, name: string, ...labels: readonly string[]): Rule {
  return { pattern: new RegExp(`^${pattern}$`, 's'), name, labels };
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
