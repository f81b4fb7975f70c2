import type { FieldFact } from './descriptor.ts';
import { descriptors } from './generated/descriptors.ts';
import type { EnumTypes, MessageTypes } from './generated/message-types.ts';

/** Handle of a message type; `T` is its in-memory form. */
export interface MessageType<T> {
  /** Full proto name, such as `mesos.v1.scheduler.Call`. */
  readonly name: string;
  /** Last part of the name, such as `Call`. */
  readonly shortName: string;
  /** Never set: carries `T` for inference. */
  readonly phantom?: T;
}

/** An enum by number and by name. */
export interface EnumSchema {
  readonly names: ReadonlyMap<number, string>;
  readonly numbers: ReadonlyMap<string, number>;
}

const enumSchemas = new Map<string, EnumSchema>();

/** The handle of the message with this full proto name. */
export function messageType<N extends keyof MessageTypes>(name: N): MessageType<MessageTypes[N]> {
  fieldsOf(name);
  return { name, shortName: name.slice(name.lastIndexOf('.') + 1) };
}

/** The fields of a message in the order of declaration. Throws on a name that is not defined. */
export function fieldsOf(name: string): readonly FieldFact[] {
  const fields = descriptors.messages[name];
  if (fields === undefined) throw new Error(`${name} is not a message of sdk/v1/proto`);
  return fields;
}

/** The values of an enum. Throws on a name that is not defined. */
export function enumOf(name: string): EnumSchema {
  let schema = enumSchemas.get(name);
  if (schema === undefined) {
    const values = descriptors.enums[name];
    if (values === undefined) throw new Error(`${name} is not an enum of sdk/v1/proto`);
    const entries = Object.entries(values);
    schema = { names: new Map(entries.map(([key, number]) => [number, key])), numbers: new Map(entries) };
    enumSchemas.set(name, schema);
  }
  return schema;
}

/** The names of an enum's values in the order of declaration. */
export function enumNames<N extends keyof EnumTypes>(name: N): readonly EnumTypes[N][] {
  return [...enumOf(name).numbers.keys()] as EnumTypes[N][];
}
