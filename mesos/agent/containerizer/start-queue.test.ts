import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StartQueue } from './start-queue.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

test('a burst is handed out bit by bit, in order, as starts are confirmed', () => {
  const asked: string[] = [];
  const queue = new StartQueue((id) => asked.push(id));
  const ids = Array.from({ length: 100 }, (_, index) => `c${index}`);
  for (const id of ids) queue.add(id);
  const atOnce = asked.length;
  expect(atOnce).toBeGreaterThan(0);
  expect(atOnce).toBeLessThan(100);
  queue.settle('c99');
  for (const id of ids) queue.settle(id);
  expect(asked).toEqual(ids.slice(0, 99));
});

test('what a dead helper was asked is asked again, under another nonce', () => {
  const asked: [string, string][] = [];
  const queue = new StartQueue((id, nonce) => asked.push([id, nonce]));
  for (const id of ['a', 'b']) queue.add(id);
  queue.settle('a');
  queue.askAgain();
  expect(asked.map(([id]) => id)).toEqual(['a', 'b', 'b']);
  expect(new Set(asked.map(([, nonce]) => nonce)).size).toBe(3);
});

test('a helper that hangs is replaced every 10 s; after a minute the start is given up', () => {
  const queue = new StartQueue(() => {});
  queue.add('a');
  const verdicts = Array.from({ length: 13 }, () => {
    const verdict = queue.verdict('a');
    vi.advanceTimersByTime(5_001);
    return verdict;
  });
  const replaced = verdicts
    .map((verdict, index) => (verdict === 'replace helper' ? index : -1))
    .filter((index) => index >= 0);
  expect(replaced).toEqual([2, 4, 6, 8, 10]);
  expect(verdicts[12]).toBe('give up');
  expect(queue.verdict('unknown')).toBe('wait');
});
