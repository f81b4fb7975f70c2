/** One figure that a bench yields each round. */
export interface Figure {
  /** Key in what a round answers. */
  readonly key: string;
  readonly label: string;
  readonly unit: string;
  /** Key of the floor, measured in the same round, that it is divided by. */
  readonly floor?: string | undefined;
  /** What is aimed at: of the ratio to the floor if there is one and `of` says so, else of the figure. */
  readonly aim?: Aim | undefined;
  /** What others need, for the table. */
  readonly peers?: string | undefined;
}

export interface Aim {
  readonly of: 'figure' | 'ratio';
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
}

export interface Bench {
  /** For --only. */
  readonly name: string;
  /** What is measured, and how: a paragraph for docs/benchmarks.md. */
  readonly about: string;
  readonly figures: readonly Figure[];
  /** One round; answers every figure and every floor by key. */
  readonly round: () => Promise<Readonly<Record<string, number>>>;
}

/** Whether a value meets an aim. */
export function meets(aim: Aim, value: number): boolean {
  return value >= (aim.atLeast ?? Number.NEGATIVE_INFINITY) && value <= (aim.atMost ?? Number.POSITIVE_INFINITY);
}
