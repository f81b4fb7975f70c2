import { join } from 'node:path';
import { systemClock } from '../../sdk/base/clock.ts';
import { systemIds } from '../../sdk/base/ids.ts';
import { Loop } from '../../sdk/base/loop.ts';
import { Timers } from '../../sdk/base/timers.ts';
import type { DaemonContext, StopFunction } from '../../sdk/daemon/process.ts';
import { runDaemon } from '../../sdk/daemon/process.ts';
import { listen } from '../../sdk/daemon/server.ts';
import { COMPATIBLE_VERSION, MESETA_VERSION } from '../../sdk/daemon/version.ts';
import { lockWorkDir } from '../../sdk/daemon/work-dir-lock.ts';
import { MemoryStore } from '../../sdk/store/memory-store.ts';
import { SqliteStore } from '../../sdk/store/sqlite-store.ts';
import type { Store } from '../../sdk/store/store.ts';
import type { MasterConfig } from './core/config.ts';
import type { MasterEffect } from './core/effects.ts';
import type { MasterEvent } from './core/events.ts';
import { recoverMasterState } from './core/initial.ts';
import { nextEpoch } from './core/registry.ts';
import type { MasterState } from './core/state.ts';
import { step } from './core/step.ts';
import {
  DEFAULT_WORK_DIR,
  type MasterFlagValues,
  masterFlagProblems,
  masterFlags,
  masterFlagTexts,
  unsupportedMasterFlags,
} from './flags.ts';
import { Exchange } from './io/exchange.ts';
import { hostnameOf, ipNumber } from './io/identity.ts';
import { Measures } from './io/measures.ts';
import { createMasterServer } from './io/server.ts';
import { Streams } from './io/streams.ts';
import { machineFigures } from './io/views.ts';
import { metricsView } from './views/metrics.ts';

type Context = DaemonContext<typeof masterFlags>;

runDaemon({
  name: 'mesos-master',
  usage: 'Usage: mesos-master [--name=value ...]\n\nOffers the resources of agents to frameworks.',
  flags: { spec: masterFlags, envPrefix: 'MESOS_', unsupported: unsupportedMasterFlags, check: masterFlagProblems },
  start,
});

async function start({ flags, log, fatal }: Context): Promise<StopFunction> {
  const { values } = flags;
  const startedAtMs = systemClock.wallMs();
  if (!flags.given.has('work_dir')) {
    log.warn(`no --work_dir given: using ${DEFAULT_WORK_DIR}, which may be emptied at any time`);
  }
  const storePath = join(values.work_dir, 'registry.sqlite');
  const { store, unlock } = await openRegistry(values, storePath);
  const measures = new Measures(systemClock);
  const entries = await measures.fetch(() => store.list(''));
  const hostname = await hostnameOf(values.ip, values.hostname, values.hostname_lookup);
  const wiring: { loop?: Loop<MasterState, MasterEvent, MasterEffect> } = {};
  const post = (event: MasterEvent): boolean => wiring.loop?.post(event) ?? false;
  const streams = new Streams(values.max_stream_buffer_bytes, (streamId) => post({ kind: 'stream.closed', streamId }));
  const exchange = new Exchange(streams);
  const timers = new Timers((event) => post(event));
  const machine = () =>
    machineFigures(measures.figures({ events: wiring.loop?.waiting ?? 0, requests: exchange.waiting }));
  let location = '';
  const server = createMasterServer(
    {
      ip: values.ip,
      hostname,
      allowedHosts: values.allowed_hosts,
      bodyBytesMax: values.max_request_body_bytes,
      onError: (error, url) => log.error({ err: error, url }, 'a request failed unexpectedly'),
    },
    {
      exchange,
      post,
      read: (view) => wiring.loop?.read(view) ?? Promise.reject(new Error('the master is not up yet')),
      machine,
      metrics: (state) => metricsView(state, machine()),
      leaderLocation: () => location,
    },
  );
  const port = await listen(server, values.ip, values.port, '--port');
  const config = configOf(values, { hostname, port, startedAtMs, epoch: nextEpoch(entries, startedAtMs) });
  const { info } = config;
  location = `//${info.hostname}:${info.port}`;
  const loop = new Loop<MasterState, MasterEvent, MasterEffect>({
    state: recoverMasterState(config, entries),
    step: measures.step(step),
    store: measures.committer(store),
    clock: systemClock,
    ids: systemIds,
    onFatal: fatal,
    perform: (effects) => {
      for (const effect of effects) {
        if (effect.kind === 'stream.send') streams.send(effect);
        else if (effect.kind === 'stream.close') streams.close(effect.streamId);
        else if (effect.kind === 'timer.set' || effect.kind === 'timer.clear') timers.perform(effect);
        else if (effect.kind === 'log') log[effect.level](effect.text);
        else exchange.perform(effect);
      }
    },
  });
  wiring.loop = loop;
  loop.post({ kind: 'master.started' });
  log.info(`mesos-master ${COMPATIBLE_VERSION} (meseta ${MESETA_VERSION}) with the hierarchical DRF allocator`);
  log.info(`Master ${info.id} at http://${info.hostname}:${info.port}, listening on ${values.ip}:${port}`);
  log.info(
    values.registry === 'in_memory'
      ? 'Registry in memory: it does not outlive this process'
      : `Registry in ${storePath}`,
  );
  return async () => {
    timers.clearAll();
    await loop.stop();
    streams.closeAll();
    await server.close();
    await store.close();
    unlock();
  };
}

