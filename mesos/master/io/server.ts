import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerText } from '../../../sdk/daemon/http-answer.ts';
import { createServer } from '../../../sdk/daemon/server.ts';
import { type FullRequest, onAgentRequest, onSchedulerRequest } from './calls.ts';
import { type LegacyTarget, onLegacyRequest } from './legacy.ts';
import { onOperatorRequest } from './operator.ts';

/** How the master's server is reached and bounded. */
export interface MasterServerOptions {
  readonly ip: string;
  readonly hostname: string;
  readonly allowedHosts: readonly string[];
  readonly bodyBytesMax: number;
  readonly onError: (error: unknown, url: string) => void;
}

/** The agent link. An agent that comes back reports all its tasks in one body: it must not be cut off for having many. */
const AGENT_PATH = '/api/meseta/v1/agent';
const AGENT_BODY_BYTES_MAX = 64 * 2 ** 20;

/** Paths that take calls in JSON or protobuf and judge their bodies in upstream's words. */
const CALL_PATHS = new Set(['/api/v1', '/api/v1/scheduler', AGENT_PATH]);

/** The master's HTTP server; nothing listens yet. */
export function createMasterServer(options: MasterServerOptions, target: LegacyTarget): FastifyInstance {
  const server = createServer({
    ip: options.ip,
    hostname: options.hostname,
    allowedHosts: options.allowedHosts,
    bodyLimitBytes: options.bodyBytesMax,
    bodyTypes: ['application/x-www-form-urlencoded'],
    ownBodyTypes: (path) => CALL_PATHS.has(canonicalPath(path)),
    errorBody: (_status, message) => ({ type: 'text/plain; charset=utf-8', text: message }),
    onError: options.onError,
  });
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    reply.hijack();
    const full: FullRequest = {
      request: request.raw,
      response: reply.raw,
      body: request.body instanceof Uint8Array ? request.body : new Uint8Array(),
    };
    try {
      await route(target, full);
    } catch (error) {
      options.onError(error, request.url);
      if (!reply.raw.headersSent) answerText(reply.raw, 500, 'internal error: see the log of this daemon');
      else reply.raw.destroy();
    }
  };
  server.route({ method: 'POST', url: AGENT_PATH, bodyLimit: AGENT_BODY_BYTES_MAX, handler });
  server.all('*', handler);
  return server;
}

async function route(target: LegacyTarget, full: FullRequest): Promise<void> {
  const [path = '', query = ''] = (full.request.url ?? '/').split(/\?(.*)/s, 2);
  const canonical = canonicalPath(path);
  if (canonical === '/api/v1/scheduler') onSchedulerRequest(target, full);
  else if (canonical === AGENT_PATH) onAgentRequest(target, full);
  else if (canonical === '/api/v1') await onOperatorRequest(target, full);
  else await onLegacyRequest(target, full, canonical, new URLSearchParams(query));
}

/** Every path is also served below /master, and with a trailing slash. */
function canonicalPath(path: string): string {
  const bare = path.startsWith('/master/') ? path.slice('/master'.length) : path;
  return bare.length > 1 && bare.endsWith('/') ? bare.replace(/\/+$/, '') : bare;
}
