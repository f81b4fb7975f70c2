/** A rule: what is wrong, or undefined. */
export type Rule = () => string | undefined;

/** The first complaint of a list of rules, in their order. */
export function firstError(rules: readonly Rule[]): string | undefined {
  for (const rule of rules) {
    const error = rule();
    if (error !== undefined) return error;
  }
  return undefined;
}

/** `prefix` before a complaint, if there is one. */
export function prefixed(prefix: string, error: string | undefined): string | undefined {
  return error === undefined ? undefined : `${prefix}${error}`;
}

/** The first member that was there before. */
export function firstRepeated(list: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return list.find((member) => seen.size === seen.add(member).size);
}
