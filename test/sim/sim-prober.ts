import type { ProbeStart } from '../../marathon/core/effects.ts';
import type { ProbeResult } from '../../marathon/core/events.ts';
import type { Scheduled } from '../../sdk/testing/virtual-time.ts';
import type { Machine } from './machine.ts';
import type { World } from './world.ts';

interface Running {
  readonly probe: ProbeStart;
  next: Scheduled | undefined;
  wasGood: boolean;
}

/** The twin of Marathon's prober: it asks the simulated process behind a host and port. */
export class SimProber {
  readonly #world: World;
  readonly #machines: ReadonlyMap<string, Machine>;
  readonly #from: string;
  readonly #post: (result: ProbeResult) => void;
  readonly #running = new Map<string, Running>();

  constructor(world: World, from: string, machines: ReadonlyMap<string, Machine>, post: (result: ProbeResult) => void) {
    this.#world = world;
    this.#from = from;
    this.#machines = machines;
    this.#post = post;
  }

  start(probe: ProbeStart): void {
    this.stop(probe.key);
    const running: Running = { probe, next: undefined, wasGood: false };
    this.#running.set(probe.key, running);
    running.next = this.#world.time.after(1, () => this.#ask(running));
  }

  stop(key: string): void {
    this.#running.get(key)?.next?.cancel();
    this.#running.delete(key);
  }

  close(): void {
    for (const key of [...this.#running.keys()]) this.stop(key);
  }

  #ask(running: Running): void {
    const { probe } = running;
    const isParted = this.#world.network.isParted(this.#from, probe.host);
    this.#world.time.after(isParted ? probe.timeoutMs : 1, () => {
      if (this.#running.get(probe.key) !== running) return;
      const cause = isParted ? 'timed out' : this.#trouble(probe);
      running.wasGood = cause === undefined;
      this.#post({
        kind: 'probe.result',
        key: probe.key,
        ok: cause === undefined,
        cause,
        ...(probe.bodyBytesMax > 0 && cause === undefined
          ? { response: { status: 200, contentType: 'text/plain', body: 'ready' } }
          : {}),
      });
    });
    const pauseMs = running.wasGood ? probe.intervalMs : Math.min(probe.eagerIntervalMs, probe.intervalMs);
    running.next = this.#world.time.after(pauseMs, () => this.#ask(running));
  }

  #trouble(probe: ProbeStart): string | undefined {
    const [, taskId = ''] = probe.key.split('/');
    const machine = this.#machines.get(probe.host);
    const containers = machine?.running() ?? [];
    const container = containers.find(({ spec }) => spec.environment['PORT0'] === String(probe.port));
    if (container === undefined) return 'connection refused';
    if (container.taskId !== taskId) return 'somebody else answers';
    return machine?.isHealthy(container) === true ? undefined : 'not healthy';
  }
}
