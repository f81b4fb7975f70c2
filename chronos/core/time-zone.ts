import { FixedOffsetZone, IANAZone, type Zone } from 'luxon';

/**
 * Time zones of schedules: names, and wall-clock digits to instants.
 *
 * "Digits" are a wall clock's reading written as if it were UTC, in milliseconds since the epoch: 02:30 in Berlin and 02:30 in
 * Tokyo have the same digits. Calendar arithmetic happens on digits, so that a daily 02:30 stays 02:30.
 */

/** Java's three-letter zone ids, which `scheduleTimeZone` has always taken. Source: java.time.ZoneId.SHORT_IDS. */
const JAVA_SHORT_IDS: Readonly<Record<string, string>> = {
  EST: '-05:00',
  MST: '-07:00',
  HST: '-10:00',
  ACT: 'Australia/Darwin',
  AET: 'Australia/Sydney',
  AGT: 'America/Argentina/Buenos_Aires',
  ART: 'Africa/Cairo',
  AST: 'America/Anchorage',
  BET: 'America/Sao_Paulo',
  BST: 'Asia/Dhaka',
  CAT: 'Africa/Harare',
  CNT: 'America/St_Johns',
  CST: 'America/Chicago',
  CTT: 'Asia/Shanghai',
  EAT: 'Africa/Addis_Ababa',
  ECT: 'Europe/Paris',
  IET: 'America/Indiana/Indianapolis',
  IST: 'Asia/Kolkata',
  JST: 'Asia/Tokyo',
  MIT: 'Pacific/Apia',
  NET: 'Asia/Yerevan',
  NST: 'Pacific/Auckland',
  PLT: 'Asia/Karachi',
  PNT: 'America/Phoenix',
  PRT: 'America/Puerto_Rico',
  PST: 'America/Los_Angeles',
  SST: 'Pacific/Guadalcanal',
  VST: 'Asia/Ho_Chi_Minh',
};

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * The zone of a name: an IANA id, one of Java's short ids, or an offset (`UTC`, `+02:00`, `GMT-5`).
 *
 * @returns undefined for a name that means nothing. Differs: upstream takes GMT then.
 */
export function parseZone(name: string): Zone | undefined {
  const meant = JAVA_SHORT_IDS[name] ?? name;
  const offset = /^(?:UTC|GMT|Z)?(?:([+-])(\d{1,2})(?::?(\d{2}))?)?$/.exec(meant);
  if (offset !== null && meant !== '') {
    const hours = Number(offset[2] ?? 0);
    const minutes = Number(offset[3] ?? 0);
    if (hours > 18 || minutes > 59) return undefined;
    return FixedOffsetZone.instance((offset[1] === '-' ? -1 : 1) * (hours * 60 + minutes));
  }
  return IANAZone.isValidZone(meant) ? IANAZone.create(meant) : undefined;
}

/** The zone of a name that {@link parseZone} gave out: quick, because nothing is checked any more. */
export function storedZone(name: string): Zone {
  return name.startsWith('UTC') ? (parseZone(name) ?? FixedOffsetZone.utcInstance) : IANAZone.create(name);
}

/** Whether the zone's offset never changes, so that a day there is always 24 hours. */
export function isFixedZone(zone: Zone): boolean {
  return zone instanceof FixedOffsetZone;
}

/** The digits that a wall clock in `zone` shows at an instant. */
export function digitsAt(zone: Zone, instantMs: number): number {
  return instantMs + zone.offset(instantMs) * MINUTE_MS;
}

/**
 * The instant at which a wall clock in `zone` shows `digitsMs`.
 *
 * Digits that the clock skips in spring mean the same span after the jump (02:30 of a skipped hour is 03:30); digits that it
 * shows twice in autumn mean the first time.
 */
export function instantOf(zone: Zone, digitsMs: number): number {
  // Digits are within a day of UTC, so these two lie before and after any change that concerns them.
  const before = digitsMs - zone.offset(digitsMs - DAY_MS) * MINUTE_MS;
  if (digitsAt(zone, before) === digitsMs) return before;
  const after = digitsMs - zone.offset(digitsMs + DAY_MS) * MINUTE_MS;
  return digitsAt(zone, after) === digitsMs ? after : before;
}
