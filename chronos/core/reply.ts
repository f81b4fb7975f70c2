import type { Turn } from './state.ts';

/** 204: done, nothing to say. */
export function replyDone(turn: Turn, requestId: string): void {
  turn.frame.emit({ kind: 'http.reply', requestId, status: 204 });
}

/** 200 with a line of text. */
export function replyText(turn: Turn, requestId: string, text: string): void {
  turn.frame.emit({ kind: 'http.reply', requestId, status: 200, body: { kind: 'text', text } });
}

/** A refusal with one sentence. */
export function replyError(turn: Turn, requestId: string, status: number, text: string): void {
  turn.frame.emit({ kind: 'http.reply', requestId, status, body: { kind: 'error', text } });
}

/** Upstream answers 400 for a job that is not there, never 404; clients test for it. */
export function replyUnknownJob(turn: Turn, requestId: string, name: string): void {
  replyError(turn, requestId, 400, `Job '${name}' not found`);
}
