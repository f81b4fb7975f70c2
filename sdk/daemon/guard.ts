import { isIP } from 'node:net';

/**
 * Whoever reaches our ports can run code, and a browser on the same machine reaches them for any web page. So:
 *
 * - a request whose Host is a name that is not ours is refused (DNS rebinding gives a page our address under its name);
 * - a write whose Origin is not our own is refused (cross-site request);
 * - a write with a body must say what the body is, as one of the types that the surface takes: a page can send
 *   `text/plain` anywhere without asking, but not JSON.
 */
export interface GuardOptions {
  /** The address that the server binds. */
  readonly ip: string;
  /** The name under which it is known (`--hostname`). */
  readonly hostname?: string | undefined;
  /** More names, `--allowed_hosts`; `*` lets every name in. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Media types of bodies that writes may carry; application/json always is one. */
  readonly bodyTypes?: readonly string[] | undefined;
}

/** The parts of a request that the guard looks at. */
export interface GuardedRequest {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly contentType: string | undefined;
  readonly hasBody: boolean;
}

/** Why a request is refused. */
export interface Refusal {
  readonly status: 403 | 415;
  readonly message: string;
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);
const LOCAL_NAMES = ['localhost', 'localhost.localdomain', 'ip6-localhost'];

/** Decides about one request: a refusal, or undefined when it may go on. */
export function guardRequest(options: GuardOptions, request: GuardedRequest): Refusal | undefined {
  if (request.host !== undefined && !isOurHost(options, request.host)) {
    return {
      status: 403,
      message: `Host '${request.host}' is not a name of this server: use its address, or start it with --allowed_hosts=${hostName(request.host)}`,
    };
  }
  if (READS.has(request.method)) return undefined;
  if (request.origin !== undefined && !isOwnOrigin(request.origin, request.host)) {
    return { status: 403, message: `writes from the foreign origin '${request.origin}' are refused` };
  }
  if (!request.hasBody) return undefined;
  const allowed = ['application/json', ...(options.bodyTypes ?? [])];
  const type = request.contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === undefined || !allowed.includes(type)) {
    const given = type === undefined ? 'no Content-Type is set' : `Content-Type '${type}' is not taken here`;
    return { status: 415, message: `${given}: allowed are ${allowed.join(', ')}` };
  }
  return undefined;
}

function isOurHost(options: GuardOptions, host: string): boolean {
  const name = hostName(host);
  // An address cannot be rebound: only names can.
  if (isIP(name.replace(/^\[|\]$/g, '')) !== 0) return true;
  const allowed = [...LOCAL_NAMES, options.hostname?.toLowerCase(), ...(options.allowedHosts ?? [])];
  return allowed.includes(name) || allowed.includes('*');
}

function isOwnOrigin(origin: string, host: string | undefined): boolean {
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}

/** The name in a Host header, without the port and in lower case. */
function hostName(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase();
}
