/** Where and why a text is not JSON. */
export interface JsonProblem {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in characters of the line. */
  readonly column: number;
  /** What is wrong there, for a person: `newline inside a string ...`, `a key was expected here ...`. */
  readonly cause: string;
}

/** A parsed body, or the first problem of it with all that were found. */
export type JsonBody =
  | { readonly ok: true; readonly value: unknown }
  | ({ readonly ok: false; readonly problems: readonly JsonProblem[] } & JsonProblem);

/** Levels of objects and arrays inside each other that a body may have. */
export const JSON_DEPTH_MAX = 100;

const PROBLEMS_MAX = 5;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_$][\w$]*/y;
const ODD_NUMBER = /[+\-.\d][\w+\-.]*/y;

/**
 * Parses the body of a request strictly as JSON (RFC 8259, a byte order mark is skipped).
 *
 * A body that is not JSON is scanned again to say what a person must change and where: raw newlines in strings, missing
 * keys, commas and quotes. Bodies nested deeper than {@link JSON_DEPTH_MAX} are refused. Never throws.
 */
export function parseJsonBody(body: string | Uint8Array): JsonBody {
  let text: string;
  try {
    text = typeof body === 'string' ? body : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return failed([{ line: 1, column: 1, cause: 'the body is not UTF-8 text' }]);
  }
  if (text.startsWith('\ufeff')) text = text.slice(1);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return failed(new Scanner(text).scan());
  }
  if (isTooDeep(value)) return failed(new Scanner(text).scan());
  return { ok: true, value };
}

/** All problems of a body in one line: `line 3, column 14: newline inside a string ...; line 4, ...`. */
export function describeJsonProblems(problems: readonly JsonProblem[]): string {
  return problems.map(({ line, column, cause }) => `line ${line}, column ${column}: ${cause}`).join('; ');
}

function failed(problems: readonly JsonProblem[]): JsonBody {
  const first = problems[0] ?? { line: 1, column: 1, cause: 'this is not JSON' };
  return { ok: false, ...first, problems: problems.length === 0 ? [first] : problems };
}

function isTooDeep(value: unknown): boolean {
  const stack: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 1 }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    if (typeof top.value !== 'object' || top.value === null) continue;
    if (top.depth > JSON_DEPTH_MAX) return true;
    for (const inner of Object.values(top.value))
      if (typeof inner === 'object' && inner !== null) stack.push({ value: inner, depth: top.depth + 1 });
  }
  return false;
}

/** Scanning cannot go on. */
class Stop extends Error {}

