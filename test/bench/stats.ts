/** What a figure was over all rounds. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

/** Median and spread. Throws for no values. */
export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((one, other) => one - other);
  return {
    median: percentile(sorted, 50),
    min: sorted[0] as number,
    max: sorted.at(-1) as number,
    count: sorted.length,
  };
}

/** Nearest-rank percentile of sorted values. */
export function percentile(sorted: readonly number[], percent: number): number {
  if (sorted.length === 0) throw new Error('No values to take a percentile of');
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] as number;
}

/** Percentile of values in any order. */
export function percentileOf(values: readonly number[], percent: number): number {
  return percentile(
    [...values].sort((one, other) => one - other),
    percent,
  );
}

/** A number as a person reads it: three figures. */
export function show(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 100) return Math.round(value).toLocaleString('en');
  return magnitude >= 10 ? value.toFixed(1) : value.toFixed(2);
}
