/** How deep a JSON text may nest; the limit of Mesos' own parser. */
export const maxJsonDepth = 200;

/**
 * A text that is not JSON; `message` says why. `line` and `column` count from 1, `near` is the rest of the line where
 * reading stopped (at most 200 characters), `trailing` tells that a whole value was read and more text follows it.
 */
export class JsonSyntaxError extends Error {
  readonly line: number;
  readonly column: number;
  readonly near: string;
  readonly trailing: boolean;

  constructor(message: string, line: number, column: number, near: string, trailing = false) {
    super(message);
    this.name = 'JsonSyntaxError';
    this.line = line;
    this.column = column;
    this.near = near;
    this.trailing = trailing;
  }
}

const longNumber = /[0-9]{16}/;
/** Longer ones stay numbers: they fit no field, and turning millions of digits into a bigint takes seconds. */
const integerSource = /^-?[0-9]{16,100}$/;
/** How much of the rest of the line an error repeats. */
const maxNearLength = 200;

/**
 * Parses JSON without losing integers: one beyond 2^53 comes back as a bigint (up to 100 digits), all other numbers
 * as numbers.
 * Throws JsonSyntaxError on bad syntax, on trailing text and beyond `maxJsonDepth` levels.
 */
export function parseJson(text: string): unknown {
  if (text.length > 2 * maxJsonDepth) checkDepth(text);
  try {
    return longNumber.test(text) ? JSON.parse(text, keepLongIntegers) : JSON.parse(text);
  } catch {
    throw explain(text);
  }
}

/** Prints a JSON value; bigints become plain numbers, as many digits as they have. */
export function printJson(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) =>
    typeof entry === 'bigint' ? rawJson(entry.toString()) : entry,
  );
}

/** A number exactly as written; TypeScript's library does not know JSON.rawJSON yet. */
function rawJson(text: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);
}

function keepLongIntegers(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && integerSource.test(source) ? BigInt(source) : value;
}

function checkDepth(text: string): void {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === 0x22) {
      i = endOfString(text, i);
    } else if (char === 0x7b || char === 0x5b) {
      depth++;
      if (depth > maxJsonDepth) throw errorAt(text, i + 1, `nesting beyond ${maxJsonDepth} levels`);
    } else if (char === 0x7d || char === 0x5d) {
      depth--;
    }
  }
}

/** Index of the quote that ends the string which starts at `start`, or the end of the text. */
function endOfString(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end === -1) return text.length;
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return end;
  }
}

function errorAt(text: string, at: number, cause: string, trailing = false): JsonSyntaxError {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const column = at - before.lastIndexOf('\n');
  const rest = text.slice(at, at + maxNearLength);
  const lineEnd = rest.indexOf('\n');
  // As Mesos prints it: control characters left out. Differs: Mesos repeats the whole rest of the line.
  const near = [...(lineEnd === -1 ? rest : rest.slice(0, lineEnd))].filter((char) => char >= ' ').join('');
  return new JsonSyntaxError(cause, line, column, near, trailing);
}

interface Cursor {
  readonly text: string;
  at: number;
}

/** Walks a text that JSON.parse refused and finds where and why. Depth is bounded already. */
function explain(text: string): JsonSyntaxError {
  const cursor: Cursor = { text, at: 0 };
  const cause = value(cursor);
  if (cause !== undefined) return errorAt(text, cursor.at, cause);
  skipSpace(cursor);
  return errorAt(text, cursor.at, 'text after the end of the value', true);
}

function skipSpace(cursor: Cursor): void {
  while (/[ \t\r\n]/.test(cursor.text.charAt(cursor.at))) cursor.at++;
}

function take(cursor: Cursor, char: string): boolean {
  skipSpace(cursor);
  if (cursor.text.charAt(cursor.at) !== char) return false;
  cursor.at++;
  return true;
}

/** Each of these moves the cursor on and returns the cause, or undefined when all is well. */
function value(cursor: Cursor): string | undefined {
  skipSpace(cursor);
  const rest = cursor.text.slice(cursor.at, cursor.at + 5);
  if (rest === '') return 'the text ends where a value was expected';
  if (take(cursor, '"')) return string(cursor);
  if (take(cursor, '[')) return array(cursor);
  if (take(cursor, '{')) return object(cursor);
  const word = ['true', 'false', 'null'].find((candidate) => rest.startsWith(candidate));
  if (word !== undefined) {
    cursor.at += word.length;
    return undefined;
  }
  return number(cursor);
}

function number(cursor: Cursor): string | undefined {
  const pattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text);
  if (found === null) return 'a value was expected here';
  cursor.at += found[0].length;
  return undefined;
}

function string(cursor: Cursor): string | undefined {
  for (; cursor.at < cursor.text.length; cursor.at++) {
    const char = cursor.text.charAt(cursor.at);
    if (char === '"') {
      cursor.at++;
      return undefined;
    }
    if (char === '\n' || char === '\r') return 'newline inside a string';
    if (char < ' ') return 'control character inside a string';
    if (char === '\\') {
      cursor.at++;
      if (!/^(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(cursor.text.slice(cursor.at, cursor.at + 5))) {
        return 'bad escape inside a string';
      }
    }
  }
  return 'the text ends inside a string';
}

function array(cursor: Cursor): string | undefined {
  if (take(cursor, ']')) return undefined;
  do {
    const cause = value(cursor);
    if (cause !== undefined) return cause;
  } while (take(cursor, ','));
  return take(cursor, ']') ? undefined : "',' or ']' was expected here";
}

function object(cursor: Cursor): string | undefined {
  if (take(cursor, '}')) return undefined;
  do {
    if (!take(cursor, '"')) return 'a key was expected here';
    const bad = string(cursor);
    if (bad !== undefined) return bad;
    if (!take(cursor, ':')) return "':' was expected here";
    const cause = value(cursor);
    if (cause !== undefined) return cause;
  } while (take(cursor, ','));
  return take(cursor, '}') ? undefined : "',' or '}' was expected here";
}
