import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerRead } from '../../../sdk/daemon/http-answer.ts';
import { type LegacyJson, writeLegacyJson } from '../../../sdk/v1/legacy/json.ts';
import type { Files } from '../files/files.ts';
import { addFilesRoutes } from '../files/routes.ts';
import { containerView, runningContainers, statisticsView } from '../views/containers.ts';
import { prometheusText } from '../views/metrics.ts';
import { AGENT_PAGE_POLICY, agentPage } from '../views/page.ts';
import { BUILD, stateView } from '../views/state.ts';
import type { ExecutorStreams } from './executor-streams.ts';
import { sendText } from './http-text.ts';
import { operatorCall } from './operator-api.ts';
import { measured, metricsOf, type Served } from './served.ts';

type View = (served: Served, query: Readonly<Record<string, string | undefined>>) => Promise<LegacyJson>;

/** Upstream's legacy endpoints; each takes any method, and `?jsonp=name`. */
const VIEWS: Readonly<Record<string, View>> = {
  '/state': ({ loop }) => loop.read(stateView),
  '/flags': async ({ config }) => ({
    flags: Object.fromEntries(config.flags.map(({ name, value }) => [name, value ?? ''])),
  }),
  '/version': async ({ config }) => ({ ...BUILD, version: config.version.version }),
  '/containers': async (served, { container_id }) => {
    const containers = await served.loop.read((state) => runningContainers(state, container_id));
    return (await measured(served, containers)).map(([one, usage]) => containerView(one, usage));
  },
  '/monitor/statistics': async (served) => {
    const containers = await served.loop.read((state) => runningContainers(state));
    return (await measured(served, containers)).map(([one, usage]) => statisticsView(one, usage));
  },
  '/metrics/snapshot': async (served) => Object.fromEntries(await metricsOf(served)),
};

/**
 * Adds the agent's routes; each also answers below `/slave(1)`.
 *
 * @returns how to say that the agent has recovered; until then everything is 503.
 */
export function addRoutes(server: FastifyInstance, executors: ExecutorStreams, files: Files): (served: Served) => void {
  let served: Served | undefined;
  const whenReady =
    (handle: (now: Served, request: FastifyRequest, reply: FastifyReply) => Promise<void> | void) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      if (served === undefined) sendText(reply, 503, 'Agent has not finished recovery');
      else await handle(served, request, reply);
      return reply;
    };
  for (const [path, view] of Object.entries(VIEWS))
    server.all(
      path,
      whenReady(async (now, request, reply) => {
        const query = request.query as Readonly<Record<string, string | undefined>>;
        const text = writeLegacyJson(await view(now, query));
        reply.hijack();
        await answerRead(request.raw, reply.raw, { text, type: 'application/json', callback: query['jsonp'] });
      }),
    );
  server.all(
    '/health',
    whenReady((_now, _request, reply) => sendText(reply, 200, '')),
  );
  server.all(
    '/metrics',
    whenReady(async (now, request, reply) => {
      const text = prometheusText(await metricsOf(now));
      reply.hijack();
      await answerRead(request.raw, reply.raw, { text, type: 'text/plain; version=0.0.4; charset=utf-8' });
    }),
  );
  server.all(
    '/',
    whenReady(async (_now, request, reply) => {
      reply.hijack();
      reply.raw.setHeader('Content-Security-Policy', AGENT_PAGE_POLICY);
      reply.raw.setHeader('X-Content-Type-Options', 'nosniff');
      reply.raw.setHeader('Cache-Control', 'no-cache');
      await answerRead(request.raw, reply.raw, { text: agentPage(), type: 'text/html; charset=utf-8' });
    }),
  );
  addFilesRoutes(server, files);
  server.all('/api/v1', whenReady(operatorCall));
  server.all(
    '/api/v1/executor',
    whenReady((_now, request, reply) => executors.handle(request, reply)),
  );
  server.all('*', (_request, reply) => sendText(reply, 404, '404 Not Found.'));
  return (now) => {
    served = now;
  };
}
