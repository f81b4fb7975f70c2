import type { HttpReply } from '../core/effects.ts';
import type { ApiEvent } from '../core/events.ts';

/** A request without the id that pairs it with its answer. */
export type ApiRequest = ApiEvent extends infer Event
  ? Event extends ApiEvent
    ? Omit<Event, 'requestId'>
    : never
  : never;

/** What a request is answered; 503 when the core does not take it. */
export type ApiAnswer = Pick<HttpReply, 'status' | 'body'>;

/** Pairs requests with the `http.reply` effects that answer them. */
export class Requests {
  readonly #post: (event: ApiEvent) => boolean;
  readonly #waiting = new Map<string, (answer: ApiAnswer) => void>();
  #next = 1;

  constructor(post: (event: ApiEvent) => boolean) {
    this.#post = post;
  }

  /** Hands a request to the core; resolves once the decision is durable. */
  ask(request: ApiRequest): Promise<ApiAnswer> {
    const requestId = String(this.#next++);
    const { promise, resolve } = Promise.withResolvers<ApiAnswer>();
    this.#waiting.set(requestId, resolve);
    if (!this.#post({ ...request, requestId } as ApiEvent)) {
      this.#waiting.delete(requestId);
      resolve({ status: 503, body: { kind: 'error', text: 'too busy, or ending: try again' } });
    }
    return promise;
  }

  /** Performs a reply. */
  settle(reply: HttpReply): void {
    this.#waiting.get(reply.requestId)?.(reply);
    this.#waiting.delete(reply.requestId);
  }
}
