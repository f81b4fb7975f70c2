import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createServer, type ServerOptions } from '../../sdk/daemon/server.ts';
import type { MarathonEvent } from '../core/bus-events.ts';
import type { HttpReply } from '../core/effects.ts';
import type { ApiEvent } from '../core/events.ts';
import type { MarathonState } from '../core/state.ts';
import { uiAsset } from '../ui/assets.ts';
import { DEFAULT_EVENT_STREAM, EventStreams } from './event-stream.ts';
import type { ApiBackend, ApiResponse } from './http.ts';
import { PendingReplies } from './pending.ts';
import { route } from './router.ts';
import type { ServerInfo } from './views/info-view.ts';
import type { HttpCounters } from './views/metrics-view.ts';
import type { Now } from './views/now.ts';

/** What the REST API needs of the daemon. */
export interface MarathonApiOptions extends Omit<ServerOptions, 'errorBody' | 'rewriteUrl'> {
  /** Hands an event to the Loop; false when it takes none. */
  readonly post: (event: ApiEvent) => boolean;
  /** Computes a view of the state, as `Loop.read`. */
  readonly read: <View>(view: (state: MarathonState) => View) => Promise<View>;
  readonly now: () => Now;
  readonly info: () => ServerInfo;
  /** Ends the process, after the answer is sent. */
  readonly abdicate: () => void;
  /** `--event_stream_max_outstanding_messages` */
  readonly outstandingEventsMax?: number | undefined;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Upstream's headers against caches and framing, on every answer. */
const FIXED_HEADERS = {
  'Cache-Control': 'no-cache, no-store, must-revalidate',
  Pragma: 'no-cache',
  Expires: '0',
  'X-Frame-Options': 'DENY',
  'X-XSS-Protection': '1; mode=block',
} as const;

/**
 * Marathon's HTTP server: routes, event streams and the page at /ui/. The shell gives it the effects `http.reply` and `event`
 * of the core; it gives the core events `api`.
 */
export class MarathonApi {
  readonly server: FastifyInstance;
  readonly #options: MarathonApiOptions;
  readonly #pending: PendingReplies;
  readonly #streams: EventStreams;
  readonly #counters: HttpCounters = { activeRequests: 0, eventStreams: 0, responses: new Map() };

  constructor(options: MarathonApiOptions) {
    this.#options = options;
    this.#pending = new PendingReplies(options.post);
    this.#streams = new EventStreams({
      ...DEFAULT_EVENT_STREAM,
      ...(options.outstandingEventsMax === undefined ? {} : { outstandingMax: options.outstandingEventsMax }),
      wallMs: () => options.now().wallMs,
    });
    this.server = createServer({
      ...options,
      errorBody: (status, message) => ({
        type: 'application/json',
        text: JSON.stringify({ message: status === 404 ? 'URI not found' : message }),
      }),
    });
    this.#addHooks();
    this.server.get('/v2/events', (request, reply) => this.#events(request, reply));
    this.server.route({ method: [...METHODS], url: '/*', handler: (request, reply) => this.#answer(request, reply) });
  }

  /** Performs effect `http.reply`. */
  reply(effect: HttpReply): void {
    this.#pending.reply(effect);
  }

  /** Performs effect `event`. */
  publish(event: MarathonEvent): void {
    this.#streams.publish(event);
  }

  /** Ends the streams and takes no more requests. */
  async close(): Promise<void> {
    this.#streams.close();
    await this.server.close();
  }

  #addHooks(): void {
    const counters = this.#counters;
    this.server.addHook('onRequest', async (_request, reply) => {
      counters.activeRequests++;
      reply.raw.once('close', () => {
        counters.activeRequests--;
        const kind = `${Math.floor(reply.raw.statusCode / 100)}xx`;
        counters.responses.set(kind, (counters.responses.get(kind) ?? 0) + 1);
      });
    });
    this.server.addHook('onSend', async (_request, reply) => {
      reply.headers(this.#headers());
    });
  }

  async #answer(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const asset = request.method === 'GET' || request.method === 'HEAD' ? uiAsset(pathOf(request.url)) : undefined;
    if (asset !== undefined) {
      if ('redirect' in asset) return await reply.redirect(asset.redirect, 302);
      return await reply.headers(asset.headers).type(asset.type).send(asset.content);
    }
    const response = await route(
      {
        method: request.method === 'HEAD' ? 'GET' : request.method,
        url: request.url,
        body: request.body,
        clientIp: request.ip,
        accept: (request.headers.accept ?? '').toLowerCase(),
      },
      this.#backend(),
    );
    return await send(reply, response);
  }

  async #events(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    // Differs: upstream streams only to those who ask for exactly that, and answers 405 to curl.
    const accept = request.headers.accept ?? '*/*';
    const refuse = (status: number, message: string): Promise<unknown> => send(reply, { status, body: { message } });
    if (!/text\/event-stream|\*\/\*/i.test(accept))
      return await refuse(405, 'Method Not Allowed: this is an event stream, ask with Accept: text/event-stream');
    if (request.method === 'HEAD') return await reply.type('text/event-stream').send();
    if (!this.#streams.hasRoom) return await refuse(503, 'too many event streams are open');
    const types = new URLSearchParams(request.url.split('?')[1] ?? '').getAll('event_type');
    reply.hijack();
    this.#streams.attach(reply.raw, request.ip, types, this.#headers());
    return reply;
  }

  #headers(): Record<string, string> {
    return { ...FIXED_HEADERS, 'X-Marathon-Leader': `http://${this.#options.info().leader}` };
  }

  #backend(): ApiBackend {
    const { read, now, info, abdicate } = this.#options;
    this.#counters.eventStreams = this.#streams.size;
    return {
      execute: (command) => this.#pending.execute(command),
      read: (view) => read((state) => view(state, now())),
      info,
      counters: this.#counters,
      abdicate,
    };
  }
}

async function send(reply: FastifyReply, { status, headers, body, text }: ApiResponse): Promise<unknown> {
  reply.code(status).headers(headers ?? {});
  if (text !== undefined) return await reply.type(text.type).send(text.content);
  if (body === undefined) return await reply.send();
  return await reply.type('application/json').send(JSON.stringify(body));
}

function pathOf(url: string): string {
  const cut = url.indexOf('?');
  return cut < 0 ? url : url.slice(0, cut);
}
