import type { TaskState } from '../../../sdk/v1/generated/mesos.ts';
import { Resources } from '../../../sdk/v1/resources.ts';
import type { AgentState, ExecutorPhase } from '../core/state.ts';
import { allExecutors } from '../core/updates.ts';
import { usedResources } from './resources.ts';

/** Figures that the state does not hold. */
export interface MachineFigures {
  readonly wallMs: number;
  readonly cpus: number;
  readonly load: readonly number[];
  readonly memTotalBytes: number;
  readonly memFreeBytes: number;
  readonly gcAllowedAgeMs: number;
  readonly gcPending: number;
  readonly gcSucceeded: number;
  readonly gcFailed: number;
  readonly fetchesSucceeded: number;
  readonly fetchesFailed: number;
  readonly cacheBytesMax: number;
  readonly cacheBytes: number;
}

/** Everything of `/metrics/snapshot`, by upstream's keys in order. */
export function metricsView(state: AgentState, machine: MachineFigures): ReadonlyMap<string, number> {
  const { counters } = state;
  const figures: [string, number][] = [
    ['containerizer/fetcher/cache_size_total_bytes', machine.cacheBytesMax],
    ['containerizer/fetcher/cache_size_used_bytes', machine.cacheBytes],
    ['containerizer/fetcher/task_fetches_failed', machine.fetchesFailed],
    ['containerizer/fetcher/task_fetches_succeeded', machine.fetchesSucceeded],
    ['gc/path_removals_failed', machine.gcFailed],
    ['gc/path_removals_pending', machine.gcPending],
    ['gc/path_removals_succeeded', machine.gcSucceeded],
    ['slave/container_launch_errors', counters.containerLaunchErrors],
    ['slave/executor_directory_max_allowed_age_secs', machine.gcAllowedAgeMs / 1000],
    ['slave/executors_preempted', 0],
    ['slave/executors_terminated', counters.executorsTerminated],
    ['slave/frameworks_active', state.frameworks.size],
    ['slave/invalid_framework_messages', counters.invalidFrameworkMessages],
    ['slave/invalid_status_updates', counters.invalidStatusUpdates],
    ['slave/recovery_errors', counters.recoveryErrors],
    ['slave/recovery_time_secs', counters.recoverySecs],
    ['slave/registered', state.link.phase === 'registered' ? 1 : 0],
    ['slave/tasks_failed', counters.tasksFailed],
    ['slave/tasks_finished', counters.tasksFinished],
    ['slave/tasks_gone', counters.tasksGone],
    ['slave/tasks_killed', counters.tasksKilled],
    ['slave/tasks_lost', counters.tasksLost],
    ['slave/uptime_secs', Math.max(0, (machine.wallMs - state.config.startedAtMs) / 1000)],
    ['slave/valid_framework_messages', counters.validFrameworkMessages],
    ['slave/valid_status_updates', counters.validStatusUpdates],
    ['system/cpus_total', machine.cpus],
    ['system/load_15min', machine.load[2] ?? 0],
    ['system/load_1min', machine.load[0] ?? 0],
    ['system/load_5min', machine.load[1] ?? 0],
    ['system/mem_free_bytes', machine.memFreeBytes],
    ['system/mem_total_bytes', machine.memTotalBytes],
    ...resourceFigures(state),
    ...populationFigures(state),
  ];
  return new Map(figures.sort(([left], [right]) => (left < right ? -1 : 1)));
}

function resourceFigures(state: AgentState): [string, number][] {
  const total = Resources.fromProto(state.info.resources);
  const used = usedResources(state);
  return ['cpus', 'mem', 'disk', 'gpus'].flatMap((name): [string, number][] => {
    const all = total.nonRevocable().scalar(name);
    const taken = used.nonRevocable().scalar(name);
    return [
      [`slave/${name}_total`, all],
      [`slave/${name}_used`, taken],
      [`slave/${name}_percent`, all === 0 ? 0 : taken / all],
      [`slave/${name}_revocable_total`, 0],
      [`slave/${name}_revocable_used`, 0],
      [`slave/${name}_revocable_percent`, 0],
    ];
  });
}

const TASK_STATES: readonly (readonly [string, TaskState])[] = [
  ['staging', 'TASK_STAGING'],
  ['starting', 'TASK_STARTING'],
  ['running', 'TASK_RUNNING'],
  ['killing', 'TASK_KILLING'],
];

const EXECUTOR_PHASES: readonly (readonly [string, readonly ExecutorPhase[]])[] = [
  ['registering', ['launching', 'registering']],
  ['running', ['running']],
  ['terminating', ['terminating']],
];

function populationFigures(state: AgentState): [string, number][] {
  const executors = [...allExecutors(state)];
  const tasks = executors.flatMap((executor) => [...executor.tasks.values()]);
  return [
    ...TASK_STATES.map(([name, wanted]): [string, number] => [
      `slave/tasks_${name}`,
      tasks.filter((task) => task.state === wanted).length,
    ]),
    ...EXECUTOR_PHASES.map(([name, phases]): [string, number] => [
      `slave/executors_${name}`,
      executors.filter(({ phase }) => phases.includes(phase)).length,
    ]),
  ];
}

const COUNTERS = /_(failed|finished|gone|killed|lost|terminated|succeeded|errors|updates|messages)$/;

/** The same figures for Prometheus: `slave/cpus_total` is `mesos_slave_cpus_total`. */
export function prometheusText(figures: ReadonlyMap<string, number>): string {
  const lines: string[] = [];
  for (const [key, value] of figures) {
    const name = `mesos_${key.replaceAll(/[^A-Za-z0-9_]/g, '_')}`;
    lines.push(`# TYPE ${name} ${COUNTERS.test(key) ? 'counter' : 'gauge'}`, `${name} ${value}`);
  }
  return `${lines.join('\n')}\n`;
}
