import { Client, type Dispatcher } from 'undici';
import type { TimerEffect } from '../base/step.ts';
import { decodeBody, encodeBody, type MessageMediaType, messageType } from '../v1/codec.ts';
import type { Call } from '../v1/generated/scheduler.ts';
import { RecordDecoder } from '../v1/recordio.ts';
import type { SubscriptionEffect, SubscriptionEvent } from './core.ts';

/** Where and how to speak to the master. */
export interface ConnectionOptions {
  /** `host:port` of a master; another one that it redirects to (307) is followed. */
  readonly master: string;
  /** Default JSON. */
  readonly mediaType?: MessageMediaType | undefined;
  /** Takes what happens; hand it to {@link stepSubscription}. */
  readonly post: (event: Exclude<SubscriptionEvent, { kind: 'timer.fired' }>) => void;
  /** Where calls are served; default upstream's path. */
  readonly path?: string | undefined;
}

const CALL = messageType('mesos.v1.scheduler.Call');
const EVENT = messageType('mesos.v1.scheduler.Event');
const REDIRECTS_MAX = 3;
const CONNECT_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 30_000;
/** Calls that wait for the one in flight; more means the master does not answer, and the connection is given up. */
const QUEUED_CALLS_MAX = 100_000;

/**
 * The shell of a subscription: one HTTP stream for events, one connection on which calls go out in order, one at a time. Any
 * failed call ends the connection, since what it wanted is then in doubt: the framework subscribes anew and reconciles.
 */
export class SchedulerConnection {
  readonly #options: ConnectionOptions;
  #attempt: Attempt | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Performs an effect of the subscription; timers are not its business. */
  perform(effect: Exclude<SubscriptionEffect, TimerEffect>): void {
    if (effect.kind === 'scheduler.subscribe') {
      this.#attempt?.end();
      this.#attempt = new Attempt(this.#options, effect.generation, effect.call);
      return;
    }
    if (this.#attempt?.generation !== effect.generation) return;
    if (effect.kind === 'scheduler.call') this.#attempt.send(effect.call);
    else this.close();
  }

  /** Calls sent or queued so far are answered, or the time is over. */
  async flush(timeoutMs: number): Promise<void> {
    const { promise: timeout, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    await Promise.race([this.#attempt?.idle() ?? Promise.resolve(), timeout]);
    clearTimeout(timer);
  }

  /** Ends the connection. The master keeps the framework until its failover timeout is over. */
  close(): void {
    this.#attempt?.end();
    this.#attempt = undefined;
  }
}

/** One connection attempt: its stream, its calls. Reports its end once. */
class Attempt {
  readonly generation: number;
  readonly #options: ConnectionOptions;
  readonly #mediaType: MessageMediaType;
  readonly #queue: Call[] = [];
  readonly #clients: Client[] = [];
  #calls: Client | undefined;
  #streamId: string | undefined;
  #sending: Promise<void> | undefined;
  #ended = false;

  constructor(options: ConnectionOptions, generation: number, subscribe: Call) {
    this.#options = options;
    this.#mediaType = options.mediaType ?? 'application/json';
    this.generation = generation;
    this.#run(subscribe).catch((error: unknown) => this.#fail(reasonOf(error)));
  }

  send(call: Call): void {
    if (this.#ended) return;
    if (this.#queue.push(call) > QUEUED_CALLS_MAX)
      this.#fail(`${QUEUED_CALLS_MAX} calls wait for an answer of the master`);
    this.#sending ??= this.#sendQueued().catch((error: unknown) => this.#fail(reasonOf(error)));
  }

  async idle(): Promise<void> {
    await this.#sending;
  }

  end(): void {
    this.#ended = true;
    this.#queue.length = 0;
    for (const client of this.#clients.splice(0)) client.destroy().catch(() => undefined);
  }

  #fail(reason: string): void {
    if (this.#ended) return;
    this.end();
    this.#options.post({ kind: 'scheduler.closed', generation: this.generation, reason });
  }

  async #run(subscribe: Call): Promise<void> {
    let origin = `http://${this.#options.master}`;
    for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
      const response = await this.#post(this.#client(origin, 0), subscribe);
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
      this.#fail('the master ended the stream');
      return;
    }
    this.#fail(`more than ${REDIRECTS_MAX} redirects`);
  }

  async #read(body: AsyncIterable<Uint8Array>): Promise<void> {
    const decoder = new RecordDecoder();
    for await (const chunk of body) {
      for (const record of decoder.push(chunk)) {
        if (this.#ended) return;
        const event = decodeBody(EVENT, this.#mediaType, record);
        this.#options.post({ kind: 'scheduler.event', generation: this.generation, event });
      }
    }
  }

  async #sendQueued(): Promise<void> {
    for (let call = this.#queue.shift(); call !== undefined; call = this.#queue.shift()) {
      if (this.#calls === undefined) throw new Error('a call came before the subscription');
      const response = await this.#post(this.#calls, call);
      const text = await response.body.text();
      if (response.statusCode >= 300) throw new Error(`${call.type} was answered ${response.statusCode}: ${text}`);
    }
    this.#sending = undefined;
  }

  #post(client: Client, call: Call): Promise<Dispatcher.ResponseData> {
    const headers: Record<string, string> = { 'content-type': this.#mediaType, accept: this.#mediaType };
    if (this.#streamId !== undefined) headers['mesos-stream-id'] = this.#streamId;
    const body = encodeBody(CALL, this.#mediaType, call);
    return client.request({ method: 'POST', path: this.#options.path ?? '/api/v1/scheduler', headers, body });
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
  if (text === undefined) throw new Error('the master redirects without a Location');
  return new URL(text, 'http://master').origin;
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
