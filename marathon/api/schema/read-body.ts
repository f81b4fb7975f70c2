import { z } from 'zod';
import { describeJsonProblems, parseJsonBody } from '../../../sdk/daemon/json-diagnosis.ts';
import { ApiRefusal, invalid } from '../../core/api/refusal.ts';
import type { AppInput, GroupInput } from '../../model/input.ts';
import { PATHS_MAX, type Violation, violationDetails } from '../../model/violation.ts';
import { appSchema } from './app-schema.ts';
import { groupPatchSchema, groupSchema, taskIdsSchema } from './group-schema.ts';
import { issueViolations, pathText } from './issues.ts';
import { independentOf, usablePart } from './usable-part.ts';

/** What the rules about the meaning say of an input; asked only when the shape is wrong, about what is left without that. */
export type Judge<Input> = (input: Input) => Promise<readonly Violation[]>;

/** Reads a body. @throws ApiRefusal */
export type BodyReader<Input> = (body: unknown, judge: Judge<Input>) => Promise<Input>;

/** The body of a request about one app. */
export const readAppBody: BodyReader<AppInput> = (body, judge) => readJudged(body, appSchema, judge);

/** The body of a request about many apps. */
export const readAppsBody: BodyReader<AppInput[]> = (body, judge) => readJudged(body, z.array(appSchema), judge);

/** The body of a request about a group. */
export const readGroupBody: BodyReader<GroupInput> = (body, judge) => readJudged(body, groupSchema, judge);

/** Checks the body of `PATCH /v2/groups/{id}`. @throws ApiRefusal */
export function readGroupPatchBody(body: unknown): void {
  readBody(body, groupPatchSchema);
}

/** Task ids to kill. */
export const readTaskIdsBody: BodyReader<{ readonly ids: readonly string[] }> = (body, judge) =>
  readJudged(body, taskIdsSchema, judge);

/**
 * Bytes -> JSON -> checked value. null is the same as absent.
 *
 * @throws ApiRefusal 400 when it is not JSON, 422 with all violations when it is not of the schema.
 */
function readBody<Schema extends z.ZodType>(body: unknown, schema: Schema): z.output<Schema> {
  const { data, violations } = check(body, schema);
  if (violations.length > 0) throw invalid(violations);
  return data as z.output<Schema>;
}

/** As `readBody`; a 422 also tells what is wrong with the meaning of the fields whose shape is right. */
async function readJudged<Input>(body: unknown, schema: z.ZodType, judge: Judge<Input>): Promise<Input> {
  const { value, data, issues, violations } = check(body, schema);
  if (violations.length === 0) return data as Input;
  const isLong = violationDetails(violations).length >= PATHS_MAX;
  const part = isLong ? undefined : usablePart(value, issues, schema);
  if (part === undefined) throw invalid(violations);
  throw invalid([...violations, ...independentOf(part, await judge(withoutUndefined(part.value) as Input))]);
}

interface CheckedBody {
  readonly value: unknown;
  /** What the schema makes of the value. */
  readonly data: unknown;
  readonly issues: readonly z.core.$ZodIssue[];
  readonly violations: readonly Violation[];
}

function check(body: unknown, schema: z.ZodType): CheckedBody {
  const bytes = body instanceof Uint8Array ? body : new Uint8Array();
  const parsed = parseJsonBody(bytes);
  if (!parsed.ok) throw new ApiRefusal(400, 'Invalid JSON', { details: describeJsonProblems(parsed.problems) });
  const violations: Violation[] = [];
  const value = withoutNulls(parsed.value, [], violations);
  const { data, error } = schema.safeParse(value);
  const issues = error?.issues ?? [];
  return {
    value,
    data: withoutUndefined(data),
    issues,
    violations: [...violations, ...issueViolations(issues, value)],
  };
}

/** Depth is bounded by `parseJsonBody`. */
function withoutNulls(value: unknown, path: readonly PropertyKey[], violations: Violation[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element, index) => withoutNulls(element, [...path, index], violations));
  const result: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    // Assigned, it would set the prototype; as a name it has no use.
    if (key === '__proto__') violations.push({ path: pathText([...path, key]), error: 'this name is not allowed' });
    else if (inner !== null) result[key] = withoutNulls(inner, [...path, key], violations);
  }
  return result;
}

/** Drops the keys of fields that were taken and dropped. */
function withoutUndefined(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutUndefined);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key, withoutUndefined(inner)]),
  );
}
