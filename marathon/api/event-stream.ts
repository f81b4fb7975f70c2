import type { ServerResponse } from 'node:http';
import { busEvent, type MarathonEvent } from '../core/bus-events.ts';

/** Bounds of the event streams. */
export interface EventStreamOptions {
  /** Streams at one time; more are refused. Differs: upstream has no limit. */
  readonly clientsMax: number;
  /** Events that wait for a slow reader before its stream is closed (`--event_stream_max_outstanding_messages`). */
  readonly outstandingMax: number;
  /** Bytes that wait for a slow reader before its stream is closed. */
  readonly outstandingBytesMax: number;
  /** Pause between the blank lines that keep a stream alive. */
  readonly heartbeatMs: number;
  readonly wallMs: () => number;
}

export const DEFAULT_EVENT_STREAM = {
  clientsMax: 256,
  outstandingMax: 1024,
  outstandingBytesMax: 16 * 2 ** 20,
  heartbeatMs: 10_000,
} as const;

interface Client {
  readonly response: ServerResponse;
  readonly remoteAddress: string;
  /** Empty: all. */
  readonly types: ReadonlySet<string>;
  /** Frames that the socket would not take yet. */
  readonly waiting: string[];
  waitingBytes: number;
  isBlocked: boolean;
}

/**
 * The readers of `GET /v2/events`, as server-sent events:
 *
 *     event: <type> CRLF  data: <JSON in one line> CRLF  CRLF
 *
 * A slow reader never slows the daemon: what it does not read waits, up to a bound, then its stream is closed.
 */
export class EventStreams {
  readonly #options: EventStreamOptions;
  readonly #clients = new Set<Client>();
  readonly #heartbeat: NodeJS.Timeout;

  constructor(options: EventStreamOptions) {
    this.#options = options;
    this.#heartbeat = setInterval(() => this.#beat(), options.heartbeatMs).unref();
  }

  get size(): number {
    return this.#clients.size;
  }

  /** Whether one more reader may come. */
  get hasRoom(): boolean {
    return this.#clients.size < this.#options.clientsMax;
  }

  /** Begins a stream on a response whose head is not sent yet. */
  attach(
    response: ServerResponse,
    remoteAddress: string,
    types: readonly string[],
    headers: Readonly<Record<string, string>>,
  ): void {
    const client: Client = {
      response,
      remoteAddress,
      types: new Set(types),
      waiting: [],
      waitingBytes: 0,
      isBlocked: false,
    };
    response.writeHead(200, { ...headers, 'Content-Type': 'text/event-stream; charset=utf-8', Connection: 'close' });
    response.flushHeaders();
    this.#clients.add(client);
    response.on('drain', () => this.#drain(client));
    response.on('close', () => this.#detach(client));
    response.on('error', () => this.#detach(client));
    this.publish(busEvent.eventStreamAttached(this.#options.wallMs(), remoteAddress));
  }

  /** Tells all readers that asked for events of this type. */
  publish(event: MarathonEvent): void {
    if (this.#clients.size === 0) return;
    const frame = `event: ${event.eventType}\r\ndata: ${JSON.stringify(event)}\r\n\r\n`;
    for (const client of this.#clients)
      if (client.types.size === 0 || client.types.has(event.eventType)) this.#send(client, frame);
  }

  /** Ends all streams. */
  close(): void {
    clearInterval(this.#heartbeat);
    for (const { response } of this.#clients) response.end();
    this.#clients.clear();
  }

  #send(client: Client, frame: string): void {
    if (!client.isBlocked) {
      client.isBlocked = !client.response.write(frame);
      return;
    }
    client.waiting.push(frame);
    client.waitingBytes += frame.length;
    const { outstandingMax, outstandingBytesMax } = this.#options;
    if (client.waiting.length > outstandingMax || client.waitingBytes > outstandingBytesMax) client.response.destroy();
  }

  #drain(client: Client): void {
    client.isBlocked = false;
    const frames = client.waiting.splice(0);
    client.waitingBytes = 0;
    if (frames.length > 0) client.isBlocked = !client.response.write(frames.join(''));
  }

  #detach(client: Client): void {
    if (!this.#clients.delete(client)) return;
    client.waiting.length = 0;
    this.publish(busEvent.eventStreamDetached(this.#options.wallMs(), client.remoteAddress));
  }

  #beat(): void {
    // A blocked client needs no sign of life: its data is on the way.
    for (const client of this.#clients) if (!client.isBlocked) this.#send(client, '\r\n');
  }
}
