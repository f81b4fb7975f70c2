import { describe, expect, test } from 'vitest';
import { TEST_START_MS, TestChronos } from '../testing/test-chronos.ts';

const NEVER = 'R0//P';
const MINUTE_MS = 60_000;

function run(chronos: TestChronos, name: string): void {
  chronos.ask({ kind: 'api.run-job', name, arguments: undefined });
}

function finish(chronos: TestChronos, name: string, state: 'TASK_FINISHED' | 'TASK_FAILED' = 'TASK_FINISHED'): void {
  for (const taskId of chronos.master.alive) {
    if (taskId.includes(`:${name}:`)) chronos.master.update(taskId, state);
  }
}

function names(chronos: TestChronos): readonly string[] {
  return chronos.master.launches.map(({ name }) => name.replace('ChronosTask:', ''));
}

describe('dependents', () => {
  test('run after the success of all parents, across restarts and crashes', () => {
    const chronos = new TestChronos();
    for (const name of ['a', 'b']) chronos.put({ name, schedule: NEVER });
    chronos.put({ name: 'c', parents: ['a', 'b'] });
    run(chronos, 'a');
    finish(chronos, 'a');
    chronos.restart();
    run(chronos, 'b');
    // Chronos dies with b's success recorded and nothing of it done.
    chronos.crash = { kind: 'after-effects', effects: 0 };
    finish(chronos, 'b');
    expect(names(chronos)).toEqual(['a', 'b', 'c']);
    finish(chronos, 'c');
    expect(chronos.entry('c').progress.successCount).toBe(1);
  });

  test('do not run after a failure, but after one with softError', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', schedule: NEVER, retries: 0 });
    chronos.put({ name: 'c', parents: ['a'] });
    run(chronos, 'a');
    finish(chronos, 'a', 'TASK_FAILED');
    expect(names(chronos)).toEqual(['a']);
    chronos.put({ name: 'a', schedule: NEVER, retries: 0, softError: true });
    run(chronos, 'a');
    finish(chronos, 'a', 'TASK_FAILED');
    expect(names(chronos)).toEqual(['a', 'a', 'c']);
  });

  test('marking a failed parent as successful completes the turn', () => {
    const chronos = new TestChronos();
    const schedule = `R/${new Date(TEST_START_MS).toISOString()}/PT1H`;
    chronos.put({ name: 'a', schedule, retries: 0 });
    chronos.put({ name: 'b', schedule, retries: 0 });
    chronos.put({ name: 'c', parents: ['a', 'b'] });
    finish(chronos, 'a');
    finish(chronos, 'b', 'TASK_FAILED');
    expect(chronos.ask({ kind: 'api.mark-success', name: 'b' }).body?.text).toBe('marked job b as successful: true');
    expect(names(chronos)).toEqual(['a', 'b', 'c']);
    expect(chronos.ask({ kind: 'api.mark-success', name: 'x' })).toMatchObject({
      status: 200,
      body: { text: 'marked job x as successful: false' },
    });
  });

  test('a turn that comes while the last one runs waits for it; more of them become one', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', schedule: 'R//PT1M' });
    chronos.put({ name: 'c', parents: ['a'] });
    for (let turn = 0; turn < 3; turn++) {
      finish(chronos, 'a');
      chronos.advance(MINUTE_MS);
    }
    expect(names(chronos).filter((name) => name === 'c')).toHaveLength(1);
    chronos.restart();
    finish(chronos, 'c');
    expect(names(chronos).filter((name) => name === 'c')).toHaveLength(2);
    expect(chronos.entry('c').progress.skips).toMatchObject([{ reason: 'superseded', count: 1 }]);
  });

  test('a disabled one is skipped, and the skip recorded', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', schedule: 'R1//P' });
    chronos.put({ name: 'c', parents: ['a'], disabled: true });
    finish(chronos, 'a');
    expect(names(chronos)).toEqual(['a']);
    expect(chronos.entry('c').progress.skips).toMatchObject([{ reason: 'disabled' }]);
  });
});

describe('the graph', () => {
  test('refuses missing parents and cycles, and stores nothing of them', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', schedule: NEVER });
    chronos.put({ name: 'b', parents: ['a'] });
    const before = new Map(chronos.store);
    expect(chronos.put({ name: 'c', parents: ['a', 'nope'] })).toBe(400);
    expect(chronos.put({ name: 'c', parents: ['c'] })).toBe(400);
    expect(chronos.put({ name: 'a', parents: ['b'] })).toBe(400);
    expect(chronos.store).toEqual(before);
  });

  test('children of a deleted dependent job go to its parents', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', schedule: NEVER });
    chronos.put({ name: 'b', parents: ['a'] });
    chronos.put({ name: 'c', parents: ['b'] });
    chronos.ask({ kind: 'api.delete-job', name: 'b' });
    run(chronos, 'a');
    finish(chronos, 'a');
    expect(names(chronos)).toEqual(['a', 'c']);
  });

  test('children of a deleted scheduled job take over its schedule from its next start on', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', schedule: 'R3//PT1M' });
    chronos.put({ name: 'c', parents: ['a'], environmentVariables: [{ name: 'X', value: 'y' }] });
    chronos.advance(1_000);
    chronos.ask({ kind: 'api.delete-job', name: 'a' });
    expect(names(chronos)).toEqual(['a']);
    chronos.advance(MINUTE_MS);
    expect(names(chronos)).toEqual(['a', 'c']);
    expect(chronos.entry('c').job).toMatchObject({ environmentVariables: [{ name: 'X', value: 'y' }] });
    expect(chronos.entry('c').progress.remaining).toBe(1);
  });

  test('a child with other parents keeps those', () => {
    const chronos = new TestChronos();
    for (const name of ['a', 'b']) chronos.put({ name, schedule: NEVER });
    chronos.put({ name: 'c', parents: ['a', 'b'] });
    chronos.ask({ kind: 'api.delete-job', name: 'a' });
    run(chronos, 'b');
    finish(chronos, 'b');
    expect(names(chronos)).toEqual(['b', 'c']);
  });

  test('a job turns from scheduled to dependent and back', () => {
    const chronos = new TestChronos();
    chronos.put({ name: 'a', schedule: NEVER });
    chronos.put({ name: 'c', schedule: 'R/2030-01-01/P1D' });
    chronos.put({ name: 'c', parents: ['a'] });
    run(chronos, 'a');
    finish(chronos, 'a');
    finish(chronos, 'c');
    chronos.put({ name: 'c', schedule: 'R1//P' });
    run(chronos, 'a');
    finish(chronos, 'a');
    expect(names(chronos)).toEqual(['a', 'c', 'c', 'a']);
  });
});
