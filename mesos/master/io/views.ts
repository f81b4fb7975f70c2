import { readFileSync } from 'node:fs';
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';
import { performance } from 'node:perf_hooks';
import { answerRead, answerText, answerView, callbackProblem, packed } from '../../../sdk/daemon/http-answer.ts';
import { type MasterEndpoint, masterEndpoints, unsupportedEndpoints } from '../views/endpoints.ts';
import type { MachineFigures } from '../views/metrics.ts';
import type { FullRequest } from './calls.ts';
import type { OperatorTarget } from './operator.ts';

/** Longest time that a text is made without letting the loop and the sockets breathe. */
const SLICE_MS = 5;

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
    const { body, isGzip } = await packed(request, file.bytes);
    answerView(response, body, file.type, isGzip);
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
  const callback = endpoint.jsonp ? (query.get('jsonp') ?? undefined) : undefined;
  // Checked first: making the text of a large state is work.
  const problem = callback === undefined ? undefined : callbackProblem(request, callback);
  if (problem !== undefined) {
    answerText(response, problem.status, problem.text);
    return;
  }
  const pieces = await target.read((state) => endpoint.capture(state, query, target.machine()));
  await answerRead(request, response, { text: await joinSliced(pieces), type: endpoint.type, callback });
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
