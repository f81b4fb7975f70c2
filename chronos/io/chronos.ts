import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { systemClock } from '../../sdk/base/clock.ts';
import { systemIds } from '../../sdk/base/ids.ts';
import { Loop } from '../../sdk/base/loop.ts';
import { Timers } from '../../sdk/base/timers.ts';
import type { Logger } from '../../sdk/daemon/log.ts';
import type { DaemonContext, StopFunction } from '../../sdk/daemon/process.ts';
import { createServer, listen } from '../../sdk/daemon/server.ts';
import { MESETA_VERSION } from '../../sdk/daemon/version.ts';
import { lockWorkDir } from '../../sdk/daemon/work-dir-lock.ts';
import { SchedulerConnection } from '../../sdk/scheduler/connection.ts';
import { SqliteStore } from '../../sdk/store/sqlite-store.ts';
import type { ChronosEffect } from '../core/effects.ts';
import type { ChronosEvent } from '../core/events.ts';
import { recoverChronosState } from '../core/recover.ts';
import type { ChronosState } from '../core/state.ts';
import { step } from '../core/step.ts';
import type { CHRONOS_FLAGS } from '../flags.ts';
import { DEFAULT_DATA_DIR } from '../flags.ts';
import { chronosConfig } from './config.ts';
import { errorBody } from './error-body.ts';
import { Requests } from './requests.ts';
import { addRoutes } from './routes.ts';

/** How long calls to the master may take to leave when we end. */
const FLUSH_MS = 2_000;

type ChronosLoop = Loop<ChronosState, ChronosEvent, ChronosEffect>;

/** Brings a Chronos up: port, store, state, loop, subscription. */
export async function startChronos({ flags, log, fatal }: DaemonContext<typeof CHRONOS_FLAGS>): Promise<StopFunction> {
  const { values } = flags;
  // The port comes first: whoever starts a second Chronos by mistake fails here, before the store fences the first one off.
  const started = Promise.withResolvers<ChronosLoop>();
  const requests = new Requests((event) => loopNow?.post(event) ?? false);
  let loopNow: ChronosLoop | undefined;
  const server = createServer({
    ip: values.http_address,
    hostname: values.hostname,
    allowedHosts: values.allowed_hosts,
    errorBody,
    onError: (error, url) => log.error({ err: error, url }, 'a request failed'),
  });
  addRoutes(server, {
    ask: async (request) => {
      await started.promise;
      return requests.ask(request);
    },
    read: async (view) => (await started.promise).read(view),
    nowMs: () => systemClock.wallMs(),
    page: readFileSync(new URL('../ui/index.html', import.meta.url), 'utf8'),
  });
  const port = await listen(server, values.http_address, values.http_port, '--http_port');
  if (values.data_dir === DEFAULT_DATA_DIR && !flags.given.has('data_dir')) {
    log.warn(`jobs are stored in ${DEFAULT_DATA_DIR}, which may not outlive a reboot: choose a folder with --data_dir`);
  }
  const folder = resolve(values.data_dir);
  const lockPath = join(folder, 'chronos.pid');
  const unlock = lockWorkDir({ workDir: folder, lockPath, daemon: 'Chronos', flag: '--data_dir' });
  const store = await SqliteStore.open(join(folder, 'chronos.sqlite'));
  const state = recoverChronosState(chronosConfig(values, port), await store.list(''));
  const timers = new Timers((event) => loop.post(event));
  const connection = new SchedulerConnection({ master: values.master, post: (event) => loop.post(event) });
  const loop: ChronosLoop = new Loop<ChronosState, ChronosEvent, ChronosEffect>({
    state,
    step,
    store,
    clock: systemClock,
    ids: systemIds,
    perform: (effects) => {
      for (const effect of effects) perform(effect, { timers, connection, requests, log });
    },
    onFatal: fatal,
  });
  loopNow = loop;
  loop.post({ kind: 'start' });
  started.resolve(loop);
  log.info(
    `chronos ${MESETA_VERSION} serves http://${state.config.leader}, master ${values.master}, ${state.jobs.size} jobs in ${values.data_dir}`,
  );
  return async () => {
    await server.close();
    timers.clearAll();
    await loop.stop();
    await connection.flush(FLUSH_MS);
    connection.close();
    await store.close();
    unlock();
  };
}

interface Shell {
  readonly timers: Timers;
  readonly connection: SchedulerConnection;
  readonly requests: Requests;
  readonly log: Logger;
}

function perform(effect: ChronosEffect, { timers, connection, requests, log }: Shell): void {
  switch (effect.kind) {
    case 'timer.set':
    case 'timer.clear':
      timers.perform(effect);
      return;
    case 'http.reply':
      requests.settle(effect);
      return;
    case 'log':
      log[effect.level](effect.fields, effect.message);
      return;
    default:
      connection.perform(effect);
  }
}
