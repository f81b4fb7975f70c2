import type { z } from 'zod';
import type { Violation } from '../../model/violation.ts';

/** Violations of a schema, in the codes of play-json that marathon-ui and others know, each with a sentence beside it. */
export function issueViolations(issues: readonly z.core.$ZodIssue[], root: unknown): Violation[] {
  return issues.flatMap((issue) => {
    if (isSafeIntegerBound(issue)) return [];
    const path = pathText(issue.path);
    const value = valueAt(root, issue.path);
    if (issue.code === 'unrecognized_keys') {
      const sentences = issue.message.split('\n');
      return issue.keys.map((key, index) => ({
        path: pathText([...issue.path, key]),
        error: sentences[index] ?? 'unknown field.',
      }));
    }
    return errorsOf(issue, value).map((error) => ({ path, error }));
  });
}

/** zod's own bound of whole numbers: every one of ours has a closer bound, which is told. */
function isSafeIntegerBound(issue: z.core.$ZodIssue): boolean {
  if (issue.code === 'too_big') return issue.maximum === Number.MAX_SAFE_INTEGER;
  return issue.code === 'too_small' && issue.minimum === Number.MIN_SAFE_INTEGER;
}

/** `/apps(0)/id`; `/` for the whole. */
export function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `(${part})` : `/${String(part).slice(0, 100)}`)).join('');
  return text === '' ? '/' : text;
}

const TYPE_CODES: Readonly<Record<string, string>> = {
  string: 'error.expected.jsstring',
  number: 'error.expected.jsnumber',
  int: 'error.expected.int',
  boolean: 'error.expected.jsboolean',
  object: 'error.expected.jsobject',
  record: 'error.expected.jsobject',
  array: 'error.expected.jsarray',
};

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'an array',
};

function errorsOf(issue: z.core.$ZodIssue, value: unknown): string[] {
  switch (issue.code) {
    case 'invalid_type':
      if (value === undefined) return ['error.path.missing', 'must be given'];
      return [
        TYPE_CODES[issue.expected] ?? 'error.invalid',
        `must be ${TYPE_NAMES[issue.expected] ?? issue.expected}, not ${shown(value)}`,
      ];
    case 'too_small':
      return sizeErrors('min', issue.origin, issue.minimum, value);
    case 'too_big':
      return sizeErrors('max', issue.origin, issue.maximum, value);
    case 'invalid_format':
      return ['error.pattern', `must match ${'pattern' in issue ? String(issue.pattern) : issue.format}`];
    case 'invalid_value':
      return ['error.unknown.enum.literal', `must be one of ${issue.values.join(', ')}, not ${shown(value)}`];
    default:
      return [issue.message];
  }
}

function sizeErrors(bound: 'min' | 'max', origin: string, limit: number | bigint, value: unknown): string[] {
  const isNumber = origin === 'number' || origin === 'int';
  const word = bound === 'min' ? 'at least' : 'at most';
  if (isNumber) return [`error.${bound}`, `must be ${word} ${limit}, not ${shown(value)}`];
  return [`error.${bound}Length`, `must have ${word} ${limit} ${origin === 'string' ? 'characters' : 'elements'}`];
}

/** A value in a message: short, and never its content when it is large. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}
