/** Units of upstream's flags: durations such as `15secs` and sizes such as `2GB`. */
const DURATION_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  secs: 1000,
  mins: 60_000,
  hrs: 3_600_000,
  days: 86_400_000,
  weeks: 604_800_000,
};

const SIZE_BYTES: Readonly<Record<string, number>> = { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 };

/**
 * Milliseconds of a duration text.
 *
 * @param text a number and a unit: ns, us, ms, secs, mins, hrs, days or weeks (`1.5hrs`).
 * @throws Error naming the allowed form.
 */
export function parseDurationMs(text: string): number {
  return parseQuantity(text, DURATION_MS, 'a duration such as 500ms, 15secs, 10mins, 1hrs or 2weeks');
}

/**
 * Bytes of a size text.
 *
 * @param text a number and a unit: B, KB, MB, GB or TB (powers of 1024).
 * @throws Error naming the allowed form.
 */
export function parseSizeBytes(text: string): number {
  return Math.round(parseQuantity(text, SIZE_BYTES, 'a size such as 512KB, 10MB or 2GB'));
}

/** The shortest text of a duration in upstream's units: 75000 is `1.25mins`. */
export function formatDurationMs(durationMs: number): string {
  const units = Object.entries(DURATION_MS).reverse();
  const [name, factor] = units.find(([, size]) => durationMs >= size) ?? ['ns', 1e-6];
  return `${Number((durationMs / factor).toFixed(9))}${name}`;
}

/** The shortest text of a size in upstream's units: 10485760 is `10MB`. */
export function formatSizeBytes(sizeBytes: number): string {
  const units = Object.entries(SIZE_BYTES).reverse();
  const [name, factor] = units.find(([, size]) => sizeBytes >= size && sizeBytes % size === 0) ?? ['B', 1];
  return `${sizeBytes / factor}${name}`;
}

function parseQuantity(text: string, units: Readonly<Record<string, number>>, form: string): number {
  const match = /^(\d+(?:\.\d+)?)([A-Za-z]+)$/.exec(text.trim());
  const factor = match === null ? undefined : units[match[2] ?? ''];
  if (match === null || factor === undefined) throw new Error(`'${text}' is not ${form}`);
  return Number(match[1]) * factor;
}
