import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TestChronos, testConfig } from '../testing/test-chronos.ts';
import { type JobKind, parseJobBody } from './job-body.ts';
import { describeViolations } from './violation.ts';

const context = { kind: 'iso8601', root: 'v1', defaults: testConfig } as const;
const plain = { name: 'a', command: 'true', schedule: 'R//PT1M' };

function problems(body: unknown, kind: JobKind = 'iso8601'): string {
  const parsed = parseJobBody(body, { ...context, kind });
  return parsed.ok ? '' : describeViolations(parsed.violations);
}

function accepted(body: Readonly<Record<string, unknown>>) {
  const parsed = parseJobBody({ ...plain, ...body }, context);
  if (!parsed.ok) throw new Error(describeViolations(parsed.violations));
  return parsed.request;
}

describe('a job body', () => {
  test('has upstream’s defaults', () => {
    expect(accepted({}).job).toMatchObject({
      shell: true,
      retries: 2,
      cpus: testConfig.cpus,
      mem: testConfig.mem,
      disk: testConfig.disk,
      runAsUser: 'nobody',
      disabled: false,
      concurrent: false,
      softError: false,
      maxCompletionTime: 0,
    });
  });

  test('takes null for unset, numbers and booleans as text, and 0 for the default size', () => {
    const job = accepted({
      cpus: '0.5',
      mem: 0,
      shell: 'false',
      retries: '3',
      owner: null,
      container: null,
      fetch: null,
    }).job;
    expect(job).toMatchObject({
      cpus: 0.5,
      mem: testConfig.mem,
      shell: false,
      retries: 3,
      owner: '',
      container: undefined,
    });
  });

  test('has a wrong name told once', () => {
    expect(problems({ ...plain, name: '' })).toBe('name: must not be empty');
    for (const runAsUser of ['no body', 'a:b', '/root', 'x'.repeat(256)]) {
      expect(problems({ ...plain, runAsUser })).toMatch(/^runAsUser: must be the name of a user: [^;]*$/);
    }
    expect(accepted({ runAsUser: '' }).job.runAsUser).toBe('nobody');
  });

  test('takes what our answers carry, and drops it', () => {
    const chronos = new TestChronos();
    chronos.put({ ...plain, uris: ['http://x/y.tgz'], constraints: [['rack', 'EQUALS', 'r1']] });
    chronos.endTasks('TASK_FINISHED');
    for (const root of ['v1', 'legacy'] as const) {
      const listed = chronos.listed('a', root);
      expect(parseJobBody(listed, { ...context, root })).toMatchObject({ ok: true });
      expect(chronos.put(listed, root)).toBe(204);
      expect(chronos.entry('a').progress.successCount).toBe(chronos.entry('a').history.length);
    }
  });

  test('without schedule and parents runs once, now', () => {
    expect(accepted({ schedule: null }).trigger).toEqual({ kind: 'schedule', text: 'R1//PT24H', timeZone: '' });
  });

  test('a container of type MESOS without an image is a plain task', () => {
    expect(accepted({ container: { type: 'mesos', volumes: [], network: 'HOST' } }).job.container).toEqual({
      type: 'MESOS',
      network: 'HOST',
      forcePullImage: false,
    });
  });

  test('async acts only where it is posted to the old root', () => {
    const legacy = parseJobBody({ ...plain, async: true }, { ...context, root: 'legacy' });
    expect(legacy).toMatchObject({ ok: true, request: { job: { async: true, asyncActs: true } } });
    expect(accepted({ async: true }).job).toMatchObject({ async: true, asyncActs: false });
  });
});

