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

/** Fields that a rule about another field also looks at; `''` are the rules about an app as a whole. */
const LOOKS_AT: ReadonlyMap<string, readonly string[]> = new Map([
  ['', ['cmd', 'args', 'labels', 'ports', 'portDefinitions']],
  ['healthChecks', ['ports', 'portDefinitions']],
  ['check', ['ports', 'portDefinitions']],
  ['readinessChecks', ['ports', 'portDefinitions']],
  ['acceptedResourceRoles', ['role']],
]);

/** The app or group of a path, its field there, and the index of the element. */
const PATH = /^(\(\d+\)|(?:\/groups\(\d+\))*(?:\/apps\(\d+\))?)(?:\/(\w+)(\(\d+\))?)?/;

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
    for (const path of broken.flatMap(pathsOf)) {
      // What is still wrong without the field is so because of it: what is around it goes too.
      const end = path.length - pass;
      if (end < 1) return undefined;
      cut(body, path.slice(0, end));
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
export function independentOf(part: UsablePart<unknown>, violations: readonly Violation[]): Violation[] {
  return violations.filter(({ path }) => {
    const [, owner = '', field = '', index = ''] = PATH.exec(path) ?? [];
    if (isWithin(owner, part.cuts)) return false;
    if (field !== '' && (part.touched.has(`${owner}/${field}${index}`) || part.cuts.has(`${owner}/${field}`)))
      return false;
    return (LOOKS_AT.get(field) ?? []).every((other) => !part.touched.has(`${owner}/${other}`));
  });
}

function isWithin(owner: string, cuts: ReadonlySet<string>): boolean {
  return [...owner.matchAll(/\)/g)].some(({ index }) => cuts.has(owner.slice(0, index + 1)));
}

function pathsOf(issue: z.core.$ZodIssue): (readonly PropertyKey[])[] {
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
}

function cut(body: unknown, path: readonly PropertyKey[]): void {
  let value = body;
  for (const part of path.slice(0, -1)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  const last = path.at(-1);
  if (typeof value !== 'object' || value === null || last === undefined || !Object.hasOwn(value, last)) return;
  // The others keep their indices.
  if (Array.isArray(value)) value[Number(last)] = {};
  else delete (value as Record<PropertyKey, unknown>)[last];
}
