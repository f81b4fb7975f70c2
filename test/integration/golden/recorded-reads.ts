import { readFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { matchRecorded, type Numbered, parseNumbered } from './read-matcher.ts';

/** A recorded read and its answer; numbers are their text behind `#`, what varies is masked. */
export interface RecordedRead {
  readonly method: string;
  readonly path: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: unknown;
  readonly status: number;
  readonly answer_headers: readonly (readonly [string, string])[];
  readonly text?: string;
  readonly json?: Numbered;
  /** The same as in the step of this number. */
  readonly json_of?: number;
  /** Keys of /metrics/snapshot. */
  readonly metrics?: readonly string[];
  readonly metrics_call?: boolean;
  readonly flags_call?: boolean;
  readonly jsonp?: string;
}

/** Whom to ask, and what of its answers varies from run to run. */
export interface ReadTarget {
  readonly port: number;
  /** What `{name}` stands for in requests; answers are compared with the name in place of it. */
  readonly names: Readonly<Record<string, string>>;
  /** Figures whose values are known. */
  readonly figures: Readonly<Record<string, string>>;
  /** Figures that are absent on purpose. */
  readonly unmeasured: RegExp;
}

/** Asks as recorded, and compares all of the answer. */
export async function compareRead(
  target: ReadTarget,
  steps: readonly RecordedRead[],
  step: RecordedRead,
): Promise<void> {
  const { names } = target;
  const path = spelled(step.path, names);
  const raw = await ask(target.port, { ...step, body: spelledBody(step.body, names) }, path);
  const answer = {
    ...raw,
    text: names['work'] === undefined ? raw.text : raw.text.replaceAll(names['work'], '{work}'),
  };
  expect(answer.status, answer.text).toBe(step.status);
  expect(answer.headers.map(([name]) => name)).toEqual(step.answer_headers.map(([name]) => name));
  for (const [index, [name, value]] of step.answer_headers.entries()) {
    if (value !== '*') matchRecorded(answer.headers[index]?.[1], value, `header ${name}`);
  }
  if (step.text !== undefined) expect(answer.text).toBe(step.text);
  const json = step.json_of === undefined ? step.json : steps[step.json_of]?.json;
  if (json !== undefined) matchRecorded(parseNumbered(answer.text), json, path, path.includes('/tasks'));
  if (step.metrics !== undefined && step.jsonp === undefined) compareMetrics(target, answer.text, step.metrics);
  if (step.metrics_call === true) expect(answer.text).toMatch(/\{"name":"(master|slave)\/cpus_total","value":8\.0\}/);
  if (step.flags_call === true)
    expect(answer.text).toMatch(/\{"name":"(allocation_interval|registration_backoff_factor)","value":"1secs"\}/);
  if (step.jsonp !== undefined) {
    expect(answer.text.startsWith(`${step.jsonp}(`) && answer.text.endsWith(')')).toBe(true);
    parseNumbered(answer.text.slice(step.jsonp.length + 1, -1));
  }
}

/** Every recorded key is there, and every value is a double. */
function compareMetrics({ figures: known, unmeasured }: ReadTarget, text: string, keys: readonly string[]): void {
  const figures = parseNumbered(text) as Readonly<Record<string, string>>;
  const names = new Set(
    Object.keys(figures).map((key) =>
      key.replace(/master\/frameworks\/[^/]+\/[^/]+\//, 'master/frameworks/{name}/{id}/'),
    ),
  );
  expect(keys.filter((key) => !names.has(key) && !unmeasured.test(key))).toEqual([]);
  for (const [key, value] of Object.entries(figures)) expect(value, key).toMatch(/^#-?\d+\.\d+(e[+-]?\d+)?$/);
  expect(figures).toMatchObject(known);
}

/** An answer, unpacked. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly text: string;
}

/** Sends a request and gathers its answer. */
export async function ask(port: number, step: RecordedRead, path: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = Object.fromEntries(step.headers ?? []);
  const outgoing = request({ host: '127.0.0.1', port, method: step.method, path, headers }, resolve);
  outgoing.on('error', reject);
  // A text is sent as it is: what no JSON parser takes.
  outgoing.end(typeof step.body === 'string' ? step.body : JSON.stringify(unnumbered(step.body)));
  const response = await promise;
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const raw = response.rawHeaders;
  const pairs = raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? ''] as const] : []));
  const text = (response.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
  return { status: response.statusCode ?? 0, headers: pairs, text };
}

/** A request as it was sent: `#5` is the number 5. */
function unnumbered(value: unknown): unknown {
  if (typeof value === 'string' && value.startsWith('#')) return Number(value.slice(1));
  if (Array.isArray(value)) return value.map(unnumbered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unnumbered(member)]));
}

/** Steps with a name for each. */
export function numbered(steps: readonly RecordedRead[]): [string, RecordedRead][] {
  return steps.map((step, index) => {
    const type = (step.body as { type?: string } | undefined)?.type ?? '';
    const headers = (step.headers ?? []).map(([name, value]) => `${name}: ${value}`).join(', ');
    return [`${index} ${step.method} ${step.path} ${type} ${headers}`, step];
  });
}

/** Steps of a fixture. */
export function stepsOf(name: string): readonly RecordedRead[] {
  const text = readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly steps: readonly RecordedRead[] }).steps;
}

function spelled(text: string, names: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(master|work)\}/g, (_whole, name: string) => names[name] ?? '');
}

function spelledBody(body: unknown, names: Readonly<Record<string, string>>): unknown {
  return body === undefined ? undefined : JSON.parse(spelled(JSON.stringify(body), names));
}
