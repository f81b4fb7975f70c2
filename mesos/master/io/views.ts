import { readFileSync } from 'node:fs';
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type MasterEndpoint, masterEndpoints, unsupportedEndpoints } from '../views/endpoints.ts';
import type { MachineFigures } from '../views/metrics.ts';
import type { FullRequest } from './calls.ts';
import { header } from './exchange.ts';
import { acceptsGzip } from './gzip.ts';
import { answerText, answerView } from './http-answer.ts';
import type { OperatorTarget } from './operator.ts';

const GZIP_BYTES_MIN = 1_024;
/** Longest time that a text is made without letting the loop and the sockets breathe. */
const SLICE_MS = 5;
const zip = promisify(gzip);

/** Names that a script may be called back by. */
const CALLBACK = /^[A-Za-z_$][\w$.]{0,127}$/;

/** What the page may do: run its own script and read its own master. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const page = new Map([
  ['/', pageFile('index.html', 'text/html; charset=utf-8')],
  ['/page.js', pageFile('page.js', 'text/javascript; charset=utf-8')],
  ['/page.css', pageFile('page.css', 'text/css; charset=utf-8')],
]);

/** Answers what shows the state, and the page. Tells whether the path was one of these. */
export async function onViewRequest(
  target: OperatorTarget,
  full: FullRequest,
  path: string,
  query: URLSearchParams,
): Promise<boolean> {
  const { request, response } = full;
  const endpoint = masterEndpoints.get(path);
  const file = page.get(path);
  const refused = unsupportedEndpoints.get(path);
  if (endpoint !== undefined) await answerEndpoint(target, full, endpoint, query);
  else if (file !== undefined) {
    response.setHeader('Content-Security-Policy', PAGE_POLICY);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Cache-Control', 'no-cache');
    const isGzip = acceptsGzip(header(request, 'accept-encoding'));
    answerView(response, isGzip ? await zip(file.bytes) : file.bytes, file.type, isGzip);
  } else if (refused !== undefined)
    answerText(response, 501, `${path} is not supported by this version of Meseta: ${refused}`);
  else return false;
  return true;
}

/** Figures that the metrics show beside those of the state. */
export function machineFigures(measured: ReadonlyMap<string, number>): MachineFigures {
  return {
    wallMs: Date.now(),
    cpus: availableParallelism(),
    load: loadavg(),
    memTotalBytes: totalmem(),
    memFreeBytes: freemem(),
    measured,
  };
}

async function answerEndpoint(
  target: OperatorTarget,
  { request, response }: FullRequest,
  endpoint: MasterEndpoint,
  query: URLSearchParams,
): Promise<void> {
  const method = request.method ?? '';
  if (endpoint.getOnly === true && method !== 'GET' && method !== 'HEAD') {
    answerText(response, 501, `${method} is not supported here by this version of Meseta`);
    return;
  }
  const callback = endpoint.jsonp ? query.get('jsonp') : null;
  if (callback !== null && !CALLBACK.test(callback)) {
    answerText(response, 400, "'jsonp' must be the name of a function");
    return;
  }
  // A script may be loaded from anywhere, so the state would be open to every web page that is looked at on this machine.
  if (callback !== null && header(request, 'sec-fetch-site') === 'cross-site') {
    answerText(response, 403, "'jsonp' is not for pages of other sites");
    return;
  }
  const pieces = await target.read((state) => endpoint.capture(state, query, target.machine()));
  const text = await joinSliced(pieces);
  const bytes = Buffer.from(callback === null ? text : `${callback}(${text})`);
  const isGzip = bytes.length >= GZIP_BYTES_MIN && acceptsGzip(header(request, 'accept-encoding'));
  const type = callback === null ? endpoint.type : 'text/javascript';
  answerView(response, isGzip ? await zip(bytes) : bytes, type, isGzip);
}

/** Makes a text of its pieces, a few milliseconds at a time. */
export async function joinSliced(pieces: Iterable<string>): Promise<string> {
  const made: string[] = [];
  let sinceMs = performance.now();
  for (const piece of pieces) {
    made.push(piece);
    if (performance.now() - sinceMs < SLICE_MS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    sinceMs = performance.now();
  }
  return made.join('');
}

function pageFile(name: string, type: string): { readonly bytes: Uint8Array; readonly type: string } {
  return { bytes: readFileSync(new URL(`../views/page/${name}`, import.meta.url)), type };
}
