import type { Scheduled } from '../../sdk/testing/virtual-time.ts';
import type { World } from './world.ts';

const TIMEOUT_MS = 10_000;

/** What came of a request: its status, nothing (it may or may not be carried out), or that it never got there. */
export type Outcome = number | 'in doubt' | 'never sent';

/** Users of a daemon's REST API: they wait for the answer, or give up. */
export class ApiClient {
  readonly #world: World;
  readonly #name: string;
  readonly #open = new Map<string, { readonly told: (outcome: Outcome) => void; readonly timer: Scheduled }>();
  #number = 0;

  constructor(world: World, name: string) {
    this.#world = world;
    this.#name = name;
  }

  /** Makes a request with a new id; `told` is called once. */
  call(post: (requestId: string) => boolean, told: (outcome: Outcome) => void): void {
    const requestId = `${this.#name}-${this.#number++}`;
    const timer = this.#world.time.after(TIMEOUT_MS, () => this.#settle(requestId, 'in doubt'));
    this.#open.set(requestId, { told, timer });
    if (!post(requestId)) this.#settle(requestId, 'never sent');
  }

  /** The daemon answered. */
  replied(requestId: string, status: number): void {
    this.#settle(requestId, status);
  }

  /** The daemon is gone with everything it was working on. */
  lost(): void {
    for (const requestId of [...this.#open.keys()]) this.#settle(requestId, 'in doubt');
  }

  #settle(requestId: string, outcome: Outcome): void {
    const open = this.#open.get(requestId);
    if (open === undefined) return;
    this.#open.delete(requestId);
    open.timer.cancel();
    this.#world.note(this.#name, `${requestId}: ${outcome}`);
    open.told(outcome);
  }
}
