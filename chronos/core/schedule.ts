import { DateTime, type Zone } from 'luxon';
import { digitsAt, instantOf, isFixedZone, parseZone, storedZone } from './time-zone.ts';

/**
 * A repeating schedule, `R5/2026-03-01T02:30:00/P1D`: repetitions, start, period.
 *
 *     slot k = start + k x period, in wall-clock time of the schedule's zone, from the start as it was given
 *
 * Slots are counted from the start itself, never from the last run: a monthly job of the 31st comes back to the 31st, and one that
 * falls into the skipped hour of a spring night runs an hour later that night only.
 * Differs: upstream rewrites the start after each run, so it drifts in both cases.
 *
 * Pure: "now" is a parameter. Source of the grammar: Iso8601Expressions.scala and Joda-Time's ISO formats.
 */
export interface Schedule {
  /** The text as it was posted. */
  readonly text: string;
  /** The posted scheduleTimeZone; empty when there was none. */
  readonly timeZone: string;
  /** How often it runs in all; undefined is without end. */
  readonly repetitions: number | undefined;
  /** Name of the zone that the digits are in. */
  readonly zone: string;
  /** Wall-clock digits of slot 0, written as if UTC, in ms since the epoch. */
  readonly anchorDigitsMs: number;
  readonly period: Period;
  /** The period as posted. */
  readonly periodText: string;
}

/** A period in calendar units and exact milliseconds. */
export interface Period {
  readonly years: number;
  readonly months: number;
  readonly weeks: number;
  readonly days: number;
  readonly exactMs: number;
}

/** A parsed value, or one sentence that tells what is wrong and what is allowed. */
export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: string };

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
/** Mean lengths of the Gregorian calendar: only for the first guess of an index. */
const MONTH_MEAN_MS = 30.436875 * DAY_MS;
/** Instants beyond this cannot be written as a date. */
const INSTANT_MS_MAX = 8.64e15;
const START_MS_MIN = 1_000;
/** The last day of the year 9999. */
const START_MS_MAX = 253_402_214_400_000;
const SHAPE = "three parts 'R[n]/start/period', for example R/2026-03-14T12:35:00Z/PT3M";
const PERIOD_PATTERN =
  /^P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?$/;

/**
 * Parses a schedule.
 *
 * @param text `R[n]/start/period`; an empty start is now.
 * @param timeZone scheduleTimeZone: keeps the digits of the start and replaces its zone; empty for none (then the start's own offset, or UTC).
 * @param nowMs wall clock.
 */
export function parseSchedule(text: string, timeZone: string, nowMs: number): Parsed<Schedule> {
  const match = /^R(\d*)\/([^/]*)\/(P.*)$/.exec(text);
  if (match === null) return problem(`'${text}' is not a schedule: allowed are ${SHAPE}`);
  const [, count = '', startText = '', periodText = ''] = match;
  const repetitions = count === '' ? undefined : Number(count);
  if (repetitions !== undefined && !Number.isSafeInteger(repetitions))
    return problem(`R${count} is too many repetitions`);
  const period = parsePeriod(periodText);
  if (!period.ok) return period;
  const lengthMs = meanPeriodMs(period.value);
  if (lengthMs < SECOND_MS && !(lengthMs === 0 && repetitions !== undefined && repetitions <= 1)) {
    return problem(
      `period '${periodText}' is shorter than a second: allowed are PT1S and longer (P alone only with R1)`,
    );
  }
  const start = parseStart(startText, timeZone, nowMs);
  if (!start.ok) return start;
  const { zone, digitsMs } = start.value;
  return {
    ok: true,
    value: {
      text,
      timeZone,
      repetitions,
      zone: zone.name,
      anchorDigitsMs: digitsMs,
      period: period.value,
      periodText,
    },
  };
}

/** Whether the schedule's start was left empty, so that posting it again means starting again. */
export function startsWhenPosted(schedule: Schedule): boolean {
  return schedule.text.split('/')[1] === '';
}

