import { Timers } from '../../sdk/base/timers.ts';
import type { Logger } from '../../sdk/daemon/log.ts';
import type { SchedulerConnection } from '../../sdk/scheduler/connection.ts';
import type { MarathonApi } from '../api/server.ts';
import type { MarathonEffect } from '../core/effects.ts';
import type { MarathonInput } from '../core/events.ts';
import type { Prober } from './prober.ts';

/** What the shell performs effects with. */
export interface ShellParts {
  readonly post: (event: MarathonInput) => boolean;
  readonly log: Logger;
  readonly connection: SchedulerConnection;
  readonly prober: Prober;
  readonly api: Pick<MarathonApi, 'reply' | 'publish'>;
  readonly fatal: (error: unknown) => void;
}

/** Performs the core's effects, in order. */
export class Shell {
  readonly #parts: ShellParts;
  readonly #timers: Timers;

  constructor(parts: ShellParts) {
    this.#parts = parts;
    this.#timers = new Timers((event) => void parts.post(event));
  }

  perform(effects: readonly MarathonEffect[]): void {
    for (const effect of effects) this.#performOne(effect);
  }

  /** No timer fires and no check runs any more. */
  close(): void {
    this.#timers.clearAll();
    this.#parts.prober.close();
  }

  #performOne(effect: MarathonEffect): void {
    const { api, connection, prober, log, fatal } = this.#parts;
    switch (effect.kind) {
      case 'timer.set':
      case 'timer.clear':
        this.#timers.perform(effect);
        return;
      case 'scheduler.subscribe':
      case 'scheduler.call':
      case 'scheduler.disconnect':
        connection.perform(effect);
        return;
      case 'http.reply':
        api.reply(effect);
        return;
      case 'event':
        api.publish(effect.event);
        return;
      case 'probe.start':
        prober.start(effect);
        return;
      case 'probe.stop':
        prober.stop(effect.key);
        return;
      case 'log':
        log[effect.level]({ ...effect.fields }, effect.message);
        return;
      case 'fatal':
        fatal(new Error(effect.message));
        return;
    }
  }
}
