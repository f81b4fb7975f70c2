import type { FastifyReply } from 'fastify';

/** Answers as upstream does: plain text with a charset, or nothing but the status. */
export function sendText(reply: FastifyReply, status: number, text: string): void {
  if (text === '') reply.code(status).send();
  else reply.code(status).header('Content-Type', 'text/plain; charset=utf-8').send(text);
}

/** Upstream's 405. */
export function methodNotAllowed(reply: FastifyReply, method: string): void {
  reply.header('Allow', 'POST');
  sendText(reply, 405, `405 Method Not Allowed. Expecting one of { 'POST' }, but received '${method}'.`);
}
