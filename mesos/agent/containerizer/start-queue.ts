import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';

/** Starts under way at once. */
const STARTS_MAX = 4 * Math.max(4, availableParallelism());
/** After this long without a confirmation another helper is asked, in case the old one hangs: no start happens twice. */
const HELPER_MS_MAX = 10_000;
/** A start that nobody confirmed for so long is given up; generous, because a loaded machine is slow, not broken. */
const START_MS_MAX = 60_000;
/** Tells the requests of this process from those of all others. */
const NONCE = `${randomBytes(9).toString('base64url')}-`;

interface Request {
  readonly id: string;
  readonly firstMs: number;
  lastMs: number;
}

/**
 * Hands starts to the spawn helper, a few at a time: a thousand at once would leave the agent a thousandth of the machine.
 * Every start has to be confirmed, or given up.
 */
export class StartQueue {
  readonly #ask: (id: string, nonce: string) => void;
  readonly #waiting = new Set<string>();
  readonly #asked = new Map<string, Request>();
  #count = 0;

  constructor(ask: (id: string, nonce: string) => void) {
    this.#ask = ask;
  }

  add(id: string): void {
    this.#waiting.add(id);
    this.#fill();
  }

  /** It runs, or never will. */
  settle(id: string): void {
    this.#waiting.delete(id);
    if (this.#asked.delete(id)) this.#fill();
  }

  /** A new helper knows nothing of what the old one was asked. */
  askAgain(): void {
    for (const request of this.#asked.values()) this.#send(request);
  }

  /** How long a start has been asked for in vain: nothing to do yet, ask another helper, give up. */
  verdict(id: string): 'wait' | 'replace helper' | 'give up' {
    const request = this.#asked.get(id);
    if (request === undefined) return 'wait';
    const nowMs = performance.now();
    if (nowMs - request.firstMs > START_MS_MAX) return 'give up';
    if (nowMs - request.lastMs <= HELPER_MS_MAX) return 'wait';
    request.lastMs = nowMs;
    return 'replace helper';
  }

  #fill(): void {
    for (const id of this.#waiting) {
      if (this.#asked.size >= STARTS_MAX) return;
      this.#waiting.delete(id);
      const request: Request = { id, firstMs: performance.now(), lastMs: 0 };
      this.#asked.set(id, request);
      this.#send(request);
    }
  }

  #send(request: Request): void {
    request.lastMs = performance.now();
    this.#ask(request.id, `${NONCE}${++this.#count}`);
  }
}
