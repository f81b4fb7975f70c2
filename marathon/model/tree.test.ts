import { describe, expect, it } from 'vitest';
import type { AppDefinition } from './app.ts';
import { isConfigChange } from './compare.ts';
import { appDependencies, findDependencyCycle } from './dependencies.ts';
import { allApps, emptyRoot, findApp, findGroup, type Group } from './group.ts';
import { normaliseApp } from './normalise.ts';
import { canonicalId, idErrors, idLengthErrors, MAX_ID_LENGTH } from './path-id.ts';
import { assignServicePorts, PortsExhaustedError } from './service-ports.ts';
import { nextVersion, parseTimestamp, timestampText } from './timestamp.ts';
import { changeTree, mapApps, putApp, putGroup, removeApp, removeGroup } from './tree.ts';
import { markForRestart, versionChangedApps } from './versioning.ts';

const V0 = timestampText(0);
const V1 = timestampText(1000);
const V2 = timestampText(2000);

function app(id: string, more: Partial<AppDefinition> = {}): AppDefinition {
  return { ...normaliseApp({ cmd: 'x' }, id, undefined, { defaultRole: '*' }), ...more };
}

function rootOf(...apps: readonly AppDefinition[]): Group {
  const root = apps.reduce((tree, each) => putApp(tree, each, V1), emptyRoot(V0));
  return versionChangedApps(emptyRoot(V0), root, V1);
}

const ids = (root: Group): string[] => Array.from(allApps(root), ({ id }) => id);

