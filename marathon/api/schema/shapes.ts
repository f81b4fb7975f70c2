import { z } from 'zod';
import { didYouMean } from '../../../sdk/daemon/nearest.ts';
import { PATHS_MAX } from '../../model/violation.ts';

/** Building blocks of the request schemas. Messages are what a person reads; `issues.ts` adds the codes of upstream. */

const INT32_MAX = 2 ** 31 - 1;

/** Longest interval or timeout in seconds: about 23 days, what timers take. */
export const SECONDS_MAX = 2_000_000;

/**
 * An object that takes these fields and no other; an unknown one is named with the nearest known.
 *
 * Differs: upstream ignores unknown fields, and with them every misspelled one.
 */
export function strict<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const names = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      // One line for each key: `issues.ts` reports them apart, and no more than so many.
      const keys = issue.keys.slice(0, PATHS_MAX);
      return keys.map((key) => `unknown field.${didYouMean(key, names)}`).join('\n');
    },
  });
}

/** An integer of 32 bits, not below `min`. */
export function int(min = 0, max = INT32_MAX): z.ZodNumber {
  return z.int().min(min).max(max);
}

/** A finite number, not below `min`. */
export function number(min = 0, max = Number.MAX_VALUE): z.ZodNumber {
  return z.number().min(min).max(max);
}

/** A port number; 0 lets Marathon choose. */
export function port(): z.ZodNumber {
  return int(0, 65_535);
}

/** One of some names in any case, as upstream reads them. */
export function oneOf<const Name extends string>(...names: readonly Name[]): z.ZodType<Name> {
  const byLowerCase = new Map(names.map((name) => [name.toLowerCase(), name]));
  return z.string().transform((text, context) => {
    const name = byLowerCase.get(text.toLowerCase());
    if (name !== undefined) return name;
    context.issues.push({ code: 'invalid_value', values: [...names], input: text });
    return z.NEVER;
  });
}

/** A field of upstream that answers carry and requests may bring back: taken and dropped. */
export function dropped(): z.ZodType<undefined> {
  return z
    .unknown()
    .transform(() => undefined)
    .optional();
}

/** A field that is not supported yet: only its empty value is taken. */
export function unsupported(what: string, isEmpty: (value: unknown) => boolean = () => false): z.ZodType<undefined> {
  return z
    .unknown()
    .refine(isEmpty, { error: `${what}: not supported yet` })
    .transform(() => undefined)
    .optional();
}

/** True for `{}` and `[]`. */
export function isEmptyCollection(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Names of ports, as upstream's LegacyName. */
export const portName = z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);

/** Addresses and paths of upstream's RAML. */
export const shortText = z.string().min(1).max(1024);

/** Labels: any names, texts as values. */
export const labels = z.record(z.string(), z.string());
