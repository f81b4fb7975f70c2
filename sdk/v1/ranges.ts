/** Whole numbers from `begin` to `end`, both included; 0 <= begin <= end < 2^64. */
export interface Range {
  readonly begin: bigint;
  readonly end: bigint;
}

/** A set of whole numbers: ranges in ascending order that neither overlap nor touch. */
export type Ranges = readonly Range[];

/** Largest value that a range may hold (uint64). */
export const rangeMax: bigint = 2n ** 64n - 1n;

/** Sorts, merges and drops what is inverted (begin > end). */
export function normalizeRanges(ranges: readonly Range[]): Ranges {
  if (ranges.length === 0 || isNormal(ranges)) return ranges;
  const sorted = ranges.filter(({ begin, end }) => begin <= end).sort((a, b) => (a.begin < b.begin ? -1 : 1));
  return merge(sorted);
}

/** All numbers that are in `left` or in `right`. */
export function addRanges(left: Ranges, right: Ranges): Ranges {
  if (right.length === 0) return left;
  if (left.length === 0) return right;
  return normalizeRanges([...left, ...right]);
}

/** The numbers of `left` that are not in `right`. */
export function subtractRanges(left: Ranges, right: Ranges): Ranges {
  if (left.length === 0 || right.length === 0) return left;
  const result: Range[] = [];
  let first = 0;
  for (const { begin, end } of left) {
    while (first < right.length && (right[first] as Range).end < begin) first++;
    let from = begin;
    for (let at = first; at < right.length && (right[at] as Range).begin <= end; at++) {
      const hole = right[at] as Range;
      if (hole.begin > from) result.push({ begin: from, end: hole.begin - 1n });
      from = hole.end + 1n;
    }
    if (from <= end) result.push({ begin: from, end });
  }
  return result;
}

/** Whether every number of `inner` is in `outer`. */
export function containsRanges(outer: Ranges, inner: Ranges): boolean {
  let at = 0;
  for (const { begin, end } of inner) {
    while (at < outer.length && (outer[at] as Range).end < begin) at++;
    const around = outer[at];
    if (around === undefined || around.begin > begin || around.end < end) return false;
  }
  return true;
}

/** Whether both hold the same numbers. */
export function equalRanges(left: Ranges, right: Ranges): boolean {
  return left.length === right.length && left.every((range, index) => sameRange(range, right[index] as Range));
}

/** How many numbers they hold. */
export function rangesSize(ranges: Ranges): bigint {
  return ranges.reduce((sum, { begin, end }) => sum + (end - begin) + 1n, 0n);
}

/** Upstream's text: `[31000-31001, 31005-31005]`. */
export function printRanges(ranges: Ranges): string {
  return `[${ranges.map(({ begin, end }) => `${begin}-${end}`).join(', ')}]`;
}

function sameRange(left: Range, right: Range): boolean {
  return left.begin === right.begin && left.end === right.end;
}

function isNormal(ranges: readonly Range[]): boolean {
  let floor = -2n;
  for (const { begin, end } of ranges) {
    if (begin > end || begin <= floor + 1n) return false;
    floor = end;
  }
  return true;
}

/** Merges sorted ranges that overlap or touch. */
function merge(sorted: readonly Range[]): Ranges {
  const result: Range[] = [];
  for (const range of sorted) {
    const last = result.at(-1);
    if (last === undefined || range.begin > last.end + 1n) result.push(range);
    else if (range.end > last.end) result[result.length - 1] = { begin: last.begin, end: range.end };
  }
  return result;
}
