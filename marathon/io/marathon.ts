import { systemClock } from '../../sdk/base/clock.ts';
import { systemIds } from '../../sdk/base/ids.ts';
import { Loop } from '../../sdk/base/loop.ts';
import type { DaemonContext, StopFunction } from '../../sdk/daemon/process.ts';
import { listen } from '../../sdk/daemon/server.ts';
import { COMPATIBLE_MARATHON_VERSION, MESETA_VERSION } from '../../sdk/daemon/version.ts';
import { SchedulerConnection } from '../../sdk/scheduler/connection.ts';
import { MarathonApi } from '../api/server.ts';
import type { MarathonEffect } from '../core/effects.ts';
import type { MarathonInput } from '../core/events.ts';
import { recoverMarathonState } from '../core/recover.ts';
import type { MarathonState } from '../core/state.ts';
import { step } from '../core/step.ts';
import { configOf, type MARATHON_FLAGS, type MarathonFlagValues } from '../flags.ts';
import { openDataDir } from './data-dir.ts';
import { Prober } from './prober.ts';
import { Shell } from './shell.ts';

type MarathonLoop = Loop<MarathonState, MarathonInput, MarathonEffect>;

/** How long a stop waits for calls on their way to the master. */
const FLUSH_MS = 1000;
/** Time for the answer of `DELETE /v2/leader` to leave before the process ends, as upstream. */
const ABDICATE_MS = 500;
/** Exit code of upstream when it gave up leadership. */
const ABDICATE_CODE = 105;

/** Brings a Marathon up on its flags. */
export async function startMarathon(context: DaemonContext<typeof MARATHON_FLAGS>): Promise<StopFunction> {
  const flags = context.flags.values;
  const { log, fatal } = context;
  if (!context.flags.given.has('data_dir')) {
    log.warn(`state lies in ${flags.data_dir}, which a reboot may empty: --data_dir names another folder`);
  }
  const { store, unlock } = await openDataDir(flags.data_dir);
  // Read before the port opens: from the first request on there is a state to show.
  const entries = await store.list('');
  let loop: MarathonLoop | undefined;
  const post = (event: MarathonInput): boolean => loop?.post(event) ?? false;
  let address = `${flags.hostname}:${flags.http_port}`;
  let httpPort = flags.http_port;
  const api = new MarathonApi({
    ip: flags.http_address,
    hostname: flags.hostname,
    allowedHosts: flags.allowed_hosts,
    post,
    read: (view) => (loop === undefined ? Promise.reject(new Error('still starting')) : loop.read(view)),
    now: () => ({ wallMs: systemClock.wallMs(), monoMs: systemClock.monoMs() }),
    info: () => ({
      leader: address,
      httpPort,
      master: flags.master ?? '',
      features: flags.enable_features,
      ...(flags.mesos_leader_ui_url === undefined ? {} : { mesosLeaderUiUrl: flags.mesos_leader_ui_url }),
    }),
    abdicate: () => {
      log.info('asked to give up leadership: this Marathon ends');
      setTimeout(() => void close().then(() => process.exit(ABDICATE_CODE), fatal), ABDICATE_MS);
    },
    outstandingEventsMax: flags.event_stream_max_outstanding_messages,
    onError: (error, url) => log.error({ err: error, url }, 'a request failed'),
  });
  httpPort = await listen(api.server, flags.http_address, flags.http_port, '--http_port');
  address = `${publicHost(flags)}:${httpPort}`;
  const config = configOf(flags, flags.webui_url ?? `http://${address}`);
  const connection = new SchedulerConnection({ master: flags.master ?? '', post });
  const prober = new Prober(flags.max_concurrent_marathon_health_checks, post);
  const shell = new Shell({ post, log, connection, prober, api, fatal });
  const state = recoverMarathonState(config, entries);
  loop = new Loop({
    state,
    step,
    store,
    clock: systemClock,
    ids: systemIds,
    perform: (effects) => shell.perform(effects),
    onFatal: fatal,
  });
  const running = loop;
  const close = async (): Promise<void> => {
    shell.close();
    await running.stop();
    await connection.flush(FLUSH_MS);
    connection.close();
    await api.close();
    await store.close();
    unlock();
  };
  const { size: instances } = state.instances;
  log.info(
    { version: MESETA_VERSION, compatible: COMPATIBLE_MARATHON_VERSION, address, master: flags.master, instances },
    'marathon started',
  );
  post({ kind: 'start' });
  return async (signal) => {
    log.info(`${signal}: this Marathon ends, its tasks go on`);
    await close();
  };
}

/** Where others reach us: the bound address while that is the loopback one, the host name else. */
function publicHost(flags: MarathonFlagValues): string {
  return flags.http_address.startsWith('127.') ? flags.http_address : flags.hostname;
}
