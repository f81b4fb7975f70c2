import type { HttpReply } from './effects.ts';

/** What a request is answered. */
export type Reply = Pick<HttpReply, 'status' | 'body'>;

/** 204: done, nothing to say. */
export const done: Reply = { status: 204 };

/** 200 with a line of text. */
export function textReply(text: string): Reply {
  return { status: 200, body: { kind: 'text', text } };
}

/** A refusal with one sentence. */
export function refusal(status: number, text: string): Reply {
  return { status, body: { kind: 'error', text } };
}

/** Upstream answers 400 for a job that is not there, never 404; clients test for it. */
export function unknownJob(name: string): Reply {
  return refusal(400, `Job '${name}' not found`);
}
