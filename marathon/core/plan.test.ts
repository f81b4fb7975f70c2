import { describe, expect, test } from 'vitest';
import type { AppDefinition } from '../model/app.ts';
import { emptyRoot, type Group } from '../model/group.ts';
import { putApp, removeApp } from '../model/tree.ts';
import { versionChangedApps } from '../model/versioning.ts';
import { makePlan } from './plan.ts';
import { testApp } from './testing/harness.ts';

function rootOf(apps: readonly AppDefinition[], from: Group = emptyRoot('v0'), version = 'v1'): Group {
  const changed = apps.reduce((root, app) => putApp(root, app, version), from);
  return versionChangedApps(from, changed, version);
}

function shape(from: Group, to: Group): string[][] {
  return makePlan(from, to).steps.map((step) => {
    return step.actions.map((action) => `${action.kind.replace('Application', '')} ${action.app.id}`).sort();
  });
}

describe('a plan', () => {
  test('starts what is new, in layers of dependencies', () => {
    const to = rootOf([
      testApp('/web', { dependencies: ['/api'] }),
      testApp('/api', { dependencies: ['/store'] }),
      testApp('/store/db'),
      testApp('/store/cache'),
      testApp('/alone'),
    ]);
    expect(shape(emptyRoot('v0'), to)).toEqual([
      ['Start /alone', 'Start /api', 'Start /store/cache', 'Start /store/db', 'Start /web'],
      ['Scale /alone', 'Scale /store/cache', 'Scale /store/db'],
      ['Scale /api'],
      ['Scale /web'],
    ]);
  });

  test('stops first, then scales what only changed its count and restarts what changed otherwise', () => {
    const from = rootOf([testApp('/gone'), testApp('/scaled'), testApp('/changed'), testApp('/same'), testApp('/off')]);
    const changed = [
      testApp('/scaled', { instances: 3 }),
      testApp('/changed', { cmd: 'other' }),
      testApp('/same'),
      // Suspended while it changes: nothing is left to restart.
      testApp('/off', { instances: 0, cmd: 'other' }),
    ];
    const to = rootOf(changed, removeApp(from, '/gone', 'v2'), 'v2');
    expect(shape(from, to)).toEqual([['Stop /gone'], ['Restart /changed', 'Scale /off', 'Scale /scaled']]);
  });

  test('of no difference has no steps', () => {
    const from = rootOf([testApp('/web')]);
    expect(shape(from, rootOf([testApp('/web')], from, 'v2'))).toEqual([]);
  });

  test('of a group dependency covers every app in the group', () => {
    const from = rootOf([testApp('/a/one'), testApp('/b/one')]);
    const group = { ...(from.groups['/a'] as Group), dependencies: ['/b'] };
    const changed = { ...from, groups: { ...from.groups, '/a': group } };
    const to = rootOf([testApp('/a/one', { cmd: 'x' }), testApp('/b/one', { cmd: 'x' })], changed, 'v2');
    expect(shape(from, to)).toEqual([['Restart /b/one'], ['Restart /a/one']]);
    expect([...makePlan(from, to).groups.keys()]).toEqual(['/a']);
  });
});
