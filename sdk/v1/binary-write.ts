import protobuf from 'protobufjs/minimal.js';
import { CodecError, withPath } from './codec-error.ts';
import type { FieldFact } from './descriptor.ts';
import { enumOf, fieldsOf } from './schema.ts';

type Message = Readonly<Record<string, unknown>>;
type ValueWriter = (writer: protobuf.Writer, value: never) => void;
type MessageWriter = (writer: protobuf.Writer, message: Message) => void;
type FieldWriter = (writer: protobuf.Writer, value: unknown) => void;

const writers = new Map<string, MessageWriter>();

const maxSafe = BigInt(Number.MAX_SAFE_INTEGER);
const minSafe = BigInt(Number.MIN_SAFE_INTEGER);

function bad(what: string, value: unknown): CodecError {
  return new CodecError('write', `Expecting ${what}, not ${typeof value} '${String(value)}'`);
}

function writeLong(writer: protobuf.Writer, value: bigint): void {
  if (typeof value !== 'bigint') throw bad('a bigint', value);
  if (value >= minSafe && value <= maxSafe) {
    writer.int64(Number(value));
  } else {
    const low = Number(BigInt.asIntN(32, value));
    const high = Number(BigInt.asIntN(32, value >> 32n));
    writer.int64({ low, high, unsigned: false } as protobuf.Long);
  }
}

/** Wire type and writer of each scalar. */
const scalarWriters: Readonly<Record<string, readonly [number, ValueWriter]>> = {
  bool: [0, (writer, value: boolean) => writer.bool(value)],
  bytes: [2, (writer, value: Uint8Array) => writer.bytes(value)],
  double: [1, (writer, value: number) => writer.double(value)],
  int32: [0, (writer, value: number) => writer.int32(value)],
  int64: [0, writeLong],
  string: [2, (writer, value: string) => writer.string(value)],
  uint32: [0, (writer, value: number) => writer.uint32(value)],
  uint64: [0, writeLong],
};

function enumWriter(type: string): ValueWriter {
  const { numbers } = enumOf(type);
  return (writer, value: string) => {
    const number = numbers.get(value);
    if (number === undefined) throw bad(`a value of ${type}`, value);
    writer.int32(number);
  };
}

function messageWriter(type: string): ValueWriter {
  const write = binaryWriter(type);
  return (writer, value: Message) => {
    writer.fork();
    write(writer, value);
    writer.ldelim();
  };
}

function valueWriter(field: FieldFact): readonly [number, ValueWriter] {
  if (field.kind === 'message') return [2, messageWriter(field.type)];
  if (field.kind === 'enum') return [0, enumWriter(field.type)];
  return scalarWriters[field.type] as readonly [number, ValueWriter];
}

function fieldWriter(field: FieldFact): FieldWriter {
  const [wireType, write] = valueWriter(field) as readonly [number, FieldWriter];
  const tag = ((field.id << 3) | wireType) >>> 0;
  const one: FieldWriter = (writer, value) => {
    writer.uint32(tag);
    write(writer, value);
  };
  if (field.rule === 'repeated') {
    return (writer, values) => {
      const list = values as readonly unknown[];
      let i = 0;
      try {
        for (; i < list.length; i++) one(writer, list[i]);
      } catch (error) {
        throw withPath(error, `[${i}]`);
      }
    };
  }
  if (field.rule !== 'map') return one;
  const entryTag = ((field.id << 3) | 2) >>> 0;
  const valueTag = (2 << 3) | wireType;
  return (writer, entries) => {
    for (const [key, value] of Object.entries(entries as Message)) {
      if (value === undefined) continue;
      writer.uint32(entryTag).fork().uint32(10).string(key).uint32(valueTag);
      write(writer, value);
      writer.ldelim();
    }
  };
}

function compile(name: string): MessageWriter {
  const facts = [...fieldsOf(name)].sort((a, b) => a.id - b.id);
  let fields: readonly FieldWriter[] | undefined;
  return (writer, message) => {
    fields ??= facts.map(fieldWriter);
    for (let i = 0; i < facts.length; i++) {
      const fact = facts[i] as FieldFact;
      const value = message[fact.name];
      if (value === undefined) {
        if (fact.rule === 'required') throw new CodecError('write', `Missing required fields: ${fact.name}`, fact.name);
        continue;
      }
      try {
        (fields[i] as FieldWriter)(writer, value);
      } catch (error) {
        throw withPath(error, fact.name);
      }
    }
  };
}

function binaryWriter(name: string): MessageWriter {
  let writer = writers.get(name);
  if (writer === undefined) {
    writer = compile(name);
    writers.set(name, writer);
  }
  return writer;
}

/** Writes message `name` in protobuf's binary form, fields by number. Throws CodecError of kind 'write'. */
export function writeBinary(name: string, message: object): Uint8Array {
  const writer = protobuf.Writer.create();
  binaryWriter(name)(writer, message as Message);
  return writer.finish();
}
