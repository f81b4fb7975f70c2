import { expect, test } from 'vitest';
import { TimeSeries } from './time-series.ts';

const figuresOf = (values: readonly number[]) => {
  const series = new TimeSeries();
  for (const value of values) series.add(value);
  return Object.fromEntries(series.figures('ms'));
};

test('says nothing before the first sample, and only the last before the second', () => {
  expect(figuresOf([])).toEqual({});
  expect(figuresOf([3])).toEqual({ ms: 3 });
});

test('tells last, count, ends and percentiles', () => {
  expect(figuresOf([4, 1, 2, 3, 0])).toMatchObject({
    ms: 0,
    'ms/count': 5,
    'ms/min': 0,
    'ms/max': 4,
    'ms/p50': 2,
    'ms/p90': 3.6,
  });
});

test('keeps the newest thousand', () => {
  const figures = figuresOf(Array.from({ length: 2_500 }, (_, index) => index));
  expect(figures).toMatchObject({ ms: 2_499, 'ms/count': 1_000, 'ms/min': 1_500, 'ms/max': 2_499 });
});
