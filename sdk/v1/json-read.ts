import { decodeBase64 } from './base64.ts';
import { CodecError, withPath } from './codec-error.ts';
import type { FieldFact } from './descriptor.ts';
import { JsonSyntaxError, maxJsonDepth, parseJson } from './json-text.ts';
import { missingFields, setField } from './message-shape.ts';
import { enumOf, fieldsOf } from './schema.ts';

type Json = Readonly<Record<string, unknown>>;
type Target = Record<string, unknown>;

/** Returns the in-memory value, or undefined for what counts as unset (null, an enum name that is not known). */
type ValueReader = (value: unknown, depth: number) => unknown;
type MessageReader = (json: Json, depth: number) => Target;
type FieldReader = (target: Target, value: unknown, depth: number) => void;

/** Readers by message name; a recursive message finds its own entry here before its fields are compiled. */
const readers = new Map<string, MessageReader>();

function convertError(text: string, path = ''): CodecError {
  return new CodecError('convert', text, path);
}

function jsonTypeName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'bigint' ? 'number' : typeof value;
}

/** Keeps an error from repeating megabytes of the request. */
function clip(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}...`;
}

function unexpected(value: unknown, field: FieldFact): CodecError {
  return convertError(`Not expecting a JSON ${jsonTypeName(value)} for field '${field.name}'`);
}

/** The text of Mesos' JSON parser for a string that should have held a number or boolean. */
function parseEmbedded(text: string, field: FieldFact, wanted: 'number' | 'boolean'): unknown {
  const prefix = `Failed to parse '${clip(text)}' as a JSON ${wanted} for field '${field.name}'`;
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    throw convertError(`${prefix}: ${syntaxText(error)}`);
  }
  if (jsonTypeName(value) !== wanted) throw convertError(`${prefix}: Unexpected JSON type parsed`);
  return value;
}

/** What Mesos says about a text that is not JSON. */
export function syntaxText(error: unknown): string {
  if (!(error instanceof JsonSyntaxError)) throw error;
  return error.trailing
    ? `Parsed JSON included non-whitespace trailing characters: ${error.near.trimEnd()}`
    : `syntax error at line ${error.line} near: ${error.near}`;
}

// Differs: the C++ conversion lets a number outside the type's range wrap around; we refuse it.
function outOfRange(value: unknown, field: FieldFact): CodecError {
  return convertError(`Number ${clip(String(value))} is out of range for field '${field.name}' (${field.type})`);
}

function integerReader(field: FieldFact, min: number, max: number): ValueReader {
  return (value) => {
    const number = typeof value === 'string' ? parseEmbedded(value, field, 'number') : value;
    if (typeof number === 'bigint') throw outOfRange(number, field);
    if (typeof number !== 'number') throw unexpected(number, field);
    const whole = Math.trunc(number);
    if (!(whole >= min && whole <= max)) throw outOfRange(number, field);
    return whole === 0 ? 0 : whole;
  };
}

function longReader(field: FieldFact, min: bigint, max: bigint): ValueReader {
  return (value) => {
    const number = typeof value === 'string' ? parseEmbedded(value, field, 'number') : value;
    if (typeof number !== 'number' && typeof number !== 'bigint') throw unexpected(number, field);
    if (typeof number === 'number' && !Number.isFinite(number)) throw outOfRange(number, field);
    const long = BigInt(typeof number === 'number' ? Math.trunc(number) : number);
    if (long < min || long > max) throw outOfRange(number, field);
    return long;
  };
}

const namedDoubles: Readonly<Record<string, number>> = {
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
  NaN: Number.NaN,
};

function doubleReader(field: FieldFact): ValueReader {
  return (value) => {
    let number = value;
    if (typeof value === 'string') {
      if (Object.hasOwn(namedDoubles, value)) return namedDoubles[value];
      number = parseEmbedded(value, field, 'number');
    }
    if (typeof number === 'bigint') number = Number(number);
    if (typeof number !== 'number') throw unexpected(number, field);
    if (!Number.isFinite(number)) throw outOfRange(number, field);
    return number;
  };
}

function boolReader(field: FieldFact): ValueReader {
  return (value) => {
    const bool = typeof value === 'string' ? parseEmbedded(value, field, 'boolean') : value;
    if (typeof bool !== 'boolean') throw unexpected(bool, field);
    return bool;
  };
}

function stringReader(field: FieldFact): ValueReader {
  return (value) => {
    if (typeof value !== 'string') throw unexpected(value, field);
    return value;
  };
}

function bytesReader(field: FieldFact): ValueReader {
  return (value) => {
    if (typeof value !== 'string') throw unexpected(value, field);
    const decoded = decodeBase64(value);
    if ('bytes' in decoded) return decoded.bytes;
    throw convertError(`Failed to base64 decode bytes field '${field.name}': Invalid character '${decoded.invalid}'`);
  };
}

function enumReader(field: FieldFact): ValueReader {
  const { numbers } = enumOf(field.type);
  return (value) => {
    if (typeof value !== 'string') throw unexpected(value, field);
    if (numbers.has(value)) return value;
    if (field.rule === 'required') throw convertError(`Failed to find enum for '${clip(value)}'`);
    return undefined;
  };
}

function messageReader(field: FieldFact): ValueReader {
  const read = jsonReader(field.type);
  return (value, depth) => {
    if (typeof value !== 'object' || Array.isArray(value)) throw unexpected(value, field);
    return read(value as Json, depth + 1);
  };
}

function valueReader(field: FieldFact): ValueReader {
  if (field.kind === 'message') return messageReader(field);
  if (field.kind === 'enum') return enumReader(field);
  switch (field.type) {
    case 'bool':
      return boolReader(field);
    case 'bytes':
      return bytesReader(field);
    case 'double':
      return doubleReader(field);
    case 'int32':
      return integerReader(field, -(2 ** 31), 2 ** 31 - 1);
    case 'uint32':
      return integerReader(field, 0, 2 ** 32 - 1);
    case 'int64':
      return longReader(field, -(2n ** 63n), 2n ** 63n - 1n);
    case 'uint64':
      return longReader(field, 0n, 2n ** 64n - 1n);
    case 'string':
      return stringReader(field);
    default:
      throw new Error(`${field.name}: type ${field.type} has no codec`);
  }
}

function singularReader(field: FieldFact, others: readonly string[]): FieldReader {
  const read = valueReader(field);
  return (target, value, depth) => {
    if (value === null) return;
    const result = read(value, depth);
    if (result === undefined) return;
    for (const other of others) delete target[other];
    target[field.name] = result;
  };
}

/** As in Mesos, a value that stands alone counts as an array of one, and arrays inside the array are flattened. */
function repeatedReader(field: FieldFact): FieldReader {
  const read = valueReader(field);
  const append = (list: unknown[], value: unknown, depth: number): void => {
    if (depth > maxJsonDepth) throw convertError(`Nesting beyond ${maxJsonDepth} levels`);
    if (Array.isArray(value)) {
      for (const item of value) append(list, item, depth + 1);
    } else if (value !== null) {
      try {
        const result = read(value, depth);
        if (result !== undefined) list.push(result);
      } catch (error) {
        throw withPath(error, `[${list.length}]`);
      }
    }
  };
  return (target, value, depth) => {
    const list: unknown[] = [];
    append(list, value, depth);
    if (list.length > 0) target[field.name] = list;
  };
}

function mapReader(field: FieldFact): FieldReader {
  // Mesos reports an entry's value by the name it has in the generated entry message.
  const read = valueReader({ ...field, name: field.kind === 'message' ? field.name : 'value' });
  const merge = (entries: Target, value: unknown, depth: number): void => {
    if (depth > maxJsonDepth) throw convertError(`Nesting beyond ${maxJsonDepth} levels`);
    if (Array.isArray(value)) {
      for (const item of value) merge(entries, item, depth + 1);
      return;
    }
    if (value === null) return;
    if (typeof value !== 'object') throw unexpected(value, field);
    for (const [key, entry] of Object.entries(value as Json)) {
      if (entry === null) continue;
      try {
        const result = read(entry, depth + 1);
        if (result !== undefined) setField(entries, key, result);
      } catch (error) {
        throw withPath(error, `["${key}"]`);
      }
    }
  };
  return (target, value, depth) => {
    const entries: Target = {};
    merge(entries, value, depth);
    if (Object.keys(entries).length > 0) target[field.name] = entries;
  };
}

function fieldReader(field: FieldFact, all: readonly FieldFact[]): FieldReader {
  if (field.rule === 'repeated') return repeatedReader(field);
  if (field.rule === 'map') return mapReader(field);
  const siblings =
    field.oneof === undefined ? [] : all.filter((other) => other !== field && other.oneof === field.oneof);
  return singularReader(
    field,
    siblings.map(({ name }) => name),
  );
}

function compile(name: string): MessageReader {
  const facts = fieldsOf(name);
  let fields: Map<string, FieldReader> | undefined;
  return (json, depth) => {
    if (depth > maxJsonDepth) throw convertError(`Nesting beyond ${maxJsonDepth} levels`);
    fields ??= new Map(facts.map((field) => [field.name, fieldReader(field, facts)]));
    const target: Target = {};
    for (const key of Object.keys(json)) {
      const read = fields.get(key);
      if (read === undefined) continue;
      try {
        read(target, json[key], depth);
      } catch (error) {
        throw withPath(error, key);
      }
    }
    return target;
  };
}

function jsonReader(name: string): MessageReader {
  let reader = readers.get(name);
  if (reader === undefined) {
    reader = compile(name);
    readers.set(name, reader);
  }
  return reader;
}

/** Reads a parsed JSON value (long integers as bigint) as message `name`. Throws CodecError of kind 'convert'. */
export function readJsonValue(name: string, json: unknown): object {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw convertError('Expecting a JSON object');
  const message = jsonReader(name)(json as Json, 1);
  const missing = missingFields(name, message);
  if (missing.length > 0) throw convertError(`Missing required fields: ${missing.join(', ')}`, missing[0]);
  return message;
}
