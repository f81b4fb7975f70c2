import type { FieldFact } from './descriptor.ts';
import { fieldsOf } from './schema.ts';

type Message = Readonly<Record<string, unknown>>;

/** Which fields `missingFields` has to look at: the required ones, and those whose message may have some below. */
interface Checks {
  readonly required: readonly string[];
  readonly nested: readonly FieldFact[];
}

const checks = new Map<string, Checks>();

/** Whether a required field can be missing anywhere inside message `name`. */
function canBeIncomplete(name: string, seen: Set<string>): boolean {
  if (seen.has(name)) return false;
  seen.add(name);
  return fieldsOf(name).some(
    (field) => field.rule === 'required' || (field.kind === 'message' && canBeIncomplete(field.type, seen)),
  );
}

function checksOf(name: string): Checks {
  let found = checks.get(name);
  if (found === undefined) {
    const fields = fieldsOf(name);
    found = {
      required: fields.filter(({ rule }) => rule === 'required').map((field) => field.name),
      nested: fields
        .filter((field) => field.kind === 'message' && canBeIncomplete(field.type, new Set()))
        .sort((a, b) => a.id - b.id),
    };
    checks.set(name, found);
  }
  return found;
}

function collect(name: string, message: Message, prefix: string, missing: string[]): void {
  const { required, nested } = checksOf(name);
  for (const field of required) if (message[field] === undefined) missing.push(prefix + field);
  for (const field of nested) {
    const value = message[field.name];
    if (value === undefined) continue;
    if (field.rule === 'repeated') {
      const list = value as readonly Message[];
      for (let i = 0; i < list.length; i++) {
        collect(field.type, list[i] as Message, `${prefix}${field.name}[${i}].`, missing);
      }
    } else if (field.rule === 'map') {
      Object.values(value as Readonly<Record<string, Message>>).forEach((entry, i) => {
        collect(field.type, entry, `${prefix}${field.name}[${i}].value.`, missing);
      });
    } else {
      collect(field.type, value as Message, `${prefix}${field.name}.`, missing);
    }
  }
}

/**
 * Paths of the required fields that are unset anywhere in the message, as Mesos lists them: a message's own in the
 * order of declaration, then those of its nested messages by field number.
 */
export function missingFields(name: string, message: object): string[] {
  const missing: string[] = [];
  collect(name, message as Message, '', missing);
  return missing;
}

/** Sets a key that the other side chose; `__proto__` is a key like any other. */
export function setField(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    target[key] = value;
  }
}
