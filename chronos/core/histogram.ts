/** Percentiles of a job's run times, in ms, under upstream's names. Source: HistogramSerializer.scala. */
export interface Histogram {
  readonly '75thPercentile': number;
  readonly '95thPercentile': number;
  readonly '98thPercentile': number;
  readonly '99thPercentile': number;
  readonly median: number;
  /** The middle one too: upstream's mean is its 0.5 quantile. */
  readonly mean: number;
  readonly count: number;
}

/** The histogram of some durations. */
export function histogramOf(samples: readonly number[]): Histogram {
  const sorted = [...samples].sort((left, right) => left - right);
  return {
    '75thPercentile': quantile(sorted, 0.75),
    '95thPercentile': quantile(sorted, 0.95),
    '98thPercentile': quantile(sorted, 0.98),
    '99thPercentile': quantile(sorted, 0.99),
    median: quantile(sorted, 0.5),
    mean: quantile(sorted, 0.5),
    count: sorted.length,
  };
}

/** The value below which `share` of the sorted values lie, interpolated; 0 without values. */
export function quantile(sorted: readonly number[], share: number): number {
  const last = sorted.length - 1;
  if (last < 0) return 0;
  const position = share * (sorted.length + 1) - 1;
  const lower = Math.min(last, Math.max(0, Math.floor(position)));
  const upper = Math.min(last, lower + 1);
  const low = sorted[lower] ?? 0;
  const high = sorted[upper] ?? low;
  return low + Math.min(1, Math.max(0, position - lower)) * (high - low);
}
