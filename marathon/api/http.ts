import type { ApiCommand } from '../core/api/command.ts';
import { ApiRefusal } from '../core/api/refusal.ts';
import type { ApiReply } from '../core/api/reply.ts';
import type { MarathonState } from '../core/state.ts';
import { notTimestamp, parseTimestamp } from '../model/timestamp.ts';
import type { ServerInfo } from './views/info-view.ts';
import type { HttpCounters } from './views/metrics-view.ts';
import type { Now } from './views/now.ts';

/** A request as the resources see it: without the HTTP library. */
export interface ApiRequest {
  /** `HEAD` arrives as `GET`. */
  readonly method: string;
  /** Decoded, non-empty segments of the path after the resource's own, `/v2/apps` and the like. */
  readonly path: readonly string[];
  /** The path as it was sent. */
  readonly uri: string;
  readonly query: Query;
  readonly body: unknown;
  readonly clientIp: string;
  /** The Accept header in lower case; empty when there is none. */
  readonly accept: string;
}

/** An answer: `body` as JSON, or `text` as it is, or nothing. */
export interface ApiResponse extends ApiReply {
  readonly text?: { readonly type: string; readonly content: string } | undefined;
}

/** What resources need of the daemon. */
export interface ApiBackend {
  /** Hands a command to the core; resolves with its reply. @throws ApiRefusal 503 */
  readonly execute: (command: ApiCommand) => Promise<ApiResponse>;
  /** Computes a view of the state; what the view throws is thrown. */
  readonly read: <View>(view: (state: MarathonState, now: Now) => View) => Promise<View>;
  readonly info: () => ServerInfo;
  readonly counters: HttpCounters;
  /** Gives up leadership: the process ends soon after, and its supervisor starts it again. */
  readonly abdicate: () => void;
}

/** Answers a request, or throws an {@link ApiRefusal}. */
export type Resource = (request: ApiRequest, backend: ApiBackend) => Promise<ApiResponse>;

/** Query parameters. */
export class Query {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(search: string) {
    const values = new Map<string, string[]>();
    for (const [name, value] of new URLSearchParams(search)) {
      const known = values.get(name);
      if (known === undefined) values.set(name, [value]);
      else known.push(value);
    }
    this.#values = values;
  }

  /** All values of a parameter. */
  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** The first value that is not empty. */
  text(name: string): string | undefined {
    return this.all(name).find((value) => value !== '');
  }

  /** A boolean as JAX-RS reads it: `true` in any case is true, everything else that is given is false. */
  flag(name: string, fallback = false): boolean {
    const [value] = this.all(name);
    return value === undefined ? fallback : value.toLowerCase() === 'true';
  }
}

/** 200 with a JSON body. */
export function ok(body: unknown): ApiResponse {
  return { status: 200, body };
}

/** The canonical form of a timestamp in a URL. @throws ApiRefusal */
export function timestampOf(text: string): string {
  const time = parseTimestamp(text);
  if (time === undefined) throw new ApiRefusal(422, notTimestamp(text));
  return time;
}

/** The path is known, the method is not. */
export function methodNotAllowed(allowed: string): ApiRefusal {
  return new ApiRefusal(405, `Method Not Allowed: allowed are ${allowed}`, {}, { Allow: allowed });
}

/** Differs: upstream's last release says this with 500; its earlier ones answered 404. */
export function notFound(): ApiRefusal {
  return new ApiRefusal(404, 'URI not found');
}
