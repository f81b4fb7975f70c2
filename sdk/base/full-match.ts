import { RE2JS } from 're2js';

/** Longest expression in characters, and most instructions of a compiled one: with both, a match takes milliseconds at worst. */
const EXPRESSION_LENGTH_MAX = 4_096;
const PROGRAM_SIZE_MAX = 10_000;

/**
 * Matches texts against regular expressions that users gave. Time is linear in expression and text, so none can stall a daemon; each
 * expression is compiled once, and each text looked at once. Keep one for a bounded piece of work: it remembers all that it saw.
 *
 * Syntax is RE2's: that of Java and JavaScript without looking around, back references and possessive quantifiers.
 */
export class FullMatcher {
  readonly #compiled = new Map<string, RE2JS | undefined>();
  readonly #results = new Map<string, Map<string, boolean>>();

  /** Whether `expression` matches the whole of `text`; one that is no expression matches nothing. */
  matches(expression: string, text: string): boolean {
    let results = this.#results.get(expression);
    if (results === undefined) {
      results = new Map();
      this.#results.set(expression, results);
      this.#compiled.set(expression, compileOrNothing(expression));
    }
    let result = results.get(text);
    if (result === undefined) {
      result = this.#compiled.get(expression)?.matches(text) ?? false;
      results.set(text, result);
    }
    return result;
  }
}

/** Why {@link FullMatcher} cannot use an expression, to be put behind its name; undefined when it can. */
export function expressionProblem(expression: string): string | undefined {
  try {
    compile(expression);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function compileOrNothing(expression: string): RE2JS | undefined {
  try {
    return compile(expression);
  } catch {
    return undefined;
  }
}

function compile(expression: string): RE2JS {
  if (expression.length > EXPRESSION_LENGTH_MAX) {
    throw new Error(`it has ${expression.length} characters, allowed are ${EXPRESSION_LENGTH_MAX}`);
  }
  const compiled = RE2JS.compile(expression);
  if (compiled.programSize() > PROGRAM_SIZE_MAX) {
    throw new Error(`its repetitions take ${compiled.programSize()} instructions, allowed are ${PROGRAM_SIZE_MAX}`);
  }
  return compiled;
}
