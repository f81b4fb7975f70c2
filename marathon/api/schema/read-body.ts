import { z } from 'zod';
import { describeJsonProblems, parseJsonBody } from '../../../sdk/daemon/json-diagnosis.ts';
import { ApiRefusal } from '../../core/api/refusal.ts';
import type { AppInput, GroupInput } from '../../model/input.ts';
import { type Violation, violationDetails } from '../../model/violation.ts';
import { appSchema } from './app-schema.ts';
import { groupPatchSchema, groupSchema, taskIdsSchema } from './group-schema.ts';
import { issueViolations, pathText } from './issues.ts';
import { VIOLATIONS_MAX } from './shapes.ts';
import { independentOf, usablePart } from './usable-part.ts';

/** What the rules about the meaning say of an input; asked only when the shape is wrong, about what is left without that. */
type Judge<Input> = (input: Input) => Promise<readonly Violation[]>;

/** The body of a request about one app. @throws ApiRefusal */
export async function readAppBody(body: unknown, judge: Judge<AppInput>): Promise<AppInput> {
  return await readJudged(body, appSchema, judge);
}

/** The body of a request about many apps. @throws ApiRefusal */
export async function readAppsBody(body: unknown, judge: Judge<AppInput[]>): Promise<AppInput[]> {
  return await readJudged(body, z.array(appSchema), judge);
}

/** The body of a request about a group. @throws ApiRefusal */
export async function readGroupBody(body: unknown, judge: Judge<GroupInput>): Promise<GroupInput> {
  return await readJudged(body, groupSchema, judge);
}

/** Checks the body of `PATCH /v2/groups/{id}`. @throws ApiRefusal */
export function readGroupPatchBody(body: unknown): void {
  readBody(body, groupPatchSchema);
}

/** Task ids to kill. @throws ApiRefusal */
export function readTaskIdsBody(body: unknown): readonly string[] {
  return readBody(body, taskIdsSchema).ids;
}

/**
 * Bytes -> JSON -> checked value. null is the same as absent.
 *
 * @throws ApiRefusal 400 when it is not JSON, 422 with all violations when it is not of the schema.
 */
function readBody<Schema extends z.ZodType>(body: unknown, schema: Schema): z.output<Schema> {
  const value = jsonOf(body);
  const result = schema.safeParse(value);
  if (result.success) return withoutUndefined(result.data) as z.output<Schema>;
  throw refused(issueViolations(result.error.issues, value));
}

/** As `readBody`; a 422 also tells what is wrong with the meaning of the fields whose shape is right. */
async function readJudged<Input>(body: unknown, schema: z.ZodType, judge: Judge<Input>): Promise<Input> {
  const value = jsonOf(body);
  const result = schema.safeParse(value);
  if (result.success) return withoutUndefined(result.data) as Input;
  const { issues } = result.error;
  const violations = issueViolations(issues, value);
  if (violations.length >= VIOLATIONS_MAX) throw refused(violations);
  const part = usablePart(value, issues, schema);
  if (part === undefined) throw refused(violations);
  throw refused(violations, independentOf(part, await judge(withoutUndefined(part.value) as Input)));
}

function jsonOf(body: unknown): unknown {
  const bytes = body instanceof Uint8Array ? body : new Uint8Array();
  const parsed = parseJsonBody(bytes);
  if (!parsed.ok) throw new ApiRefusal(400, 'Invalid JSON', { details: describeJsonProblems(parsed.problems) });
  const violations: Violation[] = [];
  const value = withoutNulls(parsed.value, [], violations);
  if (violations.length > 0) throw refused(violations);
  return value;
}

/** In upstream's words a body with a wrong type is invalid JSON, whatever else is wrong with it. */
function refused(violations: readonly Violation[], others: readonly Violation[] = []): ApiRefusal {
  const details = violationDetails([...violations, ...others].slice(0, VIOLATIONS_MAX));
  const isMistyped = violations.some(({ error }) => error.startsWith('error.'));
  return new ApiRefusal(422, isMistyped ? 'Invalid JSON' : 'Object is not valid', { details });
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
