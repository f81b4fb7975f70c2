import type { Outgoing, SimNetwork } from './sim-network.ts';
import type { Scheduled } from './virtual-time.ts';

/** What one POST of a {@link SimCallStream} carries, as the server's adapter sees it in `Incoming.body`. */
export interface SimPost<Body> {
  readonly path: string;
  /** The Mesos-Stream-Id header. */
  readonly streamId: string | undefined;
  readonly body: Body;
}

/** Wiring of a {@link SimCallStream}. */
export interface SimCallStreamOptions<Call, Body, Event> {
  readonly network: SimNetwork;
  /** Names of the processes at both ends. */
  readonly from: string;
  readonly to: string;
  readonly path: string;
  /** The POST whose answer is the stream of events. */
  readonly subscribe: Body;
  /** Whether the network may carry the subscription twice. */
  readonly maySubscribeTwice: boolean;
  /** Makes the body of a POST of the calls that wait; how many of them it takes is `batchMax`. */
  readonly wrap: (calls: readonly Call[]) => Body;
  readonly batchMax: number;
  /** Whether the network may carry a POST of calls twice. */
  readonly mayRepeat: (calls: readonly Call[]) => boolean;
  readonly onEvent: (event: Event) => void;
  /** The stream ended, or anything failed; told once, and not after `end`. */
  readonly onClosed: (reason: string) => void;
}

const ANSWER_TIMEOUT_MS = 30_000;

/**
 * The twin of `sdk/v1/call-stream.ts` on a simulated network: a POST whose answer is a stream of events, and calls that go out in order, one
 * POST at a time. Any failed call ends it all, since what the call wanted is then in doubt.
 */
export class SimCallStream<Call, Body, Event> {
  readonly #options: SimCallStreamOptions<Call, Body, Event>;
  readonly #queue: Call[] = [];
  readonly #stream: Outgoing;
  #post: Outgoing | undefined;
  #answerTimer: Scheduled | undefined;
  #streamId: string | undefined;
  #ended = false;

  /** Connects at once. */
  constructor(options: SimCallStreamOptions<Call, Body, Event>) {
    this.#options = options;
    const { network, from, to, path, subscribe, maySubscribeTwice } = options;
    this.#awaitAnswer();
    const post: SimPost<Body> = { path, streamId: undefined, body: subscribe };
    this.#stream = network.request(
      from,
      to,
      post,
      { isConnected: false, mayRepeat: maySubscribeTwice },
      {
        onOpen: (streamId) => this.#opened(streamId),
        onRecord: (record) => {
          if (!this.#ended) options.onEvent(record as Event);
        },
        onReply: (status, answer) => this.#fail(`the subscription was answered ${status}: ${String(answer ?? '')}`),
        onEnd: (reason) => this.#fail(reason),
      },
    );
  }

  /** Queues a call; it is dropped when the stream has ended. */
  send(call: Call): void {
    if (this.#ended) return;
    this.#queue.push(call);
    this.#sendNext();
  }

  /** Ends the stream without telling. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#queue.length = 0;
    this.#answerTimer?.cancel();
    this.#post?.close();
    this.#stream.close();
  }

  #opened(streamId: string): void {
    if (this.#ended) return;
    this.#answerTimer?.cancel();
    this.#streamId = streamId;
    this.#sendNext();
  }

  #sendNext(): void {
    if (this.#ended || this.#post !== undefined || this.#streamId === undefined || this.#queue.length === 0) return;
    const { network, from, to, path, wrap, batchMax, mayRepeat } = this.#options;
    const calls = this.#queue.splice(0, batchMax);
    const post: SimPost<Body> = { path, streamId: this.#streamId, body: wrap(calls) };
    this.#awaitAnswer();
    this.#post = network.request(
      from,
      to,
      post,
      { isConnected: true, mayRepeat: mayRepeat(calls) },
      {
        onReply: (status, answer) => {
          this.#post = undefined;
          this.#answerTimer?.cancel();
          if (status >= 300) this.#fail(`a call was answered ${status}: ${String(answer ?? '')}`);
          else this.#sendNext();
        },
        onEnd: (reason) => this.#fail(reason),
      },
    );
  }

  #awaitAnswer(): void {
    this.#answerTimer?.cancel();
    this.#answerTimer = this.#options.network.time.after(ANSWER_TIMEOUT_MS, () => this.#fail('no answer in time'));
  }

  #fail(reason: string): void {
    if (this.#ended) return;
    this.end();
    this.#options.onClosed(reason);
  }
}
