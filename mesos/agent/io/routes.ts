import type { FastifyInstance } from 'fastify';
import type { Loop } from '../../../sdk/base/loop.ts';
import type { Logger } from '../../../sdk/daemon/log.ts';
import type { Containerizer } from '../containerizer/containerizer.ts';
import type { AgentConfig } from '../core/config.ts';
import type { AgentEffect } from '../core/effects.ts';
import type { AgentEvent } from '../core/events.ts';
import type { AgentState } from '../core/state.ts';
import type { ExecutorStreams } from './executor-streams.ts';
import { sendText } from './http-text.ts';
import type { SandboxGc } from './sandbox-gc.ts';

/** What the routes show. */
export interface Served {
  readonly loop: Loop<AgentState, AgentEvent, AgentEffect>;
  readonly config: AgentConfig;
  readonly containerizer: Containerizer;
  readonly gc: SandboxGc;
  readonly log: Logger;
}

/**
 * Adds the agent's routes; each also answers below `/slave(1)`.
 *
 * @returns how to say that the agent has recovered; until then everything is 503.
 */
export function addRoutes(server: FastifyInstance, executors: ExecutorStreams): (served: Served) => void {
  let served: Served | undefined;
  server.addHook('onRequest', async (_request, reply) => {
    if (served === undefined) {
      sendText(reply, 503, 'Agent has not finished recovery');
      return reply;
    }
  });
  server.all('/health', (_request, reply) => sendText(reply, 200, ''));
  server.all('/api/v1/executor', (request, reply) => executors.handle(request, reply));
  return (now) => {
    served = now;
  };
}
