/** One rule that a definition breaks. `path` is Marathon's: `/healthChecks(0)/path`, `/` for the whole. */
export interface Violation {
  readonly path: string;
  readonly error: string;
  /** Fields that the rule looks at; absent: it is about what stands at `path` alone. */
  readonly looksAt?: readonly string[] | undefined;
}

/** The form of violations in a 422: grouped by path, in the order of their first occurrence. */
export interface ViolationDetail {
  readonly path: string;
  readonly errors: readonly string[];
}

/** Most paths that an answer names. */
export const PATHS_MAX = 100;

/** Groups violations by path; of too many it names the first paths, and says so. */
export function violationDetails(violations: readonly Violation[]): ViolationDetail[] {
  const byPath = new Map<string, string[]>();
  for (const { path, error } of violations) {
    const errors = byPath.get(path);
    if (errors === undefined) byPath.set(path, [error]);
    else if (!errors.includes(error)) errors.push(error);
  }
  const details = Array.from(byPath, ([path, errors]) => ({ path, errors }));
  if (details.length <= PATHS_MAX) return details;
  const first = details.slice(0, PATHS_MAX - 1);
  return [...first, { path: '/', errors: [`${details.length - first.length} more paths are not listed`] }];
}

/** The same violations seen from further out: `prefix` is put before each path. */
export function under(prefix: string, violations: readonly Violation[]): Violation[] {
  const outer = (path: string): string => (path === '/' && prefix !== '' ? prefix : prefix + path);
  return violations.map(({ path, error, looksAt }) => ({ path: outer(path), error, looksAt: looksAt?.map(outer) }));
}
