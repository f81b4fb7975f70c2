import { type MessageType, writeJson } from '../../../sdk/v1/codec.ts';

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
  readonly items: Iterable<LegacyJson>;

  constructor(items: Iterable<LegacyJson>) {
    this.items = items;
  }

  /** The items of `source`, each made when it is written. */
  static of<T>(source: Iterable<T>, view: (item: T) => LegacyJson): LazyList {
    return new LazyList(mapped(source, view));
  }
}

function* mapped<T>(source: Iterable<T>, view: (item: T) => LegacyJson): Generator<LegacyJson, void, void> {
  for (const item of source) yield view(item);
}

/** A whole answer; its long lists are lazy. */
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
    if (member !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${writeLegacyJson(member)}`;
  }
  return `{${text}}`;
}

/** Writes an answer piece by piece, so that a big one can be made between other work: a piece is an item of a lazy list. */
export function* writeAnswer(answer: LegacyAnswer): Generator<string, void, void> {
  let separator = '{';
  for (const [key, member] of Object.entries(answer)) {
    if (member === undefined) continue;
    yield `${separator}${JSON.stringify(key)}:`;
    separator = ',';
    if (member instanceof LazyList) yield* writeList(member);
    else yield writeLegacyJson(member);
  }
  yield separator === '{' ? '{}' : '}';
}

function* writeList({ items }: LazyList): Generator<string, void, void> {
  let separator = '[';
  for (const item of items) {
    yield separator + writeLegacyJson(item);
    separator = ',';
  }
  yield separator === '[' ? '[]' : ']';
}

function isList(value: object): value is readonly LegacyJson[] {
  return Array.isArray(value);
}

function writeDouble(value: number): string {
  if (!Number.isFinite(value)) return '0.0';
  const text = String(value);
  return Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text;
}