describe('ids', () => {
  it('resolve against the group, whatever slashes they have', () => {
    expect(canonicalId('/a//b/')).toBe('/a/b');
    expect(canonicalId('b', '/a')).toBe('/a/b');
    expect(canonicalId('../c/./d', '/a/b')).toBe('/a/c/d');
    expect(canonicalId('../../..', '/a')).toBe('/');
    expect(canonicalId('/../a')).toBe('/a');
  });

  it('are of small letters, digits, dots and inner dashes', () => {
    for (const good of ['/a', 'a.b-c/0', '../x', '/a/']) expect(idErrors(good), good).toEqual([]);
    for (const bad of ['/A', '/a_b', '/-a', '/a-', '/a..b', '/a b', '/a\u0000', '/ä', '/tasks', '/a/versions', ''])
      expect(idErrors(bad), bad).not.toEqual([]);
    const started = performance.now();
    idErrors(`/${'a-'.repeat(100_000)}!`);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('leave room for the task ids that are made of them', () => {
    expect(idLengthErrors(`/${'a'.repeat(MAX_ID_LENGTH)}`)).toEqual([]);
    expect(idLengthErrors(`/${'a'.repeat(MAX_ID_LENGTH + 1)}`)).toHaveLength(1);
  });
});

describe('timestamps', () => {
  it('are read in the forms that clients send, and no other', () => {
    expect(parseTimestamp('2015-09-25T15:13:48.343Z')).toBe('2015-09-25T15:13:48.343Z');
    expect(parseTimestamp('2015-09-25T17:13:48+02:00')).toBe('2015-09-25T15:13:48.000Z');
    for (const bad of ['', 'now', '2015', '2015-13-01T00:00:00Z', '1'])
      expect(parseTimestamp(bad), bad).toBeUndefined();
  });

  it('of versions only grow', () => {
    expect(nextVersion(5000, V1)).toBe(timestampText(5000));
    expect(nextVersion(1000, V1)).toBe(timestampText(1001));
    expect(nextVersion(0, V1)).toBe(timestampText(1001));
  });
});

describe('the tree', () => {
  it('changes one path and shares the rest', () => {
    const root = rootOf(app('/a/x'), app('/a/y'), app('/b/z'));
    const changed = putApp(root, app('/a/x', { cpus: 2 }), V2);
    expect(findApp(changed, '/a/x')?.cpus).toBe(2);
    expect(findApp(root, '/a/x')?.cpus).toBe(1);
    expect(findGroup(changed, '/b')).toBe(findGroup(root, '/b'));
    expect([findGroup(changed, '/a')?.version, findGroup(changed, '/b')?.version]).toEqual([V2, V1]);
  });

  it('loses apps and subtrees, and keeps emptied groups', () => {
    const root = rootOf(app('/a/x'), app('/a/b/y'), app('/c'));
    expect(ids(removeApp(root, '/a/b/y', V2)).sort()).toEqual(['/a/x', '/c']);
    expect(findGroup(removeApp(root, '/a/b/y', V2), '/a/b')).toBeDefined();
    expect(ids(removeGroup(root, '/a', V2))).toEqual(['/c']);
    expect(ids(removeGroup(root, '/', V2))).toEqual([]);
  });

  it('takes many changes at once', () => {
    const root = rootOf(app('/a/x'), app('/a/b/y'), app('/c/z'), app('/d/e/w'));
    const apps: [string, AppDefinition | undefined][] = [
      ['/a/x', undefined],
      ['/a/none', undefined],
      ['/none/at/all', undefined],
      ['/new/app', app('/new/app')],
      ['/d/e/v', app('/d/e/v')],
    ];
    const shape = { dependencies: ['/d'], version: V1 };
    const groups: [string, typeof shape | undefined][] = [
      ['/a/b', undefined],
      ['/d', shape],
    ];
    const changed = changeTree(root, apps, groups, V2);
    expect(ids(changed).sort()).toEqual(['/c/z', '/d/e/v', '/d/e/w', '/new/app']);
    expect(Object.keys(changed.groups).sort()).toEqual(['/a', '/c', '/d', '/new']);
    expect(findGroup(changed, '/d')).toMatchObject(shape);
    expect(findGroup(changed, '/d/e')?.version).toBe(V2);
    expect(findGroup(changed, '/c')).toBe(findGroup(root, '/c'));
    expect(changeTree(root, apps.slice(1, 3), [], V2)).toBe(root);
  });

  it('takes whole groups and maps apps', () => {
    const group: Group = {
      id: '/new/deep',
      apps: { '/new/deep/x': app('/new/deep/x') },
      groups: {},
      dependencies: [],
      version: V1,
    };
    const root = putGroup(rootOf(app('/a')), group, V2);
    expect(ids(root)).toEqual(['/a', '/new/deep/x']);
    expect(mapApps(root, V2, (each) => each)).toBe(root);
  });
});

describe('dependencies', () => {
  it('of groups hold for all their apps', () => {
    const base = rootOf(app('/front/web', { dependencies: ['/back/cache'] }), app('/back/db'), app('/back/cache'));
    const front = { ...(findGroup(base, '/front') as Group), dependencies: ['/back'] };
    const root = putGroup(base, front, V2);
    expect(appDependencies(root)).toEqual(new Map([['/front/web', new Set(['/back/db', '/back/cache'])]]));
    expect(findDependencyCycle(root)).toBeUndefined();
  });

  it('that go in a circle are found, however long the chain', () => {
    const chain = Array.from({ length: 5000 }, (_, index) => app(`/a${index}`, { dependencies: [`/a${index + 1}`] }));
    const apps = Object.fromEntries(chain.map((each) => [each.id, each]));
    const root: Group = { ...emptyRoot(V1), apps };
    expect(findDependencyCycle(root)).toBeUndefined();
    const closed: Group = { ...root, apps: { ...apps, '/a5000': app('/a5000', { dependencies: ['/a4998'] }) } };
    expect(findDependencyCycle(closed)).toEqual(['/a4998', '/a4999', '/a5000', '/a4998']);
  });
});

describe('versions', () => {
  it('tell configuration, scale and restart apart', () => {
    const root = rootOf(app('/a'));
    const before = findApp(root, '/a') as AppDefinition;
    const version = (changed: AppDefinition): AppDefinition | undefined =>
      findApp(versionChangedApps(root, putApp(root, changed, V2), V2), '/a');
    expect(before.versionInfo).toEqual({ lastScalingAt: V1, lastConfigChangeAt: V1 });
    expect(version({ ...before, cpus: 2 })).toMatchObject({
      version: V2,
      versionInfo: { lastScalingAt: V2, lastConfigChangeAt: V2 },
    });
    expect(version({ ...before, instances: 5 })).toMatchObject({
      version: V2,
      versionInfo: { lastScalingAt: V2, lastConfigChangeAt: V1 },
    });
    expect(version(markForRestart(before))).toMatchObject({
      version: V2,
      versionInfo: { lastScalingAt: V1, lastConfigChangeAt: V2 },
    });
    expect(version({ ...before })).toBe(before);
  });

  it('see no difference between absent and undefined', () => {
    expect(isConfigChange(app('/a'), { ...app('/a'), user: undefined })).toBe(false);
    expect(isConfigChange(app('/a'), { ...app('/a'), labels: { a: 'b' } })).toBe(true);
  });
});

describe('assignServicePorts', () => {
  const port = (number: number): AppDefinition['portDefinitions'][number] => ({
    port: number,
    protocol: 'tcp',
    labels: {},
  });
  const ports = (root: Group, id: string): number[] =>
    findApp(root, id)?.portDefinitions.map((each) => each.port) ?? [];

  it('takes the lowest free ones and keeps those of before', () => {
    const range = { min: 10, max: 13 };
    const first = assignServicePorts(
      emptyRoot(V0),
      rootOf(app('/a', { portDefinitions: [port(0), port(11), port(0)] })),
      range,
      V1,
    );
    expect(ports(first, '/a')).toEqual([10, 11, 12]);
    const more = putApp(first, app('/b', { portDefinitions: [port(0)] }), V2);
    expect(ports(assignServicePorts(first, more, range, V2), '/b')).toEqual([13]);
    const again = putApp(first, app('/a', { cpus: 3, portDefinitions: [port(0), port(0)] }), V2);
    expect(ports(assignServicePorts(first, again, range, V2), '/a')).toEqual([10, 11]);
    const tooMany = putApp(first, app('/b', { portDefinitions: [port(0), port(0)] }), V2);
    expect(() => assignServicePorts(first, tooMany, range, V2)).toThrow(PortsExhaustedError);
  });
});
