import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agentProcess, masterProcess } from '../support/cluster.ts';
import type { DaemonProcess } from '../support/daemon-process.ts';
import { matchRecorded, type Numbered, parseNumbered } from './golden/read-matcher.ts';
import { RecordedFramework } from './golden/recorded-framework.ts';

/** A recorded read and its answer; numbers are their text behind `#`, what varies is masked. */
interface RecordedRead {
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

const legacy = stepsOf('master-legacy');
const operator = stepsOf('master-operator');

/** Differs: the size of a registry in memory; quota is not there; the registrar's figures of more than one store. */
const unmeasured = /^(allocator\/mesos\/quota|registrar\/(log|registry_size_bytes))/;

let folder = '';
let master: DaemonProcess;
let agent: DaemonProcess;
let masterId = '';
const frameworks: RecordedFramework[] = [];
const live = (): RecordedFramework => frameworks[1] as RecordedFramework;

const info = {
  user: 'root',
  failover_timeout: 60,
  roles: ['*'],
  capabilities: [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }, { type: 'TASK_KILLING_STATE' }],
};
const running = {
  name: 'run',
  command: { value: 'sleep 1000' },
  labels: { labels: [{ key: 'a', value: 'b' }] },
  discovery: {
    visibility: 'CLUSTER',
    name: 'svc',
    ports: { ports: [{ number: 31_001, name: 'http', protocol: 'tcp' }] },
  },
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'meseta-reads-'));
  master = await masterProcess(folder, ['--hostname=localhost', '--registry=in_memory']);
  agent = await agentProcess(folder, 'agent', `127.0.0.1:${master.options.port}`, [
    '--resources=cpus:8;mem:8192;disk:8192;ports:[31000-31099]',
    '--attributes=rack:r1;zone:z1',
    '--hostname=localhost',
  ]);
  await master.start();
  await agent.start();
  const completed = newFramework();
  await completed.subscribe({ ...info, name: 'completed-fw' });
  masterId = completed.id.replace(/-\d+$/, '');
  await completed.launch({ name: 'old', command: { value: 'true' } }, 'TASK_FINISHED');
  await completed.call('TEARDOWN');
  const present = newFramework();
  const labels = { labels: [{ key: 'team', value: 'x' }] };
  await present.subscribe({ ...info, name: 'live-fw', webui_url: 'http://127.0.0.1:1/', labels });
  // One after the other, because /tasks lists them by the time of their first status.
  await present.launch({ name: 'fin', command: { value: 'true' } }, 'TASK_FINISHED');
  await present.launch({ name: 'bad', command: { value: 'exit 7' } }, 'TASK_FAILED');
  await present.launch(running, 'TASK_RUNNING');
  await present.gather();
});

afterAll(async () => {
  for (const framework of frameworks) framework.close();
  await agent.end('SIGUSR1');
  await master.end();
  rmSync(folder, { recursive: true, force: true });
});

describe('reads of the operator API', () => {
  test.each(numbered(operator))('%s', async (_name, step) => {
    await compare(operator, step);
  });
});

describe('legacy endpoints', () => {
  beforeAll(async () => {
    await live().declineAll();
    await live().call('SUPPRESS');
    const seen = newFramework();
    await seen.subscribe({ ...info, name: 'seen-fw' });
    await seen.launch({ name: 'e2', command: { value: 'sleep 1000' } }, 'TASK_RUNNING');
    await seen.launch({ name: 'e1', command: { value: 'true' } }, 'TASK_FINISHED');
    await seen.call('KILL', { kill: { task_id: { value: 'e2' } } });
    await seen.reaches('e2', 'TASK_KILLED');
    await seen.subscribe({ ...info, name: 'seen-2' });
    const renamed = { ...info, name: 'seen-3', id: { value: seen.id } };
    await seen.call('UPDATE_FRAMEWORK', { update_framework: { framework_info: renamed } });
    await seen.call('TEARDOWN');
  });

  test.each(numbered(legacy))('%s', async (_name, step) => {
    await compare(legacy, step);
  });
});

