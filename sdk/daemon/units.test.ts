import { expect, test } from 'vitest';
import { formatDurationMs, parseDurationMs, parseSizeBytes } from './units.ts';

test.each([
  ['15secs', 15_000],
  ['1.5hrs', 5_400_000],
  ['2weeks', 1_209_600_000],
  ['500ms', 500],
  ['0ns', 0],
])('%s is %d ms', (text, durationMs) => {
  expect(parseDurationMs(text)).toBe(durationMs);
});

test.each(['15', 'secs', '-1secs', '1 fortnight', '', '1e3secs'])('%j is no duration', (text) => {
  expect(() => parseDurationMs(text)).toThrow(/15secs/);
});

test.each([
  [75_000, '1.25mins'],
  [15_000, '15secs'],
  [0, '0ns'],
])('%d ms print as %s', (durationMs, text) => {
  expect(formatDurationMs(durationMs)).toBe(text);
  expect(parseDurationMs(text)).toBe(durationMs);
});

test('sizes are powers of 1024', () => {
  expect(parseSizeBytes('2GB')).toBe(2 * 2 ** 30);
  expect(() => parseSizeBytes('2 gigs')).toThrow(/512KB/);
});
