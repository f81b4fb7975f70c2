import type { FastifyReply, FastifyRequest } from 'fastify';
import { CodecError, decodeBody, type MessageMediaType, type MessageType } from '../../../sdk/v1/codec.ts';
import { requestMediaType, responseMediaType } from '../../../sdk/v1/http-media.ts';
import { methodNotAllowed, sendText } from './http-text.ts';

/** What a v1 API checks of a call that is not about one agent's state. */
export interface CallRules<Call> {
  readonly type: MessageType<Call>;
  /** Begins the text of a 400: `Failed to validate agent::Call`. */
  readonly invalid: string;
  readonly problem: (call: Call) => string | undefined;
  /** Whether the answer has a body, so that Accept matters. */
  readonly hasAnswer: (call: Call) => boolean;
}

/** A call that may go on, and the media type to answer it in. */
export interface AdmittedCall<Call> {
  readonly call: Call;
  readonly accepted: MessageMediaType;
}

/** Checks a request as upstream does, in upstream's order; answers the error itself, and undefined then. */
export function admitCall<Call>(
  rules: CallRules<Call>,
  request: FastifyRequest,
  reply: FastifyReply,
): AdmittedCall<Call> | undefined {
  if (request.method !== 'POST') {
    methodNotAllowed(reply, request.method);
    return undefined;
  }
  const mediaType = requestMediaType(request.headers['content-type']);
  if (typeof mediaType !== 'string') {
    sendText(reply, mediaType.status, mediaType.text);
    return undefined;
  }
  let call: Call;
  try {
    call = decodeBody(rules.type, mediaType, (request.body as Buffer | undefined) ?? new Uint8Array());
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    sendText(reply, 400, error.message);
    return undefined;
  }
  const problem = rules.problem(call);
  if (problem !== undefined) {
    sendText(reply, 400, `${rules.invalid}: ${problem}`);
    return undefined;
  }
  const accepted = responseMediaType(request.headers.accept);
  if (typeof accepted === 'string') return { call, accepted };
  if (!rules.hasAnswer(call)) return { call, accepted: 'application/json' };
  sendText(reply, accepted.status, accepted.text);
  return undefined;
}
