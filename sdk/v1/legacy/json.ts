import { type MessageType, writeJson } from '../codec.ts';

/** Text that is written as it is: a wire message in its own mapping. */
export class RawJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What legacy answers are made of: numbers are doubles, bigints integers, undefined members absent. */
export type LegacyJson =
  | string
  | number
  | bigint
  | boolean
  | RawJson
  | readonly LegacyJson[]
  | { readonly [key: string]: LegacyJson | undefined };

/** A list whose items are made when they are written. */
export class LazyList {
  /** Each item in pieces of text. */
  readonly items: Iterable<Iterable<string>>;

  constructor(items: Iterable<Iterable<string>>) {
    this.items = items;
  }

  /** The items of `source`, each made when it is written. */
  static of<T>(source: Iterable<T>, view: (item: T) => LegacyJson): LazyList {
    return new LazyList(mapped(source, (item) => [writeLegacyJson(view(item))]));
  }

  /** The same for items that hold long lists themselves. */
  static ofAnswers<T>(source: Iterable<T>, view: (item: T) => LegacyAnswer): LazyList {
    return new LazyList(mapped(source, (item) => writeAnswer(view(item))));
  }
}

function* mapped<T, R>(source: Iterable<T>, view: (item: T) => R): Generator<R, void, void> {
  for (const item of source) yield view(item);
}

/** A whole answer, or a large part of one; its long lists are lazy. */
export interface LegacyAnswer {
  readonly [key: string]: LegacyJson | LazyList | undefined;
}

/** A wire message as part of a legacy answer. */
export function rawMessage<T>(type: MessageType<T>, message: T): RawJson {
  return new RawJson(writeJson(type, message));
}

/** Upstream's text: doubles always have a fraction (`8.0`). */
export function writeLegacyJson(value: LegacyJson): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return writeDouble(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof RawJson) return value.text;
  if (isList(value)) return `[${value.map(writeLegacyJson).join(',')}]`;
  let text = '';
  for (const key in value) {
    const member = value[key];
    if (member !== undefined) text += `${text === '' ? '' : ','}${writeKey(key)}:${writeLegacyJson(member)}`;
  }
  return `{${text}}`;
}

/** Writes an answer piece by piece, so that a big one can be made between other work: a piece is at most an item of a lazy list. */
export function* writeAnswer(answer: LegacyAnswer): Generator<string, void, void> {
  let separator = '{';
  for (const [key, member] of Object.entries(answer)) {
    if (member === undefined) continue;
    yield `${separator}${writeKey(key)}:`;
    separator = ',';
    if (member instanceof LazyList) yield* writeList(member);
    else yield writeLegacyJson(member);
  }
  yield separator === '{' ? '{}' : '}';
}

function* writeList({ items }: LazyList): Generator<string, void, void> {
  let separator = '[';
  for (const item of items) {
    yield separator;
    yield* item;
    separator = ',';
  }
  yield separator === '[' ? '[]' : ']';
}

/** Most keys need no escape, and finding that out is quicker than escaping. */
function writeKey(key: string): string {
  return /^[\w./-]*$/.test(key) ? `"${key}"` : JSON.stringify(key);
}

function isList(value: object): value is readonly LegacyJson[] {
  return Array.isArray(value);
}

function writeDouble(value: number): string {
  if (!Number.isFinite(value)) return '0.0';
  const text = String(value);
  return Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text;
}
