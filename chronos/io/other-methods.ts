import type { FastifyInstance, FastifyReply } from 'fastify';
import { errorBody } from './error-body.ts';

/**
 * Adds `routes`, and what answers their paths with any other method: 405 that names the allowed ones, for OPTIONS only their
 * names, as Jersey. A path that no route knows stays a 404.
 */
export function addWithOtherMethods(server: FastifyInstance, routes: () => void): void {
  const methodsOf = new Map<string, Set<string>>();
  let areAdded = false;
  server.addHook('onRoute', ({ url, method }) => {
    if (areAdded) return;
    const methods = methodsOf.get(url) ?? new Set();
    for (const name of [method].flat()) methods.add(name);
    methodsOf.set(url, methods);
  });
  routes();
  areAdded = true;
  const known = Array.from(methodsOf, ([url, methods]) => ({ pattern: patternOf(url), methods }));
  server.route({
    // HEAD comes with GET.
    method: server.supportedMethods.filter((method) => method !== 'HEAD'),
    url: '/*',
    handler: (request, reply) => {
      const path = request.url.split('?', 1)[0] ?? '';
      const methods = known.flatMap(({ pattern, methods }) => (pattern.test(path) ? [...methods] : []));
      return methods.length === 0 ? reply.callNotFound() : sendAllowed(reply, request.method, methods);
    },
  });
}

function sendAllowed(reply: FastifyReply, method: string, methods: readonly string[]): FastifyReply {
  const allowed = [...new Set([...methods, 'OPTIONS'])].sort().join(', ');
  reply.header('Allow', allowed);
  if (method === 'OPTIONS') return reply.send();
  const { type, text } = errorBody(405, `${method} is not a method of this path: allowed are ${allowed}`);
  return reply.code(405).type(type).send(text);
}

/** `/job/:name/runs` as an expression over paths. */
function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/\W/g, '\\$&')));
  return new RegExp(`^${parts.join('/')}/?$`);
}
