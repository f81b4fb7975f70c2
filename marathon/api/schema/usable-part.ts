import type { z } from 'zod';
import type { Violation } from '../../model/violation.ts';
import { pathText } from './issues.ts';

/** What is left of a body without its broken fields. */
export interface UsablePart<T> {
  readonly value: T;
  /** Paths of what was taken out. */
  readonly cuts: ReadonlySet<string>;
  /** The same, and everything around it. */
  readonly touched: ReadonlySet<string>;
}

/** Required fields lie at most so deep below what can be absent. */
const PASSES_MAX = 5;

/**
 * Takes out of a body what a schema complains about, so that rules about the meaning can judge the rest.
 *
 * @param body is changed.
 * @returns undefined when nothing is left that the schema takes.
 */
export function usablePart<Schema extends z.ZodType>(
  body: unknown,
  issues: readonly z.core.$ZodIssue[],
  schema: Schema,
): UsablePart<z.output<Schema>> | undefined {
  const cuts = new Set<string>();
  const touched = new Set<string>();
  let broken = issues;
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    for (const { path, instead } of broken.flatMap(brokenAt)) {
      // What is still wrong without the field is so because of it: what is around it goes too.
      const end = path.length - pass;
      if (end < 1) return undefined;
      cut(body, path.slice(0, end), pass === 0 ? instead : {});
      cuts.add(pathText(path.slice(0, end)));
      for (let length = end; length > 0; length--) touched.add(pathText(path.slice(0, length)));
    }
    const result = schema.safeParse(body);
    if (result.success) return { value: result.data, cuts, touched };
    broken = result.error.issues;
  }
  return undefined;
}

/** The violations that do not come of what was taken out. */
export function independentOf({ cuts, touched }: UsablePart<unknown>, violations: readonly Violation[]): Violation[] {
  const isGone = (path: string): boolean => cuts.has(path) || placesAround(path).some((place) => cuts.has(place));
  return violations.filter(
    ({ path, looksAt = [path] }) => !isGone(path) && !looksAt.some((field) => touched.has(field) || isGone(field)),
  );
}

/** `(0)/fetch(1)/uri`: `(0)`, `(0)/fetch`, `(0)/fetch(1)`. */
function placesAround(path: string): string[] {
  return Array.from(path.matchAll(/[/(]/g), ({ index }) => path.slice(0, index)).filter((place) => place !== '');
}

interface BrokenField {
  readonly path: readonly PropertyKey[];
  /** What can stand in its place in an array, where the others keep their indices. */
  readonly instead: unknown;
}

function brokenAt(issue: z.core.$ZodIssue): BrokenField[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: [...issue.path, key], instead: {} }));
  const type = issue.code === 'invalid_type' ? issue.expected : 'origin' in issue ? issue.origin : 'string';
  return [{ path: issue.path, instead: STAND_INS.get(type) ?? {} }];
}

const STAND_INS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['string', 'x'],
  ['number', 0],
  ['int', 0],
  ['array', []],
]);

function cut(body: unknown, path: readonly PropertyKey[], instead: unknown): void {
  let value = body;
  for (const part of path.slice(0, -1)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  const last = path.at(-1);
  if (typeof value !== 'object' || value === null || last === undefined || !Object.hasOwn(value, last)) return;
  if (Array.isArray(value)) value[Number(last)] = instead;
  else delete (value as Record<PropertyKey, unknown>)[last];
}
