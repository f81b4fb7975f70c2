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

/** Groups violations by path. */
export function violationDetails(violations: readonly Violation[]): ViolationDetail[] {
  const byPath = new Map<string, string[]>();
  for (const { path, error } of violations) {
    const errors = byPath.get(path);
    if (errors === undefined) byPath.set(path, [error]);
    else if (!errors.includes(error)) errors.push(error);
  }
  return [...byPath].map(([path, errors]) => ({ path, errors }));
}

/** The same violations seen from further out: `prefix` is put before each path. */
export function under(prefix: string, violations: readonly Violation[]): Violation[] {
  return violations.map(({ path, error }) => ({ path: path === '/' && prefix !== '' ? prefix : prefix + path, error }));
}
