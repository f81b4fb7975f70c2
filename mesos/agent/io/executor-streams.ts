import type { FastifyReply, FastifyRequest } from 'fastify';
import { startStream } from '../../../sdk/daemon/http-answer.ts';
import { encodeBody, type MessageMediaType, messageType } from '../../../sdk/v1/codec.ts';
import type { Call, Event } from '../../../sdk/v1/generated/executor.ts';
import { encodeRecord } from '../../../sdk/v1/recordio.ts';
import type { AgentEvent } from '../core/events.ts';
import { admitCall, type CallRules } from './admit-call.ts';
import { executorCallProblem } from './executor-call.ts';
import { sendText } from './http-text.ts';

const EVENT = messageType('mesos.v1.executor.Event');
const RULES: CallRules<Call> = {
  type: messageType('mesos.v1.executor.Call'),
  invalid: 'Failed to validate Executor::Call',
  problem: executorCallProblem,
  hasAnswer: ({ type }) => type === 'SUBSCRIBE',
};
/** An executor that does not read loses its stream, and subscribes again. */
const UNREAD_BYTES_MAX = 64 * 2 ** 20;

interface Open {
  readonly reply: FastifyReply;
  readonly mediaType: MessageMediaType;
}

/** The executor API's connections: requests that wait for the core's answer, and streams of subscribed executors. */
export class ExecutorStreams {
  readonly #post: (event: AgentEvent) => boolean;
  readonly #waiting = new Map<number, Open>();
  readonly #streams = new Map<number, Open>();
  #next = 1;

  constructor(post: (event: AgentEvent) => boolean) {
    this.#post = post;
  }

  /** A request for the executor API: checked as upstream does, in upstream's order. */
  handle(request: FastifyRequest, reply: FastifyReply): void {
    const admitted = admitCall(RULES, request, reply);
    if (admitted === undefined) return;
    const { call, accepted } = admitted;
    const number = this.#next++;
    this.#waiting.set(number, { reply, mediaType: accepted });
    if (this.#post({ kind: 'executor.called', reply: number, call })) return;
    this.#waiting.delete(number);
    sendText(reply, 503, 'the agent is overloaded or ends');
  }

  /** Answers a request. */
  reply(number: number, status: number, text: string): void {
    const open = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (open !== undefined) sendText(open.reply, status, text);
  }

  /** Turns a SUBSCRIBE's answer into a stream. */
  accept(number: number): void {
    const open = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (open === undefined) return;
    const { reply, mediaType } = open;
    reply.hijack();
    const { raw } = reply;
    raw.socket?.setNoDelay(true);
    startStream(raw, undefined, mediaType);
    this.#streams.set(number, open);
    raw.on('close', () => {
      if (this.#streams.delete(number)) this.#post({ kind: 'executor.closed', stream: number });
    });
  }

  /** Writes one event as one record, in one chunk. */
  send(number: number, event: Event): void {
    const open = this.#streams.get(number);
    if (open === undefined) return;
    const { raw } = open.reply;
    raw.write(encodeRecord(encodeBody(EVENT, open.mediaType, event)));
    if (raw.writableLength > UNREAD_BYTES_MAX) raw.destroy();
  }

  /** Ends a stream without telling the core. */
  close(number: number): void {
    const open = this.#streams.get(number);
    this.#streams.delete(number);
    open?.reply.raw.end();
  }

  /** Ends everything, at shutdown. */
  closeAll(): void {
    for (const { reply } of this.#streams.values()) reply.raw.destroy();
    this.#streams.clear();
  }
}
