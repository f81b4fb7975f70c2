import type { ServerResponse } from 'node:http';

/** A header of an answer; order and case are kept on the wire, as clients of upstream have seen them. */
export type Header = readonly [name: string, value: string];

/** `text/plain` as upstream says it, with every error. */
export const PLAIN_TEXT = 'text/plain; charset=utf-8';

/** Sends an answer without a body. */
export function answerEmpty(response: ServerResponse, status: number): void {
  start(response, status, [['Content-Length', '0']]);
  response.end();
}

/** Sends an error, or another answer in plain text. Upstream names the type before the length here. */
export function answerText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: readonly Header[] = [],
): void {
  const bytes = Buffer.from(text);
  start(response, status, [...headers, ['Content-Type', PLAIN_TEXT], ['Content-Length', String(bytes.length)]]);
  response.end(bytes);
}

/** Sends the length before the type, as upstream's read endpoints do. */
export function answerView(response: ServerResponse, body: Uint8Array, type: string, isGzip: boolean): void {
  const encoding: Header[] = isGzip ? [['Content-Encoding', 'gzip']] : [];
  start(
    response,
    200,
    [
      ['Content-Length', String(body.length)],
      ['Content-Type', type],
    ],
    encoding,
  );
  response.end(body);
}

/** Sends the type before the length, as upstream's operator API does. */
export function answerMessage(response: ServerResponse, body: Uint8Array, type: string, isGzip: boolean): void {
  const encoding: Header[] = isGzip ? [['Content-Encoding', 'gzip']] : [];
  start(
    response,
    200,
    [
      ['Content-Type', type],
      ['Content-Length', String(body.length)],
    ],
    encoding,
  );
  response.end(body);
}

/** Sends a redirect to the leader, in upstream's form without a scheme. */
export function answerRedirect(response: ServerResponse, location: string): void {
  start(response, 307, [
    ['Location', location],
    ['Content-Length', '0'],
  ]);
  response.end();
}

/** Refuses a method. */
export function answerMethod(response: ServerResponse, method: string): void {
  const text = `405 Method Not Allowed. Expecting one of { 'POST' }, but received '${method}'.`;
  answerText(response, 405, text, [['Allow', 'POST']]);
}

/** Starts a stream of records; each later write is one chunk. */
export function startStream(response: ServerResponse, streamId: string | undefined, type: string): void {
  const id: Header[] = streamId === undefined ? [] : [['Mesos-Stream-Id', streamId]];
  start(response, 200, [['Transfer-Encoding', 'chunked'], ...id, ['Content-Type', type]]);
  response.flushHeaders();
}

/** Status line and headers: Date first, and no Connection header, as upstream. */
function start(
  response: ServerResponse,
  status: number,
  headers: readonly Header[],
  before: readonly Header[] = [],
): void {
  response.statusCode = status;
  response.sendDate = false;
  response.removeHeader('Connection');
  for (const [name, value] of before) response.setHeader(name, value);
  response.setHeader('Date', new Date().toUTCString());
  for (const [name, value] of headers) response.setHeader(name, value);
}
