import { launchObstacle } from '../../chronos/core/launch.ts';
import { isHealthy } from '../../marathon/core/instance.ts';
import { instancesOf, type MarathonState } from '../../marathon/core/state.ts';
import { allApps } from '../../marathon/model/group.ts';
import type { AgentState } from '../../mesos/agent/core/state.ts';
import type { Agent, MasterState } from '../../mesos/master/core/state.ts';
import { Resources } from '../../sdk/v1/resources.ts';
import { isTerminal } from '../../sdk/v1/task-state.ts';
import type { AgentDaemon } from './agent-daemon.ts';
import type { Cluster } from './cluster.ts';
import { missing } from './plain-core.ts';
import { livingTasks } from './safety.ts';

/** Chronos looks at the clock at least this often. */
const SLEEP_MS = 31_000;
/** On a cluster that works and has room a run is launched within this time. */
const LAUNCH_MS = 100_000;

/** The first thing that is not as it must become once nothing fails any more; undefined when all is quiet. */
export function unsettled(cluster: Cluster): string | undefined {
  const master = cluster.master.process.state;
  if (master === undefined) return 'the master is down';
  return (
    first(cluster.agents, (agent) => unsettledAgent(master, agent)) ??
    unsettledMaster(cluster, master) ??
    unsettledPlains(cluster, master) ??
    unsettledMarathon(cluster, master) ??
    unsettledChronos(cluster)
  );
}

function unsettledAgent(master: MasterState, daemon: AgentDaemon): string | undefined {
  const { state } = daemon.process;
  if (state === undefined) return `${daemon.name} is down`;
  const known = master.agents.get(state.info.id?.value ?? '');
  if (state.link.phase !== 'registered' || known?.connected !== true) return `${daemon.name} is not registered`;
  if (!known.active) return `${daemon.name} is not active at the master`;
  return unsettledTasks(daemon.name, state, known) ?? unsettledContainers(daemon, state) ?? overbooked(master, known);
}

function unsettledTasks(name: string, state: AgentState, known: Agent): string | undefined {
  for (const framework of state.frameworks.values()) {
    for (const executor of framework.executors.values()) {
      for (const task of executor.tasks.values()) {
        if (isTerminal(task.state)) return `${name} waits for the acknowledgement of ${task.id} ${task.state}`;
        if (task.pending.length > 0) return `${name} has an update of ${task.id} outstanding`;
      }
    }
  }
  const there = livingTasks(state);
  const here = new Map<string, string>();
  for (const [frameworkId, tasks] of known.tasks) {
    for (const [taskId, { task }] of tasks) here.set(`${frameworkId} ${taskId}`, task.state);
  }
  for (const [task, taskState] of there) {
    if (here.get(task) !== taskState) return `${name} says ${task} is ${taskState}, the master ${here.get(task)}`;
  }
  for (const [task, taskState] of here) {
    if (!there.has(task)) return `the master says ${task} is ${taskState} on ${name}, which does not know it`;
  }
  return undefined;
}

function unsettledContainers({ name, machine }: AgentDaemon, state: AgentState): string | undefined {
  const tasks = livingTasks(state);
  for (const { frameworkId, taskId, phase, id, executor } of machine.containers.values()) {
    if (phase !== 'running') return `${name} still keeps container ${id} of ${taskId}, which is ${phase}`;
    if (executor !== undefined && !state.containers.has(id)) return `${name} runs executor ${taskId} for nobody`;
    for (const one of executor?.living() ?? [taskId]) {
      if (!tasks.delete(`${frameworkId} ${one}`)) return `${name} runs ${one} for nobody`;
    }
  }
  const [lost] = tasks.keys();
  return lost === undefined ? undefined : `${name} has no process for ${lost}`;
}

function overbooked(master: MasterState, known: Agent): string | undefined {
  const used = Resources.sum([...known.used.values()]);
  const tasks = [...known.tasks.values()].flatMap((entries) => [...entries.values()]);
  const executors = [...known.executors.values()].flatMap((entries) => [...entries.values()]);
  const sum = Resources.sum([...tasks, ...executors].map(({ resources }) => resources));
  if (!sum.equals(used)) return `${known.info.hostname}: tasks and executors use ${sum}, the master counts ${used}`;
  for (const id of known.offers) if (!master.offers.has(id)) return `${known.info.hostname}: offer ${id} is nowhere`;
  return undefined;
}

function unsettledMaster(cluster: Cluster, master: MasterState): string | undefined {
  if (master.recovered.size > 0) return `the master waits for agents ${[...master.recovered.keys()].join(' ')}`;
  if (master.agents.size !== cluster.agents.length) return `the master knows ${master.agents.size} agents`;
  if (master.unreachable.size > 0) return `agents ${[...master.unreachable.keys()].join(' ')} are unreachable`;
  for (const framework of master.frameworks.values()) {
    // An id that a framework was told and could not record any more is nobody's; it has nothing.
    if (!framework.connected && framework.tasks.size > 0) return `${framework.info.name} is gone and has tasks`;
    const [lost] = framework.unreachableTasks.keys();
    if (lost !== undefined) return `${lost} of ${framework.info.name} is unreachable`;
    for (const [taskId, entry] of framework.tasks) {
      const agent = master.agents.get(entry.task.agent_id.value);
      if (agent?.tasks.get(framework.id)?.has(taskId) !== true) return `${taskId} is on no agent`;
    }
  }
  const connected = connectedFrameworks(cluster);
  const wanted = cluster.plains.length + 2;
  if (connected !== wanted) return `${connected} frameworks of ${wanted} are connected`;
  return undefined;
}

