import type { FastifyInstance } from 'fastify';
import type { Logger } from '../../../sdk/daemon/log.ts';
import { createServer } from '../../../sdk/daemon/server.ts';
import type { AgentFlagValues } from '../flags.ts';

/** The prefix under which upstream's agents serve everything too; it may arrive percent-encoded. */
const PREFIX = /^\/slave(?:\(|%28)1(?:\)|%29)(?=[/?])/i;

/** The agent's HTTP server without its routes. */
export function createAgentServer(flags: AgentFlagValues, hostname: string, log: Logger): FastifyInstance {
  return createServer({
    ip: flags.ip,
    hostname,
    allowedHosts: flags.allowed_hosts,
    bodyTypes: ['application/x-protobuf'],
    errorBody: (status, message) => ({
      type: 'text/plain; charset=utf-8',
      text: status === 404 ? '404 Not Found.' : message,
    }),
    rewriteUrl: (url) => url.replace(PREFIX, ''),
    onError: (error, url) => log.error({ err: error }, `request ${url} failed`),
  });
}
