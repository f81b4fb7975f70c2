/** Samples that a series keeps, as upstream. */
const SAMPLES_MAX = 1_000;

const PERCENTILES = [
  ['p50', 0.5],
  ['p90', 0.9],
  ['p95', 0.95],
  ['p99', 0.99],
  ['p999', 0.999],
  ['p9999', 0.9999],
] as const;

/** The newest measurements of one kind, and what upstream's metrics tell of them. */
export class TimeSeries {
  readonly #samples: number[] = [];
  #next = 0;

  add(value: number): void {
    this.#samples[this.#next] = value;
    this.#next = (this.#next + 1) % SAMPLES_MAX;
  }

  /**
   * The last sample under `key`; below it count, min, max and percentiles, interpolated. Nothing before the first sample, and
   * the last one alone before the second, as upstream.
   */
  *figures(key: string): Generator<readonly [key: string, value: number]> {
    const count = this.#samples.length;
    const last = this.#samples[(this.#next + SAMPLES_MAX - 1) % SAMPLES_MAX];
    if (last === undefined) return;
    yield [key, last];
    if (count < 2) return;
    const sorted = Float64Array.from(this.#samples).sort();
    yield [`${key}/count`, count];
    yield [`${key}/max`, sorted[count - 1] ?? last];
    yield [`${key}/min`, sorted[0] ?? last];
    for (const [name, share] of PERCENTILES) yield [`${key}/${name}`, percentile(sorted, share)];
  }
}

function percentile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}
