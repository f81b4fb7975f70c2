/**
 * The facts of a proto definition in the form that the codecs read: names resolved, nothing derived.
 * `generated/descriptors.ts` holds one entry per message and enum.
 */

/** The scalar types that occur in the definitions. */
export type ScalarType = 'bool' | 'bytes' | 'double' | 'int32' | 'int64' | 'string' | 'uint32' | 'uint64';

/** One field of a message. */
export interface FieldFact {
  readonly name: string;
  readonly id: number;
  /** `map` stands for `map<string, type>`. */
  readonly rule: 'required' | 'optional' | 'repeated' | 'map';
  readonly kind: 'scalar' | 'enum' | 'message';
  /** A ScalarType, or the full name of an enum or message. */
  readonly type: string;
  /** Declared default; enums by name. */
  readonly default?: string | number | boolean;
  readonly deprecated?: boolean;
  /** Name of the oneof that the field belongs to. */
  readonly oneof?: string;
}

/** All messages and enums by full name, such as `mesos.v1.TaskInfo`. Fields stand in the order of declaration. */
export interface Descriptors {
  readonly messages: Readonly<Record<string, readonly FieldFact[]>>;
  readonly enums: Readonly<Record<string, Readonly<Record<string, number>>>>;
}
