import fc from 'fast-check';
import type { FieldFact } from '../descriptor.ts';
import { enumOf, fieldsOf, type MessageType } from '../schema.ts';

const edge64 = [0n, 1n, -1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)];

const scalars: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  bool: fc.boolean(),
  bytes: fc.uint8Array({ maxLength: 20 }),
  double: fc.double({ noNaN: true }),
  int32: fc.integer(),
  int64: fc.oneof(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.constantFrom(...edge64)),
  string: fc.string({ unit: 'grapheme', maxLength: 12 }),
  uint32: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  uint64: fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.constantFrom(2n ** 53n + 1n, 2n ** 64n - 1n)),
};

/** How deep optional messages may nest before only required fields are filled. */
const maxDepth = 5;

function single(field: FieldFact, depth: number): fc.Arbitrary<unknown> {
  if (field.kind === 'message') return message(field.type, depth + 1);
  if (field.kind === 'enum') return fc.constantFrom(...enumOf(field.type).numbers.keys());
  return scalars[field.type] as fc.Arbitrary<unknown>;
}

function fieldValue(field: FieldFact, depth: number): fc.Arbitrary<unknown> {
  const value = single(field, depth);
  if (field.rule === 'repeated') return fc.array(value, { minLength: 1, maxLength: 2 });
  if (field.rule !== 'map') return value;
  const key = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('__proto__', 'constructor', 'toString'));
  return fc.dictionary(key, value, { minKeys: 1, maxKeys: 2, noNullPrototype: true });
}

/** Picks which optional fields to fill (few of them, at most one of each oneof), then fills them. */
function message(name: string, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const fields = fieldsOf(name);
  const required = fields.filter(({ rule }) => rule === 'required');
  const optional = fields.filter(({ rule }) => rule !== 'required');
  const chosen =
    depth >= maxDepth ? fc.constant([]) : fc.subarray(optional, { maxLength: Math.min(optional.length, 4) });
  return chosen.chain((picked: readonly FieldFact[]) => {
    const oneofs = new Set<string>();
    const kept = picked.filter(({ oneof }) => {
      if (oneof === undefined) return true;
      const first = !oneofs.has(oneof);
      oneofs.add(oneof);
      return first;
    });
    return fc.record(
      Object.fromEntries([...required, ...kept].map((field) => [field.name, fieldValue(field, depth)])),
      {
        noNullPrototype: true,
      },
    );
  });
}

/** Any message of this type, in its in-memory form: required fields and a few others filled, 64-bit extremes included. */
export function arbitraryMessage<T>(type: MessageType<T>): fc.Arbitrary<T> {
  return message(type.name, 0) as fc.Arbitrary<T>;
}
