import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiHarness } from './testing/api-harness.ts';

/** Fields that are wrong, by shape or by meaning, each without regard to the others, and the paths that have to be named. */
const MISTAKES: readonly { readonly fields: object; readonly paths: readonly string[] }[] = [
  { fields: { args: ['y'] }, paths: ['/'] },
  { fields: { cpus: 'much' }, paths: ['/cpus'] },
  { fields: { mem: -1 }, paths: ['/mem'] },
  { fields: { disk: 1e12 }, paths: ['/disk'] },
  { fields: { instances: 200_000 }, paths: ['/instances'] },
  { fields: { instaces: 1 }, paths: ['/instaces'] },
  { fields: { labels: { tier: 5 } }, paths: ['/labels/tier'] },
  { fields: { env: { A: { secret: 'x' }, 'B=': 'y' } }, paths: ['/env/A', '/env("B=")'] },
  { fields: { user: 'no body' }, paths: ['/user'] },
  { fields: { executor: '/opt/executor' }, paths: ['/executor'] },
  {
    fields: { constraints: [['hostname', 'NEAR'], ['rack', 5], 7] },
    paths: ['/constraints(0)', '/constraints(1)(1)', '/constraints(2)'],
  },
  { fields: { uris: ['http://a b'], fetch: [{ uri: '%' }] }, paths: ['/uris', '/uris(0)', '/fetch(0)/uri'] },
  { fields: { dependencies: ['zoo', '/Bad', 5] }, paths: ['/dependencies(1)', '/dependencies(2)'] },
  { fields: { ports: [1, 1] }, paths: ['/ports'] },
  { fields: { container: { type: 'DOCKER', docker: {} } }, paths: ['/container/type', '/container/docker'] },
  {
    fields: { healthChecks: [{ protocol: 'COMMAND' }, { path: '/ x', intervalSeconds: 0 }] },
    paths: ['/healthChecks(0)/command', '/healthChecks(1)/path', '/healthChecks(1)/intervalSeconds'],
  },
  {
    fields: { readinessChecks: [{ portName: 'none', timeoutSeconds: 60, path: 5 }] },
    paths: ['/readinessChecks(0)/portName', '/readinessChecks(0)/timeoutSeconds', '/readinessChecks(0)/path'],
  },
  { fields: { acceptedResourceRoles: ['other'] }, paths: ['/acceptedResourceRoles'] },
  {
    fields: { unreachableStrategy: { inactiveAfterSeconds: 2, expungeAfterSeconds: 1 } },
    paths: ['/unreachableStrategy/inactiveAfterSeconds'],
  },
  {
    fields: { networks: [{ mode: 'container' }, { mode: 5 }] },
    paths: ['/networks', '/networks(0)/mode', '/networks(1)/mode'],
  },
];

/** A part of a body, with what is wrong in it. */
interface Bad {
  readonly body: object;
  readonly paths: readonly string[];
}

const MISTYPED_AND_MISSING = ['Bad_Id', 5, undefined] as const;

/** An id that is right most of the time; `index` keeps siblings apart. */
const anId = fc.option(fc.constantFrom(...MISTYPED_AND_MISSING.map((id) => ({ id }))), { freq: 3 });

function withId(wrong: { readonly id: unknown } | null, right: string, { body, paths }: Bad): Bad {
  if (wrong === null) return { body: { id: right, ...body }, paths };
  return { body: { id: wrong.id, ...body }, paths: ['/id', ...paths] };
}

function list(name: string, parts: readonly Bad[]): Bad {
  return {
    body: { [name]: parts.map(({ body }) => body) },
    paths: parts.flatMap(({ paths }, index) =>
      paths.map((path) => `${name === '' ? '' : `/${name}`}(${index})${path === '/' ? '' : path}`),
    ),
  };
}

function merged(parts: readonly Bad[]): Bad {
  return { body: Object.assign({}, ...parts.map(({ body }) => body)), paths: parts.flatMap(({ paths }) => paths) };
}

const content = fc
  .subarray([...MISTAKES], { maxLength: 5 })
  .map((mistakes) =>
    merged([{ body: { cmd: 'x' }, paths: [] }, ...mistakes.map(({ fields, paths }) => ({ body: fields, paths }))]),
  );

const apps = fc
  .array(fc.tuple(anId, content), { maxLength: 3 })
  .map((parts) => parts.map(([wrong, bad], index) => withId(wrong, `app${index}`, bad)));

const groupMistakes = fc.subarray<Bad>([
  { body: { dependencies: ['fine', '/Bad_Id'] }, paths: ['/dependencies(1)'] },
  { body: { pods: [{}] }, paths: ['/pods'] },
  { body: { appps: [] }, paths: ['/appps'] },
]);

/** A group, with what `inner` makes inside it. */
function groupOf(inner: fc.Arbitrary<readonly Bad[]>): fc.Arbitrary<Bad> {
  return fc
    .tuple(apps, inner, groupMistakes)
    .map(([inApps, inGroups, own]) => merged([...own, list('apps', inApps), list('groups', inGroups)]));
}

function groupsOf(group: fc.Arbitrary<Bad>): fc.Arbitrary<Bad[]> {
  return fc
    .array(fc.tuple(anId, group), { maxLength: 2 })
    .map((parts) => parts.map(([wrong, bad], index) => withId(wrong, `group${index}`, bad)));
}

const group = groupOf(groupsOf(groupOf(groupsOf(groupOf(fc.constant([]))))));

async function expectNamed(harness: ApiHarness, method: string, url: string, body: unknown, paths: readonly string[]) {
  fc.pre(paths.length > 0 && paths.length <= 100);
  const { status, json, text } = await harness.ask(method, url, body);
  expect(status, text).toBe(422);
  expect(json.details.map(({ path }: { path: string }) => path).sort()).toEqual([...new Set(paths)].sort());
}

describe('every mistake of a body is named, and nothing else', () => {
  const harness = new ApiHarness();

  it('in one app', async () => {
    await fc.assert(
      fc.asyncProperty(anId, content, async (wrong, bad) => {
        const posted = withId(wrong, '/app', bad);
        if (posted.paths.length > 0) await expectNamed(harness, 'POST', '/v2/apps', posted.body, posted.paths);
        await expectNamed(harness, 'PUT', '/v2/apps/app', bad.body, bad.paths);
      }),
      { numRuns: 60 },
    );
  });

  it('in a list of apps', async () => {
    await fc.assert(
      fc.asyncProperty(apps, async (parts) => {
        const { paths } = list('', parts);
        const bodies = parts.map(({ body }) => body);
        await expectNamed(harness, 'PUT', '/v2/apps?partialUpdate=false', bodies, paths);
      }),
      { numRuns: 60 },
    );
  });

  it('in nested groups', async () => {
    await fc.assert(
      fc.asyncProperty(anId, group, async (wrong, bad) => {
        const { body, paths } = withId(wrong?.id === undefined ? null : wrong, '/outer', bad);
        await expectNamed(harness, 'PUT', '/v2/groups', body, paths);
      }),
      { numRuns: 60 },
    );
  });
});
