import type { SimPost } from '../../sdk/testing/sim-call-stream.ts';
import type { Outgoing } from '../../sdk/testing/sim-network.ts';
import { throughCodec } from '../../sdk/testing/sim-scheduler-link.ts';
import type { Scheduled } from '../../sdk/testing/virtual-time.ts';
import { messageType } from '../../sdk/v1/codec.ts';
import type { Call, Calls, Event } from '../../sdk/v1/generated/agent_link.ts';
import type { AgentID } from '../../sdk/v1/generated/mesos.ts';
import type { World } from './world.ts';

/** Path of the agent link. */
export const AGENT_PATH = '/api/meseta/v1/agent';

const BATCH_MAX = 500;
const ANSWER_TIMEOUT_MS = 15_000;
const TRIES_MAX = 5;
const RETRY_PAUSE_MS = 100;
const CALLS = messageType('meseta.agent_link.v1.Calls');
const EVENT = messageType('meseta.agent_link.v1.Event');

/** Wiring of a {@link SimAgentLink}. */
export interface SimAgentLinkOptions {
  readonly world: World;
  readonly from: string;
  readonly master: string;
  readonly agentId: () => AgentID | undefined;
  readonly onEvent: (generation: number, event: Event) => void;
  readonly onClosed: (generation: number, reason: string) => void;
}

interface Stream {
  readonly generation: number;
  outgoing: Outgoing | undefined;
  id: string | undefined;
  /** POSTs of calls so far; one that is said again counts once. */
  batches: number;
}

/**
 * The twin of `mesos/agent/io/link-client.ts`: one stream, and POSTs one at a time, batched; a lost POST is said again while its
 * stream lives. Messages and ends of executors are kept for the next stream.
 */
export class SimAgentLink {
  readonly #options: SimAgentLinkOptions;
  #stream: Stream | undefined;
  #queue: Call[] = [];
  #post: Outgoing | undefined;
  #answerTimer: Scheduled | undefined;
  #isPosting = false;

  constructor(options: SimAgentLinkOptions) {
    this.#options = options;
  }

  /** Opens a stream with a REGISTER or REREGISTER; an earlier one is left. */
  connect(generation: number, call: Call): void {
    this.disconnect();
    const { world, from, master, onEvent } = this.#options;
    const stream: Stream = { generation, outgoing: undefined, id: undefined, batches: 0 };
    this.#stream = stream;
    const timer = world.time.after(ANSWER_TIMEOUT_MS, () => this.#lost(stream, 'the master does not answer'));
    stream.outgoing = world.network.request(
      from,
      master,
      this.#body([call], undefined),
      {
        isConnected: false,
        mayRepeat: true,
      },
      {
        onOpen: (id) => {
          timer.cancel();
          stream.id = id;
          if (this.#stream === stream) this.#next();
        },
        onRecord: (record) => {
          if (this.#stream === stream) onEvent(generation, this.#coded(EVENT, record as Event));
        },
        onReply: (status, text) => this.#lost(stream, `registration was answered ${status}: ${String(text)}`),
        onEnd: (reason) => {
          timer.cancel();
          this.#lost(stream, reason);
        },
      },
    );
  }

  /** Leaves the stream without telling. Calls that another stream may carry are kept for it. */
  disconnect(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    this.#queue = this.#queue.filter(isCarried);
    stream?.outgoing?.close();
    this.#post?.close();
    this.#post = undefined;
    this.#answerTimer?.cancel();
    this.#isPosting = false;
  }

  /** Queues calls. */
  send(generation: number, calls: readonly Call[]): void {
    const isCurrent = this.#stream?.generation === generation;
    for (const call of calls) if (isCurrent || isCarried(call)) this.#queue.push(call);
    this.#next();
  }

  #lost(stream: Stream, reason: string): void {
    if (this.#stream !== stream) return;
    this.disconnect();
    this.#options.onClosed(stream.generation, reason);
  }

  #next(): void {
    const stream = this.#stream;
    if (this.#isPosting || this.#queue.length === 0 || stream?.id === undefined) return;
    this.#isPosting = true;
    stream.batches++;
    this.#try(stream, this.#queue.slice(0, BATCH_MAX), 1);
  }

  #try(stream: Stream, batch: readonly Call[], attempt: number): void {
    const { world, from, master } = this.#options;
    let isSettled = false;
    const again = (reason: string): void => {
      if (isSettled || this.#stream !== stream) return;
      isSettled = true;
      this.#answerTimer?.cancel();
      if (attempt >= TRIES_MAX) this.#lost(stream, `calls cannot be delivered: ${reason}`);
      else {
        world.time.after(RETRY_PAUSE_MS * 2 ** attempt, () => {
          if (this.#stream === stream) this.#try(stream, batch, attempt + 1);
        });
      }
    };
    this.#answerTimer = world.time.after(ANSWER_TIMEOUT_MS, () => {
      this.#post?.close();
      again('no answer');
    });
    this.#post = world.network.request(
      from,
      master,
      this.#body(batch, stream.id, BigInt(stream.batches)),
      { isConnected: true, mayRepeat: true },
      {
        onReply: (status, text) => {
          if (isSettled || this.#stream !== stream) return;
          isSettled = true;
          this.#answerTimer?.cancel();
          if (status >= 300) {
            this.#lost(stream, `calls were answered ${status}: ${String(text)}`);
            return;
          }
          this.#queue.splice(0, batch.length);
          this.#isPosting = false;
          this.#next();
        },
        onEnd: again,
      },
    );
  }

  #body(calls: readonly Call[], streamId: string | undefined, batch?: bigint): SimPost<Calls> {
    const body: Calls = { agent_id: this.#options.agentId(), calls, batch };
    return { path: AGENT_PATH, streamId, body: this.#coded(CALLS, body) };
  }

  #coded<T>(type: Parameters<typeof throughCodec<T>>[0], message: T): T {
    const isCoded = this.#options.world.mediaType !== undefined;
    return throughCodec(type, isCoded ? 'application/x-protobuf' : undefined, message);
  }
}

function isCarried({ type }: Call): boolean {
  return type === 'MESSAGE' || type === 'EXECUTOR_EXITED';
}