/** Parses an ISO 8601 duration: whole numbers, a fraction only in the seconds. `P` alone is zero. */
export function parsePeriod(text: string): Parsed<Period> {
  const match = PERIOD_PATTERN.exec(text);
  if (match === null || text.endsWith('T')) {
    return problem(`'${text}' is not an ISO 8601 duration such as PT3M, P1D, P1W or P1Y2M3DT4H5M6S`);
  }
  const [years, months, weeks, days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const exactMs = Math.round(((hours * 60 + minutes) * 60 + seconds) * SECOND_MS);
  return { ok: true, value: { years, months, weeks, days, exactMs } };
}

/** The length of a period; a month counts as 30.44 days, a year as twelve of them. For lateness tolerances and estimates. */
export function meanPeriodMs(period: Period): number {
  const months = period.years * 12 + period.months;
  return months * MONTH_MEAN_MS + (period.weeks * 7 + period.days) * DAY_MS + period.exactMs;
}

/**
 * The instant of slot `index` (counted from 0), in ms since the epoch; undefined beyond the last date that can be written, and for later slots of
 * a zero period.
 */
export function slotMs(schedule: Schedule, index: number): number | undefined {
  const { period, anchorDigitsMs } = schedule;
  const zone = zoneOf(schedule);
  if (index > 0 && meanPeriodMs(period) === 0) return undefined;
  const exactDays = isFixedZone(zone) ? (period.weeks * 7 + period.days) * DAY_MS : undefined;
  if (period.years === 0 && period.months === 0 && (exactDays !== undefined || period.weeks + period.days === 0)) {
    return inRange(instantOf(zone, anchorDigitsMs) + index * ((exactDays ?? 0) + period.exactMs));
  }
  const digits = DateTime.fromMillis(anchorDigitsMs, { zone: 'utc' }).plus({
    years: period.years * index,
    months: period.months * index,
    weeks: period.weeks * index,
    days: period.days * index,
  });
  if (!digits.isValid) return undefined;
  return inRange(instantOf(zone, digits.toMillis()) + index * period.exactMs);
}

/** The greatest index whose slot is not after `nowMs`; -1 when slot 0 is still to come. */
export function latestSlotIndex(schedule: Schedule, nowMs: number): number {
  const first = slotMs(schedule, 0);
  if (first === undefined || first > nowMs) return -1;
  const lengthMs = meanPeriodMs(schedule.period);
  if (lengthMs === 0) return 0;
  let index = Math.max(0, Math.floor((nowMs - first) / lengthMs));
  while (index > 0 && (slotMs(schedule, index) ?? Number.POSITIVE_INFINITY) > nowMs) index--;
  while ((slotMs(schedule, index + 1) ?? Number.POSITIVE_INFINITY) <= nowMs) index++;
  return index;
}

/**
 * The schedule as upstream shows it after a run: the repetitions that are left, the next start with milliseconds in the
 * schedule's zone, the period.
 */
export function formatRemaining(schedule: Schedule, remaining: number | undefined, nextMs: number): string {
  const zone = zoneOf(schedule);
  const start = DateTime.fromMillis(nextMs, { zone });
  const text = start.offset === 0 ? start.toUTC().toISO() : start.toISO();
  return `R${remaining ?? ''}/${text}/${schedule.periodText}`;
}

/** The schedule that {@link formatRemaining} writes, as one of its own. */
export function remainingSchedule(schedule: Schedule, remaining: number | undefined, nextMs: number): Schedule {
  return {
    ...schedule,
    text: formatRemaining(schedule, remaining, nextMs),
    repetitions: remaining,
    anchorDigitsMs: digitsAt(zoneOf(schedule), nextMs),
  };
}

function zoneOf(schedule: Schedule): Zone {
  return storedZone(schedule.zone);
}

function parseStart(text: string, timeZone: string, nowMs: number): Parsed<{ zone: Zone; digitsMs: number }> {
  const named = timeZone === '' ? undefined : parseZone(timeZone);
  if (timeZone !== '' && named === undefined) {
    return problem(
      `'${timeZone}' is not a time zone: allowed are IANA names such as Europe/Berlin, UTC, or offsets such as +02:00`,
    );
  }
  const utc = parseZone('UTC') as Zone;
  if (text === '') {
    const zone = named ?? utc;
    return { ok: true, value: { zone, digitsMs: digitsAt(zone, nowMs) } };
  }
  const start = DateTime.fromISO(text, { zone: 'utc', setZone: true });
  // A time of day alone would mean today, and "today" is not ours to read.
  if (!start.isValid || !/^\d{4}(?:-|T|$)/.test(text)) {
    return problem(`start '${text}' is not an ISO 8601 date or time such as 2026-03-14T12:35:00Z (empty means now)`);
  }
  const own = parseZone(offsetName(start.offset)) ?? utc;
  const digitsMs = start.toMillis() + start.offset * 60_000;
  const zone = named ?? own;
  const instantMs = instantOf(zone, digitsMs);
  if (instantMs < START_MS_MIN) return problem(`start '${text}' is before 1970-01-01T00:00:01Z`);
  if (instantMs > START_MS_MAX) return problem(`start '${text}' is after the year 9999`);
  return { ok: true, value: { zone, digitsMs } };
}

function offsetName(minutes: number): string {
  const size = Math.abs(minutes);
  const digits = [Math.floor(size / 60), size % 60].map((part) => String(part).padStart(2, '0'));
  return `${minutes < 0 ? '-' : '+'}${digits.join(':')}`;
}

function inRange(instantMs: number): number | undefined {
  return Math.abs(instantMs) <= INSTANT_MS_MAX ? instantMs : undefined;
}

function problem(text: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem: text };
}
