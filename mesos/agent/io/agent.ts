import { join, resolve } from 'node:path';
import { systemClock } from '../../../sdk/base/clock.ts';
import { systemIds } from '../../../sdk/base/ids.ts';
import { Loop } from '../../../sdk/base/loop.ts';
import type { Logger } from '../../../sdk/daemon/log.ts';
import type { DaemonContext, StopFunction } from '../../../sdk/daemon/process.ts';
import { listen } from '../../../sdk/daemon/server.ts';
import { COMPATIBLE_VERSION, MESETA_VERSION } from '../../../sdk/daemon/version.ts';
import { lockWorkDir } from '../../../sdk/daemon/work-dir-lock.ts';
import { SqliteStore } from '../../../sdk/store/sqlite-store.ts';
import { Resources } from '../../../sdk/v1/resources.ts';
import { Checks } from '../checks/checks.ts';
import type { ContainerExit } from '../containerizer/containerizer.ts';
import { bootId } from '../containerizer/machine.ts';
import { openPosixContainerizer, type PosixContainerizer } from '../containerizer/posix-containerizer.ts';
import { AGENT_CAPABILITIES, type AgentConfig } from '../core/config.ts';
import type { AgentEffect } from '../core/effects.ts';
import type { AgentEvent } from '../core/events.ts';
import { ISOLATION } from '../core/isolation.ts';
import { recoverAgentState } from '../core/recover.ts';
import { type AgentState, agentIdOf } from '../core/state.ts';
import { step } from '../core/step.ts';
import { createFetcher } from '../fetcher/fetcher.ts';
import { Files } from '../files/files.ts';
import type { AGENT_FLAGS, AgentFlagValues } from '../flags.ts';
import { BUILD } from '../views/state.ts';
import { ExecutorStreams } from './executor-streams.ts';
import { FetchCount } from './fetch-count.ts';
import { flagTexts } from './flag-texts.ts';
import { checkIdentity } from './identity.ts';
import { LinkClient } from './link-client.ts';
import { agentResources, diskUsage, hostnameOf, reachableIp } from './machine-info.ts';
import { addRoutes } from './routes.ts';
import { SandboxGc } from './sandbox-gc.ts';
import { createAgentServer } from './server.ts';
import { Shell } from './shell.ts';

type AgentLoop = Loop<AgentState, AgentEvent, AgentEffect>;

/** Longest time that the last calls may take on their way to the master. */
const FLUSH_MS = 500;

/** Events that come before the Loop can take them wait here: a container may end while its agent starts. */
class Mailbox {
  readonly #onFull: (error: Error) => void;
  #loop: AgentLoop | undefined;
  #waiting: AgentEvent[] = [];
  #closed = false;

  constructor(onFull: (error: Error) => void) {
    this.#onFull = onFull;
  }

