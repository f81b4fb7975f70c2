import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FrameworkInfo } from '../../sdk/v1/generated/mesos.ts';
import { eventually } from '../support/eventually.ts';
import { AgentLife, FRAMEWORK } from './agent-life.ts';

/**
 * Key sets and types of a real agent's answers, recorded with one running task (labels, discovery), one finished, one failed, and
 * a framework that is done. Lists stand for their elements: `[shape]`; `[]` says nothing about them.
 */
type Shape = string | readonly Shape[] | { readonly [key: string]: Shape };
const SHAPES = JSON.parse(readFileSync(new URL('./fixtures/agent-shapes.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, Shape>
>;

/** Where an answer lacks a key of the shape, or has another type there. */
function misfits(shape: Shape, value: unknown, path = ''): string[] {
  if (typeof shape === 'string')
    return typeof value === shape ? [] : [`${path} is no ${shape}: ${JSON.stringify(value)}`];
  if (isShapes(shape)) {
    if (!Array.isArray(value)) return [`${path} is no list`];
    const [element] = shape;
    if (element === undefined) return [];
    if (value.length === 0) return [`${path} is empty`];
    // Elements may differ, as the recorded ones did: together they must show every key.
    return misfits(element, value.reduce(merged), `${path}[]`);
  }
  if (typeof value !== 'object' || value === null) return [`${path} is no object`];
  const members = value as Readonly<Record<string, unknown>>;
  return Object.entries(shape).flatMap(([key, one]) =>
    key in members ? misfits(one, members[key], `${path}.${key}`) : [`${path}.${key} is missing`],
  );
}

function isShapes(shape: Shape): shape is readonly Shape[] {
  return Array.isArray(shape);
}

function merged(left: unknown, right: unknown): unknown {
  const isObject = (one: unknown): one is object => typeof one === 'object' && one !== null && !Array.isArray(one);
  if (Array.isArray(left) && Array.isArray(right)) return [...left, ...right];
  if (!isObject(left) || !isObject(right)) return left ?? right;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  const of = (one: object, key: string): unknown => (one as Readonly<Record<string, unknown>>)[key];
  return Object.fromEntries(
    [...keys].map((key) => [
      key,
      key in left && key in right ? merged(of(left, key), of(right, key)) : (of(left, key) ?? of(right, key)),
    ]),
  );
}

const LIVE: FrameworkInfo = {
  ...FRAMEWORK,
  id: { value: 'live' },
  roles: ['*'],
  webui_url: 'http://127.0.0.1:1/',
  labels: { labels: [{ key: 'team', value: 'x' }] },
  capabilities: [{ type: 'MULTI_ROLE' }, ...(FRAMEWORK.capabilities ?? [])],
};
const SANDBOX = '/frameworks/live/executors/run/runs/latest';

let life: AgentLife;
beforeAll(async () => {
  life = new AgentLife();
  await life.open(['--attributes=rack:r1;zone:z1']);
  const resources = (['cpus', 'mem'] as const).map((name) => ({
    name,
    type: 'SCALAR' as const,
    scalar: { value: 1 },
    allocation_info: { role: '*' },
  }));
  const common = { agent_id: { value: 'master-S0' }, resources };
  const run = (info: FrameworkInfo, id: string, command: string, more = {}): void =>
    life.master.runTask(info, { ...common, name: id, task_id: { value: id }, command: { value: command }, ...more });
  run({ ...LIVE, id: { value: 'done' } }, 'old', 'true');
  run(LIVE, 'run', 'echo hello; sleep 1000', {
    labels: { labels: [{ key: 'a', value: 'b' }] },
    discovery: {
      visibility: 'CLUSTER',
      name: 'svc',
      ports: { ports: [{ number: 31001, name: 'http', protocol: 'tcp' }] },
    },
  });
  run(LIVE, 'fin', 'true');
  run(LIVE, 'bad', 'exit 7');
  await Promise.all([life.running('run'), life.ended('old'), life.ended('fin'), life.ended('bad')]);
  await eventually('what ended has left', async () => {
    const state = (await life.json('/state')) as { completed_frameworks: unknown[] };
    return state.completed_frameworks.length === 1;
  });
});
afterAll(() => life?.close());

const call = (body: unknown): Promise<Response> =>
  fetch(`${life.agent.url}/api/v1`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('legacy endpoints', () => {
  test.each(Object.keys(SHAPES).filter((name) => name.startsWith('/')))(
    "%s has upstream's keys and types",
    async (path) => {
      for (const prefix of ['', '/slave(1)', '/slave%281%29']) {
        const answer = await fetch(life.agent.url + prefix + path);
        expect(answer.headers.get('content-type')).toBe('application/json');
        expect(misfits(SHAPES[path] ?? '', await answer.json())).toEqual([]);
      }
    },
  );

  test('doubles have a fraction, integers have none', async () => {
    const text = await (await fetch(`${life.agent.url}/containers`)).text();
    expect(text).toMatch(/"cpus_soft_limit":1\.1,/);
    expect(text).toMatch(/"mem_limit_bytes":\d+,/);
    expect(await (await fetch(`${life.agent.url}/state`)).text()).toContain('"cpus":8.0');
  });

  test('any method, jsonp, and what is not there', async () => {
    expect((await fetch(`${life.agent.url}/state`, { method: 'POST' })).status).toBe(200);
    const script = await fetch(`${life.agent.url}/version?jsonp=cb`);
    expect(script.headers.get('content-type')).toBe('text/javascript');
    expect(await script.text()).toMatch(/^cb\(\{.*\}\)$/);
    expect((await fetch(`${life.agent.url}/version?jsonp=%3Cscript%3E`)).status).toBe(400);
    for (const path of ['/nope', '/slave/state', '/slave(1)', '/state.json', '/redirect']) {
      const answer = await fetch(life.agent.url + path);
      expect([path, answer.status, await answer.text()]).toEqual([path, 404, '404 Not Found.']);
    }
    const health = await fetch(`${life.agent.url}/slave(1)/health`);
    expect([health.status, await health.text()]).toEqual([200, '']);
  });

  test('sandboxes are read by their real and by their virtual path', async () => {
    const state = (await life.json('/state')) as {
      frameworks: { executors: { directory: string }[] }[];
    };
    const directory = state.frameworks[0]?.executors[0]?.directory ?? '';
    for (const path of [directory, SANDBOX]) {
      const read = await life.json(`/files/read?path=${path}/stdout&offset=0&length=100`);
      expect(read).toEqual({ data: 'hello\n', offset: 0 });
      const browsed = (await life.json(`/slave(1)/files/browse?path=${path}`)) as { path: string }[];
      expect(browsed.map((file) => file.path)).toEqual([`${path}/stderr`, `${path}/stdout`]);
    }
  });

  test('Prometheus reads the same figures', async () => {
    const text = await (await fetch(`${life.agent.url}/metrics`)).text();
    expect(text).toMatch(/^# TYPE mesos_slave_cpus_total gauge\nmesos_slave_cpus_total 8$/m);
    expect(text).toMatch(/^mesos_slave_tasks_running 1$/m);
    expect(text).toMatch(/^# TYPE mesos_slave_tasks_failed counter\nmesos_slave_tasks_failed 1$/m);
  });

  test('the page needs nothing from elsewhere, and runs no script but its own', async () => {
    const answer = await fetch(`${life.agent.url}/`);
    const page = await answer.text();
    const [, script = ''] = /<script>([\s\S]*)<\/script>/.exec(page) ?? [];
    const hash = createHash('sha256').update(script).digest('base64');
    expect(answer.headers.get('content-security-policy')).toContain(`default-src 'none'; script-src 'sha256-${hash}'`);
    expect(page).not.toMatch(/\son\w+=|\sstyle=/);
    expect(page).toContain('<title>Meseta agent</title>');
    expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });
});

describe('operator API', () => {
  test.each(Object.keys(SHAPES).filter((name) => name.startsWith('GET_')))(
    "%s has upstream's keys and types",
    async (type) => {
      const answer = await call({ type });
      // GET_METRICS has parameters; every other call here has none.
      expect(answer.status).toBe(200);
      expect(misfits(SHAPES[type] ?? '', await answer.json())).toEqual([]);
    },
  );

  test('files', async () => {
    const listed = await (await call({ type: 'LIST_FILES', list_files: { path: SANDBOX } })).json();
    expect(misfits(SHAPES['LIST_FILES'] ?? '', listed)).toEqual([]);
    const file = { path: `${SANDBOX}/stdout`, offset: 0, length: 100 };
    expect(await (await call({ type: 'READ_FILE', read_file: file })).json()).toEqual({
      type: 'READ_FILE',
      read_file: { size: 6, data: 'aGVsbG8K' },
    });
    expect((await call({ type: 'LIST_FILES', list_files: { path: '/nope' } })).status).toBe(404);
  });

  test("refuses in upstream's words, and by name what is not there", async () => {
    const invalid = 'Failed to validate agent::Call:';
    const refusals: [unknown, number, string][] = [
      [{ type: 'NOPE' }, 400, `${invalid} Expecting 'type' to be present`],
      [{ type: 'LIST_FILES' }, 400, `${invalid} Expecting 'list_files' to be present`],
      [{ type: 'GET_MASTER' }, 400, `${invalid} Expecting 'type' to be present`],
    ];
    for (const [body, status, text] of refusals) {
      const answer = await call(body);
      expect([answer.status, await answer.text()]).toEqual([status, text]);
    }
    const later = await call({ type: 'PRUNE_IMAGES', prune_images: {} });
    expect([later.status, await later.text()]).toEqual([501, expect.stringContaining('PRUNE_IMAGES')]);
    const get = await fetch(`${life.agent.url}/api/v1`);
    expect([get.status, await get.text()]).toEqual([
      405,
      "405 Method Not Allowed. Expecting one of { 'POST' }, but received 'GET'.",
    ]);
  });
});