describe('what the recording does not have', () => {
  const read = (method: string, path: string, headers: readonly (readonly [string, string])[] = []): Promise<Answer> =>
    ask({ method, path, headers, status: 0, answer_headers: [] }, path);

  test('what is not there yet is refused by name', async () => {
    for (const path of ['/quota', '/master/maintenance/status', '/machine/down', '/files/browse?path=/x', '/reserve']) {
      const { status, text } = await read('GET', path);
      expect([status, text.includes('is not supported by this version of Meseta')]).toEqual([501, true]);
    }
    expect((await read('PUT', '/weights')).status).toBe(501);
  });

  test('a page of another site cannot read the state by a script', async () => {
    expect((await read('GET', '/state?jsonp=cb', [['Sec-Fetch-Site', 'cross-site']])).status).toBe(403);
    expect((await read('GET', '/state?jsonp=cb', [['Sec-Fetch-Site', 'same-origin']])).status).toBe(200);
    expect((await read('GET', '/state?jsonp=alert(1)')).status).toBe(400);
  });

  test('Prometheus gets the figures in its own format', async () => {
    const { status, headers, text } = await read('GET', '/metrics');
    expect(status).toBe(200);
    expect(new Map(headers).get('Content-Type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const sample = /^[a-z_][a-z0-9_]*(\{[a-z_]+="[^"\n]*"(,[a-z_]+="[^"\n]*")*\})? [0-9.e+-]+$/i;
    const lines = text.trimEnd().split('\n');
    expect(lines.filter((line) => !line.startsWith('# TYPE ') && !sample.test(line))).toEqual([]);
    expect(lines).toContain('mesos_master_tasks_running 1');
    const types = lines.filter((line) => line.startsWith('# TYPE ')).map((line) => line.split(' ')[2]);
    expect(new Set(types).size).toBe(types.length);
  });

  test('the page runs its own script only, and asks for what is there', async () => {
    const page = await read('GET', '/');
    expect(page.status).toBe(200);
    expect(new Map(page.headers).get('Content-Security-Policy')).toContain("default-src 'none'; script-src 'self'");
    expect(page.text).not.toMatch(/<script(?![^>]*src=)|\son\w+=|style=/);
    for (const [, file] of page.text.matchAll(/(?:src|href)="([^"#]+)"/g)) {
      expect((await read('GET', `/master/${file}`)).status, file).toBe(200);
    }
    const script = await read('GET', '/page.js');
    for (const [, path] of script.text.matchAll(/readJson\(['`]([\w-]+)/g)) {
      expect((await read('GET', `/${path}`)).status, path).toBe(200);
    }
  });
});

/** Asks as recorded, and compares all of the answer. */
async function compare(steps: readonly RecordedRead[], step: RecordedRead): Promise<void> {
  const path = step.path.replace('{master}', masterId);
  const answer = await ask(step, path);
  expect(answer.status, answer.text).toBe(step.status);
  expect(answer.headers.map(([name]) => name)).toEqual(step.answer_headers.map(([name]) => name));
  for (const [index, [name, value]] of step.answer_headers.entries()) {
    if (value !== '*') matchRecorded(answer.headers[index]?.[1], value, `header ${name}`);
  }
  if (step.text !== undefined) expect(answer.text).toBe(step.text);
  const json = step.json_of === undefined ? step.json : steps[step.json_of]?.json;
  if (json !== undefined) matchRecorded(parseNumbered(answer.text), json, path, path.includes('/tasks'));
  if (step.metrics !== undefined && step.jsonp === undefined) compareMetrics(answer.text, step.metrics);
  if (step.metrics_call === true) expect(answer.text).toContain('{"name":"master/cpus_total","value":8.0}');
  if (step.flags_call === true) expect(answer.text).toContain('{"name":"allocation_interval","value":"1secs"}');
  if (step.jsonp !== undefined) {
    expect(answer.text.startsWith(`${step.jsonp}(`) && answer.text.endsWith(')')).toBe(true);
    parseNumbered(answer.text.slice(step.jsonp.length + 1, -1));
  }
}

/** Every recorded key is there, and every value is a double. */
function compareMetrics(text: string, keys: readonly string[]): void {
  const figures = parseNumbered(text) as Readonly<Record<string, string>>;
  const names = new Set(
    Object.keys(figures).map((key) =>
      key.replace(/master\/frameworks\/[^/]+\/[^/]+\//, 'master/frameworks/{name}/{id}/'),
    ),
  );
  expect(keys.filter((key) => !names.has(key) && !unmeasured.test(key))).toEqual([]);
  for (const [key, value] of Object.entries(figures)) expect(value, key).toMatch(/^#-?\d+\.\d+(e[+-]?\d+)?$/);
  expect(figures).toMatchObject({
    'master/cpus_total': '#8.0',
    'master/cpus_used': '#0.1',
    'master/cpus_percent': '#0.0125',
    'master/tasks_running': '#1.0',
    'master/tasks_finished': '#3.0',
    'master/tasks_failed': '#1.0',
    'master/tasks_killed': '#1.0',
    'master/slaves_active': '#1.0',
    'allocator/mesos/roles/*/shares/dominant': '#0.0125',
    'allocator/mesos/resources/mem/offered_or_allocated': '#32.0',
  });
}

interface Answer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly text: string;
}

async function ask(step: RecordedRead, path: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = Object.fromEntries(step.headers ?? []);
  const outgoing = request(
    { host: '127.0.0.1', port: master.options.port, method: step.method, path, headers },
    resolve,
  );
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

function newFramework(): RecordedFramework {
  const framework = new RecordedFramework(master.options.port);
  frameworks.push(framework);
  return framework;
}

function numbered(steps: readonly RecordedRead[]): [string, RecordedRead][] {
  return steps.map((step, index) => {
    const type = (step.body as { type?: string } | undefined)?.type ?? '';
    const headers = (step.headers ?? []).map(([name, value]) => `${name}: ${value}`).join(', ');
    return [`${index} ${step.method} ${step.path} ${type} ${headers}`, step];
  });
}

function stepsOf(name: string): readonly RecordedRead[] {
  const text = readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly steps: readonly RecordedRead[] }).steps;
}
