import { z } from 'zod';
import type { JobSearch } from '../core/views.ts';
import { pathText, type Violation } from './violation.ts';

/** A value, or what is wrong with it. */
export type Read<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly violations: readonly Violation[] };

const INT_MAX = 2 ** 31 - 1;

const statusCodeSchema = z.object({
  statusCode: z.number({ error: 'must be an integer: 0 for success, anything else for failure' }).int({
    error: 'must be an integer: 0 for success, anything else for failure',
  }),
});

const elementsSchema = z.object({
  numAdditionalElementsProcessed: z
    .number({ error: 'must be an integer of at least 0' })
    .int({ error: 'must be an integer of at least 0' })
    .min(0, { error: 'must be an integer of at least 0' }),
});

/** Body of PUT /task/ID. */
export function readStatusCode(body: unknown): Read<number> {
  const parsed = read(statusCodeSchema, body);
  return parsed.ok ? { ok: true, value: parsed.value.statusCode } : parsed;
}

/** Body of POST /job/NAME/task/ID/progress. */
export function readElements(body: unknown): Read<number> {
  const parsed = read(elementsSchema, body);
  return parsed.ok ? { ok: true, value: parsed.value.numAdditionalElementsProcessed } : parsed;
}

const count = (fallback: number) =>
  z
    .string({ error: 'must be given once' })
    .regex(/^\d{1,10}$/, { error: `must be an integer from 0 to ${INT_MAX}` })
    .transform((text) => Math.min(Number(text), INT_MAX))
    .default(fallback);

const part = z.string({ error: 'must be given once' }).default('');

const searchSchema = z.object({ name: part, command: part, any: part, limit: count(10), offset: count(0) });

/** Query of GET /jobs/search. */
export function readSearch(query: unknown): Read<JobSearch> {
  return read(searchSchema, query);
}

function read<Schema extends z.ZodType>(schema: Schema, value: unknown): Read<z.output<Schema>> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const violations = parsed.error.issues.map((issue): Violation => {
    const message = issue.path.length === 0 ? 'the body must be a JSON object' : issue.message;
    return { path: pathText(issue.path), message, status: 400 };
  });
  return { ok: false, violations };
}
