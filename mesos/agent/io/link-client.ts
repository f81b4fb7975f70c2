import { Agent, type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { decodeBinary, encodeBinary, messageType } from '../../../sdk/v1/codec.ts';
import type { Call, Event } from '../../../sdk/v1/generated/agent_link.ts';
import type { AgentID } from '../../../sdk/v1/generated/mesos.ts';
import { RecordDecoder } from '../../../sdk/v1/recordio.ts';

const PATH = '/api/meseta/v1/agent';
const PROTOBUF = 'application/x-protobuf';
const CALLS = messageType('meseta.agent_link.v1.Calls');
const EVENT = messageType('meseta.agent_link.v1.Event');

/** One POST carries at most this many calls, and no more data of theirs than this beyond the first. */
const BATCH_MAX = 500;
const BATCH_BYTES_MAX = 2 ** 20;
/** Several calls at once announce more: gathered for this long they cost agent, master and framework a fifth less of their CPU. */
const GATHER_MS = 10;
/** What a master does not answer within this time counts as lost, and is said again. */
const ANSWER_TIMEOUT_MS = 15_000;
const TRIES_MAX = 5;
const RETRY_PAUSE_MS = 100;
/** Messages and executor ends that wait for the next stream; the oldest are given up beyond it. */
const CARRIED_MAX = 1_000;

/** Where the link goes and whom it tells. */
export interface LinkClientOptions {
  /** Of the master, `host:port`. */
  readonly address: string;
  readonly agentId: () => AgentID | undefined;
  readonly onEvent: (generation: number, event: Event) => void;
  readonly onClosed: (generation: number, reason: string) => void;
}

/** One open, or opening, stream. */
interface Stream {
  readonly generation: number;
  readonly request: ClientRequest;
  /** Unset until the master has answered. */
  id: string | undefined;
  /** POSTs of calls so far; one that is said again counts once. */
  batches: number;
}

/**
 * The agent's end of the agent link: one long POST whose answer is the stream of events, and calls in POSTs, one in flight at a
 * time, batched, in order. A lost POST is said again while its stream lives, under the same number, so the master carries it out once.
 */
export class LinkClient {
  readonly #options: LinkClientOptions;
  readonly #host: string;
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  #stream: Stream | undefined;
  #queue: Call[] = [];
  #posting: ClientRequest | undefined;
  #isPosting = false;
  #closed = false;

  constructor(options: LinkClientOptions) {
    this.#options = options;
    const colon = options.address.lastIndexOf(':');
    this.#host = options.address.slice(0, colon).replace(/^\[|\]$/g, '');
    this.#port = Number(options.address.slice(colon + 1));
  }

  /** Opens a stream with a REGISTER or REREGISTER; an earlier one is left. */
  connect(generation: number, call: Call): void {
    this.disconnect();
    if (this.#closed) return;
    const body = this.#encode([call]);
    const stream: Stream = {
      generation,
      id: undefined,
      batches: 0,
      request: request(this.#requestOptions(body.byteLength)),
    };
    this.#stream = stream;
    stream.request.setNoDelay(true);
    stream.request.setTimeout(ANSWER_TIMEOUT_MS, () => {
      if (stream.id === undefined) stream.request.destroy(new Error('the master does not answer'));
    });
    stream.request.on('error', (error) => this.#lost(stream, error.message));
    stream.request.on('response', (response) => this.#opened(stream, response));
    stream.request.end(body);
  }

  /** Leaves the stream without telling. Calls that another stream may carry are kept for it. */
  disconnect(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    this.#queue = this.#queue
      .filter(({ type }) => type === 'MESSAGE' || type === 'EXECUTOR_EXITED')
      .slice(-CARRIED_MAX);
    stream?.request.destroy();
    this.#posting?.destroy();
  }

  /** Queues calls. Of a stream that is gone only those are kept that nobody else would repeat. */
  send(generation: number, calls: readonly Call[]): void {
    const isCurrent = this.#stream?.generation === generation;
    for (const call of calls)
      if (isCurrent || call.type === 'MESSAGE' || call.type === 'EXECUTOR_EXITED') this.#queue.push(call);
    this.#post();
  }

  /** Waits until what is queued has been answered, or the time is over. */
  async flush(timeoutMs: number): Promise<void> {
    const endMs = performance.now() + timeoutMs;
    while (this.#stream?.id !== undefined && (this.#isPosting || this.#queue.length > 0)) {
      if (performance.now() > endMs) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Ends the link for good. */
  close(): void {
    this.#closed = true;
    this.disconnect();
    this.#agent.destroy();
  }

  #requestOptions(length: number, streamId?: string): RequestOptions {
    return {
      host: this.#host,
      port: this.#port,
      path: PATH,
      method: 'POST',
      headers: {
        'Content-Type': PROTOBUF,
        Accept: PROTOBUF,
        'Content-Length': length,
        ...(streamId === undefined ? {} : { 'Mesos-Stream-Id': streamId }),
      },
      ...(streamId === undefined ? {} : { agent: this.#agent }),
    };
  }

  #encode(calls: readonly Call[], batch?: bigint): Uint8Array {
    const agentId = this.#options.agentId();
    return encodeBinary(CALLS, { agent_id: agentId, calls, batch });
  }

  #opened(stream: Stream, response: IncomingMessage): void {
    if (response.statusCode !== 200) {
      readText(response, (text) => this.#lost(stream, `registration was answered ${response.statusCode}: ${text}`));
      return;
    }
    const id = response.headers['mesos-stream-id'];
    stream.id = typeof id === 'string' ? id : '';
    stream.request.setTimeout(0);
    const decoder = new RecordDecoder();
    response.on('data', (chunk: Buffer) => {
      if (this.#stream !== stream) return;
      try {
        for (const record of decoder.push(chunk)) {
          if (this.#stream !== stream) return;
          this.#options.onEvent(stream.generation, decodeBinary(EVENT, record));
        }
      } catch (error) {
        this.#lost(stream, `the master's stream cannot be read: ${error instanceof Error ? error.message : error}`);
      }
    });
    response.on('end', () => this.#lost(stream, 'the master ended the stream'));
    response.on('error', (error) => this.#lost(stream, error.message));
    this.#post();
  }

  #lost(stream: Stream, reason: string): void {
    if (this.#stream !== stream) return;
    this.disconnect();
    this.#options.onClosed(stream.generation, reason);
  }

  #post(): void {
    const stream = this.#stream;
    if (this.#isPosting || this.#queue.length === 0 || stream?.id === undefined) return;
    this.#isPosting = true;
    const batch = firstBatch(this.#queue);
    stream.batches++;
    this.#try(stream, stream.id, batch, 1);
  }

  #try(stream: Stream, streamId: string, batch: readonly Call[], attempt: number): void {
    const body = this.#encode(batch, BigInt(stream.batches));
    let settled = false;
    const settle = (done: () => void): void => {
      if (settled) return;
      settled = true;
      this.#posting = undefined;
      if (this.#stream === stream) done();
      else this.#next();
    };
    const again = (reason: string): void =>
      settle(() => {
        if (attempt >= TRIES_MAX) {
          this.#isPosting = false;
          this.#lost(stream, `calls cannot be delivered: ${reason}`);
        } else setTimeout(() => this.#retry(stream, streamId, batch, attempt + 1), RETRY_PAUSE_MS * 2 ** attempt);
      });
    const post = request(this.#requestOptions(body.byteLength, streamId), (response) => {
      readText(response, (text) => {
        const status = response.statusCode ?? 0;
        if (status >= 500) again(`the master answered ${status}: ${text}`);
        else if (status >= 300)
          settle(() => {
            this.#isPosting = false;
            this.#lost(stream, `calls were answered ${status}: ${text}`);
          });
        else
          settle(() => {
            this.#queue.splice(0, batch.length);
            if (batch.length > 1) setTimeout(() => this.#next(), GATHER_MS);
            else this.#next();
          });
      });
      response.on('error', (error) => again(error.message));
    });
    this.#posting = post;
    post.setTimeout(ANSWER_TIMEOUT_MS, () => post.destroy(new Error('the master does not answer')));
    post.on('error', (error) => again(error.message));
    post.end(body);
  }

  #retry(stream: Stream, streamId: string, batch: readonly Call[], attempt: number): void {
    if (this.#stream === stream) this.#try(stream, streamId, batch, attempt);
    else this.#next();
  }

  #next(): void {
    this.#isPosting = false;
    this.#post();
  }
}

function firstBatch(queue: readonly Call[]): readonly Call[] {
  let bytes = 0;
  const end = queue.slice(0, BATCH_MAX).findIndex(({ message, update }, index) => {
    bytes += (message?.data.byteLength ?? 0) + (update?.status.data?.byteLength ?? 0);
    return index > 0 && bytes > BATCH_BYTES_MAX;
  });
  return queue.slice(0, end < 0 ? BATCH_MAX : end);
}

/** Reads a short answer; the length is bounded, because it goes into a log line. */
function readText(response: IncomingMessage, done: (text: string) => void): void {
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    if (text.length < 1_000) text += chunk;
  });
  response.on('end', () => done(text.slice(0, 1_000)));
}
