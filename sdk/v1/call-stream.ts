import { Client, type Dispatcher } from 'undici';
import { decodeBody, encodeBody, type MessageMediaType, type MessageType } from './codec.ts';
import { RecordDecoder } from './recordio.ts';

/** Where a {@link CallStream} goes and whom it tells. */
export interface CallStreamOptions<Call, Event> {
  /** `host:port`; a server that redirects to another one (307) is followed. */
  readonly address: string;
  readonly path: string;
  readonly mediaType: MessageMediaType;
  readonly callType: MessageType<Call>;
  readonly eventType: MessageType<Event>;
  /** The call whose answer is the stream of events. */
  readonly subscribe: Call;
  readonly onEvent: (event: Event) => void;
  /** The stream ended, or anything failed; told once, and not after {@link CallStream.end}. */
  readonly onClosed: (reason: string) => void;
}

const REDIRECTS_MAX = 3;
const CONNECT_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 30_000;
/** Calls that wait for the one in flight; more means the server does not answer, and the stream is given up. */
const QUEUED_CALLS_MAX = 100_000;

/**
 * One subscription to a v1 API: a POST whose answer is a RecordIO stream of events, and calls that go out in order, one at a
 * time. Any failed call ends it all, since what the call wanted is then in doubt: subscribe anew and reconcile.
 *
 * Source of behaviour: Mesos scheduler and executor HTTP APIs (Mesos-Stream-Id only where the server gives one).
 */
export class CallStream<Call, Event> {
  readonly #options: CallStreamOptions<Call, Event>;
  readonly #queue: Call[] = [];
  readonly #clients: Client[] = [];
  #calls: Client | undefined;
  #streamId: string | undefined;
  #sending: Promise<void> | undefined;
  #ended = false;

  /** Connects at once. */
  constructor(options: CallStreamOptions<Call, Event>) {
    this.#options = options;
    this.#run().catch((error: unknown) => this.#fail(reasonOf(error)));
  }

  /** Queues a call; it is dropped when the stream has ended. */
  send(call: Call): void {
    if (this.#ended) return;
    if (this.#queue.push(call) > QUEUED_CALLS_MAX) this.#fail(`${QUEUED_CALLS_MAX} calls wait for an answer`);
    this.#sending ??= this.#sendQueued().catch((error: unknown) => this.#fail(reasonOf(error)));
  }

  /** Resolves when no call is on its way, or after the time. */
  async flush(timeoutMs: number): Promise<void> {
    const { promise: timeout, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    await Promise.race([this.#sending ?? Promise.resolve(), timeout]);
    clearTimeout(timer);
  }

  /** Ends the stream without telling. */
  end(): void {
    this.#ended = true;
    this.#queue.length = 0;
    for (const client of this.#clients.splice(0)) client.destroy().catch(() => undefined);
  }

  #fail(reason: string): void {
    if (this.#ended) return;
    this.end();
    this.#options.onClosed(reason);
  }

  async #run(): Promise<void> {
    let origin = `http://${this.#options.address}`;
    for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
      const response = await this.#post(this.#client(origin, 0), this.#options.subscribe);
      if (this.#ended) return;
      if (response.statusCode === 307) {
        origin = redirectOrigin(response.headers['location']);
        await response.body.dump();
        continue;
      }
      if (response.statusCode !== 200) {
        this.#fail(`SUBSCRIBE was answered ${response.statusCode}: ${await response.body.text()}`);
        return;
      }
      this.#streamId = headerText(response.headers['mesos-stream-id']);
      this.#calls = this.#client(origin, ANSWER_TIMEOUT_MS);
      await this.#read(response.body);
      this.#fail('the server ended the stream');
      return;
    }
    this.#fail(`more than ${REDIRECTS_MAX} redirects`);
  }

  async #read(body: AsyncIterable<Uint8Array>): Promise<void> {
    const { eventType, mediaType, onEvent } = this.#options;
    const decoder = new RecordDecoder();
    for await (const chunk of body) {
      for (const record of decoder.push(chunk)) {
        if (this.#ended) return;
        onEvent(decodeBody(eventType, mediaType, record));
      }
    }
  }

  async #sendQueued(): Promise<void> {
    for (let call = this.#queue.shift(); call !== undefined; call = this.#queue.shift()) {
      if (this.#calls === undefined) throw new Error('a call came before the subscription');
      const response = await this.#post(this.#calls, call);
      const text = await response.body.text();
      if (response.statusCode >= 300) {
        const type = String((call as { type?: unknown }).type);
        throw new Error(`${type} was answered ${response.statusCode}: ${text}`);
      }
    }
    this.#sending = undefined;
  }

  #post(client: Client, call: Call): Promise<Dispatcher.ResponseData> {
    const { callType, mediaType, path } = this.#options;
    const headers: Record<string, string> = { 'content-type': mediaType, accept: mediaType };
    if (this.#streamId !== undefined) headers['mesos-stream-id'] = this.#streamId;
    return client.request({ method: 'POST', path, headers, body: encodeBody(callType, mediaType, call) });
  }

  #client(origin: string, bodyTimeout: number): Client {
    const client = new Client(origin, {
      bodyTimeout,
      headersTimeout: ANSWER_TIMEOUT_MS,
      connect: { timeout: CONNECT_TIMEOUT_MS },
    });
    this.#clients.push(client);
    return client;
  }
}

/** Upstream redirects with a protocol-relative `//host:port/path`. */
function redirectOrigin(location: string | string[] | undefined): string {
  const text = headerText(location);
  if (text === undefined) throw new Error('the server redirects without a Location');
  return new URL(text, 'http://master').origin;
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
