import { Timers } from '../../../sdk/base/timers.ts';
import type { Logger } from '../../../sdk/daemon/log.ts';
import type { Checks } from '../checks/checks.ts';
import { ContainerError, type Containerizer } from '../containerizer/containerizer.ts';
import type { AgentEffect, LaunchContainer } from '../core/effects.ts';
import type { AgentEvent } from '../core/events.ts';
import type { ExecutorStreams } from './executor-streams.ts';
import type { LinkClient } from './link-client.ts';
import type { SandboxGc } from './sandbox-gc.ts';

/** What effects act on. */
export interface ShellParts {
  readonly post: (event: AgentEvent) => boolean;
  readonly log: Logger;
  readonly link: LinkClient;
  readonly containerizer: Containerizer;
  readonly checks: Checks;
  readonly executors: ExecutorStreams;
  readonly gc: SandboxGc;
  readonly exit: (code: number, message: string) => void;
}

/** Performs what the core decides. Nothing here throws: what fails comes back as an event, or is logged. */
export class Shell {
  readonly #parts: ShellParts;
  readonly #timers: Timers;

  constructor(parts: ShellParts) {
    this.#parts = parts;
    this.#timers = new Timers((event) => void parts.post(event));
  }

  /** Performs effects in order. */
  perform(effects: readonly AgentEffect[]): void {
    for (const effect of effects) this.#one(effect);
  }

  /** Forgets timers, at shutdown. */
  close(): void {
    this.#timers.clearAll();
  }

  #one(effect: AgentEffect): void {
    const { link, containerizer, checks, executors, gc, log, exit } = this.#parts;
    switch (effect.kind) {
      case 'timer.set':
      case 'timer.clear':
        this.#timers.perform(effect);
        break;
      case 'link.connect':
        link.connect(effect.generation, effect.call);
        break;
      case 'link.send':
        link.send(effect.generation, effect.calls);
        break;
      case 'link.close':
        link.disconnect();
        break;
      case 'container.launch':
        this.#launch(effect);
        break;
      case 'container.kill':
        containerizer.kill(effect.containerId, { graceMs: effect.graceMs });
        break;
      case 'container.destroy':
        this.#watch(containerizer.destroy(effect.containerId), `cannot destroy container ${effect.containerId}`);
        break;
      case 'container.remove':
        this.#watch(containerizer.remove(effect.containerId), `cannot forget container ${effect.containerId}`);
        break;
      case 'checks.start':
        checks.start(effect.task);
        break;
      case 'checks.stop':
        checks.stop(effect.containerId);
        break;
      case 'executor.accept':
        executors.accept(effect.stream);
        break;
      case 'executor.send':
        executors.send(effect.stream, effect.event);
        break;
      case 'executor.close':
        executors.close(effect.stream);
        break;
      case 'http.reply':
        executors.reply(effect.reply, effect.status, effect.text);
        break;
      case 'sandbox.retire':
        gc.retire(effect.directory);
        break;
      case 'log':
        log[effect.level](effect.fields ?? {}, effect.message);
        break;
      case 'process.exit':
        exit(effect.code, effect.message);
        break;
    }
  }

  #launch({ spec }: LaunchContainer): void {
    const { containerizer, post } = this.#parts;
    const { containerId } = spec;
    containerizer.launch({ ...spec, link: 'latest' }).then(
      ({ pid }) => post({ kind: 'container.started', containerId, pid }),
      (error: unknown) => {
        const isKnown = error instanceof ContainerError;
        const text = error instanceof Error ? error.message : String(error);
        const message = isKnown ? text : `Failed to launch container: ${text}`;
        post({
          kind: 'container.failed',
          containerId,
          reason: isKnown ? error.reason : 'REASON_CONTAINER_LAUNCH_FAILED',
          message,
        });
      },
    );
  }

  #watch(work: Promise<void>, problem: string): void {
    work.catch((error: unknown) => this.#parts.log.warn({ err: error }, problem));
  }
}
