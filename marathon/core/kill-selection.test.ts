import { describe, expect, test } from 'vitest';
import type { Condition, Instance } from './instance.ts';
import { selectVictims } from './kill-selection.ts';
import { HTTP_CHECK, testApp } from './testing/harness.ts';

function instance(id: string, more: Partial<Instance> & { startedAtMs?: number; rack?: string } = {}): Instance {
  const { startedAtMs = 0, rack = 'r1', ...rest } = more;
  const task = { id: `${id}._app.1`, state: 'TASK_RUNNING' as const, stagedAtMs: 0, startedAtMs };
  return {
    id,
    appId: '/web',
    role: '*',
    app: testApp('/web'),
    goal: 'Running',
    condition: 'Running',
    sinceMs: 0,
    incarnation: 1,
    agent: { agentId: 'a', host: 'a', attributes: [{ name: 'rack', type: 'TEXT', text: { value: rack } }] },
    task: { ...task, hostPorts: [], ipAddresses: [], message: '' },
    health: [],
    ...rest,
  };
}

function victims(
  app: ReturnType<typeof testApp>,
  candidates: readonly Instance[],
  count: number,
  named: string[] = [],
) {
  return selectVictims(app, candidates, new Set(named), count).map((each) => each.id);
}

describe('who goes when there are too many', () => {
  test('the youngest, or the oldest, as the app says', () => {
    const all = [
      instance('old', { startedAtMs: 1 }),
      instance('young', { startedAtMs: 3 }),
      instance('mid', { startedAtMs: 2 }),
    ];
    expect(victims(testApp('/web'), all, 2)).toEqual(['young', 'mid']);
    expect(victims(testApp('/web', { killSelection: 'OLDEST_FIRST' }), all, 2)).toEqual(['old', 'mid']);
  });

  test('the named ones before all others', () => {
    const all = [instance('a', { startedAtMs: 1 }), instance('b', { startedAtMs: 2 })];
    expect(victims(testApp('/web'), all, 1, ['a'])).toEqual(['a']);
  });

  test('what does not serve before what does', () => {
    const conditions: Condition[] = ['Running', 'Starting', 'Staging', 'Unreachable'];
    const all = conditions.map((condition) => instance(condition, { condition }));
    const bad = instance('bad', { app: testApp('/web', { healthChecks: [HTTP_CHECK] }), healthy: false });
    expect(victims(testApp('/web'), [...all, bad], 4)).toEqual(['Unreachable', 'Staging', 'Starting', 'bad']);
  });

  test('those of the largest group, where groups shall be even', () => {
    const app = testApp('/web', { constraints: [['rack', 'GROUP_BY', '2']] });
    const all = [
      instance('r1-a', { rack: 'r1', startedAtMs: 1 }),
      instance('r1-b', { rack: 'r1', startedAtMs: 2 }),
      instance('r1-c', { rack: 'r1', startedAtMs: 3 }),
      instance('r2-a', { rack: 'r2', startedAtMs: 9 }),
    ];
    expect(victims(app, all, 2)).toEqual(['r1-c', 'r1-b']);
  });
});
