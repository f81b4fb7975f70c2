import type { ServerResponse } from 'node:http';
import { startStream } from '../../../sdk/daemon/http-answer.ts';
import { encodeBody, type MessageMediaType, type MessageType, messageType } from '../../../sdk/v1/codec.ts';
import { encodeRecord } from '../../../sdk/v1/recordio.ts';
import type { Channel, SendToStream } from '../core/effects.ts';

const SCHEDULER_EVENT = messageType('mesos.v1.scheduler.Event');
const AGENT_EVENT = messageType('meseta.agent_link.v1.Event');
const OPERATOR_EVENT = messageType('mesos.v1.master.Event');

interface OpenStream {
  readonly response: ServerResponse;
  readonly mediaType: MessageMediaType;
}

/**
 * The response streams that are open. Records go out one per chunk. A peer that does not read is cut off when its
 * unread records pass a limit; whoever leaves is reported once.
 */
export class Streams {
  readonly #open = new Map<string, OpenStream>();
  readonly #bufferBytesMax: number;
  readonly #onClosed: (streamId: string) => void;

  constructor(bufferBytesMax: number, onClosed: (streamId: string) => void) {
    this.#bufferBytesMax = bufferBytesMax;
    this.#onClosed = onClosed;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Answers a request with a stream. */
  open(streamId: string, response: ServerResponse, mediaType: MessageMediaType, channel: Channel): void {
    this.#open.set(streamId, { response, mediaType });
    response.on('close', () => this.#lost(streamId));
    response.socket?.setKeepAlive(true, 30_000);
    startStream(response, channel === 'operator' ? undefined : streamId, mediaType);
    if (response.destroyed || response.socket?.destroyed === true) this.#lost(streamId);
  }

  /** Writes a record; the peers that share a media type share its bytes. */
  send(effect: SendToStream): void {
    if (effect.channel === 'scheduler') this.#write([effect.streamId], SCHEDULER_EVENT, effect.event);
    else if (effect.channel === 'agent') this.#write([effect.streamId], AGENT_EVENT, effect.event);
    else this.#write(effect.streamIds, OPERATOR_EVENT, effect.event);
  }

  /** Ends a stream properly, after what was sent on it. */
  close(streamId: string): void {
    const stream = this.#open.get(streamId);
    if (stream === undefined) return;
    this.#open.delete(streamId);
    stream.response.end();
  }

  /** Cuts all streams off, at shutdown. */
  closeAll(): void {
    for (const streamId of [...this.#open.keys()]) this.close(streamId);
  }

  #write<Event>(streamIds: readonly string[], type: MessageType<Event>, event: Event): void {
    const records = new Map<MessageMediaType, Uint8Array>();
    for (const streamId of streamIds) {
      const stream = this.#open.get(streamId);
      if (stream === undefined) continue;
      let record = records.get(stream.mediaType);
      if (record === undefined) {
        record = encodeRecord(
          encodeBody(type, stream.mediaType, event, { emptyArrays: type.name === OPERATOR_EVENT.name }),
        );
        records.set(stream.mediaType, record);
      }
      stream.response.write(record);
      if (stream.response.writableLength > this.#bufferBytesMax) stream.response.destroy();
    }
  }

  #lost(streamId: string): void {
    if (!this.#open.delete(streamId)) return;
    this.#onClosed(streamId);
  }
}
