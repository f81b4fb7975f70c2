import type { FastifyReply } from 'fastify';
import { answerEmpty, answerMethod, answerText } from '../../../sdk/daemon/http-answer.ts';

/** Answers as upstream does: an error in plain text, even an empty one; or nothing but the status. */
export function sendText(reply: FastifyReply, status: number, text: string): void {
  reply.hijack();
  if (text === '' && status < 400) answerEmpty(reply.raw, status);
  else answerText(reply.raw, status, text);
}

/** Upstream's 405. */
export function methodNotAllowed(reply: FastifyReply, method: string): void {
  reply.hijack();
  answerMethod(reply.raw, method);
}
