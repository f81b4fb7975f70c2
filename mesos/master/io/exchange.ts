import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerEmpty, answerText } from '../../../sdk/daemon/http-answer.ts';
import type { MessageMediaType } from '../../../sdk/v1/codec.ts';
import type { MasterEffect } from '../core/effects.ts';
import type { Streams } from './streams.ts';

/** A request whose answer the core decides. */
interface Pending {
  readonly response: ServerResponse;
  /** For a stream, when it is answered with one. */
  readonly mediaType: MessageMediaType;
}

/** Requests that wait for the core's answer, by the id under which the core knows them. */
export class Exchange {
  readonly #pending = new Map<string, Pending>();
  readonly #streams: Streams;
  #nextId = 1;

  constructor(streams: Streams) {
    this.#streams = streams;
  }

  /** Requests without an answer yet. */
  get waiting(): number {
    return this.#pending.size;
  }

  /** Keeps a request and answers its id. */
  keep(response: ServerResponse, mediaType: MessageMediaType): string {
    const id = String(this.#nextId++);
    this.#pending.set(id, { response, mediaType });
    return id;
  }

  /** The core took no event for the request: it is overloaded or ending. */
  refuse(requestId: string): void {
    const pending = this.#pending.get(requestId);
    this.#pending.delete(requestId);
    if (pending !== undefined) answerText(pending.response, 503, 'The master is busy or ending: try again');
  }

  /** Performs the effects that answer requests; false for an effect of another kind. */
  perform(effect: MasterEffect): boolean {
    if (effect.kind === 'http.reply') {
      const pending = this.#take(effect.requestId);
      if (pending === undefined) return true;
      if (effect.text === undefined) answerEmpty(pending.response, effect.status);
      else answerText(pending.response, effect.status, effect.text);
      return true;
    }
    if (effect.kind === 'stream.open') {
      const pending = this.#take(effect.requestId);
      if (pending !== undefined) {
        this.#streams.open(effect.streamId, pending.response, pending.mediaType, effect.channel);
      }
      return true;
    }
    return false;
  }

  #take(requestId: string): Pending | undefined {
    const pending = this.#pending.get(requestId);
    this.#pending.delete(requestId);
    return pending;
  }
}

/** The address of a request's peer, in its IPv4 form where it is one. */
export function peerIp(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}

/** A header's one value. */
export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
