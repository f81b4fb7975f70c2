import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { acceptsGzip } from './gzip.ts';

/** A header of an answer; order and case are kept on the wire, as clients of upstream have seen them. */
export type Header = readonly [name: string, value: string];

/** `text/plain` as upstream says it, with every error. */
export const PLAIN_TEXT = 'text/plain; charset=utf-8';

/** Smaller answers are not worth packing, as upstream. */
const GZIP_BYTES_MIN = 1_024;
/** Names that a script may be called back by. */
const CALLBACK = /^[A-Za-z_$][\w$.]{0,127}$/;
const zip = promisify(gzip);

/** Packs a body when it is worth it and the client takes gzip. */
export async function packed(
  request: IncomingMessage,
  body: Uint8Array,
): Promise<{ readonly body: Uint8Array; readonly isGzip: boolean }> {
  if (body.length < GZIP_BYTES_MIN || !acceptsGzip(request.headers['accept-encoding']?.toString())) {
    return { body, isGzip: false };
  }
  return { body: await zip(body), isGzip: true };
}

/**
 * Why `?jsonp=` cannot be answered, or undefined when it can. A script may be loaded from anywhere, so what it carries would be open to
 * every web page that is looked at on this machine.
 */
export function callbackProblem(
  request: IncomingMessage,
  callback: string,
): { readonly status: number; readonly text: string } | undefined {
  if (!CALLBACK.test(callback)) return { status: 400, text: "'jsonp' must be the name of a function" };
  if (request.headers['sec-fetch-site'] === 'cross-site') {
    return { status: 403, text: "'jsonp' is not for pages of other sites" };
  }
  return undefined;
}

/** Sends what a read endpoint shows: packed when the client takes it, as a script when `?jsonp=` asks for one. */
export async function answerRead(
  request: IncomingMessage,
  response: ServerResponse,
  answer: { readonly text: string; readonly type: string; readonly callback?: string | undefined },
): Promise<void> {
  const { text, type, callback } = answer;
  const problem = callback === undefined ? undefined : callbackProblem(request, callback);
  if (problem !== undefined) {
    answerText(response, problem.status, problem.text);
    return;
  }
  const { body, isGzip } = await packed(request, Buffer.from(callback === undefined ? text : `${callback}(${text})`));
  answerView(response, body, callback === undefined ? type : 'text/javascript', isGzip);
}

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

/** Starts the answer of a download, whose bytes follow. */
export function startDownload(response: ServerResponse, size: number, disposition: string, type: string): void {
  start(
    response,
    200,
    [
      ['Content-Disposition', disposition],
      ['Content-Type', type],
    ],
    [['Content-Length', String(size)]],
  );
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
