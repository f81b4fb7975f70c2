import { cpus, loadavg, release, totalmem } from 'node:os';
import { type Bench, type Figure, meets } from './bench.ts';
import { type Summary, show, summarize } from './stats.ts';

export interface FigureResult {
  readonly figure: Figure;
  readonly summary: Summary;
  /** To the floor of the same round. */
  readonly ratio?: Summary | undefined;
  readonly met?: boolean | undefined;
}

export interface Result {
  readonly bench: Bench;
  readonly figures: readonly FigureResult[];
}

/** Sums up the rounds of one bench. */
export function resultOf(bench: Bench, rounds: readonly Readonly<Record<string, number>>[]): Result {
  const figures = bench.figures.map((figure): FigureResult => {
    const { floor, aim } = figure;
    const figureIn = (key: string) => (round: Readonly<Record<string, number>>) => round[key] as number;
    const summary = summarize(rounds.map(figureIn(figure.key)));
    const ratio =
      floor === undefined
        ? undefined
        : summarize(rounds.map((round) => figureIn(figure.key)(round) / figureIn(floor)(round)));
    const judged = aim?.of === 'ratio' ? ratio?.median : summary.median;
    return { figure, summary, ratio, met: aim === undefined || judged === undefined ? undefined : meets(aim, judged) };
  });
  return { bench, figures };
}

/** For a terminal. */
export function resultLines(result: Result): string[] {
  return [
    result.bench.name,
    ...result.figures.map((one) => `  ${one.figure.label}: ${cells(one).filter(Boolean).join('; ')}`),
  ];
}

/** What was measured on. */
export function machineLine(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return (
    `${cpus().length} × ${first?.model ?? 'unknown CPU'}, ${memory} GiB, Linux ${release()}, Node ${process.versions.node}, ` +
    `1-minute load ${loadavg()[0]?.toFixed(1)} at the end`
  );
}

/** docs/benchmarks.md. */
export function markdown(results: readonly Result[], rounds: number): string {
  const sections = results.map(({ bench, figures }) => {
    const rows = figures.map((one) => `| ${one.figure.label} | ${cells(one).join(' | ')} |`);
    return [
      `## ${bench.name}`,
      '',
      bench.about,
      '',
      '| figure | median [min–max] | to its floor | aim | others |',
      '|---|---|---|---|---|',
      ...rows,
      '',
    ].join('\n');
  });
  return [
    '# Benchmarks',
    '',
    'Written by `npm run bench`; edit `test/bench/` instead. Medians and spread of ' +
      `${rounds} rounds. Every figure stands beside a floor measured in the same round, a few seconds apart: absolute numbers swing by a ` +
      'factor of three with what else the machine does, ratios do not. A floor is what the machine can do without us: ' +
      "Node's own spawn, the supervisor script alone, one start of Node.",
    '',
    `Machine: ${machineLine()}.`,
    '',
    ...sections,
  ].join('\n');
}

function cells({ figure, summary, ratio, met }: FigureResult): string[] {
  const spread = `${show(summary.median)} [${show(summary.min)}–${show(summary.max)}] ${figure.unit}`.trimEnd();
  const toFloor = ratio === undefined ? '' : `${show(ratio.median)}× [${show(ratio.min)}–${show(ratio.max)}]`;
  return [spread, toFloor, aimText(figure, met), figure.peers ?? ''];
}

function aimText({ aim, unit }: Figure, met: boolean | undefined): string {
  if (aim === undefined) return '';
  const what = aim.of === 'ratio' ? '×' : ` ${unit}`.trimEnd();
  const bound = aim.atLeast === undefined ? `≤ ${aim.atMost}` : `≥ ${aim.atLeast}`;
  return `${bound}${what}: ${met === true ? 'met' : '**missed**'}`;
}