  /** Answers false when the Loop takes no more: an executor may be told to come back later, nothing else can be lost. */
  readonly post = (event: AgentEvent): boolean => {
    if (this.#loop === undefined) {
      this.#waiting.push(event);
      return true;
    }
    if (this.#loop.post(event)) return true;
    if (!this.#closed && event.kind !== 'executor.called')
      this.#onFull(new Error(`the inbox is full at ${event.kind}`));
    return false;
  };

  connect(loop: AgentLoop): void {
    this.#loop = loop;
    for (const event of this.#waiting.splice(0)) loop.post(event);
  }

  /** The Loop ends: what comes now is for the next agent to find. */
  close(): void {
    this.#closed = true;
  }
}

/** Brings an agent up on its flags. */
export async function startAgent(context: DaemonContext<typeof AGENT_FLAGS>): Promise<StopFunction> {
  const startedAtMs = systemClock.wallMs();
  const flags = context.flags.values;
  const { log } = context;
  const { workDir, unlock } = await takeWorkDir(context);
  const ip = reachableIp(flags.ip);
  const hostname = flags.hostname ?? (flags.hostname_lookup ? await hostnameOf(ip) : ip);
  const mailbox = new Mailbox(context.fatal);
  const executors = new ExecutorStreams(mailbox.post);
  const server = createAgentServer(flags, hostname, log);
  let identity: (() => string | undefined) | undefined;
  const files = new Files(() => {
    const id = identity?.();
    return { agentDirectory: id === undefined ? undefined : join(workDir, 'slaves', id), logFile: undefined };
  });
  const ready = addRoutes(server, executors, files);
  const port = await listen(server, flags.ip, flags.port, '--port');

  const fetches = new FetchCount(resolve(flags.fetcher_cache_dir ?? join(workDir, 'fetch')), flags.fetcher_cache_size);
  const [store, containerizer, config] = await Promise.all([
    SqliteStore.open(join(workDir, 'meta', 'agent.db')),
    openContainers(workDir, flags, fetches, log, mailbox.post),
    configOf(flags, { workDir, ip, hostname, port, startedAtMs }),
  ]);
  const recoveryBeganMs = systemClock.monoMs();
  const [entries, recovered] = await Promise.all([store.list(''), containerizer.recover()]);
  if (flags.recover === 'reconnect') checkIdentity(entries, config, flags.reconfiguration_policy);
  const state = recoverAgentState(config, entries, recovered);
  identity = () => agentIdOf(state);
  announce(config, recovered.length, log);

  const gc = createGc(workDir, flags, log);
  const link = createLink(flags, state, mailbox.post);
  const checks = createChecks(containerizer, mailbox.post);
  const exit = once((code: number, message: string) => {
    log[code === 0 ? 'info' : 'error'](message);
    close().then(() => process.exit(code), context.fatal);
  });
  const shell = new Shell({ post: mailbox.post, log, link, containerizer, checks, executors, gc, exit });
  const loop: AgentLoop = new Loop({
    state,
    step,
    store,
    clock: systemClock,
    ids: systemIds,
    perform: (effects) => shell.perform(effects),
    onFatal: context.fatal,
  });
  const close = async (): Promise<void> => {
    mailbox.close();
    shell.close();
    checks.close();
    await loop.stop();
    await link.flush(FLUSH_MS);
    link.close();
    executors.closeAll();
    gc.close();
    await server.close();
    await containerizer.close();
    await store.close();
    unlock();
  };
  const live = new Set([...state.containers.values()].map(({ directory }) => directory));
  loop.post({ kind: 'start', recoverySecs: (systemClock.monoMs() - recoveryBeganMs) / 1000 });
  mailbox.connect(loop);
  ready({ loop, config, containerizer, gc, fetches, files, log });
  await gc.open((directory) => live.has(directory));
  return (signal) => stop(signal, loop, log, close);
}

async function stop(signal: NodeJS.Signals, loop: AgentLoop, log: Logger, close: () => Promise<void>): Promise<void> {
  if (signal !== 'SIGUSR1') {
    log.info(`${signal}: this agent ends, its tasks go on; SIGUSR1 ends both`);
    return close();
  }
  log.info('SIGUSR1: this agent ends with its tasks');
  loop.post({ kind: 'stop.requested' });
  // The core ends the process, once the last task is gone.
  return new Promise(() => {});
}

function createGc(workDir: string, flags: AgentFlagValues, log: Logger): SandboxGc {
  return new SandboxGc({
    workDir,
    delayMs: flags.gc_delay,
    headroom: flags.gc_disk_headroom,
    intervalMs: flags.disk_watch_interval,
    wallMs: systemClock.wallMs,
    diskUsage,
    onProblem: (message) => log.warn(message),
  });
}

function createLink(flags: AgentFlagValues, state: AgentState, post: (event: AgentEvent) => boolean): LinkClient {
  return new LinkClient({
    address: flags.master ?? '',
    agentId: () => state.info.id,
    onEvent: (generation, event) => post({ kind: 'link.event', generation, event }),
    onClosed: (generation, reason) => post({ kind: 'link.closed', generation, reason }),
  });
}

function createChecks(containerizer: PosixContainerizer, post: (event: AgentEvent) => boolean): Checks {
  return new Checks({
    clock: systemClock,
    run: (command) => containerizer.run(command),
    onHealth: (containerId, { healthy, kill }) => post({ kind: 'health.reported', containerId, healthy, kill }),
    onCheck: (containerId, status) => post({ kind: 'check.reported', containerId, status }),
  });
}

async function takeWorkDir({
  flags,
  log,
}: DaemonContext<typeof AGENT_FLAGS>): Promise<{ workDir: string; unlock: () => void }> {
  const workDir = resolve(flags.values.work_dir);
  if (!flags.given.has('work_dir'))
    log.warn(`--work_dir is not given: ${workDir} is used, and lost when the system cleans /tmp`);
  const lockPath = join(workDir, 'meta', 'pid');
  return { workDir, unlock: lockWorkDir({ workDir, lockPath, daemon: 'agent', flag: '--work_dir' }) };
}

function openContainers(
  workDir: string,
  flags: AgentFlagValues,
  fetches: FetchCount,
  log: Logger,
  post: (event: AgentEvent) => boolean,
): Promise<PosixContainerizer> {
  return openPosixContainerizer({
    runtimeDirectory: resolve(flags.runtime_dir ?? join(workDir, 'runtime')),
    fetch: fetches.counted(
      createFetcher({
        cacheDirectory: fetches.cacheDirectory,
        cacheBytesMax: fetches.cacheBytesMax,
        stallTimeoutMs: flags.fetcher_stall_timeout,
        frameworksHome: flags.frameworks_home,
      }),
    ),
    onExit: ({ containerId, waitStatus }: ContainerExit) => post({ kind: 'container.exited', containerId, waitStatus }),
    onProblem: (message) => log.warn(message),
  });
}

async function configOf(
  flags: AgentFlagValues,
  place: Pick<AgentConfig, 'workDir' | 'ip' | 'startedAtMs'> & { readonly hostname: string; readonly port: number },
): Promise<AgentConfig> {
  const { workDir, ip, hostname, port, startedAtMs } = place;
  return {
    info: {
      hostname,
      port,
      resources: await agentResources(flags.resources, flags.default_role, workDir),
      attributes: flags.attributes,
      domain: flags.domain,
    },
    ip,
    workDir,
    version: { version: COMPATIBLE_VERSION, ...BUILD },
    capabilities: AGENT_CAPABILITIES,
    bootId: await bootId(),
    startedAtMs,
    flags: flagTexts(flags),
    recover: flags.recover,
    registrationBackoffMs: flags.registration_backoff_factor,
    executorRegistrationTimeoutMs: flags.executor_registration_timeout,
    executorReregistrationTimeoutMs: flags.executor_reregistration_timeout,
    executorShutdownGraceMs: flags.executor_shutdown_grace_period,
    recoveryTimeoutMs: flags.recovery_timeout,
    switchUser: flags.switch_user,
    baseEnvironment: { PATH: process.env['PATH'] ?? DEFAULT_PATH, ...flags.executor_environment_variables },
    maxCompletedFrameworks: 50,
    maxCompletedExecutorsPerFramework: flags.max_completed_executors_per_framework,
    maxCompletedTasksPerExecutor: 200,
  };
}

/** Upstream's PATH for tasks when it has none itself. Differs: the agent's own PATH comes first, so that tools of a user are found. */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function announce(config: AgentConfig, containerCount: number, log: Logger): void {
  const { info, ip, workDir } = config;
  log.info(`meseta ${MESETA_VERSION}, compatible with Mesos ${COMPATIBLE_VERSION}`);
  log.info(`listening on http://${ip}:${info.port} as ${info.hostname}, work directory ${workDir}`);
  log.info(`resources: ${Resources.fromProto(info.resources)}`);
  log.info(`isolation: ${ISOLATION.mode}: ${ISOLATION.reason}`);
  if (containerCount > 0) log.info(`recovering ${containerCount} containers of earlier runs`);
}

function once<Args extends readonly unknown[]>(work: (...args: Args) => void): (...args: Args) => void {
  let done = false;
  return (...args) => {
    if (done) return;
    done = true;
    work(...args);
  };
}
