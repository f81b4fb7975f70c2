import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerMethod, answerText } from '../../../sdk/daemon/http-answer.ts';
import { CodecError, decodeBody, type MessageType, messageType } from '../../../sdk/v1/codec.ts';
import { requestMediaType, responseMediaType } from '../../../sdk/v1/http-media.ts';
import type { MasterEvent } from '../core/events.ts';
import { type Exchange, header, peerIp } from './exchange.ts';

const SCHEDULER_CALL = messageType('mesos.v1.scheduler.Call');
const AGENT_CALLS = messageType('meseta.agent_link.v1.Calls');

/** A request with its whole body. */
export interface FullRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Uint8Array;
}

/** Where calls go. */
export interface CallTarget {
  readonly exchange: Exchange;
  /** Hands an event to the core; false when it takes no more. */
  readonly post: (event: MasterEvent) => boolean;
}

/** POST /api/v1/scheduler: what upstream checks before it looks at the call; the rest is the core's. */
export function onSchedulerRequest(target: CallTarget, full: FullRequest): void {
  const call = readCall(full, SCHEDULER_CALL);
  if (call === undefined) return;
  const accepted = responseMediaType(header(full.request, 'accept'));
  const requestId = target.exchange.keep(full.response, typeof accepted === 'string' ? accepted : 'application/json');
  const event: MasterEvent = {
    kind: 'scheduler.call',
    requestId,
    principal: null,
    streamId: header(full.request, 'mesos-stream-id'),
    isAcceptable: typeof accepted === 'string',
    call,
  };
  if (!target.post(event)) target.exchange.refuse(requestId);
}

/** POST /api/meseta/v1/agent. */
export function onAgentRequest(target: CallTarget, full: FullRequest): void {
  const calls = readCall(full, AGENT_CALLS);
  if (calls === undefined) return;
  const accepted = responseMediaType(header(full.request, 'accept'));
  const requestId = target.exchange.keep(full.response, typeof accepted === 'string' ? accepted : 'application/json');
  const event: MasterEvent = {
    kind: 'agent.calls',
    requestId,
    principal: null,
    streamId: header(full.request, 'mesos-stream-id'),
    remoteIp: peerIp(full.request),
    calls,
  };
  if (!target.post(event)) target.exchange.refuse(requestId);
}

/** Reads a call as upstream does: method, presence of a type, the body itself; answers the error and nothing when it cannot. */
export function readCall<Call>({ request, response, body }: FullRequest, type: MessageType<Call>): Call | undefined {
  if (request.method !== 'POST') {
    answerMethod(response, request.method ?? '');
    return undefined;
  }
  const mediaType = requestMediaType(header(request, 'content-type'));
  if (typeof mediaType !== 'string') {
    answerText(response, mediaType.status, mediaType.text);
    return undefined;
  }
  try {
    return decodeBody(type, mediaType, body);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    answerText(response, 400, error.message);
    return undefined;
  }
}