test.each([
  ['the name', { name: 'a/b' }, /^name: must consist of letters/],
  ['a missing name', { name: undefined }, /^name: must be a string and is required$/],
  ['a name that is too long', { name: 'x'.repeat(229) }, /^name: has 229 characters: allowed are 228/],
  ['an unknown key, naming the nearest', { comand: 'x' }, /^comand: is not a known key. Did you mean 'command'\?$/],
  ['a key of another scheduler', { cmd: 'x' }, /^cmd: is not a known key. Did you mean 'command'\?$/],
  [
    'an unknown key inside',
    { fetch: [{ uri: 'x', extrct: true }] },
    /^fetch\[0\]\.extrct: .* Did you mean 'extract'\?$/,
  ],
  ['an empty command', { command: ' ' }, /^command: must not be empty$/],
  ['a NUL', { command: 'a\0b' }, /^command: must not contain the NUL character$/],
  ['a negative size', { cpus: -1 }, /^cpus: must be a number from 0 to/],
  ['a size below a thousandth', { mem: 0.0001 }, /^mem: must be 0 \(the default\) or at least 0.001$/],
  ['an infinite size', { mem: Number.POSITIVE_INFINITY }, /^mem: must be a number/],
  ['half a retry', { retries: 1.5 }, /^retries: must be an integer from 0/],
  ['an operator', { constraints: [['a', 'IS', 'b']] }, /^constraints\[0\]\[1\]: must be one of EQUALS, LIKE, UNLIKE$/],
  ['an expression', { constraints: [['a', 'LIKE', '(']] }, /^constraints\[0\]\[2\]: must be a regular expression/],
  ['a constraint of two', { constraints: [['a', 'LIKE']] }, /^constraints\[0\]/],
  ['Docker', { container: { type: 'DOCKER', image: 'x' } }, /^container\.type: .*; container\.image: /],
  ['a container without a type', { container: {} }, /^container\.type: DOCKER \(the default\) is not supported yet/],
  ['uris beside fetch', { uris: ['a'], fetch: [{ uri: 'b' }] }, /^uris: excludes fetch/],
  ['an epsilon of nothing', { epsilon: 'PT0S' }, /^epsilon: must be at least PT1S$/],
  ['a time zone', { scheduleTimeZone: 'Mars' }, /^scheduleTimeZone: 'Mars' is not a time zone/],
  ['parents on iso8601', { parents: ['b'] }, /^parents: belongs to jobs that are posted to dependency$/],
  ['a swap of letters in one', { cdm: 'x' }, /^cdm: is not a known key. Did you mean 'command'\?$/],
  [
    'shape and meaning at once',
    { cpus: -1, schedule: 'daily', epsilon: 'soon' },
    /^cpus: must be .*; schedule: 'daily' is not .*; epsilon: 'soon' is not/,
  ],
  ['several things at once', { name: 3, shell: 'maybe' }, /^name: must be a string; shell: must be true or false$/],
])('refuses %s', (_name, change, expected) => {
  expect(problems({ ...plain, ...change })).toMatch(expected);
});

test('names what is wrong with the trigger beside everything else', () => {
  const body = {
    ...plain,
    schedule: 'daily',
    scheduleTimeZone: 'Mars',
    parents: ['b'],
    container: { network: 'x' },
    cpus: -1,
  };
  const paths = problems(body)
    .split('; ')
    .map((text) => text.slice(0, text.indexOf(':')));
  expect(new Set(paths)).toEqual(
    new Set(['cpus', 'container.type', 'container.network', 'parents', 'scheduleTimeZone', 'schedule']),
  );
});

test('refuses a dependent job without parents, or with a schedule', () => {
  expect(problems({ name: 'a', command: 'x' }, 'dependency')).toMatch(/^parents: must name at least one job/);
  expect(problems({ ...plain, parents: ['b'] }, 'dependency')).toMatch(/^schedule: excludes parents/);
});

test('a body of nothing but mistakes is answered at once, and in short', () => {
  const startMs = performance.now();
  const junk = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`comand${index}`, index]));
  const text = problems({ ...plain, ...junk });
  expect(text).toMatch(/; 49900 more$/);
  expect(text.length).toBeLessThan(10_000);
  expect(performance.now() - startMs).toBeLessThan(3_000);
});

test.each([[null], [[]], ['text'], [5], [true]])('refuses %j as a whole', (body) => {
  expect(problems(body)).toBe('the body must be a JSON object');
});

describe('whatever is posted', () => {
  const keys = fc.constantFrom(
    'name',
    'command',
    'schedule',
    'parents',
    'constraints',
    'fetch',
    'container',
    'epsilon',
    'cpus',
    'arguments',
    '__proto__',
    'constructor',
  );
  const values = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(
      'R//PT1M',
      'R5/2026-01-31T00:00:00Z/P1M',
      'PT5M',
      [['a', 'LIKE', '.*']],
      [{ uri: 'x' }],
      ['a'],
      { type: 'MESOS' },
      1e300,
    ),
  );
  // Through text, so that "__proto__" and repeated keys arrive as they would from a client.
  const bodies = fc.array(fc.tuple(keys, values), { maxLength: 5 }).map((pairs) => {
    const members = pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
    return JSON.parse(`{${['"name":"a"', '"command":"x"', ...members].join(',')}}`) as unknown;
  });

  test('is refused with paths, or stored and run', () => {
    fc.assert(
      fc.property(bodies, fc.constantFrom<JobKind>('iso8601', 'dependency'), (body, kind) => {
        const parsed = parseJobBody(body, { ...context, kind });
        if (!parsed.ok) {
          expect(parsed.violations.length).toBeGreaterThan(0);
          return;
        }
        const chronos = new TestChronos();
        const { status } = chronos.ask({ kind: 'api.put-job', request: parsed.request });
        expect([204, 400]).toContain(status);
        chronos.restart();
        chronos.advance(100_000);
        chronos.endTasks('TASK_FAILED');
      }),
      { numRuns: 1_000 },
    );
  });
});
