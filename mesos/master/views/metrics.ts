import { enumNames } from '../../../sdk/v1/codec.ts';
import type { TaskState } from '../../../sdk/v1/generated/mesos.ts';
import { Resources } from '../../../sdk/v1/resources.ts';
import { isTerminal } from '../../../sdk/v1/task-state.ts';
import type { Framework, MasterState } from '../core/state.ts';

/** Figures that the state does not hold. */
export interface MachineFigures {
  /** Wall clock. */
  readonly wallMs: number;
  readonly cpus: number;
  /** Over 1, 5 and 15 minutes. */
  readonly load: readonly number[];
  readonly memTotalBytes: number;
  readonly memFreeBytes: number;
  /** Durations and queues, by upstream's keys. */
  readonly measured: ReadonlyMap<string, number>;
}

type Figure = readonly [key: string, value: number];

/**
 * Everything of /metrics/snapshot by upstream's keys, in their order but for those of frameworks, which come last.
 *
 * Missing from upstream's: the size of the registry, and its replicated log; quota; `git_*` of a build.
 */
export function metricsView(state: MasterState, machine: MachineFigures): ReadonlyMap<string, number> {
  const figures = new Map<string, number>(CONSTANT.map((key) => [key, 0]));
  for (const [key, value] of state.counters) figures.set(key, value);
  const groups: readonly (readonly Figure[])[] = [
    machineFigures(state, machine),
    agentFigures(state),
    frameworkFigures(state),
    taskFigures(state),
    resourceFigures(state),
    allocatorFigures(state),
    [...machine.measured],
  ];
  for (const group of groups) for (const [key, value] of group) figures.set(key, value);
  const sorted = new Map([...figures].sort(([left], [right]) => (left < right ? -1 : 1)));
  for (const group of perFramework(state)) for (const [key, value] of group) sorted.set(key, value);
  return sorted;
}

const OPERATION_STATES = [
  'total',
  'pending',
  'recovering',
  'unreachable',
  'finished',
  'failed',
  'error',
  'dropped',
  'gone_by_operator',
];
const OPERATIONS = [
  'reserve',
  'unreserve',
  'create',
  'destroy',
  'grow_volume',
  'shrink_volume',
  'create_disk',
  'destroy_disk',
];

/** Keys that are there from the start; the counters among them grow as the core counts. */
const CONSTANT: readonly string[] = [
  'allocator/event_queue_dispatches',
  'allocator/mesos/event_queue_dispatches',
  ...[
    'dropped_messages',
    'http_cache_hits',
    'invalid_executor_to_framework_messages',
    'invalid_framework_to_executor_messages',
    'invalid_operation_status_update_acknowledgements',
    'invalid_operation_status_updates',
    'invalid_status_update_acknowledgements',
    'invalid_status_updates',
    'messages_authenticate',
    'messages_deactivate_framework',
    'messages_decline_offers',
    'messages_executor_to_framework',
    'messages_exited_executor',
    'messages_framework_to_executor',
    'messages_kill_task',
    'messages_launch_tasks',
    'messages_operation_status_update',
    'messages_operation_status_update_acknowledgement',
    'messages_reconcile_operations',
    'messages_reconcile_tasks',
    'messages_register_framework',
    'messages_register_slave',
    'messages_reregister_framework',
    'messages_reregister_slave',
    'messages_resource_request',
    'messages_revive_offers',
    'messages_status_update',
    'messages_status_update_acknowledgement',
    'messages_suppress_offers',
    'messages_unregister_framework',
    'messages_unregister_slave',
    'messages_update_slave',
    'recovery_slave_removals',
    'slave_registrations',
    'slave_removals',
    'slave_removals/reason_registered',
    'slave_removals/reason_unhealthy',
    'slave_removals/reason_unregistered',
    'slave_reregistrations',
    'slave_shutdowns_canceled',
    'slave_shutdowns_completed',
    'slave_shutdowns_scheduled',
    'slave_unreachable_canceled',
    'slave_unreachable_completed',
    'slave_unreachable_scheduled',
    'valid_executor_to_framework_messages',
    'valid_framework_to_executor_messages',
    'valid_operation_status_update_acknowledgements',
    'valid_operation_status_updates',
    'valid_status_update_acknowledgements',
    'valid_status_updates',
  ].map((key) => `master/${key}`),
  ...['', ...OPERATIONS.map((operation) => `${operation}/`)].flatMap((operation) =>
    OPERATION_STATES.map((state) => `master/operations/${operation}${state}`),
  ),
];

function machineFigures({ config }: MasterState, machine: MachineFigures): Figure[] {
  return [
    ['master/elected', 1],
    ['master/uptime_secs', Math.max(0, machine.wallMs - config.startedAtMs) / 1000],
    ['system/cpus_total', machine.cpus],
    ['system/load_15min', machine.load[2] ?? 0],
    ['system/load_1min', machine.load[0] ?? 0],
    ['system/load_5min', machine.load[1] ?? 0],
    ['system/mem_free_bytes', machine.memFreeBytes],
    ['system/mem_total_bytes', machine.memTotalBytes],
  ];
}

function agentFigures(state: MasterState): Figure[] {
  const agents = [...state.agents.values()];
  const connected = agents.filter((agent) => agent.connected).length;
  const active = agents.filter((agent) => agent.active).length;
  return [
    ['master/slaves_active', active],
    ['master/slaves_inactive', agents.length - active],
    ['master/slaves_connected', connected],
    ['master/slaves_disconnected', agents.length - connected],
    ['master/slaves_unreachable', state.unreachable.size],
    ['master/outstanding_offers', state.offers.size],
    ['master/operator_event_stream_subscribers', state.operatorStreams.size],
  ];
}

