import { type MessageType, writeJson } from '../../../sdk/v1/codec.ts';

/** JSON text that is written as it is: a wire message in its own mapping. */
export class RawJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What legacy endpoints are made of: numbers are doubles, bigints integers, undefined members absent. */
export type LegacyJson =
  | string
  | number
  | bigint
  | boolean
  | RawJson
  | readonly LegacyJson[]
  | { readonly [key: string]: LegacyJson | undefined };

/** A wire message as part of a legacy answer. */
export function rawMessage<T>(type: MessageType<T>, message: T): RawJson {
  return new RawJson(writeJson(type, message));
}

/** Upstream's text: doubles always have a fraction (`8.0`). */
export function writeLegacyJson(value: LegacyJson): string {
  if (typeof value === 'number') return writeDouble(value);
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof RawJson) return value.text;
  if (typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(writeLegacyJson).join(',')}]`;
  const members: string[] = [];
  for (const [key, member] of Object.entries(value))
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${writeLegacyJson(member)}`);
  return `{${members.join(',')}}`;
}

function isList(value: object): value is readonly LegacyJson[] {
  return Array.isArray(value);
}

function writeDouble(value: number): string {
  if (!Number.isFinite(value)) return '0.0';
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : String(value);
}
