import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agentProcess, masterProcess } from '../support/cluster.ts';
import type { DaemonProcess } from '../support/daemon-process.ts';
import { matchRecorded, type Numbered } from './golden/read-matcher.ts';
import { RecordedFramework } from './golden/recorded-framework.ts';
import { type Answer, ask, compareRead, numbered, type ReadTarget, stepsOf } from './golden/recorded-reads.ts';
import { RecordedStream } from './golden/recorded-stream.ts';

const legacy = stepsOf('master-legacy');
const operator = stepsOf('master-operator');
const agentLegacy = stepsOf('agent-legacy');
const agentOperator = stepsOf('agent-operator');

/** Differs: the size of a registry in memory; quota is not there; the registrar's figures of more than one store. */
const unmeasured = /^(allocator\/mesos\/quota|registrar\/(log|registry_size_bytes))/;

const masterFigures = {
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
};
const agentFigures = { 'slave/cpus_total': '#8.0', 'slave/tasks_running': '#1.0', 'slave/registered': '#1.0' };

let folder = '';
let master: DaemonProcess;
let agent: DaemonProcess;
let masterId = '';
let stream: RecordedStream;
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
  command: { value: 'echo hello; sleep 1000' },
  labels: { labels: [{ key: 'a', value: 'b' }] },
  discovery: {
    visibility: 'CLUSTER',
    name: 'svc',
    ports: { ports: [{ number: 31_001, name: 'http', protocol: 'tcp' }] },
  },
};

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'meseta-reads-')));
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
  stream?.close();
  for (const framework of frameworks) framework.close();
  await agent.end('SIGUSR1');
  await master.end();
  rmSync(folder, { recursive: true, force: true });
});

describe('reads of the operator API', () => {
  test.each(numbered(operator))('%s', async (_name, step) => {
    await compareRead(masterTarget(), operator, step);
  });
});

describe("reads of the agent's operator API", () => {
  test.each(numbered(agentOperator))('%s', async (_name, step) => {
    await compareRead(agentTarget(), agentOperator, step);
  });
});

describe('legacy endpoints', () => {
  beforeAll(async () => {
    await live().declineAll();
    await live().call('SUPPRESS');
    stream = await RecordedStream.open(master.options.port);
    const seen = newFramework();
    await seen.subscribe({ ...info, name: 'seen-fw' });
    await seen.launch({ name: 'e2', command: { value: 'sleep 100' } }, 'TASK_RUNNING');
    await seen.launch({ name: 'e1', command: { value: 'sleep 1' } }, 'TASK_FINISHED');
    await seen.call('KILL', { kill: { task_id: { value: 'e2' } } });
    await seen.reaches('e2', 'TASK_KILLED');
    await seen.subscribe({ ...info, name: 'seen-fw-2' });
    // The recorded one held no offer either.
    await seen.gather();
    await seen.call('SUPPRESS');
    await seen.declineAll();
    const renamed = { ...info, name: 'seen-3', id: { value: seen.id } };
    await seen.call('UPDATE_FRAMEWORK', { update_framework: { framework_info: renamed } });
    await seen.call('TEARDOWN');
  });

  test.each(numbered(legacy))('%s', async (_name, step) => {
    await compareRead(masterTarget(), legacy, step);
  });
});

describe("the agent's legacy endpoints", () => {
  test.each(numbered(agentLegacy))('%s', async (_name, step) => {
    await compareRead(agentTarget(), agentLegacy, step);
  });
});

test("the master's event stream told all of it", () => {
  const text = readFileSync(new URL('./fixtures/master-stream.json', import.meta.url), 'utf8');
  const { headers, steps } = JSON.parse(text) as { headers: [string, string][]; steps: Numbered[] };
  expect(stream.headers.map(([name, value]) => [name, name === 'Date' ? '*' : value])).toEqual(headers);
  const actual = stream.bySubject();
  const expected = RecordedStream.bySubject(steps);
  expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [subject, events] of expected) matchRecorded(actual.get(subject), events, subject, true);
});

describe('what the recording does not have', () => {
  const read = (method: string, path: string, headers: readonly (readonly [string, string])[] = []): Promise<Answer> =>
    ask(master.options.port, { method, path, headers, status: 0, answer_headers: [] }, path);

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
    expect(text).toMatch(/^mesos_master_duration_ms\{of="allocation_run_ms",figure="p50"\} [\d.e-]+$/m);
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

function newFramework(): RecordedFramework {
  const framework = new RecordedFramework(master.options.port);
  frameworks.push(framework);
  return framework;
}

function masterTarget(): ReadTarget {
  return { port: master.options.port, names: { master: masterId }, figures: masterFigures, unmeasured };
}

function agentTarget(): ReadTarget {
  return {
    port: agent.options.port,
    names: { master: masterId, work: join(folder, 'agent') },
    figures: agentFigures,
    unmeasured: /^containerizer\/mesos\/(provisioner|container_destroy_errors)|^resource_provider/,
  };
}
