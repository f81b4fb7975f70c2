import { randomUUID } from 'node:crypto';
import type { Loop } from '../../sdk/base/loop.ts';
import type { ApiCommand } from '../core/api/command.ts';
import type { MarathonEvent } from '../core/bus-events.ts';
import type { HttpReply, MarathonEffect } from '../core/effects.ts';
import type { MarathonInput } from '../core/events.ts';
import type { MarathonState } from '../core/state.ts';

/** How the HTTP surface reaches the Loop: commands in, replies out, views of the state, and the event stream. */
export class ApiLink {
  readonly #pending = new Map<string, (reply: HttpReply) => void>();
  readonly #listeners = new Set<(event: MarathonEvent) => void>();
  #loop: Loop<MarathonState, MarathonInput, MarathonEffect> | undefined;

  connect(loop: Loop<MarathonState, MarathonInput, MarathonEffect>): void {
    this.#loop = loop;
  }

  /** Carries a command out; undefined when this Marathon takes none now (the caller answers 503). */
  command(command: ApiCommand): Promise<HttpReply | undefined> {
    const requestId = randomUUID();
    return new Promise((resolve) => {
      this.#pending.set(requestId, resolve);
      if (this.#loop?.post({ kind: 'api', requestId, command }) === true) return;
      this.#pending.delete(requestId);
      resolve(undefined);
    });
  }

  /** A view of the state; shows nothing that is not durable. */
  read<View>(view: (state: MarathonState) => View): Promise<View> {
    const loop = this.#loop;
    if (loop === undefined) return Promise.reject(new Error('this Marathon is still starting'));
    return loop.read(view);
  }

  /** Hears every event from now on; answers how to stop. */
  listen(listener: (event: MarathonEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Hands an event to all streams. */
  publish(event: MarathonEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Hands a reply to the request that waits for it. */
  reply(reply: HttpReply): void {
    const resolve = this.#pending.get(reply.requestId);
    this.#pending.delete(reply.requestId);
    resolve?.(reply);
  }
}
