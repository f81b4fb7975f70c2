import { expect, test } from 'vitest';
import { expressionProblem, FullMatcher } from './full-match.ts';

test('an expression matches whole texts only', () => {
  const matcher = new FullMatcher();
  expect(matcher.matches('rack-[1-3]|edge', 'rack-2')).toBe(true);
  expect(matcher.matches('rack-[1-3]|edge', 'edge')).toBe(true);
  expect(matcher.matches('rack-[1-3]|edge', 'edges')).toBe(false);
  expect(matcher.matches('rack-[1-3]|edge', 'my-rack-2')).toBe(false);
  expect(matcher.matches('', '')).toBe(true);
  expect(matcher.matches('(', '(')).toBe(false);
});

test('expressions that take a backtracking engine for ever are answered at once', () => {
  const startMs = performance.now();
  const matcher = new FullMatcher();
  expect(matcher.matches('(a+)+$', `${'a'.repeat(200)}b`)).toBe(false);
  expect(matcher.matches('(.*)*x(.*)*y', 'x'.repeat(200))).toBe(false);
  // A backtracking engine would take longer than the universe is old.
  expect(performance.now() - startMs).toBeLessThan(5_000);
});

test('what cannot be matched in bounded time is named', () => {
  expect(expressionProblem('rack-.*')).toBeUndefined();
  expect(expressionProblem('(')).toMatch(/missing closing/);
  expect(expressionProblem('(?=rack)r.*')).toMatch(/\(\?=/);
  expect(expressionProblem('a'.repeat(5_000))).toMatch(/5000 characters, allowed are 4096/);
  expect(expressionProblem('(?:[a-z]{1000}){1}'.repeat(20))).toMatch(/instructions, allowed are 10000/);
  expect(expressionProblem('('.repeat(4_000))).toBeDefined();
});
