import { encodeBase64 } from './base64.ts';
import { CodecError, withPath } from './codec-error.ts';
import type { FieldFact } from './descriptor.ts';
import { enumOf, fieldsOf } from './schema.ts';

type Message = Readonly<Record<string, unknown>>;
type ValueText = (value: never, emptyArrays: boolean) => string;

interface FieldWriter {
  readonly name: string;
  readonly first: string;
  readonly next: string;
  readonly text: (value: unknown, emptyArrays: boolean) => string;
  readonly required: boolean;
  /** Text for an unset field, where Mesos prints its declared default. */
  readonly unset: string | undefined;
}

/** Writers by message name; a recursive message finds its own entry here before its fields are compiled. */
const writers = new Map<string, (message: Message, emptyArrays: boolean) => string>();

/** A double as Mesos prints it: shortest digits that read back equal, always with a fraction or an exponent. */
export function doubleText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return Object.is(value, -0) ? '-0.0' : `${value}.0`;
  // Differs: the C++ master aborts when it must print one of these; we print the strings that its parser accepts.
  if (!Number.isFinite(value)) return `"${value}"`;
  return String(value).replace('e+', 'e');
}

function bad(what: string, value: unknown): CodecError {
  return new CodecError('write', `Expecting ${what}, not ${typeof value} '${String(value)}'`);
}

function integerText(value: number): string {
  if (!Number.isInteger(value)) throw bad('an integer', value);
  return String(value);
}

function longText(value: bigint): string {
  if (typeof value !== 'bigint') throw bad('a bigint', value);
  return value.toString();
}

function bytesText(value: Uint8Array): string {
  return `"${encodeBase64(value)}"`;
}

const scalarTexts: Readonly<Record<string, ValueText>> = {
  bool: (value: boolean) => (value ? 'true' : 'false'),
  bytes: bytesText,
  double: doubleText,
  int32: integerText,
  int64: longText,
  string: (value: string) => JSON.stringify(value),
  uint32: integerText,
  uint64: longText,
};

function enumText(type: string): (value: string) => string {
  const { numbers } = enumOf(type);
  return (value) => {
    if (!numbers.has(value)) throw bad(`a value of ${type}`, value);
    return `"${value}"`;
  };
}

function valueText(field: FieldFact): ValueText {
  if (field.kind === 'message') return jsonWriter(field.type) as ValueText;
  return field.kind === 'enum' ? enumText(field.type) : (scalarTexts[field.type] as ValueText);
}

function repeatedText(text: (value: unknown, emptyArrays: boolean) => string) {
  return (values: readonly unknown[], emptyArrays: boolean): string => {
    let out = '[';
    let i = 0;
    try {
      for (; i < values.length; i++) out += (i === 0 ? '' : ',') + text(values[i], emptyArrays);
    } catch (error) {
      throw withPath(error, `[${i}]`);
    }
    return `${out}]`;
  };
}

function mapText(text: (value: unknown, emptyArrays: boolean) => string) {
  return (entries: Readonly<Record<string, unknown>>, emptyArrays: boolean): string => {
    let out = '';
    for (const [key, value] of Object.entries(entries)) {
      if (value === undefined) continue;
      try {
        out += `${out === '' ? '' : ','}${JSON.stringify(key)}:${text(value, emptyArrays)}`;
      } catch (error) {
        throw withPath(error, `["${key}"]`);
      }
    }
    return `{${out}}`;
  };
}

function fieldWriter(field: FieldFact): FieldWriter {
  const one = valueText(field) as (value: unknown, emptyArrays: boolean) => string;
  const text = field.rule === 'repeated' ? repeatedText(one) : field.rule === 'map' ? mapText(one) : one;
  const prints = field.default !== undefined && field.rule === 'optional' && !field.deprecated;
  return {
    name: field.name,
    first: `"${field.name}":`,
    next: `,"${field.name}":`,
    text: text as FieldWriter['text'],
    required: field.rule === 'required',
    unset: prints ? one(field.default, false) : undefined,
  };
}

function isEmpty(value: unknown, field: FieldFact, emptyArrays: boolean): boolean {
  if (field.rule === 'repeated') return !emptyArrays && (value as readonly unknown[]).length === 0;
  return field.rule === 'map' && Object.keys(value as object).length === 0;
}

function compile(name: string): (message: Message, emptyArrays: boolean) => string {
  const facts = fieldsOf(name);
  let fields: readonly FieldWriter[] | undefined;
  return (message, emptyArrays) => {
    fields ??= facts.map(fieldWriter);
    let out = '';
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i] as FieldWriter;
      const value = message[field.name];
      let text: string;
      if (value === undefined) {
        if (field.required) throw new CodecError('write', `Missing required fields: ${field.name}`, field.name);
        if (field.unset === undefined) continue;
        text = field.unset;
      } else {
        if (isEmpty(value, facts[i] as FieldFact, emptyArrays)) continue;
        try {
          text = field.text(value, emptyArrays);
        } catch (error) {
          throw withPath(error, field.name);
        }
      }
      out += (out === '' ? field.first : field.next) + text;
    }
    return `{${out}}`;
  };
}

/** The compiled writer of a message: in-memory form -> JSON text. */
export function jsonWriter(name: string): (message: Message, emptyArrays: boolean) => string {
  let writer = writers.get(name);
  if (writer === undefined) {
    writer = compile(name);
    writers.set(name, writer);
  }
  return writer;
}
