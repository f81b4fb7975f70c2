import { STATUS_CODES } from 'node:http';

/** Upstream 3.x's shape of an error. Differs: the message is one sentence, never a stack trace. */
export function errorBody(status: number, message: string): { readonly type: string; readonly text: string } {
  const text = JSON.stringify({ status: STATUS_CODES[status] ?? String(status), message });
  return { type: 'application/json', text };
}
