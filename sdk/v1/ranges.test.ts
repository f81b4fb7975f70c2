import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addRanges,
  containsRanges,
  equalRanges,
  normalizeRanges,
  type Range,
  type Ranges,
  rangeMax,
  rangesSize,
  subtractRanges,
} from './ranges.ts';

const anyRanges: fc.Arbitrary<Range[]> = fc.array(
  fc.tuple(fc.nat(40), fc.nat(8)).map(([begin, size]) => ({ begin: BigInt(begin), end: BigInt(begin + size) })),
  { maxLength: 8 },
);

/** The same as a naive set. */
function numbers(ranges: readonly Range[]): Set<bigint> {
  const all = new Set<bigint>();
  for (const { begin, end } of ranges) for (let at = begin; at <= end; at++) all.add(at);
  return all;
}

function ranges(set: readonly bigint[]): Ranges {
  return normalizeRanges(set.map((at) => ({ begin: at, end: at })));
}

test('ranges act as the set of their numbers', () => {
  fc.assert(
    fc.property(anyRanges, anyRanges, (a, b) => {
      const [left, right] = [normalizeRanges(a), normalizeRanges(b)];
      const [one, other] = [numbers(a), numbers(b)];
      expect(numbers(left)).toEqual(one);
      expect(rangesSize(left)).toBe(BigInt(one.size));
      expect(addRanges(left, right)).toEqual(ranges([...one, ...other]));
      expect(subtractRanges(left, right)).toEqual(ranges([...one].filter((at) => !other.has(at))));
      expect(containsRanges(left, right)).toBe([...other].every((at) => one.has(at)));
      expect(equalRanges(left, right)).toBe(one.size === other.size && [...one].every((at) => other.has(at)));
    }),
    { numRuns: 500 },
  );
});

test('ranges that overlap or touch become one, inverted ones vanish', () => {
  const merged = normalizeRanges([
    { begin: 5n, end: 9n },
    { begin: 10n, end: 12n },
    { begin: 1n, end: 2n },
    { begin: 2n, end: 3n },
    { begin: 30n, end: 20n },
  ]);
  expect(merged).toEqual([
    { begin: 1n, end: 3n },
    { begin: 5n, end: 12n },
  ]);
});

test('the whole of uint64 can be cut', () => {
  const all = [{ begin: 0n, end: rangeMax }];
  expect(subtractRanges(all, [{ begin: rangeMax, end: rangeMax }])).toEqual([{ begin: 0n, end: rangeMax - 1n }]);
  expect(addRanges(all, [{ begin: 7n, end: 9n }])).toEqual(all);
});
