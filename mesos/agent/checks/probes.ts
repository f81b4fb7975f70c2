import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Socket } from 'node:net';
import type { CommandInfo } from '../../../sdk/v1/generated/mesos.ts';
import type { SideCommand, SideCommandOutcome } from '../containerizer/containerizer.ts';
import type { ProbeResult } from './check-machine.ts';

/** What a COMMAND probe runs with: that of its task. */
export interface ProbeSurroundings {
  readonly containerId: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly sandbox: string;
  readonly user: string | undefined;
}

/** One running probe; `cancel` ends it, and its result is of no interest. */
export interface Probe {
  readonly result: Promise<ProbeResult>;
  readonly cancel: () => void;
}

const REDIRECTS_MAX = 50;
/** Longest delay that the runtime's timers take. */
const DELAY_MS_MAX = 2 ** 31 - 1;

/** Runs the command beside the task, in its sandbox, as its user; the output is appended to the sandbox's stderr. */
export function probeCommand(
  command: CommandInfo,
  surroundings: ProbeSurroundings,
  timeoutMs: number,
  run: (command: SideCommand) => Promise<SideCommandOutcome>,
): Probe {
  const environment = { ...surroundings.environment };
  for (const variable of command.environment?.variables ?? []) environment[variable.name] = variable.value ?? '';
  const result = run({
    ...surroundings,
    environment,
    command: { shell: command.shell ?? true, value: command.value ?? '', arguments: command.arguments ?? [] },
    timeoutMs,
  }).then((outcome): ProbeResult => {
    if (outcome.outcome === 'timeout')
      return { kind: 'error', message: `Command timed out after ${timeoutMs / 1_000}secs` };
    if (outcome.outcome === 'failed') return { kind: 'error', message: outcome.message };
    if ((outcome.waitStatus & 0x7f) !== 0) return { kind: 'error', message: 'Command terminated with a signal' };
    return { kind: 'command', exitCode: outcome.waitStatus >> 8 };
  });
  // A command of a task that ends is ended with the task.
  return { result, cancel: () => {} };
}

export interface HttpTarget {
  readonly scheme: 'http' | 'https';
  readonly ipv6: boolean;
  readonly port: number;
  readonly path: string;
}

/** Asks the task over the loopback address, follows redirects, accepts any certificate; tells the last status code. */
export function probeHttp(target: HttpTarget, timeoutMs: number): Probe {
  const host = target.ipv6 ? '[::1]' : '127.0.0.1';
  const abort = new AbortController();
  const ask = async (url: URL, redirects: number): Promise<ProbeResult> => {
    const response = await get(url, abort.signal);
    const { statusCode = 0, headers } = response;
    response.destroy();
    if (statusCode < 300 || statusCode >= 400 || headers.location === undefined) return { kind: 'http', statusCode };
    if (redirects === 0) return { kind: 'error', message: `more than ${REDIRECTS_MAX} redirects` };
    return ask(new URL(headers.location, url), redirects - 1);
  };
  const start = async (): Promise<ProbeResult> =>
    ask(new URL(`${target.scheme}://${host}:${target.port}${target.path}`), REDIRECTS_MAX);
  return limited(start, timeoutMs, 'HTTP request', () => abort.abort());
}

function get(url: URL, signal: AbortSignal): Promise<IncomingMessage> {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Error(`redirect to '${url.protocol}'`);
  return new Promise((resolve, reject) => {
    const headers = { 'User-Agent': 'meseta-check', Accept: '*/*' };
    const call =
      url.protocol === 'https:'
        ? requestHttps(url, { agent: false, signal, headers, rejectUnauthorized: false })
        : requestHttp(url, { agent: false, signal, headers });
    call.on('response', resolve);
    call.on('error', reject);
    call.end();
  });
}

/** Tries to connect to the task over the loopback address. */
export function probeTcp(port: number, ipv6: boolean, timeoutMs: number): Probe {
  const socket = new Socket();
  const start = (): Promise<ProbeResult> =>
    new Promise((resolve) => {
      socket.on('connect', () => resolve({ kind: 'tcp', succeeded: true }));
      socket.on('error', () => resolve({ kind: 'tcp', succeeded: false }));
      // Throws, so that the probe fails, when there is no such port: the wire's type takes any 32 bits.
      socket.connect({ host: ipv6 ? '::1' : '127.0.0.1', port });
    });
  const probe = limited(start, timeoutMs, 'TCP connection', () => socket.destroy());
  void probe.result.then(() => socket.destroy());
  return probe;
}

function limited(start: () => Promise<ProbeResult>, timeoutMs: number, what: string, cancel: () => void): Probe {
  const result = new Promise<ProbeResult>((resolve) => {
    const timer = setTimeout(
      () => {
        resolve({ kind: 'error', message: `${what} timed out after ${timeoutMs / 1_000}secs` });
        cancel();
      },
      Math.min(timeoutMs, DELAY_MS_MAX),
    );
    void Promise.resolve()
      .then(start)
      .catch((error: Error): ProbeResult => ({ kind: 'error', message: error.message }))
      .then((found) => {
        clearTimeout(timer);
        resolve(found);
      });
  });
  return { result, cancel };
}
