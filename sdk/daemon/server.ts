import type { Socket } from 'node:net';
import { type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import { type GuardOptions, guardRequest } from './guard.ts';
import { portOwner } from './port-owner.ts';

/** Options of a daemon's HTTP server. */
export interface ServerOptions extends GuardOptions {
  /** Largest body in bytes; larger ones are 413. Default 10 MiB. */
  readonly bodyLimitBytes?: number | undefined;
  /** The surface's own error shape: the body text for a status and message, and its media type. */
  readonly errorBody: (status: number, message: string) => { readonly type: string; readonly text: string };
  /** Paths whose handler judges itself what a body is, and refuses types that a web page could send unasked. */
  readonly ownBodyTypes?: ((path: string) => boolean) | undefined;
  /** Time for a whole request to arrive; default 60 s. Slower clients are answered 408 and closed. */
  readonly requestTimeoutMs?: number | undefined;
  /** Rewrites the URL before routing, for clients that write double slashes and the like. */
  readonly rewriteUrl?: ((url: string) => string) | undefined;
  /** What failed unexpectedly, for the log; the client gets a 500 without details. */
  readonly onError?: ((error: Error, url: string) => void) | undefined;
}

/** Slow or half-open clients are closed: time for the headers, and for the whole request. */
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 60_000;
const CHECK_INTERVAL_MS = 5_000;
const KEEP_ALIVE_MS = 75_000;
const CONNECTIONS_MAX = 10_000;
const URL_LENGTH_MAX = 16_384;

/**
 * An HTTP server with the guards of every Meseta daemon: body and time limits, host and origin checks, errors in the
 * surface's shape. Bodies of all types arrive as a Buffer in `request.body`: each surface parses its own.
 */
export function createServer(options: ServerOptions): FastifyInstance {
  const { rewriteUrl, requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  const server = fastify({
    bodyLimit: options.bodyLimitBytes ?? 10 * 2 ** 20,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: true,
    exposeHeadRoutes: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: URL_LENGTH_MAX },
    http: {
      requestTimeout: requestTimeoutMs,
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeoutMs),
      connectionsCheckingInterval: Math.min(CHECK_INTERVAL_MS, requestTimeoutMs),
    },
    clientErrorHandler: (error, socket) => answerBroken(options, error as NodeJS.ErrnoException, socket as Socket),
    frameworkErrors: (error, _request, reply) => {
      const { type, text } = options.errorBody(error.statusCode ?? 400, error.message);
      (reply as FastifyReply)
        .code(error.statusCode ?? 400)
        .type(type)
        .send(text);
    },
    ...(rewriteUrl === undefined
      ? {}
      : { rewriteUrl: (request: { url?: string | undefined }) => rewriteUrl(request.url ?? '/') }),
  });
  server.server.maxConnections = CONNECTIONS_MAX;
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.addHook('onRequest', async (request, reply) => {
    const { headers } = request;
    const length = headers['content-length'];
    const refusal = guardRequest(options, {
      method: request.method,
      host: headers.host,
      origin: headers.origin,
      contentType: headers['content-type'],
      hasBody:
        (headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')) &&
        options.ownBodyTypes?.(request.url.split('?', 1)[0] ?? '') !== true,
    });
    if (refusal === undefined) return;
    const { type, text } = options.errorBody(refusal.status, refusal.message);
    await reply.code(refusal.status).type(type).send(text);
  });
  server.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode !== undefined && error.statusCode >= 400 ? error.statusCode : 500;
    if (status >= 500) options.onError?.(error, request.url);
    const message = status >= 500 ? 'internal error: see the log of this daemon' : error.message;
    const { type, text } = options.errorBody(status, message);
    reply.code(status).type(type).send(text);
  });
  server.setNotFoundHandler((request, reply) => {
    const { type, text } = options.errorBody(404, `${request.method} ${request.url.slice(0, 200)} is not known here`);
    reply.code(404).type(type).send(text);
  });
  return server;
}

/** What never becomes a request (broken HTTP, headers too large or too slow) is answered in the surface's shape too. */
function answerBroken(options: ServerOptions, error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, reason] = BROKEN[error.code ?? ''] ?? ([400, 'Bad Request'] as const);
  const { type, text } = options.errorBody(status, reason);
  const head = `HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Type: ${type}\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

const BROKEN: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
};

/** A server cannot have its port; the message is one line for the user. */
export class ListenError extends Error {
  override name = 'ListenError';
}

/**
 * Binds the server.
 *
 * @param portFlag the flag that changes the port, named when it is busy.
 * @returns the port, which differs from the asked one only when that was 0.
 * @throws ListenError naming port, owner and flag.
 */
export async function listen(server: FastifyInstance, ip: string, port: number, portFlag: string): Promise<number> {
  try {
    await server.listen({ host: ip, port });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE') {
      throw new ListenError(
        `port ${port} on ${ip} is taken by ${portOwner(port) ?? 'another process'}: choose another with ${portFlag}`,
      );
    }
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
      const why = code === 'EACCES' ? 'is not allowed for this user' : 'is not an address of this machine';
      throw new ListenError(`${ip}:${port} ${why}: choose another with ${portFlag} or --ip`);
    }
    throw error;
  }
  const address = server.server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}
