import fc from 'fast-check';
import { expect, test } from 'vitest';
import { latestSlotIndex, parseSchedule, slotMs } from './schedule.ts';

const zones = fc.constantFrom(
  '',
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'America/St_Johns',
  '+05:45',
);
const periods = fc.constantFrom(
  'PT1S',
  'PT3M',
  'PT25H',
  'P1D',
  'P3D',
  'P1W',
  'P1M',
  'P1Y',
  'P1DT1H',
  'P1M1D',
  'P1Y2M3DT4H5M6S',
);
const starts = fc
  .integer({ min: Date.UTC(2000, 0, 1) / 60_000, max: Date.UTC(2030, 0, 1) / 60_000 })
  .map((minutes) => new Date(minutes * 60_000).toISOString());

const schedules = fc.tuple(starts, periods, zones).map(([start, period, zone]) => {
  const parsed = parseSchedule(`R/${start}/${period}`, zone, 0);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
});

test('slots come in order, over every change of the clocks', () => {
  fc.assert(
    fc.property(schedules, fc.nat(3_000), (schedule, index) => {
      const [here, next] = [slotMs(schedule, index), slotMs(schedule, index + 1)];
      expect(next).toBeGreaterThan(here ?? Number.POSITIVE_INFINITY);
    }),
    { numRuns: 2_000 },
  );
});

test('the latest slot is not after now, and the one after it is', () => {
  const nows = fc.integer({ min: Date.UTC(2001, 0, 1), max: Date.UTC(2040, 0, 1) });
  fc.assert(
    fc.property(schedules, nows, (schedule, nowMs) => {
      const latest = latestSlotIndex(schedule, nowMs);
      if (latest >= 0) expect(slotMs(schedule, latest)).toBeLessThanOrEqual(nowMs);
      expect(slotMs(schedule, latest + 1)).toBeGreaterThan(nowMs);
    }),
    { numRuns: 1_000 },
  );
});

test('any text is read or refused, never more', () => {
  const parts = fc.array(
    fc.constantFrom('R', 'R1', '/', 'P', 'T', '1', 'D', 'M', 'S', '-', '2026-01-01', 'Z', '+', 'é', '\n'),
    {
      maxLength: 12,
    },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        parts.map((all) => all.join('')),
      ),
      fc.oneof(zones, fc.string()),
      (text, zone) => {
        const parsed = parseSchedule(text, zone, 1_780_000_000_000);
        if (parsed.ok) latestSlotIndex(parsed.value, 1_780_000_000_000);
      },
    ),
    { numRuns: 3_000 },
  );
});