/** Opening the store takes it from whoever has it open, so that a live master must be found before. */
async function openRegistry(
  { registry, work_dir: workDir }: MasterFlagValues,
  storePath: string,
): Promise<{ store: Store; unlock: () => void }> {
  if (registry === 'in_memory') return { store: new MemoryStore(), unlock: () => undefined };
  const unlock = lockWorkDir({
    workDir,
    lockPath: join(workDir, 'master.pid'),
    daemon: 'master',
    flag: '--work_dir',
  });
  return { store: await SqliteStore.open(storePath), unlock };
}

interface Identity {
  readonly hostname: string;
  readonly port: number;
  readonly startedAtMs: number;
  readonly epoch: bigint;
}

function configOf(values: MasterFlagValues, { hostname, port, startedAtMs, epoch }: Identity): MasterConfig {
  const shownIp = values.advertise_ip ?? (values.ip === '0.0.0.0' ? '127.0.0.1' : values.ip);
  const shownPort = values.advertise_port === 0 ? port : values.advertise_port;
  const domain = values.domain.value;
  return {
    info: {
      id: systemIds.uuid(),
      ip: ipNumber(shownIp),
      port: shownPort,
      pid: `master@${shownIp}:${shownPort}`,
      hostname,
      version: COMPATIBLE_VERSION,
      address: { hostname, ip: shownIp, port: shownPort },
      ...(domain === undefined ? {} : { domain }),
      // Differs: AGENT_DRAINING and QUOTA_V2 are not there yet, so they are not claimed.
      capabilities: [{ type: 'AGENT_UPDATE' }],
    },
    epoch,
    startedAtMs,
    electedAtMs: systemClock.wallMs(),
    // There is no build; clients expect the keys.
    version: { version: COMPATIBLE_VERSION, build_date: '', build_time: 0, build_user: '' },
    cluster: values.cluster,
    flags: masterFlagTexts({ ...values, port }),
    allocator: {
      roleSorter: values.role_sorter,
      frameworkSorter: values.framework_sorter,
      allocationIntervalMs: values.allocation_interval,
      minAllocatable: values.min_allocatable_resources.value,
      excludedFromShare: new Set(values.fair_sharing_excluded_resource_names),
      filterGpuResources: values.filter_gpu_resources,
      domain,
    },
    constraintProgramSizeMax: values.offer_constraints_re2_max_program_size,
    offerTimeoutMs: values.offer_timeout,
    agentPingTimeoutMs: values.agent_ping_timeout,
    maxAgentPingTimeouts: values.max_agent_ping_timeouts,
    agentReregisterTimeoutMs: values.agent_reregister_timeout,
    heartbeatIntervalMs: 15_000,
    roleWhitelist: values.roles.length === 0 ? undefined : new Set(['*', ...values.roles]),
    weights: values.weights.value,
    rootSubmissions: values.root_submissions,
    maxFrameworks: values.max_frameworks,
    maxCompletedFrameworks: values.max_completed_frameworks,
    maxCompletedTasksPerFramework: values.max_completed_tasks_per_framework,
    maxUnreachableTasksPerFramework: values.max_unreachable_tasks_per_framework,
    maxOperatorStreams: values.max_operator_event_stream_subscribers,
    registryMaxAgentCount: values.registry_max_agent_count,
    registryMaxAgentAgeMs: values.registry_max_agent_age,
  };
}
