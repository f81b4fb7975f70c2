import type { ApiCommand } from '../core/api/command.ts';
import { ApiRefusal } from '../core/api/refusal.ts';
import type { HttpReply } from '../core/effects.ts';
import type { ApiEvent } from '../core/events.ts';
import type { ApiResponse } from './http.ts';

/** Longest wait for the core's reply, which waits for the store. */
const REPLY_TIMEOUT_MS = 30_000;

interface Waiting {
  readonly resolve: (response: ApiResponse) => void;
  readonly timer: NodeJS.Timeout;
}

/** Commands that the core has and has not answered. */
export class PendingReplies {
  readonly #post: (event: ApiEvent) => boolean;
  readonly #waiting = new Map<string, Waiting>();
  #lastId = 0;

  /** @param post hands an event to the Loop; false when it takes none. */
  constructor(post: (event: ApiEvent) => boolean) {
    this.#post = post;
  }

  /** Hands a command in and waits for its reply. @throws ApiRefusal 503 when there comes none. */
  execute(command: ApiCommand): Promise<ApiResponse> {
    const requestId = `${++this.#lastId}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(requestId);
        reject(new ApiRefusal(503, 'no answer in time: the change may still happen, look at /v2/deployments'));
      }, REPLY_TIMEOUT_MS);
      this.#waiting.set(requestId, { resolve, timer });
      if (this.#post({ kind: 'api', requestId, command })) return;
      this.#waiting.delete(requestId);
      clearTimeout(timer);
      reject(new ApiRefusal(503, 'too many changes wait: try again later'));
    });
  }

  /** Answers a request; one that nobody waits for any more is dropped. */
  reply({ requestId, status, headers, body }: HttpReply): void {
    const waiting = this.#waiting.get(requestId);
    if (waiting === undefined) return;
    this.#waiting.delete(requestId);
    clearTimeout(waiting.timer);
    waiting.resolve({ status, headers, body });
  }
}
