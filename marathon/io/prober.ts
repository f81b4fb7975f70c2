import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { ProbeStart } from '../core/effects.ts';
import type { ProbeResult } from '../core/events.ts';

interface RunningProbe {
  readonly spec: ProbeStart;
  readonly startedMs: number;
  queries: number;
  wasGood: boolean;
  timer: NodeJS.Timeout | undefined;
  /** Ends the query that is under way. */
  abort: (() => void) | undefined;
}

type Outcome = Omit<ProbeResult, 'kind' | 'key'>;

/** Runs health and readiness checks against tasks; results go to the core, which judges them. */
export class Prober {
  readonly #post: (result: ProbeResult) => void;
  readonly #concurrencyMax: number;
  readonly #probes = new Map<string, RunningProbe>();
  readonly #waiting: (() => void)[] = [];
  #active = 0;

  /** @param concurrencyMax most queries at one time (`--max_concurrent_marathon_health_checks`). */
  constructor(concurrencyMax: number, post: (result: ProbeResult) => void) {
    this.#concurrencyMax = concurrencyMax;
    this.#post = post;
  }

  /** Queries at once, then at the interval, until stopped. */
  start(spec: ProbeStart): void {
    this.stop(spec.key);
    const probe: RunningProbe = {
      spec,
      startedMs: performance.now(),
      queries: 0,
      wasGood: false,
      timer: undefined,
      abort: undefined,
    };
    this.#probes.set(spec.key, probe);
    void this.#run(probe);
  }

  stop(key: string): void {
    const probe = this.#probes.get(key);
    if (probe === undefined) return;
    this.#probes.delete(key);
    clearTimeout(probe.timer);
    probe.abort?.();
  }

  close(): void {
    for (const key of [...this.#probes.keys()]) this.stop(key);
  }

  async #run(probe: RunningProbe): Promise<void> {
    if (this.#active >= this.#concurrencyMax) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (!this.#isRunning(probe)) {
      this.#waiting.shift()?.();
      return;
    }
    this.#active += 1;
    const beganMs = performance.now();
    const outcome = await query(probe);
    this.#active -= 1;
    this.#waiting.shift()?.();
    if (!this.#isRunning(probe)) return;
    probe.wasGood ||= outcome.ok;
    probe.queries += 1;
    this.#post({ kind: 'probe.result', key: probe.spec.key, ...outcome });
    const intervalMs = nextIntervalMs(probe);
    probe.timer = setTimeout(() => void this.#run(probe), Math.max(0, beganMs + intervalMs - performance.now()));
  }

  #isRunning(probe: RunningProbe): boolean {
    return this.#probes.get(probe.spec.key) === probe;
  }
}

/** A program that just started is not there at the first query, and is at one of the next. */
const EAGER_FIRST_MS = 50;

function nextIntervalMs({ spec, wasGood, startedMs, queries }: RunningProbe): number {
  const isEager = !wasGood && performance.now() - startedMs < spec.eagerForMs;
  return isEager ? Math.min(spec.eagerIntervalMs, EAGER_FIRST_MS * 2 ** Math.min(queries, 16)) : spec.intervalMs;
}

function query(probe: RunningProbe): Promise<Outcome> {
  return probe.spec.protocol === 'TCP' ? queryTcp(probe) : queryHttp(probe);
}

function queryTcp(probe: RunningProbe): Promise<Outcome> {
  const { host, port, timeoutMs } = probe.spec;
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (outcome: Outcome): void => {
      socket.destroy();
      probe.abort = undefined;
      resolve(outcome);
    };
    probe.abort = () => end({ ok: false, cause: 'stopped' });
    socket.setTimeout(timeoutMs, () => end({ ok: false, cause: `no connection within ${timeoutMs} ms` }));
    socket.once('connect', () => end({ ok: true }));
    socket.once('error', (error) => end({ ok: false, cause: error.message }));
  });
}

/** One GET on a connection of its own; redirects are not followed, certificates not verified. */
function queryHttp(probe: RunningProbe): Promise<Outcome> {
  const { spec } = probe;
  return new Promise((resolve) => {
    const send = spec.protocol === 'HTTPS' ? httpsRequest : httpRequest;
    const options = { host: spec.host, port: spec.port, path: spec.path, agent: false, rejectUnauthorized: false };
    let request: ReturnType<typeof httpRequest>;
    try {
      request = send(options);
    } catch (error) {
      // A path that cannot stand in a request line.
      resolve({ ok: false, cause: error instanceof Error ? error.message : String(error) });
      return;
    }
    const end = (outcome: Outcome): void => {
      clearTimeout(deadline);
      probe.abort = undefined;
      request.destroy();
      resolve(outcome);
    };
    const timeout = { ok: false, cause: `no answer within ${spec.timeoutMs} ms` };
    const deadline = setTimeout(() => end(timeout), spec.timeoutMs);
    probe.abort = () => end({ ok: false, cause: 'stopped' });
    request.once('error', (error) => end({ ok: false, cause: error.message }));
    request.once('response', (response) => {
      void readBody(response, spec.bodyBytesMax).then((body) => end(judge(spec, response, body)));
    });
    request.end();
  });
}

function judge(spec: ProbeStart, response: IncomingMessage, body: string): Outcome {
  const status = response.statusCode ?? 0;
  const ok = spec.goodStatuses === undefined ? status >= 200 && status < 400 : spec.goodStatuses.includes(status);
  const contentType = String(response.headers['content-type'] ?? 'text/plain');
  return {
    ok,
    ...(ok ? {} : { cause: `${status} ${response.statusMessage ?? ''}`.trimEnd() }),
    response: { status, contentType, body },
  };
}

/** The first bytes of a body; what comes after them is not waited for. */
async function readBody(response: IncomingMessage, bytesMax: number): Promise<string> {
  if (bytesMax === 0) return '';
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length >= bytesMax) break;
    }
  } catch {
    // Half a body is as good as none: the status decides.
  }
  return Buffer.concat(chunks).subarray(0, bytesMax).toString('utf8');
}