/** A recursive descent over JSON that remembers problems; it goes on after those that leave the structure clear. */
class Scanner {
  readonly #text: string;
  readonly #problems: { at: number; cause: string }[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): JsonProblem[] {
    try {
      this.#space();
      if (this.#at === this.#text.length) this.#stop(0, 'the body is empty');
      this.#value(1);
      this.#space();
      if (this.#at < this.#text.length) this.#stop(this.#at, 'the end was expected here: the value before is complete');
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
    }
    return this.#problems
      .sort((left, right) => left.at - right.at)
      .slice(0, PROBLEMS_MAX)
      .map(({ at, cause }) => ({ ...this.#position(at), cause }));
  }

  #value(depth: number): void {
    this.#space();
    const next = this.#text[this.#at];
    if (next === '{' || next === '[') {
      if (depth > JSON_DEPTH_MAX) this.#stop(this.#at, `nested deeper than ${JSON_DEPTH_MAX} levels`);
      this.#at++;
      if (next === '{') this.#members(depth);
      else this.#elements(depth);
    } else if (next === '"') this.#string();
    else if (next !== undefined && /[+\-.\d]/.test(next)) this.#number();
    else this.#word();
  }

  #members(depth: number): void {
    this.#space();
    if (this.#take('}')) return;
    do {
      this.#space();
      this.#member(depth);
      this.#space();
    } while (this.#continues('}'));
  }

  /** `"key": value`; a lone string is a value whose key is missing. */
  #member(depth: number): void {
    const start = this.#at;
    const next = this.#text[start];
    if (next !== '"') {
      const why = next === '}' ? ': the comma before it has nothing after it' : quoted(next);
      this.#stop(start, `a key was expected here${why}`);
    }
    this.#string();
    this.#space();
    if (this.#take(':')) {
      this.#value(depth + 1);
      return;
    }
    const after = this.#text[this.#at];
    if (after !== ',' && after !== '}') this.#stop(this.#at, `':' was expected here${quoted(after)}, after the key`);
    this.#problem(start, `a key was expected here: this string is followed by '${after}', a key by ':'`);
  }

  #elements(depth: number): void {
    this.#space();
    if (this.#take(']')) return;
    do {
      this.#value(depth + 1);
      this.#space();
    } while (this.#continues(']'));
  }

  /** True after a comma, false after `end`. */
  #continues(end: '}' | ']'): boolean {
    if (this.#take(end)) return false;
    if (this.#take(',')) return true;
    const next = this.#text[this.#at];
    if (next === undefined) this.#stop(this.#at, `the text ends here, ',' or '${end}' was expected`);
    this.#stop(this.#at, `',' or '${end}' was expected here${quoted(next)}`);
  }

  #string(): void {
    const start = this.#at++;
    let isReported = false;
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (Number.isNaN(code)) this.#stop(start, 'the string that begins here has no end');
      if (code === 0x22) break;
      if (code === 0x5c) this.#escape();
      else if (code < 0x20) {
        if (!isReported) this.#problem(this.#at, controlCause(code));
        isReported = true;
        this.#at++;
      } else this.#at++;
    }
    this.#at++;
  }

  #escape(): void {
    const next = this.#text[this.#at + 1] ?? '';
    if (next === 'u') {
      if (!/^[0-9a-fA-F]{4}$/.test(this.#text.slice(this.#at + 2, this.#at + 6)))
        this.#problem(this.#at, '\\u must be followed by four hexadecimal digits');
      this.#at += 2;
    } else {
      if (!'"\\/bfnrt'.includes(next) || next === '')
        this.#problem(this.#at, `'\\${printable(next)}' is no escape; a backslash itself is written \\\\`);
      this.#at += 2;
    }
  }

  #number(): void {
    const start = this.#at;
    ODD_NUMBER.lastIndex = start;
    const word = ODD_NUMBER.exec(this.#text)?.[0] ?? '';
    NUMBER.lastIndex = start;
    if (NUMBER.exec(this.#text)?.[0] !== word) this.#problem(start, `'${word.slice(0, 40)}' is not a number of JSON`);
    this.#at += Math.max(1, word.length);
  }

  #word(): void {
    const start = this.#at;
    WORD.lastIndex = start;
    const word = WORD.exec(this.#text)?.[0];
    if (word === 'true' || word === 'false' || word === 'null') {
      this.#at += word.length;
      return;
    }
    const next = this.#text[start];
    if (next === undefined) this.#stop(start, 'the text ends here, a value was expected');
    if (next === "'") this.#stop(start, "strings are written in double quotes, not in '");
    if (next === '/') this.#stop(start, 'JSON has no comments');
    if (word === undefined) this.#stop(start, `a value was expected here${quoted(next)}`);
    this.#problem(
      start,
      `'${word.slice(0, 40)}' is not a value of JSON: text is written in double quotes, truth as true or false`,
    );
    this.#at += word.length;
  }

  #space(): void {
    while (this.#at < this.#text.length && ' \t\n\r'.includes(this.#text[this.#at] as string)) this.#at++;
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #problem(at: number, cause: string): void {
    if (this.#problems.length >= 1000) throw new Stop();
    this.#problems.push({ at, cause });
  }

  #stop(at: number, cause: string): never {
    this.#problem(at, cause);
    throw new Stop();
  }

  #position(at: number): { line: number; column: number } {
    const before = this.#text.slice(0, at);
    const lines = before.split(/\r\n|\n|\r/);
    return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
  }
}

function controlCause(code: number): string {
  if (code === 0x0a || code === 0x0d) return 'newline inside a string: write it as \\n, or close the string before it';
  if (code === 0x09) return 'tab inside a string: write it as \\t';
  return `control character U+${code.toString(16).padStart(4, '0')} inside a string`;
}

function quoted(char: string | undefined): string {
  if (char === undefined) return ', the text ends';
  return `, not '${printable(char)}'`;
}

function printable(char: string): string {
  return /\p{Cc}/u.test(char) ? `U+${char.charCodeAt(0).toString(16).padStart(4, '0')}` : char;
}
