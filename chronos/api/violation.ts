/** Something wrong with a request: where, and what is allowed there. */
export interface Violation {
  /** Path of the field, `constraints[0][1]`; empty for the whole body. */
  readonly path: string;
  readonly message: string;
  /** 422 when the request is well-formed and only too large; 400 otherwise. */
  readonly status: 400 | 422;
}

/** Most violations that an answer lists. */
export const VIOLATIONS_MAX = 100;

/** All violations in one line, up to {@link VIOLATIONS_MAX}. */
export function describeViolations(violations: readonly Violation[]): string {
  const told = violations.slice(0, VIOLATIONS_MAX);
  const rest = violations.length - told.length;
  const texts = told.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return [...texts, ...(rest === 0 ? [] : [`${rest} more`])].join('; ');
}

/** The status of a refusal: 422 only when size is all that is wrong. */
export function statusOf(violations: readonly Violation[]): 400 | 422 {
  return violations.every(({ status }) => status === 422) ? 422 : 400;
}

/** `["constraints", 0, 1]` as `constraints[0][1]`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}
