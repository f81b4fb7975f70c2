/** Timestamps as Marathon writes them: UTC, always three digits of milliseconds. Texts of this form sort by time. */

/** @param wallMs milliseconds since the Unix epoch. */
export function timestampText(wallMs: number): string {
  return new Date(wallMs).toISOString();
}

/** The normal form of a timestamp that a client sent, or undefined when it is none. */
export function parseTimestamp(text: string): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(text)) return undefined;
  const ms = Date.parse(text.replace(',', '.'));
  return Number.isNaN(ms) ? undefined : timestampText(ms);
}

/** What a client is told of a text that is no timestamp. */
export function notTimestamp(text: string): string {
  return `Invalid format: "${text.slice(0, 100)}" is not a timestamp`;
}

/**
 * The version for a change made at `wallMs`: later than `previous`, so that two changes in one millisecond, or after the
 * wall clock went back, keep their order.
 */
export function nextVersion(wallMs: number, previous: string): string {
  const previousMs = Date.parse(previous);
  return timestampText(Number.isNaN(previousMs) ? wallMs : Math.max(wallMs, previousMs + 1));
}