function frameworkFigures(state: MasterState): Figure[] {
  const frameworks = [...state.frameworks.values()];
  const connected = frameworks.filter((framework) => framework.connected).length;
  const active = frameworks.filter((framework) => framework.active).length;
  return [
    ['master/frameworks_active', active],
    ['master/frameworks_inactive', frameworks.length - active],
    ['master/frameworks_connected', connected],
    ['master/frameworks_disconnected', frameworks.length - connected],
  ];
}

/** Tasks that are there now by state; how many ended in which state is counted by the core. */
function taskFigures(state: MasterState): Figure[] {
  const now = new Map<TaskState, number>();
  let unreachable = 0;
  for (const framework of state.frameworks.values()) {
    for (const { task } of framework.tasks.values()) now.set(task.state, (now.get(task.state) ?? 0) + 1);
    unreachable += framework.unreachableTasks.size;
  }
  const running = (['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING'] as const).map(
    (name): Figure => [`master/tasks_${word(name)}`, now.get(name) ?? 0],
  );
  const ended = enumNames('mesos.v1.TaskState')
    .filter(isTerminal)
    .map((name): Figure => [`master/tasks_${word(name)}`, state.counters.get(`master/tasks_${word(name)}`) ?? 0]);
  return [...running, ...ended, ['master/tasks_unreachable', unreachable]];
}

function word(state: TaskState): string {
  return state.slice('TASK_'.length).toLowerCase();
}

function resourceFigures(state: MasterState): Figure[] {
  const agents = [...state.agents.values()];
  const total = Resources.sum(agents.map((agent) => agent.total.scalars()));
  const used = Resources.sum(agents.flatMap((agent) => Array.from(agent.used.values(), (part) => part.scalars())));
  return ['cpus', 'gpus', 'mem', 'disk'].flatMap((name) => [
    ...usage(`master/${name}`, total.nonRevocable().scalar(name), used.nonRevocable().scalar(name)),
    ...usage(`master/${name}_revocable`, total.revocable().scalar(name), used.revocable().scalar(name)),
  ]);
}

function usage(key: string, total: number, used: number): Figure[] {
  return [
    [`${key}_total`, total],
    [`${key}_used`, used],
    [`${key}_percent`, total === 0 ? 0 : used / total],
  ];
}

function allocatorFigures(state: MasterState): Figure[] {
  const { allocationRuns, total, offeredOrAllocated, dominantShares, activeFilters } = state.allocator.figures();
  const names = new Set(['cpus', 'mem', 'disk', ...total.keys()]);
  return [
    ['allocator/mesos/allocation_runs', allocationRuns],
    ...[...names].flatMap((name): Figure[] => [
      [`allocator/mesos/resources/${name}/total`, (total.get(name) ?? 0) / 1000],
      [`allocator/mesos/resources/${name}/offered_or_allocated`, (offeredOrAllocated.get(name) ?? 0) / 1000],
    ]),
    ...Array.from(dominantShares, ([role, share]): Figure => [`allocator/mesos/roles/${role}/shares/dominant`, share]),
    ...Array.from(
      activeFilters,
      ([role, count]): Figure => [`allocator/mesos/offer_filters/roles/${role}/active`, count],
    ),
  ];
}

function perFramework(state: MasterState): Figure[][] {
  const published = state.config.flags.find(({ name }) => name === 'publish_per_framework_metrics')?.value;
  if (published === 'false') return [];
  return [...state.frameworks.values(), ...state.completedFrameworks.values()].map(figuresOf);
}

/** What each framework has from its first day, below its prefix. */
const FRAMEWORK_KEYS: readonly string[] = [
  'calls',
  ...enumNames('mesos.v1.scheduler.Call.Type')
    .filter(isKnown)
    .map((type) => `calls/${type.toLowerCase()}`),
  'events',
  ...enumNames('mesos.v1.scheduler.Event.Type')
    .filter(isKnown)
    .map((type) => `events/${type.toLowerCase()}`),
  ...['sent', 'accepted', 'declined', 'rescinded'].map((what) => `offers/${what}`),
  'operations',
  ...enumNames('mesos.v1.Offer.Operation.Type')
    .filter(isKnown)
    .map((type) => `operations/${type.toLowerCase()}`),
  ...enumNames('mesos.v1.TaskState').map(
    (state) => `tasks/${isTerminal(state) ? 'terminal' : 'active'}/${state.toLowerCase()}`,
  ),
];

function isKnown(type: string): boolean {
  return type !== 'UNKNOWN';
}

function figuresOf(framework: Framework): Figure[] {
  const prefix = `master/frameworks/${encoded(framework.info.name)}/${framework.id}/`;
  return [
    ...FRAMEWORK_KEYS.map((key): Figure => [prefix + key, framework.counters.get(key) ?? 0]),
    [`${prefix}subscribed`, framework.connected ? 1 : 0],
    ...Array.from(
      framework.roles,
      (role): Figure => [`${prefix}roles/${role}/suppressed`, framework.suppressedRoles.has(role) ? 1 : 0],
    ),
  ];
}

/** As upstream: all but letters, digits and `-_.~` in percent form. */
function encoded(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