function connectedFrameworks(cluster: Cluster): number {
  return [...(cluster.master.process.state?.frameworks.values() ?? [])].filter(({ connected }) => connected).length;
}

function unsettledPlains(cluster: Cluster, master: MasterState): string | undefined {
  return first(cluster.plains, ({ process }) => {
    const { state } = process;
    if (state === undefined) return `${process.name} is down`;
    const count = missing(state);
    if (state.kind === 'batch' && state.wanted > 0) return `${process.name} has ${state.wanted} tasks to finish`;
    if (count !== 0) return `${process.name} lacks ${count} tasks`;
    const id = state.subscription.frameworkInfo.id?.value ?? '';
    return sameTasks(process.name, new Set(state.tasks.keys()), master, id);
  });
}

function unsettledMarathon(cluster: Cluster, master: MasterState): string | undefined {
  const { state } = cluster.marathon;
  if (state === undefined) return 'marathon is down';
  const [deployment] = state.deployments.values();
  if (deployment !== undefined) return `marathon deploys ${[...deployment.plan.apps.keys()].join(' ')}`;
  if (state.kills.size > 0) return `marathon waits for kills of ${[...state.kills.keys()].join(' ')}`;
  const isMixable = (id: string): boolean =>
    cluster.marathonWatch.abandoned.has(id) || cluster.marathonUser.isVague(id);
  const wrong = unsettledApps(state, isMixable);
  if (wrong !== undefined) return wrong;
  const tasks = [...state.instances.values()].map(({ task }) => task?.id ?? '');
  const id = state.subscription.frameworkInfo.id?.value ?? '';
  return (
    sameTasks('marathon', new Set(tasks), master, id) ??
    prefix('marathon broke a promise: ', cluster.marathonUser.disappointment(state))
  );
}

function unsettledApps(state: MarathonState, isMixable: (id: string) => boolean): string | undefined {
  const apps = [...allApps(state.root)];
  const ids = new Set(apps.map(({ id }) => id));
  for (const instance of state.instances.values()) {
    if (!ids.has(instance.appId)) return `marathon keeps ${instance.id} of a deleted app`;
    if (instance.condition !== 'Running') return `marathon's ${instance.id} is ${instance.condition}`;
    if (!isHealthy(instance)) return `marathon's ${instance.id} is not healthy`;
  }
  return first(apps, (app) => {
    const instances = instancesOf(state, app.id);
    const current = instances.filter(
      (one) => one.app.versionInfo.lastConfigChangeAt === app.versionInfo.lastConfigChangeAt,
    );
    if (instances.length !== app.instances) return `${app.id} has ${instances.length} of ${app.instances} instances`;
    return current.length === instances.length || isMixable(app.id)
      ? undefined
      : `${app.id} still has instances of an old version`;
  });
}

function unsettledChronos(cluster: Cluster): string | undefined {
  const { state } = cluster.chronos;
  if (state === undefined) return 'chronos is down';
  if (state.jobs.size > 0) return `chronos keeps jobs ${[...state.jobs.keys()].join(' ')}`;
  if (state.tasks.size > 0) return `chronos has tasks ${[...state.tasks.keys()].join(' ')}`;
  if (state.orphans.size > 0) return `chronos waits for the end of ${[...state.orphans.keys()].join(' ')}`;
  return prefix('chronos broke a promise: ', cluster.chronosUser.disappointment(state));
}

/** Whether Chronos sleeps over something while nothing fails: a due time that it could decide, or a run that it could launch. */
export function overslept(cluster: Cluster): string | undefined {
  const { state, clock } = cluster.chronos;
  if (state === undefined) return 'chronos is down';
  const nowMs = clock.wallMs();
  const hasGhosts = connectedFrameworks(cluster) > cluster.plains.length + 2;
  return first(state.jobs.values(), (entry) => {
    const { job, progress, active } = entry;
    const isIdle = active.size === 0 && !job.disabled && progress.remaining !== 0;
    if (isIdle && progress.nextMs !== undefined && nowMs - progress.nextMs > SLEEP_MS) {
      return `${job.name} has not decided ${progress.nextMs}, and it is ${nowMs}`;
    }
    const waiting = [...active.values()].find((run) => {
      return (
        run.phase === 'queued' &&
        launchObstacle({ state }, entry, run) === undefined &&
        nowMs - run.createdMs > LAUNCH_MS
      );
    });
    // A framework that died with its machine holds offers until the master's kernel gives its connection up.
    return waiting === undefined || hasGhosts
      ? undefined
      : `${job.name} has not launched its run of ${waiting.dueMs}, and it is ${nowMs}`;
  });
}

function sameTasks(name: string, mine: Set<string>, master: MasterState, frameworkId: string): string | undefined {
  const framework = master.frameworks.get(frameworkId);
  if (framework === undefined) return `the master does not know ${name}`;
  for (const taskId of framework.tasks.keys()) if (!mine.delete(taskId)) return `${name} does not know its ${taskId}`;
  const [lost] = mine;
  return lost === undefined ? undefined : `the master does not know ${lost} of ${name}`;
}

function first<Item>(items: Iterable<Item>, find: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function prefix(words: string, found: string | undefined): string | undefined {
  return found === undefined ? undefined : words + found;
}
