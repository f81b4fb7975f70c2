/** One rule that a definition breaks. `path` is Marathon's: `/healthChecks(0)/path`, `/` for the whole. */
export interface Violation {
  readonly path: string;
  readonly error: string;
}

/** The form of violations in a 422: grouped by path, in the order of their first occurrence. */
export interface ViolationDetail {
  readonly path: string;
  readonly errors: readonly string[];
}

/** Most violations that an answer lists. */
export const VIOLATIONS_MAX = 100;

/** Groups violations by path; of too many it lists the first ones, and says so. */
export function violationDetails(violations: readonly Violation[]): ViolationDetail[] {
  const byPath = new Map<string, string[]>();
  for (const { path, error } of listed(violations)) {
    const errors = byPath.get(path);
    if (errors === undefined) byPath.set(path, [error]);
    else if (!errors.includes(error)) errors.push(error);
  }
  return [...byPath].map(([path, errors]) => ({ path, errors }));
}

function listed(violations: readonly Violation[]): readonly Violation[] {
  if (violations.length <= VIOLATIONS_MAX) return violations;
  const first = violations.slice(0, VIOLATIONS_MAX - 1);
  return [...first, { path: '/', error: `${violations.length - first.length} more are not listed` }];
}

/** The same violations seen from further out: `prefix` is put before each path. */
export function under(prefix: string, violations: readonly Violation[]): Violation[] {
  return violations.map(({ path, error }) => ({ path: path === '/' && prefix !== '' ? prefix : prefix + path, error }));
}
