import type { FastifyInstance } from 'fastify';
import type { Logger } from '../../../sdk/daemon/log.ts';
import { createServer } from '../../../sdk/daemon/server.ts';
import type { AgentFlagValues } from '../flags.ts';

/** The prefix under which upstream's agents serve everything too; it may arrive percent-encoded. */
const PREFIX = /^\/slave(?:\(|%28)1(?:\)|%29)(?=[/?])/i;

/** Paths that take calls in JSON or protobuf and judge their types in upstream's words. */
const CALL_PATHS: ReadonlySet<string> = new Set(['/api/v1', '/api/v1/executor']);

/** The agent's HTTP server without its routes. */
export function createAgentServer(flags: AgentFlagValues, hostname: string, log: Logger): FastifyInstance {
  return createServer({
    ip: flags.ip,
    hostname,
    allowedHosts: flags.allowed_hosts,
    // Less than the master's limit: what an executor says must fit into a call to the master, with a little around it.
    bodyLimitBytes: 9 * 2 ** 20,
    ownBodyTypes: (path) => CALL_PATHS.has(path.replace(PREFIX, '').replace(/\/+$/, '')),
    errorBody: (status, message) => ({
      type: 'text/plain; charset=utf-8',
      text: status === 404 ? '404 Not Found.' : message,
    }),
    rewriteUrl: (url) => url.replace(PREFIX, ''),
    onError: (error, url) => log.error({ err: error }, `request ${url} failed`),
  });
}
