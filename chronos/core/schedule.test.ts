import { describe, expect, test } from 'vitest';
import { formatRemaining, latestSlotIndex, parsePeriod, parseSchedule, type Schedule, slotMs } from './schedule.ts';

const NOW_MS = Date.parse('2026-06-01T10:01:30Z');

function schedule(text: string, timeZone = ''): Schedule {
  const parsed = parseSchedule(text, timeZone, NOW_MS);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

function slots(text: string, timeZone: string, indexes: readonly number[]): readonly string[] {
  return indexes.map((index) => new Date(slotMs(schedule(text, timeZone), index) ?? Number.NaN).toISOString());
}

describe('slots', () => {
  test.each([
    ['fixed period', 'R/2016-03-14T12:35:00.000Z/PT3M', '', ['2016-03-14T12:35:00.000Z', '2016-03-14T12:38:00.000Z']],
    ['empty start is now', 'R//PT1M', '', ['2026-06-01T10:01:30.000Z', '2026-06-01T10:02:30.000Z']],
    [
      'a start without an offset is UTC',
      'R/2026-01-01/P1W',
      '',
      ['2026-01-01T00:00:00.000Z', '2026-01-08T00:00:00.000Z'],
    ],
    [
      'an offset of its own',
      'R/2026-01-01T00:00:00+02:00/P1D',
      '',
      ['2025-12-31T22:00:00.000Z', '2026-01-01T22:00:00.000Z'],
    ],
    [
      'the zone field keeps the digits',
      'R/2014-10-10T18:32:00Z/PT60M',
      'PST',
      ['2014-10-11T01:32:00.000Z', '2014-10-11T02:32:00.000Z'],
    ],
    [
      'months go back to their day',
      'R/2026-01-31T00:00:00Z/P1M',
      '',
      ['2026-01-31T00:00:00.000Z', '2026-02-28T00:00:00.000Z', '2026-03-31T00:00:00.000Z'],
    ],
    [
      'leap days',
      'R/2024-02-29T00:00:00Z/P1Y',
      '',
      [
        '2024-02-29T00:00:00.000Z',
        '2025-02-28T00:00:00.000Z',
        '2026-02-28T00:00:00.000Z',
        '2027-02-28T00:00:00.000Z',
        '2028-02-29T00:00:00.000Z',
      ],
    ],
    ['weeks and ordinal dates', 'R/2026-W02-1/P1W', '', ['2026-01-05T00:00:00.000Z', '2026-01-12T00:00:00.000Z']],
  ])('%s', (_name, text, zone, expected) => {
    expect(
      slots(
        text,
        zone,
        expected.map((_, index) => index),
      ),
    ).toEqual(expected);
  });

  // Berlin: 2026-03-29 02:00 becomes 03:00, 2026-10-25 03:00 becomes 02:00.
  test('a daily time in the hour that spring skips runs an hour later that day, and only that day', () => {
    expect(slots('R/2026-03-28T02:30:00/P1D', 'Europe/Berlin', [0, 1, 2])).toEqual([
      '2026-03-28T01:30:00.000Z', // 02:30 +01:00
      '2026-03-29T01:30:00.000Z', // 03:30 +02:00
      '2026-03-30T00:30:00.000Z', // 02:30 +02:00
    ]);
  });

  test('a daily time in the hour that autumn repeats runs once, the first time', () => {
    expect(slots('R/2026-10-24T02:30:00/P1D', 'Europe/Berlin', [0, 1, 2])).toEqual([
      '2026-10-24T00:30:00.000Z', // 02:30 +02:00
      '2026-10-25T00:30:00.000Z', // 02:30 +02:00
      '2026-10-26T01:30:00.000Z', // 02:30 +01:00
    ]);
  });

  test('hours are exact over both changes; a day is not 24 hours', () => {
    expect(slots('R/2026-10-25T00:30:00/PT1H', 'Europe/Berlin', [0, 1, 2, 3])).toEqual([
      '2026-10-24T22:30:00.000Z',
      '2026-10-24T23:30:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T01:30:00.000Z',
    ]);
    expect(slots('R/2026-03-28T12:00:00/PT24H', 'Europe/Berlin', [1])).toEqual(['2026-03-29T11:00:00.000Z']);
    expect(slots('R/2026-03-28T12:00:00/P1D', 'Europe/Berlin', [1])).toEqual(['2026-03-29T10:00:00.000Z']);
  });

  test('a zone that skipped a whole day', () => {
    // Samoa had no 2011-12-30.
    expect(slots('R/2011-12-29T12:00:00/P1D', 'Pacific/Apia', [0, 1, 2])).toEqual([
      '2011-12-29T22:00:00.000Z',
      '2011-12-30T22:00:00.000Z',
      '2011-12-30T22:00:00.000Z',
    ]);
  });

  test('a zero period has one slot, and there is a last date', () => {
    expect(slotMs(schedule('R1/2026-01-01T00:00:00Z/P'), 1)).toBeUndefined();
    expect(slotMs(schedule('R/2026-01-01T00:00:00Z/P999999Y'), 1)).toBeUndefined();
  });
});

test.each([
  ['before the start', '2016-03-14T12:34:59.999Z', -1],
  ['at the start', '2016-03-14T12:35:00.000Z', 0],
  ['just before the next', '2016-03-14T12:37:59.999Z', 0],
  ['at the next', '2016-03-14T12:38:00.000Z', 1],
])('the latest slot %s', (_name, now, expected) => {
  expect(latestSlotIndex(schedule('R/2016-03-14T12:35:00Z/PT3M'), Date.parse(now))).toBe(expected);
});

test('the shown schedule has the runs that are left and the next start in its zone', () => {
  expect(formatRemaining(schedule('R5/2026-01-01T00:00:00Z/PT60M'), 4, NOW_MS)).toBe(
    'R4/2026-06-01T10:01:30.000Z/PT60M',
  );
  expect(formatRemaining(schedule('R/2026-01-01T00:00:00/P1D', 'Europe/Berlin'), undefined, NOW_MS)).toBe(
    'R/2026-06-01T12:01:30.000+02:00/P1D',
  );
});

test.each([
  ['no parts', 'whenever', ''],
  ['two parts', 'R/PT1M', ''],
  ['no period', 'R/2026-01-01T00:00:00Z/', ''],
  ['end in place of a period', 'R/2026-01-01T00:00:00Z/2026-01-02T00:00:00Z', ''],
  ['negative period', 'R/2026-01-01T00:00:00Z/P-1D', ''],
  ['fraction of a day', 'R/2026-01-01T00:00:00Z/P0.5D', ''],
  ['no unit', 'R/2026-01-01T00:00:00Z/PT', ''],
  ['zero period without end', 'R//P', ''],
  ['zero period, twice', 'R2//PT0S', ''],
  ['half a second', 'R//PT0.5S', ''],
  ['a time of day alone', 'R/12:35/PT1M', ''],
  ['February 30', 'R/2026-02-30/PT1M', ''],
  ['before 1970', 'R/1969-12-31T00:00:00Z/PT1M', ''],
  ['five digits of a year', 'R/12026-01-01/PT1M', ''],
  ['an unknown zone', 'R//PT1M', 'Europe/Atlantis'],
  ['too many repetitions', 'R99999999999999999999//PT1M', ''],
])('refuses %s', (_name, text, zone) => {
  expect(parseSchedule(text, zone, NOW_MS)).toMatchObject({ ok: false });
});

test('periods', () => {
  expect(parsePeriod('P1Y2M3W4DT5H6M7.5S')).toEqual({
    ok: true,
    value: { years: 1, months: 2, weeks: 3, days: 4, exactMs: 18_367_500 },
  });
});
