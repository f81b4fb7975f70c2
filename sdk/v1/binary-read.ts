import protobuf from 'protobufjs/minimal.js';
import { CodecError } from './codec-error.ts';
import type { FieldFact } from './descriptor.ts';
import { missingFields, setField } from './message-shape.ts';
import { enumOf, fieldsOf } from './schema.ts';

type Target = Record<string, unknown>;
type MessageReader = (reader: protobuf.Reader, target: Target, end: number, depth: number) => void;

/** Reads one value; `previous` is what the field holds already. Undefined stands for an enum number not known. */
type ValueReader = (reader: protobuf.Reader, depth: number, previous: unknown) => unknown;

interface FieldReader {
  readonly wireType: number;
  /** May come packed into one length-delimited run of values. */
  readonly packable: boolean;
  readonly read: (reader: protobuf.Reader, target: Target, depth: number) => void;
}

/** Protobuf's own limit for nested messages. */
const maxDepth = 100;

const readers = new Map<string, MessageReader>();

function toBigInt(long: protobuf.Long): bigint {
  return (BigInt(long.high) << 32n) | BigInt(long.low >>> 0);
}

const scalarReaders: Readonly<Record<string, readonly [number, ValueReader]>> = {
  bool: [0, (reader) => reader.bool()],
  bytes: [2, (reader) => new Uint8Array(reader.bytes())],
  double: [1, (reader) => reader.double()],
  int32: [0, (reader) => reader.int32()],
  int64: [0, (reader) => toBigInt(reader.int64() as protobuf.Long)],
  string: [2, (reader) => reader.string()],
  uint32: [0, (reader) => reader.uint32()],
  uint64: [0, (reader) => BigInt.asUintN(64, toBigInt(reader.uint64() as protobuf.Long))],
};

function enumReader(type: string): ValueReader {
  const { names } = enumOf(type);
  return (reader) => names.get(reader.int32());
}

function messageReader(type: string): ValueReader {
  const read = binaryReader(type);
  return (reader, depth, previous) => {
    const target = (previous ?? {}) as Target;
    const end = reader.uint32() + reader.pos;
    read(reader, target, end, depth + 1);
    return target;
  };
}

function valueReader(field: FieldFact): readonly [number, ValueReader] {
  if (field.kind === 'message') return [2, messageReader(field.type)];
  if (field.kind === 'enum') return [0, enumReader(field.type)];
  return scalarReaders[field.type] as readonly [number, ValueReader];
}

function mapEntryReader(field: FieldFact): FieldReader {
  const [wireType, read] = valueReader(field);
  const initial = field.kind === 'message' ? () => ({}) : () => '';
  return {
    wireType: 2,
    packable: false,
    read: (reader, target, depth) => {
      const end = reader.uint32() + reader.pos;
      if (end > reader.len) throw new RangeError('map entry runs past the end');
      let key = '';
      let value: unknown;
      while (reader.pos < end) {
        const tag = reader.uint32();
        if (tag === 10) key = reader.string();
        else if (tag === (16 | wireType)) value = read(reader, depth, value);
        else reader.skipType(tag & 7);
      }
      if (reader.pos !== end) throw new RangeError('map entry runs past its end');
      target[field.name] ??= {};
      setField(target[field.name] as Target, key, value ?? initial());
    },
  };
}

function fieldReader(field: FieldFact, all: readonly FieldFact[]): FieldReader {
  if (field.rule === 'map') return mapEntryReader(field);
  const [wireType, read] = valueReader(field);
  const { name } = field;
  if (field.rule === 'repeated') {
    return {
      wireType,
      packable: wireType !== 2,
      read: (reader, target, depth) => {
        const value = read(reader, depth, undefined);
        if (value === undefined) return;
        target[name] ??= [];
        (target[name] as unknown[]).push(value);
      },
    };
  }
  const others = field.oneof === undefined ? [] : all.filter((other) => other !== field && other.oneof === field.oneof);
  const otherNames = others.map((other) => other.name);
  return {
    wireType,
    packable: false,
    read: (reader, target, depth) => {
      const value = read(reader, depth, target[name]);
      if (value === undefined) return;
      for (const other of otherNames) delete target[other];
      target[name] = value;
    },
  };
}

function readPacked(field: FieldReader, reader: protobuf.Reader, target: Target, depth: number): void {
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) field.read(reader, target, depth);
  if (reader.pos !== end) throw new RangeError('packed values run past their end');
}

function compile(name: string): MessageReader {
  const facts = fieldsOf(name);
  let fields: Map<number, FieldReader> | undefined;
  return (reader, target, end, depth) => {
    if (depth > maxDepth) throw new RangeError(`nesting beyond ${maxDepth} levels`);
    if (end > reader.len) throw new RangeError('message runs past the end');
    fields ??= new Map(facts.map((field) => [field.id, fieldReader(field, facts)]));
    while (reader.pos < end) {
      const tag = reader.uint32();
      const id = tag >>> 3;
      const wireType = tag & 7;
      const field = fields.get(id);
      if (field !== undefined && field.wireType === wireType) field.read(reader, target, depth);
      else if (field?.packable && wireType === 2) readPacked(field, reader, target, depth);
      else reader.skipType(wireType, 0, id);
    }
    if (reader.pos !== end) throw new RangeError('message runs past its end');
  };
}

function binaryReader(name: string): MessageReader {
  let reader = readers.get(name);
  if (reader === undefined) {
    reader = compile(name);
    readers.set(name, reader);
  }
  return reader;
}

/**
 * Reads message `name` from protobuf's binary form. Unknown fields and enum numbers are dropped. Throws CodecError of
 * kind 'binary' on bytes that are no such message, or when required fields are missing.
 */
export function readBinary(name: string, bytes: Uint8Array): object {
  const reader = protobuf.Reader.create(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const message: Target = {};
  try {
    binaryReader(name)(reader, message, reader.len, 1);
  } catch (error) {
    throw new CodecError('binary', `Failed to parse ${name}: ${(error as Error).message}`);
  }
  const missing = missingFields(name, message);
  if (missing.length > 0) throw new CodecError('binary', `Missing required fields: ${missing.join(', ')}`, missing[0]);
  return message;
}
