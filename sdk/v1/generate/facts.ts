import protobuf from 'protobufjs';
import type { Descriptors, FieldFact } from '../descriptor.ts';

const scalars = new Set(['bool', 'bytes', 'double', 'int32', 'int64', 'string', 'uint32', 'uint64']);

function fullName(object: protobuf.ReflectionObject): string {
  return object.fullName.slice(1);
}

/** Throws on a construct that the codecs have no code for, so that it cannot slip in with a new proto file. */
function fieldFact(field: protobuf.Field): FieldFact {
  const target = field.resolvedType;
  const isMap = field instanceof protobuf.MapField;
  if (target === null && !scalars.has(field.type))
    throw new Error(`${field.fullName}: type ${field.type} has no codec`);
  if (isMap && field.keyType !== 'string') throw new Error(`${field.fullName}: only string keys have a codec`);
  if (field.packed) throw new Error(`${field.fullName}: packed fields have no encoder`);
  const declared: unknown = field.options?.['default'];
  return {
    name: field.name,
    id: field.id,
    rule: isMap ? 'map' : field.required ? 'required' : field.repeated ? 'repeated' : 'optional',
    kind: target === null ? 'scalar' : target instanceof protobuf.Enum ? 'enum' : 'message',
    type: target === null ? field.type : fullName(target),
    ...(declared === undefined ? {} : { default: declared as string | number | boolean }),
    ...(field.options?.['deprecated'] === true ? { deprecated: true } : {}),
    ...(field.partOf ? { oneof: field.partOf.name } : {}),
  };
}

/** The facts of every message and enum below `root`, in the order of declaration. */
export function collectFacts(root: protobuf.Root): Descriptors {
  const messages: Record<string, readonly FieldFact[]> = {};
  const enums: Record<string, Record<string, number>> = {};
  const visit = (object: protobuf.ReflectionObject): void => {
    if (object instanceof protobuf.Enum) enums[fullName(object)] = { ...object.values };
    if (object instanceof protobuf.Type) messages[fullName(object)] = Object.values(object.fields).map(fieldFact);
    if (object instanceof protobuf.Namespace) object.nestedArray.forEach(visit);
  };
  visit(root);
  return { messages, enums };
}
