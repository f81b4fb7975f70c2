import { expect, test } from 'vitest';
import { simulate } from './simulation.ts';

test.each([1, 2, 3, 4, 5, 6, 7, 8])('the whole cluster keeps its promises, seed %i', (seed) => {
  const { failure, tail } = simulate({ seed });
  expect(failure === undefined ? '' : `${failure.message}\n${tail.join('\n')}`).toBe('');
});

test('the same seed gives the same run, another seed another', () => {
  const [first, again, other] = [11, 11, 12].map((seed) => simulate({ seed, agents: 5 }));
  expect(again?.hash).toBe(first?.hash);
  expect(again?.events).toBe(first?.events);
  expect(other?.hash).not.toBe(first?.hash);
});
